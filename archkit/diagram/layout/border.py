"""What stands on the frame of its group: gateways, on the side from which their traffic comes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal, NamedTuple

from archkit.diagram.layout.measure import HEAD, leaf, least_size
from archkit.diagram.plan import Box, Plan
from archkit.diagram.scene import Frame, Leaf, Line, Point, Rect, Scene, moved

__all__ = ["Allowance", "allowances", "borders", "place_borders"]

Side = Literal["left", "top", "right", "bottom"]
_SIDES: tuple[Side, ...] = ("left", "top", "right", "bottom")
_AIR = 8  # around what stands on a frame
_SPACE = 100  # least distance of two of them on one side
_START: dict[Side, int] = {"left": 44, "right": 44, "top": 36, "bottom": 70}  # from the title, or from a corner
_END: dict[Side, int] = {"left": 70, "right": 70, "top": 130, "bottom": 70}


class Allowance(NamedTuple):
    """The room that gateways take out of a group's frame and inside of it (left, top, right, bottom), and the frame's
    least width and height."""

    out: tuple[float, ...] = (0, 0, 0, 0)
    inside: tuple[float, ...] = (0, 0, 0, 0)
    least: tuple[float, float] = (0, 0)


def borders(plan: Plan) -> list[str]:
    """Return the nodes that stand on the frame of the group around them; what is inside a zone has no room there."""
    found = []
    for id, box in plan.boxes.items():
        around = plan.chain(id)[1:]
        if box.border and around and not any(plan.groups[group].row for group in around):
            found.append(id)
    return found


def allowances(plan: Plan, gateways: Iterable[str], vertical: bool) -> dict[str, Allowance]:
    """Return the room that gateways need at each group's frame."""
    sides: dict[tuple[str, Side], list[Leaf]] = {}
    for id in gateways:
        place = plan.boxes[id].parent or "", _side(plan, id, vertical)
        sides.setdefault(place, []).append(_on(plan.boxes[id], Rect(0, 0, 0, 0), place[1], 0))
    found: dict[str, Allowance] = {}
    for (group, side), leaves in sides.items():
        out, inside, least = found.get(group, Allowance())
        at, around = _SIDES.index(side), Rect.around(leaf.rect for leaf in leaves)
        beyond = -around[at] if at < 2 else around[at]
        within = around[at + 2] if at < 2 else -around[at - 2]
        length = _START[side] + _space(leaves) * (len(leaves) - 1) + _END[side]
        if side in ("top", "bottom"):
            head = least_size(plan.groups[group])[0] if side == "top" else 0
            least = max(least[0], head + length), least[1]
        else:
            least = least[0], max(least[1], HEAD + length)
        found[group] = Allowance(_with(out, at, beyond + _AIR), _with(inside, at, within + _AIR), least)
    return found


def _space(leaves: Iterable[Leaf]) -> float:
    """Return how far gateways on one side stand apart."""
    return max(_SPACE, *(max(leaf.rect.width, leaf.rect.height) + 24 for leaf in leaves))


def _with(values: tuple[float, ...], at: int, value: float) -> tuple[float, ...]:
    return (*values[:at], value, *values[at + 1 :])


def _side(plan: Plan, id: str, vertical: bool) -> Side:
    """Return the side that a gateway stands on: where the flow comes in, unless it only leads out."""
    group = plan.boxes[id].parent or ""
    leads_out = [wire for wire in plan.wires if wire.source == id and group not in plan.chain(wire.target)]
    comes_out = [wire for wire in plan.wires if wire.target == id and group in plan.chain(wire.source)]
    comes_in = [wire for wire in plan.wires if wire.target == id and group not in plan.chain(wire.source)]
    if (leads_out or comes_out) and not comes_in:
        return "bottom" if vertical else "right"
    return "top" if vertical else "left"


def place_borders(scene: Scene, gateways: Iterable[str]) -> None:
    """Put every gateway on its frame, in line with what its traffic leads to."""
    sides: dict[tuple[str, Side], list[str]] = {}
    for id in gateways:
        group = scene.plan.boxes[id].parent or ""
        sides.setdefault((group, _side(scene.plan, id, scene.vertical)), []).append(id)
    for (group, side), ids in sides.items():
        frame = scene.frames[group]
        wishes = {id: _wish(scene, id, frame, side) for id in ids}
        low, high = _room(frame, side)
        space = _space(_on(scene.plan.boxes[id], frame.rect, side, 0) for id in ids)
        at = low - space
        for id in sorted(ids, key=lambda id: (wishes[id], ids.index(id))):
            at = max(at + space, min(wishes[id], high - space * (len(ids) - 1)), low)
            scene.leaves[id] = _on(scene.plan.boxes[id], frame.rect, side, at)


def _room(frame: Frame, side: Side) -> tuple[float, float]:
    """Return between where gateways may stand on a side: off the corners and the title."""
    left, top, right, bottom = frame.rect
    if side in ("left", "right"):
        return max(top, frame.head.bottom) + _START[side], bottom - _END[side]
    return (frame.head.right if side == "top" else left) + _START[side], right - _END[side]


def _wish(scene: Scene, id: str, frame: Frame, side: Side) -> float:
    """Return where on its side a gateway would stand best."""
    ends = [end for wire in scene.plan.wires for end in _through(scene.plan, wire.source, wire.target, id)]
    points = [_middle(scene, end) for end in dict.fromkeys(ends)] or [frame.rect.center]
    values = [point.x if side in ("top", "bottom") else point.y for point in points]
    return sum(values) / len(values)


def _through(plan: Plan, source: str, target: str, id: str) -> Iterable[str]:
    """Yield what a gateway should be in line with: its own neighbours inside, else what is entered from outside."""
    group = plan.boxes[id].parent
    if id in (source, target):
        yield target if source == id else source
    elif group in plan.chain(target) and group not in plan.chain(source):
        yield target


def _middle(scene: Scene, id: str) -> Point:
    if id not in scene.leaves and id in scene.plan.boxes:
        id = scene.plan.boxes[id].parent or ""  # another gateway, which has no place yet
    return scene.leaves[id].icon.center if id in scene.leaves else scene.frames[id].rect.center


def _on(box: Box, frame: Rect, side: Side, at: float) -> Leaf:
    """Return a gateway at a place on a side; its name stands below it, on top of a frame beside it."""
    small = leaf(replace(box, guard=True))
    left, top, right, bottom = frame
    x, y = (
        (at, top if side == "top" else bottom) if side in ("top", "bottom") else (left if side == "left" else right, at)
    )
    found = replace(moved(small, x, y), box=box)
    if side != "top":
        return found
    beside = found.icon.right + 8
    lines: list[tuple[Line, ...]] = []
    base = top + 16
    for group in (found.name, found.caption):
        lines.append(
            tuple(replace(line, x=beside + line.width / 2, y=base + number * 15) for number, line in enumerate(group))
        )
        base += 15 * len(group)
    return replace(found, name=lines[0], caption=lines[1])
