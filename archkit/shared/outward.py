"""HTTPS endpoints outside AWS: the connection that holds the credentials, and the API destination that is called.

Rules, pipes and workflows call an endpoint in the same way
(https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from archkit.kind import NodeId, Record, Refusal, prop
from archkit.scope import Resource, Scope
from archkit.values import template

__all__ = ["Endpoint", "connection", "destination"]

Make = Callable[..., Resource]


class Endpoint(Record):
    """What is called, and with which credentials: they are read from a secret, never written down."""

    url: str = prop(doc="HTTPS address that is called; `*` stands for a path parameter.", pattern="https://.+")
    method: Literal["GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH"] = prop("POST", "HTTP method.")
    rate: int | None = prop(None, "Most calls a second.", ge=1, le=300)
    secret: NodeId | None = prop(
        None,
        "Secret that holds the API key, password or client secret (default: nothing secret is sent).",
        slot="secret",
        to="secretsmanager.secret",
    )
    secret_key: str | None = prop(None, "Field of the secret's JSON (default: the whole secret).")
    header: str = prop("Authorization", "Header that carries the API key.")
    user: str | None = prop(None, "User name; basic authentication instead of an API key.")
    client: str | None = prop(None, "Client id; OAuth client credentials instead of an API key.")
    token_url: str | None = prop(None, "Where the OAuth token is fetched.", pattern="https://.+")

    def lacks(self) -> Refusal | None:
        """Say what is wrong with the credentials taken together."""
        if self.secret is None and (self.client or self.user):
            return Refusal("credentials are read from a secret", "secret: id of a secretsmanager.secret",
                           "missing-property", "client" if self.client else "user")  # fmt: skip
        if self.client and not self.token_url:
            return Refusal("OAuth needs the address where tokens are fetched", "token_url: https://...",
                           "missing-property", "client")  # fmt: skip
        if self.client and self.user:
            return Refusal("'user' is for basic authentication, 'client' for OAuth", "keep one", "bad-value", "user")
        return None


def connection(endpoint: Endpoint, secret: Scope | None, make: Make) -> Resource:
    """Make the connection; the secret is named by a dynamic reference, so that no template holds it.

    A connection always sends a header or credentials: without a secret it is a header that says who calls.
    """
    if secret is None:
        said = {"ApiKeyName": "X-Caller", "ApiKeyValue": "eventbridge"}
        return make("AWS::Events::Connection", "Connection", AuthorizationType="API_KEY",
                    AuthParameters={"ApiKeyAuthParameters": said})  # fmt: skip
    field = f":SecretString:{endpoint.secret_key}" if endpoint.secret_key else ""
    held = template("{{resolve:secretsmanager:${secret}" + field + "}}", lambda _: secret.attribute("arn"))
    if endpoint.client:
        kind = "OAUTH_CLIENT_CREDENTIALS"
        client = {"ClientID": endpoint.client, "ClientSecret": held}
        parameters: dict[str, Any] = {"OAuthParameters": {
            "AuthorizationEndpoint": endpoint.token_url, "HttpMethod": "POST", "ClientParameters": client}}  # fmt: skip
    elif endpoint.user:
        kind, parameters = "BASIC", {"BasicAuthParameters": {"Username": endpoint.user, "Password": held}}
    else:
        kind = "API_KEY"
        parameters = {"ApiKeyAuthParameters": {"ApiKeyName": endpoint.header, "ApiKeyValue": held}}
    return make("AWS::Events::Connection", "Connection", AuthorizationType=kind, AuthParameters=parameters)


def destination(endpoint: Endpoint, secret: Scope | None, make: Make) -> Resource:
    """Make the API destination with its connection."""
    return make(
        "AWS::Events::ApiDestination", "Destination", ConnectionArn=connection(endpoint, secret, make).att("Arn"),
        HttpMethod=endpoint.method, InvocationEndpoint=endpoint.url, InvocationRateLimitPerSecond=endpoint.rate,
    )  # fmt: skip
