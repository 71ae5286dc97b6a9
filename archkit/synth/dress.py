"""What every resource has by its node: deletion policy, tags, raw properties merged over, lint rules passed over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from archkit import cfn
from archkit.architecture import Node
from archkit.scope import Resource
from archkit.synth.assembly import Assembly

__all__ = ["dress"]

Render = Callable[[Any], Any]


def dress(resource: Resource, assembly: Assembly, render: Render) -> None:
    """Add to a resource what its node and the blueprint say of every resource; `render` makes values plain data."""
    world = assembly.world
    node = world.nodes.get(resource.owner)
    if node is None:
        return
    main = resource.id == assembly.scopes[node.id].id
    _keep(resource, node, main)
    tags = {**world.tags, **node.tags}
    if tags:
        _tag(resource, render(assembly.scopes[node.id].filled(tags)))
    for owner in (node, world.nodes.get(node.helper_of or "")):
        if owner is not None and owner.overrides:
            scope = assembly.scopes[owner.id]
            _override(resource, owner, scope.id, render(scope.filled(dict(owner.overrides))), assembly)
    ignored = {*(node.lint_ignore if main else ()), *(type(node.kind).retired or ())[:1]}
    if ignored:
        resource.attributes["Metadata"] = {"cfn-lint": {"config": {"ignore_checks": sorted(ignored)}}}


def _keep(resource: Resource, node: Node, main: bool) -> None:
    """Say both policies wherever data could be lost: durable kinds are retained, the rest goes with its stack."""
    word = node.deletion if node.deletion and (main or resource.type in cfn.stateful()) else None
    if word is None and type(node.kind).durable and main:
        word = "retain"
    if word is None and resource.type in cfn.stateful():
        word = "delete"
    if word is not None:
        resource.attributes["DeletionPolicy"] = resource.attributes["UpdateReplacePolicy"] = word.capitalize()


def _tag(resource: Resource, tags: dict[str, Any]) -> None:
    tagging = cfn.schema(resource.type).get("tagging") or {}
    if not tagging.get("taggable") or "tagProperty" not in tagging:
        return
    name = tagging["tagProperty"].removeprefix("/properties/").replace("/", ".")
    form = cfn.schema(resource.type).get("properties", {}).get(name, {})
    if form.get("type") == "object":
        resource.set(name, {**tags, **(resource.get(name) or {})})
    elif form:
        own = {tag["Key"]: tag["Value"] for tag in resource.get(name) or []}
        resource.set(name, [{"Key": key, "Value": value} for key, value in {**tags, **own}.items()])


def _override(resource: Resource, owner: Node, main: str, overrides: Mapping[str, Any], assembly: Assembly) -> None:
    """Merge raw properties over a node's resource; `Helper.Property` reaches a helper resource of the same node."""
    for path, value in overrides.items():
        head, _, rest = path.partition(".")
        helper = main + head if rest and main + head in assembly.resources else None
        if helper == resource.id:
            _merge(resource.properties, rest.split("."), value)
        elif helper is None and resource.id == main:
            _merge(resource.properties, path.split("."), value)


def _merge(into: dict[str, Any], path: list[str], value: Any) -> None:
    *steps, last = path
    for step in steps:
        into = into.setdefault(step, {})
    if isinstance(value, dict) and isinstance(into.get(last), dict):
        for key, item in value.items():
            _merge(into[last], [key], item)
    else:
        into[last] = value
