"""Keys and secondary indexes of a table.

An attribute is text unless its name ends in `:N` (number) or `:B` (binary), or `types` says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Literal

from archkit.kind import Record, Refusal, prop
from archkit.kinds.dynamodb.capacity import Capacity, Scaling, Workload

__all__ = ["Attribute", "Index", "Key", "LocalIndex", "check_indexes", "definitions", "projection", "schema", "split"]

Type = Literal["S", "N", "B"]
Attribute = tuple[str, str]
"""The name of a key attribute and its type."""
Projected = Literal["KEYS_ONLY", "INCLUDE", "ALL"]


def split(text: str, types: Mapping[str, str]) -> Attribute:
    """Return the name and the type of a key attribute.

    >>> split("at:N", {}), split("at", {"at": "N"}), split("slug", {})
    (('at', 'N'), ('at', 'N'), ('slug', 'S'))
    """
    name, colon, type = text.rpartition(":")
    if colon and type in ("S", "N", "B"):
        return name, type
    return text, types.get(text, "S")


class Key(Record):
    """Primary key: the partition key, and the sort key where there is one."""

    short: ClassVar[str | None] = "partition"

    partition: str = prop(doc="Partition key, such as customer or customer:N.", shape=True)
    sort: str | None = prop(None, "Sort key, such as at:N.", shape=True)
    types: dict[str, Type] = prop({}, "Types of the two: S (text), N (number) or B (binary).", shape=True)

    @property
    def attributes(self) -> list[Attribute]:
        """The partition key, and the sort key where there is one."""
        return [split(name, self.types) for name in (self.partition, self.sort) if name]


class Index(Record):
    """Global secondary index: another key over the whole table."""

    short: ClassVar[str | None] = "key"

    key: Key = prop(doc="Key of the index.")
    projection: Projected = prop("ALL", "Attributes copied into the index.")
    attributes: list[str] = prop([], "Attributes copied besides the keys (projection: INCLUDE).", le=100)
    capacity: Capacity | None = prop(None, "Capacity of the index (default: the table's).")
    workload: Workload | None = prop(None, "What the index has to carry, instead of 'capacity'.")
    scaling: Scaling | None = prop(None, "How its capacity follows the load (default: the table's).")


class LocalIndex(Record):
    """Local secondary index: another sort key within each partition."""

    short: ClassVar[str | None] = "sort"

    sort: str = prop(doc="Sort key of the index, such as total:N.", shape=True)
    projection: Projected = prop("ALL", "Attributes copied into the index.")
    attributes: list[str] = prop([], "Attributes copied besides the keys (projection: INCLUDE).", le=100)


def schema(attributes: Iterable[Attribute]) -> list[dict[str, str]]:
    """Return a KeySchema."""
    return [{"AttributeName": name, "KeyType": kind}
            for (name, _), kind in zip(attributes, ("HASH", "RANGE"), strict=False)]  # fmt: skip


def projection(index: Index | LocalIndex) -> dict[str, Any]:
    """Return the Projection of an index."""
    return {"ProjectionType": index.projection, "NonKeyAttributes": index.attributes or None}


def definitions(attributes: Iterable[Attribute]) -> list[dict[str, str]]:
    """Return the AttributeDefinitions of all keys, each attribute once."""
    return [{"AttributeName": name, "AttributeType": type} for name, type in dict.fromkeys(attributes)]


def check_indexes(key: Key, indexes: Mapping[str, Index], locals: Mapping[str, LocalIndex]) -> list[Refusal]:
    """Return what is wrong with the indexes; for limits see
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html."""
    found = []
    if locals and key.sort is None:
        found.append(Refusal("a local index needs a table with a sort key", "give 'key' a sort key, or use 'indexes'",
                             "bad-value", "local_indexes"))  # fmt: skip
    for option, many, most in (("indexes", len(indexes), 20), ("local_indexes", len(locals), 5)):
        if many > most:
            found.append(Refusal(f"a table has at most {most} of them, not {many}", None, "out-of-bounds", option))
    for option, items in (("indexes", indexes), ("local_indexes", locals)):
        found += [refusal for name, index in items.items() for refusal in _check_index(name, index, option)]
    both = sorted(indexes.keys() & locals.keys())
    if both:
        found.append(Refusal(f"two indexes are called '{both[0]}'", "rename one", "bad-value", "local_indexes"))
    return found


def _check_index(name: str, index: Index | LocalIndex, option: str) -> Iterable[Refusal]:
    if not 3 <= len(name) <= 255 or not all(letter.isalnum() or letter in "_.-" for letter in name):
        yield Refusal(f"'{name}' cannot be the name of an index", "3 to 255 letters, digits, '_', '-' and '.'",
                      "bad-value", option)  # fmt: skip
    if (index.projection == "INCLUDE") != bool(index.attributes):
        said = "with" if index.attributes else "without"
        help = "projection: INCLUDE goes with 'attributes', the names of what is copied"
        yield Refusal(
            f"the projection of '{name}' is {index.projection} {said} 'attributes'", help, "bad-value", option
        )
