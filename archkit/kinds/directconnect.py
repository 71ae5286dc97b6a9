"""AWS Direct Connect: a line of one's own into AWS, and the gateway that leads from it to many networks.

https://docs.aws.amazon.com/directconnect/latest/UserGuide/Welcome.html
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from archkit.architecture import Ends, Node
from archkit.kind import External, Join, Kind, Metric, Refusal, prop
from archkit.scope import Link, Resource, Scope
from archkit.shared.sites import CIDR, AtSite

__all__ = ["Connection", "Gateway"]


class Site(AtSite):
    """The site at the other end of the line."""


class Interface(Join):
    """A virtual interface on the line: into a VPC, to a Direct Connect gateway, or to AWS's public services.

    https://docs.aws.amazon.com/directconnect/latest/UserGuide/WorkingWithVirtualInterfaces.html
    """

    word: ClassVar[str] = "interface"
    usual: ClassVar[bool] = True
    identity: ClassVar[tuple[str, ...]] = ("vlan",)
    bridges: ClassVar[bool] = True

    sort: Literal["private", "transit", "public"] = prop(
        "private", "Sort of interface: transit leads by a gateway to transit gateways, public to AWS's own services.",
        shape=True,
    )  # fmt: skip
    vlan: int = prop(doc="VLAN tag.", ge=1, le=4_094, shape=True)
    asn: int = prop(65_000, "Autonomous system number of the site.", ge=1, le=4_294_967_294)
    jumbo: bool = prop(False, "Frames of 9001 bytes (private) or 8500 (transit).")
    amazon_address: str | None = prop(None, "Address of AWS's end, such as 175.45.176.1/30 (public).", pattern=CIDR)
    customer_address: str | None = prop(None, "Address of the site's end.", pattern=CIDR)
    prefixes: list[str] = prop([], "Ranges of the site that AWS is told (public).", pattern=CIDR)

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.network == "vpc" or other is Gateway or other.name == "internet"

    def refuse(self, ends: Ends) -> Refusal | None:
        public = ends.other.kind.name == "internet"
        if public != (self.sort == "public"):
            return Refusal("a public interface leads to AWS's public services, drawn as the Internet",
                           "sort: public" if public else "sort: private", "bad-value", "sort")  # fmt: skip
        if self.sort == "transit" and ends.other.kind.network == "vpc":
            return Refusal("a transit interface leads to a Direct Connect gateway", "sort: private", "bad-value",
                           "sort")  # fmt: skip
        if ends.other.kind.network == "vpc" and ends.other.existing is not None:
            return _unowned(ends.other)
        if self.sort == "public" and not (self.amazon_address and self.customer_address and self.prefixes):
            return Refusal("a public interface says both addresses and the site's prefixes",
                           "amazon_address: 175.45.176.1/30, customer_address: 175.45.176.2/30, prefixes: [...]",
                           "missing-property")  # fmt: skip
        return None

    def apply(self, link: Link) -> None:
        peer = {"AddressFamily": "ipv4", "Asn": str(self.asn), "AmazonAddress": self.amazon_address,
                "CustomerAddress": self.customer_address}  # fmt: skip
        common: dict[str, Any] = {
            "ConnectionId": link.owner.attribute("id"), "Vlan": self.vlan,
            "VirtualInterfaceName": f"{link.owner.node.id}-{self.vlan}",
            "BgpPeers": [{name: value for name, value in peer.items() if value is not None}],
        }  # fmt: skip
        if self.sort == "public":
            link.make("AWS::DirectConnect::PublicVirtualInterface", "Interface",
                      RouteFilterPrefixes=list(self.prefixes), **common)  # fmt: skip
            return
        mtu = {"private": 9_001, "transit": 8_500}[self.sort] if self.jumbo else None
        if link.other.node.kind.network == "vpc":
            common["VirtualGatewayId"] = gateway_in(link.other, link.because).ref
        else:
            common["DirectConnectGatewayId"] = link.other.attribute("id")
        link.make(f"AWS::DirectConnect::{self.sort.capitalize()}VirtualInterface", "Interface", Mtu=mtu, **common)


def _unowned(vpc: Node) -> Refusal:
    return Refusal(f"'{vpc.id}' exists already and gets no gateway", "does: flow", "cannot-change")


def gateway_in(vpc: Scope, because: str) -> Resource:
    """Return the virtual private gateway of a VPC, which the VPC itself makes."""
    found: Resource = vpc.kind.virtual_gateway(vpc, because)
    return found


class Connection(Kind, icon="aws/network/direct-connect", service="AWS Direct Connect",
                 types=("AWS::DirectConnect::Connection", "AWS::DirectConnect::PrivateVirtualInterface",
                        "AWS::DirectConnect::PublicVirtualInterface",
                        "AWS::DirectConnect::TransitVirtualInterface")):  # fmt: skip
    """Direct Connect: a line from a site to a place where AWS has its routers."""

    location: str = prop(doc="Code of the place, such as EqDC2.")
    bandwidth: Literal["1Gbps", "10Gbps", "100Gbps", "400Gbps"] = prop("1Gbps", "Bandwidth of the port.")
    provider: str | None = prop(None, "Provider of the line.")
    macsec: bool = prop(False, "Encrypt the line by MACsec, where the place can.")

    joins = (Site, Interface)
    attributes = {"id": "${.ConnectionId}", "arn": "${.ConnectionArn}"}
    external = External(("id",))
    metrics = {"up": Metric("AWS/DX", "ConnectionState", {"ConnectionId": "${id}"}, "Minimum")}
    example = "{location: EqDC2}"

    def caption(self) -> str | None:
        return self.bandwidth

    def build(self, scope: Scope) -> None:
        scope.make("AWS::DirectConnect::Connection", Bandwidth=self.bandwidth, Location=self.location,
                   ConnectionName=f"{scope.architecture.name}-{scope.node.id}", ProviderName=self.provider,
                   RequestMACSec=self.macsec or None)  # fmt: skip


class Lead(Join):
    """The gateway leads into that network, or to that hub.

    https://docs.aws.amazon.com/directconnect/latest/UserGuide/direct-connect-gateways.html
    """

    word: ClassVar[str] = "join"
    usual: ClassVar[bool] = True
    arrow: ClassVar[Any] = "either"
    bridges: ClassVar[bool] = True

    prefixes: list[str] = prop([], "Ranges that the site is told of (default: those of the networks).", pattern=CIDR,
                               le=200)  # fmt: skip

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.network == "vpc" or other.types[:1] == ("AWS::EC2::TransitGateway",)

    def refuse(self, ends: Ends) -> Refusal | None:
        hub = ends.other.kind.network != "vpc"
        if hub and not self.prefixes:
            return Refusal("to a transit gateway the site is told the ranges that lie behind it",
                           "prefixes: [10.0.0.0/8]", "missing-property", "prefixes")  # fmt: skip
        if not hub and ends.other.existing is not None:
            return _unowned(ends.other)
        return None

    def apply(self, link: Link) -> None:
        vpc = link.other.node.kind.network == "vpc"
        to = gateway_in(link.other, link.because).ref if vpc else link.other.attribute("id")
        link.make("AWS::DirectConnect::DirectConnectGatewayAssociation", "Association",
                  DirectConnectGatewayId=link.owner.attribute("id"), AssociatedGatewayId=to,
                  AllowedPrefixesToDirectConnectGateway=list(self.prefixes) or None)  # fmt: skip


class Gateway(Kind, icon="aws/network/direct-connect", service="AWS Direct Connect",
              types=("AWS::DirectConnect::DirectConnectGateway",
                     "AWS::DirectConnect::DirectConnectGatewayAssociation")):  # fmt: skip
    """Direct Connect gateway: one end of a line that leads to VPCs and hubs of any Region."""

    asn: int = prop(64_512, "Autonomous system number of the AWS side.", ge=1, le=4_294_967_294)

    joins = (Lead,)
    attributes = {"id": "${.DirectConnectGatewayId}", "arn": "${.DirectConnectGatewayArn}"}
    external = External(("id",))

    def ranges(self, scope: Scope) -> list[Any]:
        """The ranges of the sites whose lines lead here."""
        world = scope.architecture
        lines = {edge.source for edge, effect in world.effects("interface") if edge.target == scope.node.id}
        found: list[Any] = []
        for edge, effect in world.effects("site"):
            site = scope.of(edge.target if edge.source == effect.owner else edge.source)
            if effect.owner in lines and site is not None:
                found += [whole for whole in site.kind.ranges(site) if whole not in found]
        return found

    def build(self, scope: Scope) -> None:
        scope.make("AWS::DirectConnect::DirectConnectGateway", AmazonSideAsn=str(self.asn),
                   DirectConnectGatewayName=f"{scope.architecture.name}-{scope.node.id}")  # fmt: skip
