"""Keys: every option, who may use them, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import archkit
from tests.kinds.rows import FN, att, findings, lint_clean, resources, rows_of, said, statements
from tests.options import ANY, Option, holds

SERVICE = "AWS KMS"
P = "Resources.Cmk.Properties."
key = rows_of(SERVICE, "cmk: {kind: kms.key")
SHAPE, POLICY, USE = "symmetric or asymmetric", "key policy", "use as encryption key of any other node"
WHO = 'Principal: {AWS: "arn:aws:iam::012345678901:role/x"}'
OWN = f'{{Sid: Mine, Effect: Allow, {WHO}, Action: "kms:Decrypt", Resource: "*"}}'
OPTIONS = [
    key(SHAPE, "", P + "PendingWindowInDays", 30),
    key(SHAPE, ", spec: RSA_4096", P + "KeyUsage", "ENCRYPT_DECRYPT"),
    key(SHAPE, ", spec: RSA_2048, use: sign", P + "KeyUsage", "SIGN_VERIFY"),
    key(SHAPE, ", spec: ECC_NIST_P256, use: sign", P + "KeySpec", "ECC_NIST_P256"),
    key(SHAPE, ", spec: HMAC_512, use: mac", P + "KeyUsage", "GENERATE_VERIFY_MAC"),
    key("rotation", "", P + "EnableKeyRotation", True),
    key("rotation", ", rotation: false", P + "EnableKeyRotation", False),
    key("rotation", ", rotation_days: 90", P + "RotationPeriodInDays", 90),
    key(POLICY, "", P + "KeyPolicy.Statement.0.Principal.AWS",
        {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}),
    key(POLICY, ', administrators: ["arn:aws:iam::012345678901:role/ops"]', P + "KeyPolicy.Statement.1.Sid",
        "Administrators"),
    key(POLICY, ', accounts: ["012345678901"]', P + "KeyPolicy.Statement.1.Action",
        ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"]),
    key(POLICY, f", statements: [{OWN}]", P + "KeyPolicy.Statement.1.Sid", "Mine"),
    key("multi-region", ", multi_region: true", P + "MultiRegion", True),
    key("grants by edges", "", "Resources.WorkRolePolicy.Properties.PolicyDocument.Statement.1.Action", "kms:Decrypt",
        f"{FN}edges:\n  - work -> cmk: decrypt\n"),
    key(SHAPE, "", "Resources.CmkAlias.Properties.AliasName.Fn::Sub", "alias/${AWS::StackName}-cmk"),
    key(SHAPE, ", alias_name: shop/main, window: 7", "Resources.CmkAlias.Properties.AliasName", "alias/shop/main"),
    key(USE, "", "Resources.Jobs.Properties.KmsMasterKeyId", att("Cmk"), "  jobs: {kind: sqs.queue, key: cmk}\n"),
    key(USE, "", "Resources.Ops.Properties.KmsMasterKeyId", att("Cmk"), "  ops: {kind: sns.topic, key: cmk}\n"),
    key(USE, "", "Resources.Lines.Properties.KmsKeyId", att("Cmk"), "  lines: {kind: logs.group, key: cmk}\n"),
    key(USE, "", "Resources.Photos.Properties.BucketEncryption", ANY, "  photos: {kind: s3.bucket, key: cmk}\n"),
    key(USE, "", "Resources.Login.Properties.KmsKeyId", att("Cmk"),
        "  login: {kind: secretsmanager.secret, key: cmk}\n"),
    key(USE, "", "Resources.Work.Properties.KmsKeyArn", att("Cmk"), f"{FN[:-2]}, key: cmk}}\n"),
    key(USE, "", "Resources.Jobs.Properties.KmsMasterKeyId", att("Cmk"),
        '  jobs: sqs.queue\ndefaults: {"*": {key: cmk}}\n'),
]  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS, ids=lambda row: f"{row.option[:30]}:{row.path.rsplit('.', 1)[-1]}")
def test_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    assert holds(option, tmp_path)


def test_all_options_are_lint_clean(tmp_path: Path) -> None:
    lint_clean(
        [row for row in OPTIONS if "defaults" not in row.blueprint and "alias_name" not in row.blueprint], tmp_path
    )


@pytest.mark.parametrize(("word", "actions"), [
    ("encrypt", ["kms:Encrypt", "kms:GenerateDataKey"]),
    ("decrypt", "kms:Decrypt"),
    ("sign", ["kms:Sign", "kms:GetPublicKey"]),
    ("verify", "kms:Verify"),
    ("mac", "kms:GenerateMac"),
    ("verify_mac", "kms:VerifyMac"),
    ("encrypt, decrypt", ["kms:Encrypt", "kms:GenerateDataKey", "kms:Decrypt"]),
])  # fmt: skip
def test_function_to_key(word: str, actions: Any, tmp_path: Path) -> None:
    found = resources(f"nodes:\n  cmk: kms.key\n{FN}edges:\n  - work -> cmk: {word}\n", tmp_path)
    assert said(found, "WorkRolePolicy") == [(actions, att("Cmk"))]
    assert found["Work"]["Properties"]["Environment"]["Variables"] == {"CMK": att("Cmk")}


def test_services_are_named_by_principal_and_account(tmp_path: Path) -> None:
    """A reference in a key's policy to what the key encrypts would be a cycle."""
    found = resources(
        "nodes:\n  cmk: kms.key\n  topic: sns.topic\n  jobs: {kind: sqs.queue, key: cmk}\nedges: [topic -> jobs]\n",
        tmp_path,
    )
    _, *rest = statements(found, "Cmk")
    assert [one["Principal"] for one in rest] == [{"Service": "sns.amazonaws.com"}]
    topics = {"Fn::Sub": "arn:${AWS::Partition}:sns:*:${AWS::AccountId}:*"}
    assert rest[0]["Condition"] == {"ArnLike": {"aws:SourceArn": topics}}


