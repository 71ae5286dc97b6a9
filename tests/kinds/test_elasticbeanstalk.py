"""Elastic Beanstalk: every option, its front door, workers at a queue, and what AWS refuses."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import archkit
from tests.kinds.rows import att, findings, resources, said
from tests.options import ANY, Option, at

SERVICE = "AWS Elastic Beanstalk"
EB = "aws:elasticbeanstalk:"


def network(properties: str = "", more: str = "", beside: str = "", tier: str = "private") -> str:
    """Return a blueprint of an environment whose load balancer stands in public subnets."""
    return (
        "nodes:\n  network:\n    kind: ec2.vpc\n    nat: one\n    nodes:\n"
        "      edge: {kind: ec2.subnets, tier: public, slot: 3}\n"
        f"      app:\n        kind: ec2.subnets\n        tier: {tier}\n        nodes:\n"
        f"          site: {{kind: elasticbeanstalk.environment{properties}}}\n{beside}{more}"
    )


def row(option: str, properties: str, path: str, expected: object = ANY, more: str = "") -> Option:
    """Return a row; a path that holds a namespace and a name of an option setting is one of the environment's."""
    return Option(SERVICE, option, network(properties, more), path, expected)


PLATFORM = "platform Java/.NET/Node.js/PHP/Ruby/Python/Go/Docker"
POLICY = "deployment policy all-at-once/rolling/rolling-with-additional-batch/immutable/traffic-splitting"
AGE, TIER, LOGS = "application version lifecycle by count or age", "web or worker tier", "log streaming"
STACK = "Parameters.SiteSolutionStack.Default"
LINUX = "64bit Amazon Linux 2023 v"
COMMAND = f"{EB}command DeploymentPolicy"
SPLIT = ", deployment: traffic-splitting"
OWN = ", application: shop"
LIFE = "Resources.Shop.Properties.ResourceLifecycleConfig.VersionLifecycleConfig."
OPTIONS = [
    row(PLATFORM, "", STACK, f"{LINUX}4.13.1 running Python 3.14"),
    row(PLATFORM, ", platform: java21", STACK, f"{LINUX}4.12.1 running Corretto 21"),
    row(PLATFORM, ", platform: tomcat11", STACK, f"{LINUX}5.14.1 running Tomcat 11 Corretto 25"),
    row(PLATFORM, ", platform: dotnet10", STACK, f"{LINUX}3.11.1 running .NET 10"),
    row(PLATFORM, ", platform: iis2025", STACK, "64bit Windows Server 2025 v2.23.1 running IIS 10.0"),
    row(PLATFORM, ", platform: nodejs24", STACK, f"{LINUX}6.11.1 running Node.js 24"),
    row(PLATFORM, ", platform: php8.5", STACK, f"{LINUX}4.13.1 running PHP 8.5"),
    row(PLATFORM, ", platform: ruby3.4", STACK, f"{LINUX}4.14.1 running Ruby 3.4"),
    row(PLATFORM, ", platform: go1", STACK, f"{LINUX}4.9.1 running Go 1"),
    row(PLATFORM, ", platform: docker", STACK, f"{LINUX}4.13.1 running Docker"),
    row(PLATFORM, ", stack: 64bit Amazon Linux 2023 v4.0.0 running Python 3.11",
        "Resources.Site.Properties.SolutionStackName", "64bit Amazon Linux 2023 v4.0.0 running Python 3.11"),
    row(POLICY, ", deployment: all-at-once", COMMAND, "AllAtOnce"),
    row(POLICY, "", COMMAND, "Rolling"),
    row(POLICY, ", deployment: rolling-with-additional-batch", COMMAND, "RollingWithAdditionalBatch"),
    row(POLICY, ", deployment: immutable", COMMAND, "Immutable"),
    row(POLICY, SPLIT, COMMAND, "TrafficSplitting"),
    row(POLICY, SPLIT + ", split: 25", f"{EB}trafficsplitting NewVersionPercent", "25"),
    row(POLICY, SPLIT + ", split: {minutes: 15}", f"{EB}trafficsplitting EvaluationTime", "15"),
    row("batch size", ", batch: 50%", f"{EB}command BatchSizeType", "Percentage"),
    row("batch size", ", batch: 50%", f"{EB}command BatchSize", "50"),
    row("batch size", ", batch: '2'", f"{EB}command BatchSizeType", "Fixed"),
    row(AGE, OWN, LIFE + "MaxCountRule.MaxCount", 25, "  shop: {kind: elasticbeanstalk.application, keep: 25}\n"),
    row(AGE, OWN, LIFE + "MaxAgeRule.MaxAgeInDays", 90,
        "  shop: {kind: elasticbeanstalk.application, keep_days: 90}\n"),
    row(TIER, "", "Resources.Site.Properties.Tier", {"Name": "WebServer", "Type": "Standard"}),
    row(TIER, ", tier: worker", "Resources.Site.Properties.Tier", {"Name": "Worker", "Type": "SQS/HTTP"}),
    row(TIER, ", tier: worker", f"{EB}sqsd WorkerQueueURL", att("Jobs", "QueueUrl"),
        "  jobs: sqs.queue\nedges:\n  - jobs -> site\n"),
    row(TIER, ", tier: worker", f"{EB}sqsd HttpPath", "/work",
        "  jobs: sqs.queue\nedges:\n  - jobs -> site: {path: /work}\n"),
    row("X-Ray", ", tracing: true", f"{EB}xray XRayEnabled", "true"),
    row(LOGS, ", logs: 30", f"{EB}cloudwatch:logs StreamLogs", "true"),
    row(LOGS, ", logs: 30", f"{EB}cloudwatch:logs RetentionInDays", "30"),
    row("place", "", "aws:ec2:vpc Subnets", {"Fn::Join": [",", [{"Ref": "AppA"}, {"Ref": "AppB"}]]}),
    row("place", "", "aws:ec2:vpc ELBSubnets", {"Fn::Join": [",", [{"Ref": "EdgeA"}, {"Ref": "EdgeB"}]]}),
    row("place", ", internal: true", "aws:ec2:vpc ELBScheme", "internal"),
    row("place", "", "aws:autoscaling:launchconfiguration SecurityGroups", att("SiteSecurityGroup", "GroupId")),
    row("place", ", single: true", f"{EB}environment EnvironmentType", "SingleInstance"),
    row("servers", ", instance: m7i.large", "aws:ec2:instances InstanceTypes", "m7i.large"),
    row("servers", "", "aws:ec2:instances SupportedArchitectures", "arm64"),
    row("servers", ", min: 2, max: 8", "aws:autoscaling:asg MaxSize", "8"),
    row("servers", ", cpu: 70", "aws:autoscaling:trigger UpperThreshold", "70"),
    row("servers", "", "aws:autoscaling:launchconfiguration DisableIMDSv1", "true"),
    row("servers", ", monitoring: true", "aws:autoscaling:launchconfiguration MonitoringInterval", "1 minute"),
    row("load balancer", ", health: /up", f"{EB}environment:process:default HealthCheckPath", "/up"),
    row("load balancer", ", certificate: cert", "aws:elbv2:listener:443 SSLCertificateArns", {"Ref": "Cert"},
        "  cert: {kind: acm.certificate, domain: shop.example.com}\n"),
    row("load balancer", ", certificate: cert", "aws:elbv2:listener:default ListenerEnabled", "false",
        "  cert: {kind: acm.certificate, domain: shop.example.com}\n"),
    row("updates", ", updates: patch", f"{EB}managedactions:platformupdate UpdateLevel", "patch"),
    row("updates", ", updates: null", f"{EB}managedactions ManagedActionsEnabled", "false"),
    row("environment", ", environment: {STAGE: dev}", f"{EB}application:environment STAGE", "dev"),
    row("environment", "", f"{EB}application:environment BUCKET", ANY,
        "  bucket: s3.bucket\nedges:\n  - site -> bucket: read\n"),
    row("environment", "", f"{EB}application:environmentsecrets LOGIN", {"Ref": "Login"},
        "  login: secretsmanager.secret\nedges:\n  - site -> login: inject\n"),
    row("notifications", ", tell: ops", f"{EB}sns:topics Notification Topic ARN", {"Ref": "Ops"}, "  ops: sns.topic\n"),
    row("code", ", code: handler.py", "Resources.Site.Properties.VersionLabel", {"Ref": "SiteVersion"}),
    row("code", ", code: handler.py", "Resources.SiteVersion.Properties.SourceBundle.S3Bucket", {"Ref": "CodeBucket"}),
]  # fmt: skip


