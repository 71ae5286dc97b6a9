"""Checks of names: what `${...}` refers to, and ids that would collide in a template."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from archkit import cfn
from archkit.architecture import Architecture, Node, Output
from archkit.diagnostics import Report, Span, did_you_mean, listing
from archkit.resolve.parameters import is_list
from archkit.schema import Expr

__all__ = ["PSEUDO", "camel", "check_names", "expressions", "logical_id", "split_reference"]

PSEUDO = ("AWS::AccountId", "AWS::Partition", "AWS::Region", "AWS::StackId", "AWS::StackName", "AWS::URLSuffix",
          "AWS::NoValue", "AWS::NotificationARNs")  # fmt: skip


def logical_id(node: Node) -> str:
    """Return the logical id of a node's main resource. It comes from the node's id alone, for ever."""
    return node.logical_id or camel(node.id)


def camel(text: str) -> str:
    """Return `jobs.dead_letters` as `JobsDeadLetters`."""
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", text))


def expressions(value: Any) -> Iterator[Expr]:
    """Yield every `Expr` inside typed values."""
    if isinstance(value, Expr):
        yield value
    elif is_dataclass(value) and not isinstance(value, type):
        for item in fields(value):
            yield from expressions(getattr(value, item.name))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from expressions(key)
            yield from expressions(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from expressions(item)


def split_reference(name: str, world: Architecture) -> tuple[Node, str] | None:
    """Return the node and the attribute of `node.attribute` or `node.helper.attribute`; None where no node fits."""
    head, _, attribute = name.rpartition(".")
    while head:
        if head in world.nodes:
            return world.nodes[head], attribute
        head, _, rest = head.rpartition(".")
        attribute = f"{rest}.{attribute}"
    return None


def check_names(world: Architecture, report: Report) -> None:
    """Report references to nothing and ids that would collide."""
    _collisions(world, report)
    for owner in (*world.nodes.values(), *world.outputs.values(), *world.edges):
        parts: tuple[Any, ...]
        if isinstance(owner, Node):
            parts = (owner.kind, owner.tags, owner.overrides, owner.existing)
        else:
            parts = tuple(getattr(owner, name, None) for name in ("value", "export", "effects", "env"))
        for expression in expressions(list(parts)):
            _check(expression, world, report)
            _whole(expression, isinstance(owner, Output), world, report)
    for expression in expressions(dict(world.tags)):
        _check(expression, world, report)


def _check(expression: Expr, world: Architecture, report: Report) -> None:
    for name in re.findall(r"\$\{([^}]*)\}", expression.text.replace("$${", "")):
        _reference(name.strip(), expression.span, world, report)
    if expression.text.replace("$${", "").count("${") > len(
        re.findall(r"\$\{[^}]*\}", expression.text.replace("$${", ""))
    ):
        report.error("bad-reference", f"'{expression.text}' has a '${{' without its '}}'", expression.span)


def _whole(expression: Expr, text: bool, world: Architecture, report: Report) -> None:
    """Report a parameter that holds a list, where a text is built of it."""
    for name in re.findall(r"\$\{([^}]*)\}", expression.text.replace("$${", "")):
        parameter = world.parameters.get(name.strip())
        if parameter is not None and is_list(parameter) and (text or expression.text != f"${{{name}}}"):
            report.error("list-in-text", f"'{parameter.name}' is a list, which no text can hold", expression.span,
                         "a property that takes a list takes it whole")  # fmt: skip


def _reference(name: str, span: Span, world: Architecture, report: Report) -> None:
    if name in PSEUDO or name in world.parameters:
        return
    if name.startswith("AWS::"):
        report.error("unknown-reference", f"'{name}' is not a pseudo parameter", span, did_you_mean(name, PSEUDO))
    elif name.startswith("import."):
        if not re.fullmatch(r"[A-Za-z0-9:-]+", name.removeprefix("import.")):
            report.error("unknown-reference", f"'{name}' does not name an export", span, "${import.Name}")
    elif name in world.nodes:
        known = _attributes(world.nodes[name])
        report.error("unknown-reference", f"'${{{name}}}' names a node; say which attribute", span,
                     f"${{{name}.{known[0]}}}" if known else None)  # fmt: skip
    elif (found := split_reference(name, world)) is None:
        known = [*world.parameters, *world.nodes]
        report.error("unknown-reference", f"'${{{name}}}' names neither a node's attribute nor a parameter", span,
                     did_you_mean(name.split(".")[0], known) or "write $${ for a literal ${")  # fmt: skip
    else:
        _attribute(*found, span, report)


def _attributes(node: Node) -> list[str]:
    return [name for name in node.kind.attributes if not name.startswith("_")]


def _attribute(node: Node, attribute: str, span: Span, report: Report) -> None:
    known = _attributes(node)
    if node.existing is None and node.kind.attribute(attribute) is not None:
        return
    if node.existing is not None:
        external = node.kind.external
        if attribute in node.existing or (external and attribute in external.attributes):
            return
        report.error("unknown-attribute", f"'{node.id}' exists already, and its '{attribute}' is not given", span,
                     f"existing: {{{attribute}: ...}}")  # fmt: skip
        return
    if node.kind.types and attribute in cfn.attributes(node.kind.types[0]):
        return
    report.error(
        "unknown-attribute",
        f"{node.kind.name} has no attribute '{attribute}'",
        span,
        did_you_mean(attribute, known) or (f"attributes: {listing(known, 'and')}" if known else None),
    )


def _collisions(world: Architecture, report: Report) -> None:
    seen: dict[str, Node] = {}
    for node in world.nodes.values():
        if node.existing is not None or not node.kind.types:
            continue
        id = logical_id(node)
        if id in world.parameters:
            report.error(
                "id-collision",
                f"'{node.id}' and the parameter '{id}' would have the same logical id",
                node.span,
                "rename one, or give the node a 'logical_id'",
            )
        elif id in seen:
            other = seen[id]
            report.error(
                "id-collision",
                f"'{node.id}' and '{other.id}' would have the same logical id, {id}",
                node.span,
                "rename one, or give it a 'logical_id'",
            )
        seen[id] = node