def test_an_existing_key_encrypts_and_is_not_changed(tmp_path: Path) -> None:
    arn = "arn:aws:kms:eu-west-1:012345678901:key/1"
    found = resources(
        f'nodes:\n  old: {{kind: kms.key, existing: "{arn}"}}\n  jobs: {{kind: sqs.queue, key: old}}\n'
        f"{FN}edges: [work -> jobs]\n",
        tmp_path,
    )
    assert found["Jobs"]["Properties"]["KmsMasterKeyId"] == arn
    assert (["kms:Decrypt", "kms:GenerateDataKey"], arn) in said(found, "WorkRolePolicy")


REFUSED: list[tuple[str, str, str]] = [
    (", use: sign", "bad-value", "SYMMETRIC_DEFAULT cannot sign"),
    (", spec: ECC_NIST_P256", "bad-value", "ECC_NIST_P256 cannot encrypt"),
    (", spec: HMAC_256, use: sign", "bad-value", "HMAC_256 cannot sign"),
    (", spec: RSA_2048, use: mac", "bad-value", "RSA_2048 cannot mac"),
    (", spec: RSA_2048, rotation_days: 90", "bad-value", "is not rotated"),
    (", statements: [{Effect: Allow}]", "bad-value", "has Effect, Principal"),
    (", window: 5", "out-of-bounds", "7 to 30"),
    (", rotation_days: 30", "out-of-bounds", "90 to 2560"),
]


@pytest.mark.parametrize(("properties", "code", "text"), REFUSED)
def test_what_is_refused(properties: str, code: str, text: str, tmp_path: Path) -> None:
    found = findings(f"nodes:\n  cmk: {{kind: kms.key{properties}}}\n", tmp_path)
    assert any(one == code and text in message for one, message in found), found


def test_an_asymmetric_key_encrypts_no_node(tmp_path: Path) -> None:
    found = findings("nodes:\n  cmk: {kind: kms.key, spec: RSA_2048}\n  jobs: {kind: sqs.queue, key: cmk}\n", tmp_path)
    assert ("wrong-kind", "'jobs' needs a symmetric key to be encrypted with") in found


def test_eventbridge_says_no_account_to_the_key_of_a_topic(tmp_path: Path) -> None:
    """A condition on the account would silently drop every event."""
    found = resources(
        "nodes:\n  cmk: kms.key\n  ops: {kind: sns.topic, key: cmk}\n  tick: {kind: events.schedule, every: 1 day}\n"
        "edges: [tick -> ops]\n",
        tmp_path,
    )
    (key,) = (one for one in statements(found, "Cmk") if one["Principal"] == {"Service": "events.amazonaws.com"})
    assert "Condition" not in key


def test_what_the_policy_of_an_existing_key_must_allow_is_told_once(tmp_path: Path) -> None:
    text = """name: test
nodes:
  cmk: {kind: kms.key, existing: {arn: "arn:aws:kms:eu-west-1:012345678901:key/1"}}
  photos: s3.bucket
  jobs: {kind: sqs.queue, key: cmk}
  more: {kind: sqs.queue, key: cmk}
edges:
  - photos -> jobs: {suffix: a}
  - photos -> more: {suffix: b}
"""
    compiled = archkit.load(tmp_path / "blueprint.yaml", text=text)
    compiled.synth()
    (note,) = compiled.report
    rights = "s3.amazonaws.com use kms:Decrypt, kms:GenerateDataKey"
    assert (note.code, note.message) == ("policy-needs", f"the policy of the existing 'cmk' must let {rights}")
