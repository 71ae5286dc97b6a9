"""Amazon Simple Queue Service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from archkit.architecture import Architecture, Ends, Node
from archkit.kind import (
    Admits,
    Door,
    External,
    Grant,
    Helper,
    Join,
    Json,
    Kind,
    Metric,
    NodeId,
    Operation,
    Poll,
    Refusal,
    prop,
)  # fmt: skip
from archkit.scope import Link, Principal, Scope, Statement
from archkit.shared.patterns import filter_criteria
from archkit.values import Sub

READ_KEY, WRITE_KEY = ("kms:Decrypt",), ("kms:Decrypt", "kms:GenerateDataKey")


class QueuePoll(Poll):
    """How a queue's messages are fetched."""

    batch: int = prop(10, "Most messages handed over at once.", ge=1, le=10_000)
    window: int | None = prop(None, "Seconds to wait for a full batch.", ge=0, le=300)
    filter: Json | None = prop(None, "Pattern, or list of patterns, that a message must match; others are deleted.")
    concurrency: int | None = prop(None, "Most invocations at the same time.", ge=2, le=2_000)
    partial: bool = prop(True, "Only the messages that the code reports as failed are delivered again.")

    grant: ClassVar[str] = "read"

    def mapping(self, link: Link) -> dict[str, Any]:
        many = isinstance(self.batch, int) and self.batch > 10  # which AWS takes only with a window
        return {
            "BatchSize": self.batch,
            "MaximumBatchingWindowInSeconds": self.window or (1 if many else None),
            "FilterCriteria": filter_criteria(self.filter),
            "ScalingConfig": {"MaximumConcurrency": self.concurrency} if self.concurrency else None,
            "FunctionResponseTypes": ["ReportBatchItemFailures"] if self.partial else None,
        }

    def pipe(self, link: Link, role: Principal) -> dict[str, Any]:
        queue = {"BatchSize": self.batch, "MaximumBatchingWindowInSeconds": self.window}
        return {
            "SqsQueueParameters": {k: v for k, v in queue.items() if v is not None},
            "FilterCriteria": filter_criteria(self.filter),
        }


class DeadLetter(Join):
    """Sets aside what was received too often, in a queue of one's own choice."""

    word: ClassVar[str] = "dead_letter"
    style: ClassVar[Any] = "event"
    replaces: ClassVar[str | None] = "dead_letters"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return issubclass(other, Queue)

    def refuse(self, ends: Ends) -> Refusal | None:
        if getattr(ends.owner.kind, "fifo", False) != getattr(ends.other.kind, "fifo", False):
            return Refusal("a FIFO queue's dead-letter queue is FIFO too, and a standard one's standard")
        return None

    def apply(self, link: Link) -> None:
        queue = link.owner
        queue.main.set("RedrivePolicy", {"deadLetterTargetArn": link.other.attribute("arn"),
                                         "maxReceiveCount": queue.kind.max_receives or 3})  # fmt: skip


