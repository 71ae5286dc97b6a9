"""Step Functions: every option, what `do:` becomes and the rights of exactly that call, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import archkit
from tests.options import ANY, Option, at, holds, synthesized

FN = "  fn: {kind: lambda.function, runtime: python3.13, code: handler.py}\n"
OTHERS = f"{FN}  table: dynamodb.table\n  jobs: sqs.queue\n  cmk: kms.key\n"
FLOW = "Resources.Flow.Properties."
STATES = FLOW + "Definition.States."
KINDS = "states Task/Choice/Parallel/Wait/Fail/Succeed/Pass/Map written in the blueprint or in an ASL file"


def flow(option: str, properties: str, path: str, expected: Any = ANY, more: str = "") -> Option:
    text = f"nodes:\n  flow: {{kind: stepfunctions.state_machine, {properties}}}\n{OTHERS}{more}"
    return Option("AWS Step Functions", option, text, path, expected)


def state(option: str, states: str, path: str, expected: Any = ANY, more: str = "") -> Option:
    return flow(option, f"{more}states: {{{states}}}", STATES + path, expected)


HELLO = "states: {a: succeed}"
RETRY = {
    "ErrorEquals": ["States.ALL"],
    "IntervalSeconds": 2,
    "MaxAttempts": 3,
    "BackoffRate": 2,
    "JitterStrategy": "FULL",
}
OPTIONS = [
    flow("standard or express", HELLO, FLOW + "StateMachineType", "STANDARD"),
    flow("standard or express", f"type: express, {HELLO}", FLOW + "StateMachineType", "EXPRESS"),
    flow("standard or express", f"key: cmk, {HELLO}", FLOW + "EncryptionConfiguration.Type",
         "CUSTOMER_MANAGED_KMS_KEY"),
    flow("standard or express", f"timeout: 60, {HELLO}", FLOW + "Definition.TimeoutSeconds", 60),
    state(KINDS, "a: {do: fn}", "a.Type", "Task"),
    state(KINDS, "a: {choices: [{variable: $.n, string_equals: 5, next: b}], default: b}, b: succeed", "a",
          {"Type": "Choice", "Choices": [{"Variable": "$.n", "StringEquals": "5", "Next": "b"}], "Default": "b"}),
    state(KINDS, "a: {choices: [{not: {variable: $.n, is_present: true}, next: b}]}, b: succeed", "a.Choices.0",
          {"Next": "b", "Not": {"Variable": "$.n", "IsPresent": True}}),
    state(KINDS, "a: {branches: [{b: {do: fn}}, {c: succeed}]}", "a.Branches.1",
          {"StartAt": "c", "States": {"c": {"Type": "Succeed"}}}),
    state(KINDS, "a: {seconds: 5}", "a", {"Type": "Wait", "Seconds": 5, "End": True}),
    state(KINDS, "a: {Type: Fail, Error: Refused, cause: 404}", "a",
          {"Type": "Fail", "Error": "Refused", "Cause": "404"}),
    state(KINDS, "a: succeed", "a", {"Type": "Succeed"}),
    state(KINDS, "a: {type: pass, result: {n: 1}}, b: succeed", "a", {"Type": "Pass", "Result": {"n": 1}, "Next": "b"}),
    state(KINDS, "a: {items_path: $.all, max_concurrency: 2, states: {b: {do: fn}}}", "a.ItemProcessor.ProcessorConfig",
          {"Mode": "INLINE"}),
    state(KINDS, "a: {mode: distributed, execution: express, states: {b: {do: fn}}}", "a.ItemProcessor.ProcessorConfig",
          {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}),
    flow(KINDS, "definition: flow.asl.yaml", STATES + "Put.Parameters.TableName", {"Ref": "Table"}),
    flow(KINDS, "start: b, states: {a: succeed, b: {type: pass, next: a}}", FLOW + "Definition.StartAt", "b"),
    flow(KINDS, "query: jsonata, states: {a: {do: fn, arguments: {Payload: '{% 1 %}'}}}",
         STATES + "a.Arguments.Payload", "{% 1 %}"),
    state("retry and catch", "a: {do: fn, retry: 3}", "a.Retry", [RETRY]),
    state("retry and catch", "a: {do: fn, retry: [{error_equals: Busy, max_attempts: 1}]}", "a.Retry.0",
          {"ErrorEquals": ["Busy"], "MaxAttempts": 1}),
    state("retry and catch", "a: {do: fn, end: true, catch: b}, b: succeed", "a.Catch",
          [{"ErrorEquals": ["States.ALL"], "Next": "b"}]),
    state("retry and catch",
          "a: {do: fn, end: true, catch: [{error_equals: [X], next: b, result_path: $.e}]}, b: succeed", "a.Catch.0",
          {"ErrorEquals": ["X"], "Next": "b", "ResultPath": "$.e"}),
    state("tasks bound to nodes by edges", "a: {do: fn}", "a.Parameters.FunctionName", {"Fn::GetAtt": ["Fn", "Arn"]}),
    flow("logging", HELLO, FLOW + "LoggingConfiguration.Level", "ERROR"),
    flow("logging", f"level: all, data: true, {HELLO}", FLOW + "LoggingConfiguration.IncludeExecutionData", True),
    flow("logging", f"logs: 7, {HELLO}", "Resources.FlowLogs.Properties.RetentionInDays", 7),
    flow("tracing", f"tracing: true, {HELLO}", FLOW + "TracingConfiguration.Enabled", True),
]  # fmt: skip
FILE = """
StartAt: Put
States:
  Put:
    Type: Task
    Resource: arn:aws:states:::dynamodb:putItem
    Parameters: {TableName: "${table}", Item: {id: {S.$: $.id}}}
    Next: Call
  Call: {Type: Task, Resource: "${fn}", Next: Tell}
  Tell:
    Type: Task
    Resource: arn:aws:states:::sqs:sendMessage.waitForTaskToken
    Parameters: {QueueUrl: "${jobs}", MessageBody: {token.$: $$.Task.Token}}
    End: true
