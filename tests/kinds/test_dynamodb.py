"""DynamoDB tables: every option, the rights of every edge, the capacity of workloads, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import archkit
from tests.options import ANY, Option, holds, synthesized

SERVICE = "Amazon DynamoDB"
T = "Resources.Table.Properties."
FUNCTION = "  work: {kind: lambda.function, runtime: python3.13, code: handler.py}\n"


def row(option: str, properties: str, path: str, expected: Any = ANY, more: str = "") -> Option:
    return Option(SERVICE, option, f"nodes:\n  table: {{kind: dynamodb.table{properties}}}\n{more}", path, expected)


BY_DAY = ", indexes: {by-day: {key: {partition: day, sort: 'total:N'}, projection: %s}}"
PROVISIONED = ", capacity: {reads: 7, writes: 3}"
SCALED = PROVISIONED + ", scaling: {min: 4, max: 40, target: 60}"
OPTIONS = [
    row("partition and sort key", ", key: slug", T + "KeySchema.0", {"AttributeName": "slug", "KeyType": "HASH"}),
    row("partition and sort key", ", key: {partition: customer, sort: 'at:N'}", T + "KeySchema.1",
        {"AttributeName": "at", "KeyType": "RANGE"}),
    row("partition and sort key", ", key: {partition: customer, sort: at, types: {at: N}}",
        T + "AttributeDefinitions.1", {"AttributeName": "at", "AttributeType": "N"}),
    row("global secondary indexes with KEYS_ONLY/INCLUDE/ALL projection", BY_DAY % "KEYS_ONLY",
        T + "GlobalSecondaryIndexes.0.Projection", {"ProjectionType": "KEYS_ONLY"}),
    row("global secondary indexes with KEYS_ONLY/INCLUDE/ALL projection", BY_DAY % "INCLUDE, attributes: [name]",
        T + "GlobalSecondaryIndexes.0.Projection", {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["name"]}),
    row("global secondary indexes with KEYS_ONLY/INCLUDE/ALL projection", ", indexes: {by-day: day}",
        T + "GlobalSecondaryIndexes.0.Projection", {"ProjectionType": "ALL"}),
    row("global secondary indexes with KEYS_ONLY/INCLUDE/ALL projection",
        PROVISIONED + ", indexes: {by-day: {key: day, capacity: {reads: 2, writes: 9}}}",
        T + "GlobalSecondaryIndexes.0.ProvisionedThroughput", {"ReadCapacityUnits": 2, "WriteCapacityUnits": 9}),
    row("local secondary indexes", ", key: {partition: customer, sort: at}, local_indexes: {by-price: 'price:N'}",
        T + "LocalSecondaryIndexes.0.KeySchema.1", {"AttributeName": "price", "KeyType": "RANGE"}),
    row("on-demand or provisioned capacity", "", T + "BillingMode", "PAY_PER_REQUEST"),
    row("on-demand or provisioned capacity", PROVISIONED, T + "BillingMode", "PROVISIONED"),
    row("on-demand or provisioned capacity", PROVISIONED, T + "ProvisionedThroughput",
        {"ReadCapacityUnits": 7, "WriteCapacityUnits": 3}),
    row("auto scaling with min/max/target utilisation", SCALED, "Resources.TableReadTarget.Properties.MinCapacity", 4),
    row("auto scaling with min/max/target utilisation", SCALED, "Resources.TableReadTarget.Properties.MaxCapacity", 40),
    row("auto scaling with min/max/target utilisation", SCALED,
        "Resources.TableWriteScaling.Properties.TargetTrackingScalingPolicyConfiguration.TargetValue", 60),
    row("auto scaling with min/max/target utilisation", SCALED + ", indexes: {by-day: day}",
        "Resources.TableByDayReadTarget.Properties.ResourceId", {"Fn::Sub": "table/${Table}/index/by-day"}),
    row("auto scaling with min/max/target utilisation",
        PROVISIONED + ", scaling: {max: 40, writes: {max: 90, target: 50}}",
        "Resources.TableWriteTarget.Properties.MaxCapacity", 90),
    row("capacity worked out from a stated workload (item size, reads and writes per second, strong/eventual/"
        "transactional)", ", workload: {item_kb: 5, reads: 10, writes: 5}", T + "ProvisionedThroughput",
        {"ReadCapacityUnits": 10, "WriteCapacityUnits": 25}),
    row("TTL attribute", ", ttl: expires_at", T + "TimeToLiveSpecification",
        {"AttributeName": "expires_at", "Enabled": True}),
    *(row("stream view type KEYS_ONLY/NEW_IMAGE/OLD_IMAGE/NEW_AND_OLD_IMAGES", f", stream: {view}",
          T + "StreamSpecification.StreamViewType", view)
      for view in ("KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES")),
    row("point-in-time recovery", "", T + "PointInTimeRecoverySpecification", {"PointInTimeRecoveryEnabled": True}),
    row("point-in-time recovery", ", recovery_days: 7", T + "PointInTimeRecoverySpecification.RecoveryPeriodInDays", 7),
    row("point-in-time recovery", ", point_in_time_recovery: false", T + "PointInTimeRecoverySpecification",
        {"PointInTimeRecoveryEnabled": False}),
    row("encryption key", ", encryption: cmk", T + "SSESpecification",
        {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": {"Fn::GetAtt": ["Cmk", "Arn"]}}, "  cmk: kms.key\n"),
    row("encryption key", "", T + "SSESpecification.KMSMasterKeyId", {"Fn::GetAtt": ["Cmk", "Arn"]},
        "  cmk: kms.key\ndefaults: {'*': {key: cmk}}\n"),
    row("encryption key", "", T + "SSESpecification.KMSMasterKeyId", ANY, "security: strict\n"),
    row("deletion protection", "", T + "DeletionProtectionEnabled", True),
    row("deletion protection", ", deletion: delete", T + "DeletionProtectionEnabled", False),
    row("deletion protection", "", "Resources.Table.DeletionPolicy", "Retain"),
    row("table class", ", table_class: STANDARD_INFREQUENT_ACCESS", T + "TableClass", ANY),
    row("contributor insights", ", contributor_insights: true", T + "ContributorInsightsSpecification.Enabled", True),
]  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS, ids=lambda row: f"{row.option[:30]}:{row.path.rsplit('.', 1)[-1]}")
def test_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    assert holds(option, tmp_path)


@pytest.mark.parametrize(("workload", "reads", "writes"), [
    ("item_kb: 5, reads: 10, writes: 5", 10, 25),
    ("item_kb: 5, reads: 10, writes: 5, consistency: strong", 20, 25),
    ("item_kb: 8, reads: 20, writes: 2, consistency: strong, write_consistency: transactional", 40, 32),
    ("item_kb: 8, reads: 20, writes: 2, consistency: transactional", 80, 16),
    ("item_kb: 0.5, reads: 3, writes: 3", 2, 3),
    ("item_kb: 4.1, reads: 1, writes: 1", 1, 5),
    ("item_kb: 1, reads: 0, writes: 0.1", 1, 1),
])  # fmt: skip
def test_capacity_of_a_workload(workload: str, reads: int, writes: int, tmp_path: Path) -> None:
    found = resources(f"nodes:\n  table: {{kind: dynamodb.table, workload: {{{workload}}}}}\n", tmp_path)
    capacity = found["Table"]["Properties"]["ProvisionedThroughput"]
    assert capacity == {"ReadCapacityUnits": reads, "WriteCapacityUnits": writes}


def resources(text: str, folder: Path) -> dict[str, Any]:
    (template,) = synthesized(text, folder).values()
    found: dict[str, Any] = template["Resources"]
    return found


def statements(policy: Any) -> list[tuple[Any, Any]]:
    return [(s["Action"], s["Resource"]) for s in policy["Properties"]["PolicyDocument"]["Statement"]
            if "logs:PutLogEvents" not in s["Action"]]  # fmt: skip


ARN, STREAM = {"Fn::GetAtt": ["Table", "Arn"]}, {"Fn::GetAtt": ["Table", "StreamArn"]}


@pytest.mark.parametrize(("word", "actions"), [
    ("read", ["dynamodb:GetItem", "dynamodb:Query"]),
    ("write", ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"]),
    ("scan", "dynamodb:Scan"),
    ("batch", ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem"]),
])  # fmt: skip
def test_function_to_table(word: str, actions: Any, tmp_path: Path) -> None:
    found = resources(f"nodes:\n{FUNCTION}  table: dynamodb.table\nedges:\n  - work -> table: {word}\n", tmp_path)
    assert statements(found["WorkRolePolicy"]) == [(actions, ARN)]
    assert found["Work"]["Properties"]["Environment"]["Variables"] == {"TABLE": {"Ref": "Table"}}


def test_rights_on_an_encrypted_table_with_indexes(tmp_path: Path) -> None:
    found = resources(
        f"nodes:\n{FUNCTION}  cmk: kms.key\n"
        "  table: {kind: dynamodb.table, encryption: cmk, indexes: {by-day: day}}\n"
        "edges:\n  - work -> table: read\n",
        tmp_path,
    )
    (read, key) = found["WorkRolePolicy"]["Properties"]["PolicyDocument"]["Statement"][1:]
    assert read["Resource"] == [ARN, {"Fn::Sub": "${Table.Arn}/index/by-day"}]
    assert (key["Action"], key["Resource"]) == ("kms:Decrypt", {"Fn::GetAtt": ["Cmk", "Arn"]})
    assert key["Condition"] == {
        "StringEquals": {"kms:ViaService": {"Fn::Sub": "dynamodb.${AWS::Region}.amazonaws.com"}}
    }


def test_table_to_function(tmp_path: Path) -> None:
    options = ("{on_failure: letters, filter: {eventName: [INSERT]}, window: 4, parallelization: 2, max_age: 100, "
               "tumbling: 10, start: TRIM_HORIZON, batch: 50, bisect: false}")  # fmt: skip
    found = resources(
        f"nodes:\n{FUNCTION}  table: dynamodb.table\n  letters: sqs.queue\nedges:\n  - table -> work: {options}\n",
        tmp_path,
    )
    (mapping,) = (r for r in found.values() if r["Type"] == "AWS::Lambda::EventSourceMapping")
    assert mapping["DependsOn"] == ["WorkRolePolicy"]
    assert mapping["Properties"] == {
        "EventSourceArn": STREAM, "FunctionName": {"Fn::GetAtt": ["Work", "Arn"]}, "BatchSize": 50,
        "MaximumBatchingWindowInSeconds": 4, "StartingPosition": "TRIM_HORIZON", "ParallelizationFactor": 2,
        "FilterCriteria": {"Filters": [{"Pattern": '{"eventName":["INSERT"]}'}]}, "BisectBatchOnFunctionError": False,
        "FunctionResponseTypes": ["ReportBatchItemFailures"], "MaximumRetryAttempts": 3,
        "MaximumRecordAgeInSeconds": 100, "TumblingWindowInSeconds": 10,
        "DestinationConfig": {"OnFailure": {"Destination": {"Fn::GetAtt": ["Letters", "Arn"]}}},
    }  # fmt: skip
    assert found["Table"]["Properties"]["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    stream = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"]
    letters = ("sqs:SendMessage", {"Fn::GetAtt": ["Letters", "Arn"]})
    assert statements(found["WorkRolePolicy"]) == [(stream, STREAM), letters]


def test_table_through_a_pipe(tmp_path: Path) -> None:
    found = resources(
        "nodes:\n  table: {kind: dynamodb.table, stream: NEW_IMAGE}\n  jobs: sqs.queue\n  letters: sqs.queue\n"
        "edges:\n  - table -> jobs: {on_failure: letters, batch: 5}\n",
        tmp_path,
    )
    (pipe,) = (r for r in found.values() if r["Type"] == "AWS::Pipes::Pipe")
    stream = pipe["Properties"]["SourceParameters"]["DynamoDBStreamParameters"]
    assert (stream["BatchSize"], stream["DeadLetterConfig"]) == (5, {"Arn": {"Fn::GetAtt": ["Letters", "Arn"]}})
    assert found["Table"]["Properties"]["StreamSpecification"] == {"StreamViewType": "NEW_IMAGE"}
    assert ("sqs:SendMessage", {"Fn::GetAtt": ["Letters", "Arn"]}) in statements(found["TableJobsPipeRolePolicy"])


def test_existing_table_is_granted_by_its_name(tmp_path: Path) -> None:
    found = resources(
        f"nodes:\n{FUNCTION}  table: {{kind: dynamodb.table, existing: orders}}\nedges:\n  - work -> table: read\n",
        tmp_path,
    )
    arn = {"Fn::Sub": "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/orders"}
    assert statements(found["WorkRolePolicy"]) == [(["dynamodb:GetItem", "dynamodb:Query"], arn)]
    assert found["Work"]["Properties"]["Environment"]["Variables"] == {"TABLE": "orders"}


REFUSED = [
    (", local_indexes: {by-price: price}", "bad-value", "a local index needs a table with a sort key"),
    (", indexes: {by-day: {key: day, projection: INCLUDE}}", "bad-value", "without 'attributes'"),
    (", indexes: {by-day: {key: day, attributes: [name]}}", "bad-value", "with 'attributes'"),
    (", indexes: {x: day}", "bad-value", "cannot be the name of an index"),
    (", indexes: {by-day: {key: day, capacity: {reads: 1, writes: 1}}}", "bad-value", "the table is on demand"),
    (", capacity: {reads: 1, writes: 1}, workload: {item_kb: 1}", "bad-value", "both say the capacity"),
    (", scaling: {max: 5}", "bad-value", "a capacity to start from"),
    (", capacity: {reads: 9, writes: 9}, scaling: {max: 5}", "bad-value", "below the 9 units"),
    (", capacity: {reads: 9, writes: 9}, scaling: {target: 50}", "bad-value", "has no 'max'"),
    (", key: slug, indexes: {by-slug: 'slug:N'}", "bad-value", "both S and N"),
    (", key: {partition: a, sort: at}, ttl: at", "bad-value", "a time to live is a number"),
    (", point_in_time_recovery: false, recovery_days: 3", "bad-value", "needs point-in-time recovery"),
    (", workload: {item_kb: 500}", "out-of-bounds", "500"),
    (", encryption: other", "wrong-kind", "names a sqs.queue"),
]


@pytest.mark.parametrize(("properties", "code", "message"), REFUSED, ids=[row[2] for row in REFUSED])
def test_refused(properties: str, code: str, message: str, tmp_path: Path) -> None:
    text = f"name: test\nnodes:\n  other: sqs.queue\n  table: {{kind: dynamodb.table{properties}}}\n"
    report = archkit.load(tmp_path / "blueprint.yaml", text=text).check()
    assert [(d.code, d.span and d.span.line) for d in report] == [(code, 4)]
    assert message in next(iter(report)).message


def test_fifo_queue_takes_no_failed_changes(tmp_path: Path) -> None:
    (tmp_path / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    text = (f"name: test\nnodes:\n{FUNCTION}  table: dynamodb.table\n  letters: {{kind: sqs.queue, fifo: true}}\n"
            "edges:\n  - table -> work: {on_failure: letters}\n")  # fmt: skip
    report = archkit.load(tmp_path / "blueprint.yaml", text=text).check()
    assert [d.code for d in report] == ["bad-value"]


def test_everything_at_once_is_lint_clean(tmp_path: Path) -> None:
    (tmp_path / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    text = f"""
name: test
nodes:
{FUNCTION}
  cmk: kms.key
  letters: sqs.queue
  table:
    kind: dynamodb.table
    key: {{partition: customer, sort: "at:N"}}
    indexes:
      by-status: status
      by-day: {{key: {{partition: day, sort: "total:N"}}, projection: INCLUDE, attributes: [name],
               workload: {{item_kb: 1, reads: 3, writes: 5}}, scaling: {{max: 50}}}}
      by-mail: {{key: mail, projection: KEYS_ONLY}}
    local_indexes: {{by-price: "price:N"}}
    workload: {{item_kb: 5, reads: 10, writes: 5, consistency: strong}}
    scaling: {{max: 100, reads: {{max: 200, target: 60}}}}
    ttl: expires_at
    encryption: cmk
    recovery_days: 7
    table_class: STANDARD_INFREQUENT_ACCESS
    contributor_insights: true
edges:
  - work -> table: read, write, scan, batch
  - table -> work: {{on_failure: letters, window: 5, tumbling: 30}}
"""
    archkit.load(tmp_path / "blueprint.yaml", text=text).synth()
