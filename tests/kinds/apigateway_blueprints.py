"""Blueprints with an API and what its routes reach, for the tests of API Gateway."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from archkit.kind import External, Kind, Operation
from archkit.scope import Scope
from tests.options import synthesized

__all__ = ["HTTP", "JWT", "ORIGINS", "PLAN", "REST", "WORK", "Stream", "blueprint", "resources"]

HTTP, REST = "Amazon API Gateway HTTP API", "Amazon API Gateway REST API"
KINDS = {HTTP: "apigateway.http", REST: "apigateway.rest"}
NODES = {
    "work": "{kind: lambda.function, runtime: python3.13, code: handler.py}",
    "check": "{kind: lambda.function, runtime: python3.13, code: handler.py}",
    "links": "{kind: dynamodb.table, key: slug}",
    "jobs": "sqs.queue",
    "orders": "{kind: sqs.queue, fifo: true}",
    "news": "sns.topic",
    "bus": "events.bus",
    "flow": "{kind: stepfunctions.state_machine, states: {Done: {Type: Succeed}}}",
    "clicks": "fake.stream",
    "files": "s3.bucket",
    "partner": "saas",
    "users": "users",
    "pool": "{kind: 'AWS::Cognito::UserPool'}",
    "cmk": "kms.key",
    "link": "{kind: apigateway.vpc_link, subnets: [subnet-0123456789abcdef0]}",
    "listener": "{kind: 'AWS::ElasticLoadBalancingV2::Listener', properties: {Port: 80}}",
    "dns": "{kind: route53.zone, existing: {id: Z0123456789ABCDEFGHIJ, domain: example.com}}",
    "guard": "wafv2.web_acl",
    "cdn": "cloudfront.distribution",
}
WORK = "api -> work: GET /links"
JWT = ", issuer: 'https://issuer.example.com', audience: [client]"
PLAN = ", plans: {gold: {quota: 1000, period: day, throttle: {rate: 5, burst: 10}, keys: [acme]}}"
ORIGINS = ", cors: {origins: ['https://a.example.com'], headers: [x-one], max_age: 60, credentials: true}"


class Stream(Kind, name="fake.stream", service="fake", types="AWS::Kinesis::Stream"):
    """A stream that offers what a Kinesis stream offers."""

    attributes = {"arn": "${.Arn}", "name": "${}"}
    external = External(("arn",))
    operations = {"PutRecord": Operation("kinesis", "PutRecord", {"StreamName": "${name}"}, usual=True)}

    def build(self, scope: Scope) -> None:
        scope.make("AWS::Kinesis::Stream", StreamModeDetails={"StreamMode": "ON_DEMAND"})


def blueprint(service: str, properties: str = "", *edges: str, top: str = "") -> str:
    """Return a blueprint with an API and those other nodes that the edges name."""
    words = {word for edge in edges for word in edge.replace(":", " ").replace(",", " ").replace("}", " ").split()}
    nodes = [f"  {name}: {kind}" for name, kind in NODES.items() if name in words or f"auth-{name}" in words]
    api = f"  api: {{kind: {KINDS[service]}{properties}}}"
    lines = [
        *top.splitlines(),
        "nodes:",
        api,
        *nodes,
        *(["edges:"] if edges else []),
        *(f"  - {edge}" for edge in edges),
    ]
    return "\n".join(lines) + "\n"


def resources(service: str, folder: Path, *edges: str, properties: str = "", top: str = "") -> dict[str, Any]:
    """Return the resources of the one stack of an API and what its edges reach."""
    (template,) = synthesized(blueprint(service, properties, *edges, top=top), folder).values()
    found: dict[str, Any] = template["Resources"]
    return found
