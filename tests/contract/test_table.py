"""The table of all pairs that mean something (`archkit kinds --edges`): whole, worded, with its short forms, quick."""

from __future__ import annotations

import itertools
import json
import re
import time
from typing import Any

import pytest

from archkit import catalog
from archkit.cli.reference import edges
from archkit.edges.meaning import meanings
from archkit.kind import Join
from tests.shell import run

PAIRS, WORDS = 600, 2000
"""How many there were at least when this was written: the catalogue grows, and no pair may get lost."""

Table = dict[tuple[str, str], dict[str, dict[str, Any]]]


@pytest.fixture(scope="module")
def table() -> Table:
    rows = json.loads(edges([], "json"))
    found = {(row["source"], row["target"]): {item["word"]: item for item in row["meanings"]} for row in rows}
    assert len(found) == len(rows), "a pair is listed twice"
    return found


def test_it_is_whole(table: Table) -> None:
    kinds = catalog.all_kinds()
    pairs = {(a.name, b.name): meanings(a, b) for a, b in itertools.product(kinds, kinds)}
    wanted = {pair: {meaning.word for meaning in found} for pair, found in pairs.items() if found}
    count = sum(map(len, wanted.values()))
    print(f"{len(wanted)} pairs, {count} words")
    assert {pair: set(found) for pair, found in table.items()} == wanted
    assert len(wanted) >= PAIRS and count >= WORDS


def test_every_pair_has_words_and_at_most_one_usual_join(table: Table) -> None:
    for pair, found in table.items():
        assert found and all(word.strip() and word == word.strip() for word in found), pair
        assert len([item for item in found.values() if item["usual"] and not item["actions"]]) <= 1, pair
        assert all(item["actions"] or item["options"] is not None for item in found.values()), pair


@pytest.mark.parametrize(
    ("source", "target", "word", "short", "options"),
    [
        ("apigateway.http", "lambda.function", "route", "METHOD PATH", {"method", "path", "auth"}),
        ("cloudfront.distribution", "s3.bucket", "route", "PATH", {"path"}),
        ("route53.zone", "cloudfront.distribution", "route", "NAME", {"name"}),
        ("s3.bucket", "lambda.function", "trigger", "EVENTS", {"events", "prefix", "suffix"}),
        ("sqs.queue", "cloudwatch.alarm", "watch", "METRIC", {"metric"}),
        ("scheduler.schedule", "dynamodb.table", "trigger", "CALL", set()),
        ("sqs.queue", "lambda.function", "trigger", None, {"batch", "window", "filter"}),
        ("lambda.function", "dynamodb.table", "write", None, set()),
    ],
)
def test_short_forms_and_options(
    table: Table, source: str, target: str, word: str, short: str | None, options: set[str]
) -> None:
    item = table[source, target][word]
    assert item["short"] == short
    assert options <= set(item["options"])


def test_every_join_with_a_short_form_shows_it(table: Table) -> None:
    hidden = set()
    for source, target in itertools.product(catalog.all_kinds(), repeat=2):
        for meaning in meanings(source, target):
            own = meaning.join is not None and meaning.join.short_form.__func__ is not Join.short_form.__func__  # type: ignore[attr-defined]
            if own and table[source.name, target.name][meaning.word]["short"] is None:
                hidden.add(f"{source.name} -> {target.name}: {meaning.word}")
    assert not hidden


def test_the_text_says_the_same(table: Table) -> None:
    text = edges([], "text")
    starts = {tuple(line.split(" ")[0:3:2]) for line in text.splitlines() if " -> " in line and line[0] != " "}
    assert starts == table.keys()
    blocks = text.strip().split("\n\n")
    assert len(blocks) == len({source for source, _ in table}) + 1  # one for each source, and the key
    assert re.match(rf"{len(table)} pairs, \d+ words\.", blocks[-1])


def test_one_kind_shows_its_own_pairs(table: Table) -> None:
    shown = run("kinds", "--edges", "sns.topic").stdout
    mine = [pair for pair in table if "sns.topic" in pair]
    assert shown.count(" -> ") == len(mine)
    assert "sns.topic -> sqs.queue" in shown and "alert: when, periods, period, recovered" in shown


def test_it_is_quick() -> None:
    started = time.perf_counter()
    edges([], "text")
    assert time.perf_counter() - started < 1
