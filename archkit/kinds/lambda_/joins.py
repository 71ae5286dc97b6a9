"""What joins a function to others: what it polls, and where its asynchronous invocations end."""

from __future__ import annotations

from typing import Any, ClassVar

from archkit.architecture import Ends, Node
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
        return self._first_in_first_out(ends) or self._reserved(ends) or self._once(ends)

    def _once(self, ends: Ends) -> Refusal | None:
        """ResourceConflictException of
        https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html."""
        mine = getattr(ends.partner, "consumer", None)
        twins = [edge for edge, effect in ends.architecture.effects("trigger")
                 if (edge.source, edge.target) == (ends.edge.source, ends.edge.target)
                 and isinstance(effect.join, Poller) and getattr(effect.partner, "consumer", None) == mine]  # fmt: skip
        if len(twins) > 1 and twins[0].id != ends.edge.id:
            return Refusal(f"'{ends.owner.id}' reads '{ends.other.id}' already, and Lambda takes no second mapping",
                           "write one edge, whose filter lists all patterns", "mapped-twice")  # fmt: skip
        return None

    def _first_in_first_out(self, ends: Ends) -> Refusal | None:
        """https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html."""
        if is_fifo(ends.other) and getattr(ends.partner, "window", None):
            return Refusal("Lambda gathers no batches of a FIFO queue over time", "leave 'window' out",
                           "bad-value", "window")  # fmt: skip
        letters = ends.architecture.nodes.get(str(getattr(ends.partner, "on_failure", None)))
        if letters is not None and is_fifo(letters):
            return Refusal(f"what is given up carries no message group, so '{letters.id}' cannot be FIFO",
                           "use a standard queue or topic", "bad-value", "on_failure")  # fmt: skip
        return None

    def _reserved(self, ends: Ends) -> Refusal | None:
        """https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html#events-sqs-max-concurrency."""
        asked, kept = getattr(ends.partner, "concurrency", None), getattr(ends.owner.kind, "concurrency", None)
        if isinstance(asked, int) and isinstance(kept, int) and asked > kept:
            return Refusal(
                f"'{ends.owner.id}' keeps {kept} invocations at a time, so {asked} would be throttled and their "
                "messages set aside",
                f"concurrency: {asked} on '{ends.owner.id}'",
                "out-of-bounds",
                "concurrency",
            )
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
        if is_fifo(ends.other):
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

    def refuse(self, ends: Ends) -> Refusal | None:
        if is_fifo(ends.other):
            return Refusal("dead letters of a function cannot go to a FIFO queue or topic", "use a standard one")
        return None

    def apply(self, link: Link) -> None:
        set_aside(link.owner, link.other, link.because)


def is_fifo(node: Node) -> bool:
    """Say whether a queue or topic is FIFO: Lambda sends without a message group."""
    return getattr(node.kind, "fifo", False) is True


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
