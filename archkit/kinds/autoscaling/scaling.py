"""When a fleet grows and shrinks: by what is measured, and by the clock."""

from __future__ import annotations

from typing import Any

from archkit.kind import Record, prop
from archkit.scope import Scope

__all__ = ["Scheduled", "tracking"]


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
