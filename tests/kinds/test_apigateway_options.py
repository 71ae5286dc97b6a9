"""API Gateway: every option of its two kinds of API, and all of them together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import archkit
from archkit import catalog
from tests.kinds.apigateway_blueprints import HTTP, JWT, ORIGINS, PLAN, REST, WORK, Stream, blueprint
from tests.options import ANY, Option, holds


@pytest.fixture(autouse=True)
def fakes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make the kind known that stands for a Kinesis stream."""
    real = catalog.find
    monkeypatch.setattr(catalog, "find", lambda name: Stream if name == "fake.stream" else real(name))
    yield


def http(option: str, path: str, expected: Any, properties: str = "", *edges: str, top: str = "") -> Option:
    """Return an option's row for an HTTP API."""
    return Option(HTTP, option, blueprint(HTTP, properties, *edges, top=top), f"Resources.{path}", expected)


def rest(option: str, path: str, expected: Any, properties: str = "", *edges: str, top: str = "") -> Option:
    """Return an option's row for a REST API."""
    return Option(REST, option, blueprint(REST, properties, *edges, top=top), f"Resources.{path}", expected)


ROUTES, CORS, DOMAIN, LOGS = "routes by edges", "CORS", "custom domain", "access logs"
WHO, VPC = "JWT/Lambda/IAM authoriser", "VPC link"
ENDPOINT, CALLS = "endpoint edge-optimised/regional/private", (
    "Lambda proxy and AWS service integrations (SQS, SNS, DynamoDB, Step Functions, Kinesis, EventBridge)")  # fmt: skip
REST_WHO, KEYS, VALID = "authoriser Cognito/Lambda/IAM", "API keys and usage plans", "request validation"
GET = "ApiGetLinksMethod.Properties."
STAGE = "ApiStage.Properties."

