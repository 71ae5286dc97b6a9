"""FSx for Windows File Server: shares of an Active Directory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from archkit import network
from archkit.architecture import Architecture, Node
from archkit.kind import External, Helper, Kind, Metric, NodeId, Port, Refusal, Spread, prop
from archkit.kinds.fsx.mount import mounting
from archkit.scope import Resource, Scope
from archkit.shared.retention import Days

__all__ = ["Windows"]

SMB = (Port(445),)
DIRECTORY = (
    *(Port(number) for number in (53, 88, 135, 389, 445, 464, 636, 3268, 3269, 9389)),
    Port(49_152, 65_535),
    *(Port(number, protocol="udp") for number in (53, 88, 123, 389, 464)),
)
"""How it talks to its directory (https://docs.aws.amazon.com/fsx/latest/WindowsGuide/limit-access-security-groups.html)."""
SPEEDS = (8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 4_608, 6_144, 9_216, 12_288)


class Windows(Kind, icon="aws/storage/fsx-for-windows-file-server", service="Amazon FSx for Windows File Server",
              types=("AWS::FSx::FileSystem", "AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupEgress")):  # fmt: skip
    """Windows file server: SMB shares for the users of an Active Directory, over two zones where asked."""

    directory: str | None = prop(None, "Id of the AWS Managed Microsoft AD that it joins.")
    multi_az: bool = prop(False, "A standby in a second zone that takes over.", shape=True)
    size: int = prop(32, "GiB of storage: 32 and more on SSD, 2000 and more on HDD.", ge=32, le=65_536, shape=True)
    storage: Literal["SSD", "HDD"] = prop("SSD", "Sort of disks.", shape=True)
    speed: int = prop(32, "MB/s of throughput, a power of two from 8 to 2048, or more.", ge=8, le=12_288, shape=True)
    backup_days: int = prop(7, "Days that automatic backups are kept.", ge=0, le=90)
    backup_at: str | None = prop(None, "Time of the daily backup, HH:MM in UTC.", pattern=r"[0-2][0-9]:[0-5][0-9]")
    maintenance: str | None = prop(None, "Weekly maintenance, d:HH:MM in UTC with Monday as 1.",
                                   pattern=r"[1-7]:[0-2][0-9]:[0-5][0-9]")  # fmt: skip
    aliases: list[str] = prop([], "Further DNS names of the file system.", le=50)
    audit: bool = prop(True, "Write refused accesses to a log group.", shape=True)
    logs: Days = prop(30, "Days that audit lines are kept.")
    key: NodeId | None = prop(None, "Encryption key (default: the one AWS manages).", slot="key", to="kms.key")

    resides = "subnets"
    durable = True
    joins = (mounting("smb"),)
    attributes = {"arn": "${.ResourceARN}", "id": "${}", "dns": "${.DNSName}"}
    address = "${dns}"
    external = External(("id", "dns", "security_group"))
    metrics = {
        "free-storage": Metric("AWS/FSx", "FreeStorageCapacity", {"FileSystemId": "${}"}, "Minimum"),
        "read-bytes": Metric("AWS/FSx", "DataReadBytes", {"FileSystemId": "${}"}),
        "write-bytes": Metric("AWS/FSx", "DataWriteBytes", {"FileSystemId": "${}"}),
    }
    strict = {"logs": 365}
    example = "{directory: d-1234567890}"

    def ports(self) -> tuple[Port, ...]:
        return SMB

    def spread(self) -> Spread:
        return "standby" if self.multi_az else "one"

    def helpers(self) -> Mapping[str, Helper]:
        # FSx takes only a log group whose name begins so
        named = {"prefix": "/aws/fsx/", "logs": self.logs, **({"key": self.key} if self.key else {})}
        return {"audit": Helper("logs.group", named)} if self.audit else {}

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        """https://docs.aws.amazon.com/fsx/latest/APIReference/API_CreateFileSystem.html."""
        found = []
        if self.directory is None:
            found.append(Refusal("a Windows file server joins an Active Directory", "directory: d-1234567890",
                                 "missing-property"))  # fmt: skip
        if self.storage == "HDD" and self.size < 2_000:
            found.append(Refusal(f"HDD storage has 2000 GiB at least, not {self.size}", "size: 2000", "out-of-bounds",
                                 "size"))  # fmt: skip
        if self.speed not in SPEEDS:
            near = min(SPEEDS, key=lambda one: abs(one - self.speed))
            found.append(
                Refusal(f"there is no throughput of {self.speed} MB/s", f"speed: {near}", "bad-value", "speed")
            )
        elif self.audit and self.speed < 32:
            found.append(Refusal("auditing needs 32 MB/s at least", "speed: 32, or audit: false", "out-of-bounds",
                                 "speed"))  # fmt: skip
        vpc = network.vpc_of(node, world)
        if self.multi_az and vpc is not None and vpc.existing is None and vpc.kind.columns() < 2:
            found.append(Refusal(f"a standby needs a second zone, and '{vpc.id}' has one", f"zones: 2 on '{vpc.id}'",
                                 "needs-zones", "multi_az"))  # fmt: skip
        return found

    def build(self, scope: Scope) -> None:
        from troposphere import fsx

        subnets = network.subnets(scope)
        audit = scope.of(f"{scope.node.id}.audit")
        made = scope.make(
            fsx.FileSystem, after=_to_directory(scope), FileSystemType="WINDOWS", StorageType=self.storage,
            StorageCapacity=self.size,
            SubnetIds=subnets[:2] if self.multi_az else subnets[:1], SecurityGroupIds=[network.security_group(scope)],
            KmsKeyId=scope.arn(self.key),
            WindowsConfiguration={
                "ActiveDirectoryId": self.directory, "ThroughputCapacity": self.speed,
                "DeploymentType": "MULTI_AZ_1" if self.multi_az else "SINGLE_AZ_2",
                "PreferredSubnetId": subnets[0] if self.multi_az else None,
                "AutomaticBackupRetentionDays": self.backup_days, "DailyAutomaticBackupStartTime": self.backup_at,
                "CopyTagsToBackups": True, "WeeklyMaintenanceStartTime": self.maintenance,
                "Aliases": list(self.aliases) or None,
            },
        )  # fmt: skip
        if audit is not None:
            level = {f"File{what}AccessAuditLogLevel": "FAILURE_ONLY" for what in ("", "Share")}
            where = audit.fill(audit.kind.admits.endpoint)
            made.set("WindowsConfiguration.AuditLogConfiguration", {"AuditLogDestination": where, **level})


def _to_directory(scope: Scope) -> list[Resource]:
    """Let the file system out to its directory, which stands in the same VPC, at the ports of Active Directory."""
    vpc = network.vpc_scope(scope)
    made = (
        network.let_out(scope, whole, port, scope.node.id, f"Directory{number or ''}")
        for number, whole in enumerate(vpc.kind.ranges(vpc))
        for port in DIRECTORY
    )
    return [rule for rule in made if rule is not None]
