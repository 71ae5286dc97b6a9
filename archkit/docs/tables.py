"""Tables of what a blueprint becomes, for a document: resources by node, and who may do what on which resource."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archkit.compiler import Compilation
    from archkit.synth import Synthesis

__all__ = ["details"]


def details(compilation: Compilation) -> str:
    """Return a folded Markdown section with both tables; empty where nothing becomes a resource.

    Raises ArchkitError where the blueprint cannot be synthesized.
    """
    from archkit.diagnostics import Report
    from archkit.synth import synthesize

    world = compilation.sound()
    if not any(node.kind.types and node.existing is None for node in world.nodes.values()):
        return ""
    made = synthesize(world, Report(), lint=False)
    parts = [
        "<details>",
        "<summary>Resources and access</summary>",
        "",
        *_table(("Node", "Resource", "Type"), _resources(made)),
    ]
    access = list(_access(made))
    if access:
        parts += ["", *_table(("Who", "May", "On"), access)]
    return "\n".join([*parts, "", "</details>"])


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


def _table(head: tuple[str, ...], rows: Any) -> list[str]:
    lines = [head, tuple("---" for _ in head), *rows]
    return [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in lines]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
