"""Rectangles by where they lie, so that asking what is near a place does not look at everything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archkit.diagram.scene import Rect

__all__ = ["Field"]

_CELL = 96


class Field:
    """Rectangles of owners, in the cells of a coarse raster."""

    def __init__(self, rects: Iterable[tuple[Rect, str]] = ()) -> None:
        self.cells: dict[tuple[int, int], list[tuple[Rect, str]]] = {}
        for rect, owner in rects:
            self.add(rect, owner)

    def add(self, rect: Rect, owner: str = "") -> None:
        """Add a rectangle."""
        entry = rect, owner
        for cell in _cells(rect):
            self.cells.setdefault(cell, []).append(entry)

    def hits(self, rect: Rect, but: str = "") -> int:
        """Return how many rectangles an area overlaps, those of one owner left out."""
        left, top, right, bottom = rect
        found = set()
        for cell in _cells(rect):
            for entry in self.cells.get(cell, ()):
                other, owner = entry
                if (
                    (not but or owner != but)
                    and other[0] < right
                    and left < other[2]
                    and other[1] < bottom
                    and top < other[3]
                ):
                    found.add(entry)
        return len(found)


def _cells(rect: Rect) -> Iterator[tuple[int, int]]:
    for column in range(int(rect.left // _CELL), int(rect.right // _CELL) + 1):
        for row in range(int(rect.top // _CELL), int(rect.bottom // _CELL) + 1):
            yield column, row
