"""The layout against Graphviz on the same graphs: fewer crossings, and wires that are not much longer."""

from __future__ import annotations

from pathlib import Path

import pytest

from archkit.compiler import load
from archkit.diagram.compose import compose
from archkit.diagram.plan import Plan, plan
from archkit.diagram.scene import Point, Rect
from tests.diagram.dot import MISSING, Measure, bare, by_dot, measured, ours
from tests.diagram.randomly import random_architecture

LIBRARY = sorted((Path(__file__).parents[2] / "blueprints").glob("*.yaml"))
LONGER = 1.2


def graphs() -> list[Plan]:
    """Return 200 random graphs, and those of the library that both can draw: `dot` knows no zones as equal columns."""
    read = [plan(made) for path in LIBRARY if (made := load(path).architecture)]
    plain = [one for one in read if not any(group.columns for group in one.groups.values())]
    assert len(plain) > 15
    return [*plain, *(plan(random_architecture(seed)) for seed in range(200))]


@pytest.mark.slow
@pytest.mark.skipif(bool(MISSING), reason=MISSING)
def test_fewer_crossings_than_dot_and_not_much_longer_wires() -> None:
    mine, its, crashed = Measure(), Measure(), 0
    for graph in graphs():
        scene = compose(bare(graph))
        drawn = by_dot(scene)
        if drawn is None:
            crashed += 1
            continue
        assert len(drawn) == len(ours(scene)), "both draw every wire"
        mine, its = mine + measured(ours(scene)), its + measured(drawn)
    print(f"archkit {mine}, dot {its}, {mine.length / its.length:.2f} times its length; dot crashed on {crashed}")
    assert crashed <= 2
    assert 0 < mine.crossings < its.crossings
    assert 0 < mine.length <= LONGER * its.length


def test_a_picture_is_measured_outside_of_boxes_and_each_crossing_once() -> None:
    one, two = Rect(0, 0, 20, 40), Rect(100, 0, 120, 40)
    through = (one, two, [Point(15, 20), Point(105, 20)])
    beside = (one, two, [Point(20, 30), Point(60, 30), Point(60, 10), Point(100, 10)])
    assert measured([through]) == Measure(80, 0)
    assert measured([through, beside, beside]) == Measure(280, 1)
