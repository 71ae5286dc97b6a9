"""Reach: whether what an edge connects can connect, by the routes that the network has, and how to make it so.

Security groups follow the edges and so always agree with them; what edges cannot bring about are ways: an Internet
gateway, NAT, an endpoint, a peering. The rules are those of
https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html and, for functions,
https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archkit import network
from archkit.architecture import Architecture, Edge, Effect, Node
from archkit.diagnostics import Report, listing
from archkit.kind import Listen, Poll
from archkit.network.private_link import endpoint_service

__all__ = ["check"]

GATEWAY_ENDPOINTS = ("s3", "dynamodb")
"""Services with an endpoint that costs nothing (https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html)."""
UNKNOWN = ("AWS::EC2::VPCEndpoint", "AWS::EC2::Route", "AWS::EC2::NatGateway", "AWS::EC2::VPCPeeringConnection",
           "AWS::EC2::TransitGatewayAttachment")  # fmt: skip
"""Types that open ways and may be written as they are: nothing is claimed of a blueprint that does so."""


@dataclass(frozen=True)
class Unreached:
    """Why a node cannot connect to what it should, and the way out."""

    reason: str
    help: str


def check(world: Architecture, report: Report) -> None:
    """Report edges whose ends no way joins, and nodes that cannot reach the services that they call by themselves."""
    if any(node.kind.name in UNKNOWN for node in world.nodes.values()):
        return
    ways = Ways(world)
    for edge in world.edges:
        for source, target, service in _dialled(edge, world):
            found = ways.to_service(source, service) if service else ways.to_node(source, target)
            if found is not None:
                to = f"'{target.id}'"
                if service and service != endpoint_service(target):
                    to = f"{service}, which it needs to connect to {to}"
                report.error("cannot-reach", f"'{source.id}' cannot reach {to}: {found.reason}", edge.span, found.help)
                break
    for node in world.nodes.values():
        _itself(node, ways, report)


def _itself(node: Node, ways: Ways, report: Report) -> None:
    if not network.stands(node, ways.world) or node.existing is not None:
        return
    missing = {service: found for service in node.kind.itself_calls() if (found := ways.to_service(node, service))}
    if missing:
        found, names = next(iter(missing.values())), [service or "the Internet" for service in missing]
        report.error("cannot-reach", f"'{node.id}' cannot reach {listing(names, 'and')}, which it needs to run: "
                     f"{found.reason}", node.span, found.help)  # fmt: skip


def _dialled(edge: Edge, world: Architecture) -> Iterator[tuple[Node, Node, str | None]]:
    """Yield who connects to whom because of an edge, with the service whose API is called where it is not the node."""
    source, target = world[edge.source], world[edge.target]
    if edge.badge:
        return
    for effect in edge.effects:
        ends = _opened(edge, effect, world)
        if ends is not None:
            yield ends
        if effect.join is not None:
            owner, other = (source, target) if effect.owner == source.id else (target, source)
            for service in effect.join.services(other):
                yield owner, other, service
        if isinstance(effect.partner, Poll):
            for service in effect.partner.services(target):
                yield source, target, service
        if isinstance(effect.partner, Listen) and source.kind.grantee:
            for service in effect.partner.services(target):
                yield source, target, service
    if not edge.effects and not _flow_only(edge) and (source.kind.actor or (target.kind.actor and target.kind.admits)):
        yield source, target, None


def _flow_only(edge: Edge) -> bool:
    """Say whether the author asked for an arrow and nothing else."""
    does = edge.tree.get("does") if edge.tree else None
    return getattr(does, "text", "") == "flow"


def _opened(edge: Edge, effect: Effect, world: Architecture) -> tuple[Node, Node, str | None] | None:
    source, target = world[edge.source], world[edge.target]
    if effect.grant is not None:
        if network.used_at_ports(target, world):
            return source, target, None
        return source, target, endpoint_service(target) or ""
    if effect.join is None or effect.join.dials is None:
        return None
    owner = world[effect.owner]
    other = target if owner is source else source
    return (owner, other, None) if effect.join.dials == "owner" else (other, owner, None)


class Ways:
    """The ways of an architecture: which networks are joined, and what leads out of each."""

    def __init__(self, world: Architecture) -> None:
        self.world = world
        self.carried: dict[str, set[str]] = {}
        self.joined: dict[str, set[str]] = {}
        for node in world.nodes.values():
            vpc = network.vpc_of(node, world)
            if vpc is not None:
                self.carried.setdefault(vpc.id, set()).update(node.kind.carries())
        for edge in world.edges:
            if any(effect.join is not None and effect.join.bridges for effect in edge.effects):
                one, two = (self.place(world[id]) for id in (edge.source, edge.target))
                self.joined.setdefault(one, set()).add(two)
                self.joined.setdefault(two, set()).add(one)

    def place(self, node: Node) -> str:
        """Return the id of the network that a node belongs to: its VPC, its data centre, or its own."""
        here: Node | None = node
        while here is not None:
            if here.kind.network == "vpc" or (here.frame is not None and here.kind.actor):
                return here.id
            here = self.world.nodes.get(here.parent or "")
        return node.id

    def bridged(self, one: Node, two: Node) -> bool:
        """Say whether the networks of two nodes are joined.

        A VPC hands nothing on from one connection to another: only gateways and on-premises routers do
        (https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html#vpc-peering-limitations).
        """
        start, goal = self.place(one), self.place(two)
        seen, todo = {start}, [start]
        while todo:
            here = todo.pop()
            for there in self.joined.get(here, set()) - seen:
                if there == goal:
                    return True
                seen.add(there)
                if self.world[there].kind.network != "vpc":
                    todo.append(there)
        return False

    def to_node(self, source: Node, target: Node) -> Unreached | None:
        """Say why a node cannot connect to another; None where it can, or where that is not known."""
        if source.existing is not None or target.existing is not None:
            return None
        if network.stands(target, self.world):
            return self._into_vpc(source, target)
        if not network.stands(source, self.world):
            return None
        if network.site_of(target, self.world) is not None:
            return None if self.bridged(source, target) else Unreached(
                "no VPN or Direct Connect joins their networks", "join the VPC and the data centre, or say 'does: flow'"
            )  # fmt: skip
        return self._out(source, None)

    def to_service(self, source: Node, service: str) -> Unreached | None:
        """Say why a node cannot call a service of AWS; None where it can, or where that is not known."""
        if source.existing is not None or not network.stands(source, self.world):
            return None
        return self._out(source, service)

    def _into_vpc(self, source: Node, target: Node) -> Unreached | None:
        world = self.world
        vpc = network.vpc_of(target, world)
        assert vpc is not None
        if network.vpc_of(source, world) is vpc:
            return None
        within = network.stands(source, world) or network.site_of(source, world) is not None
        if within and self.bridged(source, target):
            return None
        if target.kind.public_address(target, world):
            return self._out(source, None) if network.stands(source, world) else None
        if network.stands(source, world):
            other = network.vpc_of(source, world)
            far = other.id if other is not None else ""
            return Unreached(f"'{far}' and '{vpc.id}' are not joined",
                             f"{far} -> {vpc.id}: peer, or a transit gateway between them")  # fmt: skip
        if network.site_of(source, self.world) is not None:
            return Unreached(f"no VPN or Direct Connect joins it with '{vpc.id}'",
                             "add an ec2.vpn or a directconnect.connection between them")  # fmt: skip
        if source.kind.actor:
            return Unreached(f"it has no address on the Internet, within '{vpc.id}'",
                             "let a load balancer in a public tier, or a VPN, stand between them")  # fmt: skip
        if source.kind.resides == "either":
            tier = network.tier_of(target, world)
            return Unreached(f"it stands outside of '{vpc.id}'",
                             f"put '{source.id}' into a group of subnets of '{vpc.id}', such as one beside "
                             f"'{tier.id if tier else vpc.id}'")  # fmt: skip
        return None

    def _out(self, source: Node, service: str | None) -> Unreached | None:
        """Say why no way leads out of a node's subnets to a service, or to the Internet."""
        tier, vpc = network.tier_of(source, self.world), network.vpc_of(source, self.world)
        assert tier is not None and vpc is not None
        if tier.existing is not None or vpc.existing is not None:
            return None
        if service and service in self.carried.get(vpc.id, ()):
            return None
        exposure = tier.kind.exposure()
        nat = any(node.kind.name == "ec2.nat_gateway" and network.vpc_of(node, self.world) is vpc
                  for node in self.world.nodes.values())  # fmt: skip
        if (exposure == "private" and nat) or (exposure == "public" and source.kind.public_address(source, self.world)):
            return None
        if exposure == "public":
            reason = f"it has no public address, without which the Internet gateway of '{vpc.id}' is no way out"
        elif exposure == "private":
            reason = f"its private subnets '{tier.id}' have no NAT gateway"
        else:
            reason = f"its subnets '{tier.id}' are isolated"
        return Unreached(reason, self._help(tier, vpc, exposure, service))

    def _help(self, tier: Node, vpc: Node, exposure: str | None, service: str | None) -> str:
        nat = {"private": f"'nat: one' on '{vpc.id}'", "isolated": f"'tier: private' for '{tier.id}' and NAT"}.get(
            exposure or "", "a private tier and NAT"
        )
        if service is None:
            return nat
        if service in GATEWAY_ENDPOINTS:
            return f"'endpoints: [{service}]' on '{vpc.id}' (it costs nothing), or {nat}"
        return f"a node {{kind: ec2.endpoint, services: [{service}]}} in '{vpc.id}', or {nat}" if service else nat
