"""Amazon Aurora: one writer, readers beside it, storage over three zones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Literal

from archkit import network
from archkit.architecture import Architecture, Ends, Node
from archkit.kind import External, Grant, Helper, Join, Kind, NodeId, Port, Record, Refusal, Spread, prop
from archkit.kinds.rds.login import Login
from archkit.kinds.rds.shared import DAILY, PORTS, ROTATED, WEEKLY, metrics_of, subnet_group, watch
from archkit.scope import Link, Scope
from archkit.shared.logins import Store, attach, credentials, master, public_refusal, rotate, rotation_refusal
from archkit.shared.windows import window_refusals

__all__ = ["Cluster"]

AURORA = {"postgres": "aurora-postgresql", "mysql": "aurora-mysql"}
VERSIONS = {"postgres": "17.9", "mysql": "8.0.mysql_aurora.3.10.3"}
FAMILIES = {"postgres": "aurora-postgresql{0}", "mysql": "aurora-mysql{0}"}
TLS = {"postgres": ("rds.force_ssl", "1"), "mysql": ("require_secure_transport", "ON")}
LOGGED = {"server_audit_logging": "1", "server_audit_events": "CONNECT,QUERY_DCL,QUERY_DDL", "slow_query_log": "1"}
"""Parameters without which Aurora MySQL has nothing to publish
(https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Auditing.html)."""
DATA = ("rds-data:BatchExecuteStatement", "rds-data:BeginTransaction", "rds-data:CommitTransaction",
        "rds-data:ExecuteStatement", "rds-data:RollbackTransaction")  # fmt: skip


class Capacity(Record):
    """Aurora Serverless v2: capacity that follows what is asked, in units of 2 GiB of memory."""

    short = "max"

    min: float = prop(0.5, "Least units; 0 lets it pause.", ge=0, le=256, shape=True)
    max: float = prop(4, "Most units.", ge=1, le=256, shape=True)


class Spanning(Join):
    """A second cluster of a global database: it follows the first one from its own Region, for reading.

    It has the users and the data of the first, and so no secret of its own.

    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database.html
    """

    word: ClassVar[str] = "replicate"
    usual: ClassVar[bool] = True
    arrow: ClassVar[Any] = "in"
    style: ClassVar[Any] = "data"
    replaces: ClassVar[str | None] = "secret"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return owner is other

    def refuse(self, ends: Ends) -> Refusal | None:
        if ends.owner.place[1] == ends.other.place[1]:
            return Refusal("the clusters of a global database stand in different Regions",
                           f"put '{ends.owner.id}' into a region group", "same-region")  # fmt: skip
        if ends.owner.kind.engine != ends.other.kind.engine:  # type: ignore[attr-defined]
            return Refusal("the clusters of a global database have one engine", None, "cannot-join")
        if ends.owner.kind.rotate is not None:  # type: ignore[attr-defined]
            return Refusal(f"'{ends.owner.id}' has the users of '{ends.other.id}', where passwords are changed",
                           f"rotate on '{ends.other.id}'", "bad-value")  # fmt: skip
        return None

    def apply(self, link: Link) -> None:
        first, second = link.other, link.owner
        spans = first.get("Global") or first.make(
            "AWS::RDS::GlobalCluster", "Global", GlobalClusterIdentifier=first.physical(63),
            SourceDBClusterIdentifier=first.main.ref,
        )  # fmt: skip
        second.main.set("GlobalClusterIdentifier", spans.ref)
        if second.main.get("KmsKeyId") is None:
            # what an encrypted cluster is copied to in another Region says its key there
            second.main.set("KmsKeyId", "alias/aws/rds")


class Cluster(Store, icon="aws/database/aurora", service="Amazon Aurora",
              types=("AWS::RDS::DBCluster", "AWS::RDS::DBInstance", "AWS::RDS::DBSubnetGroup",
                     "AWS::RDS::GlobalCluster",
                     "AWS::RDS::DBClusterParameterGroup", "AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress",
                     "AWS::IAM::Role", "AWS::SecretsManager::SecretTargetAttachment",
                     "AWS::SecretsManager::RotationSchedule", "AWS::Logs::LogGroup")):  # fmt: skip
    """Aurora database: a writer and readers over shared storage that is kept in three zones.

    Without `instance` its capacity follows what is asked of it (Serverless v2).
    """

    engine: Literal["postgres", "mysql"] = prop("postgres", "Compatible engine.", shape=True)
    version: str | None = prop(None, "Engine version (default: a recent one).", shape=True)
    instance: str | None = prop(None, "Instance class, without db. (default: Serverless v2).",
                                pattern=r"[a-z0-9-]+\.[a-z0-9]+")  # fmt: skip
    pause: int | None = prop(None, "Seconds without connections after which it pauses, where the least is 0.", ge=300,
                             le=86_400, shape=True)  # fmt: skip
    capacity: Capacity = prop(Capacity(min=0.5, max=4), "Capacity units of Serverless v2; a bare number is the most.")
    readers: int = prop(0, "Readers beside the writer, ready to take its place.", ge=0, le=15, shape=True)
    port: int | None = prop(None, "Port (default: the engine's).", ge=1_150, le=65_535, shape=True)
    database: str | None = prop(None, "Database made at the start.", pattern="[A-Za-z][A-Za-z0-9_]*", shape=True)
    backup_days: int = prop(7, "Days that automatic backups are kept.", ge=1, le=35)
    backup_window: str | None = prop(None, "Daily window of backups, HH:MM-HH:MM in UTC.", pattern=DAILY)
    maintenance: str | None = prop(None, "Weekly window of maintenance, ddd:HH:MM-ddd:HH:MM in UTC.", pattern=WEEKLY)
    backtrack: int | None = prop(None, "Hours that the data can be turned back (MySQL).", ge=1, le=72, shape=True)
    rotate: int | None = prop(None, "Days after which the password is changed.", ge=1, le=1_000, shape=True)
    iam_auth: bool = prop(True, "Let IAM authenticate users.", shape=True)
    tls: bool = prop(True, "Refuse connections that are not encrypted.", shape=True)
    parameters: dict[str, str] = prop({}, "Further parameters of the cluster.")
    data_api: bool = prop(False, "Answer SQL over HTTPS, without a connection (Data API).")
    storage: Literal["standard", "io-optimized"] = prop("standard", "How storage is paid for.")
    insights: bool = prop(True, "Performance Insights.")
    watch: Literal[0, 1, 5, 10, 15, 30, 60] = prop(60, "Seconds between lines of enhanced monitoring; 0 for none.",
                                                   shape=True)  # fmt: skip
    publish: bool = prop(True, "Publish the engine's logs.")
    public: bool = prop(False, "An address on the Internet, in a public tier.", shape=True)
    protect: bool = prop(True, "Refuse to be deleted.")
    key: NodeId | None = prop(None, "Encryption key (default: the AWS-managed one).", slot="key", to="kms.key")

    resides = "subnets"
    prefers = "isolated"
    durable = True
    listens = Login
    joins = (Spanning,)
    attributes = {"arn": "${.DBClusterArn}", "endpoint": "${.Endpoint.Address}", "port": "${.Endpoint.Port}",
                  "id": "${}", "resource_id": "${.DBClusterResourceId}", "secret": "${+Secret}"}  # fmt: skip
    address = "${endpoint}"
    external = External(("endpoint", "security_group"))
    grants = {"query": Grant(*DATA)}
    private_link = "rds-data"
    metrics = metrics_of("DBClusterIdentifier", but=("free-storage",))

    def ports(self) -> tuple[Port, ...]:
        return (Port(self.port or PORTS[self.engine]),)

    def attribute(self, name: str) -> str | None:
        if name == "reader":
            return "${.ReadEndpoint.Address}" if self.readers else None
        return super().attribute(name)

    def handed(self, word: str) -> Mapping[str, str]:
        """The Data API is asked for a cluster by its ARN, with the ARN of a secret."""
        return {"_ARN": "${arn}", "_SECRET": "${secret}"} if word == "query" else super().handed(word)

    def beside(self, scope: Scope, grant: Grant) -> Iterable[tuple[Scope, Grant | str]]:
        """It reads the secret with the rights of whoever asks
        (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.access.html)."""
        secret = scope.of(f"{scope.node.id}.secret")
        return ((secret, "read"),) if secret is not None else ()

    def public_address(self, node: Node, world: Architecture) -> bool:
        return self.public

    def rotation(self) -> str | None:
        return ROTATED[self.engine]

    def second(self) -> str:
        return "reader"

    def further(self) -> int:
        return self.readers

    def spread(self) -> Spread:
        return "standby" if self.readers else "one"

    def caption(self) -> str | None:
        return AURORA[self.engine].replace("-", " ")

    def helpers(self) -> Mapping[str, Helper]:
        return credentials(self.key)

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        found = [few for few in (network.too_few_zones(node, world),) if few is not None]
        if self.rotate is not None and (refused := rotation_refusal(node, world)) is not None:
            found.append(refused)
        found += [*window_refusals(self.backup_window, self.maintenance), *public_refusal(node, world)]
        asked = [edge for edge, effect in world.effects() if edge.target == node.id and effect.word == "query"]
        if asked and not self.data_api:
            found.append(Refusal(f"'{asked[0].source}' asks '{node.id}' over HTTPS, and its Data API is off",
                                 "data_api: true", "bad-value", "data_api"))  # fmt: skip
        if self.pause is not None and (self.instance or self.capacity.min):
            found.append(Refusal("a cluster pauses whose capacity may go down to 0", "capacity: {min: 0, max: 4}",
                                 "bad-value", "pause"))  # fmt: skip
        if self.backtrack is not None and self.engine != "mysql":
            found.append(Refusal("only Aurora MySQL turns its data back", "engine: mysql", "bad-value", "backtrack"))
        if self.capacity.min > self.capacity.max:
            found.append(Refusal(f"capacity cannot be {self.capacity.min} at least and {self.capacity.max} at most",
                                 None, "out-of-bounds", "capacity"))  # fmt: skip
        if any(unit * 2 % 1 for unit in (self.capacity.min, self.capacity.max)):
            # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html
            found.append(Refusal("capacity comes in halves of a unit", "capacity: {min: 0.5, max: 4}", "bad-value",
                                 "capacity"))  # fmt: skip
        return found

    def build(self, scope: Scope) -> None:
        from troposphere import rds

        follows = scope.of(f"{scope.node.id}.secret") is None
        username, password = (None, None) if follows else master(scope)
        engine = AURORA[self.engine]
        made = scope.make(
            "AWS::RDS::DBCluster", Engine=engine, EngineVersion=self.version or VERSIONS[self.engine],
            MasterUsername=username, MasterUserPassword=password, Port=self.port,
            DatabaseName=None if follows else self.database,
            DBSubnetGroupName=subnet_group(scope), VpcSecurityGroupIds=[network.security_group(scope)],
            StorageEncrypted=True, KmsKeyId=scope.arn(self.key), BackupRetentionPeriod=self.backup_days,
            PreferredBackupWindow=self.backup_window, PreferredMaintenanceWindow=self.maintenance,
            BacktrackWindow=self.backtrack * 3_600 if self.backtrack else None, CopyTagsToSnapshot=True,
            EnableIAMDatabaseAuthentication=self.iam_auth, EnableHttpEndpoint=self.data_api or None,
            DeletionProtection=self.protect, DBClusterParameterGroupName=self._parameters(scope),
            StorageType="aurora-iopt1" if self.storage == "io-optimized" else None,
            EnableCloudwatchLogsExports=self._logs() if self.publish else None,
            ServerlessV2ScalingConfiguration=None if self.instance else {
                "MinCapacity": self.capacity.min, "MaxCapacity": self.capacity.max,
                **({"SecondsUntilAutoPause": self.pause} if self.pause else {})},
        )  # fmt: skip
        more = watch(scope, self.watch)
        for name in ("Writer", *(f"Reader{number + 1}" for number in range(self.readers))):
            scope.make(
                rds.DBInstance, name, DBClusterIdentifier=made.ref, Engine=engine, PubliclyAccessible=self.public,
                DBInstanceClass=f"db.{self.instance}" if self.instance else "db.serverless",
                EnablePerformanceInsights=self.insights, AutoMinorVersionUpgrade=True,
                PerformanceInsightsKMSKeyId=scope.arn(self.key) if self.insights else None,
                PromotionTier=None if name == "Writer" else 1, **more,
            )  # fmt: skip
        attachment = None if follows else attach(scope)
        if self.rotate is not None and attachment is not None:
            rotate(scope, self.rotate, attachment)

    def _logs(self) -> list[str]:
        return ["postgresql"] if self.engine == "postgres" else ["audit", "error", "slowquery"]

    def _parameters(self, scope: Scope) -> Any:
        from troposphere import rds

        logged = LOGGED if self.publish and self.engine == "mysql" else {}
        said = dict([TLS[self.engine]] if self.tls else []) | logged | dict(self.parameters)
        if not said:
            return None
        version = self.version or VERSIONS[self.engine]
        major = version.split(".")[0] if self.engine == "postgres" else ".".join(version.split(".")[:2])
        return scope.make(rds.DBClusterParameterGroup, "Parameters", Family=FAMILIES[self.engine].format(major),
                          Description=f"Parameters of {scope.node.title}", Parameters=said).ref  # fmt: skip
