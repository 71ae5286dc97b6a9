"""Every word of every pair of kinds compiles, alone, with its opposite, and on a node itself, or says why it cannot."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

import archkit
from archkit.edges.meaning import Meaning, meanings
from archkit.kind import Kind
from archkit.schema import fields_of
from archkit.synth import synthesize
from tests.contract.worlds import KINDS, together, write_files

ENDS = [kind for kind in KINDS if not kind.frame]
(KEY,) = (kind for kind in KINDS if kind.name == "kms.key")
OURS = frozenset({"refused-value", "unknown-word", "unknown-option"})
"""Findings that no author of these blueprints could have caused."""


def nodes(**kinds: type[Kind]) -> str:
    """Return the `nodes:` of a blueprint that holds the examples of kinds, by id."""
    written = {}
    for id, kind in kinds.items():
        inner = kind.example.strip()[1:-1]
        written[id] = (kind, f"{{kind: {kind.name}{', ' + inner if inner.strip() else ''}}}")
    return together(written)


def edge(source: str, target: str, meaning: Meaning) -> str:
    marker = getattr(meaning.join, "marker", None)
    more = f", {marker}: errors" if marker else ""
    return f"  - {source} -> {target}: {{does: {meaning.word}{more}}}\n"


def compiled(text: str, folder: Path) -> set[str]:
    """Return the codes of a blueprint's errors, those of synthesis included."""
    compilation = archkit.load(folder / "case.yaml", text=f"name: pair\n{text}")
    report = compilation.check()
    if compilation.architecture is not None and not report.failed:
        with contextlib.suppress(archkit.ArchkitError):
            synthesize(compilation.architecture, report, lint=False)
    return {found.code for found in report.errors}


@pytest.mark.parametrize("source", ENDS, ids=[kind.name for kind in ENDS])
def test_every_word_compiles(source: type[Kind], tmp_path: Path) -> None:
    write_files(tmp_path)
    for target in ENDS:
        for meaning in meanings(source, target):
            text = f"{nodes(one=source, two=target)}edges:\n{edge('one', 'two', meaning)}"
            wrong = compiled(text, tmp_path) & (OURS | {"cycle", "id-collision", "stack-cycle"})
            assert not wrong, f"{wrong} of\n{text}"


@pytest.mark.parametrize("source", ENDS, ids=[kind.name for kind in ENDS])
def test_words_in_both_directions_compile(source: type[Kind], tmp_path: Path) -> None:
    """With one key for all, as a default gives it."""
    write_files(tmp_path)
    for target in ENDS:
        for there in meanings(source, target):
            for back in meanings(target, source):
                both = nodes(cmk=KEY, one=source, two=target)
                edges = edge("one", "two", there) + edge("two", "one", back)
                text = f'defaults: {{"*": {{key: cmk}}}}\n{both}edges:\n{edges}'
                assert not compiled(text, tmp_path) & OURS, text


VALUES = ('"${AWS::Region}"', "x", "5", "[a]", "{a: b}", "{a: [b]}", "['${AWS::Region}']", "two", "[]", "{}")


@pytest.mark.parametrize("source", ENDS, ids=[kind.name for kind in ENDS])
def test_any_value_of_an_option_is_taken_or_refused(source: type[Kind], tmp_path: Path) -> None:
    """No traceback, whatever stands in an option; one target of each protocol will do."""
    write_files(tmp_path)
    seen = set()
    for target in ENDS:
        protocol = target.admits.protocol if target.admits else target.name
        for meaning in meanings(source, target):
            for name in {name for record in meaning.records for name in fields_of(record)}:
                if (meaning.word, meaning.join, name, protocol) in seen:
                    continue
                seen.add((meaning.word, meaning.join, name, protocol))
                for value in VALUES:
                    joined = f"  - one -> two: {{does: {meaning.word}, {name}: {value}}}\n"
                    compiled(f"{nodes(one=source, two=target)}edges:\n{joined}", tmp_path)


@pytest.mark.parametrize("kind", ENDS, ids=[kind.name for kind in ENDS])
def test_a_node_may_be_joined_to_itself_or_not(kind: type[Kind], tmp_path: Path) -> None:
    write_files(tmp_path)
    for meaning in meanings(kind, kind):
        text = f"{nodes(one=kind)}edges:\n{edge('one', 'one', meaning)}"
        assert not compiled(text, tmp_path) & OURS, text
