"""What each kind says about its own properties, and each join about its two ends."""

from __future__ import annotations

from archkit.architecture import Architecture, Ends
from archkit.diagnostics import Report

__all__ = ["check"]


def check(world: Architecture, report: Report) -> None:
    """Report what kinds and joins refuse."""
    for node in world.nodes.values():
        for refusal in () if node.existing is not None else node.kind.check(node, world):
            span = refusal.span or (node.at(refusal.option) if refusal.option else node.span)
            report.error(refusal.code, refusal.message, span, refusal.help)
    for edge in world.edges:
        for effect in edge.effects:
            found = effect.join.refuse(Ends(world, edge, effect)) if effect.join else None
            if found is not None:
                span = found.span or (edge.at(found.option) if found.option else edge.span)
                report.error(found.code, found.message, span, found.help)
