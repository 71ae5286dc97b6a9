"""Wires that pass through a gateway on a frame: each is found in two legs, which are joined again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from archkit.diagram.plan import Wire
from archkit.diagram.route.grid import Port
from archkit.diagram.scene import Point, Scene

__all__ = ["gate_ports", "halves", "joined", "split"]

Halves = tuple[str, str]


def halves(wire: Wire) -> Halves:
    """Return the ids of a wire's legs before and behind its gateway."""
    return f"{wire.id}~in", f"{wire.id}~out"


def split(wires: Iterable[Wire]) -> list[Wire]:
    """Return the wires with those through a gateway in two legs."""
    found = []
    for wire in wires:
        if wire.via is None:
            found.append(wire)
        else:
            first, second = halves(wire)
            found += [replace(wire, id=first, target=wire.via), replace(wire, id=second, source=wire.via)]
    return found


def gate_ports(scene: Scene, gate: str, ports: Sequence[Port]) -> tuple[list[Port], list[Port]]:
    """Return the ports of a gateway that lead straight through its frame: outside of it and inside."""
    center, frame = scene.leaves[gate].icon.center, scene.frames[scene.plan.parent(gate) or ""].rect
    level = min(abs(center.y - frame.top), abs(center.y - frame.bottom)) < 1
    straight = [_fixed(port) for port in ports if (port.side in (1, 3)) == level]
    inside = [port for port in straight if frame.holds_point(port.exit)]
    return [port for port in straight if port not in inside], inside


def _fixed(port: Port) -> Port:
    """Return a port without room to move, so that both legs lie on one line."""
    at = port.at.x if port.side in (1, 3) else port.at.y
    return replace(port, low=at, high=at)


def joined(wire: Wire, drawn: dict[str, list[Point]]) -> tuple[list[Point], int | None]:
    """Return the corners of a wire, of both legs where it has such, and the corner at which the first leg ends."""
    if wire.via is None:
        return drawn[wire.id], None
    first, second = (drawn[half] for half in halves(wire))
    return [*first, *second], len(first) - 1
