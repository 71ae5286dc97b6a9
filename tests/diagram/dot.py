"""Graphviz as a yardstick: the same boxes, clusters, distances and edges laid out by `dot` with right-angled edges.

Both pictures are measured in one way: the stretches of every wire outside of the two boxes that it joins, and the
places at which two wires cross, each counted once however many wires lie on one another there.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

from archkit.diagram.layout.measure import head_height, least_size
from archkit.diagram.plan import Plan, Wire
from archkit.diagram.scene import Point, Rect, Scene

__all__ = ["MISSING", "Measure", "bare", "by_dot", "measured", "ours"]

MISSING = "" if shutil.which("dot") else "the program dot is not on the PATH"
"""Why there is nothing to compare with; empty where there is."""

_NODES, _RANKS, _MARGIN = 30, 44, 24  # px: the least distances that archkit's own layout keeps
_INCH = 72

Way = tuple[Rect, Rect, Sequence[Point]]
"""A wire: the boxes at its ends, and its corners."""


@dataclass(frozen=True)
class Measure:
    """The sum of all wires' lengths in px, and the number of places at which wires cross."""

    length: float = 0
    crossings: int = 0

    def __add__(self, other: Measure) -> Measure:
        return Measure(self.length + other.length, self.crossings + other.crossings)


def bare(plan: Plan) -> Plan:
    """Return a plan that both can draw: without labels, without loops, and without wires to groups."""
    wires = (wire for wire in plan.wires if {wire.source, wire.target} <= plan.boxes.keys())
    kept = tuple(replace(wire, label=None, step=None) for wire in wires if wire.source != wire.target)
    return replace(plan, wires=kept, steps=())


def ours(scene: Scene) -> list[Way]:
    """Return the wires of a scene."""
    return [(scene.rect(route.wire.source), scene.rect(route.wire.target), route.points)
            for route in scene.routes if _is_common(scene, route.wire)]  # fmt: skip


def _is_common(scene: Scene, wire: Wire) -> bool:
    """Whether a wire joins two boxes, as an edge of `dot` must."""
    return {wire.source, wire.target} <= scene.leaves.keys()


def by_dot(scene: Scene) -> list[Way] | None:
    """Return the wires as `dot` draws them between the boxes of a scene, which flows the same way.

    None where it crashes, which it does on one graph or another.
    """
    text = "\n".join(_graph(scene))
    done = subprocess.run(["dot", "-Tjson"], input=text, capture_output=True, text=True)
    if done.returncode:
        return None
    drawn = json.loads(done.stdout)
    boxes = {}
    for item in drawn["objects"]:
        if "pos" in item:
            x, y = map(float, item["pos"].split(","))
            wide, high = float(item["width"]) * _INCH / 2, float(item["height"]) * _INCH / 2
            boxes[item["_gvid"]] = Rect(x - wide, y - high, x + wide, y + high)
    return [(boxes[edge["tail"]], boxes[edge["head"]], _corners(edge)) for edge in drawn.get("edges", ())]


def _graph(scene: Scene) -> Iterator[str]:
    plan = scene.plan
    yield f"digraph {{ splines=ortho; rankdir={'TB' if scene.vertical else 'LR'}"
    yield f"nodesep={_NODES / _INCH}; ranksep={_RANKS / _INCH}"
    yield 'node [shape=box fixedsize=true label=""]; edge [dir=none]'  # an arrowhead would shorten the line
    for id in plan.roots:
        yield from _item(scene, id)
    for wire in filter(partial(_is_common, scene), plan.wires):
        yield f'"{wire.source}" -> "{wire.target}";'
    yield "}"


def _item(scene: Scene, id: str) -> Iterator[str]:
    group = scene.plan.groups.get(id)
    if group is None:
        rect = scene.leaves[id].rect
        yield f'"{id}" [width={rect.width / _INCH} height={rect.height / _INCH}];'
    elif not group.overlay:
        wide, high = least_size(group)[0], head_height(group)
        title = f'<<TABLE BORDER="0" FIXEDSIZE="TRUE" WIDTH="{wide}" HEIGHT="{high - 12}"><TR><TD></TD></TR></TABLE>>'
        yield f'subgraph "cluster_{id}" {{ graph [margin={_MARGIN} label={title}];'
        for child in group.children:
            yield from _item(scene, child)
        yield "}"


def _corners(edge: dict[str, object]) -> list[Point]:
    """Return the corners of an edge: its curves are straight, so that every third point of them is one."""
    drawing = next(step for step in edge["_draw_"] if step["op"] in "bB")  # type: ignore[attr-defined]
    return [Point(x, y) for x, y in drawing["points"][::3]]


def measured(ways: Iterable[Way]) -> Measure:
    """Measure a picture."""
    ways = list(ways)
    length = sum(_outside(one, two, ends) for *ends, points in ways for one, two in pairwise(points))
    return Measure(length, len(set(_crossings([points for *_, points in ways]))))


def _outside(one: Point, two: Point, boxes: Sequence[Rect]) -> float:
    """Return how much of a stretch lies outside of both boxes."""
    length = abs(two.x - one.x) + abs(two.y - one.y)
    low, high = Point(min(one.x, two.x), min(one.y, two.y)), Point(max(one.x, two.x), max(one.y, two.y))
    for box in boxes:
        if box.left <= low.x and high.x <= box.right and (low.y < box.bottom and box.top < high.y):
            length -= min(high.y, box.bottom) - max(low.y, box.top) if high.y > low.y else 0
        if box.top <= low.y and high.y <= box.bottom and (low.x < box.right and box.left < high.x):
            length -= min(high.x, box.right) - max(low.x, box.left) if high.x > low.x else 0
    return length


def _crossings(ways: Sequence[Sequence[Point]]) -> Iterator[tuple[int, int]]:
    """Yield the places at which a stretch that runs across and one that runs down pass through one another."""
    parts = [(number, *part) for number, points in enumerate(ways) for part in pairwise(points)]
    across = [(n, a.y, min(a.x, b.x), max(a.x, b.x)) for n, a, b in parts if abs(a.y - b.y) < 0.01]
    down = [(n, a.x, min(a.y, b.y), max(a.y, b.y)) for n, a, b in parts if abs(a.x - b.x) < 0.01]
    for mine, y, left, right in across:
        for its, x, top, bottom in down:
            if mine != its and left + 1 < x < right - 1 and top + 1 < y < bottom - 1:
                yield round(x), round(y)
