"""Where archkit remembers what is dear to make again: lint verdicts, outcomes, icons."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["cache_folder"]


def cache_folder() -> Path:
    """Return ARCHKIT_CACHE_DIR, or archkit's folder in the user's cache (XDG_CACHE_HOME, ~/.cache)."""
    named = os.environ.get("ARCHKIT_CACHE_DIR")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "archkit"
