"""One database instance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from archkit import network
from archkit.kind import External, Helper, Kind, NodeId, Port, Spread, prop
from archkit.kinds.rds.login import BY_IAM, Login
from archkit.scope import Scope

__all__ = ["Instance"]

Engine = Literal["postgres", "mysql", "mariadb", "oracle", "sqlserver"]
ENGINES = {"oracle": "oracle-se2", "sqlserver": "sqlserver-se"}
PORTS = {"postgres": 5432, "mysql": 3306, "mariadb": 3306, "oracle": 1521, "sqlserver": 1433}


class Instance(Kind, icon="aws/database/rds", service="Amazon RDS",
               types=("AWS::RDS::DBInstance", "AWS::RDS::DBSubnetGroup", "AWS::EC2::SecurityGroup",
                      "AWS::SecretsManager::SecretTargetAttachment")):  # fmt: skip
    """Relational database on one instance, with a standby in another zone where asked.

    Its password is made up in a secret and never written down.
    """

    engine: Engine = prop("postgres", "Database engine.", shape=True)
    version: str | None = prop(None, "Engine version (default: the one RDS prefers).")
    instance: str = prop("t4g.small", "Instance class, without db.")
    storage: int = prop(20, "GiB of storage.", ge=20, le=65_536)
    multi_az: bool = prop(False, "A standby in another zone that takes over.", shape=True)
    port: int | None = prop(None, "Port (default: the engine's).", ge=1_150, le=65_535, shape=True)
    database: str | None = prop(None, "Database made at the start.", pattern="[A-Za-z][A-Za-z0-9_]*")
    backup: int = prop(7, "Days that automatic backups are kept.", ge=0, le=35)
    protect: bool = prop(True, "Refuse to be deleted.")
    iam_auth: bool = prop(True, "Let IAM authenticate users, where the engine can.", shape=True)
    key: NodeId | None = prop(None, "Encryption key (default: the AWS-managed one).", slot="key", to="kms.key")

    resides = "subnets"
    prefers = "isolated"
    durable = True
    listens = Login
    attributes = {"arn": "${.DBInstanceArn}", "endpoint": "${.Endpoint.Address}", "port": "${.Endpoint.Port}",
                  "id": "${}", "resource_id": "${.DbiResourceId}"}  # fmt: skip
    address = "${endpoint}"
    external = External(("endpoint", "security_group"))

    def ports(self) -> tuple[Port, ...]:
        return (Port(self.port or PORTS[self.engine]),)

    def spread(self) -> Spread:
        return "standby" if self.multi_az else "one"

    def caption(self) -> str | None:
        return self.engine

    def helpers(self) -> Mapping[str, Helper]:
        key = {"key": self.key} if self.key else {}
        return {"secret": Helper("secretsmanager.secret", {"username": "master", **key}, "credentials")}

    def build(self, scope: Scope) -> None:
        from troposphere import rds, secretsmanager

        secret = scope.of(f"{scope.node.id}.secret")
        assert secret is not None
        group = scope.make(rds.DBSubnetGroup, "Subnets", DBSubnetGroupDescription=scope.node.title,
                           SubnetIds=network.subnets(scope))  # fmt: skip
        made = scope.make(
            rds.DBInstance, Engine=ENGINES.get(self.engine, self.engine), EngineVersion=self.version,
            DBInstanceClass=f"db.{self.instance}", AllocatedStorage=str(self.storage), StorageType="gp3",
            StorageEncrypted=True, KmsKeyId=scope.arn(self.key), MultiAZ=self.multi_az, Port=self.port,
            DBName=self.database, BackupRetentionPeriod=self.backup, DeletionProtection=self.protect,
            EnableIAMDatabaseAuthentication=True if self.iam_auth and self.engine in BY_IAM else None,
            MasterUsername=secret.attribute("value.username"), MasterUserPassword=secret.attribute("value.password"),
            DBSubnetGroupName=group.ref, VPCSecurityGroups=[network.security_group(scope)], PubliclyAccessible=False,
            CopyTagsToSnapshot=True, AutoMinorVersionUpgrade=True,
        )  # fmt: skip
        scope.make(secretsmanager.SecretTargetAttachment, "SecretAttachment", SecretId=secret.attribute("arn"),
                   TargetId=made.ref, TargetType=made.type)  # fmt: skip
