"""Roles: whom they trust, what they may do, and what AWS makes of them."""

from __future__ import annotations

from typing import Any, ClassVar

from archkit.architecture import Architecture, Ends, Node
from archkit.kind import External, Grant, Join, Kind, NodeId, Record, Refusal, prop
from archkit.kinds.iam.policy import ICON, Rule, allow_rules, policies_of
from archkit.scope import Link, Scope
from archkit.values import Sub

__all__ = ["OidcProvider", "Role", "ServiceLinkedRole"]

SERVICE = r"[a-z0-9.-]+\.amazonaws\.com(\.cn)?"


def _root(account: Any) -> Any:
    """Everybody in an account to whom that account itself gives the right to assume a role."""
    parts = {} if isinstance(account, str) else {"Account": account}
    return Sub("arn:${AWS::Partition}:iam::" + (account if isinstance(account, str) else "${Account}") + ":root", parts)


class Oidc(Record):
    """An OpenID Connect provider whose tokens a role accepts, such as those of a build service."""

    provider: str = prop(doc="Address of the provider without https://, such as token.actions.githubusercontent.com.",
                         pattern=r"(?!https://)[A-Za-z0-9.-]+(/[A-Za-z0-9._/-]+)?")  # fmt: skip
    subjects: list[str] = prop(doc="Subjects that are let in; a * in one stands for any text.", ge=1)
    audience: str = prop("sts.amazonaws.com", "Audience that the token names.")

    @property
    def statement(self) -> dict[str, Any]:
        """The trust; a subject with a star is compared as a pattern."""
        key, like = f"{self.provider}:sub", any("*" in str(subject) for subject in self.subjects)
        condition: dict[str, Any] = {"StringEquals": {f"{self.provider}:aud": self.audience}}
        condition.setdefault("StringLike" if like else "StringEquals", {})[key] = list(self.subjects)
        arn = Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:oidc-provider/" + self.provider)
        return {"Effect": "Allow", "Principal": {"Federated": arn}, "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": condition}  # fmt: skip


class Assume(Join):
    """The other end may take this role: it gets the right, and the role trusts it."""

    word: ClassVar[str] = "assume"
    usual: ClassVar[bool] = True
    arrow: ClassVar[Any] = "in"
    style: ClassVar[Any] = "guard"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.grantee

    def apply(self, link: Link) -> None:
        link.other.allow("sts:AssumeRole", on=link.owner.attribute("arn"), because=link.because)
        link.hand_over()
        if link.owner.exists:
            return  # its trust is kept where it is owned
        if link.other.kind.attaches == "Groups":
            whom: Any = Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")  # a policy cannot name a group
        else:
            whom = link.other.main.att("Arn") if link.other.kind.attaches else link.other.role().att("Arn")
        link.owner.main.append("AssumeRolePolicyDocument.Statement",
                               {"Effect": "Allow", "Principal": {"AWS": whom}, "Action": "sts:AssumeRole"})  # fmt: skip


class Pass(Join):
    """The other end may hand this role to the services that the role trusts, and to no other."""

    word: ClassVar[str] = "pass"
    arrow: ClassVar[Any] = "in"
    style: ClassVar[Any] = "guard"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.grantee

    def refuse(self, ends: Ends) -> Refusal | None:
        if ends.owner.existing is None and not getattr(ends.owner.kind, "services", None):
            return Refusal(f"'{ends.owner.id}' names no service that it could be passed to",
                           "services: [...] on the role", "cannot-join")  # fmt: skip
        return None

    def apply(self, link: Link) -> None:
        services = list(getattr(link.owner.kind, "services", None) or ())
        condition = {"StringEquals": {"iam:PassedToService": services}} if services else None
        link.other.allow("iam:PassRole", on=link.owner.attribute("arn"), because=link.because, condition=condition)


