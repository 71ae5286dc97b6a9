"""AWS Backup: plans that back up what edges point at, and vaults that hold the recovery points."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from archkit.architecture import Architecture, Ends, Node
from archkit.kind import External, Helper, Join, Kind, NodeId, Record, Refusal, prop
from archkit.scope import Link, Scope, Statement
from archkit.shared.schedules import Cron, expression
from archkit.values import Sub, account

__all__ = ["Plan", "Vault"]

SERVICE = "backup.amazonaws.com"
BACKED_UP = frozenset({
    "AWS::DocDB::DBCluster", "AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table", "AWS::EC2::Instance",
    "AWS::EC2::Volume", "AWS::EFS::FileSystem", "AWS::EKS::Cluster", "AWS::FSx::FileSystem", "AWS::Neptune::DBCluster",
    "AWS::RDS::DBCluster", "AWS::RDS::DBInstance", "AWS::Redshift::Cluster", "AWS::S3::Bucket",
    "AWS::Timestream::Table",
})  # fmt: skip
"""https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-feature-availability.html#supported-services"""
POLICIES = ("service-role/AWSBackupServiceRolePolicyForBackup", "service-role/AWSBackupServiceRolePolicyForRestores")
FOR_BUCKETS = ("AWSBackupServiceRolePolicyForS3Backup", "AWSBackupServiceRolePolicyForS3Restore")
"""AWS's own policies for the role, which cover every service that it backs up
(https://docs.aws.amazon.com/aws-backup/latest/devguide/iam-service-roles.html)."""
COLD = 90
"""Least days that a recovery point stays in cold storage
(https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html)."""
EVENTS = ("BACKUP_JOB_EXPIRED", "COPY_JOB_FAILED", "RESTORE_JOB_COMPLETED", "S3_BACKUP_OBJECT_FAILED")


class BackUp(Join):
    """The plan backs that up."""

    word: ClassVar[str] = "backup"
    usual: ClassVar[bool] = True
    style: ClassVar[Any] = "guard"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return bool(other.types) and other.types[0] in BACKED_UP

    def refuse(self, ends: Ends) -> Refusal | None:
        if ends.owner.place != ends.other.place:
            return Refusal(f"'{ends.other.id}' stands in another Region or account than the plan",
                           "a plan there, or 'copy_to' to keep recovery points elsewhere", "other-region")  # fmt: skip
        bucket = ends.other.kind.types[0] == "AWS::S3::Bucket"
        if bucket and ends.other.existing is None and getattr(ends.other.kind, "versioning", True) is False:
            return Refusal(f"only a bucket with versions can be backed up, and '{ends.other.id}' keeps none",
                           "versioning: true there", "needs-versions")  # fmt: skip
        return None

    def apply(self, link: Link) -> None:
        selection = link.owner.get("Selection")
        arn = link.other.attribute("arn")
        if selection is None:
            _selection(link.owner, Resources=[arn])
        else:
            selection.append("BackupSelection.Resources", arn)
        if link.other.node.kind.types[0] == "AWS::S3::Bucket":
            for name in FOR_BUCKETS:
                link.owner.role().append("ManagedPolicyArns", Sub(f"arn:${{AWS::Partition}}:iam::aws:policy/{name}"))


def _selection(scope: Scope, **chosen: Any) -> Any:
    """Return the selection of the plan; its name must be known, since selections are told apart by it."""
    from troposphere import backup

    role = scope.role()
    for name in POLICIES:
        role.append("ManagedPolicyArns", Sub(f"arn:${{AWS::Partition}}:iam::aws:policy/{name}"))
    named = {"SelectionName": scope.id[:50], "IamRoleArn": role.att("Arn")}
    return scope.make(backup.BackupSelection, "Selection", BackupPlanId=scope.main.ref,
                      BackupSelection={**named, **chosen})  # fmt: skip


class Copy(Record):
    """A copy of each recovery point in another vault."""

    short = "vault"

    vault: str = prop(doc="ARN of the vault, in another Region or account.")
    keep: int | None = prop(None, "Days that the copy is kept (default: as long as the original).", ge=1)


