"""Shared files, EFS and FSx: every option, mounts with their rules and rights, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kinds.rows import att, findings, resources, said
from tests.options import ANY, Option, holds

EFS, LUSTRE, WINDOWS = "Amazon EFS", "Amazon FSx for Lustre", "Amazon FSx for Windows File Server"
WORK = "{work: {kind: lambda.function, runtime: python3.13, code: handler.py}}"


def network(node: str) -> str:
    """Return the nodes of a VPC with one node in a tier and a function in another."""
    return (
        f"nodes:\n  network:\n    kind: ec2.vpc\n    nodes:\n      app: {{kind: ec2.subnets, nodes: {WORK}}}\n"
        f"      data: {{kind: ec2.subnets, tier: isolated, nodes: {{{node}}}}}\n"
    )


def row(service: str, kind: str, option: str, properties: str, path: str, expected: object = ANY,
        more: str = "") -> Option:  # fmt: skip
    node = f"files: {{kind: {kind}{properties}}}"
    return Option(service, option, network(node) + more, f"Resources.{path}", expected)


MOUNT = "edges:\n  - work -> files"
F = "Files.Properties."
OPTIONS = [
    row(EFS, "efs.file_system", "mount target in each zone", "", "FilesTarget2.Properties.SubnetId", {"Ref": "DataB"}),
    row(EFS, "efs.file_system", "access point", "", "FilesPointApp.Properties.RootDirectory.Path", "/app",
        MOUNT + ": {folder: /app}\n"),
    row(EFS, "efs.file_system", "lifecycle", ", infrequent: 7", F + "LifecyclePolicies.0.TransitionToIA",
        "AFTER_7_DAYS"),
    row(EFS, "efs.file_system", "lifecycle", ", archive: 90", F + "LifecyclePolicies.1.TransitionToArchive",
        "AFTER_90_DAYS"),
    row(EFS, "efs.file_system", "lifecycle", "", F + "LifecyclePolicies.1.TransitionToPrimaryStorageClass",
        "AFTER_1_ACCESS"),
    row(EFS, "efs.file_system", "throughput mode", ", throughput: provisioned, mibps: 64",
        F + "ProvisionedThroughputInMibps", 64.0),
    row(EFS, "efs.file_system", "throughput mode", "", F + "ThroughputMode", "elastic"),
    row(EFS, "efs.file_system", "performance mode", ", throughput: bursting, performance: maxIO", F + "PerformanceMode",
        "maxIO"),
    row(EFS, "efs.file_system", "encryption", "", F + "Encrypted", True),
    row(EFS, "efs.file_system", "encryption", ", key: cmk", F + "KmsKeyId", att("Cmk"), "  cmk: kms.key\n"),
    row(EFS, "efs.file_system", "one zone", ", one_zone: true", F + "AvailabilityZoneName"),
    row(EFS, "efs.file_system", "backup", ", daily_backup: false", F + "BackupPolicy.Status", "DISABLED"),
    row(EFS, "efs.file_system", "mounted by EC2/ECS/Lambda through an edge", "",
        "Work.Properties.FileSystemConfigs.0.LocalMountPath", "/mnt/data", MOUNT + ": {path: /mnt/data}\n"),
    row(LUSTRE, "fsx.lustre", "scratch or persistent", ", deployment: scratch",
        F + "LustreConfiguration.DeploymentType", "SCRATCH_2"),
    row(LUSTRE, "fsx.lustre", "scratch or persistent", ", speed: 500",
        F + "LustreConfiguration.PerUnitStorageThroughput", 500),
    row(LUSTRE, "fsx.lustre", "size", ", size: 4800", F + "StorageCapacity", 4800),
    row(LUSTRE, "fsx.lustre", "compression", ", compress: false", F + "LustreConfiguration.DataCompressionType",
        "NONE"),
    row(LUSTRE, "fsx.lustre", "backups", ", backup_days: 3", F + "LustreConfiguration.AutomaticBackupRetentionDays", 3),
    row(LUSTRE, "fsx.lustre", "maintenance", ", maintenance: '7:02:00'",
        F + "LustreConfiguration.WeeklyMaintenanceStartTime", "7:02:00"),
    row(LUSTRE, "fsx.lustre", "linked S3 bucket", "", "FilesBucketInRepository.Properties.FileSystemPath", "/in",
        "  bucket: s3.bucket\nedges: [{files -> bucket: {folder: /in}}]\n"),
    row(LUSTRE, "fsx.lustre", "linked S3 bucket", "", "FilesBucketRepository.Properties.S3.AutoImportPolicy.Events.0",
        "NEW", "  bucket: s3.bucket\nedges: [{files -> bucket: {exports: false}}]\n"),
    row(WINDOWS, "fsx.windows", "Multi-AZ", ", directory: d-1234567890, multi_az: true",
        F + "WindowsConfiguration.DeploymentType", "MULTI_AZ_1"),
    row(WINDOWS, "fsx.windows", "Multi-AZ", ", directory: d-1234567890, multi_az: true", F + "SubnetIds.1",
        {"Ref": "DataB"}),
    row(WINDOWS, "fsx.windows", "managed Active Directory", ", directory: d-1234567890",
        F + "WindowsConfiguration.ActiveDirectoryId", "d-1234567890"),
    row(WINDOWS, "fsx.windows", "storage", ", directory: d-1234567890, storage: HDD, size: 2000", F + "StorageType",
        "HDD"),
    row(WINDOWS, "fsx.windows", "throughput", ", directory: d-1234567890, speed: 128",
        F + "WindowsConfiguration.ThroughputCapacity", 128),
    row(WINDOWS, "fsx.windows", "backups", ", directory: d-1234567890, backup_days: 30, backup_at: '02:00'",
        F + "WindowsConfiguration.DailyAutomaticBackupStartTime", "02:00"),
    row(WINDOWS, "fsx.windows", "aliases", ", directory: d-1234567890, aliases: [files.corp.example.com]",
        F + "WindowsConfiguration.Aliases.0", "files.corp.example.com"),
    row(WINDOWS, "fsx.windows", "audit", ", directory: d-1234567890",
        F + "WindowsConfiguration.AuditLogConfiguration.FileAccessAuditLogLevel", "FAILURE_ONLY"),
    row(WINDOWS, "fsx.windows", "encryption", ", directory: d-1234567890, key: cmk", F + "KmsKeyId", att("Cmk"),
        "  cmk: kms.key\n"),
]  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS, ids=lambda row: f"{row.service} {row.option} {row.path.rpartition('.')[2]}")
def test_an_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    assert holds(option, tmp_path)


@pytest.mark.parametrize(
    "option", [OPTIONS[1], OPTIONS[12], OPTIONS[19], OPTIONS[20], OPTIONS[22]], ids=lambda row: row.option
)
def test_whole_blueprints_are_clean(option: Option, tmp_path: Path) -> None:
    from archkit import load

    (tmp_path / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    load(tmp_path / "b.yaml", text=f"name: files\n{option.blueprint}").synth()


def test_a_mount_opens_one_port_and_gives_rights_on_one_access_point(tmp_path: Path) -> None:
    found = resources(network("files: efs.file_system") + MOUNT + ": read\n", tmp_path)
    rules = {
        id: (one["Type"].rpartition("::")[2], one["Properties"]["FromPort"], one["Properties"]["ToPort"])
        for id, one in found.items() if "SecurityGroupIngress" in one["Type"] or "SecurityGroupEgress" in one["Type"]
    }  # fmt: skip
    assert rules == {"FilesFromWork2049": ("SecurityGroupIngress", 2049, 2049),
                     "WorkToFiles2049": ("SecurityGroupEgress", 2049, 2049)}  # fmt: skip
    assert found["FilesFromWork2049"]["Properties"]["SourceSecurityGroupId"] == att("WorkSecurityGroup", "GroupId")
    (mount,) = [one for one in found["WorkRolePolicy"]["Properties"]["PolicyDocument"]["Statement"]
                if "elasticfilesystem" in str(one["Action"])]  # fmt: skip
    assert mount == {
        "Effect": "Allow", "Action": "elasticfilesystem:ClientMount", "Resource": att("Files"),
        "Condition": {"StringEquals": {"elasticfilesystem:AccessPointArn": att("FilesPointShared")}},
    }  # fmt: skip
    assert set(found["Work"]["DependsOn"]) >= {"FilesTarget1", "FilesTarget2"}


def test_who_writes_may_write(tmp_path: Path) -> None:
    found = resources(network("files: efs.file_system") + MOUNT + "\n", tmp_path)
    assert (["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"], att("Files")) in said(
        found, "WorkRolePolicy"
    )


def test_lustre_waits_for_the_rules_that_its_servers_need(tmp_path: Path) -> None:
    found = resources(network("files: fsx.lustre"), tmp_path)
    rules = {f"Files{way}Itself{ports}" for way in ("From", "To") for ports in ("988", "1018to1023")}
    assert rules <= set(found["Files"]["DependsOn"]) and rules <= set(found)


@pytest.mark.parametrize(
    ("node", "code", "text"),
    [
        ("files: {kind: efs.file_system, mibps: 64}", "bad-value", "goes with provisioned throughput"),
        ("files: {kind: efs.file_system, throughput: provisioned}", "bad-value", "goes with provisioned throughput"),
        ("files: {kind: efs.file_system, performance: maxIO}", "bad-value", "maxIO has neither"),
        ("files: {kind: efs.file_system, archive: 7}", "bad-value", "after Infrequent Access"),
        ("files: {kind: fsx.lustre, size: 3000}", "bad-value", "a multiple of 2400, not 3000"),
        ("files: {kind: fsx.lustre, speed: 300}", "bad-value", "no speed of 300"),
        ("files: {kind: fsx.lustre, deployment: scratch, speed: 250}", "bad-value", "has no 'speed'"),
        ("files: fsx.windows", "missing-property", "joins an Active Directory"),
        ("files: {kind: fsx.windows, directory: d-1, storage: HDD}", "out-of-bounds", "2000 GiB at least, not 32"),
        ("files: {kind: fsx.windows, directory: d-1, speed: 100}", "bad-value", "no throughput of 100"),
        ("files: {kind: fsx.windows, directory: d-1, speed: 8}", "out-of-bounds", "auditing needs 32"),
    ],
)
def test_what_cannot_be_is_refused(node: str, code: str, text: str, tmp_path: Path) -> None:
    found = findings(network(node), tmp_path)
    assert any(one == code and text in message for one, message in found), found


def test_a_function_outside_of_the_network_mounts_nothing(tmp_path: Path) -> None:
    nodes = network("files: efs.file_system").replace("nodes: {work:", "nodes: {other:").replace(
        "nodes:\n", "nodes:\n  work: {kind: lambda.function, runtime: python3.13, code: handler.py}\n", 1)  # fmt: skip
    assert ("needs-vpc", "'work' must stand in the VPC whose files it mounts") in findings(nodes + MOUNT, tmp_path)
