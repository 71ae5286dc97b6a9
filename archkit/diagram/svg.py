"""The SVG: one self-contained file with classes and data attributes that anyone can measure it by.

Contract: root `svg.archkit`; `g.node[data-node][data-kind][data-parent]` with `text.name`; `g.group[data-group]
[data-parent]` with `rect.frame` and `text.title`; `g.edge[data-edge][data-from][data-to]` with `path.wire` and
`text.label` where it has a label. All ids begin with the blueprint's name and all styles stand under the root's id,
so that two pictures in one page do not disturb each other. No script, no reference to anything outside.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from urllib.parse import urlsplit

from archkit.diagnostics import Report
from archkit.diagram.alt import describe
from archkit.diagram.icons import IconStyle, category_color, fragment
from archkit.diagram.layout.card import Card
from archkit.diagram.layout.measure import STEP
from archkit.diagram.legend import Legend, legend
from archkit.diagram.path import arrowhead, wire_path
from archkit.diagram.plan import Badge, Box
from archkit.diagram.scene import Frame, Label, Leaf, Line, Point, Rect, Route, Scene
from archkit.diagram.style import Theme, stylesheet
from archkit.diagram.text import clean

__all__ = ["write"]


def write(
    scene: Scene,
    theme: Theme = "media",
    report: Report | None = None,
    instance: str = "",
    *,
    icons: IconStyle = "flat",
) -> str:
    """Return the SVG of a finished scene; `instance` tells two equal ones on one page apart."""
    return _Writer(scene, theme, report, instance, icons).text()


class _Writer:
    def __init__(self, scene: Scene, theme: Theme, report: Report | None, instance: str, icons: IconStyle) -> None:
        self.scene = scene
        self.plan = scene.plan
        self.theme = theme
        self.report = report
        self.icons = icons
        # The same picture in light and in dark may stand on one page: their styles differ, and so must their ids. No
        # name of a blueprint has two hyphens in a row, so none is what another's picture in dark is called.
        parts = (f"archkit-{scene.plan.name}", "" if theme == "media" else theme, instance)
        self.id = re.sub(r"[^A-Za-z0-9_-]", "_", "--".join(part for part in parts if part))
        self.symbols: dict[str, str] = {}
        looks = (frame.group.frame for frame in scene.frames.values())
        self.colors = list(dict.fromkeys((look.color, look.fill) for look in looks))

    def text(self) -> str:
        """Return the whole file."""
        around = legend(self.plan, self.scene.bounds)
        body = "\n".join(self._body(around))
        title, desc = clean(self.plan.title or self.plan.name), describe(self.scene.told or self.plan)
        styles = stylesheet(self.id, self.theme, self.colors, not (body + title).isascii(), 'class="solid"' in body)
        left, top, wide, high = (
            fmt(value) for value in (around.page.left, around.page.top, around.page.width, around.page.height)
        )
        # What is inside of an image is hidden from those who cannot see it, also links; a document says all it has.
        role = "graphics-document" if "<a href=" in body else "img"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="archkit" id="{self.id}" '
            f'viewBox="{left} {top} {wide} {high}" width="{wide}" height="{high}" role="{role}" '
            f'aria-labelledby="{self.id}-title {self.id}-desc">\n'
            f'<title id="{self.id}-title">{escape(title)}</title>\n<desc id="{self.id}-desc">{escape(desc)}</desc>\n'
            f"<style>{styles}</style>\n<defs>{''.join(self.symbols.values())}</defs>\n"
            f'<rect class="paper" x="{left}" y="{top}" width="{wide}" height="{high}"/>\n{body}\n</svg>\n'
        )

    def _body(self, around: Legend) -> Iterator[str]:
        for line, at in around.heading:
            yield f'<text class="heading" x="{fmt(at.x)}" y="{fmt(at.y)}">{escape(line)}</text>'
        for id, frame in self.scene.frames.items():
            yield self._group(id, frame)
        for route in self.scene.routes:
            yield self._edge(route)
        for id, leaf in self.scene.leaves.items():
            yield self._node(id, leaf)
        yield from self._legend(around)

    def _group(self, id: str, frame: Frame) -> str:
        group = frame.group
        dashed = " dashed" if group.frame.dashed else ""
        icon = self._use(group.frame.icon, frame.icon) if group.frame.icon and frame.icon else ""
        look = f"group c{self.colors.index((group.frame.color, group.frame.fill))}"
        start = self._start(look, "group", id, kind=group.kind, parent=group.parent or "")
        title = _linked(group.link, _text("title", (frame.title,)))
        return f'{start}{_tip(group.note)}<rect class="frame{dashed}" {_box(frame.rect)}/>{icon}{title}</g>'

    def _node(self, id: str, leaf: Leaf) -> str:
        box = leaf.box
        badges = "".join(self._badge(badge, rect) for badge, rect in zip(box.badges, leaf.badges, strict=False))
        caption = _text("caption", leaf.caption) if leaf.caption else ""
        ground = "".join(f'<rect class="halo" {_box(rect)}/>' for rect in leaf.grounds)
        inner = ground + self._picture(leaf) + badges + _text("name", leaf.name) + caption
        look = "node dim" if box.dim else "node"
        start = self._start(look, "node", id, kind=box.kind, parent=self.plan.holder(id) or "")
        return f"{start}{_tip(_tooltip(box))}{_linked(box.link, inner)}</g>"

    def _picture(self, leaf: Leaf) -> str:
        """Return the icon of a node, with the card that it stands on."""
        if not isinstance(leaf, Card):
            return self._use(leaf.box.icon, leaf.icon, True)
        icon = self._use(leaf.box.icon, leaf.picture, True) if leaf.picture else ""
        return f'<rect class="card" {_box(leaf.icon)} rx="{fmt(leaf.corner)}"/>{icon}'

    def _badge(self, badge: Badge, rect: Rect) -> str:
        icon = self._use(badge.icon, rect.grow(-2), True)
        ground = f'<rect class="badge" {_box(rect.grow(-0.5))} rx="3"/>'
        return f"<g>{_tip(badge.title)}{ground}{icon}</g>"

    def _use(self, icon: str, rect: Rect, colored: bool = False) -> str:
        """Return a use of an icon, whose symbol is written once however often it is used."""
        if icon not in self.symbols:
            id = f"{self.id}-icon-{len(self.symbols)}"
            drawing = fragment(icon, self.report, self.icons, id)
            self.symbols[icon] = f'<symbol id="{id}" viewBox="0 0 48 48">{drawing}</symbol>'
        id = self.symbols[icon].split('"', 2)[1]
        color = f' color="{category_color(icon)}"' if colored else ""
        solid = ' class="solid"' if '<g class="solid"' in self.symbols[icon] else ""
        return f'<use href="#{id}" {_box(rect)}{color}{solid}/>'

    def _edge(self, route: Route) -> str:
        wire = route.wire
        heads = arrowhead(route.points[-1], route.points[-2], wire.style == "data")
        if wire.both:
            heads += arrowhead(route.points[0], route.points[1], wire.style == "data")
        head = f'<path class="head" d="{heads}"/>'
        label = _label(route.label) if route.label else ""
        ends = {"from": self.plan.told(wire.source), "to": self.plan.told(wire.target)}
        start = self._start(f"edge {wire.style}", "edge", wire.id, wire.edge or wire.id, **ends)
        path, length = wire_path(route)
        # Wires that share their last stretch lay their dashes upon one another, so these are counted from the end.
        phase = f' stroke-dashoffset="{fmt(-length % 10)}"' if route.net.startswith("target ") else ""
        return f'{start}{_tip(wire.note)}<path class="wire" d="{path}"{phase}/>{head}{label}</g>'

    def _start(self, look: str, what: str, id: str, told: str = "", **data: str) -> str:
        """Return the start tag of a group with its id on the page and its data attributes.

        Copies of one thing have ids of their own and all name what they are `told` for.
        """
        told = told or self.plan.told(id)
        parent = {"parent": self.plan.told(data["parent"])} if data.get("parent") else {}
        known = "".join(f' data-{key}="{escape(value)}"' for key, value in {what: told, **data, **parent}.items())
        return f'<g class="{look}" id="{self._ref(what, id)}"{known}>'

    def _legend(self, around: Legend) -> Iterator[str]:
        if around.rule is None:
            return
        yield '<g class="legend">'
        for entry in around.entries:
            mark = _disc(entry.mark, entry.at) if isinstance(entry.mark, int) else _sample(entry.mark, entry.at)
            lines = "".join(
                f'<tspan x="{fmt(at.x)}" y="{fmt(at.y)}">{escape(line)}</tspan>' for line, at in entry.lines
            )
            yield f'{mark}<text class="note">{lines}</text>'
        yield "</g>"

    def _ref(self, what: str, id: str) -> str:
        """Return an id for the page, in which nothing but letters, digits and a few signs stands as it is."""
        return f"{self.id}-{what}-" + re.sub(r"[^A-Za-z0-9_.-]", lambda match: f"_{ord(match[0]):x}_", id)


def fmt(value: float) -> str:
    """Return a length with at most one digit behind the point."""
    return f"{round(value, 1):g}" if abs(value) < 1e5 else str(round(value))


def _box(rect: Rect) -> str:
    return f'x="{fmt(rect.left)}" y="{fmt(rect.top)}" width="{fmt(rect.width)}" height="{fmt(rect.height)}"'


def _text(kind: str, lines: tuple[Line, ...]) -> str:
    """Return one text of several lines, each at its own place."""
    if len(lines) == 1:
        return f'<text class="{kind}" x="{fmt(lines[0].x)}" y="{fmt(lines[0].y)}">{escape(lines[0].text)}</text>'
    spans = "".join(f'<tspan x="{fmt(line.x)}" y="{fmt(line.y)}">{escape(line.text)}</tspan>' for line in lines)
    return f'<text class="{kind}">{spans}</text>'


def _label(label: Label) -> str:
    """Return a label over its halo, with the step's number before it."""
    halo = f'<rect class="halo" {_box(label.rect)} rx="2"/>' if label.lines else ""
    disc = _disc(label.number, label.badge) if label.badge and label.number is not None else ""
    return halo + disc + (_text("label", label.lines) if label.lines else "")


