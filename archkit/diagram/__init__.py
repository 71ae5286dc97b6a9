"""The picture of an architecture: plan -> layout -> route -> labels -> SVG, and from there every other format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from archkit.architecture import Architecture
from archkit.diagnostics import Report, did_you_mean, listing
from archkit.diagram.views import VIEWS

if TYPE_CHECKING:
    from archkit.diagram.plan import Plan

__all__ = ["FORMATS", "VIEWS", "Missing", "describe", "render"]

FORMATS: Mapping[str, tuple[str, ...]] = {
    "svg": ("svg",),
    "png": ("png",),
    "pdf": ("pdf",),
    "html": ("html", "htm"),
    "drawio": ("drawio",),
    "mermaid": ("mmd", "mermaid"),
    "dot": ("dot", "gv"),
}
"""The formats of pictures, and what the names of their files end in; the first is the usual one."""

Theme = Literal["media", "light", "dark", "page"]


class Missing(RuntimeError):
    """A program or package that a format needs is not installed; the message says how to get it or do without."""


def render(
    architecture: Architecture,
    *,
    format: str = "svg",
    theme: Theme = "media",
    engine: Literal["archkit", "graphviz"] = "archkit",
    scale: float = 2.0,
    view: str = "architecture",
    node: str | None = None,
    depth: int | None = None,
    report: Report | None = None,
    icons: Literal["flat", "classic", "installed"] = "flat",
    instance: str = "",
    facts: Callable[[], Mapping[str, Any]] | None = None,
) -> bytes:
    """Draw an architecture, a part of it (`view`), or the workflow that one of its nodes is (`node`, of several).

    `theme` says how SVG and HTML find light or dark: by the reader's setting, one of the two for good, or by an
    attribute of the page. PNG, PDF and draw.io are light unless `theme` is dark. A PNG has `scale` pixels for each px.
    `depth` closes deeper groups. `icons` are in AWS's present look, as the package `diagrams` has them, or those that
    the user installed. `instance` tells two equal pictures on one page apart. `facts` yields what the HTML tells of
    nodes and edges. What could not be drawn as meant is a warning in `report`.

    Raises ValueError for what does not exist or go together (`NothingToDraw` where there is nothing of what the view
    shows, `NoIcons` where none are installed), and `Missing` where a format's package or program is not installed.
    """
    from archkit.diagram.icons import require

    _known("format", format, FORMATS)
    require(icons)
    picture = _plan(architecture, view, node, depth)
    if engine == "graphviz":
        if format not in ("svg", "png"):
            raise ValueError(f"the engine 'graphviz' draws svg and png, not {format}")
        from archkit.diagram import graphviz

        return graphviz.write(picture, format, report, icons=icons)
    if format in ("mermaid", "dot"):
        return _text(picture, format)
    from archkit.diagram import svg
    from archkit.diagram.compose import compose

    scene = compose(picture)
    if format == "svg":
        return svg.write(scene, theme, report, instance, icons=icons).encode()
    if format == "drawio":
        from archkit.diagram import drawio

        return drawio.write(scene, theme, report)
    if format == "html":
        from archkit.diagram import html

        return html.write(scene, theme, report, facts() if facts else {}, icons=icons).encode()
    master = svg.write(scene, "dark" if theme == "dark" else "light", report, icons=icons)
    if format == "pdf":
        from archkit.diagram import pdf

        return pdf.write(master, scene)
    from archkit.diagram import png

    return png.write(master, scale)


def describe(
    architecture: Architecture, *, view: str = "architecture", node: str | None = None, depth: int | None = None
) -> str:
    """Return what a picture shows in plain sentences: its alternative text."""
    from archkit.diagram import alt

    return alt.describe(_plan(architecture, view, node, depth))


def _plan(architecture: Architecture, view: str, node: str | None, depth: int | None) -> Plan:
    from archkit.diagram import plan, views, workflow

    _known("view", view, VIEWS)
    if view == "workflow":
        if depth is not None:
            raise ValueError("a depth closes groups of nodes, and a workflow has none; leave the depth out")
        return workflow.plan(architecture, node)
    if node is not None:
        raise ValueError("a node says which workflow to draw; ask for the view 'workflow' as well")
    return plan.plan(views.seen(architecture, view), depth)


def _text(picture: Plan, format: str) -> bytes:
    from archkit.diagram import dot, mermaid

    text: str = mermaid.write(picture) if format == "mermaid" else dot.write(picture)
    return text.encode()


def _known(what: str, word: str, words: Mapping[str, Any] | tuple[str, ...]) -> None:
    if word not in words:
        raise ValueError(f"there is no {what} '{word}'; {did_you_mean(word, words) or f'{what}s: {listing(words)}'}")
