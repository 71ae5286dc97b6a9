"""The catalogue as text and as JSON: kinds, their properties, and what edges between them can mean."""

from __future__ import annotations

import dataclasses
import itertools
import json
import textwrap
import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import Field
from functools import cache
from inspect import cleandoc
from typing import Any, Union, get_args, get_origin

from archkit import catalog
from archkit.edges.meaning import Meaning, meanings
from archkit.jsonschema.typed import default_of
from archkit.kind import Json, Kind, NodeId, Record
from archkit.reading import describe
from archkit.schema import fields_of, hints_of

__all__ = ["as_json", "edges", "page", "table"]

WIDE = 100


def table(kinds: Iterable[type[Kind]]) -> str:
    """Return a line for each kind: its name and the first sentence of its description."""
    listed = list(kinds)
    width = max(len(kind.name) for kind in listed)
    return "".join(f"{kind.name:<{width}}  {_first_line(kind)}\n" for kind in listed)


def page(kind: type[Kind]) -> str:
    """Return the reference page of a kind."""
    about = f"{kind.service or 'drawn only'}{': ' + ', '.join(kind.types) if kind.types else ''}"
    parts = [f"{kind.name}\n{_wrapped(cleandoc(kind.__doc__ or ''))}", _wrapped(about)]
    parts += [_section("Properties", _properties(kind))]
    parts += [_section("Rights that an edge to it can give", _grants(kind))]
    parts += [_section("What its edges can do", _joins(kind))]
    parts += [_section("Attributes", [f"${{NODE.{name}}}" for name in kind.attributes])]
    parts += [_section("Example", _example(kind).splitlines())]
    return "\n\n".join(part for part in parts if part) + "\n"


def _example(kind: type[Kind]) -> str:
    inner = kind.example.strip().removeprefix("{").removesuffix("}").strip()
    return f"node: {{kind: {kind.name}, {inner}}}" if inner else f"node: {kind.name}"


def _section(title: str, lines: Sequence[str]) -> str:
    return "\n".join([title, *(f"  {line}" for line in lines)]) if lines else ""


def _first_line(kind: type[Kind]) -> str:
    return cleandoc(kind.__doc__ or "").split("\n\n")[0].replace("\n", " ")


def _wrapped(text: str) -> str:
    paragraphs = (" ".join(part.split()) for part in text.split("\n\n"))
    return "\n\n".join(textwrap.fill(part, WIDE, initial_indent="  ", subsequent_indent="  ") for part in paragraphs)


def _properties(record: type[Record]) -> list[str]:
    lines = []
    for name, field in fields_of(record).items():
        lines.append(f"{name}: {_typed(record, name)}{_default(field)}")
        lines += textwrap.wrap(field.metadata["doc"], WIDE, initial_indent="    ", subsequent_indent="    ")
    return lines


def _typed(record: type[Record], name: str) -> str:
    return _type(hints_of(record)[name], fields_of(record)[name].metadata)


