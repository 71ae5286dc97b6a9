"""The words of an embedded picture: `shop.yaml view=network depth=2 details`, wherever a document says them."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from archkit.diagnostics import did_you_mean
from archkit.diagram import VIEWS
from archkit.diagram.icons import STYLES, IconStyle

__all__ = ["Unreadable", "Wanted", "wanted"]


class Unreadable(Exception):
    """The words of an embedded picture make no sense; the text says why, and what to write."""


@dataclass(frozen=True)
class Wanted:
    """Which picture a document wants: its blueprint's path (None for one that stands in the document), and how."""

    path: str | None = None
    view: str = "architecture"
    node: str | None = None
    depth: int | None = None
    alt: str | None = None
    caption: str | None = None
    file: str | None = None
    details: bool = False
    icons: IconStyle = "flat"

    @property
    def look(self) -> dict[str, Any]:
        """What decides which part of a blueprint is drawn, as `render` and `describe` take it."""
        return {"view": self.view, "node": self.node, "depth": self.depth}


OPTIONS = ("view", "node", "depth", "alt", "caption", "file", "icons", "details")


def wanted(text: str, *, path: bool) -> Wanted:
    """Read the words behind `archkit:` or on the first line of a fenced block.

    `path` says whether the first word is the path of a blueprint. Raises Unreadable where a word has no meaning.
    """
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise Unreadable(f"the quotes do not match in '{text.strip()}'") from error
    if path and (not words or "=" in words[0]):
        raise Unreadable("the path of a blueprint is missing: write <!-- archkit: path.yaml -->")
    given = _options(words[1:] if path else words)
    return Wanted(words[0] if path else None, **checked(given))


def _options(words: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if name not in OPTIONS or (not equals and name != "details"):
            hint = (
                did_you_mean(name, OPTIONS)
                or f"write one of {', '.join(f'{option}=' for option in OPTIONS[:-1])} or details"
            )
            raise Unreadable(f"'{word}' means nothing here; {hint}")
        found[name] = value if equals else "true"
    return found


def checked(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return options with their types; raises Unreadable for a value that one cannot have."""
    found: dict[str, Any] = dict(given)
    if (view := found.get("view")) is not None and view not in VIEWS:
        raise Unreadable(f"there is no view '{view}'; {did_you_mean(view, VIEWS) or 'views: ' + ', '.join(VIEWS)}")
    if (icons := found.get("icons")) is not None and icons not in STYLES:
        hint = did_you_mean(icons, STYLES) or "icons: " + ", ".join(STYLES)
        raise Unreadable(f"there are no icons '{icons}'; {hint}")
    if "depth" in found:
        if not str(found["depth"]).isdigit():
            raise Unreadable(f"'depth' takes a number, not '{found['depth']}'")
        found["depth"] = int(found["depth"])
    if "details" in found:
        if found["details"] not in ("true", "false"):
            raise Unreadable(f"'details' takes true or false, not '{found['details']}'")
        found["details"] = found["details"] == "true"
    if "/" in found.get("file", "") or "\\" in found.get("file", ""):
        raise Unreadable("'file' is the name of a picture beside the document, not a path")
    return found
