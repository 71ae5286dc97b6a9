"""Crossing reduction: the order of the items within each rank, over all groups together.

Barycentre sweeps with transposition (Sugiyama, Tagawa and Toda 1981; Gansner et al. 1993, section 3), group by group
from the outside in. Where a wire leaves a group, the place of its far end pulls as well; a second round over all
groups knows where inside of each group its wires end.
"""

from __future__ import annotations

from bisect import bisect_left, insort

from archkit.diagram.layout.levels import Level, Link

__all__ = ["order"]

_PASSES, _SWEEPS = 3, 6
_MANY = 1500  # items, stand-ins included; so many are sorted once
_STAND_IN = 0.35  # room that a passing wire takes, where a node takes 1

Levels = dict[str | None, Level]


def order(levels: Levels) -> None:
    """Sort every rank of every level."""
    sizes = _sizes(levels)
    where: dict[str, float] = {}
    many = sum(len(rank) for level in levels.values() for rank in level.ranks) > _MANY
    for _ in range(1 if many else _PASSES):
        for group, level in levels.items():
            sorter = _Sorter(level, sizes, where, where.get(group, 0.0) if group else 0.0)
            sorter.run()
            where.update(sorter.place(level.ranks))


def _sizes(levels: Levels) -> dict[str, float]:
    """Estimate how much room every item takes across the flow, in nodes."""
    sizes: dict[str, float] = {}
    for group, level in reversed(levels.items()):
        room = lambda rank: sum(sizes.get(item, _STAND_IN if item[0] == "~" else 1.0) for item in rank)  # noqa: E731
        if group is not None:
            sizes[group] = max(map(room, level.ranks), default=0.0) + 0.7 + len(level.lone) / 4
    return sizes


class _Sorter:
    """Sorts the ranks of one level. `where` knows the places of ends inside of items and elsewhere."""

    def __init__(self, level: Level, sizes: dict[str, float], where: dict[str, float], center: float) -> None:
        self.level = level
        self.sizes = sizes
        self.center = center
        self.inner = {}
        self.before: dict[str, list[tuple[str, float]]] = {}
        self.after: dict[str, list[tuple[str, float]]] = {}
        for gap in level.links:
            for link in gap:
                for end, item in ((link.tail_end, link.tail), (link.head_end, link.head)):
                    self.inner[end] = where[end] - where[item] if end in where and item in where else 0.0
        for gap in level.links:
            for link in gap:
                shift = self.inner[link.head_end] - self.inner[link.tail_end]
                self.after.setdefault(link.tail, []).append((link.head, shift))
                self.before.setdefault(link.head, []).append((link.tail, -shift))
        self.pulls: dict[str, list[float]] = {}
        for anchor in level.anchors:
            if anchor.other in where:
                inside = where[anchor.end] - where[anchor.item] if anchor.end in where and anchor.item in where else 0.0
                self.pulls.setdefault(anchor.item, []).append(where[anchor.other] - inside)

    def place(self, ranks: list[list[str]]) -> dict[str, float]:
        """Return the middle of every item, each rank being centred."""
        found = {}
        for rank in ranks:
            sizes = [self.sizes.get(item, _STAND_IN if item[0] == "~" else 1.0) for item in rank]
            at = self.center - sum(sizes) / 2
            for item, size in zip(rank, sizes, strict=True):
                found[item] = at + size / 2
                at += size
        return found

    def run(self) -> None:
        """Sweep down and up, keep the best order, then exchange neighbours as long as that helps."""
        ranks = [list(rank) for rank in self.level.ranks]
        best, best_cost = ranks, self.cost(ranks)
        for sweep in range(_SWEEPS):
            down = sweep % 2 == 0
            ranks = self._sweep([list(rank) for rank in ranks], down)
            self._transpose(ranks)
            cost = self.cost(ranks)
            if cost < best_cost:
                best, best_cost = [list(rank) for rank in ranks], cost
        for rank in best:
            for one, two in self.level.after:  # an author's word wins
                if one in rank and two in rank:
                    rank.remove(two)
                    rank.insert(rank.index(one) + 1, two)
        self.level.ranks[:] = best

    def _sweep(self, ranks: list[list[str]], down: bool) -> list[list[str]]:
        neighbours = self.before if down else self.after
        place = self.place(ranks)
        for rank in ranks if down else reversed(ranks):
            wish = {item: self._wish(item, neighbours, place) for item in rank}
            rank.sort(key=wish.__getitem__)
            place |= self.place([rank])
        return ranks

    def _wish(self, item: str, neighbours: dict[str, list[tuple[str, float]]], place: dict[str, float]) -> float:
        pulls = [place[other] + shift for other, shift in neighbours.get(item, ())] + self.pulls.get(item, [])
        return round(sum(pulls) / len(pulls), 6) if pulls else place[item]

    def cost(self, ranks: list[list[str]]) -> tuple[int, float]:
        """Return the number of crossings, then how far wires go across the flow."""
        place = self.place(ranks)
        crossings = sum(self._crossings(gap, place) for gap in self.level.links)
        length = sum(
            abs(place[link.tail] + self.inner[link.tail_end] - place[link.head] - self.inner[link.head_end])
            for gap in self.level.links
            for link in gap
        )
        length += sum(abs(place[item] - pull) for item, pulls in self.pulls.items() if item in place for pull in pulls)
        return crossings, round(length, 6)

    def _crossings(self, gap: list[Link], place: dict[str, float]) -> int:
        ends = sorted(
            (place[link.tail] + self.inner[link.tail_end], place[link.head] + self.inner[link.head_end]) for link in gap
        )
        seen: list[float] = []
        count, start = 0, 0
        for index, (tail, _) in enumerate(ends):
            if index + 1 < len(ends) and ends[index + 1][0] == tail:
                continue
            heads = [head for _, head in ends[start : index + 1]]
            count += sum(len(seen) - _up_to(seen, head) for head in heads)
            for head in heads:
                insort(seen, head)
            start = index + 1
        return count

    def _transpose(self, ranks: list[list[str]]) -> None:
        """Exchange neighbours in a rank where that takes crossings away."""
        place = self.place(ranks)
        for rank in ranks:
            for left in range(len(rank) - 1):
                one, two = rank[left], rank[left + 1]
                if self._gain(one, two, place) > 0:
                    rank[left], rank[left + 1] = two, one
                    place[one], place[two] = place[two], place[one]

    def _gain(self, one: str, two: str, place: dict[str, float]) -> int:
        """Return how many crossings it saves that `two` comes before `one`."""
        gain = 0
        for neighbours in (self.before, self.after):
            firsts = [place[other] + shift for other, shift in neighbours.get(one, ())]
            seconds = [place[other] + shift for other, shift in neighbours.get(two, ())]
            gain += sum((first > second + 1e-6) - (first < second - 1e-6) for first in firsts for second in seconds)
        return gain


def _up_to(values: list[float], limit: float) -> int:
    """Return how many of the sorted values are at most `limit`, with room for rounding."""
    return bisect_left(values, limit + 1e-6)
