"""The stream of a table's changes, and how it is polled."""

from __future__ import annotations

from typing import ClassVar, Literal

from archkit.kind import prop
from archkit.scope import Link
from archkit.shared.streams import Shards

__all__ = ["StreamPoll", "View"]

View = Literal["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"]


class StreamPoll(Shards):
    """How a table's changes are read
    (https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html)."""

    start: Literal["LATEST", "TRIM_HORIZON"] = prop("LATEST", "Where a new reader begins: now, or 24 hours ago.")

    grant: ClassVar[str] = "stream"
    arn: ClassVar[str] = "${stream_arn}"
    pipe_parameters: ClassVar[str] = "DynamoDBStreamParameters"

    def prepare(self, link: Link) -> None:
        if not link.source.exists and link.source.main.get("StreamSpecification") is None:
            link.source.main.set("StreamSpecification", {"StreamViewType": "NEW_AND_OLD_IMAGES"})
