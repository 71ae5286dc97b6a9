"""The JSON Schema of blueprints (draft 7, which editors' YAML extensions read), made from the kinds' own declarations.

It says what an editor can know from the text alone: keys, types, bounds, words. What needs the whole blueprint (whether
a node exists, what an edge can mean) is left to `archkit check`, so that no valid blueprint is marked.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from inspect import cleandoc

from archkit import catalog, cfn
from archkit.edges import binding
from archkit.edges.meaning import meanings
from archkit.jsonschema.typed import TEXT, Maker, Part, any_of, required, to
from archkit.kind import Kind
from archkit.resolve import pictured
from archkit.resolve.header import OutputForm
from archkit.resolve.parameters import ParameterForm
from archkit.schema import Record, fields_of

__all__ = ["as_text", "schema"]


def as_text() -> str:
    """Return the schema as a JSON document, a line for each definition: half the size of a fully indented one."""
    parts = {key: part for key, part in schema().items() if key != "definitions"}
    rows = [f"  {json.dumps(name)}: {_line(part)}" for name, part in schema()["definitions"].items()]
    head = [f" {json.dumps(key)}: {_line(part)}" for key, part in parts.items()]
    return ",\n".join(["{\n" + head[0], *head[1:], ' "definitions": {\n' + ",\n".join(rows) + "\n }"]) + "\n}\n"


def _line(part: object) -> str:
    return json.dumps(part, ensure_ascii=False)


@cache
def schema() -> Part:
    """Return the schema of a blueprint. Takes every kind there is, those of other installed packages included."""
    kinds = catalog.all_kinds()
    made = Maker()
    definitions = {f"kind.{kind.name}": made.kind(kind) for kind in kinds}
    definitions |= {
        "kind": _kind_names(kinds),
        "node": _node(kinds),
        "complete": _complete(kinds),
        "edge": _edge(made),
        "any": ANY,
    }
    top = _top(made, kinds)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "archkit blueprint",
        "description": "One blueprint: a picture and a template.",
        "type": "object",
        "properties": top,
        "additionalProperties": False,
        "required": ["name", "nodes"],
        # what `defaults:` gives need not stand at the node
        "if": {"required": ["defaults"]},
        "else": COMPLETE,
        "definitions": dict(sorted((definitions | made.definitions).items())),
    }


def _kind_names(kinds: Iterable[type[Kind]]) -> Part:
    """Return every name that a kind can have, each with its sentence, which an editor shows beside it."""
    about = {kind.name: cleandoc(kind.__doc__ or "").split("\n\n")[0].replace("\n", " ") for kind in kinds}
    return {
        "type": "string",
        # the choice is for completion and hover texts, the pattern for one short message instead of 150 names
        "anyOf": [
            {"title": "kind", "enum": list(about), "enumDescriptions": list(about.values())},
            {"title": "type", "not": {"pattern": _names(kinds)}},
        ],
        "pattern": f"{_names(kinds)}|^[A-Za-z0-9]+::[A-Za-z0-9:]+$",
        "patternErrorMessage": "No such kind. `archkit kinds` lists them; any CloudFormation type is one as well.",
    }


def _names(kinds: Iterable[type[Kind]]) -> str:
    return f"^(?:{'|'.join(re.escape(kind.name) for kind in kinds)})$"


def _node(kinds: Iterable[type[Kind]]) -> Part:
    """Return the schema of a node: the name of its kind, or a mapping whose kind decides what else may stand in it."""
    raw = {"if": {"properties": {"kind": {"pattern": "::"}}, "required": ["kind"]}, "then": {"properties": _RAW}}
    mapping = {
        "type": "object",
        "properties": {"kind": to("kind"), **_COMMON},
        "required": ["kind"],
        "allOf": [*({"if": _is(kind.name), "then": to(f"kind.{kind.name}")} for kind in kinds), raw],
    }
    return {"title": "node", "anyOf": [to("kind"), mapping]}


def _complete(kinds: Iterable[type[Kind]]) -> Part:
    """Return what nodes must have where no `defaults:` could give it."""
    owned = {"not": {"required": ["existing"]}}
    checks = [
        {"if": {"allOf": [_is(kind.name), owned]}, "then": {"required": needed}}
        for kind in kinds
        if (needed := required(kind))
    ]
    mapping = {"type": "object", "errorMessage": "This kind needs properties: write {kind: ..., ...}."}
    bare = {"if": {"type": "string", "pattern": _names(kind for kind in kinds if required(kind))}, "then": mapping}
    return {"allOf": [COMPLETE, bare, *checks]}


COMPLETE: Part = {"properties": {"nodes": {"additionalProperties": to("complete"), "doNotSuggest": True}}}
"""Says of a mapping that its nodes have all that they need; editors offer `nodes` where it is described."""


def _is(name: str) -> Part:
    return {"type": "object", "properties": {"kind": {"const": name}}, "required": ["kind"]}


ANY: Part = {"type": ["string", "number", "boolean", "null", "array", "object"]}
_NAMES = {"type": "object", "additionalProperties": TEXT}
_COMMON: Part = {
    "label": {"description": "The name under the icon, instead of the id.", **TEXT},
    "note": {"description": "A remark for readers of the picture.", **TEXT},
    "link": {"description": "Where a click on the icon leads.", "type": "string"},
    "tags": {"description": "Tags of its resources.", **_NAMES},
    "overrides": {"description": "Raw properties that are merged over what the node makes.", "type": "object"},
    "deletion": {
        "description": "What happens to the data when it is removed.",
        "enum": ["retain", "delete", "snapshot"],
    },
    "logical_id": {
        "description": "Its id in the template, to keep it through a rename.",
        "type": ["string", "integer"],
        "pattern": "^[A-Za-z0-9]+$",
    },
    "lint_ignore": {"description": "Findings of cfn-lint to pass over, each with its reason.", **_NAMES},
    "place": {
        "description": "Where it stands in the picture: beside which other node.",
        "type": "object",
        "propertyNames": {"enum": [*pictured.SIDES]},
        "additionalProperties": {"type": "string"},
    },
    "same_row": {"description": "The nodes that it stands in one row with.", "type": ["array", "string"]},
    "direction": {"description": "Where the flow inside a group leads.", "enum": ["right", "down"]},
    "hidden": {"description": "Left out of the picture, and out of nothing else.", "type": "boolean"},
}
_RAW: Part = {
    "properties": {"description": "The resource's properties, as AWS documents them.", "type": "object"},
    "grants": {"description": "The actions that an edge to it gives.", "type": ["array", "string"]},
    "role": {
        "description": "The property that takes a role's ARN, so that it can be the source of grants.",
        "type": "string",
    },
    "service": {"description": "The service principal that assumes that role.", "type": "string"},
}


def _edge(made: Maker) -> Part:
    """Return the schema of an edge: an arrow, or a mapping of one arrow to what it does."""
    arrow = "^(?!.*<-(?!>)).*->"  # an arrow to the right, none to the left alone
    words, options = _meanings(made)
    words_or_form = {"anyOf": [{"enum": words}, {"type": ["string", "number"]}]}
    does = {
        "description": "What the edge does.",
        "anyOf": [*words_or_form["anyOf"], {"type": "array", "items": {"enum": words}}],
    }
    known = {**_EDGE, "does": does}
    body = {"type": "object", "properties": {**options, **known}, "additionalProperties": False}
    listed = {"type": "array", "items": {"enum": words}}
    value = {"anyOf": [body, *words_or_form["anyOf"], listed, {"type": "null"}]}
    mapping = {"type": "object", "minProperties": 1, "maxProperties": 1, "propertyNames": {"pattern": arrow},
               "additionalProperties": value}  # fmt: skip
    return {"title": "edge", "anyOf": [{"type": "string", "pattern": arrow}, mapping]}


_EDGE: Part = {
    "label": {"description": "The text at the arrow.", **TEXT},
    "note": {"description": "A remark for readers of the picture.", **TEXT},
    "step": {"description": "Its number in the order of events.", "type": "integer", "minimum": 1},
    "id": {"description": "A name that tells it from other edges of the same two nodes.", **TEXT},
    "env": {"description": "The environment variable that receives the address; none leaves it out.", "type": "string"},
    "actions": {"description": "More IAM actions to allow, one by one.", "type": ["array", "string"]},
    "hidden": {"description": "Left out of the picture, and out of nothing else.", "type": "boolean"},
}
assert {*_EDGE, "does"} == set(binding.COMMON)


def _meanings(made: Maker) -> tuple[list[str], Part]:
    """Return every word that an edge can carry, and every option, whatever its two ends are."""
    words, options = {"flow"}, dict[str, list[Part]]()
    records: dict[type[Record], None] = {}
    for source in catalog.all_kinds():
        for target in catalog.all_kinds():
            for meaning in meanings(source, target):
                words.add(meaning.word)
                records |= dict.fromkeys(meaning.records)
    for record in records:
        for name in fields_of(record):
            options.setdefault(name, []).append(made.property(record, name))
    return sorted(words), {name: _merged(parts) for name, parts in sorted(options.items())}


def _merged(parts: list[Part]) -> Part:
    """Return one schema for an option that several meanings take, with the first one's sentence."""
    told = ("description", "default")
    about = {"description": parts[0]["description"]} if "description" in parts[0] else {}
    bare = [{name: value for name, value in part.items() if name not in told} for part in parts]
    return {**about, **any_of(bare)}


