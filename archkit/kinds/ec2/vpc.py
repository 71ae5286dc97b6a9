"""The network itself."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Any, Literal

from archkit.architecture import Architecture, Node
from archkit.kind import External, Frame, Helper, Kind, NodeId, Record, Refusal, prop
from archkit.kinds.ec2.addresses import slot_of
from archkit.kinds.ec2.flows import FlowsTo, log_flows
from archkit.kinds.ec2.peering import Peer
from archkit.kinds.ec2.tables import gateway_of, named, route_tables, tiers_in
from archkit.scope import Resource, Scope
from archkit.shared.retention import Days
from archkit.values import Sub

__all__ = ["Vpc"]


class Dhcp(Record):
    """What machines of the network are told when they start."""

    domain: str | None = prop(None, "Domain name that is put behind bare names.")
    servers: list[str] = prop(["AmazonProvidedDNS"], "DNS servers.", le=4)
    ntp: list[str] = prop([], "Time servers.", le=4)


class Vpc(Kind, icon="aws/network/vpc", service="Amazon VPC",
          types=("AWS::EC2::VPC", "AWS::EC2::VPCCidrBlock", "AWS::EC2::EgressOnlyInternetGateway", "AWS::EC2::Route",
                 "AWS::EC2::VPCEndpoint", "AWS::EC2::FlowLog", "AWS::IAM::Role", "AWS::EC2::DHCPOptions",
                 "AWS::EC2::VPCDHCPOptionsAssociation", "AWS::EC2::VPCPeeringConnection", "AWS::EC2::VPNGateway",
                 "AWS::EC2::VPCGatewayAttachment", "AWS::EC2::VPNGatewayRoutePropagation")):  # fmt: skip
    """Network of your own: groups of subnets over Availability Zones, with the ways in and out that are asked for.

    Nothing stands in the default security group that AWS gives every VPC; a template can neither name nor close it.
    """

    cidr: str = prop("10.0.0.0/16", "Its IPv4 range, /16 to /28.", pattern=r"[0-9.]+/[0-9]+", shape=True)
    zones: int = prop(2, "Availability Zones that its subnets are spread over.", ge=1, le=6, shape=True)
    nat: Literal["none", "one", "per_zone"] = prop(
        "none", "NAT gateways through which private subnets reach the Internet.", shape=True
    )
    nat_in: NodeId | None = prop(None, "Public subnets in which the NAT gateways stand (default: the first by slot, "
                                 "then by id).", shape=True)  # fmt: skip
    ipv6: bool = prop(False, "An IPv6 range as well, with an egress-only gateway for private subnets.", shape=True)
    endpoints: list[Literal["s3", "dynamodb"]] = prop(
        ["s3", "dynamodb"], "Gateway endpoints, which cost nothing: services that its subnets reach without NAT.",
        shape=True,
    )  # fmt: skip
    flow_logs: Literal["none", "rejected", "all"] = prop(
        "rejected", "Connections that are logged, to a log group or, by an edge, to a bucket.", shape=True
    )
    logs: Days = prop(30, "Days that flow log lines are kept.")
    dhcp: Dhcp | None = prop(None, "DHCP options (default: the Region's).")
    dedicated: bool = prop(False, "Run every instance on hardware of its own.")
    key: NodeId | None = prop(None, "Key that encrypts the flow logs.", slot="key", to="kms.key")

    frame = Frame("#8C4FFF", icon="aws/network/vpc")
    network = "vpc"
    joins = (Peer, FlowsTo)
    attributes = {"id": "${}", "cidr": "${.CidrBlock}"}
    external = External(("id",))
    strict = {"flow_logs": "all", "logs": 365}

    def columns(self) -> int:
        return self.zones

    def caption(self) -> str | None:
        return self.cidr

    def ranges(self, scope: Scope) -> list[Any]:
        return [scope.attribute("cidr") if scope.exists else self.cidr]

    def carries(self) -> tuple[str, ...]:
        return tuple(self.endpoints)

    def helpers(self) -> Mapping[str, Helper]:
        if self.flow_logs == "none":
            return {}
        return {"flows": Helper("logs.group", {"logs": self.logs, **({"key": self.key} if self.key else {})})}

    def helpers_around(self, node: Node, nodes: Mapping[str, Node]) -> Mapping[str, Helper]:
        mine = [other for other in nodes.values() if other.parent == node.id]
        public = [other for other in mine if other.kind.exposure() == "public"]
        made = {}
        if public and not any(other.kind.name == "ec2.internet_gateway" for other in mine):
            made["internet"] = Helper("ec2.internet_gateway", label="Internet gateway", parent=node.id)
        if public and self.nat != "none":
            spread = {"zones": self.zones if self.nat == "per_zone" else 1}
            made["nat"] = Helper("ec2.nat_gateway", spread, "NAT gateway", parent=self._nat_tier(public).id)
        return made

    def _nat_tier(self, public: list[Node]) -> Node:
        """Return where NAT gateways stand, whatever the order in which groups of subnets are written.

        One that moved would be made anew before the old one goes, with an address that the old one still holds.
        """
        kinds: dict[str, Any] = {tier.id: tier.kind for tier in public}
        by_slot = min(public, key=lambda tier: (kinds[tier.id].through is None,
                                                slot_of(tier.id, kinds[tier.id].slot), tier.id))  # fmt: skip
        return next((tier for tier in public if tier.id == self.nat_in), by_slot)

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        try:
            whole = IPv4Network(self.cidr)
        except ValueError as error:
            return [
                Refusal(f"'{self.cidr}' is no range of addresses: {error}", "cidr: 10.0.0.0/16", "bad-value", "cidr")
            ]
        found = []
        if not 16 <= whole.prefixlen <= 28:
            # https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
            found.append(Refusal(f"a VPC's range is a /16 to /28, not a /{whole.prefixlen}", "cidr: 10.0.0.0/16",
                                 "out-of-bounds", "cidr"))  # fmt: skip
        tiers = [child for child in world.children(node.id) if child.kind.network == "subnets"]
        if self.nat != "none" and not any(tier.kind.exposure() == "public" for tier in tiers):
            way = f"a group {{kind: ec2.subnets, tier: public}} in '{node.id}'"
            found.append(
                Refusal("a NAT gateway stands in public subnets, and there are none", way, "needs-public", "nat")
            )
        elif self.nat_in in world.nodes and not any(
            tier.id == self.nat_in and tier.kind.exposure() == "public" for tier in tiers
        ):
            found.append(Refusal(f"'{self.nat_in}' is no group of public subnets in '{node.id}'", None, "needs-public",
                                 "nat_in"))  # fmt: skip
        return found

    def build(self, scope: Scope) -> None:
        from troposphere import ec2

        vpc = scope.make(ec2.VPC, CidrBlock=self.cidr, EnableDnsSupport=True, EnableDnsHostnames=True,
                         InstanceTenancy="dedicated" if self.dedicated else None,
                         Tags=named(scope))  # fmt: skip
        if self.ipv6:
            scope.make(ec2.VPCCidrBlock, "Ipv6", VpcId=vpc.ref, AmazonProvidedIpv6CidrBlock=True)
        if self.dhcp is not None:
            options = scope.make(
                ec2.DHCPOptions, "Dhcp", DomainName=self.dhcp.domain, DomainNameServers=list(self.dhcp.servers),
                NtpServers=list(self.dhcp.ntp) or None,
            )  # fmt: skip
            scope.make(ec2.VPCDHCPOptionsAssociation, "DhcpAssociation", VpcId=vpc.ref, DhcpOptionsId=options.ref)
        public = [tier.id for tier in scope.architecture.children(scope.node.id) if tier.kind.exposure() == "public"]
        nat = scope.of(f"{scope.node.id}.nat")
        if nat is not None and len(public) > 1 and self.nat_in is None:
            scope.note("nat-moves", f"NAT gateways of '{scope.node.id}' stand in '{nat.node.parent}' of "
                       f"{len(public)} groups of public subnets, and a further group may move them",
                       f"nat_in: {nat.node.parent} keeps them there")  # fmt: skip
        group = scope.of(f"{scope.node.id}.flows")
        if group is not None:
            log_flows(scope, group, self.flow_logs)

    def virtual_gateway(self, scope: Scope, because: str) -> Resource:
        """Return the virtual private gateway, at which VPNs and lines of one's own end, made on first use."""
        return gateway_of(scope, because)

    def finish(self, scope: Scope) -> None:
        from troposphere import ec2

        tables = [table for tier in tiers_in(scope) for table in route_tables(tier)]
        for service in self.endpoints if tables else ():
            scope.make(
                ec2.VPCEndpoint, f"{service.capitalize()}Endpoint", VpcId=scope.main.ref, VpcEndpointType="Gateway",
                ServiceName=Sub(f"com.amazonaws.${{AWS::Region}}.{service}"),
                RouteTableIds=[table.ref for table in tables],
            )  # fmt: skip
