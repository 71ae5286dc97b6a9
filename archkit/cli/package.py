"""`archkit package`: the code of a blueprint becomes zips."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from archkit.cli.inputs import open_blueprint
from archkit.cli.options import Blueprint, examples
from archkit.cli.output import say, write_all
from archkit.cli.synth import refuse_output, synthesized

__all__ = ["EXAMPLES", "package"]

EXAMPLES = examples(
    ("archkit package shop.yaml -o code/", "one zip for each function, named by its content"),
    ("aws s3 cp code/ s3://my-bucket/ --recursive", "to where the template's parameters say"),
)


def package(
    file: Blueprint,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="The folder to write into.")],
) -> None:
    """Write the code of a blueprint's functions and layers as zips.

    The same code makes the same zip, to the byte, on any machine. Caches, histories and editors' files are left out.
    """
    opened = open_blueprint(file)
    result = synthesized(opened, "cloudformation")
    files = {output / name: data for name, data in sorted(result.assets.items())}
    refuse_output(opened, list(files))
    write_all(files)
    for path, data in files.items():
        say(f"{path} ({len(data):,} bytes)")
    if not files:
        say("no code to package: what is small stands in the template itself")
