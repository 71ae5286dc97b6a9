"""REST APIs (AWS::ApiGateway::RestApi)."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from archkit.architecture import Architecture, Node
from archkit.kind import Alias, External, Json, Metric, Record, Refusal, prop
from archkit.kinds.apigateway.cors import answer_browsers
from archkit.kinds.apigateway.release import release
from archkit.kinds.apigateway.rest_access import RestFunctionAuthorizer, RestPoolAuthorizer
from archkit.kinds.apigateway.rest_private import RestPrivateRoute
from archkit.kinds.apigateway.rest_routes import RestFunctionRoute, RestServiceRoute, RestUrlRoute, resource_at
from archkit.kinds.apigateway.shared import Api, Throttle, routes
from archkit.scope import Scope

__all__ = ["Cache", "Rest", "UsagePlan"]

METRICS = {"requests": ("Count", "Sum"), "client-errors": ("4XXError", "Sum"), "server-errors": ("5XXError", "Sum"),
           "latency": ("Latency", "Maximum"), "integration-latency": ("IntegrationLatency", "Maximum"),
           "cache-hits": ("CacheHitCount", "Sum")}  # fmt: skip
EXECUTE = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:"


class Cache(Record):
    """Answers to GET that are kept and given again."""

    size: Literal["0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237"] = prop(
        "0.5", "GB of the cache; it is paid by the hour."
    )
    ttl: int = prop(300, "Seconds that an answer is kept.", ge=0, le=3_600)
    encrypted: bool = prop(True, "Encrypt what is kept.")

    short: ClassVar[str | None] = "size"


class UsagePlan(Record):
    """How much the holders of some API keys may ask."""

    quota: int | None = prop(None, "Requests in each period.", ge=1)
    period: Literal["day", "week", "month"] = prop("month", "Period of the quota.")
    throttle: Throttle | None = prop(None, "Limit of requests a second.")
    keys: list[str] = prop([], "Names of the API keys that are made for the plan.", pattern="[A-Za-z0-9_-]+")


class Rest(
    Api,
    name="apigateway.rest",
    icon="aws/network/api-gateway",
    service="Amazon API Gateway REST API",
    types=(
        "AWS::ApiGateway::RestApi",
        "AWS::ApiGateway::Resource",
        "AWS::ApiGateway::Method",
        "AWS::ApiGateway::Deployment",
        "AWS::ApiGateway::Stage",
        "AWS::ApiGateway::Account",
        "AWS::ApiGateway::Authorizer",
        "AWS::ApiGateway::ApiKey",
        "AWS::ApiGateway::UsagePlan",
        "AWS::ApiGateway::UsagePlanKey",
        "AWS::ApiGateway::Model",
        "AWS::ApiGateway::RequestValidator",
        "AWS::ApiGateway::GatewayResponse",
        "AWS::ApiGateway::DomainName",
        "AWS::ApiGateway::BasePathMapping",
        "AWS::Lambda::Permission",
    ),
):
    """REST API: a front door with validation, caching, API keys, web ACLs and direct calls of services."""

    endpoint: Literal["regional", "edge", "private"] = prop(
        "regional", "Regional, edge-optimised, or private to VPC endpoints."
    )
    vpc_endpoints: list[str] = prop([], "Ids of the VPC endpoints that reach a private API.")
    policy: Json | None = prop(None, "Resource policy: who may call, from where.")
    stage: str = prop(
        "prod", "Name of the stage, the first part of every path.", shape=True, pattern="[A-Za-z0-9_-]{1,128}"
    )
    cache: Cache | None = prop(None, "Keep answers to GET and give them again.")
    plans: dict[str, UsagePlan] = prop({}, "Usage plans by name; with any, callers show an API key.")
    execution_logs: Literal["off", "error", "info"] = prop("off", "What API Gateway logs of its own doing.")
    tracing: bool = prop(False, "X-Ray tracing.")
    binary: list[str] = prop([], "Media types that are passed on as they are, such as image/png or */*.")
    account_role: bool = prop(
        True,
        "Whether this blueprint sets the role with which API Gateway writes logs: one for each account and Region.",
    )

    named = ("Name", 100)
    attributes = {
        "id": "${}",
        "url": "${_url}",
        "domain": "${_domain}",
        "stage": "${+Stage}",
        "execution_arn": EXECUTE + "${}/${_stage}/*",
        "root": "${.RootResourceId}",
        "traced": "${@}/${stage}",
        "arn": "arn:${AWS::Partition}:apigateway:${AWS::Region}::/restapis/${}",
    }
    alias = Alias("${alias_name}", "${alias_zone}")
    external = External(
        ("id", "stage"),
        {
            "domain": "${id}.execute-api.${AWS::Region}.${AWS::URLSuffix}",
            "url": "https://${domain}/${stage}",
            "origin_path": "/${stage}",
            "arn": "arn:${AWS::Partition}:apigateway:${AWS::Region}::/restapis/${id}",
            "execution_arn": EXECUTE + "${id}/${stage}/*",
        },
    )
    waf = "arn:${AWS::Partition}:apigateway:${AWS::Region}::/restapis/${}/stages/${+Stage}"
    joins = (RestFunctionRoute, RestServiceRoute, RestUrlRoute, RestPrivateRoute, RestFunctionAuthorizer,
             RestPoolAuthorizer)  # fmt: skip
    metrics = {
        name: Metric("AWS/ApiGateway", metric, {"ApiName": "${@}"}, statistic)
        for name, (metric, statistic) in METRICS.items()
    }
    strict = {"logs": 365, "tracing": True, "execution_logs": "error"}
    example = "{throttle: {rate: 100, burst: 200}, plans: {partners: {quota: 1000, period: day, keys: [acme]}}}"

    def attribute(self, name: str) -> str | None:
        which = "Distribution" if self.endpoint == "edge" else "Regional"
        host = "${}.execute-api.${AWS::Region}.${AWS::URLSuffix}"
        mine = {
            "_stage": self.stage,
            "_domain": "${+Domain}" if self.domain else host,
            "_url": "https://${+Domain}" if self.domain else f"https://{host}/{self.stage}",
            "origin_path": "" if self.domain else f"/{self.stage}",
            "alias_name": f"${{+Domain.{which}DomainName}}",
            "alias_zone": f"${{+Domain.{which}HostedZoneId}}",
        }
        return mine[name] if name in mine else super().attribute(name)

    def certificate_home(self) -> str | None:
        return "us-east-1" if self.endpoint == "edge" else None

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        found = super().check(node, world)
        private = self.endpoint == "private"
        if private and not self.vpc_endpoints and self.policy is None:
            found.append(
                Refusal(
                    "a private API is reached through VPC endpoints, and none is named",
                    "vpc_endpoints: [vpce-...], or a policy of your own",
                    "missing-property",
                    "endpoint",
                )
            )
        if self.vpc_endpoints and not private:
            found.append(
                Refusal(
                    "only a private API is reached through VPC endpoints",
                    "endpoint: private",
                    "bad-value",
                    "vpc_endpoints",
                )
            )
        if private and self.domain:
            found.append(
                Refusal(
                    "a private API has no custom domain here",
                    "leave 'domain' out, or endpoint: regional",
                    "bad-value",
                    "domain",
                )
            )
        certificate = world.nodes.get(self.certificate or "")
        if certificate is not None and self.endpoint == "edge" and certificate.place[1] not in ("", "us-east-1"):
            found.append(
                Refusal(
                    "an edge-optimised API takes a certificate of us-east-1 only",
                    "endpoint: regional, or a certificate in a region group with code: us-east-1",
                    "wrong-region",
                    "certificate",
                )
            )
        keys = [key for plan in self.plans.values() for key in plan.keys]
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice is not None:
            found.append(
                Refusal(
                    f"the key '{twice}' is in two plans of one stage",
                    "a key has one plan for each stage",
                    "bad-value",
                    "plans",
                )
            )
        return found

    def build(self, scope: Scope) -> None:
        from troposphere import apigateway

        types = {"regional": "REGIONAL", "edge": "EDGE", "private": "PRIVATE"}
        policy: Any = self.policy or (_only_from(self.vpc_endpoints) if self.endpoint == "private" else None)
        scope.make(
            apigateway.RestApi, Name=scope.physical(100), Description=scope.node.note, Policy=policy,
            EndpointConfiguration={"Types": [types[self.endpoint]], "VpcEndpointIds": list(self.vpc_endpoints) or None},
            DisableExecuteApiEndpoint=self.closed(), BinaryMediaTypes=self.binary or None,
            ApiKeySourceType="HEADER" if self.plans else None,
        )  # fmt: skip

    def finish(self, scope: Scope) -> None:
        """The OPTIONS methods, then what depends on all methods: deployment, stage, usage plans, domain."""
        if not any(routes(scope.node.id, scope.architecture)):
            self._nothing(scope)
        elif self.cors:
            answer_browsers(scope, resource_at)
            self._say_who_answers(scope)
        release(scope)

    def _say_who_answers(self, scope: Scope) -> None:
        served = [edge.target for edge, route in routes(scope.node.id, scope.architecture)
                  if isinstance(route, RestFunctionRoute | RestUrlRoute | RestPrivateRoute)]  # fmt: skip
        if served:
            scope.note(
                "cors-in-code",
                f"browsers take an answer of '{served[0]}' only with the header Access-Control-Allow-Origin, and "
                "a REST API does not add it",
                "let the code set the header, or use apigateway.http, which sets it by itself",
            )

    def _nothing(self, scope: Scope) -> None:
        """A REST API without methods cannot be deployed: until a route is drawn, it has one that nobody can call."""
        from troposphere import apigateway

        answer = {"StatusCode": "404", "ResponseTemplates": {"application/json": '{"message": "Not found"}'}}
        scope.make(
            apigateway.Method,
            "GetMethod",
            RestApiId=scope.main.ref,
            ResourceId=scope.main.att("RootResourceId"),
            HttpMethod="GET",
            AuthorizationType="AWS_IAM",
            Integration={
                "Type": "MOCK",
                "RequestTemplates": {"application/json": '{"statusCode": 404}'},
                "IntegrationResponses": [answer],
            },
            MethodResponses=[{"StatusCode": "404"}],
        )


def _only_from(endpoints: list[str]) -> dict[str, Any]:
    """Return the resource policy of a private API: its VPC endpoints and nothing else
    (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-examples.html)."""
    return {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*",
         "Condition": {"StringEquals": {"aws:SourceVpce": list(endpoints)}}},
    ]}  # fmt: skip
