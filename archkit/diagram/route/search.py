"""Finding each wire's way: A* over the grid, where bends, crossings and shared lanes cost.

Wires are found one after another, short ones first; those that cross another are looked at once more when all are
known.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush

from archkit.diagram.route.grid import SIDES, Grid, Port
from archkit.diagram.scene import Point

__all__ = ["Quest", "Searcher", "Way"]

_BEND = 50
_CROSS = 70
_TURN_ASIDE = (0, 60, 130)  # leaving a node towards its other end, at a right angle to it, away from it

_ENTER, _TRESPASS = 4, 40  # crossing the frame of a group that an end stands in, and of any other
_SHARED = 0.97  # a px of trunk that is there already; much less would fork trees just before their ends
_LARGE = 6000  # vertices that make a grid large
_PATIENCE, _BUDGET, _LEAST = 30_000, 300_000, 1000  # states that are looked at for a wire, for all, for each at least
_HASTY = 10.0  # how much too high what is left is guessed then
_VAST = 60_000  # vertices of a grid on which haste matters more than a bend
_LATE = 0.06  # for each px between a turn and the place where it looks best: it decides between ways of equal cost

Way = tuple[Port, list[int], Port]
"""Where a wire starts, the vertices it passes, and where it ends."""

_NOWHERE = Port(Point(0, 0), Point(0, 0), 0, 0, 0)
_LOST: Way = (_NOWHERE, [], _NOWHERE)


@dataclass(frozen=True, eq=False, repr=False)
class Quest:
    """A wire to be found: its net, the ports at its ends, the direction from one to the other (-1, 0, 1), the groups
    that its ends stand in, and the place along the flow where it should turn."""

    net: str
    starts: list[Port]
    ends: list[Port]
    way: tuple[int, int]
    homes: frozenset[str]
    turn_at: float


class Searcher:
    """Finds ways and remembers which wires use which steps of the grid."""

    def __init__(self, grid: Grid, wires: int = 1) -> None:
        self.grid = grid
        self.patience = min(_PATIENCE, max(_BUDGET // max(wires, 1), _LEAST))
        self.steps: dict[int, dict[str, int]] = {}
        self.passes: dict[int, dict[str, int]] = {}

    def find(self, quest: Quest) -> Way | None:
        """Return the cheapest way between two items; None where there is none at all.

        On a large grid what is left to go is exaggerated, so that the search makes for its goal and may miss a way that
        is a little cheaper; where that takes too long as well, the first way that it meets has to do.
        """
        size = self.grid.columns * self.grid.rows
        if size > _VAST:
            return self._search(quest, _HASTY, size * 8)
        eager = 1.0 if size < _LARGE else min(1.2 + size / 40_000, 4.0)
        found = self._search(quest, eager, self.patience)
        return self._search(quest, _HASTY, size * 8) if found is _LOST else found

    def _search(self, quest: Quest, eager: float, patience: int) -> Way | None:
        """Search with a guess that is `eager` times too high, looking at no more than `patience` states (else `_LOST`).

        A state is a vertex, the side it was entered towards, and whether the way began at a right angle to the flow:
        out of one's top and into the other's top is a bridge, which costs less than two such ends by themselves.
        """
        goals = self._goals(quest)
        guess = self._guess(quest, goals, eager)
        cost: dict[int, float] = {}
        came: dict[int, int] = {}
        first: dict[int, Port] = {}
        heap: list[tuple[float, int, int, float]] = []
        for port in quest.starts:
            aside = _aside(port.side, quest.way)
            vertex = self.grid.vertex(port.exit)
            state = (vertex << 3) | (port.side << 1) | (aside == _TURN_ASIDE[1])
            if port.reach + aside < cost.get(state, 1e18):
                cost[state], first[state] = port.reach + aside, port
                heappush(heap, (cost[state] + guess(state), -len(heap), state, cost[state]))
        best: tuple[float, int, Port] | None = None
        count = -len(heap)
        moves = self._moves(quest)
        while heap:
            total, _, state, value = heappop(heap)
            if best is not None and total >= best[0]:
                break
            if value > cost[state]:
                continue
            patience -= 1
            if not patience:
                return _LOST
            for port, aside in goals.get(state >> 3, ()):
                final = value + self._arrival(state, port, aside)
                if best is None or final < best[0]:
                    best = (final, state, port)
            for new_state, added in moves(state):
                new_value = value + added
                if new_value < cost.get(new_state, 1e18):
                    cost[new_state] = new_value
                    came[new_state] = state
                    heappush(heap, (new_value + guess(new_state), count, new_state, new_value))
                    count -= 1
        if best is None:
            return None
        states = [best[1]]
        while states[-1] in came:
            states.append(came[states[-1]])
        return first[states[-1]], [state >> 3 for state in reversed(states)], best[2]

    def _goals(self, quest: Quest) -> dict[int, list[tuple[Port, int]]]:
        """Return the ports of the target by their grid point, each with what it costs to enter there."""
        back = (-quest.way[0], -quest.way[1])
        goals: dict[int, list[tuple[Port, int]]] = {}
        for port in quest.ends:
            goals.setdefault(self.grid.vertex(port.exit), []).append((port, _aside(port.side, back)))
        return goals

    def _guess(self, quest: Quest, goals: Mapping[int, list[tuple[Port, int]]], eager: float) -> Callable[[int], float]:
        """Return a function that says what it costs at least to reach a goal, bends included, `eager` times over."""
        xs, ys, columns = self.grid.xs, self.grid.ys, self.grid.columns
        pace = 1.0 if quest.net.startswith("wire ") else _SHARED
        ends = [
            (*self.grid.point(vertex), *SIDES[port.side ^ 2], port.side ^ 2, port.reach + aside // 2)
            for vertex, ports in goals.items()
            for port, aside in ports
        ]
        if eager >= _HASTY and quest.starts:  # the nearest two will do
            at = quest.starts[0].exit
            ends = sorted(ends, key=lambda end: abs(end[0] - at.x) + abs(end[1] - at.y))[:2]

        known: dict[int, float] = {}

        def guess(state: int) -> float:
            if (best := known.get(state >> 1)) is not None:
                return best
            row, column = divmod(state >> 3, columns)
            x, y = xs[column], ys[row]
            side = (state >> 1) & 3
            ahead_x, ahead_y = SIDES[side]
            best = 1e18
            for to_x, to_y, way_x, way_y, way, rest in ends:
                dx, dy = to_x - x, to_y - y
                along = dx * way_x + dy * way_y
                if side == way:
                    bends = 0 if along >= 0 and dx * way_y == dy * way_x else 2
                elif side ^ 2 == way:
                    bends = 2
                else:
                    bends = 1 if along >= 0 and dx * ahead_x + dy * ahead_y >= 0 else 3
                total = pace * (abs(dx) + abs(dy)) + bends * _BEND + rest
                if total < best:
                    best = total
            known[state >> 1] = best = eager * best
            return best

        return guess

    @staticmethod
    def _arrival(state: int, port: Port, aside: int) -> float:
        """Return what it costs to enter a port from a state."""
        side = (state >> 1) & 3
        if side == port.side:
            return 1e9  # it would have to turn back on itself
        if state & 1 and aside == _TURN_ASIDE[1]:
            aside //= 2
        return port.reach + aside + (0 if side ^ 2 == port.side else _BEND)

    def _moves(self, quest: Quest) -> Callable[[int], list[tuple[int, float]]]:
        """Return a function that lists the states after a state with the cost of each step.

        It is where the time goes, hence in one piece.
        """
        grid, net, homes, turn_at = self.grid, quest.net, quest.homes, quest.turn_at
        xs, ys, columns, rows, tolls = grid.xs, grid.ys, grid.columns, grid.rows, grid.tolls
        across, down, steps, passes = grid.across, grid.down, self.steps, self.passes
        sideways = bool(quest.way[0])

        def moves(state: int) -> list[tuple[int, float]]:
            vertex, side = state >> 3, (state >> 1) & 3
            row, column = divmod(vertex, columns)
            passing = passes.get(2 * vertex + ((side + 1) & 1))
            crossed = _CROSS * (len(passing) - (net in passing)) if passing else 0.0
            bend = _BEND + _LATE * abs((xs[column] if sideways else ys[row]) - turn_at) + crossed / 2
            found = []
            for turn in (0, 1, 3):
                heading = (side + turn) & 3
                if heading == 0:
                    if column + 1 >= columns or across[vertex]:
                        continue
                    to, key, added = vertex + 1, 2 * vertex, xs[column + 1] - xs[column]
                elif heading == 2:
                    if not column or across[vertex - 1]:
                        continue
                    to, key, added = vertex - 1, 2 * vertex - 2, xs[column] - xs[column - 1]
                elif heading == 1:
                    if row + 1 >= rows or down[vertex]:
                        continue
                    to, key, added = vertex + columns, 2 * vertex + 1, ys[row + 1] - ys[row]
                else:
                    if not row or down[vertex - columns]:
                        continue
                    to = vertex - columns
                    key, added = 2 * to + 1, ys[row] - ys[row - 1]
                used = steps.get(key)
                if used:
                    added = added * _SHARED if net in used else added * 1.5 + 4
                for frame in tolls.get(key, ()):
                    added += _ENTER if frame in homes else _TRESPASS
                found.append(((to << 3) | (heading << 1) | (state & 1), added + (bend if turn else crossed)))
            return found

        return moves

    def mark(self, way: Way, net: str, by: int = 1) -> None:
        """Remember a way, or forget it with `by=-1`."""
        vertices = way[1]
        sides = [way[0].side]
        for one, two in itertools.pairwise(vertices):
            step = two - one
            side = 0 if step == 1 else 2 if step == -1 else 1 if step > 0 else 3
            self._count(self.steps, 2 * min(one, two) + (side & 1), net, by)
            if side == sides[-1]:
                self._count(self.passes, 2 * one + (side & 1), net, by)
            sides.append(side)

    @staticmethod
    def _count(counts: dict[int, dict[str, int]], key: int, net: str, by: int) -> None:
        users = counts.setdefault(key, {})
        users[net] = users.get(net, 0) + by
        if not users[net]:
            del users[net]

    def crossings(self, way: Way, net: str) -> int:
        """Return how many other wires a way crosses."""
        found = 0
        for vertex in way[1]:
            directions = [self.passes.get(2 * vertex + axis, {}) for axis in (0, 1)]
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
