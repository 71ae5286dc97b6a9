"""Identity pools (AWS::Cognito::IdentityPool): credentials of AWS for people who have signed in, and for guests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from archkit.architecture import Architecture, Ends, Node
from archkit.diagnostics import did_you_mean, listing
from archkit.kind import External, Grant, Helper, Join, Kind, NodeId, Refusal, prop
from archkit.kinds.cognito.role import SERVICE, trust
from archkit.scope import Link, Scope
from archkit.values import Sub

__all__ = ["IdentityPool"]


class Accept(Join):
    """People who have signed in to a user pool get credentials."""

    word: ClassVar[str] = "authorize"
    usual: ClassVar[bool] = True
    arrow: ClassVar[Any] = "either"
    style: ClassVar[Any] = "guard"

    client: str | None = prop(
        None, "App client by name, or its id for a user pool that exists (default: the first).", shape=True
    )
    server_check: bool = prop(True, "Ask the user pool whether it still knows who signed in.")
    roles: Literal["one", "groups"] = prop(
        "one", "Whether all get the role of the identity pool, or the one of their group where it has one."
    )
    otherwise: Literal["role", "nothing"] = prop("role", "What they get without such a group, where it goes by groups.")

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return "AWS::Cognito::UserPool" in other.types

    def refuse(self, ends: Ends) -> Refusal | None:
        clients = getattr(ends.other.kind, "clients", None)
        named = isinstance(self.client, str) and ends.other.existing is None
        if named and clients and self.client not in clients:
            hint = did_you_mean(str(self.client), clients) or f"its clients: {listing(clients, 'and')}"
            return Refusal(f"'{ends.other.id}' has no client '{self.client}'", hint, "bad-value", "client")
        return None

    def apply(self, link: Link) -> None:
        users, pool = link.other, link.owner
        if users.exists or not users.kind.clients:
            client: Any = self.client or users.attribute("client")
        else:
            name = f"client_{self.client.replace('-', '_')}" if self.client else "client"
            client = users.attribute(name)
        provider = users.attribute("provider")
        pool.main.append("CognitoIdentityProviders", {
            "ClientId": client, "ProviderName": provider, "ServerSideTokenCheck": self.server_check})  # fmt: skip
        if self.roles == "groups":
            attached = pool.kind.attachment(pool)
            attached.set("RoleMappings", {**(attached.get("RoleMappings") or {}), users.id: {
                "IdentityProvider": Sub("${Provider}:${Client}", {"Provider": provider, "Client": client}),
                "Type": "Token",
                "AmbiguousRoleResolution": "AuthenticatedRole" if self.otherwise == "role" else "Deny",
            }})  # fmt: skip


class IdentityPool(Kind, icon="aws/security/cognito", service="Amazon Cognito identity pool",
                   types=("AWS::Cognito::IdentityPool", "AWS::Cognito::IdentityPoolRoleAttachment", "AWS::IAM::Role",
                          "AWS::IAM::Policy")):  # fmt: skip
    """Identity pool: people who have signed in get credentials of AWS, with the rights of the edges that start here.

    With `guests`, its helper `guests` stands for those who have not: `identities.guests -> news: read`.
    """

    pools: list[NodeId] = prop([], "User pools whose people get credentials.", slot="authorize", to="cognito.user_pool")
    guests: bool = prop(False, "Give credentials to guests too: the helper 'guests' stands for them.", shape=True)
    classic: bool = prop(False, "Allow the classic flow, in which an app asks STS itself.")
    developer: str | None = prop(None, "Name of a sign-in of your own.", pattern=r"[\w._-]{1,128}")
    logins: dict[str, str] = prop({}, "App ids at public providers, such as graph.facebook.com.")
    saml: list[str] = prop([], "ARNs of SAML providers of IAM.", pattern="arn:.+")
    oidc: list[NodeId] = prop([], "OpenID Connect providers of IAM.", slot="oidc", to="iam.oidc_provider")
    grantee = True
    principal = SERVICE
    attributes = {
        "id": "${}", "name": "${.Name}", "role": "${+Role.Arn}",
        "arn": "arn:${AWS::Partition}:cognito-identity:${AWS::Region}:${AWS::AccountId}:identitypool/${}",
    }  # fmt: skip
    address = "${id}"
    external = External(("id",), {"arn": attributes["arn"].replace("${}", "${id}")})
    grants = {
        "read": Grant("cognito-identity:DescribeIdentityPool", "cognito-identity:ListIdentities", usual=True),
        "sign_in": Grant(
            "cognito-identity:GetOpenIdTokenForDeveloperIdentity", "cognito-identity:LookupDeveloperIdentity"
        ),
    }
    joins = (Accept,)
    example = "{guests: true}"

    def helpers(self) -> Mapping[str, Helper]:
        return {"guests": Helper("cognito.role", {"signed_in": False})} if self.guests else {}

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        if self.classic and self.guests:
            return [Refusal("the classic flow gives guests rights that Cognito does not narrow", "classic: false",
                            "bad-value", "classic")]  # fmt: skip
        return []

    def build(self, scope: Scope) -> None:
        pool = scope.make(
            "AWS::Cognito::IdentityPool",
            AllowUnauthenticatedIdentities=self.guests,
            AllowClassicFlow=self.classic or None,
            DeveloperProviderName=self.developer,
            SupportedLoginProviders=self.logins or None,
            SamlProviderARNs=list(self.saml) or None,
            OpenIdConnectProviderARNs=[scope.arn(one) for one in self.oidc] or None,
        )
        scope.role().properties["AssumeRolePolicyDocument"] = trust(pool.ref, signed_in=True)

    def attachment(self, scope: Scope) -> Any:
        """Return what gives the pool its roles, made on first use."""
        guests = scope.of(f"{scope.node.id}.guests")
        roles = {"authenticated": scope.role().att("Arn")} | (
            {"unauthenticated": guests.attribute("arn")} if guests else {}
        )
        return scope.get("Roles") or scope.make(
            "AWS::Cognito::IdentityPoolRoleAttachment", "Roles", IdentityPoolId=scope.main.ref, Roles=roles
        )

    def finish(self, scope: Scope) -> None:
        self.attachment(scope)
