"""An assembly becomes stacks: one for each account and Region, every value an intrinsic function, every crossing a parameter.

A reference to a resource of another stack turns into an output there and a parameter here; nothing else knows of stacks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from archkit import cfn
from archkit.architecture import Architecture, Place
from archkit.diagnostics import Report
from archkit.scope import Resource, Statement
from archkit.synth.assembly import Assembly
from archkit.synth.metadata import context
from archkit.synth.order import break_cycles, prune_depends
from archkit.values import Att, Named, Ref, Sub

__all__ = ["Stack", "stacks_of"]

Wire = tuple[str, str, str]
"""A crossing: the stack that exports, its output, and the parameter that takes it (both of one name)."""


@dataclass
class Stack:
    """One template: plain data ready to be written, with the provenance of what it holds."""

    name: str
    place: Place
    resources: dict[str, Resource] = field(default_factory=dict)
    statements: list[tuple[str, Statement]] = field(default_factory=list)
    parameters: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    template: dict[str, Any] = field(default_factory=dict)
    wires: list[tuple[str, str]] = field(default_factory=list)


def stacks_of(assembly: Assembly, report: Report) -> list[Stack]:
    """Return the stacks in the order in which they deploy. A cycle between stacks is an error in `report`."""
    world = assembly.world
    home: Place = (world.account, world.region)
    order = {id: number for number, id in enumerate(world.nodes)}
    stacks: dict[Place, Stack] = {}
    for resource in sorted(assembly.resources.values(), key=lambda r: order.get(r.owner, len(order))):
        if resource.place not in stacks:
            stacks[resource.place] = Stack(_name(world, resource.place, home), resource.place)
        stacks[resource.place].resources[resource.id] = resource
    if not stacks:
        return []
    names = _Crossing(assembly, stacks)
    for stack in stacks.values():
        for resource in stack.resources.values():
            resource.properties = names.render(resource.properties, stack)
            _dress(resource, world, names, stack)
        stack.statements = [(role.id, s) for role in assembly.roles.values() if role.place == stack.place
                            for s in role.statements]  # fmt: skip
        for _, statement in stack.statements:
            statement.resources = tuple(names.render(list(statement.resources), stack))
            statement.condition = names.render(dict(statement.condition), stack) if statement.condition else None
    main = stacks.get(home) or next(iter(stacks.values()))
    for output in world.outputs.values():
        names.output(output, stacks, main)
    for stack in stacks.values():
        break_cycles(stack.resources, world, report)
        prune_depends(stack.resources)
        stack.template = _template(stack, world)
    return _ordered(list(stacks.values()), world, report)


def _name(world: Architecture, place: Place, home: Place) -> str:
    if place == home:
        return world.name
    account, region = place
    parts = [account if account != home[0] else "", region if region != home[1] else ""]
    return "-".join([world.name, *(part for part in parts if part)])


class _Crossing:
    """Renders values for a stack, wiring what comes from another."""

    def __init__(self, assembly: Assembly, stacks: dict[Place, Stack]) -> None:
        self.assembly = assembly
        self.stacks = stacks

    def render(self, value: Any, stack: Stack) -> Any:
        """Return plain template data."""
        if isinstance(value, Ref):
            return self.reference(value.name, None, stack, value)
        if isinstance(value, Att):
            return self.reference(value.name, value.attribute, stack, value)
        if isinstance(value, Named):
            owner = self.place_of(value.name)
            if owner is None or owner == stack.place:
                return self.render(value.value, stack)
            return self.cross(value.name, value.attribute, stack, owner, value)
        if isinstance(value, Sub):
            return self.sub(value, stack)
        if isinstance(value, dict):
            return {self.key(key, stack): self.render(item, stack) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.render(item, stack) for item in value]
        return value

    def key(self, key: Any, stack: Stack) -> Any:
        return key if isinstance(key, str) else str(key)

    def place_of(self, name: str) -> Place | None:
        """Return where a logical id lives; None where it is not a resource (or not one that is owned)."""
        if name in self.assembly.resources:
            return self.assembly.resources[name].place
        return None

    def reference(self, name: str, attribute: str | None, stack: Stack, value: Any) -> dict[str, Any]:
        parameters = self.assembly.world.parameters
        if name in parameters:
            stack.parameters[name] = dict(parameters[name].properties)
        elif name in self.assembly.parameters:
            stack.parameters[name] = self.assembly.parameters[name]
        elif (owner := self.place_of(name)) is not None and owner != stack.place:
            return self.cross(name, attribute, stack, owner, value)
        return {"Ref": name} if attribute is None else {"Fn::GetAtt": [name, attribute]}

    def cross(self, name: str, attribute: str | None, stack: Stack, owner: Place, value: Any) -> dict[str, Any]:
        """Make the output and the parameter of a crossing; both have one name."""
        wire = name + "".join(word[:1].upper() + word[1:] for word in (attribute or "Id").replace(".", " ").split())
        if wire in self.assembly.resources:
            wire += "Value"
        other = self.stacks[owner]
        other.outputs[wire] = {"Value": self.render(value, other)}
        node = self.assembly.resources[name].owner
        stack.parameters[wire] = {"Type": "String", "Description": f"Output {wire} of the stack {other.name} ({node})."}
        if (other.name, wire) not in stack.wires:
            stack.wires.append((other.name, wire))
        return {"Ref": wire}

    def sub(self, value: Sub, stack: Stack) -> Any:
        """Flatten nested texts into one Fn::Sub; parts that are neither text nor a reference become its variables."""
        text, variables = self.flat(value, stack)
        if "${" not in text.replace("${!", ""):
            return text.replace("${!", "${")
        return {"Fn::Sub": [text, variables] if variables else text}

    def flat(self, value: Sub, stack: Stack) -> tuple[str, dict[str, Any]]:
        inner: dict[str, str] = {}
        variables: dict[str, Any] = {}
        for label, part in value.parts.items():
            if isinstance(part, Named):
                owner = self.place_of(part.name)
                part = part.value if owner is None or owner == stack.place else part
            if isinstance(part, Sub):
                inner[label], more = self.flat(part, stack)
                variables |= more
                continue
            plain = self.render(part, stack)
            inner[label] = _inline(plain)
            if not inner[label]:
                variables[label] = plain
                inner[label] = f"${{{label}}}"
        # in one pass, since what is put in may look like another label
        return re.sub(r"\$\{([^!}]+)\}", lambda hole: inner.get(hole.group(1), hole.group()), value.text), variables

    def output(self, output: Any, stacks: dict[Place, Stack], main: Stack) -> None:
        """Put a blueprint's output into the stack that holds what it refers to."""
        scope = next(iter(self.assembly.scopes.values()))
        value = scope.filled(output.value)
        places = {place for ref in _names(value) if (place := self.place_of(ref)) is not None}
        stack = stacks[next(iter(places))] if len(places) == 1 else main
        form = {"Description": output.description, "Value": self.render(value, stack)}
        if output.export:
            form["Export"] = {"Name": self.render(scope.filled(output.export), stack)}
        stack.outputs[output.name] = {key: item for key, item in form.items() if item is not None}


