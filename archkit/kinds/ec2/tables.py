"""Route tables: those of a group of subnets, and routes that others put into them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from archkit.kinds.ec2.addresses import LETTERS
from archkit.scope import Resource, Scope

__all__ = ["add_routes", "named", "route_tables"]


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
            helper = f"{table.id.removeprefix(tier.id).removesuffix('RouteTable')}To{name}{number or ''}"
            if tier.get(helper) is None:
                tier.make(ec2.Route, helper, after=after, because=because, RouteTableId=table.ref,
                          DestinationCidrBlock=whole, **way)  # fmt: skip


def named(scope: Scope, suffix: str = "") -> list[dict[str, Any]]:
    """Return the tag by which the console names a part of a network."""
    return [{"Key": "Name", "Value": f"{scope.architecture.name}-{scope.node.id}{suffix}"}]
