"""Properties by way of troposphere: names and types are checked where a kind writes them, then become plain data."""

from __future__ import annotations

import contextlib
import io
from typing import Any

from troposphere import AWSHelperFn, AWSProperty

from archkit.values import Att, Named, Ref, Sub

__all__ = ["Unfit", "properties_of", "type_of"]


class Unfit(Exception):
    """A value that a property's type refuses; `args` are the type and what troposphere says."""


class _Held(AWSHelperFn):  # type: ignore[misc]
    """A value of ours inside a troposphere object, which lets any intrinsic function stand for any type."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def to_dict(self) -> Any:
        return self.value


def properties_of(cls: Any, title: str, properties: dict[str, Any]) -> dict[str, Any]:
    """Return checked properties as plain data that still holds our values; what is None is left out.

    `cls` is a troposphere class, or the name of a type for which troposphere has none. Raises Unfit
    for a property or value that it refuses: an author may have written the value, and if not, it is a kind's mistake.
    """
    clean = _clean(properties)
    if isinstance(cls, str):
        plain: dict[str, Any] = clean
        return plain
    # a property of a nested type takes a mapping and nothing else: what stands for one whole (a local path) goes
    # round it
    whole = {name: value for name, value in clean.items() if name in cls.props and _nested(cls.props[name][0], value)}
    clean = {name: value for name, value in clean.items() if name not in whole}
    try:
        with contextlib.redirect_stderr(io.StringIO()):  # troposphere tells of a refused value there too
            made = cls.from_dict(title, _hold(clean))
    except (AttributeError, TypeError, ValueError) as error:
        raise Unfit(cls.resource_type, str(error)) from error
    result: dict[str, Any] = made.to_dict(validation=False).get("Properties", {})
    return result | whole


def type_of(cls: Any) -> str:
    """Return the name of the CloudFormation type of a troposphere class, or the name itself."""
    return cls if isinstance(cls, str) else str(cls.resource_type)


def _nested(kind: Any, value: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, AWSProperty) and isinstance(value, Ref | Att | Named | Sub)


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
