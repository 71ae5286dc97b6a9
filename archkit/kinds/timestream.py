"""Amazon Timestream: what is measured, by time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from archkit.kind import External, Grant, Helper, Kind, Metric, NodeId, prop
from archkit.scope import Scope

__all__ = ["Database", "Table"]

MAINTAINED = ("W3697", "since June 2025 AWS lets no new customer use Timestream for LiveAnalytics")
EVERYWHERE = "the addresses of the service are the same for all tables"


class Database(Kind, icon="aws/database/timestream", service="Amazon Timestream", types="AWS::Timestream::Database"):
    """Time series database: what tables stand in, encrypted with one key."""

    key: NodeId | None = prop(None, "Encryption key (default: the AWS-managed one).", slot="key", to="kms.key")

    retired = MAINTAINED
    attributes = {"arn": "${.Arn}", "name": "${}"}
    external = External(("name",), {
        "arn": "arn:${AWS::Partition}:timestream:${AWS::Region}:${AWS::AccountId}:database/${name}"})  # fmt: skip

    def build(self, scope: Scope) -> None:
        from troposphere import timestream

        scope.make(timestream.Database, KmsKeyId=scope.arn(self.key))


class Table(Kind, icon="aws/database/timestream", service="Amazon Timestream", types="AWS::Timestream::Table"):
    """Time series table: new points in memory, older ones on disk, and the oldest go by themselves."""

    memory_hours: int = prop(24, "Hours that points are kept in memory, where writing is quick.", ge=1, le=8_766)
    magnetic_days: int = prop(365, "Days that they are kept at all.", ge=1, le=73_000)
    late_writes: bool = prop(False, "Take points that are older than memory goes back.")
    database: NodeId | None = prop(None, "Database (default: one of its own).", slot="database",
                                   to="timestream.database")  # fmt: skip
    key: NodeId | None = prop(None, "Key of a database of its own.", slot="key", to="kms.key")

    retired = MAINTAINED
    durable = True
    attributes = {"arn": "${.Arn}", "name": "${.Name}"}
    address = "${name}"
    external = External(("arn", "name"))
    grants = {
        "write": Grant("timestream:WriteRecords", usual=True),
        "read": Grant("timestream:Select", "timestream:DescribeTable", "timestream:ListMeasures"),
    }
    private_link = "timestream.ingest"
    metrics = {"user-errors": Metric("AWS/Timestream", "UserErrors", {"TableName": "${name}"})}

    def helpers(self) -> Mapping[str, Helper]:
        key = {"key": self.key} if self.key else {}
        return {} if self.database else {"database": Helper("timestream.database", key, "database")}

    def granted(self, grant: Grant) -> Iterable[Grant]:
        """Clients first ask where to turn to
        (https://docs.aws.amazon.com/timestream/latest/developerguide/Using-API.endpoint-discovery.html)."""
        yield grant
        yield Grant("timestream:DescribeEndpoints", wildcard=EVERYWHERE)

    def build(self, scope: Scope) -> None:
        from troposphere import timestream

        database = scope.of(self.database or f"{scope.node.id}.database")
        assert database is not None
        scope.make(
            timestream.Table, DatabaseName=database.attribute("name"),
            RetentionProperties={"MemoryStoreRetentionPeriodInHours": str(self.memory_hours),
                                 "MagneticStoreRetentionPeriodInDays": str(self.magnetic_days)},
            MagneticStoreWriteProperties={"EnableMagneticStoreWrites": True} if self.late_writes else None,
        )  # fmt: skip
