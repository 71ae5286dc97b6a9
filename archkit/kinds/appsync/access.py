"""Who may call: the ways in which an API tells its callers apart, the first of which is the default."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from archkit.architecture import Architecture, Ends, Node
from archkit.kind import Join, Kind, Refusal, prop
from archkit.kinds.appsync.resolvers import SERVICE
from archkit.scope import Link, Scope
from archkit.values import region

__all__ = ["Authorize", "FunctionAuth", "Mode", "PoolAuth", "modes", "providers"]

Mode = Literal["api_key", "iam", "cognito", "lambda", "oidc"]
TYPES = {"api_key": "API_KEY", "iam": "AWS_IAM", "cognito": "AMAZON_COGNITO_USER_POOLS", "lambda": "AWS_LAMBDA",
         "oidc": "OPENID_CONNECT"}  # fmt: skip


class Authorize(Join):
    """Decides who may call the API."""

    word: ClassVar[str] = "authorize"
    arrow: ClassVar[Any] = "either"
    style: ClassVar[Any] = "guard"
    mode: ClassVar[str] = ""

    def provider(self, other: Scope) -> dict[str, Any]:
        """Return how the API asks the other end."""
        raise NotImplementedError

    def apply(self, link: Link) -> None:
        """The API writes its providers in their order, once all are known."""


class PoolAuth(Authorize):
    """Users of a Cognito user pool."""

    clients: str | None = prop(None, "Regular expression of the ids of the pool's clients that may call.")
    deny: bool = prop(False, "Refuse what the schema does not allow by @aws_auth (as the default way only).")

    usual: ClassVar[bool] = True
    mode: ClassVar[str] = "cognito"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return "AWS::Cognito::UserPool" in other.types[:1]

    def provider(self, other: Scope) -> dict[str, Any]:
        id = other.attribute("id") if "id" in other.kind.attributes or other.exists else other.fill("${}")
        return {"UserPoolId": id, "AwsRegion": other.node.place[1] or region, "AppIdClientRegex": self.clients}


class FunctionAuth(Authorize):
    """A function that sees the token of each request and says whether it may go on."""

    ttl: int = prop(300, "Seconds that an answer is kept; 0 asks for every request.", ge=0, le=3_600)
    pattern: str | None = prop(None, "Regular expression that a token must match before the function is asked.")

    mode: ClassVar[str] = "lambda"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.admits is not None and other.admits.protocol == "lambda"

    def refuse(self, ends: Ends) -> Refusal | None:
        twins = [edge for edge, effect in ends.architecture.effects("authorize") if effect.owner == ends.owner.id
                 and isinstance(effect.join, FunctionAuth)]  # fmt: skip
        if len(twins) > 1 and twins[0].id != ends.edge.id:
            return Refusal("an API asks one function who may call", None, "too-many-authorisers")
        return None

    def provider(self, other: Scope) -> dict[str, Any]:
        return {"AuthorizerUri": other.fill(other.kind.admits.endpoint), "AuthorizerResultTtlInSeconds": self.ttl,
                "IdentityValidationExpression": self.pattern}  # fmt: skip

    def apply(self, link: Link) -> None:
        link.other.admit(SERVICE, link.owner.attribute("arn"), link.because, via=f"{link.owner.id}Authorizer")


def modes(api: Node, world: Architecture) -> list[str]:
    """Return how callers are told apart: what is said, then what edges add; where nothing is, they sign requests."""
    kind: Any = api.kind
    found = [
        *kind.auth,
        *(effect.join.mode for _, effect in _authorizers(api, world)),
        *(["oidc"] if kind.issuer else []),
    ]
    return list(dict.fromkeys(found)) or ["iam"]


def _authorizers(api: Node, world: Architecture) -> list[tuple[str, Any]]:
    return [(edge.target if edge.source == api.id else edge.source, effect)
            for edge, effect in world.effects("authorize")
            if effect.owner == api.id and isinstance(effect.join, Authorize)]  # fmt: skip


def providers(api: Scope) -> list[dict[str, Any]]:
    """Return the authentication providers of an API, the default one first."""
    kind, found = api.kind, list[dict[str, Any]]()
    asked: dict[str, list[tuple[Any, Any]]] = {}
    for other, effect in _authorizers(api.node, api.architecture):
        scope = api.of(other)
        assert scope is not None
        asked.setdefault(effect.join.mode, []).append((scope, scope.filled(effect.join)))
    for number, mode in enumerate(modes(api.node, api.architecture)):
        for scope, join in asked.get(mode, [(None, None)]):
            one: dict[str, Any] = {"AuthenticationType": TYPES[mode]}
            if mode == "cognito":
                action = {"DefaultAction": "DENY" if join.deny else "ALLOW"} if not number and not found else {}
                one["UserPoolConfig"] = {**_plain(join.provider(scope)), **action}
            elif mode == "lambda":
                one["LambdaAuthorizerConfig"] = _plain(join.provider(scope))
            elif mode == "oidc":
                one["OpenIDConnectConfig"] = _plain({"Issuer": kind.issuer, "ClientId": kind.client})
            found.append(one)
    return found


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
