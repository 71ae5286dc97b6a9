"""Mail: identities, configuration sets, receipt rules; the rights of edges, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import archkit
from tests.options import ANY, Option, holds, synthesized

SERVICE = "Amazon SES"
FUNCTION = "  work: {kind: lambda.function, runtime: python3.13, code: handler.py}\n"
ZONE = "  dns: {kind: route53.zone, existing: {id: Z0123456789ABCDEFGHIJ, domain: example.com}}\n"
STEM = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:"
SENDS = ["ses:SendEmail", "ses:SendRawEmail"]


def row(option: str, properties: str, path: str, expected: Any = ANY, more: str = "") -> Option:
    text = f"nodes:\n  mail: {{kind: ses.identity, {properties}}}\n{more}"
    return Option(SERVICE, option, text, f"Resources.{path}", expected)


OPTIONS = [
    row("edge grants sending from this identity only", "identity: example.com",
        "WorkRolePolicy.Properties.PolicyDocument.Statement.1.Resource", {"Fn::Sub": STEM + "identity/${Mail}"},
        f"{FUNCTION}edges: [work -> mail]\n"),
    row("domain or address", "identity: example.com", "Mail.Properties.EmailIdentity", "example.com"),
    row("domain or address", "identity: me@example.com", "Mail.Properties.EmailIdentity", "me@example.com"),
    row("DKIM", "identity: example.com", "Mail.Properties.DkimAttributes.SigningEnabled", True),
    row("DKIM", "identity: example.com, dkim: false", "Mail.Properties.DkimAttributes.SigningEnabled", False),
    row("DKIM", "identity: example.com, dkim_key: RSA_2048_BIT",
        "Mail.Properties.DkimSigningAttributes.NextSigningKeyLength", "RSA_2048_BIT"),
    row("records", "identity: example.com, zone: dns", "MailDkim3.Properties.Name",
        {"Fn::GetAtt": ["Mail", "DkimDNSTokenName3"]}, ZONE),
    row("records", "identity: example.com, zone: dns, mail_from: bounce.example.com",
        "MailReturns.Properties.ResourceRecords.0",
        {"Fn::Sub": "10 feedback-smtp.${AWS::Region}.amazonses.com"}, ZONE),
    row("bounces", "identity: example.com, mail_from: bounce.example.com",
        "Mail.Properties.MailFromAttributes.MailFromDomain", "bounce.example.com"),
    row("feedback", "identity: example.com, feedback: false",
        "Mail.Properties.FeedbackAttributes.EmailForwardingEnabled", False),
    row("configuration set", "identity: example.com, configuration: {}",
        "Mail.Properties.ConfigurationSetAttributes.ConfigurationSetName", {"Ref": "MailConfiguration"}),
    row("configuration set", "identity: example.com, configuration: {}",
        "MailConfiguration.Properties.DeliveryOptions.TlsPolicy", "REQUIRE"),
    row("configuration set", "identity: example.com, configuration: {suppress: [bounce]}",
        "MailConfiguration.Properties.SuppressionOptions.SuppressedReasons", ["BOUNCE"]),
]  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS, ids=lambda row: f"{row.option[:30]}:{row.path.rsplit('.', 1)[-1]}")
def test_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    assert holds(option, tmp_path)


def resources(text: str, folder: Path) -> dict[str, Any]:
    (template,) = synthesized(text, folder).values()
    found: dict[str, Any] = template["Resources"]
    return found


def sending(properties: str, folder: Path) -> dict[str, Any]:
    """Return the statement by which a function may send."""
    text = f"nodes:\n{FUNCTION}  mail: {{kind: ses.identity, {properties}}}\nedges: [work -> mail]\n"
    found = resources(text, folder)
    statement: dict[str, Any] = found["WorkRolePolicy"]["Properties"]["PolicyDocument"]["Statement"][1]
    return statement


def test_edge_grants_sending_from_this_identity_only(tmp_path: Path) -> None:
    """The option of the list: nothing but this identity is a resource of the right."""
    statement = sending("identity: example.com", tmp_path)
    assert statement == {"Effect": "Allow", "Action": SENDS, "Resource": {"Fn::Sub": STEM + "identity/${Mail}"}}


def test_a_configuration_set_needs_the_right_too(tmp_path: Path) -> None:
    identity, rules = (
        {"Fn::Sub": STEM + "identity/${Mail}"},
        {"Fn::Sub": STEM + "configuration-set/${MailConfiguration}"},
    )
    assert sending("identity: example.com, configuration: {}", tmp_path)["Resource"] == [identity, rules]


def test_senders_limit_the_right(tmp_path: Path) -> None:
    statement = sending("identity: example.com, senders: [shop@example.com]", tmp_path)
    assert statement["Condition"] == {"StringEquals": {"ses:FromAddress": ["shop@example.com"]}}


def test_schedule_sends(tmp_path: Path) -> None:
    text = ("nodes:\n  weekly: {kind: scheduler.schedule, every: 7 days}\n"
            "  mail: {kind: ses.identity, identity: example.com}\n"
            "edges: [{weekly -> mail: {call: SendEmail, input: {FromEmailAddress: me@example.com}}}]\n")  # fmt: skip
    found = resources(text, tmp_path)
    assert found["Weekly"]["Properties"]["Target"]["Arn"] == {
        "Fn::Sub": "arn:${AWS::Partition}:scheduler:::aws-sdk:sesv2:sendEmail"
    }
    (statement,) = found["WeeklyRolePolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert (statement["Action"], statement["Resource"]) == ("ses:SendEmail", {"Fn::Sub": STEM + "identity/${Mail}"})


def test_mail_is_told_of(tmp_path: Path) -> None:
    found = resources(
        "nodes:\n  news: sns.topic\n  files: s3.bucket\n  hose: firehose.stream\n"
        "  mail: {kind: ses.identity, identity: example.com, configuration: {}}\n"
        "edges: [hose -> files, mail.configuration -> news, {mail.configuration -> hose: {events: [open, click]}}]\n",
        tmp_path,
    )
    told = found["MailConfigurationNewsEvents"]
    assert told["DependsOn"] == ["NewsPolicy"]
    assert told["Properties"]["EventDestination"]["MatchingEventTypes"] == ["BOUNCE", "COMPLAINT"]
    (_, allowed) = found["NewsPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert allowed["Principal"] == {"Service": "ses.amazonaws.com"}
    assert allowed["Condition"] == {
        "ArnLike": {"aws:SourceArn": {"Fn::Sub": STEM + "configuration-set/${MailConfiguration}"}},
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
    }
    place = found["MailConfigurationHoseEvents"]["Properties"]["EventDestination"]["KinesisFirehoseDestination"]
    assert place["IAMRoleARN"] == {"Fn::GetAtt": ["MailConfigurationRole", "Arn"]}


def test_mail_that_arrives(tmp_path: Path) -> None:
    found = resources(
        f"nodes:\n{FUNCTION}  inbox: {{kind: ses.receipt_rule, recipients: [help@example.com], rule_set: main}}\n"
        "  files: {kind: s3.bucket, bucket_name: mails}\n  news: sns.topic\n"
        "edges: [{inbox -> files: {prefix: in/}}, inbox -> work, inbox -> news]\n",
        tmp_path,
    )
    (permission,) = (name for name, r in found.items() if r["Type"] == "AWS::Lambda::Permission")
    given = found[permission]["Properties"]
    assert (given["Principal"], given["SourceAccount"]) == ("ses.amazonaws.com", {"Ref": "AWS::AccountId"})
    assert given["SourceArn"]["Fn::Sub"][0] == STEM + "receipt-rule-set/main:receipt-rule/test-inbox-${Stack}"
    assert found["Inbox"]["DependsOn"] == sorted([permission, "FilesPolicy", "NewsPolicy"])
    rule = found["Inbox"]["Properties"]["Rule"]
    assert [next(iter(action)) for action in rule["Actions"]] == ["S3Action", "LambdaAction", "SNSAction"]
    assert rule["Actions"][0]["S3Action"] == {"BucketName": "mails", "ObjectKeyPrefix": "in/"}


REFUSED = [
    ("identity: me@example.com, zone: dns", "bad-value", "is a domain's"),
    ("identity: example.com, mail_from: bounce.example.org", "bad-value", "a subdomain of the identity"),
    ("identity: example.com, senders: [me@example.org]", "bad-value", "no address of"),
    ("identity: nonsense", "bad-value", "identity"),
]


@pytest.mark.parametrize(("properties", "code", "message"), REFUSED, ids=[row[2] for row in REFUSED])
def test_refused(properties: str, code: str, message: str) -> None:
    text = f"name: test\nnodes:\n{ZONE}  mail: {{kind: ses.identity, {properties}}}\n"
    found = archkit.load("blueprint.yaml", text=text).check()
    assert [(d.code, message in d.message) for d in found] == [(code, True)]


def test_everything_is_lint_clean(tmp_path: Path) -> None:
    (tmp_path / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    text = f"""\
name: test
nodes:
{FUNCTION}{ZONE}  news: sns.topic
  files: s3.bucket
  hose: firehose.stream
  inbox: {{kind: ses.receipt_rule, recipients: [help@example.com]}}
  mail:
    kind: ses.identity
    identity: example.com
    zone: dns
    mail_from: bounce.example.com
    dkim_key: RSA_2048_BIT
    senders: [me@example.com]
    configuration: {{redirect: links.example.com}}
edges:
  - mail.configuration -> news
  - mail.configuration -> hose -> files
  - inbox -> work -> mail
  - inbox -> files
"""
    assert archkit.load(tmp_path / "blueprint.yaml", text=text).synth().templates
