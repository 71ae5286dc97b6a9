"""Brokers, clusters of machines that work on data, and what moves files: every option, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cfnlint
import pytest

import archkit
from tests.kinds.rows import FN, att, findings, resources, statements
from tests.options import ANY, Option, holds

DRAWN = {("AWS Storage Gateway", "file/volume/tape gateway icons")}


def inside(node: str, more: str = "") -> str:
    """Return a blueprint whose node stands in private subnets."""
    return (
        "nodes:\n  network:\n    kind: ec2.vpc\n    nat: one\n    nodes:\n"
        "      edge: {kind: ec2.subnets, tier: public}\n"
        f"      app: {{kind: ec2.subnets, nodes: {{thing: {{{node}}}}}}}\n{more}"
    )


def row(service: str, option: str, node: str, path: str, expected: Any = ANY) -> Option:
    return Option(service, option, inside(node), f"Resources.Thing.Properties.{path}", expected)


MQ, EMR, MSK, SYNC = "Amazon MQ", "Amazon EMR", "Amazon MSK", "AWS DataSync"
NFS = "  copy: {kind: datasync.task, server: files.example.com, share: /all, agents: ['%s']}\n"
AGENT = "arn:aws:datasync:us-east-1:123456789012:agent/agent-0123456789abcdef0"
SMB = ("  login: secretsmanager.secret\n  copy: {kind: datasync.task, protocol: smb, server: files.example.com, "
       "share: /all, secret: login, agents: ['%s']}\n")  # fmt: skip


def sync(source: str, kind: str, path: str) -> Option:
    return Option(SYNC, "from NFS/SMB to S3/EFS/FSx",
                  inside(f"kind: {kind}", source % AGENT + "edges:\n  - copy -> thing\n"),
                  f"Resources.{path}")  # fmt: skip


OPTIONS = [
    row(MQ, "ActiveMQ or RabbitMQ", "kind: mq.broker", "EngineType", "ACTIVEMQ"),
    row(MQ, "ActiveMQ or RabbitMQ", "kind: mq.broker, engine: rabbitmq", "EngineType", "RABBITMQ"),
    row(MQ, "single or active/standby", "kind: mq.broker", "DeploymentMode", "SINGLE_INSTANCE"),
    row(MQ, "single or active/standby", "kind: mq.broker, deployment: active_standby", "DeploymentMode",
        "ACTIVE_STANDBY_MULTI_AZ"),
    row(EMR, "applications", "kind: emr.cluster, applications: [Spark, Hive]", "Applications.1.Name", "Hive"),
    row(EMR, "primary/core/task instance groups", "kind: emr.cluster, core: {count: 4}",
        "Instances.CoreInstanceGroup.InstanceCount", 4),
    row(EMR, "primary/core/task instance groups", "kind: emr.cluster, task: {count: 2}",
        "Instances.TaskInstanceGroups.0.InstanceCount", 2),
    row(EMR, "spot", "kind: emr.cluster, task: {count: 2, spot: true}", "Instances.TaskInstanceGroups.0.Market",
        "SPOT"),
    row(EMR, "auto-termination", "kind: emr.cluster, idle: 600", "AutoTerminationPolicy.IdleTimeout", 600),
    row(MSK, "brokers over zones", "kind: msk.cluster, per_zone: 2", "NumberOfBrokerNodes", 4),
    row(MSK, "TLS", "kind: msk.cluster", "EncryptionInfo.EncryptionInTransit.ClientBroker", "TLS"),
    row(MSK, "IAM authentication", "kind: msk.cluster", "ClientAuthentication.Sasl.Iam.Enabled", True),
    row(MSK, "serverless", "kind: msk.serverless", "ClientAuthentication.Sasl.Iam.Enabled", True),
    sync(NFS, "efs.file_system", "*.Properties.EfsFilesystemArn"),
    sync(NFS, "fsx.lustre", "*.Properties.FsxFilesystemArn"),
    sync(SMB, "efs.file_system", "*.Properties.ServerHostname"),
    Option(SYNC, "from NFS/SMB to S3/EFS/FSx",
           f"nodes:\n  bucket: s3.bucket\n{NFS % AGENT}edges:\n  - copy -> bucket\n",
           "Resources.*.Properties.S3BucketArn"),
]  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS, ids=lambda row: f"{row.service} {row.option} {row.path.rpartition('.')[2]}")
def test_an_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    assert holds(option, tmp_path)


@pytest.mark.parametrize("node", ["mq.broker", "msk.cluster", "emr.cluster"])
def test_it_needs_a_network(node: str, tmp_path: Path) -> None:
    assert findings(f"nodes:\n  thing: {node}\n", tmp_path)


@pytest.mark.parametrize("type", ["file", "volume", "tape"])
def test_storage_gateways_are_drawn_only(type: str, tmp_path: Path) -> None:
    text = f"name: site\nnodes:\n  gateway: {{kind: storage.gateway, type: {type}}}\n  bucket: s3.bucket\n"
    compiled = archkit.load(tmp_path / "b.yaml", text=text)
    picture = compiled.render("svg").decode()
    assert 'data-node="gateway"' in picture and f"{type} gateway" in picture
    (template,) = (stack.template for stack in compiled.synth().stacks)
    assert {one["Type"] for one in template["Resources"].values()} <= {"AWS::S3::Bucket", "AWS::S3::BucketPolicy"}


def test_a_windows_share_asks_for_a_login(tmp_path: Path) -> None:
    text = inside("kind: fsx.windows", NFS % AGENT + "edges:\n  - copy -> thing\n")
    assert "missing-property" in [code for code, _ in findings(text, tmp_path)]


def test_a_move_waits_for_the_targets_that_are_made(tmp_path: Path) -> None:
    """A file system in one zone has one mount target."""
    text = inside("kind: efs.file_system, one_zone: true", NFS % AGENT + "edges:\n  - copy -> thing\n")
    found = resources(text, tmp_path)
    (place,) = (one for one in found.values() if one["Type"] == "AWS::DataSync::LocationEFS")
    assert "ThingTarget1" in place["DependsOn"] and set(place["DependsOn"]) <= set(found)


def test_a_move_reaches_lustre_at_all_its_ports(tmp_path: Path) -> None:
    """https://docs.aws.amazon.com/fsx/latest/LustreGuide/limit-access-security-groups.html"""
    found = resources(inside("kind: fsx.lustre", NFS % AGENT + "edges:\n  - copy -> thing\n"), tmp_path)
    rules = [one["Properties"] for one in found.values() if one["Type"] == "AWS::EC2::SecurityGroupIngress"]
    assert sorted((one["FromPort"], one["ToPort"]) for one in rules) == [(988, 988), (1018, 1023)]


