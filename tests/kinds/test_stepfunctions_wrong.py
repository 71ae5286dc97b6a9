"""Step Functions: what is wrong with states is told on its line, in the blueprint or in the file."""

from __future__ import annotations

from pathlib import Path

import pytest

import archkit
from tests.kinds.test_stepfunctions import OTHERS

WRONG = [
    ("a: {do: nobody}", "unknown-node", "nobody", "nobody"),
    ("a: {do: fn.Invok}", "unknown-operation", "Invok", "fn.Invok"),
    ("a: {do: fn, nxt: b}", "unknown-property", "nxt", "nxt"),
    ("a: {do: fn, next: b}", "unknown-state", "there is no state 'b'", "b"),
    ("a: {do: fn, catch: b}, b: succeed", "say-next", "handles errors", "a"),
    ("a: {choices: [{variable: $.x, is_null: true, next: b}], default: c}, b: {type: pass}, c: succeed", "say-next",
     "another way out", "b"),
    ("a: succeed, b: succeed", "unreachable-state", "nothing leads", "b"),
    ("a: {type: tusk}", "bad-state", "not a type", "tusk"),
    ("a: {}", "bad-state", "no type", "a"),
    ("a: {type: wait}", "bad-state", "one time", "a"),
    ("a: {type: task}", "bad-state", "does nothing", "a"),
    ("a: {type: pass, result: '${table.nam}'}", "unknown-attribute", "nam", "'${table.nam}'"),
    ("a: {type: pass, result: '${nobody}'}", "unknown-reference", "nobody", "'${nobody}'"),
    ("a: {do: table.PutItem, wait: token}", "bad-state", "cannot wait", "table.PutItem"),
    ("a: {type: pass, do: fn}", "bad-state", "is for a Task", "fn"),
    ("a: {branches: [{b: {type: pass, next: a}}]}", "unknown-state", "there is no state 'a'", "a"),
    ("a: {do: web}", "missing-property", "what it calls", "web"),
]  # fmt: skip


@pytest.mark.parametrize(("states", "code", "words", "place"), WRONG, ids=[states[:40] for states, *_ in WRONG])
def test_wrong_states(states: str, code: str, words: str, place: str, tmp_path: Path) -> None:
    (tmp_path / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    head = "name: test\nnodes:\n  flow:\n    kind: stepfunctions.state_machine\n"
    text = f"{head}    states: {{{states}}}\n{OTHERS}  web: internet\n"
    report = archkit.load(tmp_path / "blueprint.yaml", text=text).check()
    (found,) = (found for found in report.errors if words in found.message)
    assert found.span is not None
    marked = text.splitlines()[found.span.line - 1][found.span.column - 1 : found.span.end_column - 1]
    assert (found.code, marked, len(report.errors)) == (code, place, 1), list(report)


@pytest.mark.parametrize(("properties", "words"), [
    ("", "either 'states' or"),
    (", definition: no.yaml", "cannot be read"),
    (", type: express, states: {a: {do: jobs, wait: token}}", "express workflow cannot wait"),
    (", query: jsonata, states: {a: {type: pass, input_path: $.x}}", "JSONPath's"),
])  # fmt: skip
def test_refused(properties: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    text = f"name: test\nnodes:\n  flow: {{kind: stepfunctions.state_machine{properties}}}\n{OTHERS}"
    report = archkit.load(tmp_path / "blueprint.yaml", text=text).check()
    assert [found for found in report.errors if words in found.message], list(report)


def test_a_mistake_in_a_file_stands_on_its_line(tmp_path: Path) -> None:
    (tmp_path / "flow.asl.yaml").write_text("StartAt: A\nStates:\n  A: {Type: Pass, Next: B}\n")
    text = "name: test\nnodes:\n  flow: {kind: stepfunctions.state_machine, definition: flow.asl.yaml}\n"
    (found,) = archkit.load(tmp_path / "blueprint.yaml", text=text).check().errors
    assert found.span is not None
    assert (Path(found.span.path).name, found.span.line, found.code) == ("flow.asl.yaml", 3, "unknown-state")
