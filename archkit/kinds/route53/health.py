"""Health checks."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from archkit.architecture import Architecture, Ends, Node
from archkit.kind import External, Join, Kind, Metric, NodeId, Refusal, prop
from archkit.kinds.route53.alias import Route
from archkit.scope import Link, Scope

__all__ = ["HealthCheck"]

Area = Literal["us-east-1", "us-west-1", "us-west-2", "eu-west-1", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1",
               "sa-east-1"]  # fmt: skip


class Watch(Join):
    """The health check asks the other end whether it answers."""

    word: ClassVar[str] = "watch"
    usual: ClassVar[bool] = True
    style: ClassVar[Any] = "guard"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.alias is not None or (other.origin is not None and other.origin.access == "custom")

    def refuse(self, ends: Ends) -> Refusal | None:
        if ends.owner.kind.domain or ends.owner.kind.ip:  # type: ignore[attr-defined]
            return Refusal("the health check has an endpoint of its own", "leave out its 'domain', or the edge")
        return None

    def apply(self, link: Link) -> None:
        kind = link.other.kind
        own = None if self._decides(link) else getattr(kind, "domain", None)
        given = "${dns}" if "dns" in kind.attributes else kind.origin.domain if kind.origin else kind.alias.name
        link.owner.main.set("HealthCheckConfig.FullyQualifiedDomainName", own or link.other.fill(given))

    def _decides(self, link: Link) -> bool:
        """Say whether a record of several is answered with by this check: by its name the check would ask any of them
        (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-failover-alias.html)."""
        routes = (effect.join for edge, effect in link.owner.architecture.effects("route")
                  if edge.target == link.other.node.id)  # fmt: skip
        return any(isinstance(join, Route) and join.health == link.owner.node.id for join in routes)


class HealthCheck(Kind, icon="aws/network/route-53", service="Amazon Route 53", types="AWS::Route53::HealthCheck",
                  name="route53.health_check"):  # fmt: skip
    """Health check: asks an endpoint from several Regions, or sums up other checks."""

    domain: str | None = prop(None, "Domain name to ask; an edge to what is asked gives it too.")
    ip: str | None = prop(None, "IP address to ask.")
    protocol: Literal["https", "http", "tcp"] = prop("https", "How it asks.")
    port: int | None = prop(None, "Port (default: that of the protocol).", ge=1, le=65_535)
    path: str = prop("/", "Path to ask for.", pattern="/.*")
    search: str | None = prop(None, "Text that the first 5,120 bytes of the answer must hold.", le=255)
    interval: Literal[30, 10] = prop(30, "Seconds between two requests of one Region.")
    failures: int = prop(3, "Failed or passed requests in a row that turn the status.", ge=1, le=10)
    latency: bool = prop(False, "Measure the latency.")
    inverted: bool = prop(False, "Healthy means unhealthy.")
    regions: list[Area] = prop([], "Regions that ask (at least three; default: all).")
    checks: list[NodeId] = prop([], "Health checks to sum up, instead of an endpoint.", slot="check",
                                to="route53.health_check")  # fmt: skip
    healthy: int | None = prop(None, "How many of 'checks' must be healthy (default: all).", ge=0, le=256)

    guard = True
    attributes = {"id": "${}"}
    external = External(("id",))
    metrics = {
        "status": Metric(
            "AWS/Route53", "HealthCheckStatus", {"HealthCheckId": "${id}"}, "Minimum", 60, home="us-east-1"
        )
    }
    joins = (Watch,)
    example = "{domain: www.example.com, path: /health}"

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        watched = any(effect.owner == node.id for _, effect in world.effects("watch"))
        if not self.checks and not self.domain and not self.ip and not watched:
            help = f"a 'domain', or an edge '{node.id} -> ...' to what it asks"
            return [Refusal("a health check needs something to ask", help, "missing-property")]
        if self.regions and len(self.regions) < 3:
            return [Refusal("at least three Regions ask", None, "out-of-bounds", "regions")]
        if self.protocol == "tcp" and (self.search or self.port is None):
            return [Refusal("a TCP check takes a 'port' and no 'search'", None, "bad-value", "protocol")]
        return []

    def build(self, scope: Scope) -> None:
        from troposphere import route53

        check = scope.make(route53.HealthCheck, HealthCheckConfig=self._sum(scope) if self.checks else self._endpoint())
        name = f"{scope.architecture.name}-{scope.node.id}"
        check.set("HealthCheckTags", [{"Key": "Name", "Value": name}])  # the name that the console shows

    def _sum(self, scope: Scope) -> dict[str, Any]:
        children = [check.attribute("id") for id in self.checks if (check := scope.of(id))]
        return {"Type": "CALCULATED", "ChildHealthChecks": children, "Inverted": self.inverted or None,
                "HealthThreshold": len(children) if self.healthy is None else self.healthy}  # fmt: skip

    def _endpoint(self) -> dict[str, Any]:
        web = self.protocol != "tcp"
        kind = self.protocol.upper() + ("_STR_MATCH" if self.search else "")
        return {
            "Type": kind, "FullyQualifiedDomainName": self.domain, "IPAddress": self.ip,
            "Port": self.port or (443 if self.protocol == "https" else 80), "ResourcePath": self.path if web else None,
            "SearchString": self.search, "RequestInterval": self.interval, "FailureThreshold": self.failures,
            "MeasureLatency": self.latency or None, "Inverted": self.inverted or None,
            "EnableSNI": True if self.protocol == "https" else None, "Regions": list(self.regions) or None,
        }  # fmt: skip
