"""One database instance, its standby and its read replicas."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from archkit import network
from archkit.architecture import Architecture, Node
from archkit.kind import External, Helper, NodeId, Port, Refusal, Spread, prop
from archkit.kinds.rds.login import BY_IAM, Login
from archkit.kinds.rds.shared import (
    DAILY,
    ENGINES,
    LOGGED,
    LOGS,
    PORTS,
    ROTATED,
    WEEKLY,
    metrics_of,
    subnet_group,
    watch,
)
from archkit.kinds.rds.storage import storage_refusals
from archkit.scope import Resource, Scope
from archkit.shared.logins import Store, attach, credentials, master, public_refusal, rotate, rotation_refusal
from archkit.shared.windows import window_refusals

__all__ = ["Instance"]

TLS = {"postgres": ("rds.force_ssl", "1"), "sqlserver": ("rds.force_ssl", "1"),
       "mysql": ("require_secure_transport", "ON"), "mariadb": ("require_secure_transport", "1")}  # fmt: skip
"""https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html"""
FAMILIES = {"postgres": "postgres{0}", "mysql": "mysql{0}.{1}", "mariadb": "mariadb{0}.{1}",
            "sqlserver": "sqlserver-se-{0}.{1}", "oracle": "oracle-se2-{0}"}  # fmt: skip
VERSIONS = {"postgres": "17.9", "mysql": "8.4.8", "mariadb": "11.8.6", "sqlserver": "16.00.4250.1.v1"}
"""What is made where no version is said: fixed, since another major version would be another database."""
CLASSES = {"oracle": "t3.small", "sqlserver": "t3.xlarge"}
"""The least classes of the engines that do not run on Graviton
(https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Support.html)."""
UNSEEN = r"t[234]g?\.(micro|small)"
"""Classes on which MySQL and MariaDB have no Performance Insights
(https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights.Overview.Engines.html)."""
COPIED = ("postgres", "mysql", "mariadb")
"""Engines whose read replicas need no other edition
(https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.html)."""


class Instance(Store, icon="aws/database/rds", service="Amazon RDS",
               types=("AWS::RDS::DBInstance", "AWS::RDS::DBSubnetGroup", "AWS::RDS::DBParameterGroup",
                      "AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress", "AWS::IAM::Role",
                      "AWS::SecretsManager::SecretTargetAttachment", "AWS::SecretsManager::RotationSchedule",
                      "AWS::Logs::LogGroup")):  # fmt: skip
    """Relational database on one instance, with a standby in another zone and read replicas where asked.

    Its password is made up in a secret and never written down; connections are encrypted where the engine can insist.
    """

    engine: Literal["postgres", "mysql", "mariadb", "oracle", "sqlserver"] = prop("postgres", "Engine.", shape=True)
    version: str | None = prop(None, "Engine version (default: a recent one).", pattern=r"[0-9]+(\.[0-9a-z.-]+)?",
                               shape=True)  # fmt: skip
    instance: str | None = prop(None, "Instance class, without db. (default: a small one that the engine runs on).",
                                pattern=r"[a-z0-9-]+\.[a-z0-9]+", shape=True)  # fmt: skip
    storage: int = prop(20, "GiB of storage.", ge=20, le=65_536, shape=True)
    storage_type: Literal["gp3", "gp2", "io1", "io2"] = prop("gp3", "Type of storage.", shape=True)
    iops: int | None = prop(None, "IOPS (gp3 from 400 GiB on, io1, io2).", ge=1_000, le=256_000, shape=True)
    throughput: int | None = prop(None, "MiB/s (gp3 from 400 GiB).", ge=500, le=4_000, shape=True)
    grow_to: int | None = prop(None, "GiB that storage grows to by itself.", le=65_536, shape=True)
    multi_az: bool = prop(False, "A standby in another zone that takes over.", shape=True)
    replicas: int = prop(0, "Read replicas.", ge=0, le=15, shape=True)
    port: int | None = prop(None, "Port (default: the engine's).", ge=1_150, le=65_535, shape=True)
    database: str | None = prop(None, "Database made at the start.", pattern="[A-Za-z][A-Za-z0-9_]*", shape=True)
    backup_days: int = prop(7, "Days that automatic backups are kept.", ge=0, le=35, shape=True)
    backup_window: str | None = prop(None, "Daily window of backups, HH:MM-HH:MM in UTC.", pattern=DAILY)
    maintenance: str | None = prop(None, "Weekly window of maintenance, ddd:HH:MM-ddd:HH:MM in UTC.", pattern=WEEKLY)
    rotate: int | None = prop(None, "Days after which the password is changed.", ge=1, le=1_000, shape=True)
    iam_auth: bool = prop(True, "Let IAM authenticate users, where the engine can.", shape=True)
    tls: bool = prop(True, "Refuse connections that are not encrypted, where the engine can.", shape=True)
    parameters: dict[str, str] = prop({}, "Further parameters of the engine.")
    publish: bool = prop(True, "Publish the engine's logs.")
    insights: bool | None = prop(None, "Performance Insights (default: where the class has it).", shape=True)
    watch: Literal[0, 1, 5, 10, 15, 30, 60] = prop(60, "Seconds between lines of enhanced monitoring; 0 for none.",
                                                   shape=True)  # fmt: skip
    public: bool = prop(False, "An address on the Internet, in a public tier.", shape=True)
    protect: bool = prop(True, "Refuse to be deleted.")
    upgrade: bool = prop(True, "Take minor versions by itself.")
    key: NodeId | None = prop(None, "Encryption key (default: the AWS-managed one).", slot="key", to="kms.key")

    resides = "subnets"
    prefers = "isolated"
    durable = True
    listens = Login
    attributes = {"arn": "${.DBInstanceArn}", "endpoint": "${.Endpoint.Address}", "port": "${.Endpoint.Port}",
                  "id": "${}", "resource_id": "${.DbiResourceId}", "secret": "${+Secret}"}  # fmt: skip
    address = "${endpoint}"
    external = External(("endpoint", "security_group"))
    metrics = metrics_of("DBInstanceIdentifier")
    strict = {"multi_az": True}

    def ports(self) -> tuple[Port, ...]:
        return (Port(self.port or PORTS[self.engine]),)

    def attribute(self, name: str) -> str | None:
        if name == "reader":
            return "${+Replica1.Endpoint.Address}" if self.replicas else None
        return super().attribute(name)

    def spread(self) -> Spread:
        return "standby" if self.multi_az or self.replicas else "one"

    def second(self) -> str:
        return "standby" if self.multi_az else "read replica"

    def further(self) -> int:
        return 1 if self.multi_az else self.replicas

    def caption(self) -> str | None:
        return f"{self.engine}, {self.replicas} to read" if self.replicas else self.engine

    def public_address(self, node: Node, world: Architecture) -> bool:
        return self.public

    def rotation(self) -> str | None:
        return ROTATED[self.engine]

    @property
    def size(self) -> str:
        """The instance class, without db."""
        return self.instance or CLASSES.get(self.engine, "t4g.small")

    @property
    def seen(self) -> bool:
        """Whether Performance Insights works on its class."""
        return self.engine not in ("mysql", "mariadb") or not re.fullmatch(UNSEEN, self.size)

    def helpers(self) -> Mapping[str, Helper]:
        return credentials(self.key, length=30 if self.engine == "oracle" else 32)

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        found = [few for few in (network.too_few_zones(node, world),) if few is not None]
        if self.rotate is not None and (refused := rotation_refusal(node, world)) is not None:
            found.append(refused)
        found += [
            *storage_refusals(self),
            *window_refusals(self.backup_window, self.maintenance),
            *public_refusal(node, world),
        ]
        if self.insights and not self.seen:
            found.append(Refusal(f"{self.engine} has no Performance Insights on db.{self.size}", "instance: t4g.medium",
                                 "bad-value", "insights"))  # fmt: skip
        if self.engine in CLASSES and re.match(r"[a-z]+[0-9]+[a-z]*g[a-z]*\.", self.size):
            found.append(Refusal(f"{self.engine} does not run on Graviton, as db.{self.size} is",
                                 f"instance: {CLASSES[self.engine]}", "bad-value", "instance"))  # fmt: skip
        if self.replicas and self.engine not in COPIED:
            found.append(Refusal(f"{self.engine} has read replicas in its Enterprise Edition only",
                                 "engine: postgres", "bad-value", "replicas"))  # fmt: skip
        if self.replicas and not self.backup_days:
            found.append(Refusal("read replicas are made of backups, and none are kept", "backup_days: 7", "bad-value",
                                 "replicas"))  # fmt: skip
        if self.database is not None and self.engine == "sqlserver":
            found.append(Refusal("SQL Server makes no database at the start", None, "bad-value", "database"))
        if self.engine == "oracle" and len(self.database or "") > 8:
            found.append(Refusal(f"Oracle's databases have names of 8 letters at most, not '{self.database}'", None,
                                 "bad-value", "database"))  # fmt: skip
        return found

    def build(self, scope: Scope) -> None:
        from troposphere import rds

        username, password = master(scope)
        seen = self.seen if self.insights is None else self.insights
        common: dict[str, Any] = {
            "DBInstanceClass": f"db.{self.size}", "StorageType": self.storage_type, "Iops": self.iops,
            "StorageThroughput": self.throughput,
            "VPCSecurityGroups": [network.security_group(scope)], "PubliclyAccessible": self.public,
            "AutoMinorVersionUpgrade": self.upgrade, "CopyTagsToSnapshot": True, "DeletionProtection": self.protect,
            "EnablePerformanceInsights": seen, "PreferredMaintenanceWindow": self.maintenance,
            "PerformanceInsightsKMSKeyId": scope.arn(self.key) if seen else None,
            "EnableCloudwatchLogsExports": LOGS[self.engine] if self.publish else None,
            "MaxAllocatedStorage": self.grow_to,
            "EnableIAMDatabaseAuthentication": True if self.iam_auth and self.engine in BY_IAM else None,
            "DBParameterGroupName": self._parameters(scope), **watch(scope, self.watch),
        }  # fmt: skip
        made = scope.make(
            rds.DBInstance, Engine=ENGINES.get(self.engine, self.engine),
            EngineVersion=self.version or VERSIONS.get(self.engine), AllocatedStorage=str(self.storage),
            StorageEncrypted=True, KmsKeyId=scope.arn(self.key), MultiAZ=self.multi_az, Port=self.port,
            DBName=self.database, BackupRetentionPeriod=self.backup_days, PreferredBackupWindow=self.backup_window,
            MasterUsername=username, MasterUserPassword=password, DBSubnetGroupName=subnet_group(scope),
            LicenseModel={"oracle": "license-included", "sqlserver": "license-included"}.get(self.engine), **common,
        )  # fmt: skip
        self._replicas(scope, made, common)
        attachment = attach(scope)
        if self.rotate is not None:
            rotate(scope, self.rotate, attachment)

    def _replicas(self, scope: Scope, made: Resource, common: dict[str, Any]) -> None:
        from troposphere import rds

        for number in range(self.replicas):
            scope.make(rds.DBInstance, f"Replica{number + 1}", SourceDBInstanceIdentifier=made.ref, **common)

    def _parameters(self, scope: Scope) -> Any:
        """Return the name of a parameter group of its own, where anything differs from the engine's defaults."""
        said = {**LOGGED.get(self.engine if self.publish else "", {}), **self.parameters}
        if self.tls and self.engine in TLS:
            name, value = TLS[self.engine]
            said = {name: value, **said}
        family = FAMILIES.get(self.engine)
        if not said or family is None:
            return None
        from troposphere import rds

        numbers = re.findall(r"[0-9]+", self.version or VERSIONS.get(self.engine, "19"))
        numbers = [*numbers, "0"] if len(numbers) < 2 else numbers
        if self.engine == "sqlserver":
            numbers[1] = numbers[1][:1]
        return scope.make(rds.DBParameterGroup, "Parameters", Family=family.format(*numbers),
                          Description=f"Parameters of {scope.node.title}", Parameters=said).ref  # fmt: skip
