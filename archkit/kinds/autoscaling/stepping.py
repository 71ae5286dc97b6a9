"""What an alarm does to a fleet: more servers, or fewer, in steps."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from archkit.architecture import Ends
from archkit.kind import Join, Kind, Record, Refusal, prop
from archkit.scope import Link

__all__ = ["Grow"]

ALARM = "AWS::CloudWatch::Alarm"
TYPES = {"servers": "ChangeInCapacity", "percent": "PercentChangeInCapacity", "exact": "ExactCapacity"}
SHORT = re.compile(r"(?P<exact>=)?(?P<number>[+-]?[0-9]+)(?P<percent>%)?")


class Step(Record):
    """What is done from a distance to the alarm's threshold on."""

    beyond: float = prop(doc="Distance from the threshold, away from what is well.", ge=0, shape=True)
    add: int = prop(doc="Servers that come, or go where it is below 0.", shape=True)


class Grow(Join):
    """Adds servers when the alarm sounds, or takes some away: `high -> fleet: +2`, `low -> fleet: -1`.

    https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html
    """

    word: ClassVar[str] = "act"
    usual: ClassVar[bool] = True
    arrow: ClassVar[Any] = "in"
    style: ClassVar[Any] = "event"

    add: int | None = prop(None, "Servers that come, or go where it is below 0.", shape=True)
    unit: Literal["servers", "percent", "exact"] = prop("servers", "Whether numbers are servers more, percent more, or "
                                                        "what there shall be.", shape=True)  # fmt: skip
    steps: list[Step] = prop([], "Further away from the threshold, more servers.", le=20)
    warmup: int | None = prop(None, "Seconds before a new server counts (default: the fleet's).", ge=0)

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.types[:1] == (ALARM,)

    @classmethod
    def short_form(cls, text: str) -> Mapping[str, str] | None:
        found = SHORT.fullmatch(text.strip())
        if found is None or (found["exact"] and found["percent"]):
            return None
        unit = "exact" if found["exact"] else "percent" if found["percent"] else "servers"
        return {"add": found["number"].lstrip("+"), "unit": unit}

    def refuse(self, ends: Ends) -> Refusal | None:
        if (self.add is None) == (not self.steps):
            return Refusal("the edge says how many servers come or go, or in which steps", "add: 1",
                           "missing-property")  # fmt: skip
        starts = [step.beyond for step in self.steps]
        if starts and (starts != sorted(set(starts)) or starts[0] != 0):
            return Refusal("steps begin at the threshold, and each further away", "beyond: 0 of the first",
                           "bad-value", "steps")  # fmt: skip
        if self.unit == "exact" and any(number < 0 for number in self._numbers()):
            return Refusal("there cannot be fewer servers than none", None, "out-of-bounds", "add")
        if ends.owner.place != ends.other.place:
            return Refusal("an alarm scales fleets of its own Region and account", None, "other-region")
        return None

    def _numbers(self) -> list[int]:
        return [self.add] if self.add is not None else [step.add for step in self.steps]

    def apply(self, link: Link) -> None:
        group, alarm = link.owner, link.other
        low = any(getattr(alarm.kind, name, None) is not None for name in ("below", "at_most"))
        steps = self.steps or [Step(beyond=0, add=self.add or 0)]
        bounds = [step.beyond for step in steps]
        made = []
        for number, step in enumerate(steps):
            end = bounds[number + 1] if number + 1 < len(bounds) else None
            near, far = ("MetricIntervalUpperBound", "MetricIntervalLowerBound") if low else (
                "MetricIntervalLowerBound", "MetricIntervalUpperBound")  # fmt: skip
            sign = -1 if low else 1
            made.append({near: sign * step.beyond, "ScalingAdjustment": step.add,
                         **({} if end is None else {far: sign * end})})  # fmt: skip
        policy = link.make(
            "AWS::AutoScaling::ScalingPolicy", AutoScalingGroupName=group.attribute("name"), PolicyType="StepScaling",
            AdjustmentType=TYPES[self.unit], StepAdjustments=made, MetricAggregationType="Average",
            EstimatedInstanceWarmup=self.warmup,
        )  # fmt: skip
        alarm.main.append("AlarmActions", policy.ref)

    def text(self) -> str | None:
        if self.add is None:
            return "in steps"
        return {"exact": f"= {self.add}", "percent": f"{self.add:+}%"}.get(self.unit, f"{self.add:+}")
