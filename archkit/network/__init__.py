"""Where nodes stand in a network and what may reach them: the words of everything that lives in a VPC.

A node *stands* in the subnets of the nearest group of subnets around it. What stands there has a security group of its
own, whose rules come from edges and from nothing else: each rule is a resource, since rules inside two groups that
name one another would be a cycle (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from archkit.architecture import Architecture, Node
from archkit.network.private_link import endpoint_service, port_of
from archkit.network.rules import Way, rule, spelled
from archkit.offers import Port, Refusal
from archkit.scope import Resource, Scope

__all__ = [
    "ANYWHERE",
    "NOTHING",
    "beside",
    "call_out",
    "carriers",
    "cidrs_of",
    "holder",
    "in_vpc",
    "let_in",
    "let_out",
    "open_call",
    "open_itself",
    "open_way",
    "private",
    "security_group",
    "site_of",
    "spelled",
    "stands",
    "subnets",
    "tier_of",
    "too_few_zones",
    "used_at_ports",
    "vpc_id",
    "vpc_of",
    "vpc_scope",
]

ANYWHERE = "0.0.0.0/0"

NOTHING = {"CidrIp": "127.0.0.1/32", "IpProtocol": "icmp", "FromPort": 252, "ToPort": 86,
           "Description": "No traffic goes out but what further rules allow"}  # fmt: skip
"""A rule that matches nothing. A group without any is given one that lets everything out
(https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html)."""


def around(node: Node, world: Architecture, network: str) -> Node | None:
    """Return the nearest group around a node (or the node itself) of a role in the network, `vpc` or `subnets`."""
    here: Node | None = node
    while here is not None and here.kind.network != network:
        here = world.nodes.get(here.parent or "")
    return here


def vpc_of(node: Node, world: Architecture) -> Node | None:
    """Return the VPC that a node stands in, or None."""
    return around(node, world, "vpc")


def tier_of(node: Node, world: Architecture) -> Node | None:
    """Return the group of subnets that a node stands in, or None."""
    return around(node, world, "subnets")


def stands(node: Node, world: Architecture) -> bool:
    """Say whether a node stands in subnets of a VPC, where it has a security group."""
    return node.kind.resides in ("subnets", "either") and tier_of(node, world) is not None


def _scope(scope: Scope, node: Node | None) -> Scope:
    found = scope.of(node.id if node else None)
    assert found is not None, f"'{scope.node.id}' stands in no VPC"
    return found


def vpc_scope(scope: Scope) -> Scope:
    """Return the VPC around a node."""
    return _scope(scope, vpc_of(scope.node, scope.architecture))


def in_vpc(scope: Scope, kind: str) -> Scope | None:
    """Return the first node of a kind in the VPC around a node, the author's or a helper; None for none."""
    found = beside(scope.node, scope.architecture, kind)
    return scope.of(found.id if found is not None else None)


def beside(node: Node, world: Architecture, kind: str) -> Node | None:
    """Return the first node of a kind in the VPC that a node stands in; None for none."""
    vpc = vpc_of(node, world)
    found = (other for other in world.nodes.values() if other.kind.name == kind and vpc_of(other, world) is vpc)
    return next(found, None) if vpc is not None else None


def private(node: Node, world: Architecture) -> bool:
    """Say whether a node stands in a VPC and has no address on the Internet."""
    return stands(node, world) and not node.kind.public_address(node, world)


def vpc_id(scope: Scope) -> Any:
    """Return the id of the VPC around a node."""
    return vpc_scope(scope).attribute("id")


def subnets(scope: Scope) -> list[Any]:
    """Return the ids of the subnets that a node stands in, one for each zone."""
    tier = _scope(scope, tier_of(scope.node, scope.architecture))
    return list(tier.node.kind.subnet_ids(tier))


def cidrs_of(scope: Scope) -> list[Any]:
    """Return the address ranges of the subnets that a node stands in."""
    tier = _scope(scope, tier_of(scope.node, scope.architecture))
    return list(tier.node.kind.ranges(tier))


def holder(scope: Scope) -> Scope:
    """Return the node in whose security group a node is: itself, or what it runs in."""
    return scope.of(scope.node.kind.runs_in(scope.node)) or scope


def security_group(scope: Scope) -> Any:
    """Return the id of a node's security group, which is made on first use and lets nothing in and nothing out.

    What runs in another node, such as a cluster, is in that node's group, which AWS may have made.
    """
    scope = holder(scope)
    if scope.exists:
        return scope.attribute("security_group")
    if scope.node.kind.aws_group is not None:
        return scope.fill(scope.node.kind.aws_group)
    found = scope.get("SecurityGroup")
    if found is None:
        from troposphere import ec2

        text = f"{scope.architecture.name}: {scope.node.id}"
        found = scope.make(ec2.SecurityGroup, "SecurityGroup", GroupDescription=text[:255], VpcId=vpc_id(scope),
                           SecurityGroupEgress=[NOTHING])  # fmt: skip
    return found.att("GroupId")


def too_few_zones(node: Node, world: Architecture, least: int = 2) -> Refusal | None:
    """Refuse a VPC that has fewer zones than what stands in its subnets needs; None where it has enough, or exists."""
    vpc = vpc_of(node, world)
    if vpc is None or vpc.existing is not None or vpc.kind.columns() >= least:
        return None
    return Refusal(f"{node.kind.name} '{node.id}' needs subnets in {least} zones, and '{vpc.id}' has "
                   f"{vpc.kind.columns()}", f"zones: {least} on '{vpc.id}'", "needs-zones")  # fmt: skip


