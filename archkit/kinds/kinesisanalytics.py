"""Amazon Managed Service for Apache Flink, which CloudFormation calls Kinesis Data Analytics."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from archkit.architecture import Architecture, Node
from archkit.kind import External, Grant, Helper, Kind, Metric, NodeId, Operation, Refusal, prop
from archkit.scope import Link, Scope
from archkit.shared.retention import Days
from archkit.shared.streams import DataStreamReader
from archkit.values import Sub

VARIABLES = "ApplicationConfiguration.EnvironmentProperties.Variables"
GROUPS = "ApplicationConfiguration.EnvironmentProperties.PropertyGroups"
READ_CODE = ("s3:GetObject", "s3:GetObjectVersion")
NODES = "Nodes"
"""The property group that holds the addresses of what edges reach."""


class Input(DataStreamReader):
    """Reads a data stream; its name and ARN are handed to the code as runtime properties."""

    def apply(self, link: Link) -> None:
        application, stream = link.owner, link.other
        application.grant(stream, stream.kind.emits.grant, link.because)
        name = link.edge.env or stream.node.id.upper().replace("-", "_").replace(".", "_")
        if name != "none":
            application.env(name, stream.attribute("name"), link.because)
            application.env(f"{name}_ARN", stream.attribute("arn"), link.because)


class Application(Kind, icon="aws/analytics/kinesis-data-analytics", service="Amazon Kinesis Data Analytics",
                  types=("AWS::KinesisAnalyticsV2::Application",
                         "AWS::KinesisAnalyticsV2::ApplicationCloudWatchLoggingOption", "AWS::IAM::Role",
                         "AWS::Logs::LogGroup", "AWS::Logs::LogStream")):  # fmt: skip
    """Managed Flink application: code that works on streams without end.

    An edge from a data stream is an input, an edge to a stream, a Firehose stream or a bucket an output. Their
    addresses reach the code as runtime properties of the group 'Nodes'.
    """

    runtime: Literal["FLINK-2_3", "FLINK-2_2", "FLINK-1_20", "FLINK-1_19", "FLINK-1_18", "FLINK-1_15"] = prop(
        "FLINK-1_20", "Version of Apache Flink."
    )
    code: str = prop(doc="JAR or ZIP file: its key in 'bucket', or the whole of s3://bucket/key.")
    bucket: NodeId | None = prop(None, "Bucket that holds the code.", slot="code", to="s3.bucket")
    object_version: str | None = prop(None, "Version of that file.")
    parallelism: int | None = prop(None, "Tasks at the same time (default: 1).", ge=1)
    per_unit: int | None = prop(None, "Tasks on one processing unit (default: 1).", ge=1, le=8)
    scaling: bool = prop(True, "Change the parallelism with the load.")
    checkpoints: int | None = prop(None, "Milliseconds between checkpoints (default: 60000); 0 for none.", ge=0)
    snapshots: bool = prop(True, "Take a snapshot when the application stops, and start from it.")
    rollback: bool = prop(True, "Return to the version before when an update fails.")
    properties: dict[str, dict[str, str]] = prop({}, "Runtime properties of the code by group.")
    level: Literal["DEBUG", "INFO", "WARN", "ERROR"] = prop("INFO", "Least severe lines that are logged.")
    metrics_level: Literal["APPLICATION", "TASK", "OPERATOR", "PARALLELISM"] = prop(
        "APPLICATION", "How fine metrics are."
    )
    logs: Days = prop(30, "Days that log lines are kept.")

    principal = "kinesisanalytics.amazonaws.com"
    grantee = True
    variables = VARIABLES
    attributes = {
        "arn": "arn:${AWS::Partition}:kinesisanalytics:${AWS::Region}:${AWS::AccountId}:application/${}",
        "name": "${}",
    }
    address = "${name}"
    external = External(("name",), {"arn": attributes["arn"].replace("${}", "${name}")})
    grants = {
        "start": Grant("kinesisanalytics:StartApplication", "kinesisanalytics:StopApplication",
                       "kinesisanalytics:DescribeApplication"),
    }  # fmt: skip
    joins = (Input,)
    operations = {name: Operation("kinesisanalytics", name, {"ApplicationName": "${name}"})
                  for name in ("StartApplication", "StopApplication", "DescribeApplication")}  # fmt: skip
    metrics = {
        "downtime": Metric("AWS/KinesisAnalytics", "downtime", {"Application": "${name}"}, "Maximum"),
        "restarts": Metric("AWS/KinesisAnalytics", "fullRestarts", {"Application": "${name}"}, "Maximum"),
        "failed-checkpoints": Metric(
            "AWS/KinesisAnalytics", "numberOfFailedCheckpoints", {"Application": "${name}"}, "Maximum"
        ),
    }
    strict = {"logs": 365}
    example = "{code: s3://code-of-example/app.jar}"

    def helpers(self) -> Mapping[str, Helper]:
        return {"logs": Helper("logs.group", {"logs": self.logs})}

    def caption(self) -> str | None:
        return self.runtime.replace("FLINK-", "Flink ").replace("_", ".") if isinstance(self.runtime, str) else None

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        written = isinstance(self.code, str) and re.fullmatch(r"s3://[a-z0-9.-]+/.+", self.code) is not None
        if written == (self.bucket is not None):
            help = "code: app.jar, bucket: NODE, or code: s3://bucket/app.jar"
            what = "the code lies in a bucket of the blueprint, or at an address of its own"
            return [Refusal(what, help, "bad-value", "code")]
        return []

    def build(self, scope: Scope) -> None:
        group = scope.of(f"{scope.node.id}.logs")
        assert group is not None
        role = scope.role()
        self._log_rights(scope, group)
        place = {**self._code(scope), "ObjectVersion": self.object_version}
        scope.make(
            "AWS::KinesisAnalyticsV2::Application", ApplicationDescription=scope.node.note, ApplicationMode="STREAMING",
            RuntimeEnvironment=self.runtime, ServiceExecutionRole=role.att("Arn"), after=scope.after_rights(),
            ApplicationConfiguration={
                "ApplicationCodeConfiguration": {
                    "CodeContentType": "ZIPFILE", "CodeContent": {"S3ContentLocation": place}},
                "FlinkApplicationConfiguration": self._flink(),
                "ApplicationSnapshotConfiguration": {"SnapshotsEnabled": self.snapshots},
                "ApplicationSystemRollbackConfiguration": {"RollbackEnabled": self.rollback},
            },
        )  # fmt: skip
        stream = scope.make("AWS::Logs::LogStream", "LogStream", LogGroupName=group.attribute("name"))
        scope.make(
            "AWS::KinesisAnalyticsV2::ApplicationCloudWatchLoggingOption", "Logging", ApplicationName=scope.main.ref,
            CloudWatchLoggingOption={"LogStreamARN": Sub(
                "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${Group}:log-stream:${Stream}",
                {"Group": group.attribute("name"), "Stream": stream.ref})},
        )  # fmt: skip

    def _code(self, scope: Scope) -> dict[str, Any]:
        """Return where the code lies, and let the application read it."""
        bucket = scope.of(self.bucket)
        if bucket is None:
            name, _, key = self.code.removeprefix("s3://").partition("/")
            arn = Sub(f"arn:${{AWS::Partition}}:s3:::{name}")
            scope.allow(*READ_CODE, on=Sub(f"{arn.text}/{key}"))
            return {"BucketARN": arn, "FileKey": key}
        file = self.code if isinstance(self.code, str) else "*"
        scope.grant(bucket, Grant(*READ_CODE, on=f"${{arn}}/{file}", key=("kms:Decrypt",)))
        return {"BucketARN": bucket.attribute("arn"), "FileKey": self.code}

    def _log_rights(self, scope: Scope, group: Scope) -> None:
        """As https://docs.aws.amazon.com/managed-flink/latest/java/cloudwatch-logs.html asks; listing log groups has no
        narrower resource than all of the account's."""
        scope.allow("logs:DescribeLogStreams", "logs:PutLogEvents", on=group.attribute("arn"))
        scope.allow("logs:DescribeLogGroups", sid="ListsHaveNoNarrowerResource",
                    on=Sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:*"))  # fmt: skip

    def _flink(self) -> dict[str, Any]:
        checkpoints: dict[str, Any] = {"ConfigurationType": "DEFAULT"}
        if self.checkpoints is not None:
            interval = {"CheckpointInterval": self.checkpoints} if self.checkpoints else {}
            checkpoints = {"ConfigurationType": "CUSTOM", "CheckpointingEnabled": self.checkpoints != 0, **interval}
        return {
            "CheckpointConfiguration": checkpoints,
            "MonitoringConfiguration": {"ConfigurationType": "CUSTOM", "LogLevel": self.level,
                                        "MetricsLevel": self.metrics_level},
            "ParallelismConfiguration": {"ConfigurationType": "CUSTOM", "AutoScalingEnabled": self.scaling,
                                         "Parallelism": self.parallelism or 1, "ParallelismPerKPU": self.per_unit or 1},
        }  # fmt: skip

    def finish(self, scope: Scope) -> None:
        """Gather what edges handed over, and the author's own properties, into groups."""
        main = scope.main
        mine = main.get(VARIABLES)
        groups = {NODES: mine, **self.properties} if mine else dict(self.properties)
        if mine:
            main.properties["ApplicationConfiguration"].pop("EnvironmentProperties")
            main.soft.clear()
        if groups:
            main.set(
                GROUPS, [{"PropertyGroupId": name, "PropertyMap": dict(values)} for name, values in groups.items()]
            )
