"""EventBridge pipes: what is read, what is asked on the way, what is delivered, and the rights that each needs.

A pipe of its own and the pipe that an edge stands for are written by the same rules
(https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes.html).
"""

from __future__ import annotations

from typing import Any

from archkit.architecture import Ends
from archkit.kind import Json, NodeId, Record, Refusal, prop
from archkit.scope import Link, Principal, Scope
from archkit.shared.outward import Endpoint, destination
from archkit.values import Sub, json_text

__all__ = [
    "PROTOCOLS",
    "SERVICE",
    "Called",
    "Delivered",
    "Piped",
    "Shaped",
    "ask",
    "desired",
    "express",
    "read",
    "standard",
    "template",
    "use_key",
]

SERVICE = "pipes.amazonaws.com"
PROTOCOLS = frozenset({"sqs", "sns", "lambda", "states", "events", "kinesis", "firehose", "logs", "batch", "ecs"})


class Piped(Record):
    """Options of an edge that stands for a pipe."""

    enrich: NodeId | None = prop(
        None,
        "Function or express workflow that adds to the events.",
        slot="enrich",
        to=("lambda.function", "stepfunctions.state_machine"),
    )
    enabled: bool = prop(True, "Whether the pipe runs.")
    pipe_key: NodeId | None = prop(None, "Key that encrypts the pipe's own data.", slot="key", to="kms.key")


class Shaped(Record):
    """What is made of each event before it is delivered."""

    transform: Json | None = prop(None, "What each event becomes: text or JSON with <$.path> holes.")
    parameters: dict[str, Json] | None = prop(None, "TargetParameters of the pipe, as AWS documents them.")

    def parts(self, own: dict[str, Any]) -> dict[str, Any]:
        """Return the TargetParameters: those of the target's sort, the template, and what the author adds."""
        more: Any = self.parameters or {}
        shape = {} if self.transform is None else {"InputTemplate": template(self.transform)}
        return {**own, **shape, **more}


class Delivered(Shaped):
    """Delivery to another service of AWS."""

    detail_type: str | None = prop(
        None, "Detail type of the events put on a bus (default: the id of where the edge begins)."
    )
    source: str | None = prop(None, "Source of the events put on a bus (default: the blueprint's name).")
    message_group: str | None = prop(None, "Message group of a FIFO queue, or a path such as $.body.id.")
    partition: str | None = prop(None, "Partition key of a stream, or a path such as $.body.id.")
    log_stream: str | None = prop(None, "Log stream that events are written to (default: one that the pipe names).")

    def unfit(self, ends: Ends) -> Refusal | None:
        """Say what the target needs and is not told."""
        fifo = getattr(ends.other.kind, "fifo", False)
        protocol = ends.other.kind.admits.protocol if ends.other.kind.admits else ""
        if fifo and protocol == "sns":
            return Refusal("a pipe cannot deliver to a FIFO topic", "deliver to a FIFO queue, or use a standard topic")
        if fifo and not self.message_group:
            return Refusal(f"'{ends.other.id}' is FIFO, so each message needs a group", "message_group: $.eventID")
        if protocol == "kinesis" and not self.partition:
            return Refusal(
                f"'{ends.other.id}' is a stream, so each record needs a partition key", "partition: $.eventID"
            )
        return None

    def deliver(self, link: Link, role: Principal) -> tuple[Any, dict[str, Any]]:
        """Give the role what delivery needs; return the target's ARN and the TargetParameters."""
        target = link.target
        admits = target.kind.admits
        role.grant(target, admits.grant, link.because)
        # a log group is named by the ARN that CloudFormation returns, everything else by its endpoint
        arn = target.attribute("arn") if admits.protocol == "logs" else target.fill(admits.endpoint)
        own = target.kind.aimed(target, "pipes")
        return own.pop("Arn", arn), self.parts({**own, **self._own(admits.protocol, link)})

    def _own(self, protocol: str, link: Link) -> dict[str, Any]:
        """Return the parameters that a protocol needs to be served as its users expect."""
        if protocol == "states":
            return {"StepFunctionStateMachineParameters": {"InvocationType": "FIRE_AND_FORGET"}}
        if protocol == "lambda":
            return {"LambdaFunctionParameters": {"InvocationType": "REQUEST_RESPONSE"}}
        if protocol == "events":
            return {"EventBridgeEventBusParameters": {"DetailType": self.detail_type or link.source.node.id,
                                                      "Source": self.source or link.architecture.name}}  # fmt: skip
        if protocol == "sqs" and self.message_group:
            return {"SqsQueueParameters": {"MessageGroupId": self.message_group}}
        if protocol == "kinesis":
            return {"KinesisStreamParameters": {"PartitionKey": self.partition}}
        if protocol == "logs" and self.log_stream:
            return {"CloudWatchLogsParameters": {"LogStreamName": self.log_stream}}
        return {}


