"""Capacity of tables and indexes: stated, worked out from a workload, and scaled with the load.

One read unit reads 4 KB a second strongly consistently, one write unit writes 1 KB; an eventually consistent read costs
half, a transaction double (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html).
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import ceil
from typing import Any, Literal

from archkit.kind import Record, Refusal, prop
from archkit.scope import Scope

__all__ = ["Capacity", "Scaling", "Workload", "check_capacity", "scale", "units"]

READ_COST = {"eventual": Fraction(1, 2), "strong": Fraction(1), "transactional": Fraction(2)}
WRITE_COST = {"standard": 1, "transactional": 2}
READ_KB, WRITE_KB = 4, 1


class Capacity(Record):
    """Provisioned capacity, in units a second."""

    reads: int = prop(doc="Read capacity units.", ge=1)
    writes: int = prop(doc="Write capacity units.", ge=1)


class Workload(Record):
    """What has to be carried; the capacity follows from it."""

    item_kb: float = prop(doc="Size of an item in KB.", ge=0.001, le=400, shape=True)
    reads: float = prop(0, "Reads a second.", ge=0, shape=True)
    writes: float = prop(0, "Writes a second.", ge=0, shape=True)
    consistency: Literal["eventual", "strong", "transactional"] = prop("eventual", "How reads are made.", shape=True)
    write_consistency: Literal["standard", "transactional"] = prop("standard", "How writes are made.", shape=True)

    @property
    def capacity(self) -> Capacity:
        """The capacity that carries it.

        >>> Workload(item_kb=5, reads=10, writes=5).capacity
        Capacity(reads=10, writes=25)
        """
        size = Fraction(str(self.item_kb))
        reads = Fraction(str(self.reads)) * ceil(size / READ_KB) * READ_COST[self.consistency]
        writes = Fraction(str(self.writes)) * ceil(size / WRITE_KB) * WRITE_COST[self.write_consistency]
        return Capacity(reads=max(1, ceil(reads)), writes=max(1, ceil(writes)))


class Range(Record):
    """How one of the two capacities follows the load."""

    min: int | None = prop(None, "Least units.", ge=1)
    max: int | None = prop(None, "Most units.", ge=1)
    target: int | None = prop(None, "Percent of the capacity that should be in use.", ge=20, le=90)


class Scaling(Record):
    """How capacity follows the load (target tracking)."""

    min: int | None = prop(None, "Least units (default: the stated capacity).", ge=1)
    max: int | None = prop(None, "Most units.", ge=1)
    target: int = prop(70, "Percent of the capacity that should be in use.", ge=20, le=90)
    reads: Range | None = prop(None, "What differs for reads.")
    writes: Range | None = prop(None, "What differs for writes.")

    def of(self, name: Literal["reads", "writes"]) -> tuple[Any, Any, Any]:
        """Return least units, most units and target of reads or writes; None where unsaid."""
        own = (self.reads if name == "reads" else self.writes) or Range(min=None, max=None, target=None)
        return tuple(mine if mine is not None else common for mine, common in
                     ((own.min, self.min), (own.max, self.max), (own.target, self.target)))  # type: ignore[return-value] # fmt: skip


def units(capacity: Capacity | None, workload: Workload | None, scaling: Scaling | None) -> Capacity | None:
    """Return the capacity that a table or an index starts with: the stated one, the workload's, or the least."""
    if capacity is not None:
        return capacity
    if workload is not None:
        return workload.capacity
    if scaling is not None and scaling.of("reads")[0] is not None and scaling.of("writes")[0] is not None:
        return Capacity(reads=scaling.of("reads")[0], writes=scaling.of("writes")[0])
    return None


def check_capacity(capacity: Capacity | None, workload: Workload | None, scaling: Scaling | None) -> Iterator[Refusal]:
    """Yield what is wrong with how capacity is stated."""
    if capacity is not None and workload is not None:
        yield Refusal("'capacity' and 'workload' both say the capacity", "leave one out", "bad-value", "capacity")
    if scaling is None:
        return
    start = units(capacity, workload, scaling)
    if start is None:
        yield Refusal("scaling needs a capacity to start from", "give 'min', or 'capacity' or 'workload'",
                      "bad-value", "scaling")  # fmt: skip
    for name in ("reads", "writes"):
        least, most, _ = scaling.of(name)
        least = least if least is not None or start is None else getattr(start, name)
        if most is None:
            yield Refusal(f"scaling of {name} has no 'max'", "scaling: {max: 100}", "bad-value", "scaling")
            return  # mostly the same for the other
        if isinstance(least, int) and isinstance(most, int) and most < least:
            yield Refusal(f"scaling of {name} goes up to {most}, below the {least} units that it starts from", None,
                          "bad-value", "scaling")  # fmt: skip
            return


def scale(scope: Scope, scaling: Scaling, start: Capacity, index: str | None = None) -> None:
    """Make the scalable targets and policies of a table, or of one of its indexes.

    Without RoleARN the service-linked role of DynamoDB is used, which AWS makes on first use
    (https://docs.aws.amazon.com/autoscaling/application/userguide/services-that-can-integrate-dynamodb.html).
    """
    from troposphere import applicationautoscaling

    resource = scope.fill("table/${name}" + (f"/index/{index}" if index else ""))
    for name, word in (("reads", "Read"), ("writes", "Write")):
        least, most, target = scaling.of(name)  # type: ignore[arg-type]
        stem = "".join(part.capitalize() for part in (index or "").replace(".", "-").replace("_", "-").split("-"))
        scalable = scope.make(
            applicationautoscaling.ScalableTarget, f"{stem}{word}Target",
            ServiceNamespace="dynamodb", ResourceId=resource,
            ScalableDimension=f"dynamodb:{'index' if index else 'table'}:{word}CapacityUnits",
            MinCapacity=getattr(start, name) if least is None else least, MaxCapacity=most,
        )  # fmt: skip
        scope.make(
            applicationautoscaling.ScalingPolicy, f"{stem}{word}Scaling", PolicyName=f"{stem}{word}Scaling",
            PolicyType="TargetTrackingScaling", ScalingTargetId=scalable.ref,
            TargetTrackingScalingPolicyConfiguration={
                "PredefinedMetricSpecification": {"PredefinedMetricType": f"DynamoDB{word}CapacityUtilization"},
                "TargetValue": target,
            },
        )  # fmt: skip
