"""Which wires may share a trunk, so that a fan is drawn as a tree and no tree says more than the edges do.

A wire belongs to at most one bundle. Were it merged with others at both of its ends, the drawing would join nodes
that no edge joins.
"""

from __future__ import annotations

from collections.abc import Sequence

from archkit.diagram.plan import Wire

__all__ = ["nets"]


def nets(wires: Sequence[Wire]) -> dict[str, str]:
    """Return the bundle of every wire by its id: wires of one source, else of one target, of the same style.

    What all copies of a node lead to is joined at its target first.
    """
    pairs: dict[frozenset[str], int] = {}
    for wire in wires:
        pair = frozenset((wire.source, wire.target))
        pairs[pair] = pairs.get(pair, 0) + 1
    free = [
        wire
        for wire in wires
        if not wire.both and wire.source != wire.target and pairs[frozenset((wire.source, wire.target))] == 1
    ]
    found = {wire.id: f"wire {wire.id}" for wire in wires}
    several = _targets_of_copies(free)
    for end, only in (("target", several), ("source", None), ("target", None)):
        bundles: dict[tuple[str, str], list[Wire]] = {}
        for wire in free:
            if found[wire.id].startswith("wire ") and (only is None or wire.target in only):
                bundles.setdefault((getattr(wire, end), wire.style), []).append(wire)
        for (node, style), members in bundles.items():
            if len(members) > 1:
                found.update({wire.id: f"{end} {node} {style}" for wire in members})
    return found


def _targets_of_copies(wires: Sequence[Wire]) -> set[str]:
    """Return what all copies of a node lead to."""
    targets: dict[str, set[str]] = {}
    for wire in wires:
        if wire.edge:
            targets.setdefault(wire.edge, set()).add(wire.target)
    return {target for found in targets.values() if len(found) == 1 for target in found}
