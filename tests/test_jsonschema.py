"""The JSON Schema of blueprints: it accepts what archkit accepts, and marks what an editor can know to be wrong."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Literal

import jsonschema
import pytest
import yaml

from archkit import catalog
from archkit.jsonschema import as_text, schema
from archkit.jsonschema.typed import Maker
from archkit.kind import Json, NodeId, Record, prop

BLUEPRINTS = sorted((Path(__file__).parents[1] / "blueprints").glob("**/*.yaml"))


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML 1.2 as editors read it: `NO`, `on`, `22:22` and dates are texts."""

    yaml_implicit_resolvers = {
        letter: [(tag, rule) for tag, rule in rules if tag.endswith((":int", ":float", ":null", ":merge"))]
        for letter, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))
Loader.add_constructor("tag:yaml.org,2002:int", lambda loader, node: _number(loader.construct_scalar(node)))


def _number(text: str) -> int | str:
    return int(text) if re.fullmatch(r"-?[0-9]+", text) else text


def problems(text: str) -> list[str]:
    """Return everything that could be marked in a blueprint: of a choice, why each alternative does not fit."""
    checker = jsonschema.Draft7Validator(schema())
    return [reason for error in checker.iter_errors(yaml.load(text, Loader)) for reason in leaves(error)]


def leaves(error: Any) -> list[str]:
    return [reason for part in error.context for reason in leaves(part)] if error.context else [error.message]


def blueprint(nodes: str, rest: str = "") -> str:
    return f"name: try\nnodes:\n{nodes}\n{rest}"


def test_the_schema_is_valid_and_the_same_every_time() -> None:
    jsonschema.Draft7Validator.check_schema(schema())
    assert json.loads(as_text()) == schema()
    assert as_text().endswith("}\n")


def test_every_kind_is_offered_with_what_it_is_for() -> None:
    kind = schema()["definitions"]["kind"]["anyOf"][0]
    assert kind["enum"] == catalog.names()
    assert all(kind["enumDescriptions"])


def test_every_property_is_described() -> None:
    for kind in catalog.all_kinds():
        for name, part in Maker().properties(kind).items():
            assert part.get("description"), f"{kind.name}.{name}"


def test_every_reference_leads_somewhere() -> None:
    targets = set(re.findall(r'"#/definitions/([^"]+)"', as_text()))
    assert targets <= set(schema()["definitions"])


