"""What every DynamoDB table offers, whether it stands in one Region or in several."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from archkit.architecture import Architecture, Node
from archkit.kind import External, Grant, Kind, Metric, Operation, Refusal, prop
from archkit.kinds.dynamodb.keys import Attribute, Index, Key, LocalIndex, check_indexes, projection, schema, split
from archkit.kinds.dynamodb.stream import StreamPoll

__all__ = ["Items"]

READ_KEY, WRITE_KEY = ("kms:Decrypt",), ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey")
NAMED = {"TableName": "${name}"}


class Items(Kind, abstract=True):
    """A table of items: its keys, and what can be done with them."""

    key: Key = prop(Key(partition="id", sort=None, types={}), "Partition key, or {partition: .., sort: ..}.")
    indexes: dict[str, Index] = prop({}, "Global secondary indexes by name.", shape=True)
    local_indexes: dict[str, LocalIndex] = prop({}, "Local secondary indexes by name.", shape=True)
    ttl: str | None = prop(None, "Attribute with the time, in seconds since 1970, after which an item is deleted.")

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
        return [*check_indexes(self.key, self.indexes, self.local_indexes), *self._check_types()]

    def locals(self) -> list[dict[str, Any]] | None:
        """Return the local secondary indexes as a template has them; None for none."""
        return [
            {"IndexName": name, "KeySchema": schema([self.key.attributes[0], split(index.sort, self.key.types)]),
             "Projection": projection(index)}
            for name, index in self.local_indexes.items()
        ] or None  # fmt: skip

    def _check_types(self) -> Iterator[Refusal]:
        types: dict[str, str] = {}
        for name, type in self.keys():
            if types.setdefault(name, type) != type:
                yield Refusal(f"the key attribute '{name}' is both {types[name]} and {type}",
                              "give it one type wherever it stands", "bad-value", "key")  # fmt: skip
        if isinstance(self.ttl, str) and types.get(self.ttl, "N") != "N":
            yield Refusal(f"'{self.ttl}' is text, but a time to live is a number", f"'{self.ttl}:N' in 'key'",
                          "bad-value", "ttl")  # fmt: skip
