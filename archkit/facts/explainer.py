"""What each node and edge became: resources, rights, environment variables, changed properties, and why."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from inspect import cleandoc
from typing import Any

from archkit.architecture import Architecture, Edge, Node
from archkit.diagnostics import ArchkitError, Report, Span
from archkit.facts.absence import Absences, resources_of, stacked
from archkit.scope import Resource

__all__ = ["Explainer", "readable"]

Plain = dict[str, Any]

POLICIES = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")


class Explainer:
    """Everything that an architecture becomes, to be asked about its nodes and edges.

    Raises ArchkitError where it cannot become anything, with the report.
    """

    def __init__(self, world: Architecture, report: Report) -> None:
        self.world = world
        self.report = report
        self.stacks = stacked(world, report)
        self.resources = resources_of(self.stacks)
        if report.failed:
            raise ArchkitError(report)
        self.absences = Absences(world, self.resources)

    def node(self, node: Node) -> Plain:
        """Return a node's kind, resources, rights of its own, and the edges at it."""
        edges = {edge.id for edge in self.world.edges}
        own = [one for one in self.resources.values() if one.owner == node.id and one.because not in edges]
        return {
            "id": node.id,
            "kind": node.kind.name,
            "line": node.span.line,
            "about": _first_line(type(node.kind)),
            "note": node.note,
            "made_by": node.helper_of,
            "exists": {name: readable(value) for name, value in (node.existing or {}).items()} or None,
            "resources": [self._resource(resource) for resource in own],
            "rights": list(self._rights(node.id)),
            "edges": [_brief(edge) for edge in self.world.edges_of(node.id)],
            "notes": self._notes(node.span),
        }

    def edge(self, edge: Edge) -> Plain:
        """Return what an edge means, and all that is only there because of it."""
        absent = self.absences.of(edge)
        made = [one for id, one in self.resources.items() if absent.get(id, one) is None or one.because == edge.id]
        changes = [
            {"resource": id, "property": path, "value": readable(value)}
            for id, before in absent.items()
            if before is not None and not _documents(self.resources[id])
            for path, value in _changes(before.properties, self.resources[id].properties)
        ]
        admitted = [right for id, before in absent.items() for right in _admitted(self.resources[id], before)]
        return {
            "id": edge.id,
            "source": edge.source,
            "target": edge.target,
            "line": edge.span.line,
            "does": [self._effect(edge, effect) for effect in edge.effects] or self._property(edge),
            "note": edge.note,
            "resources": [self._resource(resource) for resource in made],
            "rights": [*self._rights(edge.id), *admitted],
            "environment": {_last(change): change["value"] for change in changes if self._is_variable(change)},
            "changes": [change for change in changes if not self._is_variable(change)],
            "notes": self._notes(edge.span),
        }

    def _is_variable(self, change: Plain) -> bool:
        kind = self.world[self.resources[change["resource"]].owner].kind
        path = (kind.variables or "").rpartition(":")[2]
        return bool(path) and change["property"].startswith(f"{path}.")

    def _effect(self, edge: Edge, effect: Any) -> Plain:
        source, target = (self.world[id].kind.name for id in (edge.source, edge.target))
        if effect.join is not None:
            return {"word": effect.word, "means": _first_line(type(effect.join)), "why_wide": None}
        means = f"{source} may {effect.word} {target}"
        return {"word": effect.word, "means": means, "why_wide": effect.grant.wildcard if effect.grant else None}

    def _property(self, edge: Edge) -> list[Plain]:
        """Return what an edge means that a property draws: the property did it, and stands at its node."""
        means = f"a property of '{edge.source}' names '{edge.target}'"
        return [{"word": edge.slug, "means": means, "why_wide": None}] if edge.badge else []

    def _resource(self, resource: Resource) -> Plain:
        stack = next(stack.name for stack in self.stacks if resource.id in stack.resources)
        return {"id": resource.id, "type": resource.type, "stack": stack}

    def _rights(self, because: str) -> Iterator[Plain]:
        """Yield the statements that a node or an edge asked for, of roles and of resource policies."""
        for stack in self.stacks:
            for principal, statement in stack.statements:
                if because in statement.because.split(", "):
                    yield {
                        "effect": statement.effect,
                        "principal": principal,
                        "actions": list(statement.actions),
                        "resources": [readable(one) for one in statement.resources],
                        "condition": _conditions(statement.condition or {}),
                    }

    def _notes(self, span: Span) -> list[str]:
        return [found.message for found in self.report if found.span == span]


