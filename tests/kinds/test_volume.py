"""Volumes by themselves: every option with its limits, what they are attached to, and their snapshots."""

from __future__ import annotations

from pathlib import Path

import pytest

import archkit
from tests.kinds.rows import att, findings, resources, statements
from tests.options import ANY, Option, holds

SERVICE = "Amazon EBS"


def network(properties: str = "", servers: str = "", more: str = "", volume: str = "ec2.volume") -> str:
    """Return a blueprint of a server with a volume."""
    return (
        "nodes:\n  network:\n    kind: ec2.vpc\n    nat: one\n    nodes:\n"
        "      edge: {kind: ec2.subnets, tier: public, slot: 3}\n"
        "      app:\n        kind: ec2.subnets\n        nodes:\n"
        f"          server: {{kind: ec2.instance, zone: 2}}\n{servers}"
        f"          data: {{kind: {volume}{properties}}}\n{more}"
    )


ATTACHED = "edges:\n  - server -> data\n"


def row(option: str, properties: str, path: str, expected: object = ANY, more: str = "") -> Option:
    return Option(SERVICE, option, network(properties, more=more), f"Resources.{path}", expected)


V, L = "Data.Properties.", "DataSchedule.Properties.PolicyDetails."
TYPES = "gp3/io2/st1/sc1 with their limits checked (HDD types cannot boot)"
SNAPSHOTS = "snapshot schedule by Data Lifecycle Manager"
OPTIONS = [
    row(TYPES, "", V + "VolumeType", "gp3"),
    row(TYPES, ", type: io2, iops: 8000, size: 100", V + "VolumeType", "io2"),
    row(TYPES, ", type: st1, size: 500", V + "VolumeType", "st1"),
    row(TYPES, ", type: sc1, size: 500", V + "Size", 500),
    row("IOPS", ", iops: 4000, size: 100", V + "Iops", 4000),
    row("throughput", ", iops: 4000, size: 100, throughput: 1000", V + "Throughput", 1000),
    row("multi-attach", ", type: io2, iops: 4000, size: 100, multi_attach: true", V + "MultiAttachEnabled", True),
    row("encryption", "", V + "Encrypted", True),
    row("encryption", ", key: cmk", V + "KmsKeyId", att("Cmk"), "  cmk: kms.key\n"),
    row(SNAPSHOTS, ", snapshots: 14", L + "Schedules.0.RetainRule.Count", 14),
    row(SNAPSHOTS, ", snapshots: {every: 12, at: '04:30'}", L + "Schedules.0.CreateRule",
        {"Interval": 12, "IntervalUnit": "HOURS", "Times": ["04:30"]}),
    row(SNAPSHOTS, ", snapshots: {cron: '0 3 ? * SUN *'}", L + "Schedules.0.CreateRule",
        {"CronExpression": "cron(0 3 ? * SUN *)"}),
    row("from a snapshot", ", from_snapshot: snap-0123456789abcdef0", V + "SnapshotId", "snap-0123456789abcdef0"),
    row("zone", ", zone: 2", V + "AvailabilityZone", {"Fn::Select": [1, {"Fn::GetAZs": ""}]}),
    row("zone", "", V + "AvailabilityZone", att("AppB", "AvailabilityZone"), ATTACHED),
    row("attached", "", "ServerData.Properties.Device", "/dev/sdk", "edges:\n  - server -> data: {device: /dev/sdk}\n"),
]  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS, ids=lambda row: f"{row.option} {row.path.rpartition('.')[2]}")
def test_an_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    assert holds(option, tmp_path)


@pytest.mark.parametrize("option", OPTIONS[-7:], ids=lambda row: f"{row.option} {row.path.rpartition('.')[2]}")
def test_templates_are_clean(option: Option, tmp_path: Path) -> None:
    archkit.load(tmp_path / "b.yaml", text=f"name: volumes\n{option.blueprint}").synth()


def test_it_outlives_its_server(tmp_path: Path) -> None:
    found = resources(network(more=ATTACHED), tmp_path)
    assert found["Data"]["DeletionPolicy"] == found["Data"]["UpdateReplacePolicy"] == "Retain"
    assert found["ServerData"]["Properties"] == {
        "VolumeId": {"Ref": "Data"}, "InstanceId": {"Ref": "Server"}, "Device": "/dev/sdp"}  # fmt: skip


