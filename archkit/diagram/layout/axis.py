"""One axis of the picture: where every item begins and ends on it, what keeps items apart and what pulls them
together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from archkit.diagram.layout.simplex import Problem

__all__ = ["Axis", "Extent"]


class Extent(NamedTuple):
    """Where an item begins and ends on an axis: two variables, and how far beyond them it reaches."""

    low: int
    before: float
    high: int
    after: float


class Axis:
    """The constraints of one axis as they are gathered, and their solution."""

    def __init__(self) -> None:
        self.problem = Problem()
        self.extents: dict[str, Extent] = {}
        self.limits: list[tuple[int, int, int]] = []
        self.pulls: list[tuple[int, int, int]] = []
        self.x: list[int] = []

    def point(self, item: str, before: float, after: float, variable: int | None = None) -> int:
        """Add an item with one variable, its middle; several items may share it and are aligned then."""
        middle = self.problem.variable() if variable is None else variable
        self.extents[item] = Extent(middle, before, middle, after)
        return middle

    def span(self, item: str, least: float, weight: int) -> None:
        """Add an item whose two ends are variables; every px of its length costs `weight`."""
        low, high = self.problem.variable(), self.problem.variable()
        self.extents[item] = Extent(low, 0, high, 0)
        self.keep(low, high, least, weight)

    def keep(self, low: int, high: int, length: float, weight: int = 0) -> None:
        """Keep two variables at least `length` apart."""
        self.limits.append((low, high, round(length)))
        self.problem.at_least(low, high, length, weight)

    def follow(self, one: str, two: str, gap: float) -> None:
        """Keep one item after another."""
        before, after = self.extents[one], self.extents[two]
        self.keep(before.high, after.low, before.after + gap + after.before)

    def contain(self, outer: str, item: str, first: float, last: float) -> None:
        """Keep an item inside another with padding on both sides."""
        around, inside = self.extents[outer], self.extents[item]
        self.keep(around.low, inside.low, first + inside.before)
        self.keep(inside.high, around.high, inside.after + last)

    def pull(self, one: str, two: str, weight: int) -> None:
        """Pull two items into line: middles where they are points, into its range where one is a span."""
        first, second = self.extents[one], self.extents[two]
        if first.low == second.low:
            return
        if first.low == first.high and second.low == second.high:
            self.pulls.append((first.low, second.low, weight))
            self.problem.attract(first.low, second.low, weight)
        else:
            self.problem.attract(first.low, second.low, 1)
            self.problem.attract(first.high, second.high, 1)

    def solve(self) -> None:
        """Find the values of all variables."""
        self.x = self.problem.solve()

    def balance(self) -> None:
        """Centre what could move at no cost, such as the one node before two others.

        The solver returns an extreme solution, where such a node is in line with one of the two. Each node is tried
        with all that is in line with it on one side.
        """
        in_line: dict[int, list[tuple[int, int, int]]] = {}
        for pull in self.pulls:
            in_line.setdefault(pull[0], []).append(pull)
            in_line.setdefault(pull[1], []).append(pull)
        held: dict[int, list[tuple[int, int, int]]] = {}
        for limit in self.limits:
            held.setdefault(limit[0], []).append(limit)
            held.setdefault(limit[1], []).append(limit)
        for _ in range(2):
            for node in sorted(in_line):
                for side in (0, 1):
                    self._balance(self._block(node, side, in_line), in_line, held)

    def _block(self, node: int, side: int, in_line: dict[int, list[tuple[int, int, int]]]) -> set[int]:
        """Return a node and what is in line with it, not crossing its own pulls in which it stands at `side`."""
        block, waiting = {node}, [node]
        while waiting:
            at = waiting.pop()
            for pull in in_line[at]:
                other = pull[1] if pull[0] == at else pull[0]
                if other not in block and self.x[pull[0]] == self.x[pull[1]] and (at != node or pull[side] != node):
                    block.add(other)
                    waiting.append(other)
        return block

    def _balance(
        self,
        block: set[int],
        in_line: dict[int, list[tuple[int, int, int]]],
        held: dict[int, list[tuple[int, int, int]]],
    ) -> None:
        """Move a block to the middle of the range where it costs the same as now."""
        outer = [
            (self.x[other] - self.x[node], weight)
            for node in sorted(block)
            for one, two, weight in in_line.get(node, ())
            for other in ((two if one == node else one),)
            if other not in block
        ]
        if len(outer) < 2:
            return
        up = self._free(outer, self._slacks(block, held, 1), 1)
        down = self._free(outer, self._slacks(block, held, -1), -1)
        shift = (up - down) // 2 if up >= down else -((down - up) // 2)
        if abs(shift) > 2:
            for node in block:
                self.x[node] += shift

    @staticmethod
    def _free(outer: list[tuple[int, int]], slacks: Iterable[int], sign: int) -> int:
        """Return how far a block can go in a direction before a pull or a limit says no; 0 where it costs at once."""
        slope = sum(-weight if gap * sign > 0 else weight for gap, weight in outer)
        if slope:
            return 0
        reach = min(abs(gap) for gap, _ in outer if gap * sign > 0)
        return max(0, min([reach, *slacks]))

    def _slacks(self, block: set[int], held: dict[int, list[tuple[int, int, int]]], sign: int) -> Iterator[int]:
        """Yield how far each limit lets a block move in a direction."""
        for node in sorted(block):
            for low, high, length in held.get(node, ()):
                other = high if low == node else low
                if other not in block and (low == node) == (sign > 0):
                    yield self.x[high] - self.x[low] - length
