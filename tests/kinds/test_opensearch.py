"""OpenSearch Service: nodes, access, encryption and logs of a domain; who may read and write it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.kinds.rows import att, findings, lint_clean, resources, rows_of, statements
from tests.options import Option, holds
from tests.test_pairs import FN, MODEL, At, Pair, Rights, hold

SERVICE = "Amazon OpenSearch Service"
row = rows_of(SERVICE, "docs: {kind: opensearch.domain")
AT = "Resources.Docs.Properties."
ZONES = ", count: 3, zones: 3, instance: r6g.large"
MASTER = "  admin: {kind: iam.role, services: [ec2.amazonaws.com]}\n"
SECRET = "  pw: {kind: secretsmanager.secret, username: admin}\n"
OPTIONS = [
    row("instances over zones", "", AT + "ClusterConfig.ZoneAwarenessConfig.AvailabilityZoneCount", 2),
    row("instances over zones", ZONES, AT + "ClusterConfig.InstanceCount", 3),
    row("instances over zones", ", count: 1, zones: 1", AT + "ClusterConfig.ZoneAwarenessEnabled", False),
    row("instances over zones", f"{ZONES}, masters: m6g.large, standby: true",
        AT + "ClusterConfig.MultiAZWithStandbyEnabled", True),
    row("instances over zones", ", instance: i4i.large", AT + "EBSOptions.EBSEnabled", False),
    row("instances over zones", ", volume: {size: 50, iops: 4000, throughput: 250}", AT + "EBSOptions.Throughput", 250),
    row("instances over zones", f"{ZONES}, masters: m6g.large, warm: {{count: 2, cold: true}}",
        AT + "ClusterConfig.ColdStorageOptions.Enabled", True),
    row("dedicated masters", ", masters: m6g.large", AT + "ClusterConfig.DedicatedMasterType", "m6g.large.search"),
    row("dedicated masters", ", masters: {count: 5}", AT + "ClusterConfig.DedicatedMasterCount", 5),
    row("in VPC", ", vpc: {subnets: [subnet-0a1b2c3d, subnet-0a1b2c3e], groups: [sg-0a1b2c3d]}",
        AT + "VPCOptions.SubnetIds",
        ["subnet-0a1b2c3d", "subnet-0a1b2c3e"]),
    row("encryption", "", AT + "NodeToNodeEncryptionOptions.Enabled", True),
    row("encryption", "", AT + "EncryptionAtRestOptions", {"Enabled": True}),
    row("encryption", ", key: cmk", AT + "EncryptionAtRestOptions.KmsKeyId", att("Cmk"), "  cmk: kms.key\n"),
    row("encryption", "", AT + "DomainEndpointOptions.EnforceHTTPS", True),
    row("encryption", ", tls: compatible", AT + "DomainEndpointOptions.TLSSecurityPolicy",
        "Policy-Min-TLS-1-2-2019-07"),
    row("fine-grained access", ", master: admin", AT + "AdvancedSecurityOptions.MasterUserOptions.MasterUserARN",
        att("Admin"), MASTER),
    row("fine-grained access", ", master_secret: pw", AT + "AdvancedSecurityOptions.InternalUserDatabaseEnabled", True,
        SECRET),
    row("access policy", ", accounts: ['123456789012']", AT + "AccessPolicies.Statement.0.Principal.AWS.0",
        {"Fn::Sub": "arn:${AWS::Partition}:iam::123456789012:root"}),
    row("access policy", ", master_secret: pw, addresses: [10.0.0.0/8]", AT + "AccessPolicies.Statement.0.Condition",
        {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8"]}}, SECRET),
    row("logs", ", publish: [search, audit], master: admin", AT + "LogPublishingOptions.AUDIT_LOGS.Enabled", True,
        MASTER),
    row("logs", ", publish: []", AT + "EngineVersion", "OpenSearch_2.19"),
    row("endpoint", ", domain: search.example.com", AT + "DomainEndpointOptions.CustomEndpoint", "search.example.com"),
    row("off-peak window", ", off_peak: 2", AT + "OffPeakWindowOptions.OffPeakWindow.WindowStartTime",
        {"Hours": 2, "Minutes": 0}),
    row("updates", ", updates: false", AT + "SoftwareUpdateOptions.AutoSoftwareUpdateEnabled", False),
    row("snapshots", ", snapshot_hour: 3", AT + "SnapshotOptions.AutomatedSnapshotStartHour", 3),
    row("advanced options", ", options: {indices.query.bool.max_clause_count: '2048'}",
        AT + "AdvancedOptions", {"indices.query.bool.max_clause_count": "2048"}),
]  # fmt: skip
DOMAIN = "search: opensearch.domain"
HOSE = ["hose: firehose.stream", "lost: s3.bucket", DOMAIN]
PAIRS = {
    "lambda -> opensearch": Pair([FN, DOMAIN], "fn -> search: write", [
        Rights("Fn", "es:ESHttpDelete es:ESHttpPatch es:ESHttpPost es:ESHttpPut", "${Search.Arn}/*"),
        At("Resources.Fn.Properties.Environment.Variables.SEARCH", "https://${Search.DomainEndpoint}")]),
    "bedrock -> opensearch": Pair([MODEL, DOMAIN], "model -> search: write, describe", [
        Rights("Model", "es:ESHttpDelete es:ESHttpPatch es:ESHttpPost es:ESHttpPut", "${Search.Arn}/*"),
        Rights("Model", "es:DescribeDomain es:DescribeDomainConfig es:DescribeDomainHealth", "Search")]),
    "firehose -> opensearch": Pair(HOSE, "hose -> lost: on_failure\n  - hose -> search: {index: clicks}", [
        Rights("Hose", "es:DescribeDomain es:DescribeDomainConfig es:DescribeDomains es:ESHttpPost es:ESHttpPut",
               "${Search.Arn}/*"),
        At("Resources.Hose.Properties.AmazonopensearchserviceDestinationConfiguration.DomainARN", "Search")]),
}  # fmt: skip


@pytest.mark.parametrize("one", OPTIONS, ids=lambda row: f"{row.option}: {row.path}")
def test_option(one: Option, tmp_path: Path) -> None:
    assert holds(one, tmp_path)


@pytest.mark.parametrize("name", PAIRS)
def test_pair(name: str, tmp_path: Path) -> None:
    hold(PAIRS[name], tmp_path)


def test_reading_posts_to_what_searches_only(tmp_path: Path) -> None:
    found = resources(f"nodes:\n  {FN}\n  {DOMAIN}\nedges:\n  - fn -> search: read\n", tmp_path)
    said = {str(one["Action"]): one["Resource"] for one in statements(found, "FnRolePolicy")}
    assert said["['es:ESHttpGet', 'es:ESHttpHead']"] == {"Fn::Sub": "${Search.Arn}/*"}
    posted = said["es:ESHttpPost"]
    assert {"Fn::Sub": "${Search.Arn}/*/_search"} in posted and {"Fn::Sub": "${Search.Arn}/*"} not in posted


def test_only_this_domain_may_write_its_logs(tmp_path: Path) -> None:
    found = resources(f"nodes:\n  {DOMAIN}\n", tmp_path)
    policy: Any = found["SearchLogsPolicy"]["Properties"]["PolicyDocument"]["Fn::Sub"]
    assert '"aws:SourceArn":"arn:${AWS::Partition}:es:' in policy[0] and "domain/test-search-${Stack}" in policy[0]
    assert found["Search"]["DependsOn"] == ["SearchLogsPolicy"]
    assert found["Search"]["UpdatePolicy"] == {"EnableVersionUpgrade": True}
    assert found["Search"]["DeletionPolicy"] == "Retain" and "AccessPolicies" not in found["Search"]["Properties"]


def test_the_password_is_never_written(tmp_path: Path) -> None:
    found = resources(f"nodes:\n  search: {{kind: opensearch.domain, master_secret: pw}}\n{SECRET}", tmp_path)
    master = found["Search"]["Properties"]["AdvancedSecurityOptions"]["MasterUserOptions"]
    assert master["MasterUserPassword"] == {"Fn::Sub": "{{resolve:secretsmanager:${Pw}:SecretString:password}}"}


WRONG = [
    ("count: 3", "bad-value"),
    ("zones: 3, count: 2", "bad-value"),
    ("zones: 3, count: 3, standby: true", "bad-value"),
    ("warm: 2", "bad-value"),
    ("count: 12", "bad-value"),
    ("volume: 200", "out-of-bounds"),
    ("volume: {type: gp2, throughput: 250}", "bad-value"),
    ("volume: {type: gp2, iops: 3000}", "bad-value"),
    ("publish: [audit]", "bad-value"),
    ("addresses: [10.0.0.0/8]", "bad-value"),
    ("vpc: {subnets: [subnet-0a1b2c3d], groups: [sg-0a1b2c3d]}", "bad-value"),
    ("instance: large", "bad-value"),
]


@pytest.mark.parametrize(("properties", "code"), WRONG, ids=lambda text: str(text))
def test_is_refused(properties: str, code: str, tmp_path: Path) -> None:
    found = findings(f"nodes:\n  search: {{kind: opensearch.domain, {properties}}}\n", tmp_path)
    assert [one for one, _ in found] == [code]


def test_all_options_are_clean(tmp_path: Path) -> None:
    lint_clean(OPTIONS, tmp_path)
