"""VPN: a site joined to a network over the Internet, and people joined to it one by one.

https://docs.aws.amazon.com/vpn/latest/s2svpn/VPC_VPN.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from archkit import network
from archkit.architecture import Architecture, Ends, Node
from archkit.kind import External, Helper, Join, Kind, Metric, NodeId, Record, Refusal, Spread, prop
from archkit.kinds.ec2.tables import gateway_of, named
from archkit.retention import Days
from archkit.scope import Link, Scope

__all__ = ["ClientVpn", "CustomerGateway", "Vpn"]

CIDR = r"[0-9.]+/[0-9]+"


class CustomerGateway(Kind, icon="aws/network/vpc-customer-gateway", service="AWS Site-to-Site VPN",
                      types="AWS::EC2::CustomerGateway"):  # fmt: skip
    """Customer gateway: the router or firewall at a site's end of a VPN."""

    ip: str | None = prop(None, "Its address on the Internet.", pattern=r"[0-9.]+")
    asn: int = prop(65_000, "Its autonomous system number, for BGP.", ge=1, le=2_147_483_647)
    device: str | None = prop(None, "What it is, in words.")
    certificate: str | None = prop(None, "ARN of the private certificate that it shows, instead of a shared key.")

    attributes = {"id": "${}", "arn": "${}"}
    external = External(("id",))
    example = "{ip: 203.0.113.12}"

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        if self.ip is None and self.certificate is None:
            return [Refusal("a gateway without a certificate is known by its address", "ip: 203.0.113.12",
                            "missing-property")]  # fmt: skip
        return []

    def build(self, scope: Scope) -> None:
        from troposphere import ec2

        scope.make(ec2.CustomerGateway, Type="ipsec.1", IpAddress=self.ip, BgpAsn=self.asn, DeviceName=self.device,
                   CertificateArn=self.certificate, Tags=named(scope))  # fmt: skip


class Site(Join):
    """The site is joined by this VPN."""

    word: ClassVar[str] = "site"
    usual: ClassVar[bool] = True
    arrow: ClassVar[Any] = "either"
    bridges: ClassVar[bool] = True

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.actor and other.frame is not None

    def apply(self, link: Link) -> None:
        """What lies at the site is known to routes by its ranges; the tunnels are the VPN's."""


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
            if self.table or self.announce:
                text = f"the attachment of '{vpn.node.id}' comes with the VPN, and no template can name it"
                vpn.note("hub-table", text, "put it into its route table once it is there")


class Tunnel(Record):
    """What both tunnels agree on."""

    start: Literal["add", "start"] = prop("add", "Who begins: the site (add), or AWS (start).")
    keys: list[Literal["ikev1", "ikev2"]] = prop(["ikev2"], "Versions of the key exchange.")
    dead_peer: Literal["clear", "none", "restart"] = prop("restart", "What follows when the other end is silent.")


TUNNEL = Tunnel(start="add", keys=["ikev2"], dead_peer="restart")


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

    border = True
    joins = (Site, Into)
    attributes = {"id": "${}", "arn": "${}"}
    external = External(("id",))
    metrics = {"tunnel": Metric("AWS/VPN", "TunnelState", {"VpnId": "${id}"}, "Minimum")}
    example = "{ip: 203.0.113.12}"

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
        agreed = {"StartupAction": self.tunnel.start, "DPDTimeoutAction": self.tunnel.dead_peer,
                  "IKEVersions": [{"Value": version} for version in self.tunnel.keys]}  # fmt: skip
        made = scope.make(
            "AWS::EC2::VPNConnection", Type="ipsec.1", StaticRoutesOnly=bool(self.routes),
            CustomerGatewayId=own.ref if own is not None else customer.attribute("id"),  # type: ignore[union-attr]
            EnableAcceleration=self.accelerate or None, Tags=named(scope),
            VpnTunnelOptionsSpecifications=[agreed, agreed],
        )  # fmt: skip
        world = scope.architecture
        ends = {end for edge in world.edges_of(scope.node.id) for end in (edge.source, edge.target)}
        into_vpc = not any(world[end].kind.types[:1] == ("AWS::EC2::TransitGateway",) for end in ends)
        for number, whole in enumerate(self.routes if into_vpc else ()):
            scope.make(ec2.VPNConnectionRoute, f"Route{number + 1}", VpnConnectionId=made.ref,
                       DestinationCidrBlock=whole)  # fmt: skip


class Authorization(Record):
    """Who of those that are signed in may reach which addresses."""

    cidr: str = prop(doc="Range that is reached.", pattern=CIDR)
    group: str | None = prop(None, "Id of the directory group that may (default: everyone).")


