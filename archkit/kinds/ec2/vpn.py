"""Site-to-Site VPN: a site joined to a network over the Internet.

https://docs.aws.amazon.com/vpn/latest/s2svpn/VPC_VPN.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from archkit import network
from archkit.architecture import Architecture, Ends, Node
from archkit.kind import External, Helper, Join, Kind, Metric, NodeId, Record, Refusal, prop
from archkit.kinds.ec2.tables import gateway_of, named
from archkit.scope import Link, Scope
from archkit.shared.retention import Days
from archkit.shared.sites import CIDR, AtSite

__all__ = ["CustomerGateway", "Vpn"]


class CustomerGateway(Kind, icon="aws/network/vpc-customer-gateway", service="AWS Site-to-Site VPN",
                      types="AWS::EC2::CustomerGateway"):  # fmt: skip
    """Customer gateway: the router or firewall at a site's end of a VPN."""

    ip: str = prop(doc="Its address on the Internet.", pattern=r"[0-9.]+")
    asn: int = prop(65_000, "Its autonomous system number, for BGP.", ge=1, le=2_147_483_647)
    device: str | None = prop(None, "What it is, in words.")
    certificate: str | None = prop(None, "ARN of the private certificate that it shows, instead of a shared key.")

    attributes = {"id": "${}", "arn": "${}"}
    external = External(("id",))
    example = "{ip: 203.0.113.12}"

    def build(self, scope: Scope) -> None:
        from troposphere import ec2

        scope.make(ec2.CustomerGateway, Type="ipsec.1", IpAddress=self.ip, BgpAsn=self.asn, DeviceName=self.device,
                   CertificateArn=self.certificate, Tags=named(scope))  # fmt: skip


class Site(AtSite):
    """The site is joined by this VPN."""


class Into(Join):
    """The VPN leads into that network, or to that hub."""

    word: ClassVar[str] = "join"
    usual: ClassVar[bool] = True
    arrow: ClassVar[Any] = "either"
    bridges: ClassVar[bool] = True

    table: str | None = prop(
        None, "Route table of the hub that decides where its packets go.", pattern="[a-z][a-z0-9-]*", shape=True
    )
    announce: list[str] = prop([], "Route tables of the hub that learn the way to the site.", shape=True)

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.network == "vpc" or other.types[:1] == ("AWS::EC2::TransitGateway",)

    def refuse(self, ends: Ends) -> Refusal | None:
        twins = [edge for edge, effect in ends.architecture.effects("join") if effect.owner == ends.owner.id]
        if twins and twins[0].id != ends.edge.id:
            return Refusal(f"'{ends.owner.id}' leads somewhere else already (line {twins[0].span.line})",
                           "a transit gateway joins several networks", "cannot-join")  # fmt: skip
        if ends.other.kind.network == "vpc" and ends.other.existing is not None:
            return Refusal(f"'{ends.other.id}' exists already and gets no gateway", "does: flow", "cannot-change")
        if ends.other.kind.network == "vpc" and ends.owner.kind.accelerate:  # type: ignore[attr-defined]
            # https://docs.aws.amazon.com/vpn/latest/s2svpn/accelerated-vpn.html
            return Refusal("a VPC's own gateway is reached where the VPC is: only a transit gateway's VPN is "
                           "accelerated", "a transit gateway between them", "cannot-join")  # fmt: skip
        return None

    def apply(self, link: Link) -> None:
        vpn, other = link.owner, link.other
        if other.node.kind.network == "vpc":
            vpn.main.set("VpnGatewayId", gateway_of(other, link.because, vpn.kind.asn_here).ref)
            attached = other.get("VpnAttachment")
            assert attached is not None
            vpn.main.depends.add(attached.id)
        else:
            vpn.main.set("TransitGatewayId", other.attribute("id"))
            if vpn.kind.routes:
                text = "the hub's ways to the site name the VPN's attachment, which no template can"
                vpn.note("hub-route", text, "leave 'routes' out and let BGP tell, or run 'aws ec2 "
                         "create-transit-gateway-route' for each once the VPN is there")  # fmt: skip
            if self.table or self.announce:
                text = f"the attachment of '{vpn.node.id}' comes with the VPN, and no template can name it"
                vpn.note("hub-table", text, "put it into its route table once it is there")


class Tunnel(Record):
    """What both tunnels agree on."""

    start: Literal["add", "start"] = prop("add", "Who begins: the site (add), or AWS (start).")
    keys: list[Literal["ikev1", "ikev2"]] = prop(["ikev2"], "Versions of the key exchange.")
    dead_peer: Literal["clear", "none", "restart"] = prop("restart", "What follows when the other end is silent.")
    inside: list[str] = prop([], "Ranges inside of the tunnels, each a /30 of 169.254.0.0/16 (default: AWS's choice).",
                             pattern=r"169\.254\.[0-9.]+/30", le=2)  # fmt: skip
    encryption: list[Literal["AES128", "AES256", "AES128-GCM-16", "AES256-GCM-16"]] = prop(
        ["AES256", "AES256-GCM-16"], "Ciphers of both phases."
    )
    integrity: list[Literal["SHA2-256", "SHA2-384", "SHA2-512"]] = prop(
        ["SHA2-256", "SHA2-384", "SHA2-512"], "Hashes of both phases."
    )
    groups: list[int] = prop([14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24], "Diffie-Hellman groups of both phases.")

    def form(self, number: int, lines: Any) -> dict[str, Any]:
        """Return the options of one of the two tunnels; `lines` is the ARN of the log group."""
        both = {f"Phase{phase}{name}": [{"Value": value} for value in values] for phase in (1, 2)
                for name, values in (("EncryptionAlgorithms", self.encryption), ("IntegrityAlgorithms", self.integrity),
                                     ("DHGroupNumbers", self.groups))}  # fmt: skip
        logged = {"CloudwatchLogOptions": {"LogEnabled": True, "LogGroupArn": lines}} if lines is not None else None
        made = {"StartupAction": self.start, "DPDTimeoutAction": self.dead_peer,
                "IKEVersions": [{"Value": version} for version in self.keys], **both, "LogOptions": logged,
                "TunnelInsideCidr": self.inside[number] if number < len(self.inside) else None}  # fmt: skip
        return {name: value for name, value in made.items() if value is not None}


