"""Which lines of a Markdown document are fenced blocks and which are code, as two dialects have it.

CommonMark is what GitHub reads (https://spec.commonmark.org). Python-Markdown, which MkDocs reads by, has containers
(`!!! note`, `=== "Tab"`) whose content is indented by four columns; to CommonMark that is code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from markdown_it.token import Token

__all__ = ["Blocks", "Dialect", "Fence", "blocks", "lines_of"]

Dialect = Literal["commonmark", "python"]

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_FENCE = re.compile(r"(?P<indent>[ \t>]*)(?P<marks>`{3,}|~{3,})(?P<info>[^\r\n]*)")
_CONTAINER = re.compile(r"!!!|\?\?\?|===|///|\[\^|:\s|[-*+]\s|\d+[.)]\s")


@dataclass(frozen=True)
class Fence:
    """A fenced block: its lines (from 0, the last one not included), the words on its first, and what it holds.

    One that is not `closed` reaches to the end of what it stands in.
    """

    first: int
    after: int
    info: str
    text: str
    closed: bool = True


@dataclass
class Blocks:
    """The fenced blocks of a document, and the lines on which a comment would be code or part of it."""

    fences: list[Fence]
    code: set[int]


def lines_of(text: str) -> list[str]:
    """Return the lines of a text with their ends, as Markdown counts them: a form feed ends none."""
    return _LINE.findall(text)


def blocks(text: str, lines: list[str], dialect: Dialect, marker: Callable[[str], object]) -> Blocks:
    """Return the fences and the code of a document. `marker` says whether a piece of HTML is a marker."""
    return _python(lines) if dialect == "python" else _commonmark(text, lines, marker)


def _commonmark(text: str, lines: list[str], marker: Callable[[str], object]) -> Blocks:
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").parse(text)
    fences = [_fence(token, lines) for token in tokens if token.type == "fence" and token.map]
    code = {line for token in tokens if token.map and _is_code(token, marker) for line in range(*token.map)}
    return Blocks(fences, code)


def _fence(token: Token, lines: list[str]) -> Fence:
    assert token.map is not None
    first, after = token.map
    last = lines[after - 1].strip(" \t>\r\n")
    closed = after - 1 > first and last.startswith(token.markup) and not last.strip(token.markup[0])
    return Fence(first, after, token.info, token.content, closed)


def _is_code(token: Token, marker: Callable[[str], object]) -> bool:
    """Whether a marker in a block would be code: in a code block, or in a text that has it between backticks."""
    if token.type == "inline" and marker(token.content):
        return not any(part.type == "html_inline" and marker(part.content) for part in token.children or ())
    return token.type in ("fence", "code_block")


def _python(lines: list[str]) -> Blocks:
    found = Blocks([], set())
    for fence in _fences(lines):
        found.fences.append(fence)
        found.code |= set(range(fence.first, fence.after))
    found.code |= {number for number, line in enumerate(lines) if "`<!--" in line or _is_indented_code(lines, number)}
    return found


def _fences(lines: list[str]) -> Iterator[Fence]:
    line = 0
    while line < len(lines):
        start = _FENCE.match(lines[line])
        end = (
            _end(lines, line, start["indent"], start["marks"]) if start and not _is_indented_code(lines, line) else None
        )
        if start is None or end is None:
            line += 1
            continue
        inner = [one[min(len(start["indent"]), len(one) - len(one.lstrip(" \t>"))) :] for one in lines[line + 1 : end]]
        yield Fence(line, end + 1, start["info"], "".join(one.rstrip("\r\n") + "\n" for one in inner))
        line = end + 1


def _end(lines: list[str], start: int, indent: str, marks: str) -> int | None:
    close = re.compile(rf"{re.escape(indent)} {{0,3}}{re.escape(marks)}{marks[0]}*[ \t]*[\r\n]*\Z")
    return next((number for number in range(start + 1, len(lines)) if close.match(lines[number])), None)


def _is_indented_code(lines: list[str], number: int) -> bool:
    """Whether a line is indented without standing in a list, a note, a tab or another container."""
    indent = _indent(lines[number])
    if indent < 4 or not lines[number].strip():
        return False
    for line in reversed(lines[:number]):
        if line.strip() and _indent(line) < indent:
            if _CONTAINER.match(line.lstrip()):
                return False
            indent = _indent(line)
            if indent < 4:
                return True
    return True


def _indent(line: str) -> int:
    bare = line.expandtabs(4)
    return len(bare) - len(bare.lstrip(" "))
