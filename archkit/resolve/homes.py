"""What AWS demands in one Region is moved there: CloudFront's certificate and web ACL, functions at the edge."""

from __future__ import annotations

import dataclasses

from archkit import catalog
from archkit.architecture import Edge, Node, Place
from archkit.diagnostics import Report
from archkit.resolve.header import Header
from archkit.resolve.strict import encrypts, key_id
from archkit.schema import NodeId

__all__ = ["move_home"]


def move_home(nodes: dict[str, Node], edges: dict[str, Edge], header: Header, report: Report) -> None:
    """Move what AWS demands in one Region there, with its helpers, and tell the author.

    Twice, since what moves can take along what it depends on: a certificate the zone that validates it.
    """
    for edge in [*edges.values()] * 2:
        for effect in edge.effects:
            if effect.join is not None and {edge.source, edge.target} <= nodes.keys():
                other = edge.target if effect.owner == edge.source else edge.source
                for id, home in effect.join.homes(nodes[effect.owner], nodes[other], nodes).items():
                    _move(id, home, edge, nodes, header, report)
    for node in list(nodes.values()):
        if node.place[1] != header.region:
            _key(node, nodes, edges, header, report)


def _move(id: str, home: str, edge: Edge, nodes: dict[str, Node], header: Header, report: Report) -> None:
    node = nodes[id]
    account, region = node.place
    if region == home or not node.kind.types or node.existing is not None:
        return
    placed = node.parent and nodes[node.parent].place[1] == region and region != header.region
    if placed:
        report.error("wrong-region", f"'{id}' stands in {region}, but AWS wants it in {home} for this edge",
                     edge.span, f"move it to a region group with 'code: {home}'")  # fmt: skip
        return
    for other in [id, *(n for n in nodes if n.startswith(f"{id}."))]:
        nodes[other] = dataclasses.replace(nodes[other], place=(account, home))
    where = f"in {region}" if region else "in the blueprint's own Region"
    report.note("moved", f"'{id}' is made in {home}, not {where}, because AWS demands it there", edge.span,
                f"set 'region: {home}' for the blueprint to have one stack")  # fmt: skip


def _key(node: Node, nodes: dict[str, Node], edges: dict[str, Edge], header: Header, report: Report) -> None:
    """A key encrypts in its own Region only: another one stands in where a default or the security level chose it."""
    key = nodes.get(node.kind.encryption_key() or "")
    if key is None or key.existing is not None or key.place == node.place:
        return
    name = node.kind.key_property
    if node.tree is not None and name in node.tree.names:
        report.error("wrong-region", f"'{node.id}' is made in {node.place[1]}, where the key '{key.id}' is not",
                     node.at(name), "give it a key of its own Region")  # fmt: skip
        return
    own = _key_of(node, nodes, (header.account, header.region)) if header.strict else None
    nodes[node.id] = dataclasses.replace(node, kind=dataclasses.replace(node.kind, **{name: own}))
    edge = edges.pop(f"{node.id}->{key.id}:{name}", None)
    if own is None:
        report.note("key-left-out", f"'{node.id}' is made in {node.place[1]}, where the key '{key.id}' is not",
                    node.span, "give it a 'key' of its own Region, or set the blueprint's 'region'")  # fmt: skip
    elif edge is not None:
        id = f"{node.id}->{own}:{name}"
        edges[id] = dataclasses.replace(edge, id=id, target=own)


def _key_of(node: Node, nodes: dict[str, Node], home: Place) -> NodeId:
    """Return the key of a node's Region under `security: strict`, made on first use."""
    for other in nodes.values():
        if encrypts(other) and other.place == node.place:
            return NodeId(other.id)
    cls = catalog.find("kms.key")
    assert cls is not None
    made = Node(key_id(node.place, home, nodes), cls(), node.span, place=node.place, label="Encryption key")
    nodes[made.id] = made
    return NodeId(made.id)
