"""The sparse grid that wires are searched on, and what stands in their way.

Grid lines pass beside everything that is drawn and through the middle of every side, so that each sensible path is on
the grid and the grid stays small.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from archkit.diagram.scene import Frame, Leaf, Point, Rect, Scene

__all__ = ["CLEAR", "EXIT", "SIDES", "Grid", "Obstacle", "Port", "obstacles", "ports"]

CLEAR = 9  # least distance of a wire from any icon, title or frame corner that is not its own: 8, and 1 for fonts
EXIT = 14  # length of a wire's first stretch, straight out of its node: an arrowhead fits on it
_ALONG = 7  # least distance of a wire from a frame's line that it runs along
_CORNER = 16  # part of a frame's side, next to its corners, where no wire ends

SIDES = ((1, 0), (0, 1), (-1, 0), (0, -1))
"""Directions, by number: right, down, left, up."""


class Obstacle(NamedTuple):
    """An area that wires keep out of; `only` limits it to wires that run across ('h') or down ('v')."""

    rect: Rect
    owner: str
    only: str = ""


@dataclass(frozen=True, eq=False, repr=False)
class Port:
    """Where a wire may leave an item: the point on its side, the grid point before it, the side, and its range.

    `reach` is the distance of the grid point from the middle of the item, `wish` where on the side a lone wire ends
    (at the point unless it is given).
    """

    at: Point
    exit: Point
    side: int
    low: float
    high: float
    reach: float = 0
    wish: float | None = None

    @property
    def best(self) -> float:
        """Where on the side a lone wire ends."""
        return self.wish if self.wish is not None else self.at.x if self.side in (1, 3) else self.at.y


def obstacles(scene: Scene) -> list[Obstacle]:
    """Return everything that wires keep off."""
    found = []
    for id, leaf in scene.leaves.items():
        found += [Obstacle(rect.grow(CLEAR), id) for rect in (leaf.icon, leaf.text, *leaf.badges)]
    for id, frame in scene.frames.items():
        found.append(Obstacle(frame.head.grow(CLEAR), id))
        left, top, right, bottom = frame.rect
        corners = ((left, top), (right, top), (left, bottom), (right, bottom))
        found += [Obstacle(Rect(x, y, x, y).grow(CLEAR), id) for x, y in corners]
        found += [Obstacle(Rect(x - _ALONG, top, x + _ALONG, bottom), id, "v") for x in (left, right)]
        found += [Obstacle(Rect(left, y - _ALONG, right, y + _ALONG), id, "h") for y in (top, bottom)]
    return found


def ports(item: Leaf | Frame, toward: Point, inward: bool = False) -> list[Port]:
    """Return an item's ports. A frame also has one on each side that is in line with `toward`."""
    return _leaf_ports(item) if isinstance(item, Leaf) else _frame_ports(item, toward, -1 if inward else 1)


def _leaf_ports(leaf: Leaf) -> list[Port]:
    icon = leaf.icon
    x, y = icon.center
    reach, aside = icon.width / 2 - 10, icon.height / 2 - 10
    beside = leaf.text.left >= icon.right
    below = icon.bottom if beside else leaf.text.bottom
    found = [
        Port(Point(icon.right, y), Point(icon.right + EXIT, y), 0, y - aside, y + aside, icon.width / 2 + EXIT),
        Port(Point(x, below), Point(x, below + EXIT), 1, x - reach, x + reach, below - y + EXIT),
        Port(Point(icon.left, y), Point(icon.left - EXIT, y), 2, y - aside, y + aside, icon.width / 2 + EXIT),
        Port(Point(x, icon.top), Point(x, icon.top - EXIT), 3, x - reach, x + reach, icon.height / 2 + EXIT),
    ]
    return found[1:] if beside else found


