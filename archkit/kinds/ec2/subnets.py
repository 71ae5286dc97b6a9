"""Groups of subnets: one tier of a network, one subnet for each Availability Zone."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Any, Literal

from archkit import network
from archkit.architecture import Architecture, Node
from archkit.kind import External, Frame, Kind, NodeId, Refusal, prop
from archkit.kinds.ec2.acl import Rule, refusals, write
from archkit.kinds.ec2.addresses import LETTERS, SLOTS, ipv6_index, slot_of, slots, subnet_ranges
from archkit.kinds.ec2.inspection import entry_of, lead_in, refuse_entry
from archkit.kinds.ec2.tables import named
from archkit.scope import Resource, Scope
from archkit.values import Att, Ref

__all__ = ["Subnets"]

PUBLIC = Frame("#7AA116", icon="aws/network/public-subnet")
PRIVATE = Frame("#00A4A6", icon="aws/network/private-subnet")
ANYWHERE6 = "::/0"


class Subnets(Kind, icon="aws/network/private-subnet", service="Amazon VPC",
              types=("AWS::EC2::Subnet", "AWS::EC2::RouteTable", "AWS::EC2::Route",
                     "AWS::EC2::SubnetRouteTableAssociation", "AWS::EC2::NetworkAcl", "AWS::EC2::NetworkAclEntry",
                     "AWS::EC2::SubnetNetworkAclAssociation")):  # fmt: skip
    """Tier of subnets, one in each zone.

    Public ones have a way from the Internet, private ones a way out at most, isolated ones neither.
    """

    tier: Literal["public", "private", "isolated"] = prop("private", "Its ways to the Internet.", shape=True)
    slot: int | None = prop(None, "Place of its ranges in the plan (default: from its id).", ge=0, le=SLOTS - 1,
                            shape=True)  # fmt: skip
    cidrs: list[str] = prop([], "Ranges of its subnets, zone by zone, instead of planned ones.",
                            pattern=r"[0-9.]+/[0-9]+", shape=True)  # fmt: skip

    through: NodeId | None = prop(
        None, "Gateway Load Balancer endpoint that its traffic from and to the Internet passes.", shape=True
    )
    acl: list[Rule] = prop([], "Network ACL, rule by rule (default: the VPC's, which lets all through).")

    network = "subnets"
    resides = "vpc"
    row = True
    frame = PRIVATE
    external = External(("ids",))

    def framed(self) -> Frame | None:
        return PUBLIC if self.tier == "public" else PRIVATE

    def exposure(self) -> Literal["public", "private", "isolated"]:
        return self.tier

    def subnet_ids(self, scope: Scope) -> list[Any]:
        if scope.exists:
            return _given(scope, scope.attribute("ids"))
        return [Ref(f"{scope.id}{letter}") for letter in LETTERS[: network.vpc_scope(scope).kind.zones]]

    def ranges(self, scope: Scope) -> list[Any]:
        if scope.exists:
            whole: list[Any] = network.vpc_scope(scope).kind.ranges(network.vpc_scope(scope))
            return whole
        return [str(found) for found in _ranges(self, scope.node, scope.architecture)]

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        vpc = network.vpc_of(node, world)
        if vpc is None:
            return []  # the check of places says so
        if node.parent != vpc.id:
            return [Refusal(f"subnets lie in the VPC itself, and '{node.id}' in '{node.parent}'",
                            f"put them into the 'nodes' of '{vpc.id}'", "needs-vpc")]  # fmt: skip
        if vpc.existing is not None:
            return [Refusal("the subnets of a VPC that exists already exist too",
                            "existing: {ids: 'subnet-1, subnet-2'}", "cannot-change")]  # fmt: skip
        try:
            mine = _ranges(self, node, world)
        except ValueError as error:
            return [Refusal(str(error), "give the VPC a wider 'cidr', or this group its 'cidrs'", "no-room")]
        past = refuse_entry(node, self.through, world) if self.through else None
        return [*_overlaps(mine, node, vpc, world), *refusals(self.acl), *([past] if past is not None else [])]

    def build(self, scope: Scope) -> None:
        from troposphere import ec2

        vpc, table = network.vpc_scope(scope), None
        ranges = _ranges(self, scope.node, scope.architecture)
        slot = slot_of(scope.node.id, self.slot)
        for index, (letter, found) in enumerate(zip(LETTERS, ranges, strict=False)):
            subnet = scope.make(
                ec2.Subnet, letter, VpcId=network.vpc_id(scope), CidrBlock=str(found),
                AvailabilityZone={"Fn::Select": [index, {"Fn::GetAZs": ""}]}, Tags=named(scope, f"-{letter.lower()}"),
                **(_ipv6(vpc, ipv6_index(self.tier, slot, index)) if vpc.kind.ipv6 else {}),
            )  # fmt: skip
            if table is None or self._own_tables(vpc):
                table = self._table(scope, letter if self._own_tables(vpc) else "", index)
            internet = network.in_vpc(scope, "ec2.internet_gateway")
            if self.through and internet is not None:
                lead_in(scope, internet, index, str(found), self.through)
            scope.make(ec2.SubnetRouteTableAssociation, f"{letter}Routes", SubnetId=subnet.ref, RouteTableId=table.ref)
        if self.acl:
            write(scope, self.acl, LETTERS[: len(ranges)])

    def _own_tables(self, vpc: Scope) -> bool:
        """Each zone has a route table of its own where each has a NAT gateway, or an endpoint that traffic passes, so
        that no zone needs another."""
        if self.through:
            return True
        nat = network.in_vpc(vpc, "ec2.nat_gateway")
        return self.tier == "private" and nat is not None and nat.kind.zones > 1

    def _table(self, scope: Scope, zone: str, index: int) -> Resource:
        from troposphere import ec2

        table = scope.make(ec2.RouteTable, f"{zone}RouteTable", VpcId=network.vpc_id(scope),
                           Tags=named(scope, f"-{zone.lower()}" if zone else ""))  # fmt: skip
        internet, nat = (network.in_vpc(scope, f"ec2.{name}_gateway") for name in ("internet", "nat"))
        way: dict[str, Any] = {}
        if self.through:
            way = {"VpcEndpointId": entry_of(self.through, scope, index)}
        elif self.tier == "public" and internet is not None:
            way = {"GatewayId": Ref(internet.id), "after": [f"{internet.id}Attachment"]}
        elif self.tier == "private" and nat is not None:
            way = {"NatGatewayId": Ref(f"{nat.id}{LETTERS[index if nat.kind.zones > index else 0]}")}
        if way:
            scope.make(ec2.Route, f"{zone}DefaultRoute", RouteTableId=table.ref,
                       DestinationCidrBlock=network.ANYWHERE, **way)  # fmt: skip
        vpc = network.vpc_scope(scope)
        if vpc.kind.ipv6 and self.tier == "public" and internet is not None:
            scope.make(ec2.Route, f"{zone}DefaultRoute6", RouteTableId=table.ref, DestinationIpv6CidrBlock=ANYWHERE6,
                       **way)  # fmt: skip
        elif vpc.kind.ipv6 and self.tier == "private":
            only = vpc.get("EgressOnly") or vpc.make(ec2.EgressOnlyInternetGateway, "EgressOnly", VpcId=vpc.main.ref)
            scope.make(ec2.Route, f"{zone}DefaultRoute6", RouteTableId=table.ref, DestinationIpv6CidrBlock=ANYWHERE6,
                       EgressOnlyInternetGatewayId=only.ref)  # fmt: skip
        return table


def _ranges(kind: Subnets, node: Node, world: Architecture) -> list[IPv4Network]:
    """Return the ranges of a group's subnets. Raises ValueError where they do not fit."""
    vpc = network.vpc_of(node, world)
    assert vpc is not None
    zones: int = vpc.kind.zones  # type: ignore[attr-defined]
    if kind.cidrs:
        if len(kind.cidrs) != zones:
            raise ValueError(f"'{node.id}' has {zones} zones and {len(kind.cidrs)} ranges")
        return [IPv4Network(text) for text in kind.cidrs]
    whole = IPv4Network(vpc.kind.cidr)  # type: ignore[attr-defined]
    return subnet_ranges(whole, kind.tier, slot_of(node.id, kind.slot), zones)


