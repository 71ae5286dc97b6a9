"""A grant becomes statements: exact actions on exact resources, and the rights on the key that encrypts them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from archkit.kind import Grant
from archkit.scope import Principal, Scope
from archkit.values import Sub, filled

__all__ = ["give", "key_condition"]


def give(principal: Principal, to: Scope, grant: Grant | str, because: str, only: Iterable[str] = ()) -> None:
    """Give a principal a grant of a node.

    `only` narrows the actions to some of the grant's. Where the node is encrypted with a key of the blueprint, the
    grant's key rights follow, limited to use through the service that holds the data
    (https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service).
    """
    if isinstance(grant, str):
        grant = to.kind.grants[grant]
    for part in to.kind.granted(grant):
        _give(principal, to, part, because, only)
    for other, more in () if only else to.kind.beside(to, grant):
        give(principal, other, more, because)


def _give(principal: Principal, to: Scope, grant: Grant, because: str, only: Iterable[str]) -> None:
    actions = tuple(only) or grant.actions
    resources = ["*"] if grant.wildcard else [to.fill(text) for text in to.kind.grant_on(grant)]
    principal.allow(*actions, on=resources, because=because, condition=filled(grant.condition, to.fill))
    key = to.of(to.kind.key_in(principal.place[1], to.architecture)) if grant.key else None
    if key is not None:
        service, there = actions[0].split(":")[0], key.node.place[1] if key.node.place[1] != principal.place[1] else ""
        principal.allow(*grant.key, on=[key.attribute("arn")], because=because, condition=key_condition(service, there))


def key_condition(service: str, region: str = "") -> dict[str, Any]:
    """Return the condition that limits a key's use to one service of a Region (default: the stack's)."""
    name = f"{service}.{region}.amazonaws.com" if region else Sub(service + ".${AWS::Region}.amazonaws.com")
    return {"StringEquals": {"kms:ViaService": name}}