@pytest.mark.parametrize("path", BLUEPRINTS, ids=lambda path: path.stem)
def test_ready_blueprints_are_not_marked(path: Path) -> None:
    assert problems(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        blueprint("  jobs: sqs.queue"),
        blueprint("  jobs: {kind: sqs.queue, max_receives: 5, label: the jobs, note: NO, tags: {Version: 16.10}}"),
        blueprint("  jobs: {kind: sqs.queue, fifo: yes, delay: '5', retention: '${Keep}'}"),
        blueprint("  jobs: {kind: sqs.queue, max_receives: null, senders: [012345670123]}"),
        blueprint("  jobs: {kind: sqs.queue, senders: 123456789012}"),
        blueprint("  jobs: {kind: sqs.queue, existing: arn:aws:sqs:eu-west-1:123456789012:jobs}"),
        blueprint("  jobs: {kind: sqs.queue, existing: {arn: x}, alarms: {messages: 100}}"),
        blueprint("  bot: {kind: AWS::Lex::Bot, properties: {Name: x}, grants: [lex:RecognizeText]}"),
        blueprint("  here: {kind: group, nodes: {jobs: sqs.queue, inner: {kind: group, nodes: {a: sqs.queue}}}}"),
        blueprint("  a: sqs.queue\n  b: sqs.queue", "edges: [a -> b, {a -> b: pipe}, {a -> b: {does: flow, step: 1}}]"),
        blueprint(
            "  a: sqs.queue\n  b: sqs.queue", "edges:\n  - a -> b:\n  - a, b -> b <-> a\n  - a -> b: [flow, pipe]"
        ),
        blueprint("  a: sqs.queue", 'defaults: {"*": {key: cmk, tags: {A: b}}, sqs.queue: {wait: 5}}'),
        blueprint("  a: sqs.queue", "parameters: {Stage: dev, Size: {type: Number, default: 5, values: [5, 6]}}"),
        blueprint("  a: sqs.queue", "outputs: {Url: '${a.url}', Arn: {value: '${a.arn}', export: try-arn}}"),
        blueprint("  a: sqs.queue", "region: eu-west-1\naccount: 012345670123\nsecurity: strict\ndirection: down"),
    ],
)
def test_what_archkit_takes_is_not_marked(text: str) -> None:
    assert problems(text) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("nodes: {a: sqs.queue}", "'name' is a required property"),
        ("name: Big Name\nnodes: {a: sqs.queue}", "does not match"),
        (blueprint("  a: sqs.queue", "node: {}"), "'node' was unexpected"),
        (blueprint("  a: sqs.queue", "parts: {}"), "'parts' was unexpected"),
        (blueprint("  a: sqs.queue", "region: eu-west-9"), "is not one of"),
        (blueprint("  a: sqs.qeue"), "'sqs.qeue' does not match"),
        (blueprint("  a: acm.certificate"), "'acm.certificate' is not of type 'object'"),
        (blueprint("  a: {label: x}"), "'kind' is a required property"),
        (blueprint("  a: {kind: sqs.queue, dely: 5}"), "'dely' was unexpected"),
        (blueprint("  a: {kind: sqs.queue, delay: 5000}"), "5000 is greater than the maximum of 900"),
        (blueprint("  a: {kind: sqs.queue, delay: soon}"), "soon"),
        (blueprint("  a: {kind: sqs.queue, deletion: never}"), "is not one of"),
        (blueprint("  a: {kind: sqs.queue, nodes: {}}"), "'nodes' was unexpected"),
        (blueprint("  a: {kind: sqs.queue, existing: {url: x}}"), "'arn' is a required property"),
        (blueprint("  g: {kind: group, nodes: {a: sqs.qeue}}"), "'sqs.qeue'"),
        (blueprint("  a: sqs.queue", "edges: [a <- a]"), "a <- a"),
        (blueprint("  a: sqs.queue", "edges: [{a -> a: {step: 0}}]"), "0"),
        (blueprint("  a: sqs.queue", "edges: [{a -> a: {stp: 1}}]"), "stp"),
        (blueprint("  a: sqs.queue", "defaults: {'*': {loggs: 5}}"), "loggs"),
    ],
)
def test_what_an_editor_can_know_is_marked(text: str, reason: str) -> None:
    assert any(reason in problem for problem in problems(text)), problems(text)


class Size(Record):
    """How large."""

    short = "width"

    width: int = prop(..., "Columns.", ge=1, le=80)
    inner: Size | None = prop(None, "A size within.")


class Sample(Record):
    """Every type that a property can have."""

    word: Literal["7.1", "on", "8"] = prop("on", "A word.")
    shape: Literal["a", "b"] = prop("a", "A word that no reference can stand for.", shape=True)
    size: Size | None = prop(None, "A record.")
    sizes: list[Size] = prop([], "Records.", le=2)
    code: str = prop("", "A text.", pattern="[a-z]+")
    names: dict[str, float] = prop({}, "Numbers by name.", ge=0)
    other: NodeId | None = prop(None, "A node.")
    raw: Json | None = prop(None, "Raw data.")


def fits(name: str, value: Any) -> bool:
    made = Maker()
    part = made.property(Sample, name)
    return jsonschema.Draft7Validator({**part, "definitions": made.definitions}).is_valid(value)


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("word", ["7.1", 7.1, 8, "on", "${Word}"], ["off", 9, None]),
        ("shape", ["a"], ["${Shape}", "c"]),
        ("size", [{"width": 5}, 5, "5", None, {"width": 1, "inner": {"width": 2}}], [{"width": 81}, {}, {"w": 1}, 0]),
        ("sizes", [[], [5, {"width": 5}], 5, {"width": 5}], [[1, 2, 3], [{"inner": 5}]]),
        ("code", ["abc", "${Code}-x"], ["ABC", {}]),
        ("names", [{"a": 1.5, "b": "${B}"}], [{"a": -1}, {"a": "x"}, [1]]),
        ("other", ["a", None], [5, ["a"]]),
        ("raw", [{"a": [1]}, "x", None], []),
    ],
)
def test_types_become_what_the_reader_takes(name: str, good: list[Any], bad: list[Any]) -> None:
    assert [value for value in good if not fits(name, value)] == []
    assert [value for value in bad if fits(name, value)] == []


def test_a_property_says_its_sentence_and_its_default() -> None:
    assert Maker().property(Sample, "word")["description"] == "A word."
    assert Maker().property(Sample, "word")["default"] == "on"
    assert Maker().property(Sample, "size")["description"] == "A record."