class Queue(Kind, icon="aws/integration/simple-queue-service-sqs", service="Amazon SQS",
            types=("AWS::SQS::Queue", "AWS::SQS::QueuePolicy")):  # fmt: skip
    """Message queue between producers and a slower consumer, with a dead-letter queue behind it."""

    visibility: int | None = prop(
        None,
        "Seconds a received message stays hidden (default: 30, or six times its function's timeout).",
        ge=0,
        le=43_200,
    )
    retention: int | None = prop(
        None, "Seconds a message is kept (default: 4 days; 14 for dead letters).", ge=60, le=1_209_600
    )
    delay: int | None = prop(None, "Seconds before a new message can be received.", ge=0, le=900)
    wait: int = prop(20, "Seconds that a receiver waits for a message (long polling).", ge=0, le=20)
    max_size: int | None = prop(None, "Bytes of the largest message.", ge=1_024, le=1_048_576)
    max_receives: int | None = prop(
        3, "Deliveries before a message is set aside; null for no dead-letter queue.", ge=1, le=1_000
    )
    fifo: bool = prop(False, "First in, first out, each message once.", shape=True)
    deduplicate: bool = prop(False, "Deduplicate by content (FIFO only).")
    senders: list[str] = prop([], "Ids of other accounts that may send.", pattern="[0-9]{12}", shape=True)
    key: NodeId | None = prop(None, "Encryption key (default: a key that SQS manages).", slot="key", to="kms.key")

    attributes = {"arn": "${.Arn}", "url": "${.QueueUrl}", "name": "${.QueueName}"}
    address = "${url}"
    external = External(("arn",), {})
    grants = {
        "read": Grant("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", key=READ_KEY),
        "write": Grant("sqs:SendMessage", key=WRITE_KEY, usual=True),
        "change_visibility": Grant("sqs:ChangeMessageVisibility"),
        "purge": Grant("sqs:PurgeQueue"),
    }
    admits = Admits("sqs", "sqs:SendMessage", "write", Door("AWS::SQS::QueuePolicy", "Queues", "${url}"))
    emits = QueuePoll
    joins = (DeadLetter,)
    operations = {
        "SendMessage": Operation("sqs", "SendMessage", {"QueueUrl": "${url}"}, key=WRITE_KEY, usual=True),
        "ReceiveMessage": Operation("sqs", "ReceiveMessage", {"QueueUrl": "${url}"}, key=READ_KEY),
        "DeleteMessage": Operation("sqs", "DeleteMessage", {"QueueUrl": "${url}"}),
    }
    metrics = {
        "age-of-oldest-message": Metric(
            "AWS/SQS", "ApproximateAgeOfOldestMessage", {"QueueName": "${name}"}, "Maximum"
        ),
        "messages": Metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": "${name}"}, "Maximum"),
        "not-empty": Metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": "${name}"}, "Maximum"),
        "sent": Metric("AWS/SQS", "NumberOfMessagesSent", {"QueueName": "${name}"}),
    }
    example = "{max_receives: 5}"

    def helpers(self) -> Mapping[str, Helper]:
        if self.max_receives is None:
            return {}
        inherited = {"max_receives": None, "retention": 1_209_600, "fifo": self.fifo, "key": self.key}
        return {
            "dead_letters": Helper("sqs.queue", {k: v for k, v in inherited.items() if k != "key" or v}, "dead letters")
        }

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        found = []
        if self.deduplicate and not self.fifo:
            found.append(Refusal("only a FIFO queue deduplicates by content", "fifo: true", "bad-value", "deduplicate"))
        for edge, effect in world.effects("trigger"):
            timeout = getattr(world[effect.owner].kind, "timeout", None) if edge.source == node.id else None
            if isinstance(self.visibility, int) and isinstance(timeout, int) and self.visibility < timeout:
                hidden = f"messages stay hidden for {self.visibility} s, less than the {timeout} s that"
                twice = f"{hidden} '{effect.owner}' may run: they would be delivered twice"
                way = f"visibility: {6 * timeout} (six times the timeout, as AWS advises)"
                found.append(Refusal(twice, way, "visibility-too-short", "visibility"))
        return found

    def build(self, scope: Scope) -> None:
        from troposphere import sqs

        letters = scope.of(f"{scope.node.id}.dead_letters")
        redrive = letters and {"deadLetterTargetArn": letters.attribute("arn"), "maxReceiveCount": self.max_receives}
        hidden = self.visibility if self.visibility is not None else self._hidden(scope)
        scope.make(
            sqs.Queue, VisibilityTimeout=hidden, MessageRetentionPeriod=self.retention, DelaySeconds=self.delay,
            ReceiveMessageWaitTimeSeconds=self.wait, MaximumMessageSize=self.max_size, FifoQueue=self.fifo or None,
            ContentBasedDeduplication=self.deduplicate or None, KmsMasterKeyId=scope.arn(self.key),
            SqsManagedSseEnabled=None if self.key else True, RedrivePolicy=redrive,
        )  # fmt: skip
        arn = scope.attribute("arn")
        scope.policy(Statement(("sqs:SendMessage", "sqs:ReceiveMessage"), (arn,), scope.node.id, "TlsOnly", "*",
                               {"Bool": {"aws:SecureTransport": "false"}}, "Deny"))  # fmt: skip
        if self.senders:
            roots = [Sub(f"arn:${{AWS::Partition}}:iam::{account}:root") for account in self.senders]
            scope.policy(Statement(("sqs:SendMessage",), (arn,), scope.node.id, "OtherAccounts", {"AWS": roots}))

    def _hidden(self, scope: Scope) -> int | None:
        """Six times the timeout of the function that polls
        (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html)."""
        owners = [
            effect.owner for edge, effect in scope.architecture.effects("trigger") if edge.source == scope.node.id
        ]
        timeouts = [getattr(scope.architecture[owner].kind, "timeout", None) for owner in owners]
        longest = max((t for t in timeouts if isinstance(t, int)), default=0)
        return 6 * longest or None
