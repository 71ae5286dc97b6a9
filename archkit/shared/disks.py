"""Volumes of Amazon EBS: their types, sizes and speeds, the same for those of a server and those by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from archkit.kind import Record, Refusal, prop

__all__ = ["HDD", "LIMITS", "Disk", "Volume", "disk_refusals"]

Volume = Literal["gp3", "gp2", "io1", "io2", "st1", "sc1", "standard"]
LIMITS: Mapping[str, tuple[int, int, int, int]] = {
    "gp3": (1, 65_536, 3_000, 80_000), "gp2": (1, 16_384, 0, 0), "io1": (4, 16_384, 100, 64_000),
    "io2": (4, 65_536, 100, 256_000), "st1": (125, 16_384, 0, 0), "sc1": (125, 16_384, 0, 0),
    "standard": (1, 1_024, 0, 0),
}  # fmt: skip
"""Least and most GiB, least and most IOPS of each type (none where it takes none):
https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html"""
RATIO = {"gp3": 500, "io1": 50, "io2": 1_000}
"""Most IOPS for each GiB, from the same page."""
SHARE = 4
"""IOPS that each MiB/s of gp3 needs, from the same page."""
BASE = 3_000
"""IOPS that gp3 has without being asked."""
HDD = ("st1", "sc1")


class Disk(Record):
    """An EBS volume that is made with the server, encrypted. A bare number is its GiB."""

    short = "size"

    size: int = prop(8, "GiB.", ge=1, le=65_536, shape=True)
    type: Volume = prop("gp3", "Type of volume.", shape=True)
    iops: int | None = prop(None, "IOPS (gp3, io1, io2).", ge=100, shape=True)
    throughput: int | None = prop(None, "MiB/s (gp3).", ge=125, le=2_000, shape=True)
    device: str | None = prop(
        None, "Device name (default: the root's, or the next free one).", pattern="/dev/[a-z0-9]+"
    )
    keep: bool = prop(False, "Keep it when the server goes.")

    def form(self, device: str, key: Any) -> dict[str, Any]:
        """Return the block device mapping."""
        return {"DeviceName": self.device or device, "Ebs": {
            "VolumeSize": self.size, "VolumeType": self.type, "Iops": self.iops, "Throughput": self.throughput,
            "Encrypted": True, "KmsKeyId": key, "DeleteOnTermination": not self.keep}}  # fmt: skip


def disk_refusals(disk: Any, boots: bool, *, inside: str | None = None) -> list[Refusal]:
    """Return what is wrong with the size and speed of a disk, or of a volume that has the same properties.

    `inside` is the property that holds the disk, where the fault is shown; a volume shows it at its own properties.
    """
    found = [*_size(disk, inside), *_speed(disk, inside)]
    if boots and disk.type in HDD:
        found.append(Refusal(f"nothing boots from {disk.type}, which is a hard disk", "type: gp3", "bad-value",
                             inside or "type"))  # fmt: skip
    return found


def _size(disk: Any, inside: str | None) -> list[Refusal]:
    least, most, _, _ = LIMITS[disk.type]
    if least <= disk.size <= most:
        return []
    return [Refusal(f"{disk.type} has {least} to {most} GiB, not {disk.size}",
                    f"size: {least if disk.size < least else most}", "out-of-bounds", inside or "size")]  # fmt: skip


def _speed(disk: Any, inside: str | None) -> list[Refusal]:
    _, _, few, many = LIMITS[disk.type]
    where = inside or "iops"
    found = []
    if disk.iops is not None and not few <= disk.iops <= many:
        why = f"{disk.type} has {few} to {many} IOPS, not {disk.iops}" if many else f"{disk.type} takes no 'iops'"
        found.append(Refusal(why, f"iops: {few}" if many else "type: gp3", "out-of-bounds", where))
    elif disk.iops is not None and disk.iops > max(few, RATIO[disk.type] * disk.size):
        found.append(Refusal(f"{disk.type} has {RATIO[disk.type]} IOPS for each GiB at most, and {disk.size} GiB are "
                             f"too few for {disk.iops}", f"size: {-(-disk.iops // RATIO[disk.type])}", "out-of-bounds",
                             where))  # fmt: skip
    if disk.iops is None and disk.type in ("io1", "io2"):
        found.append(Refusal(f"{disk.type} says its IOPS", "iops: 3000", "missing-property", inside))
    where = inside or "throughput"
    if disk.throughput is not None and disk.type != "gp3":
        found.append(Refusal(f"{disk.type} takes no 'throughput'", "type: gp3", "bad-value", where))
    elif disk.throughput is not None and disk.throughput * SHARE > (disk.iops or BASE):
        found.append(Refusal(f"{disk.throughput} MiB/s of gp3 need {disk.throughput * SHARE} IOPS, and it has "
                             f"{disk.iops or BASE}", f"iops: {disk.throughput * SHARE}", "out-of-bounds",
                             where))  # fmt: skip
    return found
