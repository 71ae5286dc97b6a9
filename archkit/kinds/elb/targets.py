"""Target groups: where a load balancer hands requests to, and how it sees whether somebody is there.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
"""

from __future__ import annotations

from typing import Any, Literal

from archkit import network
from archkit.architecture import Ends
from archkit.kind import Kind, Port, Record, Refusal, prop
from archkit.scope import Link, Resource

__all__ = ["Health", "Targets"]


class Health(Record):
    """How a load balancer sees that a target is well. A bare text is the path that is asked for."""

    short = "path"

    path: str | None = prop(None, "Path that is asked for (default: /; network load balancers try to connect).",
                            pattern="/.*")  # fmt: skip
    codes: str | None = prop(None, "Answers that mean well, such as 200 or 200-399.", pattern="[0-9,-]+")
    port: int | None = prop(None, "Port that is asked (default: that of the requests).", ge=1, le=65_535)
    protocol: Literal["HTTP", "HTTPS", "TCP"] | None = prop(None, "Protocol (default: that of the requests).")
    interval: int = prop(30, "Seconds from one try to the next.", ge=5, le=300)
    timeout: int | None = prop(None, "Seconds after which no answer is a bad one.", ge=2, le=120)
    healthy: int | None = prop(None, "Tries after which a target is taken for well.", ge=2, le=10)
    unhealthy: int | None = prop(None, "Tries after which it is taken for ill.", ge=2, le=10)

    @property
    def form(self) -> dict[str, Any]:
        """The health check's share of a target group."""
        return {
            "HealthCheckPath": self.path, "Matcher": {"HttpCode": self.codes} if self.codes else None,
            "HealthCheckPort": str(self.port) if self.port else None, "HealthCheckProtocol": self.protocol,
            "HealthCheckIntervalSeconds": self.interval, "HealthCheckTimeoutSeconds": self.timeout,
            "HealthyThresholdCount": self.healthy, "UnhealthyThresholdCount": self.unhealthy,
        }  # fmt: skip


WELL = Health(path=None, codes=None, port=None, protocol=None, interval=30, timeout=None, healthy=None, unhealthy=None)


class Targets(Record):
    """What every edge from a load balancer says of the other end."""

    port: int | None = prop(None, "Port of the target (default: the one it listens on).", ge=1, le=65_535, shape=True)
    health: Health = prop(WELL, "Health check; a bare text is its path.")
    sticky: int | None = prop(None, "Seconds for which a client stays with one target.", ge=1, le=604_800)
    drain: int = prop(30, "Seconds that a target which leaves may end its requests in.", ge=0, le=3_600)
    addresses: list[str] = prop([], "IP addresses of targets that AWS does not run.", pattern=r"[0-9.]+", shape=True)

    @classmethod
    def reaches(cls, other: type[Kind]) -> bool:
        """Say whether a kind can stand behind a load balancer."""
        return other.serves is not None

    def port_of(self, kind: Kind) -> int | None:
        """Return the port at which a target is reached."""
        ports = kind.ports()
        return self.port or (ports[0].low if ports else None)

    def refuse_target(self, ends: Ends) -> Refusal | None:
        """Say why the other end cannot stand behind the load balancer in this way."""
        kind = ends.other.kind
        if kind.serves == "lambda":
            return None
        if kind.serves == "ip" and kind.actor and not self.addresses:
            return Refusal(f"'{ends.other.id}' has no addresses that are known", "addresses: [10.1.2.3]",
                           "missing-property", "addresses")  # fmt: skip
        if self.port_of(kind) is None:
            return Refusal(f"'{ends.other.id}' listens on no port that is known", "port: 8080", "missing-property")
        vpcs = [network.vpc_of(node, ends.architecture) for node in (ends.owner, ends.other)]
        if not kind.actor and None not in vpcs and vpcs[0] is not vpcs[1]:
            return Refusal("a load balancer and its targets stand in one VPC", None, "cannot-join")
        return None

    def group(self, link: Link, protocol: str, attributes: dict[str, Any], more: dict[str, Any]) -> Resource:
        """Return the target group of the other end, made and filled on first use.

        Edges of one pair with one port share a group.
        """
        from troposphere import elasticloadbalancingv2 as elb

        owner, other = link.owner, link.other
        port = self.port_of(other.kind)
        function = other.kind.serves == "lambda"
        suffix = f"To{other.id}" + (f"{self.port}" if self.port else "")
        known = owner.get(suffix)
        if known is not None:
            return known
        said = {**attributes, "deregistration_delay.timeout_seconds": None if function else self.drain}
        checked = {**self.health.form, "HealthCheckProtocol": None} if function else self.health.form
        group = owner.make(
            elb.TargetGroup, suffix, because=link.because, TargetType=other.kind.serves,
            Port=None if function else port, Protocol=None if function else protocol,
            VpcId=None if function else network.vpc_id(owner),
            HealthCheckEnabled=(self.health.path is not None) if function else None,
            **({name: value for name, value in checked.items() if not function or self.health.path}),
            TargetGroupAttributes=[{"Key": key, "Value": str(value).lower()} for key, value in said.items()
                                   if value is not None], **more,
        )  # fmt: skip
        if self.addresses:
            group.set("Targets", [{"Id": one, "Port": port, "AvailabilityZone": "all"} for one in self.addresses])
            for number, one in enumerate(self.addresses):
                network.let_out(owner, f"{one}/32", Port(port or 0), link.because, f"{other.id}{number + 1}")
        else:
            other.kind.enlist(other, group, port or 0, link.because)
        if not function and not self.addresses:
            self.ways(link)
        return group

    def ways(self, link: Link) -> None:
        """Open the ports of requests and of health checks."""
        port = self.port_of(link.other.kind)
        network.open_way(link.owner, link.other, link.because, self._ports(port))

    def _ports(self, port: int | None) -> list[Port]:
        checked = self.health.port
        return [Port(port or 0), *([Port(checked)] if checked and checked != port else [])]
