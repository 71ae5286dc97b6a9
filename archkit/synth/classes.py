"""Properties by way of troposphere: names and types are checked where a kind writes them, then become plain data."""

from __future__ import annotations

from typing import Any

from troposphere import AWSHelperFn

from archkit.values import Att, Named, Ref, Sub

__all__ = ["properties_of"]


class _Held(AWSHelperFn):
    """A value of ours inside a troposphere object, which lets any intrinsic function stand for any type."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def to_dict(self) -> Any:
        return self.value


def properties_of(cls: Any, title: str, properties: dict[str, Any]) -> dict[str, Any]:
    """Return checked properties as plain data that still holds our values; what is None is left out.

    `cls` is a troposphere class, or the name of a type for which troposphere has none. Raises AttributeError, TypeError or
    ValueError for a property that the class does not have or that has another type: a mistake of the kind, not of a
    blueprint.
    """
    clean = _clean(properties)
    if isinstance(cls, str):
        plain: dict[str, Any] = clean
        return plain
    made = cls.from_dict(title, _hold(clean))
    result: dict[str, Any] = made.to_dict(validation=False).get("Properties", {})
    return result


def _clean(value: Any) -> Any:
    """Drop None from mappings and lists; tuples become lists."""
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value if item is not None]
    return value


def _hold(value: Any) -> Any:
    if isinstance(value, Ref | Att | Named | Sub):
        return _Held(value)
    if isinstance(value, dict):
        if len(value) == 1 and next(iter(value)).startswith("Fn::"):
            return _Held(value)
        return {key: _hold(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_hold(item) for item in value]
    return value
