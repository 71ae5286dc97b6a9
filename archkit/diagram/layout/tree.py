"""The spanning tree of the network simplex: constraints that are tight, improved by exchanging one for another.

Gansner, Koutsofios, North and Vo (1993), section 2.3 and 2.4.
"""

from __future__ import annotations

import itertools
from heapq import heappop, heappush

__all__ = ["Constraint", "Tree"]

Constraint = tuple[int, int, int, int]
"""Tail, head, least length, weight."""


class Tree:
    """A spanning tree of tight constraints, improved by exchanging one for another."""

    def __init__(self, size: int, edges: list[Constraint]) -> None:
        self.size = size
        self.edges = edges
        self.tails = [edge[0] for edge in edges]
        self.heads = [edge[1] for edge in edges]
        self.lengths = [edge[2] for edge in edges]
        self.weights = [edge[3] for edge in edges]
        self.at: list[list[int]] = [[] for _ in range(size)]
        for number, (tail, head, _, _) in enumerate(edges):
            self.at[tail].append(number)
            self.at[head].append(number)
        self.x = self._longest_paths()
        self.in_tree = bytearray(len(edges))
        self.links: list[list[int]] = [[] for _ in range(size)]
        self._grow()
        self.low, self.lim, self.order = [0] * size, [0] * size, [0] * (size + 1)
        self.parent = [-1] * size
        self.cut = [0] * len(edges)
        self._number(0, -1, 1)
        self.tree = [number for number in range(len(edges)) if self.in_tree[number]]
        self.place = {number: place for place, number in enumerate(self.tree)}
        self._cut_values()

    def _longest_paths(self) -> list[int]:
        """Return the least values that satisfy all constraints."""
        waiting = [0] * self.size
        for head in self.heads:
            waiting[head] += 1
        x = [-(10**8)] * self.size
        ready = [node for node in range(self.size) if not waiting[node]]
        for node in ready:
            x[node] = max(x[node], 0)
        done = 0
        while done < len(ready):
            node = ready[done]
            done += 1
            for number in self.at[node]:
                if self.tails[number] == node:
                    head = self.heads[number]
                    x[head] = max(x[head], x[node] + self.lengths[number])
                    waiting[head] -= 1
                    if not waiting[head]:
                        ready.append(head)
        if done < self.size:
            raise ValueError("the constraints form a cycle")
        self._lift_sources(x)
        return x

    def _lift_sources(self, x: list[int]) -> None:
        """Raise variables that nothing real holds down: a start much nearer to the end."""
        spare = self.size - 1
        for node in range(spare):
            if all(self.tails[number] in (node, spare) for number in self.at[node]):
                rooms = [x[self.heads[n]] - self.lengths[n] for n in self.at[node] if self.tails[n] == node]
                x[node] = min(rooms, default=x[node])

    def _slack(self, number: int) -> int:
        return self.x[self.heads[number]] - self.x[self.tails[number]] - self.lengths[number]

    def _grow(self) -> None:
        """Build a first tree: join by the constraint of least slack, moving the tree until it is tight.

        The tree moves as a whole by `shift`, which is applied at the end; two heaps hold the constraints that leave it
        and that enter it, keyed by their slacks as if it had not moved.
        """
        x, tails, heads, lengths = self.x, self.tails, self.heads, self.lengths
        joined_at: list[int | None] = [None] * self.size
        leaving: list[tuple[int, int]] = []
        entering: list[tuple[int, int]] = []
        shift, node = 0, 0
        while True:
            joined_at[node] = shift
            for number in self.at[node]:
                tail, head = tails[number], heads[number]
                if tail == node and joined_at[head] is None:
                    heappush(leaving, (x[head] - x[node] + shift - lengths[number], number))
                elif head == node and joined_at[tail] is None:
                    heappush(entering, (x[node] - shift - x[tail] - lengths[number], number))
            while leaving and joined_at[heads[leaving[0][1]]] is not None:
                heappop(leaving)
            while entering and joined_at[tails[entering[0][1]]] is not None:
                heappop(entering)
            if not leaving and not entering:
                break
            if not entering or (leaving and leaving[0][0] - shift <= entering[0][0] + shift):
                slack, number = heappop(leaving)
                shift, node = slack, heads[number]
            else:
                slack, number = heappop(entering)
                shift, node = -slack, tails[number]
            self._link(number)
        for member, at in enumerate(joined_at):
            x[member] += shift - (at or 0)

    def _link(self, number: int) -> None:
        self.in_tree[number] = 1
        self.links[self.tails[number]].append(number)
        self.links[self.heads[number]].append(number)

    def _unlink(self, number: int) -> None:
        self.in_tree[number] = 0
        self.links[self.tails[number]].remove(number)
        self.links[self.heads[number]].remove(number)

    def _number(self, root: int, via: int, first: int) -> None:
        """Number a subtree in postorder: a node's subtree is `low..lim`, the nodes of which stand in `order`.

        `via` is the edge to the root's parent.
        """
        parent, low, lim, order, links = self.parent, self.low, self.lim, self.order, self.links
        tails, heads = self.tails, self.heads
        parent[root] = via
        # First every node before its subtree, in the order in which the subtrees shall be numbered backwards.
        stack, found = [root], []
        while stack:
            node = stack.pop()
            found.append(node)
            up = parent[node]
            for number in links[node]:
                if number != up:
                    child = heads[number]
                    if child == node:
                        child = tails[number]
                    parent[child] = number
                    stack.append(child)
        count = first + len(found)
        for node in found:
            count -= 1
            lim[node] = count
            order[count] = node
        # A subtree is numbered without gaps: it begins where the one of its first child begins, else with the node.
        for node in reversed(found):
            low[node] = lim[node]
        for node in reversed(found):
            if node != root:
                number = parent[node]
                up = heads[number]
                if up == node:
                    up = tails[number]
                if low[node] < low[up]:
                    low[up] = low[node]

    def _cut_values(self) -> None:
        """Compute every tree edge's cut value: what leaves the subtree below it, less what enters."""
        balance = [0] * self.size
        for tail, head, _, weight in self.edges:
            balance[tail] += weight
            balance[head] -= weight
        for node in sorted(range(self.size), key=self.lim.__getitem__):
            via = self.parent[node]
            if via >= 0:
                out = self.tails[via] == node
                self.cut[via] = balance[node] if out else -balance[node]
                balance[self.heads[via] if out else self.tails[via]] += balance[node]

    def run(self, limit: int) -> None:
        """Exchange edges until no cut value is negative."""
        start = 0
        for _ in range(limit):
            leaving = self._leaving(start)
            if leaving < 0:
                return
            start = leaving + 1
            self._exchange(self.tree[leaving], self._entering(self.tree[leaving]))

    def _leaving(self, start: int) -> int:
        """Return the place in the tree of an edge with a negative cut value, the search going round from the last."""
        cut, tree = self.cut, self.tree
        best, best_value, seen = -1, 0, 0
        for place in itertools.chain(range(start, len(tree)), range(start)):
            value = cut[tree[place]]
            if value < 0:
                if value < best_value:
                    best, best_value = place, value
                seen += 1
                if seen >= 30:
                    break
        return best

    def _entering(self, leaving: int) -> int:
        """Return the edge of least slack that joins the two halves the other way round."""
        tail, head = self.tails[leaving], self.heads[leaving]
        below_is_tail = self.lim[tail] < self.lim[head]
        root = tail if below_is_tail else head
        low, lim, nodes = self.low[root], self.lim[root], self.lim
        x, tails, heads, lengths, at = self.x, self.tails, self.heads, self.lengths, self.at
        best, best_slack = -1, 1 << 60
        inside, order = 2 * (lim - low) < self.size, self.order
        half = order[low : lim + 1] if inside else order[1:low] + order[lim + 1 :]
        mine = heads if inside == below_is_tail else tails
        others = tails if mine is heads else heads
        for node in half:
            for number in at[node]:
                if mine[number] == node and (low <= nodes[others[number]] <= lim) != inside:
                    slack = x[heads[number]] - x[tails[number]] - lengths[number]
                    if slack < best_slack or (slack == best_slack and number < best):
                        best, best_slack = number, slack
        return best

    def _exchange(self, leaving: int, entering: int) -> None:
        """Replace one tree edge by another and bring values, cut values and numbers up to date."""
        slack = self._slack(entering)
        tail, head = self.tails[leaving], self.heads[leaving]
        root = tail if self.lim[tail] < self.lim[head] else head
        if slack:
            self._shift(root, -slack if root == tail else slack)
        value = self.cut[leaving]
        top = self._path(self.tails[entering], self.heads[entering], value, True)
        self._path(self.heads[entering], self.tails[entering], value, False)
        self.cut[entering] = -value
        self.cut[leaving] = 0
        self._unlink(leaving)
        self._link(entering)
        place = self.place[entering] = self.place.pop(leaving)
        self.tree[place] = entering
        self._number(top, self.parent[top], self.low[top])

    def _below(self, node: int, root: int) -> bool:
        return self.low[root] <= self.lim[node] <= self.lim[root]

    def _shift(self, root: int, by: int) -> None:
        """Move a whole subtree, or all that is not in it the other way."""
        x, order, low, lim = self.x, self.order, self.low[root], self.lim[root]
        if 2 * (lim - low) < self.size:
            for node in order[low : lim + 1]:
                x[node] += by
        else:
            for node in order[1:low] + order[lim + 1 :]:
                x[node] -= by

    def _path(self, node: int, other: int, value: int, forward: bool) -> int:
        """Change the cut values from a node up to its lowest common ancestor with the other, which is returned."""
        while not self._below(other, node):
            via = self.parent[node]
            if self.tails[via] == node:
                self.cut[via] += -value if not forward else value
                node = self.heads[via]
            else:
                self.cut[via] += value if not forward else -value
                node = self.tails[via]
        return node
