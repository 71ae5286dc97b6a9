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
ASKED = 80
"""The port of health checks (https://docs.aws.amazon.com/elasticloadbalancing/latest/gateway/health-checks.html)."""


class Inspect(Targets, Join):
    """Packets are handed to that appliance, wrapped in GENEVE.

    A Gateway Load Balancer has one listener and hands all packets to one target group, so that several appliances
    share them (https://docs.aws.amazon.com/elasticloadbalancing/latest/gateway/gateway-listeners.html).
    """

    word: ClassVar[str] = "inspect"
    usual: ClassVar[bool] = True
    dials: ClassVar[Any] = "owner"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.serves == "instance"

    def port_of(self, kind: Kind) -> int | None:
        return GENEVE.low

    def suffix(self, link: Link) -> str:
        return "Appliances"

    def refuse(self, ends: Ends) -> Refusal | None:
        if self.sticky is not None:
            return Refusal("a Gateway Load Balancer has no cookies", None, "bad-value", "sticky")
        return self._differs(ends) or self.refuse_target(ends)

    def _differs(self, ends: Ends) -> Refusal | None:
        """Appliances of one group are asked, and taken leave of, in one way."""
        edge, first = next((edge, effect.join) for edge, effect in ends.architecture.effects(self.word)
                           if effect.owner == ends.owner.id)  # fmt: skip
        assert isinstance(first, Inspect)
        for option in ("health", "drain"):
            if getattr(self, option) != getattr(first, option):
                return Refusal(f"the appliances of '{ends.owner.id}' share one '{option}', and line {edge.span.line} "
                               "says another", "say the same on each edge", "cannot-join", option)  # fmt: skip
        return None

    def apply(self, link: Link) -> None:
        from troposphere import elasticloadbalancingv2 as elb

        known = link.owner.get(self.suffix(link))
        if known is not None:
            self.enlist(link, known)
            return
        group = self.group(link, "GENEVE", {}, {})
        link.owner.make(elb.Listener, "Listener", because=link.because, LoadBalancerArn=link.owner.main.ref,
                        DefaultActions=[{"Type": "forward", "TargetGroupArn": group.ref}])  # fmt: skip

    def ways(self, link: Link) -> None:
        """A Gateway Load Balancer has no security group: appliances let its subnets in."""
        for number, whole in enumerate(network.cidrs_of(link.owner)):
            for port in (GENEVE, Port(self.health.port or ASKED)):
                network.let_in(link.other, whole, port, link.because, f"{link.owner.id}{number + 1}")


class Gateway(Balancer, icon="glyph/gateway-load-balancer", service="Gateway Load Balancer",
              types=("AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::ElasticLoadBalancingV2::Listener",
                     "AWS::ElasticLoadBalancingV2::TargetGroup")):  # fmt: skip
    """Gateway Load Balancer: sends packets through a fleet of appliances and gives them back unchanged."""

    cross_zone: bool = prop(True, "Hand packets to appliances of every zone.")

    type = "gateway"
    prefers = "private"
    joins = (Inspect,)

    def build(self, scope: Scope) -> None:
        from troposphere import elasticloadbalancingv2 as elb

        common = self.common({"load_balancing.cross_zone.enabled": self.cross_zone})
        scope.make(elb.LoadBalancer, Subnets=network.subnets(scope), **common)
