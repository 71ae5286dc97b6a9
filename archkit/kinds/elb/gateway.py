"""Gateway Load Balancers: traffic through appliances, such as firewalls, and on its way again."""

from __future__ import annotations

from typing import Any, ClassVar

from archkit import network
from archkit.architecture import Ends
from archkit.kind import Join, Kind, Port, Refusal, prop
from archkit.kinds.elb.shared import Balancer
from archkit.kinds.elb.targets import Targets
from archkit.scope import Link, Scope

__all__ = ["Gateway"]

GENEVE = Port(6081, protocol="udp")
"""https://docs.aws.amazon.com/elasticloadbalancing/latest/gateway/introduction.html"""


class Inspect(Targets, Join):
    """Packets are handed to that appliance, wrapped in GENEVE.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/gateway/target-groups.html
    """

    word: ClassVar[str] = "inspect"
    usual: ClassVar[bool] = True
    dials: ClassVar[Any] = "owner"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.serves == "instance"

    def port_of(self, kind: Kind) -> int | None:
        return GENEVE.low

    def refuse(self, ends: Ends) -> Refusal | None:
        if self.sticky is not None:
            return Refusal("a Gateway Load Balancer has no cookies", None, "bad-value", "sticky")
        return self.refuse_target(ends)

    def apply(self, link: Link) -> None:
        from troposphere import elasticloadbalancingv2 as elb

        group = self.group(link, "GENEVE", {}, {})
        link.make(elb.Listener, "Listener", LoadBalancerArn=link.owner.main.ref,
                  DefaultActions=[{"Type": "forward", "TargetGroupArn": group.ref}])  # fmt: skip

    def ways(self, link: Link) -> None:
        """A Gateway Load Balancer has no security group: appliances let its subnets in."""
        for number, whole in enumerate(network.cidrs_of(link.owner)):
            for port in (GENEVE, Port(self.health.port or 80)):
                network.let_in(link.other, whole, port, link.because, f"{link.owner.id}{number + 1}")


class Gateway(Balancer, icon="glyph/gateway-load-balancer", service="Gateway Load Balancer",
              types=("AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::ElasticLoadBalancingV2::Listener",
                     "AWS::ElasticLoadBalancingV2::TargetGroup")):  # fmt: skip
    """Gateway Load Balancer: sends packets through a fleet of appliances and gives them back unchanged."""

    cross_zone: bool = prop(True, "Hand packets to appliances of every zone.")

    type = "gateway"
    prefers = "private"

    joins = (Inspect,)
    strict: ClassVar[Any] = {}

    def inside(self, node: Any, world: Any) -> bool:
        return True

    def build(self, scope: Scope) -> None:
        from troposphere import elasticloadbalancingv2 as elb

        common = self.common(scope, {"load_balancing.cross_zone.enabled": self.cross_zone})
        del common["Scheme"]
        scope.make(elb.LoadBalancer, Subnets=network.subnets(scope), **common)
