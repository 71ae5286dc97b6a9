"""Target groups: where a load balancer hands requests to, and how it sees whether somebody is there.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

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

    def form(self, asked: str | None, group: str) -> dict[str, Any]:
        """Return the health check's share of a target group, which has a protocol (or `lambda`).

        `asked` is the protocol by which the target is asked where nothing is said. A timeout that is not said, and by
        default would not end before the next try begins, is shortened.
        """
        timeout = self.timeout or (self.interval - 1 if self.interval <= TIMEOUTS.get(group, 10) else None)
        return {
            "HealthCheckPath": self.path, "Matcher": {"HttpCode": self.codes} if self.codes else None,
            "HealthCheckPort": str(self.port) if self.port else None, "HealthCheckProtocol": self.protocol or asked,
            "HealthCheckIntervalSeconds": self.interval, "HealthCheckTimeoutSeconds": timeout,
            "HealthyThresholdCount": self.healthy, "UnhealthyThresholdCount": self.unhealthy,
        }  # fmt: skip

    def refuse(self, http: bool) -> Refusal | None:
        """Say why no target can be asked in this way; `http` says whether requests come by HTTP."""
        if self.timeout is not None and self.timeout >= self.interval:
            message = f"a try of {self.timeout} seconds does not end before the next, after {self.interval}"
            return Refusal(message, f"timeout: {min(self.interval - 1, 10)}", "out-of-bounds", "health")
        if http and self.protocol == "TCP":
            return Refusal("an Application Load Balancer asks by HTTP or HTTPS", "leave 'protocol' out", "bad-value",
                           "health")  # fmt: skip
        if self.protocol == "TCP" and (self.path or self.codes):
            return Refusal("a path, or a code that means well, is of HTTP", "protocol: HTTP", "bad-value", "health")
        return None


TIMEOUTS = {"HTTP": 6, "GENEVE": 5, "lambda": 30}
"""What AWS takes for a timeout by the target group's protocol, 10 seconds for all others
(https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html)."""
WELL = Health(path=None, codes=None, port=None, protocol=None, interval=30, timeout=None, healthy=None, unhealthy=None)


class Targets(Record):
    """What every edge from a load balancer says of the other end."""

    port: int | None = prop(None, "Port of the target (default: the one it listens on).", ge=1, le=65_535, shape=True)
    health: Health = prop(WELL, "Health check; a bare text is its path.")
    sticky: int | None = prop(None, "Seconds for which a client stays with one target.", ge=1, le=604_800)
    drain: int = prop(30, "Seconds that a target which leaves may end its requests in.", ge=0, le=3_600)
    addresses: list[str] = prop([], "IP addresses of targets that AWS does not run.", pattern=r"[0-9.]+", shape=True)

    http: ClassVar[bool] = False
    """Whether requests come by HTTP."""

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
        unwell = self.health.refuse(self.http)
        if unwell is not None or kind.serves == "lambda":
            return unwell
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
        known = owner.get(self.suffix(link))
        if known is not None:
            return known
        said = {**attributes, "deregistration_delay.timeout_seconds": None if function else self.drain}
        checked = self.health.form(None, "lambda") if function else self.health.form(self._asked(other.kind), protocol)
        if function:
            checked = {**checked, "HealthCheckProtocol": None} if self.health.path else {}
        group = owner.make(
            elb.TargetGroup, self.suffix(link), because=link.because, TargetType=other.kind.serves,
            Port=None if function else port, Protocol=None if function else protocol,
            VpcId=None if function else network.vpc_id(owner),
            HealthCheckEnabled=(self.health.path is not None) if function else None, **checked,
            TargetGroupAttributes=[{"Key": key, "Value": str(value).lower()} for key, value in said.items()
                                   if value is not None], **more,
        )  # fmt: skip
        self.enlist(link, group)
        return group

    def suffix(self, link: Link) -> str:
        """Return what tells the target group of this edge from others of the load balancer."""
        return f"To{link.other.id}" + (f"At{self.port}" if self.port else "")

    def _asked(self, kind: Kind) -> str | None:
        """Return the protocol of the health check where none is said; None for what AWS takes by itself."""
        if kind.serves == "alb":
            return "HTTPS" if kind.origin_protocol() == "https" else "HTTP"
        return "HTTP" if not self.http and (self.health.path or self.health.codes) else None

    def enlist(self, link: Link, group: Resource) -> None:
        """Register the other end with a target group, and open the way to it."""
        owner, other, port = link.owner, link.other, self.port_of(link.other.kind) or 0
        if not self.addresses:
            other.kind.enlist(other, group, port, link.because)
            if other.kind.serves != "lambda":
                self.ways(link)
            return
        group.set("Targets", [{"Id": one, "Port": port, "AvailabilityZone": "all"} for one in self.addresses])
        for number, one in enumerate(self.addresses):
            for opened in self.opened(port):
                network.let_out(owner, f"{one}/32", opened, link.because, f"{other.id}{number + 1}")

    def ways(self, link: Link) -> None:
        """Open the ports of requests and of health checks."""
        network.open_way(link.owner, link.other, link.because, self.opened(self.port_of(link.other.kind) or 0))

    def opened(self, port: int) -> list[Port]:
        """Return the ports that a target is reached and asked at."""
        return list(dict.fromkeys([Port(port), Port(self.health.port or port)]))
