"""Labels: each stands on its own wire, off trunks that wires share, over nothing else.

A label interrupts its wire (a halo in the colour of the paper), so that no reader can take it for a neighbour's.
Where the wire is too short for that, it stands close beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from archkit.diagram.field import Field
from archkit.diagram.layout.measure import LABEL_LINE, LABEL_SIZE, STEP, label_lines
from archkit.diagram.scene import Label, Line, Point, Rect, Route, Scene
from archkit.diagram.text import width

__all__ = ["place_labels"]

_AIR = 3  # between a label and anything else
_ENDS = 9  # wire that stays visible on both sides of a label on it
_HEAD = 9  # length of an arrowhead
_STEP_ALONG = 8  # distance of one place that is tried to the next
_STEPS, _FEW = 40, 8  # so many places at most on each half of a stretch; few where there are many labels
_BEST = 4  # stretches of a wire that are tried then
_BESIDE_TRUNK = 150  # what it costs to stand beside a stretch that others use as well
_NARROW = (64, 84, 104)
_ROUNDS = 3  # of trying again
_MANY, _TRIES = 100, 150  # with so many labels each tries only so many places


class _Text(NamedTuple):
    """A label's lines, its size, and how ugly this breaking is."""

    lines: tuple[str, ...]
    width: float
    height: float
    cost: float


class _Part(NamedTuple):
    """A stretch of a wire, or what is left of it beside trunks: `low` to `high` at `at`."""

    down: bool
    at: float
    low: float
    high: float


def place_labels(scene: Scene) -> None:
    """Find a place for every label and every step number of a scene's routes.

    Those with least room choose first; where some find none, once more with them before all others. What had to be
    laid over something is crowded.
    """
    placer = _Placer(scene)
    best, crowded = placer.place(set())
    first = set(crowded)
    for _ in range(_ROUNDS if crowded and len(placer.wanted) <= _MANY else 0):
        placed, troubled = placer.place(first)
        if len(troubled) < len(crowded):
            best, crowded = placed, troubled
        if troubled <= first:
            break
        first |= troubled
    scene.routes = [replace(route, label=best.get(route.wire.id)) for route in scene.routes]
    scene.crowded |= crowded


class _Placer:
    """Places the labels of a scene, in an order that may be tried again."""

    def __init__(self, scene: Scene) -> None:
        nets: dict[str, list[Route]] = {}
        for route in scene.routes:
            nets.setdefault(route.net, []).append(route)
        self.parts = {route.wire.id: list(_free_parts(route, nets[route.net])) for route in scene.routes}
        solid = [rect for leaf in scene.leaves.values() for rect in (leaf.icon, leaf.text.grow(1), *leaf.badges)]
        solid += [frame.head.grow(2) for frame in scene.frames.values()]
        self.solid = Field((rect, "") for rect in solid)
        self.borders = Field((border, "") for frame in scene.frames.values() for border in _borders(frame.rect))
        self.wires = Field((_thin(part), route.wire.id) for route in scene.routes for part in _parts(route))
        self.labels = Field()
        wanted = [route for route in scene.routes if route.wire.label or route.wire.step is not None]
        self.wanted = sorted(wanted, key=lambda r: max((p.high - p.low for p in self.parts[r.wire.id]), default=0))
        self.texts = {route.wire.id: list(_texts(route)) for route in wanted}

    def place(self, first: set[str]) -> tuple[dict[str, Label], set[str]]:
        """Return all labels, and which of them lie on something; those of `first` choose first."""
        placed: dict[str, Label] = {}
        crowded = set()
        self.labels = Field()
        for route in sorted(self.wanted, key=lambda route: route.wire.id not in first):
            id = route.wire.id
            placed[id], hits = self._choose(route)
            self.labels.add(placed[id].rect)
            if hits:
                crowded.add(id)
        return placed, crowded

    def _choose(self, route: Route) -> tuple[Label, int]:
        """Return the cheapest place that touches nothing; where there is none, the one that touches least, and how
        much."""
        own = [_thin(part) for part in _parts(route)]
        best: tuple[float, Rect, _Text, int] | None = None
        tries = _TRIES if len(self.wanted) > _MANY else 10**6
        steps = _FEW if len(self.wanted) > _MANY else _STEPS
        for cost, rect, text, part in _places(route, self.texts[route.wire.id], self.parts[route.wire.id], steps):
            if best is not None and cost >= best[0]:
                break
            tries -= 1
            if not tries:
                break
            room = rect.grow(_AIR)
            hits = self.solid.hits(room) + self.wires.hits(room, route.wire.id) + self.labels.hits(room)
            hits += sum(rect.overlaps(thin) and not _covers(thin, part) for thin in own)
            total = cost + 1000 * hits + 60 * self.borders.hits(rect.grow(2 * _AIR))
            if best is None or total < best[0]:
                best = (total, rect, text, hits)
        assert best is not None
        return _label(route, best[1], best[2]), best[3]


def _parts(route: Route) -> Iterator[_Part]:
    for one, two in zip(route.points, route.points[1:], strict=False):
        down = one.x == two.x
        start, end, at = (one.y, two.y, one.x) if down else (one.x, two.x, one.y)
        yield _Part(down, at, min(start, end), max(start, end))


def _thin(part: _Part) -> Rect:
    """Return the area of a stretch, as wide as a line."""
    low, high = part.low, part.high
    return Rect(part.at - 1, low, part.at + 1, high) if part.down else Rect(low, part.at - 1, high, part.at + 1)


