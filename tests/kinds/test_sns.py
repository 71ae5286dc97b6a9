"""Topics: every option, who publishes and who is told, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.kinds.rows import FN, att, findings, lint_clean, resources, rows_of, said, statements
from tests.options import Option, at, holds

SERVICE = "Amazon SNS"
P = "Resources.News.Properties."
S = "Resources.NewsJobsSubscription.Properties."
topic = rows_of(SERVICE, "news: {kind: sns.topic")
FAN = "fan-out to SQS/Lambda/HTTPS/email/SMS/mobile push"
OUT = "  jobs: sqs.queue\nedges:\n  - news -> jobs"
ENDPOINTS = [("email", "ops@example.com", "email"), ("email_json", "ops@example.com", "email-json"),
             ("sms", "+491701234567", "sms"), ("https", "https://example.com/hook", "https"),
             ("push", "arn:aws:sns:eu-west-1:012345678901:endpoint/GCM/app/1", "application")]  # fmt: skip
OPTIONS = [
    topic(FAN, "", S + "Protocol", "sqs", OUT + "\n"),
    topic(FAN, "", S + "Endpoint", att("Jobs"), OUT + "\n"),
    topic(FAN, "", S + "RawMessageDelivery", True, OUT + ": {raw: true}\n"),
    topic(FAN, "", S + "RedrivePolicy", {"deadLetterTargetArn": att("Lost")},
          "  lost: sqs.queue\n" + OUT + ": {dead_letter: lost}\n"),
    topic(FAN, "", "Resources.NewsWorkSubscription.Properties.Protocol", "lambda", f"{FN}edges: [news -> work]\n"),
    *(topic(FAN, f", {name}: {where!r}", f"Resources.News{protocol.title().replace('-', '')}.Properties.Protocol",
            protocol)
      for name, where, protocol in ENDPOINTS),
    topic(FAN, ", email: [a@example.com, b@example.com]", "Resources.NewsEmail2.Properties.Endpoint", "b@example.com"),
    topic("filter policy", "", S + "FilterPolicy", {"kind": ["book"]}, OUT + ": {filter: {kind: [book]}}\n"),
    topic("filter policy", "", S + "FilterPolicyScope", "MessageBody",
          OUT + ": {filter: {kind: [book]}, scope: body}\n"),
    topic("FIFO", ", fifo: true, deduplicate: true", P + "FifoTopic", True),
    topic("FIFO", ", fifo: true, deduplicate: true", P + "ContentBasedDeduplication", True),
    topic("FIFO", ", fifo: true", P + "TopicName.Fn::Sub.0", "test-news-${Stack}.fifo"),
    topic("encryption", "", P + "KmsMasterKeyId", "alias/aws/sns"),
    topic("encryption", ", key: cmk", P + "KmsMasterKeyId", att("Cmk"), "  cmk: kms.key\n"),
    topic("encryption", "", P + "KmsMasterKeyId", att("EncryptionKey"), "security: strict\n"),
    topic("encryption", "", "Resources.NewsPolicy.Properties.PolicyDocument.Statement.0.Condition",
          {"Bool": {"aws:SecureTransport": "false"}}),
    topic("FIFO", ", display: News, tracing: true", P + "TracingConfig", "Active"),
]  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS, ids=lambda row: f"{row.option[:30]}:{row.path.rsplit('.', 1)[-1]}")
def test_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    assert holds(option, tmp_path)


def test_all_options_are_lint_clean(tmp_path: Path) -> None:
    lint_clean([row for row in OPTIONS if "security" not in row.blueprint], tmp_path)


def test_function_to_topic(tmp_path: Path) -> None:
    found = resources(
        f"nodes:\n  cmk: kms.key\n  news: {{kind: sns.topic, key: cmk}}\n{FN}edges: [work -> news]\n", tmp_path
    )
    assert said(found, "WorkRolePolicy") == [
        ("sns:Publish", {"Ref": "News"}), (["kms:Decrypt", "kms:GenerateDataKey"], att("Cmk")),
    ]  # fmt: skip
    assert found["Work"]["Properties"]["Environment"]["Variables"] == {"NEWS": {"Ref": "News"}}


def test_a_queue_admits_one_topic(tmp_path: Path) -> None:
    """And its key admits the service, so that what is delivered can be encrypted."""
    found = resources(
        "nodes:\n  cmk: kms.key\n  news: sns.topic\n  jobs: {kind: sqs.queue, key: cmk}\nedges: [news -> jobs]\n",
        tmp_path,
    )
    _, door = statements(found, "JobsPolicy")
    assert (door["Principal"], door["Action"], door["Resource"]) == (
        {"Service": "sns.amazonaws.com"}, "sqs:SendMessage", att("Jobs"),
    )  # fmt: skip
    assert door["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Ref": "News"}}}
    (key,) = (one for one in statements(found, "Cmk") if one["Principal"] == {"Service": "sns.amazonaws.com"})
    assert key["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]


def test_a_function_admits_one_topic(tmp_path: Path) -> None:
    found = resources(f"nodes:\n  news: sns.topic\n{FN}edges: [news -> work]\n", tmp_path)
    (permission,) = (made["Properties"] for made in found.values() if made["Type"] == "AWS::Lambda::Permission")
    assert (permission["Principal"], permission["SourceArn"]) == ("sns.amazonaws.com", {"Ref": "News"})
    assert at(found, "NewsWorkSubscription.Properties.Endpoint") == att("Work")


def test_a_dead_letter_queue_admits_the_topic(tmp_path: Path) -> None:
    found = resources("nodes:\n  news: sns.topic\n  lost: sqs.queue\n" + OUT + ": {dead_letter: lost}\n", tmp_path)
    _, door = statements(found, "LostPolicy")
    assert door["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Ref": "News"}}}


REFUSED: list[tuple[str, str, str]] = [
    ("news: {kind: sns.topic, deduplicate: true}", "bad-value", "only a FIFO topic"),
    ("news: {kind: sns.topic, fifo: true, sms: '+491701234567'}", "bad-value", "queues only, not to 'sms'"),
    ("news: {kind: sns.topic, https: 'http://example.com'}", "bad-value", "does not fit"),
    ("news: sns.topic\n  jobs: {kind: sqs.queue, fifo: true}\nedges: [news -> jobs]", "cannot-join", "FIFO queue"),
    (f"news: {{kind: sns.topic, fifo: true}}\n{FN}edges: [news -> work]", "cannot-join", "queues only, not to 'work'"),
    ("news: sns.topic\n  jobs: sqs.queue\n  lost: {kind: sqs.queue, fifo: true}\n"
     "edges:\n  - news -> jobs: {dead_letter: lost}", "bad-value", "a standard topic is a standard one"),
    (f"news: sns.topic\n{FN}edges:\n  - news -> work: {{raw: true}}", "bad-value", "always gets the envelope"),
    ("news: sns.topic\n  jobs: sqs.queue\nedges:\n  - news -> jobs: {id: a}\n  - news -> jobs: {id: b}",
     "subscribed-twice", "one subscription"),
]  # fmt: skip


@pytest.mark.parametrize(("nodes", "code", "text"), REFUSED)
def test_what_is_refused(nodes: str, code: str, text: str, tmp_path: Path) -> None:
    found: Any = findings(f"nodes:\n  {nodes}\n", tmp_path)
    assert any(one == code and text in message for one, message in found), found
