"""Spreading wires: stretches that run side by side get tracks of their own, and wires on one side of a node its ports.

Each stretch of a wire is a variable of its axis: bounded by what stands beside it, kept apart from others, drawn to the
place where it looks best (Wybrow, Marriott and Stuckey, "Orthogonal Connector Routing", 2009, section 4).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from archkit.diagram.layout.simplex import Problem
from archkit.diagram.route.bars import Bars
from archkit.diagram.route.grid import Obstacle, Port
from archkit.diagram.route.squeeze import APART, squeeze
from archkit.diagram.route.tracks import Path, Stretch, Track, bound, tracks_of
from archkit.diagram.scene import Point

__all__ = ["spread"]

_TOUCH = 5  # stretches on one line need tracks of their own if their ends are nearer than this
_SPAN = 64_000  # the room that tracks are placed in, in half px
_MANY = 90  # more tracks than this are placed one by one, not all at once
_NEAR = 100
_CELL = 240  # px along the stretches, by which those are found that may touch
_MERGE = 26  # stretches of one bundle that are nearer than this become one


def spread(paths: Sequence[Path], walls: Iterable[Obstacle]) -> set[str]:
    """Move the stretches of all paths apart, first those that run down, then those that run across.

    Returns those that still lie almost on one another.
    """
    walls = list(walls)
    squeezed: set[str] = set()
    for down in (True, False):
        tracks = tracks_of(paths, down)
        bars = Bars((wall for wall in walls if wall.only != ("h" if down else "v")), down)
        for track in tracks:
            bound(track, bars, down)
        tracks = _merged(tracks)
        _wish_ports(tracks, down)
        for cluster in _clusters(tracks):
            squeezed |= _settle(cluster)
        for track in tracks:
            for stretch in track.stretches:
                _move(stretch, track.at, down)
    return squeezed


def _merged(tracks: list[Track]) -> list[Track]:
    """Join stretches of one bundle that lie on one line or nearly so: they are its trunk."""
    kept: list[Track] = []
    by_net: dict[str, list[Track]] = {}
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


def _can_join(one: Track, two: Track) -> bool:
    if max(one.low, two.low) > min(one.high, two.high):
        return False
    return any(
        abs(mine.at - its.at) < _MERGE and mine.low <= its.high and its.low <= mine.high and mine.path is not its.path
        for mine in one.stretches
        for its in two.stretches
    )


def _wish_ports(tracks: Iterable[Track], down: bool) -> None:
    """Let the tracks that end on one side of one node stand evenly about its middle."""
    sides: dict[tuple[str, int], list[tuple[Track, Port]]] = {}
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
        port = members[0][1]
        steps = [0, *(APART[one.labelled + two.labelled] for one, two in pairwise(ordered))]
        scale = min(1.0, (port.high - port.low) / max(sum(steps), 1))
        place = port.best - sum(steps) * scale / 2
        for track, step in zip(ordered, steps, strict=True):
            place += step * scale
            track.wish, track.weight = place, 3


def _meet(one: Track, two: Track) -> bool:
    """Whether two tracks would touch if they lay on one line."""
    return one.net != two.net and any(
        mine.low < its.high + _TOUCH and its.low < mine.high + _TOUCH for mine in one.stretches for its in two.stretches
    )


def _votes(one: Track, two: Track) -> int:
    """Return how many crossings it saves that `one` lies before `two`: wires should not cross where they turn off."""
    return sum(_vote(mine, its) for mine in one.stretches for its in two.stretches)


def _vote(one: Stretch, two: Stretch) -> int:
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


def _ordered(tracks: Sequence[Track]) -> list[Track]:
    """Sort tracks by place, then exchange neighbours as long as that saves crossings."""
    found = sorted(tracks, key=lambda track: (track.at, track.number))
    for _ in range(len(found) if len(found) <= _MANY else 4):
        changed = False
        for place in range(len(found) - 1):
            one, two = found[place], found[place + 1]
            if two.low < one.high and one.low < two.high and _votes(one, two) < 0 and _votes(two, one) > 0:
                found[place], found[place + 1] = two, one
                changed = True
        if not changed:
            break
    return found


def _clusters(tracks: Sequence[Track]) -> list[list[Track]]:
    """Return groups of tracks that may get into one another's way."""
    order = sorted(tracks, key=lambda track: (track.low, track.number))
    parent = list(range(len(tracks)))

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    active: dict[int, list[Track]] = {}
    for two in order:
        first, last = min(part.low for part in two.stretches), max(part.high for part in two.stretches)
        for cell in range(int((first - _TOUCH) // _CELL), int((last + _TOUCH) // _CELL) + 1):
            near = active[cell] = [one for one in active.get(cell, ()) if two.low < one.high + max(APART)]
            for one in near:
                if root(one.number) != root(two.number) and _meet(one, two):
                    parent[root(two.number)] = root(one.number)
            near.append(two)
    found: dict[int, list[Track]] = {}
    for track in tracks:
        found.setdefault(root(track.number), []).append(track)
    return list(found.values())


def _settle(cluster: list[Track]) -> set[str]:
    """Give every track of a cluster its place; where there is too little room, they stand closer.

    Returns the paths that are left with less than 4 px between them.
    """
    order = _ordered(cluster)
    pairs = _neighbours(order)
    if len(order) > _MANY:
        places = squeeze(order, pairs)
    else:
        places = _solve(order, pairs, elastic=False) or _solve(order, pairs, elastic=True) or []
    for track, place in zip(order, places, strict=True):
        track.at = place
    close = [track for pair in pairs if abs(pair[0].at - pair[1].at) < 4 for track in pair]
    return {stretch.path.id for track in close for stretch in track.stretches}


def _neighbours(order: list[Track]) -> list[tuple[Track, Track]]:
    """Return the pairs that must be kept apart; those that follow from a third track between them are left out."""
    if len(order) > _MANY:  # only what lies near, and without leaving anything out
        return [(one, two) for place, one in enumerate(order) for two in order[place + 1 : place + _MANY]
                if abs(two.at - one.at) < _NEAR and _meet(one, two)]  # fmt: skip
    after = [
        {later for later in range(place + 1, len(order)) if _meet(order[place], order[later])}
        for place in range(len(order))
    ]
    return [
        (order[one], order[two])
        for one, met in enumerate(after)
        for two in sorted(met)
        if not any(between < two and two in after[between] for between in met)
    ]


def _solve(order: list[Track], pairs: list[tuple[Track, Track]], elastic: bool) -> list[float] | None:
    """Return the places of tracks that keep their distances, or None where the room does not suffice.

    Where it does not, `elastic` lets them come closer, rather many a little than two of them wholly. In half px.
    """
    problem = Problem()
    first, last = problem.variable(), problem.variable()
    low = min(track.at for track in order) - _SPAN / 4
    problem.at_least(first, last, _SPAN, 10**7)
    variables = {}
    for track in order:
        variable = variables[track.number] = problem.variable()
        problem.at_least(first, variable, _half(max(track.low - low, 10)))
        problem.at_least(variable, last, _SPAN - _half(min(track.high - low, _SPAN / 2 - 10)))
        wish = problem.variable()
        problem.at_least(first, wish, _half(max(track.wish - low, 10)), 10**6)
        problem.attract(wish, variable, track.weight)
    for one, two in pairs:
        apart, before, after = APART[one.labelled + two.labelled], variables[one.number], variables[two.number]
        if elastic:
            for share, price in ((1.0, 20), (0.5, 400), (0.25, 8000)):
                at_best = problem.variable()
                problem.at_least(before, at_best, _half(apart * share))
                problem.at_least(after, at_best, 0, price)
        else:
            problem.at_least(before, after, _half(apart))
    values = problem.solve()
    if values[last] - values[first] > _SPAN:
        return None
    return [(values[variables[track.number]] - values[first]) / 2 + low for track in order]


def _half(value: float) -> int:
    return round(2 * value)


def _move(stretch: Stretch, at: float, down: bool) -> None:
    """Put a stretch on its track."""
    points = stretch.path.points
    for index in (stretch.index, stretch.index + 1):
        point = points[index]
        points[index] = Point(at, point.y) if down else Point(point.x, at)
