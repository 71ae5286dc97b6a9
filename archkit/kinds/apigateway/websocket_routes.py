"""What a WebSocket API does with connections and messages, and who decides whether a client may connect."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from archkit.architecture import Architecture, Edge, Ends
from archkit.diagnostics import did_you_mean, listing
from archkit.kind import Join, Kind, Operation, Refusal, prop
from archkit.kinds.apigateway.access import AskedFunction, authorization, chosen, function_uri, helper, known
from archkit.kinds.apigateway.mappings import CALLABLE, DEFAULTS, FROM_PATH, JSON, default_template, integration_of
from archkit.kinds.apigateway.paths import DEFAULT, words
from archkit.kinds.apigateway.shared import SERVICE
from archkit.scope import Link, Scope
from archkit.values import Sub

__all__ = [
    "CONNECT",
    "SocketAuthorizer",
    "SocketFunctionRoute",
    "SocketServiceRoute",
    "SocketUrlRoute",
    "guard_connect",
    "keys_of",
]

CONNECT, DISCONNECT = "$connect", "$disconnect"
OWN = {CONNECT: "OnConnect", DISCONNECT: "OnDisconnect", DEFAULT: "OnDefault"}
"""The routes that API Gateway takes by itself, and what their logical ids say. See
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-keys-connect-disconnect.html
"""
_KEY = re.compile(r"[A-Za-z0-9._/:|-]{1,128}")


class SocketRoute(Join):
    """A route: messages of one key, or connections that begin or end, go to the other end."""

    word: ClassVar[str] = "route"
    usual: ClassVar[bool] = True
    identity: ClassVar[tuple[str, ...]] = ("key",)

    key: str | None = prop(
        None, "What selects the route: $connect, $disconnect, $default (if unsaid), or a word that messages carry.",
        shape=True,
    )  # fmt: skip
    auth: str | None = prop(
        None, "Who may connect, on $connect: none, iam, or the id of an authorising function.", shape=True
    )
    answers: bool = prop(False, "Whether the client gets what the other end returns.", shape=True)
    timeout: int | None = prop(None, "Milliseconds to wait for the other end.", ge=50, le=29_000)

    @classmethod
    def short_form(cls, text: str) -> Mapping[str, str] | None:
        text = text.strip()
        return {"key": text} if text.startswith("$") or _KEY.fullmatch(text) else None

    @property
    def served(self) -> str:
        """The route's key."""
        return self.key or DEFAULT

    @property
    def stem(self) -> str:
        """The part of the route's logical ids that follows the API's."""
        return OWN.get(self.served) or words(self.served)

    def text(self) -> str | None:
        return self.key

    def refuse(self, ends: Ends) -> Refusal | None:
        key = self.served
        if key not in OWN and not _KEY.fullmatch(key):
            return Refusal(f"'{key}' is no key of a route", did_you_mean(key, OWN) or f"{listing(OWN)}, or a word",
                           "bad-route", "key")  # fmt: skip
        for edge, other in _routes(ends.owner.id, ends.architecture):
            if edge.id == ends.edge.id:
                break
            if other.served == key:
                return Refusal(f"'{key}' goes to '{edge.target}' on line {edge.span.line} already",
                               "a message has one route: give one of the two another key", "duplicate-route",
                               "key")  # fmt: skip
        if self.auth is not None and key != CONNECT:
            return Refusal("who may call is decided once, when a client connects", f"say it on the route {CONNECT}",
                           "bad-value", "auth")  # fmt: skip
        return known(self.auth, ends.owner, ends.architecture)

    def write(self, link: Link, *, after: Iterable[Any] = (), **integration: Any) -> None:
        """Make the route and the integration behind it."""
        make_route(link.owner, self, link.because, after, TimeoutInMillis=self.timeout, **integration,
                   **({"access": authorization(link, self.auth, [])} if self.served == CONNECT else {}))  # fmt: skip


