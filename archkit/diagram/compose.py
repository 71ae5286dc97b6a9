"""From a plan to a finished scene: layout, routes and labels, with more room where the first try is too tight."""

from __future__ import annotations

from archkit.diagram.labels import place_labels
from archkit.diagram.layout import arrange
from archkit.diagram.plan import Plan
from archkit.diagram.route import route
from archkit.diagram.scene import Scene
from archkit.diagram.zones import expand

__all__ = ["compose"]

_ROOMS = (1.0, 1.0, 1.0, 1.1, 1.1, 1.3, 1.5, 1.8, 2.2)
_PATIENCE = 40  # boxes; more are laid out once
_AIR = 16  # more room around what has trouble, at each try


def compose(plan: Plan) -> Scene:
    """Return the scene with the least trouble: labels that lie on something, wires that lie on one another.

    What has trouble gets more room around its ends in the next try, and leaves them on other sides; where that does
    not help, everything gets more room.
    """
    told, plan = plan, expand(plan)
    air: dict[str, float] = {}
    taken: dict[str, set[int]] = {}
    best: Scene | None = None
    for room in _ROOMS[: 1 if len(plan.boxes) > _PATIENCE else None]:
        scene = arrange(plan, room, air)
        route(scene, taken)
        place_labels(scene)
        if best is None or len(scene.crowded) < len(best.crowded):
            best = scene
        if not scene.crowded:
            break
        for wire in plan.wires:
            if wire.id in scene.crowded:
                for end in (wire.source, wire.target):
                    air[end] = air.get(end, 0) + _AIR
                taken.setdefault(wire.id, set()).update(scene.sides.get(wire.id, ()))
    assert best is not None
    best.told = told
    return best
