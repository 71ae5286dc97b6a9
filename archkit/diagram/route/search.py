"""Finding each wire's way: A* over the grid, where bends, crossings and shared lanes cost.

Wires are found one after another, short ones first; those that cross another are looked at once more when all are
known.
"""

from __future__ import annotations

import itertools
from heapq import heappop, heappush

from archkit.diagram.plan import Wire
from archkit.diagram.route.grid import SIDES, Grid, Port
from archkit.diagram.scene import Point

__all__ = ["Searcher", "Way"]

_BEND = 45
_CROSS = 70
_TURN_ASIDE = (0, 34, 120)  # leaving a node towards its other end, at a right angle to it, away from it

Way = tuple[Port, list[int], Port]
"""Where a wire starts, the vertices it passes, and where it ends."""


class Searcher:
    """Finds ways and remembers which wires use which steps of the grid."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.steps: dict[tuple[int, int], dict[str, int]] = {}
        self.passes: dict[tuple[int, int], dict[str, int]] = {}

    def find(self, wire: Wire, net: str, starts: list[Port], ends: list[Port], way: tuple[int, int]) -> Way | None:
        """Return the cheapest way between two items; `way` is the direction from one to the other (-1, 0, 1)."""
        grid = self.grid
        goals: dict[int, list[tuple[Port, int]]] = {}
        for port in ends:
            goals.setdefault(grid.vertex(port.exit), []).append((port, _aside(port.side, (-way[0], -way[1]))))
        box = [grid.point(goal) for goal in goals]
        low_x, high_x = min(p.x for p in box), max(p.x for p in box)
        low_y, high_y = min(p.y for p in box), max(p.y for p in box)
        pace = 1.0 if net.startswith("wire ") else 0.6
        xs, ys, columns = grid.xs, grid.ys, grid.columns

        def guess(vertex: int) -> float:
            x, y = xs[vertex % columns], ys[vertex // columns]
            return pace * (max(low_x - x, 0, x - high_x) + max(low_y - y, 0, y - high_y))

        heap: list[tuple[float, int, int, float]] = []
        cost: dict[int, float] = {}
        came: dict[int, int] = {}
        first: dict[int, Port] = {}
        count = 0
        for port in starts:
            state = grid.vertex(port.exit) * 4 + port.side
            value = float(_aside(port.side, way))
            if value < cost.get(state, 1e18):
                cost[state], first[state] = value, port
                heappush(heap, (value + guess(state // 4), count, state, value))
                count -= 1
        best: tuple[float, int, Port] | None = None
        while heap:
            total, _, state, value = heappop(heap)
            if best is not None and total >= best[0]:
                break
            if value > cost[state]:
                continue
            vertex, side = state >> 2, state & 3
            for port, aside in goals.get(vertex, ()):
                if side != port.side:  # else it would have to turn back on itself
                    final = value + aside + (0 if (side ^ 2) == port.side else _BEND)
                    if best is None or final < best[0]:
                        best = (final, state, port)
            for turn in (0, 1, 3):
                new_side = (side + turn) & 3
                step = self._step(vertex, new_side)
                if step is None:
                    continue
                to, length, key = step
                added = length
                used = self.steps.get(key)
                if used:
                    added = length * 0.6 if net in used else length * 1.5 + 4
                added += _BEND if turn else 0.0
                added += self._crossing(vertex, side, turn, net)
                new_value = value + added
                new_state = to * 4 + new_side
                if new_value < cost.get(new_state, 1e18):
                    cost[new_state] = new_value
                    came[new_state] = state
                    heappush(heap, (new_value + guess(to), count, new_state, new_value))
                    count -= 1
        if best is None:
            return None
        states = [best[1]]
        while states[-1] in came:
            states.append(came[states[-1]])
        return first[states[-1]], [state >> 2 for state in reversed(states)], best[2]

    def _step(self, vertex: int, side: int) -> tuple[int, float, tuple[int, int]] | None:
        """Return the next vertex in a direction, how far it is and the step's key; None where it is barred."""
        grid = self.grid
        columns = grid.columns
        row, column = divmod(vertex, columns)
        if side == 0:
            if column + 1 >= columns or grid.across[vertex]:
                return None
            return vertex + 1, grid.xs[column + 1] - grid.xs[column], (vertex, 0)
        if side == 2:
            if column == 0 or grid.across[vertex - 1]:
                return None
            return vertex - 1, grid.xs[column] - grid.xs[column - 1], (vertex - 1, 0)
        if side == 1:
            if row + 1 >= grid.rows or grid.down[vertex]:
                return None
            return vertex + columns, grid.ys[row + 1] - grid.ys[row], (vertex, 1)
        if row == 0 or grid.down[vertex - columns]:
            return None
        return vertex - columns, grid.ys[row] - grid.ys[row - 1], (vertex - columns, 1)

    def _crossing(self, vertex: int, side: int, turn: int, net: str) -> float:
        """Return what it costs to go on from a vertex where others pass."""
        across = self.passes.get((vertex, (side + 1) & 1))
        if not across:
            return 0.0
        others = len(across) - (net in across)
        return others * (_CROSS if not turn else _CROSS / 2)

    def mark(self, way: Way, net: str, by: int = 1) -> None:
        """Remember a way, or forget it with `by=-1`."""
        vertices = way[1]
        sides = [way[0].side]
        for one, two in itertools.pairwise(vertices):
            step = two - one
            side = 0 if step == 1 else 2 if step == -1 else 1 if step > 0 else 3
            self._count(self.steps, (min(one, two), side & 1), net, by)
            if side == sides[-1]:
                self._count(self.passes, (one, side & 1), net, by)
            sides.append(side)

    @staticmethod
    def _count(counts: dict[tuple[int, int], dict[str, int]], key: tuple[int, int], net: str, by: int) -> None:
        users = counts.setdefault(key, {})
        users[net] = users.get(net, 0) + by
        if not users[net]:
            del users[net]

    def crossings(self, way: Way, net: str) -> int:
        """Return how many other wires a way crosses."""
        found = 0
        for vertex in way[1]:
            directions = [self.passes.get((vertex, axis), {}) for axis in (0, 1)]
            if net in directions[0]:
                found += len(directions[1]) - (net in directions[1])
            if net in directions[1]:
                found += len(directions[0]) - (net in directions[0])
        return found

    def corners(self, way: Way) -> list[Point]:
        """Return the corners of a way from port to port."""
        points = [way[0].at, *(self.grid.point(vertex) for vertex in way[1]), way[2].at]
        kept = [points[0]]
        for place in range(1, len(points) - 1):
            before, here, after = kept[-1], points[place], points[place + 1]
            straight = before.x == here.x == after.x or before.y == here.y == after.y
            if not straight and here != before:
                kept.append(here)
        return [*kept, points[-1]]


def _aside(side: int, way: tuple[int, int]) -> int:
    """Return what it costs to leave an item on a side when the other end lies in a direction."""
    dx, dy = SIDES[side]
    along = dx * way[0] + dy * way[1]
    return _TURN_ASIDE[1 - along]
