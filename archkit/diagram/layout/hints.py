"""What authors say of places, as wishes of each level: which item comes before which, which share a rank or a line."""

from __future__ import annotations

from dataclasses import dataclass, field

from archkit.diagram.plan import Plan

__all__ = ["Wishes", "wishes"]

Pair = tuple[str, str]


@dataclass(eq=False, repr=False)
class Wishes:
    """Pairs of items of one group: the first `ahead` of the second in the flow, both in one rank (`level`), there one
    directly `after` the other, and both on one `line` along the flow."""

    ahead: list[Pair] = field(default_factory=list)
    level: list[Pair] = field(default_factory=list)
    after: list[Pair] = field(default_factory=list)
    line: list[Pair] = field(default_factory=list)

    @property
    def items(self) -> set[str]:
        """All items that are spoken of."""
        return {item for pairs in (self.ahead, self.level, self.after, self.line) for pair in pairs for item in pair}


def wishes(plan: Plan, vertical: bool) -> dict[str | None, Wishes]:
    """Return the wishes by group; a hint between nodes of two groups is one between these."""
    found: dict[str | None, Wishes] = {}
    for hint in plan.hints:
        if not all(id in plan.boxes or id in plan.groups for id in (hint.item, hint.other)):
            continue
        one, two = plan.chain(hint.item), plan.chain(hint.other)
        while one and two and one[-1] == two[-1]:
            one.pop()
            two.pop()
        if one and two:
            _add(found.setdefault(plan.parent(one[-1]), Wishes()), hint.word, one[-1], two[-1], vertical)
    return found


def _add(wish: Wishes, word: str, item: str, other: str, vertical: bool) -> None:
    if word == "row":
        (wish.level if vertical else wish.line).append((other, item))
        return
    pair = (other, item) if word in ("right_of", "below") else (item, other)
    if (word in ("above", "below")) == vertical:
        wish.ahead.append(pair)
        wish.line.append(pair)
    else:
        wish.after.append(pair)
