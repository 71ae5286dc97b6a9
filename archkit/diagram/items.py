"""What a picture is made of before it has a geometry: boxes, groups, wires and badges, and the plan that holds them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from archkit.joins import Style
from archkit.kind import Frame, Spread

__all__ = ["Badge", "Box", "Group", "Hint", "Plan", "Wire"]


@dataclass(frozen=True)
class Badge:
    """A small icon at a node: what it is, and the node that it stands for."""

    icon: str
    title: str


@dataclass(frozen=True, eq=False, repr=False)
class Box:
    """A node to be drawn as an icon with its name below; a workflow's state is a card, its start and end are marks.

    `of` is the node that it is a copy of, `dim` says that the copy waits to take over. `spread`, `second`, `further`,
    `border` and `envelope` are what the kind says of how it stands in zones, what those in other zones are and how
    many, whether it stands on a frame, and which frame holds its copies.
    """

    id: str
    title: str
    kind: str
    icon: str
    parent: str | None
    caption: str | None = None
    note: str | None = None
    link: str | None = None
    actor: bool = False
    guard: bool = False
    badges: tuple[Badge, ...] = ()
    shape: Literal["icon", "card", "mark", "block"] = "icon"
    of: str = ""
    dim: bool = False
    spread: Spread = "one"
    second: str = "standby"
    further: int = 1
    border: bool = False
    envelope: Frame | None = None


@dataclass(frozen=True, eq=False, repr=False)
class Group:
    """A group to be drawn as a frame around its children, which may be boxes and groups.

    Children without wires are packed, or stand `abreast` of the others. `columns` are the zones of a VPC, `row` is a
    tier that lies across them, `open` to the Internet; `of` is the group that it is a copy of, and an `overlay` lies
    over other frames to hold copies (`members`) that stand in them.
    """

    id: str
    title: str
    kind: str
    frame: Frame
    parent: str | None
    children: tuple[str, ...]
    note: str | None = None
    link: str | None = None
    abreast: bool = False
    columns: int = 0
    row: bool = False
    open: bool = False
    direction: str | None = None
    of: str = ""
    overlay: bool = False
    members: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, repr=False)
class Wire:
    """An edge to be drawn. `source` and `target` are ids of boxes or groups; what is `aside` bends for the others.

    `edge` is the edge's id where several wires are drawn for it, between copies of its ends, `via` a gateway on the
    way.
    """

    id: str
    source: str
    target: str
    style: Style = "request"
    label: str | None = None
    both: bool = False
    step: int | None = None
    note: str | None = None
    aside: bool = False
    edge: str = ""
    via: str | None = None


@dataclass(frozen=True, eq=False, repr=False)
class Hint:
    """What an author says of a place: an item stands `right_of`, `left_of`, `above` or `below` another, or in one
    `row` with it."""

    item: str
    word: str
    other: str


@dataclass(frozen=True, eq=False, repr=False)
class Plan:
    """Everything to be drawn. `roots` stand in no group; dictionaries keep the order of the blueprint."""

    name: str
    title: str
    description: str
    direction: str | None
    boxes: Mapping[str, Box]
    groups: Mapping[str, Group]
    roots: tuple[str, ...]
    wires: tuple[Wire, ...]
    steps: tuple[tuple[int, str], ...] = ()
    styles: tuple[Style, ...] = field(default=())
    hints: tuple[Hint, ...] = ()

    def parent(self, id: str | None) -> str | None:
        """Return the group that a box or group stands in."""
        if id is None:
            return None
        return self.boxes[id].parent if id in self.boxes else self.groups[id].parent

    def chain(self, id: str) -> list[str]:
        """Return an item and the groups around it, from the inside out."""
        found = [id]
        while (parent := self.parent(found[-1])) is not None:
            found.append(parent)
        return found

    def told(self, id: str) -> str:
        """Return the node or the group of the blueprint that an item is drawn for."""
        return (self.boxes[id].of if id in self.boxes else self.groups[id].of) or id

    def holder(self, id: str) -> str | None:
        """Return the group around a box: one that lies over all zones (a cluster), or the one that it stands in."""
        over = (group.id for group in self.groups.values() if group.overlay and not group.of and id in group.members)
        return next(over, None) or self.parent(id)

    def children(self, group: str | None) -> tuple[str, ...]:
        """Return what stands directly in a group, or in none."""
        return self.roots if group is None else self.groups[group].children

    def items(self) -> Iterator[str]:
        """Yield all groups, then all boxes."""
        yield from self.groups
        yield from self.boxes
