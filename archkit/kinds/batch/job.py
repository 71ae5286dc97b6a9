"""What a job is: a container, its size, its roles, and how often it is tried."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Literal

from archkit import network
from archkit.architecture import Architecture, Node
from archkit.kind import (
    Admits,
    Announce,
    External,
    Files,
    Grant,
    Helper,
    Join,
    Kind,
    NodeId,
    Operation,
    Refusal,
    Spread,
    prop,
)  # fmt: skip
from archkit.kinds.batch.environment import ComputeEnvironment
from archkit.kinds.batch.queue import Queue
from archkit.scope import Resource, Scope
from archkit.shared.containers import (
    MOUNTS,
    SECRETS,
    TASKS,
    VARIABLES,
    Inject,
    awslogs,
    filled,
    image,
    misfit,
    mount,
    registry,
)
from archkit.shared.retention import Days

__all__ = ["Job"]

UNITS = 1_024
SPOT = [{"OnStatusReason": "Host EC2*", "Action": "RETRY"}, {"OnReason": "*", "Action": "EXIT"}]
"""https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html"""


class Job(Kind, icon="aws/compute/batch", service="AWS Batch",
          types=("AWS::Batch::JobDefinition", "AWS::IAM::Role", "AWS::EC2::SecurityGroup",
                 "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress")):  # fmt: skip
    """Job: a container that runs to its end once a machine is free.

    A rule, a schedule, a workflow or code submits it (`nightly -> report`). What its edges reach, the machines of its
    queue may reach while they run it.
    """

    image: str | None = prop(None, "Image, such as public.ecr.aws/docker/library/python:3.13-slim.")
    repository: NodeId | None = prop(None, "Repository of the blueprint that holds the image.", slot="repository",
                                     to="ecr.repository")  # fmt: skip
    tag: str = prop("latest", "Tag of the image in the repository.", pattern=r"[A-Za-z0-9_.-]+|sha256:[0-9a-f]{64}")
    vcpu: float = prop(0.25, "vCPUs.", ge=0.25, le=256, shape=True)
    memory: int = prop(512, "MiB of memory.", ge=4, le=4_194_304, shape=True)
    gpus: int | None = prop(None, "GPUs (EC2).", ge=1, le=16, shape=True)
    architecture: Literal["x86_64", "arm64"] = prop("x86_64", "Instruction set of the image.")
    command: list[str] = prop([], "Command instead of the image's; Ref::name stands for a parameter.")
    arguments: dict[str, str] = prop({}, "Parameters of the command, with what they are when a submitter says nothing.")
    retries: int = prop(1, "Attempts, the first one included.", ge=1, le=10)
    only_interrupted: bool = prop(False, "Try again only what lost its machine, and not what failed.")
    timeout: int | None = prop(None, "Seconds after which an attempt is stopped.", ge=60, shape=True)
    environment: dict[str, str] = prop({}, "Variables; edges add the addresses of what they reach.")
    storage: int | None = prop(None, "GiB of storage on Fargate (default: 20).", ge=21, le=200)
    user: str | None = prop(None, "User that it runs as (default: the image's).", pattern="[A-Za-z0-9_:.-]+")
    read_only: bool = prop(False, "Its file system cannot be written to, but for mounts.")
    logs: Days = prop(30, "Days that log lines are kept.")
    queue: NodeId | None = prop(None, "Queue in which it waits (default: one of its own).", slot="queue",
                                to="batch.queue")  # fmt: skip
    key: NodeId | None = prop(None, "Key that encrypts the logs.", slot="key", to="kms.key")
    role: NodeId | None = prop(None, "A role of the blueprint, instead of one of its own.", slot="role", to="iam.role")

    resides = "subnets"
    prefers: ClassVar[Any] = "private"
    reaches = True
    principal = TASKS
    grantee = True
    mounts = frozenset({"nfs"})
    variables = VARIABLES
    named = ("JobDefinitionName", 128)
    joins: ClassVar[tuple[type[Join], ...]] = (Inject,)
    strict: ClassVar[Mapping[str, Any]] = {"logs": 365, "read_only": True}
    attributes = {"arn": "${}", "queue_arn": "${>queue.arn}"}
    address = "${arn}"
    external = External(("arn", "queue_arn"))
    grants = {"submit": Grant("batch:SubmitJob", usual=True)}
    admits = Admits("batch", "batch:SubmitJob", "submit", endpoint="${queue_arn}")
    operations = {"SubmitJob": Operation("batch", "SubmitJob", {
        "JobName": "${~}", "JobDefinition": "${arn}", "JobQueue": "${queue_arn}"},
        on=("${arn}", "${queue_arn}"), usual=True)}  # fmt: skip
    announces = Announce("aws.batch", ("Batch Job State Change",), {"jobDefinition": ["${arn}"]})
    example = "{image: 'public.ecr.aws/docker/library/python:3.13-slim', retries: 2, timeout: 600}"

    def caption(self) -> str | None:
        return f"{self.vcpu:g} vCPU, {self.memory} MiB"

    def spread(self) -> Spread:
        return "across"

    def itself_calls(self) -> tuple[str, ...]:
        return (*registry(self.repository, self.image), "logs")

    def helpers(self) -> Mapping[str, Helper]:
        key = {"key": self.key} if self.key else {}
        own = {} if self.queue else {"queue": Helper("batch.queue", {})}
        return {**own, "logs": Helper("logs.group", {"logs": self.logs, **key})}

    def granted(self, grant: Grant) -> Iterable[Grant]:
        """A job is submitted to a queue, and both must allow it
        (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html)."""
        yield Grant(*grant.actions, on=("${arn}", "${queue_arn}"))

    def aimed(self, scope: Scope, by: Literal["events", "scheduler", "pipes"]) -> dict[str, Any]:
        name = scope.node.id.replace(".", "-")
        what = "BatchJobParameters" if by == "pipes" else "BatchParameters"
        return {what: {"JobDefinition": scope.attribute("arn"), "JobName": name[:128]}}

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        found = []
        if (self.image is None) == (self.repository is None):
            found.append(Refusal("a job has an image, or a repository that holds it",
                                 "image: public.ecr.aws/nginx/nginx:1.29", "missing-property"))  # fmt: skip
        machines = self._machines(node, world)
        if machines is None:
            return found
        place = network.vpc_of(machines, world)
        if place is not None and network.vpc_of(node, world) is not place:
            found.append(Refusal(f"its machines stand in '{place.id}'", f"put it into subnets of '{place.id}'",
                                 "other-network"))  # fmt: skip
        if not machines.kind.fargate:  # type: ignore[attr-defined]
            return [*found, *self._whole(), *self._only_fargate()]
        wrong = misfit(
            round(self.vcpu * UNITS), self.memory, f"{self.vcpu:g} vCPU", "vcpu: 0.25, 0.5, 1, 2, 4, 8 or 16"
        )
        found += [wrong] if wrong is not None else []
        if self.gpus is not None:
            found.append(Refusal("Fargate has no GPUs", "machines: ec2", "bad-value", "gpus"))
        return found

    def _whole(self) -> Iterable[Refusal]:
        if self.vcpu != int(self.vcpu):
            yield Refusal("on EC2 a job has whole vCPUs", "vcpu: 1", "bad-value", "vcpu")

    def _only_fargate(self) -> Iterable[Refusal]:
        if self.storage is not None:
            yield Refusal("'storage' is of Fargate; on EC2 jobs share the disk of their instance", "disk: 100 of the "
                          "environment", "bad-value", "storage")  # fmt: skip

    def _machines(self, node: Node, world: Architecture) -> Node | None:
        """Return the environment that its queue likes best, where the blueprint makes it."""
        queue = world.nodes.get(self.queue or f"{node.id}.queue")
        if queue is None or queue.existing is not None or not isinstance(queue.kind, Queue):
            return None
        first = world.nodes.get(queue.kind.environment_ids(queue)[0])
        own = first is not None and first.existing is None and isinstance(first.kind, ComputeEnvironment)
        return first if own else None

    def execution(self, scope: Scope) -> Any:
        """Return the role under which the image is pulled, secrets are read and lines are written."""
        return scope.principal(TASKS, "Execution")

    def definition(self, scope: Scope) -> Resource:
        """Return the job definition."""
        return scope.main

    def build(self, scope: Scope) -> None:
        queue = scope.of(self.queue or f"{scope.node.id}.queue")
        machines = self._machines(scope.node, scope.architecture)
        fargate = machines is None or machines.kind.fargate  # type: ignore[attr-defined]
        execution = self.execution(scope)
        needs = [("VCPU", f"{self.vcpu:g}"), ("MEMORY", str(self.memory))]
        needs += [("GPU", str(self.gpus))] if self.gpus else []
        container = {
            "Image": image(self, scope, execution), "Command": list(self.command) or None,
            "ResourceRequirements": [{"Type": kind, "Value": value} for kind, value in needs],
            "JobRoleArn": scope.role().att("Arn"), "ExecutionRoleArn": execution.role().att("Arn"), "User": self.user,
            "ReadonlyRootFilesystem": self.read_only, "LogConfiguration": awslogs(scope, execution, "job"),
            **(self._on_fargate(machines, scope) if fargate else {}),
        }  # fmt: skip
        made = scope.make(
            "AWS::Batch::JobDefinition", Type="container", JobDefinitionName=scope.physical(128), PropagateTags=True,
            PlatformCapabilities=["FARGATE" if fargate else "EC2"], Parameters=dict(self.arguments) or None,
            RetryStrategy={"Attempts": self.retries, "EvaluateOnExit": SPOT if self.only_interrupted else None},
            Timeout={"AttemptDurationSeconds": self.timeout} if self.timeout else None,
            ContainerProperties={name: value for name, value in container.items() if value is not None},
        )  # fmt: skip
        made.properties |= {VARIABLES: dict(self.environment), SECRETS: {}, MOUNTS: []}
        made.written = _written
        group = network.security_group(scope)
        if queue is not None and not queue.exists:
            for id in queue.kind.environment_ids(queue.node):
                other = scope.of(id)
                if other is not None:
                    other.kind.admit_job(other, group)

    def _on_fargate(self, machines: Node | None, scope: Scope) -> dict[str, Any]:
        tier = network.tier_of(machines or scope.node, scope.architecture)
        outside = tier is not None and tier.kind.exposure() == "public"
        return {
            "NetworkConfiguration": {"AssignPublicIp": "ENABLED" if outside else "DISABLED"},
            "FargatePlatformConfiguration": {"PlatformVersion": "LATEST"},
            "EphemeralStorage": {"SizeInGiB": self.storage} if self.storage else None,
            "RuntimePlatform": {"CpuArchitecture": self.architecture.upper(), "OperatingSystemFamily": "LINUX"},
        }  # fmt: skip

    def attach_files(self, scope: Scope, files: Files, because: str) -> None:
        if not scope.exists:
            mount(scope.main, files)
            scope.main.depends |= set(files.after)


def _written(properties: dict[str, Any]) -> None:
    container = properties["ContainerProperties"]
    filled(properties, container, container, ("EfsVolumeConfiguration", "FileSystemId", "Iam"))
