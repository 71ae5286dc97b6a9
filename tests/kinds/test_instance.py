"""Servers by themselves: every option, what edges write into their first commands, and what EC2 refuses."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

import archkit
from tests.kinds.rows import att, findings, resources, said
from tests.options import ANY, Option, holds

SERVICE = "Amazon EC2"


def network(properties: str, tier: str = "private", beside: str = "", more: str = "") -> str:
    """Return a blueprint of one server in a tier of a VPC."""
    return (
        "nodes:\n  network:\n    kind: ec2.vpc\n    nat: one\n    nodes:\n"
        "      edge: {kind: ec2.subnets, tier: public, slot: 3}\n"
        f"      app:\n        kind: ec2.subnets\n        tier: {tier}\n        nodes:\n"
        f"          server: {{kind: ec2.instance{properties}}}\n{beside}{more}"
    )


def row(option: str, properties: str, path: str, expected: object = ANY, *, tier: str = "private",
        more: str = "") -> Option:  # fmt: skip
    return Option(SERVICE, option, network(properties, tier, more=more), f"Resources.{path}", expected)


S = "Server.Properties."
ROOT, DISK = S + "BlockDeviceMappings.0.Ebs.", S + "BlockDeviceMappings.1."
GROUP = "placement group cluster/partition/spread"
TENANCY = "tenancy shared/dedicated/host"
AMI = "AMI by SSM parameter alias"
LATEST = "{{resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-%s}}"
OPTIONS = [
    row("instance type", ", instance: m7i.large", S + "InstanceType", "m7i.large"),
    row("instance type", ", instance: t3.small, credits: standard", S + "CreditSpecification.CPUCredits", "standard"),
    row(AMI, "", S + "ImageId", LATEST % "arm64"),
    row(AMI, ", instance: m7i.large", S + "ImageId", LATEST % "x86_64"),
    row(AMI, ", image: /golden/web", S + "ImageId", "{{resolve:ssm:/golden/web}}"),
    row(AMI, ", image: ami-0123456789abcdef0", S + "ImageId", "ami-0123456789abcdef0"),
    row(AMI, ", image: '${Ami}'", S + "ImageId", {"Ref": "Ami"},
        more="parameters:\n  Ami: {type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>', default: /golden/web}\n"),
    row("user data", ", user_data: dnf install -y nginx", S + "UserData.Fn::Base64",
        "#!/bin/bash\nset -eu\ndnf install -y nginx\n"),
    row("instance profile", "", S + "IamInstanceProfile", {"Ref": "ServerProfile"}),
    row("instance profile", "", "ServerProfile.Properties.Roles", [{"Ref": "ServerRole"}]),
    row("instance profile", ", role: mine", "ServerProfile.Properties.Roles", [{"Ref": "Mine"}],
        more="  mine: {kind: iam.role, services: [ec2.amazonaws.com]}\n"),
    row("IMDSv2 required", "", S + "MetadataOptions.HttpTokens", "required"),
    row("IMDSv2 required", ", hops: 2", S + "MetadataOptions.HttpPutResponseHopLimit", 2),
    row("Elastic IP", ", elastic_ip: true", "ServerAddress.Properties.InstanceId", {"Ref": "Server"}, tier="public"),
    row("Elastic IP", ", elastic_ip: true, interface: true", "ServerAddressAssociation.Properties.NetworkInterfaceId",
        {"Ref": "ServerInterface"}, tier="public"),
    row("network interface", ", interface: true", S + "NetworkInterfaces",
        [{"DeviceIndex": "0", "NetworkInterfaceId": {"Ref": "ServerInterface"}}]),
    row("network interface", ", interface: true", "ServerInterface.Properties.GroupSet",
        [att("ServerSecurityGroup", "GroupId")]),
    row("network interface", ", forward: true", S + "SourceDestCheck", False),
    row("network interface", ", zone: 2", S + "SubnetId", {"Ref": "AppB"}),
    row(GROUP, ", instance: c7g.large, placement: cluster", "ServerPlacement.Properties.Strategy", "cluster"),
    row(GROUP, ", placement: partition, partitions: 5", "ServerPlacement.Properties.PartitionCount", 5),
    row(GROUP, ", placement: spread", S + "PlacementGroupName", {"Ref": "ServerPlacement"}),
    row(GROUP, ", placement_group: apart", S + "PlacementGroupName", "apart"),
    row("EFA", ", instance: hpc7g.16xlarge, efa: true", "ServerInterface.Properties.InterfaceType", "efa"),
    row("EFA", ", instance: hpc7g.16xlarge, efa: true", "ServerFromItselfAll.Properties.SourceSecurityGroupId",
        att("ServerSecurityGroup", "GroupId")),
    row("EFA", ", instance: hpc7g.16xlarge, efa: true", "ServerToItselfAll.Properties.IpProtocol", "-1"),
    row("detailed monitoring", ", monitoring: true", S + "Monitoring", True),
    row("key-less access by Session Manager", "", "ServerRolePolicy.Properties.PolicyDocument.Statement.0.Action",
        ["ssm:UpdateInstanceInformation", "ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel",
         "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel"]),
    row("EBS volumes", ", root: 20", ROOT + "VolumeSize", 20),
    row("EBS volumes", "", ROOT + "Encrypted", True),
    row("EBS volumes", ", root: {size: 100, iops: 4000, throughput: 500}",
        "ServerTemplate.Properties.LaunchTemplateData.BlockDeviceMappings.0.Ebs.Throughput", 500),
    row("EBS volumes", ", root: {size: 100, throughput: 500}", S + "LaunchTemplate.LaunchTemplateId",
        {"Ref": "ServerTemplate"}),
    row("EBS volumes", ", volumes: [{size: 200, type: st1}]", DISK + "Ebs.VolumeType", "st1"),
    row("EBS volumes", ", volumes: [50]", DISK + "DeviceName", "/dev/sdf"),
    row("EBS volumes", ", volumes: [{size: 50, keep: true, device: /dev/sdx}]", DISK + "Ebs.DeleteOnTermination",
        False),
    row("EBS volumes", ", key: cmk", ROOT + "KmsKeyId", att("Cmk"), more="  cmk: kms.key\n"),
    row("hibernation", ", instance: m7i.large, root: 30, hibernate: true", S + "HibernationOptions.Configured", True),
    row(TENANCY, ", instance: m7i.large, tenancy: dedicated", S + "Tenancy", "dedicated"),
    row(TENANCY, ", instance: m7i.large, tenancy: host", S + "Tenancy", "host"),
    row(TENANCY, ", instance: m7i.large, tenancy: host, host: h-0123456789abcdef0", S + "HostId",
        "h-0123456789abcdef0"),
    row("termination protection", ", protect: true", S + "DisableApiTermination", True),
]  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS, ids=lambda row: f"{row.option} {row.path.rpartition('.')[2]}")
def test_an_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    assert holds(option, tmp_path)


def test_all_options_are_clean(tmp_path: Path) -> None:
    """Every row's server beside the others, in one template that cfn-lint judges."""
    servers = dict.fromkeys(("public", "private"), "")
    for number, option in enumerate(OPTIONS):
        found = re.search(r"        tier: (\w+)\n.*?server: (\{[^\n]*\})\n", option.blueprint, re.S)
        assert found is not None
        servers[found[1]] += f"          server-{number}: {found[2]}\n"
    groups = "".join(f"      {tier}:\n        kind: ec2.subnets\n        tier: {tier}\n        nodes:\n{held}"
                     for tier, held in servers.items())  # fmt: skip
    parameter = "parameters:\n  Ami: {type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>', default: /golden/web}\n"
    roles = "  cmk: kms.key\n  mine: {kind: iam.role, services: [ec2.amazonaws.com]}\n"
    text = f"name: all\n{parameter}nodes:\n{roles}  network:\n    kind: ec2.vpc\n    nat: one\n    nodes:\n{groups}"
    archkit.load(tmp_path / "all.yaml", text=text).synth()


