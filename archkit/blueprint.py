"""What was written: a tree becomes declarations of nodes, edges, parameters and outputs. Knows no AWS."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from archkit.diagnostics import Report, Span, did_you_mean
from archkit.source import Mapping, Scalar, Sequence, Tree

__all__ = ["Blueprint", "EdgeDecl", "End", "NodeDecl", "parse"]

KEYS = ("name", "title", "description", "region", "account", "security", "direction", "parameters", "defaults", "nodes",
        "edges", "outputs", "tags", "lint_ignore", "parts", "environments")  # fmt: skip
RESERVED = {
    "parts": "write the nodes out; a named sub-blueprint will stand here in a later version",
    "environments": "use parameters for what differs; overlays will stand here in a later version",
}
ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
END = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z][A-Za-z0-9_-]*)*")


@dataclass(frozen=True, slots=True)
class NodeDecl:
    """A node as written: its id, its kind, the mapping of its properties where it has one, and the group it stands
    in. `beside` maps the ids of nodes that are stamped with it to those of their copies.
    """

    id: str
    span: Span
    kind: Scalar
    tree: Mapping | None
    parent: str | None
    beside: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class End:
    """One end of an edge: a node's id, or a helper's (`jobs.dead_letters`)."""

    id: str
    span: Span


@dataclass(frozen=True, slots=True)
class EdgeDecl:
    """One arrow as written, after chains and fans are told apart; `beside` as for nodes."""

    source: End
    target: End
    span: Span
    both: bool
    body: Tree | None
    beside: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Blueprint:
    """A blueprint as written; what could not be read is left out, with its reason in the report."""

    path: str
    tree: Mapping
    name: str
    nodes: list[NodeDecl] = field(default_factory=list)
    edges: list[EdgeDecl] = field(default_factory=list)

    def text(self, key: str) -> str:
        """Return a top-level text, empty where it is missing; `$${` stands for `${` as everywhere."""
        value = self.tree.get(key)
        return value.text.replace("$${", "${") if isinstance(value, Scalar) else ""


def parse(tree: Tree, path: str, report: Report) -> Blueprint | None:
    """Return the declarations of a document; None where it is not a mapping."""
    if not isinstance(tree, Mapping):
        report.error("not-a-blueprint", "a blueprint is a mapping with 'name', 'nodes' and 'edges'", tree.span)
        return None
    for key, _value in tree:
        if key.text in RESERVED:
            report.error("reserved", f"'{key.text}:' is reserved and not available yet", key.span, RESERVED[key.text])
        elif key.text not in KEYS:
            hint = did_you_mean(key.text, KEYS) or f"keys: {', '.join(KEYS[:-2])}"
            report.error("unknown-key", f"unknown key '{key.text}' in a blueprint", key.span, hint)
    blueprint = Blueprint(path, tree, _name(tree, report))
    for name in ("title", "description", "region", "account", "security", "direction"):
        if isinstance(value := tree.get(name), Mapping | Sequence):
            report.error("wrong-type", f"'{name}' takes a text", value.span)
    nodes = tree.get("nodes")
    if nodes is None:
        report.error("missing-property", "a blueprint needs 'nodes'", tree.span, "nodes: {api: apigateway.http}")
    else:
        _nodes(nodes, None, blueprint, report, {})
    edges = tree.get("edges")
    if edges is not None and not (isinstance(edges, Scalar) and edges.empty):
        _edges(edges, blueprint, report)
    return blueprint


def _name(tree: Mapping, report: Report) -> str:
    value = tree.get("name")
    if value is None:
        if not any(key not in KEYS and did_you_mean(key, KEYS) == did_you_mean("name", KEYS) for key in tree.names):
            report.error("missing-property", "a blueprint needs a 'name'", tree.span, "name: my-service")
        return "blueprint"
    if not isinstance(value, Scalar) or not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", value.text):
        said = f"'{value.text}'" if isinstance(value, Scalar) else "this"
        report.error("bad-name", f"a blueprint's name is lower-case words with hyphens, not {said}", value.span,
                     "stacks, buckets and files are named after it")  # fmt: skip
        return "blueprint"
    if len(value.text) > 60:
        report.error("bad-name", f"a blueprint's name has at most 60 characters, not {len(value.text)}", value.span)
    return value.text


def _nodes(tree: Tree, parent: str | None, into: Blueprint, report: Report, seen: dict[str, Span]) -> None:
    if not isinstance(tree, Mapping):
        report.error("wrong-type", "'nodes' takes a mapping of ids to kinds", tree.span, "nodes: {jobs: sqs.queue}")
        return
    for key, value in tree:
        if not ID.fullmatch(key.text):
            report.error("bad-id", f"'{key.text}' cannot be the id of a node", key.span,
                         "letters, digits, '-' and '_', beginning with a letter")  # fmt: skip
            continue
        if key.text in seen:
            report.error(
                "duplicate-id",
                f"the node '{key.text}' is already given on line {seen[key.text].line}",
                key.span,
                "ids are unique in the whole blueprint, whatever group they stand in",
            )
            continue
        seen[key.text] = key.span
        kind = value if isinstance(value, Scalar) else value.get("kind") if isinstance(value, Mapping) else None
        if not isinstance(kind, Scalar) or kind.empty:
            report.error("missing-kind", f"the node '{key.text}' needs a kind", key.span,
                         f"{key.text}: sqs.queue, or {key.text}: {{kind: sqs.queue}}")  # fmt: skip
            continue
        body = value if isinstance(value, Mapping) else None
        into.nodes.append(NodeDecl(key.text, key.span, kind, body, parent))
        if body and (inner := body.get("nodes")) is not None:
            _nodes(inner, key.text, into, report, seen)


def _edges(tree: Tree, into: Blueprint, report: Report) -> None:
    if isinstance(tree, Mapping):
        report.error("wrong-type", "'edges' takes a list", tree.span, "begin each edge with '- '")
        return
    for item in tree if isinstance(tree, Sequence) else (tree,):
        if isinstance(item, Scalar):
            into.edges += _arrows(item, None, report)
        elif isinstance(item, Mapping) and len(item.entries) == 1:
            key, value = item.entries[0]
            into.edges += _arrows(key, value, report)
        else:
            fix = "'a -> b: {does: read}', indented below the arrow"
            report.error("bad-edge", "an edge is 'a -> b', or 'a -> b: what it does'", item.span, fix)


def _arrows(text: Scalar, body: Tree | None, report: Report) -> list[EdgeDecl]:
    if isinstance(body, Scalar) and body.empty:
        body = None
    pieces = re.split(r"(<->|<-|->)", text.text)
    arrows = pieces[1::2]
    if not arrows:
        report.error("bad-edge", f"'{text.text}' has no arrow", text.span, "write 'source -> target'")
        return []
    if "<-" in arrows:
        ends = [piece.strip() for piece in pieces[::2]]
        fix = f"write '{ends[1]} -> {ends[0]}'" if len(ends) == 2 else "turn it round"
        report.error("backward-arrow", "an edge is written in the direction of its flow, with '->'", text.span, fix)
        return []
    if body is not None and len(arrows) > 1:
        report.error("chain-with-body", "a chain takes no short form and no options", text.span,
                     "write the edge that has one by itself")  # fmt: skip
        return []
    groups, offset = [], 0
    for index, piece in enumerate(pieces):
        if index % 2 == 0:
            groups.append(_ends(piece, offset, text.span, report))
        offset += len(piece)
    found = []
    for index, arrow in enumerate(arrows):
        for source in groups[index]:
            for target in groups[index + 1]:
                found.append(EdgeDecl(source, target, text.span, arrow == "<->", body))
    return found


def _ends(piece: str, offset: int, span: Span, report: Report) -> list[End]:
    ends = []
    for part in piece.split(","):
        id = part.strip()
        start = span.column + offset + len(part) - len(part.lstrip())
        place = Span(span.path, span.line, start, span.line, start + max(len(id), 1))
        if END.fullmatch(id):
            ends.append(End(id, place))
        elif not id:
            report.error("bad-edge", "an arrow has nothing at one end", place, "write 'source -> target'")
        else:
            report.error("bad-edge", f"'{id}' is not the id of a node", place, "write 'source -> target: what it does'")
        offset += len(part) + 1
    return ends
