"""One effect of an edge while it is applied: its two ends, its own resources, and the address that is handed over."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from archkit import network
from archkit.architecture import Edge, Effect, Node
from archkit.edges import deliver
from archkit.resolve.names import camel, logical_id
from archkit.scope import Resource
from archkit.synth.assembly import Assembly
from archkit.synth.classes import properties_of, type_of
from archkit.synth.principals import RoleHolder
from archkit.synth.scoping import NodeScope

__all__ = ["EdgeLink", "variable"]

TAKEN = re.compile(r".|PATH|LANG|LC_ALL|HOME|PWD|SHLVL|TZ|TMPDIR|PYTHONPATH|NODE_PATH|NODE_OPTIONS|(AWS|LAMBDA)_.*")
"""Variables that a runtime reads itself, or that Lambda refuses
(https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html)."""


def variable(node: Node) -> str:
    """Return the environment variable that holds a node's address: its id as written, so that the same code finds it in
    every Region, and its kind too where the id alone is taken.
    """
    name = re.sub(r"[^A-Z0-9]", "_", (node.copy_of or node.id).upper())
    return f"{name}_{node.kind.name.rpartition('.')[2].upper()}" if TAKEN.fullmatch(name) else name


class EdgeLink:
    """One effect of an edge, with the scopes of its two ends."""

    def __init__(self, assembly: Assembly, edge: Edge, effect: Effect) -> None:
        self.assembly = assembly
        self.architecture = assembly.world
        self.edge = edge
        self.effect = effect
        self.source: NodeScope = assembly.scopes[edge.source]
        self.target: NodeScope = assembly.scopes[edge.target]
        self.owner, self.other = (
            (self.source, self.target) if effect.owner == edge.source else (self.target, self.source)
        )
        self.partner = self.source.filled(effect.partner)
        self.because = edge.id

    def run(self) -> None:
        """Apply the effect: a grant with its environment variable, or the join."""
        if self.effect.grant is not None:
            self.source.grant(self.target, self.effect.grant, self.because)
            network.open_call(self.source, self.target, self.because)  # type: ignore[arg-type]
            self.hand_over()
        elif self.effect.join is not None:
            self.source.filled(self.effect.join).apply(self)

    def hand_over(self, other: Any = None, to: Any = None, *, suffix: str = "", value: Any = None) -> None:
        given, user = other or self.target, to or self.source
        own = other is None or other is self.source or other is self.target
        name = (self.edge.env if own or self.edge.env == "none" else None) or variable(given.node)
        address = given.node.kind.address
        if name == "none" or not user.node.kind.variables:
            return
        if value is not None:
            user.env(name + suffix, value, self.because)
        elif address is not None:
            user.env(name + suffix, given.fill(address), self.because)
        if given is self.target and value is None:
            for more, text in given.node.kind.handed(self.effect.word).items():
                user.env(name + more, given.fill(text), self.because)
            for more, place in given.kind.placed(given).items():
                user.env(name + more, place, self.because)

    @property
    def stem(self) -> str:
        """The beginning of the logical ids of the edge's resources: its two ends, and what tells it from its twins."""
        return logical_id(self.source.node) + logical_id(self.target.node) + camel(self.edge.slug)

    def make(self, cls: Any, suffix: str = "", *, after: Iterable[Any] = (), **properties: Any) -> Resource:
        id = self.stem + suffix
        plain = properties_of(cls, id, properties)
        resource = Resource(id, type_of(cls), plain, self.owner.node.id, self.because, self.owner.node.place)
        resource.depends |= {getattr(item, "id", item) for item in after if item is not None}
        return self.assembly.add(resource)

    def principal(self, service: str, suffix: str = "") -> Any:
        id = f"{self.stem}{suffix}Role"
        return RoleHolder(self.assembly, id, self.owner.node.id, self.owner.node.place, service, self.because)

    def option(self, node: str | None) -> NodeScope | None:
        found: NodeScope | None = self.owner.of(node)
        return found

    def deliver(self, source_arn: Any, to: Any = None) -> Any:
        target = to or self.other
        join = self.effect.join
        protocol = target.node.kind.admits.protocol
        if protocol in getattr(join, "roles", ()):
            self.owner.role(join.service)  # type: ignore[union-attr]
            return deliver.by_role(self.owner, target, self.because)
        target.admit(join.service, source_arn, self.because, via=self.owner.id + camel(self.edge.slug))  # type: ignore[union-attr]
        return None
