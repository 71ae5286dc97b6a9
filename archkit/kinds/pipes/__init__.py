"""Amazon EventBridge Pipes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from archkit.architecture import Architecture, Node
from archkit.kind import External, Grant, Helper, Join, Json, Kind, Metric, NodeId, Operation, Refusal, prop
from archkit.kinds.pipes.sources import Kafka, Queue, Reads, Source
from archkit.kinds.pipes.ways import (
    ApiEnrich,
    ApiTarget,
    Delivers,
    Enrich,
    HttpEnrich,
    HttpTarget,
    Target,
)
from archkit.scope import Scope
from archkit.shared.piping import SERVICE, desired, use_key
from archkit.shared.retention import Days

__all__ = ["Pipe"]

NAMED = {"PipeName": "${name}"}


class Pipe(Kind, icon="aws/integration/eventbridge-pipes", service="Amazon EventBridge Pipes",
           types=("AWS::Pipes::Pipe", "AWS::IAM::Role", "AWS::Logs::LogGroup", "AWS::Events::ApiDestination",
                  "AWS::Events::Connection")):  # fmt: skip
    """Pipe: takes events from one source, filters, enriches and reshapes them, and hands them to one target.

    `jobs -> pipe -> flow` names the two ends, `pipe -> more: enrich` whom it asks on the way; the filter stands on the
    edge from the source, what the target gets on the edge to it. Its role may do just that.
    """

    source: str | None = prop(None, "ARN of a source that no node stands for, or smk://host:port for Apache Kafka.",
                              pattern="arn:.+|smk://.+")  # fmt: skip
    source_parameters: Json | None = prop(None, "SourceParameters, as AWS documents them, for `source`.")
    target: str | None = prop(None, "ARN of a target that no node stands for.", pattern="arn:.+")
    target_parameters: Json | None = prop(None, "TargetParameters, as AWS documents them, for `target`.")
    rights: dict[str, list[str]] = prop(
        {}, "What `source` and `target` need: IAM actions, each with the ARNs it is for."
    )
    enabled: bool = prop(True, "Whether the pipe runs.")
    level: Literal["off", "error", "info", "trace"] = prop("error", "Which steps are logged.", shape=True)
    data: bool = prop(False, "Log the events themselves too.")
    logs: Days = prop(30, "Days that log lines are kept.")
    key: NodeId | None = prop(None, "Key that encrypts the pipe's own data and its logs.", slot="key", to="kms.key")

    principal = SERVICE
    attributes = {"arn": "${.Arn}", "name": "${}"}
    address = "${name}"
    external = External(("name",), {"arn": "arn:${AWS::Partition}:pipes:${AWS::Region}:${AWS::AccountId}:pipe/${name}"})
    grants = {"control": Grant("pipes:DescribePipe", "pipes:StartPipe", "pipes:StopPipe", usual=True)}
    joins = (Source, Kafka, Queue, Target, HttpTarget, ApiTarget, Enrich, HttpEnrich, ApiEnrich)
    operations = {name: Operation("pipes", name, {"Name": "${name}"}) for name in ("StartPipe", "StopPipe")}
    metrics = {
        name: Metric("AWS/EventBridge/Pipes", metric, NAMED, statistic)
        for name, metric, statistic in (
            ("invocations", "Invocations", "Sum"), ("failed", "ExecutionFailed", "Sum"),
            ("throttled", "ExecutionThrottled", "Sum"), ("timed-out", "ExecutionTimeout", "Sum"),
            ("target-failed", "TargetStageFailed", "Sum"), ("enrichment-failed", "EnrichmentStageFailed", "Sum"),
            ("duration", "Duration", "Maximum"),
        )
    }  # fmt: skip
    strict = {"logs": 365}
    example = (
        "{source: 'arn:aws:sqs:eu-west-1:123456789012:jobs', target: 'arn:aws:sns:eu-west-1:123456789012:news', "
        "rights: {'sns:Publish': ['arn:aws:sns:eu-west-1:123456789012:news'], 'sqs:ReceiveMessage': "
        "['arn:aws:sqs:eu-west-1:123456789012:jobs']}}"
    )

    def helpers(self) -> Mapping[str, Helper]:
        """The prefix keeps the policy that log delivery writes from growing with each pipe
        (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-CWL.html)."""
        if self.level == "off":
            return {}
        key = {"key": self.key} if self.key else {}
        return {"logs": Helper("logs.group", {"logs": self.logs, "prefix": "/aws/vendedlogs/pipes/", **key})}

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        found = [*_one(node, world, Reads, "source", self.source), *_one(node, world, Delivers, "target", self.target)]
        asked = [edge for edge, effect in world.effects("enrich") if effect.owner == node.id]
        if len(asked) > 1:
            found.append(Refusal(f"a pipe is enriched by one node, not {len(asked)}", None, "too-many-targets"))
        for option, needs in (("source_parameters", "source"), ("target_parameters", "target")):
            if getattr(self, option) is not None and getattr(self, needs) is None:
                found.append(Refusal(f"'{option}' goes with '{needs}'", "say it on the edge", "bad-value", option))
        wrong = next((action for action in self.rights if ":" not in action or "*" in action), None)
        if wrong is not None:
            found.append(Refusal(f"'{wrong}' is not the name of one IAM action", "such as sqs:SendMessage",
                                 "bad-action", "rights"))  # fmt: skip
        return found

    def build(self, scope: Scope) -> None:
        role, group, key = scope.role(), scope.of(f"{scope.node.id}.logs"), scope.of(self.key)
        for action, arns in self.rights.items():
            scope.allow(action, on=list(arns))
        log = {
            "Level": self.level.upper(), "CloudwatchLogsLogDestination": {"LogGroupArn": group.attribute("arn")},
            **({"IncludeExecutionData": ["ALL"]} if self.data else {}),
        } if group else None  # fmt: skip
        scope.make(
            "AWS::Pipes::Pipe", after=scope.after_rights(), RoleArn=role.att("Arn"), Description=scope.node.note,
            Source=self.source, SourceParameters=self.source_parameters, Target=self.target,
            TargetParameters=self.target_parameters, DesiredState=desired(self.enabled), LogConfiguration=log,
            KmsKeyIdentifier=use_key(scope, key, scope.node.id) if key else None,
        )  # fmt: skip


def _one(node: Node, world: Architecture, sort: type[Join], word: str, written: str | None) -> Iterator[Refusal]:
    """A pipe has one source and one target."""
    ends = [
        edge for edge, effect in world.effects("trigger") if effect.owner == node.id and isinstance(effect.join, sort)
    ]
    count = len(ends) + bool(written)
    if count > 1:
        yield Refusal(f"a pipe has one {word}, not {count}", "make a pipe for each", f"too-many-{word}s",
                      word if written else None)  # fmt: skip
    if count == 0:
        edge = f"queue -> {node.id}" if word == "source" else f"{node.id} -> worker"
        yield Refusal(f"'{node.id}' has no {word}", f"- {edge}", f"no-{word}")
