"""AWS Lambda: functions and layers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from archkit.architecture import Architecture, Ends, Node
from archkit.code import code_path, entry_points, suffixes
from archkit.kind import (
    Admits,
    External,
    Grant,
    Helper,
    Join,
    Kind,
    Metric,
    NodeId,
    Operation,
    Origin,
    Permit,
    Poll,
    Record,
    Refusal,
    prop,
)  # fmt: skip
from archkit.scope import Link, Scope


class Poller(Join):
    """The function reads a queue or stream: an event source mapping."""

    word: ClassVar[str] = "trigger"
    usual: ClassVar[bool] = True
    arrow: ClassVar[Any] = "in"
    style: ClassVar[Any] = "event"

    enabled: bool = prop(True, "Whether the mapping polls.")

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.emits is not None

    @classmethod
    def partner(cls, owner: type[Kind], other: type[Kind]) -> type[Record] | None:
        return other.emits

    def refuse(self, ends: Ends) -> Refusal | None:
        twins = [edge for edge, effect in ends.architecture.effects("trigger")
                 if edge.source == ends.edge.source and effect.partner is not None]  # fmt: skip
        queue = ends.other.kind.name == "sqs.queue"
        if queue and len({edge.target for edge in twins}) > 1 and getattr(ends.partner, "filter", None):
            return Refusal(f"'{ends.other.id}' has two consumers with filters: each deletes what it does not want",
                           "put a topic with filters before two queues", "filtered-twice", "filter")  # fmt: skip
        return None

    def apply(self, link: Link) -> None:
        poll: Poll = link.partner
        poll.prepare(link)
        link.owner.grant(link.other, poll.grant, link.because)
        link.make(
            # by name: troposphere takes the ScalingConfig of another type for this one's
            "AWS::Lambda::EventSourceMapping", "Mapping", after=link.owner.after_rights(), EventSourceArn=link.other.fill(poll.arn),
            FunctionName=link.owner.fill("${arn}"), Enabled=None if self.enabled else False, **poll.mapping(link),
        )  # fmt: skip


class Destination(Join):
    """Where an asynchronous invocation's record goes when it has ended."""

    style: ClassVar[Any] = "event"
    result: ClassVar[str] = ""

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.admits is not None and other.admits.protocol in ("sqs", "sns", "lambda", "events")

    def refuse(self, ends: Ends) -> Refusal | None:
        if getattr(ends.other.kind, "fifo", False):
            return Refusal("a destination of a function cannot be FIFO", "use a standard queue or topic")
        return None

    def apply(self, link: Link) -> None:
        link.owner.grant(link.other, link.other.kind.admits.grant, link.because)
        config = invoke_config(link.owner)
        config.set(f"DestinationConfig.{self.result}.Destination", link.other.fill(link.other.kind.admits.endpoint))
        config.depends |= {str(id) for id in link.owner.after_rights()}


class OnFailure(Destination):
    """Where the record of an asynchronous invocation goes that failed for good."""

    word: ClassVar[str] = "on_failure"
    result: ClassVar[str] = "OnFailure"


class OnSuccess(Destination):
    """Where the record of an asynchronous invocation goes that succeeded."""

    word: ClassVar[str] = "on_success"
    result: ClassVar[str] = "OnSuccess"


class DeadLetter(Join):
    """Where the event itself goes that no asynchronous attempt could handle."""

    word: ClassVar[str] = "dead_letter"
    style: ClassVar[Any] = "event"
    replaces: ClassVar[str | None] = "dead_letters"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.admits is not None and other.admits.protocol in ("sqs", "sns")

    def apply(self, link: Link) -> None:
        set_aside(link.owner, link.other, link.because)


def set_aside(function: Scope, to: Scope, because: str) -> None:
    """Send the events that no asynchronous attempt could handle to a queue or topic."""
    function.grant(to, to.kind.admits.grant, because)
    function.main.set("DeadLetterConfig.TargetArn", to.attribute("arn"))
    function.main.depends |= {str(id) for id in function.after_rights()}


