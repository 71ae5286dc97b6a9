"""One axis of the picture: where every item begins and ends on it, what keeps items apart and what pulls them
together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from archkit.diagram.layout.simplex import Problem

__all__ = ["Axis", "Extent"]

Pull = tuple[int, int, int, bool, int]
"""Two variables that are pulled together, the weight, whether they stand for nodes of one group, and how far the first
stands before the second when they are in line."""


class Extent(NamedTuple):
    """Where an item begins and ends on an axis: two variables, and how far beyond them it reaches.

    Wires may end between `inset` after its begin and `outset` before its end.
    """

    low: int
    before: float
    high: int
    after: float
    inset: float = 0
    outset: float = 0


class Axis:
    """The constraints of one axis as they are gathered, and their solution."""

    def __init__(self) -> None:
        self.problem = Problem()
        self.extents: dict[str, Extent] = {}
        self.limits: list[tuple[int, int, int]] = []
        self.pulls: list[Pull] = []
        self.x: list[int] = []

    def point(self, item: str, before: float, after: float, variable: int | None = None) -> int:
        """Add an item with one variable, its middle; several items may share it and are aligned then."""
        middle = self.problem.variable() if variable is None else variable
        self.extents[item] = Extent(middle, before, middle, after)
        return middle

    def span(
        self, item: str, least: float, weight: int, inset: float, outset: float, margin: tuple[float, float] = (0, 0)
    ) -> None:
        """Add an item whose two ends are variables; every px of its length costs `weight`.

        `margin` is what stands out beyond its ends.
        """
        low, high = self.problem.variable(), self.problem.variable()
        self.extents[item] = Extent(low, margin[0], high, margin[1], inset, outset)
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

    def pull(self, one: str, two: str, weight: int, siblings: bool = False, shift: int = 0) -> None:
        """Pull two items into line: middles where they are points, into its range where one is a span.

        `siblings` says that the two may take part in balancing, `shift` how far the middle of the first stands before
        that of the second when the two are in line.
        """
        first, second = self.extents[one], self.extents[two]
        if first.low == second.low:
            return
        if first.low == first.high and second.low == second.high:
            self.pulls.append((first.low, second.low, weight, siblings, shift))
            self.problem.attract(first.low, second.low, weight, shift)
        else:
            self.problem.attract(first.low, second.low, 1, first.inset - second.inset)
            self.problem.attract(first.high, second.high, 1, second.outset - first.outset)

    def solve(self) -> None:
        """Find the values of all variables."""
        self.x = self.problem.solve()

    def balance(self) -> None:
        """Centre each node before or behind its fork, where that costs nothing.

        The solver returns an extreme solution, in which the one node before two others is in line with one of the two.
        It is moved to the middle with all that is in line with it on its other side. Only forks into nodes of the same
        group are balanced: elsewhere a straight main line looks better.
        """
        in_line: dict[int, list[Pull]] = {}
        for pull in self.pulls:
            in_line.setdefault(pull[0], []).append(pull)
            in_line.setdefault(pull[1], []).append(pull)
        held: dict[int, list[tuple[int, int, int]]] = {}
        for limit in self.limits:
            held.setdefault(limit[0], []).append(limit)
            held.setdefault(limit[1], []).append(limit)
        for node in sorted(in_line):
            for side in (0, 1):
                fork = [pull for pull in in_line[node] if pull[side] == node]
                if len(fork) > 1 and all(pull[3] for pull in fork):
                    self._balance(node, side, fork, in_line, held)

    def _balance(
        self,
        node: int,
        side: int,
        fork: list[Pull],
        in_line: dict[int, list[Pull]],
        held: dict[int, list[tuple[int, int, int]]],
    ) -> None:
        """Move a node to the middle of its fork, as far as what it is in line with on the other side can follow."""
        gaps = sorted(
            self.x[pull[1 - side]] - self.x[node] - (pull[4] if side == 0 else -pull[4])
            for pull in fork
            for _ in range(pull[2])
        )
        low, high = gaps[(len(gaps) - 1) // 2], gaps[len(gaps) // 2]
        if not low <= 0 <= high or low == high:
            return
        block = self._block(node, side, in_line)
        outer = [p for member in block for p in in_line[member] if (p[0] in block) != (p[1] in block) and p not in fork]
        if outer:
            return
        shift = (low + high) // 2
        room = min(self._slacks(block, held, 1 if shift > 0 else -1), default=abs(shift))
        if min(room, abs(shift)) > 2:
            for member in block:
                self.x[member] += max(-room, min(shift, room))

    def _block(self, node: int, side: int, in_line: dict[int, list[Pull]]) -> set[int]:
        """Return a node and what is in line with it, not following its own pulls in which it stands at `side`."""
        block, waiting = {node}, [node]
        while waiting:
            at = waiting.pop()
            for pull in in_line[at]:
                other = pull[1] if pull[0] == at else pull[0]
                in_line_now = self.x[pull[0]] + pull[4] == self.x[pull[1]]
                if other not in block and in_line_now and (at != node or pull[side] != node):
                    block.add(other)
                    waiting.append(other)
        return block

    def _slacks(self, block: set[int], held: dict[int, list[tuple[int, int, int]]], sign: int) -> Iterator[int]:
        """Yield how far each limit lets a block move in a direction."""
        for node in sorted(block):
            for low, high, length in held.get(node, ()):
                other = high if low == node else low
                if other not in block and (low == node) == (sign > 0):
                    yield self.x[high] - self.x[low] - length
