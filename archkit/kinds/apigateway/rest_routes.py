"""What a REST API does with requests: methods on a tree of resources."""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar

from archkit.architecture import Ends
from archkit.kind import Json, Kind, Refusal, prop
from archkit.kinds.apigateway.access import authorization, function_uri
from archkit.kinds.apigateway.cors import allow_origin, repeat_origin
from archkit.kinds.apigateway.http_routes import foreign_parameters
from archkit.kinds.apigateway.mappings import (
    CALLABLE,
    JSON,
    default_template,
    integration_of,
    key_of,
    missing,
    wrong_key,
)
from archkit.kinds.apigateway.paths import variables, words
from archkit.kinds.apigateway.services import Calls
from archkit.kinds.apigateway.shared import SERVICE, Route, routes
from archkit.scope import Link, Scope

__all__ = ["RestFunctionRoute", "RestRoute", "RestServiceRoute", "RestUrlRoute", "resource_at"]


def resource_at(api: Scope, path: str, because: str) -> Any:
    """Return the id of the resource of a path, made with its parents on first use."""
    if path in ("", "/"):
        return api.main.att("RootResourceId")
    name = f"{words(path)}Resource"
    found = api.get(name)
    if found is None:
        from troposphere import apigateway

        parent, _, part = path.rpartition("/")
        found = api.make(apigateway.Resource, name, because=because, RestApiId=api.main.ref,
                         ParentId=resource_at(api, parent, because), PathPart=part)  # fmt: skip
    return found.ref


class RestRoute(Route):
    """A route of a REST API: a method of a resource."""

    api_key: bool | None = prop(None, "Whether callers show an API key (default: where the API has usage plans).")
    schema: dict[str, Json] | None = prop(None, "JSON schema that the body must satisfy.")
    query: list[str] = prop([], "Query parameters that must be there.")
    headers: list[str] = prop([], "Headers that must be there.")
    cache_by: list[str] = prop([], "Query parameters that tell cached answers apart, besides the path's parameters.")

    everything: ClassVar[list[tuple[str, str]]] = [("ANY", "/"), ("ANY", "/{proxy+}")]

    def refuse(self, ends: Ends) -> Refusal | None:
        found = super().refuse(ends)
        if found is None and isinstance(self.timeout, int) and self.timeout > 29_000:
            found = Refusal("a REST API waits 29 s at most", "timeout: 29000", "out-of-bounds", "timeout")
        return found or self._siblings(ends)

    def _siblings(self, ends: Ends) -> Refusal | None:
        """One resource has one parameter among its children
        (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-request.html)."""
        mine = [part for _, path in self.served for part in _variable_parts(path)]
        for edge, other in routes(ends.owner.id, ends.architecture):
            if edge.id == ends.edge.id:
                return None
            theirs = dict(part for _, path in other.served for part in _variable_parts(path))
            for parent, part in mine:
                if theirs.get(parent, part) != part:
                    line = edge.span.line
                    message = f"'{parent or '/'}' has the parameter '{theirs[parent]}' on line {line} and '{part}' here"
                    help = f"a REST API takes one name: write {theirs[parent]} in both"
                    return Refusal(message, help, "route-conflict", "path")
        return None

    def write(self, link: Link, integration: dict[str, Any], parameters: dict[str, bool] | None = None,
              responses: list[dict[str, Any]] | None = None) -> None:  # fmt: skip
        """Make the methods that the edge stands for, all with one integration."""
        from troposphere import apigateway

        api = link.owner
        keys = self.api_key if self.api_key is not None else bool(api.kind.plans)
        for method, path in self.served:
            stem = words(path, method)
            resource = resource_at(api, path, link.because)
            declared = (
                {**self._parameters(path), **(parameters or {})} if parameters is not None or self._strict(api) else {}
            )
            api.make(
                apigateway.Method, f"{stem}Method", because=link.because, RestApiId=api.main.ref, ResourceId=resource,
                HttpMethod=method, ApiKeyRequired=keys or None, **authorization(link, self.auth, self.scopes),
                RequestParameters=declared or None, RequestModels=self._model(link, stem),
                RequestValidatorId=self._validator(link), MethodResponses=responses,
                Integration={**integration, "TimeoutInMillis": self.timeout, **self._cached(api, path)},
            )  # fmt: skip

    def _strict(self, api: Scope) -> bool:
        return bool(self.query or self.headers or api.kind.cache)

    def _parameters(self, path: str) -> dict[str, bool]:
        """Return the parameters of the request that the method declares, and whether they must be there."""
        return {
            **{f"method.request.path.{name}": True for name in variables(path)},
            **{f"method.request.querystring.{name}": False for name in self.cache_by},
            **{f"method.request.querystring.{name}": True for name in self.query},
            **{f"method.request.header.{name}": True for name in self.headers},
        }

    def _cached(self, api: Scope, path: str) -> dict[str, Any]:
        """Without cache keys one answer would be given for every value of a parameter."""
        if not api.kind.cache:
            return {}
        keys = [name for name in self._parameters(path) if ".header." not in name]
        return {"CacheKeyParameters": keys} if keys else {}

    def _model(self, link: Link, stem: str) -> dict[str, Any] | None:
        if self.schema is None:
            return None
        from troposphere import apigateway

        schema = {"$schema": "http://json-schema.org/draft-04/schema#", "type": "object", **self.schema}
        api = link.owner
        name = f"{stem}Model"
        made = api.get(name) or api.make(apigateway.Model, name, because=link.because, RestApiId=api.main.ref,
                                         ContentType="application/json", Schema=schema)  # fmt: skip
        return {"application/json": made.ref}

    def _validator(self, link: Link) -> Any:
        body, rest = self.schema is not None, bool(self.query or self.headers)
        if not body and not rest:
            return None
        from troposphere import apigateway

        api = link.owner
        name = ("Body" if body else "") + ("Parameters" if rest else "") + "Validator"
        made = api.get(name) or api.make(
            apigateway.RequestValidator, name, because=link.because, RestApiId=api.main.ref, ValidateRequestBody=body,
            ValidateRequestParameters=rest,
        )  # fmt: skip
        return made.ref


