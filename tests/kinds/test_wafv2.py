"""Web ACLs: every option, what they protect in either order, their log, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import archkit
from tests.options import Option, holds, synthesized

SERVICE = "AWS WAF"
W = "Resources.Waf.Properties."
RULE = W + "Rules.0."
FUNCTION = "  work: {kind: lambda.function, runtime: python3.13, code: handler.py}\n"
CDN = "  cdn: {kind: cloudfront.distribution, origin_domain: a.example.org}\n"
REST = f"  api: apigateway.rest\n{FUNCTION}"
GET = "  - api -> work: GET /\n"
STAGE = "arn:${AWS::Partition}:apigateway:${AWS::Region}::/restapis/${Api}/stages/${ApiStage}"
STREAM = "  stream: firehose.stream\n  store: s3.bucket\nedges:\n  - waf -> stream: log_to\n  - stream -> store\n"
GROUP = "Statement.ManagedRuleGroupStatement."


def row(option: str, properties: str, path: str, expected: Any, more: str = "") -> Option:
    text = f"region: us-east-1\nnodes:\n  waf: {{kind: wafv2.web_acl{properties}}}\n{more}"
    return Option(SERVICE, option, text, path, expected)


ATTACHED = "attachment by edges to CloudFront/ALB/API Gateway/AppSync/Cognito"
OPTIONS = [
    row("managed rule groups", "", RULE + GROUP + "Name", "AWSManagedRulesCommonRuleSet"),
    row("managed rule groups", "", W + "Rules.1." + GROUP + "Name", "AWSManagedRulesKnownBadInputsRuleSet"),
    row("managed rule groups", "", W + "Rules.2." + GROUP + "Name", "AWSManagedRulesAmazonIpReputationList"),
    row("managed rule groups", ", managed: [AWSManagedRulesSQLiRuleSet]", RULE + "Name", "SQLiRuleSet"),
    row("managed rule groups",
        ", managed: [{name: AWSManagedRulesSQLiRuleSet, count: [SQLi_BODY], version: Version_1.0}]",
        RULE + GROUP + "RuleActionOverrides", [{"Name": "SQLi_BODY", "ActionToUse": {"Count": {}}}]),
    row("managed rule groups", ", managed: [{name: AWSManagedRulesSQLiRuleSet, only_count: true}]",
        RULE + "OverrideAction",
        {"Count": {}}),
    row("rate limit", ", rate: 2000", RULE + "Statement.RateBasedStatement",
        {"Limit": 2000, "AggregateKeyType": "IP", "EvaluationWindowSec": 300}),
    row("rate limit", ", rate: {limit: 100, window: 60, challenge: true}", RULE + "Action", {"Challenge": {}}),
    row("rate limit", ", rate: {limit: 100, forwarded: true}", RULE + "Statement.RateBasedStatement.ForwardedIPConfig",
        {"HeaderName": "X-Forwarded-For", "FallbackBehavior": "MATCH"}),
    row("IP match", ", deny: [192.0.2.0/24]", "Resources.WafDenyIpv4.Properties.Addresses", ["192.0.2.0/24"]),
    row("IP match", ", deny: ['2001:db8::/32']", "Resources.WafDenyIpv6.Properties.IPAddressVersion", "IPV6"),
    row("IP match", ", allow: [192.0.2.0/24]", RULE + "Action", {"Allow": {}}),
    row("geo match", ", countries: {deny: [KP]}", RULE + "Statement", {"GeoMatchStatement": {"CountryCodes": ["KP"]}}),
    row("geo match", ", countries: {allow: [DE]}", RULE + "Statement",
        {"NotStatement": {"Statement": {"GeoMatchStatement": {"CountryCodes": ["DE"]}}}}),
    row("rules",
        ", managed: [], rules: [{Name: Own, Action: {Block: {}}, Statement: {LabelMatchStatement: {}}}]",
        RULE + "Name", "Own"),
    row("default action", ", default: block", W + "DefaultAction", {"Block": {}}),
    row("logging", "", "Resources.WafLogging.Properties.LogDestinationConfigs",
        [{"Fn::Sub": "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${WafLogs}"}]),
    row("logging", "", "Resources.WafLogs.Properties.LogGroupName",
        {"Fn::Sub": "aws-waf-logs-${AWS::StackName}/waf.logs"}),
    row("logging", ", logs: 90", "Resources.WafLogs.Properties.RetentionInDays", 90),
    row("logging", ", redact: [x-key]", "Resources.WafLogging.Properties.RedactedFields",
        [{"SingleHeader": {"Name": "x-key"}}]),
    row("logging", "", "Resources.WafLogging.Properties.LogDestinationConfigs", [{"Fn::GetAtt": ["Stream", "Arn"]}],
        STREAM),
    row(ATTACHED, "", W + "Scope", "CLOUDFRONT", f"{CDN}edges:\n  - waf -> cdn\n"),
    row(ATTACHED, "", W + "Scope", "CLOUDFRONT", f"{CDN}edges:\n  - cdn -> waf: protect\n"),
    row(ATTACHED, ", reach: cloudfront", W + "Scope", "CLOUDFRONT"),
    row(ATTACHED, "", W + "Scope", "REGIONAL", f"{REST}edges:\n{GET}  - waf -> api\n"),
    row(ATTACHED, "", "Resources.WafApiAssociation.Properties", {
        "WebACLArn": {"Fn::GetAtt": ["Waf", "Arn"]},
        "ResourceArn": {"Fn::Sub": STAGE},
    }, f"{REST}edges:\n{GET}  - waf -> api\n"),
    row(ATTACHED, "", "Resources.ApiWafAssociation.Properties.WebACLArn", {"Fn::GetAtt": ["Waf", "Arn"]},
        f"{REST}edges:\n{GET}  - api -> waf\n"),
]  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS, ids=lambda row: f"{row.option[:30]}:{row.path.rsplit('.', 1)[-1]}")
def test_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    assert holds(option, tmp_path)


def test_no_log_where_none_is_wanted(tmp_path: Path) -> None:
    (template,) = synthesized("nodes:\n  waf: {kind: wafv2.web_acl, logging: false}\n", tmp_path).values()
    assert list(template["Resources"]) == ["Waf"]


def test_existing_web_acl_protects_too(tmp_path: Path) -> None:
    arn = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/shield/1234"
    text = f"nodes:\n  waf: {{kind: wafv2.web_acl, existing: '{arn}'}}\n{CDN}edges:\n  - waf -> cdn\n"
    (template,) = synthesized(text, tmp_path).values()
    assert template["Resources"]["Cdn"]["Properties"]["DistributionConfig"]["WebACLId"] == arn


def test_everything_at_once_is_lint_clean(tmp_path: Path) -> None:
    (tmp_path / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    text = f"""name: waf
