"""Amazon DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from archkit.architecture import Architecture, Node
from archkit.kind import External, Grant, Kind, Metric, NodeId, Operation, Refusal, prop
from archkit.kinds.dynamodb.capacity import Capacity, Scaling, Workload, check_capacity, scale, units
from archkit.kinds.dynamodb.keys import (
    Attribute,
    Index,
    Key,
    LocalIndex,
    check_indexes,
    definitions,
    projection,
    schema,
    split,
)  # fmt: skip
from archkit.kinds.dynamodb.stream import StreamPoll, View
from archkit.scope import Scope

__all__ = ["Table"]

READ_KEY, WRITE_KEY = ("kms:Decrypt",), ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey")
NAMED = {"TableName": "${name}"}


class Table(Kind, icon="aws/database/dynamodb", service="Amazon DynamoDB",
            types=("AWS::DynamoDB::Table", "AWS::ApplicationAutoScaling::ScalableTarget",
                   "AWS::ApplicationAutoScaling::ScalingPolicy")):  # fmt: skip
    """Key-value and document table that grows with its load.

    It is encrypted with a key that DynamoDB owns unless `encryption` names one: an AWS-managed key costs by the
    call and gives no control that the owned one lacks.
    """

    key: Key = prop(Key(partition="id", sort=None, types={}), "Partition key, or {partition: .., sort: ..}.")
    indexes: dict[str, Index] = prop({}, "Global secondary indexes by name.", shape=True)
    local_indexes: dict[str, LocalIndex] = prop({}, "Local secondary indexes by name.", shape=True)
    capacity: Capacity | None = prop(None, "Provisioned capacity (default: on demand).")
    workload: Workload | None = prop(None, "What the table has to carry; provisioned capacity is worked out from it.")
    scaling: Scaling | None = prop(None, "How provisioned capacity follows the load.")
    ttl: str | None = prop(None, "Attribute with the time, in seconds since 1970, after which an item is deleted.")
    stream: View | None = prop(None, "What the stream of changes shows (default: no stream, or both images if read).")
    point_in_time_recovery: bool = prop(True, "The table can be restored to any second of the last days.")
    recovery_days: int | None = prop(None, "Days that it can be restored to (default: 35).", ge=1, le=35)
    deletion_protection: bool | None = prop(
        None, "The table cannot be deleted (default: yes, but for 'deletion: delete')."
    )
    table_class: Literal["STANDARD", "STANDARD_INFREQUENT_ACCESS"] | None = prop(None, "Storage class.")
    contributor_insights: bool = prop(False, "Show the keys used most.")
    encryption: NodeId | None = prop(
        None, "Encryption key (default: a key that DynamoDB owns).", slot="key", to="kms.key"
    )

    key_property: ClassVar[str] = "encryption"
    durable = True
    attributes = {"arn": "${.Arn}", "name": "${}", "stream_arn": "${.StreamArn}"}
    address = "${name}"
    external = External(
        ("name",), {"arn": "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${name}"}
    )
    emits = StreamPoll
    grants = {
        "read": Grant("dynamodb:GetItem", "dynamodb:Query", key=READ_KEY),
        "write": Grant("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", key=WRITE_KEY),
        "scan": Grant("dynamodb:Scan", key=READ_KEY),
        "batch": Grant("dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", key=WRITE_KEY),
        "stream": Grant("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator",
                        "dynamodb:ListStreams", on="${stream_arn}", key=READ_KEY),
    }  # fmt: skip
    operations = {
        name: Operation("dynamodb", name, NAMED, key=key)
        for name, key in (("GetItem", READ_KEY), ("PutItem", WRITE_KEY), ("UpdateItem", WRITE_KEY),
                          ("DeleteItem", WRITE_KEY), ("Query", READ_KEY), ("Scan", READ_KEY))
    }  # fmt: skip
    metrics = {
        "read-throttles": Metric("AWS/DynamoDB", "ReadThrottleEvents", NAMED),
        "write-throttles": Metric("AWS/DynamoDB", "WriteThrottleEvents", NAMED),
        "consumed-reads": Metric("AWS/DynamoDB", "ConsumedReadCapacityUnits", NAMED),
        "consumed-writes": Metric("AWS/DynamoDB", "ConsumedWriteCapacityUnits", NAMED),
        **{  # DynamoDB counts errors by table and operation only
            f"{word}-errors": Metric("AWS/DynamoDB", "SystemErrors", {**NAMED, "Operation": operation})
            for word, operation in (("get", "GetItem"), ("query", "Query"), ("put", "PutItem"),
                                    ("update", "UpdateItem"))
        },
    }  # fmt: skip
    example = "{key: slug, ttl: expires_at}"

    def grant_on(self, grant: Grant) -> tuple[str, ...]:
        """Query and Scan reach the indexes too, each named, where the table has any."""
        if not {"dynamodb:Query", "dynamodb:Scan"} & set(grant.actions):
            return grant.on
        return (*grant.on, *(f"${{arn}}/index/{name}" for name in (*self.indexes, *self.local_indexes)))

    def caption(self) -> str | None:
        return " / ".join(name for name, _ in self.key.attributes)

    def keys(self) -> Iterator[Attribute]:
        """Yield the attributes of every key, the table's and the indexes'."""
        yield from self.key.attributes
        for index in self.indexes.values():
            yield from index.key.attributes
        for local in self.local_indexes.values():
            yield split(local.sort, self.key.types)

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        found = [
            *check_indexes(self.key, self.indexes, self.local_indexes),
            *self._check_capacity(),
            *self._check_types(),
        ]
        if self.recovery_days is not None and not self.point_in_time_recovery:
            found.append(Refusal("'recovery_days' needs point-in-time recovery", None, "bad-value", "recovery_days"))
        for edge, effect in world.effects():
            letters = getattr(effect.partner, "on_failure", None) if edge.source == node.id else None
            if letters is not None and letters in world.nodes and getattr(world[letters].kind, "fifo", False):
                found.append(Refusal(f"'{letters}' is FIFO; what is given up goes to a standard queue or topic only",
                                     "'fifo: false' there, or another queue", "cannot-join"))  # fmt: skip
        return found

    def _check_types(self) -> Iterator[Refusal]:
        types: dict[str, str] = {}
        for name, type in self.keys():
            if types.setdefault(name, type) != type:
                yield Refusal(f"the key attribute '{name}' is both {types[name]} and {type}",
                              "give it one type wherever it stands", "bad-value", "key")  # fmt: skip
        if isinstance(self.ttl, str) and types.get(self.ttl, "N") != "N":
            yield Refusal(f"'{self.ttl}' is text, but a time to live is a number", f"'{self.ttl}:N' in 'key'",
                          "bad-value", "ttl")  # fmt: skip

    def _check_capacity(self) -> Iterator[Refusal]:
        yield from check_capacity(self.capacity, self.workload, self.scaling)
        table = units(self.capacity, self.workload, self.scaling)
        for name, index in self.indexes.items():
            if table is None and (index.capacity or index.workload or index.scaling):
                yield Refusal(f"'{name}' has a capacity of its own, but the table is on demand",
                              "give the table a 'capacity' or a 'workload'", "bad-value", "indexes")  # fmt: skip
            elif table is not None:
                for refusal in (*check_capacity(index.capacity, index.workload, None),
                                *check_capacity(_own(index, table), None, index.scaling)):  # fmt: skip
                    yield Refusal(f"index '{name}': {refusal.message}", refusal.help, refusal.code, "indexes")

    def build(self, scope: Scope) -> None:
        from troposphere import dynamodb

        start = units(self.capacity, self.workload, self.scaling)
        protected = scope.node.deletion != "delete" if self.deletion_protection is None else self.deletion_protection
        recovery = {
            "PointInTimeRecoveryEnabled": self.point_in_time_recovery,
            "RecoveryPeriodInDays": self.recovery_days,
        }
        arn = scope.arn(self.encryption)
        scope.make(
            dynamodb.Table, KeySchema=schema(self.key.attributes), AttributeDefinitions=definitions(self.keys()),
            BillingMode="PROVISIONED" if start else "PAY_PER_REQUEST", ProvisionedThroughput=_throughput(start),
            GlobalSecondaryIndexes=[self._index(name, index, start) for name, index in self.indexes.items()] or None,
            LocalSecondaryIndexes=[self._local(name, index) for name, index in self.local_indexes.items()] or None,
            TimeToLiveSpecification={"AttributeName": self.ttl, "Enabled": True} if self.ttl else None,
            StreamSpecification={"StreamViewType": self.stream} if self.stream else None,
            PointInTimeRecoverySpecification=recovery, DeletionProtectionEnabled=protected, TableClass=self.table_class,
            ContributorInsightsSpecification={"Enabled": True} if self.contributor_insights else None,
            SSESpecification={"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": arn} if arn is not None else None,
        )  # fmt: skip
        self._scale(scope, start)

    def _index(self, name: str, index: Index, table: Capacity | None) -> dict[str, Any]:
        return {
            "IndexName": name,
            "KeySchema": schema(index.key.attributes),
            "Projection": projection(index),
            "ProvisionedThroughput": _throughput(table and _own(index, table)),
        }

    def _local(self, name: str, index: LocalIndex) -> dict[str, Any]:
        keys = [self.key.attributes[0], split(index.sort, self.key.types)]
        return {"IndexName": name, "KeySchema": schema(keys), "Projection": projection(index)}

    def _scale(self, scope: Scope, start: Capacity | None) -> None:
        if start is None:
            return
        if self.scaling is not None:
            scale(scope, self.scaling, start)
        for name, index in self.indexes.items():
            scaling = index.scaling or self.scaling
            if scaling is not None:
                scale(scope, scaling, _own(index, start), name)


def _own(index: Index, table: Capacity) -> Capacity:
    """The capacity of an index: its own, or the table's, whose writes it has to follow."""
    return units(index.capacity, index.workload, index.scaling) or table


def _throughput(capacity: Capacity | None) -> dict[str, Any] | None:
    return {"ReadCapacityUnits": capacity.reads, "WriteCapacityUnits": capacity.writes} if capacity else None
