"""Layout: a plan becomes a scene in which every node and every frame has its place; wires come later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import floor, log

from archkit.diagram.layout.block import Block, block, part, zones_of
from archkit.diagram.layout.border import allowances, borders, place_borders
from archkit.diagram.layout.card import Card
from archkit.diagram.layout.levels import levels
from archkit.diagram.layout.measure import frame_at
from archkit.diagram.layout.order import order
from archkit.diagram.layout.place import place
from archkit.diagram.layout.rigid import Rigid
from archkit.diagram.plan import Box, Plan, Wire
from archkit.diagram.scene import Rect, Scene, moved

__all__ = ["arrange"]

_DOWN = ("down", "tb", "top-to-bottom", "vertical")
_MANY = 250  # boxes; with more the other direction is not tried
_WIDE = 1500  # px; a picture up to this width is left as it is, however flat it is


def arrange(plan: Plan, room: float = 1.0, air: Mapping[str, float] | None = None) -> Scene:
    """Rank, order and place everything; `room` stretches the distances between nodes, `air` those of some."""
    air = air or {}
    if plan.direction is not None:
        return _Arranger(plan, room, air, plan.direction.lower() in _DOWN).scene()
    if any(zones_of(plan, id) for id in plan.groups):
        return _Arranger(plan, room, air, True).scene()
    scene = _Arranger(plan, room, air, False).scene()
    if scene.bounds.width <= max(_WIDE, 3.2 * scene.bounds.height) or len(plan.boxes) > _MANY:
        return scene
    return min(scene, _Arranger(plan, room, air, True).scene(), key=_awkwardness)


def _awkwardness(scene: Scene) -> float:
    """Return how far a scene's shape is from that of a page or a slide."""
    return abs(log(scene.bounds.width / scene.bounds.height / 1.5))


class _Arranger:
    """Lays out the zones of every VPC, then the rest around these blocks, then the gateways on the frames."""

    def __init__(self, plan: Plan, room: float, air: Mapping[str, float], vertical: bool) -> None:
        self.plan = plan
        self.room = room
        self.air = air
        self.vertical = vertical
        self.blocks: dict[str, Block] = {}
        self.inside: dict[str, str] = {}
        for id in plan.groups:
            made = self._block(id) if id not in self.inside else None
            if made is not None:
                self.blocks[_name(id)] = made
                self.inside |= dict.fromkeys((*made.leaves, *made.frames), _name(id))
        self.gateways = [id for id in borders(plan) if id not in self.inside]
        self.ends: dict[tuple[str, str], tuple[float, float]] = {}
        self.outer = self._outer()
        self.levels = levels(self.outer, vertical)
        order(self.levels)

    def _block(self, id: str) -> Block | None:
        """Lay out by itself what is drawn as zones, or flows another way than what is around it."""
        if zones_of(self.plan, id):
            return block(self.plan, id, self.room, self.air)
        direction = self.plan.groups[id].direction
        if direction is None or (direction in _DOWN) == self.vertical:
            return None
        inner = part(self.plan, [child for child in self.plan.children(id) if child not in borders(self.plan)])
        scene = _Arranger(inner, self.room, self.air, not self.vertical).scene()
        left, top, right, bottom = (2 * floor(side / 2) for side in scene.bounds)
        right, bottom = right + 2, bottom + 2
        leaves = {id: replace(moved(leaf, -left, -top), box=self.plan.boxes[id]) for id, leaf in scene.leaves.items()}
        frames = {id: frame.rect.moved(-left, -top) for id, frame in scene.frames.items()}
        return Block(right - left, bottom - top, leaves, frames)

    def scene(self) -> Scene:
        """Place everything."""
        vertical = self.vertical
        leaves = {name: _leaf(self.outer.boxes[name], made) for name, made in self.blocks.items()}
        rigid = Rigid(leaves, self.ends, allowances(self.plan, self.gateways, vertical), self.air)
        scene = place(self.outer, self.levels, vertical, self.room, rigid)
        scene.plan = self.plan
        for name, made in self.blocks.items():
            x, y = scene.leaves.pop(name).icon[:2]
            scene.leaves |= {id: moved(leaf, x, y) for id, leaf in made.leaves.items()}
            scene.frames |= {id: frame_at(self.plan.groups[id], rect.moved(x, y)) for id, rect in made.frames.items()}
        for id, frame in scene.frames.items():
            scene.frames[id] = replace(frame, group=self.plan.groups[id])
        scene.frames = {id: scene.frames[id] for id in self.plan.groups}
        place_borders(scene, self.gateways)
        scene.leaves = {id: scene.leaves[id] for id in self.plan.boxes}
        return scene

    def _outer(self) -> Plan:
        """Return the plan with each block as one box, without what stands on frames."""
        plan, gone = self.plan, {*self.inside, *self.gateways}
        self.outside = {id for id in plan.items() if id not in gone}
        if not gone:
            return plan
        groups = {}
        for id, group in plan.groups.items():
            if id not in gone:
                kept = tuple(child for child in group.children if child not in gone)
                blocks = (_name(id),) if _name(id) in self.blocks else ()
                groups[id] = replace(group, children=(*blocks, *kept))
        boxes = {id: box for id, box in plan.boxes.items() if id not in gone}
        boxes |= {name: Box(name, "", "", "", name[1:], shape="block") for name in self.blocks}
        wires = tuple(wire for old in plan.wires if (wire := self._retied(old)) is not None)
        return replace(plan, groups=groups, boxes=boxes, wires=wires)

    def _retied(self, wire: Wire) -> Wire | None:
        """Tie a wire to the blocks that its ends stand in, and to the frames of the gateways at its ends.

        Returns None where both are the same then.
        """
        if wire.source == wire.target:
            return wire if wire.source in self.outside else None
        ends = []
        for end in (wire.source, wire.target):
            name = self.inside.get(end)
            if name is not None:
                self.ends[wire.id, name] = self.blocks[name].center(end)
            elif end not in self.outside:
                name = self.plan.boxes[end].parent
            ends.append(name or end)
        return replace(wire, source=ends[0], target=ends[1]) if ends[0] != ends[1] else None


def _name(vpc: str) -> str:
    """Return the name of the box that stands for the zones of a VPC."""
    return f"={vpc}"


def _leaf(box: Box, made: Block) -> Card:
    wide, high = made.width / 2, made.height / 2
    return Card(box, Rect(-wide, -high, wide, high), (), ())
