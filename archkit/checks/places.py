"""Edges between places: what AWS does within one Region only, and rights that end at an account's border."""

from __future__ import annotations

from archkit.architecture import Architecture, Effect, Ends
from archkit.diagnostics import Report
from archkit.kind import Poll, Push

__all__ = ["check"]

NEAR = frozenset({"dead_letter", "call"})
"""Words that AWS knows within a Region only: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
and https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html"""
RULES = "events.amazonaws.com"
"""A rule reaches other Regions through their buses only:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html"""


def check(world: Architecture, report: Report) -> None:
    """Report what cannot reach from one Region to another, and warn of rights in another account."""
    _keys(world, report)
    for edge in world.edges:
        for effect in edge.effects:
            ends = Ends(world, edge, effect)
            if not all(node.kind.types and node.existing is None for node in (ends.source, ends.target)):
                continue
            if edge.source == edge.target and isinstance(effect.partner, Poll):
                report.error("endless", f"what '{edge.source}' gives would come back to it, without an end", edge.span,
                             "send it elsewhere")  # fmt: skip
            (account, region), (other, there) = ends.source.place, ends.target.place
            if region != there and _near(effect, ends):
                both = f"'{edge.source}' and '{edge.target}' stand in different Regions"
                report.error("other-region", f"{both}, which '{effect.word}' cannot join", edge.span,
                             "put both into one Region, or an event bus between them")  # fmt: skip
            elif account != other and effect.grant is not None:
                report.warn("other-account", f"'{edge.target}' stands in another account than '{edge.source}'",
                            edge.span, f"its own policy must let the role of '{edge.source}' in as well")  # fmt: skip


def _keys(world: Architecture, report: Report) -> None:
    """A key encrypts in its own Region only."""
    for node in world.nodes.values():
        if node.helper_of is not None or node.existing is not None:
            continue
        key = world.nodes.get(node.kind.encryption_key() or "")
        if key is not None and key.existing is None and key.place[1] != node.place[1]:
            where = node.place[1] or "the blueprint's own Region"
            report.error("wrong-region", f"'{node.id}' is made in {where}, where the key '{key.id}' is not",
                         node.at(node.kind.key_property), "give it a key of its own Region")  # fmt: skip


def _near(effect: Effect, ends: Ends) -> bool:
    if isinstance(effect.partner, Poll) or effect.word in NEAR:
        return True
    if not isinstance(effect.join, Push) or effect.join.service != RULES:
        return False
    admits = ends.other.kind.admits
    return admits is not None and admits.protocol != "events"