def make_route(api: Scope, route: SocketRoute, because: str, after: Iterable[Any] = (),
               access: Mapping[str, Any] | None = None, **integration: Any) -> None:  # fmt: skip
    """Make a route of an API, its integration, and what lets an answer through."""
    from troposphere import apigatewayv2

    where: dict[str, Any] = {"because": because, "ApiId": api.main.ref}
    made = api.make(apigatewayv2.Integration, f"{route.stem}Integration", after=after, **where, **integration)
    written = api.make(
        apigatewayv2.Route,
        f"{route.stem}Route",
        **where,
        RouteKey=route.served,
        **(access or {"AuthorizationType": "NONE"}),
        RouteResponseSelectionExpression=DEFAULT if route.answers else None,
        Target=Sub("integrations/${Integration}", {"Integration": made.ref}),
    )
    if route.answers:
        api.make(
            apigatewayv2.RouteResponse, f"{route.stem}Answer", **where, RouteId=written.ref, RouteResponseKey=DEFAULT
        )
        if integration["IntegrationType"] == "AWS":
            api.make(apigatewayv2.IntegrationResponse, f"{route.stem}Result", **where, IntegrationId=made.ref,
                     IntegrationResponseKey=DEFAULT)  # fmt: skip


def _routes(api: str, world: Architecture) -> Iterator[tuple[Edge, SocketRoute]]:
    for edge, effect in world.effects("route"):
        if effect.owner == api and isinstance(effect.join, SocketRoute):
            yield edge, effect.join


def keys_of(api: str, world: Architecture) -> list[str]:
    """Return the keys of an API's routes."""
    return [route.served for _, route in _routes(api, world)]


def guard_connect(api: Scope) -> None:
    """Who may connect is checked on the route $connect only: where nobody draws it, it is made and does nothing."""
    if CONNECT in keys_of(api.node.id, api.architecture):
        return
    name = chosen(None, api.node, api.architecture)
    if name == "none":
        return
    made = api.get(helper(name))
    access = {"AuthorizationType": "CUSTOM", "AuthorizerId": made.ref} if made else {"AuthorizationType": "AWS_IAM"}
    route = SocketRoute(key=CONNECT)  # type: ignore[call-arg]
    make_route(api, route, api.node.id, access=access, IntegrationType="MOCK", TemplateSelectionExpression="200",
               RequestTemplates={"200": '{"statusCode": 200}'})  # fmt: skip


class SocketFunctionRoute(SocketRoute):
    """Invokes a function with the event."""

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.admits is not None and other.admits.protocol == "lambda"

    def apply(self, link: Link) -> None:
        self.write(link, IntegrationType="AWS_PROXY", IntegrationUri=function_uri(link.other),
                   CredentialsArn=self._let_in(link))  # fmt: skip

    def _let_in(self, link: Link) -> Any:
        """Let the API invoke the function for this route; a function of somebody else is invoked with a role."""
        if link.other.exists:
            role = link.principal(SERVICE)
            role.grant(link.other, link.other.kind.admits.grant, link.because)
            return role.role().att("Arn")
        link.other.admit(SERVICE, link.owner.fill("${_stage_arn}/" + self.served), link.because,
                         via=link.owner.id + self.stem)  # fmt: skip
        return None


class SocketUrlRoute(SocketRoute):
    """Hands messages to an HTTP endpoint somewhere on the Internet."""

    url: str = prop(doc="Address of the endpoint.", pattern="https?://.+")

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.actor and other.admits is not None and other.admits.protocol == "http"

    def apply(self, link: Link) -> None:
        self.write(link, IntegrationType="HTTP_PROXY", IntegrationUri=self.url, IntegrationMethod="POST")


