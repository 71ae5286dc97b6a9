"""What joins a function to others: what it polls, and where its asynchronous invocations end."""

from __future__ import annotations

from typing import Any, ClassVar

from archkit.architecture import Ends
from archkit.kind import Join, Kind, Poll, Record, Refusal, prop
from archkit.scope import Link, Scope

__all__ = ["DeadLetter", "OnFailure", "OnSuccess", "Poller", "invoke_config", "set_aside"]


class Poller(Join):
    """The function reads a queue or stream: an event source mapping."""

    word: ClassVar[str] = "trigger"
    usual: ClassVar[bool] = True
    arrow: ClassVar[Any] = "in"
    style: ClassVar[Any] = "event"

    enabled: bool = prop(True, "Whether the mapping polls.")

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.emits is not None

    @classmethod
    def partner(cls, owner: type[Kind], other: type[Kind]) -> type[Record] | None:
        return other.emits

    def refuse(self, ends: Ends) -> Refusal | None:
        twins = [edge for edge, effect in ends.architecture.effects("trigger")
                 if edge.source == ends.edge.source and effect.partner is not None]  # fmt: skip
        queue = ends.other.kind.name == "sqs.queue"
        if queue and len({edge.target for edge in twins}) > 1 and getattr(ends.partner, "filter", None):
            return Refusal(f"'{ends.other.id}' has two consumers with filters: each deletes what it does not want",
                           "put a topic with filters before two queues", "filtered-twice", "filter")  # fmt: skip
        return None

    def apply(self, link: Link) -> None:
        poll: Poll = link.partner
        poll.prepare(link)
        link.owner.grant(link.other, poll.grant, link.because)
        link.make(
            # by name: troposphere takes the ScalingConfig of another type for this one's
            "AWS::Lambda::EventSourceMapping",
            "Mapping",
            after=link.owner.after_rights(),
            EventSourceArn=link.other.fill(poll.arn),
            FunctionName=link.owner.fill("${arn}"),
            Enabled=None if self.enabled else False,
            **poll.mapping(link),
        )


class Destination(Join):
    """Where an asynchronous invocation's record goes when it has ended."""

    style: ClassVar[Any] = "event"
    result: ClassVar[str] = ""

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.admits is not None and other.admits.protocol in ("sqs", "sns", "lambda", "events")

    def refuse(self, ends: Ends) -> Refusal | None:
        if getattr(ends.other.kind, "fifo", False):
            return Refusal("a destination of a function cannot be FIFO", "use a standard queue or topic")
        return None

    def apply(self, link: Link) -> None:
        link.owner.grant(link.other, link.other.kind.admits.grant, link.because)
        config = invoke_config(link.owner)
        config.set(f"DestinationConfig.{self.result}.Destination", link.other.fill(link.other.kind.admits.endpoint))
        config.depends |= {str(id) for id in link.owner.after_rights()}


class OnFailure(Destination):
    """Where the record of an asynchronous invocation goes that failed for good."""

    word: ClassVar[str] = "on_failure"
    result: ClassVar[str] = "OnFailure"


class OnSuccess(Destination):
    """Where the record of an asynchronous invocation goes that succeeded."""

    word: ClassVar[str] = "on_success"
    result: ClassVar[str] = "OnSuccess"


class DeadLetter(Join):
    """Where the event itself goes that no asynchronous attempt could handle."""

    word: ClassVar[str] = "dead_letter"
    style: ClassVar[Any] = "event"
    replaces: ClassVar[str | None] = "dead_letters"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.admits is not None and other.admits.protocol in ("sqs", "sns")

    def apply(self, link: Link) -> None:
        set_aside(link.owner, link.other, link.because)


def set_aside(function: Scope, to: Scope, because: str) -> None:
    """Send the events that no asynchronous attempt could handle to a queue or topic."""
    function.grant(to, to.kind.admits.grant, because)
    function.main.set("DeadLetterConfig.TargetArn", to.attribute("arn"))
    function.main.depends |= {str(id) for id in function.after_rights()}


def invoke_config(scope: Scope) -> Any:
    """Return the function's settings for asynchronous invocation, made on first use."""
    from troposphere import awslambda

    kind = scope.kind
    return scope.get("Async") or scope.make(
        awslambda.EventInvokeConfig, "Async", FunctionName=scope.main.ref,
        Qualifier="live" if kind.provisioned else "$LATEST", MaximumRetryAttempts=kind.retries,
        MaximumEventAgeInSeconds=kind.max_age, after=[scope.get("Alias")],
    )  # fmt: skip
