"""When a fleet grows and shrinks: by processor, by requests, by the clock, by what waits in a queue."""

from __future__ import annotations

from typing import Any, ClassVar

from archkit import network
from archkit.kind import Join, Kind, Record, prop
from archkit.scope import Link, Scope

__all__ = ["Scheduled", "Work", "tracking"]


class Scheduled(Record):
    """A size from a moment on, again and again."""

    cron: str = prop(doc="When, as five fields of cron, such as '0 8 * * MON-FRI'.", pattern=r"(\S+ ){4}\S+")
    min: int | None = prop(None, "Least servers from then on.", ge=0)
    max: int | None = prop(None, "Most servers from then on.", ge=0)
    desired: int | None = prop(None, "Servers wanted from then on.", ge=0)
    time_zone: str | None = prop(None, "Time zone (default: UTC).", pattern=r"[A-Za-z_]+(/[A-Za-z_]+)*")


def tracking(scope: Scope, name: str, target: float, because: str, **metric: Any) -> None:
    """Add a target tracking policy."""
    from troposphere import autoscaling

    scope.make(autoscaling.ScalingPolicy, name, because=because, AutoScalingGroupName=scope.main.ref,
               PolicyType="TargetTrackingScaling",
               TargetTrackingConfiguration={"TargetValue": target, **metric})  # fmt: skip


class Work(Join):
    """The servers take messages from the queue, and as many run as the messages that wait need.

    https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-target-tracking-metric-math.html
    """

    word: ClassVar[str] = "work"
    usual: ClassVar[bool] = True
    arrow: ClassVar[Any] = "in"
    style: ClassVar[Any] = "event"

    per_server: int | None = prop(None, "Messages that may wait for each server before there are more.", ge=1)

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.types[:1] == ("AWS::SQS::Queue",)

    def apply(self, link: Link) -> None:
        fleet, queue = link.owner, link.other
        fleet.grant(queue, "read", link.because)
        network.open_call(fleet, queue, link.because)
        link.hand_over(queue, to=fleet)
        if self.per_server is None:
            return
        waiting = {"Namespace": "AWS/SQS", "MetricName": "ApproximateNumberOfMessagesVisible",
                   "Dimensions": [{"Name": "QueueName", "Value": queue.attribute("name")}]}  # fmt: skip
        running = {"Namespace": "AWS/AutoScaling", "MetricName": "GroupInServiceInstances",
                   "Dimensions": [{"Name": "AutoScalingGroupName", "Value": fleet.main.ref}]}  # fmt: skip
        metrics = [
            {"Id": "waiting", "MetricStat": {"Metric": waiting, "Stat": "Sum"}, "ReturnData": False},
            {"Id": "running", "MetricStat": {"Metric": running, "Stat": "Average"}, "ReturnData": False},
            {"Id": "backlog", "Expression": "waiting / MAX([running, 1])", "Label": "Messages for each server",
             "ReturnData": True},
        ]  # fmt: skip
        tracking(fleet, f"{queue.id}Backlog", self.per_server, link.because,
                 CustomizedMetricSpecification={"Metrics": metrics})  # fmt: skip