TUNNEL = Tunnel()  # type: ignore[call-arg]


class Vpn(Kind, icon="aws/network/site-to-site-vpn", service="AWS Site-to-Site VPN",
          types=("AWS::EC2::VPNConnection", "AWS::EC2::CustomerGateway", "AWS::EC2::VPNConnectionRoute",
                 "AWS::Logs::LogGroup")):  # fmt: skip
    """Site-to-Site VPN: two tunnels between a site's gateway and a VPC, or a transit gateway."""

    customer: NodeId | None = prop(None, "The site's gateway, as a node (default: one of its own, by `ip`).",
                                   slot="customer", to="ec2.customer_gateway")  # fmt: skip
    ip: str | None = prop(None, "Address of the site's gateway on the Internet.", pattern=r"[0-9.]+")
    asn: int = prop(65_000, "Autonomous system number of the site, for BGP.", ge=1, le=2_147_483_647)
    asn_here: int | None = prop(None, "Autonomous system number of the AWS side of a VPC's gateway.", ge=1)
    routes: list[str] = prop([], "Ranges of the site, as static routes (default: BGP tells).", pattern=CIDR, shape=True)
    accelerate: bool = prop(False, "Come to AWS at the nearest edge (transit gateway only).")
    tunnel: Tunnel = prop(TUNNEL, "What both tunnels agree on.")
    secret: bool = prop(False, "Keep the keys that both ends share in Secrets Manager.")
    logs: Days | None = prop(None, "Days that lines of the tunnels are kept (default: none are written).", shape=True)

    border = True
    joins = (Site, Into)
    attributes = {"id": "${}", "arn": "${}"}
    external = External(("id",))
    metrics = {"tunnel": Metric("AWS/VPN", "TunnelState", {"VpnId": "${id}"}, "Minimum")}
    example = "{ip: 203.0.113.12}"

    def helpers(self) -> Mapping[str, Helper]:
        return {"lines": Helper("logs.group", {"logs": self.logs})} if self.logs is not None else {}

    def ranges(self, scope: Scope) -> list[Any]:
        """The ranges of the site, as the VPN or the site itself says."""
        sites = (scope.of(edge.target if edge.source == scope.node.id else edge.source)
                 for edge, effect in scope.architecture.effects("site") if effect.owner == scope.node.id)  # fmt: skip
        told = [whole for site in sites if site is not None for whole in site.kind.ranges(site)]
        return list(self.routes) or told

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        if self.customer is None and self.ip is None:
            return [Refusal("a VPN ends at a gateway of the site", "ip: 203.0.113.12, or customer: a node",
                            "missing-property")]  # fmt: skip
        leads = any(effect.owner == node.id for _, effect in world.effects("join"))
        if not leads and any(True for _ in world.edges_of(node.id)):
            return [Refusal(f"'{node.id}' leads into no network", f"{node.id} -> a VPC, or a transit gateway",
                            "needs-network")]  # fmt: skip
        return []

    def build(self, scope: Scope) -> None:
        from troposphere import ec2

        own = None
        if self.customer is None:
            own = scope.make(ec2.CustomerGateway, "Customer", Type="ipsec.1", IpAddress=self.ip, BgpAsn=self.asn,
                             Tags=named(scope))  # fmt: skip
        customer = scope.of(self.customer)
        lines = scope.of(f"{scope.node.id}.lines") if self.logs is not None else None
        written = lines.attribute("arn") if lines is not None else None
        made = scope.make(
            "AWS::EC2::VPNConnection", Type="ipsec.1", StaticRoutesOnly=bool(self.routes),
            CustomerGatewayId=own.ref if own is not None else customer.attribute("id"),  # type: ignore[union-attr]
            EnableAcceleration=self.accelerate or None, Tags=named(scope),
            VpnTunnelOptionsSpecifications=[self.tunnel.form(number, written) for number in (0, 1)],
            PreSharedKeyStorage="SecretsManager" if self.secret else None,
        )  # fmt: skip
        world = scope.architecture
        ends = {end for edge in world.edges_of(scope.node.id) for end in (edge.source, edge.target)}
        into_vpc = not any(world[end].kind.types[:1] == ("AWS::EC2::TransitGateway",) for end in ends)
        for number, whole in enumerate(self.routes if into_vpc else ()):
            scope.make(ec2.VPNConnectionRoute, f"Route{network.spelled(whole, number)}", VpnConnectionId=made.ref,
                       DestinationCidrBlock=whole)  # fmt: skip
