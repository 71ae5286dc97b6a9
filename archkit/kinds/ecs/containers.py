"""What a service and a task that runs once have in common: one container, its size, roles, logs and secrets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from archkit.architecture import Architecture, Node
from archkit.kind import Files, Helper, Join, Kind, NodeId, Port, Record, Refusal, prop
from archkit.kinds.ecs.finding import Open
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

__all__ = ["Container"]


class Health(Record):
    """How ECS sees from inside that a container is well. A bare text is the command."""

    short = "command"

    command: str = prop(doc="Shell command that ends with 0 while all is well.")
    interval: int = prop(30, "Seconds from one try to the next.", ge=5, le=300)
    retries: int = prop(3, "Bad tries after which it is ill.", ge=1, le=10)
    start: int = prop(30, "Seconds that it may take to start.", ge=0, le=300)


class Container(Kind, abstract=True):
    """One container on Fargate, or on instances of one's own."""

    image: str | None = prop(None, "Image, such as public.ecr.aws/nginx/nginx:1.29.")
    repository: NodeId | None = prop(None, "Repository of the blueprint that holds the image.", slot="repository",
                                     to="ecr.repository")  # fmt: skip
    tag: str = prop("latest", "Tag of the image in the repository.", pattern=r"[A-Za-z0-9_.-]+|sha256:[0-9a-f]{64}")
    cpu: int = prop(256, "Units of processor; 1024 are one.", ge=128, le=16_384, shape=True)
    memory: int = prop(512, "MiB of memory.", ge=128, le=122_880, shape=True)
    architecture: Literal["x86_64", "arm64"] = prop("x86_64", "Instruction set of the image.")
    port: int | None = prop(None, "Port that the container listens on.", ge=1, le=65_535, shape=True)
    command: list[str] = prop([], "Command instead of the image's.")
    environment: dict[str, str] = prop({}, "Variables; edges add the addresses of what they reach.")
    health: Health | None = prop(None, "Health check from inside; a bare text is its command.")
    storage: int | None = prop(None, "GiB of storage on Fargate (default: 20).", ge=21, le=200)
    user: str | None = prop(None, "User that it runs as (default: the image's).", pattern="[A-Za-z0-9_:.-]+")
    read_only: bool = prop(False, "Its file system cannot be written to, but for mounts.")
    logs: Days = prop(30, "Days that log lines are kept.")
    cluster: NodeId | None = prop(None, "Cluster (default: one of its own).", slot="cluster", to="ecs.cluster")
    key: NodeId | None = prop(None, "Key that encrypts the logs.", slot="key", to="kms.key")
    role: NodeId | None = prop(None, "A role of the blueprint, instead of one of its own.", slot="role", to="iam.role")

    resides = "subnets"
    prefers: ClassVar[Any] = "private"
    reaches = True
    principal = TASKS
    grantee = True
    listens: ClassVar[Any] = Open
    mounts = frozenset({"nfs"})
    variables = "Task:Variables"
    joins: ClassVar[tuple[type[Join], ...]] = (Inject,)
    strict: ClassVar[Mapping[str, Any]] = {"logs": 365, "read_only": True}

    def ports(self) -> tuple[Port, ...]:
        return (Port(self.port),) if self.port else ()

    def itself_calls(self) -> tuple[str, ...]:
        return (*registry(self.repository, self.image), "logs")

    def helpers(self) -> Mapping[str, Helper]:
        key = {"key": self.key} if self.key else {}
        own = {} if self.cluster else {"cluster": Helper("ecs.cluster", {})}
        return {**own, "logs": Helper("logs.group", {"logs": self.logs, **key})}

    def on_fargate(self) -> bool:
        """Say whether AWS runs the machines."""
        return True

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        found = []
        if (self.image is None) == (self.repository is None):
            found.append(Refusal("a container has an image, or a repository that holds it",
                                 "image: public.ecr.aws/nginx/nginx:1.29", "missing-property"))  # fmt: skip
        if self.on_fargate():
            wrong = misfit(self.cpu, self.memory, f"{self.cpu} units", "cpu: 256, 512, 1024, 2048, 4096, 8192 or 16384")
            found += [wrong] if wrong is not None else []
        return found

    def cluster_of(self, scope: Scope) -> Scope:
        """Return the cluster that it runs in."""
        found = scope.of(self.cluster or f"{scope.node.id}.cluster")
        assert found is not None
        return found

    def execution(self, scope: Scope) -> Any:
        """Return the role under which ECS itself pulls the image, reads secrets and writes lines."""
        return scope.principal(TASKS, "Execution")

    def definition(self, scope: Scope) -> Resource:
        """Return the task definition."""
        scope.build()
        found = scope.get("Task")
        assert found is not None
        return found

    def define(self, scope: Scope) -> Resource:
        """Make the task definition."""
        execution, fargate = self.execution(scope), self.on_fargate()
        logs = awslogs(scope, execution, "main")
        logs["Options"]["mode"] = "non-blocking"
        container = {
            "Name": "main", "Image": image(self, scope, execution), "Essential": True,
            "Command": list(self.command) or None,
            "PortMappings": [{"ContainerPort": self.port, "Name": "main"}] if self.port else None, "User": self.user,
            "ReadonlyRootFilesystem": self.read_only,
            "LogConfiguration": logs,
            "HealthCheck": {"Command": ["CMD-SHELL", self.health.command], "Interval": self.health.interval,
                            "Retries": self.health.retries, "StartPeriod": self.health.start} if self.health else None,
            **({} if fargate else {"Cpu": self.cpu, "Memory": self.memory}),
        }  # fmt: skip
        made = scope.make(
            "AWS::ECS::TaskDefinition", "Task", NetworkMode="awsvpc", ContainerDefinitions=[container],
            RequiresCompatibilities=["FARGATE"] if fargate else ["EC2"], Cpu=str(self.cpu), Memory=str(self.memory),
            Family=f"{scope.architecture.name}-{scope.node.id}".replace(".", "-"),
            EphemeralStorage={"SizeInGiB": self.storage} if self.storage and fargate else None,
            RuntimePlatform={"CpuArchitecture": self.architecture.upper(), "OperatingSystemFamily": "LINUX"},
            TaskRoleArn=scope.role().att("Arn"), ExecutionRoleArn=execution.role().att("Arn"),
        )  # fmt: skip
        made.properties |= {VARIABLES: dict(self.environment), SECRETS: {}, MOUNTS: []}
        made.written = _written
        return made

    def attach_files(self, scope: Scope, files: Files, because: str) -> None:
        if scope.exists:
            return
        task = self.definition(scope)
        mount(task, files)
        (scope.get("") or task).depends |= set(files.after)


def _written(properties: dict[str, Any]) -> None:
    (container,) = properties["ContainerDefinitions"]
    filled(properties, container, properties, ("EFSVolumeConfiguration", "FilesystemId", "IAM"))
