"""Where nodes stand in a network: what must be in a group of subnets, in a VPC, or in neither."""

from __future__ import annotations

from archkit import network
from archkit.architecture import Architecture, Node
from archkit.diagnostics import Report
from archkit.schema import fields_of

__all__ = ["check"]


def check(world: Architecture, report: Report) -> None:
    """Report nodes that stand where AWS cannot put them."""
    for node in world.nodes.values():
        if node.helper_of is None and node.existing is None:
            _node(node, world, report)


def _node(node: Node, world: Architecture, report: Report) -> None:
    kind, place = node.kind, node.kind.resides
    vpc, tier = network.vpc_of(node, world), network.tier_of(node, world)
    who, group = f"{kind.name} '{node.id}'", f"a group {{kind: ec2.subnets, tier: {kind.prefers}, nodes: ...}}"
    if place == "subnets" and tier is None:
        report.error("needs-subnets", f"{who} stands in the subnets of a VPC", node.span,
                     f"put it into {group} of an ec2.vpc")  # fmt: skip
    elif place == "vpc" and (vpc is None or vpc is node):
        report.error("needs-vpc", f"{who} stands in a VPC", node.span, "put it into the 'nodes' of an ec2.vpc")
    elif place == "either" and vpc is not None and tier is None:
        report.error("needs-subnets", f"{who} stands in a VPC, but in none of its subnets", node.span,
                     f"put it into {group}, or out of the VPC")  # fmt: skip
    elif kind.prefers == "isolated" and tier is not None and tier.existing is None and (
        tier.kind.exposure() == "public" and not kind.public_address(node, world)
    ):  # fmt: skip
        said = "'public: true' on it, or " if "public" in fields_of(type(kind)) else ""
        report.error("in-public", f"{who} keeps data, and stands in the public subnets '{tier.id}' unsaid", node.span,
                     f"{said}'tier: isolated' on '{tier.id}'")  # fmt: skip
    elif place == "region" and vpc is not None and kind.types and kind.framed() is None:
        report.error("not-in-a-vpc", f"{who} stands in no VPC: AWS runs it for the whole Region",
                     node.span, f"move it out of '{vpc.id}'; edges reach it by an endpoint or by NAT")  # fmt: skip
