"""Queues: every option, who sends and who receives, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.kinds.rows import FN, att, findings, lint_clean, resources, rows_of, said, statements
from tests.options import ANY, Option, holds

SERVICE = "Amazon SQS"
P = "Resources.Jobs.Properties."
D = "Resources.JobsDeadLetters.Properties."
queue = rows_of(SERVICE, "jobs: {kind: sqs.queue")
LETTERS, OTHERS = "dead-letter queue and max receives", "access policy for another account"
READ = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
OPTIONS = [
    queue("standard or FIFO", ", fifo: true", P + "FifoQueue", True),
    queue("standard or FIFO", ", fifo: true", D + "FifoQueue", True),
    queue("content-based deduplication", ", fifo: true, deduplicate: true", P + "ContentBasedDeduplication", True),
    queue("visibility timeout", ", visibility: 90", P + "VisibilityTimeout", 90),
    queue("visibility timeout", "", P + "VisibilityTimeout", 60, f"{FN[:-2]}, timeout: 10}}\nedges: [jobs -> work]\n"),
    queue("retention", ", retention: 3600", P + "MessageRetentionPeriod", 3600),
    queue("retention", "", D + "MessageRetentionPeriod", 1_209_600),
    queue("retention", ", delay: 5, wait: 0, max_size: 2048", P + "ReceiveMessageWaitTimeSeconds", 0),
    queue(LETTERS, ", max_receives: 7", P + "RedrivePolicy",
          {"deadLetterTargetArn": att("JobsDeadLetters"), "maxReceiveCount": 7}),
    queue(LETTERS, "", P + "RedrivePolicy", {"deadLetterTargetArn": att("Lost"), "maxReceiveCount": 3},
          "  lost: sqs.queue\nedges:\n  - jobs -> lost: dead_letter\n"),
    queue(OTHERS, ", senders: ['012345678901']", "Resources.JobsPolicy.Properties.PolicyDocument.Statement.1.Sid",
          "OtherAccounts"),
    queue("encryption", "", P + "SqsManagedSseEnabled", True),
    queue("encryption", ", key: cmk", P + "KmsMasterKeyId", att("Cmk"), "  cmk: kms.key\n"),
    queue("encryption", ", key: cmk", D + "KmsMasterKeyId", att("Cmk"), "  cmk: kms.key\n"),
    queue("encryption", "", P + "KmsMasterKeyId", att("EncryptionKey"), "security: strict\n"),
    queue("encryption", "", "Resources.JobsPolicy.Properties.PolicyDocument.Statement.0.Condition",
          {"Bool": {"aws:SecureTransport": "false"}}),
    queue("retention", ", overrides: {DeadLetters.MessageRetentionPeriod: 60}", P + "VisibilityTimeout", ANY,
          f"{FN}edges: [jobs -> work]\n"),
]  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS, ids=lambda row: f"{row.option[:30]}:{row.path.rsplit('.', 1)[-1]}")
def test_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    assert holds(option, tmp_path)


def test_all_options_are_lint_clean(tmp_path: Path) -> None:
    lint_clean([row for row in OPTIONS if "security" not in row.blueprint], tmp_path)


@pytest.mark.parametrize(("word", "actions", "keys"), [
    ("", "sqs:SendMessage", ["kms:Decrypt", "kms:GenerateDataKey"]),
    (": read", READ, "kms:Decrypt"),
    (": purge", "sqs:PurgeQueue", None),
    (": change_visibility", "sqs:ChangeMessageVisibility", None),
])  # fmt: skip
def test_function_to_queue(word: str, actions: Any, keys: Any, tmp_path: Path) -> None:
    found = resources(
        f"nodes:\n  cmk: kms.key\n  jobs: {{kind: sqs.queue, key: cmk}}\n{FN}edges:\n  - work -> jobs{word}\n", tmp_path
    )
    assert said(found, "WorkRolePolicy") == [(actions, att("Jobs"))] + ([(keys, att("Cmk"))] if keys else [])
    assert found["Work"]["Properties"]["Environment"]["Variables"] == {"JOBS": att("Jobs", "QueueUrl")}


def test_senders_of_another_account_may_only_send(tmp_path: Path) -> None:
    found = resources("nodes:\n  jobs: {kind: sqs.queue, senders: ['012345678901']}\n", tmp_path)
    own, other = statements(found, "JobsPolicy")
    assert own["Effect"] == "Deny"
    assert (other["Action"], other["Principal"]["AWS"]) == (
        "sqs:SendMessage", [{"Fn::Sub": "arn:${AWS::Partition}:iam::012345678901:root"}],
    )  # fmt: skip


def test_a_visibility_by_parameter_cannot_be_compared(tmp_path: Path) -> None:
    text = 'parameters: {Hidden: "90"}\nnodes:\n  jobs: {kind: sqs.queue, visibility: "${Hidden}"}\n'
    found = resources(f"{text}{FN}edges: [jobs -> work]\n", tmp_path)
    assert found["Jobs"]["Properties"]["VisibilityTimeout"] == {"Ref": "Hidden"}


def test_no_dead_letters(tmp_path: Path) -> None:
    found = resources("nodes:\n  jobs: {kind: sqs.queue, max_receives: null}\n", tmp_path)
    assert set(found) == {"Jobs", "JobsPolicy"} and "RedrivePolicy" not in found["Jobs"]["Properties"]


REFUSED: list[tuple[str, str, str]] = [
    ("jobs: {kind: sqs.queue, deduplicate: true}", "bad-value", "only a FIFO queue"),
    ("jobs: {kind: sqs.queue, senders: [12]}", "bad-value", "does not fit"),
    ("jobs: {kind: sqs.queue, visibility: 43201}", "out-of-bounds", "0 to 43200"),
    ("jobs: {kind: sqs.queue, retention: 59}", "out-of-bounds", "60 to 1209600"),
    (
        f"jobs: {{kind: sqs.queue, visibility: 10}}\n{FN}edges: [jobs -> work]",
        "visibility-too-short",
        "less than the 30 s",
    ),
    (
        "jobs: {kind: sqs.queue, fifo: true}\n  lost: sqs.queue\nedges:\n  - jobs -> lost: dead_letter",
        "cannot-join",
        "FIFO too",
    ),
]


@pytest.mark.parametrize(("nodes", "code", "text"), REFUSED)
def test_what_is_refused(nodes: str, code: str, text: str, tmp_path: Path) -> None:
    found = findings(f"nodes:\n  {nodes}\n", tmp_path)
    assert any(one == code and text in message for one, message in found), found
