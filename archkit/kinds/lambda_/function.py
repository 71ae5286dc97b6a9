"""The function itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from archkit import network
from archkit.architecture import Architecture, Node
from archkit.kind import (
    Admits,
    External,
    Files,
    Grant,
    Helper,
    Kind,
    Metric,
    NodeId,
    Operation,
    Origin,
    Permit,
    Record,
    Refusal,
    prop,
)
from archkit.kinds.lambda_.entry import check_code
from archkit.kinds.lambda_.joins import DeadLetter, OnFailure, OnSuccess, Poller, invoke_config, set_aside
from archkit.kinds.lambda_.versions import publish, shift
from archkit.scope import Resource, Scope
from archkit.shared.code import code_path, entry_points
from archkit.shared.retention import Days

INTERFACES = (
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
)


class Vpc(Record):
    """Where in a VPC a function stands."""

    subnets: list[str] = prop(doc="Ids of its subnets, in two zones or more.", ge=1, le=16)
    security_groups: list[str] = prop(doc="Ids of its security groups.", ge=1, le=5)


class Mount(Record):
    """A file system of EFS that a function sees as a folder."""

    file_system: str = prop(doc="ARN of the file system.")
    access_point: str = prop(doc="ARN of the access point.")
    path: str = prop("/mnt/files", "Where it is seen.", pattern=r"/mnt/[a-zA-Z0-9_.-]+")
    write: bool = prop(True, "Whether the function may write there.")


class Function(
    Kind,
    icon="aws/compute/lambda",
    service="AWS Lambda",
    types=(
        "AWS::Lambda::Function",
        "AWS::IAM::Role",
        "AWS::Logs::LogGroup",
        "AWS::Lambda::EventSourceMapping",
        "AWS::Lambda::Permission",
        "AWS::Lambda::EventInvokeConfig",
        "AWS::Lambda::Version",
        "AWS::Lambda::Alias",
        "AWS::Lambda::Url",
        "AWS::EC2::SecurityGroup",
    ),
):
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
    live: bool = prop(False, "An alias 'live', which deployments move to new versions.", shape=True)
    retries: int | None = prop(None, "Asynchronous retries.", ge=0, le=2)
    max_age: int | None = prop(None, "Seconds an asynchronous event is kept for retries.", ge=60, le=21_600)
    dead_letters: bool = prop(False, "A queue for the events that no asynchronous attempt could handle.", shape=True)
    vpc: Vpc | None = prop(None, "Subnets and security groups in which it stands.")
    mount: Mount | None = prop(None, "A file system of EFS to mount; the function must stand in its VPC.")
    tracing: bool = prop(False, "X-Ray tracing.")
    url: Literal["none", "iam", "public"] = prop("none", "Function URL: signed calls only, or public.")
    logs: Days = prop(30, "Days that log lines are kept.")
    key: NodeId | None = prop(None, "Key that encrypts the environment and the logs.", slot="key", to="kms.key")
    role: NodeId | None = prop(None, "A role of the blueprint, instead of one of its own.", slot="role", to="iam.role")

    principal = "lambda.amazonaws.com"
    grantee = True
    resides = "either"
    reaches = True
    serves = "lambda"
    mounts = frozenset({"nfs"})
    variables = "Environment.Variables"
    attributes = {"arn": "${.Arn}", "name": "${}", "url": "${+Url.FunctionUrl}", "traced": "${}"}
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

    @property
    def has_alias(self) -> bool:
        """Whether callers call the alias."""
        return self.live or bool(self.provisioned)

    def attribute(self, name: str) -> str | None:
        if name == "permitted":
            return "${+Alias}" if self.has_alias else "${}"
        if name == "arn" and self.has_alias:
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
        most, kept = self.provisioned, self.concurrency
        if isinstance(most, int) and isinstance(kept, int) and most > kept:
            # https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
            return [Refusal(f"{most} environments cannot be provisioned out of {kept} that are reserved",
                            f"concurrency: {most}", "out-of-bounds", "provisioned")]  # fmt: skip
        if self.image:
            wrong = next((name for name in ("runtime", "code", "handler") if getattr(self, name)), None)
            return [Refusal(f"a container image has no '{wrong}'", None, "bad-value", wrong)] if wrong else []
        if self.mount is not None and self.vpc is None and not network.stands(node, world):
            return [
                Refusal(
                    "a file system can be mounted only from within its VPC",
                    "put the function into a group of subnets",
                    "needs-vpc",
                    "mount",
                )
            ]
        if not self.code or not self.runtime:
            missing = "runtime" if self.code else "code"
            return [Refusal(f"lambda.function needs '{missing}'", "or 'image' for a container", "missing-property")]
        return check_code(self.code, self.runtime, self.handler, world)

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
            awslambda.Function,
            Description=scope.node.note,
            Code=code,
            Handler=handler,
            Runtime=self.runtime,
            PackageType="Image" if self.image else None,
            Role=role.att("Arn"),
            MemorySize=self.memory,
            Timeout=self.timeout,
            Architectures=[self.architecture],
            Environment={"Variables": dict(self.environment)} if self.environment else None,
            Layers=[layer.fill("${arn}") for id in self.layers if (layer := scope.of(id))] or None,
            EphemeralStorage={"Size": self.storage} if self.storage else None,
            ReservedConcurrentExecutions=self.concurrency,
            TracingConfig={"Mode": "Active"} if self.tracing else None,
            KmsKeyArn=scope.arn(self.key),
            LoggingConfig={"LogGroup": logs.attribute("name")},
            **self._network(scope),
        )
        if self.key:
            key = scope.of(self.key)
            assert key is not None
            scope.grant(key, "decrypt")
        for name, value in self.environment.items():
            if "{{resolve:" in str(getattr(value, "text", value)):
                text = f"the value of '{name}' stands in the clear in the settings of '{scope.node.id}'"
                scope.note("secret-in-environment", text, f"- {scope.node.id} -> the secret, and have the code read it")
        if self.url != "none":
            self._url(scope)
        if self.retries is not None or self.max_age is not None:
            invoke_config(scope)
        letters = scope.of(f"{scope.node.id}.dead_letters")
        if letters is not None:
            set_aside(scope, letters, scope.node.id)

    def _network(self, scope: Scope) -> dict[str, Any]:
        """A function in a VPC makes its own network interfaces, for which IAM knows no resource beforehand, so it
        waits for that right (https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html).
        """
        if self.vpc is not None:
            place = {"SubnetIds": self.vpc.subnets, "SecurityGroupIds": self.vpc.security_groups}
        elif network.stands(scope.node, scope.architecture):
            place = {"SubnetIds": network.subnets(scope), "SecurityGroupIds": [network.security_group(scope)]}
        else:
            return {}
        scope.allow(*INTERFACES, on="*", sid="InterfacesHaveNoArnYet")
        properties: dict[str, Any] = {"after": scope.after_rights(), "VpcConfig": place}
        if self.mount is not None:
            actions = [
                "elasticfilesystem:ClientMount",
                *(["elasticfilesystem:ClientWrite"] if self.mount.write else []),
            ]
            point = {"StringEquals": {"elasticfilesystem:AccessPointArn": self.mount.access_point}}
            scope.allow(*actions, on=self.mount.file_system, condition=point)
            properties["FileSystemConfigs"] = [{"Arn": self.mount.access_point, "LocalMountPath": self.mount.path}]
        return properties

    def enlist(self, scope: Scope, group: Resource, port: int, because: str) -> None:
        """A permission that named the target group would be a cycle: a load balancer registers only what it may call
        (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html)."""
        scope.admit("elasticloadbalancing.amazonaws.com", None, because, via=group.id)
        group.append("Targets", {"Id": scope.fill(self.admits.endpoint)})
        group.depends.add(f"{scope.id}{group.id}Permission")

    def attach_files(self, scope: Scope, files: Files, because: str) -> None:
        """https://docs.aws.amazon.com/lambda/latest/dg/configuration-filesystem.html."""
        scope.main.append("FileSystemConfigs", {"Arn": files.point_arn, "LocalMountPath": files.path})
        scope.main.depends |= set(files.after)

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
            scope.make(
                "AWS::Lambda::Permission",
                "UrlInvokePermission",
                Action="lambda:InvokeFunction",
                FunctionName=target,
                Principal="*",
                InvokedViaFunctionUrl=True,
            )

    def finish(self, scope: Scope) -> None:
        if self.has_alias:
            layers = [layer.main.properties for id in self.layers if (layer := scope.of(id)) and not layer.exists]
            publish(scope, layers, self.provisioned)

    def shift_alias(self, scope: Scope, application: Any, group: Any) -> None:
        """Let a deployment group shift the requests of the alias."""
        shift(scope, application, group)
