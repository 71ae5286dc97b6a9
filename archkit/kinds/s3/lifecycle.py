"""Lifecycle rules of a bucket, and the constraints that S3 puts on them.

See https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, Literal

from archkit.kind import Record, Refusal, prop

__all__ = ["Lifecycle", "Storage", "abort_rule", "early_charges", "leaves_versions", "refusals", "rule"]

Storage = Literal["STANDARD_IA", "INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"]

DAYS = {"STANDARD_IA": 30, "ONEZONE_IA": 30, "GLACIER_IR": 90, "GLACIER": 90, "DEEP_ARCHIVE": 180}
"""Least days that an object is stored, or at least billed, in a class."""

BEFORE = {"STANDARD_IA": 30, "ONEZONE_IA": 30}
"""Least days before an object can move into a class."""

ONWARD: dict[str, tuple[str, ...]] = {
    "STANDARD_IA": ("INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"),
    "INTELLIGENT_TIERING": ("ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"),
    "ONEZONE_IA": ("GLACIER", "DEEP_ARCHIVE"),
    "GLACIER_IR": ("GLACIER", "DEEP_ARCHIVE"),
    "GLACIER": ("DEEP_ARCHIVE",),
    "DEEP_ARCHIVE": (),
}
"""Where an object can move from each class; none leads back."""


class Lifecycle(Record):
    """What becomes of objects as they age. Days count from an object's creation, or from when it was replaced."""

    prefix: str | None = prop(None, "Only objects whose key begins so.")
    tags: dict[str, str] = prop({}, "Only objects with these tags.")
    larger: int | None = prop(None, "Only objects of more bytes.", ge=0)
    smaller: int | None = prop(None, "Only objects of fewer bytes.", ge=1)
    transitions: dict[Storage, int] = prop({}, "Storage classes and the days after which objects move there.", ge=0)
    expiration: int | None = prop(None, "Days after which objects are deleted.", ge=1)
    noncurrent_transitions: dict[Storage, int] = prop({}, "The same for replaced versions.", ge=0)
    noncurrent_expiration: int | None = prop(None, "Days after which replaced versions are deleted.", ge=1)
    noncurrent_versions: int | None = prop(None, "Replaced versions that are kept in any case.", ge=1, le=100)
    expired_delete_markers: bool = prop(False, "Remove delete markers that hide nothing any more.")
    enabled: bool = prop(True, "Whether the rule is in force.")


def rule(item: Lifecycle) -> dict[str, Any]:
    """Return a Rule of a LifecycleConfiguration."""
    keep = item.noncurrent_versions
    return {
        "Status": "Enabled" if item.enabled else "Disabled",
        "Prefix": item.prefix,
        "TagFilters": [{"Key": key, "Value": value} for key, value in item.tags.items()] or None,
        "ObjectSizeGreaterThan": _text(item.larger),
        "ObjectSizeLessThan": _text(item.smaller),
        "Transitions": [{"StorageClass": name, "TransitionInDays": days}
                        for name, days in item.transitions.items()] or None,
        "ExpirationInDays": item.expiration,
        "NoncurrentVersionTransitions": [
            {"StorageClass": name, "TransitionInDays": days, "NewerNoncurrentVersions": keep}
            for name, days in item.noncurrent_transitions.items()
        ] or None,
        "NoncurrentVersionExpiration": {"NoncurrentDays": item.noncurrent_expiration, "NewerNoncurrentVersions": keep}
        if item.noncurrent_expiration else None,
        "ExpiredObjectDeleteMarker": item.expired_delete_markers or None,
    }  # fmt: skip


def _text(number: Any) -> Any:
    return str(number) if isinstance(number, int) else number


def abort_rule(days: Any) -> dict[str, Any]:
    """Return the rule that removes the parts of uploads that nobody completed."""
    return {"Id": "AbortIncompleteMultipartUploads", "Status": "Enabled",
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": days}}  # fmt: skip


def check_lifecycle(item: Lifecycle, versioning: bool) -> Iterator[str]:
    """Yield what S3 would refuse in a rule, and what makes none."""
    noncurrent = item.noncurrent_transitions or item.noncurrent_expiration
    if not (item.transitions or item.expiration or noncurrent or item.expired_delete_markers):
        yield "a lifecycle rule needs 'transitions', 'expiration' or what becomes of replaced versions"
    if noncurrent and not versioning:
        yield "an object without versions has no replaced ones"
    if item.noncurrent_versions and not noncurrent:
        yield "'noncurrent_versions' needs 'noncurrent_expiration' or 'noncurrent_transitions'"
    if item.expired_delete_markers and (item.expiration or item.tags):
        yield f"'expired_delete_markers' goes with no {'expiration' if item.expiration else 'tags'}"
    yield from _check(item.transitions, item.expiration)
    yield from _check(item.noncurrent_transitions, item.noncurrent_expiration)


def _known(days: Mapping[Storage, int]) -> list[tuple[str, int]]:
    """The moves in the order of time, those given by a reference left out."""
    return sorted(((name, when) for name, when in days.items() if isinstance(when, int)), key=lambda move: move[1])


def _check(days: Mapping[Storage, int], end: Any) -> Iterator[str]:
    moves = _known(days)
    for name, when in moves:
        if when < BEFORE.get(name, 0):
            yield f"objects move to {name} after {BEFORE[name]} days at the earliest, not {when}"
    for (first, start), (second, when) in pairwise(moves):
        least = DAYS.get(first, 1)
        if second not in ONWARD[first]:
            yield f"no object moves from {first} to {second}"
        elif when - start < least:
            wait = f"objects stay in {first} for at least {least} days"
            yield f"{wait}, so they move to {second} after {start + least}, not {when}"
    if moves and isinstance(end, int) and end <= moves[-1][1]:
        yield f"objects would be deleted after {end} days, before they move to {moves[-1][0]}"


def early_charges(item: Lifecycle) -> Iterator[str]:
    """Yield where objects are deleted before the least days that their class is billed for."""
    for days, end in ((item.transitions, item.expiration), (item.noncurrent_transitions, item.noncurrent_expiration)):
        moves = _known(days)
        if moves and isinstance(end, int):
            name, when = moves[-1]
            if end - when < DAYS.get(name, 0):
                yield f"{name} is billed for {DAYS[name]} days, but objects are deleted there after {end - when}"


def leaves_versions(rules: list[Lifecycle]) -> bool:
    """Say whether objects expire and nothing deletes the versions that they become
    (https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html#intro-lifecycle-rules-actions)."""
    return any(item.expiration for item in rules) and not any(item.noncurrent_expiration for item in rules)


def refusals(rules: list[Lifecycle], versioning: bool) -> Iterator[Refusal]:
    """Yield what is wrong with the rules of a bucket."""
    for item in rules:
        for message in check_lifecycle(item, versioning):
            yield Refusal(message, None, "bad-lifecycle", "lifecycle")
