"""What authors say of the picture alone: where nodes stand, which way a group flows, and what is left out."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

import archkit
from archkit.diagram.compose import compose
from archkit.diagram.plan import plan
from archkit.diagram.scene import Point, Scene
from tests.diagram.judge import faults

NODES = ("a", "b", "c", "d")


def scene_of(text: str, **words: str) -> Scene:
    """Compose a blueprint of four queues and a topic that leads to them; `words` are more of each node's."""
    nodes = "".join(f"  {id}: {{kind: sqs.queue, {words.get(id, '')}}}\n" for id in NODES)
    text = f"name: case\n{text}nodes:\n  t: sns.topic\n{nodes}edges: ['t -> a, b, c, d']\n"
    scene = compose(plan(archkit.load("case.yaml", text=text).sound()))
    assert list(faults(scene)) == []
    return scene


def at(scene: Scene, id: str) -> Point:
    return scene.leaves[id].icon.center


@pytest.mark.parametrize("direction", ["right", "down"])
def test_nodes_stand_beside_others(direction: str) -> None:
    text = f"direction: {direction}\n"
    right = scene_of(text, b="place: {right_of: d}")
    assert at(right, "b").x > at(right, "d").x and at(right, "b").y == at(right, "d").y
    left = scene_of(text, b="place: {left_of: d}")
    assert at(left, "b").x < at(left, "d").x and at(left, "b").y == at(left, "d").y
    below = scene_of(text, a="place: {below: c}")
    assert at(below, "a").y > at(below, "c").y and at(below, "a").x == at(below, "c").x
    above = scene_of(text, d="place: {above: a}")
    assert at(above, "d").y < at(above, "a").y and at(above, "d").x == at(above, "a").x


@pytest.mark.parametrize("direction", ["right", "down"])
def test_nodes_stand_in_one_row(direction: str) -> None:
    scene = scene_of(f"direction: {direction}\n", t="", a="same_row: [t]")
    assert at(scene, "a").y == at(scene, "t").y


def test_a_hint_against_the_flow_is_obeyed() -> None:
    scene = scene_of("direction: right\n", a="place: {left_of: t}")
    assert at(scene, "a").x < at(scene, "t").x


def test_a_group_flows_its_own_way() -> None:
    text = """name: case
direction: right
nodes:
  start: sns.topic
  team:
    kind: group
    direction: down
    nodes: {one: sqs.queue, work: {kind: sqs.queue}, box: {kind: group, nodes: {x: sqs.queue}}}
edges: [start -> one, one -> work: flow, work -> x: flow]
"""
    scene = compose(plan(archkit.load("case.yaml", text=text).sound()))
    assert list(faults(scene)) == []
    assert at(scene, "start").x < at(scene, "one").x == at(scene, "work").x
    assert at(scene, "one").y < at(scene, "work").y < at(scene, "x").y


def test_what_is_hidden_is_not_drawn_but_made() -> None:
    text = """name: case
nodes:
  start: sns.topic
  seen: sqs.queue
  gone: {kind: sqs.queue, hidden: true}
  away: {kind: group, hidden: true, nodes: {inner: sqs.queue}}
edges: [start -> gone, start -> inner, start -> seen: {hidden: true}]
"""
    made = archkit.load("case.yaml", text=text)
    root = ElementTree.fromstring(made.render())
    drawn = {e.get("data-node") for e in root.iter()} | {e.get("data-group") for e in root.iter()}
    assert drawn - {None} == {"start", "seen", "aws.cloud"}
    assert not [e for e in root.iter() if e.get("data-edge")]
    (template,) = made.synth().templates.values()
    assert template.count("Type: AWS::SNS::Subscription") == 3
