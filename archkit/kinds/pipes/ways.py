"""Where a pipe delivers, and whom it asks on the way: services, HTTPS endpoints and APIs."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from archkit.architecture import Ends
from archkit.kind import Join, Json, Kind, Record, Refusal, prop
from archkit.scope import Link, Principal
from archkit.shared.outward import Endpoint, destination
from archkit.shared.piping import PROTOCOLS, Called, Delivered, Shaped, ask, express, template
from archkit.values import Sub

__all__ = ["ApiEnrich", "ApiTarget", "Delivers", "Enrich", "Enriches", "HttpEnrich", "HttpTarget", "Target"]

API = "AWS::ApiGateway::RestApi"


class Delivers(Join):
    """The one place that a pipe delivers to."""

    word: ClassVar[str] = "trigger"
    usual: ClassVar[bool] = True
    style: ClassVar[Any] = "event"

    def refuse(self, ends: Ends) -> Refusal | None:
        return self.unfit(ends)

    def unfit(self, ends: Ends) -> Refusal | None:
        """Say what the target needs and is not told."""
        return None

    def deliver(self, link: Link, role: Principal) -> tuple[Any, dict[str, Any]]:
        """Give the role what delivery needs; return the target's ARN and parameters."""
        raise NotImplementedError

    def apply(self, link: Link) -> None:
        arn, parameters = self.deliver(link, link.owner)
        link.owner.main.set("Target", arn)
        if parameters:
            link.owner.main.set("TargetParameters", parameters)


class Target(Delivered, Delivers):
    """Delivers to another service."""

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.admits is not None and other.admits.protocol in PROTOCOLS


class HttpTarget(Called, Delivers):
    """Delivers to an HTTPS endpoint: an API destination."""

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.admits is not None and other.admits.protocol == "http"


class Request(Record):
    """A request to a REST API of API Gateway, signed by the pipe's role."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"] = prop("POST", "Method of the request.")
    path: str = prop("/", "Path of the request; * stands for a value of `path_values`.", pattern="/[^?]*")
    path_values: list[str] = prop([], "What the * of the path stand for, such as $.body.id.")
    headers: dict[str, str] = prop({}, "Headers of the request.")
    query: dict[str, str] = prop({}, "Parameters of the query.")

    def arn(self, link: Link, role: Principal) -> Sub:
        """Let the role make this request and no other; return its ARN."""
        api = link.other
        parts = {"Api": api.attribute("id"), "Stage": api.attribute("stage")}
        stem = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/${Stage}"
        arn = Sub(f"{stem}/{self.method}{self.path}", parts)
        role.allow("execute-api:Invoke", on=arn, because=link.because)
        return arn

    def request(self) -> dict[str, Any]:
        """Return the HTTP parameters of the request."""
        said = {"PathParameterValues": list(self.path_values), "HeaderParameters": dict(self.headers),
                "QueryStringParameters": dict(self.query)}  # fmt: skip
        kept = {name: value for name, value in said.items() if value}
        return {"HttpParameters": kept} if kept else {}


class ApiTarget(Shaped, Request, Delivers):
    """Delivers to a method of a REST API."""

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return API in other.types[:1]

    def deliver(self, link: Link, role: Principal) -> tuple[Any, dict[str, Any]]:
        return self.arn(link, role), self.parts(self.request())


class Enriches(Join):
    """Whom the pipe asks for more about its events; the answer takes their place."""

    word: ClassVar[str] = "enrich"
    style: ClassVar[Any] = "request"

    input: Json | None = prop(None, "What is asked with: text or JSON with <$.path> holes (default: the events).")

    def ask(self, link: Link) -> tuple[Any, dict[str, Any]]:
        """Give the pipe the right to ask; return the ARN of what is asked and its parameters."""
        raise NotImplementedError

    def apply(self, link: Link) -> None:
        arn, parameters = self.ask(link)
        if self.input is not None:
            parameters["InputTemplate"] = template(self.input)
        link.owner.main.set("Enrichment", arn)
        if parameters:
            link.owner.main.set("EnrichmentParameters", parameters)


class Enrich(Enriches):
    """Asks a function or an express workflow."""

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.admits is not None and other.admits.protocol in ("lambda", "states")

    def refuse(self, ends: Ends) -> Refusal | None:
        return express(ends.other)

    def ask(self, link: Link) -> tuple[Any, dict[str, Any]]:
        return ask(link.owner, link.other, link.because), {}


class HttpEnrich(Endpoint, Enriches):
    """Asks an HTTPS endpoint: an API destination."""

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.admits is not None and other.admits.protocol == "http"

    def refuse(self, ends: Ends) -> Refusal | None:
        return self.lacks()

    def ask(self, link: Link) -> tuple[Any, dict[str, Any]]:
        endpoint = destination(self, link.option(self.secret), link.make)
        link.owner.allow("events:InvokeApiDestination", on=endpoint.att("Arn"), because=link.because)
        return endpoint.att("Arn"), {}


class ApiEnrich(Request, Enriches):
    """Asks a method of a REST API."""

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return API in other.types[:1]

    def ask(self, link: Link) -> tuple[Any, dict[str, Any]]:
        return self.arn(link, link.owner), self.request()