def test_the_schedule_finds_this_volume_alone_and_may_do_no_more(tmp_path: Path) -> None:
    found = resources(network(", snapshots: 7"), tmp_path)
    mark = {"Key": "archkit:snapshots", "Value": {"Fn::Sub": "${AWS::StackName}/data"}}
    assert mark in found["Data"]["Properties"]["Tags"]
    assert found["DataSchedule"]["Properties"]["PolicyDetails"]["TargetTags"] == [mark]
    made = statements(found, "DataSnapshotsRolePolicy")
    (create,) = [one for one in made if "ec2:CreateSnapshot" in one["Action"]]
    assert create["Resource"][0] == {
        "Fn::Sub": "arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:volume/${Data}"}  # fmt: skip
    assert {one["Action"][0] for one in made if one["Resource"] == "*"} == {"ec2:DescribeVolumes"}


def test_a_shared_volume_has_several_servers(tmp_path: Path) -> None:
    other = "          other: {kind: ec2.instance, zone: 2}\n"
    edges = "edges:\n  - server -> data\n  - other -> data\n"
    found = resources(network(", type: io2, iops: 400, size: 10, multi_attach: true", other, edges), tmp_path)
    assert {one["Properties"]["InstanceId"]["Ref"] for one in found.values()
            if one["Type"] == "AWS::EC2::VolumeAttachment"} == {"Server", "Other"}  # fmt: skip


SHARED = ", type: io2, iops: 400, size: 10, multi_attach: true"
BOTH = "edges:\n  - server -> data\n  - other -> data\n"


@pytest.mark.parametrize(
    ("properties", "servers", "edges", "code", "text"),
    [
        (", size: 70000", "", "", "out-of-bounds", "70000"),
        (", type: st1", "", "", "out-of-bounds", "st1 has 125 to 16384 GiB, not 8"),
        (", type: io2, iops: 9000, size: 8", "", "", "out-of-bounds", "1000 IOPS for each GiB at most"),
        (", type: io1, iops: 400, size: 4", "", "", "out-of-bounds", "io1 has 50 IOPS for each GiB at most"),
        (", type: gp3, iops: 90000, size: 8", "", "", "out-of-bounds", "gp3 has 3000 to 80000 IOPS, not 90000"),
        (", type: gp3, multi_attach: true", "", "", "bad-value", "gp3 is attached to one server at a time"),
        (", snapshots: {every: 6, cron: '0 3 ? * SUN *'}", "", "", "bad-value", "both say when"),
        (", zone: 1", "", ATTACHED, "other-zone", "'server' stands in the zone 2"),
        ("", "          other: {kind: ec2.instance, zone: 2}\n", BOTH, "out-of-bounds", "1 server at most, not 2"),
        (SHARED, "          other: {kind: ec2.instance, zone: 1}\n", BOTH, "other-zone", "within one zone"),
        ("}\n          more: {kind: ec2.volume", "", "edges:\n  - server -> data\n  - server -> more\n", "bad-value",
         "two volumes of 'server' would be /dev/sdp"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(properties: str, servers: str, edges: str, code: str, text: str,
                                   tmp_path: Path) -> None:  # fmt: skip
    found = findings(network(properties, servers, edges), tmp_path)
    assert any(one == code and text in message for one, message in found), found


def test_instance_store_comes_with_the_instance_type(tmp_path: Path) -> None:
    text = network("", more=ATTACHED, volume="ec2.instance_store")
    assert findings(text, tmp_path) == [("cannot-join", "t4g.small has no disks of its own host")]
    fast = text.replace("ec2.instance, zone", "ec2.instance, instance: m7gd.large, zone")
    found = resources(fast, tmp_path)
    assert not any(id.startswith("Data") for id in found)
    svg = archkit.load(tmp_path / "b.yaml", text=f"name: test\n{fast}").render("svg").decode()
    assert 'data-node="data"' in svg and 'data-from="server" data-to="data"' in svg
