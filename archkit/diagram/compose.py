"""From a plan to a finished scene: layout, routes and labels, with more room where the first try is too tight."""

from __future__ import annotations

from archkit.diagram.labels import place_labels
from archkit.diagram.layout import arrange
from archkit.diagram.plan import Plan
from archkit.diagram.route import route
from archkit.diagram.scene import Scene
from archkit.diagram.zones import expand

__all__ = ["compose"]

_ROOMS = (1.0, 1.3, 1.7, 2.2)
_PATIENCE = 40  # boxes; more are laid out once


def compose(plan: Plan) -> Scene:
    """Return the scene with the least trouble: labels that lie on something, wires that lie on one another."""
    told, plan = plan, expand(plan)
    best: tuple[int, Scene] | None = None
    for room in _ROOMS[: 1 if len(plan.boxes) > _PATIENCE else None]:
        scene = arrange(plan, room)
        trouble = route(scene) + place_labels(scene)
        if best is None or trouble < best[0]:
            best = (trouble, scene)
        if not trouble:
            break
    assert best is not None
    best[1].told = told
    return best[1]
