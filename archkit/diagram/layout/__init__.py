"""Layout: a plan becomes a scene in which every node and every frame has its place; wires come later."""

from __future__ import annotations

from math import log

from archkit.diagram.layout.levels import levels
from archkit.diagram.layout.order import order
from archkit.diagram.layout.place import place
from archkit.diagram.plan import Plan
from archkit.diagram.scene import Scene

__all__ = ["arrange"]

_DOWN = ("down", "tb", "top-to-bottom", "vertical")
_WIDE = 1500  # px; a picture up to this width is left as it is, however flat it is


def arrange(plan: Plan, room: float = 1.0) -> Scene:
    """Rank, order and place everything; `room` stretches the distances between nodes."""
    found = levels(plan)
    order(found)
    if plan.direction is not None:
        return place(plan, found, plan.direction.lower() in _DOWN, room)
    scene = place(plan, found, False, room)
    if scene.bounds.width <= max(_WIDE, 3.2 * scene.bounds.height):
        return scene
    down = place(plan, found, True, room)
    return min(scene, down, key=_awkwardness)


def _awkwardness(scene: Scene) -> float:
    """Return how far a scene's shape is from that of a page or a slide."""
    return abs(log(scene.bounds.width / scene.bounds.height / 1.5))
