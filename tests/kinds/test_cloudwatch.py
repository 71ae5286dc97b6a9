"""CloudWatch alarms: every option, what they watch, whom they tell and who lets them in, and alarms that edges make."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.kinds.rows import FN, att, findings, lint_clean, resources, rows_of, statements
from tests.options import ANY, Option, holds, synthesized

SERVICE = "Amazon CloudWatch alarms"
RAW = ", metric: {namespace: Shop/Orders, name: Refused, dimensions: {Stage: prod}}"
P = "Resources.Heat.Properties."
alarm = rows_of(SERVICE, "heat: {kind: cloudwatch.alarm")
both = rows_of(SERVICE, "heat: {kind: cloudwatch.composite")
bill = rows_of(SERVICE, "heat: {kind: cloudwatch.billing")
BY_EDGE, ACTIONS = "metric of any node by edge", "actions to SNS/Auto Scaling/EC2/Lambda"
QUEUE = "  jobs: sqs.queue\nedges:\n  - jobs -> heat\n"
TWO = "".join(f"  {name}: {{kind: cloudwatch.alarm{RAW}, above: 5}}\n" for name in ("slow", "odd"))
ARN = "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:${AWS::StackName}-*"
OPTIONS = [
    alarm(BY_EDGE, ", metric: age-of-oldest-message, above: 300", P + "MetricName",
          "ApproximateAgeOfOldestMessage", QUEUE),
    alarm(BY_EDGE, ", metric: messages, above: 9", P + "Dimensions.0",
          {"Name": "QueueName", "Value": att("Jobs", "QueueName")}, QUEUE),
    alarm(BY_EDGE, ", above: 0", P + "MetricName", "Errors", f"{FN}edges:\n  - work -> heat: errors\n"),
    alarm(BY_EDGE, RAW + ", above: 1", P + "Dimensions", [{"Name": "Stage", "Value": "prod"}]),
    alarm("threshold", RAW + ", above: 1.5", P + "Threshold", 1.5),
    alarm("threshold", RAW + ", above: 1", P + "ComparisonOperator", "GreaterThanThreshold"),
    alarm("threshold", RAW + ", at_least: 1", P + "ComparisonOperator", "GreaterThanOrEqualToThreshold"),
    alarm("threshold", RAW + ", below: 1", P + "ComparisonOperator", "LessThanThreshold"),
    alarm("threshold", RAW + ", at_most: 1", P + "ComparisonOperator", "LessThanOrEqualToThreshold"),
    alarm("threshold", RAW + ", above: 1, periods: 5, datapoints: 3", P + "DatapointsToAlarm", 3),
    alarm("threshold", RAW + ", above: 1, period: 60", P + "Period", 60),
    alarm("threshold", RAW + ", above: 1, statistic: p99.9", P + "ExtendedStatistic", "p99.9"),
    alarm("threshold", RAW + ", above: 1, statistic: Average", P + "Statistic", "Average"),
    alarm("threshold", RAW + ", above: 1, missing: breaching", P + "TreatMissingData", "breaching"),
    alarm("threshold", RAW + ", above: 1", P + "TreatMissingData", "notBreaching"),
    alarm("anomaly", RAW + ", anomaly: high, band: 3", P + "Metrics.1.Expression",
          "ANOMALY_DETECTION_BAND(watched, 3)"),
    alarm("anomaly", RAW + ", anomaly: low", P + "ComparisonOperator", "LessThanLowerThreshold"),
    alarm("anomaly", ", metric: messages, anomaly: either", P + "Metrics.0.MetricStat.Metric.MetricName",
          "ApproximateNumberOfMessagesVisible", QUEUE),
    alarm(ACTIONS, RAW + ", above: 1", P + "AlarmActions", [{"Ref": "Ops"}],
          "  ops: sns.topic\nedges: [heat -> ops]\n"),
    alarm(ACTIONS, RAW + ", above: 1", P + "OKActions", [{"Ref": "Ops"}],
          "  ops: sns.topic\nedges:\n  - heat -> ops: {states: [alarm, ok, insufficient]}\n"),
    alarm(ACTIONS, RAW + ", above: 1", P + "AlarmActions", [att("Work")], f"{FN}edges: [heat -> work]\n"),
    alarm(ACTIONS, RAW + ", above: 1, ec2: recover", P + "AlarmActions",
          [{"Fn::Sub": "arn:${AWS::Partition}:automate:${AWS::Region}:ec2:recover"}]),
    alarm(ACTIONS, RAW + ', above: 1, actions: ["arn:aws:ssm:eu-west-1:012345678901:opsitem:1"]',
          P + "AlarmActions", ANY),
    alarm(ACTIONS, RAW + ", above: 1, enabled: false", P + "ActionsEnabled", False),
    both("composite", "", P + "AlarmRule", {"Fn::Sub": 'ALARM("${Slow.Arn}") OR ALARM("${Odd.Arn}")'},
         TWO + "edges: ['slow, odd -> heat']\n"),
    both("composite", ", rule: slow AND NOT odd", P + "AlarmRule",
         {"Fn::Sub": 'ALARM("${Slow.Arn}") AND NOT ALARM("${Odd.Arn}")'}, TWO + "edges: ['slow, odd -> heat']\n"),
    both("composite", ", rule: all, others: [a, b]", P + "AlarmRule", 'ALARM("a") AND ALARM("b")'),
    both("composite", ", others: [a], suppressor: odd", P + "ActionsSuppressor", att("Odd"), TWO),
    bill("billing", ", above: 100", P + "Namespace", "AWS/Billing"),
    bill("billing", ", above: 100, of: AmazonEC2", P + "Dimensions",
         [{"Name": "Currency", "Value": "USD"}, {"Name": "ServiceName", "Value": "AmazonEC2"}]),
]  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS, ids=lambda row: f"{row.option[:30]}:{row.path.rsplit('.', 1)[-1]}")
def test_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    assert holds(option, tmp_path)


def test_all_options_are_lint_clean(tmp_path: Path) -> None:
    lint_clean(OPTIONS, tmp_path)


def test_a_topic_admits_the_alarms_of_its_stack(tmp_path: Path) -> None:
    """One statement for all of them, for this account, and the topic's key is opened to CloudWatch."""
    found = resources(
        f"nodes:\n  cmk: kms.key\n  ops: {{kind: sns.topic, key: cmk}}\n{TWO}edges: ['slow, odd -> ops']\n", tmp_path
    )
    own = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    service = {"Service": "cloudwatch.amazonaws.com"}
    assert statements(found, "OpsPolicy")[1:] == [
        {"Effect": "Allow", "Principal": service, "Action": "sns:Publish", "Resource": {"Ref": "Ops"},
         "Condition": {"ArnLike": {"aws:SourceArn": {"Fn::Sub": ARN}}, **own}},
    ]  # fmt: skip
    (key,) = (one for one in statements(found, "Cmk") if one["Principal"] == service)
    assert (key["Action"], key["Condition"]) == (["kms:Decrypt", "kms:GenerateDataKey"], own)


