"""Groups: a Region becomes a stack of its own, a data centre is drawn."""

from __future__ import annotations

from pathlib import Path

import pytest

import archkit
from tests.options import Option, holds, synthesized

TWO = """region: eu-west-1
nodes:
  here: sqs.queue
  far: {kind: region, code: us-east-1, nodes: {there: sqs.queue}}
"""
OPTIONS = [
    Option("Region", "a blueprint with two regions synthesizes one template per region", TWO,
           "Resources.There.Type", "AWS::SQS::Queue"),
]  # fmt: skip
DRAWN = [("corporate data centre", "group")]


@pytest.mark.parametrize("option", OPTIONS)
def test_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    assert holds(option, tmp_path)


def test_each_region_has_a_template_of_its_own(tmp_path: Path) -> None:
    templates = synthesized(TWO, tmp_path)
    assert [set(template["Resources"]) & {"Here", "There"} for template in templates.values()] == [{"Here"}, {"There"}]


def test_a_data_centre_is_drawn_as_a_group(tmp_path: Path) -> None:
    text = "name: test\nnodes:\n  office: {kind: data_center, nodes: {staff: users}}\n  jobs: sqs.queue\n"
    picture = archkit.load(tmp_path / "blueprint.yaml", text=text).render("svg").decode()
    assert 'data-group="office" data-kind="data_center"' in picture
    assert 'data-node="staff"' in picture and 'data-parent="office"' in picture


def test_a_zone_is_drawn_by_hand_where_no_vpc_draws_it(tmp_path: Path) -> None:
    text = "name: test\nnodes:\n  first: {kind: availability_zone, code: eu-west-1a, nodes: {jobs: sqs.queue}}\n"
    picture = archkit.load(tmp_path / "blueprint.yaml", text=text).render("svg").decode()
    assert 'data-group="first" data-kind="availability_zone"' in picture and "eu-west-1a" in picture


@pytest.mark.parametrize(
    ("nodes", "message"),
    [
        ("net: {kind: ec2.vpc, nodes: {first: {kind: availability_zone}}}", "'net' draws its zones itself"),
        ("first: {kind: availability_zone, nodes: {net: {kind: ec2.vpc}}}", "a VPC spans zones: 'net'"),
    ],
)
def test_a_zone_stands_in_no_vpc_and_around_none(nodes: str, message: str, tmp_path: Path) -> None:
    found = archkit.load(tmp_path / "blueprint.yaml", text=f"name: test\nnodes:\n  {nodes}\n").check().errors
    assert [one.code for one in found] == ["wrong-place"] and message in found[0].message
