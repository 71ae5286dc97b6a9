"""When a fleet grows and shrinks: by what is measured, and by the clock."""

from __future__ import annotations

from typing import Any, Literal

from archkit.kind import Record, prop
from archkit.scope import Scope

__all__ = ["Refresh", "Scheduled", "Warm", "tracking"]


class Scheduled(Record):
    """A size from a moment on, again and again."""

    cron: str = prop(doc="When, as five fields of cron, such as '0 8 * * MON-FRI'.", pattern=r"(\S+ ){4}\S+")
    min: int | None = prop(None, "Least servers from then on.", ge=0)
    max: int | None = prop(None, "Most servers from then on.", ge=0)
    desired: int | None = prop(None, "Servers wanted from then on.", ge=0)
    time_zone: str | None = prop(None, "Time zone (default: UTC).", pattern=r"[A-Za-z_]+(/[A-Za-z_]+)*")


class Refresh(Record):
    """Servers replaced by an instance refresh. A bare number is the percentage that stays in service.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html
    """

    short = "healthy"

    healthy: int = prop(90, "Percentage of the servers that is in service all the time.", ge=0, le=100, shape=True)
    most: int | None = prop(
        None, "Percentage up to which more servers than wanted may run meanwhile.", ge=100, le=200, shape=True
    )
    checkpoints: list[int] = prop([], "Percentages at which it stops and waits.", ge=1, le=20, shape=True)
    wait: int | None = prop(None, "Seconds that it waits at each.", ge=0, le=172_800, shape=True)
    bake: int | None = prop(
        None, "Seconds after which a refresh without a fault has succeeded.", ge=0, le=172_800, shape=True
    )
    root_only: bool = prop(False, "Replace the root volume only, and keep the server.", shape=True)

    def policy(self, warmup: int | None) -> dict[str, Any]:
        """Return the update policy of the group."""
        said = {
            "MinHealthyPercentage": self.healthy, "MaxHealthyPercentage": self.most, "InstanceWarmup": warmup,
            "CheckpointPercentages": list(self.checkpoints) or None, "CheckpointDelay": self.wait,
            "BakeTime": self.bake, "SkipMatching": True,
        }  # fmt: skip
        return {"AutoScalingInstanceRefresh": {
            "Strategy": "ReplaceRootVolume" if self.root_only else "Rolling",
            "Preferences": {name: value for name, value in said.items() if value is not None}}}  # fmt: skip


class Warm(Record):
    """Servers that are started beforehand and wait. A bare word is the state in which they do.

    https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-warm-pools.html
    """

    short = "state"

    state: Literal["stopped", "hibernated", "running"] = prop("stopped", "State in which they wait.", shape=True)
    min: int = prop(0, "Least servers that wait.", ge=0)
    most: int | None = prop(None, "Servers that run and wait together (default: the most of the group).", ge=0)
    reuse: bool = prop(False, "Servers wait again when the group shrinks, instead of going.")


def tracking(scope: Scope, name: str, target: float, because: str, **metric: Any) -> None:
    """Add a target tracking policy."""
    from troposphere import autoscaling

    scope.make(autoscaling.ScalingPolicy, name, because=because, AutoScalingGroupName=scope.main.ref,
               PolicyType="TargetTrackingScaling",
               TargetTrackingConfiguration={"TargetValue": target, **metric})  # fmt: skip
