"""What a look at files finds: saves, names, folders, and what is no change."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from archkit.preview import watching
from archkit.preview.watching import Changes, Watcher

BLUEPRINT = "name: one\nnodes: {inbox: sqs.queue}\n"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """List at every look."""
    monkeypatch.setattr(watching, "LISTING", 0.0)
    monkeypatch.setattr(watching, "SHARE", 0)


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def later(watcher: Watcher) -> Changes:
    """Look once more when a missing file counts as removed."""
    watcher.look()
    time.sleep(watching.GRACE + 0.05)
    return watcher.look()


def test_it_finds_blueprints_and_what_happens_to_them(tmp_path: Path) -> None:
    one = write(tmp_path / "one.yaml", BLUEPRINT)
    write(tmp_path / "values.yaml", "a: 1\n")
    watcher = Watcher([tmp_path])
    assert watcher.blueprints == [one] and not watcher.look()
    two = write(tmp_path / "sub" / "two.yml", BLUEPRINT)
    assert watcher.look() == Changes(added=[two])
    write(one, BLUEPRINT + "edges: []\n")
    assert watcher.look() == Changes(changed=[one])
    assert not watcher.look()
    two.unlink()
    assert later(watcher) == Changes(removed=[two]) and watcher.blueprints == [one]
    write(tmp_path / "values.yaml", BLUEPRINT)
    assert watcher.look() == Changes(added=[tmp_path / "values.yaml"])


def test_a_file_that_is_away_or_empty_for_a_moment_is_no_change(tmp_path: Path) -> None:
    one = write(tmp_path / "one.yaml", BLUEPRINT)
    watcher = Watcher([one])
    os.rename(one, tmp_path / "aside")
    assert not watcher.look()
    os.rename(tmp_path / "aside", one)
    assert not watcher.look()
    one.write_text("")
    assert not watcher.look()
    one.write_text(BLUEPRINT + "# saved\n")
    assert watcher.look() == Changes(changed=[one])
    one.write_text("")
    assert later(watcher) == Changes(changed=[one])


def test_a_file_of_the_same_size_that_takes_its_place_is_a_change(tmp_path: Path) -> None:
    one = write(tmp_path / "one.yaml", BLUEPRINT)
    watcher = Watcher([one])
    other = write(tmp_path / "other", BLUEPRINT.replace("inbox", "outbo"))
    os.utime(other, ns=(one.stat().st_atime_ns, one.stat().st_mtime_ns))
    os.replace(other, one)
    assert watcher.look() == Changes(changed=[one])


def test_a_file_that_is_named_stays_known(tmp_path: Path) -> None:
    one = write(tmp_path / "one.yaml", BLUEPRINT)
    watcher = Watcher([one])
    one.unlink()
    assert later(watcher) == Changes(removed=[one]) and watcher.blueprints == [one]
    assert not later(watcher)
    write(one, BLUEPRINT)
    assert watcher.look() == Changes(changed=[one])


def test_what_a_blueprint_names_is_looked_at(tmp_path: Path) -> None:
    one = write(tmp_path / "one.yaml", BLUEPRINT)
    code = write(tmp_path / "src" / "deep" / "app.py", "1")
    watcher = Watcher([one])
    missing = tmp_path / "flow.json"
    watcher.attend(one, [tmp_path / "src", missing, Path("/usr"), Path("/nowhere\0")])
    assert not watcher.look()
    write(code, "22")
    assert watcher.look() == Changes(changed=[one])
    write(tmp_path / "src" / "new.py", "1")
    assert watcher.look() == Changes(changed=[one])
    write(tmp_path / "src" / "__pycache__" / "x.pyc", "1")
    assert not watcher.look()
    write(missing, "{}")
    assert watcher.look() == Changes(changed=[one])
    write(missing, "{ }")
    assert watcher.look() == Changes(changed=[one])
    missing.unlink()
    assert watcher.look() == Changes(changed=[one])


def test_it_rests_longer_where_looking_is_dear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = write(tmp_path / "one.yaml", BLUEPRINT)
    for number in range(300):
        write(tmp_path / "src" / f"{number}.py", "1")
    watcher = Watcher([one])
    watcher.look()
    cheap = watcher.pause
    monkeypatch.setattr(watching, "SHARE", 100_000)
    watcher.attend(one, [tmp_path / "src"])
    watcher.look()
    assert cheap == watching.BEAT < watcher.pause
