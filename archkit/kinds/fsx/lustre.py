"""FSx for Lustre: fast files for many machines at once, linked to buckets."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from archkit import network
from archkit.architecture import Architecture, Node
from archkit.kind import External, Join, Kind, Metric, NodeId, Port, Refusal, prop
from archkit.kinds.fsx.mount import mounting
from archkit.scope import Link, Scope
from archkit.values import Sub

__all__ = ["Lustre"]

PORTS = (Port(988), Port(1018, 1023))
"""https://docs.aws.amazon.com/fsx/latest/LustreGuide/limit-access-security-groups.html"""
SPEEDS = (125, 250, 500, 1_000)
EVENTS = ["NEW", "CHANGED", "DELETED"]


class Linked(Join):
    """A folder of the file system shows the objects of that bucket, and what is written there goes to it.

    https://docs.aws.amazon.com/fsx/latest/LustreGuide/create-dra-linked-data-repo.html
    """

    word: ClassVar[str] = "link"
    usual: ClassVar[bool] = True
    arrow: ClassVar[Any] = "either"
    style: ClassVar[Any] = "data"
    identity: ClassVar[tuple[str, ...]] = ("folder",)

    folder: str = prop("/", "Folder of the file system.", pattern=r"/[a-zA-Z0-9_./-]*", shape=True)
    prefix: str = prop("", "Prefix of the objects, without a slash at its beginning.", pattern=r"([^/].*)?")
    imports: bool = prop(True, "Follow the objects of the bucket as they come, change and go.")
    exports: bool = prop(True, "Write what changes in the folder back to the bucket.")

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.types[:1] == ("AWS::S3::Bucket",)

    def apply(self, link: Link) -> None:
        from troposphere import fsx

        follow = {"Events": EVENTS}
        where = Sub(f"s3://${{Bucket}}/{self.prefix}", {"Bucket": link.other.attribute("name")})
        link.make(
            fsx.DataRepositoryAssociation, "Repository", FileSystemId=link.owner.attribute("id"),
            FileSystemPath=self.folder, DataRepositoryPath=where, BatchImportMetaDataOnCreate=True,
            S3={"AutoImportPolicy": follow if self.imports else None,
                "AutoExportPolicy": follow if self.exports else None} if self.imports or self.exports else None,
        )  # fmt: skip


class Lustre(Kind, icon="aws/storage/fsx-for-lustre", service="Amazon FSx for Lustre",
             types=("AWS::FSx::FileSystem", "AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress",
                    "AWS::EC2::SecurityGroupEgress")):  # fmt: skip
    """Lustre file system in one zone: scratch space for a job, or persistent and copied within the zone."""

    deployment: Literal["scratch", "persistent"] = prop("persistent", "Whether it outlives the loss of a server.")
    size: int = prop(1_200, "GiB: 1200, or a multiple of 2400.", ge=1_200, shape=True)
    speed: int | None = prop(None, "MB/s for each TiB of a persistent one: 125, 250, 500 or 1000 (default: 125).",
                             shape=True)  # fmt: skip
    compress: bool = prop(True, "Compress what is written.")
    backup_days: int = prop(0, "Days that automatic backups are kept (persistent, and not linked to a bucket).", ge=0,
                            le=90, shape=True)  # fmt: skip
    maintenance: str | None = prop(None, "Weekly maintenance, d:HH:MM in UTC with Monday as 1.",
                                   pattern=r"[1-7]:[0-2][0-9]:[0-5][0-9]")  # fmt: skip
    key: NodeId | None = prop(None, "Encryption key of a persistent one (default: the one AWS manages).", slot="key",
                              to="kms.key")  # fmt: skip

    resides = "subnets"
    durable = True
    joins = (mounting("lustre"), Linked)
    attributes = {"arn": "${.ResourceARN}", "id": "${}", "dns": "${.DNSName}", "mount_name": "${.LustreMountName}"}
    address = "${dns}"
    external = External(("id", "dns", "mount_name", "security_group"))
    metrics = {
        "free-storage": Metric("AWS/FSx", "FreeDataStorageCapacity", {"FileSystemId": "${}"}, "Minimum"),
        "read-bytes": Metric("AWS/FSx", "DataReadBytes", {"FileSystemId": "${}"}),
        "write-bytes": Metric("AWS/FSx", "DataWriteBytes", {"FileSystemId": "${}"}),
    }

    def ports(self) -> tuple[Port, ...]:
        return PORTS

    def keyless(self) -> bool:
        return self.deployment == "scratch"

    def caption(self) -> str | None:
        return self.deployment

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        """https://docs.aws.amazon.com/fsx/latest/APIReference/API_CreateFileSystem.html."""
        found = []
        if self.size != 1_200 and self.size % 2_400:
            found.append(Refusal(f"Lustre has 1200 GiB or a multiple of 2400, not {self.size}",
                                 f"size: {max(1, round(self.size / 2_400)) * 2_400}", "bad-value", "size"))  # fmt: skip
        if self.speed is not None and self.speed not in SPEEDS:
            found.append(Refusal(f"there is no speed of {self.speed} MB/s for each TiB",
                                 "speed: 125, 250, 500 or 1000", "bad-value", "speed"))  # fmt: skip
        for name in ("speed", "backup_days", "key"):
            if self.deployment == "scratch" and getattr(self, name) and name in (node.tree.names if node.tree else ()):
                found.append(Refusal(f"a scratch file system has no '{name}'", "deployment: persistent", "bad-value",
                                     name))  # fmt: skip
        linked = any(edge for edge, effect in world.effects("link") if effect.owner == node.id)
        if linked and self.backup_days:
            found.append(Refusal("a file system that is linked to a bucket takes no backups", "backup_days: 0",
                                 "bad-value", "backup_days"))  # fmt: skip
        return found

    def build(self, scope: Scope) -> None:
        from troposphere import fsx

        persistent = self.deployment == "persistent"
        # its servers speak to one another by the same ports, and it is made only where they can
        rules = network.open_itself(scope, PORTS, scope.node.id)
        scope.make(
            fsx.FileSystem, after=rules, FileSystemType="LUSTRE", FileSystemTypeVersion="2.15", StorageType="SSD",
            StorageCapacity=self.size, SubnetIds=network.subnets(scope)[:1],
            SecurityGroupIds=[network.security_group(scope)], KmsKeyId=scope.arn(self.key) if persistent else None,
            LustreConfiguration={
                "DeploymentType": "PERSISTENT_2" if persistent else "SCRATCH_2",
                "PerUnitStorageThroughput": (self.speed or 125) if persistent else None,
                "DataCompressionType": "LZ4" if self.compress else "NONE",
                "AutomaticBackupRetentionDays": self.backup_days if persistent else None,
                "CopyTagsToBackups": True if persistent and self.backup_days else None,
                "WeeklyMaintenanceStartTime": self.maintenance,
            },
        )  # fmt: skip
