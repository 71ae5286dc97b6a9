"""Tables in one Region."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from archkit.architecture import Architecture, Node
from archkit.kind import NodeId, Refusal, prop
from archkit.kinds.dynamodb.capacity import Capacity, Scaling, Workload, check_capacity, scale, units
from archkit.kinds.dynamodb.items import Items
from archkit.kinds.dynamodb.keys import Index, definitions, projection, schema
from archkit.kinds.dynamodb.stream import View
from archkit.scope import Scope

__all__ = ["Table"]


class Table(Items, icon="aws/database/dynamodb", service="Amazon DynamoDB",
            types=("AWS::DynamoDB::Table", "AWS::ApplicationAutoScaling::ScalableTarget",
                   "AWS::ApplicationAutoScaling::ScalingPolicy")):  # fmt: skip
    """Key-value and document table that grows with its load.

    It is encrypted with a key that DynamoDB owns unless `encryption` names one: an AWS-managed key costs by the
    call and gives no control that the owned one lacks.
    """

    capacity: Capacity | None = prop(None, "Provisioned capacity (default: on demand).")
    workload: Workload | None = prop(None, "What the table has to carry; provisioned capacity is worked out from it.")
    scaling: Scaling | None = prop(None, "How provisioned capacity follows the load.")
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

    example = "{key: slug, ttl: expires_at}"

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        found = [*super().check(node, world), *self._check_capacity()]
        if self.recovery_days is not None and not self.point_in_time_recovery:
            found.append(Refusal("'recovery_days' needs point-in-time recovery", None, "bad-value", "recovery_days"))
        return found

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
            LocalSecondaryIndexes=self.locals(),
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
