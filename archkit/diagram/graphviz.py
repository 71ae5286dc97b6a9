"""The other engine: Graphviz through the package `diagrams`, for those who have `dot` and want its layout.

This is the only place that imports `diagrams`.
"""

from __future__ import annotations

import base64
import re
import shutil
import tempfile
from contextlib import ExitStack
from html import escape
from pathlib import Path
from typing import Any

from archkit.diagnostics import Report
from archkit.diagram import Missing
from archkit.diagram.icons import IconStyle, picture
from archkit.diagram.plan import Plan
from archkit.diagram.style import readable
from archkit.diagram.text import clean

__all__ = ["GraphvizMissing", "write"]

_STYLES = {"request": "solid", "data": "solid", "event": "dashed", "guard": "dotted"}


class GraphvizMissing(Missing):
    """The program `dot` is not installed; the message says how to do without it."""


def write(plan: Plan, format: str, report: Report | None = None, *, icons: IconStyle = "flat") -> bytes:
    """Return the picture of a plan as Graphviz draws it."""
    if shutil.which("dot") is None:
        raise GraphvizMissing(
            "the engine 'graphviz' needs the program 'dot', which is not on the PATH: "
            "install Graphviz (https://graphviz.org/download/) or leave out '--engine graphviz'"
        )
    import diagrams

    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "picture"
        vertical = (plan.direction or "").lower() in ("down", "tb")
        attributes = {"fontname": "Open Sans", "pad": "0.3", "nodesep": "0.6", "ranksep": "1.0"}
        with diagrams.Diagram(_text(plan.title), filename=str(out), show=False, outformat=format,
                              direction="TB" if vertical else "LR", graph_attr=attributes):  # fmt: skip
            _Drawing(plan, Path(folder), report, icons).draw()
        data = out.with_suffix(f".{format}").read_bytes()
        return _embedded(data, Path(folder)) if format == "svg" else data


def _text(text: str) -> str:
    """Return a text in which Graphviz finds no escape sequence."""
    return clean(text).replace("\\", "\\\\")


class _Drawing:
    """Builds the nodes, clusters and edges of one plan inside the open diagram."""

    def __init__(self, plan: Plan, folder: Path, report: Report | None, icons: IconStyle) -> None:
        self.plan = plan
        self.folder = folder
        self.report = report
        self.icons = icons
        self.nodes: dict[str, Any] = {}

    def draw(self) -> None:
        """Draw everything."""
        from diagrams import Edge

        for id in self.plan.roots:
            self._item(id)
        for wire in self.plan.wires:
            edge = Edge(label=_text(wire.label or ""), style=_STYLES[wire.style], forward=True, reverse=wire.both)
            self._end(wire.source).connect(self._end(wire.target), edge)

    def _item(self, id: str) -> None:
        from diagrams import Cluster, Node
        from diagrams.custom import Custom

        group = self.plan.groups.get(id)
        if group is None:
            box = self.plan.boxes[id]
            self.nodes[id] = Custom(_text(box.title), str(self._icon(box.icon)), nodeid=id)
            return
        style = {"pencolor": readable(group.frame.color, "#FFFFFF", 3.0), "bgcolor": "transparent",
                 "style": "dashed" if group.frame.dashed else "solid"}  # fmt: skip
        with ExitStack() as stack:
            # `diagrams` names clusters by their label: without a mark of no width two of one title would be one.
            mark = "\u200b" * list(self.plan.groups).index(id)
            stack.enter_context(Cluster(_text(group.title) + mark, graph_attr=style))
            for child in group.children:
                self._item(child)
            if not group.children:  # a cluster is drawn around nodes only
                self.nodes[id] = Node("", nodeid=id, shape="point", style="invis")

    def _end(self, id: str) -> Any:
        """Return a node, for a group the first one in it: Graphviz draws no edge to a cluster."""
        while id in self.plan.groups and id not in self.nodes:
            id = self.plan.groups[id].children[0]
        return self.nodes[id]

    def _icon(self, icon: str) -> Path:
        path = self.folder / f"{re.sub(r'[^a-z0-9-]', '_', icon) or 'plain'}.png"
        if not path.exists():
            path.write_bytes(picture(icon, self.report, self.icons))
        return path


def _embedded(svg: bytes, folder: Path) -> bytes:
    """Return an SVG whose pictures are in the file itself; `dot` writes their paths on this machine."""
    text = svg.decode()
    for path in sorted(folder.glob("*.png")):
        encoded = base64.b64encode(path.read_bytes()).decode()
        text = text.replace(escape(str(path)), f"data:image/png;base64,{encoded}")
    return text.encode()
