"""DynamoDB global tables: copies by Region, what differs in each, and rights on the copy that is near."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.kinds.rows import FN, att, findings, lint_clean, resources, rows_of, statements
from tests.options import Option, holds, synthesized

SERVICE = "DynamoDB global tables"
row = rows_of(SERVICE, "items: {kind: dynamodb.global_table, replicas: [eu-central-1]")
regional = rows_of(SERVICE, "items: {kind: dynamodb.global_table, replicas: {eu-central-1: ")
AT = "Resources.Items.Properties."
THERE = AT + "Replicas.1."
SCALING = ", scaling: {min: 1, max: 10}, indexes: {by-owner: owner}"
OPTIONS = [
    row("replica regions", "", AT + "Replicas.0.Region", {"Ref": "AWS::Region"}),
    row("replica regions", "", THERE + "Region", "eu-central-1"),
    row("replica regions", "", AT + "StreamSpecification.StreamViewType", "NEW_AND_OLD_IMAGES"),
    row("billing", "", AT + "BillingMode", "PAY_PER_REQUEST"),
    row("billing", SCALING, AT + "WriteProvisionedThroughputSettings.WriteCapacityAutoScalingSettings.MaxCapacity", 10),
    row("billing", SCALING, THERE + "GlobalSecondaryIndexes.0.IndexName", "by-owner"),
    row("billing", SCALING,
        THERE + "ReadProvisionedThroughputSettings.ReadCapacityAutoScalingSettings.MinCapacity", 1),
    row("point-in-time recovery", ", recovery_days: 7", THERE + "PointInTimeRecoverySpecification",
        {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 7}),
    regional("point-in-time recovery", "{point_in_time_recovery: false}}",
             THERE + "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled", False),
    regional("keys", "{key: 'arn:aws:kms:eu-central-1:123456789012:key/1'}}, encryption: cmk",
             THERE + "SSESpecification.KMSMasterKeyId", "arn:aws:kms:eu-central-1:123456789012:key/1",
             "  cmk: kms.key\n"),
    regional("keys", "{key: 'arn:aws:kms:eu-central-1:123456789012:key/1'}}, encryption: cmk",
             AT + "Replicas.0.SSESpecification.KMSMasterKeyId", att("Cmk"), "  cmk: kms.key\n"),
    row("keys and indexes", ", key: {partition: owner, sort: at:N}, local_indexes: {by-name: name}",
        AT + "LocalSecondaryIndexes.0.IndexName", "by-name"),
    row("time to live", ", ttl: gone", AT + "TimeToLiveSpecification.AttributeName", "gone"),
    row("storage class", ", table_class: STANDARD_INFREQUENT_ACCESS", THERE + "TableClass",
        "STANDARD_INFREQUENT_ACCESS"),
    row("deletion protection", ", deletion: delete", THERE + "DeletionProtectionEnabled", False),
    row("insights", ", contributor_insights: true", THERE + "ContributorInsightsSpecification.Enabled", True),
    row("tags", ", tags: {team: shop}", THERE + "Tags", [{"Key": "team", "Value": "shop"}]),
    row("consistency", ", consistency: strong, witness: eu-north-1", AT + "GlobalTableWitnesses",
        [{"Region": "eu-north-1"}]),
    row("consistency", ", consistency: strong, witness: eu-north-1", AT + "MultiRegionConsistency", "STRONG"),
]  # fmt: skip


@pytest.mark.parametrize("one", OPTIONS, ids=lambda row: f"{row.option}: {row.path}")
def test_option(one: Option, tmp_path: Path) -> None:
    assert holds(one, tmp_path)


TWO = """region: eu-west-1
nodes:
  items: {kind: dynamodb.global_table, replicas: [us-east-1], indexes: {by-owner: owner}}
  here: {kind: lambda.function, runtime: python3.13, code: handler.py}
  abroad:
    kind: region
    code: us-east-1
    nodes: {there: {kind: lambda.function, runtime: python3.13, code: handler.py}}
edges:
  - here -> items: read
  - there -> items: read
