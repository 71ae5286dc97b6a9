"""Cross-origin requests to a REST API, which answers a browser's question by a mock (an HTTP API does so by itself)."""

from __future__ import annotations

from typing import Any

from archkit.kinds.apigateway.paths import words
from archkit.kinds.apigateway.shared import Cors, routes
from archkit.scope import Scope
from archkit.values import Sub

__all__ = ["allow_origin", "answer_browsers", "repeat_origin"]


def allow_origin(cors: Cors) -> str | Sub:
    """Return the value of the header that names the origin, as a static value of a mapping."""
    first = cors.origins[0]
    return f"'{first}'" if isinstance(first, str) else Sub("'${Origin}'", {"Origin": first})


def answer_browsers(api: Scope, resource_at: Any) -> None:
    """Make an OPTIONS method for every path, and the header on what API Gateway itself answers."""
    from troposphere import apigateway

    cors: Cors = api.kind.cors
    served = [
        (method, path, edge.id)
        for edge, route in routes(api.node.id, api.architecture)
        for method, path in route.served
    ]
    said = {path for method, path, _ in served if method == "OPTIONS"}
    headers = {
        "Access-Control-Allow-Origin": allow_origin(cors),
        "Access-Control-Allow-Methods": f"'{','.join(_methods(api, cors))}'",
        "Access-Control-Allow-Headers": f"'{','.join(cors.headers)}'",
        "Access-Control-Max-Age": f"'{cors.max_age}'",
        "Access-Control-Allow-Credentials": "'true'" if cors.credentials else None,
        "Access-Control-Expose-Headers": f"'{','.join(cors.expose)}'" if cors.expose else None,
        "Vary": "'Origin'" if len(cors.origins) > 1 else None,
    }
    repeated = repeat_origin(cors)
    mapped = {f"method.response.header.{name}": value for name, value in headers.items() if value is not None}
    for path, because in {path: because for _, path, because in reversed(served) if path not in said}.items():
        api.make(
            apigateway.Method,
            f"{words(path, 'OPTIONS')}Method",
            because=because,
            RestApiId=api.main.ref,
            ResourceId=resource_at(api, path, because),
            HttpMethod="OPTIONS",
            AuthorizationType="NONE",
            Integration={
                "Type": "MOCK",
                "RequestTemplates": {"application/json": '{"statusCode": 204}'},
                "IntegrationResponses": [
                    {
                        "StatusCode": "204",
                        "ResponseParameters": mapped,
                        "ResponseTemplates": {"application/json": repeated} if repeated else None,
                    }
                ],
            },
            MethodResponses=[{"StatusCode": "204", "ResponseParameters": dict.fromkeys(mapped, True)}],
        )
    if len(cors.origins) == 1:
        for kind in ("4XX", "5XX"):
            api.make(
                apigateway.GatewayResponse,
                f"Default{kind}",
                RestApiId=api.main.ref,
                ResponseType=f"DEFAULT_{kind}",
                ResponseParameters={"gatewayresponse.header.Access-Control-Allow-Origin": allow_origin(cors)},
            )


def _methods(api: Scope, cors: Cors) -> list[str]:
    found: list[str] = api.kind.allowed_methods(api)
    return (
        ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"] if found == ["*"] and cors.credentials else found
    )


def repeat_origin(cors: Cors, body: Any = "") -> Sub | None:
    """Return a response template where there are several origins: the header holds one, so the caller's is repeated."""
    if len(cors.origins) == 1:
        return None
    parts = {f"Origin{number}": origin for number, origin in enumerate(cors.origins)}
    test = " || ".join(f'$origin == "${{{name}}}"' for name in parts)
    text = (
        f'#set($origin = $input.params().header.get("Origin"))\n#if({test})'
        "#set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)#end\n"
    )
    if isinstance(body, str):
        return Sub(text + body.replace("${", "${!"), parts)
    return Sub(text + "${Body}", {**parts, "Body": body})
