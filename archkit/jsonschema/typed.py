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

TEXT = ["string", "number", "boolean", "null"]
"""What YAML makes of a text: it reads 16.10 and NO as it likes, where archkit reads what was written."""


class Maker:
    """Turns types into schemas, and collects those of records under `definitions`."""

    def __init__(self) -> None:
        self.definitions: dict[str, Part] = {}

    def kind(self, kind: type[Kind]) -> Part:
        """Return the schema of a node of a kind, less what it requires."""
        properties: Part = dict.fromkeys(("kind", *reader.COMMON, "overrides"), True)
        if kind.frame:
            properties["nodes"] = {"description": "What stands in it, by id.", "additionalProperties": to("node")}
        if kind.metrics:
            alarms = {name: {"type": ["number", "string"]} for name in kind.metrics}
            properties["alarms"] = {"description": "Alarms by metric, each with its threshold.", "properties": alarms}
            properties["notify"] = True
        if takes_backup(kind):
            properties["backup"] = {"description": "The backup plan that backs it up.", "type": "string"}
        about = cleandoc(kind.__doc__ or "")
        properties |= self.properties(kind)
        if kind.external:
            properties["existing"] = self.existing(kind)
        return {"title": kind.name, "description": about, "properties": properties, "additionalProperties": False}

    def existing(self, kind: type[Kind]) -> Part:
        """Return the schema of the facts that name a resource which the blueprint does not own."""
        assert kind.external is not None
        needs, text = list(kind.external.needs), {"type": TEXT}
        facts = dict.fromkeys([*needs, *kind.external.attributes, *kind.attributes], text)
        form = {"type": "object", "properties": facts, "required": needs, "additionalProperties": False}
        about = "A resource that the blueprint does not own, by the facts that name it."
        return {"description": about, "anyOf": [{"type": ["string", "number"]}, form]}

    def properties(self, record: type[Record]) -> Part:
        """Return the schema of each property of a record."""
        return {name: self.property(record, name) for name in fields_of(record)}

    def property(self, record: type[Record], name: str) -> Part:
        """Return the schema of one property, with its sentence and its default."""
        field = fields_of(record)[name]
        part = self.value(hints_of(record)[name], field.metadata)
        if "$ref" in part:  # what stands beside a reference is not read
            part = {"allOf": [part]}
        about = {"description": field.metadata["doc"]} if field.metadata.get("doc") else {}
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
            return any_of(
                [{"type": "null"} if part is type(None) else self.value(part, meta) for part in get_args(kind)]
            )
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
            self.definitions[name] = {"description": about, **(any_of([short, form]) if short else form)}
        return to(name)


def _scalar(kind: Any, meta: Mapping[str, Any]) -> Part:
    reference = [] if meta.get("shape") or kind is NodeId else [REFERENCE]
    low = {"minimum": meta["ge"]} if meta.get("ge") is not None else {}
    high = {"maximum": meta["le"]} if meta.get("le") is not None else {}
    if get_origin(kind) is Literal:
        return any_of([{"enum": _words(get_args(kind))}, *({"type": "string", "pattern": one} for one in reference)])
    if kind is bool:
        return _or_text({"type": "boolean"}, ["^([Tt]rue|[Ff]alse|[Yy]es|[Nn]o|[Oo]n|[Oo]ff)$", *reference])
    if kind is int:
        return _or_text({"type": "integer", **low, **high}, ["^-?[0-9]+$", *reference])
    if kind is float:
        return _or_text({"type": "number", **low, **high}, [r"^-?[0-9.]+([eE][-+]?[0-9]+)?$", *reference])
    if kind is NodeId:
        return {"type": "string"}
    if kind is str and meta.get("pattern"):
        return {"type": TEXT, "pattern": "|".join([f"^(?:{meta['pattern']})$", *reference])}
    return {"type": TEXT}


def _or_text(part: Part, patterns: list[str]) -> Part:
    """Return a type, or a text that archkit reads as a value of it: quoted, or worked out later."""
    return {"anyOf": [part, {"type": "string", "pattern": "|".join(patterns)}]}


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
    return flat[0] if len(flat) == 1 else {"anyOf": flat}


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
