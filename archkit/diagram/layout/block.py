"""The zones of a VPC as one rigid block: equal columns, and each tier as a row of equal subnets through them.

Its inside is settled before the rest of the picture, so that every zone looks the same and nothing outside moves it.
Each tier is a stack of bands: what stands plainly in its subnets, and what a frame over all zones holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil

from archkit.diagram.layout.levels import levels
from archkit.diagram.layout.measure import HEAD, PAD, head_height, least_size
from archkit.diagram.layout.order import order
from archkit.diagram.layout.place import place
from archkit.diagram.layout.rank import acyclic, ranks
from archkit.diagram.layout.rigid import Rigid
from archkit.diagram.plan import Plan
from archkit.diagram.scene import Leaf, Rect, moved

__all__ = ["Block", "block", "part", "zones_of"]

_PAD = 18  # between a subnet's frame and what stands in it
_OVERLAY = 10  # between a subnet's frame and a frame over all zones
_ZONE_PAD = 16  # between a zone's frame and its subnets
_ZONE_HEAD = 34
_ROW_GAP = 40  # between two tiers: room for a label on a wire that runs down
_BAND_GAP = 34
_GUTTER = 44  # between two zones


@dataclass(eq=False, repr=False)
class Block:
    """The zones of a VPC with everything inside, the upper left corner at (0, 0)."""

    width: float = 0
    height: float = 0
    leaves: dict[str, Leaf] = field(default_factory=dict)
    frames: dict[str, Rect] = field(default_factory=dict)

    def center(self, id: str) -> tuple[float, float]:
        """Return where an item's middle is, from the middle of the block."""
        rect = self.leaves[id].icon if id in self.leaves else self.frames[id]
        return rect.center.x - self.width / 2, rect.center.y - self.height / 2


@dataclass(eq=False, repr=False)
class _Piece(Block):
    """A part of it, laid out by itself in the same way."""

    lead: float = 0  # the middle of its first row of icons, which is in line with those of other pieces
    first: float = 0  # the middle of its first icon from the left


@dataclass(eq=False, repr=False)
class _Band:
    """A part of a tier: a piece for each zone, one between the zones, and the frame over all of them."""

    cells: list[_Piece]
    between: _Piece
    overlay: str | None = None
    head: float = 0
    foot: float = 0

    @property
    def lead(self) -> float:
        """Where the first row of icons lies."""
        return self.head + max(piece.lead for piece in (*self.cells, self.between))

    @property
    def height(self) -> float:
        """How high it is, the frame over it included."""
        return self.lead + max(piece.height - piece.lead for piece in (*self.cells, self.between)) + self.foot


def zones_of(plan: Plan, group: str) -> list[str]:
    """Return the zones of a VPC that is drawn with zones."""
    return [
        child for child in plan.groups[group].children if child in plan.groups and plan.groups[child].kind == "zone"
    ]


def block(plan: Plan, vpc: str, room: float, air: Mapping[str, float]) -> Block:
    """Lay out the zones of a VPC."""
    return _Builder(plan, vpc, room, air).build()


