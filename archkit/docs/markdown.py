"""Markdown: where a document wants pictures, and the document with what was made in place.

A marker pair names a blueprint and holds what was made of it; a fenced block holds the blueprint itself, and what was
made stands below it:

    <!-- archkit: shop.yaml view=network -->       ```archkit view=network
    ...                                            name: shop
    <!-- /archkit -->                              ```

Nothing outside of the markers changes by a byte. What stands in other fenced blocks or in code is no marker.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from archkit.docs.blocks import Dialect, Fence, blocks, lines_of
from archkit.docs.words import Unreadable, Wanted, wanted

__all__ = ["Place", "Seal", "places", "replaced", "substituted"]

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

    @property
    def whole(self) -> range:
        """The lines of all of it: markers, fenced block and what was made."""
        return range(self.line, self.end + (not self.fresh))


def places(text: str, dialect: Dialect = "commonmark") -> list[Place]:
    """Return the places for pictures in a document, in order."""
    if "archkit" not in text:
        return []
    return list(_Reader(text, dialect).places())


class _Reader:
    def __init__(self, text: str, dialect: Dialect) -> None:
        self.lines = lines_of(text)
        found = blocks(text, self.lines, dialect, OPEN.search)
        self.fences, self.code = found.fences, found.code

    def places(self) -> Iterator[Place]:
        fenced = {fence.first: fence for fence in self.fences if fence.info.split()[:1] == ["archkit"]}
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

    def _fence(self, fence: Fence) -> Place:
        first, after = fence.first, fence.after
        prefix = re.match(r"[ \t>]*", self.lines[first])[0]  # type: ignore[index]
        below = next((n for n in range(after, len(self.lines)) if self.lines[n].strip(" \t>\r\n")), None)
        if not fence.closed:
            return Place(first, after, after, fresh=True, error="the block has no end: write ``` below it")
        try:
            words = wanted(fence.info.partition("archkit")[2], path=False)
        except Unreadable as error:
            return Place(first, after, after, fresh=True, error=str(error))
        place = Place(first, after, after, words, fence.text, first + 1, prefix, fresh=True)
        if below is None or not ABOVE.search(self.lines[below]):
            return place
        close = self._close(below + 1)
        if close is None:
            return Place(below, below, below, error="the marker has no end: write <!-- /archkit --> below it")
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
    lines = lines_of(text)
    newline = (_newline(lines[0]) if lines else "") or "\n"
    for place, content in sorted(made, key=lambda one: -one[0].start):
        written = content.split("\n") if content else []
        if place.fresh:
            written = ["", "<!-- archkit: above -->", *written, "<!-- /archkit -->"]
        new = [(place.prefix + line).rstrip() + newline for line in written]
        last = place.start - 1
        if place.fresh and not _newline(lines[last]):  # the document ends here, and goes on ending without one
            lines[last] += newline
            new[-1] = new[-1].removesuffix(newline)
        lines[place.start : place.end] = new
    return "".join(lines)


def substituted(text: str, made: list[tuple[Place, str]]) -> str:
    """Return the document with a paragraph of one line in place of each picture, its markers and its fenced block."""
    lines = lines_of(text)
    for place, line in sorted(made, key=lambda one: -one[0].line):
        blank = place.prefix.rstrip() + "\n"
        lines[place.whole.start : place.whole.stop] = [blank, f"{place.prefix}{line}\n", blank]
    return "".join(lines)


def _newline(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]
