"""Delivery by a service: the target's door opened for one source, or a role of the source's own.

A pushed event arrives either as the service (`events.amazonaws.com`, let in by a resource policy or a Lambda
permission) or under a role that the source assumes. Which, is data of the source's `Push` and of the target's
`Admits`.
"""

from __future__ import annotations

from typing import Any

from archkit.kind import Door, Permit
from archkit.scope import Principal, Resource, Scope, Statement
from archkit.values import account

__all__ = ["by_role", "open_door", "use_key"]


def open_door(target: Scope, service: str, source: Any, because: str, *, name: str, limit: bool) -> Resource | str:
    """Let a service into a node for one source ARN; returns what a later resource waits for.

    `limit` adds the account as a condition, for sources whose ARN does not hold it (a bucket's). `name` tells the
    permissions of one function apart.
    """
    admits = target.kind.admits
    if isinstance(admits.by, Permit):
        return target.make(
            "AWS::Lambda::Permission", name, FunctionName=target.fill(admits.by.function), Action=admits.action,
            Principal=service, SourceArn=source, SourceAccount=account if limit else None,
        )  # fmt: skip
    assert isinstance(admits.by, Door)
    condition: dict[str, Any] = {}
    if source is not None:
        condition["ArnLike" if limit else "ArnEquals"] = {"aws:SourceArn": source}
    if limit:
        condition["StringEquals"] = {"aws:SourceAccount": account}
    target.policy(Statement((admits.action,), (target.fill(admits.by.on),), because, principal={"Service": service},
                            condition=condition or None))  # fmt: skip
    use_key(target, service, because)
    return f"{target.id}Policy"


def use_key(target: Scope, service: str, because: str) -> None:
    """Let a service encrypt what it delivers with the key of its target.

    The key's policy names the service and the account, never a resource: a reference would be a cycle. EventBridge does
    not say for which account it publishes to an encrypted topic, so that a condition would let nothing through
    (https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services).
    """
    silent = service == "events.amazonaws.com" and target.kind.admits.protocol == "sns"
    key = target.of(target.kind.encryption_key())
    if key is not None:
        limit = None if silent else {"StringEquals": {"aws:SourceAccount": account}}
        key.policy(Statement(("kms:Decrypt", "kms:GenerateDataKey"), ("*",), because, principal={"Service": service},
                             condition=limit))  # fmt: skip


def by_role(principal: Principal, target: Scope, because: str) -> Any:
    """Grant a principal what delivery to a node needs; returns the ARN of its role."""
    principal.grant(target, target.kind.admits.grant, because)
    return principal.role().att("Arn")