class Plan(Kind, icon="aws/storage/backup", service="AWS Backup",
           types=("AWS::Backup::BackupPlan", "AWS::Backup::BackupSelection", "AWS::IAM::Role")):  # fmt: skip
    """Backup plan: when whatever it points at, or whatever has a tag, is backed up, and how long that is kept."""

    cron: Cron = prop(Cron.parse("0 5 * * ? *"), "When, as a cron expression.")
    time_zone: str | None = prop(None, "Time zone of the schedule (default: UTC).", pattern=r"[A-Za-z_]+(/[A-Za-z_]+)*")
    keep: int | None = prop(35, "Days that recovery points are kept; null for ever.", ge=1, shape=True)
    cold: int | None = prop(
        None, "Days after which they move to cold storage, where the service has it.", ge=1, shape=True
    )
    continuous: bool = prop(False, "Continuous backups, for any point in time of the last 35 days.", shape=True)
    start_within: int | None = prop(None, "Minutes within which a backup must start.", ge=60)
    finish_within: int | None = prop(None, "Minutes within which it must be done.", ge=60)
    copy_to: list[Copy] = prop([], "Copies in other vaults.", le=10)
    tags_selected: dict[str, str] = prop({}, "Tags; whatever has one of them is backed up too.")
    vault: NodeId | None = prop(
        None, "Vault of the blueprint (default: one of its own).", slot="vault", to="backup.vault"
    )
    key: NodeId | None = prop(None, "Key that encrypts the vault of its own.", slot="key", to="kms.key")

    guard = True
    principal = SERVICE
    joins = (BackUp,)
    attributes = {"arn": "${.BackupPlanArn}", "id": "${}"}
    external = External(("arn",))

    def helpers(self) -> Mapping[str, Helper]:
        key = {"key": self.key} if self.key else {}
        return {} if self.vault else {"vault": Helper("backup.vault", key, "Backup vault")}

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        if self.cold is not None and self.keep is not None and self.keep < self.cold + COLD:
            return [Refusal(f"what moves to cold storage stays there for {COLD} days at least",
                            f"keep: {self.cold + COLD}", "out-of-bounds", "keep")]  # fmt: skip
        if self.continuous and (self.keep is None or self.keep > 35 or self.cold is not None):
            return [Refusal("continuous backups are kept for 35 days at most, and never in cold storage",
                            "keep: 35", "out-of-bounds", "continuous")]  # fmt: skip
        return []

    def build(self, scope: Scope) -> None:
        from troposphere import backup

        vault = scope.of(self.vault or f"{scope.node.id}.vault")
        assert vault is not None
        lifecycle = {"DeleteAfterDays": self.keep, "MoveToColdStorageAfterDays": self.cold}
        rule = {
            "RuleName": scope.id[:50], "TargetBackupVault": vault.attribute("name"),
            "ScheduleExpression": expression(self.cron), "ScheduleExpressionTimezone": self.time_zone,
            "StartWindowMinutes": self.start_within,
            "CompletionWindowMinutes": self.finish_within, "EnableContinuousBackup": self.continuous or None,
            "Lifecycle": lifecycle if self.keep or self.cold else None,
            "CopyActions": [{"DestinationBackupVaultArn": copy.vault,
                             "Lifecycle": {"DeleteAfterDays": copy.keep} if copy.keep else None}
                            for copy in self.copy_to] or None,
        }  # fmt: skip
        name = f"{scope.architecture.name}-{scope.node.id}"
        scope.make(backup.BackupPlan, BackupPlan={"BackupPlanName": name[:50], "BackupPlanRule": [rule]})
        if self.tags_selected:
            chosen = [{"ConditionType": "STRINGEQUALS", "ConditionKey": key, "ConditionValue": value}
                      for key, value in self.tags_selected.items()]  # fmt: skip
            _selection(scope, ListOfTags=chosen)

    def finish(self, scope: Scope) -> None:
        if scope.get("Selection") is None:
            scope.note("backs-up-nothing", f"'{scope.node.id}' backs up nothing: no edge leads from it",
                       f"- {scope.node.id} -> the table, database or file system")  # fmt: skip


class Vault(Kind, icon="aws/storage/backup", service="AWS Backup", types=("AWS::Backup::BackupVault",)):
    """Backup vault: where recovery points are kept, encrypted, and locked against deletion where asked."""

    vault_name: str | None = prop(None, "A fixed name (default: made from the stack's).", pattern="[A-Za-z0-9_-]{2,50}")
    least: int | None = prop(None, "Days that every recovery point must be kept at least (locks the vault).", ge=1,
                             shape=True)  # fmt: skip
    most: int | None = prop(None, "Days that it may be kept at most.", ge=1, le=36_500, shape=True)
    final_after: int | None = prop(None, "Days after which nobody can take the lock off any more.", ge=3, shape=True)
    tell: NodeId | None = prop(None, "Topic that is told of failed and expired jobs.", slot="tell", to="sns.topic")
    accounts: list[str] = prop([], "Ids of other accounts that may copy into it.", pattern="[0-9]{12}", shape=True)
    key: NodeId | None = prop(None, "Encryption key (default: the one AWS manages).", slot="key", to="kms.key")

    durable = True
    guard = True
    named = ("BackupVaultName", 50)
    attributes = {"arn": "${.BackupVaultArn}", "name": "${}"}
    external = External(("name",), {
        "arn": "arn:${AWS::Partition}:backup:${AWS::Region}:${AWS::AccountId}:backup-vault:${name}"})  # fmt: skip

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        if self.least is not None and self.most is not None and self.least > self.most:
            return [Refusal(f"no recovery point can be kept for {self.least} days at least and {self.most} at most",
                            None, "out-of-bounds", "most")]  # fmt: skip
        if self.least is None and (self.final_after is not None or self.most is not None):
            return [Refusal("a lock says for how long every recovery point must be kept", "least: 30",
                            "missing-property")]  # fmt: skip
        return []

    def build(self, scope: Scope) -> None:
        from troposphere import backup

        topic = scope.of(self.tell)
        if topic is not None:
            topic.policy(Statement(("sns:Publish",), (topic.attribute("arn"),), scope.node.id,
                                   principal={"Service": SERVICE},
                                   condition={"StringEquals": {"aws:SourceAccount": account}}))  # fmt: skip
        lock = {"MinRetentionDays": self.least, "MaxRetentionDays": self.most, "ChangeableForDays": self.final_after}
        made = scope.make(
            backup.BackupVault, BackupVaultName=self.vault_name or scope.physical(50),
            EncryptionKeyArn=scope.arn(self.key), LockConfiguration=lock if self.least is not None else None,
            Notifications={"BackupVaultEvents": list(EVENTS), "SNSTopicArn": topic.attribute("arn")} if topic else None,
        )  # fmt: skip
        if self.accounts:
            made.set("AccessPolicy", _door(self.accounts))  # troposphere would write it out as text


def _door(accounts: list[str]) -> dict[str, Any]:
    """Return the policy that lets other accounts copy recovery points in."""
    roots = [Sub(f"arn:${{AWS::Partition}}:iam::{one}:root") for one in accounts]
    said = {"Effect": "Allow", "Principal": {"AWS": roots}, "Action": "backup:CopyIntoBackupVault", "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [said]}
