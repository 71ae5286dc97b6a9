"""Roles of those who sign in through an identity pool."""

from __future__ import annotations

from typing import Any

from archkit.architecture import Architecture, Node
from archkit.kind import Kind, Refusal, prop
from archkit.scope import Scope

__all__ = ["Role", "trust"]

SERVICE = "cognito-identity.amazonaws.com"


def trust(pool: Any, signed_in: bool) -> dict[str, Any]:
    """Return the trust policy of a role that people of one identity pool take on, and nobody else
    (https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html)."""
    state = "authenticated" if signed_in else "unauthenticated"
    condition = {"StringEquals": {f"{SERVICE}:aud": pool}, "ForAnyValue:StringLike": {f"{SERVICE}:amr": state}}
    return {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Federated": SERVICE}, "Action": "sts:AssumeRoleWithWebIdentity",
         "Condition": condition}]}  # fmt: skip


class Role(Kind, icon="aws/security/identity-and-access-management-iam-role", service="Amazon Cognito identity pool",
           types=("AWS::IAM::Role", "AWS::IAM::Policy")):  # fmt: skip
    """Role that some people of an identity pool take on: guests, or a group of those who have signed in."""

    pool: str | None = prop(None, "Id of the identity pool, such as ${identities.id}.")
    signed_in: bool = prop(True, "Whether it is for people who have signed in, or for guests.")
    max_session: int | None = prop(None, "Seconds that a session may last.", ge=3_600, le=43_200)

    guard = True
    grantee = True
    attaches = "Roles"
    attributes = {"arn": "${.Arn}", "name": "${}"}
    address = "${arn}"
    example = '{pool: "eu-west-1:01234567-89ab-cdef-0123-456789abcdef"}'

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        if self.pool is None and node.helper_of is None:
            return [Refusal(f"nobody can assume '{node.id}'", "pool: ${id of a cognito.identity_pool.id}",
                            "missing-property")]  # fmt: skip
        return []

    def build(self, scope: Scope) -> None:
        from troposphere import iam

        parent = scope.of(scope.node.helper_of)
        pool = self.pool or (parent.attribute("id") if parent else None)
        scope.make(iam.Role, AssumeRolePolicyDocument=trust(pool, self.signed_in), Description=scope.node.note,
                   MaxSessionDuration=self.max_session)  # fmt: skip
