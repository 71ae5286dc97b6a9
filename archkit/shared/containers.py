"""Containers, whoever runs them: the sizes that Fargate has, and values that are put into them when they start."""

from __future__ import annotations

from typing import Any, ClassVar

from archkit import network
from archkit.architecture import Node
from archkit.kind import Files, Join, Kind, Refusal, prop
from archkit.scope import Link, Principal, Resource, Scope
from archkit.values import Sub

__all__ = [
    "MOUNTS", "SECRETS", "SIZES", "TASKS", "VARIABLES", "Inject", "awslogs", "filled", "image", "misfit", "mount",
    "registry",
]  # fmt: skip

TASKS = "ecs-tasks.amazonaws.com"
"""Who takes the roles of a container: ECS runs the jobs of Batch as well."""
VARIABLES, SECRETS, MOUNTS = "Variables", "Secrets", "Mounts"
"""Where edges gather what a container is started with, until `filled` turns it into lists."""

SIZES = {256: (512, 1_024, 2_048), 512: tuple(range(1_024, 4_097, 1_024)), 1_024: tuple(range(2_048, 8_193, 1_024)),
         2_048: tuple(range(4_096, 16_385, 1_024)), 4_096: tuple(range(8_192, 30_721, 1_024)),
         8_192: tuple(range(16_384, 61_441, 4_096)), 16_384: tuple(range(32_768, 122_881, 8_192))}  # fmt: skip
"""Memory that goes with each size of processor on Fargate
(https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size)."""


class Inject(Join):
    """The value stands in an environment variable of the container, put there when it starts.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html
    https://docs.aws.amazon.com/batch/latest/userguide/specifying-sensitive-data.html
    """

    word: ClassVar[str] = "inject"
    style: ClassVar[Any] = "data"

    variable: str | None = prop(None, "Name of the variable (default: the node's).", pattern="[A-Za-z_][A-Za-z0-9_]*")
    field: str | None = prop(None, "Key of a secret that is a JSON object.", pattern="[A-Za-z0-9_.-]+")

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.types[:1] in (("AWS::SecretsManager::Secret",), ("AWS::SSM::Parameter",))

    def services(self, other: Node) -> tuple[str, ...]:
        return ("ssm",) if other.kind.types[0] == "AWS::SSM::Parameter" else ("secretsmanager",)

    def apply(self, link: Link) -> None:
        task, secret = link.owner, link.other
        execution = task.kind.execution(task)
        execution.grant(secret, "read", link.because)
        for service in self.services(secret.node):
            network.call_out(task, service, link.because)
        arn = secret.attribute("arn")
        value = Sub(f"${{Secret}}:{self.field}::", {"Secret": arn}) if self.field else arn
        name = self.variable or secret.node.id.replace(".", "_").replace("-", "_").upper()
        task.build()
        task.kind.definition(task).set(f"Secrets.{name}", value)


def registry(repository: str | None, image: Any) -> tuple[str, ...]:
    """Return the endpoint services that an image is pulled from; an empty name is the Internet.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
    """
    return ("ecr.api", "ecr.dkr", "s3") if repository or ".dkr.ecr." in str(image) else ("",)


def image(kind: Any, scope: Scope, execution: Principal) -> Any:
    """Return the image that `kind` names, and let the execution role pull it where that takes a right."""
    repository = scope.of(kind.repository)
    if repository is not None:
        execution.grant(repository, "pull", scope.node.id)
        mark = "@" if kind.tag.startswith("sha256:") else ":"
        return Sub(f"${{Repository}}{mark}{kind.tag}", {"Repository": repository.attribute("uri")})
    if ".dkr.ecr." in str(kind.image):
        execution.allow("ecr:GetAuthorizationToken", on="*", sid="LoginTakesNoResource")
        execution.allow("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer",
                        on=Sub("arn:${AWS::Partition}:ecr:*:*:repository/*"))  # fmt: skip
    return kind.image


def awslogs(scope: Scope, execution: Principal, prefix: str) -> dict[str, Any]:
    """Return the log configuration that writes lines to the node's own group, and let the execution role do so."""
    logs = scope.of(f"{scope.node.id}.logs")
    assert logs is not None
    execution.allow("logs:CreateLogStream", "logs:PutLogEvents", on=logs.attribute("arn"))
    return {"LogDriver": "awslogs", "Options": {"awslogs-group": logs.attribute("name"),
                                                "awslogs-region": Sub("${AWS::Region}"),
                                                "awslogs-stream-prefix": prefix}}  # fmt: skip


def mount(definition: Resource, files: Files) -> None:
    """Gather a mounted file system at a definition."""
    definition.append(MOUNTS, {"id": files.id, "point": files.point, "path": files.path, "read": not files.write})


def filled(properties: dict[str, Any], container: dict[str, Any], volumes: dict[str, Any], efs: tuple[str, str, str],
           ) -> None:  # fmt: skip
    """Turn gathered variables, secrets and mounts into the lists that a definition has.

    Volumes go to `volumes`, the rest to `container`. `efs` is how the service spells what it calls the configuration of
    a volume, the file system's id and the word IAM.
    """
    variables, secrets, mounts = (properties.pop(name, None) or {} for name in (VARIABLES, SECRETS, MOUNTS))
    if variables:
        container["Environment"] = [{"Name": name, "Value": value} for name, value in variables.items()]
    if secrets:
        container["Secrets"] = [{"Name": name, "ValueFrom": value} for name, value in secrets.items()]
    configuration, id, iam = efs
    for number, mounted in enumerate(mounts):
        name = f"files{number + 1}"
        config = {id: mounted["id"], "TransitEncryption": "ENABLED",
                  "AuthorizationConfig": {"AccessPointId": mounted["point"], iam: "ENABLED"}}  # fmt: skip
        volumes.setdefault("Volumes", []).append({"Name": name, configuration: config})
        container.setdefault("MountPoints", []).append(
            {"SourceVolume": name, "ContainerPath": mounted["path"], "ReadOnly": mounted["read"]}
        )


def misfit(units: int, memory: int, spelled: str, wanted: str) -> Refusal | None:
    """Say why Fargate has no container of this size; `spelled` is the size of the processor in the author's words.

    >>> misfit(256, 1_000, "256 units", "cpu: 256").help
    'memory: 1024'
    """
    fitting = SIZES.get(units)
    if fitting is None:
        return Refusal(f"Fargate has no size of {spelled}", wanted, "bad-value", wanted.partition(":")[0])
    if memory in fitting:
        return None
    near = min(fitting, key=lambda one: abs(one - memory))
    return Refusal(f"with {spelled} Fargate has {fitting[0]} to {fitting[-1]} MiB in steps, not {memory}",
                   f"memory: {near}", "bad-value", "memory")  # fmt: skip