class ClientVpn(Kind, icon="aws/network/client-vpn", service="AWS Client VPN",
                types=("AWS::EC2::ClientVpnEndpoint", "AWS::EC2::ClientVpnTargetNetworkAssociation",
                       "AWS::EC2::ClientVpnAuthorizationRule", "AWS::EC2::SecurityGroup", "AWS::Logs::LogGroup",
                       "AWS::Logs::LogStream")):  # fmt: skip
    """Client VPN: people join a network from their own computers, by certificate or with a directory's password."""

    clients: str = prop("172.16.0.0/22", "Range of the computers that join, /22 to /12, apart from the VPC's.",
                        pattern=CIDR, shape=True)  # fmt: skip
    server_certificate: str | None = prop(None, "ARN of the server's certificate.")
    certificate: NodeId | None = prop(None, "The server's certificate, as a node.", slot="certificate",
                                      to="acm.certificate")  # fmt: skip
    client_certificate: str | None = prop(None, "ARN of the certificate that clients' certificates come from.")
    directory: str | None = prop(None, "Id of the directory whose users sign in.")
    saml: str | None = prop(None, "ARN of the SAML provider whose users sign in.")
    allow: list[Authorization] = prop([], "Who may reach what (default: everyone the VPC).")
    split: bool = prop(True, "Only what goes to the network goes through the tunnel.")
    session_hours: Literal[8, 10, 12, 24] = prop(8, "Hours after which people sign in again.")
    udp: bool = prop(True, "UDP, which is faster than TCP.")
    dns: list[str] = prop([], "DNS servers for clients.", le=2)
    logs: Days = prop(90, "Days that lines of connections are kept.")
    key: NodeId | None = prop(None, "Key that encrypts the logs.", slot="key", to="kms.key")

    resides = "subnets"
    prefers: ClassVar[Any] = "private"
    reaches = True
    attributes = {"id": "${}", "arn": "${}"}
    external = External(("id", "security_group"))
    strict = {"logs": 365}
    example = ("{server_certificate: 'arn:aws:acm:us-east-1:123456789012:certificate/1', "
               "client_certificate: 'arn:aws:acm:us-east-1:123456789012:certificate/2'}")  # fmt: skip

    def helpers(self) -> Mapping[str, Helper]:
        return {"lines": Helper("logs.group", {"logs": self.logs, **({"key": self.key} if self.key else {})})}

    def spread(self) -> Spread:
        return "across"

    def public_address(self, node: Node, world: Architecture) -> bool:
        return True

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        """https://docs.aws.amazon.com/vpn/latest/clientvpn-admin/limits.html."""
        from ipaddress import IPv4Network

        found = []
        if not self.server_certificate and self.certificate is None:
            found.append(Refusal("the server shows a certificate", "server_certificate: its ARN", "missing-property"))
        if not (self.client_certificate or self.directory or self.saml):
            found.append(Refusal("people sign in by certificate, directory or SAML", "client_certificate: its ARN",
                                 "missing-property"))  # fmt: skip
        try:
            mine = IPv4Network(self.clients)
        except ValueError as error:
            return [*found, Refusal(f"'{self.clients}' is no range: {error}", None, "bad-value", "clients")]
        if not 12 <= mine.prefixlen <= 22:
            found.append(
                Refusal(
                    f"the clients' range is a /12 to /22, not a /{mine.prefixlen}",
                    "clients: 172.16.0.0/22",
                    "out-of-bounds",
                    "clients",
                )
            )
        vpc = network.vpc_of(node, world)
        theirs = getattr(vpc.kind, "cidr", None) if vpc is not None and vpc.existing is None else None
        if theirs and mine.overlaps(IPv4Network(theirs, strict=False)):
            found.append(Refusal(f"the clients' range {mine} overlaps {theirs}, that of '{vpc.id if vpc else ''}'",
                                 "clients: 172.16.0.0/22", "same-addresses", "clients"))  # fmt: skip
        return found

    def build(self, scope: Scope) -> None:
        from troposphere import ec2

        lines = scope.of(f"{scope.node.id}.lines")
        assert lines is not None
        ways: list[dict[str, Any]] = []
        if self.client_certificate:
            ways.append({"Type": "certificate-authentication", "MutualAuthentication": {
                "ClientRootCertificateChainArn": self.client_certificate}})  # fmt: skip
        if self.directory:
            ways.append(
                {"Type": "directory-service-authentication", "ActiveDirectory": {"DirectoryId": self.directory}}
            )
        if self.saml:
            ways.append({"Type": "federated-authentication", "FederatedAuthentication": {"SAMLProviderArn": self.saml}})
        stream = scope.make("AWS::Logs::LogStream", "Stream", LogGroupName=lines.attribute("name"))
        endpoint = scope.make(
            "AWS::EC2::ClientVpnEndpoint", AuthenticationOptions=ways, ClientCidrBlock=self.clients,
            ServerCertificateArn=self.server_certificate or scope.arn(self.certificate),
            ConnectionLogOptions={"Enabled": True, "CloudwatchLogGroup": lines.attribute("name"),
                                  "CloudwatchLogStream": stream.ref},
            VpcId=network.vpc_id(scope), SecurityGroupIds=[network.security_group(scope)], SplitTunnel=self.split,
            SessionTimeoutHours=self.session_hours, TransportProtocol="udp" if self.udp else "tcp",
            DnsServers=list(self.dns) or None, Description=f"{scope.architecture.name}: {scope.node.title}",
        )  # fmt: skip
        joined = [
            scope.make(ec2.ClientVpnTargetNetworkAssociation, f"Network{number + 1}", ClientVpnEndpointId=endpoint.ref,
                       SubnetId=subnet)
            for number, subnet in enumerate(network.subnets(scope))
        ]  # fmt: skip
        vpc = network.vpc_scope(scope)
        allowed = [(one.cidr, one.group) for one in self.allow] or [(whole, None) for whole in vpc.kind.ranges(vpc)]
        for number, (whole, group) in enumerate(allowed):
            scope.make(ec2.ClientVpnAuthorizationRule, f"Allow{number + 1}", after=joined, TargetNetworkCidr=whole,
                       ClientVpnEndpointId=endpoint.ref, AccessGroupId=group,
                       AuthorizeAllGroups=None if group else True)  # fmt: skip