"""


@pytest.mark.parametrize("row", OPTIONS, ids=lambda row: f"{row.option[:20]}: {row.path}")
def test_option(row: Option, tmp_path: Path) -> None:
    (tmp_path / "flow.asl.yaml").write_text(FILE)
    assert holds(row, tmp_path)


def resources(text: str, folder: Path) -> dict[str, Any]:
    (folder / "flow.asl.yaml").write_text(FILE)
    (template,) = synthesized(text, folder).values()
    found: dict[str, Any] = template["Resources"]
    return found


def rights(found: dict[str, Any], role: str = "FlowRole") -> list[tuple[Any, Any]]:
    """What the role may do beyond its logs."""
    inner = found[f"{role}Policy"]["Properties"]["PolicyDocument"]["Statement"]
    return [(s["Action"], s["Resource"]) for s in inner if not str(s["Action"][0]).startswith("logs:")]


TASK = "nodes:\n  flow: {kind: stepfunctions.state_machine, states: {a: {%s}}}\n"
FUNCTION = "lambda.function, runtime: python3.13, code: handler.py"
CALLS = [
    ("do: other", FUNCTION, "lambda:invoke", "lambda:InvokeFunction",
     {"FunctionName": {"Fn::GetAtt": ["Other", "Arn"]}, "Payload.$": "$"}),
    ("do: other, parameters: {Payload: {n: 1}}", FUNCTION, "lambda:invoke",
     "lambda:InvokeFunction", {"FunctionName": {"Fn::GetAtt": ["Other", "Arn"]}, "Payload": {"n": 1}}),
    ("do: other.UpdateItem, parameters: {Key: {id: {S: x}}}", "dynamodb.table", "dynamodb:updateItem",
     "dynamodb:UpdateItem",
     {"TableName": {"Ref": "Other"}, "Key": {"id": {"S": "x"}}}),
    ("do: other.Scan", "dynamodb.table", "aws-sdk:dynamodb:scan", "dynamodb:Scan", {"TableName": {"Ref": "Other"}}),
    ("do: other", "sqs.queue", "sqs:sendMessage", "sqs:SendMessage",
     {"QueueUrl": {"Fn::GetAtt": ["Other", "QueueUrl"]}, "MessageBody.$": "$"}),
    ("do: other, wait: token", "sqs.queue", "sqs:sendMessage.waitForTaskToken", "sqs:SendMessage",
     {"QueueUrl": {"Fn::GetAtt": ["Other", "QueueUrl"]}, "MessageBody": {"input.$": "$", "token.$": "$$.Task.Token"}}),
    ("do: other", "sns.topic", "sns:publish", "sns:Publish", {"TopicArn": {"Ref": "Other"}, "Message.$": "$"}),
    ("do: other", "events.bus", "events:putEvents", "events:PutEvents",
     {"Entries": [{"EventBusName": {"Ref": "Other"}, "DetailType": "a", "Source": "test", "Detail.$": "$"}]}),
    ("do: other, parameters: {Body: {x: 1}}", "bedrock.model, models: ['amazon.nova-lite-v1:0']", "bedrock:invokeModel",
     "bedrock:InvokeModel", {"ModelId": "amazon.nova-lite-v1:0", "Body": {"x": 1}}),
]  # fmt: skip


@pytest.mark.parametrize(("task", "kind", "resource", "action", "parameters"), CALLS, ids=lambda v: str(v)[:30])
def test_do(task: str, kind: str, resource: str, action: str, parameters: Any, tmp_path: Path) -> None:
    found = resources(f"{TASK % task}  other: {{kind: {kind}}}\n", tmp_path)
    made = found["Flow"]["Properties"]["Definition"]["States"]["a"]
    assert made["Resource"] == {"Fn::Sub": f"arn:${{AWS::Partition}}:states:::{resource}"}
    assert made["Parameters"] == parameters
    assert [action for action, _ in rights(found)] == [action]


def test_objects_of_a_bucket(tmp_path: Path) -> None:
    found = resources(TASK % "do: docs.GetObject, parameters: {Key: a}" + "  docs: s3.bucket\n", tmp_path)
    ((action, resource),) = rights(found)
    assert action == "s3:GetObject"
    assert resource["Fn::Sub"][0] == "arn:${AWS::Partition}:s3:::test-docs-${Stack}/*"


def test_a_queue_with_a_key_gives_the_rights_on_it(tmp_path: Path) -> None:
    found = resources(TASK % "do: jobs" + "  jobs: {kind: sqs.queue, key: cmk}\n  cmk: kms.key\n", tmp_path)
    assert rights(found)[1] == (["kms:Decrypt", "kms:GenerateDataKey"], {"Fn::GetAtt": ["Cmk", "Arn"]})


def test_waiting_for_another_workflow(tmp_path: Path) -> None:
    found = resources(
        TASK % "do: inner, wait: job" + "  inner: {kind: stepfunctions.state_machine, states: {b: succeed}}\n", tmp_path
    )
    actions = [action for action, _ in rights(found)]
    assert actions == ["states:StartExecution", ["states:DescribeExecution", "states:StopExecution"],
                       ["events:PutTargets", "events:PutRule", "events:DescribeRule"]]  # fmt: skip


def test_an_endpoint(tmp_path: Path) -> None:
    found = resources(
        TASK % "do: web, url: 'https://example.com/pay', secret: token" + "  web: internet\n"
        "  token: secretsmanager.secret\n", tmp_path)  # fmt: skip
    assert [action for action, _ in rights(found)] == [
        "states:InvokeHTTPEndpoint", "events:RetrieveConnectionCredentials",
        ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
    ]  # fmt: skip
    (statement,) = (s for s in found["FlowRolePolicy"]["Properties"]["PolicyDocument"]["Statement"] if "Condition" in s)
    assert statement["Condition"] == {"StringEquals": {"states:HTTPMethod": "POST"},
                                      "StringLike": {"states:HTTPEndpoint": "https://example.com/pay"}}  # fmt: skip
    made = found["Flow"]["Properties"]["Definition"]["States"]["a"]["Parameters"]
    assert made["Authentication"] == {"ConnectionArn": {"Fn::GetAtt": ["FlowWebConnection", "Arn"]}}


def test_a_file_gives_the_rights_of_its_tasks(tmp_path: Path) -> None:
    found = resources(
        f"nodes:\n  flow: {{kind: stepfunctions.state_machine, definition: flow.asl.yaml}}\n{OTHERS}", tmp_path
    )
    assert sorted(action for action, _ in rights(found)) == [
        "dynamodb:PutItem", "lambda:InvokeFunction", "sqs:SendMessage"]  # fmt: skip


def test_function_and_workflow_need_one_another(tmp_path: Path) -> None:
    found = resources(f"{TASK % 'do: fn'}{FN}edges:\n  - fn -> flow\n", tmp_path)
    arn = found["Fn"]["Properties"]["Environment"]["Variables"]["FLOW"]["Fn::Sub"][0]
    assert arn == "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:stateMachine:test-flow-${Stack}"
    assert found["Flow"]["DependsOn"] == ["FlowRolePolicy"]
    assert rights(found, "FnRole") == [("states:StartExecution", {"Fn::Sub": [arn, ANYTHING]})]


class _Anything:
    def __eq__(self, other: object) -> bool:
        return True


ANYTHING = _Anything()


def test_a_null_makes_the_definition_a_text(tmp_path: Path) -> None:
    found = resources(f"{TASK % 'do: fn, result_path: null'}{FN}", tmp_path)
    text = found["Flow"]["Properties"]["DefinitionString"]["Fn::Sub"]
    assert json.loads(text)["States"]["a"]["ResultPath"] is None


def test_an_arrow_without_words_adds_nothing_to_what_a_state_says(tmp_path: Path) -> None:
    found = resources(
        TASK % "do: model"
        + "  model: {kind: bedrock.model, models: ['amazon.nova-lite-v1:0']}\nedges:\n  - flow -> model\n",
        tmp_path,
    )
    assert [action for action, _ in rights(found)] == ["bedrock:InvokeModel"]


@pytest.mark.parametrize("format", ["cloudformation", "sam"])
def test_everything_at_once_is_lint_clean(format: Any, tmp_path: Path) -> None:
    (tmp_path / "flow.asl.yaml").write_text(FILE)
    (tmp_path / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    text = f"""
