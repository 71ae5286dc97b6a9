"""What HTTP and REST APIs have in common: properties, their certificate and logs, and routes as joins."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from archkit.architecture import Architecture, Ends, Node
from archkit.kind import Grant, Helper, Join, Kind, NodeId, Origin, Record, Refusal, prop
from archkit.kinds.apigateway.access import known, takes_tokens
from archkit.kinds.apigateway.paths import DEFAULT, arn_path, blank, problem, read_short_form, words
from archkit.scope import Link, Scope
from archkit.shared.retention import Days
from archkit.values import Sub

__all__ = ["SERVICE", "Api", "Cors", "FrontDoor", "Route", "Throttle", "execute_arn", "log_format", "routes"]

SERVICE = "apigateway.amazonaws.com"
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "ANY"]


class Cors(Record):
    """Which pages of other origins may call the API from a browser."""

    origins: list[str] = prop(["*"], "Origins that may call, such as https://example.com, or *.")
    methods: list[str] = prop([], "Methods they may use (default: those of the routes).")
    headers: list[str] = prop(["content-type", "authorization"], "Headers they may send.")
    expose: list[str] = prop([], "Headers of the answer that their code may read.")
    max_age: int = prop(300, "Seconds a browser keeps the answer to its question.", ge=0, le=86_400)
    credentials: bool = prop(False, "Whether cookies and credentials may be sent.")

    short: ClassVar[str | None] = "origins"


class Throttle(Record):
    """How many requests are let through."""

    rate: float = prop(doc="Requests a second, on average.", ge=0)
    burst: int = prop(doc="Requests at once.", ge=0)


class Route(Join):
    """A route: requests of one method and path go to the other end."""

    word: ClassVar[str] = "route"
    usual: ClassVar[bool] = True
    identity: ClassVar[tuple[str, ...]] = ("method", "path")

    method: Method | None = prop(None, "Method (default: ANY).", shape=True)
    path: str | None = prop(
        None, "Path, such as /links/{slug} or /{proxy+} (default: whatever no other takes).", shape=True
    )
    auth: str | None = prop(None, "Who may call: none, iam, jwt, or the id of an authorising node.", shape=True)
    scopes: list[str] = prop([], "Scopes of which a caller's token must have one.")
    timeout: int | None = prop(None, "Milliseconds to wait for an answer.", ge=50, le=30_000)

    @classmethod
    def short_form(cls, text: str) -> Mapping[str, str] | None:
        return read_short_form(text)

    @property
    def served(self) -> list[tuple[str, str]]:
        """The methods and paths that the edge stands for."""
        if self.path is None or self.path == DEFAULT:
            return self.everything
        return [(self.method or "ANY", self.path)]

    everything: ClassVar[list[tuple[str, str]]] = [("", DEFAULT)]

    def text(self) -> str | None:
        if self.path is None or self.path == DEFAULT:
            return None
        return f"{self.method or 'ANY'} {self.path}"

    def refuse(self, ends: Ends) -> Refusal | None:
        if self.path is None and self.method is not None:
            return Refusal(f"'{self.method}' has no path", f"{self.method} /", "bad-route", "method")
        for method, path in self.served:
            wrong = problem(method, path) if path != DEFAULT else None
            if wrong is not None or (wrong := self._twice(ends, method, path)) is not None:
                return wrong
        wrong = known(self.auth, ends.owner, ends.architecture)
        if wrong is None and self.scopes and not takes_tokens(self.auth, ends.owner, ends.architecture):
            hint = "let a user pool or an issuer of JWTs authorise the API"
            wrong = Refusal("scopes are those of a token, and this route takes none", hint, "bad-value", "scopes")
        return wrong

    def _twice(self, ends: Ends, method: str, path: str) -> Refusal | None:
        """Two routes of one method and path: API Gateway takes the first and rejects the second."""
        for edge, other in routes(ends.owner.id, ends.architecture):
            if edge.id == ends.edge.id:
                return None
            if (method, blank(path)) in [(m, blank(p)) for m, p in other.served]:
                return Refusal(
                    f"'{f'{method} {path}'.strip()}' goes to '{edge.target}' on line {edge.span.line} already, and to "
                    f"'{ends.edge.target}' on line {ends.edge.span.line}",
                    "give one of the two another method or path", "duplicate-route", "path")  # fmt: skip
        return None

    def let_in(self, link: Link) -> Any:
        """Let the API invoke a function; returns the role it calls with, where the function is not the blueprint's."""
        if link.other.exists:
            role = link.principal(SERVICE)
            role.grant(link.other, link.other.kind.admits.grant, link.because)
            return role.role().att("Arn")
        for method, path in self.served:
            arn = execute_arn(link.owner, method, path)
            link.other.admit(SERVICE, arn, link.because, via=link.owner.id + words(path, method))
        return None


