"""What an HTTP API does with requests, and who decides whether it may."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from archkit import network
from archkit.architecture import Ends
from archkit.kind import Kind, NodeId, Operation, Refusal, prop
from archkit.kinds.apigateway.access import (
    FunctionAuthorizer,
    PoolAuthorizer,
    authorization,
    function_uri,
    helper,
)  # fmt: skip
from archkit.kinds.apigateway.paths import DEFAULT, variables, words
from archkit.kinds.apigateway.services import Calls
from archkit.kinds.apigateway.shared import SERVICE, Route
from archkit.scope import Link, Scope
from archkit.values import Sub

__all__ = [
    "FunctionRoute",
    "HttpFunctionAuthorizer",
    "HttpPoolAuthorizer",
    "HttpRoute",
    "PrivateRoute",
    "ServiceRoute",
    "UrlRoute",
]


class HttpRoute(Route):
    """A route of an HTTP API with its integration."""

    parameters: dict[str, str] = prop({}, "Parameter mapping of the integration, as AWS documents it.")

    def write(self, link: Link, after: Any = (), **integration: Any) -> None:
        """Make the route and the integration behind it."""
        from troposphere import apigatewayv2

        api = link.owner
        method, path = self.served[0]
        stem = words(path, method)
        mapping = {**(integration.pop("RequestParameters", None) or {}), **self.parameters}
        made = api.make(
            apigatewayv2.Integration, f"{stem}Integration", after=after, because=link.because, ApiId=api.main.ref,
            TimeoutInMillis=self.timeout, RequestParameters=mapping or None, **integration,
        )  # fmt: skip
        api.make(
            apigatewayv2.Route,
            f"{stem}Route",
            because=link.because,
            ApiId=api.main.ref,
            RouteKey=path if path == DEFAULT else f"{method} {path}",
            Target=Sub("integrations/${Integration}", {"Integration": made.ref}),
            **authorization(link, self.auth, self.scopes),
        )


class FunctionRoute(HttpRoute):
    """Invokes a function with the request and answers what it returns."""

    payload: Literal["1.0", "2.0"] = prop("2.0", "Format of the event and of the answer.")

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.admits is not None and other.admits.protocol == "lambda"

    def apply(self, link: Link) -> None:
        function = link.other
        role = self.let_in(link)
        self.write(link, IntegrationType="AWS_PROXY", IntegrationUri=function.fill(function.kind.admits.endpoint),
                   PayloadFormatVersion=self.payload, CredentialsArn=role)  # fmt: skip


class ServiceRoute(Calls, HttpRoute):
    """Calls one operation of another service with a role that may do just that."""

    everything: ClassVar[list[tuple[str, str]]] = HttpRoute.everything
    known: ClassVar[frozenset[tuple[str, str]]] = frozenset({
        ("sqs", "SendMessage"), ("sqs", "ReceiveMessage"), ("sqs", "DeleteMessage"), ("sqs", "PurgeQueue"),
        ("events", "PutEvents"), ("states", "StartExecution"), ("states", "StartSyncExecution"),
        ("states", "StopExecution"), ("kinesis", "PutRecord"),
    })  # fmt: skip

    def apply(self, link: Link) -> None:
        operation = self.chosen(link.other.kind)
        role = link.principal(SERVICE)
        role.grant(link.other, operation.grant, link.because)
        names = {"sqs": "SQS", "events": "EventBridge", "states": "StepFunctions", "kinesis": "Kinesis"}
        self.write(
            link, role.after_rights(), IntegrationType="AWS_PROXY", PayloadFormatVersion="1.0",
            IntegrationSubtype=f"{names[operation.service]}-{operation.api}", CredentialsArn=role.role().att("Arn"),
            RequestParameters=self.arguments(operation, link),
        )  # fmt: skip

    def arguments(self, operation: Operation, link: Link) -> dict[str, Any]:
        """Return the parameters of an integration subtype
        (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-aws-services-reference.html)."""
        other = link.other
        if operation.service == "sqs":
            once = "$context.requestId" if self.deduplicates(link) else None
            more: dict[str, dict[str, Any]] = {
                "SendMessage": {
                    "MessageBody": "$request.body",
                    "MessageGroupId": self.group,
                    "MessageDeduplicationId": once,
                },
                "DeleteMessage": {"ReceiptHandle": "$request.querystring.ReceiptHandle"},
            }
            found = {"QueueUrl": other.attribute("url"), **more.get(operation.api, {})}
        elif operation.service == "events":
            found = {
                "EventBusName": other.attribute("arn"),
                "Source": self.event_source(link),
                "Detail": "$request.body",
                "DetailType": self.event_type(link),
            }
        elif operation.service == "kinesis":
            found = {"StreamName": other.attribute("name"), "Data": "$request.body",
                     "PartitionKey": self.group or "$context.requestId"}  # fmt: skip
        elif operation.api == "StopExecution":
            found = {"ExecutionArn": "$request.body.executionArn"}
        else:
            found = {"StateMachineArn": other.attribute("arn"), "Input": "$request.body"}
        return {name: value for name, value in found.items() if value is not None}


class UrlRoute(HttpRoute):
    """Hands the request to an HTTP endpoint somewhere on the Internet."""

    url: str = prop(doc="Address of the endpoint; parameters of the path may stand in it: https://example.com/{id}.",
                    pattern="https?://.+")  # fmt: skip

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.actor and other.admits is not None and other.admits.protocol == "http"

    def refuse(self, ends: Ends) -> Refusal | None:
        return super().refuse(ends) or foreign_parameters(self, self.url)

    def apply(self, link: Link) -> None:
        method, path = self.served[0]
        self.write(link, IntegrationType="HTTP_PROXY", IntegrationUri=self.url, PayloadFormatVersion="1.0",
                   IntegrationMethod="ANY" if path == DEFAULT else method)  # fmt: skip


def foreign_parameters(route: Route, url: Any) -> Refusal | None:
    """Say which parameter of an address the route's path does not have."""
    if not isinstance(url, str):
        return None
    wrong = [name for name in variables(url) if name not in variables(route.path or "")]
    if not wrong:
        return None
    return Refusal(
        f"'{{{wrong[0]}}}' of the address is no parameter of the route's path",
        f"{route.method or 'ANY'} /{{{wrong[0]}}}",
        "bad-route",
        "url",
    )


