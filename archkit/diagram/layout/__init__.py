"""Layout: a plan becomes a scene in which every node and every frame has its place; wires come later."""

from __future__ import annotations

from archkit.diagram.layout.levels import Level, levels
from archkit.diagram.layout.order import order
from archkit.diagram.layout.place import place
from archkit.diagram.plan import Plan
from archkit.diagram.scene import Scene

__all__ = ["arrange"]


def arrange(plan: Plan) -> Scene:
    """Rank, order and place everything."""
    found = levels(plan)
    order(found)
    return place(plan, found, _vertical(plan, found))


def _vertical(plan: Plan, found: dict[str | None, Level]) -> bool:
    """Whether the flow runs downwards: as the blueprint says, else where it would become far too wide."""
    if plan.direction is not None:
        return plan.direction.lower() in ("down", "tb", "top-to-bottom", "vertical")
    return False
