"""EventBridge: buses, rules, schedules and pipes; every option, what each edge becomes, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import archkit
from tests.options import ANY, Option, holds, synthesized

FN = "  fn: {kind: lambda.function, runtime: python3.13, code: handler.py}\n"
RULE = "  rule: {kind: events.rule, pattern: {source: [app]}}\n"
QUEUES = "  jobs: {kind: sqs.queue, key: cmk}\n  lost: sqs.queue\n  cmk: kms.key\n"
TARGET = "Resources.Rule.Properties.Targets.0."


def bus(option: str, properties: str, path: str, expected: Any = ANY, more: str = "") -> Option:
    return Option(
        "Amazon EventBridge", option, f"nodes:\n  bus: {{kind: events.bus{properties}}}\n{more}", path, expected
    )


def rule(option: str, properties: str, path: str, expected: Any = ANY, edge: str = "rule -> jobs") -> Option:
    text = f"nodes:\n  rule: {{kind: events.rule, {properties}}}\n{QUEUES}edges:\n  - {edge}\n"
    return Option("Amazon EventBridge", option, text, path, expected)


def schedule(option: str, properties: str, path: str, expected: Any = ANY) -> Option:
    text = f"nodes:\n  clock: {{kind: scheduler.schedule, {properties}}}\n{QUEUES}edges:\n  - clock -> jobs\n"
    return Option("Amazon EventBridge Scheduler", option, text, f"Resources.Clock.Properties.{path}", expected)


ANYTHING = "pattern: {source: [app]}"
TRANSFORM = "{input_paths: {id: $.detail.id}, template: {order: <id>}}"
LETTERS = "{dead_letter: lost, retries: 3, max_age: 600}"
CLOCK = "rate/cron/one-time"
OPTIONS = [
    rule("event pattern", ANYTHING, "Resources.Rule.Properties.EventPattern", {"source": ["app"]}),
    rule("schedule rate or cron", "every: 5 minutes", "Resources.Rule.Properties.ScheduleExpression",
         "rate(5 minutes)"),
    rule("schedule rate or cron", "cron: '0 8 ? * MON-FRI *'", "Resources.Rule.Properties.ScheduleExpression",
         "cron(0 8 ? * MON-FRI *)"),
    rule("schedule rate or cron", "every: hour, enabled: false", "Resources.Rule.Properties.State", "DISABLED"),
    bus("custom bus", "", "Resources.Rule.Properties.EventBusName", {"Ref": "Bus"},
        f"{RULE}edges:\n  - bus -> rule\n"),
    bus("custom bus", ", senders: ['111122223333']", "Resources.BusFrom111122223333.Properties.Statement.Action",
        "events:PutEvents"),
    bus("custom bus", ", key: cmk", "Resources.Bus.Properties.KmsKeyIdentifier", {"Fn::GetAtt": ["Cmk", "Arn"]},
        "  cmk: kms.key\n"),
    bus("custom bus", ", dead_letter: lost", "Resources.Bus.Properties.DeadLetterConfig.Arn",
        {"Fn::GetAtt": ["Lost", "Arn"]}, "  lost: sqs.queue\n"),
    bus("partner (SaaS) source", ", partner: aws.partner/example.com/1", "Resources.Bus.Properties.EventSourceName",
        "aws.partner/example.com/1"),
    bus("archive", ", archive: 30, archive_pattern: {source: [a]}", "Resources.BusArchive.Properties.RetentionDays",
        30),
    rule("input transformer", ANYTHING, TARGET + "InputTransformer",
         {"InputPathsMap": {"id": "$.detail.id"}, "InputTemplate": '{"order":"<id>"}'}, f"rule -> jobs: {TRANSFORM}"),
    rule("input transformer", ANYTHING, TARGET + "Input", '{"a":1}', "rule -> jobs: {input: {a: 1}}"),
    rule("input transformer", ANYTHING, TARGET + "InputPath", "$.detail", "rule -> jobs: {input_path: $.detail}"),
    rule("targets with dead-letter queue and retry", ANYTHING, TARGET + "DeadLetterConfig.Arn",
         {"Fn::GetAtt": ["Lost", "Arn"]}, f"rule -> jobs: {LETTERS}"),
    rule("targets with dead-letter queue and retry", ANYTHING, TARGET + "RetryPolicy",
         {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 600}, f"rule -> jobs: {LETTERS}"),
    schedule(CLOCK, "every: 5 minutes", "ScheduleExpression", "rate(5 minutes)"),
    schedule(CLOCK, "cron: 0 8 * * ? *", "ScheduleExpression", "cron(0 8 * * ? *)"),
    schedule(CLOCK, "at: '2030-01-31 08:00'", "ScheduleExpression", "at(2030-01-31T08:00:00)"),
    schedule(CLOCK, "every: day, start: '2030-01-01T00:00:00Z'", "StartDate", "2030-01-01T00:00:00Z"),
    schedule("flexible window", "every: hour, window: 15", "FlexibleTimeWindow",
             {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15}),
    schedule("flexible window", "every: hour", "FlexibleTimeWindow", {"Mode": "OFF"}),
    schedule("time zone", "every: hour, time_zone: Europe/Berlin", "ScheduleExpressionTimezone", "Europe/Berlin"),
    schedule("dead-letter queue", "every: hour, dead_letter: lost", "Target.DeadLetterConfig.Arn",
             {"Fn::GetAtt": ["Lost", "Arn"]}),
    schedule("retries", "every: hour, retries: 2, max_age: 60", "Target.RetryPolicy",
             {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 60}),
]  # fmt: skip
PAIRS = ("partner event source -> eventbridge",)


@pytest.mark.parametrize("row", OPTIONS, ids=lambda row: f"{row.option}: {row.path}")
def test_option(row: Option, tmp_path: Path) -> None:
    assert holds(row, tmp_path)


def resources(text: str, folder: Path) -> dict[str, Any]:
    (template,) = synthesized(text, folder).values()
    found: dict[str, Any] = template["Resources"]
    return found


def statements(found: dict[str, Any], policy: str) -> list[dict[str, Any]]:
    inner: list[dict[str, Any]] = found[policy]["Properties"]["PolicyDocument"]["Statement"]
    return [statement for statement in inner if statement["Effect"] == "Allow"]


FROM_RULE = {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["Rule", "Arn"]}}}


@pytest.mark.parametrize(("kind", "action", "arn"), [
    ("sqs.queue", "sqs:SendMessage", {"Fn::GetAtt": ["Other", "Arn"]}),
    ("sns.topic", "sns:Publish", {"Ref": "Other"}),
])  # fmt: skip
def test_rule_to_queue_and_topic_with_a_key(kind: str, action: str, arn: Any, tmp_path: Path) -> None:
    found = resources(
        f"nodes:\n{RULE}  other: {{kind: {kind}, key: cmk}}\n  cmk: kms.key\nedges:\n  - rule -> other\n", tmp_path
    )
    service = {"Service": "events.amazonaws.com"}
    assert statements(found, "OtherPolicy") == [
        {"Effect": "Allow", "Principal": service, "Action": action, "Resource": arn, "Condition": FROM_RULE}
    ]
    assert found["Rule"]["Properties"]["Targets"] == [{"Id": "Other", "Arn": arn}]
    (key,) = (s for s in found["Cmk"]["Properties"]["KeyPolicy"]["Statement"] if s["Principal"] == service)
    assert key["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]


def test_rule_to_function_and_log_group(tmp_path: Path) -> None:
    found = resources(f"nodes:\n{RULE}{FN}  lines: logs.group\nedges:\n  - rule -> fn, lines\n", tmp_path)
    assert found["FnRulePermission"]["Properties"] == {
        "FunctionName": {"Ref": "Fn"}, "Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com",
        "SourceArn": {"Fn::GetAtt": ["Rule", "Arn"]},
    }  # fmt: skip
    assert found["Lines"]["Properties"]["LogGroupName"] == {"Fn::Sub": "/aws/events/${AWS::StackName}/lines"}
    assert found["LinesPolicy"]["Type"] == "AWS::Logs::ResourcePolicy"
    document = found["LinesPolicy"]["Properties"]["PolicyDocument"]["Fn::Sub"]
    assert (
        '"Action":"logs:PutLogEvents","Resource":"${Lines.Arn}","Condition":{"ArnEquals":{"aws:SourceArn":"${Rule.Arn}"}}'
        in document
    )
    assert not [id for id, resource in found.items() if "RuleRole" in id]


def test_rule_to_bus_and_workflow_by_its_role(tmp_path: Path) -> None:
    found = resources(
        f"nodes:\n{RULE}  bus: events.bus\n  flow: {{kind: stepfunctions.state_machine, states: {{a: succeed}}}}\n"
        "edges:\n  - rule -> bus, flow\n", tmp_path)  # fmt: skip
    assert [s["Action"] for s in statements(found, "RuleRolePolicy")] == ["events:PutEvents", "states:StartExecution"]
    assert [t["RoleArn"] for t in found["Rule"]["Properties"]["Targets"]] == [{"Fn::GetAtt": ["RuleRole", "Arn"]}] * 2


def test_rule_to_an_endpoint(tmp_path: Path) -> None:
    found = resources(
        f"nodes:\n{RULE}  web: internet\n  token: secretsmanager.secret\n"
        "edges:\n  - rule -> web: {url: 'https://example.com/x', secret: token, secret_key: k, header: x-api-key, "
        "rate: 5}\n",
        tmp_path,
    )
    held = {"Fn::Sub": "{{resolve:secretsmanager:${Token}:SecretString:k}}"}
    assert found["RuleWebConnection"]["Properties"]["AuthParameters"] == {
        "ApiKeyAuthParameters": {"ApiKeyName": "x-api-key", "ApiKeyValue": held}
    }
    assert found["RuleWebDestination"]["Properties"]["InvocationRateLimitPerSecond"] == 5
    assert statements(found, "RuleRolePolicy") == [{
        "Effect": "Allow", "Action": "events:InvokeApiDestination",
        "Resource": {"Fn::GetAtt": ["RuleWebDestination", "Arn"]}}]  # fmt: skip


def test_a_bus_joined_to_its_target_makes_the_rule(tmp_path: Path) -> None:
    found = resources(
        f"nodes:\n  bus: {{kind: events.bus, existing: default}}\n{FN}"
        "edges:\n  - bus -> fn: {pattern: {source: [a]}}\n",
        tmp_path,
    )
    made = found["BusFnRule"]["Properties"]
    assert (made["EventBusName"], made["EventPattern"]) == ("default", {"source": ["a"]})
    assert found["FnBusFnRulePermission"]["Properties"]["SourceArn"] == {"Fn::GetAtt": ["BusFnRule", "Arn"]}


def test_two_sources_are_alternatives(tmp_path: Path) -> None:
    found = resources(
        "nodes:\n  a: s3.bucket\n  b: s3.bucket\n  rule: {kind: events.rule, pattern: {account: ['111122223333']}}\n"
        "edges:\n  - a -> rule: {events: [Object Created], detail: {object: {key: [{suffix: .jpg}]}}}\n  - b -> rule\n",
        tmp_path,
    )
    pattern = found["Rule"]["Properties"]["EventPattern"]
    first, second = pattern["$or"]
    assert (pattern["account"], first["detail"]["object"]) == (["111122223333"], {"key": [{"suffix": ".jpg"}]})
    assert set(second) == {"source", "detail"}


def test_partner_events_arrive_on_their_bus(tmp_path: Path) -> None:
    found = resources(
        f"nodes:\n  bus: {{kind: events.bus, partner: aws.partner/example.com/1}}\n{RULE}edges:\n  - bus -> rule\n",
        tmp_path,
    )
    names = found["Bus"]["Properties"]
    assert names["Name"] == names["EventSourceName"] == "aws.partner/example.com/1"


def test_schedules_call_any_api(tmp_path: Path) -> None:
    found = resources(
        f"nodes:\n{FN}  table: dynamodb.table\n  clock: {{kind: scheduler.schedule, every: day}}\n"
        "  group: scheduler.group\nedges:\n  - clock -> table: {call: PutItem, input: {Item: {id: {S: x}}}}\n"
        "  - fn -> group\n  - group -> fn\n", tmp_path)  # fmt: skip
    target = found["Clock"]["Properties"]["Target"]
    assert target["Arn"] == {"Fn::Sub": "arn:${AWS::Partition}:scheduler:::aws-sdk:dynamodb:putItem"}
    assert target["Input"] == {"Fn::Sub": '{"TableName":"${Table}","Item":{"id":{"S":"x"}}}'}
    assert [s["Action"] for s in statements(found, "ClockRolePolicy")] == ["dynamodb:PutItem"]
    assert found["Clock"]["DependsOn"] == ["ClockRolePolicy"]
    passed = statements(found, "FnRolePolicy")[-1]
    assert (passed["Action"], passed["Resource"]) == ("iam:PassRole", {"Fn::GetAtt": ["GroupRole", "Arn"]})
    assert [s["Action"] for s in statements(found, "GroupRolePolicy")] == ["lambda:InvokeFunction"]


def test_a_pipe_reads_enriches_and_hands_on(tmp_path: Path) -> None:
    found = resources(
        f"nodes:\n{FN}  jobs: {{kind: sqs.queue, key: cmk}}\n  cmk: kms.key\n"
        "  flow: {kind: stepfunctions.state_machine, states: {a: succeed}}\n"
        "edges:\n  - jobs -> flow: {batch: 1, filter: {body: {a: [b]}}, enrich: fn, transform: {id: <$.messageId>}}\n",
        tmp_path,
    )
    (pipe,) = (resource for resource in found.values() if resource["Type"] == "AWS::Pipes::Pipe")
    assert pipe["Properties"]["Enrichment"] == {"Fn::GetAtt": ["Fn", "Arn"]}
    assert pipe["Properties"]["TargetParameters"]["InputTemplate"] == '{"id":"<$.messageId>"}'
    (policy,) = pipe["DependsOn"]
    assert [s["Action"] for s in statements(found, policy)] == [
        "states:StartExecution", ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], "kms:Decrypt",
        "lambda:InvokeFunction",
    ]  # fmt: skip


def test_only_rules_of_the_account_assume_the_role_of_a_rule(tmp_path: Path) -> None:
    found = synthesized(f"nodes:\n{RULE}  s: kinesis.stream\nedges: [rule -> s]\n", tmp_path)["test"]["Resources"]
    (trust,) = found["RuleRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_the_policy_of_a_role_has_a_name_that_iam_takes(tmp_path: Path) -> None:
    rule, stream = "r" * 60, "s" * 60
    text = (f"nodes:\n  {rule}: events.bus\n  {stream}: kinesis.stream\nedges:\n"
            f"  - {rule} -> {stream}: {{id: {'e' * 30}, pattern: {{source: [a]}}}}\n")  # fmt: skip
    found = synthesized(text, tmp_path)["test"]["Resources"]
    (policy,) = (made for made in found.values() if made["Type"] == "AWS::IAM::Policy")
    assert len(policy["Properties"]["PolicyName"]) == 128


REFUSED = [
    ("  rule: events.rule\n", "missing-property", "which events"),
    ("  rule: {kind: events.rule, pattern: {source: [a]}, every: hour}\n", "bad-value", "pattern or by the clock"),
    ("  clock: {kind: events.schedule, every: 0 minutes}\n", "bad-value", "not a rate"),
    ("  clock: {kind: events.schedule, cron: 0 8 * * *}\n", "bad-value", "5 fields"),
    ("  clock: {kind: events.schedule, cron: 0 8 * * MON *}\n", "bad-value", "'?'"),
    ("  clock: {kind: events.schedule, cron: 0 25 * * ? *}\n", "bad-value", "hours"),
    ("  clock: events.schedule\n", "missing-property", "'every' or 'cron'"),
    ("  clock: {kind: scheduler.schedule, every: hour}\n", "no-target", "calls nothing"),
    ("  clock: {kind: scheduler.schedule, at: tomorrow, calls: 'ec2:StopInstances', on: [a]}\n", "bad-value", "moment"),
    ("  clock: {kind: scheduler.schedule, every: hour, calls: 'ec2:StopThem', on: [a]}\n", "unknown-operation",
     "StopThem"),
    (f"  bus: events.bus\n{FN}edges:\n  - bus -> fn\n", "missing-property", "which events"),
    (f"{RULE}  jobs: {{kind: sqs.queue, fifo: true}}\nedges:\n  - rule -> jobs\n", "cannot-join", "FIFO"),
    (f"{RULE}  a: events.bus\n  b: events.bus\nedges:\n  - a -> rule\n  - b -> rule\n", "cannot-join", "one bus"),
    (f"{RULE}{FN}edges:\n  - rule -> fn: {{input: 1, input_path: $.a}}\n", "bad-value", "both say"),
    ("  b: s3.bucket\n  rule: events.rule\nedges:\n  - b -> rule: {events: [Object Creatd]}\n", "bad-value",
     "announces no"),
    (f"{FN}  row: {{kind: sqs.queue, fifo: true}}\n"
     "  clock: {kind: scheduler.schedule, every: hour, dead_letter: row}\nedges:\n  - clock -> fn\n", "bad-value",
     "schedule's dead-letter queue is a standard queue"),
    ("  row: {kind: sqs.queue, fifo: true}\n  bus: {kind: events.bus, dead_letter: row}\n", "bad-value",
     "bus's dead-letter queue is a standard queue"),
    (f"{FN}  clock: {{kind: scheduler.schedule, every: hour}}\n  jobs: sqs.queue\nedges:\n  - clock -> fn, jobs\n",
     "too-many-targets", "one target"),
]  # fmt: skip


@pytest.mark.parametrize(("nodes", "code", "words"), REFUSED, ids=[words for *_, words in REFUSED])
def test_refused(nodes: str, code: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    report = archkit.load(tmp_path / "blueprint.yaml", text=f"name: test\nnodes:\n{nodes}").check()
    assert [found.code for found in report.errors if words in found.message][:1] == [code], list(report)


def test_everything_at_once_is_lint_clean(tmp_path: Path) -> None:
    (tmp_path / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    text = f"""
