"""Coordinates: both axes are solved as one set of constraints over all groups at once.

Along the flow, ranks follow one another; across it, the items of a rank follow one another; frames hold their children.
Wires pull their ends into line wherever these stand, across any number of frames, which is what makes wires straight.
"""

from __future__ import annotations

import itertools
from functools import partial
from math import ceil

from archkit.diagram.layout.axis import Axis
from archkit.diagram.layout.border import Allowance
from archkit.diagram.layout.card import leaf
from archkit.diagram.layout.flow import Columns
from archkit.diagram.layout.levels import Level, Link
from archkit.diagram.layout.measure import PAD, frame_at, head_height, label_size, least_size
from archkit.diagram.layout.rigid import Rigid
from archkit.diagram.plan import Group, Plan
from archkit.diagram.scene import Leaf, Rect, Scene, moved

__all__ = ["place"]

_ACROSS_GAP = 30  # least distance of neighbours in a rank
_FRAME_GAP = 32  # the same where one is a group, so that a wire can pass between frames
_LANE = 2  # how straight what leaves a group beside its nodes should be: less than its frame should be small
_PASS = 10  # distance that a passing wire keeps on both sides
_PATIENCE = 250  # boxes; with more the second run is left out


def place(
    plan: Plan,
    levels: dict[str | None, Level],
    vertical: bool,
    room: float,
    rigid: Rigid = Rigid(),  # noqa: B008
) -> Scene:
    """Give every box and group its place; `vertical` lets the flow run downwards, `room` stretches distances."""
    scene = _Placer(plan, levels, vertical, room, {}, rigid).scene()
    ends = {end for wire in plan.wires for end in (wire.source, wire.target)}
    centred = [id for id, group in plan.groups.items() if id in ends or group.abreast]
    if not centred or len(plan.boxes) > _PATIENCE:
        return scene
    # A frame's middle is known only when its content has its place: wires at frames are made straight in a second run.
    sizes = {id: scene.frames[id].rect for id in centred}
    widths = {id: int(rect.width if vertical else rect.height) for id, rect in sizes.items()}
    return _Placer(plan, levels, vertical, room, widths, rigid).scene()


