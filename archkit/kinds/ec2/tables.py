"""Route tables: those of a group of subnets, and routes that others put into them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from archkit.kinds.ec2.addresses import LETTERS
from archkit.network import spelled
from archkit.scope import Resource, Scope

__all__ = ["add_routes", "gateway_of", "named", "route_tables", "tiers_in"]


def route_tables(tier: Scope) -> list[Resource]:
    """Return the route tables of a group of subnets: one, or one for each zone."""
    found = (tier.get(f"{zone}RouteTable") for zone in ("", *LETTERS))
    return [table for table in found if table is not None]


def add_routes(tier: Scope, name: str, ranges: Iterable[Any], because: str, after: Iterable[Any] = (),
               **way: Any) -> None:  # fmt: skip
    """Add a route for each range to every route table of a group of subnets; `name` tells the ways apart."""
    from troposphere import ec2

    for number, whole in enumerate(ranges):
        for table in route_tables(tier):
            helper = f"{table.id.removeprefix(tier.id).removesuffix('RouteTable')}To{name}{spelled(whole, number)}"
            if tier.get(helper) is None:
                tier.make(ec2.Route, helper, after=after, because=because, RouteTableId=table.ref,
                          DestinationCidrBlock=whole, **way)  # fmt: skip


def named(scope: Scope, suffix: str = "") -> list[dict[str, Any]]:
    """Return the tag by which the console names a part of a network."""
    return [{"Key": "Name", "Value": f"{scope.architecture.name}-{scope.node.id}{suffix}"}]


def tiers_in(vpc: Scope) -> list[Scope]:
    """Return the groups of subnets of a VPC that the blueprint owns."""
    found = (vpc.of(child.id) for child in vpc.architecture.children(vpc.node.id)
             if child.kind.network == "subnets" and child.existing is None)  # fmt: skip
    return [tier for tier in found if tier is not None]


def gateway_of(vpc: Scope, because: str, asn: int | None = None) -> Resource:
    """Return the virtual private gateway of a VPC, made on first use, whose routes all subnets learn.

    Public ones learn them too: what stands there answers a site by the way it came. A route to the Internet that a
    table states goes before one that it learns (https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html).
    """
    from troposphere import ec2

    known = vpc.get("VpnGateway")
    if known is not None:
        return known
    made = vpc.make(ec2.VPNGateway, "VpnGateway", because=because, Type="ipsec.1", AmazonSideAsn=asn,
                    Tags=named(vpc, "-vpn"))  # fmt: skip
    attached = vpc.make(ec2.VPCGatewayAttachment, "VpnAttachment", because=because, VpcId=vpc.attribute("id"),
                        VpnGatewayId=made.ref)  # fmt: skip
    tables = [table.ref for tier in tiers_in(vpc) for table in route_tables(tier)]
    if tables:
        vpc.make(ec2.VPNGatewayRoutePropagation, "VpnRoutes", because=because, after=[attached], RouteTableIds=tables,
                 VpnGatewayId=made.ref)  # fmt: skip
    return made
