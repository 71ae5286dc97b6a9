"""Amazon EFS: files that many share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from archkit import network
from archkit.architecture import Architecture, Ends, Node
from archkit.kind import External, Files, Join, Kind, Metric, NodeId, Port, Refusal, Spread, prop
from archkit.scope import Link, Resource, Scope

__all__ = ["FileSystem"]

NFS = Port(2049)
ARN = "arn:${AWS::Partition}:elasticfilesystem:${AWS::Region}:${AWS::AccountId}:"


class Mount(Join):
    """Mounts the file system as a folder, through an access point of its own and encrypted on the way.

    https://docs.aws.amazon.com/efs/latest/ug/efs-access-points.html
    """

    word: ClassVar[str] = "mount"
    usual: ClassVar[bool] = True
    arrow: ClassVar[Any] = "in"
    style: ClassVar[Any] = "data"
    dials: ClassVar[Any] = "other"

    path: str = prop("/mnt/files", "Where its user sees it.", pattern=r"/mnt/[a-zA-Z0-9_.-]+")
    folder: str = prop("/shared", "Folder of the file system that is mounted, made where it is missing.",
                       pattern=r"(/[a-zA-Z0-9_.-]+){1,4}", shape=True)  # fmt: skip
    write: bool = prop(True, "Whether its user may write.", shape=True)

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return "nfs" in other.mounts

    @classmethod
    def short_form(cls, text: str) -> Mapping[str, str] | None:
        words = {word.strip() for word in text.split(",")}
        return {"write": "true" if "write" in words else "false"} if words <= {"read", "write"} else None

    def refuse(self, ends: Ends) -> Refusal | None:
        if ends.other.existing is None and not network.stands(ends.other, ends.architecture):
            return Refusal(f"'{ends.other.id}' must stand in the VPC whose files it mounts",
                           "put it into a group of subnets", "needs-vpc")  # fmt: skip
        return None

    def apply(self, link: Link) -> None:
        files, user = link.owner, link.other
        point = access_point(files, self.folder)
        network.open_way(user, files, link.because)
        actions = ["elasticfilesystem:ClientMount", *(["elasticfilesystem:ClientWrite"] if self.write else [])]
        user.allow(*actions, on=files.attribute("arn"), because=link.because,
                   condition={"StringEquals": {"elasticfilesystem:AccessPointArn": point.att("Arn")}})  # fmt: skip
        mounted = Files("nfs", files.attribute("id"), files.attribute("dns"), self.path, self.write, point.ref,
                        point.att("Arn"), after=files.kind.targets(files))  # fmt: skip
        user.kind.attach_files(user, mounted, link.because)

    def text(self) -> str | None:
        return None if self.write else "read"


def access_point(files: Scope, folder: str) -> Resource:
    """Return the access point of a folder, made on first use; who comes through it acts as one plain user."""
    from troposphere import efs

    name = "Point" + "".join(word.capitalize() for word in folder.replace("/", " ").replace("-", " ").split())
    helper = "".join(letter for letter in name if letter.isalnum())
    found = files.get(helper)
    if found is not None:
        return found
    return files.make(
        efs.AccessPoint, helper, FileSystemId=files.attribute("id"), PosixUser={"Uid": "1000", "Gid": "1000"},
        RootDirectory={"Path": folder, "CreationInfo": {"OwnerUid": "1000", "OwnerGid": "1000", "Permissions": "0755"}},
    )  # fmt: skip


class FileSystem(Kind, icon="aws/storage/elastic-file-system-efs", service="Amazon EFS",
                 types=("AWS::EFS::FileSystem", "AWS::EFS::MountTarget", "AWS::EFS::AccessPoint",
                        "AWS::EC2::SecurityGroup")):  # fmt: skip
    """File system that grows by itself and that functions, containers and servers of all zones share.

    It lets nobody in but over an encrypted connection and with rights that an edge gives.
    """

    throughput: Literal["elastic", "bursting", "provisioned"] = prop("elastic", "How fast it is.")
    mibps: float | None = prop(None, "MiB per second that are provisioned.", ge=1, le=3_414)
    performance: Literal["generalPurpose", "maxIO"] = prop("generalPurpose", "Performance mode.")
    infrequent: Literal[1, 7, 14, 30, 60, 90, 180, 270, 365] | None = prop(
        30, "Days without access after which a file moves to Infrequent Access; null for never.", shape=True
    )
    archive: Literal[1, 7, 14, 30, 60, 90, 180, 270, 365] | None = prop(
        None, "Days without access after which a file moves to Archive.", shape=True
    )
    back: bool = prop(True, "Move a file back to Standard at its first access.")
    one_zone: bool = prop(False, "Keep the files in the first zone only, which costs about half.", shape=True)
    daily_backup: bool = prop(True, "Daily backups by AWS Backup's default plan.")
    key: NodeId | None = prop(None, "Encryption key (default: the one AWS manages).", slot="key", to="kms.key")

    resides = "subnets"
    durable = True
    joins = (Mount,)
    attributes = {"arn": "${.Arn}", "id": "${}", "dns": "${}.efs.${AWS::Region}.amazonaws.com"}
    address = "${id}"
    external = External(("id", "security_group"), {
        "arn": ARN + "file-system/${id}", "dns": "${id}.efs.${AWS::Region}.amazonaws.com"})  # fmt: skip
    metrics = {
        name: Metric("AWS/EFS", metric, {"FileSystemId": "${}"}, statistic)
        for name, metric, statistic in (
            ("burst-credits", "BurstCreditBalance", "Minimum"), ("io-limit", "PercentIOLimit", "Maximum"),
            ("connections", "ClientConnections", "Sum"),
        )
    }  # fmt: skip

    def targets(self, files: Scope) -> tuple[str, ...]:
        """Return the ids of the mount targets, which whoever mounts waits for."""
        count = 0 if files.exists else 1 if self.one_zone else len(network.subnets(files))
        return tuple(f"{files.id}Target{number + 1}" for number in range(count))

    def ports(self) -> tuple[Port, ...]:
        return (NFS,)

    def spread(self) -> Spread:
        return "one" if self.one_zone else "across"

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        """https://docs.aws.amazon.com/efs/latest/ug/performance.html and storage-classes.html there."""
        found = []
        if (self.throughput == "provisioned") != (self.mibps is not None):
            found.append(Refusal("'mibps' goes with provisioned throughput, and the other way round",
                                 "throughput: provisioned, mibps: 64", "bad-value", "mibps"))  # fmt: skip
        if self.performance == "maxIO" and (self.throughput == "elastic" or self.one_zone):
            found.append(Refusal("maxIO has neither elastic throughput nor a single zone", "throughput: bursting",
                                 "bad-value", "performance"))  # fmt: skip
        if self.archive is not None and self.infrequent is not None and self.archive < self.infrequent:
            found.append(Refusal("files reach Archive after Infrequent Access, not before",
                                 f"archive: {max(self.infrequent, 90)}", "bad-value", "archive"))  # fmt: skip
        if self.archive is not None and self.throughput != "elastic":
            found.append(Refusal("Archive needs elastic throughput", "throughput: elastic", "bad-value", "archive"))
        return found

    def build(self, scope: Scope) -> None:
        from troposphere import efs

        moves = (("TransitionToIA", self.infrequent), ("TransitionToArchive", self.archive))
        lifecycle = [{name: f"AFTER_{days}_DAY{'S' if days > 1 else ''}"} for name, days in moves if days]
        if self.back and lifecycle:
            lifecycle.append({"TransitionToPrimaryStorageClass": "AFTER_1_ACCESS"})
        made = scope.make(
            efs.FileSystem, Encrypted=True, KmsKeyId=scope.arn(self.key), PerformanceMode=self.performance,
            ThroughputMode=self.throughput, ProvisionedThroughputInMibps=self.mibps,
            LifecyclePolicies=lifecycle or None,
            BackupPolicy={"Status": "ENABLED" if self.daily_backup else "DISABLED"},
            AvailabilityZoneName={"Fn::Select": [0, {"Fn::GetAZs": ""}]} if self.one_zone else None,
            FileSystemPolicy=_policy(),
        )  # fmt: skip
        subnets = network.subnets(scope)
        for number, subnet in enumerate(subnets[:1] if self.one_zone else subnets):
            scope.make(efs.MountTarget, f"Target{number + 1}", FileSystemId=made.ref, SubnetId=subnet,
                       SecurityGroups=[network.security_group(scope)])  # fmt: skip


def _policy() -> dict[str, Any]:
    """Return a policy under which nobody comes in without rights of their own, nor in the clear.

    A file system without a policy lets in everybody who reaches a mount target
    (https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html).
    """
    deny = {"Sid": "EncryptedOnly", "Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "*",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}}}  # fmt: skip
    return {"Version": "2012-10-17", "Statement": [deny]}
