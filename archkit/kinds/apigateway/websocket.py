"""WebSocket APIs (AWS::ApiGatewayV2::Api)."""

from __future__ import annotations

import json
from typing import Any, Literal

from archkit.architecture import Architecture, Node
from archkit.kind import Alias, External, Grant, Metric, Refusal, prop
from archkit.kinds.apigateway.release import account, execution_logs
from archkit.kinds.apigateway.shared import FrontDoor
from archkit.kinds.apigateway.websocket_routes import (
    SocketAuthorizer,
    SocketFunctionRoute,
    SocketServiceRoute,
    SocketUrlRoute,
    guard_connect,
)
from archkit.scope import Scope
from archkit.values import Sub

__all__ = ["Websocket"]

LINE = {"requestId": "requestId", "ip": "identity.sourceIp", "requestTime": "requestTime", "event": "eventType",
        "route": "routeKey", "connection": "connectionId", "status": "status", "error": "error.message"}  # fmt: skip
"""What a line of the access log says
(https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html)."""
METRICS = {"connections": ("ConnectCount", "Sum"), "messages": ("MessageCount", "Sum"),
           "client-errors": ("ClientError", "Sum"), "execution-errors": ("ExecutionError", "Sum"),
           "integration-errors": ("IntegrationError", "Sum"),
           "integration-latency": ("IntegrationLatency", "Maximum")}  # fmt: skip


