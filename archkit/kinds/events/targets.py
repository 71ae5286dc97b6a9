"""Targets of rules: how an event reaches each, as the service itself or under the rule's role.

See https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html: functions, queues, topics and
log groups are entered by their own policies and take no role; all others need one.
"""

from __future__ import annotations

from typing import Any, ClassVar

from archkit.architecture import Ends
from archkit.kind import Join, Json, Kind, NodeId, Push, Record, Refusal, prop
from archkit.scope import Link, Principal, Resource, Scope, Statement
from archkit.shared.outward import Endpoint, destination
from archkit.values import Sub, json_text

__all__ = ["DOORS", "ROLES", "HttpTarget", "Target", "aim", "aim_outward"]

SERVICE = "events.amazonaws.com"
DOORS = frozenset({"lambda", "sqs", "sns", "logs"})
ROLES = frozenset({"states", "events", "kinesis", "firehose", "batch", "ecs", "appsync"})
LOGGERS = [SERVICE, "delivery.logs.amazonaws.com"]


class _Options(Record):
    """What an event becomes on its way, and what happens when it cannot be delivered."""

    input: Json | None = prop(None, "What the target gets instead of the event.")
    input_path: str | None = prop(None, "Part of the event that the target gets, such as $.detail.", pattern=r"\$.*")
    input_paths: dict[str, str] = prop({}, "Parts of the event by name, for the template.")
    template: Json | None = prop(None, "What the target gets, with <name> for each of `input_paths`.")
    dead_letter: NodeId | None = prop(
        None, "Queue for events that cannot be delivered.", slot="dead_letter", to="sqs.queue"
    )
    retries: int | None = prop(None, "Most attempts after the first (default: 185).", ge=0, le=185)
    max_age: int | None = prop(None, "Seconds that an event is kept for retries (default: a day).", ge=60, le=86_400)

    def unfit(self, ends: Ends) -> Refusal | None:
        """Say what is wrong with the options taken together."""
        ways = [name for name in ("input", "input_path", "template") if getattr(self, name) is not None]
        if len(ways) > 1:
            return Refusal(
                f"'{ways[0]}' and '{ways[1]}' both say what the target gets", "keep one", "bad-value", ways[1]
            )
        if self.input_paths and self.template is None:
            return Refusal("'input_paths' names parts for a template", "template: ...", "bad-value", "input_paths")
        letters = ends.architecture.nodes.get(str(self.dead_letter))
        if letters is not None and getattr(letters.kind, "fifo", False):
            return Refusal("a rule's dead-letter queue is a standard queue", None, "bad-value", "dead_letter")
        return None

    def properties(self, letters: Scope | None) -> dict[str, Any]:
        """Return the properties of the target that these options are."""
        retry = {"MaximumRetryAttempts": self.retries, "MaximumEventAgeInSeconds": self.max_age}
        retry = {name: value for name, value in retry.items() if value is not None}
        made = {
            "Input": None if self.input is None else _text(self.input),
            "InputPath": self.input_path,
            "InputTransformer": None if self.template is None else {
                **({"InputPathsMap": dict(self.input_paths)} if self.input_paths else {}),
                "InputTemplate": self.template if isinstance(self.template, str) else json_text(self.template)},
            "RetryPolicy": retry or None,
            "DeadLetterConfig": {"Arn": letters.attribute("arn")} if letters else None,
        }  # fmt: skip
        return {name: value for name, value in made.items() if value is not None}


def _text(value: Any) -> Any:
    """Return JSON text; a text that is a JSON document already stays as it is."""
    return value if isinstance(value, str) and value.strip()[:1] in ("{", "[", '"') else json_text(value)


