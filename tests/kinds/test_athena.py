"""Athena: every option, and the rights that whoever queries gets on data, catalogue and results."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.kinds.rows import FN, att, findings, lint_clean, resources, rows_of, said
from tests.options import ANY, Option, holds
from tests.test_pairs import FN as WORK
from tests.test_pairs import At, Pair, Rights, hold

SERVICE = "Amazon Athena"
P = "Resources.Ask.Properties."
C = P + "WorkGroupConfiguration."
RESULTS = C + "ResultConfiguration."
workgroup = rows_of(SERVICE, "ask: {kind: athena.workgroup")
BUCKET, LIMIT = "result bucket", "scanned-bytes limit"
OPTIONS = [
    workgroup(BUCKET, "", RESULTS + "OutputLocation", ANY),
    workgroup(BUCKET, ", keep: 7", "Resources.AskResults.Properties.LifecycleConfiguration.Rules.1",
              {"Id": "results", "Status": "Enabled", "Prefix": "results/", "ExpirationInDays": 7}),
    workgroup(BUCKET, ", results: kept, prefix: ''", RESULTS + "OutputLocation.Fn::Sub.0", "s3://test-kept-${Stack}/",
              "  kept: s3.bucket\n"),
    workgroup(BUCKET, "", RESULTS + "OutputLocation.Fn::Sub.0", "s3://test-kept-${Stack}/results/",
              "  kept: s3.bucket\nedges:\n  - ask -> kept: write\n"),
    workgroup(LIMIT, ", limit: 10 GB", C + "BytesScannedCutoffPerQuery", 10**10),
    workgroup(LIMIT, "", C + "BytesScannedCutoffPerQuery", 10**11),
    workgroup(LIMIT, ", enforce: false", C + "EnforceWorkGroupConfiguration", False),
    workgroup(LIMIT, ", metrics_on: false", C + "PublishCloudWatchMetricsEnabled", False),
    workgroup(LIMIT, ", enabled: false", P + "State", "DISABLED"),
    workgroup(LIMIT, ", engine: Athena engine version 3", C + "EngineVersion.SelectedEngineVersion",
              "Athena engine version 3"),
    workgroup("encryption", "", RESULTS + "EncryptionConfiguration.EncryptionOption", "SSE_S3"),
    workgroup("encryption", ", key: cmk", RESULTS + "EncryptionConfiguration",
              {"EncryptionOption": "SSE_KMS", "KmsKey": att("Cmk")}, "  cmk: kms.key\n"),
]  # fmt: skip
READS = "glue:GetDatabase glue:GetTable glue:GetTables glue:GetPartition glue:GetPartitions glue:BatchGetPartition"
ASK, LAKE, CATALOGUE = "ask: athena.workgroup", "lake: s3.bucket", "catalogue: glue.database"
QUERY = ("athena:StartQueryExecution athena:GetQueryExecution athena:GetQueryResults athena:StopQueryExecution "
         "athena:GetWorkGroup")  # fmt: skip
PAIRS = {
    "athena -> glue": Pair([WORK, ASK, CATALOGUE], "fn -> ask -> catalogue", [Rights("Fn", READS, "${Catalogue}")]),
    "athena -> s3": Pair([WORK, ASK, LAKE], "fn -> ask -> lake", [Rights("Fn", "s3:GetObject", "test-lake-")]),
    "lambda -> athena": Pair(
        [WORK, ASK], "fn -> ask",
        [Rights("Fn", QUERY, "workgroup/${Ask}"), At("Resources.Fn.Properties.Environment.Variables.ASK", "Ask")],
    ),
    "sfn -> athena": Pair(
        [ASK, "flow: {kind: stepfunctions.state_machine, states: {Sum: {do: ask.StartQueryExecution, wait: job, "
         "arguments: {QueryString: SELECT 1}}}}"],
        "flow -> ask",
        [Rights("Flow", QUERY, "workgroup/${Ask}"),
         Rights("Flow", "s3:GetObject s3:PutObject s3:AbortMultipartUpload s3:ListMultipartUploadParts",
                "test-ask-results-${Stack}/results/*")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS, ids=lambda row: f"{row.option[:10]}:{row.path.rsplit('.', 1)[-1]}")
def test_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    assert holds(option, tmp_path)


def test_all_options_are_lint_clean(tmp_path: Path) -> None:
    lint_clean(OPTIONS, tmp_path)


@pytest.mark.parametrize("name", PAIRS)
def test_pair(name: str, tmp_path: Path) -> None:
    hold(PAIRS[name], tmp_path)


def test_whoever_queries_gets_what_athena_does_in_their_name(tmp_path: Path) -> None:
    """Nothing wider: the prefix of the data, the results of this workgroup, and the keys of both through S3 only."""
    found = resources(
        f"nodes:\n  cmk: kms.key\n  own: kms.key\n  lake: {{kind: s3.bucket, key: cmk}}\n{FN}"
        "  ask: {kind: athena.workgroup, key: own}\nedges:\n  - ask -> lake: {prefix: clean/}\n  - work -> ask\n",
        tmp_path,
    )
    rights = {tuple(does) if isinstance(does, list) else does: on for does, on in said(found, "WorkRolePolicy")}
    assert rights["s3:GetObject"]["Fn::Sub"][0].endswith(":s3:::test-lake-${Stack}/clean/*")
    assert ("s3:GetBucketLocation", "s3:ListBucket") in rights
    assert rights["kms:Decrypt"] == att("Cmk")
    assert rights[("kms:GenerateDataKey", "kms:Decrypt")] == att("Own")
    assert not [actions for actions in rights if "s3:DeleteObject" in actions]


def test_a_bucket_of_ones_own_is_not_made_where_an_edge_names_one(tmp_path: Path) -> None:
    found = resources("nodes:\n  ask: athena.workgroup\n  kept: s3.bucket\nedges:\n  - ask -> kept: write\n", tmp_path)
    assert {made["Type"] for made in found.values()} == {
        "AWS::Athena::WorkGroup", "AWS::S3::Bucket", "AWS::S3::BucketPolicy",
    }  # fmt: skip
    assert "AskResults" not in found


REFUSED: list[tuple[str, str, Any]] = [
    ("ask: {kind: athena.workgroup, limit: 5 MB}", "out-of-bounds", "below 10 MB"),
    ("ask: {kind: athena.workgroup, limit: many}", "bad-value", "not a size"),
    ("ask: {kind: athena.workgroup, results: a}\n  a: s3.bucket\n  b: s3.bucket\nedges:\n  - ask -> b: write",
     "too-many-targets", "one bucket"),
    ("ask: athena.workgroup\n  db: glue.database\nedges:\n  - ask -> db: {prefix: a}", "bad-value", "for a bucket"),
]  # fmt: skip


@pytest.mark.parametrize(("nodes", "code", "text"), REFUSED)
def test_what_is_refused(nodes: str, code: str, text: str, tmp_path: Path) -> None:
    found = findings(f"nodes:\n  {nodes}\n", tmp_path)
    assert any(one == code and text in message for one, message in found), found