AUTHORIZATION = Path(cfnlint.__file__).parent / "data" / "AdditionalSpecs" / "Policies.json"


def kafka(word: str) -> str:
    """Return a blueprint whose function has a right on a cluster, or reads a topic of it."""
    edge = "thing -> work: {topic: orders}" if word == "trigger" else f"work -> thing: {word}"
    inner = "thing: {kind: msk.cluster}, work: {kind: lambda.function, runtime: python3.13, code: handler.py}"
    return inside("kind: msk.cluster").replace("thing: {kind: msk.cluster}", inner) + f"edges:\n  - {edge}\n"


@pytest.mark.parametrize("word", ["read", "write", "manage", "trigger"])
def test_rights_on_kafka_are_on_what_iam_takes_them_on(word: str, tmp_path: Path) -> None:
    """IAM's own list says whether an action is on the cluster, on topics or on groups."""
    taken = json.loads(AUTHORIZATION.read_text("utf-8"))["kafka-cluster"]["Actions"]
    found = resources(kafka(word), tmp_path)
    given: dict[str, str] = {}
    for one in statements(found, "WorkRolePolicy"):
        for action in [one["Action"]] if isinstance(one["Action"], str) else one["Action"]:
            if action.startswith("kafka-cluster:"):
                text = json.dumps(one["Resource"])
                given[action] = next((sort for sort in ("topic", "group") if f":{sort}/" in text), "cluster")
    assert len(given) > 3
    assert given == {action: taken[action.partition(":")[2].lower()]["Resources"][0] for action in given}