name: test
nodes:
{OTHERS}
  bus: events.bus
  news: sns.topic
  docs: s3.bucket
  web: internet
  token: secretsmanager.secret
  filed: {{kind: stepfunctions.state_machine, definition: flow.asl.yaml}}
  quick: {{kind: stepfunctions.state_machine, type: express, query: jsonata, level: all, data: true,
           states: {{a: {{do: fn}}, b: {{type: pass, output: "{{% 1 %}}"}}}}}}
  flow:
    kind: stepfunctions.state_machine
    tracing: true
    key: cmk
    timeout: 600
    states:
      reserve: {{do: table.UpdateItem, parameters: {{Key: {{id: {{S.$: $.id}}}}}}, result_path: null, retry: 3,
                catch: sorry}}
      charge: {{do: fn, catch: [{{error_equals: Declined, next: sorry, result_path: $.error}}]}}
      ask: {{do: jobs, wait: token, heartbeat_seconds: 60}}
      enough:
        choices:
          - {{variable: $.n, numeric_greater_than: 5, next: pause}}
          - {{and: [{{variable: $.a, is_present: true}}, {{variable: $.a, string_equals: 5}}], next: both}}
        default: both
      pause: {{seconds: 5, next: both}}
      both:
        branches:
          - tell: {{do: news}}
          - put: {{do: bus, parameters: {{Entries: [{{DetailType: sold}}]}}}}
      each:
        mode: distributed
        item_reader: {{do: docs.GetObject, parameters: {{Key: all.json}}, reader_config: {{input_type: JSON}}}}
        result_writer: {{do: docs.PutObject, parameters: {{Prefix: out}}}}
        states: {{again: {{do: filed, wait: job}}}}
      pay: {{do: web, url: "https://example.com/pay", secret: token, header: x-api-key}}
      done: succeed
      sorry: {{type: fail, error: Refused, cause: no money}}
edges:
  - fn -> flow
  - fn -> quick: start_sync
  - fn -> filed: describe, stop, redrive, list, report
  - flow -> docs: list
"""
    made = archkit.load(tmp_path / "blueprint.yaml", text=text).synth(format)
    assert at(made.stacks[0].template, FLOW + "DefinitionString")