class _Placer:
    def __init__(
        self,
        plan: Plan,
        levels: dict[str | None, Level],
        vertical: bool,
        room: float,
        widths: dict[str, int],
        rigid: Rigid,
    ) -> None:
        self.plan = plan
        self.rigid = rigid
        self.room = room
        self.widths = widths  # across the flow, of frames at which wires end
        self.levels = levels
        self.vertical = vertical
        self.leaves = {id: rigid.leaves.get(id) or leaf(box) for id, box in plan.boxes.items()}
        self.wires = {wire.id: wire for wire in plan.wires}
        self.labels = {wire.id: label_size(wire) for wire in plan.wires}
        self.flow, self.across = Axis(), Axis()
        self.x, self.y = (self.across, self.flow) if vertical else (self.flow, self.across)

    def scene(self) -> Scene:
        """Gather all constraints, solve, and move everything to its place."""
        for group in self.plan.groups.values():
            wide, high = least_size(group)
            out, _, least = self.rigid.allowances.get(group.id, Allowance())
            out = tuple(side + self.rigid.air.get(group.id, 0) for side in out)
            wide, high = max(wide, round(least[0])), max(high, round(least[1]))
            self.x.span(group.id, wide, 3, PAD, PAD, (out[0], out[2]))
            self.y.span(group.id, high, 3, head_height(group) + PAD, PAD, (out[1], out[3]))
        for id, wide in self.widths.items():
            middle, frame = self.across.point(f"|{id}", 0, 0), self.across.extents[id]
            self.across.keep(frame.low, middle, wide // 2)
            self.across.keep(middle, frame.high, wide // 2)
        for level in self.levels.values():
            self._rows(level)
            self._lone(level)
        for group_id in self.plan.groups:
            self._frame(group_id, self.across)
        self._pull()
        self.across.solve()
        self.across.balance()
        self._flow()
        leaves = {id: self._moved(id) for id in self.plan.boxes}
        frames = {id: frame_at(group, self._rect(id)) for id, group in self.plan.groups.items()}
        return Scene(self.plan, leaves, frames, self.vertical)

    def _flow(self) -> None:
        """Along the flow everything follows what is in its way; what an author says of ranks holds strictly."""
        labels = {id: size[1 if self.vertical else 0] for id, size in self.labels.items()}
        columns = Columns(self.plan, self.flow, self.across, self.room, labels, partial(self._reach, axis=self.flow))
        strict = {level.group for level in self.levels.values() if level.group is None or self.plan.hints}
        for level in self.levels.values():
            columns.points(level)
            self._grid(level)
        for level in self.levels.values():
            columns.keep(level, level.group in strict)
        for group_id in self.plan.groups:
            self._frame(group_id, self.flow)
        for wire in self.plan.wires:
            self.flow.pull(wire.source, wire.target, 1)
        for group in self.plan.groups.values():
            for item in self.levels[group.id].ranks[0] if group.abreast else ():  # all begin near the top
                self.flow.problem.attract(self.flow.extents[group.id].low, self.flow.extents[item].low, 3)
        self.flow.solve()

    def _reach(self, id: str, axis: Axis) -> tuple[float, float]:
        """Return how far a node extends from the middle of its icon on an axis, before and after."""
        rect, air = self.leaves[id].rect, self.rigid.air.get(id, 0)
        if axis is self.y:
            loops = sum(wire.source == wire.target == id for wire in self.plan.wires)
            loop = 22 + 20 * ((loops - 1) // 2) if loops else 0
            return -rect.top + loop + air, rect.bottom + air
        half = ceil(max(-rect.left, rect.right) + air)
        if self.vertical:
            # Labels stand on the vertical wires above a node and must not meet those of its neighbours.
            half = max([half, *(ceil(self.labels[w.id][0] / 2) for w in self.plan.wires if w.target == id)])
        return half, half

    def _rows(self, level: Level) -> None:
        """Across the flow: the items of a rank follow one another."""
        for rank in level.ranks:
            items = level.expanded(rank)
            for item in items:
                if item in self.leaves:
                    self.across.point(item, *self._reach(item, self.across))
                elif item[0] == "~":
                    self.across.point(self._stand_in(level, item), 0, 0)
            named = [self._stand_in(level, item) if item[0] == "~" else item for item in items]
            for one, two in itertools.pairwise(named):
                self.across.follow(one, two, self._distance(one, two))

    def _stand_in(self, level: Level, item: str) -> str:
        """Return a stand-in's name, which is its own only within its level."""
        return f"~{level.group}{item}"

    def _distance(self, one: str, two: str) -> float:
        if "~" in (one[0], two[0]):
            return self.room * (_PASS if one[0] == two[0] else 2 * _PASS)
        return self.room * (_FRAME_GAP if one in self.plan.groups or two in self.plan.groups else _ACROSS_GAP)

    def _lone(self, level: Level) -> None:
        """Nodes without wires stand in a grid after the flow's rows."""
        above = [level.expanded(rank)[-1] for rank in level.ranks]
        for row in self._lone_rows(level):
            first: int | None = None
            for item in row:
                first = self.across.point(item, *self._reach(item, self.across), first)
                for other in above:
                    self.across.follow(
                        self._stand_in(level, other) if other[0] == "~" else other, item, _ACROSS_GAP + 10
                    )
            above = row

    def _grid(self, level: Level) -> None:
        """That grid is in line with the flow's columns where it has such."""
        middles: list[int | None] = [self.flow.extents[item].low for item in self._lines(level)]
        rows = self._lone_rows(level)
        middles += [None] * (max(map(len, rows), default=0) - len(middles))
        for row in rows:
            for column, item in enumerate(row):
                middles[column] = self.flow.point(item, *self._reach(item, self.flow), middles[column])
            for one, two in itertools.pairwise(row):
                self.flow.follow(one, two, _ACROSS_GAP)

    def _lines(self, level: Level) -> list[str]:
        """Return a node of each rank that nodes without wires can be in line with."""
        if not all(item in self.leaves or item[0] == "~" for rank in level.ranks for item in rank):
            return []
        return [node for rank in level.ranks if (node := next((item for item in rank if item in self.leaves), None))]

    def _lone_rows(self, level: Level) -> list[list[str]]:
        lone = level.lone
        wide = max(len(self._lines(level)), min(len(lone), ceil((1.7 * len(lone)) ** 0.5)), 1)
        return [lone[start : start + wide] for start in range(0, len(lone), wide)]

    def _frame(self, group: str, axis: Axis) -> None:
        """A frame holds its children on an axis, with room for its title."""
        pad = PAD * self.room**0.5
        top = head_height(self.plan.groups[group]) + pad - 4
        inside = self.rigid.allowances.get(group, Allowance()).inside
        for child in self.plan.children(group):
            if axis is self.x:
                axis.contain(group, child, max(pad, inside[0]), max(pad, inside[2]))
            else:
                axis.contain(group, child, max(top, inside[1]), max(pad, inside[3]))
        if axis is self.flow:
            return
        level = self.levels[group]
        if self.vertical:
            self._clear_title(self.plan.groups[group], level)
        for item in (item for rank in level.ranks for item in rank if item[0] == "~"):
            self.across.contain(group, self._stand_in(level, item), top if self.across is self.y else PAD, PAD)

    def _clear_title(self, group: Group, level: Level) -> None:
        """Where the flow runs downwards, wires come in from above: what they lead to stands right of the title."""
        if group.frame.title != "left":
            return
        need = least_size(group)[0]
        frame = self.across.extents[group.id]
        for anchor in level.anchors:
            end = self._stand_in(level, anchor.end) if anchor.end[0] == "~" else anchor.end
            extent = self.across.extents[end]
            if anchor.side < 0 and extent.low == extent.high:
                self.across.keep(frame.low, extent.low, need)
                if len(group.children) == 1:  # and in its middle where it is alone
                    self.across.keep(extent.low, frame.high, need)

    def _pull(self) -> None:
        """Wires pull their ends together; across the flow, long straight stretches matter most."""
        for level in self.levels.values():
            depth = len(self.plan.chain(level.group)) if level.group else 0
            for gap in level.links:
                for link in gap:
                    ends = [self._line_end(level, link, end) for end in (link.tail_end, link.head_end)]
                    weight = self._weight(link, depth)
                    if link.tail_end[0] != "~" != link.head_end[0] and any(end[0] == "~" for end in ends):
                        weight = min(weight, _LANE)
                    self.across.pull(ends[0], ends[1], weight, link.direct, self._shift(link))
            for one, two in level.line:
                self.across.pull(one, two, 400)
            for host, guards in level.beside.items():
                for guard in guards:
                    self.across.pull(host, guard, 2)
        for group in self.plan.groups.values():
            for item in self.levels[group.id].ranks[0] if group.abreast else ():
                if group.id in self.widths and item[0] != "~":
                    self.across.pull(f"|{group.id}", f"|{item}" if item in self.widths else item, 2)

    def _line_end(self, level: Level, link: Link, end: str) -> str:
        """Return what a link pulls at: a stand-in, an end, or the place where the wire leaves the end's groups."""
        if end[0] == "~":
            return self._stand_in(level, end)
        groups = self.plan.chain(end)[1:]
        inner = groups[: groups.index(level.group)] if level.group is not None else groups
        for group in reversed(inner):
            lane = self.levels[group].lanes.get((link.wires[0], end))
            if lane is not None:
                return self._stand_in(self.levels[group], lane)
        return f"|{end}" if end in self.widths else end

    def _shift(self, link: Link) -> int:
        """Return how far a link's tail stands before its head when the wire's real ends are in line."""
        axis = 0 if self.vertical else 1
        tail, head = (self.rigid.ends.get((link.wires[0], end), (0, 0)) for end in (link.tail_end, link.head_end))
        return round(tail[axis] - head[axis])

    def _weight(self, link: Link, depth: int) -> int:
        """Return how much a stretch of wire should be straight: the main flow most, inner groups before outer ones.

        What leads back, watches or passes by has to bend anyway.
        """
        if link.plain:  # one of two branches has to bend, a simple chain never
            return 48 + 2 * min(depth, 4)
        stand_ins = (link.tail_end[0] == "~") + (link.head_end[0] == "~")
        if any(end in self.rigid.leaves for end in (link.tail_end, link.head_end)):
            return 40  # a network is what its picture is about
        styles = {self.wires[id].style for id in link.wires}
        if not link.forward or styles == {"guard"} or all(self.wires[id].aside for id in link.wires):
            return 8 if stand_ins == 2 else 1
        return (20 + 2 * min(depth, 4) + ("request" in styles), 4, 16)[stand_ins]

    def _rect(self, id: str) -> Rect:
        x, y = self.x.extents[id], self.y.extents[id]
        return Rect(self.x.x[x.low], self.y.x[y.low], self.x.x[x.high], self.y.x[y.high])

    def _moved(self, id: str) -> Leaf:
        dx, dy = self.x.x[self.x.extents[id].low], self.y.x[self.y.extents[id].low]
        return moved(self.leaves[id], dx, dy)