def test_who_polls_a_cluster_may_what_lambda_asks_for(tmp_path: Path) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/with-msk-permissions.html"""
    text = json.dumps(statements(resources(kafka("trigger"), tmp_path), "WorkRolePolicy"))
    for action in ("kafka:DescribeClusterV2", "kafka:GetBootstrapBrokers", "kafka-cluster:AlterGroup",
                   "kafka-cluster:DescribeClusterDynamicConfiguration", "ec2:CreateNetworkInterface"):  # fmt: skip
        assert action in text
    assert 'kafka:DescribeCluster"' not in text


POLLED = [("kind: msk.cluster", "{topic: orders}", 9098), ("kind: mq.broker", "{queue: orders}", 61617),
          ("kind: mq.broker, engine: rabbitmq", "{queue: orders}", 5671)]  # fmt: skip


@pytest.mark.parametrize(("node", "option", "port"), POLLED)
def test_who_polls_reaches_the_broker_and_lambda(node: str, option: str, port: int, tmp_path: Path) -> None:
    """It is in the broker's own group: https://docs.aws.amazon.com/lambda/latest/dg/with-msk-cluster-network.html"""
    found = resources(inside(node, f"{FN}edges:\n  - thing -> work: {option}\n"), tmp_path)
    rules = [one for one in found.values() if one["Type"].startswith("AWS::EC2::SecurityGroup")]
    own = {(one["Type"].removeprefix("AWS::EC2::SecurityGroup"), one["Properties"]["FromPort"])
           for one in rules if att("ThingSecurityGroup", "GroupId") in [
               one["Properties"].get(f"{peer}SecurityGroupId") for peer in ("Source", "Destination")]}  # fmt: skip
    assert own == {("Ingress", port), ("Egress", port)}
    assert {"0.0.0.0/0"} == {one["Properties"]["CidrIp"] for one in rules
                             if one["Type"].endswith("Egress") and one["Properties"]["FromPort"] == 443}  # fmt: skip


@pytest.mark.parametrize(("node", "option", "port"), POLLED)
def test_who_polls_needs_a_way_to_lambda(node: str, option: str, port: int, tmp_path: Path) -> None:
    text = inside(node, f"{FN}edges:\n  - thing -> work: {option}\n").replace("    nat: one\n", "")
    assert any(
        code == "cannot-reach" and "cannot reach 'work'" in message for code, message in findings(text, tmp_path)
    )


def test_emr_may_use_what_it_is_given(tmp_path: Path) -> None:
    """Its policy takes subnets and groups with a tag only, and it adds no rule by which anything goes out."""
    found = resources(inside("kind: emr.cluster"), tmp_path)
    tag = {"Key": "for-use-with-amazon-emr-managed-policies", "Value": "true"}
    (cluster,) = (one["Properties"] for one in found.values() if one["Type"] == "AWS::EMR::Cluster")
    assert cluster["Instances"]["Ec2SubnetId"] == {"Ref": "AppA"}
    for id in ("AppA", "ThingSecurityGroup", "ThingServiceGroup"):
        assert tag in found[id]["Properties"]["Tags"], id
    machines, service = att("ThingSecurityGroup", "GroupId"), att("ThingServiceGroup", "GroupId")
    rules = [one["Properties"] for one in found.values() if one["Type"].startswith("AWS::EC2::SecurityGroup")]
    peers = ("SourceSecurityGroupId", "DestinationSecurityGroupId")
    ways = {(json.dumps(one["GroupId"]), json.dumps(one[peer]), one.get("FromPort"))
            for one in rules for peer in peers if peer in one}  # fmt: skip
    one, two = json.dumps(machines), json.dumps(service)
    assert ways == {(one, one, None), (one, two, 9443), (two, one, 9443), (two, one, 8443)}
    assert found["ThingServiceGroup"]["Properties"]["SecurityGroupEgress"][0]["CidrIp"] == "127.0.0.1/32"


def test_emr_uses_its_key(tmp_path: Path) -> None:
    """https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-encryption-enable.html"""
    found = resources(inside("kind: emr.cluster, key: cmk", "  cmk: kms.key\n"), tmp_path)
    for policy in ("ThingRolePolicy", "ThingServiceRolePolicy"):
        rights = {str(one["Action"]): one for one in statements(found, policy)}
        used = next(one for actions, one in rights.items() if "kms:GenerateDataKey" in actions)
        assert used["Resource"] == att("Cmk")
        assert rights["kms:CreateGrant"]["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}


@pytest.mark.parametrize("node", ["kind: emr.cluster, key: cmk", "kind: mq.broker", "kind: msk.serverless"])
def test_lint_finds_nothing(node: str, tmp_path: Path) -> None:
    text = inside(node, "  cmk: kms.key\n" if "cmk" in node else "")
    archkit.load(tmp_path / "blueprint.yaml", text=f"name: test\n{text}").synth()
