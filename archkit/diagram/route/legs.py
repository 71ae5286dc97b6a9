"""Wires that pass through a gateway on a frame: each is found in two legs, which are joined again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from archkit.diagram.plan import Wire
from archkit.diagram.route.grid import Port
from archkit.diagram.scene import Point, Rect, Scene

__all__ = ["halves", "joined", "split", "through"]

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


def through(scene: Scene, wire: Wire, end: str, ports: list[Port]) -> list[Port]:
    """Return those of an end's ports that a wire may use: at a gateway they lead straight through its frame.

    A leg of a wire through it ends outside of the frame, or begins inside.
    """
    frame = gate_frame(scene, end)
    if frame is None:
        return ports
    center = scene.leaves[end].icon.center
    level = min(abs(center.y - frame.top), abs(center.y - frame.bottom)) < 1
    straight = [port for port in ports if (port.side in (1, 3)) == level]
    if end != wire.via:
        return straight
    return [_fixed(port) for port in straight if frame.holds_point(port.exit) == (end == wire.source)]


def gate_frame(scene: Scene, id: str) -> Rect | None:
    """Return the frame that a gateway stands on; None for what stands on none."""
    if id not in scene.leaves or not scene.leaves[id].box.border or id in scene.plan.roots:
        return None
    frame, (x, y) = scene.frames[scene.plan.parent(id) or ""].rect, scene.leaves[id].icon.center
    off = min(abs(x - frame.left), abs(x - frame.right), abs(y - frame.top), abs(y - frame.bottom))
    return frame if off < 1 else None


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
