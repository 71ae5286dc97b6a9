"""What is settled before a picture is laid out, and what it then keeps to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from archkit.diagram.layout.border import Allowance
from archkit.diagram.scene import Leaf

__all__ = ["Rigid"]


class Rigid(NamedTuple):
    """What is settled before: nodes of any size with where the wires end in them, and what stands out of frames.

    `ends` says how far from a node's middle a wire's end stands (by the wire and the node), `allowances` the
    room that what stands on a group's frame takes, `air` more room around some.
    """

    leaves: Mapping[str, Leaf] = {}
    ends: Mapping[tuple[str, str], tuple[float, float]] = {}
    allowances: Mapping[str, Allowance] = {}
    air: Mapping[str, float] = {}
