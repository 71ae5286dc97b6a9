"""Ranks: which column (or row) of its group each child stands in.

The edges between the children of one group are made acyclic, then ranked by network simplex, so that edges are short
and all point the same way (Gansner et al. 1993, section 2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from archkit.diagram.layout.hints import Wishes
from archkit.diagram.layout.simplex import Problem

__all__ = ["acyclic", "ranked", "ranks"]

Pair = tuple[str, str]


def ranked(items: Sequence[str], pairs: Sequence[Pair], first: Sequence[str], wish: Wishes) -> dict[str, int]:
    """Return each item's rank; what an author puts into one rank or ahead of another stands so, whatever wires say."""
    chief: dict[str, str] = {}

    def root(item: str) -> str:
        while item in chief:
            item = chief[item]
        return item

    for one, two in (*wish.level, *wish.after):
        if root(one) != root(two):
            chief[root(two)] = root(one)
    ahead = [(root(one), root(two)) for one, two in wish.ahead]
    graph = [(root(tail), root(head)) for tail, head in pairs]
    graph = [*ahead, *(pair for pair in graph if pair[0] != pair[1] and pair[::-1] not in ahead)]
    roots, front = list(dict.fromkeys(map(root, items))), list(dict.fromkeys(map(root, first)))
    found = ranks(roots, acyclic(roots, graph, front), front)
    return {item: found[root(item)] for item in items}


def acyclic(items: Sequence[str], pairs: Iterable[Pair], first: Sequence[str] = ()) -> dict[Pair, int]:
    """Return the pairs as a graph without cycles, each with how often it occurs.

    Edges that would close a cycle in a depth-first walk are turned round. The walk begins at `first`, then at items
    that nothing points at, then as written, so the result depends on the order of the blueprint alone.
    """
    counts: dict[Pair, int] = {}
    for pair in pairs:
        if pair[0] != pair[1]:
            counts[pair] = counts.get(pair, 0) + 1
    after: dict[str, list[str]] = {}
    for tail, head in counts:
        after.setdefault(tail, []).append(head)
    entered = {head for _, head in counts}
    starts = [*first, *(item for item in items if item not in entered), *items]
    back = _back_edges(starts, after)
    result: dict[Pair, int] = {}
    for (tail, head), count in counts.items():
        pair = (head, tail) if (tail, head) in back else (tail, head)
        result[pair] = result.get(pair, 0) + count
    return result


def _back_edges(starts: Iterable[str], after: Mapping[str, Sequence[str]]) -> set[Pair]:
    """Return the edges that lead back to a node on the current path of a depth-first walk."""
    back: set[Pair] = set()
    done: set[str] = set()
    for start in starts:
        if start in done:
            continue
        path = {start}
        stack = [(start, iter(after.get(start, ())))]
        while stack:
            node, rest = stack[-1]
            for head in rest:
                if head in path:
                    back.add((node, head))
                elif head not in done:
                    path.add(head)
                    stack.append((head, iter(after.get(head, ()))))
                    break
            else:
                stack.pop()
                path.discard(node)
                done.add(node)
    return back


def ranks(items: Sequence[str], pairs: Mapping[Pair, int], first: Iterable[str] = ()) -> dict[str, int]:
    """Return each item's rank, from 0; items in `first` have rank 0."""
    problem = Problem()
    number = {item: problem.variable() for item in items}
    for (tail, head), count in pairs.items():
        problem.at_least(number[tail], number[head], 1, count)
    front = [number[item] for item in first]
    if front:
        ahead = problem.variable()
        for variable in range(len(items)):
            problem.at_least(ahead, variable, 0, 1000 if variable in front else 0)
    values = problem.solve()
    linked = {item for pair in pairs for item in pair}
    found = {item: values[number[item]] for item in items}
    return _normal(found, pairs, linked)


def _normal(found: dict[str, int], pairs: Mapping[Pair, int], linked: set[str]) -> dict[str, int]:
    """Let every connected component begin at rank 0: the solver leaves their relation open."""
    component: dict[str, str] = {item: item for item in found}

    def root(item: str) -> str:
        while component[item] != item:
            component[item] = component[component[item]]
            item = component[item]
        return item

    for tail, head in pairs:
        component[root(head)] = root(tail)
    least: dict[str, int] = {}
    for item in found:
        least[root(item)] = min(found[item], least.get(root(item), found[item]))
    return {item: found[item] - least[root(item)] if item in linked else 0 for item in found}
