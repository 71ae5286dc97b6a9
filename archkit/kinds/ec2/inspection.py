"""Subnets whose traffic from and to the Internet passes a Gateway Load Balancer's endpoint, and so its appliances.

The endpoint of each zone stands in public subnets of its own; the subnets' way out leads to it, and a route table at
the Internet gateway leads what comes in there as well
(https://docs.aws.amazon.com/elasticloadbalancing/latest/gateway/getting-started.html).
"""

from __future__ import annotations

from typing import Any

from archkit import network
from archkit.architecture import Architecture, Node
from archkit.kind import Refusal
from archkit.kinds.ec2.addresses import LETTERS
from archkit.kinds.ec2.tables import named
from archkit.scope import Resource, Scope
from archkit.values import Ref

__all__ = ["entry_of", "lead_in", "refuse_entry"]

SORT = "gateway_load_balancer"


def entry_of(endpoint: str, scope: Scope, zone: int) -> Ref:
    """Return the id of an endpoint in a zone."""
    found = scope.of(endpoint)
    assert found is not None
    return Ref(f"{found.id}{LETTERS[zone] if zone else ''}")


def lead_in(subnets: Scope, internet: Scope, zone: int, whole: str, endpoint: str) -> None:
    """Lead what comes from the Internet for a subnet to the endpoint of its zone."""
    table = internet.get("RouteTable") or _table(internet)
    subnets.make("AWS::EC2::Route", f"{LETTERS[zone]}InboundRoute", RouteTableId=table.ref, DestinationCidrBlock=whole,
                 VpcEndpointId=entry_of(endpoint, subnets, zone))  # fmt: skip


def _table(internet: Scope) -> Resource:
    made = internet.make("AWS::EC2::RouteTable", "RouteTable", VpcId=network.vpc_id(internet), Tags=named(internet))
    internet.make("AWS::EC2::GatewayRouteTableAssociation", "Routes", after=[f"{internet.id}Attachment"],
                  GatewayId=Ref(internet.id), RouteTableId=made.ref)  # fmt: skip
    return made


def refuse_entry(node: Node, endpoint: str, world: Architecture) -> Refusal | None:
    """Say why the traffic of a group of subnets cannot pass an endpoint."""
    entry, vpc = world.nodes.get(endpoint), network.vpc_of(node, world)
    if entry is None or vpc is None:
        return None  # the check of names says so
    kind: Any = entry.kind
    if getattr(kind, "type", None) != SORT or network.vpc_of(entry, world) is not vpc or entry.existing is not None:
        return Refusal(f"'{endpoint}' is no Gateway Load Balancer endpoint of '{vpc.id}'",
                       f"a node {{kind: ec2.endpoint, type: {SORT}}}", "bad-value", "through")  # fmt: skip
    tier = network.tier_of(entry, world)
    if tier is None or tier is node or tier.kind.exposure() != "public" or getattr(tier.kind, "through", None):
        return Refusal(f"'{endpoint}' stands in public subnets of its own, from which its traffic goes on",
                       f"another group {{kind: ec2.subnets, tier: public}} around '{endpoint}'", "needs-public",
                       "through")  # fmt: skip
    if node.kind.exposure() != "public":
        return Refusal("what comes from the Internet comes into public subnets", "tier: public", "bad-value", "through")
    if getattr(vpc.kind, "ipv6", False):
        return Refusal(f"what comes by IPv6 would pass '{endpoint}' by", f"ipv6: false on '{vpc.id}'", "bad-value",
                       "through")  # fmt: skip
    services = (world[edge.target if edge.source == endpoint else edge.source]
                for edge, effect in world.effects("consume") if effect.owner == endpoint)  # fmt: skip
    waits = next((one for one in services if getattr(one.kind, "accept", False) and one.existing is None), None)
    if waits is not None:
        return Refusal(f"no route can lead to '{endpoint}' before somebody lets it in at '{waits.id}'",
                       f"accept: false on '{waits.id}'", "bad-value", "through")  # fmt: skip
    return None