def _disc(number: int, at: Point) -> str:
    return (
        f'<circle class="disc" cx="{fmt(at.x)}" cy="{fmt(at.y)}" r="{fmt(STEP / 2)}"/>'
        f'<text class="number" x="{fmt(at.x)}" y="{fmt(at.y + 4.1)}">{number}</text>'
    )


def _sample(style: str, at: Point) -> str:
    """Return a short wire of a style."""
    end = Point(at.x + 34, at.y)
    return (
        f'<g class="{style}"><path class="wire" d="M{fmt(at.x)} {fmt(at.y)}H{fmt(end.x - 2)}"/>'
        f'<path class="head" d="{arrowhead(end, at, style == "data")}"/></g>'
    )


def _tip(note: str | None) -> str:
    return f"<title>{escape(clean(note))}</title>" if note and clean(note) else ""


def _tooltip(box: Box) -> str | None:
    return box.note or ("; ".join(badge.title for badge in box.badges) or None)


def leads(link: str) -> bool:
    """Say whether a link leads to a page, and does nothing else."""
    return urlsplit(link.strip()).scheme.lower() in ("", "http", "https", "mailto")


def _linked(link: str | None, inner: str) -> str:
    """Wrap in a link, unless it would do anything but lead to a page."""
    if not link or not leads(link):
        return inner
    return f'<a href="{escape(clean(link))}">{inner}</a>'