OPTIONS = [
    http(ROUTES, "ApiGetLinksRoute.Properties.RouteKey", "GET /links", "", WORK),
    http(ROUTES, "ApiAnyLinksSlugParamRoute.Properties.RouteKey", "ANY /links/{slug}", "",
         "api -> work: /links/{slug}"),
    http(ROUTES, "ApiPostLinksRoute.Properties.RouteKey", "POST /links", "",
         "api -> work: {method: POST, path: /links}"),
    http(ROUTES, "ApiGetLinksIntegration.Properties.PayloadFormatVersion", "1.0", "",
         "api -> work: {does: GET /links, payload: '1.0'}"),
    http(ROUTES, "ApiGetLinksIntegration.Properties.TimeoutInMillis", 500, "",
         "api -> work: {does: GET /links, timeout: 500}"),
    http(ROUTES, "ApiGetLinksIntegration.Properties.RequestParameters", {"append:header.a": "b"}, "",
         "api -> work: {does: GET /links, parameters: {'append:header.a': b}}"),
    http(ROUTES, "ApiDefaultRoute.Properties.RouteKey", "$default", "", "api -> work"),
    http(ROUTES, "ApiStage.Properties.StageName", "v1", ", stage: v1", WORK),
    http(WHO, "ApiJwtAuthorizer.Properties.JwtConfiguration", {"Issuer": "https://issuer.example.com",
         "Audience": ["client"]}, JWT),
    http(WHO, "ApiGetLinksRoute.Properties.AuthorizationType", "JWT", JWT, WORK),
    http(WHO, "ApiGetLinksRoute.Properties.AuthorizationScopes", ["read"], JWT,
         "api -> work: {does: GET /links, scopes: [read]}"),
    http(WHO, "ApiGetLinksRoute.Properties.AuthorizationType", "NONE", JWT,
         "api -> work: {does: GET /links, auth: none}"),
    http(WHO, "ApiGetLinksRoute.Properties.AuthorizationType", "AWS_IAM", ", auth: iam", WORK),
    http(WHO, "ApiGetLinksRoute.Properties.AuthorizationType", "AWS_IAM", "", WORK, top="security: strict"),
    http(WHO, "ApiCheckAuthorizer.Properties.IdentitySource", ["$request.header.X-Key"], "",
         "api -> check: {does: authorize, headers: [X-Key], ttl: 0}", WORK),
    http(WHO, "ApiGetLinksRoute.Properties.AuthorizerId", {"Ref": "ApiCheckAuthorizer"}, "",
         "check -> api: authorize", WORK),
    http(WHO, "ApiPoolAuthorizer.Properties.JwtConfiguration", {"Issuer": {"Fn::GetAtt": ["Pool", "ProviderURL"]},
         "Audience": ["c"]},
         "", "pool -> api: {audience: [c]}", WORK),
    http(CORS, "Api.Properties.CorsConfiguration", {"AllowOrigins": ["https://a.example.com"], "AllowMethods": ["GET",
         "OPTIONS"],
         "AllowHeaders": ["x-one"], "MaxAge": 60, "AllowCredentials": True}, ORIGINS, WORK),
    http(CORS, "Api.Properties.CorsConfiguration.AllowMethods", ["*"], ", cors: 'https://a.example.com'",
         "api -> work"),
    http(VPC, "ApiGetLinksIntegration.Properties.ConnectionId", {"Ref": "Link"}, "",
         "api -> listener: {does: GET /links, vpc_link: link}"),
    http(VPC, "ApiGetLinksIntegration.Properties.IntegrationUri", ANY, "",
         "api -> listener: {does: GET /links, vpc_link: link}"),
    http(VPC, "ApiGetLinksIntegration.Properties.TlsConfig.ServerNameToVerify", "in.example.com", "",
         "api -> listener: {does: GET /links, vpc_link: link, tls: in.example.com}"),
    http(VPC, "Link.Properties.SubnetIds", ["subnet-0123456789abcdef0"], "",
         "api -> listener: {does: GET /links, vpc_link: link}"),
    http(DOMAIN, "ApiDomain.Properties.DomainName", "api.example.com", ", domain: api.example.com", "dns -> api"),
    http(DOMAIN, "ApiMapping.Properties.Stage", {"Ref": "ApiStage"}, ", domain: api.example.com"),
    http(DOMAIN, "Api.Properties.DisableExecuteApiEndpoint", True, ", domain: api.example.com"),
    http(DOMAIN, "ApiCertificate.Properties.DomainValidationOptions.0.HostedZoneId", "Z0123456789ABCDEFGHIJ",
         ", domain: api.example.com", "dns -> api"),
    http(LOGS, "ApiStage.Properties.AccessLogSettings.DestinationArn", {"Fn::GetAtt": ["ApiAccessLogs", "Arn"]}),
    http(LOGS, "ApiAccessLogs.Properties.RetentionInDays", 7, ", logs: 7"),
    http("throttling", "ApiStage.Properties.DefaultRouteSettings", {"ThrottlingRateLimit": 5,
         "ThrottlingBurstLimit": 9},
         ", throttle: {rate: 5, burst: 9}"),
    http("metrics", "ApiStage.Properties.DefaultRouteSettings.DetailedMetricsEnabled", True,
         ", detailed_metrics: true"),
    rest(ENDPOINT, "Api.Properties.EndpointConfiguration.Types", ["REGIONAL"]),
    rest(ENDPOINT, "Api.Properties.EndpointConfiguration.Types", ["EDGE"], ", endpoint: edge"),
    rest(ENDPOINT, "Api.Properties.EndpointConfiguration", {"Types": ["PRIVATE"], "VpcEndpointIds": ["vpce-1"]},
         ", endpoint: private, vpc_endpoints: [vpce-1]"),
    rest(ENDPOINT, "Api.Properties.Policy.Statement.0.Condition", {"StringEquals": {"aws:SourceVpce": ["vpce-1"]}},
         ", endpoint: private, vpc_endpoints: [vpce-1]"),
    rest(ROUTES, "ApiLinksSlugParamResource.Properties.ParentId", {"Ref": "ApiLinksResource"}, "",
         "api -> work: GET /links/{slug}"),
    rest(ROUTES, "ApiGetLinksSlugParamMethod.Properties.ResourceId", {"Ref": "ApiLinksSlugParamResource"}, "",
         "api -> work: GET /links/{slug}"),
    rest(ROUTES, "ApiAnyProxyRestMethod.Properties.HttpMethod", "ANY", "", "api -> work"),
    rest(ROUTES, "ApiAnyMethod.Properties.ResourceId", {"Fn::GetAtt": ["Api", "RootResourceId"]}, "", "api -> work"),
    rest(CALLS, GET + "Integration.Type", "AWS_PROXY", "", WORK),
    rest(CALLS, "ApiPostLinksMethod.Properties.Integration.Uri", ANY, "", "api -> jobs: POST /links"),
    rest(CALLS, "ApiPostLinksMethod.Properties.Integration.RequestTemplates.application/json", "{}", "",
         "api -> jobs: {does: POST /links, template: '{}'}"),
    rest(CALLS, "ApiPostLinksMethod.Properties.Integration.IntegrationResponses.0",
         {"StatusCode": "202", "ResponseTemplates": {"application/json": "{}"}}, "",
         "api -> jobs: {does: POST /links, response: '{}', status: 202}"),
    rest(CORS, "ApiOptionsLinksMethod.Properties.Integration.Type", "MOCK", ", cors: 'https://a.example.com'", WORK),
    rest(CORS, "ApiOptionsLinksMethod.Properties.Integration.IntegrationResponses.0.ResponseParameters", {
        "method.response.header.Access-Control-Allow-Origin": "'https://a.example.com'",
        "method.response.header.Access-Control-Allow-Methods": "'GET,OPTIONS'",
        "method.response.header.Access-Control-Allow-Headers": "'x-one'",
        "method.response.header.Access-Control-Max-Age": "'60'",
        "method.response.header.Access-Control-Allow-Credentials": "'true'",
    }, ORIGINS, WORK),
    rest(CORS, "ApiDefault4XX.Properties.ResponseParameters", ANY, ", cors: 'https://a.example.com'", WORK),
    rest(CORS, "ApiOptionsLinksMethod.Properties.Integration.IntegrationResponses.0.ResponseTemplates", ANY,
         ", cors: ['https://a.example.com', 'https://b.example.com']", WORK),
    rest(REST_WHO, "ApiPoolAuthorizer.Properties.ProviderARNs", [{"Fn::GetAtt": ["Pool", "Arn"]}], "", "pool -> api",
         WORK),
    rest(REST_WHO, GET + "AuthorizationType", "COGNITO_USER_POOLS", "", "pool -> api", WORK),
    rest(REST_WHO, "ApiCheckAuthorizer.Properties.Type", "REQUEST", "", "api -> check: authorize", WORK),
    rest(REST_WHO, GET + "AuthorizationType", "CUSTOM", "", "api -> check: authorize", WORK),
    rest(REST_WHO, GET + "AuthorizationType", "AWS_IAM", ", auth: iam", WORK),
    rest(KEYS, GET + "ApiKeyRequired", True, PLAN, WORK),
    rest(KEYS, "ApiGoldPlan.Properties.Quota", {"Limit": 1000, "Period": "DAY"}, PLAN, WORK),
    rest(KEYS, "ApiGoldPlan.Properties.Throttle", {"RateLimit": 5, "BurstLimit": 10}, PLAN, WORK),
    rest(KEYS, "ApiGoldAcmePlanKey.Properties.KeyId", {"Ref": "ApiAcmeKey"}, PLAN, WORK),
    rest("caching", STAGE + "CacheClusterSize", "1.6", ", cache: 1.6", WORK),
    rest("caching", STAGE + "MethodSettings.0", {"HttpMethod": "*", "ResourcePath": "/*", "CachingEnabled": True,
         "CacheTtlInSeconds": 60, "CacheDataEncrypted": True}, ", cache: {ttl: 60}", WORK),
    rest("caching", GET + "Integration.CacheKeyParameters", ["method.request.querystring.page"], ", cache: {ttl: 60}",
         "api -> work: {does: GET /links, cache_by: [page]}"),
    rest("stage", STAGE + "StageName", "v1", ", stage: v1", WORK),
    rest("throttling", STAGE + "MethodSettings.0.ThrottlingRateLimit", 5, ", throttle: {rate: 5, burst: 9}", WORK),
    rest(VALID, "ApiGetLinksModel.Properties.Schema.required", ["url"], "",
         "api -> work: {does: GET /links, schema: {required: [url]}}"),
    rest(VALID, "ApiBodyValidator.Properties.ValidateRequestBody", True, "",
         "api -> work: {does: GET /links, schema: {required: [url]}}"),
    rest(VALID, GET + "RequestParameters", {"method.request.querystring.q": True, "method.request.header.X-A": True},
         "",
         "api -> work: {does: GET /links, query: [q], headers: [X-A]}"),
    rest(LOGS, STAGE + "AccessLogSetting.DestinationArn", {"Fn::GetAtt": ["ApiAccessLogs", "Arn"]}),
    rest(LOGS, "ApiLogsAccount.Properties.CloudWatchRoleArn", {"Fn::GetAtt": ["ApiLogsRole", "Arn"]}),
    rest(LOGS, "ApiExecutionLogs.Properties.RetentionInDays", 7, ", execution_logs: info, logs: 7", WORK),
    rest(LOGS, STAGE + "MethodSettings.0.LoggingLevel", "ERROR", ", execution_logs: error", WORK),
    rest("tracing", STAGE + "TracingEnabled", True, ", tracing: true", WORK),
    rest(DOMAIN, "ApiDomain.Properties.RegionalCertificateArn", {"Ref": "ApiCertificate"},
         ", domain: api.example.com", "dns -> api"),
    rest(DOMAIN, "ApiMapping.Properties.Stage", {"Ref": "ApiStage"}, ", domain: api.example.com"),
    rest(DOMAIN, "ApiDomain.Properties.EndpointConfiguration.Types", ["EDGE"],
         ", domain: api.example.com, endpoint: edge",
         top="region: eu-west-1"),
    rest("WAF", "*.Properties.ResourceArn", ANY, "", "guard -> api", WORK),
]  # fmt: skip