def script(found: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the first commands of a server, and what fills their holes."""
    whole = found["Server"]["Properties"]["UserData"]["Fn::Base64"]
    return (whole, {}) if isinstance(whole, str) else tuple(whole["Fn::Sub"])  # type: ignore[return-value]


def run(text: str, parts: dict[str, str], folder: Path) -> str:
    """Run first commands with their holes filled, below a folder instead of /etc, and return what they print."""
    for name, value in parts.items():
        text = text.replace(f"${{{name}}}", value)
    text = text.replace("${!", "${").replace("/etc/", f"{folder}/")
    return subprocess.run(["bash", "-c", text], capture_output=True, text=True, check=True).stdout


REACHES = "edges:\n  - server -> jobs: write\n"


def test_what_edges_reach_stands_in_the_environment(tmp_path: Path) -> None:
    printed = ", user_data: 'echo \"$JOBS $GREETING\"', environment: {GREETING: hello}"
    text, parts = script(resources(network(printed, more="  jobs: sqs.queue\n" + REACHES), tmp_path))
    assert parts == {"V1": att("Jobs", "QueueUrl")} and "JOBS=${V1}\n" in text
    assert run(text, {"V1": "https://sqs.example/jobs"}, tmp_path) == "https://sqs.example/jobs hello\n"
    kept = (tmp_path / "environment").read_text()
    assert kept == (tmp_path / "archkit.env").read_text() == "GREETING=hello\nJOBS=https://sqs.example/jobs\n"


@pytest.mark.parametrize("value", ["$(touch made)", "`touch made`", "a'; touch made; '", 'a"b', "END", "a = b # c",
                                   "\\", "${HOME}"])  # fmt: skip
def test_no_value_is_run(value: str, tmp_path: Path) -> None:
    """Whatever stands in a variable comes out as it is."""
    import yaml

    escaped = yaml.safe_dump(value.replace("${", "$${"), default_style='"', width=1000).strip()
    printed = f", user_data: 'printf %s \"$VALUE\"', environment: {{VALUE: {escaped}}}"
    text, parts = script(resources(network(printed), tmp_path))
    if not parts:  # plain text has no holes, and no literal ones to spell apart
        text = text.replace("${", "${!")
    assert run(text, parts, tmp_path) == value
    assert not (tmp_path / "made").exists()


def test_sessions_are_for_servers_of_the_account_only(tmp_path: Path) -> None:
    found = resources(network(""), tmp_path)
    (one,) = found["ServerRolePolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert one["Resource"] == "*" and one["Condition"]["ArnLike"]["ec2:SourceInstanceARN"] == {
        "Fn::Sub": "arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:instance/*"}  # fmt: skip
    assert not any("KeyName" in one.get("Properties", {}) for one in found.values())
    none = resources(network(", session_manager: false"), tmp_path)
    assert "ServerRolePolicy" not in none


def test_it_reaches_and_is_reached_at_its_port_only(tmp_path: Path) -> None:
    beside = "          other: {kind: ec2.instance, session_manager: false}\n"
    edges = "edges:\n  - other -> server\n"
    found = resources(network(", port: 8080, session_manager: false", beside=beside, more=edges), tmp_path)
    rules = {id: one["Properties"] for id, one in found.items() if "SecurityGroupIngress" in one["Type"]
             or "SecurityGroupEgress" in one["Type"]}  # fmt: skip
    assert {id: (one["FromPort"], one["ToPort"]) for id, one in rules.items()} == {
        "OtherToServer8080": (8080, 8080), "ServerFromOther8080": (8080, 8080)}  # fmt: skip
    assert script({"Server": found["Other"]})[1] == {"V1": att("Server", "PrivateIp")}


def test_rights_are_its_role_s(tmp_path: Path) -> None:
    found = resources(network("", more="  orders: dynamodb.table\nedges:\n  - server -> orders: read\n"), tmp_path)
    assert any("dynamodb:GetItem" in actions and on == att("Orders") for actions, on in said(found, "ServerRolePolicy"))


def test_it_is_watched(tmp_path: Path) -> None:
    more = "  alarm: {kind: cloudwatch.alarm, metric: cpu, above: 80}\nedges:\n  - server -> alarm\n"
    found = resources(network("", more=more), tmp_path)["Alarm"]["Properties"]
    assert (found["MetricName"], found["Dimensions"]) == (
        "CPUUtilization", [{"Name": "InstanceId", "Value": {"Ref": "Server"}}])  # fmt: skip


def test_strict_measures_every_minute(tmp_path: Path) -> None:
    found = resources("security: strict\n" + network(""), tmp_path)
    assert found["Server"]["Properties"]["Monitoring"] is True


@pytest.mark.parametrize(
    ("properties", "code", "text"),
    [
        (", root: {type: st1, size: 200}", "bad-value", "nothing boots from st1, which is a hard disk"),
        (", root: {size: 100, iops: 60000}", "out-of-bounds", "gp3 has 500 IOPS for each GiB at most"),
        (", root: {size: 100, throughput: 1000}", "out-of-bounds", "1000 MiB/s of gp3 need 4000 IOPS, and it has 3000"),
        (", root: {size: 100, type: gp2, iops: 3000}", "out-of-bounds", "gp2 takes no 'iops'"),
        (", root: {size: 100, type: io2}", "missing-property", "io2 says its IOPS"),
        (", volumes: [{size: 8, type: sc1}]", "out-of-bounds", "sc1 has 125 to 16384 GiB, not 8"),
        (", volumes: [{size: 200, type: st1, throughput: 500}]", "bad-value", "st1 takes no 'throughput'"),
        (", volumes: [{device: /dev/sdf}, {device: /dev/sdf}]", "bad-value", "two volumes would be /dev/sdf"),
        (", environment: {a-b: c}", "bad-value", "'a-b' is no name of a variable"),
        (", instance: m7g.large, credits: unlimited", "bad-value", "m7g.large has no CPU credits"),
        (", instance: c7g.large, efa: true", "bad-value", "c7g.large has no Elastic Fabric Adapter"),
        (", placement: cluster", "bad-value", "t4g.small cannot stand in a cluster placement group"),
        (", placement: spread, placement_group: mine", "bad-value", "one placement group"),
        (", instance: m7i.large, placement: spread, tenancy: dedicated", "bad-value", "no spread placement group"),
        (", instance: m7i.large, placement: partition, tenancy: dedicated", "out-of-bounds", "2 partitions at most"),
        (", instance: m7i.large, placement: spread, tenancy: host", "bad-value", "hosts stand in no placement group"),
        (", host: h-0123456789abcdef0", "bad-value", "a dedicated host goes with its tenancy"),
        (", instance: m7i.large, tenancy: host, hibernate: true", "bad-value", "dedicated host cannot hibernate"),
        (", instance: c7g.metal, hibernate: true", "bad-value", "bare metal, which cannot hibernate"),
        (", root: {size: 10, type: standard}, hibernate: true", "bad-value", "does not hibernate on standard"),
        (", zone: 3", "out-of-bounds", "'network' has 2 zones, and this is the zone 3"),
        (", elastic_ip: true", "cannot-reach", "leads nowhere in the private subnets 'app'"),
        (f", user_data: {'x' * 16_001}", "out-of-bounds", "16000 bytes at most"),
    ],
)
def test_what_ec2_refuses(properties: str, code: str, text: str, tmp_path: Path) -> None:
    found = findings(network(properties), tmp_path)
    assert any(one == code and text in message for one, message in found), found


def test_a_spread_group_takes_seven_servers_in_a_zone(tmp_path: Path) -> None:
    def beside(count: int, zone: int = 1) -> str:
        other = f"{{kind: ec2.instance, zone: {zone}, placement_group: '${{server.placement}}'}}"
        return "".join(f"          s{zone}{number}: {other}\n" for number in range(count))

    assert findings(network(", placement: spread", beside=beside(6) + beside(7, 2)), tmp_path) == []
    ((code, text),) = findings(network(", placement: spread", beside=beside(7)), tmp_path)
    assert (code, text) == ("out-of-bounds", "a spread placement group takes 7 servers in a zone, not 8")
