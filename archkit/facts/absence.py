"""What an architecture would lack without one of its edges.

What an edge became is found by leaving it out: the stacks with the edge, less the stacks without it, are its resources,
its environment variables and the properties that it changed, whatever kind or verb wrote them. To ask this of every
edge, edges that touch nothing in common are left out together, and what is then missing belongs to the one whose end
owns it. Where that is not plain, fewer are left out at once, down to one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from archkit.architecture import Architecture, Edge
from archkit.diagnostics import Report
from archkit.scope import Resource
from archkit.synth.assemble import assemble
from archkit.synth.policies import write_policies
from archkit.synth.stacks import Stack, stacks_of

__all__ = ["Absence", "Absences", "resources_of", "stacked"]

_MANY = 4
"""A node with more neighbours is a hub: edges that meet in it alone are left out together, at first."""

Absence = Mapping[str, Resource | None]
"""Resources that would differ without an edge, as they would then be; None for those that would not be there."""


def stacked(world: Architecture, report: Report) -> list[Stack]:
    """Return what an architecture becomes."""
    assembly = assemble(world, report)
    write_policies(assembly)
    return stacks_of(assembly, report)


def resources_of(stacks: Iterable[Stack]) -> dict[str, Resource]:
    """Return the resources of all stacks by their logical ids."""
    return {id: resource for stack in stacks for id, resource in stack.resources.items()}


class Absences:
    """What would differ without each edge, found when it is asked for, or for many at once."""

    def __init__(self, world: Architecture, resources: Mapping[str, Resource]) -> None:
        self.world = world
        self.resources = resources
        self._known: dict[str, Absence] = {}

    def of(self, edge: Edge) -> Absence:
        """Return what would differ without an edge."""
        if edge.id not in self._known:
            found = self._without((edge,)) if edge.effects else {}
            self._known[edge.id] = self._recorded(edge) if found is None else found
        return self._known[edge.id]

    def of_all(self, edges: Iterable[Edge]) -> None:
        """Find what would differ without each of many edges."""
        self._find([edge for edge in edges if edge.effects and edge.id not in self._known], loose=True)

    def _find(self, edges: Sequence[Edge], loose: bool) -> None:
        """Find what would differ without each of some edges, leaving out fewer at once where that is not plain."""
        for lot in self._lots(edges, loose):
            if len(lot) == 1:
                self.of(lot[0])
                continue
            missing = self._without(lot)
            shares = self._shared_out(missing, lot, loose) if missing is not None else None
            if shares is not None:
                self._known |= shares
            elif loose:
                self._find(lot, loose=False)
            else:
                middle = len(lot) // 2
                self._find(lot[:middle], loose=False)
                self._find(lot[middle:], loose=False)

    def _lots(self, edges: Sequence[Edge], loose: bool) -> list[list[Edge]]:
        """Return the edges in lots, in each of which no edge touches the neighbours of another."""
        lots: list[tuple[list[Edge], set[str], set[str]]] = []
        for edge in edges:
            near, around = self._near(edge), self._around(edge, self._flows, loose)
            if loose:
                near, around = near - self._hubs, around - self._hubs
            for lot, ends, neighbours in lots:
                if not (ends & around or neighbours & near):
                    lot.append(edge)
                    ends |= near
                    neighbours |= around
                    break
            else:
                lots.append(([edge], set(near), set(around)))
        return [lot for lot, _, _ in lots]

    def _shared_out(self, missing: Absence, lot: Sequence[Edge], loose: bool) -> dict[str, Absence] | None:
        """Return what each edge of a lot is missed by; None where it is not plain."""
        shares: dict[str, dict[str, Resource | None]] = {edge.id: {} for edge in lot}
        around = [(edge.id, self._around(edge, self._ties, loose)) for edge in lot]
        for id, before in missing.items():
            resource = self.resources[id]
            asked = [edge for edge, nodes in around if resource.owner in nodes]
            if resource.because in shares:
                asked = [resource.because]
            if len(asked) != 1:
                return None
            shares[asked[0]][id] = before
        return dict(shares)

    def _near(self, edge: Edge) -> set[str]:
        """Return the nodes at an edge, with those that made them."""
        ends = {edge.source, edge.target, *(effect.owner for effect in edge.effects)}
        return ends | {made_by for id in ends if (made_by := self.world[id].helper_of)}

    def _around(self, edge: Edge, joined: Mapping[str, set[str]], loose: bool) -> set[str]:
        """Return the nodes at an edge and those joined to them; if loose, not those beyond a node that many share."""
        near = self._near(edge)
        past = near - self._hubs if loose else near
        return near.union(*(joined.get(id, ()) for id in past))

    @cached_property
    def _flows(self) -> Mapping[str, set[str]]:
        return _neighbours(edge for edge in self.world.edges if edge.effects and not edge.badge)

    @cached_property
    def _ties(self) -> Mapping[str, set[str]]:
        return _neighbours(edge for edge in self.world.edges if edge.effects or edge.badge)

    @cached_property
    def _hubs(self) -> set[str]:
        return {id for id, others in self._ties.items() if len(others) > _MANY}

    def _without(self, edges: Sequence[Edge]) -> Absence | None:
        """Return what would differ without some edges; None where nothing can be made without them."""
        fewer = tuple(other for other in self.world.edges if all(other is not edge for edge in edges))
        try:
            before = resources_of(stacked(dataclasses.replace(self.world, edges=fewer), Report()))
        except Exception:
            # no check has passed the architecture that lacks the edge, so a kind may find itself where it never is
            return None
        return {
            id: before.get(id)
            for id, resource in self.resources.items()
            if id not in before or before[id].properties != resource.properties
        }

    def _recorded(self, edge: Edge) -> Absence:
        return {id: None for id, resource in self.resources.items() if resource.because == edge.id}


def _neighbours(edges: Iterable[Edge]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for edge in edges:
        found.setdefault(edge.source, set()).add(edge.target)
        found.setdefault(edge.target, set()).add(edge.source)
    return found
