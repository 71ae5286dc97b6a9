"""A coarse grid for very many nodes: ports move a little along their sides, so that many of them share its lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from archkit.diagram.route.grid import Port
from archkit.diagram.scene import Point

__all__ = ["Ends", "coarse"]

_STEP = 16  # ports move along their sides to multiples of this
_WINDOW = 8  # lines that lie no further apart become one

Ends = Mapping[str, tuple[list[Port], list[Port]]]
"""The ports of each wire at its source and at its target."""


def coarse(*all_ends: Ends) -> list[dict[str, tuple[list[Port], list[Port]]]]:
    """Return the ports of wires with as few different coordinates as can be; those that cannot move stay."""
    snapped = [{id: (list(map(_snapped, one)), list(map(_snapped, two))) for id, (one, two) in ends.items()}
               for ends in all_ends]  # fmt: skip
    exits = [port.exit for ends in snapped for pair in ends.values() for side in pair for port in side]
    xs, ys = _lines(point.x for point in exits), _lines(point.y for point in exits)
    return [{id: ([_moved(port, xs, ys) for port in one], [_moved(port, xs, ys) for port in two])
             for id, (one, two) in ends.items()} for ends in snapped]  # fmt: skip


def _snapped(port: Port) -> Port:
    if port.side in (1, 3):
        return _put(port, _within(round(port.at.x / _STEP) * _STEP, port), port.exit.y)
    return _put(port, port.exit.x, _within(round(port.at.y / _STEP) * _STEP, port))


def _moved(port: Port, xs: Mapping[float, float], ys: Mapping[float, float]) -> Port:
    x, y = xs[port.exit.x], ys[port.exit.y]
    along = x if port.side in (1, 3) else y
    return _put(port, x, y) if _within(along, port) == along else port


def _within(value: float, port: Port) -> float:
    return max(port.low, min(value, port.high))


def _put(port: Port, x: float, y: float) -> Port:
    """Return a port whose grid point is elsewhere; a lone wire still ends where it did."""
    at = Point(x, port.at.y) if port.side in (1, 3) else Point(port.at.x, y)
    return replace(port, at=at, exit=Point(x, y), wish=port.best)


def _lines(values: Iterable[float]) -> dict[float, float]:
    """Return for each coordinate the line that stands for it and for those near by."""
    found: dict[float, float] = {}
    near: list[float] = []
    for value in (*sorted(set(values)), float("inf")):
        if near and value - near[0] > _WINDOW:
            found |= dict.fromkeys(near, near[len(near) // 2])
            near = []
        near.append(value)
    return found