def invoke_config(scope: Scope) -> Any:
    """Return the function's settings for asynchronous invocation, made on first use."""
    from troposphere import awslambda

    kind = scope.kind
    return scope.get("Async") or scope.make(
        awslambda.EventInvokeConfig, "Async", FunctionName=scope.main.ref,
        Qualifier="live" if kind.provisioned else "$LATEST", MaximumRetryAttempts=kind.retries,
        MaximumEventAgeInSeconds=kind.max_age, after=[scope.get("Alias")],
    )  # fmt: skip


class Function(Kind, icon="aws/compute/lambda", service="AWS Lambda",
               types=("AWS::Lambda::Function", "AWS::IAM::Role", "AWS::Logs::LogGroup", "AWS::Lambda::EventSourceMapping",
                      "AWS::Lambda::Permission", "AWS::Lambda::EventInvokeConfig", "AWS::Lambda::Version",
                      "AWS::Lambda::Alias", "AWS::Lambda::Url")):  # fmt: skip
    """Function that runs code on events, without servers."""

    runtime: str | None = prop(None, "Runtime, such as python3.13; not for container images.")
    code: str | None = prop(None, "File or folder with the code, beside the blueprint.", shape=True)
    handler: str | None = prop(None, "Entry point, file.function (default: found by reading the code).", shape=True)
    image: str | None = prop(None, "URI of a container image in ECR, instead of code.")
    memory: int = prop(128, "Memory in MB.", ge=128, le=10_240)
    timeout: int = prop(30, "Seconds an invocation may take.", ge=1, le=900)
    architecture: Literal["x86_64", "arm64"] = prop("x86_64", "Instruction set.")
    environment: dict[str, str] = prop({}, "Environment variables; edges add the addresses of what they reach.")
    layers: list[NodeId] = prop([], "Layers, by node.", slot="layer", to="lambda.layer", le=5)
    storage: int | None = prop(None, "MB of /tmp.", ge=512, le=10_240)
    concurrency: int | None = prop(None, "Reserved concurrency.", ge=0)
    provisioned: int | None = prop(None, "Provisioned concurrency, on the alias 'live'.", ge=1)
    retries: int | None = prop(None, "Asynchronous retries.", ge=0, le=2)
    max_age: int | None = prop(None, "Seconds an asynchronous event is kept for retries.", ge=60, le=21_600)
    dead_letters: bool = prop(False, "A queue for the events that no asynchronous attempt could handle.", shape=True)
    tracing: bool = prop(False, "X-Ray tracing.")
    url: Literal["none", "iam", "public"] = prop("none", "Function URL: signed calls only, or public.")
    logs: int = prop(30, "Days that log lines are kept.")
    key: NodeId | None = prop(None, "Key that encrypts the environment and the logs.", slot="key", to="kms.key")
    role: NodeId | None = prop(None, "A role of the blueprint, instead of one of its own.", slot="role", to="iam.role")

    principal = "lambda.amazonaws.com"
    grantee = True
    variables = "Environment.Variables"
    attributes = {"arn": "${.Arn}", "name": "${}", "url": "${+Url.FunctionUrl}"}
    address = "${}"
    external = External(("arn",), {"name": "${arn}"})
    grants = {"invoke": Grant("lambda:InvokeFunction", usual=True)}
    admits = Admits("lambda", "lambda:InvokeFunction", "invoke", Permit("${permitted}"))
    joins = (Poller, OnFailure, OnSuccess, DeadLetter)
    operations = {
        "Invoke": Operation("lambda", "Invoke", {"FunctionName": "${arn}"}, ("lambda:InvokeFunction",), usual=True)
    }
    origin = Origin("${url_domain}", "lambda")
    metrics = {
        name: Metric("AWS/Lambda", metric, {"FunctionName": "${name}"}, statistic)
        for name, metric, statistic in (
            ("errors", "Errors", "Sum"), ("throttles", "Throttles", "Sum"), ("duration", "Duration", "Maximum"),
            ("invocations", "Invocations", "Sum"), ("concurrent", "ConcurrentExecutions", "Maximum"),
            ("iterator-age", "IteratorAge", "Maximum"),
        )
    }  # fmt: skip
    strict = {"tracing": True, "logs": 365, "concurrency": 10, "dead_letters": True}
    example = "{runtime: python3.13, code: handler.py}"

    def attribute(self, name: str) -> str | None:
        if name == "permitted":
            return "${+Alias}" if self.provisioned else "${}"
        if name == "arn" and self.provisioned:
            return "${+Alias}"
        if name == "url_domain":
            return "${+Url.FunctionUrl}"
        return super().attribute(name)

    def helpers(self) -> Mapping[str, Helper]:
        key = {"key": self.key} if self.key else {}
        made = {"logs": Helper("logs.group", {"logs": self.logs, **key})}
        if self.dead_letters:
            queue = {"max_receives": None, "retention": 1_209_600, **key}
            made["dead_letters"] = Helper("sqs.queue", queue, "dead letters")
        return made

    def caption(self) -> str | None:
        return self.runtime

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        if self.image:
            wrong = next((name for name in ("runtime", "code", "handler") if getattr(self, name)), None)
            return [Refusal(f"a container image has no '{wrong}'", None, "bad-value", wrong)] if wrong else []
        if not self.code or not self.runtime:
            missing = "runtime" if self.code else "code"
            return [Refusal(f"lambda.function needs '{missing}'", "or 'image' for a container", "missing-property")]
        return self._check_code(world)

    def _check_code(self, world: Architecture) -> list[Refusal]:
        assert self.code is not None and self.runtime is not None
        if world.path == "<stdin>" and not self.code.startswith("/"):
            return [Refusal("a relative 'code' has no place to start from on standard input",
                            "give the blueprint as a file, or an absolute path", "no-folder", "code")]  # fmt: skip
        path = code_path(world.path, self.code)
        if not path.exists():
            return [Refusal(f"there is no file or folder '{self.code}' beside the blueprint", None, "no-code", "code")]
        if self.handler:
            return []
        if not isinstance(self.runtime, str):
            return [Refusal("a handler is not found by itself where the runtime is a reference",
                            "write 'handler: file.function'", "no-handler", "runtime")]  # fmt: skip
        found = entry_points(path, self.runtime)
        if len(found) == 1:
            return []
        if not suffixes(self.runtime):
            return [
                Refusal(
                    f"a handler is not found by itself for {self.runtime}",
                    "write 'handler: file.function'",
                    "no-handler",
                )
            ]
        if not found:
            return [Refusal(f"'{self.code}' has no function that takes an event and a context", "write 'handler: file.function'",
                            "no-handler", "code")]  # fmt: skip
        return [Refusal(f"'{self.code}' has several functions that could be the handler", f"handler: {' | '.join(found)}",
                        "many-handlers", "code")]  # fmt: skip

    def build(self, scope: Scope) -> None:
        from troposphere import awslambda

        logs = scope.of(f"{scope.node.id}.logs")
        assert logs is not None
        code, handler = self._code(scope)
        role = scope.role()
        scope.allow("logs:CreateLogStream", "logs:PutLogEvents", on=logs.attribute("arn"))
        if self.tracing:
            scope.allow("xray:PutTraceSegments", "xray:PutTelemetryRecords", on="*", sid="XRayTakesNoResource")
        scope.make(
            awslambda.Function, Description=scope.node.note, Code=code, Handler=handler, Runtime=self.runtime,
            PackageType="Image" if self.image else None, Role=role.att("Arn"), MemorySize=self.memory, Timeout=self.timeout,
            Architectures=[self.architecture], Environment={"Variables": dict(self.environment)} if self.environment else None,
            Layers=[layer.fill("${arn}") for id in self.layers if (layer := scope.of(id))] or None,
            EphemeralStorage={"Size": self.storage} if self.storage else None, ReservedConcurrentExecutions=self.concurrency,
            TracingConfig={"Mode": "Active"} if self.tracing else None, KmsKeyArn=scope.arn(self.key),
            LoggingConfig={"LogGroup": logs.attribute("name")},
        )  # fmt: skip
        if self.key:
            key = scope.of(self.key)
            assert key is not None
            scope.grant(key, "decrypt")
        if self.url != "none":
            self._url(scope)
        if self.retries is not None or self.max_age is not None:
            invoke_config(scope)
        letters = scope.of(f"{scope.node.id}.dead_letters")
        if letters is not None:
            set_aside(scope, letters, scope.node.id)

    def _code(self, scope: Scope) -> tuple[Any, str | None]:
        if self.image or not self.code or not self.runtime:
            return {"ImageUri": self.image}, None
        path = code_path(scope.architecture.path, self.code)
        handler = self.handler or entry_points(path, self.runtime)[0]
        inlined = path.suffix in (".py", ".js", ".cjs")
        code = scope.code(self.code, inline=inlined)
        if isinstance(code, dict) and "ZipFile" in code:
            handler = f"index.{handler.rsplit('.', 1)[-1]}"
        return code, handler

    def _url(self, scope: Scope) -> None:
        """A public URL needs both permissions since October 2025
        (https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html)."""
        from troposphere import awslambda

        auth = "NONE" if self.url == "public" else "AWS_IAM"
        target = scope.main.ref
        scope.make(awslambda.Url, "Url", AuthType=auth, TargetFunctionArn=target)
        if self.url == "public":
            scope.make(awslambda.Permission, "UrlPermission", Action="lambda:InvokeFunctionUrl", FunctionName=target,
                       FunctionUrlAuthType="NONE", Principal="*")  # fmt: skip
            scope.make("AWS::Lambda::Permission", "UrlInvokePermission", Action="lambda:InvokeFunction", FunctionName=target,
                       Principal="*", InvokedViaFunctionUrl=True)  # fmt: skip

    def finish(self, scope: Scope) -> None:
        """A version for provisioned concurrency; its id holds the hash of what it fixes, since a version never changes."""
        from troposphere import awslambda

        if not self.provisioned:
            return
        function = scope.main
        content = json.dumps(function.properties, sort_keys=True, default=repr)
        version = scope.make(awslambda.Version, f"Version{hashlib.sha256(content.encode()).hexdigest()[:8]}",
                             FunctionName=function.ref)  # fmt: skip
        scope.make(awslambda.Alias, "Alias", FunctionName=function.ref, FunctionVersion=version.att("Version"), Name="live",
                   ProvisionedConcurrencyConfig={"ProvisionedConcurrentExecutions": self.provisioned})  # fmt: skip


class Layer(Kind, icon="aws/compute/lambda", service="Lambda layers", types="AWS::Lambda::LayerVersion"):
    """Libraries shared by several functions."""

    code: str = prop(doc="Folder with the layer's content, beside the blueprint.", shape=True)
    runtimes: list[str] = prop([], "Compatible runtimes.", le=15)
    architectures: list[Literal["x86_64", "arm64"]] = prop([], "Compatible instruction sets.", le=2)
    licence: str | None = prop(None, "Licence of the content.")

    guard = True
    attributes = {"arn": "${}"}
    external = External(("arn",))
    taggable = False
    example = "{code: layer, runtimes: [python3.13]}"

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        if not code_path(world.path, self.code).exists():
            return [Refusal(f"there is no folder '{self.code}' beside the blueprint", None, "no-code", "code")]
        return []

    def build(self, scope: Scope) -> None:
        from troposphere import awslambda

        scope.make(awslambda.LayerVersion, Content=scope.code(self.code, inline=False), Description=scope.node.note,
                   CompatibleRuntimes=self.runtimes or None, CompatibleArchitectures=self.architectures or None,
                   LicenseInfo=self.licence)  # fmt: skip
