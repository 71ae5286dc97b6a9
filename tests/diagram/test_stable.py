"""A small change in a blueprint moves little of its picture: who stands left of whom, and above whom, stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from archkit.compiler import load
from archkit.diagram.compose import compose
from archkit.diagram.plan import Box, Plan, Wire, plan
from archkit.diagram.scene import Point, Scene

LIBRARY = sorted((Path(__file__).parents[2] / "blueprints").glob("*.yaml"))
NODE, WIRE = 0.02, 0.1  # of all nodes of the library, for a node more and for a wire more from its first to its last
MOST = 3  # in any one picture
SAME = 2  # px; nodes that are nearer to one line stand on it


def changed(before: Plan) -> Iterator[Plan]:
    """Yield a plan with a node more behind the first, the middle and the last node, and with a wire between two."""
    boxes = [box for box in before.boxes.values() if not box.actor and not box.border]
    chosen = [boxes[0], boxes[len(boxes) // 2], boxes[-1]]
    for box in chosen:
        yield _with_node(before, box)
    if chosen[0] is not chosen[2]:
        yield replace(before, wires=(*before.wires, Wire("one-more", chosen[0].id, chosen[2].id, "data")))


def _with_node(before: Plan, box: Box) -> Plan:
    new = Box("new", "One more", "test", "aws/storage/simple-storage-service-s3", box.parent)
    groups = dict(before.groups)
    if box.parent:
        group = groups[box.parent]
        members = (*group.members, "new") if group.row else group.members
        groups[box.parent] = replace(group, children=(*group.children, "new"), members=members)
    roots = before.roots if box.parent else (*before.roots, "new")
    wires = (*before.wires, Wire("one-more", box.id, "new", "data"))
    return replace(before, boxes={**before.boxes, "new": new}, groups=groups, roots=roots, wires=wires)


def moved(before: Scene, behind: Scene) -> int:
    """Return how few nodes one must take away so that no two others have changed sides."""
    places = {id: (leaf.icon.center, behind.leaves[id].icon.center) for id, leaf in before.leaves.items()}
    swapped = [pair for pair in combinations(places, 2) if _swapped(*places[pair[0]], *places[pair[1]])]
    count = 0
    while swapped:
        worst = Counter(id for pair in swapped for id in pair).most_common(1)[0][0]
        swapped = [pair for pair in swapped if worst not in pair]
        count += 1
    return count


def _swapped(one: Point, one_then: Point, two: Point, two_then: Point) -> bool:
    return any(_side(one[axis], two[axis]) * _side(one_then[axis], two_then[axis]) < 0 for axis in (0, 1))


def _side(one: float, two: float) -> int:
    return (one > two + SAME) - (one < two - SAME)


@pytest.mark.slow
def test_one_node_or_wire_more_moves_little_of_the_library() -> None:
    counts: dict[str, list[int]] = {"node": [], "wire": []}
    nodes = 0
    for path in LIBRARY:
        architecture = load(path).architecture
        assert architecture is not None
        before = compose(plan(architecture))
        nodes += len(before.leaves)
        for after in changed(plan(architecture)):
            count = moved(before, compose(after))
            counts["node" if "new" in after.boxes else "wire"].append(count)
            assert count <= MOST, path.stem
    node, wire = sum(counts["node"]) / (3 * nodes), sum(counts["wire"]) / nodes
    print(f"{node:.1%} of nodes change sides for a node more, {wire:.1%} for a wire more")
    assert nodes > 300 and node <= NODE and wire <= WIRE


def test_it_sees_what_moves() -> None:
    graph = plan(load(LIBRARY[0]).architecture)  # type: ignore[arg-type]
    scene = compose(graph)
    assert moved(scene, scene) == 0
    ends = sorted(scene.leaves, key=lambda id: scene.leaves[id].icon.left)
    first, last = scene.leaves[ends[0]], scene.leaves[ends[-1]]
    leaves = {**scene.leaves, ends[0]: replace(first, icon=first.icon.moved(last.icon.right, 0))}
    assert moved(scene, replace(scene, leaves=leaves)) == 1
