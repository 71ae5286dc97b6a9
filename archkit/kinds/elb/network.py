"""Network Load Balancers: TCP, UDP and TLS, with addresses that stay."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from archkit import network
from archkit.architecture import Architecture, Ends, Node
from archkit.kind import Accelerated, Alias, External, Join, Kind, Listen, Metric, NodeId, Origin, Port, Refusal, prop
from archkit.kinds.elb.shared import Front
from archkit.kinds.elb.targets import Targets
from archkit.scope import Link, Scope
from archkit.shared.deliveries import let_delivery_in

__all__ = ["Network"]

Protocol = Literal["tcp", "udp", "tcp_udp", "tls"]
NEWEST = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
NAMED = {"LoadBalancer": "${full_name}"}


class Forward(Targets, Join):
    """What comes at a port is handed on.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-listeners.html
    """

    word: ClassVar[str] = "route"
    usual: ClassVar[bool] = True
    identity: ClassVar[tuple[str, ...]] = ("listen", "protocol")
    dials: ClassVar[Any] = "owner"

    listen: int | None = prop(None, "Port of the load balancer (default: that of the target).", ge=1, le=65_535,
                              shape=True)  # fmt: skip
    protocol: Protocol = prop("tcp", "Protocol; TLS ends at the load balancer, which then needs a certificate.",
                              shape=True)  # fmt: skip
    inner: Literal["tcp", "tls"] = prop("tcp", "Protocol to the target behind TLS.")
    preserve_ip: bool | None = prop(None, "Show targets the client's address (default: as AWS does by target type).")
    proxy: bool = prop(False, "Put the proxy protocol's header before each connection.")
    sticky_ip: bool = prop(False, "Keep a client with one target, by its address.")

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.serves in ("instance", "ip", "alb")

    @property
    def families(self) -> tuple[str, ...]:
        """The protocols of security groups that its own is made of."""
        return {"udp": ("udp",), "tcp_udp": ("tcp", "udp")}.get(self.protocol, ("tcp",))

    def opened(self, port: int) -> list[Port]:
        requests = [Port(port, protocol=family) for family in self.families]
        return list(dict.fromkeys([*requests, Port(self.health.port or port)]))

    def text(self) -> str | None:
        return f"{self.protocol.replace('_', '/').upper()} {self.listen}" if self.listen else None

    def refuse(self, ends: Ends) -> Refusal | None:
        if self.protocol == "tls" and not getattr(ends.owner.kind, "certificate", None) and not ends.owner.existing:
            return Refusal("TLS needs a certificate", f"certificate: an acm.certificate, on '{ends.owner.id}'",
                           "missing-property", "protocol")  # fmt: skip
        if ends.other.kind.serves == "alb" and self.protocol != "tcp":
            return Refusal("an Application Load Balancer is reached by TCP", "protocol: tcp", "bad-value", "protocol")
        if self.sticky is not None:
            return Refusal("a Network Load Balancer has no cookies: 'sticky' is for an Application Load Balancer",
                           "sticky_ip: true keeps a client by its address", "bad-value", "sticky")  # fmt: skip
        if self.sticky_ip and self.protocol == "tls":
            # https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html
            return Refusal("no client is kept with one target behind a TLS listener", "protocol: tcp", "bad-value",
                           "sticky_ip")  # fmt: skip
        return self.refuse_target(ends)

    def apply(self, link: Link) -> None:
        from troposphere import elasticloadbalancingv2 as elb

        inner = self.inner if self.protocol == "tls" else self.protocol
        sticky = {"stickiness.enabled": True, "stickiness.type": "source_ip"} if self.sticky_ip else {}
        said = {"preserve_client_ip.enabled": self.preserve_ip, "proxy_protocol_v2.enabled": self.proxy or None,
                **sticky}  # fmt: skip
        group = self.group(link, inner.upper(), said, {})
        owner, port = link.owner, self.listen or self.port_of(link.other.kind) or 0
        listener = owner.get(f"Port{port}")
        if listener is not None:
            owner.note("same-port", f"two edges of '{owner.node.id}' listen at {port}: the first one counts",
                       "listen: another port on one")  # fmt: skip
            return
        if not owner.kind.inside(owner.node, owner.architecture):
            for family in self.families:
                owner.kind.let_internet_in(owner, Port(port, protocol=family))
            if owner.kind.ipv6 and "udp" in self.families:
                owner.main.set("EnablePrefixForIpv6SourceNat", "on")
        secure = {"Certificates": [{"CertificateArn": owner.arn(owner.kind.certificate)}],
                  "SslPolicy": owner.kind.tls} if self.protocol == "tls" else {}  # fmt: skip
        made = owner.make(elb.Listener, f"Port{port}", because=link.because, LoadBalancerArn=owner.main.ref, Port=port,
                          Protocol=self.protocol.upper(),
                          DefaultActions=[{"Type": "forward", "TargetGroupArn": group.ref}], **secure)  # fmt: skip
        if link.other.kind.serves == "ip" and not link.other.exists and link.other.kind.types:
            link.other.main.depends.add(made.id)


class Connection(Listen):
    """A connection to one of the load balancer's listeners."""


