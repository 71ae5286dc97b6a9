"""Values become intrinsic functions; what crosses from one stack to another becomes an output there and a parameter
here.

Nothing else knows of stacks: kinds and edges refer to resources by their logical ids, wherever they live.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from archkit.architecture import Place
from archkit.resolve.parameters import is_list
from archkit.scope import Resource, Statement
from archkit.synth.assembly import Assembly
from archkit.values import Att, Named, Ref, Sub, walk

__all__ = ["Crossing", "Stack"]


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


class Crossing:
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
            if len(value) == 1 and self.whole(value[0]):
                return self.render(value[0], stack)
            return [self.render(item, stack) for item in value]
        return value

    def whole(self, value: Any) -> bool:
        """Say whether a value is a parameter that holds a list: it is no item of a list but the list itself."""
        parameter = self.assembly.world.parameters.get(value.name) if isinstance(value, Ref) else None
        return parameter is not None and is_list(parameter)

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
