"""Spreading wires: stretches that run side by side get tracks of their own, and wires on one side of a node its ports.

Each stretch of a wire is a variable of its axis: bounded by what stands beside it, kept apart from others, drawn to the
place where it looks best (Wybrow, Marriott and Stuckey, "Orthogonal Connector Routing", 2009, section 4).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from archkit.diagram.layout.simplex import Problem
from archkit.diagram.route.grid import EXIT, Obstacle, Port
from archkit.diagram.scene import Point

__all__ = ["Path", "spread"]

_APART, _APART_LABELLED = 12, 19  # between wires, and between wires that both carry a label
_TOUCH = 5  # stretches on one line need tracks of their own if their ends are nearer than this
_MERGE = 26  # stretches of one bundle that are nearer than this become one


@dataclass
class Path:
    """A wire's corners while they are being moved. `labelled` is the room its label takes along the flow."""

    id: str
    net: str
    points: list[Point]
    ports: tuple[Port, Port]
    owners: tuple[str, str]
    labelled: float = 0


@dataclass
class _Stretch:
    """One straight part of a path: part `index` runs along the axis from `low` to `high` at `at`."""

    path: Path
    index: int
    at: float
    low: float
    high: float
    turn_low: int
    turn_high: int


@dataclass
class _Track:
    """Stretches that share one line: a variable with its range and its favourite place."""

    number: int
    net: str
    stretches: list[_Stretch]
    low: float = -1e6
    high: float = 1e6
    at: float = 0
    wish: float = 0
    weight: int = 1
    labelled: bool = False
    owners: set[str] = field(default_factory=set)


def spread(paths: Sequence[Path], walls: Iterable[Obstacle]) -> None:
    """Move the stretches of all paths apart, first those that run down, then those that run across."""
    walls = list(walls)
    for down in (True, False):
        tracks = _tracks(paths, down)
        bars = [wall for wall in walls if wall.only != ("h" if down else "v")]
        for track in tracks:
            _bound(track, bars, down)
        tracks = _merged(tracks)
        _wish_ports(tracks, down)
        for cluster in _clusters(tracks):
            _settle(cluster)
        for track in tracks:
            for stretch in track.stretches:
                _move(stretch, track.at, down)


def _tracks(paths: Sequence[Path], down: bool) -> list[_Track]:
    """Return every stretch that runs in the axis as a track of its own."""
    tracks: list[_Track] = []
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
            stretch = _Stretch(path, index, at, min(start, end), max(start, end), *turns)
            tracks.append(_Track(len(tracks), path.net, [stretch], at=at, wish=at, labelled=path.labelled > 0))
    return tracks


def _turn(points: Sequence[Point], index: int, other: int, down: bool) -> int:
    """Return to which side a path turns at the end of a stretch: -1, 1, or 0 where it ends."""
    if not 0 <= other < len(points):
        return 0
    here, there = points[index], points[other]
    gap = there.x - here.x if down else there.y - here.y
    return (gap > 0) - (gap < 0)


def _bound(track: _Track, walls: Iterable[Obstacle], down: bool) -> None:
    """Find the range in which a stretch meets nothing, and the place where it looks best."""
    stretch = track.stretches[0]
    path, last = stretch.path, len(stretch.path.points) - 2
    low, high = -1e6, 1e6
    ends = [end for end in (0, 1) if stretch.index == (0 if end == 0 else last)]
    own = {path.owners[end] for end in ends}
    for (left, top, right, bottom), owner, _ in walls:
        first, second, near, far = (top, bottom, left, right) if down else (left, right, top, bottom)
        if first < stretch.high and stretch.low < second:
            if far <= stretch.at:
                low = max(low, far)
            elif near >= stretch.at:
                high = min(high, near)
            elif owner not in own:
                low = high = stretch.at
    for end in ends:
        low, high = max(low, path.ports[end].low), min(high, path.ports[end].high)
    track.low, track.high = min(low, stretch.at), max(high, stretch.at)
    if not ends:
        track.wish = _favourite(stretch, track, down)


def _favourite(stretch: _Stretch, track: _Track, down: bool) -> float:
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


def _merged(tracks: list[_Track]) -> list[_Track]:
    """Join stretches of one bundle that lie on one line or nearly so: they are its trunk."""
    kept: list[_Track] = []
    by_net: dict[str, list[_Track]] = {}
    for track in tracks:
        mates = by_net.setdefault(track.net, [])
        for mate in mates:
            if _can_join(mate, track):
                total = len(mate.stretches)
                mate.wish = (mate.wish * total + track.wish) / (total + 1)
                mate.stretches += track.stretches
                mate.low, mate.high = max(mate.low, track.low), min(mate.high, track.high)
                mate.at = max(mate.low, min(mate.at, mate.high))
                break
        else:
            mates.append(track)
            kept.append(track)
    for number, track in enumerate(kept):
        track.number = number
    return kept


def _can_join(one: _Track, two: _Track) -> bool:
    if max(one.low, two.low) > min(one.high, two.high):
        return False
    return any(
        abs(mine.at - its.at) < _MERGE and mine.low <= its.high and its.low <= mine.high and mine.path is not its.path
        for mine in one.stretches
        for its in two.stretches
    )


