"""`archkit render`: a blueprint becomes a picture."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from archkit.cli.inputs import Opened, open_blueprint
from archkit.cli.options import Blueprint, Engine, Icons, Output, Theme, View, examples
from archkit.cli.output import emit, fail_usage, show, stop, write_all
from archkit.cli.synth import refuse_output
from archkit.diagnostics import ArchkitError

__all__ = ["EXAMPLES", "render"]

Picture = Literal["svg", "png"]

EXAMPLES = examples(
    ("archkit render shop.yaml -o shop.svg", "one self-contained file, light and dark"),
    ("archkit render shop.yaml -o shop.png --scale 3", "for slides"),
    ("archkit render shop.yaml --theme dark > a.svg", "always dark"),
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
        View, typer.Option(help="What to draw: the whole, or the states of a state machine ([b]workflow[/b]).")
    ] = "architecture",
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
    """Draw the architecture diagram of a blueprint, or a workflow of it."""
    if node is not None and view != "workflow":
        fail_usage("--node says which workflow to draw; add --view workflow")
    picture = format or _ending(output)
    if output == "-" and picture == "png" and sys.stdout.isatty():
        fail_usage("a PNG would garble the terminal; name a file with -o, or redirect")
    opened = open_blueprint(file)
    from archkit.diagram.icons import best

    look = icons or best()
    data = _draw(opened, picture, theme, engine, scale, view, node, look)
    show(opened.report, opened.sources)
    if output == "-":
        emit(data)
        return
    path = Path(output) / f"{_name(opened, view, node)}.{picture}" if Path(output).is_dir() else Path(output)
    refuse_output(opened, [path])
    write_all({path: data})


def _draw(
    opened: Opened,
    picture: Picture,
    theme: Theme,
    engine: Engine,
    scale: float,
    view: View,
    node: str | None,
    icons: Icons,
) -> bytes:
    compilation = opened.loaded
    from archkit.diagram.graphviz import GraphvizMissing
    from archkit.diagram.icons import NoIcons
    from archkit.diagram.workflow import NoWorkflow

    try:
        return compilation.render(picture, theme=theme, engine=engine, scale=scale, view=view, node=node, icons=icons)
    except ArchkitError as error:
        stop(error.report, opened.sources)
    except (GraphvizMissing, NoIcons, NoWorkflow) as error:
        fail_usage(str(error))


def _name(opened: Opened, view: View, node: str | None) -> str:
    """Return what a picture is called in a folder."""
    from archkit.diagram.workflow import find

    whole = opened.architecture
    return f"{whole.name}-{find(whole, node)[0].id}" if view == "workflow" else whole.name


def _ending(output: str) -> Picture:
    match Path(output).suffix.lower():
        case ".svg" | "":
            return "svg"
        case ".png":
            return "png"
        case other:
            fail_usage(f"archkit cannot draw '{other}'; it draws .svg and .png (say which with --format)")