def routes(api: str, world: Architecture) -> Iterator[tuple[Any, Route]]:
    """Yield the routes of an API with their edges, in the order written."""
    for edge, effect in world.effects("route"):
        if effect.owner == api and isinstance(effect.join, Route):
            yield edge, effect.join


def execute_arn(api: Scope, method: str, path: str) -> Any:
    """Return what API Gateway says when it calls: the ARN of one route
    (https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html)."""
    route = path if path == DEFAULT else ("*" if method == "ANY" else method) + arn_path(path)
    text = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/"
    return Sub(f"{text}{stage_of(api.kind)}/{route}", {"Api": api.main.ref})


def stage_of(kind: Any) -> str:
    """Return a stage as ARNs have it. `$default` is the only stage of its API, which `*` says in every partition."""
    return "*" if kind.stage == DEFAULT else str(kind.stage)


def log_format(route: str) -> str:
    """Return the format of an access log: one line of JSON for each request."""
    names = {"requestId": "requestId", "ip": "identity.sourceIp", "requestTime": "requestTime", "method": "httpMethod",
             "route": route, "status": "status", "protocol": "protocol", "responseLength": "responseLength",
             "error": "error.message"}  # fmt: skip
    return json.dumps({name: f"$context.{value}" for name, value in names.items()}, separators=(",", ":"))


class FrontDoor(Kind, abstract=True):
    """What every API takes and offers: who may call, its domain, its logs and its limit."""

    auth: str | None = prop(
        None, "Who may call, unless a route says otherwise: none, iam, jwt, or the id of an authorising node "
        "(default: the authoriser, where there is one).", shape=True,
    )  # fmt: skip
    domain: str | None = prop(None, "Custom domain, such as api.example.com.")
    certificate: NodeId | None = prop(None, "Certificate for the domain (default: one of its own, validated by DNS).",
                                      slot="certificate", to="acm.certificate")  # fmt: skip
    default_endpoint: bool | None = prop(
        None, "Whether the API answers at its execute-api address too (default: without a domain)."
    )
    access_logs: bool = prop(True, "Whether each request is a line in a log group.")
    logs: Days = prop(30, "Days that log lines are kept.")
    throttle: Throttle | None = prop(None, "Limit of requests over the whole stage.")
    detailed_metrics: bool = prop(False, "Metrics for each route.")

    origin = Origin("${domain}", path="${origin_path}")
    strict = {"logs": 365}

    def helpers(self) -> Mapping[str, Helper]:
        found = {"access_logs": Helper("logs.group", {"logs": self.logs}, "access logs")} if self.access_logs else {}
        if self.domain and self.certificate is None:
            found["certificate"] = Helper("acm.certificate", {"domain": self.domain}, home=self.certificate_home())
        return found

    def certificate_home(self) -> str | None:
        """Return the Region that AWS demands for the domain's certificate, if any."""
        return None

    def caption(self) -> str | None:
        return self.domain if isinstance(self.domain, str) else None

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        wrong = known(self.auth, node, world) if self.auth else None
        return [wrong] if wrong is not None else []

    def certificate_arn(self, scope: Scope) -> Any:
        """Return the ARN of the domain's certificate."""
        return scope.arn(self.certificate or f"{scope.node.id}.certificate")

    def closed(self) -> bool | None:
        """Whether the execute-api address is switched off: what stands before the domain cannot be gone around then."""
        opened = self.default_endpoint if self.default_endpoint is not None else not self.domain
        return None if opened else True


class Api(FrontDoor, abstract=True):
    """What both kinds of API that answer requests take and offer."""

    cors: Cors | None = prop(None, "Which pages of other origins may call the API from a browser.")

    grants = {"invoke": Grant("execute-api:Invoke", on="${execution_arn}", usual=True)}
    address = "${url}"

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        found = []
        if self.cors and self.cors.credentials and "*" in self.cors.origins:
            found.append(Refusal("browsers send no credentials to an API that takes every origin",
                                 "name the origins: cors: {origins: [https://example.com], credentials: true}",
                                 "bad-value", "cors"))  # fmt: skip
        return found + super().check(node, world)

    def allowed_methods(self, scope: Scope) -> list[str]:
        """Return the methods that CORS allows: those said, else those of the routes."""
        assert self.cors is not None
        if self.cors.methods:
            return [method.upper() for method in self.cors.methods]
        found = {method for _, route in routes(scope.node.id, scope.architecture) for method, _path in route.served}
        return sorted(found | {"OPTIONS"}) if found and not found & {"", "ANY"} else ["*"]

    def log_settings(self, scope: Scope, route: str) -> dict[str, Any] | None:
        """Return where a stage logs its requests, and how."""
        logs = scope.of(f"{scope.node.id}.access_logs")
        return {"DestinationArn": logs.attribute("arn"), "Format": log_format(route)} if logs else None
