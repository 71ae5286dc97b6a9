"""Typed properties: records whose annotated fields are declared by `prop`.

A field's type says how its text is read (`reading.py`); its metadata hold the sentence that describes it and its
bounds. The JSON Schema (`jsonschema/`) and the reference pages come from the same fields.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, ParamSpec, TypeVar, dataclass_transform, get_type_hints

from archkit.diagnostics import Span

__all__ = ["Expr", "Json", "NodeId", "Record", "fields_of", "hints_of", "per_class", "prop"]


class NodeId(str):
    """The id of another node; a property of this type is an edge to it."""

    __slots__ = ()


class Json:
    """Marks a property that holds raw data, as a CloudFormation property or a policy document does."""


@dataclass(frozen=True, slots=True)
class Expr:
    """A text with `${...}` in it, to be filled once every node is known."""

    text: str
    span: Span


def prop(
    default: Any = ...,
    doc: str = "",
    *,
    ge: float | None = None,
    le: float | None = None,
    pattern: str | None = None,
    shape: bool = False,
    slot: str | None = None,
    to: str | tuple[str, ...] = (),
) -> Any:
    """Declare a property.

    `default` is its value when unsaid (`...` makes it required), `doc` its sentence in the reference. `ge` and `le`
    bound numbers and the lengths of lists, `pattern` must match the whole text, `shape` refuses `${...}` because the
    picture or the number of resources depends on the value, `slot` names the edge that a node-valued property draws,
    `to` the kinds of node it may name.
    """
    meta = {
        "doc": doc,
        "ge": ge,
        "le": le,
        "pattern": pattern,
        "shape": shape,
        "slot": slot,
        "to": (to,) if isinstance(to, str) else to,
    }
    if default is ...:
        return dataclasses.field(metadata=meta)
    if isinstance(default, list | dict):
        return dataclasses.field(default_factory=lambda: type(default)(default), metadata=meta)
    return dataclasses.field(default=default, metadata=meta)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(prop,))
class Record:
    """A group of properties. `short` names the one that a bare value stands for."""

    short: ClassVar[str | None] = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        # A dataclass compiles each method that it writes: over all kinds these three take longer than a picture.
        dataclass(frozen=True, kw_only=True, eq=False, repr=False)(cls)

    def __eq__(self, other: object) -> bool:
        return (
            _values(self) == _values(other)
            if type(self) is type(other) and isinstance(other, Record)
            else NotImplemented
        )

    def __hash__(self) -> int:
        return hash(_values(self))

    def __repr__(self) -> str:
        names = getattr(self, "__dataclass_fields__", ())
        return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"


def _values(record: Record) -> tuple[Any, ...]:
    return tuple(getattr(record, name) for name in getattr(record, "__dataclass_fields__", ()))


P = ParamSpec("P")
T = TypeVar("T")


def per_class(function: Callable[P, T]) -> Callable[P, T]:
    """`functools.cache` for functions of classes; a type checker takes a record's `__hash__` for its class's."""
    return cache(function)  # type: ignore[return-value]


@per_class
def hints_of(cls: type) -> dict[str, Any]:
    """Return the resolved annotations of a record's properties."""
    return get_type_hints(cls)


@per_class
def fields_of(cls: type) -> dict[str, dataclasses.Field[Any]]:
    """Return a record's properties by name, in the order declared."""
    return {field.name: field for field in dataclasses.fields(cls)}
