"""Users and groups: people and programs with long-lived rights. A role is better wherever one can be assumed."""

from __future__ import annotations

from typing import Any, ClassVar

from archkit.kind import External, Grant, Join, Kind, NodeId, prop
from archkit.kinds.iam.policy import Rule, allow_rules, policies_of
from archkit.scope import Link, Scope

__all__ = ["Group", "User"]


class Member(Join):
    """The user belongs to the group and has its rights."""

    word: ClassVar[str] = "member"
    usual: ClassVar[bool] = True
    style: ClassVar[Any] = "guard"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.attaches == "Groups"

    def apply(self, link: Link) -> None:
        link.owner.main.append("Groups", link.other.attribute("name"))


class Group(
    Kind, name="iam.group", icon="aws/general/users", service="AWS IAM", types=("AWS::IAM::Group", "AWS::IAM::Policy")
):
    """Group of users who share their rights."""

    managed: list[str] = prop([], "AWS-managed policies, by name or ARN.", le=10)
    policies: list[NodeId] = prop([], "Customer-managed policies, by node.", slot="policy", to="iam.policy", le=10)
    statements: list[Rule] = prop([], "Statements of its own, beside those that edges add.")
    path: str | None = prop(None, "Path of the group, such as /teams/shop/.", pattern=r"/([!-~]+/)?")

    grantee = True
    attaches = "Groups"
    taggable = False
    attributes = {"arn": "${.Arn}", "name": "${}"}
    external = External(("name",))
    example = "{managed: [ReadOnlyAccess]}"

    def build(self, scope: Scope) -> None:
        from troposphere import iam

        scope.make(iam.Group, **policies_of(scope))
        allow_rules(scope, self.statements)


class User(
    Kind, name="iam.user", icon="aws/general/user", service="AWS IAM", types=("AWS::IAM::User", "AWS::IAM::Policy")
):
    """User: a person or program with credentials of its own. It gets no password and no access key from a template."""

    groups: list[NodeId] = prop([], "Groups that it belongs to.", slot="member", to="iam.group", le=10)
    managed: list[str] = prop([], "AWS-managed policies, by name or ARN.", le=10)
    policies: list[NodeId] = prop([], "Customer-managed policies, by node.", slot="policy", to="iam.policy", le=10)
    statements: list[Rule] = prop([], "Statements of its own, beside those that edges add.")
    boundary: NodeId | None = prop(None, "Policy that bounds what it can ever do.", slot="boundary", to="iam.policy")
    path: str | None = prop(None, "Path of the user, such as /teams/shop/.", pattern=r"/([!-~]+/)?")
    user_name: str | None = prop(None, "A fixed name.", pattern=r"[A-Za-z0-9_+=,.@-]{1,64}")

    grantee = True
    attaches = "Users"
    attributes = {"arn": "${.Arn}", "name": "${}"}
    external = External(("name",), {"arn": "arn:${AWS::Partition}:iam::${AWS::AccountId}:user/${name}"})
    grants = {"inspect": Grant("iam:GetUser")}
    joins = (Member,)
    example = "{path: /builders/}"

    def build(self, scope: Scope) -> None:
        from troposphere import iam

        scope.make(iam.User, UserName=self.user_name, **policies_of(scope))
        allow_rules(scope, self.statements)
