"""What each node and edge of an architecture became, for whoever tells it: `archkit explain`, the panel of a page.

`facts` returns plain data, which is the same on every run:

    name, title, file
    problems    why there are no resources, where the architecture cannot be synthesized
    nodes       by id: label, kind, about, note, link, lines, made_by, exists, resources, rights, edges, notes
    edges       by id: source, target, label, note, step, lines, does, resources, rights, environment, changes, notes
    resources   by logical id: type, stack, owner, text (of the template, as YAML)

`lines` are what was written: the number of the first and their text. `resources` of a node or edge are logical ids.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePath
from textwrap import dedent
from typing import TYPE_CHECKING, Any, NamedTuple

from archkit.architecture import Architecture, Edge, Node
from archkit.diagnostics import ArchkitError, Diagnostic, Report, Span

if TYPE_CHECKING:
    from archkit.facts.explainer import Explainer
    from archkit.synth.stacks import Stack

__all__ = ["facts"]

Plain = dict[str, Any]

_ENTRY = re.compile(r"^  (\S+):$")


def facts(world: Architecture, text: str, findings: Iterable[Diagnostic] = ()) -> Plain:
    """Return the facts of an architecture that was read from a text; `findings` become notes at what they concern."""
    from archkit.facts.explainer import Explainer

    report = Report()
    report.extend(findings)
    rows = text.splitlines()
    told: Plain = {"name": world.name, "title": world.title, "file": PurePath(world.path).name, "problems": []}
    try:
        explainer = Explainer(world, report)
    except ArchkitError as error:
        told["problems"] = [found.message for found in error.report.errors]
        became = _Became()
    else:
        became = _became(world, explainer)
    told["nodes"] = {id: became.nodes.get(id, {}) | _node(world, node, rows) for id, node in world.nodes.items()}
    told["edges"] = {edge.id: became.edges.get(edge.id, {}) | _edge(edge, rows) for edge in world.edges}
    told["resources"] = became.resources
    return told


class _Became(NamedTuple):
    """What synthesis adds to nodes and edges, and the resources."""

    nodes: Plain = {}
    edges: Plain = {}
    resources: Plain = {}


def _became(world: Architecture, explainer: Explainer) -> _Became:
    explainer.absences.of_all(world.edges)
    return _Became(
        {node.id: _by_id(explainer.node(node)) for node in world.nodes.values()},
        {edge.id: _by_id(explainer.edge(edge)) for edge in world.edges},
        {id: form for stack in explainer.stacks for id, form in _resources(stack)},
    )


def _by_id(told: Plain) -> Plain:
    """Return what was told with resources by their ids, since each of them is told once."""
    return told | {"resources": [one["id"] for one in told["resources"]]}


def _node(world: Architecture, node: Node, rows: list[str]) -> Plain:
    inner = [child.span.line for child in world.children(node.id) if child.helper_of is None]
    return {
        "id": node.id,
        "kind": node.kind.name,
        "label": node.title,
        "note": node.note,
        "link": node.link,
        "lines": _lines(rows, node.span, (node.tree or node).span, min(inner, default=None)),
        "made_by": node.helper_of,
        "edges": [edge.id for edge in world.edges_of(node.id)],
    }


def _edge(edge: Edge, rows: list[str]) -> Plain:
    return {
        "id": edge.id,
        "source": edge.source,
        "target": edge.target,
        "label": edge.label,
        "note": edge.note,
        "step": edge.step,
        "lines": _lines(rows, edge.span, (edge.tree or edge).span),
    }


def _lines(rows: list[str], start: Span, end: Span, before: int | None = None) -> Plain:
    """Return what was written from a key to the end of its value, and before the line of the first child."""
    last = end.end_line if end.end_line > start.line else start.end_line
    # A block ends where the next thing begins, in a line that is no longer its own.
    if last > start.line and not rows[last - 1][: end.end_column - 1].strip():
        last -= 1
    chosen = rows[start.line - 1 : last if before is None else max(start.line, min(last, before - 1))]
    while len(chosen) > 1 and (not chosen[-1].strip() or chosen[-1].lstrip().startswith("#")):
        chosen.pop()
    return {"first": start.line, "text": dedent("\n".join(chosen))}


def _resources(stack: Stack) -> Iterator[tuple[str, Plain]]:
    from archkit.synth.write import to_yaml

    texts = dict(_entries(to_yaml({"Resources": stack.template.get("Resources", {})})))
    for id, resource in stack.resources.items():
        yield id, {"type": resource.type, "stack": stack.name, "owner": resource.owner, "text": texts.get(id, "")}


def _entries(text: str) -> Iterator[tuple[str, str]]:
    """Yield the logical id and the text of each resource of a section, as it stands in the template."""
    id, rows = "", list[str]()
    for row in [*text.splitlines()[1:], "  :"]:
        if row.startswith("  ") and row[2:3] != " " and (found := _ENTRY.match(row) or row == "  :"):
            if id:
                yield id, "\n".join(rows)
            id, rows = found[1] if isinstance(found, re.Match) else "", []
        rows.append(row[2:])
