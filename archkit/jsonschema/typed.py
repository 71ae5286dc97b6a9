"""Types and records as JSON Schema: what `archkit.schema` reads, said to an editor."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Iterable, Mapping
from inspect import cleandoc
from typing import Any, Literal, Union, get_args, get_origin

from archkit.kind import Kind
from archkit.resolve import nodes as reader
from archkit.resolve.defaults import takes_backup
from archkit.schema import Json, NodeId, Record, fields_of, hints_of
from archkit.source import Tree

__all__ = ["TEXT", "Maker", "Part", "any_of", "default_of", "required", "to"]

Part = dict[str, Any]

REFERENCE = r"\$\{"
"""What a value holds that CloudFormation works out: `${node.attribute}`, `${Parameter}`."""

TITLES = {"array": "list", "object": "mapping"}
NULL: Part = {"type": "null"}
TEXT: Part = {"$ref": "#/definitions/text"}
"""What YAML makes of a text: it reads 16.10 and NO as it likes, where archkit reads what was written."""

ANY_TEXT: Part = {
    "anyOf": [
        {"title": "string", "type": "string"},
        # told apart by what it is not: an editor would offer true, false and null for these types
        {"title": "scalar", "not": {"type": ["string", "object", "array"]}},
    ],
}


class Maker:
    """Turns types into schemas, and collects those of records under `definitions`."""

    def __init__(self) -> None:
        self.definitions: dict[str, Part] = {"text": ANY_TEXT}

    def kind(self, kind: type[Kind]) -> Part:
        """Return the schema of a node of a kind, less what it requires."""
        properties: Part = dict.fromkeys(("kind", *reader.COMMON, "overrides"), True)
        if kind.frame:
            inner = {"type": ["object", "null"], "additionalProperties": to("node")}
            properties["nodes"] = {"description": "What stands in it, by id.", **inner}
        if kind.metrics:
            alarms = {
                name: {"description": f"Alarm at this value of {metric.name}.", "type": ["string", "number"]}
                for name, metric in kind.metrics.items()
            }
            properties["alarms"] = {"description": "Alarms by metric, each with its threshold.", "properties": alarms}
            properties["notify"] = True
        if takes_backup(kind):
            properties["backup"] = {"description": "The backup plan that backs it up.", "type": "string"}
        about = cleandoc(kind.__doc__ or "")
        properties["kind"] = {"description": about}
        properties |= self.properties(kind)
        if kind.external:
            properties["existing"] = self.existing(kind)
        return {"title": kind.name, "description": about, "properties": properties, "additionalProperties": False}

    def existing(self, kind: type[Kind]) -> Part:
        """Return the schema of the facts that name a resource which the blueprint does not own."""
        assert kind.external is not None
        needs = list(kind.external.needs)
        facts = {
            name: {"description": f"Its {name.replace('_', ' ')}.", **TEXT}
            for name in [*needs, *kind.external.attributes, *kind.attributes]
        }
        form = {"type": "object", "properties": facts, "required": needs, "additionalProperties": False}
        about = "A resource that the blueprint does not own, by the facts that name it."
        return {"description": about, **any_of([{"type": ["string", "number"]}, form])}

    def properties(self, record: type[Record]) -> Part:
        """Return the schema of each property of a record."""
        return {name: self.property(record, name) for name in fields_of(record)}

    def property(self, record: type[Record], name: str) -> Part:
        """Return the schema of one property, with its sentence and its default."""
        field = fields_of(record)[name]
        part = self.value(hints_of(record)[name], field.metadata)
        about = {"description": field.metadata["doc"]} if field.metadata.get("doc") else {}
        if "anyOf" in part:  # an editor prefers a record's own sentence, unless another one stands beside the reference
            part = {"anyOf": [{**one, **about} if "$ref" in one else one for one in part["anyOf"]]}
        default = default_of(field)
        if default not in (dataclasses.MISSING, None, "", [], {}):
            about["default"] = default
        return {**about, **part}

    def value(self, kind: Any, meta: Mapping[str, Any]) -> Part:
        """Return the schema of a type with the bounds of `prop`."""
        origin = get_origin(kind)
        if kind in (Json, Any) or kind is Tree or kind == Tree:
            return {}
        if origin in (Union, types.UnionType):
            return any_of([NULL if part is type(None) else self.value(part, meta) for part in get_args(kind)])
        if origin in (list, tuple):
            return self.list(get_args(kind)[0], meta)
        if origin is dict:
            return {"type": "object", "additionalProperties": self.value(get_args(kind)[1], meta)}
        if isinstance(kind, type) and issubclass(kind, Record):
            return self.record(kind)
        return _scalar(kind, meta)

    def list(self, item: Any, meta: Mapping[str, Any]) -> Part:
        """Return the schema of a list; one item may stand without its brackets, unless it is a mapping of raw data."""
        inner = self.value(item, {name: value for name, value in meta.items() if name not in ("ge", "le")})
        array = {"type": "array", "items": inner}
        array |= {
            word: meta[name] for name, word in (("ge", "minItems"), ("le", "maxItems")) if meta.get(name) is not None
        }
        return any_of([array, inner]) if inner else {}

    def record(self, record: type[Record]) -> Part:
        """Return a reference to the schema of a group of properties, which is made on first use."""
        name = f"{record.__module__.rpartition('.')[2]}.{record.__qualname__}"
        if name not in self.definitions:
            self.definitions[name] = {}  # a record may hold itself
            form = {"type": "object", "properties": self.properties(record), "additionalProperties": False}
            if needed := required(record):
                form["required"] = needed
            short = record.short and self.value(
                hints_of(record)[record.short], fields_of(record)[record.short].metadata
            )
            about = cleandoc(record.__doc__ or "")
            form = any_of([short, form]) if short else form
            self.definitions[name] = {"title": record.__qualname__.lower(), "description": about, **form}
        return to(name)


def _scalar(kind: Any, meta: Mapping[str, Any]) -> Part:
    reference = [] if meta.get("shape") or kind is NodeId else [REFERENCE]
    low = {"minimum": meta["ge"]} if meta.get("ge") is not None else {}
    high = {"maximum": meta["le"]} if meta.get("le") is not None else {}
    if get_origin(kind) is Literal:
        told = [{"title": "reference", "type": "string", "pattern": one} for one in reference]
        return any_of([{"enum": _words(get_args(kind))}, *told])
    if kind is bool:
        return _or_text("boolean", ["^([Tt]rue|[Ff]alse|[Yy]es|[Nn]o|[Oo]n|[Oo]ff)$", *reference], "true or false")
    if kind is int:
        return _or_text("integer", ["^-?[0-9]+$", *reference], "a whole number") | low | high
    if kind is float:
        return _or_text("number", [r"^-?[0-9.]+([eE][-+]?[0-9]+)?$", *reference], "a number") | low | high
    if kind is NodeId:
        return {"type": "string"}
    if kind is str and meta.get("pattern"):
        whole = "|".join([f"^(?:{meta['pattern']})$", *reference])
        scalar = ANY_TEXT["anyOf"][1]
        return {"anyOf": [{"title": "text", "type": "string", "pattern": whole}, scalar]}
    return TEXT


def _or_text(kind: str, patterns: list[str], expected: str) -> Part:
    """Return a type, or a text that archkit reads as a value of it: quoted, or worked out later.

    One schema and not a choice of two, whose sentences an editor would show side by side.
    """
    return {"type": ["string", kind], "pattern": "|".join(patterns), "patternErrorMessage": f"Expected {expected}."}


def _words(words: Iterable[Any]) -> list[Any]:
    """Return the words of a list, each also as the number that YAML would make of it."""
    found: dict[tuple[type, Any], Any] = {}
    for word in words:
        found[type(word), word] = word
        try:
            number = float(word) if "." in str(word) else int(word)
        except (TypeError, ValueError):
            continue
        found[type(number), number] = number
    return list(found.values())


def any_of(parts: list[Part]) -> Part:
    """Return a choice, flattened, each alternative once."""
    flat: list[Part] = []
    for part in parts:
        for one in part["anyOf"] if set(part) == {"anyOf"} else [part]:
            if one not in flat:
                flat.append(one)
    if {} in flat:
        return {}
    flat = _with_null(flat) if NULL in flat else flat
    return flat[0] if len(flat) == 1 else {"anyOf": [_titled(part) for part in flat]}


def _with_null(parts: list[Part]) -> list[Part]:
    """Return alternatives with null inside of another one, where one can hold it: fewer choices read better."""
    rest = [part for part in parts if part != NULL]
    if TEXT in rest:  # holds null already
        return rest
    for place, part in enumerate(rest):
        if "enum" in part:
            return [*rest[:place], {**part, "enum": [*part["enum"], None]}, *rest[place + 1 :]]
        if "type" in part and part["type"] not in ("array", "object"):
            kinds = part["type"] if isinstance(part["type"], list) else [part["type"]]
            return [*rest[:place], {**part, "type": [*kinds, "null"]}, *rest[place + 1 :]]
    return parts


def _titled(part: Part) -> Part:
    """Return an alternative with a title: editors take two without one for the same, and show the sentence twice."""
    if "title" in part or ("$ref" in part and part != TEXT):
        return part
    kind = part.get("type", "text")
    return {"title": TITLES.get(kind, kind) if isinstance(kind, str) else kind[0], **part}


def default_of(field: dataclasses.Field[Any]) -> Any:
    """Return a property's default as JSON can say it, or MISSING where it is required."""
    return _plain(field.default_factory() if field.default_factory is not dataclasses.MISSING else field.default)


def _plain(value: Any) -> Any:
    if isinstance(value, Record):
        given = {name: _plain(getattr(value, name)) for name in fields_of(type(value))}
        return {name: item for name, item in given.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value


def to(name: str) -> Part:
    """Return a reference to a definition."""
    return {"$ref": f"#/definitions/{name}"}


def required(record: type[Record]) -> list[str]:
    """Return the properties that a record cannot do without."""
    missing = dataclasses.MISSING
    return [name for name, field in fields_of(record).items() if field.default is missing is field.default_factory]
