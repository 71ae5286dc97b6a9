"""Wires as SVG paths: rounded corners, gaps at crossings, arrowheads."""

from __future__ import annotations

from math import hypot

from archkit.diagram.scene import Point, Route

__all__ = ["arrowhead", "wire_path"]

_RADIUS = 6
_GAP = 4  # half of the gap at a crossing
_TIP = 2  # between an arrow's tip and what it points at
_LONG, _WIDE = 7, 4  # an arrowhead's length and half its width


def _f(value: float) -> str:
    return f"{round(value, 1):g}"


def wire_path(route: Route) -> str:
    """Return the path of a wire; it ends just before the tip of its arrow."""
    points = list(route.points)
    points[-1] = _toward(points[-1], points[-2], _TIP)
    if route.wire.both:
        points[0] = _toward(points[0], points[1], _TIP)
    path = [f"M{_f(points[0].x)} {_f(points[0].y)}"]
    for index in range(1, len(points)):
        here = points[index]
        before = points[index - 1]
        path += _gaps(route, before, here)
        if index + 1 == len(points):
            path.append(f"L{_f(here.x)} {_f(here.y)}")
            continue
        after = points[index + 1]
        radius = min(_RADIUS, _length(before, here) / 2, _length(here, after) / 2)
        start, end = _toward(here, before, radius), _toward(here, after, radius)
        path.append(f"L{_f(start.x)} {_f(start.y)}Q{_f(here.x)} {_f(here.y)} {_f(end.x)} {_f(end.y)}")
    return "".join(path)


def _gaps(route: Route, one: Point, two: Point) -> list[str]:
    """Return the breaks of a stretch in the order in which the path meets them."""
    if one.x != two.x:
        return []
    down = two.y > one.y
    found = []
    ys = sorted(
        (gap.y for gap in route.gaps if gap.x == one.x and min(one.y, two.y) < gap.y < max(one.y, two.y)),
        reverse=not down,
    )
    runs: list[list[float]] = []
    for y in ys:  # gaps that would leave a speck of wire between them are one
        if runs and abs(y - runs[-1][1]) < 2 * _GAP + 3:
            runs[-1][1] = y
        else:
            runs.append([y, y])
    sign = 1 if down else -1
    for first, last in runs:
        found.append(f"L{_f(one.x)} {_f(first - sign * _GAP)}M{_f(one.x)} {_f(last + sign * _GAP)}")
    return found


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
