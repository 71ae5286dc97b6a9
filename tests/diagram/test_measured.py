"""Pictures as a browser draws them: its own boxes, text included, must not overlap, be cut off or be run through."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archkit.architecture import Architecture
from archkit.compiler import load
from archkit.diagram.compose import compose
from archkit.diagram.plan import Plan, plan
from archkit.diagram.svg import write
from archkit.diagram.text import clean
from tests.browser import OpenPage
from tests.diagram.gallery import gallery
from tests.diagram.randomly import random_architecture, random_network

pytestmark = pytest.mark.browser

MEASURE = (Path(__file__).parent / "measured.js").read_text("utf-8")
LIBRARY = sorted((Path(__file__).parents[2] / "blueprints").glob("*.yaml"))
ROOM = 8
"""How many px wires keep from icons, texts and corners of frames at which they do not end."""


def found(browse: OpenPage, made: dict[str, Architecture]) -> Iterator[str]:
    """Yield what a browser finds wrong with each picture: its name, the ids, the places."""
    page = browse("<!doctype html><body></body>", viewport={"width": 1600, "height": 1000})
    for name, architecture in made.items():
        scene = compose(plan(architecture))
        via = {route.wire.edge or route.wire.id: route.wire.via for route in scene.routes if route.wire.via}
        across = [scene.plan.told(group.id) for group in scene.plan.groups.values() if group.overlay]
        given = {"svg": write(scene, "light"), "room": ROOM, "via": via, "across": across}
        seen: dict[str, Any] = page.evaluate(MEASURE, given)
        yield from (f"{name}: {fault}" for fault in [*seen["faults"], *missing(plan(architecture), seen)])


def missing(wanted: Plan, seen: dict[str, Any]) -> Iterator[str]:
    """Yield what the blueprint has and the picture has not."""
    yield from (f"{id} is not drawn" for id in wanted.boxes if id not in seen["nodes"])
    yield from (f"the group {id} is not drawn" for id in wanted.groups if id not in seen["groups"])
    for wire in wanted.wires:
        texts = [label for id, label in seen["edges"] if id == wire.id]
        if not texts:
            yield f"{wire.id} is not drawn"
        if wire.label and squeezed(clean(wire.label)) not in map(squeezed, texts):
            yield f"{wire.id} says {texts} instead of '{wire.label}'"


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_pictures_of_the_library(browse: OpenPage) -> None:
    made = {path.stem: load(path).architecture for path in LIBRARY}
    assert len(made) > 20 and None not in made.values()
    assert list(found(browse, {name: one for name, one in made.items() if one})) == []


def test_pictures_of_the_gallery(browse: OpenPage) -> None:
    assert list(found(browse, gallery())) == []


@pytest.mark.parametrize("chunk", range(4))
def test_random_architectures(browse: OpenPage, chunk: int) -> None:
    made = {f"random_architecture({seed})": random_architecture(seed) for seed in range(chunk, 200, 4)}
    made |= {f"random_network({seed})": random_network(seed) for seed in range(chunk, 60, 4)}
    assert list(found(browse, made)) == []


def test_it_sees_what_is_planted(browse: OpenPage) -> None:
    page = browse("<!doctype html><body></body>", viewport={"width": 1600, "height": 1000})
    svg = write(compose(plan(gallery()["url-shortener"])), "light")
    given = {"svg": svg.replace(">shorten<", f">{'W' * 60}<"), "room": ROOM, "via": {}, "across": []}
    faults = " ".join(page.evaluate(MEASURE, given)["faults"])
    assert "shorten overlaps" in faults and "runs through the text of shorten" in faults
    assert "runs through" not in " ".join(page.evaluate(MEASURE, given | {"svg": svg})["faults"])
    assert "runs through the corner" in " ".join(page.evaluate(MEASURE, given | {"svg": svg, "room": 120})["faults"])
    given["svg"] = svg.replace('<path class="wire" d="M', '<path class="wire" d="M9 9H')
    assert "does not end at" in " ".join(page.evaluate(MEASURE, given)["faults"])