def _names(value: Any) -> list[str]:
    from archkit.values import walk

    return [item.name for item in walk(value) if not isinstance(item, Sub)]


def _inline(plain: Any) -> str:
    """Return `${X}` for a Ref and `${X.Y}` for a GetAtt, and nothing for what Fn::Sub cannot hold in its text."""
    if isinstance(plain, str | int | float) and not isinstance(plain, bool):
        return str(plain)
    if isinstance(plain, dict) and "Ref" in plain:
        return f"${{{plain['Ref']}}}"
    if isinstance(plain, dict) and "Fn::GetAtt" in plain:
        return f"${{{'.'.join(plain['Fn::GetAtt'])}}}"
    return ""


@cache
def _stateful() -> frozenset[str]:
    """Types that hold data, as cfn-lint's I3011 counts them: each needs both policies said."""
    spec = find_spec("cfnlint")
    assert spec is not None and spec.submodule_search_locations
    path = Path(next(iter(spec.submodule_search_locations))) / "data" / "AdditionalSpecs" / "StatefulResources.json"
    return frozenset(json.loads(path.read_text("utf-8"))["ResourceTypes"])


def _dress(resource: Resource, world: Architecture, names: _Crossing, stack: Stack) -> None:
    """Add what every resource has by its node: deletion policy, tags, overrides, lint ignores."""
    node = world.nodes.get(resource.owner)
    if node is None:
        return
    main = resource.id == names.assembly.scopes[node.id].id
    word = node.deletion if node.deletion and (main or resource.type in _stateful()) else None
    if word is None and resource.type in _stateful():
        word = "retain" if type(node.kind).durable and main else "delete"
    if word is None and type(node.kind).durable and main:
        word = "retain"
    if word is not None:
        resource.attributes["DeletionPolicy"] = resource.attributes["UpdateReplacePolicy"] = word.capitalize()
    scope = names.assembly.scopes[node.id]
    tags = {**world.tags, **node.tags}
    if tags:
        _tag(resource, names.render(scope.filled(tags), stack))
    for owner in (node, world.nodes.get(node.helper_of or "")):
        if owner is not None and owner.overrides:
            over = names.assembly.scopes[owner.id]
            values = names.render(over.filled(dict(owner.overrides)), stack)
            _override(resource, resource.id == over.id, values, over.id, stack.resources)
    if node.lint_ignore and main:
        resource.attributes["Metadata"] = {"cfn-lint": {"config": {"ignore_checks": sorted(node.lint_ignore)}}}


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


