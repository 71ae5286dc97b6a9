"""Workers: servers or tasks that take messages from a queue, as many as the messages that wait need."""

from __future__ import annotations

from typing import Any, ClassVar

from archkit import network
from archkit.kind import Join, Kind, prop
from archkit.scope import Link

__all__ = ["Work"]


class Work(Join):
    """Takes messages from the queue, and grows with the messages that wait for each worker.

    https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-target-tracking-metric-math.html
    """

    word: ClassVar[str] = "work"
    usual: ClassVar[bool] = True
    arrow: ClassVar[Any] = "in"
    style: ClassVar[Any] = "event"

    per_worker: int | None = prop(None, "Messages that may wait for each worker before there are more.", ge=1)

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.types[:1] == ("AWS::SQS::Queue",)

    def text(self) -> str | None:
        return None if self.per_worker is None else f"{self.per_worker} each"

    def apply(self, link: Link) -> None:
        workers, queue = link.owner, link.other
        workers.grant(queue, "read", link.because)
        network.open_call(workers, queue, link.because)
        link.hand_over(queue, to=workers)
        if self.per_worker is None:
            return
        waiting = {"Namespace": "AWS/SQS", "MetricName": "ApproximateNumberOfMessagesVisible",
                   "Dimensions": [{"Name": "QueueName", "Value": queue.attribute("name")}]}  # fmt: skip
        metrics = [
            {"Id": "waiting", "MetricStat": {"Metric": waiting, "Stat": "Sum"}, "ReturnData": False},
            {"Id": "running", "MetricStat": {"Metric": workers.kind.running(workers), "Stat": "Average"},
             "ReturnData": False},
            {"Id": "backlog", "Expression": "waiting / IF(running > 0, running, 1)",
             "Label": "Messages for each worker", "ReturnData": True},
        ]  # fmt: skip
        workers.kind.track(workers, f"{queue.id}Backlog", self.per_worker, link.because,
                           CustomizedMetricSpecification={"Metrics": metrics})  # fmt: skip