def _given(scope: Scope, ids: Any) -> list[Any]:
    """Return the ids of subnets that exist already: those written, or those of a parameter that is a list."""
    if isinstance(ids, str):
        return [part.strip() for part in ids.split(",")]
    known = scope.architecture.parameters
    if isinstance(ids, Ref) and ids.name in known and "List" in str(known[ids.name].properties.get("Type")):
        return [{"Fn::Select": [zone, ids]} for zone in range(network.vpc_scope(scope).kind.zones)]
    return [ids]


def _overlaps(mine: list[IPv4Network], node: Node, vpc: Node, world: Architecture) -> list[Refusal]:
    """Refuse ranges outside the VPC's, and those that another group has."""
    whole = IPv4Network(vpc.kind.cidr)  # type: ignore[attr-defined]
    outside = next((found for found in mine if not found.subnet_of(whole)), None)
    if outside is not None:
        return [Refusal(f"{outside} does not lie in {whole}, the range of '{vpc.id}'", None, "bad-value", "cidrs")]
    for other in world.children(vpc.id):
        if other.id == node.id:
            return []
        if isinstance(other.kind, Subnets) and other.existing is None:
            try:
                theirs = _ranges(other.kind, other, world)
            except ValueError:
                continue  # it is told so itself
            if any(one.overlaps(two) for one in mine for two in theirs):
                return [Refusal(f"'{node.id}' and '{other.id}' would have the same addresses", _free(node, vpc, world),
                                "same-addresses")]  # fmt: skip
    return []


def _free(node: Node, vpc: Node, world: Architecture) -> str:
    """Return the way out for a group whose slot is taken: one that no other group of its tier has."""
    whole = IPv4Network(vpc.kind.cidr)  # type: ignore[attr-defined]
    try:
        count = slots(whole)
    except ValueError:
        count = 0
    taken = {slot_of(other.id, other.kind.slot) % count for other in world.children(vpc.id) if count
             and isinstance(other.kind, Subnets) and other.kind.tier == node.kind.exposure()}  # fmt: skip
    free = next((slot for slot in range(count) if slot not in taken), None)
    return f"slot: {free} for the newer of the two" if free is not None else "give it 'cidrs'"


def _ipv6(vpc: Scope, index: int) -> dict[str, Any]:
    block = {"Fn::Select": [0, Att(vpc.id, "Ipv6CidrBlocks")]}
    return {"Ipv6CidrBlock": {"Fn::Select": [index, {"Fn::Cidr": [block, 256, 64]}]}, "after": [f"{vpc.id}Ipv6"]}
