"""`archkit kinds` and `archkit schema`: what a blueprint can say."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from archkit.cli.options import Output, examples
from archkit.cli.output import emit, fail_usage, write_all

__all__ = ["EXAMPLES", "SCHEMA_EXAMPLES", "kinds", "schema"]

EXAMPLES = examples(
    ("archkit kinds", "every kind in a line"),
    ("archkit kinds sqs.queue", "its properties, rights and edges"),
    ("archkit kinds --edges sns.topic", "what its edges can mean"),
    ("archkit kinds --format json", "for programs"),
)
SCHEMA_EXAMPLES = examples(
    ("archkit schema -o archkit.schema.json", "then begin a blueprint with the line:"),
    ("# yaml-language-server: $schema=./archkit.schema.json", "completion and checks while you type"),
)


def _names(incomplete: str) -> list[str]:
    from archkit import catalog

    return [name for name in catalog.names() if name.startswith(incomplete)]


def kinds(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME", help="Kinds to tell more about.", autocompletion=_names)
    ] = None,
    format: Annotated[Literal["text", "json"], typer.Option("--format", "-f", help="How to print it.")] = "text",
    edges: Annotated[bool, typer.Option("--edges", help="List what edges between kinds can mean.")] = False,
) -> None:
    """List the kinds of nodes, or tell everything about one."""
    from archkit import catalog
    from archkit.cli import reference
    from archkit.diagnostics import did_you_mean

    chosen = []
    for name in names or []:
        kind = catalog.find(name)
        if kind is None:
            hint = did_you_mean(name, catalog.names()) or "archkit kinds lists them all"
            fail_usage(f"there is no kind '{name}'; {hint}")
        chosen.append(kind)
    if edges:
        emit(reference.edges(chosen, format))
    elif format == "json":
        emit(reference.as_json(chosen or catalog.all_kinds()))
    elif chosen:
        emit("\n".join(reference.page(kind) for kind in chosen))
    else:
        emit(reference.table(catalog.all_kinds()))


def schema(output: Output = "-") -> None:
    """Write the JSON Schema of blueprints, which gives editors completion and checks."""
    from archkit.jsonschema import as_text

    if output == "-":
        emit(as_text())
    else:
        write_all({Path(output): as_text().encode()})