def open_way(source: Scope, target: Scope, because: str, ports: Iterable[Port] | None = None) -> None:
    """Let a node connect to another: rules in both security groups, or the way out to a service of AWS.

    `ports` are those to open (default: what the target listens on). A source that stands in no VPC needs no rule, and
    a target that stands in none is reached by HTTPS.
    """
    world = source.architecture
    wanted = tuple(target.node.kind.ports() if ports is None else ports)
    if not stands(source.node, world):
        _from_site(source, target, wanted, because)
        return
    site = site_of(target.node, world)
    if site is not None:
        for number, whole in enumerate(_ranges_of(source, site)):
            for port in wanted:
                let_out(source, whole, port, because, f"{_scope(source, site).id}{spelled(whole, number)}")
        return
    if not stands(target.node, world):
        service = endpoint_service(target.node)
        if service is not None:
            call_out(source, service, because)
        return
    near = vpc_of(source.node, world) is vpc_of(target.node, world)
    for port in wanted:
        if near:
            let_in(target, security_group(source), port, because, holder(source).id)
            let_out(source, security_group(target), port, because, holder(target).id)
        else:
            # groups of another VPC can be named over some connections only, addresses over all; a rule is named by
            # the addresses that it opens, since EC2 refuses a second one that says the same
            for number, here in enumerate(cidrs_of(source)):
                let_in(target, here, port, because, f"{_tier_id(source)}Zone{number + 1}")
            for number, there in enumerate(cidrs_of(target)):
                let_out(source, there, port, because, f"{_tier_id(target)}Zone{number + 1}")


def _tier_id(scope: Scope) -> str:
    return _scope(scope, tier_of(scope.node, scope.architecture)).id


def open_itself(scope: Scope, ports: Iterable[Port], because: str) -> list[Resource]:
    """Let what shares a node's security group, such as the servers of one cluster, connect to one another."""
    group = security_group(scope)
    made = (rule(scope, group, port, because, "Itself") for port in ports for rule in (let_in, let_out))
    return [rule for rule in made if rule is not None]


def open_call(source: Scope, target: Scope, because: str) -> None:
    """Open the way for what a grant allows: to the target's own ports where it is used there, else to its service."""
    if used_at_ports(target.node, source.architecture):
        open_way(source, target, because)
    elif (service := endpoint_service(target.node)) is not None:
        call_out(source, service, because)


def used_at_ports(node: Node, world: Architecture) -> bool:
    """Say whether rights on a node are used at its own ports in a VPC, as those on a Kafka cluster are, and not at the
    API of its service."""
    listens = node.kind.listens
    return listens is not None and not listens.usual and stands(node, world)


def site_of(node: Node, world: Architecture) -> Node | None:
    """Return the site outside of AWS, such as a data centre, that a node is or stands in; None for none."""
    here: Node | None = node
    while here is not None and not (here.kind.actor and here.frame is not None):
        here = world.nodes.get(here.parent or "")
    return here


def _ranges_of(scope: Scope, site: Node) -> list[Any]:
    found = scope.of(site.id)
    return list(found.kind.ranges(found)) if found is not None else []


def _from_site(source: Scope, target: Scope, ports: tuple[Port, ...], because: str) -> None:
    """Let the addresses of a site in at the ports of what stands in a VPC."""
    site = site_of(source.node, source.architecture)
    if site is None or target.exists or not stands(target.node, source.architecture):
        return
    for number, whole in enumerate(_ranges_of(source, site)):
        for port in ports:
            let_in(target, whole, port, because, f"{_scope(source, site).id}{spelled(whole, number)}")


def carriers(vpc: Node, world: Architecture) -> Iterator[tuple[Node, str]]:
    """Yield the nodes that bring endpoint services into a VPC, with each service's name."""
    for node in world.nodes.values():
        if vpc_of(node, world) is vpc:
            for service in node.kind.carries():
                yield node, service


def call_out(source: Scope, service: str, because: str) -> None:
    """Let a node call a service of AWS, by HTTPS mostly: at its endpoint in the VPC, else at its public addresses.

    Public addresses of AWS have no fixed range, so that way is open to any address, for that port only.
    """
    world = source.architecture
    vpc = vpc_of(source.node, world)
    if vpc is None or not stands(source.node, world):
        return
    port = port_of(service)
    at = next((node for node, name in carriers(vpc, world) if name == service and stands(node, world)), None)
    endpoint = source.of(at.id) if at is not None else None
    if endpoint is not None:
        let_in(endpoint, security_group(source), port, because, holder(source).id)
        let_out(source, security_group(endpoint), port, because, endpoint.id)
    else:
        let_out(source, ANYWHERE, port, because, "Internet")


def let_in(scope: Scope, peer: Any, port: Port, because: str, name: str) -> Resource | None:
    """Add a rule that lets a security group or an address range in at a port; `name` is who that is."""
    return _rule(scope, "Ingress", f"From{name}{port.suffix}", peer, port, because)


def let_out(scope: Scope, peer: Any, port: Port, because: str, name: str) -> Resource | None:
    """Add a rule that lets a node out to a security group or an address range at a port; `name` is who that is."""
    return _rule(scope, "Egress", f"To{name}{port.suffix}", peer, port, because)


def _rule(scope: Scope, way: Way, helper: str, peer: Any, port: Port, because: str) -> Resource | None:
    scope = holder(scope)
    found, type = scope.get(helper), f"AWS::EC2::SecurityGroup{way}"
    if found is not None and found.type == type:
        return found
    if way == "Egress" and scope.node.kind.aws_group is not None:
        return None  # a group that AWS makes lets everything out
    return scope.make(type, helper, because=because, GroupId=security_group(scope),
                      **rule(way, peer, port, because))  # fmt: skip
