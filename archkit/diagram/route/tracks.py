"""The straight stretches of wires as variables: where each may lie, and where it looks best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from archkit.diagram.route.bars import Bars
from archkit.diagram.route.grid import EXIT, Port
from archkit.diagram.scene import Point

__all__ = ["Path", "Stretch", "Track", "bound", "tracks_of"]

_REACH = 70  # a stretch need not move further than this: it keeps the sets small that are solved together


@dataclass(eq=False, repr=False)
class Path:
    """A wire's corners while they are being moved. `labelled` is the room its label takes along the flow."""

    id: str
    net: str
    points: list[Point]
    ports: tuple[Port, Port]
    owners: tuple[str, str]
    labelled: float = 0


@dataclass(eq=False, repr=False)
class Stretch:
    """One straight part of a path: part `index` runs along the axis from `low` to `high` at `at`."""

    path: Path
    index: int
    at: float
    low: float
    high: float
    turn_low: int
    turn_high: int


@dataclass(eq=False, repr=False)
class Track:
    """Stretches that share one line: a variable with its range and its favourite place."""

    number: int
    net: str
    stretches: list[Stretch]
    low: float = -1e6
    high: float = 1e6
    at: float = 0
    wish: float = 0
    weight: int = 1
    labelled: bool = False
    owners: set[str] = field(default_factory=set)


def tracks_of(paths: Sequence[Path], down: bool) -> list[Track]:
    """Return every stretch that runs in the axis as a track of its own."""
    tracks: list[Track] = []
    for path in paths:
        points = path.points
        for index in range(len(points) - 1):
            one, two = points[index], points[index + 1]
            if (one.x == two.x) != down or one == two:
                continue
            start, end, at = (one.y, two.y, one.x) if down else (one.x, two.x, one.y)
            before = _turn(points, index, index - 1, down)
            after = _turn(points, index, index + 2, down)
            turns = (before, after) if start <= end else (after, before)
            stretch = Stretch(path, index, at, min(start, end), max(start, end), *turns)
            tracks.append(Track(len(tracks), path.net, [stretch], at=at, wish=at, labelled=path.labelled > 0))
    return tracks


def _turn(points: Sequence[Point], index: int, other: int, down: bool) -> int:
    """Return to which side a path turns at the end of a stretch: -1, 1, or 0 where it ends."""
    if not 0 <= other < len(points):
        return 0
    here, there = points[index], points[other]
    gap = there.x - here.x if down else there.y - here.y
    return (gap > 0) - (gap < 0)


def bound(track: Track, bars: Bars, down: bool) -> None:
    """Find the range in which a stretch meets nothing, and the place where it looks best."""
    stretch = track.stretches[0]
    path, last = stretch.path, len(stretch.path.points) - 2
    ends = [end for end in (0, 1) if stretch.index == (0 if end == 0 else last)]
    low, high = bars.room(stretch.low, stretch.high, stretch.at, [path.owners[end] for end in ends])
    for end in ends:
        low, high = max(low, path.ports[end].low), min(high, path.ports[end].high)
    for end in (0, 1):
        if not ends and stretch.index == (1 if end == 0 else last - 1):
            low, high = _beyond(path.ports[end], low, high, down)
    track.low, track.high = min(low, stretch.at), max(high, stretch.at)
    if not ends:
        track.wish = _favourite(stretch, track, down)
        track.low = max(track.low, min(stretch.at, track.wish) - _REACH)
        track.high = min(track.high, max(stretch.at, track.wish) + _REACH)


def _beyond(port: Port, low: float, high: float, down: bool) -> tuple[float, float]:
    """Keep the stretch after a wire's first one so far from the port that an arrowhead fits in between."""
    exit = port.exit.x if down else port.exit.y
    return (max(low, exit), high) if port.side in (0, 1) else (low, min(high, exit))


def _favourite(stretch: Stretch, track: Track, down: bool) -> float:
    """Return where a stretch looks best that may move freely: midway where its ends turn to opposite sides.

    Where the wire is labelled it turns near the end that it shares with others, or near its source, so that the rest
    has room for the label.
    """
    if stretch.turn_low == stretch.turn_high:
        return stretch.at
    points = stretch.path.points
    before, after = points[stretch.index - 1], points[stretch.index + 2]
    one, two = (before.x, after.x) if down else (before.y, after.y)
    low, high = max(track.low, min(one, two)), min(track.high, max(one, two))
    middle = (low + high) / 2
    if stretch.path.labelled and abs(two - one) > 2 * EXIT:
        near = two if stretch.path.net.startswith("target ") else one
        other = one + two - near
        return near + (EXIT + 4 if other > near else -EXIT - 4)
    return middle
