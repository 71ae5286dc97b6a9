"""AWS Backup: every option and edge, `backup:` on a node and as a default, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.kinds.rows import att, findings, lint_clean, resources, rows_of
from tests.options import Option, holds

SERVICE = "AWS Backup"
row = rows_of(SERVICE, "nightly: {kind: backup.plan")
vault = rows_of(SERVICE, "safe: {kind: backup.vault")
RULE = "Resources.Nightly.Properties.BackupPlan.BackupPlanRule.0."
SAFE = "Resources.Safe.Properties."
TABLE = "  orders: {kind: dynamodb.table, key: id}\n"

OPTIONS: list[Option] = [
    row("schedule", ", cron: '0 3 ? * SUN *'", RULE + "ScheduleExpression", "cron(0 3 ? * SUN *)"),
    row("schedule", ", time_zone: Europe/Berlin", RULE + "ScheduleExpressionTimezone", "Europe/Berlin"),
    row("retention", ", keep: 7", RULE + "Lifecycle.DeleteAfterDays", 7),
    row("cold storage", ", keep: 200, cold: 30", RULE + "Lifecycle.MoveToColdStorageAfterDays", 30),
    row("continuous", ", continuous: true", RULE + "EnableContinuousBackup", True),
    row("window", ", start_within: 60, finish_within: 180", RULE + "StartWindowMinutes", 60),
    row("window", ", start_within: 60, finish_within: 180", RULE + "CompletionWindowMinutes", 180),
    row("copies", ", copy_to: [{vault: 'arn:aws:backup:eu-central-1:111122223333:backup-vault:far', keep: 90}]",
        RULE + "CopyActions.0.Lifecycle.DeleteAfterDays", 90),
    row("selection by edges or tags", "", "Resources.NightlySelection.Properties.BackupSelection.Resources.0",
        att("Orders"), TABLE + "edges: [nightly -> orders]\n"),
    row("selection by edges or tags", ", tags_selected: {tier: gold}",
        "Resources.NightlySelection.Properties.BackupSelection.ListOfTags.0.ConditionValue", "gold"),
    row("vault", ", vault: safe", RULE + "TargetBackupVault", {"Ref": "Safe"}, "  safe: backup.vault\n"),
    vault("lock", ", least: 30, most: 400, final_after: 3", SAFE + "LockConfiguration.ChangeableForDays", 3),
    vault("lock", ", least: 30", SAFE + "LockConfiguration.MinRetentionDays", 30),
    vault("encryption", ", key: cmk", SAFE + "EncryptionKeyArn", att("Cmk"), "  cmk: kms.key\n"),
    vault("notification", ", tell: news", SAFE + "Notifications.SNSTopicArn", {"Ref": "News"},
          "  news: sns.topic\n"),
    vault("other accounts", ", accounts: ['111122223333']", SAFE + "AccessPolicy.Statement.0.Action",
          "backup:CopyIntoBackupVault"),
    vault("name", ", vault_name: safe-1", SAFE + "BackupVaultName", "safe-1"),
]  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: f"{option.option} {option.path.rpartition('.')[2]}")
def test_an_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    assert holds(option, tmp_path)


def test_all_options_together_are_clean(tmp_path: Path) -> None:
    lint_clean(OPTIONS, tmp_path)


def selected(found: dict[str, Any], id: str) -> list[Any]:
    return found[id]["Properties"]["BackupSelection"]["Resources"]  # type: ignore[no-any-return]


def test_a_plan_is_named_by_nodes_and_by_default(tmp_path: Path) -> None:
    found = resources(
        'defaults: {"*": {backup: nightly}}\nnodes:\n  nightly: backup.plan\n  weekly: backup.plan\n'
        "  orders: {kind: dynamodb.table, key: id}\n  bills: {kind: dynamodb.table, key: id, backup: weekly}\n"
        "  jobs: sqs.queue\n", tmp_path)  # fmt: skip
    assert selected(found, "NightlySelection") == [att("Orders")]
    assert selected(found, "WeeklySelection") == [att("Bills")]


def test_the_role_has_the_rights_on_buckets_only_for_buckets(tmp_path: Path) -> None:
    plan = "nodes:\n  nightly: backup.plan\n" + TABLE + "  photos: {kind: s3.bucket, versioning: true}\n"
    tables = resources(plan + "edges: [nightly -> orders]\n", tmp_path)["NightlyRole"]["Properties"]
    both = resources(plan + "edges: ['nightly -> orders, photos']\n", tmp_path)["NightlyRole"]["Properties"]
    assert [str(arn).count("S3") for arn in tables["ManagedPolicyArns"]] == [0, 0]
    assert [str(arn).count("S3") for arn in both["ManagedPolicyArns"]] == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("nodes", "code", "text"),
    [
        ("  a: {kind: backup.plan, keep: 100, cold: 30}\n", "out-of-bounds", "stays there for 90 days at least"),
        ("  a: {kind: backup.plan, keep: 90, continuous: true}\n", "out-of-bounds", "kept for 35 days at most"),
        ("  a: {kind: backup.vault, least: 30, most: 20}\n", "out-of-bounds", "for 30 days at least and 20 at most"),
        ("  a: {kind: backup.vault, most: 20}\n", "missing-property", "for how long every recovery point"),
        ("  a: {kind: sqs.queue, backup: b}\n  b: backup.plan\n", "unknown-property", "'backup'"),
        ("  a: {kind: backup.plan}\n  b: {kind: s3.bucket, versioning: false}\nedges: [a -> b]\n", "needs-versions",
         "only a bucket with versions"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(nodes: str, code: str, text: str, tmp_path: Path) -> None:
    found = findings(f"nodes:\n{nodes}", tmp_path)
    assert any(one == code and text in message for one, message in found), found
