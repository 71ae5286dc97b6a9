"""Hosted zones."""

from __future__ import annotations

from typing import Any

from archkit.architecture import Architecture, Node
from archkit.kind import External, Grant, Kind, NodeId, Refusal, prop
from archkit.kinds.route53.alias import Route
from archkit.kinds.route53.routing import NAME, Entry, camel, within
from archkit.scope import Scope
from archkit.values import region

__all__ = ["Zone"]


class Zone(Kind, icon="aws/network/route-53-hosted-zone", service="Amazon Route 53",
           types=("AWS::Route53::HostedZone", "AWS::Route53::RecordSet"), name="route53.zone"):  # fmt: skip
    """Hosted zone: the DNS records of a domain, public or within VPCs."""

    domain: str = prop(doc="The zone's domain, such as example.com.", pattern=NAME)
    vpcs: list[NodeId] = prop(
        [], "VPCs that see the zone, which is private then.", slot="vpc", to=("ec2.vpc", "AWS::EC2::VPC")
    )
    records: list[Entry] = prop([], "Plain records; an edge makes an alias record.")
    comment: str | None = prop(None, "What the zone is for.", le=256)

    attributes = {
        "id": "${}",
        "name_servers": "${.NameServers}",
        "arn": "arn:${AWS::Partition}:route53:::hostedzone/${id}",
    }
    address = "${id}"
    external = External(("id",), {"domain": "", "arn": "arn:${AWS::Partition}:route53:::hostedzone/${id}"})
    joins = (Route,)
    grants = {
        "change": Grant("route53:ChangeResourceRecordSets", on="${arn}"),
        "read": Grant("route53:ListResourceRecordSets", on="${arn}"),
    }
    durable = True
    example = "{domain: example.com}"

    def attribute(self, name: str) -> str | None:
        return self.domain if name == "domain" and isinstance(self.domain, str) else super().attribute(name)

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        found, seen = [], set()
        for record in self.records:
            chosen = record.chosen()
            if chosen and not record.set:
                help = "set: blue, or another name that tells it from its twins"
                found.append(Refusal(f"a record routed by {chosen[0]} needs a 'set'", help, "bad-value", "records"))
            this = (_full(record.name, self.domain), record.type, record.set)
            if this in seen:
                text = f"'{this[0]}' has two {record.type} records"
                found.append(Refusal(text, "one record with several values", "duplicate-record", "records"))
            seen.add(this)
            if len(chosen) > 1:
                found.append(
                    Refusal(
                        f"a record is routed in one way, not by {' and '.join(chosen)}", None, "bad-value", "records"
                    )
                )
            if (
                record.type == "CNAME"
                and isinstance(self.domain, str)
                and record.name.rstrip(".") in ("", self.domain.rstrip("."))
            ):
                found.append(Refusal("a CNAME cannot stand at the zone's own name", "draw an edge for an alias record",
                                     "bad-value", "records"))  # fmt: skip
        return found

    def build(self, scope: Scope) -> None:
        from troposphere import route53

        members = [vpc for id in self.vpcs if (vpc := scope.of(id))]
        networks = [{"VPCId": vpc.attribute("id"), "VPCRegion": vpc.node.place[1] or region} for vpc in members]
        comment = self.comment or scope.node.note
        zone = scope.make(route53.HostedZone, Name=self.domain, VPCs=networks or None,
                          HostedZoneConfig={"Comment": comment} if comment else None)  # fmt: skip
        for record in self.records:
            name = _full(record.name, self.domain)
            values = [_quoted(value) if record.type in ("TXT", "SPF") else value for value in record.value]
            title = camel(f"{record.name or 'apex'} {record.type} {record.set or ''}".replace("*", "any"))
            scope.make(  # by name: troposphere does not know geoproximity
                "AWS::Route53::RecordSet", title, HostedZoneId=zone.ref, Name=name, Type=record.type,
                TTL=str(record.ttl), ResourceRecords=values, **record.properties(scope, ""),
            )  # fmt: skip


def _full(name: str, domain: Any) -> Any:
    if not name:
        return domain
    if not isinstance(domain, str) or not isinstance(name, str) or within(name, domain) or name.endswith("."):
        return name
    return f"{name}.{domain}"


def _quoted(value: Any) -> Any:
    return value if not isinstance(value, str) or value.startswith('"') else f'"{value}"'
