"""What stands beside the stretches of wires, by where it lies along them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable

from archkit.diagram.route.grid import Obstacle

__all__ = ["Bars"]

_CELL = 160  # px along the stretches
_FAR = 1e6

_Bar = tuple[float, float, float, float, str]
"""From where to where a wall lies along the stretches, from where to where across them, and whose it is."""


class Bars:
    """The walls of one axis, in cells along it."""

    def __init__(self, walls: Iterable[Obstacle], down: bool) -> None:
        cells: dict[int, list[_Bar]] = {}
        for (left, top, right, bottom), owner, _ in walls:
            bar = (top, bottom, left, right, owner) if down else (left, right, top, bottom, owner)
            for cell in range(int(bar[0] // _CELL), int(bar[1] // _CELL) + 1):
                cells.setdefault(cell, []).append(bar)
        self.cells = {
            cell: (bars, sorted(bar[2] for bar in bars), sorted(bar[3] for bar in bars)) for cell, bars in cells.items()
        }

    def room(self, first: float, last: float, at: float, own: Collection[str]) -> tuple[float, float]:
        """Return between where a stretch from `first` to `last` may move that lies at `at`.

        Where it lies on a wall, it may not move, unless that is its `own`.
        """
        low, high = -_FAR, _FAR
        begin, end = int(first // _CELL), int(last // _CELL)
        for cell in range(begin, end + 1):
            if cell not in self.cells:
                continue
            bars, nears, fars = self.cells[cell]
            if begin < cell < end:  # all of them stand beside it
                before, behind = bisect_right(fars, at), bisect_left(nears, at)
                low = max(low, fars[before - 1]) if before else low
                high = min(high, nears[behind]) if behind < len(nears) else high
                if before + len(nears) - behind >= len(bars):
                    continue
            for start, stop, near, far, owner in bars:
                if start < last and first < stop:
                    if far <= at:
                        low = max(low, far)
                    elif near >= at:
                        high = min(high, near)
                    elif owner not in own:
                        return at, at
        return low, high