class Network(Front, icon="aws/network/elb-network-load-balancer", service="Network Load Balancer",
              types=("AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::ElasticLoadBalancingV2::Listener",
                     "AWS::ElasticLoadBalancingV2::TargetGroup", "AWS::EC2::SecurityGroup", "AWS::EC2::EIP",
                     "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress")):  # fmt: skip
    """Network Load Balancer: hands on TCP, UDP and TLS, with one address in each zone that can stay for ever."""

    static_ip: bool = prop(False, "An Elastic IP in each zone.", shape=True)
    certificate: NodeId | None = prop(
        None, "Certificate of its TLS listeners.", slot="certificate", to="acm.certificate"
    )
    tls: str = prop(NEWEST, "Security policy of TLS.", pattern="ELBSecurityPolicy-[A-Za-z0-9-]+")
    cross_zone: bool = prop(True, "Hand connections to targets of every zone.")
    listens_at: int = prop(443, "Port that edges to it connect to.", ge=1, le=65_535, shape=True)

    type = "network"
    listens = Connection
    joins = (Forward,)
    address = "${dns}"
    alias = Alias("${dns}", "${zone}", ipv6=True)
    accelerated = Accelerated("nlb", "${arn}")
    origin = Origin("${dns}", "custom", private="${arn}")
    waf_not = "a Network Load Balancer takes no web ACL; put an Application Load Balancer or CloudFront before it"
    external = External(("arn", "dns", "zone", "security_group"))
    metrics = {
        "unhealthy": Metric("AWS/NetworkELB", "UnHealthyHostCount", NAMED, "Maximum"),
        "flows": Metric("AWS/NetworkELB", "ActiveFlowCount", NAMED, "Average"),
        "resets": Metric("AWS/NetworkELB", "TCP_Target_Reset_Count", NAMED),
    }

    def ports(self) -> tuple[Port, ...]:
        return (Port(self.listens_at),)

    def entered(self, node: Node, world: Architecture) -> Refusal | None:
        """https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html."""
        if self.ipv6:
            return Refusal(f"CloudFront does not enter a VPC for '{node.id}', which answers by IPv6 as well",
                           f"ipv6: false on '{node.id}'", "cannot-reach")  # fmt: skip
        if self.ends_tls(node, world):
            return Refusal(f"CloudFront does not enter a VPC for '{node.id}', where TLS ends",
                           "protocol: tcp on its edges, or an elb.application", "cannot-reach")  # fmt: skip
        return None

    def ends_tls(self, node: Node, world: Architecture) -> bool:
        """Say whether one of its listeners speaks TLS."""
        joins = (effect.join for _, effect in world.effects(Forward.word) if effect.owner == node.id)
        return any(isinstance(join, Forward) and join.protocol == "tls" for join in joins)

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        found = super().check(node, world)
        if self.static_ip and self.inside(node, world):
            found.append(Refusal("an internal load balancer has no address on the Internet to keep", "static_ip: false",
                                 "bad-value", "static_ip"))  # fmt: skip
        return found

    def let_logs_in(self, bucket: Scope, because: str) -> list[str]:
        """https://docs.aws.amazon.com/elasticloadbalancing/latest/network/enable-access-logs.html."""
        return let_delivery_in(bucket, because)

    def build(self, scope: Scope) -> None:
        from troposphere import ec2
        from troposphere import elasticloadbalancingv2 as elb

        common = self.fronted(scope, {"load_balancing.cross_zone.enabled": self.cross_zone})
        if self.access_logs and not self.ends_tls(scope.node, scope.architecture):
            scope.note("no-lines", f"'{scope.node.id}' logs TLS connections only, and has no listener for them",
                       "protocol: tls on an edge, or access_logs: false")  # fmt: skip
        subnets = network.subnets(scope)
        place: dict[str, Any] = {"Subnets": subnets}
        if self.static_ip:
            place = {"SubnetMappings": [
                {"SubnetId": subnet, "AllocationId": scope.make(ec2.EIP, f"Address{number + 1}", Domain="vpc").att(
                    "AllocationId")}
                for number, subnet in enumerate(subnets)
            ]}  # fmt: skip
        scope.make(elb.LoadBalancer, SecurityGroups=[network.security_group(scope)],
                   IpAddressType="dualstack" if self.ipv6 else None, **place, **common)  # fmt: skip
