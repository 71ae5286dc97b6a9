"""`archkit render`: a blueprint becomes a picture."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from archkit.cli.inputs import Opened, open_blueprint
from archkit.cli.options import Blueprint, Engine, Icons, Output, Picture, Theme, View, examples
from archkit.cli.output import emit, fail_usage, show, stop, write_all
from archkit.cli.synth import refuse_output
from archkit.diagnostics import ArchkitError, did_you_mean, listing

__all__ = ["EXAMPLES", "render"]

BINARY = ("png", "pdf")

EXAMPLES = examples(
    ("archkit render shop.yaml -o shop.svg", "one self-contained file, light and dark"),
    ("archkit render shop.yaml -o shop.png --scale 3", "for slides"),
    ("archkit render shop.yaml -o shop.html", "a page to pan, zoom and ask, without a server"),
    ("archkit render shop.yaml -o shop.drawio", "to go on by hand in draw.io"),
    ("archkit render shop.yaml --theme dark > a.svg", "always dark"),
    ("archkit render shop.yaml --view security -o who.pdf", "guards, keys and who may do what"),
    ("archkit render shop.yaml --depth 1 -f mermaid", "text for a wiki, with inner groups closed"),
    ("archkit render shop.yaml --view workflow -o flow.svg", "the states of its state machine"),
    ("archkit render - -f png < shop.yaml > shop.png", "from standard input"),
)


def render(
    file: Blueprint,
    format: Annotated[
        Picture | None, typer.Option("--format", "-f", help="What to draw; else what PATH ends in; else svg.")
    ] = None,
    theme: Annotated[
        Theme,
        typer.Option(help="Colours: [b]media[/b] follows the reader's system, [b]page[/b] an attribute of the page."),
    ] = "media",
    engine: Annotated[
        Engine, typer.Option(help="Who lays it out; [b]graphviz[/b] needs its program [b]dot[/b].")
    ] = "archkit",
    scale: Annotated[float, typer.Option(min=0.1, max=10, help="Pixels of a PNG for each unit of the SVG.")] = 2.0,
    view: Annotated[
        View,
        typer.Option(
            help="Which part to draw: [b]overview[/b] leaves out helpers and guards, [b]network[/b] has gateways and "
            "ports, [b]security[/b] guards, keys and rights, [b]data[/b] what is kept and who uses it, [b]workflow[/b] "
            "the states of a state machine; [b]architecture[/b] is the whole."
        ),
    ] = "architecture",
    depth: Annotated[
        int | None,
        typer.Option(
            min=0, metavar="N", help="Close the groups that stand deeper than this many others, each to one box."
        ),
    ] = None,
    node: Annotated[
        str | None, typer.Option(metavar="ID", help="Which state machine [b]--view workflow[/b] draws, of several.")
    ] = None,
    icons: Annotated[
        Icons | None,
        typer.Option(
            help="[b]flat[/b] has AWS's present look, [b]classic[/b] that of the package diagrams, [b]installed[/b] is "
            "what [b]archkit icons[/b] installed; else installed where there are any, else flat."
        ),
    ] = None,
    output: Output = "-",
) -> None:
    """Draw the architecture diagram of a blueprint, a part of it, or a workflow of it."""
    picture = format or _ending(output)
    if output == "-" and picture in BINARY and sys.stdout.isatty():
        fail_usage(f"a {picture.upper()} would garble the terminal; name a file with -o, or redirect")
    _agree(picture, engine, view, node, depth)
    opened = open_blueprint(file)
    from archkit.diagram import FORMATS
    from archkit.diagram.icons import best

    asked: dict[str, Any] = {"view": view, "node": node, "depth": depth}
    data = _draw(opened, picture, theme=theme, engine=engine, scale=scale, icons=icons or best(), **asked)
    show(opened.report, opened.sources)
    if output == "-":
        emit(data)
        return
    path = Path(output)
    if path.is_dir():
        path /= f"{_name(opened, **asked)}.{FORMATS[picture][0]}"
    refuse_output(opened, [path])
    write_all({path: data})


def _agree(picture: Picture, engine: Engine, view: View, node: str | None, depth: int | None) -> None:
    """Refuse options that say nothing together."""
    if node is not None and view != "workflow":
        fail_usage("--node says which workflow to draw; add --view workflow")
    if depth is not None and view == "workflow":
        fail_usage("--depth closes groups of nodes, and a workflow has none; leave it out")
    if engine == "graphviz" and picture not in ("svg", "png"):
        fail_usage(f"--engine graphviz draws svg and png; leave it out for {picture}")


def _draw(opened: Opened, picture: Picture, **options: Any) -> bytes:
    compilation = opened.loaded
    from archkit.diagram import Missing
    from archkit.diagram.icons import NoIcons
    from archkit.diagram.views import NothingToDraw

    try:
        return compilation.render(picture, **options)
    except ArchkitError as error:
        stop(error.report, opened.sources)
    except (Missing, NoIcons, NothingToDraw) as error:
        fail_usage(str(error))


def _name(opened: Opened, view: View, node: str | None, depth: int | None) -> str:
    """Return what a picture is called in a folder."""
    from archkit.diagram.workflow import find

    whole = opened.architecture
    part = find(whole, node)[0].id if view == "workflow" else view
    parts = (whole.name, "" if view == "architecture" else part, "" if depth is None else f"depth-{depth}")
    return "-".join(part for part in parts if part)


def _ending(output: str) -> Picture:
    """Return the format that a file's name asks for."""
    from archkit.diagram import FORMATS

    ending = Path(output).suffix.lower()
    found = {f".{known}": format for format, endings in FORMATS.items() for known in endings} | {"": "svg"}
    if ending not in found:
        hint = did_you_mean(ending, found) or f"it draws {listing(list(filter(None, found)), 'and')}"
        fail_usage(f"archkit cannot draw '{ending}'; {hint} (or say which with --format)")
    return cast(Picture, found[ending])
