"""Reach analysis by a table: who reaches whom in one world of networks, and why not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import archkit

TABLE = (Path(__file__).parent / "cases" / "reach_table.md").read_text("utf-8")
WORLD = TABLE.partition("```yaml\n")[2].partition("```")[0]
ROWS = re.findall(r"^\| `(.+?)` \| (yes|no) \| (.+) \|$", TABLE, re.MULTILINE)


def test_the_table_is_long_enough_and_holds_both_answers() -> None:
    assert len(ROWS) >= 40
    assert {answer for _, answer, _ in ROWS} == {"yes", "no"}


@pytest.mark.parametrize(("edge", "reaches", "why"), ROWS, ids=[edge for edge, _, _ in ROWS])
def test_who_reaches_whom(edge: str, reaches: str, why: str, tmp_path: Path) -> None:
    (tmp_path / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    found = archkit.load(tmp_path / "world.yaml", text=f"{WORLD}  - {edge}\n").check().errors
    assert [one.code for one in found] == ([] if reaches == "yes" else ["cannot-reach"]), found
    for one in found:
        assert why in one.message or why in (one.help or "")
