"""Blueprint + catalogue -> architecture: kinds bound, defaults applied, helpers made, edges given their meaning.

Every mistake is collected; a node or edge that is wrong is set aside and the rest goes on.
"""

from __future__ import annotations

from archkit.architecture import Architecture
from archkit.blueprint import Blueprint
from archkit.diagnostics import Report, Span
from archkit.resolve.drawn import bind_edges
from archkit.resolve.header import read_header
from archkit.resolve.names import check_names
from archkit.resolve.nodes import read_nodes

__all__ = ["resolve"]


def resolve(blueprint: Blueprint, report: Report) -> Architecture:
    """Return what a blueprint means; what is wrong is left out, with the reasons in `report`."""
    header = read_header(blueprint, report)
    nodes = read_nodes(blueprint, header, report)
    nodes, edges = bind_edges(blueprint, nodes, header, report)
    tree = blueprint.tree
    span = Span(blueprint.path, 1, 1, 1, 1)
    world = Architecture(
        name=blueprint.name,
        title=blueprint.text("title") or blueprint.name.replace("-", " "),
        description=blueprint.text("description").strip(),
        path=blueprint.path,
        nodes=nodes,
        edges=edges,
        parameters=header.parameters,
        outputs=header.outputs,
        tags=header.tags,
        lint_ignore=header.lint_ignore,
        region=header.region,
        account=header.account,
        security=header.security,
        direction=header.direction,
        tree=tree,
    )
    if not nodes and not report.failed:
        report.error("no-nodes", "a blueprint needs at least one node", span, "nodes: {jobs: sqs.queue}")
    check_names(world, report)
    return world
