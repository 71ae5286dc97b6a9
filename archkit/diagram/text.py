"""Widths of text, and its breaking into lines.

Widths are those of Open Sans Regular, the font that pictures carry with them, read from the font file of the package
`ttf-opensans`. Kerning is switched off in every output, so the width of a text is the sum of its characters' widths.
"""

from __future__ import annotations

import struct
import unicodedata
from functools import cache
from importlib.util import find_spec
from pathlib import Path

__all__ = ["clean", "covered", "font_file", "width", "wrap"]

_WIDE, _OTHER = 1.0, 0.6  # in em, for characters that the font lacks: those of East Asia, and the rest


def font_file() -> Path:
    """The file of Open Sans Regular; the package is found without importing it."""
    spec = find_spec("ttf_opensans")
    if spec is None or spec.origin is None:
        raise RuntimeError("the package 'ttf-opensans' is not installed; archkit measures and draws text with its font")
    return Path(spec.origin).parent / "ttf" / "OpenSans-Regular.ttf"


@cache
def _advances() -> dict[int, float]:
    """Return the width in em of every character of the font (tables `cmap` format 4, `hmtx`, `hhea`, `head`)."""
    data = font_file().read_bytes()
    tables = {}
    for index in range(struct.unpack_from(">H", data, 4)[0]):
        tag, _, offset, _ = struct.unpack_from(">4sLLL", data, 12 + 16 * index)
        tables[tag] = offset
    unit = struct.unpack_from(">H", data, tables[b"head"] + 18)[0]
    count = struct.unpack_from(">H", data, tables[b"hhea"] + 34)[0]
    metrics = struct.unpack_from(f">{2 * count}H", data, tables[b"hmtx"])[::2]
    return {char: metrics[min(glyph, count - 1)] / unit for char, glyph in _glyphs(data, tables[b"cmap"]).items()}


def _glyphs(data: bytes, cmap: int) -> dict[int, int]:
    """Return the glyph of every character, from the Windows Unicode subtable."""
    for index in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        platform, encoding, offset = struct.unpack_from(">HHL", data, cmap + 4 + 8 * index)
        if (platform, encoding) == (3, 1):
            start = cmap + offset
    half = struct.unpack_from(">H", data, start + 6)[0] // 2
    ends = struct.unpack_from(f">{half}H", data, start + 14)
    starts = struct.unpack_from(f">{half}H", data, start + 16 + 2 * half)
    deltas = struct.unpack_from(f">{half}H", data, start + 16 + 4 * half)
    ranges = start + 16 + 6 * half
    found = {}
    for index in range(half):
        reach = struct.unpack_from(">H", data, ranges + 2 * index)[0]
        for char in range(starts[index], min(ends[index], 0xFFFE) + 1):
            glyph = char
            if reach:
                glyph = struct.unpack_from(">H", data, ranges + 2 * index + reach + 2 * (char - starts[index]))[0]
            if glyph or not reach:
                found[char] = (glyph + deltas[index]) & 0xFFFF
    return found


@cache
def _advance(char: str) -> float:
    """Return the width of one character in em."""
    known = _advances().get(ord(char))
    if known is not None:
        return known
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0.0
    return _WIDE if unicodedata.east_asian_width(char) in "WF" else _OTHER


def covered(text: str) -> bool:
    """Whether the font has every character of the text."""
    known = _advances()
    return all(ord(char) in known for char in text)


def clean(text: str) -> str:
    """Return the text on one line, without characters that XML forbids or that draw nothing."""
    kept = (" " if unicodedata.category(char) in ("Cc", "Zl", "Zp", "Cs", "Co", "Cn") else char for char in text)
    return " ".join("".join(kept).split())


def width(text: str, size: float) -> float:
    """Return how wide a text is, in px."""
    return sum(map(_advance, text)) * size


def wrap(text: str, size: float, limit: float) -> list[str]:
    """Break a text into lines of at most `limit` px: at spaces, else after `-_./:`, else anywhere."""
    lines: list[str] = []
    line = ""
    for word in _pieces(clean(text), size, limit):
        if line and width((line + word).rstrip(), size) > limit:
            lines.append(line.rstrip())
            line = ""
        line += word
    if line.strip() or not lines:
        lines.append(line.rstrip())
    return lines


def _pieces(text: str, size: float, limit: float) -> list[str]:
    """Cut a text into pieces that may not be broken, each with the spaces that follow it."""
    pieces = [word + " " for word in text.split(" ")]
    return [part for piece in pieces for part in _cut(piece, size, limit)]


def _cut(piece: str, size: float, limit: float) -> list[str]:
    """Cut one word that is too long for a line: after punctuation first, then where it no longer fits."""
    if width(piece.rstrip(), size) <= limit:
        return [piece]
    parts, part = [], ""
    for char in piece:
        if part and width(part + char, size) > limit:
            parts.append(part)
            part = ""
        part += char
        if char in "-_./:" and width(part, size) > limit / 3:
            parts.append(part)
            part = ""
    return [*parts, part] if part.strip() else parts
