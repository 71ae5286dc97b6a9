"""Amazon Data Firehose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from archkit.architecture import Architecture, Node
from archkit.kind import Admits, External, Grant, Helper, Kind, Metric, NodeId, Operation, Refusal, prop
from archkit.kinds.firehose.compose import destination
from archkit.kinds.firehose.convert import Convert
from archkit.kinds.firehose.destinations import Backup, Deliver, Endpoint, OnFailure, Search, Warehouse, give
from archkit.kinds.firehose.rules import refusals
from archkit.kinds.firehose.sources import Source, Transform
from archkit.scope import Scope
from archkit.shared.retention import Days

__all__ = ["Stream"]

NAMED = {"DeliveryStreamName": "${name}"}


class Stream(Kind, icon="aws/analytics/kinesis-data-firehose", service="Amazon Data Firehose",
             types=("AWS::KinesisFirehose::DeliveryStream", "AWS::IAM::Role", "AWS::Logs::LogGroup",
                    "AWS::Logs::LogStream")):  # fmt: skip
    """Firehose stream: gathers records and delivers them in batches, changed and compressed on the way.

    An edge names where it delivers: a bucket, a search domain, a warehouse or an HTTPS endpoint. Where no edge names a
    bucket, the stream makes one, the helper 'files': for everything, or for what cannot be delivered elsewhere. What it
    takes comes from whoever writes to it, or, with an edge from a data stream, from that stream alone.
    """

    seconds: int | None = prop(None, "Seconds to gather records (default: 300).", ge=0, le=900)
    size: int | None = prop(None, "MB to gather (default: 5, or 128 where the format is converted).", ge=1, le=128)
    compression: Literal["none", "gzip", "zip", "snappy", "hadoop_snappy"] = prop("none", "Compression of files in S3.")
    convert: Convert | None = prop(None, "Columnar format of files in S3, by the schema of a Glue table.")
    unpack: bool = prop(False, "Unpack what a log group sends into its single messages.")
    logs: Days = prop(30, "Days that errors of delivery are kept.")
    key: NodeId | None = prop(
        None, "Encryption key of records on their way (default: one that AWS owns).", slot="key", to="kms.key"
    )

    principal = "firehose.amazonaws.com"
    attributes = {"arn": "${.Arn}", "name": "${}"}
    address = "${name}"
    external = External(
        ("name",), {"arn": "arn:${AWS::Partition}:firehose:${AWS::Region}:${AWS::AccountId}:deliverystream/${name}"}
    )
    grants = {
        "write": Grant("firehose:PutRecord", "firehose:PutRecordBatch", usual=True),
        "describe": Grant("firehose:DescribeDeliveryStream", "firehose:ListTagsForDeliveryStream"),
    }
    admits = Admits("firehose", "firehose:PutRecord", "write")
    joins = (Source, Transform, Deliver, Search, Warehouse, Endpoint, Backup, OnFailure)
    operations = {
        "PutRecord": Operation("firehose", "PutRecord", NAMED, usual=True),
        "PutRecordBatch": Operation("firehose", "PutRecordBatch", NAMED),
    }
    metrics = {
        "delivery-age": Metric("AWS/Firehose", "DeliveryToS3.DataFreshness", NAMED, "Maximum"),
        "incoming-records": Metric("AWS/Firehose", "IncomingRecords", NAMED),
        "throttled": Metric("AWS/Firehose", "ThrottledRecords", NAMED),
        "failed-conversions": Metric("AWS/Firehose", "FailedConversion.Records", NAMED),
    }
    strict = {"logs": 365}

    def helpers(self) -> Mapping[str, Helper]:
        key = {"key": self.key} if self.key else {}
        return {"logs": Helper("logs.group", {"logs": self.logs, **key}), "files": Helper("s3.bucket", key, "files")}

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        return refusals(node, world)

    def build(self, scope: Scope) -> None:
        from troposphere import firehose, logs

        group = scope.of(f"{scope.node.id}.logs")
        assert group is not None
        scope.role()
        scope.allow("logs:PutLogEvents", on=group.attribute("arn"))
        files = scope.of(f"{scope.node.id}.files")
        if files is not None:
            give(scope, files, scope.node.id)
        lines = scope.make(logs.LogStream, "LogStream", LogGroupName=group.attribute("name"), LogStreamName="delivery")
        arn = scope.arn(self.key)
        key = {"KeyType": "AWS_OWNED_CMK"} if arn is None else {"KeyType": "CUSTOMER_MANAGED_CMK", "KeyARN": arn}
        scope.make(
            firehose.DeliveryStream, after=[*scope.after_rights(), lines], DeliveryStreamType="DirectPut",
            DeliveryStreamEncryptionConfigurationInput=key,
        )  # fmt: skip

    def finish(self, scope: Scope) -> None:
        """Write the one destination; what its edges say is known only now."""
        place, made = destination(scope)
        scope.main.set(place, {name: value for name, value in made.items() if value is not None})