region: us-east-1
nodes:
  cmk: kms.key
  waf:
    kind: wafv2.web_acl
    key: cmk
    rate: {{limit: 100, window: 60, forwarded: true}}
    allow: [192.0.2.0/24, "2001:db8::/32"]
    deny: [198.51.100.0/24]
    countries: {{deny: [KP]}}
    managed: [AWSManagedRulesCommonRuleSet, {{name: AWSManagedRulesKnownBadInputsRuleSet, count: [PROPFIND_METHOD]}}]
    rules: [{{Name: Own, Action: {{Count: {{}}}}, Statement: {{GeoMatchStatement: {{CountryCodes: [DE]}}}}}}]
{REST}edges:
{GET}  - waf -> api
"""
    assert list(archkit.load(tmp_path / "blueprint.yaml", text=text).synth().templates) == ["waf"]


HTTP = f"  api: apigateway.http\n{FUNCTION}edges:\n{GET}  - waf -> api\n"
REFUSED = [
    ("", HTTP, "no-waf", "an HTTP API takes no web ACL"),
    ("", f"{CDN}{REST}edges:\n{GET}  - waf -> cdn, api\n", "waf-scope", "protects a CloudFront distribution"),
    (", countries: {allow: [DE], deny: [KP]}", "", "bad-value", "not both"),
    (", rules: [{Name: Own}]", "", "bad-value", "at least a Name and a Statement"),
    (", deny: [here]", "", "bad-value", "'here'"),
    (", reach: cloudfront", "", "wrong-region", "is made in us-east-1"),
]


@pytest.mark.parametrize(
    ("properties", "more", "code", "message"), REFUSED, ids=[f"{r[2]}:{r[3][:20]}" for r in REFUSED]
)
def test_refusal(properties: str, more: str, code: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    text = f"name: test\nregion: eu-west-1\nnodes:\n  waf: {{kind: wafv2.web_acl{properties}}}\n{more}"
    report = archkit.load(tmp_path / "blueprint.yaml", text=text).check()
    found = [(d.code, d.message) for d in report if d.severity == "error"]
    assert any(c == code and message in m for c, m in found), found
