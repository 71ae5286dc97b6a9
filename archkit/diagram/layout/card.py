"""Nodes that are drawn as cards: a box with the icon at its left and the name beside it, as Step Functions draws
states; and the round marks where a workflow starts and ends."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from archkit.diagram.layout import measure
from archkit.diagram.layout.measure import CAPTION_LINE, CAPTION_SIZE, NAME_LINE, NAME_SIZE
from archkit.diagram.plan import Box
from archkit.diagram.scene import Leaf, Line, Rect
from archkit.diagram.text import width

__all__ = ["Card", "leaf"]

_ICON, _PAD, _GAP = 36, 10, 10
_LEAST = 190  # so that most cards are of one width
_HEIGHT = 56
_MARK = 30  # height of a round mark
_BADGE = 18
_NAMES = (124, 160, 220, 360, 640)


@dataclass(frozen=True)
class Card(Leaf):
    """A card as drawn. What others keep off, and where wires end, is its whole outline, which stands as its icon."""

    @property
    def text(self) -> Rect:
        """The card, which holds all text."""
        return self.icon

    @property
    def corner(self) -> float:
        """The radius of its corners."""
        return _MARK / 2 if self.box.shape == "mark" else 8

    @property
    def picture(self) -> Rect | None:
        """Where the icon stands on the card."""
        if self.box.shape == "mark":
            return None
        middle = self.icon.center.y
        left = self.icon.left + _PAD
        return Rect(left, middle - _ICON / 2, left + _ICON, middle + _ICON / 2)


def leaf(box: Box) -> Leaf:
    """Build a node of any shape around the middle of its icon, or of its card, at (0, 0)."""
    if box.shape == "icon":
        return measure.leaf(box)
    return _mark(box) if box.shape == "mark" else _card(box)


def _mark(box: Box) -> Card:
    wide = width(box.title, NAME_SIZE)
    half = ceil(wide / 2) + 16
    name = Line(box.title, 0, 4.5, wide, NAME_SIZE)
    return Card(box, Rect(-half, -_MARK / 2, half, _MARK / 2), (name,), ())


def _card(box: Box) -> Card:
    names = measure.fit(box.title, NAME_SIZE, _NAMES, 3)
    captions = [line for part in (box.caption or "").split("\n") if part
                for line in measure.fit(part, CAPTION_SIZE, _NAMES, 2)]  # fmt: skip
    badges = min(len(box.badges), 2)
    text = max(*(width(line, NAME_SIZE) for line in names), *(width(line, CAPTION_SIZE) for line in captions), 0)
    wide = max(_LEAST, 2 * ceil((_PAD + _ICON + _GAP + text + _PAD + badges * (_BADGE + 4)) / 2))
    block = len(names) * NAME_LINE + len(captions) * CAPTION_LINE
    high = max(_HEIGHT, 2 * ceil((block + 2 * _PAD) / 2))
    card = Rect(-wide / 2, -high / 2, wide / 2, high / 2)
    x, y = card.left + _PAD + _ICON + _GAP, -block / 2 + 13
    lines: list[tuple[Line, ...]] = []
    for texts, size, step in ((names, NAME_SIZE, NAME_LINE), (captions, CAPTION_SIZE, CAPTION_LINE)):
        widths = [width(line, size) for line in texts]
        lines.append(tuple(Line(line, x + wide / 2, y + step * number, wide, size)
                           for number, (line, wide) in enumerate(zip(texts, widths, strict=True))))  # fmt: skip
        y += step * len(texts) - 1
    marks = tuple(Rect(card.right - (_BADGE + 4) * (place + 1), card.top + 5, card.right - 4 - (_BADGE + 4) * place,
                       card.top + 5 + _BADGE) for place in range(badges))  # fmt: skip
    return Card(box, card, lines[0], lines[1], marks)
