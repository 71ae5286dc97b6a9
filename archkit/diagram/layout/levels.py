"""One level for each group: its children in ranks, with the wires between them and stand-ins for wires that pass by.

A wire belongs to the level of the innermost group that holds both of its ends; there it joins the two children which
hold, or are, the ends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from archkit.diagram.layout.hints import Wishes, wishes
from archkit.diagram.layout.rank import ranked
from archkit.diagram.plan import Plan, Wire

__all__ = ["Anchor", "Level", "Link", "levels"]


@dataclass(frozen=True, eq=False, repr=False)
class Link:
    """A stretch of a wire between an item of one rank and an item of the next, with the wire's real ends inside them.

    `forward` says whether the wire points the way of the flow, `plain` whether it is all that leaves the tail and all
    that enters the head in its level.
    """

    tail: str
    head: str
    tail_end: str
    head_end: str
    forward: bool
    wires: tuple[str, ...]
    plain: bool = False

    @property
    def direct(self) -> bool:
        """Whether it joins two nodes of one group."""
        return self.tail == self.tail_end and self.head == self.head_end


@dataclass(frozen=True, eq=False, repr=False)
class Anchor:
    """A wire that leaves the level: the item and the end inside of it, and the end that lies elsewhere.

    `side` says whether that lies before the level's group in the flow (-1), after it (1), or neither (0).
    """

    item: str
    end: str
    other: str
    wire: Wire
    side: int


@dataclass(eq=False, repr=False)
class Level:
    """The children of one group (of none: `group` is None) as ranks, each rank in its order across the flow.

    `lone` items have no wires at all and are packed beside the rest; `beside` are guards that stand at their only
    neighbour. Names of stand-ins begin with '~'. `lanes` says which stand-in a wire that leaves the level from an end
    passes last. `after` and `line` are what authors say of the order in a rank and of what is in line.
    """

    group: str | None
    ranks: list[list[str]]
    links: list[list[Link]] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)
    lone: list[str] = field(default_factory=list)
    beside: dict[str, list[str]] = field(default_factory=dict)
    lanes: dict[tuple[str, str], str] = field(default_factory=dict)
    after: list[tuple[str, str]] = field(default_factory=list)
    line: list[tuple[str, str]] = field(default_factory=list)

    def expanded(self, rank: Iterable[str]) -> list[str]:
        """Return a rank with its guards beside their hosts."""
        items = []
        for item in rank:
            guards = self.beside.get(item, [])
            items += [*guards[:1], item, *guards[1:]]
        return items


def levels(plan: Plan, vertical: bool = False, packed: bool = True) -> dict[str | None, Level]:
    """Return the level of every group, outer ones first; their orders are those of the blueprint.

    Whether the flow runs down (`vertical`) says what hints mean.

    What has no wires is packed beside the rest; unless `packed`, what stands in no group is not.
    """
    inner: dict[str | None, list[tuple[str, str, Wire]]] = {}
    leaving: dict[str | None, list[tuple[str, str, str, str, str, Wire]]] = {}
    for wire in plan.wires:
        one, two = plan.chain(wire.source), plan.chain(wire.target)
        if wire.source in two or wire.target in one:
            continue  # a loop, or a wire between a group and something inside of it: it moves nothing
        while one and two and one[-1] == two[-1]:
            one.pop()
            two.pop()
        inner.setdefault(plan.parent(one[-1]), []).append((one[-1], two[-1], wire))
        for chain, end, others, other in ((one, wire.source, two, wire.target), (two, wire.target, one, wire.source)):
            for item in chain[:-1]:
                leaving.setdefault(plan.parent(item), []).append((item, end, other, chain[-1], others[-1], wire))
    found: dict[str | None, Level] = {}
    rank: dict[str, int] = {}
    said = wishes(plan, vertical)
    for group in _outer_first(plan):
        anchors = [
            Anchor(item, end, other, wire, (rank[far] > rank[near]) - (rank[far] < rank[near]))
            for item, end, other, near, far, wire in leaving.get(group, ())
        ]
        found[group] = _level(plan, group, inner.get(group, []), anchors, rank, packed, said.get(group, Wishes()))
    return found


def _outer_first(plan: Plan) -> Iterator[str | None]:
    yield None
    waiting = [id for id in plan.roots if id in plan.groups]
    while waiting:
        group = waiting.pop(0)
        yield group
        waiting.extend(child for child in plan.children(group) if child in plan.groups)


def _level(
    plan: Plan,
    group: str | None,
    wires: list[tuple[str, str, Wire]],
    anchors: list[Anchor],
    known: dict[str, int],
    packed: bool,
    wish: Wishes,
) -> Level:
    """Build one level, and note in `known` the rank of each of its items."""
    items = list(plan.children(group))
    beside = _beside(plan, [item for item in items if item not in wish.items], wires, anchors)
    aside = {guard for guards in beside.values() for guard in guards}
    wires = [(tail, head, wire) for tail, head, wire in wires if tail not in aside and head not in aside]
    linked = (
        {end for tail, head, _ in wires for end in (tail, head)} | {anchor.item for anchor in anchors} | set(beside)
    )
    linked |= wish.items
    packed = packed if group is None else not plan.groups[group].abreast
    lone = [item for item in items if packed and item in plan.boxes and not _is_actor(plan, item)]
    lone = [item for item in lone if plan.boxes[item].shape != "block"]
    lone = [item for item in lone if item not in linked and item not in aside]
    kept = [item for item in items if item not in lone and item not in aside]
    pairs = [(tail, head) for tail, head, _ in wires]
    sources = {tail for tail, _ in pairs}
    first = [item for item in kept if _is_actor(plan, item) and (item in sources or item not in linked)]
    rank = ranked(kept, pairs, first, wish)
    if group is None and first:
        for item in kept:  # what no wire holds stands beyond the people, not among them
            rank[item] = max(rank[item], 0 if _is_actor(plan, item) else 1)
    used = sorted(set(rank.values()))
    rank = {item: used.index(place) for item, place in rank.items()}
    level = Level(group, [[] for _ in used], lone=lone, beside=beside, after=wish.after, line=wish.line)
    for item in kept:
        level.ranks[rank[item]].append(item)
    known.update({item: rank.get(item, 0) for item in items})
    for host, guards in beside.items():
        known.update(dict.fromkeys(guards, rank[host]))
    _Linker(level, rank).link(wires, anchors)
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


class _Linker:
    """Fills in the links of a level; a wire over several ranks gets a stand-in in each rank that it passes."""

    def __init__(self, level: Level, rank: dict[str, int]) -> None:
        self.level = level
        self.rank = rank
        gaps = range(max(len(level.ranks) - 1, 0))
        self.gaps: list[dict[tuple[str, str, str, str, bool], list[str]]] = [{} for _ in gaps]

    def link(self, wires: list[tuple[str, str, Wire]], anchors: list[Anchor]) -> None:
        """Link everything; wires that leave the group get stand-ins in the ranks between their end and its frame."""
        for tail, head, wire in wires:
            tail_end, head_end, forward = wire.source, wire.target, self.rank[tail] < self.rank[head]
            if self.rank[tail] == self.rank[head]:
                continue  # its author puts both in one rank
            if not forward:
                tail, head, tail_end, head_end = head, tail, head_end, tail_end
            last, end = self._pass(tail, tail_end, tail_end, range(self.rank[tail] + 1, self.rank[head]), wire, forward)
            self._add(self.rank[head] - 1, last, head, end, head_end, wire, forward)
        for anchor in anchors:
            self.level.anchors.append(self._anchored(anchor))
        self.level.links = [self._links(gap) for gap in self.gaps]

    @staticmethod
    def _links(gap: dict[tuple[str, str, str, str, bool], list[str]]) -> list[Link]:
        real = [ends for ends in gap if ends[4] and "~" not in (ends[2][0], ends[3][0])]
        leaving, entering = Counter(ends[2] for ends in real), Counter(ends[3] for ends in real)
        plain = {ends for ends in real if leaving[ends[2]] == entering[ends[3]] == 1}
        return [Link(*ends, tuple(ids), plain=ends in plain) for ends, ids in gap.items()]

    def _anchored(self, anchor: Anchor) -> Anchor:
        """Lead a wire from its end to the side of the group where it leaves; return where it does so."""
        if anchor.item not in self.rank or not anchor.side:
            return anchor
        place, last = self.rank[anchor.item], len(self.level.ranks) - 1
        forward = (anchor.wire.source == anchor.other) == (anchor.side < 0)
        if anchor.side < 0 and place > 0:
            first = self._name(anchor.other, anchor.wire, forward, 0)
            self._enter(first, 0)
            at, end = self._pass(first, first, anchor.other, range(1, place), anchor.wire, forward)
            self._add(place - 1, at, anchor.item, end, anchor.end, anchor.wire, forward)
        elif anchor.side > 0 and place < last:
            first, _ = self._pass(anchor.item, anchor.end, anchor.end, range(place + 1, last + 1), anchor.wire, forward)
        else:
            return anchor
        self.level.lanes[anchor.wire.id, anchor.end] = first
        return replace(anchor, item=first, end=first)

    def _pass(self, at: str, end: str, origin: str, places: range, wire: Wire, forward: bool) -> tuple[str, str]:
        """Lead a wire through the given ranks; wires of one origin and style may share their way, so also stand-ins."""
        for place in places:
            name = self._name(origin, wire, forward, place)
            self._enter(name, place)
            self._add(place - 1, at, name, end, name, wire, forward)
            at = end = name
        return at, end

    def _enter(self, name: str, place: int) -> None:
        if name not in self.rank:
            self.rank[name] = place
            self.level.ranks[place].append(name)

    def _add(self, gap: int, tail: str, head: str, tail_end: str, head_end: str, wire: Wire, forward: bool) -> None:
        self.gaps[gap].setdefault((tail, head, tail_end, head_end, forward), []).append(wire.id)

    @staticmethod
    def _name(origin: str, wire: Wire, forward: bool, place: int) -> str:
        return f"~{origin}~{wire.style}~{forward}~{place}"
