"""Coordinates: both axes are solved as one set of constraints over all groups at once.

Along the flow, ranks follow one another; across it, the items of a rank follow one another; frames hold their children.
Wires pull their ends into line wherever these stand, across any number of frames, which is what makes wires straight.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from math import ceil

from archkit.diagram.layout.axis import Axis
from archkit.diagram.layout.border import Allowance
from archkit.diagram.layout.card import leaf
from archkit.diagram.layout.levels import Level, Link
from archkit.diagram.layout.measure import PAD, frame_at, head_height, label_size, least_size
from archkit.diagram.layout.rigid import Rigid
from archkit.diagram.plan import Group, Plan
from archkit.diagram.scene import Leaf, Rect, Scene, moved

__all__ = ["place"]

_FLOW_GAP = 44  # least distance of one rank to the next
_ACROSS_GAP = 30  # least distance of neighbours in a rank
_FRAME_GAP = 32  # the same where one is a group, so that a wire can pass between frames
_PASS = 10  # distance that a passing wire keeps on both sides
_TRACK = 9  # room for one more wire that turns between two ranks
_PATIENCE = 250  # boxes; with more the second run is left out
_ARROW = 60  # room for a wire's fork and its arrowhead beside its label


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
            self._columns(level)
            self._rows(level)
            self._lone(level)
        for group_id in self.plan.groups:
            self._frame(group_id)
        self._pull()
        for axis in (self.flow, self.across):
            axis.solve()
        self.across.balance()
        leaves = {id: self._moved(id) for id in self.plan.boxes}
        frames = {id: frame_at(group, self._rect(id)) for id, group in self.plan.groups.items()}
        return Scene(self.plan, leaves, frames, self.vertical)

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

    def _columns(self, level: Level) -> None:
        """Along the flow: nodes of a rank are centred on one line, and the whole rank ends before the next begins."""
        border: int | None = None
        for place, rank in enumerate(level.ranks):
            items = self._expanded(level, rank)
            middle: int | None = None
            for item in items:
                if item in self.leaves:
                    middle = self.flow.point(item, *self._reach(item, self.flow), middle)
            real = [item for item in items if item[0] != "~"]
            if border is not None:
                for item in real:
                    extent = self.flow.extents[item]
                    self.flow.keep(border, extent.low, extent.before + self._gap(level, place))
            border = self.flow.problem.variable() if real else border
            for item in real:
                extent = self.flow.extents[item]
                assert border is not None
                self.flow.keep(extent.high, border, extent.after, 0)

    def _expanded(self, level: Level, rank: Iterable[str]) -> list[str]:
        """Return a rank with its guards beside their hosts."""
        items = []
        for item in rank:
            guards = level.beside.get(item, [])
            items += [*guards[:1], item, *guards[1:]]
        return items

    def _gap(self, level: Level, place: int) -> float:
        """Return the distance before a rank: room for the labels and for the wires that turn there."""
        links = level.links[place - 1] if place - 1 < len(level.links) else []
        labels = []
        for link in links:
            for id in link.wires:
                end = self.wires[id].source
                if end in (link.tail_end, link.head_end):
                    labels.append(self.labels[id][1 if self.vertical else 0])
        longest = max(labels, default=0)
        turning = len({link.tail_end for link in links}) - 2
        return self.room * max(_FLOW_GAP + _TRACK * max(0, min(turning, 12)), longest + _ARROW if longest else 0)

    def _rows(self, level: Level) -> None:
        """Across the flow: the items of a rank follow one another."""
        for rank in level.ranks:
            items = self._expanded(level, rank)
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
        """Nodes without wires stand in a grid after the flow's rows, in line with its columns where it has such."""
        if not level.lone:
            return
        columns = [next((item for item in rank if item in self.leaves), None) for rank in level.ranks]
        plain = all(item in self.leaves or item[0] == "~" for rank in level.ranks for item in rank)
        width = max(len(columns) if plain else 0, min(len(level.lone), ceil((1.7 * len(level.lone)) ** 0.5)))
        lines = [item for item in columns if item] if plain else []
        middles: list[int | None] = [self.flow.extents[item].low for item in lines]
        middles += [None] * (width - len(middles))
        above = [self._expanded(level, rank)[-1] for rank in level.ranks]
        row: list[str] = []
        for place, item in enumerate(level.lone):
            column = place % width
            if column == 0:
                above, row = row or above, []
            middles[column] = self.flow.point(item, *self._reach(item, self.flow), middles[column])
            first = self.across.extents[row[0]].low if row else None
            self.across.point(item, *self._reach(item, self.across), first)
            for other in above:
                self.across.follow(self._stand_in(level, other) if other[0] == "~" else other, item, _ACROSS_GAP + 10)
            if row and column >= len(lines):
                self.flow.follow(row[-1], item, _ACROSS_GAP)
            row.append(item)

    def _frame(self, group: str) -> None:
        """A frame holds its children, with room for its title."""
        pad = PAD * self.room**0.5
        top = head_height(self.plan.groups[group]) + pad - 4
        inside = self.rigid.allowances.get(group, Allowance()).inside
        for child in self.plan.children(group):
            self.x.contain(group, child, max(pad, inside[0]), max(pad, inside[2]))
            self.y.contain(group, child, max(top, inside[1]), max(pad, inside[3]))
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
                    self.across.pull(ends[0], ends[1], weight, link.direct, self._shift(link))
            for one, two in level.line:
                self.across.pull(one, two, 400)
            for host, guards in level.beside.items():
                for guard in guards:
                    self.across.pull(host, guard, 2)
        for wire in self.plan.wires:
            self.flow.pull(wire.source, wire.target, 1)
        for group in self.plan.groups.values():
            for item in self.levels[group.id].ranks[0] if group.abreast else ():  # all begin near the top
                self.flow.problem.attract(self.flow.extents[group.id].low, self.flow.extents[item].low, 3)
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