def _for_all(kinds: Iterable[type[Kind]]) -> Part:
    """Return the schema of what holds for every node that has such a property, as the first kind that has it says."""
    told = {"tags": "Tags of every resource.", "notify": "Where alarms go.", "backup": "The backup plan of all data.",
            "alarms": "Alarms by metric, each with its threshold."}  # fmt: skip
    shared = Counter(name for kind in kinds for name in {*fields_of(kind), *told})
    for kind in kinds:
        for name, field in fields_of(kind).items():
            told.setdefault(name, field.metadata["doc"])
    # an editor offers what more than one kind has
    every = {
        name: {"description": about, **to("any"), **({"doNotSuggest": True} if shared[name] == 1 else {})}
        for name, about in sorted(told.items())
    }
    about = "For every node that has such a property."
    return {"description": about, "type": "object", "properties": every, "additionalProperties": False}


def _top(made: Maker, kinds: Iterable[type[Kind]]) -> Part:
    """Return the schemas of a blueprint's own keys."""
    by_kind: Part = {
        kind.name: {"description": f"For every {kind.name}.", "type": "object", "allOf": [to(f"kind.{kind.name}")]}
        for kind in kinds
    }
    by_kind["*"] = _for_all(kinds)
    name = {"type": "string", "pattern": "^[a-z][a-z0-9]*(-[a-z0-9]+)*$", "maxLength": 60}
    named = {"pattern": "^[A-Za-z0-9]+$"}
    return {
        "name": {"description": "What stacks, buckets and files are named after.", **name},
        "title": {"description": "The title of the picture.", **TEXT},
        "description": {"description": "What this architecture is for.", **TEXT},
        "region": {"description": "The Region that it is deployed into.", "enum": cfn.regions()},
        "account": {"description": "The account that it is deployed into.", "type": ["string", "integer"]},
        "security": {"description": "How hardened every resource is.", "enum": ["standard", "strict"]},
        "direction": {"description": "Where the picture's flow leads.", "enum": ["right", "down"]},
        "parameters": {"description": "What is asked for at deployment.", "type": "object", "propertyNames": named,
                       "additionalProperties": made.record(ParameterForm)},
        "defaults": {"description": "Properties by kind, or * for all; a node's own word wins.", "type": "object",
                     "properties": by_kind, "additionalProperties": False},
        "nodes": {"description": "What the architecture is made of, by id.", "type": "object",
                  "propertyNames": {"pattern": "^[A-Za-z][A-Za-z0-9_-]*$"}, "additionalProperties": to("node")},
        "edges": {"description": "What flows where: a -> b.", "type": ["array", "null"], "items": to("edge")},
        "outputs": {"description": "What the stack tells: a value such as ${api.url}.", "type": "object",
                    "propertyNames": named, "additionalProperties": made.record(OutputForm)},
        "tags": {"description": "Tags of every resource.", **_NAMES},
        "lint_ignore": {"description": "Findings of cfn-lint to pass over, each with its reason.", **_NAMES},
    }  # fmt: skip
