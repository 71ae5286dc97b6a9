"""Brokers, clusters of machines that work on data, and what moves files: every option, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import archkit
from tests.kinds.rows import findings, resources
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