class Called(Shaped, Endpoint):
    """Delivery to an HTTPS endpoint: an API destination."""

    def unfit(self, ends: Ends) -> Refusal | None:
        """Say what is wrong with the credentials taken together."""
        return self.lacks()

    def deliver(self, link: Link, role: Principal) -> tuple[Any, dict[str, Any]]:
        """Make the API destination and let the role call it; return its ARN and the TargetParameters."""
        endpoint = destination(self, link.option(self.secret), link.make)
        role.allow("events:InvokeApiDestination", on=endpoint.att("Arn"), because=link.because)
        return endpoint.att("Arn"), self.parts({})


def read(link: Link, role: Principal) -> dict[str, Any]:
    """Let the role read what an edge begins at; return the pipe's properties that say how."""
    poll = link.partner
    poll.prepare(link)
    role.grant(link.source, poll.grant, link.because)
    parameters = {name: value for name, value in poll.pipe(link, role).items() if value is not None}
    return {"Source": link.source.fill(poll.arn), "SourceParameters": parameters or None}


def ask(role: Principal, enricher: Scope, because: str) -> Any:
    """Let the role ask a function or an express workflow for more about each event; return its ARN."""
    admits = enricher.kind.admits
    role.grant(enricher, "start_sync" if admits.protocol == "states" else admits.grant, because)
    return enricher.fill(admits.endpoint)


def use_key(role: Principal, key: Scope, because: str) -> Any:
    """Let the role use the key that encrypts the pipe's own data; return the key's ARN."""
    via = {"StringEquals": {"kms:ViaService": Sub("pipes.${AWS::Region}.amazonaws.com")}}
    arn = key.attribute("arn")
    role.allow("kms:Decrypt", "kms:GenerateDataKey", on=arn, because=because, condition=via)
    return arn


def standard(ends: Ends) -> Refusal | None:
    """Say why a queue cannot take what a pipe gives up: its record has no message group."""
    letters = ends.architecture.nodes.get(str(getattr(ends.partner, "on_failure", None)))
    if letters is None or not getattr(letters.kind, "fifo", False):
        return None
    return Refusal(f"what is given up carries no message group, so '{letters.id}' cannot be FIFO",
                   "use a standard queue or topic", "bad-value", "on_failure")  # fmt: skip


def express(enricher: Any, option: str | None = None) -> Refusal | None:
    """Say why a workflow cannot enrich: a pipe waits for the answer."""
    if enricher is None or getattr(enricher.kind, "type", "express") == "express":
        return None
    return Refusal(f"'{enricher.id}' cannot enrich: a pipe waits for the answer, which only express gives",
                   f"type: express on '{enricher.id}'", "bad-value", option)  # fmt: skip


def template(value: Any) -> Any:
    """Return an input template: text as it is, data as JSON."""
    return value if isinstance(value, str) else json_text(value)


def desired(enabled: Any) -> Any:
    """Return the state that a pipe should be in; None for running, which is AWS's default."""
    if enabled is True:
        return None
    return enabled if not isinstance(enabled, bool) else "STOPPED"