def _frame_ports(frame: Frame, toward: Point, sign: int) -> list[Port]:
    """Return ports in the middle of each side and in line with `toward`; none of them at the title."""
    left, top, right, bottom = frame.rect
    head = frame.head
    low_y, low_x = bottom - _CORNER, left + _CORNER
    found = []
    for side, x, way, high in ((0, right, sign, top + _CORNER), (2, left, -sign, head.bottom + CLEAR)):
        high = max(high, head.bottom + CLEAR) if head.right + 2 * EXIT > x > head.left else high
        for y in dict.fromkeys((_within((top + bottom) / 2, high, low_y), _within(toward.y, high, low_y))):
            found.append(Port(Point(x, y), Point(x + way * EXIT, y), side, high, low_y))
    high_x = right - _CORNER
    first = head.right + CLEAR if frame.group.frame.title == "left" else low_x
    for x in dict.fromkeys((_within((left + right) / 2, low_x, high_x), _within(toward.x, low_x, high_x))):
        found.append(Port(Point(x, bottom), Point(x, bottom + sign * EXIT), 1, low_x, high_x))
        if x >= first and sign > 0:
            found.append(Port(Point(x, top), Point(x, top - EXIT), 3, first, high_x))
    return found


def _within(value: float, low: float, high: float) -> float:
    return max(low, min(value, high))


class Grid:
    """Lines at `xs` and `ys`; `across` and `down` say which steps to the next line are barred.

    A vertex is `row * columns + column`; a step belongs to its left or upper vertex. `tolls` says which frames a step
    crosses; its key is twice the step's vertex, and 1 more for a step down.
    """

    def __init__(
        self, xs: Iterable[float], ys: Iterable[float], walls: Iterable[Obstacle], frames: Mapping[str, Rect]
    ) -> None:
        self.xs, self.ys = sorted(set(xs)), sorted(set(ys))
        self.columns, self.rows = len(self.xs), len(self.ys)
        self.across = bytearray(self.columns * self.rows)
        self.down = bytearray(self.columns * self.rows)
        self.tolls: dict[int, tuple[str, ...]] = {}
        for wall in walls:
            self._bar(wall)
        for id, rect in frames.items():
            self._fence(id, rect)

    def _bar(self, wall: Obstacle) -> None:
        left, top, right, bottom = wall.rect
        xs, ys, columns = self.xs, self.ys, self.columns
        if wall.only != "v":
            first, last = max(bisect_right(xs, left) - 1, 0), bisect_left(xs, right)
            for row in range(bisect_right(ys, top), bisect_left(ys, bottom)):
                self.across[row * columns + first : row * columns + last] = b"\1" * (last - first)
        if wall.only != "h":
            first, last = bisect_right(xs, left), bisect_left(xs, right)
            for row in range(max(bisect_right(ys, top) - 1, 0), bisect_left(ys, bottom)):
                self.down[row * columns + first : row * columns + last] = b"\1" * max(last - first, 0)

    def _fence(self, id: str, rect: Rect) -> None:
        """Note the steps that cross a frame's lines."""
        rows = range(bisect_right(self.ys, rect.top), bisect_left(self.ys, rect.bottom))
        columns = range(bisect_right(self.xs, rect.left), bisect_left(self.xs, rect.right))
        crossed = [
            2 * (row * self.columns + bisect_right(self.xs, x) - 1) for x in (rect.left, rect.right) for row in rows
        ]
        crossed += [
            2 * ((bisect_right(self.ys, y) - 1) * self.columns + column) + 1
            for y in (rect.top, rect.bottom)
            for column in columns
        ]
        for key in crossed:
            self.tolls[key] = (*self.tolls.get(key, ()), id)

    def vertex(self, point: Point) -> int:
        """Return the vertex at a point, which must be on the grid."""
        return bisect_left(self.ys, point.y) * self.columns + bisect_left(self.xs, point.x)

    def point(self, vertex: int) -> Point:
        """Return where a vertex is."""
        return Point(self.xs[vertex % self.columns], self.ys[vertex // self.columns])
