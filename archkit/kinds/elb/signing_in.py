"""People sign in before a load balancer hands their requests on: in a pool of Cognito, or at another provider.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from archkit import network
from archkit.architecture import Ends
from archkit.kind import NodeId, Port, Record, Refusal, prop
from archkit.scope import Link

__all__ = ["SignIn"]

RETURN = "/oauth2/idpresponse"
"""The path of a load balancer that people return to from a provider's pages."""
PLACE = "https://.+"
SECRET = "{{resolve:secretsmanager:${arn}:SecretString:client_secret}}"


class Provider(Record):
    """A provider that speaks OpenID Connect, as it describes itself under /.well-known/openid-configuration."""

    issuer: str = prop(doc="Its `issuer`.", pattern=PLACE)
    authorization: str = prop(doc="Its `authorization_endpoint`.", pattern=PLACE)
    token: str = prop(doc="Its `token_endpoint`.", pattern=PLACE)
    user_info: str = prop(doc="Its `userinfo_endpoint`.", pattern=PLACE)
    client: str = prop(doc="Id of the client that stands for the load balancer there.")


class SignIn(Record):
    """Options of an edge whose requests come from people who have signed in."""

    word: ClassVar[str]

    sign_in: NodeId | None = prop(None, "User pool in which people sign in first; a client of it is made.",
                                  slot="sign_in", to="cognito.user_pool", shape=True)  # fmt: skip
    provider: Provider | None = prop(None, "OpenID Connect provider at which people sign in first.", shape=True)
    client_secret: NodeId | None = prop(None, "Secret whose `client_secret` the provider knows the client by.",
                                        slot="secret", to="secretsmanager.secret")  # fmt: skip
    scopes: list[str] = prop(["openid"], "Scopes that are asked for.")
    strangers: Literal["authenticate", "allow", "deny"] = prop(
        "authenticate", "What becomes of requests of people who have not signed in."
    )
    session: int = prop(604_800, "Seconds after which people sign in again.", ge=1, le=604_800)

    @property
    def asks(self) -> bool:
        """Whether people sign in."""
        return self.sign_in is not None or self.provider is not None

    def refuse_sign_in(self, ends: Ends) -> Refusal | None:
        """Say why people cannot sign in at this load balancer."""
        if self.sign_in is not None and self.provider is not None:
            return Refusal("people sign in at one place", "keep one of the two", "bad-value", "provider")
        if (self.provider is None) != (self.client_secret is None):
            return Refusal("a provider and the secret of the client there go together",
                           "client_secret: a secretsmanager.secret", "missing-property",
                           "provider" if self.provider else "client_secret")  # fmt: skip
        if not self.asks:
            return None
        owner: Any = ends.owner.kind
        if ends.owner.existing is None and not owner.secure:
            return Refusal("people sign in by HTTPS only", f"domain: shop.example.com, on '{ends.owner.id}'",
                           "missing-property", "sign_in" if self.sign_in else "provider")  # fmt: skip
        pool: Any = ends.architecture.nodes.get(self.sign_in or "")
        if pool is not None and (pool.existing is not None or not pool.kind.domain):
            return Refusal(f"'{pool.id}' has no sign-in pages of the blueprint", f"domain: auto, on '{pool.id}'",
                           "missing-property", "sign_in")  # fmt: skip
        if pool is not None and self.host_of(ends.owner.kind) is None:
            return Refusal("it is not known where people return to", f"domain: shop.example.com, on '{ends.owner.id}'",
                           "missing-property", "sign_in")  # fmt: skip
        return None

    def host_of(self, kind: Any) -> str | None:
        """Return the name of the load balancer that people return to."""
        host = getattr(self, "host", None)
        found: str | None = host if host and "*" not in host and "?" not in host else kind.domain
        return found

    def first(self, link: Link) -> list[dict[str, Any]]:
        """Return the actions that come before the last one: none, or to sign in."""
        if not self.asks:
            return []
        balancer = link.owner
        # it asks the provider itself, at addresses that nobody knows
        network.let_out(balancer, network.ANYWHERE, Port(443), link.because, "Internet")
        common: dict[str, Any] = {"Scope": " ".join(self.scopes), "OnUnauthenticatedRequest": self.strangers,
                                  "SessionTimeout": self.session}  # fmt: skip
        pool = link.option(self.sign_in)
        if pool is not None:
            client = pool.kind.client_of(pool, balancer.id, f"https://{self.host_of(balancer.kind)}{RETURN}".lower(),
                                         list(self.scopes), link.because)  # fmt: skip
            config = {"UserPoolArn": pool.attribute("arn"), "UserPoolClientId": client.ref,
                      "UserPoolDomain": pool.fill("${+Domain}"), **common}  # fmt: skip
            return [{"Type": "authenticate-cognito", "Order": 1, "AuthenticateCognitoConfig": config}]
        secret, provider = link.option(self.client_secret), self.provider
        assert secret is not None and provider is not None
        config = {"Issuer": provider.issuer, "AuthorizationEndpoint": provider.authorization,
                  "TokenEndpoint": provider.token, "UserInfoEndpoint": provider.user_info, "ClientId": provider.client,
                  "ClientSecret": secret.fill(SECRET), **common}  # fmt: skip
        return [{"Type": "authenticate-oidc", "Order": 1, "AuthenticateOidcConfig": config}]
