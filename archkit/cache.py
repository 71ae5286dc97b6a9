"""Where archkit remembers what is dear to make again: lint verdicts, outcomes, icons."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

__all__ = ["MOST", "cache_folder", "keep"]

MOST = 2_000
"""Files that one folder of the cache holds at most."""


def cache_folder() -> Path:
    """Return ARCHKIT_CACHE_DIR, or archkit's folder in the user's cache (XDG_CACHE_HOME, ~/.cache)."""
    named = os.environ.get("ARCHKIT_CACHE_DIR")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "archkit"


def keep(path: Path, data: bytes) -> None:
    """Write a file in one step, so that no one reads half of it; a cache that cannot be written is done without."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}")
        part.write_bytes(data)
        os.replace(part, path)
        _prune(path.parent)


def _prune(folder: Path) -> None:
    """Let the oldest quarter go where there are more files than `MOST`: whoever edits for days makes thousands."""
    names = os.listdir(folder)
    if len(names) <= MOST:
        return
    oldest = sorted((folder / name for name in names), key=lambda path: path.stat().st_mtime)
    for path in oldest[: len(names) - MOST * 3 // 4]:
        with suppress(OSError):  # another process lets go of it as well
            path.unlink()
