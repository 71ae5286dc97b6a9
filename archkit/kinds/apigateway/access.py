"""Who may call: the authorisers of an API, and the one that a route uses."""

from __future__ import annotations

from typing import Any, ClassVar

from archkit.architecture import Architecture, Node
from archkit.diagnostics import did_you_mean, listing
from archkit.kind import Join, Kind, Refusal, prop
from archkit.kinds.apigateway.paths import camel
from archkit.scope import Link, Resource, Scope
from archkit.values import Ref, Sub

__all__ = [
    "AskedFunction",
    "Authorize",
    "FunctionAuthorizer",
    "PoolAuthorizer",
    "authorization",
    "authorizers",
    "chosen",
    "function_uri",
    "helper",
    "known",
    "takes_tokens",
]

POOL = "AWS::Cognito::UserPool"


class Authorize(Join):
    """Decides who may call the API."""

    word: ClassVar[str] = "authorize"
    arrow: ClassVar[Any] = "either"
    style: ClassVar[Any] = "guard"
    check: ClassVar[str] = ""


class AskedFunction(Authorize):
    """A function that says whether a caller may go on."""

    check: ClassVar[str] = "CUSTOM"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.admits is not None and other.admits.protocol == "lambda"

    def let_in(self, link: Link, authorizer: Resource) -> None:
        """Let the API ask the function, for this authoriser and nothing else."""
        arn = Sub("arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/authorizers/${Authorizer}",
                  {"Api": link.owner.main.ref, "Authorizer": authorizer.ref})  # fmt: skip
        link.other.admit("apigateway.amazonaws.com", arn, link.because, via=f"{link.owner.id}Authorizer")


class FunctionAuthorizer(AskedFunction):
    """A function that sees the request first and says whether it may go on."""

    headers: list[str] = prop(["Authorization"], "Headers that identify the caller; answers are kept by them.", ge=1)
    ttl: int = prop(300, "Seconds that an answer is kept; 0 asks for every request.", ge=0, le=3_600)


class PoolAuthorizer(Authorize):
    """A Cognito user pool whose tokens are taken."""

    usual: ClassVar[bool] = True

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return POOL in other.types


def function_uri(function: Scope) -> Any:
    """Return the address at which API Gateway invokes a function."""
    address = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Function}/invocations"
    return Sub(address, {"Function": function.fill(function.kind.admits.endpoint)})


def helper(name: str) -> str:
    """Return the part of an authoriser's logical id that follows the API's."""
    return f"{camel(name)}Authorizer"


def authorizers(api: Node, world: Architecture) -> dict[str, str]:
    """Return the authorisers of an API by name, with the authorization type of each."""
    found = {"jwt": "JWT"} if getattr(api.kind, "issuer", None) else {}
    for edge, effect in world.effects("authorize"):
        if effect.owner == api.id and isinstance(effect.join, Authorize):
            found[edge.target if edge.source == api.id else edge.source] = effect.join.check
    return found


def known(said: str | None, api: Node, world: Architecture) -> Refusal | None:
    """Say why an API has no such authoriser, or why one must be named."""
    found = authorizers(api, world)
    said = said or getattr(api.kind, "auth", None)
    if said is None and len(found) > 1:
        return Refusal(f"'{api.id}' has several authorisers; say which", f"auth: {' | '.join(found)}", "say-what")
    if said is None or said in ("none", "iam") or said in found:
        return None
    words = ["none", "iam", *found]
    if said == "jwt":
        hint = "issuer: https://... and audience: [...], or an edge from a user pool"
        return Refusal(f"'{api.id}' takes no JWT", hint, "bad-value", "auth")
    hint = did_you_mean(said, words) or f"it can be {listing(words)}; an edge '{api.id} -> {said}: authorize' adds one"
    return Refusal(f"'{api.id}' has no authoriser '{said}'", hint, "bad-value", "auth")


def chosen(said: str | None, api: Node, world: Architecture) -> str:
    """Return who may call: what is said, else the one authoriser, else all (under `strict`: who signs)."""
    found = authorizers(api, world)
    said = said or getattr(api.kind, "auth", None)
    return said or next(iter(found), "iam" if world.security == "strict" else "none")


def takes_tokens(said: str | None, api: Node, world: Architecture) -> bool:
    """Whether callers of a route show a token that has scopes."""
    return authorizers(api, world).get(chosen(said, api, world)) in ("JWT", "COGNITO_USER_POOLS")


def authorization(link: Link, said: str | None, scopes: list[str]) -> dict[str, Any]:
    """Return the properties of a route or method that say who may call it."""
    name = chosen(said, link.owner.node, link.architecture)
    if name in ("none", "iam"):
        return {"AuthorizationType": "AWS_IAM" if name == "iam" else "NONE"}
    type_ = authorizers(link.owner.node, link.architecture)[name]
    return {"AuthorizationType": type_, "AuthorizerId": Ref(link.owner.id + helper(name)),
            "AuthorizationScopes": scopes or None}  # fmt: skip