def _borders(rect: Rect) -> tuple[Rect, ...]:
    left, top, right, bottom = rect
    return (Rect(left - 1, top, left + 1, bottom), Rect(right - 1, top, right + 1, bottom),
            Rect(left, top - 1, right, top + 1), Rect(left, bottom - 1, right, bottom + 1))  # fmt: skip


def _free_parts(route: Route, bundle: Iterable[Route]) -> Iterator[_Part]:
    """Yield what a wire does not share with others of its bundle, the room of its arrowheads left out."""
    mates = [part for other in bundle if other is not route for part in _parts(other)]
    own = list(_parts(route))
    for place, part in enumerate(own):
        one, two = route.points[place], route.points[place + 1]
        backwards = (two.y < one.y) if part.down else (two.x < one.x)
        low, high = part.low, part.high
        if place == len(own) - 1:
            low, high = (low + _HEAD, high) if backwards else (low, high - _HEAD)
        if place == 0 and route.wire.both:
            low, high = (low, high - _HEAD) if backwards else (low + _HEAD, high)
        free = [(low, high)]
        for mate in mates:
            if mate.down == part.down and mate.at == part.at:
                free = [piece for span in free for piece in _without(span, mate.low, mate.high)]
        yield from (_Part(part.down, part.at, *span) for span in free if span[1] - span[0] > 4)


def _without(span: tuple[float, float], low: float, high: float) -> Iterator[tuple[float, float]]:
    if high <= span[0] or low >= span[1]:
        yield span
        return
    if span[0] < low:
        yield span[0], low
    if high < span[1]:
        yield high, span[1]


def _texts(route: Route) -> Iterator[_Text]:
    """Yield the ways to break a label, the best one first."""
    number = STEP if route.wire.step is not None else 0
    if not route.wire.label:
        yield _Text((), number, number, 0)
        return
    seen: set[tuple[str, ...]] = set()
    longest = max(width(word, LABEL_SIZE) for word in route.wire.label.split())
    limits = [limit for limit in _NARROW if limit >= longest]
    options = [label_lines(route.wire.label), *(label_lines(route.wire.label, (limit,)) for limit in limits)]
    for lines in options:
        if tuple(lines) not in seen and (len(lines) <= 4 or not seen):
            seen.add(tuple(lines))
            wide = max(width(line, LABEL_SIZE) for line in lines) + 4 + (number + 4 if number else 0)
            yield _Text(tuple(lines), wide, max(len(lines) * LABEL_LINE, number), 9 * (len(lines) - len(options[0])))


def _places(route: Route, texts: list[_Text], parts: list[_Part], steps: int) -> list[tuple[float, Rect, _Text, _Part]]:
    """Return the places that a label may take, the cheapest first."""
    trunks = list(_parts(route))
    longest = max(part.high - part.low for part in trunks)
    if steps == _FEW:
        parts, trunks = (sorted(them, key=lambda p: p.low - p.high)[:_BEST] for them in (parts, trunks))
    spots = [
        (cost + more + text.cost, rect, text, part)
        for text in texts
        for options, more in ((parts, 0), (trunks, _BESIDE_TRUNK))
        for part in options
        for cost, rect in _spots(text, part, longest, steps)
    ]
    return sorted(spots, key=lambda spot: spot[0])


def _covers(thin: Rect, part: _Part) -> bool:
    """Whether a part was cut out of this stretch."""
    cut = _thin(part)
    return thin.holds(cut)


def _spots(text: _Text, part: _Part, longest: float, steps: int) -> Iterator[tuple[float, Rect]]:
    """Yield places on and beside a part of a wire with their costs; on the longest part and in its middle is best."""
    length = part.high - part.low
    along, thick = (text.height, text.width) if part.down else (text.width, text.height)
    base = (longest - length) * 0.05 + (8 if part.down else 0)
    middle = (part.low + part.high) / 2
    room = length - along - 2 * _ENDS
    if room >= 0:
        for shift in _shifts(room / 2, steps):
            yield base + abs(shift) * 0.08, _box(part, middle + shift, along, part.at - thick / 2, thick)
    for shift in _shifts(max(length - along, length / 2, 0) / 2, steps):
        cost = base + 30 + abs(shift) * 0.08 + max(along - length, 0) * 0.3
        yield cost, _box(part, middle + shift, along, part.at - thick - 4, thick)
        yield cost + 2, _box(part, middle + shift, along, part.at + 4, thick)


def _shifts(reach: float, steps: int) -> Iterator[float]:
    yield 0.0
    along = max(_STEP_ALONG, reach / steps)
    for step in range(1, int(reach / along) + 1):
        yield step * along
        yield -step * along


def _box(part: _Part, place: float, along: float, side: float, thick: float) -> Rect:
    if part.down:
        return Rect(side, place - along / 2, side + thick, place + along / 2)
    return Rect(place - along / 2, side, place + along / 2, side + thick)


def _label(route: Route, rect: Rect, text: _Text) -> Label:
    badge = None
    left = rect.left
    if route.wire.step is not None:
        badge = Point(rect.left + STEP / 2, (rect.top + rect.bottom) / 2)
        left += STEP + 4
    middle = (left + rect.right) / 2
    top = (rect.top + rect.bottom) / 2 - len(text.lines) * LABEL_LINE / 2
    lines = tuple(
        Line(line, middle, top + LABEL_LINE * number + 11.5, width(line, LABEL_SIZE), LABEL_SIZE)
        for number, line in enumerate(text.lines)
    )
    return Label(rect, lines, badge, route.wire.step)
