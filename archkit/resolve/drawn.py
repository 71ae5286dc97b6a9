"""Edges, wherever they are written: in the list, as a node-valued property, or inside a property such as a workflow."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from archkit.architecture import Edge, Effect, Node
from archkit.blueprint import Blueprint, EdgeDecl, End
from archkit.diagnostics import Report, Span, did_you_mean, listing
from archkit.edges.binding import bind
from archkit.kind import Record
from archkit.resolve.defaults import takes_backup
from archkit.resolve.header import Header
from archkit.resolve.homes import move_home
from archkit.resolve.regions import localized
from archkit.schema import NodeId, fields_of
from archkit.source import Scalar

__all__ = ["bind_edges"]


def bind_edges(
    blueprint: Blueprint, nodes: dict[str, Node], header: Header, report: Report
) -> tuple[dict[str, Node], tuple[Edge, ...]]:
    """Return the nodes (some moved to the Region that AWS demands) and all edges with their meaning."""
    edges = _Edges(blueprint, nodes, header, report)
    for declared in blueprint.edges:
        edges.declared(declared)
    for node in list(nodes.values()):
        edges.alarm(node)
        edges.backup(node)
        edges.mentions(node)
        edges.properties(node)
    edges.options()
    edges.replace_helpers()
    move_home(edges.nodes, edges.found, header, report)
    return edges.nodes, tuple(edges.found.values())


class _Edges:
    def __init__(self, blueprint: Blueprint, nodes: dict[str, Node], header: Header, report: Report) -> None:
        self.blueprint = blueprint
        self.nodes = nodes
        self.header = header
        self.report = report
        self.found: dict[str, Edge] = {}
        self.unsaid: set[str] = set()
        self.declared_ids = {declared.id for declared in blueprint.nodes}

    def end(self, end: End, near: str = "") -> Node | None:
        """Find the node of an end; a stamped node means the copy that stands beside it."""
        node = self.nodes.get(end.id)
        if node is None and near:
            stem = next((d for d in self.declared_ids if near.startswith(f"{d}-")), None)
            node = self.nodes.get(end.id + near.removeprefix(stem)) if stem else None
        if node is not None:
            return node
        head, _, rest = end.id.partition(".")
        if head in self.declared_ids and not rest:
            return None  # the node itself was set aside with an error of its own
        if head in self.nodes and rest:
            mine = [id.removeprefix(f"{head}.") for id in self.nodes if id.startswith(f"{head}.")]
            self.report.error(
                "unknown-helper",
                f"{self.nodes[head].kind.name} '{head}' makes no '{rest}'",
                end.span,
                f"it makes {listing(mine, 'and')}" if mine else "it makes no helper that an edge can reach",
            )
        elif head not in self.declared_ids:
            known = [id for id in self.nodes if "." not in id]
            self.report.error("unknown-node", f"there is no node '{end.id}'", end.span,
                              did_you_mean(end.id, known) or f"nodes: {', '.join(known[:12])}")  # fmt: skip
        return None

    def declared(self, declared: EdgeDecl) -> None:
        source, target = self.end(declared.source), self.end(declared.target)
        if source is None or target is None:
            return
        edge = bind(source, target, declared.body, declared.span, declared.both, self.report)
        if edge is not None:
            self.add(dataclasses.replace(edge, effects=localized(edge.effects, declared.beside)))
            if declared.body is None:
                self.unsaid.add(edge.id)

    def add(self, edge: Edge) -> None:
        """Add an edge under its id; two of one pair must differ by route, filter, pattern or an id of their own."""
        other = self.found.get(edge.id)
        if other is None:
            self.found[edge.id] = edge
        elif not edge.badge:
            self.report.error(
                "duplicate-edge",
                f"'{edge.source} -> {edge.target}' is already written on line {other.span.line}",
                edge.span,
                "join the two (does: [read, write]), or give each an 'id'",
            )

    def mentions(self, node: Node) -> None:
        """Add the edges that a property of a node draws; one that is also written in the list is not drawn twice."""
        for mention in node.kind.mentions():
            if mention.optional and mention.target not in self.nodes:
                continue
            target = self.end(End(mention.target, mention.span), node.id)
            if target is None:
                continue
            joins = {join.word: join for join in node.kind.joins}
            join = joins[mention.word]
            if not join.fits(type(node.kind), type(target.kind)):
                self.report.error(
                    "cannot-join", f"{node.kind.name} cannot {mention.word} {target.kind.name}", mention.span
                )
                continue
            effect = Effect(mention.word, node.id, join=join(**mention.options))
            written = next((e for e in self.found.values() if (e.source, e.target) == (node.id, target.id)), None)
            if written is None:
                self.add(Edge(f"{node.id}->{target.id}", node.id, target.id, mention.span, (effect,), style="request"))
            elif effect not in written.effects:
                # an arrow without words draws what the property says, and adds no rights to it
                before = () if written.id in self.unsaid else written.effects
                self.unsaid.discard(written.id)
                self.found[written.id] = dataclasses.replace(written, effects=(*before, effect))

    def properties(self, node: Node) -> None:
        """Add an edge for each node-valued property: `key: cmk`, `layers: [common]`."""
        if node.existing is not None:
            return
        for name, meta, target, span in self.named_nodes(node.kind, node):
            join = next((join for join in node.kind.joins if join.word == meta["slot"]), None)
            effects = (Effect(meta["slot"], node.id, join=join()),) if join else ()
            edge = Edge(f"{node.id}->{target.id}:{name}", node.id, target.id, span, effects, badge=True, style="guard")
            self.add(edge)

    def named_nodes(self, record: Record, node: Node, within: str = "") -> Iterator[tuple[str, Any, Node, Span]]:
        """Yield the node-valued properties that name a node of a fitting kind, complaining of the others.

        Those of records inside a property count too; `within` is the property that holds them.
        """
        for name, item in fields_of(type(record)).items():
            value = getattr(record, name)
            inside = (
                value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else (value,)
            )
            for id in inside:
                if isinstance(id, Record):
                    yield from self.named_nodes(id, node, within or name)
                if not isinstance(id, NodeId) and not (item.metadata.get("slot") and isinstance(id, str)):
                    continue
                root = self.nodes.get(node.helper_of or "", node)
                span = root.at(within or name)
                target = self.end(End(str(id), span), node.id)
                wanted = item.metadata.get("to") or ()
                if target is not None and wanted and target.kind.name not in wanted:
                    self.report.error("wrong-kind", f"'{name}' of {node.kind.name} names a {target.kind.name}", span,
                                      f"it takes {listing(wanted)}")  # fmt: skip
                elif target is not None:
                    yield name, item.metadata, target, span

    def options(self) -> None:
        """Check the node-valued options of edges; they are drawn as badges of the node that owns the join."""
        for edge in list(self.found.values()):
            for effect in edge.effects:
                for record in (effect.join, effect.partner):
                    if record is None or edge.badge:
                        continue
                    owner = dataclasses.replace(self.nodes[effect.owner], tree=edge.tree, span=edge.span)
                    for name, meta, target, span in self.named_nodes(record, owner):
                        if meta.get("slot"):
                            id = f"{edge.id}:{name}"
                            self.found[id] = Edge(id, effect.owner, target.id, span, badge=True, style="guard")

    def alarm(self, node: Node) -> None:
        """Join the alarms that `alarms:` made to what they watch and to whom they tell."""
        if node.kind.name != "cloudwatch.alarm" or node.helper_of is None:
            return
        owner = self.nodes[node.id.rsplit(".", 1)[0]]
        self.join(owner, node, owner.span)
        target = self.named(owner, "notify")
        if target is not None:
            self.join(node, *target)

    def backup(self, node: Node) -> None:
        """Join a plan to what names it as its `backup`."""
        if node.helper_of is None and node.existing is None and takes_backup(type(node.kind)):
            plan = self.named(node, "backup")
            if plan is not None:
                self.join(plan[0], node, plan[1])

    def named(self, node: Node, name: str) -> tuple[Node, Span] | None:
        """Return the node that a property common to many kinds names, by the node's own word or by a default."""
        found = node.tree.get(name) if node.tree else None
        for pattern, properties in self.header.defaults:
            if found is None and pattern.text in ("*", node.kind.name):
                found = properties.get(name)
        target = self.end(End(found.text, found.span), node.id) if isinstance(found, Scalar) else None
        return (target, found.span) if target is not None and found is not None else None

    def join(self, source: Node, target: Node, span: Span) -> None:
        edge = bind(source, target, None, span, False, self.report)
        if edge is not None:
            self.add(dataclasses.replace(edge, badge=True))

    def replace_helpers(self) -> None:
        """Leave out the helpers for which an edge names a node of the author's."""
        for edge in list(self.found.values()):
            for effect in edge.effects:
                helper = effect.join.replaces if effect.join else None
                if helper:
                    self.drop(f"{effect.owner}.{helper}", edge)

    def drop(self, id: str, edge: Edge) -> None:
        gone = {id, *(other for other in self.nodes if other.startswith(f"{id}."))}
        for other_id in gone:
            self.nodes.pop(other_id, None)
        for other in [found for found in self.found.values() if gone & {found.source, found.target}]:
            del self.found[other.id]
            if not other.badge:
                self.report.error(
                    "unknown-helper",
                    f"'{id}' is not made, because '{edge.target}' stands in its place",
                    other.span,
                    f"write '{edge.target}' instead",
                )
