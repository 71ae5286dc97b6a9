"""Amazon CloudWatch Logs."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Literal

from archkit.architecture import Architecture, Ends, Node
from archkit.kind import Admits, Door, External, Grant, Kind, Metric, NodeId, Operation, Push, Record, Refusal, prop
from archkit.scope import Link, Scope, Statement
from archkit.shared.retention import Days
from archkit.values import Sub

KEY = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey",
       "kms:GenerateDataKeyWithoutPlaintext", "kms:DescribeKey")  # fmt: skip

MOST_FILTERS = 2
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html"""


class Subscribe(Push):
    """A subscription filter: lines that match are delivered, compressed and in batches, as they come."""

    word: ClassVar[str] = "subscribe"
    service: ClassVar[str] = "logs.amazonaws.com"
    doors: ClassVar[frozenset[str]] = frozenset({"lambda"})
    roles: ClassVar[frozenset[str]] = frozenset({"kinesis", "firehose"})
    identity: ClassVar[tuple[str, ...]] = ("pattern",)

    pattern: str = prop(
        "", "Filter pattern that a line must match, such as ERROR or { $.status = 500 } (default: every line)."
    )
    spread: bool = prop(False, "Spread the lines of one log stream over all shards.")

    def refuse(self, ends: Ends) -> Refusal | None:
        group = ends.owner
        if getattr(group.kind, "class_", "") == "infrequent":
            return Refusal("the infrequent access class has no subscription filters", "class_: standard")
        if group.helper_of == ends.other.id:
            return Refusal(f"'{ends.other.id}' would be called for each line that it writes itself, without end",
                           "subscribe another function", "loop")  # fmt: skip
        twins = [edge for edge, effect in ends.architecture.effects("subscribe") if effect.owner == group.id]
        if len(twins) > MOST_FILTERS:
            return Refusal(f"a log group has at most {MOST_FILTERS} subscription filters, not {len(twins)}",
                           "subscribe a stream, and let others read that", "out-of-bounds")  # fmt: skip
        return None

    def text(self) -> str | None:
        return self.pattern or None

    def apply(self, link: Link) -> None:
        from troposphere import logs

        group, target = link.owner, link.other
        role, after = None, list[Any]()
        if target.kind.admits.protocol in self.roles:
            role = link.deliver(group.attribute("arn"))
            after += group.after_rights()
        else:
            after.append(
                target.admit(self.service, group.attribute("arn"), link.because, account=True, via=link.owner.id)
            )
        link.make(
            logs.SubscriptionFilter, "Subscription", after=after, LogGroupName=group.attribute("name"),
            FilterPattern=self.pattern, DestinationArn=target.attribute("arn"), RoleArn=role,
            Distribution="Random" if self.spread else None,
        )  # fmt: skip


class MetricFilter(Record):
    """What becomes of the lines that match a pattern: a metric."""

    short: ClassVar[str | None] = "pattern"

    pattern: str = prop(doc="Filter pattern that a line must match, such as ERROR or { $.status = 500 }.")
    value: str = prop(
        "1", "What a line adds to the metric: a number, or its field, such as $.duration.",
        pattern=r"[+-]?[0-9]*\.?[0-9]*|\$.*",
    )  # fmt: skip
    statistic: str = prop("Sum", "Statistic that alarms and dashboards look at, such as Average or p99.")
    unit: str | None = prop(None, "Unit of the value, such as Milliseconds.")
    default: float | None = prop(None, "Value of a period without such a line (default: 0 where lines are counted).")
    dimensions: dict[str, str] = prop({}, "Dimensions by name, each a field of the line, such as $.path.", le=3)

    def transformation(self, name: str, group: Any) -> dict[str, Any]:
        """Return the MetricTransformation. The group's name is the namespace: it has the same alphabet, and no other
        stack has it. A metric with dimensions can have no default value."""
        default = 0 if self.default is None and self.value == "1" and not self.dimensions else self.default
        where = [{"Key": key, "Value": value} for key, value in self.dimensions.items()]
        return {"MetricName": name, "MetricNamespace": group, "MetricValue": self.value,
                "Unit": self.unit, "DefaultValue": default, "Dimensions": where or None}  # fmt: skip


