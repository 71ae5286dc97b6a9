"""App clients of a user pool: what an app may do, and how its users come back to it."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Literal

from archkit.kind import Record, Refusal, prop
from archkit.kinds.cognito.settings import camel
from archkit.scope import Resource, Scope

__all__ = ["Client", "make_clients", "make_one"]

FLOWS = {"srp": "ALLOW_USER_SRP_AUTH", "password": "ALLOW_USER_PASSWORD_AUTH", "choice": "ALLOW_USER_AUTH",
         "custom": "ALLOW_CUSTOM_AUTH", "admin": "ALLOW_ADMIN_USER_PASSWORD_AUTH"}  # fmt: skip
RETURN = re.compile(r"https://.+|http://localhost([:/].*)?|(?!https?:)[a-zA-Z][a-zA-Z0-9+.-]*:.+")
"""https, http for the developer's own machine, or an app's own scheme
(https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-client-apps.html)."""


class Client(Record):
    """An app that signs people in. A bare value is where its users return to."""

    short: ClassVar[str | None] = "callbacks"

    callbacks: list[str] = prop([], "Addresses that people return to after the sign-in pages.", le=100)
    logouts: list[str] = prop([], "Addresses that people return to after signing out.", le=100)
    flows: list[Literal["code", "implicit", "client_credentials"]] = prop(
        ["code"], "OAuth flows of the sign-in pages; client_credentials is for machines and stands alone."
    )
    scopes: list[str] = prop(
        ["openid", "email", "profile"], "Scopes that tokens may have: OpenID's, or API/scope of `scopes`."
    )
    sign_in: list[Literal["srp", "password", "choice", "custom", "admin"]] = prop(
        ["srp"], "How the app itself may sign people in, without the sign-in pages."
    )
    secret: bool = prop(False, "Whether the app has a secret; browsers and phones cannot keep one.")
    providers: list[str] = prop([], "Who may sign people in: cognito, or names of `providers` (default: all).")
    access_minutes: int = prop(60, "Minutes that an access token is good for.", ge=5, le=1_440)
    id_minutes: int = prop(60, "Minutes that an identity token is good for.", ge=5, le=1_440)
    refresh_days: int = prop(30, "Days after which people sign in again.", ge=1, le=3_650)
    rotate: bool = prop(False, "Give a new refresh token at each use.")
    read: list[str] = prop([], "Attributes that the app may read (default: all).")
    write: list[str] = prop([], "Attributes that the app may write (default: all).")

    @property
    def machine(self) -> bool:
        """Whether it stands for a machine, with rights of its own and no user."""
        return "client_credentials" in self.flows

    def lacks(self, name: str, pages: bool) -> Refusal | None:
        """Say what is wrong with its settings taken together; `pages` says whether the pool has sign-in pages."""
        if self.machine and list(self.flows) != ["client_credentials"]:
            return Refusal(f"the client '{name}' is a machine's: client_credentials stands alone",
                           "make another client for people", "bad-value", "clients")  # fmt: skip
        if self.machine and set(self.scopes) & {"openid", "email", "profile", "phone"}:
            return Refusal(
                f"the client '{name}' is a machine's, and has no scopes of people",
                "scopes: [API/scope], with the API in 'scopes' of the pool",
                "bad-value",
                "clients",
            )
        if (self.callbacks or self.machine) and not pages:
            return Refusal(
                f"the client '{name}' uses OAuth, and the pool has no domain for it",
                "domain: auto, a prefix of your own, or a domain",
                "missing-property",
                "clients",
            )
        wrong = next(
            (url for url in (*self.callbacks, *self.logouts) if isinstance(url, str) and not RETURN.fullmatch(url)),
            None,
        )
        if wrong is not None:
            return Refusal(f"people cannot return to '{wrong}'", "https://..., http://localhost or an app's own scheme",
                           "bad-value", "clients")  # fmt: skip
        return None

    def oauth(self, pages: bool) -> dict[str, Any]:
        """Return the properties of the sign-in pages; none where the app does not use them."""
        if not pages or not (self.callbacks or self.machine):
            return {}
        return {"AllowedOAuthFlowsUserPoolClient": True, "AllowedOAuthFlows": list(self.flows),
                "AllowedOAuthScopes": list(self.scopes), "CallbackURLs": list(self.callbacks) or None,
                "LogoutURLs": list(self.logouts) or None}  # fmt: skip


def make_clients(pool: Scope, providers: dict[str, Resource], servers: list[Resource]) -> None:
    """Make the app clients of a pool, once what they name is there."""
    for name, client in pool.kind.clients.items():
        chosen = client.providers or ["cognito", *providers]
        pool.make(
            "AWS::Cognito::UserPoolClient", f"{camel(name)}Client", after=servers, UserPoolId=pool.main.ref,
            ClientName=name, GenerateSecret=client.secret or client.machine or None,
            ExplicitAuthFlows=None if client.machine else [*(FLOWS[way] for way in client.sign_in),
                                                           *([] if client.rotate else ["ALLOW_REFRESH_TOKEN_AUTH"])],
            **client.oauth(bool(pool.kind.domain)),
            SupportedIdentityProviders=None if client.machine else [
                "COGNITO" if one == "cognito" else providers[one].ref for one in chosen],
            AccessTokenValidity=client.access_minutes,
            IdTokenValidity=None if client.machine else client.id_minutes,
            RefreshTokenValidity=None if client.machine else client.refresh_days,
            TokenValidityUnits={"AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "days"},
            RefreshTokenRotation={"Feature": "ENABLED", "RetryGracePeriodSeconds": 10} if client.rotate else None,
            PreventUserExistenceErrors="ENABLED", EnableTokenRevocation=True,
            ReadAttributes=list(client.read) or None, WriteAttributes=list(client.write) or None,
        )  # fmt: skip


def make_one(pool: Scope, name: str, returns: str, scopes: list[str], because: str) -> Resource:
    """Return a client with a secret for what signs people in by itself, such as a load balancer, made on first use."""
    known = pool.get(f"{name}Client")
    if known is not None:
        known.append("CallbackURLs", returns)
        for scope in scopes:
            known.append("AllowedOAuthScopes", scope)
        return known
    others = [made.ref for one in pool.kind.providers if (made := pool.get(f"{camel(one)}Provider")) is not None]
    return pool.make(
        "AWS::Cognito::UserPoolClient", f"{name}Client", because=because, UserPoolId=pool.main.ref, GenerateSecret=True,
        AllowedOAuthFlowsUserPoolClient=True, AllowedOAuthFlows=["code"], AllowedOAuthScopes=list(scopes),
        CallbackURLs=[returns], SupportedIdentityProviders=["COGNITO", *others], PreventUserExistenceErrors="ENABLED",
        EnableTokenRevocation=True,
    )  # fmt: skip
