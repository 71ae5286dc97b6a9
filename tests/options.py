"""A row of the option test: an option of a service, a blueprint that asks for it, and what it changes in the
template.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import archkit
from archkit.diagnostics import Report
from archkit.synth import synthesize

__all__ = ["ANY", "Option", "holds", "synthesized"]

ANY = object()
"""Stands for any value: the row says only that the path exists."""


class Option(NamedTuple):
    """`path` is dotted, from the template's top; `expected` is the value there, or ANY; `code` are files beside it."""

    service: str
    option: str
    blueprint: str
    path: str
    expected: Any = ANY


def synthesized(text: str, folder: Path) -> dict[str, dict[str, Any]]:
    """Return the templates of a blueprint by stack, without linting them; function code is written beside it."""
    (folder / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    if "name:" not in text.splitlines()[0]:
        text = f"name: test\n{text}"
    compiled = archkit.load(folder / "blueprint.yaml", text=text)
    result = synthesize(compiled.sound(), Report(), lint=False)
    return {stack.name: stack.template for stack in result.stacks}


def holds(row: Option, folder: Path) -> bool:
    """Say whether one of the blueprint's templates has what the row expects at its path."""
    templates = synthesized(row.blueprint, folder).values()
    found = [value for template in templates for value in [at(template, row.path)] if value is not None]
    return bool(found) and (row.expected is ANY or row.expected in found)


def at(template: Any, path: str) -> Any:
    """Return the value at a dotted path; a number is a place in a list, `*` any key or place."""
    head, _, rest = path.partition(".")
    if head == "*":
        inner = template.values() if isinstance(template, dict) else template if isinstance(template, list) else ()
        tries = (at(item, rest) if rest else item for item in inner)
        return next((value for value in tries if value is not None), None)
    if isinstance(template, list):
        here = template[int(head)] if head.isdigit() and int(head) < len(template) else None
    else:
        here = template.get(head) if isinstance(template, dict) else None
    return at(here, rest) if rest and here is not None else here