def _documents(resource: Resource) -> list[Plain]:
    """Return the statements of a policy that a resource is or holds."""
    found = (resource.properties.get(name) for name in ("PolicyDocument", "KeyPolicy"))
    return [
        statement for document in found if isinstance(document, dict) for statement in document.get("Statement", [])
    ]


def _admitted(resource: Resource, before: Resource | None) -> Iterator[Plain]:
    """Yield whom a resource policy or a Lambda permission lets in since `before`."""
    if resource.type in POLICIES:
        return
    known = _documents(before) if before else []
    for statement in _documents(resource):
        if statement not in known:
            yield {
                "effect": statement.get("Effect"),
                "principal": _principal(statement.get("Principal")),
                "actions": _listed(statement.get("Action")),
                "resources": [readable(one) for one in _listed(statement.get("Resource"))],
                "condition": _conditions(statement.get("Condition") or {}),
            }
    if resource.type == "AWS::Lambda::Permission" and before is None:
        given = resource.properties
        limits = {name: readable(given[name]) for name in ("SourceArn", "SourceAccount") if name in given}
        yield {
            "effect": "Allow",
            "principal": readable(given.get("Principal")),
            "actions": [given.get("Action")],
            "resources": [readable(given.get("FunctionName"))],
            "condition": {"is": limits} if limits else {},
        }


def _principal(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(readable(one) for part in value.values() for one in _listed(part))
    return "anybody" if value == "*" else readable(value)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _conditions(condition: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return a condition, by operator and key, with values as a person would say them."""
    return {word: {key: readable(value) for key, value in keys.items()} for word, keys in condition.items()}


def _changes(before: Any, after: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the paths at which two properties differ, with the new value; a list is told by what was added to it."""
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping) and not _is_function(after):
        for name in after:
            yield from _changes(before.get(name), after[name], f"{path}.{name}" if path else name)
    elif before is None and isinstance(after, Mapping) and not _is_function(after):
        for name in after:
            yield from _changes(None, after[name], f"{path}.{name}")
    elif isinstance(after, list) and isinstance(before, list | None):
        for item in after:
            if item not in (before or ()):
                yield path, item
    else:
        yield path, after


def _is_function(value: Mapping[str, Any]) -> bool:
    return len(value) == 1 and next(iter(value)).startswith(("Fn::", "Ref"))


def readable(value: Any) -> str:
    """Return template data as a person would say it: `Table.Arn` for a GetAtt, `Table` for a Ref."""
    if isinstance(value, dict) and len(value) == 1:
        name, argument = next(iter(value.items()))
        if name == "Ref":
            return str(argument)
        if name == "Fn::GetAtt":
            return ".".join(argument) if isinstance(argument, list) else str(argument)
        if name == "Fn::Sub":
            return argument if isinstance(argument, str) else _filled(argument[0], argument[1])
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def _filled(text: str, variables: Mapping[str, Any]) -> str:
    for name, value in variables.items():
        text = text.replace(
            f"${{{name}}}", f"<{name}>" if isinstance(value, dict) and len(str(value)) > 60 else readable(value)
        )
    return text


def _first_line(cls: type) -> str:
    return cleandoc(cls.__doc__ or "").split("\n\n")[0].replace("\n", " ")


def _brief(edge: Edge) -> Plain:
    words = [effect.word for effect in edge.effects] or ([edge.slug] if edge.badge else [])
    return {"id": edge.id, "source": edge.source, "target": edge.target, "does": words}


def _last(change: Plain) -> str:
    return str(change["property"].rpartition(".")[2])