class SocketServiceRoute(SocketRoute):
    """Calls one operation of another service, with a role that may do just that."""

    operation: str | None = prop(None, "Operation to call (default: the usual one).", shape=True)
    template: str | None = prop(None, "Body of the call, in Velocity (default: the message as it comes).")
    group: str | None = prop(
        None, "Message group of a FIFO queue or topic, or partition key of a stream: an expression over the message.",
        shape=True,
    )  # fmt: skip
    source: str | None = prop(None, "Source of the events put on a bus (default: the blueprint's name).")
    detail_type: str | None = prop(None, "Detail type of the events put on a bus (default: the API's id).")

    @classmethod
    def callable(cls, kind: type[Kind] | Kind) -> dict[str, Operation]:
        """Return the operations of a kind that this sort of API can call, by name."""
        return {name: call for name, call in kind.operations.items()
                if call.service in CALLABLE and (call.service in JSON or (call.service, call.api) in DEFAULTS)
                and (call.service != "s3")}  # fmt: skip

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return bool(cls.callable(other))

    def choose(self, kind: type[Kind] | Kind) -> Operation | None:
        """Return the operation that is meant; None where it must be said."""
        found = self.callable(kind)
        if self.operation is not None:
            return found.get(self.operation)
        usual = found.values() if len(found) == 1 else [call for call in found.values() if call.usual]
        return next(iter(usual), None)

    def refuse(self, ends: Ends) -> Refusal | None:
        kind, names = ends.other.kind, list(self.callable(ends.other.kind))
        operation = self.choose(kind)
        if operation is None and self.operation is not None:
            return Refusal(f"{ends.owner.kind.name} cannot call '{self.operation}' of {kind.name}",
                           did_you_mean(self.operation, names) or f"it calls {listing(names)}", "bad-value",
                           "operation")  # fmt: skip
        if operation is None:
            return Refusal(f"'{ends.other.id}' can be asked for {listing(names)}; say which",
                           f"{{key: {self.served}, operation: {names[0]}}}", "say-what")  # fmt: skip
        known_body = (operation.service, operation.api) in DEFAULTS and operation.api not in FROM_PATH
        if self.template is None and not known_body:
            return Refusal(f"{operation.api} has no template of archkit's", "template: the call's body in Velocity",
                           "missing-property", "operation")  # fmt: skip
        if getattr(kind, "fifo", False) is True and self.group is None:
            return Refusal(f"'{ends.other.id}' is FIFO: each message needs a group",
                           "group: an expression such as $context.connectionId", "missing-property")  # fmt: skip
        return super().refuse(ends)

    def apply(self, link: Link) -> None:
        operation = self.choose(link.other.kind)
        assert operation is not None
        role = link.principal(SERVICE)
        role.grant(link.other, operation.grant, link.because)
        said = {
            "group": self.group,
            "source": self.source or link.architecture.name,
            "detail_type": self.detail_type or link.owner.node.id,
            "deduplicate": self.group is not None and not getattr(link.other.kind, "deduplicate", False),
        }
        call = integration_of(operation.service, operation.api, "", link.other)
        body = self.template or default_template(operation.service, operation.api, "", link.other, said)
        self.write(
            link, after=role.after_rights(), IntegrationType="AWS", IntegrationUri=call["Uri"],
            IntegrationMethod=call["IntegrationHttpMethod"], CredentialsArn=role.role().att("Arn"),
            RequestParameters=call["RequestParameters"], PassthroughBehavior="NEVER",
            TemplateSelectionExpression=r"\$default", RequestTemplates={DEFAULT: body},
        )  # fmt: skip


class SocketAuthorizer(AskedFunction):
    """A function that is asked whether a client may connect; it answers with a policy."""

    headers: list[str] = prop([], "Headers without which no client is let in; browsers can set none.")
    query: list[str] = prop([], "Query parameters without which no client is let in.")

    def apply(self, link: Link) -> None:
        from troposphere import apigatewayv2

        source = [f"route.request.header.{name}" for name in self.headers]
        source += [f"route.request.querystring.{name}" for name in self.query]
        made = link.owner.make(
            apigatewayv2.Authorizer, helper(link.other.node.id), because=link.because, ApiId=link.owner.main.ref,
            Name=link.other.node.id, AuthorizerType="REQUEST", AuthorizerUri=function_uri(link.other),
            IdentitySource=source or None,
        )  # fmt: skip
        self.let_in(link, made)
