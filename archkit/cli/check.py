"""`archkit check`: what is wrong with blueprints."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import typer

from archkit.cli.inputs import open_blueprint
from archkit.cli.options import examples
from archkit.cli.output import fail_usage, show
from archkit.diagnostics import Report, Severity
from archkit.files import blueprints_in

__all__ = ["EXAMPLES", "check"]

FindingsFormat = Literal["text", "json", "github", "sarif"]
FailOn = Literal["error", "warning", "note"]

EXAMPLES = examples(
    ("archkit check shop.yaml", "one blueprint"),
    ("archkit check blueprints/ extra.yaml", "every blueprint of a folder, and one more"),
    ("archkit check . --format github", "annotations in a workflow of GitHub Actions"),
    ("archkit check . --format sarif > archkit.sarif", "for code scanning"),
    ("archkit check - < shop.yaml", "from standard input, as an editor does"),
)


def check(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE", help="Blueprints, or folders of them; [b]-[/b] reads standard input."),
    ],
    format: Annotated[FindingsFormat, typer.Option("--format", "-f", help="How to print the findings.")] = "text",
    fail_on: Annotated[FailOn, typer.Option(help="The least finding for which the exit code is 1.")] = "error",
) -> None:
    """Say what is wrong with blueprints: every finding of every file, with its line and the way out.

    In a folder, YAML files with [b]nodes:[/b] or [b]edges:[/b] at their top level are blueprints.
    """
    whole, sources = Report(), dict[str, str]()
    for path in dict.fromkeys(_expanded(files)):
        opened = open_blueprint(path)
        sources |= opened.sources
        whole.extend(opened.compilation.check() if opened.compilation else opened.report)
    show(whole, sources, format, out=sys.stdout, always=True)
    order = list(Severity)
    if any(order.index(found.severity) <= order.index(Severity(fail_on)) for found in whole):
        raise typer.Exit(1)


def _expanded(files: list[str]) -> Iterator[str]:
    for file in files:
        if file == "-" or not Path(file).is_dir():
            yield file
            continue
        found = [str(path) for path in blueprints_in(Path(file))]
        if not found:
            fail_usage(f"there is no blueprint in '{file}': a YAML file with 'nodes:' at its top level")
        yield from found
