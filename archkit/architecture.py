"""What a blueprint means: nodes with their kinds bound, groups, and edges whose meaning is known. Frozen.

Every back end reads only this: the checks, synth and the picture cannot disagree about what was meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from archkit.diagnostics import Span
from archkit.joins import Style
from archkit.kind import Frame, Grant, Join, Kind, Record
from archkit.source import Mapping as Tree

__all__ = ["Architecture", "Edge", "Effect", "Ends", "Hints", "Node", "Output", "Parameter", "Place"]

Place = tuple[str, str]
"""An account id and a Region, each empty where the blueprint does not say: what a stack is deployed into."""


@dataclass(frozen=True)
class Hints:
    """What an author says of the picture alone: beside which nodes one stands (by the word: right_of, left_of, above,
    below), with which in one row, where the flow in a group leads, and whether it is drawn at all."""

    beside: tuple[tuple[str, str], ...] = ()
    same_row: tuple[str, ...] = ()
    direction: str | None = None
    hidden: bool = False


@dataclass(frozen=True)
class Node:
    """One node. `helper_of` names the node that made it, `tree` is what was written, `inherited` adds the defaults,
    `copy_of` is the id as written of a node that a Region of several codes stamps."""

    id: str
    kind: Kind
    span: Span
    parent: str | None = None
    place: Place = ("", "")
    label: str | None = None
    note: str | None = None
    link: str | None = None
    tags: Mapping[str, Any] = field(default_factory=dict)
    overrides: Mapping[str, Any] = field(default_factory=dict)
    deletion: str | None = None
    logical_id: str | None = None
    existing: Mapping[str, Any] | None = None
    lint_ignore: Mapping[str, str] = field(default_factory=dict)
    helper_of: str | None = None
    tree: Tree | None = None
    inherited: Tree | None = None
    copy_of: str | None = None
    hints: Hints = Hints()

    @property
    def title(self) -> str:
        """The name under the icon: the label, else the id as words."""
        return self.label or self.id.replace(".", " ").replace("-", " ").replace("_", " ")

    @property
    def frame(self) -> Frame | None:
        """How it is drawn as a group; None for what is not a group."""
        return self.kind.framed()

    def at(self, name: str) -> Span:
        """Return the place of a property's value, or of the node where it was not written."""
        value = next((tree.get(name) for tree in (self.tree, self.inherited) if tree and tree.key(name)), None)
        return value.span if value is not None else self.span


@dataclass(frozen=True)
class Effect:
    """One thing that an edge does: a word, and the grant or the join behind it.

    `owner` is the id of the node whose kind declares the join (for a grant: the principal); `partner` holds the
    options that the other end added.
    """

    word: str
    owner: str
    grant: Grant | None = None
    join: Join | None = None
    partner: Record | None = None
    actions: tuple[str, ...] = ()

    @property
    def style(self) -> Style:
        """The line style that tells its nature in the picture."""
        return self.join.style if self.join else "data"


@dataclass(frozen=True)
class Edge:
    """One arrow, `source` to `target`, and what it does. No effects: it is drawn and nothing else."""

    id: str
    source: str
    target: str
    span: Span
    effects: tuple[Effect, ...] = ()
    label: str | None = None
    note: str | None = None
    step: int | None = None
    both: bool = False
    env: str | None = None
    badge: bool = False
    style: Style = "request"
    slug: str = ""
    tree: Tree | None = None
    hidden: bool = False

    def at(self, name: str) -> Span:
        """Return the place of an option's value, or of the edge where it was not written."""
        value = self.tree.get(name) if self.tree else None
        return value.span if value is not None else self.span


@dataclass(frozen=True)
class Parameter:
    """A template parameter: the properties of its CloudFormation form."""

    name: str
    properties: Mapping[str, Any]
    span: Span


@dataclass(frozen=True)
class Output:
    """A stack output: a value, what it says, and the name it is exported under."""

    name: str
    value: Any
    span: Span
    description: str | None = None
    export: Any = None


@dataclass(frozen=True)
class Architecture:
    """A blueprint whose every name is resolved. `nodes` and `edges` keep the order in which they were written."""

    name: str
    title: str
    description: str
    path: str
    nodes: Mapping[str, Node]
    edges: tuple[Edge, ...]
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    outputs: Mapping[str, Output] = field(default_factory=dict)
    tags: Mapping[str, Any] = field(default_factory=dict)
    lint_ignore: Mapping[str, str] = field(default_factory=dict)
    region: str = ""
    account: str = ""
    security: str = "standard"
    direction: str | None = None
    tree: Tree | None = None

    def __getitem__(self, id: str) -> Node:
        return self.nodes[id]

    @cached_property
    def roots(self) -> tuple[Node, ...]:
        """Nodes that stand in no group."""
        return tuple(node for node in self.nodes.values() if node.parent is None)

    def children(self, id: str) -> tuple[Node, ...]:
        """Nodes that stand directly in a group."""
        return self._children.get(id, ())

    @cached_property
    def _children(self) -> dict[str, tuple[Node, ...]]:
        found: dict[str, list[Node]] = {}
        for node in self.nodes.values():
            if node.parent is not None:
                found.setdefault(node.parent, []).append(node)
        return {id: tuple(nodes) for id, nodes in found.items()}

    def edges_of(self, id: str) -> Iterator[Edge]:
        """Edges that begin or end at a node, in order."""
        return (edge for edge in self.edges if id in (edge.source, edge.target))

    def effects(self, word: str | None = None) -> Iterator[tuple[Edge, Effect]]:
        """All effects, or those of one word, with their edges."""
        for edge in self.edges:
            for effect in edge.effects:
                if word is None or effect.word == word:
                    yield edge, effect


@dataclass
class Ends:
    """The two ends of a join before anything is made: what `Join.refuse` looks at."""

    architecture: Architecture
    edge: Edge
    effect: Effect

    @cached_property
    def source(self) -> Node:
        """The node at the arrow's tail."""
        return self.architecture[self.edge.source]

    @cached_property
    def target(self) -> Node:
        """The node at the arrow's head."""
        return self.architecture[self.edge.target]

    @property
    def owner(self) -> Node:
        """The end whose kind declares the join."""
        return self.architecture[self.effect.owner]

    @property
    def other(self) -> Node:
        """The other end."""
        return self.target if self.effect.owner == self.edge.source else self.source

    @property
    def partner(self) -> Any:
        """The options that the other end added."""
        return self.effect.partner
