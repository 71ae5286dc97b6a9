"""Geometry that the stages hand to one another. All lengths are px, x grows to the right and y downwards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from archkit.diagram.plan import Box, Group, Plan, Wire

__all__ = ["Frame", "Label", "Leaf", "Line", "Point", "Rect", "Route", "Scene", "moved"]


class Point(NamedTuple):
    """A place."""

    x: float
    y: float


class Rect(NamedTuple):
    """A rectangle by its four sides."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """How wide it is."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """How high it is."""
        return self.bottom - self.top

    @property
    def center(self) -> Point:
        """Its middle."""
        return Point((self.left + self.right) / 2, (self.top + self.bottom) / 2)

    def grow(self, by: float) -> Rect:
        """Return it with every side moved outwards."""
        return Rect(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def moved(self, dx: float, dy: float) -> Rect:
        """Return it at another place."""
        return Rect(self.left + dx, self.top + dy, self.right + dx, self.bottom + dy)

    def overlaps(self, other: Rect) -> bool:
        """Whether the two share an area; touching is not sharing."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def holds(self, other: Rect) -> bool:
        """Whether the other lies wholly inside."""
        return (
            self.left <= other.left
            and self.top <= other.top
            and self.right >= other.right
            and self.bottom >= other.bottom
        )

    def holds_point(self, point: Point) -> bool:
        """Whether a point lies inside."""
        return self.left <= point.x <= self.right and self.top <= point.y <= self.bottom

    @staticmethod
    def around(rects: Iterable[Rect]) -> Rect:
        """Return the smallest rectangle that holds all of them."""
        lefts, tops, rights, bottoms = zip(*rects, strict=True)
        return Rect(min(lefts), min(tops), max(rights), max(bottoms))


@dataclass(frozen=True, eq=False, repr=False)
class Line:
    """One line of text: its words, the middle of its baseline (or its start), its measured width and its size."""

    text: str
    x: float
    y: float
    width: float
    size: float

    @property
    def rect(self) -> Rect:
        """The area that centred text covers, from ascenders to descenders."""
        return Rect(
            self.x - self.width / 2, self.y - 0.8 * self.size, self.x + self.width / 2, self.y + 0.25 * self.size
        )


@dataclass(frozen=True, eq=False, repr=False)
class Leaf:
    """A node as drawn: icon, lines of its name and of its caption, badges at the icon's upper right corner."""

    box: Box
    icon: Rect
    name: tuple[Line, ...]
    caption: tuple[Line, ...]
    badges: tuple[Rect, ...] = ()

    @property
    def grounds(self) -> tuple[Rect, ...]:
        """What is cleared under a gateway, so that the frame's line does not run through it."""
        return (self.icon, self.text.grow(2)) if self.box.border else ()

    @property
    def text(self) -> Rect:
        """The area of the name and the caption."""
        return Rect.around(line.rect for line in (*self.name, *self.caption))

    @property
    def rect(self) -> Rect:
        """Everything that belongs to the node."""
        return Rect.around((self.icon, self.text, *self.badges))


def moved(leaf: Leaf, dx: float, dy: float) -> Leaf:
    """Return a node at another place."""
    return replace(
        leaf,
        icon=leaf.icon.moved(dx, dy),
        name=tuple(replace(line, x=line.x + dx, y=line.y + dy) for line in leaf.name),
        caption=tuple(replace(line, x=line.x + dx, y=line.y + dy) for line in leaf.caption),
        badges=tuple(rect.moved(dx, dy) for rect in leaf.badges),
    )


@dataclass(frozen=True, eq=False, repr=False)
class Frame:
    """A group as drawn: its frame, its corner icon where it has one, and its title line (anchored at its start)."""

    group: Group
    rect: Rect
    icon: Rect | None
    title: Line
    title_rect: Rect

    @property
    def head(self) -> Rect:
        """The area of corner icon and title."""
        return Rect.around((self.icon, self.title_rect) if self.icon else (self.title_rect,))


@dataclass(frozen=True, eq=False, repr=False)
class Label:
    """Text on a wire, with the number of its step before it where it has one."""

    rect: Rect
    lines: tuple[Line, ...]
    badge: Point | None = None
    number: int | None = None


@dataclass(frozen=True, eq=False, repr=False)
class Route:
    """A wire as drawn: its corners from end to end, and the places where it lets another pass.

    The stretch after the corner `hidden` lies behind a gateway that the wire passes through.
    """

    wire: Wire
    points: tuple[Point, ...]
    net: str
    gaps: tuple[Point, ...] = ()
    label: Label | None = None
    hidden: int | None = None


@dataclass(eq=False, repr=False)
class Scene:
    """The whole picture. Stages fill it in: layout sets leaves and frames, route the routes, labels their labels.

    `told` is the plan as it was before zones were drawn: each node once. `crowded` are the wires for which, or for the
    labels of which, there was too little room, `sides` where each leaves its source and enters its target.
    """

    plan: Plan
    leaves: dict[str, Leaf]
    frames: dict[str, Frame]
    vertical: bool = False
    routes: list[Route] = field(default_factory=list)
    told: Plan | None = None
    crowded: set[str] = field(default_factory=set)
    sides: dict[str, tuple[int, int]] = field(default_factory=dict)

    def rect(self, id: str) -> Rect:
        """The area of a node or of a group's frame."""
        return self.leaves[id].rect if id in self.leaves else self.frames[id].rect

    @property
    def bounds(self) -> Rect:
        """The area of everything that is drawn."""
        rects = [leaf.rect for leaf in self.leaves.values()] + [frame.rect for frame in self.frames.values()]
        for route in self.routes:
            rects += [Rect(x, y, x, y) for x, y in route.points]
            rects += [route.label.rect] if route.label else []
        return Rect.around(rects) if rects else Rect(0, 0, 0, 0)
