"""`archkit embed`: pictures in Markdown documents."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import typer

from archkit.cli.options import examples
from archkit.cli.output import fail_usage, say, show, write_all
from archkit.diagnostics import Report, Span

__all__ = ["EXAMPLES", "embed"]

EXAMPLES = examples(
    ("archkit embed README.md docs", "make the pictures that they ask for"),
    ("archkit embed . --check", "in CI: is every picture current?"),
)


def embed(
    paths: Annotated[
        list[Path], typer.Argument(metavar="FILES|DIRS", exists=True, help="Markdown documents, or folders of them.")
    ],
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit code 1 where a picture is stale, with the line.")
    ] = False,
    format: Annotated[
        Literal["text", "json", "github", "sarif"], typer.Option("--format", "-f", help="How to print the findings.")
    ] = "text",
) -> None:
    """Make the pictures that Markdown documents ask for, and keep their links and texts current.

    A document asks by a pair of markers, [b]<!-- archkit: shop.yaml view=network -->[/b] and
    [b]<!-- /archkit -->[/b], or by a fenced block [b]```archkit[/b] that holds a blueprint. Each picture is written
    beside its document, in light and in dark. Options behind the path: [b]view=[/b] (overview, network, security,
    data or workflow), [b]node=[/b] (which workflow), [b]depth=[/b] (close deeper groups), [b]alt=[/b],
    [b]caption=[/b], [b]file=[/b] (the picture's name), [b]icons=[/b] and [b]details[/b] (tables of resources and
    rights).
    """
    from archkit.docs import embed as documents

    whole, sources, written, seen = Report(), dict[str, str](), 0, 0
    taken: dict[Path, bytes] = {}
    for path in _documents(paths):
        seen += 1
        try:
            if check:
                whole.extend(documents.stale(path))
                continue
            document = documents.embed(path, taken)
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "it is not UTF-8"
            whole.error("unreadable-file", f"this cannot be read: {str(why).lower()}", Span(str(path), 1, 1, 1, 1))
            continue
        whole.extend(document.report)
        sources |= {str(path): document.text, **document.sources}
        if document.changed and not document.report.failed:
            write_all({**document.pictures, path: document.new.encode()})
            say(f"wrote: {path}")
            written += 1
    show(whole, sources, format, out=sys.stdout if check else None, always=False)
    stale = sum(found.code == "stale-picture" for found in whole)
    say(f"{seen} document{'' if seen == 1 else 's'}: {f'{stale} stale' if check else f'{written} written'}")
    if whole.failed:
        raise typer.Exit(1)


def _documents(paths: list[Path]) -> Iterator[Path]:
    from archkit.docs.embed import documents_in

    for path in paths:
        found = list(documents_in(path))
        if not found:
            fail_usage(f"there is no Markdown document in '{path}'")
        yield from found
