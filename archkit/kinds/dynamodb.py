"""Amazon DynamoDB."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from archkit.kind import External, Grant, Json, Kind, Metric, NodeId, Operation, Poll, Record, prop
from archkit.scope import Link, Scope

READ_KEY, WRITE_KEY = ("kms:Decrypt",), ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey")


class StreamPoll(Poll):
    """How a table's changes are read."""

    batch: int = prop(100, "Most changes handed over at once.", ge=1, le=10_000)

    grant: ClassVar[str] = "stream"
    arn: ClassVar[str] = "${.StreamArn}"

    def prepare(self, link: Link) -> None:
        if link.source.main.get("StreamSpecification") is None:
            link.source.main.set("StreamSpecification", {"StreamViewType": "NEW_AND_OLD_IMAGES"})

    def mapping(self, link: Link) -> dict[str, Any]:
        return {"BatchSize": self.batch, "StartingPosition": "LATEST", "BisectBatchOnFunctionError": True}


class Table(Kind, icon="aws/database/dynamodb-table", service="Amazon DynamoDB", types="AWS::DynamoDB::Table"):
    """Key-value and document table."""

    key: NodeId | None = prop(None, "x", slot="key", to="kms.key")
    partition: str = prop("id", "Partition key.")
    attributes = {"arn": "${.Arn}", "name": "${}", "stream_arn": "${.StreamArn}"}
    address = "${}"
    durable = True
    emits = StreamPoll
    grants = {
        "read": Grant("dynamodb:GetItem", "dynamodb:Query", key=READ_KEY),
        "write": Grant("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", key=WRITE_KEY),
        "stream": Grant(
            "dynamodb:DescribeStream",
            "dynamodb:GetRecords",
            "dynamodb:GetShardIterator",
            "dynamodb:ListStreams",
            on="${.StreamArn}",
        ),
    }

    def build(self, scope: Scope) -> None:
        from troposphere import dynamodb

        scope.make(
            dynamodb.Table,
            AttributeDefinitions=[{"AttributeName": self.partition, "AttributeType": "S"}],
            KeySchema=[{"AttributeName": self.partition, "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
        )