@pytest.mark.parametrize("row", OPTIONS, ids=lambda row: f"{row.service[19:]} {row.option} {row.path}")
def test_an_option_changes_the_template(row: Option, tmp_path: Path) -> None:
    assert holds(row, tmp_path)


EVERYTHING = {
    HTTP: (
        JWT + ORIGINS + ", domain: api.example.com, throttle: {rate: 5, burst: 9}, detailed_metrics: true",
        ["users -> api", "dns -> api", "api -> check: authorize",
             "api -> work: {does: 'GET /a/{b}', auth: jwt, scopes: [r]}",
         "api -> check: {does: route, auth: check, id: rest}", "api -> jobs: {does: POST /jobs, auth: none}",
         "api -> bus: {does: POST /events, auth: iam}", "api -> clicks: {does: POST /clicks, auth: iam}",
         "api -> flow: {does: POST /flow, auth: iam}", "pool -> api: {audience: [c]}",
         "api -> orders: {does: POST /orders, auth: pool, group: $context.requestId}",
         "api -> partner: {does: GET /out, auth: iam, url: 'https://example.com'}"],
    ),
    REST: (
        PLAN + ORIGINS + ", cache: {ttl: 60}, throttle: {rate: 5, burst: 9}, execution_logs: info, tracing: true, "
        "domain: api.example.com, "
        "detailed_metrics: true, binary: [image/png]",
        ["users -> api", "dns -> api", "guard -> api", "api -> check: authorize", "pool -> api",
         "api -> work: {does: 'GET /a/{b}', auth: check, schema: {required: [a]}, query: [q], cache_by: [r]}",
         *(f"api -> {name}: {{does: POST /{name}, auth: iam}}" for name in ("jobs", "news", "bus", "flow", "clicks",
              "links")),
         "api -> links: {does: 'GET /links/{slug}', auth: none, api_key: false}",
         "api -> files: {does: 'GET /files/{k+}', auth: pool}",
         "api -> files: {does: 'PUT /files/{k+}', auth: pool}",
         "api -> partner: {does: GET /out, auth: iam, url: 'https://example.com'}"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("service", EVERYTHING)
def test_everything_at_once_is_lint_clean(service: str, tmp_path: Path) -> None:
    (tmp_path / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    properties, edges = EVERYTHING[service]
    text = "name: test\n" + blueprint(service, properties, *edges)
    try:
        archkit.load(tmp_path / "blueprint.yaml", text=text).synth()
    except archkit.ArchkitError as error:
        raise AssertionError([(f.span, f.code, f.message, f.help) for f in error.report]) from None
