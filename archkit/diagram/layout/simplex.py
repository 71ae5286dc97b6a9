"""Network simplex over difference constraints, the one solver behind ranks, coordinates and wire tracks.

It minimises the sum of `weight * (x[head] - x[tail])` over all constraints `x[head] - x[tail] >= length`, as in
Gansner, Koutsofios, North and Vo, "A Technique for Drawing Directed Graphs" (1993), section 2.3 and 4.2. Everything
is an integer, so the result is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence

from archkit.diagram.layout.tree import Constraint, Tree

__all__ = ["Problem", "solve"]

_WORK = 3_000_000  # steps times variables: what takes longer is good enough by then


class Problem:
    """Variables and constraints as they are gathered; `solve()` gives the value of each variable."""

    def __init__(self) -> None:
        self.size = 0
        self.constraints: list[Constraint] = []

    def variable(self) -> int:
        """Add a variable and return its number."""
        self.size += 1
        return self.size - 1

    def at_least(self, tail: int, head: int, length: float, weight: int = 0) -> None:
        """Ask for `x[head] - x[tail] >= length`; every px above it costs `weight`."""
        self.constraints.append((tail, head, round(length), weight))

    def attract(self, one: int, other: int, weight: int, shift: float = 0) -> None:
        """Make every px between `x[one] + shift` and `x[other]` cost `weight`."""
        between = self.variable()
        self.at_least(between, one, -round(shift), weight)
        self.at_least(between, other, 0, weight)

    def solve(self) -> list[int]:
        """Return the cheapest values, the least of them 0."""
        return solve(self.size, self.constraints)


def solve(size: int, constraints: Sequence[Constraint]) -> list[int]:
    """Solve for `size` variables; the constraints must form no cycle. A very large problem is left nearly solved."""
    if size == 0:
        return []
    # A spare variable before all others joins what the constraints leave apart.
    joined = [*_merged(constraints), *((size, node, -(10**7), 0) for node in range(size))]
    tree = Tree(size + 1, joined)
    tree.run(_WORK // size)
    least = min(tree.x[:size])
    return [value - least for value in tree.x[:size]]


def _merged(constraints: Sequence[Constraint]) -> list[Constraint]:
    """Fold constraints of one pair into one."""
    found: dict[tuple[int, int], tuple[int, int]] = {}
    for tail, head, length, weight in constraints:
        most, sum_ = found.get((tail, head), (length, 0))
        found[tail, head] = (max(most, length), sum_ + weight)
    return [(tail, head, length, weight) for (tail, head), (length, weight) in found.items()]