class Target(_Options, Push):
    """Delivers the events of a rule."""

    service: ClassVar[str] = SERVICE
    doors: ClassVar[frozenset[str]] = DOORS
    roles: ClassVar[frozenset[str]] = ROLES

    message_group: str | None = prop(None, "Message group of a FIFO queue.")
    partition: str | None = prop(None, "Path of the event that is a stream's partition key.", pattern=r"\$\..+")
    operation: str | None = prop(
        None, "GraphQL operation that is run; `template` gives its variables, such as {id: <id>}."
    )

    def refuse(self, ends: Ends) -> Refusal | None:
        other, protocol = ends.other, ends.other.kind.admits.protocol if ends.other.kind.admits else ""
        fifo = getattr(other.kind, "fifo", False)
        if fifo and protocol == "sns":
            return Refusal("a rule cannot deliver to a FIFO topic", "deliver to a FIFO queue, or use a standard topic")
        if fifo and not self.message_group:
            return Refusal(f"'{other.id}' is FIFO, so each message needs a group", "message_group: orders")
        if self.message_group and not fifo:
            return Refusal("only a FIFO queue has message groups", None, "bad-value", "message_group")
        if self.partition and protocol != "kinesis":
            return Refusal("only a stream has a partition key", None, "bad-value", "partition")
        if (protocol == "appsync") != (self.operation is not None):
            wanted = "mutation Add($id: ID!) { addPost(id: $id) { id } }"
            if self.operation is not None:
                return Refusal("only a GraphQL API runs an operation", None, "bad-value", "operation")
            return Refusal(f"'{other.id}' is not told what to do", f"operation: '{wanted}'", "missing-property")
        return self.unfit(ends)

    def apply(self, link: Link) -> None:
        aim(link, link.owner.main, link.owner, self)


def aim(link: Link, rule: Resource, holder: Principal, options: Target) -> None:
    """Add a target to a rule: let the service in, or give the role what delivery needs."""
    target = link.other
    admits = target.kind.admits
    letters = _letters(link, rule, options)
    own: dict[str, Any] = {}
    if admits.protocol in ROLES:
        own["RoleArn"] = holder.role(SERVICE).att("Arn")
        holder.grant(target, admits.grant, link.because)
    elif admits.protocol == "logs":
        _log(target, rule, link.because)
    else:
        target.admit(SERVICE, rule.att("Arn"), link.because, via=rule.id)
    if options.message_group:
        own["SqsParameters"] = {"MessageGroupId": options.message_group}
    if options.operation:
        own["AppSyncParameters"] = {"GraphQLOperation": options.operation}
    if options.partition:
        own["KinesisParameters"] = {"PartitionKeyPath": options.partition}
    own |= target.kind.aimed(target, "events")
    arn = own.pop("Arn", None) or target.fill(admits.endpoint)
    _add(rule, target.id, arn, own, options.properties(letters))


def _log(group: Scope, rule: Resource, because: str) -> None:
    """Only a resource policy lets events in, and the group's name begins with /aws/events/."""
    if not group.exists and group.main.get("LogGroupName") is None:
        group.main.set("LogGroupName", Sub(f"/aws/events/${{AWS::StackName}}/{group.node.id}"))
    streams, principal = (group.attribute("arn"),), {"Service": LOGGERS}
    group.policy(Statement(("logs:CreateLogStream",), streams, because, principal=principal))
    group.policy(Statement(("logs:PutLogEvents",), streams, because, principal=principal,
                           condition={"ArnEquals": {"aws:SourceArn": rule.att("Arn")}}))  # fmt: skip


class HttpTarget(_Options, Endpoint, Join):
    """Sends the events of a rule to an HTTPS endpoint: an API destination."""

    word: ClassVar[str] = "trigger"
    usual: ClassVar[bool] = True
    style: ClassVar[Any] = "event"
    service: ClassVar[str] = SERVICE

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.admits is not None and other.admits.protocol == "http"

    def refuse(self, ends: Ends) -> Refusal | None:
        return self.lacks() or self.unfit(ends)

    def apply(self, link: Link) -> None:
        aim_outward(link, link.owner.main, link.owner, self)


def aim_outward(link: Link, rule: Resource, holder: Principal, options: HttpTarget) -> None:
    """Add an API destination to a rule, which calls it under the role."""
    letters = _letters(link, rule, options)
    endpoint = destination(options, link.option(options.secret), link.make)
    role = holder.role(SERVICE)
    holder.allow("events:InvokeApiDestination", on=endpoint.att("Arn"), because=link.because)
    _add(rule, link.other.id, endpoint.att("Arn"), {"RoleArn": role.att("Arn")}, options.properties(letters))


def _letters(link: Link, rule: Resource, options: _Options) -> Scope | None:
    letters = link.option(options.dead_letter)
    if letters is not None:
        letters.admit(SERVICE, rule.att("Arn"), link.because)
    return letters


def _add(rule: Resource, name: str, arn: Any, own: dict[str, Any], options: dict[str, Any]) -> None:
    rule.append("Targets", {"Id": name[:64], "Arn": arn, **own, **options})
