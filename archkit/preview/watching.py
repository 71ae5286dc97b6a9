"""What changed on disk: blueprints, the files that they name, and which blueprints there are.

Files are looked at in turns and not through the system's notifications: that needs no package, works on network disks
and in containers, and a look at a hundred files takes less than a millisecond. It takes at most a twentieth of a
processor however many files there are.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from archkit.files import is_blueprint, yaml_files

__all__ = ["Changes", "Watcher"]

BEAT = 0.04
"""Seconds between two looks, where looking is cheap."""

LISTING = 0.5
"""Seconds between two listings of a folder, where listing is cheap."""

SHARE = 20
"""Of so many parts of the time, one at most is spent on looking."""

GRACE = 0.25
"""Seconds for which a file may be missing or empty: editors save by writing another file and renaming it."""

MOST = 5_000
"""How many files of a folder of code are looked at."""

Stamp = tuple[int, ...] | None


@dataclass
class Changes:
    """What happened between two looks."""

    added: list[Path] = field(default_factory=list)
    changed: list[Path] = field(default_factory=list)
    removed: list[Path] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


@dataclass
class _Known:
    """A blueprint as it was at the last look, and the files that it names or could name once they are there.

    `since` is when it was found missing or empty.
    """

    stamp: Stamp
    named: dict[Path, Stamp] = field(default_factory=dict)
    missing: list[Path] = field(default_factory=list)
    since: float | None = None


class Watcher:
    """Blueprints in files and folders, and what happens to them.

    `admits` may refuse a file of a folder. A file that is named by itself stays known when it is removed; one of a
    folder stays known while it exists, even if an edit makes it look like no blueprint.
    """

    def __init__(self, sources: Iterable[Path], admits: Callable[[Path], bool] = lambda path: True) -> None:
        given = list(sources)
        self._folders = [one for one in given if one.is_dir()]
        self._files = [one for one in given if not one.is_dir()]
        self._admits = admits
        self._known = {path: _Known(_stamp(path)) for path in self._files}
        self._others: dict[Path, Stamp] = {}
        self._next_listing = 0.0
        self.pause = BEAT
        self._list(Changes())

    @property
    def blueprints(self) -> list[Path]:
        """The blueprints that there are, those named by themselves first."""
        found = (path for path, known in self._known.items() if known.stamp is not None and path not in self._files)
        return [*self._files, *sorted(found)]

    def attend(self, path: Path, named: Iterable[Path]) -> None:
        """Count a change of one of these files, or their appearance, as a change of a blueprint from now on."""
        known = self._known.get(path)
        if known is not None:
            before = known.named
            stamps = {one: before[one] if one in before else _stamp(one, path.parent) for one in named}
            known.named = {one: stamp for one, stamp in stamps.items() if stamp is not None}
            known.missing = [one for one, stamp in stamps.items() if stamp is None]

    def look(self) -> Changes:
        """Return what happened since the last look, and say in `pause` how long to wait before the next."""
        start = time.monotonic()
        changes = Changes()
        for path, known in list(self._known.items()):
            self._compare(path, known, start, changes)
        self.pause = max(BEAT, SHARE * (time.monotonic() - start))
        if start >= self._next_listing:
            self._list(changes)
        return changes

    def _compare(self, path: Path, known: _Known, now: float, changes: Changes) -> None:
        stamp = _stamp(path)
        if stamp != known.stamp and (stamp is None or _is_empty(stamp)):
            known.since = known.since or now
            if now - known.since < GRACE:
                return
        known.since = None
        if stamp is None:
            if known.stamp is not None:
                changes.removed.append(path)
                known.stamp = None
                if path not in self._files:
                    del self._known[path]
            return
        named = {one: _stamp(one, path.parent) for one in known.named}
        if stamp != known.stamp or named != known.named:
            changes.changed.append(path)
        known.stamp, known.named = stamp, named

    def _list(self, changes: Changes) -> None:
        """Find the blueprints that are new in the folders, and named files that are there at last."""
        start = time.monotonic()
        for folder in self._folders:
            for path in yaml_files(folder):
                if path not in self._known and self._is_new(path):
                    self._known[path] = _Known(_stamp(path))
                    changes.added.append(path)
        for path, known in self._known.items():
            appeared = {one: stamp for one in known.missing if (stamp := _stamp(one, path.parent)) is not None}
            if appeared:
                known.named |= appeared
                known.missing = [one for one in known.missing if one not in appeared]
                changes.changed.append(path)
        now = time.monotonic()
        self._next_listing = now + max(LISTING, SHARE * (now - start))

    def _is_new(self, path: Path) -> bool:
        stamp = _stamp(path)
        if stamp is None or self._others.get(path) == stamp:
            return False
        if is_blueprint(path) and self._admits(path):
            self._others.pop(path, None)
            return True
        self._others[path] = stamp
        return False


def _stamp(path: Path, base: Path | None = None) -> Stamp:
    """Return what changes when a file is written or replaced, None where there is none.

    Folders count with all that is in them if they were named from `base`. Others count by themselves: '/home' is the
    path of an API as often as a folder.
    """
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    if not stat.S_ISDIR(status.st_mode):
        return status.st_mtime_ns, status.st_size, status.st_ino
    if base is None or not path.is_relative_to(base):
        return (status.st_mtime_ns,)
    return tuple(number for entry in _entries(path) for number in entry)


def _is_empty(stamp: tuple[int, ...]) -> bool:
    return len(stamp) == 3 and stamp[1] == 0


def _entries(folder: Path) -> Iterator[tuple[int, ...]]:
    """Yield the stamps of the files in a folder of code, in the order in which the system lists them."""
    left = MOST
    for here, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".") and name != "__pycache__"]
        for name in files[:left]:
            stamp = _stamp(Path(here, name))
            yield (hash(name), *(stamp or ()))
        left -= len(files)
        if left <= 0:
            return
