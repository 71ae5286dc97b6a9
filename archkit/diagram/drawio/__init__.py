"""The picture for draw.io (https://www.drawio.com): to be edited, with AWS's shapes as draw.io has them.

A group is a container and what stands in it is its child, so that it moves along; an edge is tied to its ends and keeps
our way as its waypoints. Texts are plain, never HTML. Every cell of a node, group or edge says which one it is in a
property of its own (`node`, `group`, `edge`), which draw.io shows under Edit Data.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from math import dist
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from archkit.diagnostics import Report
from archkit.diagram.drawio.shapes import corner, shape
from archkit.diagram.icons import picture
from archkit.diagram.layout.card import Card
from archkit.diagram.layout.measure import STEP
from archkit.diagram.legend import legend
from archkit.diagram.scene import Frame, Label, Leaf, Point, Rect, Route, Scene
from archkit.diagram.style import PAPER, SHADES, Theme, readable
from archkit.diagram.svg import leads
from archkit.diagram.text import clean

__all__ = ["write"]

_DASHES = {"event": "dashed=1;dashPattern=6 4;", "guard": "dashed=1;dashPattern=1.5 3.5;"}
_FONT = "fontFamily=Open Sans;"
_UNDER = "verticalLabelPosition=bottom;verticalAlign=top;align=center;"


def write(scene: Scene, theme: Theme = "media", report: Report | None = None) -> bytes:
    """Return the file of a finished scene, as XML that is not compressed; dark only where `theme` is dark."""
    file = _Writer(scene, "dark" if theme == "dark" else "light", report).file()
    indent(file)
    text: str = tostring(file, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


class _Writer:
    def __init__(self, scene: Scene, mode: str, report: Report | None) -> None:
        self.scene = scene
        self.plan = scene.plan
        self.report = report
        self.paper, self.shades = PAPER[mode], SHADES[mode]
        self.dark = mode == "dark"
        self.around = legend(scene.plan, scene.bounds)
        self.origin = Point(self.around.page.left, self.around.page.top)
        self.places: dict[str, Rect] = {}
        self.pictures: dict[str, str] = {}
        self.root = Element("root")

    def file(self) -> Element:
        """Return the whole file."""
        page = self.around.page
        file = Element("mxfile", host="archkit")
        name = clean(self.plan.title or self.plan.name)
        diagram = SubElement(file, "diagram", id=self.plan.name, name=name)
        size = {"pageWidth": fmt(page.width), "pageHeight": fmt(page.height)}
        look = {"grid": "0", "page": "1", "math": "0", "shadow": "0", "background": self.paper}
        model = SubElement(diagram, "mxGraphModel", {**look, **size})
        model.append(self.root)
        SubElement(self.root, "mxCell", id="0")
        SubElement(self.root, "mxCell", {"id": "1", "parent": "0"})
        self.places = {f"group {id}": frame.rect for id, frame in self.scene.frames.items()}
        self.places |= {f"node {id}": leaf.icon for id, leaf in self.scene.leaves.items()}
        self._edges("1")
        frames = self.scene.frames.items()
        for id, frame in sorted(frames, key=lambda item: (item[1].group.overlay, len(self.plan.chain(item[0])))):
            self._group(id, frame)
            self._edges(f"group {id}")
        for id, leaf in self.scene.leaves.items():
            self._node(id, leaf)
        self._texts()
        return file

    def _group(self, id: str, frame: Frame) -> None:
        group = frame.group
        icon = corner(group.frame.icon)
        middle = group.frame.title == "center"
        color = readable(group.frame.color, self.paper, 3.0)
        known = {"shape": f"mxgraph.aws4.group{'Center' if middle else ''}", "grIcon": icon} if icon else {}
        fill = "none" if self.dark or not group.frame.fill else group.frame.fill
        style = _style(
            **known, grStroke=1 if known else None, container=1, collapsible=0, recursiveResize=0, expand=0,
            pointerEvents=0, fillColor=fill, strokeColor=color, strokeWidth=1.5, dashed=int(group.frame.dashed),
            verticalAlign="top", align="center" if middle else "left",
            spacingLeft=None if middle else 30 if icon else 8, spacingTop=22 if middle and icon else 2,
            fontColor=readable(group.frame.color, self.paper, 4.5), fontSize=14,
        )  # fmt: skip
        told = {"group": self.plan.told(id), "kind": group.kind, **_more(group.note, group.link)}
        self._vertex(f"group {id}", frame.title.text, style, frame.rect, self._holder(group.parent), told)

    def _node(self, id: str, leaf: Leaf) -> None:
        box = leaf.box
        text = "\n".join(line.text for line in (*leaf.name, *leaf.caption))
        told = {"node": self.plan.told(id), "kind": box.kind, **_more(box.note, box.link)}
        self._vertex(f"node {id}", text, self._look(leaf), leaf.icon, self._holder(box.parent), told)
        inner = leaf.picture if isinstance(leaf, Card) else leaf.icon if box.border else None
        if inner:
            self._vertex(f"icon {id}", "", f"{self._drawn(box.icon)}connectable=0;", inner, f"node {id}")
        for number, (badge, rect) in enumerate(zip(box.badges, leaf.badges, strict=False)):
            style = f"{self._drawn(badge.icon)}connectable=0;"
            self._vertex(f"badge {number} {id}", "", style, rect, f"node {id}", {"tooltip": clean(badge.title)})

    def _look(self, leaf: Leaf) -> str:
        colors = f"fontColor={self.shades['ink']};fontSize=13;{_FONT}"
        if isinstance(leaf, Card):
            left = f"align=left;spacingLeft={fmt(leaf.picture.right - leaf.icon.left + 6)};" if leaf.picture else ""
            sizes = f"arcSize={fmt(leaf.corner * 2)};absoluteArcSize=1;"
            return f"rounded=1;{sizes}fillColor={self.paper};strokeColor={self.shades['soft']};{left}{colors}"
        dim = "opacity=45;" if leaf.box.dim else ""
        if leaf.box.border:  # the frame and the wires pass behind it
            return f"fillColor={self.paper};strokeColor=none;labelBackgroundColor={self.paper};{_UNDER}{colors}"
        return f"{self._drawn(leaf.box.icon)}{_UNDER}aspect=fixed;{dim}{colors}"

    def _drawn(self, icon: str) -> str:
        """Return the style that draws an icon; our own picture of it where draw.io has none."""
        found = shape(icon, self.shades["ink"])
        if found is not None:
            return f"sketch=0;outlineConnect=0;gradientColor=none;{found}"
        if icon not in self.pictures:
            encoded = base64.b64encode(picture(icon, self.report)).decode()
            self.pictures[icon] = f"shape=image;imageAspect=0;image=data:image/png,{encoded};"
        return self.pictures[icon]

    def _edges(self, parent: str) -> None:
        """Add the edges between what stands in a group, which move with it and lie under all that it holds."""
        for route in self.scene.routes:
            inside = self.plan.chain(route.wire.target)
            around = (id for id in self.plan.chain(route.wire.source) if id in inside and id in self.scene.frames)
            if self._holder(next(around, None)) == parent:
                self._edge(route, parent)

    def _edge(self, route: Route, parent: str) -> None:
        wire, label = route.wire, route.label
        id = f"edge {wire.id}"
        ends = {"source": self._cell(wire.source), "target": self._cell(wire.target)}
        arrow = "blockThin" if wire.style == "data" else "open"
        style = (
            f"edgeStyle=orthogonalEdgeStyle;rounded=1;arcSize=8;jumpStyle=gap;jumpSize=8;html=0;"
            f"endArrow={arrow};endFill=1;startArrow={arrow if wire.both else 'none'};startFill=1;endSize=7;startSize=7;"
            f"strokeColor={self.shades['wire']};strokeWidth=1.5;{_DASHES.get(wire.style, '')}"
            f"{_tied('exit', route.points[0], self.places[ends['source']])}"
            f"{_tied('entry', route.points[-1], self.places[ends['target']])}"
            f"fontColor={self.shades['ink']};fontSize=11.5;{_FONT}labelBackgroundColor={self.paper};"
        )
        text = "\n".join(line.text for line in label.lines) if label else ""
        told = {"edge": wire.edge or wire.id, **_more(wire.note, None)}
        geometry = self._cellular(id, text, {"style": style, "edge": "1", "parent": parent, **ends}, told)
        geometry.set("relative", "1")
        if label and text:
            _put(geometry, Rect.around(line.rect for line in label.lines).center, route)
        bends = SubElement(geometry, "Array", {"as": "points"})
        for point in route.points[1:-1]:
            SubElement(bends, "mxPoint", self._at(point, parent))
        if label and label.badge and label.number is not None:
            self._step(id, label, route)

    def _step(self, edge: str, label: Label, route: Route) -> None:
        assert label.badge is not None
        told = {"style": f"{self._disc()}connectable=0;", "vertex": "1", "parent": edge}
        geometry = self._cellular(f"step {edge}", str(label.number), told, {})
        geometry.attrib |= {"width": fmt(STEP), "height": fmt(STEP), "relative": "1"}
        _put(geometry, Point(label.badge.x - STEP / 2, label.badge.y - STEP / 2), route)

    def _disc(self) -> str:
        shades = self.shades
        return f"ellipse;fillColor={shades['ink']};strokeColor=none;fontColor={self.paper};fontSize=11.5;{_FONT}"

    def _texts(self) -> None:
        """Add the title and the legends."""
        plain = f"text;verticalAlign=middle;align=left;spacing=0;fontColor={self.shades['ink']};{_FONT}"
        for number, (line, at) in enumerate(self.around.heading):
            place = Rect(at.x, at.y - 20, self.around.page.right - 24, at.y + 6)
            self._vertex(f"heading {number}", line, f"{plain}fontSize=20;", place, "1")
        for number, entry in enumerate(self.around.entries):
            text = "\n".join(line for line, _at in entry.lines)
            first, last = entry.lines[0][1], entry.lines[-1][1]
            place = Rect(first.x, first.y - 14, first.x + 320, last.y + 4)
            self._vertex(f"legend {number}", text, f"{plain}fontSize=12.5;", place, "1")
            half = STEP / 2
            if isinstance(entry.mark, int):
                spot = Rect(entry.at.x - half, entry.at.y - half, entry.at.x + half, entry.at.y + half)
                self._vertex(f"mark {number}", str(entry.mark), self._disc(), spot, "1")
            else:
                self._sample(f"mark {number}", entry.mark, entry.at)

    def _sample(self, id: str, look: str, at: Point) -> None:
        arrow = "blockThin" if look == "data" else "open"
        style = f"endArrow={arrow};endFill=1;endSize=7;strokeColor={self.shades['wire']};strokeWidth=1.5;"
        cell = {"style": style + _DASHES.get(look, ""), "edge": "1", "parent": "1"}
        geometry = self._cellular(id, "", cell, {})
        geometry.set("relative", "1")
        for end, point in (("sourcePoint", at), ("targetPoint", Point(at.x + 34, at.y))):
            SubElement(geometry, "mxPoint", {**self._at(point), "as": end})

    def _holder(self, group: str | None) -> str:
        return "1" if group is None else f"group {group}"

    def _cell(self, id: str) -> str:
        return f"node {id}" if id in self.scene.leaves else f"group {id}"

    def _at(self, point: Point, parent: str = "1") -> dict[str, str]:
        """Return a point in the coordinates of a parent."""
        around = self.places.get(parent)
        left, top = (around.left, around.top) if around else self.origin
        return {"x": fmt(point.x - left), "y": fmt(point.y - top)}

    def _vertex(
        self, id: str, text: str, style: str, place: Rect, parent: str, told: dict[str, str] | None = None
    ) -> None:
        """Add a cell with an area, which is told relative to the area of its parent."""
        geometry = self._cellular(id, text, {"style": style, "vertex": "1", "parent": parent}, told or {})
        geometry.attrib |= {**self._at(Point(place.left, place.top), parent),
                            "width": fmt(place.width), "height": fmt(place.height)}  # fmt: skip

    def _cellular(self, id: str, text: str, cell: dict[str, str], told: dict[str, str]) -> Element:
        """Add a cell, in an object that holds what it is told of, and return its geometry."""
        if told:
            owner = SubElement(self.root, "object", {"label": clean_lines(text), **told, "id": id})
            made = SubElement(owner, "mxCell", cell)
        else:
            made = SubElement(self.root, "mxCell", {"id": id, "value": clean_lines(text), **cell})
        return SubElement(made, "mxGeometry", {"as": "geometry"})


def fmt(value: float) -> str:
    """Return a length with at most two digits behind the point."""
    return f"{round(value, 2) + 0:g}" if abs(value) < 1e4 else str(round(value))


def clean_lines(text: str) -> str:
    """Return lines of text without what XML cannot hold."""
    return "\n".join(clean(line) for line in text.split("\n"))


def _style(**words: object) -> str:
    return "".join(f"{name}={fmt(value) if isinstance(value, float) else value};"
                   for name, value in words.items() if value is not None) + _FONT  # fmt: skip


def _more(note: str | None, link: str | None) -> dict[str, str]:
    """Return what a reader sees on hovering and clicking."""
    found = {"tooltip": clean(note or ""), "link": clean(link) if link and leads(link) else ""}
    return {name: value for name, value in found.items() if value}


def _tied(end: str, point: Point, place: Rect) -> str:
    """Return where an edge leaves or enters the area of its end, as shares of that area."""
    x = (point.x - place.left) / place.width
    y = (point.y - place.top) / place.height
    return f"{end}X={round(x, 4):g};{end}Y={round(y, 4):g};{end}Dx=0;{end}Dy=0;{end}Perimeter=0;"


def _put(geometry: Element, place: Point, route: Route) -> None:
    """Set a place near an edge: where along it (from -1 to 1), and how far beside."""
    length = sum(dist(one, two) for one, two in _stretches(route)) or 1.0
    best, before = (float("inf"), 0.0, route.points[0]), 0.0
    for one, two in _stretches(route):
        step = dist(one, two)
        share = (
            0.0 if not step else ((place.x - one.x) * (two.x - one.x) + (place.y - one.y) * (two.y - one.y)) / step**2
        )
        share = min(1.0, max(0.0, share))
        near = Point(one.x + share * (two.x - one.x), one.y + share * (two.y - one.y))
        best = min(best, (dist(near, place), before + share * step, near), key=lambda found: found[0])
        before += step
    _far, along, near = best
    geometry.set("x", f"{round(2 * along / length - 1, 4):g}")
    SubElement(geometry, "mxPoint", {"x": fmt(place.x - near.x), "y": fmt(place.y - near.y), "as": "offset"})


def _stretches(route: Route) -> Iterator[tuple[Point, Point]]:
    yield from zip(route.points, route.points[1:], strict=False)
