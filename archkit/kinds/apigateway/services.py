"""Calls of other services without code between: which operation a route means, and what is wrong with asking for it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from archkit.architecture import Ends
from archkit.diagnostics import did_you_mean, listing
from archkit.kind import Kind, Operation, Refusal, prop
from archkit.kinds.apigateway.shared import Route
from archkit.scope import Link

__all__ = ["Calls"]

BY_METHOD = {
    ("dynamodb", "GET"): "GetItem", ("dynamodb", "POST"): "PutItem", ("dynamodb", "PUT"): "PutItem",
    ("dynamodb", "DELETE"): "DeleteItem", ("s3", "GET"): "GetObject", ("s3", "PUT"): "PutObject",
    ("s3", "DELETE"): "DeleteObject",
}  # fmt: skip
"""What a method means to services that have no one usual operation."""


class Calls(Route):
    """A route that calls one operation of another service."""

    operation: str | None = prop(
        None, "Operation to call (default: the usual one, or what the method means).", shape=True
    )
    group: str | None = prop(
        None,
        "Message group of a FIFO queue or topic, or partition key of a stream: an expression over the request.",
        shape=True,
    )
    source: str | None = prop(None, "Source of the events put on a bus (default: the blueprint's name).")
    detail_type: str | None = prop(None, "Detail type of the events put on a bus (default: the API's id).")

    known: ClassVar[frozenset[tuple[str, str]]] = frozenset()
    everything: ClassVar[list[tuple[str, str]]] = [("POST", "/")]

    @classmethod
    def knows(cls, service: str, api: str) -> bool:
        """Whether this sort of API can call an operation."""
        return (service, api) in cls.known

    @classmethod
    def callable(cls, kind: type[Kind] | Kind) -> dict[str, Operation]:
        """Return the operations of a kind that this sort of API can call, by name."""
        return {name: call for name, call in kind.operations.items() if cls.knows(call.service, call.api)}

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return bool(cls.callable(other))

    def choose(self, kind: type[Kind] | Kind) -> Operation | None:
        """Return the operation that is meant; None where it must be said."""
        found = self.callable(kind)
        if self.operation is not None:
            return found.get(self.operation)
        service = next(iter(found.values())).service
        method = BY_METHOD.get((service, self.method or "ANY"))
        candidates: Iterable[Operation] = (call for call in found.values() if call.api == method)
        if method is None:
            candidates = found.values() if len(found) == 1 else (call for call in found.values() if call.usual)
        return next(iter(candidates), None)

    def chosen(self, kind: type[Kind] | Kind) -> Operation:
        """Return the operation that is meant, once it is known that there is one."""
        operation = self.choose(kind)
        assert operation is not None
        return operation

    def refuse(self, ends: Ends) -> Refusal | None:
        kind = ends.other.kind
        names = list(self.callable(kind))
        operation = self.choose(kind)
        if operation is None and self.operation is not None:
            hint = did_you_mean(self.operation, names) or f"it calls {listing(names)}"
            return Refusal(
                f"{ends.owner.kind.name} cannot call '{self.operation}' of {kind.name}", hint, "bad-value", "operation"
            )
        if operation is None:
            hint = f"{{method: {self.method or 'GET'}, path: {self.path or '/'}, operation: {names[0]}}}"
            return Refusal(f"'{ends.other.id}' can be asked for {listing(names)}; say which", hint, "say-what")
        if getattr(kind, "fifo", False) is True and self.group is None and operation.api in ("SendMessage", "Publish"):
            hint = f"group: an expression such as {self.group_example}"
            return Refusal(f"'{ends.other.id}' is FIFO: each message needs a group", hint, "missing-property")
        if operation.api == "StartSyncExecution" and getattr(kind, "type", "express") == "standard":
            hint = "type: express, or operation: StartExecution"
            return Refusal("only an express workflow is waited for", hint, "bad-value", "operation")
        return super().refuse(ends)

    group_example: ClassVar[str] = "$request.body.customer"

    def deduplicates(self, link: Link) -> bool:
        """Whether what is sent needs an id by which a second copy is dropped."""
        return self.group is not None and not getattr(link.other.kind, "deduplicate", False)

    def event_source(self, link: Link) -> Any:
        """Return the source of the events that the route puts on a bus."""
        return self.source or link.architecture.name

    def event_type(self, link: Link) -> Any:
        """Return the detail type of the events that the route puts on a bus."""
        return self.detail_type or link.owner.node.id