class Role(Kind, name="iam.role", icon=f"{ICON}-role", service="AWS IAM",
           types=("AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::InstanceProfile")):  # fmt: skip
    """Role: rights that services, other accounts or signed-in users take on for a while."""

    services: list[str] = prop([], "Services that may assume it, such as ec2.amazonaws.com.", pattern=SERVICE)
    accounts: list[str] = prop([], "Ids of other accounts that may assume it.", pattern="[0-9]{12}")
    external_id: str | None = prop(
        None, "External id that those accounts must give.", pattern=r"[A-Za-z0-9_+=,.@:/-]{2,1224}"
    )
    principals: list[str] = prop([], "ARNs of principals that may assume it.", pattern="arn:.+")
    mfa: bool = prop(False, "Accounts and principals must have signed in with a second factor.")
    oidc: list[Oidc] = prop([], "OpenID Connect providers whose tokens it accepts.")
    saml: str | None = prop(None, "ARN of the SAML provider whose users may assume it.", pattern="arn:.+")
    managed: list[str] = prop([], "AWS-managed policies, by name or ARN.", le=20)
    policies: list[NodeId] = prop([], "Customer-managed policies, by node.", slot="policy", to="iam.policy", le=20)
    statements: list[Rule] = prop([], "Statements of its own, beside those that edges add.")
    boundary: NodeId | None = prop(None, "Policy that bounds what it can ever do.", slot="boundary", to="iam.policy")
    max_session: int | None = prop(None, "Seconds that a session may last.", ge=3_600, le=43_200)
    instance_profile: bool = prop(False, "Make an instance profile, so that EC2 instances can run as it.")
    path: str | None = prop(None, "Path of the role, such as /teams/shop/.", pattern=r"/([!-~]+/)?")
    role_name: str | None = prop(
        None, "A fixed name, for other accounts to refer to.", pattern=r"[A-Za-z0-9_+=,.@-]{1,64}"
    )

    guard = True
    grantee = True
    attaches = "Roles"
    attributes = {
        "arn": "${.Arn}",
        "name": "${}",
        "id": "${.RoleId}",
        "profile": "${+Profile.Arn}",
        "profile_name": "${+Profile}",
    }
    address = "${arn}"
    external = External(("arn",))
    grants = {"inspect": Grant("iam:GetRole")}
    joins = (Assume, Pass)
    example = "{services: [ec2.amazonaws.com], instance_profile: true}"

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        found = []
        if self.external_id and not self.accounts:
            found.append(
                Refusal("an external id is what other accounts give", "accounts: [...]", "bad-value", "external_id")
            )
        users = [edge for edge in world.edges if edge.target == node.id and (edge.badge or _assumes(edge))]
        if not (self.services or self.accounts or self.principals or self.oidc or self.saml or users):
            way = "name 'services', 'accounts', 'principals' or 'oidc', or make it the 'role' of a node"
            found.append(Refusal(f"nobody can assume '{node.id}'", way, "nobody-trusted"))
        if self.instance_profile and self.services and "ec2.amazonaws.com" not in self.services:
            found.append(Refusal("an instance profile is for instances, but the role does not trust ec2.amazonaws.com",
                                 "services: [ec2.amazonaws.com]", "bad-value", "instance_profile"))  # fmt: skip
        return found

    def build(self, scope: Scope) -> None:
        from troposphere import iam

        role = scope.make(
            iam.Role, AssumeRolePolicyDocument={"Version": "2012-10-17", "Statement": self._trusts()},
            Description=scope.node.note, MaxSessionDuration=self.max_session, RoleName=self.role_name,
            **policies_of(scope),
        )  # fmt: skip
        allow_rules(scope, self.statements)
        if self.instance_profile:
            scope.make(iam.InstanceProfile, "Profile", Roles=[role.ref], Path=self.path)

    def _trusts(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = [
            {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
            for service in self.services
        ]
        if self.accounts or self.principals:
            condition = {
                "StringEquals": {"sts:ExternalId": self.external_id} if self.external_id else None,
                "Bool": {"aws:MultiFactorAuthPresent": "true"} if self.mfa else None,
            }
            given = {name: value for name, value in condition.items() if value}
            whom = [*(_root(account) for account in self.accounts), *self.principals]
            found.append(
                {"Effect": "Allow", "Principal": {"AWS": whom}, "Action": "sts:AssumeRole", "Condition": given or None}
            )
        found += [provider.statement for provider in self.oidc]
        if self.saml:
            audience = {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}
            found.append({"Effect": "Allow", "Principal": {"Federated": self.saml}, "Action": "sts:AssumeRoleWithSAML",
                          "Condition": audience})  # fmt: skip
        return found

    def attribute(self, name: str) -> str | None:
        if name.startswith("profile") and not self.instance_profile:
            return None
        return super().attribute(name)


def _assumes(edge: Any) -> bool:
    return any(isinstance(effect.join, Assume) for effect in edge.effects)


class OidcProvider(
    Kind, name="iam.oidc_provider", icon=f"{ICON}-aws-sts", service="AWS IAM", types="AWS::IAM::OIDCProvider"
):
    """OpenID Connect provider: an account trusts its tokens once, and roles say whose they accept."""

    url: str = prop(
        doc="Address of the provider, such as https://token.actions.githubusercontent.com.", pattern="https://.+"
    )
    audiences: list[str] = prop(["sts.amazonaws.com"], "Audiences that tokens may name.", ge=1, le=100)

    guard = True
    attributes = {"arn": "${.Arn}"}
    external = External(("arn",))
    example = '{url: "https://token.actions.githubusercontent.com"}'

    def build(self, scope: Scope) -> None:
        scope.make("AWS::IAM::OIDCProvider", Url=self.url, ClientIdList=list(self.audiences))


class ServiceLinkedRole(Kind, name="iam.service_linked_role", icon=f"{ICON}-role", service="AWS IAM",
                        types="AWS::IAM::ServiceLinkedRole"):  # fmt: skip
    """Service-linked role: the role that one AWS service acts with in this account, predefined by that service."""

    of: str = prop(doc="The service, such as autoscaling.amazonaws.com.", pattern=SERVICE)
    suffix: str | None = prop(
        None, "Suffix that tells several of one service apart.", pattern=r"[A-Za-z0-9_+=,.@-]{1,64}"
    )

    guard = True
    taggable = False
    attributes = {"name": "${}"}
    external = External(("name",))
    example = "{of: autoscaling.amazonaws.com}"

    def build(self, scope: Scope) -> None:
        from troposphere import iam

        scope.make(iam.ServiceLinkedRole, AWSServiceName=self.of, CustomSuffix=self.suffix, Description=scope.node.note)
