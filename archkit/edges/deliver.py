"""Delivery by a service: the target's door opened for one source, or a role of the source's own.

A pushed event arrives either as the service (`events.amazonaws.com`, let in by a resource policy or a Lambda
permission) or under a role that the source assumes. Which, is data of the source's `Push` and of the target's
`Admits`.
"""

from __future__ import annotations

from typing import Any

from archkit.kind import Door, Permit
from archkit.scope import Principal, Resource, Scope, Statement
from archkit.values import Sub, account

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
    """Let a service encrypt what it delivers with the key of its target; the key's policy never names the source, for
    a reference would be a cycle."""
    key = target.of(target.kind.encryption_key())
    if key is not None:
        limit = _limit(service, target.kind.admits.protocol)
        key.policy(Statement(("kms:Decrypt", "kms:GenerateDataKey"), ("*",), because, principal={"Service": service},
                             condition=limit))  # fmt: skip


def _limit(service: str, protocol: str) -> dict[str, Any] | None:
    """Return the condition under which a service uses a key: for this account.

    SNS names the topic (https://github.com/aws/aws-cdk/issues/20339), the others the account. EventBridge does not say
    for whom it publishes to an encrypted topic, so that a condition would let nothing through
    (https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services).
    """
    if service == "sns.amazonaws.com":
        return {"ArnLike": {"aws:SourceArn": Sub("arn:${AWS::Partition}:sns:*:${AWS::AccountId}:*")}}
    if service == "events.amazonaws.com" and protocol == "sns":
        return None
    return {"StringEquals": {"aws:SourceAccount": account}}


def by_role(principal: Principal, target: Scope, because: str) -> Any:
    """Grant a principal what delivery to a node needs; returns the ARN of its role."""
    principal.grant(target, target.kind.admits.grant, because)
    return principal.role().att("Arn")