class Websocket(FrontDoor, name="apigateway.websocket", icon="aws/network/api-gateway",
                service="Amazon API Gateway WebSocket API",
                types=("AWS::ApiGatewayV2::Api", "AWS::ApiGatewayV2::Stage", "AWS::ApiGatewayV2::Route",
                       "AWS::ApiGatewayV2::Integration", "AWS::ApiGatewayV2::Authorizer",
                       "AWS::ApiGatewayV2::RouteResponse", "AWS::ApiGatewayV2::IntegrationResponse",
                       "AWS::ApiGatewayV2::DomainName", "AWS::ApiGatewayV2::ApiMapping", "AWS::ApiGateway::Account",
                       "AWS::IAM::Role", "AWS::Logs::LogGroup", "AWS::Lambda::Permission")):  # fmt: skip
    """WebSocket API: keeps connections open, and messages go both ways.

    Routes are edges: `chat -> join: $connect`, `chat -> send: sendmessage`. What posts back to the connections has an
    edge to the API: `send -> chat: post`; its environment variable holds the callback URL.
    """

    selection: str = prop("$request.body.action", "Expression that reads the key of the route from a message.")
    stage: str = prop(
        "prod", "Name of the stage, the first part of every path.", shape=True, pattern="[A-Za-z0-9_-]{1,128}"
    )
    execution_logs: Literal["off", "error", "info"] = prop("off", "What API Gateway logs of its own doing.")
    account_role: bool = prop(
        True,
        "Whether this blueprint sets the role with which API Gateway writes logs: one for each account and Region.",
    )

    attributes = {
        "id": "${}", "url": "${_url}", "callback": "${_callback}", "domain": "${_domain}", "stage": "${+Stage}",
        "endpoint": "${.ApiEndpoint}", "execution_arn": "${_stage_arn}/$connect",
        "arn": "arn:${AWS::Partition}:apigateway:${AWS::Region}::/apis/${}",
    }  # fmt: skip
    address = "${callback}"
    alias = Alias("${+Domain.RegionalDomainName}", "${+Domain.RegionalHostedZoneId}")
    external = External(("id", "stage"), {
        "domain": "${id}.execute-api.${AWS::Region}.${AWS::URLSuffix}", "origin_path": "/${stage}",
        "url": "wss://${domain}/${stage}", "callback": "https://${domain}/${stage}",
        "arn": "arn:${AWS::Partition}:apigateway:${AWS::Region}::/apis/${id}",
        "execution_arn": "${_stage_arn}/$connect",
        "_stage_arn": "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${id}/${stage}",
    })  # fmt: skip
    waf_not = "a WebSocket API takes no web ACL; put CloudFront before it"
    grants = {
        "post": Grant("execute-api:ManageConnections", on="${_stage_arn}/POST/@connections/*", usual=True),
        "inspect": Grant("execute-api:ManageConnections", on="${_stage_arn}/GET/@connections/*"),
        "disconnect": Grant("execute-api:ManageConnections", on="${_stage_arn}/DELETE/@connections/*"),
        "invoke": Grant("execute-api:Invoke", on="${execution_arn}"),
    }
    joins = (SocketFunctionRoute, SocketServiceRoute, SocketUrlRoute, SocketAuthorizer)
    metrics = {name: Metric("AWS/ApiGateway", metric, {"ApiId": "${id}"}, statistic)
               for name, (metric, statistic) in METRICS.items()}  # fmt: skip
    strict = {"logs": 365, "execution_logs": "error"}
    example = "{throttle: {rate: 100, burst: 200}, execution_logs: error}"

    def attribute(self, name: str) -> str | None:
        host = "${}.execute-api.${AWS::Region}.${AWS::URLSuffix}"
        own = f"{host}/{self.stage}"
        mine = {
            "_stage_arn": "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${}/" + str(self.stage),
            "_domain": "${+Domain}" if self.domain else host,
            "_url": "wss://${+Domain}" if self.domain else f"wss://{own}",
            "_callback": "https://${+Domain}" if self.closed() else f"https://{own}",
            "origin_path": "" if self.domain else f"/{self.stage}",
        }
        return mine[name] if name in mine else super().attribute(name)

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        if self.closed() and not self.domain:
            return [Refusal("the API would have no address at all", "domain: ..., or leave 'default_endpoint' out",
                            "bad-value", "default_endpoint")]  # fmt: skip
        return super().check(node, world)

    def build(self, scope: Scope) -> None:
        from troposphere import apigatewayv2

        api = scope.make(
            apigatewayv2.Api, Name=Sub("${AWS::StackName}-" + scope.node.id), ProtocolType="WEBSOCKET",
            Description=scope.node.note, RouteSelectionExpression=self.selection,
            DisableExecuteApiEndpoint=self.closed(),
        )  # fmt: skip
        logs = scope.of(f"{scope.node.id}.access_logs")
        line = json.dumps({name: f"$context.{value}" for name, value in LINE.items()}, separators=(",", ":"))
        written = logs is not None or self.execution_logs != "off"
        after = [account(scope), execution_logs(scope, "/aws/apigateway/${Api}/")] if written else []
        stage = scope.make(
            apigatewayv2.Stage, "Stage", after=after, ApiId=api.ref, StageName=self.stage, AutoDeploy=True,
            DefaultRouteSettings=self._settings() or None,
            AccessLogSettings={"DestinationArn": logs.attribute("arn"), "Format": line} if logs else None,
        )  # fmt: skip
        if self.domain:
            domain = scope.make(
                apigatewayv2.DomainName, "Domain", DomainName=self.domain,
                DomainNameConfigurations=[{"CertificateArn": self.certificate_arn(scope), "EndpointType": "REGIONAL",
                                           "SecurityPolicy": "TLS_1_2"}],
            )  # fmt: skip
            scope.make(apigatewayv2.ApiMapping, "Mapping", ApiId=api.ref, DomainName=domain.ref, Stage=stage.ref)

    def _settings(self) -> dict[str, Any]:
        """Return the settings of all routes of the stage."""
        found = {
            "ThrottlingRateLimit": self.throttle.rate if self.throttle else None,
            "ThrottlingBurstLimit": self.throttle.burst if self.throttle else None,
            "DetailedMetricsEnabled": self.detailed_metrics or None,
            "LoggingLevel": self.execution_logs.upper() if self.execution_logs != "off" else None,
        }
        return {name: value for name, value in found.items() if value is not None}

    def finish(self, scope: Scope) -> None:
        guard_connect(scope)
