"""Who else signs people in: social providers, OpenID Connect and SAML, each an identity provider of the pool.

See https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateIdentityProvider.html.
"""

from __future__ import annotations

from typing import Any

from archkit.kind import NodeId, Record, Refusal, prop
from archkit.kinds.cognito.settings import camel
from archkit.scope import Resource, Scope
from archkit.values import template

__all__ = ["Provider", "make_providers"]

SOCIAL = {
    "google": ("Google", "openid email profile"), "facebook": ("Facebook", "public_profile,email"),
    "amazon": ("LoginWithAmazon", "profile"), "apple": ("SignInWithApple", "email name"),
}  # fmt: skip
"""Social providers: what Cognito calls each, and the scopes asked for."""
SAML_EMAIL = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"


class Provider(Record):
    """A provider: google, facebook, amazon or apple by its name, SAML by `metadata`, OpenID Connect by `issuer`."""

    client: str | None = prop(None, "Client id that the provider gave.")
    secret: NodeId | None = prop(
        None, "Secret that holds the client's secret, for Apple the private key.", slot="secret",
        to="secretsmanager.secret",
    )  # fmt: skip
    secret_key: str | None = prop(None, "Field of the secret's JSON (default: the whole secret).")
    scopes: str | None = prop(None, "Scopes to ask for, as the provider writes them.")
    issuer: str | None = prop(None, "Issuer of an OpenID Connect provider.", pattern="https://.+")
    metadata: str | None = prop(None, "Metadata of a SAML provider: its address, or the document.")
    sign_out: bool = prop(True, "Sign out of the SAML provider too.")
    team: str | None = prop(None, "Team id at Apple.")
    key_id: str | None = prop(None, "Key id at Apple.")
    map: dict[str, str] = prop({}, "Attributes of the user by name, each a claim of the provider (default: email).")
    identifiers: list[str] = prop([], "Names, such as mail domains, by which the sign-in pages choose it.", le=50)
    details: dict[str, str] = prop({}, "Further provider details, as AWS documents them.")

    def type(self, name: str) -> str | None:
        """Return the provider's type; None where nothing says it."""
        if name in SOCIAL:
            return SOCIAL[name][0]
        return "SAML" if self.metadata else "OIDC" if self.issuer else None

    def lacks(self, name: str) -> Refusal | None:
        """Say what the provider's type needs and is not there."""
        kind = self.type(name)
        if kind is None:
            return Refusal(f"nothing says what sort of provider '{name}' is",
                           f"'metadata' for SAML, 'issuer' for OpenID Connect, or one of {', '.join(SOCIAL)}",
                           "missing-property", "providers")  # fmt: skip
        needs = {"SAML": ("metadata",), "SignInWithApple": ("client", "secret", "team", "key_id")}
        for need in needs.get(kind, ("client", "secret")):
            if getattr(self, need) is None:
                return Refusal(f"the provider '{name}' needs '{need}'", f"{name}: {{{need}: ...}}", "missing-property",
                               "providers")  # fmt: skip
        return None

    def written(self, name: str, secret: Any) -> dict[str, Any]:
        """Return the ProviderDetails."""
        kind = self.type(name)
        if kind == "SAML":
            where = "MetadataURL" if str(self.metadata).startswith("https://") else "MetadataFile"
            found: dict[str, Any] = {where: self.metadata, "IDPSignout": "true" if self.sign_out else "false"}
        elif kind == "SignInWithApple":
            found = {"client_id": self.client, "team_id": self.team, "key_id": self.key_id, "private_key": secret}
        else:
            found = {"client_id": self.client, "client_secret": secret}
        if kind == "OIDC":
            found |= {"oidc_issuer": self.issuer, "attributes_request_method": "GET"}
        if kind != "SAML":
            found["authorize_scopes"] = self.scopes or SOCIAL.get(name, ("", "openid email profile"))[1]
        return {**found, **self.details}


def make_providers(pool: Scope) -> dict[str, Resource]:
    """Make the identity providers of a pool and return them by the names that the blueprint gives them.

    A secret is named by a dynamic reference, so that no template holds it.
    """
    made = {}
    for name, provider in pool.kind.providers.items():
        kind = provider.type(name)
        made[name] = pool.make(
            "AWS::Cognito::UserPoolIdentityProvider", f"{camel(name)}Provider", UserPoolId=pool.main.ref,
            ProviderName=kind if name in SOCIAL else name, ProviderType=kind,
            ProviderDetails=provider.written(name, _held(pool, provider)),
            IdpIdentifiers=list(provider.identifiers) or None,
            AttributeMapping=provider.map or {"email": SAML_EMAIL if kind == "SAML" else "email"},
        )  # fmt: skip
    return made


def _held(pool: Scope, provider: Provider) -> Any:
    """Return what stands for a provider's secret in the template."""
    secret = pool.of(provider.secret)
    if secret is None:
        return None
    field = f":SecretString:{provider.secret_key}" if provider.secret_key else ""
    return template("{{resolve:secretsmanager:${secret}" + field + "}}", lambda _: secret.attribute("arn"))
