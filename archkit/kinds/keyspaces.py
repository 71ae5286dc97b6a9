"""Amazon Keyspaces: tables as Cassandra has them, without servers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from archkit.architecture import Architecture, Node
from archkit.kind import External, Grant, Helper, Kind, Metric, NodeId, Record, Refusal, prop
from archkit.scope import Scope

__all__ = ["Keyspace", "Table"]

STEM = "arn:${AWS::Partition}:cassandra:${AWS::Region}:${AWS::AccountId}:/keyspace/"
SYSTEM = STEM + "system*"
"""What drivers read before anything else
(https://docs.aws.amazon.com/keyspaces/latest/devguide/security_iam_id-based-policy-examples.html)."""
NAME = "[A-Za-z0-9][A-Za-z0-9_]{0,47}"
Type = Literal["ascii", "bigint", "blob", "boolean", "date", "decimal", "double", "float", "inet", "int", "smallint",
               "text", "time", "timestamp", "timeuuid", "tinyint", "uuid", "varchar", "varint"]  # fmt: skip


class Keyspace(Kind, icon="aws/database/keyspaces-managed-apache-cassandra-service", service="Amazon Keyspaces",
               types="AWS::Cassandra::Keyspace"):  # fmt: skip
    """Keyspace: what tables stand in, in one Region or several."""

    keyspace: str | None = prop(None, "A fixed name (default: made from the node's).", pattern=NAME)
    regions: list[str] = prop([], "Regions that hold a copy, its own among them.", shape=True)

    attributes = {"name": "${}", "arn": STEM + "${}/"}
    external = External(("name",), {"arn": STEM + "${name}/"})

    def build(self, scope: Scope) -> None:
        several = {"ReplicationStrategy": "MULTI_REGION", "RegionList": list(self.regions)}
        scope.make("AWS::Cassandra::Keyspace", KeyspaceName=self.keyspace or scope.fill("${~}"),
                   ReplicationSpecification=several if self.regions else None)  # fmt: skip


class Clustering(Record):
    """A column by which rows of a partition are ordered. A bare word is its type."""

    short = "type"

    type: Type = prop(doc="Type of the column.", shape=True)
    order: Literal["asc", "desc"] = prop("asc", "Order of the rows.")


class Table(Kind, icon="aws/database/keyspaces-managed-apache-cassandra-service", service="Amazon Keyspaces",
            types="AWS::Cassandra::Table"):  # fmt: skip
    """Table of Keyspaces: rows by partition, in order within one, paid by the request or by capacity."""

    partition: dict[str, Type] = prop(doc="Columns of the partition key, with their types.", shape=True)
    clustering: dict[str, Clustering] = prop({}, "Columns that order a partition's rows.", shape=True)
    columns_more: dict[str, str] = prop({}, "Further columns, with their types.", shape=True)
    keyspace: NodeId | None = prop(
        None, "Keyspace (default: one of its own).", slot="keyspace", to="keyspaces.keyspace"
    )
    table: str | None = prop(None, "A fixed name (default: made from the node's).", pattern=NAME)
    capacity: Literal["on-demand", "provisioned"] = prop("on-demand", "How it is paid for.", shape=True)
    reads: int = prop(5, "Read units in a second, where provisioned.", ge=1)
    writes: int = prop(5, "Write units in a second, where provisioned.", ge=1)
    ttl: int | None = prop(None, "Seconds after which rows go by themselves.", ge=1, le=630_720_000)
    recovery: bool = prop(True, "Back to any moment of the last 35 days.")
    key: NodeId | None = prop(None, "Encryption key (default: AWS's own).", slot="key", to="kms.key")

    durable = True
    attributes = {"table": "${~}"}
    address = "${name}"
    external = External(("arn", "name"))
    grants = {
        "read": Grant("cassandra:Select", on=("${arn}", SYSTEM), usual=True, key=("kms:Decrypt",)),
        "write": Grant("cassandra:Modify", on=("${arn}", SYSTEM), key=("kms:Decrypt", "kms:GenerateDataKey")),
    }
    private_link = "cassandra"
    metrics = {
        "user-errors": Metric("AWS/Cassandra", "UserErrors", {"TableName": "${table}"}),
        "system-errors": Metric("AWS/Cassandra", "SystemErrors", {"TableName": "${table}"}),
    }
    example = "{partition: {id: uuid}, clustering: {at: {type: timestamp, order: desc}}, columns_more: {body: text}}"

    def attribute(self, name: str) -> str | None:
        space = f"${{{self.keyspace}.name}}" if self.keyspace else "${+Space}"
        own = {"arn": f"{STEM}{space}/table/${{~}}", "name": f"{space}.${{~}}"}
        return own.get(name) or super().attribute(name)

    def helpers(self) -> Mapping[str, Helper]:
        return {} if self.keyspace else {"space": Helper("keyspaces.keyspace", {}, "keyspace")}

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        if not self.partition:
            return [Refusal("a table has a partition key", "partition: {id: uuid}", "missing-property", "partition")]
        return []

    def build(self, scope: Scope) -> None:
        space = scope.of(self.keyspace or f"{scope.node.id}.space")
        key = scope.arn(self.key)
        billing = {"Mode": "PROVISIONED", "ProvisionedThroughput": {
            "ReadCapacityUnits": self.reads, "WriteCapacityUnits": self.writes}}  # fmt: skip
        scope.make(
            "AWS::Cassandra::Table",
            KeyspaceName=space.attribute("name") if space else None,
            TableName=scope.fill("${~}"),
            PartitionKeyColumns=[{"ColumnName": name, "ColumnType": type} for name, type in self.partition.items()],
            ClusteringKeyColumns=[
                {"Column": {"ColumnName": name, "ColumnType": one.type}, "OrderBy": one.order.upper()}
                for name, one in self.clustering.items()
            ]
            or None,
            RegularColumns=[{"ColumnName": name, "ColumnType": type} for name, type in self.columns_more.items()]
            or None,
            BillingMode=billing if self.capacity == "provisioned" else {"Mode": "ON_DEMAND"},
            DefaultTimeToLive=self.ttl,
            PointInTimeRecoveryEnabled=self.recovery,
            EncryptionSpecification={"EncryptionType": "CUSTOMER_MANAGED_KMS_KEY", "KmsKeyIdentifier": key}
            if key
            else {"EncryptionType": "AWS_OWNED_KMS_KEY"},
        )
