"""AWS AppSync: GraphQL APIs whose fields are answered by the nodes that edges name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from archkit.architecture import Architecture, Node
from archkit.kind import Admits, Alias, External, Grant, Helper, Kind, Metric, NodeId, Origin, Record, Refusal, prop
from archkit.kinds.appsync.access import FunctionAuth, Mode, PoolAuth, providers
from archkit.kinds.appsync.extras import extras
from archkit.kinds.appsync.graphql import ROOTS, text_of
from archkit.kinds.appsync.requests import HttpField, ServiceField
from archkit.kinds.appsync.resolvers import SERVICE
from archkit.kinds.appsync.rules import refusals
from archkit.kinds.appsync.sources import BusField, FunctionField, ModelField, SearchField, SqlField, TableField
from archkit.scope import Scope
from archkit.shared.retention import Days
from archkit.values import Sub

__all__ = ["Api"]

NAMED = {"GraphQLAPIId": "${id}"}


class Cache(Record):
    """Cache of an API, encrypted at rest and on its way. A bare value is its size."""

    short: ClassVar[str | None] = "size"

    size: Literal["small", "medium", "large", "xlarge", "large_2x", "large_4x", "large_8x", "large_12x"] = prop(
        "small", "Instance that holds the cache."
    )
    ttl: int = prop(300, "Seconds that answers are kept.", ge=1, le=3_600)
    per: Literal["request", "resolver", "operation"] = prop(
        "resolver", "What is kept: all requests, or what edges say."
    )


class Api(Kind, name="appsync.api", icon="aws/mobile/appsync", service="AWS AppSync",
          types=("AWS::AppSync::GraphQLApi", "AWS::AppSync::GraphQLSchema", "AWS::AppSync::DataSource",
                 "AWS::AppSync::Resolver", "AWS::AppSync::ApiKey", "AWS::AppSync::ApiCache", "AWS::AppSync::DomainName",
                 "AWS::AppSync::DomainNameApiAssociation", "AWS::IAM::Role", "AWS::Logs::LogGroup")):  # fmt: skip
    """GraphQL API: each field of its schema is answered by the node that an edge names.

    `api -> posts: Query.getPost` makes the data source, with a role for just that, and the resolver; its code is
    written for what the field's name says, or read from a file. Callers sign their requests unless `auth` or an edge
    from what authorises says otherwise.
    """

    schema: str = prop(doc="File with the GraphQL schema, beside the blueprint, or the schema itself.", shape=True)
    auth: list[Mode] = prop([], "How callers are told apart, the default way first (default: iam, or what edges add).",
                            shape=True)  # fmt: skip
    issuer: str | None = prop(None, "Issuer of OpenID Connect tokens.", pattern="https://.+")
    client: str | None = prop(None, "Regular expression of the client ids of these tokens.")
    key_expires: int | None = prop(
        None, "When the API key ends, in seconds since 1970 (default: seven days after it is made).", ge=1
    )
    local: list[str] = prop([], "Fields that ask nobody and pass on what they are told, such as Mutation.notify.",
                            pattern=r"\w+\.\w+", shape=True)  # fmt: skip
    level: Literal["none", "error", "info", "debug", "all"] = prop("error", "What is logged of each field.", shape=True)
    data: bool = prop(False, "Log requests, answers and templates too.")
    logs: Days = prop(30, "Days that log lines are kept.")
    tracing: bool = prop(False, "X-Ray tracing.")
    detailed_metrics: bool = prop(False, "Metrics of each resolver, data source and operation.")
    cache: Cache | None = prop(None, "Cache of answers, or its size.")
    depth: int | None = prop(None, "Most levels of a query (default: no limit).", ge=1, le=75)
    resolvers: int | None = prop(None, "Most resolvers that one query may run (default: 10 000).", ge=1, le=10_000)
    introspection: bool = prop(True, "Whether callers may read the schema.")
    private: bool = prop(False, "Reached from a VPC only, by an interface endpoint.")
    environment: dict[str, str] = prop({}, "What scripts read as ctx.env; edges add the addresses of services.", le=50)
    domain: str | None = prop(None, "Domain name of its own.", pattern=r"(\*\.)?([a-z0-9-]+\.)+[a-z0-9-]+", shape=True)
    certificate: NodeId | None = prop(None, "Certificate of the domain name, in us-east-1 (default: one of its own).",
                                      slot="certificate", to="acm.certificate")  # fmt: skip
    key: NodeId | None = prop(None, "Key that encrypts the logs.", slot="key", to="kms.key")

    principal = SERVICE
    variables = "EnvironmentVariables"
    attributes = {
        "arn": "${.Arn}", "id": "${.ApiId}", "url": "${_url}",
        "realtime_url": "${.RealtimeUrl}", "dns": "${.GraphQLDns}",
        "endpoint_arn": "${.GraphQLEndpointArn}", "api_key": "${+Key.ApiKey}",
    }  # fmt: skip
    address = "${url}"
    external = External(("arn", "url"), {"id": "${arn}"})
    grants = {
        "execute": Grant("appsync:GraphQL", on=tuple(f"${{arn}}/types/{root}/fields/*" for root in ROOTS), usual=True),
        "query": Grant("appsync:GraphQL", on="${arn}/types/Query/fields/*"),
        "mutate": Grant("appsync:GraphQL", on="${arn}/types/Mutation/fields/*"),
        "subscribe": Grant("appsync:GraphQL", on="${arn}/types/Subscription/fields/*"),
    }
    admits = Admits("appsync", "appsync:GraphQL", "mutate", endpoint="${endpoint_arn}")
    origin = Origin("${dns}")
    alias = Alias("${+Domain.AppSyncDomainName}", "${+Domain.HostedZoneId}")
    waf = "${arn}"
    joins = (TableField, FunctionField, BusField, ModelField, SearchField, SqlField, HttpField, ServiceField, PoolAuth,
             FunctionAuth)  # fmt: skip
    metrics = {
        name: Metric("AWS/AppSync", metric, NAMED, statistic)
        for name, metric, statistic in (
            ("client-errors", "4XXError", "Sum"), ("server-errors", "5XXError", "Sum"),
            ("latency", "Latency", "Maximum"), ("requests", "Requests", "Sum"),
        )
    }  # fmt: skip
    strict = {"tracing": True, "logs": 365, "introspection": False}
    example = '{schema: "type Query { hello(name: String): String }", local: [Query.hello]}'

    def attribute(self, name: str) -> str | None:
        if name == "_url":
            return f"https://{self.domain}/graphql" if self.domain else "${.GraphQLUrl}"
        return super().attribute(name)

    def helpers(self) -> Mapping[str, Helper]:
        found = {}
        if self.level != "none":
            found["logs"] = Helper("logs.group", {"logs": self.logs, **({"key": self.key} if self.key else {})})
        if self.domain and self.certificate is None:
            found["certificate"] = Helper("acm.certificate", {"domain": self.domain}, home="us-east-1")
        return found

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        return refusals(node, world)

    def build(self, scope: Scope) -> None:
        first, *others = providers(scope)
        group = scope.of(f"{scope.node.id}.logs")
        log = {"CloudWatchLogsRoleArn": scope.role(SERVICE).att("Arn"), "FieldLogLevel": self.level.upper(),
               "ExcludeVerboseContent": not self.data} if group else None  # fmt: skip
        metrics = {"DataSourceLevelMetricsBehavior": "FULL_REQUEST_DATA_SOURCE_METRICS",
                   "OperationLevelMetricsConfig": "ENABLED",
                   "ResolverLevelMetricsBehavior": "FULL_REQUEST_RESOLVER_METRICS"}  # fmt: skip
        api = scope.make(
            "AWS::AppSync::GraphQLApi", Name=Sub("${AWS::StackName}-" + scope.node.id), **first,
            AdditionalAuthenticationProviders=others or None, LogConfig=log, XrayEnabled=self.tracing or None,
            QueryDepthLimit=self.depth, ResolverCountLimit=self.resolvers,
            IntrospectionConfig=None if self.introspection else "DISABLED",
            Visibility="PRIVATE" if self.private else None,
            EnhancedMetricsConfig=metrics if self.detailed_metrics else None,
            EnvironmentVariables=dict(self.environment) or None,
        )  # fmt: skip
        scope.make("AWS::AppSync::GraphQLSchema", "Schema", ApiId=api.att("ApiId"),
                   Definition=text_of(scope.architecture.path, self.schema))  # fmt: skip
        if group is not None:
            group.main.set("LogGroupName", Sub("/aws/appsync/apis/${Api}", {"Api": api.att("ApiId")}))
            scope.allow("logs:CreateLogStream", "logs:PutLogEvents", on=group.attribute("arn"))
        extras(scope, api)
