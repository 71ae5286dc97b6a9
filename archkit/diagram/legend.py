"""What stands under the picture: the numbered steps and the line styles, and above it its title. Geometry only."""

from __future__ import annotations

from dataclasses import dataclass

from archkit.diagram.layout.measure import STEP
from archkit.diagram.plan import Plan
from archkit.diagram.scene import Point, Rect
from archkit.diagram.text import clean, width, wrap

__all__ = ["Entry", "Legend", "legend"]

_SIZE, _LINE = 12.5, 17
_TITLE_SIZE, _TITLE_LINE = 20, 27
_COLUMN = 330  # a column of steps is about this wide
_SAMPLE = 34  # length of a sample of a line style
_WORDS = {"request": "request", "event": "event", "data": "data", "guard": "protects or watches"}


@dataclass(frozen=True, eq=False, repr=False)
class Entry:
    """One entry: its mark (a step's number or a line style), where it is, and its lines with the start of each."""

    mark: int | str
    at: Point
    lines: tuple[tuple[str, Point], ...]


@dataclass(frozen=True, eq=False, repr=False)
class Legend:
    """Title lines, steps and styles with their places, and the area of the whole page."""

    heading: tuple[tuple[str, Point], ...]
    entries: tuple[Entry, ...]
    page: Rect
    rule: float | None = None


def legend(plan: Plan, picture: Rect, margin: float = 24) -> Legend:
    """Place the title over a picture and the legends under it."""
    left, room = picture.left, max(picture.width, 240.0)
    titles = wrap(plan.title, _TITLE_SIZE, room) if plan.title else []
    top = picture.top - (len(titles) * _TITLE_LINE + 8 if titles else 0)
    heading = tuple((line, Point(left, top + 20 + _TITLE_LINE * number)) for number, line in enumerate(titles))
    bottom = picture.bottom
    entries: list[Entry] = []
    rule = None
    if plan.steps or len(plan.styles) > 1:
        rule = bottom + 20
        bottom = rule + 6
    if plan.steps:
        bottom = _steps(plan, entries, left, bottom + 12, room)
    if len(plan.styles) > 1:
        bottom = _styles(plan, entries, left, bottom + 20, room)
    right = left + room
    for entry in entries:
        right = max([right, *(at.x + width(line, _SIZE) for line, at in entry.lines)])
    page = Rect(left - margin, top - margin, right + margin, bottom + margin)
    return Legend(heading, tuple(entries), page, rule)


def _steps(plan: Plan, entries: list[Entry], left: float, top: float, room: float) -> float:
    """Place the steps in columns, downwards; return where they end."""
    columns = max(1, min(int(room // _COLUMN), (len(plan.steps) + 1) // 2))
    wide = room / columns
    texts = [(step, wrap(text, _SIZE, wide - STEP - 30)) for step, text in plan.steps]
    heights = [max(len(lines) * _LINE, STEP) + 8 for _, lines in texts]
    limit = sum(heights) / columns
    x, y, lowest, column = left, top, top, 0
    for (step, lines), height in zip(texts, heights, strict=True):
        if y + height / 2 > top + limit and column + 1 < columns:
            x, y, column = x + wide, top, column + 1
        placed = tuple((line, Point(x + STEP + 8, y + 14.5 + _LINE * number)) for number, line in enumerate(lines))
        entries.append(Entry(step, Point(x + STEP / 2, y + STEP / 2), placed))
        y += height
        lowest = max(lowest, y)
    return lowest - 8


def _styles(plan: Plan, entries: list[Entry], left: float, y: float, room: float) -> float:
    """Place the samples of line styles side by side; return where they end."""
    x = left
    for style in plan.styles:
        text = clean(_WORDS[style])
        need = _SAMPLE + 8 + width(text, _SIZE) + 26
        if x > left and x + need > left + room:
            x, y = left, y + _LINE + 6
        entries.append(Entry(style, Point(x, y), ((text, Point(x + _SAMPLE + 8, y + 4.5)),)))
        x += need
    return y + 8
