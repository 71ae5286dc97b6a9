"""What is wrong with how a GraphQL API is said to be: its schema, and who may call it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archkit.architecture import Architecture, Node
from archkit.kind import Refusal
from archkit.kinds.appsync.access import modes
from archkit.kinds.appsync.graphql import fields, text_of

__all__ = ["refusals"]


def refusals(node: Node, world: Architecture) -> list[Refusal]:
    """Return what is wrong with an API's properties taken together."""
    return [*_schema(node.kind, world), *_access(node.kind, node, world)]


def _schema(kind: Any, world: Architecture) -> Iterator[Refusal]:
    schema = text_of(world.path, kind.schema)
    if schema is None:
        yield Refusal(f"there is no file '{kind.schema}' beside the blueprint", None, "no-code", "schema")
        return
    known = fields(schema)
    if not known.get("Query"):
        yield Refusal("the schema has no type Query with a field", "type Query { ... }", "bad-value", "schema")
    for field in kind.local:
        parent, name = field.split(".")
        if name not in known.get(parent, {}):
            yield Refusal(f"the schema has no field '{field}'", None, "unknown-field", "local")


def _access(kind: Any, node: Node, world: Architecture) -> Iterator[Refusal]:
    given = {getattr(effect.join, "mode", "") for _, effect in world.effects("authorize") if effect.owner == node.id}
    for mode, way in (("cognito", "an edge from a user pool"), ("lambda", "an edge to a function, does: authorize")):
        if mode in kind.auth and mode not in given:
            yield Refusal(f"'{mode}' needs {way}", None, "missing-edge", "auth")
    if "oidc" in kind.auth and not kind.issuer:
        yield Refusal("'oidc' needs the issuer of the tokens", "issuer: https://...", "missing-property", "auth")
    if kind.key_expires and "api_key" not in kind.auth:
        yield Refusal("'key_expires' is about an API key", "auth: [api_key]", "bad-value", "key_expires")
    ways = modes(node, world)
    signed = [edge for edge, effect in world.effects() if edge.target == node.id
              and (effect.grant or effect.word == "trigger")]  # fmt: skip
    if signed and "iam" not in ways:
        yield Refusal(f"'{signed[0].source}' signs its requests, which '{node.id}' does not take",
                      f"auth: [{', '.join([*ways, 'iam'])}]", "no-iam", span=signed[0].span)  # fmt: skip
