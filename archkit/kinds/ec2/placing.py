"""Where servers may be put and what they may be asked for, as EC2 documents it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from archkit import network
from archkit.architecture import Architecture, Node
from archkit.kind import Expr, Refusal
from archkit.shared.disks import HDD

if TYPE_CHECKING:
    from archkit.kinds.ec2.instance import Instance

__all__ = ["MOST_SPREAD", "old", "refusals"]

MOST_SPREAD = 7
"""Servers of one spread group in a zone, and partitions of a group in a zone
(https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/placement-strategies.html)."""
SCATTERED = re.compile(r"(t[0-9]|mac)[a-z0-9-]*\.")
"""Burstable and Mac instances, which no cluster group takes (placement-strategies.html there)."""
SMALL = re.compile(r".*\.(nano|micro|small|medium|large|xlarge|2xlarge|3xlarge)")
"""Sizes of which no family has an adapter: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa.html."""
OLD = re.compile(r"(t1|t2|m[1-3]|c1|c3|cc2|cr1|g2|i2|hs1|r3)\.")
"""Families that are not optimized for EBS, or in some sizes only
(https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ebs-optimized.html)."""
SAME = re.compile(r"\$\{\s*([A-Za-z0-9_-]+)\.placement\s*\}")


def old(instance: str) -> bool:
    """Say whether an instance type is too old to ask for its own way to EBS."""
    return OLD.match(instance) is not None


def refusals(kind: Instance, node: Node, world: Architecture) -> Iterator[Refusal]:
    """Yield what EC2 would refuse of a server where it stands."""
    yield from _zone(kind, node, world)
    yield from _adapter(kind)
    yield from _group(kind, node, world)
    yield from _hardware(kind)


def _zone(kind: Instance, node: Node, world: Architecture) -> Iterator[Refusal]:
    vpc, tier = network.vpc_of(node, world), network.tier_of(node, world)
    if vpc is not None and vpc.existing is None and kind.zone > vpc.kind.columns():
        yield Refusal(f"'{vpc.id}' has {vpc.kind.columns()} zones, and this is the zone {kind.zone}",
                      f"zones: {kind.zone} on '{vpc.id}'", "out-of-bounds", "zone")  # fmt: skip
    if kind.elastic_ip and tier is not None and tier.kind.exposure() != "public" and tier.existing is None:
        where = f"the {tier.kind.exposure()} subnets '{tier.id}'"
        yield Refusal(f"an address on the Internet leads nowhere in {where}", "put it into public subnets",
                      "cannot-reach", "elastic_ip")  # fmt: skip


def _adapter(kind: Instance) -> Iterator[Refusal]:
    if kind.efa and (SCATTERED.match(kind.instance) or SMALL.fullmatch(kind.instance)):
        yield Refusal(f"{kind.instance} has no Elastic Fabric Adapter", "instance: c6in.32xlarge", "bad-value", "efa")


def _group(kind: Instance, node: Node, world: Architecture) -> Iterator[Refusal]:
    if kind.placement is not None and kind.placement_group is not None:
        yield Refusal("it stands in one placement group, its own or another", "leave out 'placement'", "bad-value",
                      "placement_group")  # fmt: skip
    if (kind.placement or kind.placement_group) and kind.tenancy == "host":
        yield Refusal("dedicated hosts stand in no placement group", None, "bad-value", "tenancy")
    strategy = _strategy(kind, world)
    if strategy == "cluster" and SCATTERED.match(kind.instance):
        yield Refusal(f"{kind.instance} cannot stand in a cluster placement group", "instance: c7g.large", "bad-value",
                      "placement" if kind.placement else "placement_group")  # fmt: skip
    if strategy == "spread" and kind.tenancy == "dedicated":
        yield Refusal("dedicated instances stand in no spread placement group", None, "bad-value", "tenancy")
    if kind.placement == "partition" and kind.tenancy == "dedicated" and kind.partitions > 2:
        yield Refusal("with dedicated instances a group has 2 partitions at most", "partitions: 2", "out-of-bounds",
                      "partitions")  # fmt: skip
    if kind.placement == "spread":
        members = [other for other in world.nodes.values() if other.id == node.id or _leader(other.kind) == node.id]
        zone = max((len(found) for found in _by_zone(members).values()), default=0)
        if zone > MOST_SPREAD:
            yield Refusal(f"a spread placement group takes {MOST_SPREAD} servers in a zone, not {zone}",
                          "spread them over zones, or over several groups", "out-of-bounds", "placement")  # fmt: skip


def _leader(kind: Any) -> str | None:
    """Return the id of the server whose placement group another one names."""
    named = getattr(kind, "placement_group", None)
    found = SAME.fullmatch(named.text) if isinstance(named, Expr) else None
    return found[1] if found else None


def _strategy(kind: Instance, world: Architecture) -> str | None:
    leader = world.nodes.get(_leader(kind) or "")
    return kind.placement or (getattr(leader.kind, "placement", None) if leader else None)


def _by_zone(members: list[Node]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for member in members:
        found.setdefault(member.kind.zone, []).append(member.id)  # type: ignore[attr-defined]
    return found


def _hardware(kind: Instance) -> Iterator[Refusal]:
    """https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/hibernating-prerequisites.html and
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/dedicated-hosts-overview.html."""
    if kind.host is not None and kind.tenancy != "host":
        yield Refusal("a dedicated host goes with its tenancy", "tenancy: host", "bad-value", "host")
    if not kind.hibernate:
        return
    if kind.tenancy == "host":
        yield Refusal("what runs on a dedicated host cannot hibernate", None, "bad-value", "hibernate")
    if ".metal" in kind.instance:
        yield Refusal(f"{kind.instance} is bare metal, which cannot hibernate", None, "bad-value", "hibernate")
    if kind.root.type in (*HDD, "standard"):
        yield Refusal(f"a server does not hibernate on {kind.root.type}", "type: gp3", "bad-value", "root")
