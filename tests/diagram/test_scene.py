"""Scenes are judged by their geometry alone: those of the gallery and random ones must be spotless."""

from __future__ import annotations

import time

import pytest

from archkit.architecture import Architecture
from archkit.diagram.compose import compose
from archkit.diagram.plan import plan
from archkit.diagram.scene import Scene
from tests.diagram.building import build
from tests.diagram.gallery import ZONES, gallery
from tests.diagram.judge import crossings, faults
from tests.diagram.randomly import random_architecture, random_network

CHUNKS = 10


def scene_of(architecture: Architecture) -> Scene:
    return compose(plan(architecture))


@pytest.mark.parametrize("name", list(gallery()))
def test_the_gallery_has_no_fault(name: str) -> None:
    assert list(faults(scene_of(gallery()[name]))) == []


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_random_scenes_have_no_fault(chunk: int) -> None:
    for seed in range(chunk, 200, CHUNKS):
        assert list(faults(scene_of(random_architecture(seed)))) == [], f"seed {seed}"


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_random_networks_have_no_fault(chunk: int) -> None:
    for seed in range(chunk, 60, CHUNKS):
        assert list(faults(scene_of(random_network(seed)))) == [], f"seed {seed}"


def test_zones_are_columns_and_nodes_stand_in_them_as_their_kinds_say() -> None:
    scene = scene_of(gallery()["zones"])
    zones = [scene.frames[f"network@{number}"].rect for number in (1, 2)]
    center = scene.frames["network"].rect.center.x
    assert zones[0].width == zones[1].width and zones[0].right < zones[1].left
    assert [zones[0].holds(scene.rect(id)) for id in ("fleet@1", "db", "cache@1", "network.nat")] == [True] * 4
    assert [zones[1].holds(scene.rect(id)) for id in ("fleet@2", "db@2", "cache@2")] == [True] * 3
    assert scene.leaves["balancer"].icon.center.x == center and scene.leaves["db@2"].box.dim
    rows = [scene.frames[f"{tier}@1"].rect.top for tier in ("web", "app", "data")]
    assert rows == sorted(rows) and scene.frames["data@2"].rect.top == rows[2]
    envelope = scene.frames["fleet@all"]
    assert envelope.title.text == "Auto Scaling group" and envelope.icon is not None
    assert envelope.icon.center.x == center and envelope.rect.holds(scene.rect("fleet@2"))


def test_what_enters_passes_through_the_gateway_on_the_frame() -> None:
    scene = scene_of(gallery()["zones"])
    gateway, frame = scene.leaves["network.internet"].icon, scene.frames["network"].rect
    assert gateway.center.y == frame.top
    entering = next(route for route in scene.routes if route.wire.target == "balancer")
    assert entering.hidden is not None
    before, behind = entering.points[entering.hidden : entering.hidden + 2]
    assert (before.x, behind.x) == (gateway.center.x,) * 2 and before.y == gateway.top and behind.y == gateway.bottom
    assert crossings(scene) == 0


def test_wires_of_copies_stay_within_their_zone_or_share_a_trunk() -> None:
    scene = scene_of(gallery()["zones-of-three"])
    drawn = {(route.wire.source, route.wire.target) for route in scene.routes}
    assert {("orders@1", "cache@1"), ("orders@2", "cache@2"), ("orders@3", "cache@3")} < drawn
    assert ("orders@1", "cache@2") not in drawn
    assert len({route.net for route in scene.routes if route.wire.target == "main"}) == 1


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
        start = time.process_time()
        scene_of(architecture)
        # Generous, since the machine may be busy: three times what is wanted.
        assert time.process_time() - start < 3 * limit


def test_a_small_change_moves_little() -> None:
    lines = ZONES.strip()
    before = scene_of(build(lines))
    assert moved(before, scene_of(build(f"{lines}\nreports bucket\ncdn -> reports: style=data logs\n"))) <= 2
    with_node = lines.replace("    cache redis", "    more ec2\n    cache redis")
    within = scene_of(build(f"{with_node}\nfleet -> more\n"))
    assert {id: leaf.icon.top for id, leaf in before.leaves.items()}.items() <= {
        id: leaf.icon.top for id, leaf in within.leaves.items()
    }.items()


def moved(before: Scene, behind: Scene) -> int:
    """Return how many nodes stand elsewhere, a shift of the whole picture left aside."""
    shifts = [
        (behind.leaves[id].icon.left - leaf.icon.left, behind.leaves[id].icon.top - leaf.icon.top)
        for id, leaf in before.leaves.items()
    ]
    most = max(set(shifts), key=shifts.count)
    return sum(shift != most for shift in shifts)
