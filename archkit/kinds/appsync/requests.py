"""Data sources that are asked by HTTPS requests: endpoints anywhere, and services of AWS, for which they are signed."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from archkit.architecture import Ends
from archkit.kind import Kind, Refusal, prop
from archkit.kinds.appsync import scripts
from archkit.kinds.appsync.resolvers import Field, environment
from archkit.kinds.appsync.sources import service, where
from archkit.scope import Link, Principal
from archkit.shared.calls import operation
from archkit.values import Sub

__all__ = ["HttpField", "ServiceField"]


class HttpField(Field):
    """A field that an HTTPS endpoint answers."""

    url: str = prop(doc="HTTPS address of the endpoint, without a path.", pattern=r"https://[^/]+", shape=True)
    path: str = prop("/", "Path of the request; {id} is the argument of that name.", pattern="/.*", shape=True)
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] | None = prop(
        None, "Method (default: GET for queries, POST for mutations).", shape=True
    )
    headers: dict[str, str] = prop({}, "Headers of the request.", shape=True)

    sort: ClassVar[str] = "HTTP"
    signs: ClassVar[bool] = False

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.admits is not None and other.admits.protocol == "http"

    def unfit(self, ends: Ends) -> Refusal | None:
        urls = {
            effect.join.url
            for edge, effect in ends.architecture.effects("route")
            if effect.owner == ends.owner.id and edge.target == ends.other.id and isinstance(effect.join, HttpField)
        }
        if len(urls) > 1:
            return Refusal(f"'{ends.other.id}' is one data source, with one address", "a node for each endpoint",
                           "bad-value", "url")  # fmt: skip
        return None

    def settings(self, link: Link) -> dict[str, Any]:
        return {"HttpConfig": {"Endpoint": self.url}}

    def script(self, link: Link) -> str | None:
        method = self.method or ("POST" if self.parent == "Mutation" else "GET")
        return scripts.request(method, self.path, dict(self.headers))


PROTOCOLS = {
    "states": ("AWSStepFunctions", "1.0"), "sqs": ("AmazonSQS", "1.0"), "kinesis": ("Kinesis_20131202", "1.1"),
    "comprehend": ("Comprehend_20171127", "1.1"), "rekognition": ("RekognitionService", "1.1"),
    "translate": ("AWSShineFrontendService_20170701", "1.1"), "textract": ("Textract", "1.1"),
    "secretsmanager": ("secretsmanager", "1.1"), "ssm": ("AmazonSSM", "1.1"), "sns": ("", ""),
}  # fmt: skip
"""Services that answer signed JSON, with the prefix of their calls and the version; SNS takes a form."""
SAID = {"StartExecution": "input", "StartSyncExecution": "input", "SendMessage": "MessageBody"}
"""What of a call holds the field's arguments as text, where they are not its parameters themselves."""


class ServiceField(Field):
    """A field that calls another service of AWS by a signed request, without code between."""

    operation: str | None = prop(None, "Call of the service (default: the usual one).", shape=True)

    sort: ClassVar[str] = "HTTP"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return service(other) in PROTOCOLS

    def unfit(self, ends: Ends) -> Refusal | None:
        kind = ends.other.kind
        made = operation(type(kind), self.operation)
        if made is None:
            unknown = f"AWS knows no call '{self.operation}' of {service(type(kind))}"
            return Refusal(unknown if self.operation else f"'{ends.other.id}' can be called in many ways; say which",
                           f"operation: {next(iter(kind.operations))}", "unknown-operation",
                           "operation" if self.operation else None)  # fmt: skip
        own = self.code or self.request
        if made.api == "StartSyncExecution" and getattr(kind, "type", "express") != "express":
            return Refusal(
                "only an express workflow is waited for", "operation: StartExecution", "bad-value", "operation"
            )
        if getattr(kind, "fifo", False) is True and not own:
            return Refusal(
                f"'{ends.other.id}' is FIFO: each message needs a group", "code: resolver.js", "missing-property"
            )
        if made.service == "sns" and made.api != "Publish" and not own:
            return Refusal(f"no code is known by itself for {made.api}", "code: resolver.js", "missing-property")
        return None

    def rights(self, link: Link, role: Principal) -> None:
        made = operation(type(link.other.node.kind), self.operation)
        assert made is not None
        role.grant(link.other, made.grant, link.because)

    def settings(self, link: Link) -> dict[str, Any]:
        made = operation(type(link.other.node.kind), self.operation)
        assert made is not None
        host = "sync-states" if made.api == "StartSyncExecution" else made.service
        signed = {"SigningRegion": where(link), "SigningServiceName": made.service}
        return {"HttpConfig": {
            "Endpoint": Sub(f"https://{host}.${{Where}}.${{AWS::URLSuffix}}", {"Where": where(link)}),
            "AuthorizationConfig": {"AuthorizationType": "AWS_IAM", "AwsIamConfig": signed}}}  # fmt: skip

    def script(self, link: Link) -> str | None:
        made = operation(type(link.other.node.kind), self.operation)
        assert made is not None
        if made.service == "sns":
            return scripts.publish(environment(link))
        prefix, version = PROTOCOLS[made.service]
        address = environment(link) if made.parameters else ""
        spelled = (
            str.lower if made.service == "states" else str
        )  # its calls alone begin their names with a small letter
        parameters = {spelled(name[:1]) + name[1:]: address for name, value in made.parameters.items()
                      if isinstance(value, str)}  # fmt: skip
        said = SAID.get(made.api)
        parameters |= {said: "JSON.stringify(ctx.args)"} if said else {"": "...ctx.args"}
        return scripts.call(f"{prefix}.{made.api}", version, parameters)
