"""WebSocket APIs: every option, the rights to connect and to post back, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.kinds.rows import att, findings, lint_clean, resources, said
from tests.options import ANY, Option, holds

SERVICE = "Amazon API Gateway WebSocket API"
FUNCTION = "{kind: lambda.function, runtime: python3.13, code: handler.py}"
OTHERS = {
    "join": FUNCTION,
    "send": FUNCTION,
    "check": FUNCTION,
    "jobs": "sqs.queue",
    "orders": "{kind: sqs.queue, fifo: true}",
    "bus": "events.bus",
    "links": "{kind: dynamodb.table, key: id}",
    "partner": "saas",
    "web": "users",
    "dns": "{kind: route53.zone, existing: {id: Z0123456789ABCDEFGHIJ, domain: example.com}}",
    "theirs": "{kind: lambda.function, existing: 'arn:aws:lambda:eu-west-1:123456789012:function:theirs'}",
    "guard": "wafv2.web_acl",
    "cdn": "cloudfront.distribution",
}
API = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Chat}/"
INVOKE = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Join.Arn}/invocations"


def blueprint(properties: str, *edges: str) -> str:
    words = {word for edge in edges for word in edge.replace(":", " ").replace(",", " ").replace("}", " ").split()}
    nodes = [f"  {name}: {kind}\n" for name, kind in OTHERS.items() if name in words]
    lines = ["nodes:\n", f"  chat: {{kind: apigateway.websocket{properties}}}\n", *nodes]
    return "".join([*lines, *(["edges:\n"] if edges else []), *(f"  - {edge}\n" for edge in edges)])


def row(option: str, path: str, expected: Any, properties: str = "", *edges: str) -> Option:
    return Option(SERVICE, option, blueprint(properties, *edges), f"Resources.{path}", expected)


ROUTES, POST = "$connect/$disconnect/$default and custom routes", "right to post back to connections"
DOMAIN, STAGE = ", domain: chat.example.com", "ChatStage.Properties."
STATEMENT = "SendRolePolicy.Properties.PolicyDocument.Statement.1."
OPTIONS = [
    row(ROUTES, "ChatOnConnectRoute.Properties.RouteKey", "$connect", "", "chat -> join: $connect"),
    row(ROUTES, "ChatOnDisconnectRoute.Properties.RouteKey", "$disconnect", "", "chat -> join: $disconnect"),
    row(ROUTES, "ChatOnDefaultRoute.Properties.RouteKey", "$default", "", "chat -> join"),
    row(ROUTES, "ChatSendmessageRoute.Properties.RouteKey", "sendmessage", "", "chat -> send: sendmessage"),
    row(ROUTES, "ChatSendmessageRoute.Properties.Target", {"Fn::Sub": "integrations/${ChatSendmessageIntegration}"}, "",
        "chat -> send: {key: sendmessage}"),
    row(ROUTES, "ChatOnConnectIntegration.Properties", {"ApiId": {"Ref": "Chat"}, "IntegrationType": "AWS_PROXY",
        "IntegrationUri": {"Fn::Sub": INVOKE}}, "", "chat -> join: $connect"),
    row(ROUTES, "ChatAskIntegration.Properties.TimeoutInMillis", 900, "", "chat -> join: {key: ask, timeout: 900}"),
    row(ROUTES, "ChatAskRoute.Properties.RouteResponseSelectionExpression", "$default", "",
        "chat -> join: {key: ask, answers: true}"),
    row(ROUTES, "ChatAskAnswer.Properties.RouteResponseKey", "$default", "", "chat -> join: {key: ask, answers: true}"),
    row(ROUTES, "Chat.Properties.RouteSelectionExpression", "$request.body.action"),
    row(ROUTES, "Chat.Properties.RouteSelectionExpression", "$request.body.type", ", selection: $request.body.type"),
    row(ROUTES, "ChatOutIntegration.Properties.IntegrationUri", "https://example.com", "",
        "chat -> partner: {key: out, url: 'https://example.com'}"),
    row(ROUTES, "ChatJobIntegration.Properties.RequestTemplates", {
        "$default": "Action=SendMessage&MessageBody=$util.urlEncode($input.body)"}, "", "chat -> jobs: job"),
    row(ROUTES, "ChatOrderIntegration.Properties.RequestTemplates", {
        "$default": "Action=SendMessage&MessageBody=$util.urlEncode($input.body)&MessageGroupId="
        "$util.urlEncode($context.connectionId)&MessageDeduplicationId=$context.requestId"}, "",
        "chat -> orders: {key: order, group: $context.connectionId}"),
    row(ROUTES, "ChatEventIntegration.Properties.RequestParameters", ANY, "",
        "chat -> bus: {key: event, source: app, detail_type: said}"),
    row(ROUTES, "ChatKeepIntegration.Properties.RequestTemplates", {"$default": "{}"}, "",
        "chat -> links: {key: keep, operation: PutItem, template: '{}'}"),
    row(POST, STATEMENT + "Action", "execute-api:ManageConnections", "", "send -> chat: post"),
    row(POST, STATEMENT + "Resource", {"Fn::Sub": API + "prod/POST/@connections/*"}, "", "send -> chat: post"),
    row(POST, STATEMENT + "Resource", {"Fn::Sub": API + "prod/POST/@connections/*"}, "", "send -> chat"),
    row(POST, STATEMENT + "Resource", {"Fn::Sub": API + "live/DELETE/@connections/*"}, ", stage: live",
        "send -> chat: disconnect"),
    row(POST, STATEMENT + "Resource", {"Fn::Sub": API + "prod/GET/@connections/*"}, "", "send -> chat: inspect"),
    row(POST, "Send.Properties.Environment.Variables.CHAT",
        {"Fn::Sub": "https://${Chat}.execute-api.${AWS::Region}.${AWS::URLSuffix}/prod"}, "", "send -> chat: post"),
    row(POST, "Send.Properties.Environment.Variables.CHAT", {"Fn::Sub": "https://${ChatDomain}"}, DOMAIN,
        "send -> chat: post", "dns -> chat"),
    row("authoriser", "ChatOnConnectRoute.Properties.AuthorizerId", {"Ref": "ChatCheckAuthorizer"}, "",
        "chat -> check: authorize", "chat -> join: $connect"),
    row("authoriser", "ChatOnConnectRoute.Properties.AuthorizationType", "CUSTOM", "", "check -> chat: authorize"),
    row("authoriser", "ChatCheckAuthorizer.Properties.IdentitySource",
        ["route.request.header.X-Key", "route.request.querystring.token"], "",
        "chat -> check: {does: authorize, headers: [X-Key], query: [token]}"),
    row("authoriser", "ChatOnConnectRoute.Properties.AuthorizationType", "AWS_IAM", ", auth: iam",
        "chat -> join: $connect"),
    row("authoriser", "ChatOnConnectIntegration.Properties.IntegrationType", "MOCK", ", auth: iam"),
    row("authoriser", "ChatOnConnectRoute.Properties.AuthorizationType", "NONE", ", auth: iam",
        "chat -> join: {does: $connect, auth: none}"),
    row("stage", STAGE + "AutoDeploy", True),
    row("stage", STAGE + "StageName", "live", ", stage: live"),
    row("throttling", STAGE + "DefaultRouteSettings", {"ThrottlingRateLimit": 5, "ThrottlingBurstLimit": 9},
        ", throttle: {rate: 5, burst: 9}"),
    row("metrics", STAGE + "DefaultRouteSettings.DetailedMetricsEnabled", True, ", detailed_metrics: true"),
    row("access logs", STAGE + "AccessLogSettings.DestinationArn", att("ChatAccessLogs")),
    row("access logs", "ChatAccessLogs.Properties.RetentionInDays", 7, ", logs: 7"),
    row("access logs", "ChatStage.DependsOn", ["ChatLogsAccount"]),
    row("execution logs", STAGE + "DefaultRouteSettings.LoggingLevel", "INFO", ", execution_logs: info"),
    row("execution logs", "ChatExecutionLogs.Properties.LogGroupName", {"Fn::Sub": "/aws/apigateway/${Chat}/prod"},
        ", execution_logs: info"),
    row("custom domain", "ChatDomain.Properties.DomainName", "chat.example.com", DOMAIN, "dns -> chat"),
    row("custom domain", "ChatMapping.Properties.Stage", {"Ref": "ChatStage"}, DOMAIN),
    row("custom domain", "Chat.Properties.DisableExecuteApiEndpoint", True, DOMAIN),
    row("origin", "Cdn.Properties.DistributionConfig.Origins.0.OriginPath", "/prod", "", "cdn -> chat"),
]  # fmt: skip


@pytest.mark.parametrize("row", OPTIONS, ids=lambda row: f"{row.option} {row.path}")
def test_an_option_changes_the_template(row: Option, tmp_path: Path) -> None:
    assert holds(row, tmp_path)


def test_everything_at_once_is_lint_clean(tmp_path: Path) -> None:
    text = blueprint(
        DOMAIN + ", throttle: {rate: 5, burst: 9}, execution_logs: info, detailed_metrics: true", "web -> chat",
        "dns -> chat", "chat -> join: {does: $connect, auth: check}", "chat -> join: $disconnect",
        "chat -> send: {does: sendmessage, answers: true}", "chat -> check: {does: authorize, query: [token]}",
        "send -> chat: [post, inspect, disconnect]", "chat -> jobs: {key: job, answers: true}",
        "chat -> orders: {key: order, group: $context.connectionId}", "chat -> bus: {key: event}",
        "chat -> links: {key: keep, operation: PutItem}", "chat -> partner: {key: out, url: 'https://example.com'}",
        "chat -> theirs: $default",
    )  # fmt: skip
    lint_clean([Option(SERVICE, "all", text, "", ANY)], tmp_path)


@pytest.mark.parametrize("key", ["$connect", "$disconnect", "$default", "sendmessage"])
def test_a_function_lets_in_one_route(key: str, tmp_path: Path) -> None:
    found = resources(blueprint("", f"chat -> join: {key}"), tmp_path)
    (permission,) = [r["Properties"] for r in found.values() if r["Type"] == "AWS::Lambda::Permission"]
    assert permission == {
        "FunctionName": {"Ref": "Join"},
        "Action": "lambda:InvokeFunction",
        "Principal": "apigateway.amazonaws.com",
        "SourceArn": {"Fn::Sub": f"{API}prod/{key}"},
    }


def test_an_authoriser_is_let_in_as_such(tmp_path: Path) -> None:
    found = resources(blueprint("", "chat -> check: authorize"), tmp_path)
    source = found["CheckChatAuthorizerPermission"]["Properties"]["SourceArn"]
    assert source == {"Fn::Sub": API + "authorizers/${ChatCheckAuthorizer}"}


def test_who_signs_gets_the_right_to_connect(tmp_path: Path) -> None:
    found = resources(blueprint(", auth: iam", "send -> chat: invoke", "chat -> join: $connect"), tmp_path)
    assert said(found, "SendRolePolicy") == [("execute-api:Invoke", {"Fn::Sub": API + "prod/$connect"})]


def test_a_service_is_called_with_a_role_of_its_own(tmp_path: Path) -> None:
    found = resources(blueprint("", "chat -> jobs: job"), tmp_path)
    assert said(found, "ChatJobsJobRolePolicy") == [("sqs:SendMessage", att("Jobs"))]
    assert found["ChatJobIntegration"]["DependsOn"] == ["ChatJobsJobRolePolicy"]


def test_a_function_of_somebody_else_is_invoked_with_a_role(tmp_path: Path) -> None:
    found = resources(blueprint("", "chat -> theirs: ask"), tmp_path)
    assert found["ChatAskIntegration"]["Properties"]["CredentialsArn"] == att("ChatTheirsAskRole")
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:theirs"
    assert said(found, "ChatTheirsAskRolePolicy") == [("lambda:InvokeFunction", arn)]


def test_under_strict_only_who_signs_connects(tmp_path: Path) -> None:
    found = resources("security: strict\n" + blueprint("", "chat -> join: ask"), tmp_path)
    assert found["ChatOnConnectRoute"]["Properties"]["AuthorizationType"] == "AWS_IAM"


def test_two_sorts_of_api_set_the_role_for_logs_once(tmp_path: Path) -> None:
    found = resources("nodes:\n  chat: apigateway.websocket\n  api: apigateway.rest\n", tmp_path)
    assert [id for id, r in found.items() if r["Type"] == "AWS::ApiGateway::Account"] == ["ApiLogsAccount"]
    assert found["ChatStage"]["DependsOn"] == found["ApiStage"]["DependsOn"] == ["ApiLogsAccount"]


@pytest.mark.parametrize(
    ("properties", "edges", "code", "message"),
    [
        ("", ["chat -> join: $conect"], "bad-route", "'$conect' is no key of a route"),
        ("", ["chat -> join: ask", "chat -> send: ask"], "duplicate-route", "'ask' goes to 'join' on line 7 already"),
        (
            "",
            ["chat -> join: {key: ask, auth: iam}"],
            "bad-value",
            "who may call is decided once, when a client connects",
        ),
        ("", ["chat -> join: {key: $connect, auth: check}"], "bad-value", "'chat' has no authoriser 'check'"),
        ("", ["chat -> links: keep"], "say-what", "'links' can be asked for 'GetItem', 'PutItem'"),
        (
            "",
            ["chat -> links: {key: keep, operation: GetItem}"],
            "missing-property",
            "GetItem has no template of archkit's",
        ),
        ("", ["chat -> links: {key: keep, operation: Nothing}"], "bad-value", "cannot call 'Nothing'"),
        ("", ["chat -> orders: order"], "missing-property", "'orders' is FIFO: each message needs a group"),
        ("", ["guard -> chat"], "no-waf", "'chat' cannot be protected"),
        (", default_endpoint: false", [], "bad-value", "the API would have no address at all"),
        (", auth: jwt", [], "bad-value", "'chat' takes no JWT"),
    ],
)
def test_what_cannot_be_is_refused(properties: str, edges: list[str], code: str, message: str, tmp_path: Path) -> None:
    found = findings(blueprint(properties, *edges), tmp_path)
    assert [known for known, _ in found] == [code]
    assert message in found[0][1]
