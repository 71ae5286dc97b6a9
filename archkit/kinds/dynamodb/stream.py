"""The stream of a table's changes, and how it is polled."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from archkit.kind import Json, NodeId, Poll, prop
from archkit.patterns import filter_criteria
from archkit.scope import Link

__all__ = ["StreamPoll", "View"]

View = Literal["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"]


class StreamPoll(Poll):
    """How a table's changes are read
    (https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html)."""

    batch: int = prop(100, "Most changes handed over at once.", ge=1, le=10_000)
    window: int | None = prop(None, "Seconds to wait for a full batch.", ge=0, le=300)
    filter: Json | None = prop(None, "Pattern, or list of patterns, that a change must match; others are passed over.")
    start: Literal["LATEST", "TRIM_HORIZON"] = prop("LATEST", "Where a new reader begins: now, or 24 hours ago.")
    parallelization: int | None = prop(None, "Batches of one shard in work at the same time.", ge=1, le=10)
    bisect: bool = prop(True, "A batch that fails is tried again in two halves.")
    partial: bool = prop(True, "Only from the first change that the code reports as failed is tried again.")
    retries: int | None = prop(None, "Attempts after the first (default: until the change expires after a day; "
                               "3 with 'on_failure').", ge=0, le=10_000)  # fmt: skip
    max_age: int | None = prop(None, "Seconds after which a change is given up.", ge=60, le=604_800)
    tumbling: int | None = prop(None, "Seconds of a tumbling window, over which code adds up.", ge=0, le=900)
    on_failure: NodeId | None = prop(None, "Queue or topic that is told of changes given up.", slot="on_failure",
                                     to=("sqs.queue", "sns.topic"))  # fmt: skip

    grant: ClassVar[str] = "stream"
    arn: ClassVar[str] = "${stream_arn}"

    def prepare(self, link: Link) -> None:
        if not link.source.exists and link.source.main.get("StreamSpecification") is None:
            link.source.main.set("StreamSpecification", {"StreamViewType": "NEW_AND_OLD_IMAGES"})

    @property
    def attempts(self) -> int | None:
        """How often a failed batch is tried again; a finite number where somebody hears of it."""
        return 3 if self.retries is None and self.on_failure else self.retries

    def mapping(self, link: Link) -> dict[str, Any]:
        letters = link.option(self.on_failure)
        if letters is not None:
            link.owner.grant(letters, letters.kind.admits.grant, link.because)
        return {
            "BatchSize": self.batch,
            "MaximumBatchingWindowInSeconds": self.window,
            "FilterCriteria": filter_criteria(self.filter),
            "StartingPosition": self.start,
            "ParallelizationFactor": self.parallelization,
            "BisectBatchOnFunctionError": self.bisect,
            "FunctionResponseTypes": ["ReportBatchItemFailures"] if self.partial else None,
            "MaximumRetryAttempts": self.attempts,
            "MaximumRecordAgeInSeconds": self.max_age,
            "TumblingWindowInSeconds": self.tumbling,
            "DestinationConfig": {"OnFailure": {"Destination": letters.attribute("arn")}} if letters else None,
        }

    def pipe(self, link: Link) -> dict[str, Any]:
        letters = link.option(self.on_failure)
        if letters is not None:
            link.principal("pipes.amazonaws.com", "Pipe").grant(letters, letters.kind.admits.grant, link.because)
        stream = {
            "BatchSize": self.batch,
            "MaximumBatchingWindowInSeconds": self.window,
            "StartingPosition": self.start,
            "ParallelizationFactor": self.parallelization,
            "OnPartialBatchItemFailure": "AUTOMATIC_BISECT" if self.bisect else None,
            "MaximumRetryAttempts": self.attempts,
            "MaximumRecordAgeInSeconds": self.max_age,
            "DeadLetterConfig": {"Arn": letters.attribute("arn")} if letters else None,
        }
        return {
            "DynamoDBStreamParameters": {name: value for name, value in stream.items() if value is not None},
            "FilterCriteria": filter_criteria(self.filter),
        }