def _override(resource: Resource, main: bool, overrides: dict[str, Any], stem: str, ids: Collection[str]) -> None:
    """Merge raw properties over a node's resource; `Helper.Property` reaches a helper resource of the same node."""
    for path, value in overrides.items():
        head, _, rest = path.partition(".")
        reaches = f"{stem}{head}" in ids and rest
        if reaches and resource.id == f"{stem}{head}":
            _merge(resource.properties, rest.split("."), value)
        elif main and not reaches:
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


def _template(stack: Stack, world: Architecture) -> dict[str, Any]:
    metadata = context(world, stack.place, stack.resources)
    resources = {}
    for resource in stack.resources.values():
        form: dict[str, Any] = {"Type": resource.type}
        if resource.depends:
            form["DependsOn"] = sorted(resource.depends)
        form |= {name: resource.attributes[name] for name in sorted(resource.attributes)}
        if resource.properties:
            form["Properties"] = resource.properties
        resources[resource.id] = form
    parts = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": (world.description or world.title)[:1024],
        "Metadata": metadata,
        "Parameters": dict(sorted(stack.parameters.items())),
        "Resources": resources,
        "Outputs": stack.outputs,
    }
    return {key: value for key, value in parts.items() if value}


def _ordered(stacks: list[Stack], world: Architecture, report: Report) -> list[Stack]:
    """Return the stacks so that each comes after those whose outputs it takes."""
    left, out = {stack.name: stack for stack in stacks}, []
    while left:
        ready = [stack for stack in left.values() if not any(name in left for name, _ in stack.wires)]
        if not ready:
            names = ", ".join(sorted(left))
            wires = "; ".join(f"{s.name} needs {wire} of {name}" for s in left.values() for name, wire in s.wires)
            first = next(iter(world.nodes.values()))
            report.error("stack-cycle", f"the stacks {names} need one another: {wires}", first.span,
                         "move one node to the other's Region, or leave an address out with 'env: none'")  # fmt: skip
            return stacks
        for stack in ready:
            out.append(left.pop(stack.name))
    return out
