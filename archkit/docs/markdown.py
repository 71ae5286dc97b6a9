"""Markdown: where a document wants pictures, and the document with what was made in place.

A marker pair names a blueprint and holds what was made of it; a fenced block holds the blueprint itself, and what was
made stands below it:

    <!-- archkit: shop.yaml view=network -->       ```archkit view=network
    ...                                            name: shop
    <!-- /archkit -->                              ```

Nothing outside of the markers changes by a byte. What stands in other fenced blocks or in code is no marker: a parser
of CommonMark (https://spec.commonmark.org) says what is a block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from archkit.docs.words import Unreadable, Wanted, wanted

if TYPE_CHECKING:
    from markdown_it.token import Token

__all__ = ["Place", "Seal", "places", "replaced"]

OPEN = re.compile(r"<!--\s*archkit:(?P<words>.*?)-->")
ABOVE = re.compile(r"<!--\s*archkit:\s*above\s*-->")
CLOSE = re.compile(r"<!--\s*/archkit\s*-->")
MADE = re.compile(
    r"<!-- made by archkit: inputs (?P<inputs>[0-9a-f]+), picture (?P<picture>[0-9a-f]+), text (?P<text>[0-9a-f]+) -->"
)


@dataclass(frozen=True)
class Seal:
    """The hashes that stand with what was made: of its inputs, of the picture's files, and of the text around it."""

    inputs: str
    picture: str
    text: str

    def __str__(self) -> str:
        return f"<!-- made by archkit: inputs {self.inputs}, picture {self.picture}, text {self.text} -->"


@dataclass(frozen=True)
class Place:
    """One picture of a document: what it shows, and the lines (from 0, the last one not included) that hold it.

    `text` is the blueprint of a fenced block, `offset` the document's line above its first. `prefix` stands before
    every line, such as the indent of a list. `seal` and `content` are what was made there before. `error` says why the
    place cannot be read, and then nothing else counts.
    """

    line: int
    start: int
    end: int
    wanted: Wanted = field(default_factory=Wanted)
    text: str | None = None
    offset: int = 0
    prefix: str = ""
    fresh: bool = False
    error: str | None = None
    seal: Seal | None = None
    content: str = ""


def places(text: str) -> list[Place]:
    """Return the places for pictures in a document, in order."""
    if "archkit" not in text:
        return []
    return list(_Reader(text).places())


class _Reader:
    def __init__(self, text: str) -> None:
        from markdown_it import MarkdownIt

        self.lines = text.splitlines(keepends=True)
        tokens = MarkdownIt("commonmark").parse(text)
        self.fences = [token for token in tokens if token.type == "fence" and token.map]
        self.code = {line for token in tokens if token.type in ("fence", "code_block") and token.map
                     for line in range(*token.map)}  # fmt: skip

    def places(self) -> Iterator[Place]:
        fenced = {token.map[0]: token for token in self.fences if token.map and token.info.split()[:1] == ["archkit"]}
        line = 0
        while line < len(self.lines):
            if line in fenced:
                place = self._fence(fenced[line])
                yield place
                line = place.end
            elif line not in self.code and (found := OPEN.search(self.lines[line])) and not ABOVE.search(found[0]):
                place = self._pair(line, found)
                yield place
                line = max(place.end, line) + 1
            else:
                line += 1

    def _pair(self, line: int, found: re.Match[str]) -> Place:
        prefix = self.lines[line][: found.start()]
        close = self._close(line + 1)
        if close is None:
            return Place(line, line, line, error="the marker has no end: write <!-- /archkit --> below it")
        if prefix.strip(" \t>"):
            return Place(line, line, close, error="the marker stands on a line of its own")
        try:
            words = wanted(found["words"], path=True)
        except Unreadable as error:
            return Place(line, line, close, error=str(error))
        return self._made(Place(line, line + 1, close, words, prefix=prefix))

    def _fence(self, token: Token) -> Place:
        assert token.map is not None
        first, after = token.map
        prefix = re.match(r"[ \t>]*", self.lines[first])[0]  # type: ignore[index]
        below = next((n for n in range(after, len(self.lines)) if self.lines[n].strip(" \t>\r\n")), None)
        try:
            words = wanted(token.info.partition("archkit")[2], path=False)
        except Unreadable as error:
            return Place(first, after, after, error=str(error))
        place = Place(first, after, after, words, token.content, first + 1, prefix, fresh=True)
        if below is None or not ABOVE.search(self.lines[below]):
            return place
        close = self._close(below + 1)
        if close is None:
            return Place(below, below, below + 1, error="the marker has no end: write <!-- /archkit --> below it")
        return self._made(replace(place, start=below + 1, end=close, fresh=False))

    def _close(self, line: int) -> int | None:
        """Return the line of the end marker that belongs to a begin marker above; None where another begins first."""
        for number in range(line, len(self.lines)):
            if number in self.code:
                continue
            if CLOSE.search(self.lines[number]):
                return number
            if OPEN.search(self.lines[number]):
                return None
        return None

    def _made(self, place: Place) -> Place:
        """Return a place with the hashes in its first line, and the text below that."""
        found = MADE.search(self.lines[place.start]) if place.start < place.end else None
        if found is None:
            return place
        lines = [line.rstrip("\r\n").removeprefix(place.prefix) for line in self.lines[place.start + 1 : place.end]]
        return replace(place, seal=Seal(**found.groupdict()), content="\n".join(lines))


def replaced(text: str, made: list[tuple[Place, str]]) -> str:
    """Return the document with new content at places; the newlines of the document are kept."""
    lines = text.splitlines(keepends=True)
    newline = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    for place, content in sorted(made, key=lambda one: -one[0].start):
        written = content.splitlines()
        if place.fresh:
            written = ["", "<!-- archkit: above -->", *written, "<!-- /archkit -->"]
            last = place.start - 1
            if not lines[last].endswith(("\n", "\r")):
                lines[last] += newline
        new = [(place.prefix + line).rstrip() + newline for line in written]
        lines[place.start : place.end] = new
    return "".join(lines)
