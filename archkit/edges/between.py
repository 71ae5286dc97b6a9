"""A pipe between what is polled and what cannot poll: `table -> bus`, `queue -> workflow`.

AWS joins such a pair by an EventBridge pipe with a role of its own
(https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes.html).
"""

from __future__ import annotations

from typing import Any, ClassVar

from archkit.kind import Join, Json, Kind, Record, prop
from archkit.scope import Link

__all__ = ["Between", "target_parameters"]


class Between(Join):
    """Reads a stream or queue and hands each batch on, filtered and reshaped, without code."""

    word: ClassVar[str] = "pipe"
    usual: ClassVar[bool] = True
    style: ClassVar[Any] = "event"
    identity: ClassVar[tuple[str, ...]] = ("filter",)

    transform: str | None = prop(None, "Input template: the text that each event becomes, with <$.path> holes.")
    detail_type: str | None = prop(None, "Detail type of the events put on a bus.")
    parameters: Json | None = prop(None, "TargetParameters of the pipe, as AWS documents them.")

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        polls = any(join.word == "trigger" and join.fits(other, owner) for join in other.joins if join.arrow == "in")
        return owner.emits is not None and other.admits is not None and other.admits.protocol in PROTOCOLS and not polls

    @classmethod
    def partner(cls, owner: type[Kind], other: type[Kind]) -> type[Record] | None:
        return owner.emits

    def apply(self, link: Link) -> None:
        poll = link.partner
        poll.prepare(link)
        role = link.principal("pipes.amazonaws.com", "Pipe")
        role.grant(link.source, poll.grant, link.because)
        role.grant(link.target, link.target.kind.admits.grant, link.because)
        parameters = target_parameters(link.target.kind.admits.protocol, self.detail_type, link)
        if self.transform:
            parameters["InputTemplate"] = self.transform
        link.make("AWS::Pipes::Pipe", "Pipe", after=role.after_rights(),
                  RoleArn=role.role().att("Arn"),
                  Source=link.source.fill(poll.arn), SourceParameters=poll.pipe(link) or None,
                  Target=link.target.fill(link.target.kind.admits.endpoint),
                  TargetParameters={**parameters, **(self.parameters or {})} or None)  # fmt: skip


PROTOCOLS = frozenset(
    {"sqs", "sns", "lambda", "states", "events", "kinesis", "firehose", "logs", "http", "batch", "ecs"}
)


def target_parameters(protocol: str, detail_type: str | None, link: Link) -> dict[str, Any]:
    """Return the TargetParameters that a protocol needs to be served as its users expect."""
    if protocol == "states":
        return {"StepFunctionStateMachineParameters": {"InvocationType": "FIRE_AND_FORGET"}}
    if protocol == "lambda":
        return {"LambdaFunctionParameters": {"InvocationType": "REQUEST_RESPONSE"}}
    if protocol == "events":
        source = link.architecture.name
        return {"EventBridgeEventBusParameters": {"DetailType": detail_type or link.source.node.id, "Source": source}}
    return {}
