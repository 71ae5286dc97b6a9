"""Statements gathered over the whole architecture -> one policy for each role, one document for each door.

One `AWS::IAM::Policy` a role, never inline in the role, since A reads B and B triggers A would be a cycle. Queue,
topic and bucket policies replace one another, so each target has one. Limits: 10,240 characters of inline policies a
role, 6,144 of a managed policy (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
"""

from __future__ import annotations

import json
from typing import Any

from archkit.scope import Resource, Statement
from archkit.synth.assembly import Assembly, Role
from archkit.values import Ref, json_text

__all__ = ["document", "write_policies"]

LONGEST = 128
INLINE, MANAGED = 9_000, 5_000  # below the quotas by what references grow to when they are resolved


def write_policies(assembly: Assembly) -> None:
    """Add the policy of every role and of every door to the assembly."""
    for role in assembly.roles.values():
        _role(role, assembly)
    for id, statements in assembly.doors.items():
        _door(id, statements, assembly)


def _role(role: Role, assembly: Assembly) -> None:
    if not role.statements:
        return
    assert role.resource is not None
    groups = _split(role.statements)
    for number, statements in enumerate(groups):
        first = number == 0
        kind = "AWS::IAM::Policy" if first else "AWS::IAM::ManagedPolicy"
        id = f"{role.id}Policy" + ("" if first else str(number + 1))
        # one inline policy a role, so a name that IAM finds too long can end anywhere
        properties: dict[str, Any] = {"PolicyName": id[:LONGEST]} if first else {}
        properties |= {"PolicyDocument": document(statements), role.attaches: [Ref(role.id)]}
        assembly.add(Resource(id, kind, properties, role.owner, role.resource.because, role.place))
        if not first:
            _also_after(f"{role.id}Policy", id, assembly)


def _also_after(policy: str, more: str, assembly: Assembly) -> None:
    """What waits for a role's rights waits for the part that spilled over too."""
    for resource in assembly.resources.values():
        if policy in resource.depends:
            resource.depends.add(more)


def _split(statements: list[Statement]) -> list[list[Statement]]:
    groups: list[list[Statement]] = [[]]
    used, limit = 0, INLINE
    for statement in statements:
        size = len(json.dumps(_plain(statement), default=str))
        if groups[-1] and used + size > limit:
            groups.append([])
            used, limit = 0, MANAGED
        groups[-1].append(statement)
        used += size
    return groups


def _door(id: str, statements: list[Statement], assembly: Assembly) -> None:
    scope = assembly.scopes[id]
    door = scope.door
    if door is None:
        return  # a kind without a policy resource writes its statements itself, as a key does
    to = scope.fill(door.to)
    written = document(statements)
    properties = {door.named: [to] if door.many else to, door.document: json_text(written) if door.text else written}
    because = ", ".join(dict.fromkeys(statement.because for statement in statements))
    assembly.add(Resource(f"{scope.id}Policy", door.policy, properties, id, because, scope.node.place))


def document(statements: list[Statement]) -> dict[str, Any]:
    """Return a policy document."""
    return {"Version": "2012-10-17", "Statement": [_plain(statement) for statement in statements]}


def _plain(statement: Statement) -> dict[str, Any]:
    plain = {
        "Sid": statement.sid,
        "Effect": statement.effect,
        "Principal": statement.principal,
        "Action": _one(statement.actions),
        "Resource": _one(statement.resources),
        "Condition": dict(statement.condition) if statement.condition else None,
    }
    return {key: value for key, value in plain.items() if value is not None}


def _one(items: tuple[Any, ...]) -> Any:
    return items[0] if len(items) == 1 else list(items)
