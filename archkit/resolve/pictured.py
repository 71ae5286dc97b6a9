"""Words that change the picture and nothing else: where a node stands, in which row, which way a group flows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Literal

from archkit.architecture import Hints, Node
from archkit.diagnostics import Report, Span, did_you_mean, listing
from archkit.source import Mapping as Tree
from archkit.source import Sequence

__all__ = ["SIDES", "WORDS", "check", "hints"]

SIDES = ("right_of", "left_of", "above", "below")
WORDS: dict[str, Any] = {
    "place": dict[str, str], "same_row": list[str], "direction": Literal["right", "down"], "hidden": bool,
}  # fmt: skip


def hints(common: dict[str, Any], copies: Mapping[str, str]) -> Hints:
    """Take the words of the picture out of what is common to all nodes; a stamped node means the copies beside it."""
    place, row = common.pop("place", None) or {}, common.pop("same_row", None) or ()
    return Hints(
        tuple((side, copies.get(id, id)) for side, id in place.items()),
        tuple(copies.get(id, id) for id in row),
        common.pop("direction", None),
        bool(common.pop("hidden", None)),
    )


def check(nodes: Mapping[str, Node], declared: Collection[str], report: Report) -> None:
    """Report what the words of the picture say of no node, of no side, or of no group."""
    for node in nodes.values():
        for side, _ in node.hints.beside:
            if side not in SIDES:
                report.error("unknown-word", f"'place' knows no '{side}'", _at(node, "place", side),
                             did_you_mean(side, SIDES) or f"it takes {listing(SIDES)}")  # fmt: skip
        for other, span in _others(node):
            if other in nodes or other not in declared:  # else it was set aside with an error of its own
                _check(node, other, span, nodes, report)
        if node.hints.direction and node.frame is None:
            report.error("not-a-group", f"{node.kind.name} holds no nodes that could flow", node.at("direction"),
                         "'direction' is a word of groups, and of the blueprint")  # fmt: skip


def _others(node: Node) -> Iterator[tuple[str, Span]]:
    for side, other in node.hints.beside:
        yield other, _at(node, "place", side)
    row = node.tree.get("same_row") if node.tree else None
    spans = [item.span for item in row.items] if isinstance(row, Sequence) else []
    for place, other in enumerate(node.hints.same_row):
        yield other, spans[place] if place < len(spans) else node.at("same_row")


def _check(node: Node, other: str, span: Span, nodes: Mapping[str, Node], report: Report) -> None:
    """Report a node that is not there, or that cannot stand beside this one."""
    if other not in nodes:
        known = [id for id in nodes if "." not in id]
        report.error("unknown-node", f"there is no node '{other}'", span,
                     did_you_mean(other, known) or f"nodes: {', '.join(known[:12])}")  # fmt: skip
    elif other == node.id or other in _around(node.id, nodes) or node.id in _around(other, nodes):
        what = "itself" if other == node.id else f"'{other}', which it stands in or holds"
        report.error("bad-place", f"'{node.id}' cannot stand beside {what}", span, "name a node beside it")


def _around(id: str, nodes: Mapping[str, Node]) -> Iterator[str]:
    parent = nodes[id].parent
    while parent is not None and parent in nodes:
        yield parent
        parent = nodes[parent].parent


def _at(node: Node, name: str, key: str) -> Span:
    tree = node.tree.get(name) if node.tree else None
    value = tree.get(key) if isinstance(tree, Tree) else None
    return value.span if value is not None else node.at(name)
