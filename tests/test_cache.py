"""What archkit remembers: written whole, and never without bound."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from archkit import cache


def test_a_folder_lets_its_oldest_files_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MOST", 8)
    for number in range(20):
        path = tmp_path / "lint" / f"{number}.json"
        cache.keep(path, b"{}")
        os.utime(path, (number, number))
        assert len(os.listdir(path.parent)) <= 8
        assert path.exists(), "the newest stays"
    kept = sorted(int(path.stem) for path in (tmp_path / "lint").iterdir())
    assert kept == list(range(kept[0], 20)), "the oldest go first"


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    cache.keep(tmp_path / "file" / "entry.json", b"{}")
    assert (tmp_path / "file").read_text() == "in the way"