def test_a_topic_that_alarms_tell_is_not_encrypted_by_the_managed_key(tmp_path: Path) -> None:
    """CloudWatch cannot use alias/aws/sns."""
    found = resources(f"nodes:\n  ops: sns.topic\n{TWO}edges: [slow -> ops]\n", tmp_path)
    assert "KmsMasterKeyId" not in found["Ops"].get("Properties", {})


def test_a_function_admits_one_alarm(tmp_path: Path) -> None:
    found = resources(f"nodes:\n{FN}{TWO}edges: [slow -> work]\n", tmp_path)
    (permission,) = (made["Properties"] for made in found.values() if made["Type"] == "AWS::Lambda::Permission")
    assert permission == {
        "FunctionName": {"Ref": "Work"}, "Action": "lambda:InvokeFunction",
        "Principal": "lambda.alarms.cloudwatch.amazonaws.com",
        "SourceArn": att("Slow"), "SourceAccount": {"Ref": "AWS::AccountId"},
    }  # fmt: skip


def test_an_edge_makes_its_alarm(tmp_path: Path) -> None:
    """`jobs.dead_letters -> alerts: {when: not empty}` of the design; a pipe is what the pair means without `when`."""
    found = resources(
        "nodes:\n  jobs: sqs.queue\n  alerts: sns.topic\nedges:\n  - jobs.dead_letters -> alerts: {when: not empty}\n",
        tmp_path,
    )
    made = found["JobsDeadLettersAlertsNotEmptyAlarm"]["Properties"]
    assert (made["MetricName"], made["ComparisonOperator"], made["Threshold"]) == (
        "ApproximateNumberOfMessagesVisible", "GreaterThanThreshold", 0,
    )  # fmt: skip
    assert made["Dimensions"] == [{"Name": "QueueName", "Value": att("JobsDeadLetters", "QueueName")}]
    assert made["AlarmActions"] == [{"Ref": "Alerts"}] and "OKActions" not in made
    assert statements(found, "AlertsPolicy")[1]["Principal"] == {"Service": "cloudwatch.amazonaws.com"}


