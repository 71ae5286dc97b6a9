"""HTTP APIs (AWS::ApiGatewayV2::Api)."""

from __future__ import annotations

from typing import Any

from archkit.architecture import Architecture, Node
from archkit.kind import Alias, External, Metric, Refusal, prop
from archkit.kinds.apigateway.http_routes import (
    FunctionRoute,
    HttpFunctionAuthorizer,
    HttpPoolAuthorizer,
    PrivateRoute,
    ServiceRoute,
    UrlRoute,
)  # fmt: skip
from archkit.kinds.apigateway.paths import DEFAULT
from archkit.kinds.apigateway.shared import Api, stage_of
from archkit.scope import Scope
from archkit.values import Sub

__all__ = ["Http"]

METRICS = {"requests": ("Count", "Sum"), "client-errors": ("4xx", "Sum"), "server-errors": ("5xx", "Sum"),
           "latency": ("Latency", "Maximum"), "integration-latency": ("IntegrationLatency", "Maximum")}  # fmt: skip


class Http(Api, name="apigateway.http", icon="aws/network/api-gateway", service="Amazon API Gateway HTTP API",
           types=("AWS::ApiGatewayV2::Api", "AWS::ApiGatewayV2::Stage", "AWS::ApiGatewayV2::Route",
                  "AWS::ApiGatewayV2::Integration", "AWS::ApiGatewayV2::Authorizer", "AWS::ApiGatewayV2::DomainName",
                  "AWS::ApiGatewayV2::ApiMapping", "AWS::Lambda::Permission")):  # fmt: skip
    """HTTP API: a lean front door that hands requests to functions, services and other HTTP backends."""

    issuer: str | None = prop(None, "Issuer of the JSON Web Tokens that callers show.", pattern="https://.+")
    audience: list[str] = prop([], "Audiences or client ids of which a token must have one.")
    stage: str = prop(DEFAULT, "Name of the stage; a named one is the first part of every path.", shape=True,
                      pattern=r"\$default|[A-Za-z0-9_-]{1,128}")  # fmt: skip

    attributes = {
        "id": "${}", "url": "${_url}", "domain": "${_domain}", "stage": "${_stage}", "endpoint": "${.ApiEndpoint}",
        "arn": "arn:${AWS::Partition}:apigateway:${AWS::Region}::/apis/${}", "execution_arn": "${_execution}",
    }  # fmt: skip
    alias = Alias("${+Domain.RegionalDomainName}", "${+Domain.RegionalHostedZoneId}")
    external = External(("id",), {
        "domain": "${id}.execute-api.${AWS::Region}.${AWS::URLSuffix}", "url": "https://${domain}", "origin_path": "",
        "arn": "arn:${AWS::Partition}:apigateway:${AWS::Region}::/apis/${id}",
        "execution_arn": "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${id}/*",
    })  # fmt: skip
    waf_not = "an HTTP API takes no web ACL; put CloudFront before it, or use apigateway.rest"
    joins = (FunctionRoute, ServiceRoute, UrlRoute, PrivateRoute, HttpFunctionAuthorizer, HttpPoolAuthorizer)
    metrics = {name: Metric("AWS/ApiGateway", metric, {"ApiId": "${id}"}, statistic)
               for name, (metric, statistic) in METRICS.items()}  # fmt: skip
    example = "{cors: {origins: ['https://example.com']}, throttle: {rate: 100, burst: 200}}"

    def attribute(self, name: str) -> str | None:
        named = "" if self.stage == DEFAULT else f"/{self.stage}"
        mine = {
            "_url": "https://${+Domain}" if self.domain else "${.ApiEndpoint}" + named,
            "_domain": "${+Domain}" if self.domain else "${}.execute-api.${AWS::Region}.${AWS::URLSuffix}",
            "_stage": self.stage,
            "_execution": "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${}/"
            + stage_of(self)
            + "/*",
            "origin_path": "" if self.domain else named,
        }
        return mine.get(name) if name in mine else super().attribute(name)

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        found = super().check(node, world)
        if self.issuer and not self.audience:
            found.append(Refusal("a token is taken for somebody: 'issuer' needs 'audience'",
                                 "audience: [the client's id]", "missing-property", "issuer"))  # fmt: skip
        if self.audience and not self.issuer:
            found.append(
                Refusal(
                    "'audience' needs the 'issuer' of the tokens", "issuer: https://...", "missing-property", "audience"
                )
            )
        return found

    def build(self, scope: Scope) -> None:
        from troposphere import apigatewayv2

        cors = self.cors
        api = scope.make(
            apigatewayv2.Api,
            Name=Sub("${AWS::StackName}-" + scope.node.id),
            ProtocolType="HTTP",
            Description=scope.node.note,
            DisableExecuteApiEndpoint=self.closed(),
            CorsConfiguration={
                "AllowOrigins": cors.origins,
                "AllowMethods": self.allowed_methods(scope),
                "AllowHeaders": cors.headers,
                "ExposeHeaders": cors.expose or None,
                "MaxAge": cors.max_age,
                "AllowCredentials": cors.credentials or None,
            }
            if cors
            else None,
        )
        settings = (
            {"ThrottlingRateLimit": self.throttle.rate, "ThrottlingBurstLimit": self.throttle.burst}
            if self.throttle
            else {}
        )
        stage = scope.make(
            apigatewayv2.Stage,
            "Stage",
            ApiId=api.ref,
            StageName=self.stage,
            AutoDeploy=True,
            AccessLogSettings=self.log_settings(scope, "routeKey"),
            DefaultRouteSettings={**settings, "DetailedMetricsEnabled": self.detailed_metrics or None}
            if settings or self.detailed_metrics
            else None,
        )
        if self.issuer:
            scope.make(apigatewayv2.Authorizer, "JwtAuthorizer", **jwt(api.ref, "jwt", self.issuer, self.audience))
        if self.domain:
            domain = scope.make(
                apigatewayv2.DomainName, "Domain", DomainName=self.domain,
                DomainNameConfigurations=[{"CertificateArn": self.certificate_arn(scope), "EndpointType": "REGIONAL",
                                           "SecurityPolicy": "TLS_1_2"}],
            )  # fmt: skip
            scope.make(apigatewayv2.ApiMapping, "Mapping", ApiId=api.ref, DomainName=domain.ref, Stage=stage.ref)


def jwt(api: Any, name: str, issuer: Any, audience: list[Any]) -> dict[str, Any]:
    """Return the properties of an authoriser that takes JSON Web Tokens."""
    return {"ApiId": api, "Name": name, "AuthorizerType": "JWT", "IdentitySource": ["$request.header.Authorization"],
            "JwtConfiguration": {"Issuer": issuer, "Audience": audience}}  # fmt: skip
