"""Scenes are judged by their geometry alone: the gallery must be spotless, random ones almost so."""

from __future__ import annotations

import re
import time

import pytest

from archkit.architecture import Architecture
from archkit.diagram.compose import compose
from archkit.diagram.plan import plan
from archkit.diagram.scene import Scene
from tests.diagram.building import build
from tests.diagram.gallery import gallery
from tests.diagram.judge import crossings, faults
from tests.diagram.randomly import random_architecture

CHUNKS = 10


def scene_of(architecture: Architecture) -> Scene:
    return compose(plan(architecture))


@pytest.mark.parametrize("name", list(gallery()))
def test_the_gallery_has_no_fault(name: str) -> None:
    assert list(faults(scene_of(gallery()[name]))) == []


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_random_scenes_have_no_grave_fault_and_hardly_a_small_one(chunk: int) -> None:
    small = 0
    for seed in range(chunk, 100, CHUNKS):
        found = list(faults(scene_of(random_architecture(seed))))
        crowded = [fault for fault in found if re.search(r"the labels? of .* (stands on|overlaps?)| lies on ", fault)]
        assert [fault for fault in found if fault not in crowded] == [], f"seed {seed}"
        small += bool(crowded)
    assert small <= 3


def test_a_fork_is_symmetric_and_a_chain_is_straight() -> None:
    scene = scene_of(gallery()["url-shortener"])
    y = {id: leaf.icon.center.y for id, leaf in scene.leaves.items()}
    assert y["visitors"] == y["api"] == y["links"]
    assert y["api"] - y["shorten"] == pytest.approx(y["resolve"] - y["api"], abs=1)
    assert len(scene.routes[0].points) == 2


def test_the_main_line_passes_frames_straight() -> None:
    scene = scene_of(gallery()["shop"])
    line = ["shoppers", "dns", "cdn", "balancer", "fleet", "db"]
    assert len({scene.leaves[id].icon.center.y for id in line}) == 1
    assert crossings(scene) == 0


def test_people_stand_left_of_the_cloud_and_the_notified_right_of_it() -> None:
    scene = scene_of(gallery()["claims"])
    cloud = scene.frames["aws.cloud"].rect
    assert scene.leaves["clerk"].rect.right < cloud.left
    assert scene.leaves["boss"].rect.left > cloud.right


def test_direction_is_obeyed() -> None:
    down = scene_of(gallery()["shop-down"])
    y = [down.leaves[id].icon.center.y for id in ("shoppers", "dns", "cdn", "balancer", "fleet", "db")]
    assert y == sorted(y) and len(set(y)) == len(y)


def test_nodes_without_wires_form_a_grid() -> None:
    scene = scene_of(build("\n".join(f"n{number} lambda" for number in range(12))))
    assert len({leaf.icon.center.y for leaf in scene.leaves.values()}) in (2, 3)


def test_a_fan_shares_its_trunk_and_a_loop_stands_at_its_corner() -> None:
    scene = scene_of(gallery()["fan-out"])
    trunk = {route.points[0] for route in scene.routes if route.wire.source == "orders"}
    assert len(trunk) == 1
    loop = next(route for route in scene_of(gallery()["cycles"]).routes if route.wire.source == route.wire.target)
    assert len(loop.points) == 5


def test_wires_go_round_groups_they_do_not_enter() -> None:
    scene = scene_of(gallery()["regions"])
    inside = scene.frames["eu"].rect
    failover = next(route for route in scene.routes if route.wire.label == "failover")
    assert not any(inside.left < x < inside.right and inside.top < y < inside.bottom for x, y in failover.points)


@pytest.mark.bench
def test_it_is_quick() -> None:
    for nodes, limit in ((15, 0.15), (60, 0.6)):
        architecture = random_architecture(7, nodes)
        start = time.perf_counter()
        scene_of(architecture)
        # Generous, since the machine may be busy: three times what is wanted.
        assert time.perf_counter() - start < 3 * limit
