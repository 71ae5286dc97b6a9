"""What storage a database can have: types, sizes, IOPS and throughput by engine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archkit.kind import Refusal

__all__ = ["storage_refusals"]

RATIO = {"io1": 50, "io2": 1_000}
"""Most IOPS for each GiB."""


def storage_refusals(kind: Any) -> Iterator[Refusal]:
    """Yield what is wrong with an instance's storage.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html
    """
    if kind.grow_to is not None and kind.grow_to < kind.storage * 1.1:
        yield Refusal(f"storage grows by a tenth at least, to {int(kind.storage * 1.1) + 1} GiB",
                      f"grow_to: {kind.storage * 2}", "out-of-bounds", "grow_to")  # fmt: skip
    yield from _provisioned(kind) if kind.storage_type in RATIO else _general(kind)
    if kind.throughput is not None and kind.storage_type != "gp3":
        yield Refusal(f"{kind.storage_type} storage takes no 'throughput'", "storage_type: gp3", "bad-value",
                      "throughput")  # fmt: skip


def _provisioned(kind: Any) -> Iterator[Refusal]:
    most = kind.storage * RATIO[kind.storage_type]
    if kind.iops is None or (kind.storage < 100 and kind.engine != "sqlserver"):
        yield Refusal(f"{kind.storage_type} storage has 100 GiB at least and says its IOPS",
                      "storage: 100, iops: 1000", "missing-property", "storage_type")  # fmt: skip
    elif not kind.storage / 2 <= kind.iops <= most:
        yield Refusal(f"{kind.storage} GiB of {kind.storage_type} have {-(-kind.storage // 2)} to {most} IOPS, not "
                      f"{kind.iops}", f"iops: {most}", "out-of-bounds", "iops")  # fmt: skip


def _general(kind: Any) -> Iterator[Refusal]:
    if kind.iops is None and kind.throughput is None:
        return
    if kind.storage_type == "gp2":
        if kind.iops is not None:
            yield Refusal("gp2 storage takes no 'iops': they follow from its size", "storage_type: gp3", "bad-value",
                          "iops")  # fmt: skip
        return
    striped = 200 if kind.engine == "oracle" else 400
    option = "iops" if kind.iops is not None else "throughput"
    least, most = (3_000, 16_000) if kind.engine == "sqlserver" else (12_000, 64_000)
    if kind.storage < striped and kind.engine != "sqlserver":
        yield Refusal(f"gp3 storage takes '{option}' from {striped} GiB on, where it is striped", f"storage: {striped}",
                      "bad-value", option)  # fmt: skip
    elif kind.iops is not None and not least <= kind.iops <= most:
        yield Refusal(f"gp3 storage of {kind.engine} has {least} to {most} IOPS, not {kind.iops}", f"iops: {least}",
                      "out-of-bounds", "iops")  # fmt: skip
