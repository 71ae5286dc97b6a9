"""Along the flow, once it is known where everything stands across it: ranks follow one another, but only as far as
their items are in each other's way, so that what follows a short item need not stand beyond a long one."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from archkit.diagram.layout.axis import Axis
from archkit.diagram.layout.levels import Level, Link
from archkit.diagram.plan import Plan

__all__ = ["Columns"]

_GAP = 44  # least distance of one rank to the next
_TRACK = 9  # room for one more wire that turns between two ranks
_ARROW = 60  # room for a wire's fork and its arrowhead beside its label
_FREE = 2
_MOST = 12  # wires for which more room is made
_LINE = 100
_BESIDE = 32  # distance across the flow from which on two items are not in each other's way


class _Seen(NamedTuple):
    """The part of an item that one sees looking back along the flow: from where to where, what, and in which rank."""

    low: float
    high: float
    item: str
    place: int


class Columns:
    """Gathers what keeps things apart along the flow."""

    def __init__(
        self, plan: Plan, flow: Axis, across: Axis, room: float, labels: Mapping[str, float],
        reach: Callable[[str], tuple[float, float]],
    ) -> None:  # fmt: skip
        self.plan = plan
        self.flow = flow
        self.across = across
        self.room = room
        self.labels = labels  # how long each wire's label is along the flow
        self.reach = reach
        self.wires = {wire.id: wire for wire in plan.wires}

    def points(self, level: Level) -> None:
        """Add the nodes of a level: those of a rank stand on one line."""
        for rank in level.ranks:
            middle: int | None = None
            for item in level.expanded(rank):
                if item in self.plan.boxes:
                    middle = self.flow.point(item, *self.reach(item), middle)

    def keep(self, level: Level, strict: bool) -> None:
        """Keep the ranks of a level apart; where `strict`, a whole rank ends before the next begins."""
        gaps = [self._gap(level, place) for place in range(len(level.ranks))]
        if strict:
            self._borders(level, gaps)
        else:
            self._compact(level, gaps)
            self._ordered(level, gaps)

    def _borders(self, level: Level, gaps: list[float]) -> None:
        border: int | None = None
        for rank, gap in zip(level.ranks, gaps, strict=True):
            real = [item for item in level.expanded(rank) if item[0] != "~"]
            if not real:
                continue
            extents = [self.flow.extents[item] for item in real]
            if border is not None:
                for extent in extents:
                    self.flow.keep(border, extent.low, extent.before + gap)
            border = self.flow.problem.variable()
            for extent in extents:
                self.flow.keep(extent.high, border, extent.after, 0)

    def _compact(self, level: Level, gaps: list[float]) -> None:
        """Keep items apart that stand before one another."""
        seen: list[_Seen] = []
        for place, rank in enumerate(level.ranks):
            here = [_Seen(*self._span(item), item, place) for item in level.expanded(rank) if item[0] != "~"]
            for one in here:
                for other in seen:
                    if other.low < one.high + _BESIDE and one.low - _BESIDE < other.high:
                        self.flow.follow(other.item, one.item, max(gaps[other.place + 1 : place + 1]))
            seen = [*here, *(left for other in seen for left in _uncovered(other, here))]

    def _ordered(self, level: Level, gaps: list[float]) -> None:
        """Keep the ends of every wire in their order, wherever inside of two items of the level they stand."""
        starts: dict[str, tuple[str, int]] = {}
        for place, links in enumerate(level.links):
            for link in links:
                if link.tail_end[0] != "~":
                    starts |= dict.fromkeys(link.wires, (link.tail_end, place))
                for id in link.wires if link.head_end[0] != "~" else ():
                    if id in starts:
                        start, first = starts[id]
                        self.flow.follow(start, link.head_end, max(gaps[first + 1 : place + 2]))

    def _span(self, item: str) -> tuple[float, float]:
        extent = self.across.extents[item]
        return self.across.x[extent.low] - extent.before, self.across.x[extent.high] + extent.after

    def _gap(self, level: Level, place: int) -> float:
        """Return the distance before a rank: room for the labels and for the wires that turn there."""
        links = level.links[place - 1] if 0 < place <= len(level.links) else []
        longest = max((self.labels[id] for link in links for id in link.wires
                       if self.wires[id].source in (link.tail_end, link.head_end)), default=0)  # fmt: skip
        turning = self._turning(level, links) - _FREE
        return self.room * max(_GAP + _TRACK * max(0, min(turning, _MOST)), longest + _ARROW if longest else 0)

    def _turning(self, level: Level, links: Iterable[Link]) -> int:
        """Return how many wires run side by side across the flow between two ranks; those of one origin are one."""
        runs: dict[str, list[int]] = {}
        for link in links:
            ends = [
                self._middle(level, item, end) for item, end in ((link.tail, link.tail_end), (link.head, link.head_end))
            ]
            if abs(ends[0] - ends[1]) > 2:
                runs.setdefault(link.tail_end, []).extend(ends)
        steps = sorted(step for run in runs.values() for step in ((min(run), 1), (max(run), -1)))
        return max(itertools.accumulate((by for _, by in steps), initial=0))

    def _middle(self, level: Level, item: str, end: str) -> int:
        extent = self.across.extents.get(f"~{level.group}{end}" if end[0] == "~" else end)
        assert extent is not None
        return (self.across.x[extent.low] + self.across.x[extent.high]) // 2


def _uncovered(seen: _Seen, before: Iterable[_Seen]) -> list[_Seen]:
    """Return the parts of an item that one still sees beside others that stand before it."""
    parts = [seen]
    for one in before:
        parts = [
            seen._replace(low=low, high=high)
            for part in parts
            for low, high in ((part.low, min(part.high, one.low)), (max(part.low, one.high), part.high))
            if low < high
        ]
    return parts
