"""Log groups: every option, metrics made of lines, and lines that are delivered as they come."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.kinds.rows import FN, att, findings, lint_clean, resources, rows_of, said
from tests.options import Option, holds

SERVICE = "Amazon CloudWatch Logs"
P = "Resources.Lines.Properties."
METRIC = "Resources.LinesRefusedOrdersFilter.Properties."
group = rows_of(SERVICE, "lines: {kind: logs.group")
FILTER, TO = "metric filter", "subscription filter to Lambda/Kinesis/Firehose"
DIMENSIONS = "Resources.LinesByPathFilter.Properties.MetricTransformations.0.Dimensions"
SUBSCRIPTION = "Resources.Lines%sSubscription.Properties."
OPTIONS = [
    group("retention", "", P + "RetentionInDays", 30),
    group("retention", ", logs: 3653", P + "RetentionInDays", 3653),
    group("retention", ", class_: infrequent", P + "LogGroupClass", "INFREQUENT_ACCESS"),
    group("encryption", ", key: cmk", P + "KmsKeyId", att("Cmk"), "  cmk: kms.key\n"),
    group(FILTER, ", filters: {refused-orders: REFUSED}", METRIC + "FilterPattern", "REFUSED"),
    group(FILTER, ", filters: {refused-orders: REFUSED}", METRIC + "MetricTransformations.0", {
        "MetricName": "refused-orders", "MetricNamespace": {"Ref": "Lines"}, "MetricValue": "1", "DefaultValue": 0}),
    group(FILTER, ", filters: {slow: {pattern: '{ $.ms > 9 }', value: $.ms, unit: Milliseconds}}",
          "Resources.LinesSlowFilter.Properties.MetricTransformations.0.Unit", "Milliseconds"),
    group(FILTER, ", filters: {slow: {pattern: '{ $.ms > 9 }', value: $.ms, default: 2.5}}",
          "Resources.LinesSlowFilter.Properties.MetricTransformations.0.DefaultValue", 2.5),
    group(FILTER, ", filters: {by-path: {pattern: x, dimensions: {Path: $.path}}}", DIMENSIONS,
          [{"Key": "Path", "Value": "$.path"}]),
    group(FILTER, ", filters: {refused-orders: REFUSED}", "Resources.Bad.Properties.MetricName", "refused-orders",
          "  bad: {kind: cloudwatch.alarm, above: 3}\nedges:\n  - lines -> bad: refused-orders\n"),
    group(FILTER, ", filters: {refused-orders: REFUSED}", "Resources.LinesOpsBadAlarm.Properties.Namespace",
          {"Ref": "Lines"}, "  ops: sns.topic\nedges:\n  - lines -> ops: {when: refused orders > 5, id: bad}\n"),
    group(TO, "", SUBSCRIPTION % "Work" + "DestinationArn", att("Work"), f"{FN}edges: [lines -> work]\n"),
    group(TO, "", SUBSCRIPTION % "WorkERROR" + "FilterPattern", "ERROR",
          f"{FN}edges:\n  - lines -> work: {{pattern: ERROR}}\n"),
    group(TO, "", SUBSCRIPTION % "Flow" + "RoleArn", att("LinesRole"),
          "  flow: kinesis.stream\nedges: [lines -> flow]\n"),
    group(TO, "", SUBSCRIPTION % "Flow" + "Distribution", "Random",
          "  flow: kinesis.stream\nedges:\n  - lines -> flow: {spread: true}\n"),
    group(TO, "", SUBSCRIPTION % "Store" + "DestinationArn", att("Store"),
          "  store: firehose.stream\nedges: [lines -> store]\n"),
]  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS, ids=lambda row: f"{row.option[:20]}:{row.path[-30:]}")
def test_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    assert holds(option, tmp_path)


def test_all_options_are_lint_clean(tmp_path: Path) -> None:
    lint_clean(OPTIONS, tmp_path)


def test_a_function_admits_one_group(tmp_path: Path) -> None:
    found = resources(f"nodes:\n{FN}  lines: logs.group\nedges: [lines -> work]\n", tmp_path)
    (permission,) = (made["Properties"] for made in found.values() if made["Type"] == "AWS::Lambda::Permission")
    assert permission == {
        "FunctionName": {"Ref": "Work"}, "Action": "lambda:InvokeFunction", "Principal": "logs.amazonaws.com",
        "SourceArn": att("Lines"), "SourceAccount": {"Ref": "AWS::AccountId"},
    }  # fmt: skip


@pytest.mark.parametrize(("node", "actions"), [
    ("flow: kinesis.stream", ["kinesis:PutRecord", "kinesis:PutRecords"]),
    ("flow: firehose.stream", ["firehose:PutRecord", "firehose:PutRecordBatch"]),
])  # fmt: skip
def test_a_stream_is_written_to_under_a_role(node: str, actions: list[str], tmp_path: Path) -> None:
    found = resources(f"nodes:\n  {node}\n  lines: logs.group\nedges: [lines -> flow]\n", tmp_path)
    assert said(found, "LinesRolePolicy") == [(actions, att("Flow"))]
    assert "LinesRolePolicy" in found["LinesFlowSubscription"]["DependsOn"]


def test_metrics_of_a_functions_own_lines(tmp_path: Path) -> None:
    """A default reaches the group that a function makes; `alarms:` may name its metric."""
    text = "defaults: {logs.group: {filters: {timeouts: Task timed out}}}\n" + (
        f"nodes:\n{FN}  ops: sns.topic\nedges:\n  - work.logs -> ops: {{when: timeouts}}\n"
    )
    found = resources(text, tmp_path)
    assert found["WorkLogsTimeoutsFilter"]["Properties"]["LogGroupName"] == {"Ref": "WorkLogs"}
    (alarm,) = (made["Properties"] for made in found.values() if made["Type"] == "AWS::CloudWatch::Alarm")
    assert (alarm["Namespace"], alarm["MetricName"]) == ({"Ref": "WorkLogs"}, "timeouts")


REFUSED: list[tuple[str, str, Any]] = [
    ("lines: {kind: logs.group, class_: infrequent, filters: {a: b}}", "bad-value", "no metric filters"),
    ("lines: {kind: logs.group, filters: {lines: b}}", "bad-value", "'lines' cannot be the name"),
    ("lines: {kind: logs.group, filters: {'a b': b}}", "bad-value", "'a b' cannot be the name"),
    ("lines: {kind: logs.group, filters: {a: {pattern: b, default: 1, dimensions: {C: $.c}}}}", "bad-value",
     "no default value"),
]  # fmt: skip


@pytest.mark.parametrize(("node", "code", "text"), REFUSED)
def test_what_is_refused(node: str, code: str, text: str, tmp_path: Path) -> None:
    found = findings(f"nodes:\n  {node}\n", tmp_path)
    assert any(one == code and text in message for one, message in found), found


def test_lines_do_not_call_their_own_writer(tmp_path: Path) -> None:
    found = findings(f"nodes:\n{FN}edges:\n  - work.logs -> work\n", tmp_path)
    assert [code for code, _ in found] == ["loop"]


def test_a_metric_with_dimensions_is_not_watched_by_name(tmp_path: Path) -> None:
    text = "nodes:\n  lines: {kind: logs.group, filters: {a: {pattern: b, dimensions: {C: $.c}}}}\n"
    text += "  bad: {kind: cloudwatch.alarm, above: 1}\nedges:\n  - lines -> bad: a\n"
    assert [code for code, _ in findings(text, tmp_path)] == ["unknown-metric"]
