"""Volumes by themselves, which outlive the servers that they are attached to, and the disks of a server's own host."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Literal

from archkit import network
from archkit.architecture import Architecture, Ends, Node
from archkit.kind import External, Join, Kind, Metric, NodeId, Record, Refusal, prop
from archkit.scope import Link, Scope
from archkit.shared.disks import Volume as VolumeType
from archkit.shared.disks import disk_refusals
from archkit.shared.schedules import Cron, expression
from archkit.shared.servers import Server
from archkit.values import Att, Ref, Sub

__all__ = ["InstanceStore", "Volume"]

SERVER = "AWS::EC2::Instance"
SHARED = ("io1", "io2")
MOST_SERVERS = 16
"""https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volumes-multi.html"""
SCHEDULER = "dlm.amazonaws.com"
MARK = "archkit:snapshots"
"""The tag by which the schedule finds the volume."""
NO_DISKS = re.compile(r"(t[0-9]|[cmr][4-9](?![a-z]*d))[a-z0-9-]*\.")
"""Families without disks of their own: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-store-volumes.html"""


def _is_server(kind: type[Kind]) -> bool:
    return kind.types[:1] == (SERVER,)


class Snapshots(Record):
    """Snapshots by the clock. A bare number is how many are kept.

    https://docs.aws.amazon.com/ebs/latest/userguide/snapshot-ami-policy.html
    """

    short = "keep"

    keep: int = prop(7, "Snapshots that are kept.", ge=1, le=1_000)
    every: Literal[1, 2, 3, 4, 6, 8, 12, 24] = prop(24, "Hours from one to the next.", shape=True)
    at: str = prop("03:00", "Time of the first of a day, UTC.", pattern="([01][0-9]|2[0-3]):[0-5][0-9]")
    cron: Cron | None = prop(None, "Cron expression of six fields instead, such as '0 3 ? * SUN *'.", shape=True)


class Attach(Join):
    """Attaches the volume to the server, in whose zone it is made.

    https://docs.aws.amazon.com/ebs/latest/userguide/ebs-attaching-volume.html
    """

    word: ClassVar[str] = "attach"
    usual: ClassVar[bool] = True
    arrow: ClassVar[Any] = "in"
    style: ClassVar[Any] = "data"

    device: str = prop("/dev/sdp", "Device name at the server.", pattern="/dev/sd[f-p]", shape=True)

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return _is_server(other)

    def refuse(self, ends: Ends) -> Refusal | None:
        world, server, volume = ends.architecture, ends.other, ends.owner
        if server.place != volume.place:
            return Refusal("a volume is attached in its own Region and account", None, "other-region")
        zone = getattr(volume.kind, "zone", None)
        if server.existing is not None and volume.existing is None and zone is None:
            return Refusal(f"'{server.id}' exists, and its zone is not known", f"zone: 1 on '{volume.id}'",
                           "missing-property")  # fmt: skip
        if server.existing is not None or volume.existing is not None:
            return None
        if zone is not None and zone != server.kind.zone:  # type: ignore[attr-defined]
            return Refusal(f"'{volume.id}' is made in the zone {zone}, and '{server.id}' stands in the zone "
                           f"{server.kind.zone}", "leave out its 'zone'", "other-zone")  # type: ignore[attr-defined]  # fmt: skip
        same = [(effect.join.device, edge) for edge, effect in world.effects("attach")
                if isinstance(effect.join, Attach) and edge.source == server.id]  # fmt: skip
        if next(edge for device, edge in same if device == self.device) is not ends.edge:
            taken = {device for device, _ in same}
            free = next((f"/dev/sd{letter}" for letter in "ponmlkjihgf" if f"/dev/sd{letter}" not in taken), None)
            return Refusal(f"two volumes of '{server.id}' would be {self.device}", free and f"device: {free}",
                           "bad-value", "device")  # fmt: skip
        return None

    def apply(self, link: Link) -> None:
        volume, server = link.owner, link.other
        if not volume.exists and not server.exists and volume.main.get("AvailabilityZone") is None:
            volume.main.set("AvailabilityZone", _zone_of(server))
        link.make("AWS::EC2::VolumeAttachment", VolumeId=volume.attribute("id"), InstanceId=server.attribute("id"),
                  Device=self.device)  # fmt: skip


def _zone_of(server: Scope) -> Any:
    """Return the zone of a server: that of its subnet, which stays when the server is replaced."""
    subnets = network.subnets(server)
    subnet = subnets[min(server.kind.zone, len(subnets)) - 1]
    return Att(subnet.name if isinstance(subnet, Ref) else server.id, "AvailabilityZone")


class Volume(Kind, icon="aws/storage/elastic-block-store-ebs-volume", service="Amazon EBS",
             types=("AWS::EC2::Volume", "AWS::EC2::VolumeAttachment", "AWS::DLM::LifecyclePolicy")):  # fmt: skip
    """Volume of a server, encrypted, which stays when the server goes.

    `server -> volume` attaches it, in the server's zone.
    """

    size: int = prop(8, "GiB.", ge=1, le=65_536, shape=True)
    type: VolumeType = prop("gp3", "Type of volume.", shape=True)
    iops: int | None = prop(None, "IOPS (gp3, io1, io2).", ge=100, shape=True)
    throughput: int | None = prop(None, "MiB/s (gp3).", ge=125, le=2_000, shape=True)
    multi_attach: bool = prop(False, "Attached to several servers of one zone at once (io1, io2).", shape=True)
    zone: int | None = prop(None, "Zone in which it is made (default: its server's, else the first).", ge=1, le=6,
                            shape=True)  # fmt: skip
    from_snapshot: str | None = prop(None, "Id of the snapshot that it is made from.", pattern="snap-[0-9a-f]+")
    snapshots: Snapshots | None = prop(None, "Snapshots by the clock; a number is how many are kept.")
    key: NodeId | None = prop(None, "Encryption key (default: the one AWS manages).", slot="key", to="kms.key")

    resides = "either"
    durable = True
    joins = (Attach,)
    attributes = {"id": "${}", "arn": "arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:volume/${}"}
    address = "${id}"
    external = External(("id",), {"arn": "arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:volume/${id}"})
    metrics = {
        name: Metric("AWS/EBS", metric, {"VolumeId": "${}"}, statistic)
        for name, metric, statistic in (
            ("queue-length", "VolumeQueueLength", "Average"), ("burst-balance", "BurstBalance", "Minimum"),
            ("read-bytes", "VolumeReadBytes", "Sum"), ("write-bytes", "VolumeWriteBytes", "Sum"),
        )
    }  # fmt: skip

    def caption(self) -> str | None:
        return f"{self.size} GiB {self.type}"

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        found = disk_refusals(self, False)
        servers = [world.nodes[edge.source] for edge, effect in world.effects("attach") if effect.owner == node.id]
        if self.multi_attach and self.type not in SHARED:
            found.append(Refusal(f"{self.type} is attached to one server at a time", "type: io2", "bad-value",
                                 "multi_attach"))  # fmt: skip
        most = MOST_SERVERS if self.multi_attach else 1
        if len(servers) > most:
            help = None if self.multi_attach else "type: io2, multi_attach: true"
            found.append(Refusal(f"'{node.id}' is attached to {most} server{'s' * (most > 1)} at most, not "
                                 f"{len(servers)}", help, "out-of-bounds"))  # fmt: skip
        places = {_stand(server, world) for server in servers if server.existing is None}
        if len(places) > 1:
            found.append(Refusal(f"'{node.id}' is attached within one zone, and its servers stand in {len(places)}",
                                 "give the servers the same 'zone'", "other-zone"))  # fmt: skip
        if self.snapshots is not None and self.snapshots.cron is not None and self.snapshots.every != 24:
            found.append(Refusal("'every' and 'cron' both say when a snapshot is taken", "keep one", "bad-value",
                                 "snapshots"))  # fmt: skip
        return found

    def build(self, scope: Scope) -> None:
        from troposphere import ec2

        name = scope.node.label or f"{scope.architecture.name}-{scope.node.id}"
        volume = scope.make(
            ec2.Volume, Size=self.size, VolumeType=self.type, Iops=self.iops, Throughput=self.throughput,
            MultiAttachEnabled=self.multi_attach or None, Encrypted=True, KmsKeyId=scope.arn(self.key),
            SnapshotId=self.from_snapshot,
        )  # fmt: skip
        volume.set("Tags", [{"Key": "Name", "Value": name}])
        if self.snapshots is not None:
            self._by_clock(scope, self.snapshots)

    def _by_clock(self, scope: Scope, said: Snapshots) -> None:
        """https://docs.aws.amazon.com/ebs/latest/userguide/service-role.html#default-service-roles"""
        mine = Sub(f"${{AWS::StackName}}/{scope.node.id}")
        scope.main.append("Tags", {"Key": MARK, "Value": mine})
        role = scope.principal(SCHEDULER, "Snapshots")
        snapshots = Sub("arn:${AWS::Partition}:ec2:*::snapshot/*")
        role.allow("ec2:CreateSnapshot", on=[scope.attribute("arn"), snapshots])
        role.allow("ec2:DeleteSnapshot", "ec2:CreateTags", on=snapshots)
        role.allow("ec2:DescribeVolumes", "ec2:DescribeSnapshots", on="*", sid="DescribeTakesNoResource")
        when: dict[str, Any] = {"Interval": said.every, "IntervalUnit": "HOURS", "Times": [said.at]}
        if said.cron is not None:
            when = {"CronExpression": expression(said.cron)}
        scope.make(
            "AWS::DLM::LifecyclePolicy", "Schedule", State="ENABLED", after=role.after_rights(),
            Description=f"Snapshots of {scope.node.id} of {scope.architecture.name}"[:500],
            ExecutionRoleArn=role.role().att("Arn"), PolicyDetails={
                "PolicyType": "EBS_SNAPSHOT_MANAGEMENT", "ResourceTypes": ["VOLUME"],
                "TargetTags": [{"Key": MARK, "Value": mine}],
                "Schedules": [{"Name": "Snapshots", "CreateRule": when, "RetainRule": {"Count": said.keep},
                               "CopyTags": True}]},
        )  # fmt: skip

    def finish(self, scope: Scope) -> None:
        if scope.main.get("AvailabilityZone") is None:
            scope.main.set("AvailabilityZone", {"Fn::Select": [(self.zone or 1) - 1, {"Fn::GetAZs": ""}]})


def _stand(server: Node, world: Architecture) -> tuple[str | None, int]:
    vpc = network.vpc_of(server, world)
    return vpc.id if vpc else None, server.kind.zone  # type: ignore[attr-defined]


class Local(Join):
    """The server keeps there what may be lost when it stops."""

    word: ClassVar[str] = "attach"
    usual: ClassVar[bool] = True
    arrow: ClassVar[Any] = "in"
    style: ClassVar[Any] = "data"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return issubclass(other, Server)

    def refuse(self, ends: Ends) -> Refusal | None:
        instance = ends.other.kind.instance  # type: ignore[attr-defined]
        if ends.other.existing is None and NO_DISKS.match(instance):
            return Refusal(f"{instance} has no disks of its own host", "instance: m7gd.large", "cannot-join")
        return None

    def apply(self, link: Link) -> None:
        """Nothing is made: the disks come with the instance type."""


class InstanceStore(Kind, icon="aws/storage/multiple-volumes-resource", service="EC2 instance store"):
    """Disks of the machine that a server runs on: fast, and empty again once it stops. Drawn only."""

    resides = "either"
    joins = (Local,)
