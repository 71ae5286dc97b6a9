"""Several pictures of one blueprint: each view keeps a part of the architecture and labels the edges by its subject.

What belongs to a view follows from what kinds and edges declare (`durable`, `guard`, `network`, `ports`, grants), so a
kind that is added later stands in the right views by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from archkit import network
from archkit.architecture import Architecture, Edge, Effect, Node
from archkit.joins import Poll
from archkit.kind import Listen, Port

__all__ = ["VIEWS", "NothingToDraw", "seen"]


class NothingToDraw(ValueError):
    """An architecture has nothing of what a view shows; the message says what that is."""


def seen(architecture: Architecture, view: str) -> Architecture:
    """Return the part of an architecture that a view shows; raises `NothingToDraw` where that is nothing."""
    if view not in _PARTS:
        return architecture
    part, wants = _PARTS[view]
    found = part(architecture)
    if not found.nodes:
        raise NothingToDraw(f"'{architecture.name}' has nothing for the view '{view}', which shows {wants}")
    return replace(found, name=f"{architecture.name}-{view}", title=f"{architecture.title}: {view}")


def _overview(world: Architecture) -> Architecture:
    """All but helpers and guards; an edge to a helper leads to the node that made it."""
    kept = {id: node for id, node in world.nodes.items() if node.helper_of is None and not _guards(node)}
    written = {node.parent for node in world.nodes.values() if node.helper_of is None}
    while emptied := (written & kept.keys()) - {node.parent for node in kept.values()}:
        kept = {id: node for id, node in kept.items() if id not in emptied}
    edges = []
    for edge in world.edges:
        source, target = _maker(world, edge.source), _maker(world, edge.target)
        if source in kept and target in kept and (source != target or edge.source == edge.target):
            edges.append(replace(edge, source=source, target=target))
    return _part(world, kept, edges)


def _network(world: Architecture) -> Architecture:
    """Networks with what stands in them, gateways, and what connects to it, by which ports."""
    inside = {
        id for id, node in world.nodes.items() if node.kind.network or network.stands(node, world) or node.kind.border
    }
    inside |= {id for id, node in world.nodes.items() if node.kind.shown and network.vpc_of(node, world)}
    edges = []
    for edge in world.edges:
        if edge.badge or _guarded(world, edge):
            continue
        if {edge.source, edge.target} & inside or _bridges(edge):
            edges.append(replace(edge, label=_ports(world, edge) or edge.label))
    ends = {end for edge in edges for end in (edge.source, edge.target)}
    return _part(world, _drawn(world, inside | ends, ends), edges)


def _security(world: Architecture) -> Architecture:
    """What guards and what it guards, keys, and who may do what."""
    edges = []
    for edge in world.edges:
        words = list(_rights(world, edge))
        if _guarded(world, edge):
            word = edge.id.rpartition(":")[2].replace("_", " ") if edge.badge else None  # the property that names it
            edges.append(replace(edge, badge=False, style="guard", label=edge.label or word))
        elif words:
            edges.append(replace(edge, badge=False, style="data", label=", ".join(words)))
    ends = {end for edge in edges for end in (edge.source, edge.target)}
    guards = {id for id, node in world.nodes.items() if _guards(node)}
    return _part(world, _drawn(world, guards | ends, ends), edges)


def _data(world: Architecture) -> Architecture:
    """What keeps data, and what reads and writes it."""
    stores = {id for id, node in world.nodes.items() if _stores(node) and not _guards(node)}
    edges = []
    for edge in world.edges:
        if not edge.badge and {edge.source, edge.target} & stores and not _guarded(world, edge):
            words = ", ".join(effect.word for effect in edge.effects if effect.grant)
            edges.append(replace(edge, label=edge.label or words or None))
    ends = {end for edge in edges for end in (edge.source, edge.target)}
    return _part(world, _drawn(world, stores | ends, ends), edges)


_PARTS: Mapping[str, tuple[Callable[[Architecture], Architecture], str]] = {
    "overview": (_overview, "all but helpers and guards"),
    "network": (_network, "VPCs, their subnets and gateways, and what connects to what"),
    "security": (_security, "guards, keys and rights"),
    "data": (_data, "what keeps data, and what reads and writes it"),
}

VIEWS = ("architecture", *_PARTS, "workflow")
"""What can be drawn of a blueprint: the whole, parts of it, or the states of a state machine."""


def _guards(node: Node) -> bool:
    """Whether a node only guards others; a guard that is drawn as a frame holds them as well."""
    return node.kind.guard and node.frame is None


def _guarded(world: Architecture, edge: Edge) -> bool:
    """Whether an edge leads to or from a guard, or does nothing but watch."""
    return _guards(world[edge.source]) or _guards(world[edge.target]) or edge.style == "guard"


def _rights(world: Architecture, edge: Edge) -> Iterator[str]:
    """Yield what an edge lets its ends do: its grants, what polling needs, and what a connection brings along."""
    for effect in edge.effects:
        if effect.grant:
            yield effect.word
        elif isinstance(effect.partner, Poll):
            yield effect.partner.grant
        elif isinstance(effect.partner, Listen) and world[edge.source].kind.grantee:
            yield from effect.partner.rights(world[edge.target])


def _bridges(edge: Edge) -> bool:
    """Whether an edge joins networks and sites with one another, such as a line to a gateway."""
    return any(effect.join is not None and effect.join.bridges for effect in edge.effects)


def _stores(node: Node) -> bool:
    """Whether a node keeps data, for long or for a while: what AWS counts among storage and databases does."""
    return node.kind.durable or any(node.kind.drawn().startswith(f"aws/{one}/") for one in ("storage", "database"))


def _maker(world: Architecture, id: str) -> str:
    """Return the node that made a helper, whoever made that; another node is its own."""
    maker = world[id].helper_of
    return id if maker is None or maker not in world.nodes else _maker(world, maker)


def _drawn(world: Architecture, wanted: Iterable[str], ends: set[str]) -> dict[str, Node]:
    """Return what is wanted, but for helpers that no edge leads to, unless their kind says that they are drawn."""
    chosen = set(wanted)
    return {
        id: node
        for id, node in world.nodes.items()
        if id in chosen and (node.helper_of is None or node.kind.shown or id in ends)
    }


def _part(world: Architecture, kept: Mapping[str, Node], edges: Iterable[Edge]) -> Architecture:
    """Return an architecture of some nodes with the groups around them, in the blueprint's order."""
    around = {parent for node in kept.values() for parent in _groups(world, node)}
    nodes = {id: node for id, node in world.nodes.items() if id in kept or id in around}
    return replace(world, nodes=nodes, edges=tuple(edges))


def _groups(world: Architecture, node: Node) -> Iterator[str]:
    while node.parent is not None:
        yield node.parent
        node = world[node.parent]


def _ports(world: Architecture, edge: Edge) -> str:
    """Return the ports of the connections that an edge opens, such as `5432, 6379 to 6380`."""
    found: dict[str, None] = {}
    for effect in edge.effects:
        found |= dict.fromkeys(str(port) for port in _opened(world, edge, effect))
    return ", ".join(found)


def _opened(world: Architecture, edge: Edge, effect: Effect) -> tuple[Port, ...]:
    owner = effect.owner
    other = edge.target if owner == edge.source else edge.source
    if effect.grant is not None:
        target = world[edge.target]
        if network.used_at_ports(target, world):
            return target.kind.ports()
        return (Port(443),) if network.stands(world[edge.source], world) else ()
    if effect.join is None:
        return ()
    listener = world[owner if effect.join.dials == "other" else other]
    if not network.stands(listener, world):
        return (Port(443),) if effect.join.dials and not listener.kind.ports() else ()
    return effect.partner.opened(listener.kind) if isinstance(effect.partner, Listen) else listener.kind.ports()
