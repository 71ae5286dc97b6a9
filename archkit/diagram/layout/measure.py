"""How much room a node and a group's title need, before anything has a place.

Sizes are those of AWS's icon deck at 100 %: icons 56 px (48 to 64 are in use), names 13 px below them, group icons 32
px flush in the frame's upper left corner.
"""

from __future__ import annotations

from math import ceil

from archkit.diagram.plan import Box, Group, Wire
from archkit.diagram.scene import Frame, Leaf, Line, Rect
from archkit.diagram.text import clean, width, wrap

__all__ = [
    "CAPTION_LINE",
    "CAPTION_SIZE",
    "HEAD",
    "LABEL_LINE",
    "LABEL_SIZE",
    "NAME_LINE",
    "NAME_SIZE",
    "PAD",
    "STEP",
    "fit",
    "frame_at",
    "label_lines",
    "label_size",
    "leaf",
    "least_size",
]

ICON, SMALL = 56, 40
NAME_SIZE, NAME_LINE = 13, 17
CAPTION_SIZE, CAPTION_LINE = 11, 15
TITLE_SIZE = 14
LABEL_SIZE, LABEL_LINE = 11.5, 15
BADGE = 20
STEP = 20  # diameter of a step's number
PAD = 24  # between a frame and what stands in it
HEAD = 32  # height of a group's corner icon and title
NAME_LIMITS = (112, 140, 180, 240, 360, 640)  # a long name may be wider, so that it is not a tower
LABEL_LIMITS = (120, 160, 220, 320, 640)


def fit(text: str, size: float, limits: tuple[int, ...], most: int) -> list[str]:
    """Wrap a text at the first limit that needs at most `most` lines, and balance its lines."""
    for limit in limits:
        lines = wrap(text, size, limit)
        if len(lines) <= most:
            return _balanced(text, size, limit, lines)
    return lines


def _balanced(text: str, size: float, limit: float, lines: list[str]) -> list[str]:
    """Narrow the limit as long as the number of lines stays, so that the last line is not a lone word.

    A word that was whole stays whole.
    """
    words = {width(word, size) for word in clean(text).split()}
    longest = max((word for word in words if word <= limit), default=0)
    while len(lines) > 1:
        limit = max(width(line, size) for line in lines) - 1
        if limit < longest:
            break
        narrower = wrap(text, size, limit)
        if len(narrower) > len(lines) or max(width(line, size) for line in narrower) > limit:
            break
        lines = narrower
    return lines


def leaf(box: Box) -> Leaf:
    """Build a node around the middle of its icon at (0, 0)."""
    half = (SMALL if box.guard else ICON) / 2
    icon = Rect(-half, -half, half, half)
    y = half + 16.0
    name = []
    for text in fit(box.title, NAME_SIZE, NAME_LIMITS, 3):
        name.append(Line(text, 0, y, width(text, NAME_SIZE), NAME_SIZE))
        y += NAME_LINE
    y -= 1
    caption = []
    for text in fit(box.caption, CAPTION_SIZE, NAME_LIMITS, 2) if box.caption else []:
        caption.append(Line(text, 0, y, width(text, CAPTION_SIZE), CAPTION_SIZE))
        y += CAPTION_LINE
    badges = tuple(
        Rect(half + 8 - BADGE - (BADGE + 1) * place, -half - 8, half + 8 - (BADGE + 1) * place, -half - 8 + BADGE)
        for place in range(min(len(box.badges), 3))
    )
    return Leaf(box, icon, tuple(name), tuple(caption), badges)


def least_size(group: Group) -> tuple[int, int]:
    """Return the least width and height of a group's frame: its title must fit."""
    side = 2 * PAD if group.frame.title == "center" else HEAD + 16
    return ceil(width(clean(group.title), TITLE_SIZE)) + side + 8, HEAD + 2 * PAD


def frame_at(group: Group, rect: Rect) -> Frame:
    """Put a group's icon and title into its frame: icon flush in the corner, or centred on top with the title below."""
    text = clean(group.title)
    wide = width(text, TITLE_SIZE)
    middle = (rect.left + rect.right) / 2
    icon = Rect(rect.left, rect.top, rect.left + HEAD, rect.top + HEAD) if group.frame.icon else None
    if group.frame.title == "center":
        # An Availability Zone has a centred title and no icon; an Auto Scaling group its icon centred on top.
        left, base = middle - wide / 2, rect.top + (HEAD + 20 if icon else 21)
        icon = Rect(middle - HEAD / 2, rect.top, middle + HEAD / 2, rect.top + HEAD) if icon else None
    else:
        left, base = rect.left + (HEAD + 10 if icon else 12), rect.top + 21
    title = Line(text, left, base, wide, TITLE_SIZE)
    return Frame(group, rect, icon, title, Rect(left, base - 0.8 * TITLE_SIZE, left + wide, base + 0.25 * TITLE_SIZE))


def head_height(group: Group) -> int:
    """How much of a frame's top its icon and title take."""
    return HEAD + 28 if group.frame.title == "center" and group.frame.icon else HEAD


def label_lines(text: str, limits: tuple[int, ...] = LABEL_LIMITS) -> list[str]:
    """Break the label of a wire."""
    return fit(text, LABEL_SIZE, limits, 3)


def label_size(wire: Wire) -> tuple[int, int]:
    """Return the width and height that a wire's label, with its step number, takes at most; 0 where it has none."""
    lines = label_lines(wire.label) if wire.label else []
    wide = max((width(line, LABEL_SIZE) for line in lines), default=0.0) + (8 if lines else 0)
    high = len(lines) * LABEL_LINE + (2 if lines else 0)
    if wire.step is not None:
        wide, high = wide + STEP + (0 if lines else 4), max(high, STEP)
    return ceil(wide), high
