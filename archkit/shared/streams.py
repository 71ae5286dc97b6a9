"""Streams of shards, and how a function or a pipe reads them: in batches, in order, again and again until it works.

DynamoDB's streams of changes and Kinesis are polled by the same rules
(https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html).
"""

from __future__ import annotations

from typing import Any, ClassVar

from archkit.kind import Join, Json, Kind, NodeId, Poll, prop
from archkit.scope import Link, Principal, Scope
from archkit.shared.patterns import filter_criteria

__all__ = ["DataStreamReader", "Shards"]


class Shards(Poll):
    """How the records of a stream are read. A subclass says where a new reader may begin, as `start`."""

    batch: int = prop(100, "Most records handed over at once.", ge=1, le=10_000)
    window: int | None = prop(None, "Seconds to wait for a full batch.", ge=0, le=300)
    filter: Json | None = prop(None, "Pattern, or list of patterns, that a record must match; others are passed over.")
    parallelization: int | None = prop(None, "Batches of one shard in work at the same time.", ge=1, le=10)
    bisect: bool = prop(True, "A batch that fails is tried again in two halves.")
    partial: bool = prop(True, "Only from the first record that the code reports as failed is tried again.")
    retries: int | None = prop(
        None, "Attempts after the first (default: until the record expires; 3 with 'on_failure').", ge=0, le=10_000
    )
    max_age: int | None = prop(None, "Seconds after which a record is given up.", ge=60, le=604_800)
    tumbling: int | None = prop(None, "Seconds of a tumbling window, over which code adds up.", ge=0, le=900)
    on_failure: NodeId | None = prop(None, "Queue or topic that is told of records given up.", slot="on_failure",
                                     to=("sqs.queue", "sns.topic"))  # fmt: skip

    pipe_parameters: ClassVar[str]

    @property
    def attempts(self) -> int | None:
        """How often a failed batch is tried again; a finite number where somebody hears of it."""
        return 3 if self.retries is None and self.on_failure else self.retries

    def begins(self) -> dict[str, Any]:
        """Return where a new reader begins, in the properties that mappings and pipes share."""
        return {"StartingPosition": getattr(self, "start")}  # noqa: B009 - a field of every subclass

    def mapping(self, link: Link) -> dict[str, Any]:
        letters = link.option(self.on_failure)
        if letters is not None:
            link.owner.grant(letters, letters.kind.admits.grant, link.because)
        return {
            "BatchSize": self.batch,
            "MaximumBatchingWindowInSeconds": self.window,
            "FilterCriteria": filter_criteria(self.filter),
            **self.begins(),
            "ParallelizationFactor": self.parallelization,
            "BisectBatchOnFunctionError": self.bisect,
            "FunctionResponseTypes": ["ReportBatchItemFailures"] if self.partial else None,
            "MaximumRetryAttempts": self.attempts,
            "MaximumRecordAgeInSeconds": self.max_age,
            "TumblingWindowInSeconds": self.tumbling,
            "DestinationConfig": {"OnFailure": {"Destination": letters.attribute("arn")}} if letters else None,
        }

    def pipe(self, link: Link, role: Principal) -> dict[str, Any]:
        letters = link.option(self.on_failure)
        if letters is not None:
            role.grant(letters, letters.kind.admits.grant, link.because)
        return {self.pipe_parameters: self._read(letters), "FilterCriteria": filter_criteria(self.filter)}

    def _read(self, letters: Scope | None) -> dict[str, Any]:
        stream = {
            "BatchSize": self.batch,
            "MaximumBatchingWindowInSeconds": self.window,
            **self.begins(),
            "ParallelizationFactor": self.parallelization,
            "OnPartialBatchItemFailure": "AUTOMATIC_BISECT" if self.bisect else None,
            "MaximumRetryAttempts": self.attempts,
            "MaximumRecordAgeInSeconds": self.max_age,
            "DeadLetterConfig": {"Arn": letters.attribute("arn")} if letters else None,
        }
        return {name: value for name, value in stream.items() if value is not None}


class DataStreamReader(Join):
    """The owner reads a whole data stream by itself; a subclass says how it is told of it."""

    word: ClassVar[str] = "trigger"
    usual: ClassVar[bool] = True
    arrow: ClassVar[Any] = "in"
    style: ClassVar[Any] = "event"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.emits is not None and other.admits is not None and other.admits.protocol == "kinesis"