name: test
nodes:
{FN}{RULE}
  bus: {{kind: events.bus, archive: 30, archive_pattern: {{source: [a]}}, key: cmk, senders: ["111122223333"],
         dead_letter: lost}}
  default: {{kind: events.bus, existing: default}}
  cmk: kms.key
  jobs: {{kind: sqs.queue, key: cmk}}
  lined: {{kind: sqs.queue, fifo: true, deduplicate: true}}
  lost: sqs.queue
  news: {{kind: sns.topic, key: cmk}}
  lines: logs.group
  photos: s3.bucket
  table: dynamodb.table
  web: internet
  token: secretsmanager.secret
  quick: {{kind: stepfunctions.state_machine, type: express, states: {{a: succeed}}}}
  heard: {{kind: events.rule, pattern: {{detail: {{object: {{size: [{{numeric: [">", 5]}}]}}}}}}}}
  tick: {{kind: events.schedule, cron: 0 8 ? * MON-FRI *}}
  clock: {{kind: scheduler.schedule, every: hour, window: 5, time_zone: Europe/Berlin, dead_letter: lost, retries: 2,
           key: cmk}}
  once: {{kind: scheduler.schedule, at: "2030-01-31T08:00:00"}}
  group: scheduler.group
edges:
  - bus -> rule
  - rule -> jobs: {{input_path: $.detail, dead_letter: lost, retries: 3, max_age: 600}}
  - rule -> news: {{input: {{a: "${{table.name}}"}}}}
  - rule -> lines
  - rule -> fn: {TRANSFORM}
  - rule -> lined: {{message_group: all}}
  - default -> bus: {{pattern: {{source: [aws.ec2]}}}}
  - bus -> web: {{url: "https://example.com/a", secret: token, pattern: {{source: [b]}}}}
  - photos -> heard: {{events: [Object Created]}}
  - heard -> quick
  - tick -> web: {{url: "https://example.com/b", secret: token, client: abc, token_url: "https://example.com/token"}}
  - clock -> fn
  - once -> table: {{call: PutItem, input: {{Item: {{id: {{S: x}}}}}}}}
  - group -> fn
  - fn -> group, bus
  - table -> bus: {{filter: {{eventName: [INSERT]}}, detail_type: changed}}
  - jobs -> lined: {{message_group: $.messageId, enrich: fn, pipe_key: cmk}}
  - jobs -> news: {{enrich: quick, transform: "<$.body>"}}
  - jobs -> lines
  - jobs -> web: {{url: "https://example.com/c", secret: token, user: me}}
"""
    archkit.load(tmp_path / "blueprint.yaml", text=text).synth()
