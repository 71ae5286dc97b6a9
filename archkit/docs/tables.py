"""Tables of what a blueprint becomes, for a document: resources by node, and who may do what on which resource."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archkit.compiler import Compilation
    from archkit.synth import Synthesis

__all__ = ["details", "html"]

TITLE = "Resources and access"
Table = tuple[tuple[str, ...], list[tuple[str, ...]]]
"""The heads of the columns, and the rows. A cell may hold several words of code, joined by a comma."""


def details(compilation: Compilation) -> str:
    """Return a folded Markdown section with both tables; empty where nothing becomes a resource.

    Raises ArchkitError where the blueprint cannot be synthesized.
    """
    parts = [line for table in _tables(compilation) for line in ("", *_markdown(table))]
    return "\n".join(["<details>", f"<summary>{TITLE}</summary>", *parts, "", "</details>"]) if parts else ""


def html(compilation: Compilation) -> str:
    """Return the same section as HTML."""
    parts = [_html(table) for table in _tables(compilation)]
    return f"<details><summary>{TITLE}</summary>{''.join(parts)}</details>" if parts else ""


def _tables(compilation: Compilation) -> list[Table]:
    from archkit.diagnostics import Report
    from archkit.synth import synthesize

    world = compilation.sound()
    if not any(node.kind.types and node.existing is None for node in world.nodes.values()):
        return []
    made = synthesize(world, Report(), lint=False)
    access = list(_access(made))
    return [
        (("Node", "Resource", "Type"), list(_resources(made))),
        *([(("Who", "May", "On"), access)] if access else []),
    ]


def _resources(made: Synthesis) -> Iterator[tuple[str, ...]]:
    for stack in made.stacks:
        for resource in stack.resources.values():
            yield resource.owner, f"`{resource.id}`", f"`{resource.type}`"


def _access(made: Synthesis) -> Iterator[tuple[str, ...]]:
    for stack in made.stacks:
        for principal, statement in stack.statements:
            on = ", ".join(f"`{_readable(item)}`" for item in statement.resources)
            yield f"`{principal}`", ", ".join(f"`{action}`" for action in statement.actions), on


def _readable(value: Any) -> str:
    """Return a value as a reader of templates says it: `Jobs.Arn`, `arn:...:${Jobs}`."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and "Ref" in value:
        return str(value["Ref"])
    if isinstance(value, dict) and "Fn::GetAtt" in value:
        return ".".join(value["Fn::GetAtt"])
    if isinstance(value, dict) and "Fn::Sub" in value:
        text = value["Fn::Sub"]
        return text if isinstance(text, str) else str(text[0])
    return json.dumps(value)


def _markdown(table: Table) -> list[str]:
    head, rows = table
    lines = [head, tuple("---" for _ in head), *rows]
    return [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in lines]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _html(table: Table) -> str:
    head, rows = table
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join(f"<tr>{''.join(f'<td>{_coded(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _coded(cell: str) -> str:
    """Return a cell with its words between backticks as code."""
    parts = escape(cell).split("`")
    return "".join(f"<code>{part}</code>" if odd % 2 else part for odd, part in enumerate(parts))
