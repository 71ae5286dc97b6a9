"""One level for each group: its children in ranks, with the wires between them and stand-ins for wires that pass by.

A wire belongs to the level of the innermost group that holds both of its ends; there it joins the two children which
hold, or are, the ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from archkit.diagram.layout.rank import acyclic, ranks
from archkit.diagram.plan import Plan, Wire

__all__ = ["Anchor", "Level", "Link", "levels"]


@dataclass(frozen=True)
class Link:
    """A stretch of a wire between an item of one rank and an item of the next, with the wire's real ends inside
    them."""

    tail: str
    head: str
    tail_end: str
    head_end: str
    wires: tuple[str, ...]


@dataclass(frozen=True)
class Anchor:
    """A wire that leaves the level: the item and the end inside of it, and the end that lies elsewhere."""

    item: str
    end: str
    other: str


@dataclass
class Level:
    """The children of one group (of none: `group` is None) as ranks, each rank in its order across the flow.

    `lone` items have no wires at all and are packed beside the rest; `beside` are guards that stand at their only
    neighbour. Names of stand-ins begin with '~'.
    """

    group: str | None
    ranks: list[list[str]]
    links: list[list[Link]] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)
    lone: list[str] = field(default_factory=list)
    beside: dict[str, list[str]] = field(default_factory=dict)


def levels(plan: Plan) -> dict[str | None, Level]:
    """Return the level of every group, outer ones first; their orders are those of the blueprint."""
    inner: dict[str | None, list[tuple[str, str, Wire]]] = {}
    crossing: dict[str | None, list[Anchor]] = {}
    for wire in plan.wires:
        one, two = plan.chain(wire.source), plan.chain(wire.target)
        if wire.source in two or wire.target in one:
            continue  # a loop, or a wire between a group and something inside of it: it moves nothing
        while one and two and one[-1] == two[-1]:
            one.pop()
            two.pop()
        group = plan.parent(one[-1])
        inner.setdefault(group, []).append((one[-1], two[-1], wire))
        for chain, end, other in ((one, wire.source, wire.target), (two, wire.target, wire.source)):
            for item in chain[:-1]:
                crossing.setdefault(plan.parent(item), []).append(Anchor(item, end, other))
    return {group: _level(plan, group, inner.get(group, []), crossing.get(group, [])) for group in _outer_first(plan)}


def _outer_first(plan: Plan) -> Iterator[str | None]:
    yield None
    waiting = [id for id in plan.roots if id in plan.groups]
    while waiting:
        group = waiting.pop(0)
        yield group
        waiting.extend(child for child in plan.children(group) if child in plan.groups)


def _level(plan: Plan, group: str | None, wires: list[tuple[str, str, Wire]], anchors: list[Anchor]) -> Level:
    items = list(plan.children(group))
    beside = _beside(plan, items, wires, anchors)
    aside = {guard for guards in beside.values() for guard in guards}
    wires = [(tail, head, wire) for tail, head, wire in wires if tail not in aside and head not in aside]
    linked = (
        {end for tail, head, _ in wires for end in (tail, head)} | {anchor.item for anchor in anchors} | set(beside)
    )
    lone = [item for item in items if item not in linked and item not in aside and not _is_actor(plan, item)]
    kept = [item for item in items if item not in lone and item not in aside]
    if not kept or all(item in plan.groups for item in lone):
        # Groups without any wire stand in the ranks like others: they are no small change to be tucked away.
        kept, lone = [item for item in items if item not in aside], []
        if not wires and not anchors and not any(item in plan.groups for item in kept):
            kept, lone = [], kept
    pairs = [(tail, head) for tail, head, _ in wires]
    sources = {tail for tail, _ in pairs}
    first = [item for item in kept if _is_actor(plan, item) and (item in sources or item not in linked)]
    graph = acyclic(kept, pairs, first)
    rank = ranks(kept, graph, first)
    if group is None and first:
        for item in kept:  # what no wire holds stands beyond the people, not among them
            rank[item] = max(rank[item], 0 if _is_actor(plan, item) else 1)
    level = Level(group, [[] for _ in range(max(rank.values(), default=-1) + 1)], [], anchors, lone, beside)
    for item in kept:
        level.ranks[rank[item]].append(item)
    level.ranks = [items for items in level.ranks if items]
    _link(level, {item: place for place, items in enumerate(level.ranks) for item in items}, wires)
    return level


def _is_actor(plan: Plan, item: str) -> bool:
    return item in plan.boxes and plan.boxes[item].actor


def _beside(
    plan: Plan, items: list[str], wires: list[tuple[str, str, Wire]], anchors: list[Anchor]
) -> dict[str, list[str]]:
    """Return, by host, the guards whose only wire goes to another node of the same group."""
    others: dict[str, list[str]] = {}
    for tail, head, _ in wires:
        others.setdefault(tail, []).append(head)
        others.setdefault(head, []).append(tail)
    for anchor in anchors:
        others.setdefault(anchor.item, []).append("")
    found: dict[str, list[str]] = {}
    for item in items:
        hosts = others.get(item, [])
        if item in plan.boxes and plan.boxes[item].guard and len(hosts) == 1 and hosts[0] in plan.boxes:
            host = hosts[0]
            if not plan.boxes[host].guard and len(found.get(host, ())) < 2:
                found.setdefault(host, []).append(item)
    return found


def _link(level: Level, rank: dict[str, int], wires: list[tuple[str, str, Wire]]) -> None:
    """Fill in the links of a level; a wire over several ranks gets a stand-in in each rank that it passes."""
    gaps: list[dict[tuple[str, str, str, str], list[str]]] = [{} for _ in range(max(len(level.ranks) - 1, 0))]
    for tail, head, wire in wires:
        tail_end, head_end = wire.source, wire.target
        if rank[tail] > rank[head]:
            tail, head, tail_end, head_end = head, tail, head_end, tail_end
        at, end = tail, tail_end
        for place in range(rank[tail] + 1, rank[head]):
            # Wires of one source and one style may share their way, so they share their stand-ins.
            name = f"~{tail_end}~{wire.style}~{wire.source == tail_end}~{place}"
            if name not in rank:
                rank[name] = place
                level.ranks[place].append(name)
            gaps[place - 1].setdefault((at, name, end, name), []).append(wire.id)
            at = end = name
        gaps[rank[head] - 1].setdefault((at, head, end, head_end), []).append(wire.id)
    level.links = [[Link(*ends, tuple(ids)) for ends, ids in gap.items()] for gap in gaps]
