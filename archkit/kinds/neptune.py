"""Amazon Neptune: graphs."""

from __future__ import annotations

from archkit import network
from archkit.architecture import Architecture, Node
from archkit.kind import External, Grant, Listen, Metric, NodeId, Port, Refusal, Spread, prop
from archkit.scope import Scope
from archkit.shared.logins import Store
from archkit.shared.windows import DAILY, WEEKLY, window_refusals

__all__ = ["Cluster"]

NAMED = {"DBClusterIdentifier": "${id}"}
DATA = "arn:${AWS::Partition}:neptune-db:${AWS::Region}:${AWS::AccountId}:${resource_id}/*"
"""https://docs.aws.amazon.com/neptune/latest/userguide/iam-data-resources.html"""


class Open(Listen):
    """A connection, as far as rights on the graph go: `NAME` holds the address, `NAME_PORT` the port, and `NAME_READER`
    the address that spreads over readers.
    """

    usual = False


class Cluster(Store, icon="aws/database/neptune", service="Amazon Neptune",
              types=("AWS::Neptune::DBCluster", "AWS::Neptune::DBInstance", "AWS::Neptune::DBSubnetGroup",
                     "AWS::Neptune::DBClusterParameterGroup",
                     "AWS::EC2::SecurityGroup")):  # fmt: skip
    """Graph database: asked by Gremlin, openCypher or SPARQL, by whom IAM lets in."""

    version: str = prop("1.4.5.1", "Engine version.", pattern=r"1\.[2-9]\.[0-9]+\.[0-9]+", shape=True)
    instance: str = prop("t4g.medium", "Instance class, without db.", pattern=r"[a-z0-9-]+\.[a-z0-9]+")
    instances: int = prop(2, "Instances, over the zones.", ge=1, le=16, shape=True)
    iam_auth: bool = prop(True, "Only requests signed by who has rights are answered.", shape=True)
    port: int = prop(8_182, "Port.", ge=1_150, le=65_535, shape=True)
    backup_days: int = prop(7, "Days that automatic backups are kept.", ge=1, le=35)
    backup_window: str | None = prop(None, "Daily window of backups, HH:MM-HH:MM in UTC.", pattern=DAILY)
    maintenance: str | None = prop(None, "Weekly window of maintenance, ddd:HH:MM-ddd:HH:MM in UTC.", pattern=WEEKLY)
    audit: bool = prop(True, "Publish who did what.")
    protect: bool = prop(True, "Refuse to be deleted.")
    key: NodeId | None = prop(None, "Encryption key (default: the AWS-managed one).", slot="key", to="kms.key")

    resides = "subnets"
    prefers = "isolated"
    durable = True
    listens = Open
    attributes = {"id": "${}", "endpoint": "${.Endpoint}", "reader": "${.ReadEndpoint}", "port": "${.Port}",
                  "resource_id": "${.ClusterResourceId}",
                  "arn": "arn:${AWS::Partition}:rds:${AWS::Region}:${AWS::AccountId}:cluster:${}"}  # fmt: skip
    address = "${endpoint}"
    external = External(("endpoint", "resource_id", "security_group"), {"reader": "${endpoint}"})
    grants = {
        "read": Grant("neptune-db:ReadDataViaQuery", "neptune-db:GetQueryStatus", "neptune-db:CancelQuery", on=DATA,
                      usual=True),
        "write": Grant("neptune-db:WriteDataViaQuery", on=DATA),
        "delete": Grant("neptune-db:DeleteDataViaQuery", on=DATA),
        "load": Grant("neptune-db:StartLoaderJob", "neptune-db:GetLoaderJobStatus", on=DATA),
    }  # fmt: skip
    metrics = {
        "cpu": Metric("AWS/Neptune", "CPUUtilization", NAMED, "Average"),
        "queries": Metric("AWS/Neptune", "TotalRequestsPerSec", NAMED, "Average"),
        "free-memory": Metric("AWS/Neptune", "FreeableMemory", NAMED, "Minimum"),
    }

    def ports(self) -> tuple[Port, ...]:
        return (Port(self.port),)

    def second(self) -> str:
        return "reader"

    def further(self) -> int:
        return self.instances - 1

    def spread(self) -> Spread:
        return "standby" if self.instances > 1 else "one"

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        few = network.too_few_zones(node, world)
        return [*([few] if few is not None else []), *window_refusals(self.backup_window, self.maintenance)]

    def build(self, scope: Scope) -> None:
        from troposphere import neptune

        subnets = scope.make(neptune.DBSubnetGroup, "Subnets", SubnetIds=network.subnets(scope),
                             DBSubnetGroupDescription=f"Subnets of {scope.node.title}")  # fmt: skip
        # https://docs.aws.amazon.com/neptune/latest/userguide/auditing.html
        parameters = scope.make(
            neptune.DBClusterParameterGroup, "Parameters", Description=f"Parameters of {scope.node.title}",
            Family=f"neptune{'.'.join(self.version.split('.')[:2])}",
            Parameters={"neptune_enable_audit_log": 1 if self.audit else 0},
        )  # fmt: skip
        cluster = scope.make(
            "AWS::Neptune::DBCluster", EngineVersion=self.version, DBPort=self.port, DBSubnetGroupName=subnets.ref,
            DBClusterParameterGroupName=parameters.ref, PreferredBackupWindow=self.backup_window,
            PreferredMaintenanceWindow=self.maintenance,
            VpcSecurityGroupIds=[network.security_group(scope)], IamAuthEnabled=self.iam_auth, StorageEncrypted=True,
            KmsKeyId=scope.arn(self.key), BackupRetentionPeriod=self.backup_days, CopyTagsToSnapshot=True,
            DeletionProtection=self.protect, EnableCloudwatchLogsExports=["audit"] if self.audit else None,
        )  # fmt: skip
        for number in range(self.instances):
            scope.make(neptune.DBInstance, f"Instance{number + 1}", DBClusterIdentifier=cluster.ref,
                       DBInstanceClass=f"db.{self.instance}", AutoMinorVersionUpgrade=True)  # fmt: skip
