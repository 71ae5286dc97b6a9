"""Containers, whoever runs them: the sizes that Fargate has, and values that are put into them when they start."""

from __future__ import annotations

from typing import Any, ClassVar

from archkit import network
from archkit.architecture import Node
from archkit.kind import Join, Kind, Refusal, prop
from archkit.scope import Link
from archkit.values import Sub

__all__ = ["SIZES", "Inject", "misfit", "registry"]

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