"""


def test_each_function_reaches_the_copy_of_its_own_region(tmp_path: Path) -> None:
    made = synthesized(TWO, tmp_path)
    home, abroad = made["test"]["Resources"], made["test-us-east-1"]["Resources"]
    arn = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/"
    (near,) = statements(home, "HereRolePolicy")
    (far,) = statements(abroad, "ThereRolePolicy")
    assert near["Action"] == far["Action"] == ["dynamodb:GetItem", "dynamodb:Query"]
    assert near["Resource"] == [{"Fn::Sub": arn + "${Items}"}, {"Fn::Sub": arn + "${Items}/index/by-owner"}]
    assert far["Resource"] == [{"Fn::Sub": arn + "${ItemsId}"}, {"Fn::Sub": arn + "${ItemsId}/index/by-owner"}]
    assert abroad["There"]["Properties"]["Environment"]["Variables"] == {"ITEMS": {"Ref": "ItemsId"}}
    assert [copy["Region"] for copy in home["Items"]["Properties"]["Replicas"]] == ["eu-west-1", "us-east-1"]


def test_its_stream_is_read_as_a_table_s(tmp_path: Path) -> None:
    text = f"nodes:\n  items: {{kind: dynamodb.global_table, replicas: [us-east-1]}}\n{FN}edges:\n  - items -> work\n"
    found = resources(text, tmp_path)
    mapping: Any = found["ItemsWorkMapping"]["Properties"]
    assert mapping["EventSourceArn"] == att("Items", "StreamArn")


def test_a_key_of_another_region_may_be_a_node(tmp_path: Path) -> None:
    text = ("region: eu-west-1\nnodes:\n  items: {kind: dynamodb.global_table, encryption: near, replicas: "
            "{us-east-1: {key: far}}}\n  near: kms.key\n  abroad: {kind: region, code: us-east-1, nodes: "
            "{far: kms.key}}\n")  # fmt: skip
    home = synthesized(text, tmp_path)["test"]["Resources"]
    assert home["Items"]["Properties"]["Replicas"][1]["SSESpecification"] == {"KMSMasterKeyId": {"Ref": "FarArn"}}


STRICT = "security: strict\n" + TWO.replace("replicas: [us-east-1],", "replicas: [us-east-1], table_name: items,")


def test_strict_has_a_key_in_each_region_and_rights_on_the_one_that_is_near(tmp_path: Path) -> None:
    made = synthesized(f"name: test\n{STRICT}", tmp_path)
    home, abroad = made["test"]["Resources"], made["test-us-east-1"]["Resources"]
    copies = home["Items"]["Properties"]["Replicas"]
    assert [copy["SSESpecification"]["KMSMasterKeyId"] for copy in copies] == [
        att("EncryptionKey"), {"Ref": "EncryptionKeyUsEast1Arn"}]  # fmt: skip
    keys = [one["Resource"] for one in statements(abroad, "ThereRolePolicy") if "kms:Decrypt" in one["Action"]]
    assert keys and all(key == att("EncryptionKeyUsEast1") for key in keys)
    assert abroad["There"]["Properties"]["Environment"]["Variables"] == {"ITEMS": "items"}


WRONG = [
    ("nodes:\n  items: dynamodb.global_table\n", "missing-property"),
    ("nodes:\n  items: {kind: dynamodb.global_table, replicas: [us-east-1], encryption: cmk}\n  cmk: kms.key\n",
     "bad-value"),
    ("nodes:\n  cmk: kms.key\n  items: {kind: dynamodb.global_table, replicas: {us-east-1: {key: x}}, "
     "encryption: cmk}\n",
     "bad-value"),
    ("nodes:\n  items: {kind: dynamodb.global_table, replicas: [us-east-1], consistency: strong}\n", "bad-value"),
    ("nodes:\n  items: {kind: dynamodb.global_table, replicas: [us-east-1, us-east-2], consistency: strong, ttl: at}\n",
     "bad-value"),
    ("nodes:\n  items: {kind: dynamodb.global_table, replicas: [us-east-1], witness: us-east-2}\n", "bad-value"),
    ("nodes:\n  items: {kind: dynamodb.global_table, replicas: [virginia]}\n", "bad-value"),
    (TWO.replace("replicas: [us-east-1]", "replicas: [us-west-2]"), "no-replica"),
    (STRICT.replace(", table_name: items", ""), "stack-cycle"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code"), WRONG)
def test_is_refused(text: str, code: str, tmp_path: Path) -> None:
    assert code in [one for one, _ in findings(text, tmp_path)]


def test_all_options_are_clean(tmp_path: Path) -> None:
    lint_clean([one for one in OPTIONS if one.option != "keys and indexes"], tmp_path)
