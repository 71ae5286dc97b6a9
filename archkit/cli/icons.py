"""`archkit icons`: AWS's own icons in the pictures, once the user has got them."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from archkit.cli.options import examples
from archkit.cli.output import emit, fail_usage, say

__all__ = ["EXAMPLES", "app"]

EXAMPLES = examples(
    ("archkit icons install Asset-Package_07312026.zip", "AWS's own, from https://aws.amazon.com/architecture/icons/"),
    ("archkit icons install node_modules/aws-icons", "the same, from npm"),
    ("archkit icons list", "which kind has which icon, and from where"),
    ("archkit icons remove", "back to those that come with archkit"),
)

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Draw with AWS's own icons.\n\nWithout them, those of the package diagrams are drawn in AWS's present look.",
    epilog=EXAMPLES,
)


@app.command()
def install(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="SOURCE",
            exists=True,
            help="AWS's asset package (.zip or unpacked), or npm's aws-icons (its folder or .tgz).",
        ),
    ],
) -> None:
    """Take over the SVG icons of AWS's asset package, or of npm's aws-icons.

    They are kept in your data folder (or in [b]ARCHKIT_ICONS[/b]) and drawn by [b]archkit render[/b] from then on.
    [b]build[/b] and [b]embed[/b] draw them only where they are told to, since their pictures are shared.

    Only shapes are taken over, nothing that could run or load anything. What was installed before is replaced.
    """
    from archkit.diagram.iconset import store
    from archkit.diagram.iconset.archive import BadSource

    try:
        icons, refused = store.install(source, _watched)
    except BadSource as error:
        fail_usage(f"'{source}' cannot be installed: {error}")
    for path, why in list(refused.items())[:5]:
        say(f"left out: {path}: {why}")
    if len(refused) > 5:
        say(f"left out: {len(refused) - 5} more")
    drawn, kinds = _share()
    say(f"installed {len(icons.icons)} icons from {icons.source} in {store.folder()}; {drawn} of {kinds} kinds use one")


def _watched(files: Iterable[Any], count: int) -> Iterable[Any]:
    """Go through the files with a progress bar on a terminal."""
    if not sys.stderr.isatty():
        return files
    from rich.console import Console
    from rich.progress import track

    return track(files, "Reading", count, console=Console(stderr=True), transient=True)


def _share() -> tuple[int, int]:
    """Return how many kinds have an installed icon, and how many there are."""
    rows = _rows()
    return sum(row["source"] == "installed" for row in rows), len(rows)


def _rows() -> list[dict[str, str]]:
    from archkit import catalog
    from archkit.diagram.icons import best, source

    style, rows = best(), []
    for kind in catalog.all_kinds():
        icon = (kind.frame.icon if kind.frame else None) or kind.icon
        origin, name = source(icon, style)
        rows.append({"kind": kind.name, "source": origin, "icon": name})
    return rows


@app.command("list")
def show(
    format: Annotated[Literal["text", "json"], typer.Option("--format", "-f", help="How to print it.")] = "text",
) -> None:
    """List which kind is drawn with which icon, and where that comes from.

    [b]installed[/b] are those that you installed, [b]diagrams[/b] those of that package, [b]archkit[/b] what archkit
    draws by itself; [b]nowhere[/b] is what has none.
    """
    rows = _rows()
    if format == "json":
        import json

        emit(json.dumps(rows, indent=1) + "\n")
        return
    wide = max(len(row["kind"]) for row in rows)
    emit("".join(f"{row['kind']:{wide}}  {row['source']:9}  {row['icon']}".rstrip() + "\n" for row in rows))
    from archkit.diagram.iconset.store import installed

    known = installed()
    drawn = sum(row["source"] == "installed" for row in rows)
    say(f"{drawn} of {len(rows)} kinds have an installed icon, from {known.source}" if known
        else "no icons are installed: archkit icons install --help says how")  # fmt: skip


@app.command()
def remove() -> None:
    """Remove the installed icons; pictures are drawn with those that come with archkit again."""
    from archkit.diagram.iconset import store

    place = store.folder()
    say(f"removed the icons in {place}" if store.remove() else f"no icons are installed in {place}")