@pytest.mark.parametrize(("when", "operator", "limit"), [
    ("errors", "GreaterThanThreshold", 0),
    ("errors >= 5", "GreaterThanOrEqualToThreshold", 5),
    ("errors<1", "LessThanThreshold", 1),
    ("iterator age > 1000.5", "GreaterThanThreshold", 1000.5),
])  # fmt: skip
def test_conditions(when: str, operator: str, limit: Any, tmp_path: Path) -> None:
    said = f"{{when: '{when}', recovered: true, periods: 3}}"
    text = f"nodes:\n{FN}  alerts: sns.topic\nedges:\n  - work -> alerts: {said}\n"
    (made,) = (m["Properties"] for m in resources(text, tmp_path).values() if m["Type"] == "AWS::CloudWatch::Alarm")
    assert (made["ComparisonOperator"], made["Threshold"], made["EvaluationPeriods"]) == (operator, limit, 3)
    assert made["OKActions"] == made["AlarmActions"]


def test_a_pair_with_a_usual_meaning_keeps_it(tmp_path: Path) -> None:
    found = resources(f"nodes:\n{FN}  alerts: sns.topic\nedges: [work -> alerts]\n", tmp_path)
    assert not [made for made in found.values() if made["Type"] == "AWS::CloudWatch::Alarm"]


def test_alarms_everywhere_at_once(tmp_path: Path) -> None:
    """`alarms:` and `notify:` as defaults: an alarm for each function, told to one topic."""
    found = resources(
        'defaults: {"*": {alarms: {errors: 2}, notify: ops}}\n'
        f"nodes:\n{FN}  more: {{kind: lambda.function, runtime: python3.13, code: handler.py}}\n  ops: sns.topic\n",
        tmp_path,
    )
    alarms = {id: made["Properties"] for id, made in found.items() if made["Type"] == "AWS::CloudWatch::Alarm"}
    assert set(alarms) == {"WorkErrorsAlarm", "MoreErrorsAlarm"}
    assert all((one["Threshold"], one["AlarmActions"]) == (2, [{"Ref": "Ops"}]) for one in alarms.values())


def test_billing_is_in_us_east_1_with_whom_it_tells(tmp_path: Path) -> None:
    found = synthesized(
        "region: eu-west-1\nnodes:\n  bill: {kind: cloudwatch.billing, above: 100}\n  money: sns.topic\n"
        "  jobs: sqs.queue\n"
        "edges: [bill -> money]\n",
        tmp_path,
    )
    assert {"Bill", "Money", "MoneyPolicy"} == set(found["test-us-east-1"]["Resources"])
    assert "Jobs" in found["test"]["Resources"]


REFUSED: list[tuple[str, str, str]] = [
    ("heat: {kind: cloudwatch.alarm, above: 5}", "nothing-to-watch", "watches nothing"),
    (f"heat: {{kind: cloudwatch.alarm{RAW}}}", "missing-property", "has no threshold"),
    (f"heat: {{kind: cloudwatch.alarm{RAW}, above: 1, anomaly: low}}", "bad-value", "one threshold"),
    (f"heat: {{kind: cloudwatch.alarm{RAW}, above: 1, period: 45}}", "bad-value", "whole minutes"),
    (f"heat: {{kind: cloudwatch.alarm{RAW}, above: 1, datapoints: 2}}", "bad-value", "2 of 1"),
    (f"heat: {{kind: cloudwatch.alarm{RAW}, above: 1, period: 3600, periods: 169}}", "out-of-bounds", "or a week"),
    (
        "heat: {kind: cloudwatch.alarm, metric: size, above: 1, periods: 8}\n  b: s3.bucket\nedges: [b -> heat]",
        "out-of-bounds",
        "8 periods of 86400 seconds",
    ),
    (
        "jobs: sqs.queue\n  row: {kind: sns.topic, fifo: true}\nedges:\n  - jobs -> row: {when: not empty}",
        "cannot-join",
        "FIFO topic",
    ),
    ("heat: cloudwatch.composite", "nothing-to-watch", "no alarm to watch"),
    ("heat: {kind: cloudwatch.composite, others: [a], rule: a AND b}", "bad-value", "no edge joins 'b'"),
]


@pytest.mark.parametrize(("node", "code", "text"), REFUSED)
def test_what_is_refused(node: str, code: str, text: str, tmp_path: Path) -> None:
    found = findings(f"nodes:\n  {node}\n", tmp_path)
    assert any(one == code and text in message for one, message in found), found