def _type(kind: Any, meta: Mapping[str, Any]) -> str:
    """Return a type in the words of a reference page."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return " or ".join(dict.fromkeys(_type(part, meta) for part in parts if part is not type(None)))
    if origin in (list, tuple):
        return f"list of {_type(parts[0], {})}"
    if origin is dict:
        return f"names to {_type(parts[1], meta)}"
    if isinstance(kind, type) and issubclass(kind, Record):
        return f"{{{', '.join(fields_of(kind))}}}"
    if kind is NodeId:
        return f"node ({', '.join(meta['to'])})" if meta.get("to") else "node"
    return "raw data" if kind in (Json, Any) else describe(kind, meta).removeprefix("a ")


def _default(field: Field[Any]) -> str:
    value = default_of(field)
    if value is dataclasses.MISSING:
        return ", required"
    said = {True: "true", False: "false"}.get(value, value) if isinstance(value, bool) else value
    return f" = {said}" if value not in (None, "", [], {}) else ""


def _grants(kind: type[Kind]) -> list[str]:
    return [
        f"{word}: {', '.join(grant.actions)}{' (usual)' if grant.usual else ''}" for word, grant in kind.grants.items()
    ]


def _joins(kind: type[Kind]) -> list[str]:
    lines = []
    for join in kind.joins:
        usual = " (usual)" if join.usual else ""
        lines.append(f"{join.word}{usual}: {cleandoc(join.__doc__ or '').splitlines()[0]}")
        lines += [f"  {line}" for line in _properties(join)]
    return lines


# JSON


def as_json(kinds: Iterable[type[Kind]]) -> str:
    """Return a list of kinds, each with name, service, type, types, icon, draw_only, properties, grants and slots."""
    return json.dumps([_kind(kind) for kind in kinds], indent=2, ensure_ascii=False, default=str) + "\n"


def _kind(kind: type[Kind]) -> dict[str, Any]:
    return {
        "name": kind.name,
        "service": kind.service,
        "type": kind.types[0] if kind.types else None,
        "types": list(kind.types),
        "icon": kind.icon,
        "draw_only": kind.draw_only(),
        "group": kind.frame is not None,
        "description": _first_line(kind),
        "properties": {name: _property(kind, name, field) for name, field in fields_of(kind).items()},
        "grants": {word: {"actions": list(grant.actions), "usual": grant.usual} for word, grant in kind.grants.items()},
        "slots": sorted(_slots(kind)),
        "attributes": list(kind.attributes),
    }


def _property(kind: type[Kind], name: str, field: Field[Any]) -> dict[str, Any]:
    default = default_of(field)
    return {
        "type": _type(hints_of(kind)[name], {**field.metadata, "ge": None, "le": None}),
        "required": default is dataclasses.MISSING,
        "default": None if default is dataclasses.MISSING else default,
        "description": field.metadata["doc"],
        **{bound: field.metadata[bound] for bound in ("ge", "le", "pattern") if field.metadata.get(bound) is not None},
    }


def _slots(kind: type[Kind]) -> set[str]:
    """Return the words that the kind brings to edges beside its grants: its joins, and properties that name a node."""
    named = {field.metadata.get("slot") for field in fields_of(kind).values()}
    return {join.word for join in kind.joins} | {word for word in named if word}


# Edges


def edges(chosen: Sequence[type[Kind]], format: str) -> str:
    """Return what every pair of kinds can mean, or every pair that one of `chosen` is an end of."""
    pairs = [
        (source, target, found)
        for source in catalog.all_kinds()
        for target in catalog.all_kinds()
        if (not chosen or source in chosen or target in chosen) and (found := meanings(source, target))
    ]
    if format == "json":
        listed = [
            {"source": source.name, "target": target.name, "meanings": [_meaning(meaning) for meaning in found]}
            for source, target, found in pairs
        ]
        return json.dumps(listed, indent=2) + "\n"
    groups = itertools.groupby(pairs, key=lambda pair: pair[0].name)
    blocks = ["\n".join(_rows(name, [(target.name, found) for _, target, found in rows])) for name, rows in groups]
    total = f"{len(pairs)} pairs, {sum(len(found) for _, _, found in pairs)} words"
    return "\n\n".join([*blocks, f"{total}. {_KEY}"]) + "\n"


_KEY = """* marks what is meant where the edge says nothing, (short form) what may stand in its place.
Options follow the pairs of a source, by word; --format json tells those of each pair. Any edge can be drawn only:
'does: flow'."""


def _rows(source: str, pairs: Sequence[tuple[str, Sequence[Meaning]]]) -> Iterator[str]:
    """Yield the pairs of one source with their words, then the options that each word takes with one target or
    another."""
    width = max(len(target) for target, _ in pairs)
    taken: dict[str, dict[str, None]] = {}
    for target, found in pairs:
        yield _hanging(f"{source} -> {target:<{width}}  ", ", ".join(map(_word, found)))
        for meaning in found:
            taken.setdefault(meaning.word, {}).update(dict.fromkeys(_options(meaning)))
    yield from (_hanging(f"  {word}: ", ", ".join(options)) for word, options in taken.items() if options)


def _hanging(start: str, text: str) -> str:
    width = max(WIDE, len(start) + 60)
    return textwrap.fill(text, width, initial_indent=start, subsequent_indent=" " * len(start), break_on_hyphens=False)


def _meaning(meaning: Meaning) -> dict[str, Any]:
    return {
        "word": meaning.word,
        "usual": meaning.usual,
        "short": _short(meaning),
        "actions": list(meaning.grant.actions) if meaning.grant else [],
        "options": _options(meaning),
    }


def _word(meaning: Meaning) -> str:
    short = _short(meaning)
    return f"{meaning.word}{'*' if meaning.usual else ''}{f' ({short})' if short else ''}"


def _options(meaning: Meaning) -> list[str]:
    return [name for record in meaning.records for name in fields_of(record)]


def _short(meaning: Meaning) -> str | None:
    join: Any = meaning.join
    return _short_form(join) if join else None


SAMPLES = ("GET /path", "/path*", "created", "PutItem", "www.example.com", "Query.links", "read", "+1")
"""One text of each form in which a join may take its options."""


@cache
def _short_form(join: Any) -> str | None:
    """Return the options that a join takes as one text (`METHOD PATH`), found by letting it read every sample."""
    read = (join.short_form(sample) for sample in SAMPLES)
    return next((" ".join(options).upper() for options in read if options), None)
