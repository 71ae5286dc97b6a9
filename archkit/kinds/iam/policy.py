"""Policies: statements as an author writes them, and customer-managed policies."""

from __future__ import annotations

from typing import Any

from archkit.architecture import Architecture, Node
from archkit.kind import External, Grant, Json, Kind, Record, Refusal, prop
from archkit.scope import Scope
from archkit.values import Sub

__all__ = ["ICON", "Policy", "Rule", "allow_rules", "managed_arns", "policies_of"]

ICON = "aws/security/identity-and-access-management-iam"


class Rule(Record):
    """One statement of a policy: actions on resources, and the conditions under which they hold."""

    actions: list[str] = prop(doc="IAM actions, such as dynamodb:Scan.", ge=1)
    resources: list[str] = prop(doc="ARNs of the resources, such as ${orders.arn}.", ge=1)
    deny: bool = prop(False, "Forbid instead of allow.")
    sid: str | None = prop(None, "Name of the statement.", pattern="[A-Za-z0-9]+")
    ip: list[str] = prop([], "CIDRs that the caller's address must be in.")
    mfa: bool = prop(False, "The caller must have signed in with a second factor.")
    regions: list[str] = prop([], "Regions in which the actions may be asked for.")
    tags: dict[str, str] = prop({}, "Tags that the resource must have.")
    caller_tags: dict[str, str] = prop({}, "Tags that the caller must have.")
    condition: Json | None = prop(None, "Condition as IAM documents it, besides the above.")

    @property
    def conditions(self) -> dict[str, Any] | None:
        """The Condition element."""
        equal: dict[str, Any] = {f"aws:ResourceTag/{key}": value for key, value in self.tags.items()}
        equal |= {f"aws:PrincipalTag/{key}": value for key, value in self.caller_tags.items()}
        if self.regions:
            equal["aws:RequestedRegion"] = list(self.regions)
        found: dict[str, Any] = {"StringEquals": equal} if equal else {}
        if self.ip:
            found["IpAddress"] = {"aws:SourceIp": list(self.ip)}
        if self.mfa:
            found["Bool"] = {"aws:MultiFactorAuthPresent": "true"}
        written: Any = self.condition or {}
        for operator, keys in written.items():
            found[operator] = {**found.get(operator, {}), **keys}
        return found or None

    @property
    def statement(self) -> dict[str, Any]:
        """The statement as a policy document holds it."""
        form = {"Sid": self.sid, "Effect": "Deny" if self.deny else "Allow", "Action": list(self.actions),
                "Resource": list(self.resources), "Condition": self.conditions}  # fmt: skip
        return {key: value for key, value in form.items() if value is not None}


def allow_rules(scope: Scope, rules: list[Rule]) -> None:
    """Add an author's statements to a node's own policy."""
    for rule in rules:
        scope.allow(*rule.actions, on=list(rule.resources), condition=rule.conditions, sid=rule.sid,
                    effect="Deny" if rule.deny else "Allow")  # fmt: skip


def managed_arns(names: list[str]) -> list[Any]:
    """Return the ARNs of AWS-managed policies given by name (`service-role/AWSBackupServiceRolePolicy`) or by ARN."""
    return [name if not isinstance(name, str) or name.startswith("arn:")
            else Sub("arn:${AWS::Partition}:iam::aws:policy/" + name) for name in names]  # fmt: skip


def policies_of(scope: Scope) -> dict[str, Any]:
    """Return what roles, users and groups say alike: the managed policies, and the boundary where the kind has one."""
    kind = scope.kind
    own = [scope.arn(id) for id in kind.policies]
    return {
        "ManagedPolicyArns": [*managed_arns(kind.managed), *own] or None,
        "PermissionsBoundary": scope.arn(getattr(kind, "boundary", None)),
        "Path": kind.path,
    }


class Policy(Kind, name="iam.policy", icon=f"{ICON}-permissions", service="AWS IAM", types="AWS::IAM::ManagedPolicy"):
    """Customer-managed policy, attached to roles, users and groups or used as a permissions boundary."""

    statements: list[Rule] = prop(doc="What it allows and forbids.", ge=1)
    path: str | None = prop(None, "Path of the policy, such as /teams/shop/.", pattern=r"/([!-~]+/)?")

    guard = True
    taggable = False
    attributes = {"arn": "${}"}
    external = External(("arn",))
    grants = {"read": Grant("iam:GetPolicy", "iam:GetPolicyVersion")}
    example = '{statements: [{actions: ["s3:GetObject"], resources: ["arn:aws:s3:::reports/*"]}]}'

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        names = [rule.sid for rule in self.statements if rule.sid]
        twice = next((name for name in names if names.count(name) > 1), None)
        return [Refusal(f"two statements are named '{twice}'", None, "bad-value", "statements")] if twice else []

    def build(self, scope: Scope) -> None:
        from troposphere import iam

        document = {"Version": "2012-10-17", "Statement": [rule.statement for rule in self.statements]}
        scope.make(iam.ManagedPolicy, Description=scope.node.note, Path=self.path, PolicyDocument=document)