def _variable_parts(path: str) -> list[tuple[str, str]]:
    """Return the parameters of a path, each with the path of its parent."""
    parts = path.split("/")
    return [("/".join(parts[:number]), part) for number, part in enumerate(parts) if part.startswith("{")]


class RestFunctionRoute(RestRoute):
    """Invokes a function with the request and answers what it returns."""

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.admits is not None and other.admits.protocol == "lambda"

    def apply(self, link: Link) -> None:
        role = self.let_in(link)
        self.write(
            link,
            {
                "Type": "AWS_PROXY",
                "IntegrationHttpMethod": "POST",
                "Uri": function_uri(link.other),
                "Credentials": role,
            },
        )


class RestUrlRoute(RestRoute):
    """Hands the request to an HTTP endpoint somewhere on the Internet."""

    url: str = prop(doc="Address of the endpoint; parameters of the path may stand in it: https://example.com/{id}.",
                    pattern="https?://.+")  # fmt: skip

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.actor and other.admits is not None and other.admits.protocol == "http"

    def refuse(self, ends: Ends) -> Refusal | None:
        return super().refuse(ends) or (foreign_parameters(self, self.url) if self.path else None)

    def apply(self, link: Link) -> None:
        for method, path in self.served:
            one = dataclasses.replace(self, method=method, path=path)  # type: ignore[arg-type]
            url: Any = self.url
            if not self.path and isinstance(url, str):
                url = url.rstrip("/") + path
            used = [name for name in variables(path) if not isinstance(url, str) or f"{{{name}" in url]
            url = url.replace("+}", "}") if isinstance(url, str) else url
            given = {f"integration.request.path.{name}": f"method.request.path.{name}" for name in used}
            one.write(
                link,
                {"Type": "HTTP_PROXY", "IntegrationHttpMethod": method, "Uri": url, "RequestParameters": given or None},
                {},
            )


class RestServiceRoute(Calls, RestRoute):
    """Calls one operation of another service with a role that may do just that."""

    template: str | None = prop(
        None, "Mapping template of the call's body in Velocity (default: made from the request's body and path)."
    )
    response: str | None = prop(None, "Mapping template of the answer in Velocity (default: the service's own answer).")
    status: int = prop(200, "Status of the answer where the call succeeds.", ge=200, le=299)

    everything: ClassVar[list[tuple[str, str]]] = [("POST", "/")]
    group_example: ClassVar[str] = "$input.path('$.customer')"

    @classmethod
    def knows(cls, service: str, api: str) -> bool:
        return service in JSON or (service in CALLABLE and missing(service, api, "/{key}", None) is None)

    def refuse(self, ends: Ends) -> Refusal | None:
        found = super().refuse(ends)
        if found is None:
            operation = self.chosen(ends.other.kind)
            path = self.served[0][1]
            lack = missing(operation.service, operation.api, path, self.template)
            if lack is None and operation.service == "dynamodb" and self.template is None:
                lack = wrong_key(operation.api, path, key_of(ends.other))
            found = Refusal(*lack, "cannot-map", "path") if lack else None
        return found

    def apply(self, link: Link) -> None:
        operation, path = self.chosen(link.other.kind), self.served[0][1]
        role = link.principal(SERVICE)
        role.grant(link.other, operation.grant, link.because)
        said = {
            "group": self.group,
            "deduplicate": self.deduplicates(link),
            "source": self.event_source(link),
            "detail_type": self.event_type(link),
        }
        template = self.template or default_template(operation.service, operation.api, path, link.other, said)
        call = integration_of(operation.service, operation.api, path, link.other)
        storage = operation.service == "s3"
        parameters = {"method.request.header.Content-Type": False} if operation.api == "PutObject" else {}
        codes = [(str(self.status), None), ("404" if storage else "400", "4\\d{2}"), ("500", "5\\d{2}")]
        self.write(
            link,
            {"Type": "AWS", "Credentials": role.role().att("Arn"), **call,
             "PassthroughBehavior": "WHEN_NO_TEMPLATES" if storage else "NEVER",
             "RequestTemplates": {"application/json": template} if template is not None else None,
             "IntegrationResponses": [self._answer(link.owner, code, pattern, storage) for code, pattern in codes]},
            parameters,
            [{"StatusCode": code, "ResponseParameters": {**_typed(storage, False), **_cors(link.owner, False)} or None}
             for code, _ in codes],
        )  # fmt: skip

    def _answer(self, api: Scope, code: str, pattern: str | None, storage: bool) -> dict[str, Any]:
        template: Any = self.response if pattern is None else None
        if api.kind.cors and not storage:
            template = repeat_origin(api.kind.cors, "$input.body" if template is None else template) or template
        return {
            "StatusCode": code, "SelectionPattern": pattern,
            "ResponseParameters": {**_typed(storage, True), **_cors(api, True)} or None,
            "ResponseTemplates": {"application/json": template} if template is not None else None,
        }  # fmt: skip


def _typed(storage: bool, value: bool) -> dict[str, Any]:
    """An object is answered with the type it was stored with."""
    header = "integration.response.header.Content-Type" if value else True
    return {"method.response.header.Content-Type": header} if storage else {}


def _cors(api: Scope, value: bool) -> dict[str, Any]:
    if not api.kind.cors:
        return {}
    return {"method.response.header.Access-Control-Allow-Origin": allow_origin(api.kind.cors) if value else True}
