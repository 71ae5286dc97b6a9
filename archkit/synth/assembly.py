"""Everything that the stacks will hold, while it is put together. Values are still symbolic."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from archkit.architecture import Architecture, Place
from archkit.diagnostics import Report
from archkit.scope import Resource, Statement

__all__ = ["Assembly", "Role", "Unchangeable", "Unpackable"]


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
    told_by: dict[str, str] = field(default_factory=dict)
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
