"""SAM's own translator, given our SAM output, must make what our CloudFormation output says."""

from __future__ import annotations

from pathlib import Path

import pytest

import archkit
from archkit.synth.sam import expanded, fold
from tests.meaning import difference

LIBRARY = sorted((Path(__file__).parent.parent / "blueprints").glob("*.yaml"))


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
@pytest.mark.parametrize("security", ["standard", "strict"])
def test_expanded_sam_equals_cloudformation(path: Path, security: str) -> None:
    text = path.read_text("utf-8") + f"\nsecurity: {security}\n"
    for stack in archkit.load(path, text=text).synth("cloudformation").stacks:
        source = fold(stack.template)
        assert difference(stack.template, expanded(source, stack.place[1])) == []


def test_a_difference_is_seen() -> None:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": 1}}
    policy = {"Type": "AWS::SQS::QueuePolicy", "Properties": {"Queues": [{"Ref": "Q"}], "PolicyDocument": {}}}
    one = {"Resources": {"Q": queue, "R": {**queue, "Properties": {"DelaySeconds": 2}}, "P": policy}}
    renamed = {
        "Resources": {
            "A": queue,
            "B": {**queue, "Properties": {"DelaySeconds": 2}},
            "P": {**policy, "Properties": {"Queues": [{"Ref": "A"}], "PolicyDocument": {}}},
        }
    }
    crossed = {
        "Resources": {
            **renamed["Resources"],
            "P": {**policy, "Properties": {"Queues": [{"Ref": "B"}], "PolicyDocument": {}}},
        }
    }
    assert difference(one, renamed) == []
    assert difference(one, crossed)
