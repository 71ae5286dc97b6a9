"""Code at the edge: CloudFront Functions and Lambda@Edge, on the way of a request and of its answer.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-functions-restrictions.html
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, ClassVar

from archkit.architecture import Ends
from archkit.kind import Join, Kind, Refusal, prop
from archkit.scope import Link, Scope
from archkit.values import Sub

__all__ = ["AT_EDGE", "AtEdge", "OnRequest", "associate"]

EVERY = "all"
UNSUPPORTED = {"environment": "environment variables", "layers": "layers", "image": "container images",
               "storage": "a /tmp of another size", "concurrency": "reserved concurrency",
               "provisioned": "provisioned concurrency", "tracing": "X-Ray tracing",
               "key": "a key of your own"}  # fmt: skip


class OnRequest(Join):
    """A CloudFront Function runs on each request, before the cache."""

    word: ClassVar[str] = "viewer_request"
    identity: ClassVar[tuple[str, ...]] = ("path",)

    path: str | None = prop(
        None, "Path pattern of the behaviour (default: the one without; 'all' for every one).", shape=True
    )

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.name == "cloudfront.function"

    def refuse(self, ends: Ends) -> Refusal | None:
        for edge, effect in ends.architecture.effects():
            other = effect.join
            if not isinstance(other, OnRequest) or edge.id >= ends.edge.id or effect.owner != ends.owner.id:
                continue
            if self.path != other.path and EVERY not in (self.path, other.path):
                continue
            if self.word == other.word:
                help = "give one of them another 'path'"
                return Refusal(f"'{edge.target}' runs on {self.word} of the same paths", help, "two-functions")
            if (
                isinstance(self, AtEdge) != isinstance(other, AtEdge)
                and "viewer" in self.word
                and "viewer" in other.word
            ):
                help = "use functions of one sort for both, or run one on origin_request or origin_response"
                message = (
                    f"CloudFront runs either CloudFront Functions or Lambda@Edge for viewers, and '{edge.target}' is"
                )
                message += " the other"
                return Refusal(message, help, "two-functions")
        if self.path in (None, EVERY):
            return None
        patterns = [pattern for _, effect in ends.architecture.effects("route") if effect.owner == ends.owner.id
                    for pattern in getattr(effect.join, "path", ())]  # fmt: skip
        if self.path in patterns:
            return None
        return Refusal(f"no edge of '{ends.owner.id}' has the path '{self.path}'", ", ".join([*patterns, EVERY]),
                       "unknown-path", "path")  # fmt: skip

    def apply(self, link: Link) -> None:
        """The behaviours are not known yet: `associate` writes it once they are."""

    def text(self) -> str | None:
        return self.word.replace("_", " ")

    def association(self, function: Scope) -> tuple[str, dict[str, Any]]:
        """Return the list of a behaviour that the function stands in, and its entry."""
        event = self.word.replace("_", "-")
        return "FunctionAssociations", {"EventType": event, "FunctionARN": function.attribute("arn")}


class OnResponse(OnRequest):
    """A CloudFront Function runs on each answer, before the viewer gets it."""

    word: ClassVar[str] = "viewer_response"


class AtEdge(OnRequest):
    """A published version of a function runs at the edge; AWS copies it there from us-east-1."""

    word: ClassVar[str] = ""
    home: ClassVar[str | None] = "us-east-1"

    body: bool = prop(False, "Hand the request's body over too (requests only).")

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.admits is not None and other.admits.protocol == "lambda"

    def refuse(self, ends: Ends) -> Refusal | None:
        kind: Any = ends.other.kind
        written = ends.other.tree.names if ends.other.tree else ()
        if ends.other.existing is not None:
            return super().refuse(ends)
        for name, what in UNSUPPORTED.items():
            if name in written and getattr(kind, name, None):
                return _no(ends, f"Lambda@Edge does not support {what}", f"take '{name}' out of '{ends.other.id}'")
        if getattr(kind, "architecture", None) == "arm64":
            return _no(ends, "Lambda@Edge does not support arm64", "architecture: x86_64")
        parent = ends.other.parent
        if parent and ends.architecture[parent].kind.name in ("ec2.subnets", "ec2.vpc"):
            return _no(ends, "Lambda@Edge does not run in a VPC", f"move '{ends.other.id}' out of '{parent}'")
        runtime = getattr(kind, "runtime", None)
        if isinstance(runtime, str) and not runtime.startswith(("python", "nodejs")):
            return _no(ends, f"Lambda@Edge runs Node.js and Python, not {runtime}", "runtime: nodejs22.x")
        for name, most in self.limits().items():
            if name in written and isinstance(value := getattr(kind, name), int) and value > most:
                return _no(ends, f"{name} is {value}, but at most {most} on {self.word}", f"{name}: {most}")
        if self.body and "response" in self.word:
            return Refusal("only requests have a body to hand over", None, "bad-value", "body")
        return super().refuse(ends)

    @classmethod
    def limits(cls) -> dict[str, int]:
        """https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-lambda-at-edge"""
        return {"timeout": 5, "memory": 128} if cls.word.startswith("viewer") else {"timeout": 30}

    def apply(self, link: Link) -> None:
        """Trust the edge, let it log in whatever Region it runs, and drop what a default or the security level set."""
        function = link.other
        if function.exists:
            return
        _trust(function)
        logs = function.of(f"{function.node.id}.logs")
        if logs is not None:
            arn = Sub(
                "arn:${AWS::Partition}:logs:*:${AWS::AccountId}:log-group:${Name}:*", {"Name": logs.attribute("name")}
            )
            function.allow(
                "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", on=arn, because=link.because
            )
        for name in ("TracingConfig", "ReservedConcurrentExecutions", "KmsKeyArn"):
            function.main.properties.pop(name, None)
        for name, most in self.limits().items():
            path = {"timeout": "Timeout", "memory": "MemorySize"}[name]
            if isinstance(now := function.main.get(path), int):
                function.main.set(path, min(now, most))

    def association(self, function: Scope) -> tuple[str, dict[str, Any]]:
        entry = {"EventType": self.word.replace("_", "-"), "LambdaFunctionARN": version(function)}
        return "LambdaFunctionAssociations", entry | ({"IncludeBody": True} if self.body else {})


class ViewerRequest(AtEdge):
    """The function sees each request before the cache."""

    word: ClassVar[str] = "viewer_request"


class ViewerResponse(AtEdge):
    """The function sees each answer before the viewer gets it."""

    word: ClassVar[str] = "viewer_response"


class OriginRequest(AtEdge):
    """The function sees each request that goes on to the origin."""

    word: ClassVar[str] = "origin_request"


class OriginResponse(AtEdge):
    """The function sees each answer of the origin before it is cached."""

    word: ClassVar[str] = "origin_response"


AT_EDGE: tuple[type[Join], ...] = (OnRequest, OnResponse, ViewerRequest, ViewerResponse, OriginRequest, OriginResponse)


def _no(ends: Ends, message: str, help: str) -> Refusal:
    return Refusal(f"'{ends.other.id}' cannot run at the edge: {message}", help, "not-at-edge")


def _trust(function: Scope) -> None:
    role = function.role()
    for statement in role.get("AssumeRolePolicyDocument.Statement") or []:
        services = statement.get("Principal", {}).get("Service")
        if services == "lambda.amazonaws.com":
            statement["Principal"]["Service"] = ["lambda.amazonaws.com", "edgelambda.amazonaws.com"]


def version(function: Scope) -> Any:
    """Return the ARN of the function's published version, made on first use.

    Its id holds the hash of what it fixes, since a version never changes; it is kept when another takes its place,
    since the copies at the edge outlive the deployment.
    """
    if function.exists:
        return function.attribute("arn")
    main = function.main
    if main.properties.pop("Environment", None):
        function.note("variable-left-out", f"'{function.node.id}' gets no environment variables: it runs at the edge",
                      "look the addresses up when the code runs, or write them into the code")  # fmt: skip
    content = json.dumps(main.properties, sort_keys=True, default=repr)
    id = f"Version{hashlib.sha256(content.encode()).hexdigest()[:8]}"
    known = function.get(id)
    if known is None:
        known = function.make("AWS::Lambda::Version", id, FunctionName=main.ref)
        known.attributes |= {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    return known.ref


def associate(distribution: Scope) -> None:
    """Write every function into the behaviours that its edge names."""
    config = distribution.main.get("DistributionConfig")
    for edge, effect in distribution.architecture.effects():
        join, function = effect.join, distribution.of(edge.target)
        if effect.owner != distribution.node.id or not isinstance(join, OnRequest) or function is None:
            continue
        where, entry = join.association(function)
        chosen = [config["DefaultCacheBehavior"]] if join.path in (None, EVERY) else []
        chosen += [b for b in config.get("CacheBehaviors", ()) if join.path in (EVERY, b["PathPattern"])]
        for behaviour in chosen:
            behaviour.setdefault(where, []).append(entry)
