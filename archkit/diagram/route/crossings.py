"""Where wires cross: the one that runs down lets the other pass through a small gap."""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from archkit.diagram.scene import Point

__all__ = ["gaps"]

_ROOM = 6  # a gap keeps this far from the ends of its stretch, where it would eat a corner


def gaps(ways: Sequence[tuple[str, str, Sequence[Point]]]) -> dict[str, list[Point]]:
    """Return the gaps of each wire; `ways` holds its id, its net and its corners. Wires of one net do not cross."""
    across = sorted(
        (one.y, min(one.x, two.x), max(one.x, two.x), net)
        for _, net, points in ways
        for one, two in itertools.pairwise(points)
        if one.y == two.y
    )
    heights = [stretch[0] for stretch in across]
    found: dict[str, list[Point]] = {}
    for id, net, points in ways:
        for one, two in itertools.pairwise(points):
            if one.x != two.x:
                continue
            top, bottom = min(one.y, two.y) + _ROOM, max(one.y, two.y) - _ROOM
            near = across[bisect_right(heights, top) : bisect_left(heights, bottom)]
            crossed = {y for y, left, right, other in near if other != net and left < one.x < right}
            found.setdefault(id, []).extend(Point(one.x, y) for y in sorted(crossed))
    return found
