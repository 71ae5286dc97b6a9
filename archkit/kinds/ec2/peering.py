"""Peering: two networks of one Region reach one another, and nothing beyond.

https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html
"""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import ClassVar

from archkit.architecture import Ends, Node
from archkit.kind import Join, Kind, Refusal, prop
from archkit.kinds.ec2.tables import add_routes, tiers_in
from archkit.scope import Link

__all__ = ["Peer", "overlapping"]


class Peer(Join):
    """Joins two VPCs: each has a route to the other's range."""

    word: ClassVar[str] = "peer"
    usual: ClassVar[bool] = True
    bridges: ClassVar[bool] = True

    account: str | None = prop(None, "Id of the account that owns the other VPC.", pattern="[0-9]{12}")
    region: str | None = prop(None, "Region of the other VPC, where it exists in another.")
    role: str | None = prop(None, "ARN of the role in the other account that accepts the peering.")

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.network == "vpc"

    def refuse(self, ends: Ends) -> Refusal | None:
        if ends.owner.id == ends.other.id:
            return Refusal("a VPC is not peered with itself", None, "cannot-join")
        if ends.owner.place != ends.other.place and ends.other.existing is None:
            return Refusal("two stacks that peer would need one another",
                           "existing: {id: ..., cidr: ...} for one of the two", "other-region")  # fmt: skip
        for end in (ends.owner, ends.other):
            if end.existing is not None and "cidr" not in end.existing:
                return Refusal(f"the range of '{end.id}' is not known, to which routes lead",
                               "existing: {id: ..., cidr: 10.1.0.0/16}", "missing-property")  # fmt: skip
        return overlapping(ends.owner, ends.other)

    def apply(self, link: Link) -> None:
        from troposphere import ec2

        made = link.make(
            ec2.VPCPeeringConnection, "Peering", VpcId=link.owner.attribute("id"), PeerVpcId=link.other.attribute("id"),
            PeerOwnerId=self.account, PeerRegion=self.region, PeerRoleArn=self.role,
        )  # fmt: skip
        for here, there in ((link.owner, link.other), (link.other, link.owner)):
            for tier in tiers_in(here):
                add_routes(tier, there.id, there.kind.ranges(there), link.because, VpcPeeringConnectionId=made.ref)

    def text(self) -> str | None:
        return "peering"


def overlapping(here: Node, there: Node) -> Refusal | None:
    """Refuse networks whose ranges overlap: no route could tell them apart."""
    one, two = _range(here), _range(there)
    if one is None or two is None or not one.overlaps(two):
        return None
    return Refusal(f"'{here.id}' and '{there.id}' have overlapping ranges, {one} and {two}",
                   f"cidr: 10.1.0.0/16 for '{there.id}'", "same-addresses")  # fmt: skip


def _range(node: Node) -> IPv4Network | None:
    text = node.existing.get("cidr") if node.existing is not None else getattr(node.kind, "cidr", None)
    try:
        return IPv4Network(str(text))
    except ValueError:
        return None
