"""Bedrock: the models and profiles that an edge lets its source invoke, and what Bedrock itself may reach."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import archkit
from tests.options import Option, holds, synthesized

NOVA, CLAUDE = "amazon.nova-lite-v1:0", "anthropic.claude-sonnet-4-20250514-v1:0"
FN = "  fn: {kind: lambda.function, runtime: python3.13, code: handler.py}\n"
HERE = "arn:${AWS::Partition}:bedrock:${AWS::Region}"
NAMED = "no resource needed; an edge from a principal grants invocation of the models or inference profiles named"


def model(properties: str, more: str = "", edges: str = "fn -> model") -> str:
    return f"nodes:\n  model: {{kind: bedrock.model{properties}}}\n{FN}{more}edges:\n  - {edges}\n"


STATEMENT = "Resources.FnRolePolicy.Properties.PolicyDocument.Statement."
OPTIONS = [
    Option("Amazon Bedrock", NAMED, model(f", models: ['{NOVA}']"), STATEMENT + "1.Resource",
           {"Fn::Sub": f"{HERE}::foundation-model/{NOVA}"}),
    Option("Amazon Bedrock", NAMED, model(f", profiles: ['eu.{CLAUDE}']"), STATEMENT + "1.Resource",
           {"Fn::Sub": f"{HERE}:${{AWS::AccountId}}:inference-profile/eu.{CLAUDE}"}),
    Option("Amazon Bedrock", NAMED, model(f", profiles: ['eu.{CLAUDE}']"), STATEMENT + "2", {
        "Effect": "Allow", "Action": ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
        "Resource": {"Fn::Sub": f"arn:${{AWS::Partition}}:bedrock:*::foundation-model/{CLAUDE}"},
        "Condition": {"StringEquals": {"bedrock:InferenceProfileArn":
                                       {"Fn::Sub": f"{HERE}:${{AWS::AccountId}}:inference-profile/eu.{CLAUDE}"}}}}),
]  # fmt: skip


@pytest.mark.parametrize("row", OPTIONS, ids=lambda row: row.path)
def test_option(row: Option, tmp_path: Path) -> None:
    assert holds(row, tmp_path)


def resources(text: str, folder: Path) -> dict[str, Any]:
    (template,) = synthesized(text, folder).values()
    found: dict[str, Any] = template["Resources"]
    return found


def test_nothing_is_deployed_for_a_model(tmp_path: Path) -> None:
    found = resources(model(f", models: ['{NOVA}']"), tmp_path)
    assert not [id for id in found if id.startswith("Model")]
    assert found["Fn"]["Properties"]["Environment"] == {"Variables": {"MODEL": NOVA}}


def test_agents_of_the_account_call_a_function(tmp_path: Path) -> None:
    found = resources(model("", edges="model -> fn"), tmp_path)
    assert found["FnModelPermission"]["Properties"] == {
        "FunctionName": {"Ref": "Fn"}, "Action": "lambda:InvokeFunction", "Principal": "bedrock.amazonaws.com",
        "SourceArn": {"Fn::Sub": f"{HERE}:${{AWS::AccountId}}:agent/*"}, "SourceAccount": {"Ref": "AWS::AccountId"},
    }  # fmt: skip


def test_invocations_are_logged(tmp_path: Path) -> None:
    edges = "model -> lines: log_to\n  - model -> docs: log_to"
    found = resources(model("", "  lines: logs.group\n  docs: s3.bucket\n", edges), tmp_path)
    (role,) = found["ModelRolePolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert role["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    (door,) = (s for s in found["DocsPolicy"]["Properties"]["PolicyDocument"]["Statement"] if s["Effect"] == "Allow")
    assert (door["Principal"], door["Action"]) == ({"Service": "bedrock.amazonaws.com"}, "s3:PutObject")
    assert door["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}


@pytest.mark.parametrize(("properties", "words"), [
    ("", "names no models"),
    (f", models: ['eu.{CLAUDE}']", "is an inference profile"),
])  # fmt: skip
def test_refused(properties: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    report = archkit.load(tmp_path / "blueprint.yaml", text=f"name: test\n{model(properties)}").check()
    assert [found for found in report.errors if words in found.message]


def test_everything_at_once_is_lint_clean(tmp_path: Path) -> None:
    (tmp_path / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    text = "name: test\n" + model(
        f", models: ['{NOVA}'], profiles: ['eu.{CLAUDE}', 'global.{CLAUDE}']",
        "  docs: {kind: s3.bucket, key: cmk}\n  cmk: kms.key\n  lines: logs.group\n  "
        "flow: {kind: stepfunctions.state_machine, states: {a: {do: model.Converse, "
        "parameters: {ModelId: x, Messages.$: $.m}}}}\n",
        "fn -> model\n  - model -> fn\n  - model -> docs: read, write, log_to\n  - model -> lines: log_to",
    ) + "outputs:\n  Role: ${model.role_arn}\n"  # fmt: skip
    archkit.load(tmp_path / "blueprint.yaml", text=text).synth()
