"""A pipe between what is polled and what cannot poll: `table -> bus`, `queue -> workflow`.

AWS joins such a pair by an EventBridge pipe with a role of its own
(https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes.html).
"""

from __future__ import annotations

from typing import Any, ClassVar

from archkit.architecture import Ends
from archkit.kind import Join, Json, Kind, NodeId, Record, Refusal, prop
from archkit.outward import Endpoint, destination
from archkit.scope import Link, Principal, Scope
from archkit.values import Sub, json_text

__all__ = ["Between", "Outward", "target_parameters"]

SERVICE = "pipes.amazonaws.com"
PROTOCOLS = frozenset({"sqs", "sns", "lambda", "states", "events", "kinesis", "firehose", "logs", "batch", "ecs"})
ENRICHERS = ("lambda.function", "stepfunctions.state_machine")


class _Pipe(Join):
    """Reads a stream or queue and hands each batch on, filtered, enriched and reshaped, without code."""

    word: ClassVar[str] = "pipe"
    usual: ClassVar[bool] = True
    style: ClassVar[Any] = "event"
    identity: ClassVar[tuple[str, ...]] = ()
    protocols: ClassVar[frozenset[str]] = frozenset()

    transform: Json | None = prop(None, "What each event becomes: text or JSON with <$.path> holes.")
    enrich: NodeId | None = prop(
        None, "Function or express workflow that adds to the events.", slot="enrich", to=ENRICHERS
    )
    enabled: bool = prop(True, "Whether the pipe runs.")
    pipe_key: NodeId | None = prop(None, "Key that encrypts the pipe's own data.", slot="key", to="kms.key")
    parameters: Json | None = prop(None, "TargetParameters of the pipe, as AWS documents them.")

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        polls = any(join.word == "trigger" and join.fits(other, owner) for join in other.joins if join.arrow == "in")
        goes = other.admits is not None and other.admits.protocol in cls.protocols
        return owner.emits is not None and goes and not polls

    @classmethod
    def partner(cls, owner: type[Kind], other: type[Kind]) -> type[Record] | None:
        return owner.emits

    def refuse(self, ends: Ends) -> Refusal | None:
        enricher = ends.architecture.nodes.get(str(self.enrich))
        if enricher is not None and getattr(enricher.kind, "type", "express") != "express":
            return Refusal(f"'{enricher.id}' cannot enrich: a pipe waits for the answer, which only express gives",
                           f"type: express on '{enricher.id}'", "bad-value", "enrich")  # fmt: skip
        return None

    def make(self, link: Link, role: Principal, target: Any, parameters: dict[str, Any]) -> None:
        """Make the pipe once its role may reach both ends."""
        poll = link.partner
        poll.prepare(link)
        role.grant(link.source, poll.grant, link.because)
        if self.transform is not None:
            parameters["InputTemplate"] = _template(self.transform)
        more: Any = self.parameters or {}
        enricher, key = link.option(self.enrich), link.option(self.pipe_key)
        if enricher is not None:
            admits = enricher.kind.admits
            role.grant(enricher, "start_sync" if admits.protocol == "states" else admits.grant, link.because)
        if key is not None:
            via = {"StringEquals": {"kms:ViaService": Sub("pipes.${AWS::Region}.amazonaws.com")}}
            role.allow(
                "kms:Decrypt", "kms:GenerateDataKey", on=key.attribute("arn"), because=link.because, condition=via
            )
        link.make("AWS::Pipes::Pipe", "Pipe", after=role.after_rights(),
                  RoleArn=role.role().att("Arn"), DesiredState=None if self.enabled is True else _state(self.enabled),
                  Source=link.source.fill(poll.arn), SourceParameters=poll.pipe(link) or None,
                  Enrichment=enricher.fill(enricher.kind.admits.endpoint) if enricher else None,
                  KmsKeyIdentifier=key.attribute("arn") if key else None,
                  Target=target, TargetParameters={**parameters, **more} or None)  # fmt: skip


class Between(_Pipe):
    """A pipe to another service."""

    protocols: ClassVar[frozenset[str]] = PROTOCOLS

    detail_type: str | None = prop(None, "Detail type of the events put on a bus (default: the id of what is read).")
    source: str | None = prop(None, "Source of the events put on a bus (default: the blueprint's name).")
    message_group: str | None = prop(None, "Message group of a FIFO queue, or a path such as $.body.id.")
    partition: str | None = prop(None, "Partition key of a stream, or a path such as $.body.id.")

    def refuse(self, ends: Ends) -> Refusal | None:
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
        return super().refuse(ends)

    def apply(self, link: Link) -> None:
        admits = link.target.kind.admits
        role = link.principal(SERVICE, "Pipe")
        role.grant(link.target, admits.grant, link.because)
        self.make(link, role, _arn(link.target), target_parameters(admits.protocol, self, link))


class Outward(Endpoint, _Pipe):
    """A pipe to an HTTPS endpoint: an API destination."""

    protocols: ClassVar[frozenset[str]] = frozenset({"http"})

    def refuse(self, ends: Ends) -> Refusal | None:
        return self.lacks() or super().refuse(ends)

    def apply(self, link: Link) -> None:
        role = link.principal(SERVICE, "Pipe")
        endpoint = destination(self, link.option(self.secret), link.make)
        role.allow("events:InvokeApiDestination", on=endpoint.att("Arn"), because=link.because)
        self.make(link, role, endpoint.att("Arn"), {})


def target_parameters(protocol: str, said: Between, link: Link) -> dict[str, Any]:
    """Return the TargetParameters that a protocol needs to be served as its users expect."""
    if protocol == "states":
        return {"StepFunctionStateMachineParameters": {"InvocationType": "FIRE_AND_FORGET"}}
    if protocol == "lambda":
        return {"LambdaFunctionParameters": {"InvocationType": "REQUEST_RESPONSE"}}
    if protocol == "events":
        return {"EventBridgeEventBusParameters": {"DetailType": said.detail_type or link.source.node.id,
                                                  "Source": said.source or link.architecture.name}}  # fmt: skip
    if protocol == "sqs" and said.message_group:
        return {"SqsQueueParameters": {"MessageGroupId": said.message_group}}
    if protocol == "kinesis":
        return {"KinesisStreamParameters": {"PartitionKey": said.partition}}
    return {}


def _arn(target: Scope) -> Any:
    """A pipe names what it delivers to by ARN, a log group by the one that CloudFormation returns."""
    admits = target.kind.admits
    return target.attribute("arn") if admits.protocol == "logs" else target.fill(admits.endpoint)


def _template(value: Any) -> Any:
    return value if isinstance(value, str) else json_text(value)


def _state(enabled: Any) -> Any:
    return enabled if not isinstance(enabled, bool) else "RUNNING" if enabled else "STOPPED"
