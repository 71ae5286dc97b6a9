"""States of a workflow as they are read: names, types, fields, and the calls behind them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from archkit.diagnostics import Span
from archkit.kinds.stepfunctions.fields import TEXT
from archkit.reading import read_json
from archkit.shared.outward import Endpoint
from archkit.source import Scalar, Sequence, Tree

__all__ = ["Call", "Machine", "State", "call_of", "plain"]


@dataclass(frozen=True)
class Call:
    """What `do: node.Operation` says."""

    node: str
    api: str | None
    wait: str | None
    span: Span


@dataclass
class State:
    """One state: its type, its fields as AWS spells them, the call behind it, and the machines inside it."""

    name: str
    type: str
    span: Span
    fields: dict[str, Any] = field(default_factory=dict)
    own: dict[str, Tree] = field(default_factory=dict)
    places: dict[str, Span] = field(default_factory=dict)
    calls: dict[str, Call] = field(default_factory=dict)
    endpoint: Endpoint | None = None
    inner: list[Machine] = field(default_factory=list)
    goals: list[tuple[str, str, Span]] = field(default_factory=list)


@dataclass
class Machine:
    """States beside one another; `start` is the first."""

    states: dict[str, State] = field(default_factory=dict)
    start: str = ""
    top: dict[str, Any] = field(default_factory=dict)
    span: Span | None = None

    def walk(self) -> Iterator[State]:
        """Yield every state, those inside others included."""
        for state in self.states.values():
            yield state
            for inner in state.inner:
                yield from inner.walk()


def call_of(do: Scalar, wait: str | None) -> Call:
    """Split `node.Operation`: an operation has a capital letter, the id of a helper node has none."""
    node, _, last = do.text.rpartition(".")
    if node and re.search("[A-Z]", last):
        return Call(node, last[:1].upper() + last[1:], wait, do.span)
    return Call(do.text, None, wait, do.span)


def plain(name: str, tree: Tree) -> Any:
    """Read a value; what AWS wants as text stays text."""
    if name in TEXT and isinstance(tree, Scalar) and not tree.empty and "${" not in tree.text:
        return tree.text
    if name in TEXT and isinstance(tree, Sequence):
        return [plain(name, item) for item in tree]
    return read_json(tree)