def _wish_ports(tracks: Iterable[_Track], down: bool) -> None:
    """Let the tracks that end on one side of one node stand evenly about its middle."""
    sides: dict[tuple[str, int], list[tuple[_Track, Port]]] = {}
    for track in tracks:
        for stretch in track.stretches:
            path, last = stretch.path, len(stretch.path.points) - 2
            for end in (0, 1):
                if stretch.index == (0 if end == 0 else last):
                    port = path.ports[end]
                    members = sides.setdefault((path.owners[end], port.side), [])
                    if all(member is not track for member, _ in members):
                        members.append((track, port))
    for members in sides.values():
        ordered = _ordered([track for track, _ in members])
        ports = {track.number: port for track, port in members}
        for place, track in enumerate(ordered):
            port = ports[track.number]
            apart = min(
                _APART_LABELLED if track.labelled else _APART, (port.high - port.low) / max(len(ordered) - 1, 1)
            )
            base = port.at.x if down else port.at.y
            track.wish = base + (place - (len(ordered) - 1) / 2) * apart
            track.weight = 3


def _meet(one: _Track, two: _Track) -> bool:
    """Whether two tracks would touch if they lay on one line."""
    return one.net != two.net and any(
        mine.low < its.high + _TOUCH and its.low < mine.high + _TOUCH for mine in one.stretches for its in two.stretches
    )


def _votes(one: _Track, two: _Track) -> int:
    """Return how many crossings it saves that `one` lies before `two`: wires should not cross where they turn off."""
    return sum(_vote(mine, its) for mine in one.stretches for its in two.stretches)


def _vote(one: _Stretch, two: _Stretch) -> int:
    if one.low >= two.high or two.low >= one.high:
        return 0
    votes = 0
    for mine, its, later in (
        (one.turn_low, two.turn_low, one.low - two.low),
        (one.turn_high, two.turn_high, two.high - one.high),
    ):
        if later > 0:
            votes -= mine
        elif later < 0:
            votes += its
        else:
            votes += (its > mine) - (its < mine)
    return votes


def _ordered(tracks: Sequence[_Track]) -> list[_Track]:
    """Sort tracks by place, then exchange neighbours as long as that saves crossings."""
    found = sorted(tracks, key=lambda track: (track.at, track.number))
    for _ in range(len(found)):
        changed = False
        for place in range(len(found) - 1):
            one, two = found[place], found[place + 1]
            if two.low < one.high and one.low < two.high and _votes(one, two) < 0 and _votes(two, one) > 0:
                found[place], found[place + 1] = two, one
                changed = True
        if not changed:
            break
    return found


def _clusters(tracks: Sequence[_Track]) -> list[list[_Track]]:
    """Return groups of tracks that may get into one another's way."""
    order = sorted(tracks, key=lambda track: (track.low, track.number))
    parent = list(range(len(tracks)))

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    for place, one in enumerate(order):
        for two in order[place + 1 :]:
            if two.low >= one.high + _APART:
                break
            if root(one.number) != root(two.number) and _meet(one, two):
                parent[root(two.number)] = root(one.number)
    found: dict[int, list[_Track]] = {}
    for track in tracks:
        found.setdefault(root(track.number), []).append(track)
    return list(found.values())


def _settle(cluster: list[_Track]) -> None:
    """Give every track of a cluster its place; where there is too little room, they stand closer."""
    order = _ordered(cluster)
    pairs = [(one, two) for place, one in enumerate(order) for two in order[place + 1 :] if _meet(one, two)]
    for scale in (1.0, 0.75, 0.5, 0.33, 0.0):
        places = _solve(order, pairs, scale)
        if places is not None:
            for track, place in zip(order, places, strict=True):
                track.at = place
            return


def _solve(order: list[_Track], pairs: list[tuple[_Track, _Track]], scale: float) -> list[float] | None:
    """Return the places of tracks that keep their distances, or None where the room does not suffice. In half px."""
    problem = Problem()
    first, last = problem.variable(), problem.variable()
    low = min(track.at for track in order) - 4000
    problem.at_least(first, last, 16000, 10**6)
    variables = {}
    for track in order:
        variable = variables[track.number] = problem.variable()
        problem.at_least(first, variable, _half(max(track.low, low + 10) - low))
        problem.at_least(variable, last, 16000 - _half(min(track.high, low + 7990) - low))
        wish = problem.variable()
        problem.at_least(first, wish, _half(track.wish - low), 10**5)
        problem.attract(wish, variable, track.weight)
    for one, two in pairs:
        apart = _APART_LABELLED if one.labelled and two.labelled else _APART
        problem.at_least(variables[one.number], variables[two.number], _half(apart * scale))
    values = problem.solve()
    if values[last] - values[first] > 16000:
        return None
    return [(values[variables[track.number]] - values[first]) / 2 + low for track in order]


def _half(value: float) -> int:
    return round(2 * value)


def _move(stretch: _Stretch, at: float, down: bool) -> None:
    """Put a stretch on its track."""
    points = stretch.path.points
    for index in (stretch.index, stretch.index + 1):
        point = points[index]
        points[index] = Point(at, point.y) if down else Point(point.x, at)
