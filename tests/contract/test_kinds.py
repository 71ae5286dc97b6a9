"""The contract: what holds for every kind of the catalogue, found and not listed."""

from __future__ import annotations

import contextlib
import itertools
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

import archkit
from archkit.diagnostics import Report
from archkit.diagram.glyphs import GLYPHS
from archkit.edges.meaning import meanings
from archkit.kind import Door, Kind
from archkit.schema import fields_of, hints_of
from archkit.synth import synthesize
from tests.conftest import Golden
from tests.contract.worlds import AROUND, KINDS, NODE, blueprint, grants_of, has_action, has_default, made, services

GOLDEN = Path(__file__).parent / "golden"
MADE = [kind for kind in KINDS if kind.types]
RIGHTS = frozenset({"AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"})
each = pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
each_made = pytest.mark.parametrize("kind", MADE, ids=[kind.name for kind in MADE])


@each
def test_it_is_described(kind: type[Kind]) -> None:
    """One sentence for the kind, one for each property."""
    first = (kind.__doc__ or "").strip().split("\n")[0]
    assert first.endswith(".") and "(" not in first[:1], f"{kind.name}: {first!r}"
    bare = [name for name, field in fields_of(kind).items() if not str(field.metadata.get("doc", "")).endswith(".")]
    assert not bare, f"{kind.name}: properties without a sentence: {bare}"


@each
def test_it_has_its_icon(kind: type[Kind]) -> None:
    spec = find_spec("diagrams")
    assert spec is not None and spec.origin is not None
    path = Path(spec.origin).parents[1] / "resources" / f"{kind.icon}.png"
    icon = kind.icon or (kind.frame.icon if kind.frame else None)
    assert kind.frame or icon in GLYPHS or path.is_file(), f"{kind.name}: no icon {kind.icon!r}"


@each
def test_its_service_is_spelled_as_aws_does(kind: type[Kind]) -> None:
    near = get_close_matches(kind.service, services(), n=1, cutoff=0.85)
    assert kind.service and (kind.service in services() or not near), f"{kind.name}: {kind.service!r}, not {near}"


@each
def test_its_actions_exist(kind: type[Kind]) -> None:
    wrong = sorted({action for action in grants_of(kind) if not has_action(action)})
    assert not wrong, f"{kind.name}: {wrong}"


@each
def test_at_most_one_grant_is_usual(kind: type[Kind]) -> None:
    assert len([name for name, grant in kind.grants.items() if grant.usual]) <= 1
    assert len([name for name, operation in kind.operations.items() if operation.usual]) <= 1


@each
def test_its_address_can_be_given(kind: type[Kind]) -> None:
    """`${.X}` cannot be read of a node that exists already; a named attribute can be given."""
    address = kind.address or "${arn}"
    assert not kind.external or ("${." not in address and "${+" not in address), f"{kind.name}: {address}"


@each
def test_its_logs_are_kept_as_long_as_cloudwatch_can(kind: type[Kind]) -> None:
    """CloudWatch knows 22 lengths of time; what a bucket keeps is a number with bounds of its own."""
    bounded = "logs" in fields_of(kind) and fields_of(kind)["logs"].metadata["ge"] is not None
    assert hints_of(kind).get("logs") is not int or bounded


@each
def test_it_draws(kind: type[Kind], tmp_path: Path) -> None:
    compilation = blueprint(kind, tmp_path)
    svg = compilation.render("svg").decode()
    wanted = f'data-group="{NODE}"' if kind.frame else f'data-node="{NODE}"'
    assert wanted in svg
    assert [found.code for found in compilation.report if found.severity != "note"] == []


@each_made
@pytest.mark.parametrize("format", ["cloudformation", "sam"])
def test_its_example_is_clean(kind: type[Kind], format: str, tmp_path: Path) -> None:
    blueprint(kind, tmp_path).synth(format)  # type: ignore[arg-type]


@each_made
def test_its_logical_ids_are_stable(kind: type[Kind], tmp_path: Path, golden: Golden) -> None:
    found = {
        stack.name: {id: made.type for id, made in stack.resources.items() if not made.owner.startswith(AROUND)}
        for stack in made(kind, tmp_path).stacks
    }
    golden(GOLDEN / f"{kind.name}.json", found)


@each_made
def test_it_makes_what_it_declares(kind: type[Kind], tmp_path: Path) -> None:
    found = {
        made.type for stack in made(kind, tmp_path).stacks for made in stack.resources.values() if made.owner == NODE
    }
    door = {kind.admits.by.policy} if kind.admits and isinstance(kind.admits.by, Door) else set()
    assert kind.types[0] in found
    assert found <= {*kind.types, *door, *RIGHTS}, f"{kind.name}: {found - {*kind.types, *RIGHTS}}"


@each_made
def test_any_property_takes_a_reference_or_refuses_it(kind: type[Kind], tmp_path: Path) -> None:
    """Whatever `${...}` stands in, there is a template or a finding, and no traceback."""
    needed = [name for name, field in fields_of(kind).items() if not has_default(field)]
    for name in fields_of(kind):
        inner = ", ".join(f'{item}: "${{AWS::Region}}"' for item in dict.fromkeys([*needed, name]))
        for text in (inner, f'{kind.example.strip()[1:-1]}, {name}: "${{AWS::Region}}"'.lstrip(", ")):
            compilation = blueprint(kind, tmp_path, f"{{{text}}}")
            report = compilation.check()
            if compilation.architecture is not None and not report.failed:
                with contextlib.suppress(archkit.ArchkitError):
                    synthesize(compilation.architecture, Report(), lint=False)


VALUES = (
    "5", "-1", "''", "é", "a b", "[a]", "[]", "{}", "{a: {b: c}}", "[{a: b}]", "arn:aws:s3:::x", "[one]", "null",
    "{a: '${AWS::Region}'}", "['${AWS::Region}']",
)  # fmt: skip
COMMON = (
    "alarms",
    "deletion",
    "existing",
    "label",
    "lint_ignore",
    "logical_id",
    "nodes",
    "notify",
    "overrides",
    "tags",
)


@each
def test_any_value_is_taken_or_refused(kind: type[Kind], tmp_path: Path) -> None:
    """Whatever an author writes, there is a template or a finding, and no traceback."""
    example = yaml.load(kind.example, yaml.BaseLoader)
    for name, value in itertools.product((*fields_of(kind), *COMMON), VALUES):
        others = {key: item for key, item in example.items() if key != name}
        rest = yaml.safe_dump(others, default_flow_style=True, width=9999)
        compilation = blueprint(kind, tmp_path, f"{{{name}: {value}, {rest.strip()[1:-1]}}}")
        report = compilation.check()
        if compilation.architecture is not None and not report.failed:
            with contextlib.suppress(archkit.ArchkitError):
                synthesize(compilation.architecture, Report(), lint=False)


PAIRS = list(itertools.product(KINDS, KINDS))


def test_a_pair_has_one_usual_join() -> None:
    found = {
        f"{source.name} -> {target.name}": words
        for source, target in PAIRS
        if len(words := [m.word for m in meanings(source, target) if m.usual and m.join]) > 1
    }
    assert not found


def test_a_word_of_a_pair_means_one_thing() -> None:
    found = {}
    for source, target in PAIRS:
        words = [meaning.word for meaning in meanings(source, target)]
        twice = {word for word in words if words.count(word) > 1}
        if twice:
            found[f"{source.name} -> {target.name}"] = twice
    assert not found
