"""The reader and the resolver never raise, whatever the text: findings are all that a bad blueprint makes."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import archkit
from archkit.diagnostics import Report
from archkit.source import Mapping, Scalar, Sequence, Tree, read
from archkit.synth import synthesize
from tests.test_cases import ALL

QUICK = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

WHOLE = """\
name: shop
region: eu-west-1
parameters: {Stage: {default: dev, values: [dev, prod]}}
defaults: {"*": {logs: 90, key: cmk}}
tags: {team: "${Stage}"}
nodes:
  cmk: kms.key
  late: sqs.queue
  people: users
  topic: {kind: sns.topic, email: ops@example.com}
  jobs: {kind: sqs.queue, visibility: 60, overrides: {DelaySeconds: 5}, alarms: {messages: 5}, notify: topic}
  old: {kind: sqs.queue, existing: "arn:aws:sqs:eu-west-1:012345678901:old"}
  there: {kind: region, code: [us-east-1, us-west-2], nodes: {more: sqs.queue}}
  slow: {kind: cloudwatch.alarm, metric: messages, above: 5}
  role: {kind: iam.role, services: [ec2.amazonaws.com], statements: [{actions: ["s3:GetObject"], resources: ["*"]}]}
  bot: {kind: "AWS::Lex::Bot", properties: {Name: "${Stage}"}, grants: ["lex:RecognizeText"]}
edges:
  - people -> topic, jobs
  - topic -> jobs: {filter: {kind: [book]}, dead_letter: late}
  - jobs -> slow -> topic
  - jobs.dead_letters -> topic: {when: not empty}
  - role -> bot, jobs
outputs:
  Jobs: ${jobs.arn}
  Url: {value: "${jobs.url}", export: "${AWS::StackName}-url"}
"""
PIECES = [
    "\t",
    "\n",
    "  ",
    ": ",
    "- ",
    "{",
    "}",
    "[",
    "]",
    ",",
    "'",
    '"',
    "*",
    "&a ",
    "*a",
    "!Ref ",
    "${",
    "}",
    "$${",
    "#",
    "|",
    ">",
    "->",
    "<->",
    "<-",
    "~",
    "null",
    "0x1",
    "-1",
    "1e9",
    "é",
    "\x00",
    "\ufeff",
    "---\n",
    "<<: ",
    "? ",
    "%",
    "@",
    "`",
    "\\",
    "kind",
    "nodes",
    "edges",
    "existing",
    "region",
    "sqs.queue",
    "users",
    "AWS::SQS::Queue",
    "jobs",
    "topic",
    "does",
    "jobs.dead_letters",
    "code",
    "9" * 40,
    "${jobs.arn}",
    "${Stage}",
]


def compiled(text: str) -> Report:
    """Read, resolve, check and, where nothing is wrong, synthesize a text; every finding has a place inside it."""
    compilation = archkit.load("case.yaml", text=text)
    report = compilation.check()
    if compilation.architecture is not None and not report.failed:
        with contextlib.suppress(archkit.ArchkitError):
            synthesize(compilation.architecture, report, lint=False)
    lines = text.count("\n") + 2
    assert all(found.message and found.code for found in report)
    assert all(found.span is None or 1 <= found.span.line <= lines for found in report)
    return report


@QUICK
@given(st.text())
@example("\ufeffname: shop")
@example("a: \x00")
@example("&a [*a]")
@example("{" * 500)
@example("- " * 500)
@example("? " * 200)
def test_any_text(text: str) -> None:
    compiled(text)


@QUICK
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_any_pieces(text: str) -> None:
    compiled(text)


@QUICK
@given(st.integers(0, len(WHOLE)), st.integers(0, 12), st.sampled_from(["", *PIECES]))
def test_a_blueprint_cut_and_mended_anywhere(at: int, gone: int, put: str) -> None:
    compiled(WHOLE[:at] + put + WHOLE[at + gone :])


@QUICK
@given(st.data())
def test_a_blueprint_whose_values_changed_places(data: st.DataObject) -> None:
    """Any value may stand where another does: a list for a text, a mapping for a list."""
    report = Report()
    whole = read(WHOLE, "case.yaml", report)
    assert whole is not None
    parts = list(walk(whole))
    old, new = data.draw(st.sampled_from(parts)), data.draw(st.sampled_from(parts))
    compiled(written(whole, old, written(new, None, "")))


def walk(tree: Tree) -> list[Tree]:
    """Return every value inside a tree."""
    inner: list[Tree] = []
    if isinstance(tree, Mapping):
        inner = [part for _, value in tree for part in walk(value)]
    elif isinstance(tree, Sequence):
        inner = [part for value in tree for part in walk(value)]
    return [tree, *inner]


def written(tree: Tree, old: Tree | None, new: str) -> str:
    """Return a tree as flow YAML, with `new` in the place of `old`."""
    if tree is old:
        return new
    if isinstance(tree, Mapping):
        return "{" + ", ".join(f"{quoted(key)}: {written(value, old, new)}" for key, value in tree) + "}"
    if isinstance(tree, Sequence):
        return "[" + ", ".join(written(item, old, new) for item in tree) + "]"
    return quoted(tree)


def quoted(text: Scalar) -> str:
    """Return a text as YAML that means just it."""
    return "'" + text.text.replace("'", "''") + "'"


def test_the_whole_blueprint_is_clean() -> None:
    assert [found for found in compiled(WHOLE) if found.severity == "error"] == []


@pytest.mark.parametrize("line", range(WHOLE.count("\n")))
def test_a_blueprint_without_one_line(line: int) -> None:
    lines = WHOLE.splitlines(keepends=True)
    compiled("".join(lines[:line] + lines[line + 1 :]))


def test_every_case_cut_short(tmp_path: Path) -> None:
    """A file that ends in the middle, as an editor's live check sees it."""
    for case in ALL:
        compiled(case.text[: len(case.text) * 2 // 3])


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_bytes(b"name: shop\ntitle: caf\xe9\n")
    (found,) = archkit.load(path).check()
    assert (found.code, found.span and found.span.line) == ("not-utf-8", 2)
