"""AppSync: schema, resolvers on every sort of data source, who may call; the rights of each data source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import archkit
from archkit.kinds.appsync import scripts
from archkit.kinds.appsync.graphql import fields
from tests.kinds.rows import att, findings, resources, statements
from tests.options import Option, holds, synthesized
from tests.test_pairs import BUS, FLOW, FN, MODEL, QUEUE, RULE, TABLE, TOPIC, At, Pair, Rights, hold

SERVICE = "AWS AppSync"
SCHEMA = """type Post { id: ID! title: String author: String }
type Query {
  getPost(id: ID!): Post
  postsBy(author: String!, limit: Int, nextToken: String): [Post]
  listPosts: [Post!]!
  ask(prompt: String!): String
  weather(city: String!): AWSJSON
}
type Mutation {
  addPost(title: String!): Post
  updatePost(id: ID!, title: String): Post
  deletePost(id: ID!): Post
  send(text: String): AWSJSON
}
type Subscription { onPost: Post @aws_subscribe(mutations: ["addPost"]) }
"""
INLINE = " ".join(line.strip() for line in SCHEMA.splitlines())
API = f"api: {{kind: appsync.api, schema: '{INLINE}'"
NODES = {
    "table": "table: {kind: dynamodb.table, indexes: {by-author: author}}", "fn": FN, "bus": BUS, "queue": QUEUE,
    "topic": TOPIC, "flow": FLOW, "model": MODEL, "web": "web: internet", "search": "search: opensearch.domain",
    "db": 'db: {kind: "AWS::RDS::DBCluster", existing: {arn: "arn:aws:rds:eu-west-1:123456789012:cluster:c"}}\n'
          "  pw: secretsmanager.secret",
    "pool": 'pool: {kind: "AWS::Cognito::UserPool"}', "mood": "mood: comprehend",
    "quick": "quick: {kind: stepfunctions.state_machine, type: express, states: {Wait: {type: Wait, seconds: 1}}}",
    "guard": "guard: {kind: lambda.function, runtime: python3.13, code: handler.py}",
}  # fmt: skip


def asked(*edges: str, api: str = "") -> str:
    """Return a blueprint of an API and the nodes that its edges name."""
    names = [name for name in NODES if any(name in edge.split(":")[0].split() for edge in edges)]
    nodes = "".join(f"  {NODES[name]}\n" for name in names)
    lines = "".join(f"  - {edge}\n" for edge in edges)
    return f"nodes:\n  {API}{api}}}\n{nodes}" + (f"edges:\n{lines}" if lines else "")


def row(option: str, path: str, expected: Any, *edges: str, api: str = "") -> Option:
    return Option(SERVICE, option, asked(*edges, api=api), f"Resources.{path}", expected)


SOURCES = "query/mutation/subscription resolvers on DynamoDB/Lambda/HTTP/OpenSearch/RDS data sources"
AUTH = "API key/IAM/Cognito authorisation"
OPTIONS = [
    row("schema file", "ApiSchema.Properties.ApiId", att("Api", "ApiId")),
    row(SOURCES, "ApiTableSource.Properties.DynamoDBConfig.TableName", {"Ref": "Table"}, "api -> table: Query.getPost"),
    row(SOURCES, "ApiTableMutationAddPostResolver.Properties.TypeName", "Mutation", "api -> table: Mutation.addPost"),
    row(SOURCES, "ApiFnSubscriptionOnPostResolver.Properties.FieldName", "onPost", "api -> fn: Subscription.onPost"),
    row(SOURCES, "ApiFnSource.Properties.LambdaConfig.LambdaFunctionArn", att("Fn"), "api -> fn: Query.getPost"),
    row(SOURCES, "ApiFnPostAuthorResolver.Properties.MaxBatchSize", 5, "api -> fn: {does: Post.author, batch: 5}"),
    row(SOURCES, "ApiWebSource.Properties.HttpConfig.Endpoint", "https://example.com",
        "api -> web: {does: Query.weather, url: 'https://example.com', path: '/w/{city}'}"),
    row(SOURCES, "ApiSearchSource.Properties.OpenSearchServiceConfig.Endpoint",
        {"Fn::Sub": "https://${Search.DomainEndpoint}"},
        "api -> search: {does: Query.listPosts, index: posts}"),
    row(SOURCES, "ApiDbSource.Properties.RelationalDatabaseConfig.RdsHttpEndpointConfig.AwsSecretStoreArn",
        {"Ref": "Pw"},
        "api -> db: {does: Query.getPost, sql: 'select * from post where id = :id', secret: pw}"),
    row("None data source", "ApiPassesOnSource.Properties.Type", "NONE", api=", local: [Mutation.send]"),
    row("EventBridge data source", "ApiBusSource.Properties.EventBridgeConfig.EventBusArn", att("Bus"),
        "api -> bus: Mutation.send"),
    row(AUTH, "Api.Properties.AuthenticationType", "AWS_IAM"),
    row(AUTH, "Api.Properties.AuthenticationType", "API_KEY", api=", auth: api_key"),
    row(AUTH, "ApiKey.Properties.Expires", 1893456000, api=", auth: api_key, key_expires: 1893456000"),
    row(AUTH, "Api.Properties.AuthenticationType", "AMAZON_COGNITO_USER_POOLS", "pool -> api"),
    row(AUTH, "Api.Properties.UserPoolConfig.DefaultAction", "DENY", "pool -> api: {deny: true, clients: web-.*}"),
    row(AUTH, "Api.Properties.AdditionalAuthenticationProviders.0.UserPoolConfig.UserPoolId", {"Ref": "Pool"},
        "pool -> api", api=", auth: [iam]"),
    row(AUTH, "Api.Properties.LambdaAuthorizerConfig.AuthorizerUri", att("Guard"), "api -> guard: authorize"),
    row(AUTH, "Api.Properties.OpenIDConnectConfig.Issuer", "https://login.example.com",
        api=", issuer: 'https://login.example.com', client: web"),
    row("logs", "Api.Properties.LogConfig.FieldLogLevel", "ALL", api=", level: all, data: true"),
    row("logs", "ApiLogs.Properties.LogGroupName", {"Fn::Sub": "/aws/appsync/apis/${Api.ApiId}"}),
    row("X-Ray", "Api.Properties.XrayEnabled", True, api=", tracing: true"),
    row("metrics", "Api.Properties.EnhancedMetricsConfig.OperationLevelMetricsConfig", "ENABLED",
        api=", detailed_metrics: true"),
    row("caching", "ApiCache.Properties.AtRestEncryptionEnabled", True, api=", cache: small"),
    row("caching", "ApiCache.Properties.ApiCachingBehavior", "FULL_REQUEST_CACHING",
        api=", cache: {per: request, ttl: 60}"),
    row("caching", "ApiFnQueryGetPostResolver.Properties.CachingConfig",
        {"Ttl": 60, "CachingKeys": ["$context.arguments.id"]},
        "api -> fn: {does: Query.getPost, cache: 60, cache_by: [$context.arguments.id]}", api=", cache: small"),
    row("domain", "ApiAssociation.Properties.DomainName", {"Ref": "ApiDomain"}, api=", domain: api.example.com"),
    row("limits", "Api.Properties.QueryDepthLimit", 4, api=", depth: 4"),
    row("limits", "Api.Properties.ResolverCountLimit", 50, api=", resolvers: 50"),
    row("limits", "Api.Properties.IntrospectionConfig", "DISABLED", api=", introspection: false"),
    row("private", "Api.Properties.Visibility", "PRIVATE", api=", private: true"),
    row("environment", "Api.Properties.EnvironmentVariables", {"STAGE": "dev"}, api=", environment: {STAGE: dev}"),
]  # fmt: skip


@pytest.mark.parametrize("one", OPTIONS, ids=lambda row: f"{row.option}: {row.path}")
def test_option(one: Option, tmp_path: Path) -> None:
    assert holds(one, tmp_path)


GRAPHQL = f"{API}}}"
CODE = "Resources.*Resolver.Properties.Code"
PAIRS = {
    "appsync -> lambda": Pair([GRAPHQL, FN], "api -> fn: Query.getPost", [
        Rights("ApiFnSource", "lambda:InvokeFunction", "Fn"),
        At("Resources.ApiFnSource.Properties.Type", "AWS_LAMBDA")]),
    "appsync -> dynamodb": Pair([GRAPHQL, TABLE], "api -> table: Mutation.addPost", [
        Rights("ApiTableSource", "dynamodb:PutItem", "Table"), At(CODE, "util.autoId()")]),
    "appsync -> sfn": Pair([GRAPHQL, FLOW], "api -> flow: Mutation.send", [
        Rights("ApiFlowSource", "states:StartExecution", "test-flow-"), At(CODE, "stateMachineArn: ctx.env.FLOW"),
        At("Resources.ApiFlowSource.Properties.HttpConfig.AuthorizationConfig.AwsIamConfig", "states")]),
    "appsync -> bedrock": Pair([GRAPHQL, MODEL], "api -> model: Query.ask", [
        Rights("ApiModelSource", "bedrock:InvokeModel", "anthropic.claude-3-haiku"),
        At("Resources.ApiModelSource.Properties.Type", "AMAZON_BEDROCK_RUNTIME"),
        At(CODE, "anthropic.claude-3-haiku")]),
    "appsync -> eventbridge": Pair([GRAPHQL, BUS], "api -> bus: Mutation.send", [
        Rights("ApiBusSource", "events:PutEvents", "Bus"), At(CODE, "PutEvents")]),
    "appsync -> sqs": Pair([GRAPHQL, QUEUE], "api -> queue: Mutation.send", [
        Rights("ApiQueueSource", "sqs:SendMessage", "Queue"), At(CODE, "AmazonSQS.SendMessage"),
        At("Resources.Api.Properties.EnvironmentVariables.QUEUE", "Queue")]),
    "eventbridge -> appsync": Pair([RULE, GRAPHQL], "rule -> api: {operation: 'mutation S($text: String) "
                                   "{ send(text: $text) }', input_paths: {text: $.detail.text}, "
                                   "template: {text: <text>}}", [
        Rights("Rule", "appsync:GraphQL", "${Api.Arn}/types/Mutation/fields/*"),
        At("Resources.Rule.Properties.Targets.0.Arn", "GraphQLEndpointArn"),
        At("Resources.Rule.Properties.Targets.0.AppSyncParameters.GraphQLOperation", "mutation S")]),
    "lambda -> appsync": Pair([FN, GRAPHQL], "fn -> api: mutate", [
        Rights("Fn", "appsync:GraphQL", "${Api.Arn}/types/Mutation/fields/*"),
        At("Resources.Fn.Properties.Environment.Variables.API", "GraphQLUrl")]),
    "waf -> appsync": Pair(["waf: wafv2.web_acl", GRAPHQL], "waf -> api", [
        At("Resources.*Association.Properties.ResourceArn", "Api")]),
}  # fmt: skip


@pytest.mark.parametrize("name", PAIRS)
def test_pair(name: str, tmp_path: Path) -> None:
    hold(PAIRS[name], tmp_path)


def test_a_source_s_rights_grow_with_its_fields(tmp_path: Path) -> None:
    found = resources(asked("api -> table: Query.getPost", "api -> table: {does: Query.postsBy, index: by-author}",
                            "api -> table: Mutation.deletePost"), tmp_path)  # fmt: skip
    (item, query) = statements(found, "ApiTableSourceRolePolicy")
    assert item["Action"] == ["dynamodb:GetItem", "dynamodb:DeleteItem"] and item["Resource"] == att("Table")
    assert query["Action"] == "dynamodb:Query" and {"Fn::Sub": "${Table.Arn}/index/by-author"} in query["Resource"]
    assert len([one for one in found.values() if one["Type"] == "AWS::AppSync::DataSource"]) == 1
    assert found["ApiTableQueryGetPostResolver"]["DependsOn"] == ["ApiSchema", "ApiTableSource"]


def test_a_table_s_key_may_be_used_through_dynamodb_only(tmp_path: Path) -> None:
    text = asked("api -> table: Query.getPost").replace(
        "kind: dynamodb.table,", "kind: dynamodb.table, encryption: cmk,"
    )
    said = statements(resources(text.replace("edges:", "  cmk: kms.key\nedges:"), tmp_path), "ApiTableSourceRolePolicy")
    assert said[1]["Action"] == "kms:Decrypt" and "dynamodb." in str(said[1]["Condition"])


def test_an_endpoint_has_no_role_and_a_function_lets_only_this_api_ask(tmp_path: Path) -> None:
    found = resources(asked("api -> web: {does: Query.weather, url: 'https://example.com'}", "api -> guard: authorize"),
                      tmp_path)  # fmt: skip
    assert "ServiceRoleArn" not in found["ApiWebSource"]["Properties"] and "ApiWebSourceRole" not in found
    permission = found["GuardApiAuthorizerPermission"]["Properties"]
    assert permission["Principal"] == "appsync.amazonaws.com" and permission["SourceArn"] == att("Api")


def test_the_certificate_of_a_domain_stands_in_us_east_1(tmp_path: Path) -> None:
    made = synthesized(f"region: eu-west-1\n{asked(api=', domain: api.example.com')}", tmp_path)
    assert "ApiCertificate" in made["test-us-east-1"]["Resources"]
    assert made["test"]["Resources"]["ApiDomain"]["Properties"]["CertificateArn"] == {"Ref": "ApiCertificateId"}


def test_code_and_templates_are_read_from_files(tmp_path: Path) -> None:
    (tmp_path / "schema.graphql").write_text(SCHEMA)
    (tmp_path / "get.js").write_text("export function request(ctx) { return `${ctx.args.id}`; }\n")
    (tmp_path / "in.vtl").write_text("{}")
    edges = ["api -> table: {does: Query.getPost, code: get.js}",
             "api -> fn: {does: Query.listPosts, request: in.vtl, response: $util.toJson($ctx.result)}"]  # fmt: skip
    text = asked(*edges)
    text = text.replace(text[text.index("schema: '") : text.index("'}") + 1], "schema: schema.graphql")
    found = resources(text.replace("response: $util", "response: '$util").replace("result)}", "result){}'}"), tmp_path)
    assert found["ApiSchema"]["Properties"]["Definition"] == SCHEMA
    assert found["ApiTableQueryGetPostResolver"]["Properties"]["Code"] == (tmp_path / "get.js").read_text()
    assert found["ApiFnQueryListPostsResolver"]["Properties"]["RequestMappingTemplate"] == "{}"


def test_schemas_are_read_past_comments_and_arguments() -> None:
    text = '"""Doc { x: Y }"""\ntype Query @aws_iam { # no: Field\n  a(x: Int = 1, z: Int): [Post!]!\n}\n'
    assert fields(f"{text}extend type Query {{ b: Int }}") == {"Query": {"a": "[Post!]!", "b": "Int"}}


def test_a_query_by_an_index_is_a_page_of_items() -> None:
    code = scripts.items("Query", [("author", "S")], "by-author", True)
    assert 'index: "by-author", limit, nextToken' in code and "return ctx.result.items;" in code


WRONG = [
    (asked("api -> table: Query.nothing"), "unknown-field"),
    (asked("api -> table: Querry.getPost"), "unknown-field"),
    (asked("api -> table: Mutation.send"), "say-what"),
    (asked("api -> table: {does: Query.getPost, operation: Fetch}"), "unknown-operation"),
    (asked("api -> table: {does: Query.getPost, operation: [GetItem, Query]}"), "missing-property"),
    (asked("api -> table: {does: Query.postsBy, index: by-title}"), "bad-value"),
    (asked("api -> table: Query.getPost", "api -> fn: Query.getPost"), "duplicate-route"),
    (asked("api -> fn: {does: Query.getPost, code: none.js}"), "no-code"),
    (asked("api -> fn: {does: Query.getPost, request: '{}'}"), "bad-value"),
    (asked("api -> fn: {does: Query.getPost, cache: 60}"), "bad-value"),
    (asked("api -> flow: {does: Query.ask, operation: StartSyncExecution}"), "bad-value"),
    (asked("api -> mood: Query.ask"), "unknown-operation"),
    (asked("api -> db: {does: Query.getPost, secret: pw}"), "missing-property"),
    (asked("fn -> api: query", api=", auth: api_key"), "no-iam"),
    (asked(api=", auth: [cognito]"), "missing-edge"),
    (asked(api=", auth: [oidc]"), "missing-property"),
    (asked(api=", key_expires: 1893456000"), "bad-value"),
    (asked(api=", local: [Mutation.nothing]"), "unknown-field"),
    ("nodes:\n  api: {kind: appsync.api, schema: none.graphql}\n", "no-code"),
    ("nodes:\n  api: {kind: appsync.api, schema: 'type Post { id: ID }'}\n", "bad-value"),
    (f"nodes:\n  {GRAPHQL}\n  {RULE}\nedges:\n  - rule -> api\n", "missing-property"),
    (f"nodes:\n  {QUEUE}\n  {RULE}\nedges:\n  - rule -> queue: {{operation: x}}\n", "bad-value"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code"), WRONG, ids=[f"{code} {number}" for number, (_, code) in enumerate(WRONG)])
def test_is_refused(text: str, code: str, tmp_path: Path) -> None:
    assert code in [one for one, _ in findings(text, tmp_path)]


def test_all_sources_are_clean(tmp_path: Path) -> None:
    (tmp_path / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    text = asked(
        "api -> table: Query.getPost", "api -> table: {does: Query.postsBy, index: by-author}",
        "api -> fn: Post.author",
        "api -> bus: Mutation.send", "api -> model: Query.ask", "pool -> api", "api -> guard: authorize",
        "api -> web: {does: Query.weather, url: 'https://example.com', path: '/w/{city}'}",
        "api -> search: {does: Query.listPosts, index: posts}", "api -> flow: Mutation.addPost",
        "api -> topic: Mutation.updatePost", "api -> queue: Mutation.deletePost",
        "api -> db: {does: Post.title, sql: 'select 1', secret: pw}",
        api=", auth: [iam, api_key], cache: large_2x, level: all, tracing: true, detailed_metrics: true, depth: 5",
    )  # fmt: skip
    archkit.load(tmp_path / "blueprint.yaml", text=f"name: test\n{text}").synth()
