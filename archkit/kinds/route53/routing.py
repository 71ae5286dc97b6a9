"""How one of several records of a name is chosen.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy.html
"""

from __future__ import annotations

from typing import Any, Literal

from archkit.kind import NodeId, Record, prop
from archkit.scope import Scope

__all__ = ["NAME", "Entry", "Routing", "camel", "within"]

NAME = r"(\*\.)?([A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}\.?"


class Place(Record):
    """Where a query comes from. A bare value is a country, `*` for everywhere else."""

    short = "country"

    country: str | None = prop(
        None, "Country code of two letters, or * for the rest of the world.", pattern=r"[A-Z]{2}|\*"
    )
    continent: Literal["AF", "AN", "AS", "EU", "NA", "OC", "SA"] | None = prop(None, "Continent instead of a country.")
    state: str | None = prop(None, "Subdivision of the country (US and UA).", pattern="[A-Z0-9]{1,3}")


class Near(Record):
    """Where an answer leads to. A bare value is an AWS Region."""

    short = "region"

    region: str | None = prop(None, "AWS Region of what the record names.")
    at: str | None = prop(None, "Latitude and longitude, such as 49.22,-74.01.", pattern=r"-?[0-9.]+, ?-?[0-9.]+")
    bias: int | None = prop(None, "Widens (to 99) or narrows (to -99) the area served.", ge=-99, le=99)


class Routing(Record):
    """Which of several records of one name is answered with; none of these: simple routing."""

    weight: int | None = prop(None, "Weighted routing: the share of this record.", ge=0, le=255, shape=True)
    latency: str | None = prop(None, "Latency routing: the AWS Region of what the record names.", shape=True)
    failover: Literal["primary", "secondary"] | None = prop(None, "Failover routing: which of the two.", shape=True)
    geolocation: Place | None = prop(None, "Geolocation routing: where the query comes from.", shape=True)
    geoproximity: Near | None = prop(None, "Geoproximity routing: where the answer leads to.", shape=True)
    multivalue: bool = prop(False, "Multivalue answer routing: up to eight healthy records at random.", shape=True)
    set: str | None = prop(None, "Set identifier (default on an edge: the node's id).")
    health: NodeId | None = prop(
        None, "Health check without which the record is not answered with.", slot="health", to="route53.health_check"
    )

    def chosen(self) -> list[str]:
        """Return the routing policies asked for."""
        names = ("weight", "latency", "failover", "geolocation", "geoproximity", "multivalue")
        return [name for name in names if getattr(self, name) not in (None, False)]

    def properties(self, scope: Scope, label: str) -> dict[str, Any]:
        """Return the properties of a record set that say how it is chosen."""
        place, near, health = self.geolocation, self.geoproximity, scope.of(self.health)
        codes = place and {
            "CountryCode": place.country,
            "ContinentCode": place.continent,
            "SubdivisionCode": place.state,
        }
        return {
            "Weight": self.weight, "Region": self.latency, "Failover": self.failover.upper() if self.failover else None,
            "GeoLocation": codes or None, "GeoProximityLocation": _near(near) if near else None,
            "MultiValueAnswer": self.multivalue or None, "HealthCheckId": health.attribute("id") if health else None,
            "SetIdentifier": (self.set or label) if self.chosen() else None,
        }  # fmt: skip


def _near(near: Near) -> dict[str, Any]:
    latitude, _, longitude = (near.at or "").partition(",")
    coordinates = {"Latitude": latitude, "Longitude": longitude.strip()} if near.at else None
    return {"AWSRegion": near.region, "Coordinates": coordinates, "Bias": near.bias}


class Entry(Routing):
    """One plain record of a zone."""

    name: str = prop("", "Name; one without the zone's domain is completed (default: the domain itself).")
    type: Literal["A", "AAAA", "CAA", "CNAME", "DS", "HTTPS", "MX", "NAPTR", "NS", "PTR", "SOA", "SPF", "SRV", "SSHFP",
                  "SVCB", "TLSA", "TXT"] = prop("A", "Record type.")  # fmt: skip
    value: list[str] = prop(doc="Values; a TXT value is quoted by itself.")
    ttl: int = prop(300, "Seconds that resolvers keep the answer.", ge=0)


def within(name: str, domain: str) -> bool:
    """Say whether a name belongs to a domain."""
    name, domain = name.rstrip(".").lower(), domain.rstrip(".").lower()
    return name == domain or name.endswith(f".{domain}")


def camel(text: str) -> str:
    """Return a text as a part of a logical id."""
    return "".join(word[:1].upper() + word[1:] for word in "".join(c if c.isalnum() else " " for c in text).split())
