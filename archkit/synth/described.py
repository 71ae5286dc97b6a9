"""An author's note as the description of a resource: a note is any text, and each type takes a part of all texts."""

from __future__ import annotations

import re
from typing import Any

from archkit import cfn

__all__ = ["described"]


def described(type: str, note: str) -> str | None:
    """Return as much of a note as a type's description takes; None where it takes nothing of it.

    Characters that it does not take become spaces, and what is too long is cut at a word.
    """
    allowed = _allowed(type)
    pattern, most = allowed.get("pattern"), allowed.get("maxLength", len(note))
    if pattern and not _fits(pattern, note):
        note = " ".join("".join(c if _fits(pattern, f"aa{c}aa") else " " for c in note).split())
    if len(note) > most:
        note = note[: most - 2].rpartition(" ")[0] + " \u2026" if not pattern else note[:most].rpartition(" ")[0]
    return note if note and (not pattern or _fits(pattern, note)) else None


def _fits(pattern: str, text: str) -> bool:
    return re.search(pattern, text) is not None


def _allowed(type: str) -> dict[str, Any]:
    whole = cfn.schema(type)
    found: dict[str, Any] = whole.get("properties", {}).get("Description", {})
    name = found.get("$ref", "").rpartition("/")[2]
    return whole["definitions"][name] if name else found