def templated(option: Option, folder: Path) -> dict[str, Any]:
    """Return the template of a row, its option settings by namespace and name."""
    from tests.options import synthesized

    (template,) = synthesized(option.blueprint, folder).values()
    for one in template["Resources"]["Site"]["Properties"]["OptionSettings"]:
        template[f"{one['Namespace']} {one['OptionName']}"] = one["Value"]
    return template


@pytest.mark.parametrize("option", OPTIONS, ids=lambda row: f"{row.option} {row.path.rpartition('.')[2]}")
def test_an_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    template = templated(option, tmp_path)
    found = template.get(option.path) if " " in option.path else at(template, option.path)
    assert found is not None and (option.expected is ANY or found == option.expected)


@pytest.mark.parametrize("option", [OPTIONS[i] for i in (0, 4, 16, 21, 22, 26, 29, 34, 42, 46, 47, 48, 50)],
                         ids=lambda row: f"{row.option} {row.path.rpartition('.')[2]}")  # fmt: skip
def test_templates_are_clean(option: Option, tmp_path: Path) -> None:
    (tmp_path / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    archkit.load(tmp_path / "b.yaml", text=f"name: site\n{option.blueprint}").synth()


def test_every_platform_is_a_parameter_that_takes_its_versions(tmp_path: Path) -> None:
    """AWS supersedes a version in weeks: another one of the same platform fits, and one of another does not."""
    template = templated(OPTIONS[0], tmp_path)
    assert template["Resources"]["Site"]["Properties"]["SolutionStackName"] == {"Ref": "SiteSolutionStack"}
    pattern = template["Parameters"]["SiteSolutionStack"]["AllowedPattern"]
    assert re.fullmatch(pattern, template["Parameters"]["SiteSolutionStack"]["Default"])
    assert re.fullmatch(pattern, "64bit Amazon Linux 2023 v5.0.12 running Python 3.14")
    assert not re.fullmatch(pattern, "64bit Amazon Linux 2023 v4.13.1 running Python 3.13")


def test_no_value_is_anything_but_text(tmp_path: Path) -> None:
    found = resources(network(", min: 2, tracing: true, logs: 30, cpu: 50"), tmp_path)
    values = [one["Value"] for one in found["Site"]["Properties"]["OptionSettings"]]
    assert all(isinstance(value, str | dict) for value in values)


def test_its_load_balancer_alone_reaches_its_servers(tmp_path: Path) -> None:
    found = resources(network(), tmp_path)
    assert found["SiteFromBalancer80"]["Properties"]["SourceSecurityGroupId"] == att("SiteBalancerSecurityGroup",
                                                                                   "GroupId")  # fmt: skip
    properties = {id: one.get("Properties", {}) for id, one in found.items()}
    open_to_all = [id for id, one in properties.items() if "0.0.0.0/0" in str(one.get("SecurityGroupIngress", one))
                   and ("SecurityGroupIngress" in one or "Ingress" in found[id]["Type"])]  # fmt: skip
    assert open_to_all == ["SiteBalancerSecurityGroup"]


def test_an_internal_one_is_for_its_vpc(tmp_path: Path) -> None:
    (opened,) = resources(network(", internal: true"), tmp_path)["SiteBalancerSecurityGroup"]["Properties"][
        "SecurityGroupIngress"]  # fmt: skip
    assert opened["CidrIp"] == "10.0.0.0/16"


def test_one_server_is_its_own_front_door(tmp_path: Path) -> None:
    found = resources(network(", single: true", tier="public"), tmp_path)
    assert found["SiteFromAnybody80"]["Properties"]["CidrIp"] == "0.0.0.0/0"
    assert "SiteBalancerSecurityGroup" not in found


GRANTS = """  orders: dynamodb.table
edges:
  - site -> orders: read
  - site -> db
"""


def test_it_reaches_what_edges_say(tmp_path: Path) -> None:
    found = resources(network(more=GRANTS, beside="          db: rds.instance\n"), tmp_path)
    assert any("dynamodb:GetItem" in actions and on == att("Orders") for actions, on in said(found, "SiteRolePolicy"))
    assert found["DbFromSite5432"]["Properties"]["SourceSecurityGroupId"] == att("SiteSecurityGroup", "GroupId")


def test_workers_may_take_messages(tmp_path: Path) -> None:
    found = resources(network(", tier: worker", "  jobs: sqs.queue\nedges:\n  - jobs -> site\n"), tmp_path)
    assert any("sqs:ReceiveMessage" in actions and on == att("Jobs") for actions, on in said(found, "SiteRolePolicy"))
    assert found["SiteRole"]["Properties"]["ManagedPolicyArns"] == [
        {"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/AWSElasticBeanstalkWorkerTier"}]  # fmt: skip
    assert "SiteBalancerSecurityGroup" not in found


def test_a_content_network_stands_in_front(tmp_path: Path) -> None:
    found = resources(network(more="  cdn: cloudfront.distribution\nedges:\n  - cdn -> site\n"), tmp_path)
    (origin,) = found["Cdn"]["Properties"]["DistributionConfig"]["Origins"]
    assert origin["DomainName"] == att("Site", "EndpointURL")


def test_strict_streams_logs_for_a_year_and_traces(tmp_path: Path) -> None:
    template = templated(Option(SERVICE, "", "security: strict\n" + network(), ""), tmp_path)
    assert (template[f"{EB}cloudwatch:logs RetentionInDays"], template[f"{EB}xray XRayEnabled"]) == ("365", "true")


@pytest.mark.parametrize(
    ("properties", "code", "text"),
    [
        (", min: 5", "out-of-bounds", "there cannot be 5 servers at least and 4 at most"),
        (", single: true, deployment: rolling", "bad-value", "one server takes a new version all at once"),
        (", single: true, deployment: traffic-splitting", "bad-value", "one server takes a new version all at once"),
        (", tier: worker, deployment: traffic-splitting", "bad-value", "traffic is split by a load balancer"),
        (", split: 20", "bad-value", "'split' is of traffic splitting"),
        (", deployment: immutable, batch: 30%", "bad-value", "immutable has no batches"),
        (", batch: 130%", "out-of-bounds", "100% of the servers at most"),
        (", platform: iis2025, tier: worker", "bad-value", "Windows Server has no workers"),
        (", platform: iis2025, instance: t4g.small", "bad-value", "Windows does not run on t4g.small"),
        (", code: missing", "no-code", "there is no 'missing' beside the blueprint"),
        (", single: true, certificate: cert", "bad-value", "a certificate is the load balancer's"),
    ],
)
def test_what_cannot_be_is_refused(properties: str, code: str, text: str, tmp_path: Path) -> None:
    more = "  cert: {kind: acm.certificate, domain: shop.example.com}\n" if "cert" in properties else ""
    found = findings(network(properties, more), tmp_path)
    assert any(one == code and text in message for one, message in found), found


def test_a_web_site_takes_no_messages(tmp_path: Path) -> None:
    found = findings(network("", "  jobs: sqs.queue\nedges:\n  - jobs -> site\n"), tmp_path)
    assert found == [("cannot-join", "'site' is a web site; only workers take messages")]


def test_versions_go_by_number_or_by_age(tmp_path: Path) -> None:
    text = network(OWN, "  shop: {kind: elasticbeanstalk.application, keep: 5, keep_days: 9}\n")
    assert findings(text, tmp_path) == [("bad-value", "versions go by their number or by their age")]
