"""Classic Load Balancers: the first generation, for what still has one."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from archkit import network
from archkit.architecture import Architecture, Ends, Node
from archkit.kind import Alias, External, Join, Kind, Metric, NodeId, Origin, Port, Refusal, Spread, prop
from archkit.scope import Link, Scope

__all__ = ["Classic"]


class Forward(Join):
    """Instances behind the load balancer.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-backend-instances.html
    """

    word: ClassVar[str] = "route"
    usual: ClassVar[bool] = True
    dials: ClassVar[Any] = "owner"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.classic_list is not None

    def refuse(self, ends: Ends) -> Refusal | None:
        if not ends.other.kind.ports():
            return Refusal(f"'{ends.other.id}' listens on no port that is known", "port: 8080 there",
                           "missing-property")  # fmt: skip
        world = ends.architecture
        first = next(world[edge.target if edge.source == ends.owner.id else edge.source]
                     for edge, effect in world.effects(self.word) if effect.owner == ends.owner.id)  # fmt: skip
        (mine, *_), theirs = ends.other.kind.ports(), first.kind.ports()
        if theirs and theirs[0].low != mine.low:
            message = (f"a Classic Load Balancer reaches all its instances at one port, and '{first.id}' listens at "
                       f"{theirs[0].low}, '{ends.other.id}' at {mine.low}")  # fmt: skip
            return Refusal(message, "use elb.application", "cannot-join")
        return None

    def apply(self, link: Link) -> None:
        owner, other = link.owner, link.other
        port = other.kind.ports()[0]
        for listener in owner.main.get("Listeners"):
            listener["InstancePort"] = str(port.low)
        owner.main.set("HealthCheck.Target", f"{owner.kind.protocol.upper()}:{port.low}"
                       + (owner.kind.health if owner.kind.protocol == "http" else ""))  # fmt: skip
        if other.kind.classic_list == "Instances":
            owner.main.append("Instances", other.main.ref)
        else:
            other.main.append(other.kind.classic_list, owner.main.ref)
        network.open_way(owner, other, link.because)


class Classic(Kind, icon="aws/network/elb-classic-load-balancer", service="Classic Load Balancer",
              types=("AWS::ElasticLoadBalancing::LoadBalancer", "AWS::EC2::SecurityGroup",
                     "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress")):  # fmt: skip
    """Classic Load Balancer: the first generation, kept for what still has one; prefer elb.application."""

    protocol: Literal["http", "tcp"] = prop("http", "Protocol to clients and targets.", shape=True)
    certificate: NodeId | None = prop(None, "Certificate, for HTTPS (or SSL) to clients.", slot="certificate",
                                      to="acm.certificate")  # fmt: skip
    health: str = prop("/", "Path of the health check.", pattern="/.*")
    drain: int = prop(30, "Seconds that an instance which leaves may end its requests in.", ge=1, le=3_600)
    idle: int = prop(60, "Seconds after which an idle connection is closed.", ge=1, le=4_000)
    cross_zone: bool = prop(True, "Hand requests to instances of every zone.")

    resides = "subnets"
    prefers = "public"
    joins = (Forward,)
    alias = Alias("${dns}", "${zone}")
    origin = Origin("${dns}", "custom")
    waf_not = "a Classic Load Balancer takes no web ACL; use elb.application"
    attributes = {"arn": "${}", "dns": "${.DNSName}", "zone": "${.CanonicalHostedZoneNameID}", "name": "${}"}
    address = "${dns}"
    external = External(("name", "dns", "zone", "security_group"))
    metrics = {
        "errors": Metric("AWS/ELB", "HTTPCode_ELB_5XX", {"LoadBalancerName": "${name}"}),
        "unhealthy": Metric("AWS/ELB", "UnHealthyHostCount", {"LoadBalancerName": "${name}"}, "Maximum"),
        "latency": Metric("AWS/ELB", "Latency", {"LoadBalancerName": "${name}"}, "Average"),
    }

    def spread(self) -> Spread:
        return "across"

    def ports(self) -> tuple[Port, ...]:
        return (Port(443 if self.certificate else 80),)

    def origin_protocol(self) -> str:
        return "https" if self.certificate else "http"

    def inside(self, node: Node, world: Architecture) -> bool:
        """Say whether it has private addresses only."""
        tier = network.tier_of(node, world)
        return tier is None or tier.kind.exposure() != "public"

    def public_address(self, node: Node, world: Architecture) -> bool:
        return not self.inside(node, world)

    def build(self, scope: Scope) -> None:
        from troposphere import elasticloadbalancing as elb

        inside = self.inside(scope.node, scope.architecture)
        secure = {"http": "HTTPS", "tcp": "SSL"}[self.protocol] if self.certificate else self.protocol.upper()
        (port,) = self.ports()
        if not inside:
            network.let_in(scope, network.ANYWHERE, port, scope.node.id, "Internet")
        listener = {
            "LoadBalancerPort": str(port.low), "Protocol": secure, "InstancePort": "80",
            "InstanceProtocol": self.protocol.upper(), "SSLCertificateId": scope.arn(self.certificate),
        }  # fmt: skip
        scope.make(
            elb.LoadBalancer, Subnets=network.subnets(scope), SecurityGroups=[network.security_group(scope)],
            Scheme="internal" if inside else None, Listeners=[listener], CrossZone=self.cross_zone,
            HealthCheck={"Target": f"{self.protocol.upper()}:80{self.health if self.protocol == 'http' else ''}",
                         "Interval": "30", "Timeout": "5", "HealthyThreshold": "3", "UnhealthyThreshold": "3"},
            ConnectionDrainingPolicy={"Enabled": True, "Timeout": self.drain},
            ConnectionSettings={"IdleTimeout": self.idle},
        )  # fmt: skip
