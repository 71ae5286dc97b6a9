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
