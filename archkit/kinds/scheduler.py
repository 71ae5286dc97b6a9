"""Amazon EventBridge Scheduler."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from archkit import cfn
from archkit.architecture import Architecture, Ends, Node
from archkit.kind import Grant, Join, Json, Kind, NodeId, Operation, Refusal, prop
from archkit.scope import Link, Scope
from archkit.shared.calls import address, merged, operation, sdk, service_of
from archkit.shared.schedules import At, Cron, Every, expression
from archkit.values import Sub, json_text

SERVICE = "scheduler.amazonaws.com"
SCHEDULES = "arn:${AWS::Partition}:scheduler:${AWS::Region}:${AWS::AccountId}:schedule/${name}/*"
TEMPLATED = frozenset({"lambda", "sqs", "sns", "states", "events", "kinesis", "firehose", "ecs"})
"""https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html"""
PLAIN = frozenset({"sqs", "sns", "kinesis", "firehose"})
"""Protocols whose payload is any text; for the others it is a JSON document."""


class Start(Join):
    """What the schedule calls: a templated target, or any API call on the node."""

    word: ClassVar[str] = "trigger"
    usual: ClassVar[bool] = True
    style: ClassVar[Any] = "event"

    call: str | None = prop(
        None, "API call on the target, such as StopDBInstance (default: deliver).", pattern="[A-Za-z0-9]+", shape=True
    )
    input: Json | None = prop(None, "What the target gets, or the parameters of the call.")
    message_group: str | None = prop(None, "Message group of a FIFO queue.")
    partition: str | None = prop(None, "Partition key of a stream.")
    detail_type: str | None = prop(None, "Detail type of the event put on a bus (default: the schedule's id).")
    source: str | None = prop(None, "Source of the event put on a bus (default: the blueprint's name).")

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        delivers = other.admits is not None and other.admits.protocol in TEMPLATED
        return delivers or (service_of(other) is not None and not other.actor)

    @classmethod
    def short_form(cls, text: str) -> Mapping[str, str] | None:
        return {"call": text} if re.fullmatch("[A-Z][A-Za-z0-9]+", text) else None

    def refuse(self, ends: Ends) -> Refusal | None:
        other = ends.other.kind
        delivers = other.admits is not None and other.admits.protocol in TEMPLATED
        if self.call is None and not delivers and operation(type(other), None) is None:
            return Refusal(f"'{ends.other.id}' can be called in many ways; say which", f"call: {_example(type(other))}",
                           "missing-property")  # fmt: skip
        if self.call is not None and operation(type(other), self.call) is None:
            return Refusal(f"AWS knows no call '{self.call}' of {service_of(type(other))}", "write it as the API "
                           "reference does, such as StartExecution", "unknown-operation", "call")  # fmt: skip
        if getattr(other, "fifo", False) and self.call is None:
            if not self.message_group:
                return Refusal(f"'{ends.other.id}' is FIFO, so each message needs a group", "message_group: orders")
            if not getattr(other, "deduplicate", False):
                help = f"deduplicate: true on '{ends.other.id}'"
                return Refusal("a schedule sends to a FIFO queue only if it deduplicates by content", help)
        return None

    def apply(self, link: Link) -> None:
        schedule, target = link.owner, link.other
        made = operation(type(target.node.kind), self.call)
        protocol = target.kind.admits.protocol if target.kind.admits else ""
        if self.call is None and protocol in TEMPLATED:
            schedule.grant(target, target.kind.admits.grant, link.because)
            plain = self.input is None or (isinstance(self.input, str) and protocol in PLAIN)
            own = target.kind.aimed(target, "scheduler")
            arn = own.pop("Arn", None) or target.fill(target.kind.admits.endpoint)
            point(schedule, arn, self.input if plain else json_text(self.input))
            for name, value in {**own, **self._parameters(protocol, link)}.items():
                schedule.main.set(f"Target.{name}", value)
            return
        assert made is not None
        schedule.grant(target, made.grant, link.because)
        parameters = merged(address(target, made), self.input or {})
        point(schedule, universal(made.service, made.api), json_text(parameters))

    def _parameters(self, protocol: str, link: Link) -> dict[str, Any]:
        if protocol == "events":
            return {"EventBridgeParameters": {"DetailType": self.detail_type or link.owner.node.id,
                                              "Source": self.source or link.architecture.name}}  # fmt: skip
        if protocol == "sqs" and self.message_group:
            return {"SqsParameters": {"MessageGroupId": self.message_group}}
        if protocol == "kinesis":
            return {"KinesisParameters": {"PartitionKey": self.partition or link.owner.node.id}}
        return {}


def _example(kind: type[Kind]) -> str:
    return next(iter(kind.operations), "StartExecution")


def universal(service: str, api: str) -> Sub:
    """Return the ARN of a universal target
    (https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html)."""
    return Sub(f"arn:${{AWS::Partition}}:scheduler:::aws-sdk:{sdk(service)}:{api[:1].lower()}{api[1:]}")


def point(schedule: Scope, arn: Any, input: Any) -> None:
    """Write what the schedule calls."""
    schedule.main.set("Target.Arn", arn)
    if input is not None:
        schedule.main.set("Target.Input", input)


class Schedule(Kind, icon="aws/integration/eventbridge-scheduler", service="Amazon EventBridge Scheduler",
               types=("AWS::Scheduler::Schedule", "AWS::IAM::Role")):  # fmt: skip
    """Schedule: calls one target at a rate, by a cron expression or once, in a time zone of its own.

    The target is an edge's other end (`nightly -> report`, `nightly -> db: StopDBInstance`), or any API call that
    `calls` names.
    """

    every: Every | None = prop(None, "Rate, such as '5 minutes', '1 hour' or '3 days'.")
    cron: Cron | None = prop(None, "Cron expression of six fields, such as '0 8 ? * MON-FRI *'.")
    at: At | None = prop(None, "One moment, such as 2030-01-31T08:00:00.")
    time_zone: str | None = prop(
        None, "Time zone, such as Europe/Berlin (default: UTC).", pattern="[A-Za-z0-9_+/-]{1,50}"
    )
    window: int | None = prop(None, "Minutes within which a call may start later.", ge=1, le=1_440)
    start: str | None = prop(None, "When it begins, such as 2030-01-01T00:00:00Z.", pattern="[0-9]{4}-[0-9]{2}-.+Z")
    end: str | None = prop(None, "When it ends, such as 2030-12-31T00:00:00Z.", pattern="[0-9]{4}-[0-9]{2}-.+Z")
    enabled: bool = prop(True, "Whether the schedule runs.")
    retries: int | None = prop(None, "Most attempts after the first (default: 185).", ge=0, le=185)
    max_age: int | None = prop(None, "Seconds that a call is retried (default: a day).", ge=60, le=86_400)
    dead_letter: NodeId | None = prop(None, "Queue for calls that failed for good.", slot="dead_letter", to="sqs.queue")
    calls: str | None = prop(None, "API call where no node is the target, such as ec2:StopInstances.", shape=True,
                             pattern="[a-z0-9-]+:[A-Za-z0-9]+")  # fmt: skip
    on: list[str] = prop([], "ARNs of the resources that `calls` needs the right for.")
    input: Json | None = prop(None, "Parameters of `calls`.")
    key: NodeId | None = prop(None, "Encryption key.", slot="key", to="kms.key")

    principal = SERVICE
    grants = {"update": Grant("scheduler:GetSchedule", "scheduler:UpdateSchedule", usual=True)}
    joins = (Start,)
    attributes = {"arn": "${.Arn}", "name": "${}"}
    address = "${}"
    taggable = False
    example = (
        '{every: 1 day, calls: "rds:StopDBInstance", on: ["arn:aws:rds:eu-west-1:123456789012:db:test"], '
        "input: {DbInstanceIdentifier: test}}"
    )

    def granted(self, grant: Grant) -> Iterable[Grant]:
        """Whoever changes a schedule hands it its role again."""
        yield grant
        yield Grant("iam:PassRole", on="${+Role.Arn}", condition={"StringEquals": {"iam:PassedToService": SERVICE}})

    def caption(self) -> str | None:
        said = expression(self.every, self.cron, self.at)
        return said if isinstance(said, str) else None

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        ways = [name for name in ("every", "cron", "at") if getattr(self, name)]
        if len(ways) != 1:
            return [Refusal("a schedule has one of 'every', 'cron' and 'at'", "every: 5 minutes", "missing-property",
                            ways[1] if ways else None)]  # fmt: skip
        targets = [edge.target for edge, effect in world.effects("trigger") if effect.owner == node.id]
        if len(targets) + bool(self.calls) > 1:
            return [Refusal(f"a schedule calls one target, not {len(targets) + bool(self.calls)}",
                            "give each a schedule of its own, or put an sns.topic between",
                            "too-many-targets")]  # fmt: skip
        if not targets and not self.calls:
            return [Refusal(f"'{node.id}' calls nothing", f"- {node.id} -> worker", "no-target")]
        letters = world.nodes.get(str(self.dead_letter))
        if letters is not None and getattr(letters.kind, "fifo", False):
            return [Refusal("a schedule's dead-letter queue is a standard queue", None, "bad-value", "dead_letter")]
        return self._check_call(world)

    def _check_call(self, world: Architecture) -> list[Refusal]:
        if self.calls is None:
            return []
        service, _, api = self.calls.partition(":")
        if api.lower() not in cfn.actions(service):
            help = "write IAM's service and the call, such as ec2:StopInstances"
            return [Refusal(f"AWS knows no call '{self.calls}'", help, "unknown-operation", "calls")]
        if not self.on:
            return [Refusal(f"'{self.calls}' needs a right on something", "on: [ARN of each resource]",
                            "missing-property", "calls")]  # fmt: skip
        return []

    def build(self, scope: Scope) -> None:
        from troposphere import scheduler

        role = scope.role(SERVICE)
        letters, retry = scope.of(self.dead_letter), {
            "MaximumRetryAttempts": self.retries, "MaximumEventAgeInSeconds": self.max_age}  # fmt: skip
        window = {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": self.window} if self.window else {"Mode": "OFF"}
        scope.make(
            scheduler.Schedule, Description=scope.node.note, ScheduleExpressionTimezone=self.time_zone,
            ScheduleExpression=expression(self.every, self.cron, self.at),
            FlexibleTimeWindow=window, StartDate=self.start, EndDate=self.end,
            State=_state(self.enabled), KmsKeyArn=scope.arn(self.key),
            Target={
                "Arn": "", "RoleArn": role.att("Arn"),
                "RetryPolicy": retry if any(v is not None for v in retry.values()) else None,
                "DeadLetterConfig": {"Arn": letters.attribute("arn")} if letters else None,
            }, after=scope.after_rights(),
        )  # fmt: skip
        if letters:
            scope.grant(letters, letters.kind.admits.grant)
        if self.key:
            via = {"StringEquals": {"kms:ViaService": Sub("scheduler.${AWS::Region}.amazonaws.com")}}
            scope.allow("kms:Decrypt", on=scope.arn(self.key), condition=via)
        if self.calls:
            service, _, api = self.calls.partition(":")
            scope.allow(self.calls, on=list(self.on))
            point(scope, universal(service, api), json_text(self.input or {}))


class Reach(Join):
    """What the schedules of a group may call."""

    word: ClassVar[str] = "trigger"
    usual: ClassVar[bool] = True
    style: ClassVar[Any] = "event"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.admits is not None and other.admits.protocol in TEMPLATED

    def apply(self, link: Link) -> None:
        link.owner.grant(link.other, link.other.kind.admits.grant, link.because)


class Group(Kind, icon="aws/integration/eventbridge-scheduler", service="Amazon EventBridge Scheduler",
            types=("AWS::Scheduler::ScheduleGroup", "AWS::IAM::Role")):  # fmt: skip
    """Schedule group: holds the schedules that code makes while it runs, such as a reminder for each order.

    `code -> reminders` is the right to make schedules here, `reminders -> work` what they may call. The code hands the
    role `${node.role_arn}` to each schedule that it makes.
    """

    principal = SERVICE
    attributes = {"arn": "${.Arn}", "name": "${}", "role_arn": "${+Role.Arn}"}
    address = "${}"
    grants = {
        "create": Grant("scheduler:CreateSchedule", "scheduler:GetSchedule", "scheduler:UpdateSchedule",
                        "scheduler:DeleteSchedule", on=SCHEDULES, usual=True),
    }  # fmt: skip
    joins = (Reach,)
    operations = {
        "CreateSchedule": Operation(
            "scheduler", "CreateSchedule", {"GroupName": "${name}"}, on=(SCHEDULES,), usual=True
        )
    }

    def granted(self, grant: Grant) -> Iterable[Grant]:
        """Whoever makes a schedule hands it the group's role, and no other."""
        yield grant
        yield Grant("iam:PassRole", on="${role_arn}", condition={"StringEquals": {"iam:PassedToService": SERVICE}})

    def build(self, scope: Scope) -> None:
        from troposphere import scheduler

        scope.role(SERVICE)
        scope.make(scheduler.ScheduleGroup)


def _state(enabled: Any) -> Any:
    return enabled if not isinstance(enabled, bool) else "ENABLED" if enabled else "DISABLED"