class Group(Kind, icon="aws/management/cloudwatch-logs", service="Amazon CloudWatch Logs",
            types=("AWS::Logs::LogGroup", "AWS::Logs::ResourcePolicy", "AWS::Logs::SubscriptionFilter",
                   "AWS::Logs::MetricFilter", "AWS::IAM::Role")):  # fmt: skip
    """Log group: the lines that code and services write, kept for a stated time.

    A metric that `filters` makes of its lines is one of the group's own: `lines -> alarm: refused-orders`.
    """

    logs: Days = prop(30, "Days that a line is kept.")
    class_: Literal["standard", "infrequent"] = prop(
        "standard", "Storage class; infrequent access is cheaper and has no filters."
    )
    key: NodeId | None = prop(None, "Encryption key.", slot="key", to="kms.key")
    prefix: str | None = prop(None, "Beginning of the name, where a service demands one, such as aws-waf-logs-.")
    filters: dict[str, MetricFilter] = prop({}, "Metrics made of lines, by name: a pattern, or more.", shape=True)

    attributes = {"arn": "${.Arn}", "name": "${}"}
    address = "${}"
    external = External(
        ("name",), {"arn": "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${name}:*"}
    )
    grants = {
        "write": Grant("logs:CreateLogStream", "logs:PutLogEvents", usual=True),
        "read": Grant("logs:GetLogEvents", "logs:FilterLogEvents"),
        "query": Grant("logs:StartQuery", "logs:GetQueryResults"),
    }
    admits = Admits(
        "logs", "logs:PutLogEvents", "write",
        endpoint="arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${name}",
        by=Door("AWS::Logs::ResourcePolicy", "PolicyName", "${@}", many=False, text=True),
    )  # fmt: skip
    joins = (Subscribe,)
    operations = {"PutLogEvents": Operation("logs", "PutLogEvents", {"LogGroupName": "${name}"})}
    metrics = {"lines": Metric("AWS/Logs", "IncomingLogEvents", {"LogGroupName": "${name}"})}
    strict = {"logs": 365}
    example = "{logs: 90}"

    def __post_init__(self) -> None:
        """Add the metrics of the filters to those of every group. Of one with dimensions there is no single value."""
        own = {name: Metric("${name}", name, {}, made.statistic)
               for name, made in (self.filters or {}).items() if not made.dimensions}  # fmt: skip
        object.__setattr__(self, "metrics", {**type(self).metrics, **own})

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        if self.filters and self.class_ == "infrequent":
            return [Refusal("the infrequent access class has no metric filters", "class_: standard", "bad-value",
                            "filters")]  # fmt: skip
        for name, made in self.filters.items():
            if name in type(self).metrics or not re.fullmatch(r"[A-Za-z][\w./#-]*", name):
                return [Refusal(f"'{name}' cannot be the name of a metric of its own", "name it after what is counted, "
                                "such as refused-orders", "bad-value", "filters")]  # fmt: skip
            if made.dimensions and made.default is not None:
                return [Refusal("a metric with dimensions has no default value", "leave one of the two out",
                                "bad-value", "filters")]  # fmt: skip
        return []

    def build(self, scope: Scope) -> None:
        from troposphere import logs

        scope.make(logs.LogGroup, RetentionInDays=self.logs, KmsKeyId=scope.arn(self.key),
                   LogGroupName=_name(self.prefix, scope),
                   LogGroupClass="INFREQUENT_ACCESS" if self.class_ == "infrequent" else None)  # fmt: skip
        own = scope.main.ref
        for name, made in self.filters.items():
            scope.make("AWS::Logs::MetricFilter", f"{_id(name)}Filter", FilterPattern=made.pattern, LogGroupName=own,
                       MetricTransformations=[made.transformation(name, own)])  # fmt: skip
        key = scope.of(self.key)
        if key is not None:
            arn = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:*"
            key.policy(Statement(
                KEY, ("*",), scope.node.id,
                principal={"Service": Sub("logs.${AWS::Region}.amazonaws.com")},
                condition={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": Sub(arn)}},
            ))  # fmt: skip


def _id(name: str) -> str:
    """Return a name as part of a logical id."""
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", name))


def _name(prefix: str | None, scope: Scope) -> Sub | None:
    """A name under the prefix, told apart by stack and node."""
    return Sub(f"{prefix}${{AWS::StackName}}/{scope.node.id}") if prefix else None