class _Builder:
    def __init__(self, plan: Plan, vpc: str, room: float, air: Mapping[str, float]) -> None:
        self.plan = plan
        self.room = room
        self.rigid = Rigid(air=air)
        self.zones = zones_of(plan, vpc)
        self.tiers = list(zip(*(plan.groups[zone].children for zone in self.zones), strict=True))
        self.overlays = {id: group for id, group in plan.groups.items() if group.overlay and group.parent == vpc}
        self.over = {member: id for id, group in self.overlays.items() for member in group.members}
        self.places: dict[str, float] = {}

    def build(self) -> Block:
        """Lay out every tier, then make columns and rows of them."""
        tiers = [self._bands(tier) for tier in self.tiers]
        wide = _even(max(self._least(tier, bands) for tier, bands in zip(self.tiers, tiers, strict=True)))
        middle = len(self.zones) // 2
        gap, gutter = _even(self._gap(tiers)), _even(_GUTTER * self.room)
        made = Block()
        lefts, x = [], 0.0
        for number in range(len(self.zones)):
            x += (gap if number == middle else gutter) if number else 0
            lefts.append(x)
            x += wide + 2 * _ZONE_PAD
        made.width = x
        y: float = _ZONE_HEAD
        for tier, bands in zip(self.tiers, tiers, strict=True):
            top, y = y, self._row(made, bands, lefts, wide, y + HEAD, gap)
            for left, subnet in zip(lefts, tier, strict=True):
                made.frames[subnet] = Rect(left + _ZONE_PAD, top, left + _ZONE_PAD + wide, y)
            y += round(_ROW_GAP * self.room)
        made.height = _even(y - _ROW_GAP * self.room + _ZONE_PAD)
        for left, zone in zip(lefts, self.zones, strict=True):
            made.frames[zone] = Rect(left, 0, left + wide + 2 * _ZONE_PAD, made.height)
        return made

    def _gap(self, tiers: Iterable[Iterable[_Band]]) -> float:
        """Return how far the two zones in the middle are apart: what stands between them and titles must fit."""
        gap = _GUTTER * self.room
        for bands in tiers:
            for band in bands:
                group = self.overlays[band.overlay] if band.overlay else None
                if band.between.width:
                    gap = max(gap, band.between.width + 40)
                if group is not None and group.frame.title == "center" and len(self.zones) % 2 == 0:
                    gap = max(gap, least_size(group)[0] - 2 * PAD + 12)
        return gap

    def _least(self, tier: Sequence[str], bands: Iterable[_Band]) -> float:
        """Return how wide the subnets of a tier must be; wires that come from above should not meet the title."""
        title = least_size(self.plan.groups[tier[0]])[0]
        least = max(title, 150.0)
        for band in bands:
            for piece in band.cells:
                least = max(least, piece.width + 2 * _PAD)
                if piece.leaves and not band.overlay:
                    least = max(least, min(piece.width + 2 * (title + 4 - piece.first), piece.width + 160))
        return least

    def _row(self, made: Block, bands: list[_Band], lefts: list[float], wide: float, y: float, gap: float) -> float:
        """Put the bands of a tier below one another; return where its subnets end."""
        middle = len(lefts) // 2
        for number, band in enumerate(bands):
            y += round((_BAND_GAP if number else 14) * self.room**0.5)
            for left, piece in zip(lefts, band.cells, strict=True):
                _put(made, piece, round(left + _ZONE_PAD + (wide - piece.width) / 2), y + band.lead - piece.lead)
            if band.between.leaves:
                x = round(lefts[middle] - gap / 2 - band.between.width / 2)
                _put(made, band.between, x, y + band.lead - band.between.lead)
            if band.overlay:
                left, right = lefts[0] + _ZONE_PAD + _OVERLAY, lefts[-1] + _ZONE_PAD + wide - _OVERLAY
                made.frames[band.overlay] = Rect(left, y, right, y + band.height)
            y += band.height
        return y + 16

    def _bands(self, tier: Sequence[str]) -> list[_Band]:
        """Part a tier into bands, in the order of the flow."""
        members = self.plan.groups[tier[0]].members
        spanning = [item for item in members if item not in self.over]
        cells = [list(self.plan.groups[subnet].children) for subnet in tier]
        keys = list(dict.fromkeys(self._key(item) for item in (*members, *(i for cell in cells for i in cell))))
        rank = self._ranks(keys)
        stack: list[list[str]] = []
        for number in sorted(set(rank.values())):
            level = [key for key in keys if rank[key] == number]
            plain = [key for key in level if key not in self.overlays]
            if plain and stack and stack[-1][0] not in self.overlays:
                stack[-1] += plain
            elif plain:
                stack.append(plain)
            stack += [[key] for key in level if key in self.overlays]
        return [self._band(set(band), cells, spanning) for band in stack or [[]]]

    def _key(self, item: str) -> str:
        """Return what a thing is ranked as: the frame over it, or the node that it is a copy of."""
        return item if item in self.overlays else self.over.get(item) or self.plan.told(item)

    def _ranks(self, keys: Sequence[str]) -> dict[str, int]:
        """Rank what stands in a tier by the wires within it."""
        pairs = [(self._unit(wire.source, keys), self._unit(wire.target, keys)) for wire in self.plan.wires]
        inner = [(one, two) for one, two in pairs if one and two and one != two]
        return ranks(keys, acyclic(keys, inner))

    def _unit(self, end: str, keys: Sequence[str]) -> str | None:
        return next((key for id in self.plan.chain(end) if (key := self._key(id)) in keys), None)

    def _band(self, keys: set[str], cells: Sequence[Sequence[str]], spanning: Sequence[str]) -> _Band:
        overlay = next((key for key in keys if key in self.overlays), None)
        if overlay:
            spanning = [
                item for item in self.overlays[overlay].members if self.plan.parent(item) not in self._subnets()
            ]
        else:
            spanning = [item for item in spanning if self._key(item) in keys]
        inside = [self._sorted(item for item in cell if self._key(item) in keys) for cell in cells]
        pieces = [self._piece(items) for items in inside]
        band = _Band(pieces, self._piece(spanning), overlay)
        for items, piece in zip(inside, pieces, strict=True):
            for item in items:
                rect = piece.leaves[item].icon if item in piece.leaves else piece.frames[item]
                self.places.setdefault(self.plan.told(item), rect.center.x - piece.width / 2)
        self.places |= dict.fromkeys([*spanning, *([overlay] if overlay else [])], 0.0)
        if overlay:
            band.head, band.foot = head_height(self.overlays[overlay]) + 10, 10
        return band

    def _subnets(self) -> set[str]:
        return {subnet for tier in self.tiers for subnet in tier}

    def _sorted(self, items: Iterable[str]) -> list[str]:
        """Sort what stands in a subnet by where its neighbours in the tiers before stand; stable."""
        wish = {}
        for number, item in enumerate(items):
            told = self.plan.told(item)
            near = [
                self.places[self._known(end)]
                for wire in self.plan.wires
                for mine, end in ((wire.source, wire.target), (wire.target, wire.source))
                if self.plan.told(mine) == told and self._known(end) in self.places
            ]
            wish[item] = (round(sum(near) / len(near)) if near else 0, number)
        return sorted(wish, key=lambda item: wish[item])

    def _known(self, end: str) -> str:
        return end if end in self.places else self.plan.told(end)

    def _piece(self, items: Sequence[str]) -> _Piece:
        """Lay out some items by themselves."""
        if not items:
            return _Piece()
        inner = part(self.plan, items)
        found = levels(inner, True, packed=False)
        order(found)
        scene = place(inner, found, True, self.room, self.rigid)
        around = scene.bounds
        dx, dy = ceil(-around.left), ceil(-around.top)  # whole px, so that icons and lines stay sharp
        leaves = {id: replace(moved(leaf, dx, dy), box=self.plan.boxes[id]) for id, leaf in scene.leaves.items()}
        frames = {id: frame.rect.moved(dx, dy) for id, frame in scene.frames.items()}
        icons = [leaf.icon.center for leaf in leaves.values()]
        lead, first = min((point.y for point in icons), default=0), min((point.x for point in icons), default=0)
        return _Piece(ceil(around.right + dx), ceil(around.bottom + dy), leaves, frames, lead, first)


def _even(value: float) -> int:
    return 2 * ceil(value / 2)


def part(plan: Plan, items: Sequence[str]) -> Plan:
    """Return a plan of some items alone, with what they hold and the wires between them."""
    inside = [id for id in plan.items() if any(item in plan.chain(id) for item in items)]
    boxes = {id: plan.boxes[id] for id in inside if id in plan.boxes}
    groups = {id: plan.groups[id] for id in inside if id in plan.groups}
    for item in items:
        if item in boxes:
            boxes[item] = replace(boxes[item], parent=None)
        else:
            groups[item] = replace(groups[item], parent=None)
    wires = tuple(wire for wire in plan.wires if wire.source in inside and wire.target in inside)
    return replace(plan, boxes=boxes, groups=groups, roots=tuple(items), wires=wires)


def _put(made: Block, piece: _Piece, x: float, y: float) -> None:
    made.leaves |= {id: moved(leaf, x, y) for id, leaf in piece.leaves.items()}
    made.frames |= {id: rect.moved(x, y) for id, rect in piece.frames.items()}
