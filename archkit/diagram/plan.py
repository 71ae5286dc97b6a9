"""From an architecture to what is to be drawn: boxes, groups, wires, badges, steps and legends; no geometry yet.

What AWS's own reference diagrams do is settled here: everything that AWS runs stands inside an 'AWS Cloud' group and
people stand outside of it (AWS Architecture Icons, "Groups"); what only protects or configures a node is a badge on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from archkit.architecture import Architecture, Edge, Node
from archkit.diagram.items import Badge, Box, Group, Hint, Plan, Wire
from archkit.kind import Frame

__all__ = ["CLOUD", "Badge", "Box", "Group", "Hint", "Plan", "Wire", "plan"]

CLOUD = "aws.cloud"
_CLOUD_FRAME = Frame(color="#242F3E", icon="glyph/cloud")


def plan(architecture: Architecture, depth: int | None = None) -> Plan:
    """Say what is to be drawn; groups that stand deeper than `depth` are drawn closed, as one box."""
    architecture = _visible(architecture)
    architecture = replace(architecture, edges=tuple(_told(architecture)))
    shown = _shown(architecture)
    seen_as = {id: _standing_for(architecture, id, shown, depth) for id in architecture.nodes}
    drawn = {id: node for id, node in shown.items() if seen_as[id] == id}
    holding = {node.parent for node in drawn.values()}
    full = {node.parent for node in architecture.nodes.values()}
    # An empty tier is drawn as well, in each zone; a tier that is closed is one box.
    open_groups = {id for id, n in drawn.items() if n.frame and (id in holding or (n.kind.row and id not in full))}
    parents = {id: node.parent for id, node in drawn.items()}
    cloud = _cloud(drawn, parents)
    badges = _badges(architecture, seen_as)
    boxes = {
        id: _box(node, parents[id], tuple(badges.get(id, ()))) for id, node in drawn.items() if id not in open_groups
    }
    groups = {
        id: _group(node, parents[id], tuple(child for child, parent in parents.items() if parent == id))
        for id, node in drawn.items()
        if id in open_groups
    }
    if cloud == CLOUD:
        inside = tuple(id for id, parent in parents.items() if parent == CLOUD)
        groups = {CLOUD: Group(CLOUD, "AWS Cloud", "cloud", _CLOUD_FRAME, None, inside), **groups}
    roots = tuple(id for id in (*groups, *boxes) if (groups.get(id) or boxes[id]).parent is None)
    wires = tuple(_wires(architecture.edges, seen_as))
    return Plan(
        name=architecture.name if depth is None else f"{architecture.name}-depth-{depth}",
        title=architecture.title,
        description=architecture.description,
        direction=architecture.direction,
        boxes=boxes,
        groups=groups,
        roots=_as_written(roots, architecture),
        wires=wires,
        steps=_steps(
            wires, {**{id: box.title for id, box in boxes.items()}, **{id: g.title for id, g in groups.items()}}
        ),
        styles=tuple(dict.fromkeys(style for style in ("request", "event", "data", "guard") if _uses(wires, style))),
        hints=tuple(_hints(drawn)),
    )


def _visible(architecture: Architecture) -> Architecture:
    """Return it without what its author hides, what that holds and makes, and the edges to it."""
    gone: set[str] = set()
    for id, node in architecture.nodes.items():
        if node.hints.hidden or node.parent in gone or node.helper_of in gone:
            gone.add(id)
    nodes = {id: node for id, node in architecture.nodes.items() if id not in gone}
    edges = (e for e in architecture.edges if not e.hidden and e.source not in gone and e.target not in gone)
    return replace(architecture, nodes=nodes, edges=tuple(edges))


def _hints(drawn: Mapping[str, Node]) -> Iterator[Hint]:
    """Yield where authors say that nodes stand, as far as these are drawn."""
    for id, node in drawn.items():
        said = [*node.hints.beside, *(("row", other) for other in node.hints.same_row)]
        yield from (Hint(id, word, other) for word, other in said if other in drawn)


def _told(architecture: Architecture) -> Iterator[Edge]:
    """Yield the edges; a badge becomes a wire where nothing else leads to the node that it stands for.

    What guards (a key, a certificate) needs no wire: it serves many at once, and a badge on each says so.
    """
    reached = {end for edge in architecture.edges if not edge.badge for end in (edge.source, edge.target)}
    for edge in architecture.edges:
        target = architecture.nodes[edge.target]
        if edge.badge and target.id not in reached and not target.kind.guard and target.helper_of is None:
            label = edge.id.rpartition(":")[2].replace("_", " ")
            yield replace(edge, badge=False, style="event", label=edge.label or label)
        else:
            yield edge


def _shown(architecture: Architecture) -> dict[str, Node]:
    """Return the nodes that are drawn at all: a helper only where its kind or an edge says that it matters."""
    ends = {end for edge in architecture.edges if not edge.badge for end in (edge.source, edge.target)}
    return {
        id: node for id, node in architecture.nodes.items() if node.helper_of is None or node.kind.shown or id in ends
    }


def _standing_for(architecture: Architecture, id: str, shown: Mapping[str, Node], depth: int | None) -> str:
    """Return what represents a node in the picture: itself, the closed group around it, or the node it helps."""
    node = architecture.nodes[id]
    while id not in shown and node.helper_of is not None:
        id = node.helper_of
        node = architecture.nodes[id]
    chain = [id]
    while (parent := architecture.nodes[chain[-1]].parent) is not None:
        chain.append(parent)
    return id if depth is None or len(chain) <= depth + 1 else chain[len(chain) - depth - 1]


def _cloud(drawn: Mapping[str, Node], parents: dict[str, str | None]) -> str | None:
    """Put AWS nodes that stand in no group into the cloud, the written one or one of our own; return its id."""
    written = next((id for id, node in drawn.items() if _is_cloud(node)), None)
    outside = {id for id, node in drawn.items() if node.parent is None and (node.kind.actor or _is_cloud(node))}
    strays = [id for id, parent in parents.items() if parent is None and id not in outside]
    cloud = written or (CLOUD if strays else None)
    for id in strays:
        parents[id] = cloud
    return cloud


def _is_cloud(node: Node) -> bool:
    return node.frame is not None and node.frame.color.upper() == _CLOUD_FRAME.color


def _box(node: Node, parent: str | None, badges: tuple[Badge, ...]) -> Box:
    kind = node.kind
    icon = (node.frame.icon if node.frame else None) or kind.drawn() or ("glyph/group" if node.frame else "")
    return Box(node.id, node.title, kind.name, icon, parent, kind.caption(), node.note, node.link, kind.actor,
               kind.guard, badges, spread=kind.spread(), second=kind.second(), further=kind.further(),
               border=kind.border, envelope=kind.envelope)  # fmt: skip


def _group(node: Node, parent: str | None, children: tuple[str, ...]) -> Group:
    assert node.frame is not None
    frame = node.frame if node.frame.icon or not node.kind.icon else replace(node.frame, icon=node.kind.icon)
    caption = node.kind.caption()
    title = f"{node.title} ({caption})" if caption else node.title
    if caption and node.label is None and node.kind.name == "region":
        title = caption  # AWS's pictures name a Region by its code alone
    return Group(node.id, title, node.kind.name, frame, parent, children, node.note, node.link,
                 columns=node.kind.columns(), row=node.kind.row, open=node.kind.exposure() == "public",
                 direction=node.hints.direction)  # fmt: skip


def _badges(architecture: Architecture, seen_as: Mapping[str, str]) -> dict[str, list[Badge]]:
    """Return the badges of each node: what its properties name, or the guard that names it."""
    found: dict[str, list[Badge]] = {}
    for edge in architecture.edges:
        if not edge.badge:
            continue
        owner, worn = architecture.nodes[edge.source], architecture.nodes[edge.target]
        if owner.kind.guard and not worn.kind.guard:
            owner, worn = worn, owner
        badge = Badge(worn.kind.drawn(), worn.title)
        worn_by = found.setdefault(seen_as[owner.id], [])
        if badge not in worn_by and seen_as[owner.id] == owner.id:
            worn_by.append(badge)
    return found


def _wires(edges: Iterable[Edge], seen_as: Mapping[str, str]) -> Iterator[Wire]:
    """Yield the edges that are wires; ends inside a closed group move to it, and copies that arise so are left out."""
    seen = set()
    for edge in edges:
        source, target = seen_as[edge.source], seen_as[edge.target]
        if edge.badge or (source == target and edge.source != edge.target):
            continue
        moved = (source, target) != (edge.source, edge.target)
        if moved and (source, target, edge.label) in seen:
            continue
        seen.add((source, target, edge.label))
        yield Wire(edge.id, source, target, edge.style, edge.label, edge.both, edge.step, edge.note)


def _steps(wires: Iterable[Wire], titles: Mapping[str, str]) -> tuple[tuple[int, str], ...]:
    """Return the numbered legend: what each step's edges note, else their label, else their ends."""
    found: dict[int, list[str]] = {}
    for wire in wires:
        if wire.step is not None:
            text = wire.note or wire.label or f"{titles[wire.source]} to {titles[wire.target]}"
            texts = found.setdefault(wire.step, [])
            if text not in texts:
                texts.append(text)
    return tuple((step, "; ".join(texts)) for step, texts in sorted(found.items()))


def _uses(wires: Iterable[Wire], style: str) -> bool:
    return any(wire.style == style for wire in wires)


def _as_written(ids: Iterable[str], architecture: Architecture) -> tuple[str, ...]:
    """Return ids in the order of the blueprint; the implicit cloud stands where its first node does."""
    order = {id: place for place, id in enumerate(architecture.nodes)}
    return tuple(sorted(ids, key=lambda id: order.get(id, len(order))))
