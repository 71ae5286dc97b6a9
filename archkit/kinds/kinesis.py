"""Amazon Kinesis Data Streams."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from archkit.architecture import Architecture, Node
from archkit.kind import Admits, External, Grant, Kind, Metric, NodeId, Operation, Refusal, prop
from archkit.scope import Link, Principal, Scope
from archkit.shared.streams import Shards

READ_KEY, WRITE_KEY = ("kms:Decrypt",), ("kms:GenerateDataKey",)
NAMED = {"StreamName": "${name}"}
AWS_KEY = "alias/aws/kinesis"

ShardMetric = Literal["IncomingBytes", "IncomingRecords", "OutgoingBytes", "OutgoingRecords",
                      "WriteProvisionedThroughputExceeded", "ReadProvisionedThroughputExceeded",
                      "IteratorAgeMilliseconds", "ALL"]  # fmt: skip


class StreamPoll(Shards):
    """How a stream's records are read."""

    start: Literal["LATEST", "TRIM_HORIZON", "AT_TIMESTAMP"] = prop(
        "LATEST", "Where a new reader begins: now, at the oldest record, or at a time."
    )
    since: float | None = prop(None, "Unix time of the first record that is read, with 'start: AT_TIMESTAMP'.", ge=0)
    consumer: str | None = prop(None, "Name of a consumer with a throughput of its own (enhanced fan-out).",
                                pattern="[A-Za-z][A-Za-z0-9]*", shape=True)  # fmt: skip

    grant: ClassVar[str] = "read"
    pipe_parameters: ClassVar[str] = "KinesisStreamParameters"

    @property
    def arn(self) -> str:  # type: ignore[override]
        """What is polled: the stream, or the consumer registered with it."""
        return f"${{+{self._helper}.ConsumerARN}}" if self.consumer else "${arn}"

    @property
    def _helper(self) -> str:
        name = self.consumer or ""
        return f"{name[:1].upper()}{name[1:]}Consumer"

    def begins(self) -> dict[str, Any]:
        return {**super().begins(), "StartingPositionTimestamp": self.since}

    def prepare(self, link: Link) -> None:
        if self.consumer is None:
            return
        stream = link.source
        if stream.get(self._helper) is None:
            stream.make("AWS::Kinesis::StreamConsumer", self._helper, because=link.because, ConsumerName=self.consumer,
                        StreamARN=stream.attribute("arn"))  # fmt: skip

    def mapping(self, link: Link) -> dict[str, Any]:
        if self.consumer is not None:
            link.owner.allow("kinesis:SubscribeToShard", on=link.source.fill(self.arn), because=link.because)
        return super().mapping(link)

    def pipe(self, link: Link, role: Principal) -> dict[str, Any]:
        if self.consumer is not None:
            role.allow("kinesis:SubscribeToShard", on=link.source.fill(self.arn), because=link.because)
        return super().pipe(link, role)


class Stream(Kind, icon="aws/analytics/kinesis-data-streams", service="Amazon Kinesis Data Streams",
             types=("AWS::Kinesis::Stream", "AWS::Kinesis::StreamConsumer")):  # fmt: skip
    """Data stream: records in the order of their partition key, kept for a time, read by any number of consumers.

    It grows with its load unless `shards` provisions it. It is encrypted with the key that AWS manages for Kinesis
    unless `key` names one.
    """

    shards: int | None = prop(None, "Provisioned shards (default: on demand).", ge=1, le=100_000)
    retention: int = prop(24, "Hours that a record is kept.", ge=24, le=8_760)
    max_record: int | None = prop(None, "KiB of the largest record.", ge=1_024, le=10_240)
    shard_metrics: list[ShardMetric] = prop([], "Metrics kept for each shard.", le=7)
    key: NodeId | None = prop(None, "Encryption key (default: the one AWS manages).", slot="key", to="kms.key")

    attributes = {"arn": "${.Arn}", "name": "${}"}
    address = "${name}"
    external = External(
        ("name",), {"arn": "arn:${AWS::Partition}:kinesis:${AWS::Region}:${AWS::AccountId}:stream/${name}"}
    )
    grants = {
        "read": Grant("kinesis:DescribeStream", "kinesis:DescribeStreamSummary", "kinesis:GetRecords",
                      "kinesis:GetShardIterator", "kinesis:ListShards", key=READ_KEY),
        "write": Grant("kinesis:PutRecord", "kinesis:PutRecords", key=WRITE_KEY, usual=True),
    }  # fmt: skip
    admits = Admits("kinesis", "kinesis:PutRecord", "write")
    emits = StreamPoll
    operations = {
        "PutRecord": Operation("kinesis", "PutRecord", NAMED, key=WRITE_KEY, usual=True),
        "PutRecords": Operation("kinesis", "PutRecords", NAMED, key=WRITE_KEY),
    }
    metrics = {
        "iterator-age": Metric("AWS/Kinesis", "GetRecords.IteratorAgeMilliseconds", NAMED, "Maximum"),
        "incoming-records": Metric("AWS/Kinesis", "IncomingRecords", NAMED),
        "incoming-bytes": Metric("AWS/Kinesis", "IncomingBytes", NAMED),
        "write-throttles": Metric("AWS/Kinesis", "WriteProvisionedThroughputExceeded", NAMED),
        "read-throttles": Metric("AWS/Kinesis", "ReadProvisionedThroughputExceeded", NAMED),
    }
    example = "{retention: 48}"

    def caption(self) -> str | None:
        return f"{self.shards} shard{'s' if self.shards > 1 else ''}" if isinstance(self.shards, int) else None

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        found = []
        for edge, effect in world.effects():
            poll = effect.partner
            if edge.source != node.id or not isinstance(poll, StreamPoll):
                continue
            if (poll.start == "AT_TIMESTAMP") != (poll.since is not None):
                found.append(Refusal("'start: AT_TIMESTAMP' and 'since' go together", "since: 1767225600",
                                     "bad-value", span=edge.span))  # fmt: skip
        return found

    def build(self, scope: Scope) -> None:
        from troposphere import kinesis

        mode = "ON_DEMAND" if self.shards is None else "PROVISIONED"
        scope.make(
            kinesis.Stream, StreamModeDetails={"StreamMode": mode}, ShardCount=self.shards,
            RetentionPeriodHours=self.retention, DesiredShardLevelMetrics=list(self.shard_metrics) or None,
            StreamEncryption={"EncryptionType": "KMS", "KeyId": scope.arn(self.key) or AWS_KEY},
        )  # fmt: skip
        if self.max_record is not None:
            scope.main.set("MaxRecordSizeInKiB", self.max_record)
