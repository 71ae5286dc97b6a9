"""The picture of an architecture: plan -> layout -> route -> labels -> SVG or PNG."""

from __future__ import annotations

from typing import Literal

from archkit.architecture import Architecture
from archkit.diagnostics import Report

__all__ = ["VIEWS", "describe", "render"]

VIEWS = ("architecture", "workflow")
"""What can be drawn of a blueprint."""


def render(
    architecture: Architecture,
    *,
    format: Literal["svg", "png"] = "svg",
    theme: Literal["media", "light", "dark", "page"] = "media",
    engine: Literal["archkit", "graphviz"] = "archkit",
    scale: float = 2.0,
    depth: int | None = None,
    report: Report | None = None,
    view: Literal["architecture", "workflow"] = "architecture",
    node: str | None = None,
    icons: Literal["flat", "classic", "installed"] = "flat",
) -> bytes:
    """Draw an architecture, or the workflow that one of its nodes is (`node`, where there are several).

    `theme` says how the SVG finds light or dark: by the reader's setting, one of the two for good, or by an attribute
    of the page. A PNG is light unless `theme` is dark, and has `scale` pixels for each px. `depth` closes deeper
    groups. `icons` are in AWS's present look, as the package `diagrams` has them, or those that the user installed.
    What could not be drawn as meant is a warning in `report`. The engine graphviz raises `GraphvizMissing` without
    `dot`, the view workflow `NoWorkflow` where there is none, installed icons `NoIcons` where there are none.
    """
    from archkit.diagram import plan, workflow
    from archkit.diagram.icons import require

    require(icons)
    picture = workflow.plan(architecture, node) if view == "workflow" else plan.plan(architecture, depth)
    if engine == "graphviz":
        from archkit.diagram import graphviz

        return graphviz.write(picture, format, report, icons=icons)
    from archkit.diagram import svg
    from archkit.diagram.compose import compose

    scene = compose(picture)
    if format == "svg":
        return svg.write(scene, theme, report, icons=icons).encode()
    from archkit.diagram import png

    return png.write(svg.write(scene, "dark" if theme == "dark" else "light", report, icons=icons), scale)


def describe(
    architecture: Architecture, *, view: Literal["architecture", "workflow"] = "architecture", node: str | None = None
) -> str:
    """Return what a picture shows in plain sentences: its alternative text."""
    from archkit.diagram import alt, plan, workflow

    picture = workflow.plan(architecture, node) if view == "workflow" else plan.plan(architecture)
    return alt.describe(picture)
