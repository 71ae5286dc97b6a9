"""An architecture becomes resources: every node built, every edge applied, every node finished. Values are still
symbolic.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from archkit.architecture import Architecture, Edge, Place
from archkit.diagnostics import Report, Span
from archkit.scope import Resource, Statement

__all__ = ["Assembly", "Role", "Unchangeable", "assemble"]


class Unchangeable(Exception):
    """An edge would have to change a node that exists already; `args` are the node's id and what would change."""


class Unpackable(Exception):
    """The code of a function or layer cannot be read or zipped."""


@dataclass
class Role:
    """A role (or user, or group) with its policy's statements; `external` where it is not the blueprint's to change.

    `attaches` is the property of a policy that names whom it is for.
    """

    id: str
    owner: str
    place: Place
    resource: Resource | None
    statements: list[Statement] = field(default_factory=list)
    external: Any = None
    attaches: str = "Roles"


@dataclass
class Assembly:
    """Everything that the stacks will hold, by logical id, with who asked for it."""

    world: Architecture
    report: Report
    local_code: bool = False
    resources: dict[str, Resource] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    doors: dict[str, list[Statement]] = field(default_factory=dict)
    assets: dict[str, bytes] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, dict[str, Any]] = field(default_factory=dict)
    scopes: dict[str, Any] = field(default_factory=dict)
    transforms: dict[Place, list[str]] = field(default_factory=dict)

    def add(self, resource: Resource) -> Resource:
        """Add a resource; two that would have one logical id are an error of the blueprint."""
        other = self.resources.get(resource.id)
        if other is not None and other is not resource:
            self._collide(resource, other)
        self.resources[resource.id] = resource
        return resource

    def _collide(self, resource: Resource, other: Resource) -> None:
        node = self.world.nodes.get(resource.owner) or self.world.nodes[other.owner]
        self.report.error(
            "id-collision",
            f"'{resource.owner}' and '{other.owner}' would both make a resource '{resource.id}'",
            node.span,
            "rename one, or give the node a 'logical_id'",
        )


def assemble(world: Architecture, report: Report, local_code: bool = False) -> Assembly:
    """Build every node, apply every edge, then finish every node, in the order of the blueprint."""
    from archkit.synth.classes import Unfit
    from archkit.synth.linking import EdgeLink
    from archkit.synth.scoping import NodeScope

    assembly = Assembly(world, report, local_code)
    for node in world.nodes.values():
        assembly.scopes[node.id] = NodeScope(assembly, node)
    live = [scope for id, scope in assembly.scopes.items() if world[id].existing is None]
    for scope in live:
        try:
            scope.build()
        except Unfit as error:
            _unfit(error, scope.node.span, report)
        except Unpackable as error:
            report.error(
                "cannot-package", f"the code of '{scope.node.id}' cannot be packaged: {error}", scope.node.at("code")
            )
    if report.failed:
        return assembly
    for edge in world.edges:
        for effect in edge.effects:
            try:
                _apply(EdgeLink(assembly, edge, effect), edge, report)
            except Unfit as error:
                _unfit(error, edge.span, report)
    for scope in live:
        try:
            scope.kind.finish(scope)
        except Unfit as error:
            _unfit(error, scope.node.span, report)
    _check_parameters(assembly)
    return assembly


def _unfit(error: Exception, span: Span, report: Report) -> None:
    type, reason = error.args
    report.error(
        "refused-value",
        f"{type} refuses a value: {reason}",
        span,
        "mend the value if it stands here; if archkit made it up, please report it with the blueprint",
    )


def _apply(link: Any, edge: Edge, report: Report) -> None:
    try:
        link.run()
    except Unchangeable as error:
        id, what = error.args
        way = "make that change where it is owned, and write 'does: flow' here to draw the arrow"
        if what.startswith("its '"):
            way = f"existing: {{{what.split(chr(39))[1]}: ...}}"
        report.error(
            "cannot-change", f"'{id}' exists already and is never changed, but this edge needs {what}", edge.span, way
        )


def _check_parameters(assembly: Assembly) -> None:
    for name, parameter in assembly.world.parameters.items():
        if name in assembly.resources:
            owner = assembly.resources[name].owner
            assembly.report.error(
                "id-collision",
                f"the parameter '{name}' has the logical id of a resource of '{owner}'",
                parameter.span,
                "rename the parameter",
            )
