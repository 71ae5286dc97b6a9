"""Wires as SVG paths: rounded corners, gaps at crossings, arrowheads."""

from __future__ import annotations

from math import hypot

from archkit.diagram.scene import Point, Route

__all__ = ["arrowhead", "wire_path"]

_RADIUS = 6
_ARC = 1.6232  # length of a rounded corner for each px of its radius
_GAP = 4  # half of the gap at a crossing
_TIP = 2  # between an arrow's tip and what it points at
_LONG, _WIDE = 7, 4  # an arrowhead's length and half its width


def _f(value: float) -> str:
    return f"{round(value, 1):g}"


def wire_path(route: Route) -> tuple[str, float]:
    """Return the path of a wire, which ends just before the tip of its arrow, and the length after its last gap."""
    points = list(route.points)
    points[-1] = _toward(points[-1], points[-2], _TIP)
    if route.wire.both:
        points[0] = _toward(points[0], points[1], _TIP)
    path = [f"M{_f(points[0].x)} {_f(points[0].y)}"]
    start, length = points[0], 0.0
    for index in range(1, len(points)):
        here = points[index]
        if route.hidden == index - 1:
            path.append(f"M{_f(here.x)} {_f(here.y)}")
            start, length = here, 0.0
            continue
        for before_gap, after_gap in _gaps(route, start, here):
            path.append(f"L{_f(before_gap.x)} {_f(before_gap.y)}M{_f(after_gap.x)} {_f(after_gap.y)}")
            start, length = after_gap, 0.0
        if index + 1 == len(points):
            path.append(f"L{_f(here.x)} {_f(here.y)}")
            return "".join(path), length + _length(start, here)
        after = points[index + 1]
        if route.hidden == index:
            path.append(f"L{_f(here.x)} {_f(here.y)}")
            continue
        radius = min(_RADIUS, _length(points[index - 1], here) / 2, _length(here, after) / 2)
        first, last = _toward(here, points[index - 1], radius), _toward(here, after, radius)
        path.append(f"L{_f(first.x)} {_f(first.y)}Q{_f(here.x)} {_f(here.y)} {_f(last.x)} {_f(last.y)}")
        start, length = last, length + _length(start, first) + _ARC * radius
    raise ValueError("a wire has at least two points")


def _gaps(route: Route, one: Point, two: Point) -> list[tuple[Point, Point]]:
    """Return the breaks of a stretch, begin and end of each, in the order in which the path meets them."""
    if one.x != two.x:
        return []
    sign = 1 if two.y > one.y else -1
    low, high = min(one.y, two.y), max(one.y, two.y)
    runs: list[list[float]] = []
    for y in sorted((gap.y for gap in route.gaps if gap.x == one.x and low < gap.y < high), reverse=sign < 0):
        if runs and abs(y - runs[-1][1]) < 2 * _GAP + 3:  # no speck of wire is left between two gaps
            runs[-1][1] = y
        else:
            runs.append([y, y])
    return [(Point(one.x, first - sign * _GAP), Point(one.x, last + sign * _GAP)) for first, last in runs]


def _length(one: Point, two: Point) -> float:
    return hypot(two.x - one.x, two.y - one.y)


def _toward(start: Point, end: Point, by: float) -> Point:
    """Return the point that is `by` away from one point in the direction of another."""
    length = _length(start, end) or 1.0
    return Point(start.x + (end.x - start.x) * by / length, start.y + (end.y - start.y) * by / length)


def arrowhead(tip: Point, before: Point, filled: bool) -> str:
    """Return an arrowhead that points from `before` to just before `tip`: AWS's open one, or a filled triangle."""
    end = _toward(tip, before, _TIP)
    base = _toward(tip, before, _TIP + _LONG)
    dx, dy = (end.x - base.x) / _LONG * _WIDE, (end.y - base.y) / _LONG * _WIDE
    wings = f"M{_f(base.x - dy)} {_f(base.y + dx)}L{_f(end.x)} {_f(end.y)}L{_f(base.x + dy)} {_f(base.y - dx)}"
    return wings + ("z" if filled else "")
