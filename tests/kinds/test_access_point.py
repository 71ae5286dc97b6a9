"""Access points: a door to a bucket that holds what edges grant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import archkit
from tests.kinds.rows import FN, att, findings, resources, said

DOOR = f"nodes:\n  cmk: kms.key\n  lake: {{kind: s3.bucket, key: cmk}}\n  door: s3.access_point\n{FN}"
EDGES = "edges:\n  - work -> door: [read, list]\n  - door -> lake\n"
ARN = "arn:${AWS::Partition}:s3:${AWS::Region}:${AWS::AccountId}:accesspoint/test-door-${Stack}"


def text_of(value: Any) -> str:
    """Return the text of Fn::Sub."""
    return str(value["Fn::Sub"][0])


def test_its_policy_holds_what_edges_grant(tmp_path: Path) -> None:
    found = resources(DOOR + EDGES, tmp_path)
    reads, lists = found["Door"]["Properties"]["Policy"]["Statement"]
    assert reads["Principal"] == lists["Principal"] == {"AWS": att("WorkRole")}
    assert (reads["Action"], text_of(reads["Resource"][0])) == (["s3:GetObject"], f"{ARN}/object/*")
    assert (lists["Action"], text_of(lists["Resource"][0])) == (["s3:ListBucket"], ARN)
    rights = said(found, "WorkRolePolicy")
    assert [actions for actions, _ in rights] == ["s3:GetObject", "kms:Decrypt", "s3:ListBucket"]
    assert rights[1][1] == att("Cmk")


def test_the_bucket_lets_it_decide(tmp_path: Path) -> None:
    """For this access point of this account, and what goes by plain HTTP stays refused."""
    found = resources(DOOR + EDGES, tmp_path)
    tls, through = found["LakePolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert tls["Effect"] == "Deny"
    condition = through["Condition"]["StringEquals"]
    assert text_of(condition["s3:DataAccessPointArn"]) == ARN
    assert condition["s3:DataAccessPointAccount"] == {"Ref": "AWS::AccountId"}
    assert found["Door"]["DependsOn"] == ["Lake"]


def test_options(tmp_path: Path) -> None:
    found = resources("nodes:\n  door: {kind: s3.access_point, vpc: vpc-0123456789abcdef0}\n", tmp_path)
    door = found["Door"]["Properties"]
    assert door["VpcConfiguration"] == {"VpcId": "vpc-0123456789abcdef0"}
    assert set(door["PublicAccessBlockConfiguration"].values()) == {True}
    assert "DoorBucket" in found and "Policy" not in door


def test_it_is_lint_clean(tmp_path: Path) -> None:
    (tmp_path / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    for level in ("standard", "strict"):
        archkit.load(tmp_path / "blueprint.yaml", text=f"name: test\nsecurity: {level}\n{DOOR}{EDGES}").synth()


@pytest.mark.parametrize(("more", "code"), [
    ("  other: s3.bucket\nedges: ['door -> lake, other']\n", "leads-to-one"),
    ("  far: {kind: region, code: us-west-2, nodes: {other: s3.bucket}}\nedges: [door -> other]\n", "other-region"),
])  # fmt: skip
def test_what_is_refused(more: str, code: str, tmp_path: Path) -> None:
    assert code in [one for one, _ in findings(f"region: eu-west-1\n{DOOR}{more}", tmp_path)]
