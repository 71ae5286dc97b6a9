"""Amazon DocumentDB: documents, as MongoDB's drivers see them."""

from __future__ import annotations

from collections.abc import Mapping

from archkit import network
from archkit.architecture import Architecture, Node
from archkit.kind import External, Helper, Metric, NodeId, Port, Refusal, Spread, prop
from archkit.scope import Scope
from archkit.shared.logins import BySecret, Store, attach, credentials, master, rotate, rotation_refusal
from archkit.shared.windows import DAILY, WEEKLY, window_refusals

__all__ = ["Cluster"]

NAMED = {"DBClusterIdentifier": "${id}"}


class Login(BySecret):
    """A connection: `NAME` holds the address, `NAME_PORT` the port, `NAME_SECRET` the ARN of the secret with the
    credentials, and `NAME_READER` the address that spreads over readers.
    """


class Cluster(Store, icon="aws/database/documentdb-mongodb-compatibility", service="Amazon DocumentDB",
              types=("AWS::DocDB::DBCluster", "AWS::DocDB::DBInstance", "AWS::DocDB::DBSubnetGroup",
                     "AWS::DocDB::DBClusterParameterGroup", "AWS::EC2::SecurityGroup",
                     "AWS::EC2::SecurityGroupIngress", "AWS::SecretsManager::SecretTargetAttachment",
                     "AWS::SecretsManager::RotationSchedule")):  # fmt: skip
    """Document database: one instance that writes, others that read and take over, TLS only."""

    version: str = prop("5.0.0", "Engine version.", pattern=r"[0-9]+\.[0-9]+\.[0-9]+", shape=True)
    instance: str = prop("t4g.medium", "Instance class, without db.", pattern=r"[a-z0-9-]+\.[a-z0-9]+")
    instances: int = prop(2, "Instances, over the zones.", ge=1, le=16, shape=True)
    port: int = prop(27_017, "Port.", ge=1_150, le=65_535, shape=True)
    tls: bool = prop(True, "Refuse connections that are not encrypted.")
    audit: bool = prop(True, "Publish who did what.")
    backup_days: int = prop(7, "Days that automatic backups are kept.", ge=1, le=35)
    backup_window: str | None = prop(None, "Daily window of backups, HH:MM-HH:MM in UTC.", pattern=DAILY)
    maintenance: str | None = prop(None, "Weekly window of maintenance, ddd:HH:MM-ddd:HH:MM in UTC.", pattern=WEEKLY)
    rotate: int | None = prop(None, "Days after which the password is changed.", ge=1, le=1_000, shape=True)
    protect: bool = prop(True, "Refuse to be deleted.")
    key: NodeId | None = prop(None, "Encryption key (default: the AWS-managed one).", slot="key", to="kms.key")

    resides = "subnets"
    prefers = "isolated"
    durable = True
    listens = Login
    attributes = {"id": "${}", "endpoint": "${.Endpoint}", "reader": "${.ReadEndpoint}", "port": "${.Port}",
                  "secret": "${+Secret}",
                  "arn": "arn:${AWS::Partition}:rds:${AWS::Region}:${AWS::AccountId}:cluster:${}"}  # fmt: skip
    address = "${endpoint}"
    external = External(("endpoint", "security_group"), {"reader": "${endpoint}"})
    metrics = {
        "cpu": Metric("AWS/DocDB", "CPUUtilization", NAMED, "Average"),
        "connections": Metric("AWS/DocDB", "DatabaseConnections", NAMED, "Maximum"),
        "free-memory": Metric("AWS/DocDB", "FreeableMemory", NAMED, "Minimum"),
    }

    def ports(self) -> tuple[Port, ...]:
        return (Port(self.port),)

    def rotation(self) -> str | None:
        return "MongoDB"

    def second(self) -> str:
        return "reader"

    def further(self) -> int:
        return self.instances - 1

    def spread(self) -> Spread:
        return "standby" if self.instances > 1 else "one"

    def helpers(self) -> Mapping[str, Helper]:
        return credentials(self.key, "root_user")

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        found = [few for few in (network.too_few_zones(node, world),) if few is not None]
        found += window_refusals(self.backup_window, self.maintenance)
        refused = rotation_refusal(node, world) if self.rotate is not None else None
        return [*found, refused] if refused is not None else found

    def build(self, scope: Scope) -> None:
        from troposphere import docdb

        username, password = master(scope)
        subnets = scope.make(docdb.DBSubnetGroup, "Subnets", DBSubnetGroupDescription=f"Subnets of {scope.node.title}",
                             SubnetIds=network.subnets(scope))  # fmt: skip
        parameters = scope.make(
            docdb.DBClusterParameterGroup, "Parameters", Description=f"Parameters of {scope.node.title}",
            Family=f"docdb{'.'.join(self.version.split('.')[:2])}",
            Parameters={"tls": "enabled" if self.tls else "disabled",
                        "audit_logs": "enabled" if self.audit else "disabled"},
        )  # fmt: skip
        cluster = scope.make(
            "AWS::DocDB::DBCluster", EngineVersion=self.version, MasterUsername=username, MasterUserPassword=password,
            Port=self.port, DBSubnetGroupName=subnets.ref, DBClusterParameterGroupName=parameters.ref,
            VpcSecurityGroupIds=[network.security_group(scope)], StorageEncrypted=True, KmsKeyId=scope.arn(self.key),
            PreferredBackupWindow=self.backup_window, PreferredMaintenanceWindow=self.maintenance,
            BackupRetentionPeriod=self.backup_days, DeletionProtection=self.protect, CopyTagsToSnapshot=True,
            EnableCloudwatchLogsExports=["audit"] if self.audit else None,
        )  # fmt: skip
        for number in range(self.instances):
            scope.make(docdb.DBInstance, f"Instance{number + 1}", DBClusterIdentifier=cluster.ref,
                       DBInstanceClass=f"db.{self.instance}", AutoMinorVersionUpgrade=True)  # fmt: skip
        attachment = attach(scope)
        if self.rotate is not None:
            rotate(scope, self.rotate, attachment)