class PrivateRoute(HttpRoute):
    """Hands the request to a load balancer's listener, or to a service that Cloud Map knows, inside a VPC."""

    vpc_link: NodeId = prop(doc="The link that reaches into the VPC.", slot="vpc_link", to="apigateway.vpc_link")
    tls: str | None = prop(None, "Name that the backend's certificate must have; the request goes by HTTPS then.")

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return private_target(other) is not None

    def refuse(self, ends: Ends) -> Refusal | None:
        """https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-private.html."""
        if "SRV" not in getattr(ends.other.kind, "records", ["SRV"]):
            return Refusal(f"'{ends.other.id}' does not say at which port", f"records: [SRV] on '{ends.other.id}'",
                           "no-port")  # fmt: skip
        return super().refuse(ends)

    def apply(self, link: Link) -> None:
        method, path = self.served[0]
        inside = link.option(self.vpc_link)
        assert inside is not None
        for other in behind(link):
            if network.stands(inside.node, link.architecture):
                network.open_way(inside, other, link.because)
        verified = self.tls or getattr(link.other.kind, "domain", None)
        self.write(
            link,
            IntegrationType="HTTP_PROXY",
            IntegrationUri=link.other.fill(private_target(type(link.other.node.kind)) or ""),
            IntegrationMethod="ANY" if path == DEFAULT else method,
            PayloadFormatVersion="1.0",
            ConnectionType="VPC_LINK",
            ConnectionId=inside.attribute("id"),
            TlsConfig={"ServerNameToVerify": verified} if verified else None,
        )


def behind(link: Link) -> list[Scope]:
    """Return the nodes that the link connects to: the load balancer, or whatever is registered under the name."""
    named = [link.other.of(effect.owner) for edge, effect in link.architecture.effects("register")
             if edge.target == link.other.node.id]  # fmt: skip
    return [one for one in named if one is not None] or [link.other]


def private_target(kind: type[Kind]) -> str | None:
    """Return the attribute template by which a VPC link reaches a kind; None for what it does not reach."""
    for name in ("listener_arn", "registry_arn"):
        if name in kind.attributes:
            return f"${{{name}}}"
    return (
        "${arn}" if kind.name in ("AWS::ElasticLoadBalancingV2::Listener", "AWS::ServiceDiscovery::Service") else None
    )


class HttpFunctionAuthorizer(FunctionAuthorizer):
    """A function that says whether a request may go on."""

    def apply(self, link: Link) -> None:
        from troposphere import apigatewayv2

        made = link.owner.make(
            apigatewayv2.Authorizer, helper(link.other.node.id), because=link.because, ApiId=link.owner.main.ref,
            Name=link.other.node.id, AuthorizerType="REQUEST", AuthorizerPayloadFormatVersion="2.0",
            AuthorizerUri=function_uri(link.other), EnableSimpleResponses=True, AuthorizerResultTtlInSeconds=self.ttl,
            IdentitySource=[f"$request.header.{name}" for name in self.headers],
        )  # fmt: skip
        self.let_in(link, made)


class HttpPoolAuthorizer(PoolAuthorizer):
    """A user pool whose tokens the API takes."""

    audience: list[str] = prop([], "Ids of the pool's clients whose tokens are taken (default: the pool's own client).")

    check: ClassVar[str] = "JWT"

    def refuse(self, ends: Ends) -> Refusal | None:
        if not self.audience and "client" not in ends.other.kind.attributes:
            return Refusal("tokens are taken for a client of the pool, and none is named",
                           f"{ends.edge.source} -> {ends.edge.target}: {{does: authorize, audience: [client id]}}",
                           "missing-property")  # fmt: skip
        return None

    def apply(self, link: Link) -> None:
        from troposphere import apigatewayv2

        pool = link.other
        issuer = pool.attribute("issuer") if "issuer" in pool.kind.attributes else pool.fill("${.ProviderURL}")
        link.owner.make(
            apigatewayv2.Authorizer,
            helper(pool.node.id),
            because=link.because,
            ApiId=link.owner.main.ref,
            Name=pool.node.id,
            AuthorizerType="JWT",
            IdentitySource=["$request.header.Authorization"],
            JwtConfiguration={"Issuer": issuer, "Audience": self.audience or [pool.attribute("client")]},
        )
