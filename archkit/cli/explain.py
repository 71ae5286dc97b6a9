"""`archkit explain`: what a node or an edge became, and why."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from archkit.cli.inputs import open_blueprint
from archkit.cli.options import Blueprint, examples
from archkit.cli.output import emit, fail_usage, stop
from archkit.diagnostics import ArchkitError, did_you_mean

if TYPE_CHECKING:
    from archkit.architecture import Architecture, Edge, Node

__all__ = ["EXAMPLES", "explain"]

EXAMPLES = examples(
    ("archkit explain shop.yaml", "every node and edge"),
    ("archkit explain shop.yaml api", "one node, and the edges at it"),
    ("archkit explain shop.yaml 'resize -> photos'", "one edge"),
    ("archkit explain shop.yaml --format json", "for programs"),
)


def explain(
    file: Blueprint,
    about: Annotated[
        str | None, typer.Argument(metavar="NODE|EDGE", help="A node's id, or an edge as it is written.")
    ] = None,
    format: Annotated[Literal["text", "json"], typer.Option("--format", "-f", help="How to print it.")] = "text",
) -> None:
    """Say what each node and edge became: resources, rights, environment variables, changed properties, and why."""
    opened = open_blueprint(file)
    try:
        world = opened.loaded.sound()
        nodes, edges = _chosen(world, about)
        from archkit.facts.explainer import Explainer

        explainer = Explainer(world, opened.report)
    except ArchkitError as error:
        stop(error.report, opened.sources)
    explainer.absences.of_all(edges)
    told = {"nodes": [explainer.node(node) for node in nodes], "edges": [explainer.edge(edge) for edge in edges]}
    if format == "json":
        emit(json.dumps({"name": world.name, **told}, indent=2, ensure_ascii=False) + "\n")
        return
    sections = [*(_node(one) for one in told["nodes"]), *(_edge(one) for one in told["edges"])]
    emit("\n".join(sections))


def _chosen(world: Architecture, about: str | None) -> tuple[Iterable[Node], Iterable[Edge]]:
    if about is None:
        return world.nodes.values(), world.edges
    if about in world.nodes:
        return [node for node in world.nodes.values() if about in (node.id, node.helper_of)], list(
            world.edges_of(about)
        )
    wanted = re.sub(r":\s+", ":", re.sub(r"\s*->\s*", "->", about.strip()))
    edges = [edge for edge in world.edges if wanted in (edge.id, f"{edge.source}->{edge.target}")]
    if not edges:
        known = [*world.nodes, *(f"{edge.source} -> {edge.target}" for edge in world.edges)]
        fail_usage(
            f"'{about}' is neither a node nor an edge; {did_you_mean(about, known) or 'name one as it is written'}"
        )
    return (), edges


def _node(told: dict[str, Any]) -> str:
    made = f", made by {told['made_by']}" if told["made_by"] else ""
    edges = [f"{_title(edge)}  ({', '.join(edge['does']) or 'drawn only'})" for edge in told["edges"]]
    facts = [f"{name}: {value}" for name, value in (told["exists"] or {}).items()]
    return _section(
        f"{told['id']}  ({told['kind']}, line {told['line']}{made})",
        ("is", [told["about"]]),
        ("why", [told["note"]] if told["note"] else []),
        ("exists", facts),
        ("makes", _resources(told)),
        ("may", _rights(told)),
        ("edges", edges),
        ("note", told["notes"]),
    )


def _edge(told: dict[str, Any]) -> str:
    does = [f"{effect['word']}: {effect['means']}" for effect in told["does"]]
    wide = [effect["why_wide"] for effect in told["does"] if effect["why_wide"]]
    return _section(
        f"{_title(told)}  (line {told['line']})",
        ("does", does or ["nothing; it is drawn only"]),
        ("why", [told["note"]] if told["note"] else []),
        ("makes", _resources(told)),
        ("may", _rights(told)),
        ("wide", [f"no narrower resource is possible: {reason}" for reason in wide]),
        ("gives", [f"environment variable {name} = {value}" for name, value in told["environment"].items()]),
        ("changes", [f"{one['resource']}.{one['property']} = {one['value']}" for one in told["changes"]]),
        ("note", told["notes"]),
    )


def _title(edge: dict[str, Any]) -> str:
    """Return an edge as its author would write it: its ends, and what tells it from others of the same two."""
    twin = edge["id"].removeprefix(f"{edge['source']}->{edge['target']}").lstrip(":")
    return f"{edge['source']} -> {edge['target']}{f': {twin}' if twin else ''}"


def _section(title: str, *parts: tuple[str, list[str]]) -> str:
    lines = [title]
    for name, values in parts:
        lines += [f"  {name if row == 0 else '':<8}{value}" for row, value in enumerate(values)]
    return "\n".join(lines) + "\n"


def _resources(told: dict[str, Any]) -> list[str]:
    width = max((len(one["type"]) for one in told["resources"]), default=0)
    several = len({one["stack"] for one in told["resources"]}) > 1
    return [
        f"{one['type']:<{width}}  {one['id']}{'  in ' + one['stack'] if several else ''}" for one in told["resources"]
    ]


def _rights(told: dict[str, Any]) -> list[str]:
    return [line for right in told["rights"] for line in _right(right)]


def _right(right: dict[str, Any]) -> Iterator[str]:
    never = "never " if right["effect"] == "Deny" else ""
    yield f"{right['principal']}: {never}{', '.join(right['actions'])}"
    for resource in right["resources"]:
        yield f"    on {resource}"
    for operator, keys in right["condition"].items():
        for key, value in keys.items():
            yield f"    if {key} {operator} {value}"
