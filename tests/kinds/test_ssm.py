"""Parameters: every option, the rights of edges, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import archkit
from tests.options import Option, holds, synthesized

SERVICE = "SSM Parameter Store"
FUNCTION = "  work: {kind: lambda.function, runtime: python3.13, code: handler.py}\n"
STEM = "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter"


def row(option: str, properties: str, path: str, expected: Any) -> Option:
    text = f"nodes:\n  limit: {{kind: ssm.parameter, {properties}}}\n"
    return Option(SERVICE, option, text, f"Resources.Limit.Properties.{path}", expected)


TYPES = "String and StringList (SecureString is not creatable by CloudFormation and must be said so)"
TIERS = "tier standard/advanced with the 4 KB and 8 KB limits checked"
OPTIONS = [
    row(TYPES, "value: 100", "Type", "String"),
    row(TYPES, "value: 012", "Value", "012"),
    row(TYPES, "value: [a, b]", "Type", "StringList"),
    row(TYPES, "value: [a, b]", "Value", "a,b"),
    row("hierarchy path", "value: a, path: /shop/prod/limit", "Name", "/shop/prod/limit"),
    row("hierarchy path", "value: a", "Name", {"Fn::Sub": "/${AWS::StackName}/limit"}),
    row(TIERS, f"value: {'x' * 5000}, tier: advanced", "Tier", "Advanced"),
    row(TIERS, "value: a, tier: intelligent", "Tier", "Intelligent-Tiering"),
    row("allowed values", "value: 100, allowed: '[0-9]+'", "AllowedPattern", "[0-9]+"),
    row("AMI", "value: ami-0123456789abcdef0, data: 'aws:ec2:image'", "DataType", "aws:ec2:image"),
]


@pytest.mark.parametrize("option", OPTIONS, ids=lambda row: f"{row.option[:30]}:{row.path.rsplit('.', 1)[-1]}")
def test_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    assert holds(option, tmp_path)


@pytest.mark.parametrize(("path", "arn"), [
    ("/shop/limit", STEM + "${Limit}"), ("limit", STEM + "/${Limit}"), ("/${Stage}/limit", STEM + "${Limit}"),
])  # fmt: skip
def test_function_reads_a_parameter(path: str, arn: str, tmp_path: Path) -> None:
    text = (f"parameters: {{Stage: {{default: dev}}}}\nnodes:\n{FUNCTION}"
            f"  limit: {{kind: ssm.parameter, value: a, path: '{path}'}}\nedges: [work -> limit]\n")  # fmt: skip
    (template,) = synthesized(text, tmp_path).values()
    statement = template["Resources"]["WorkRolePolicy"]["Properties"]["PolicyDocument"]["Statement"][1]
    assert (statement["Action"], statement["Resource"]) == ("ssm:GetParameter", {"Fn::Sub": arn})
    variables = template["Resources"]["Work"]["Properties"]["Environment"]["Variables"]
    assert variables == {"LIMIT": {"Ref": "Limit"}}


def test_schedule_puts_a_parameter(tmp_path: Path) -> None:
    text = ("nodes:\n  nightly: {kind: scheduler.schedule, every: 1 day}\n  limit: {kind: ssm.parameter, value: a}\n"
            "edges: [{nightly -> limit: {call: PutParameter, input: {Value: b, Overwrite: true}}}]\n")  # fmt: skip
    (template,) = synthesized(text, tmp_path).values()
    target = template["Resources"]["Nightly"]["Properties"]["Target"]
    assert target["Arn"] == {"Fn::Sub": "arn:${AWS::Partition}:scheduler:::aws-sdk:ssm:putParameter"}


def test_change_of_a_parameter_is_an_event(tmp_path: Path) -> None:
    text = ("nodes:\n  limit: {kind: ssm.parameter, value: a}\n  changed: events.rule\n"
            f"{FUNCTION}edges: [limit -> changed -> work]\n")  # fmt: skip
    (template,) = synthesized(text, tmp_path).values()
    pattern = template["Resources"]["Changed"]["Properties"]["EventPattern"]
    assert (pattern["source"], pattern["detail"]) == (["aws.ssm"], {"name": [{"Ref": "Limit"}]})


REFUSED = [
    ("value: a, type: SecureString", "not-creatable", "cannot create a SecureString"),
    (f"value: {'x' * 4097}", "out-of-bounds", "holds 4 KB"),
    (f"value: {'x' * 8193}, tier: advanced", "out-of-bounds", "holds 8 KB"),
    ("value: ['a,b', c]", "bad-value", "no comma"),
    ("value: a, type: StringList", "bad-value", "holds a list"),
    ("value: a, path: shop/limit", "bad-value", "begins with a slash"),
    ("value: a, path: /aws/limit", "bad-value", "AWS's own"),
    (f"value: a, path: {'/a' * 16}", "out-of-bounds", "at most 15 levels"),
]


@pytest.mark.parametrize(("properties", "code", "message"), REFUSED, ids=[row[2] for row in REFUSED])
def test_refused(properties: str, code: str, message: str) -> None:
    text = f"name: test\nnodes:\n  limit: {{kind: ssm.parameter, {properties}}}\n"
    found = archkit.load("blueprint.yaml", text=text).check()
    assert [(d.code, message in d.message) for d in found] == [(code, True)]


def test_everything_is_lint_clean() -> None:
    lines = "".join(f"  p{n}: {{{row.blueprint.split('{', 1)[1]}" for n, row in enumerate(OPTIONS))
    compiled = archkit.load("blueprint.yaml", text=f"name: test\nnodes:\n{lines}")
    assert compiled.synth().templates
