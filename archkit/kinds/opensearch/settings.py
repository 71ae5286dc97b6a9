"""What a search domain is made of: nodes, volumes, places."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from archkit.kind import Record, prop

__all__ = ["INSTANCE", "Masters", "Volume", "Vpc", "Warm", "family", "search"]

INSTANCE = r"[a-z0-9]+\.[a-z0-9]+(\.search)?"


class Masters(Record):
    """Dedicated master nodes, which keep the cluster's state and no data. A bare value is the instance type."""

    short: ClassVar[str | None] = "instance"

    instance: str = prop("m6g.large", "Instance type of a master node.", pattern=INSTANCE)
    count: Literal[3, 5] = prop(3, "Master nodes.", shape=True)


class Warm(Record):
    """UltraWarm nodes, which hold old indexes in S3. A bare value is their number."""

    short: ClassVar[str | None] = "count"

    count: int = prop(doc="Warm nodes.", ge=2, le=150)
    instance: Literal["ultrawarm1.medium", "ultrawarm1.large"] = prop("ultrawarm1.medium", "Instance type.")
    cold: bool = prop(False, "Detach indexes that are hardly read.")


class Volume(Record):
    """The EBS volume of each data node. A bare value is its size."""

    short: ClassVar[str | None] = "size"

    size: int = prop(10, "GiB.", ge=10, le=24_576)
    type: Literal["gp3", "gp2", "io1"] = prop("gp3", "Volume type.")
    iops: int | None = prop(None, "Operations a second (gp3, io1).", ge=1_000, le=80_000)
    throughput: int | None = prop(None, "MiB a second (gp3).", ge=125, le=2_000)


class Vpc(Record):
    """Where a domain stands that is reached from within a VPC only."""

    subnets: list[str] = prop(doc="Ids of subnets, one for each zone.", ge=1, le=3)
    groups: list[str] = prop(doc="Ids of security groups.", ge=1)


def family(instance: Any) -> str:
    """Return an instance type without the suffix that AWS writes behind it."""
    return instance.removesuffix(".search") if isinstance(instance, str) else ""


def search(instance: Any) -> Any:
    """Return an instance type as AWS writes it."""
    return f"{family(instance)}.search" if isinstance(instance, str) else instance
