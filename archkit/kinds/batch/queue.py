"""Where jobs wait until a machine is free."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from archkit.architecture import Architecture, Node
from archkit.kind import External, Grant, Helper, Kind, NodeId, Record, Refusal, Spread, prop
from archkit.kinds.batch.environment import Machines
from archkit.scope import Scope

__all__ = ["Queue"]

MOST = 3
"""Environments of one queue, all on Fargate or all on EC2
(https://docs.aws.amazon.com/batch/latest/userguide/job_queue_parameters.html)."""


class Stuck(Record):
    """A job at the head of the queue that no machine can take is given up. A bare number is the seconds it may wait.

    https://docs.aws.amazon.com/batch/latest/userguide/job_queue_parameters.html
    """

    short = "seconds"

    seconds: int = prop(3_600, "Seconds that it may wait.", ge=600, le=86_400)
    because: Literal["capacity", "environment", "requirements"] = prop("requirements", "What it waits for in vain.")


REASONS = {"capacity": "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
           "environment": "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
           "requirements": "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"}  # fmt: skip


class Queue(Kind, icon="aws/compute/batch", service="AWS Batch", types=("AWS::Batch::JobQueue",)):
    """Queue in which jobs wait for a machine.

    It brings machines of its own, in the subnets that it stands in, unless 'environments' names others.
    """

    machines: Machines = prop("fargate", "Whose machines its own are: Fargate, Fargate Spot, EC2, or EC2 Spot.",
                              shape=True)  # fmt: skip
    vcpus: int = prop(16, "Most vCPUs of its own machines at the same time.", ge=1, le=100_000, shape=True)
    environments: list[NodeId] = prop([], "Compute environments, the liked one first, instead of machines of its own.",
                                      slot="environment", to="batch.compute_environment", le=MOST)  # fmt: skip
    priority: int = prop(1, "Which of several queues on the same machines goes first: the higher.", ge=0, le=1_000)
    stuck: list[Stuck] = prop([], "When a job that cannot start is given up.")

    resides = "subnets"
    guard = True
    attributes = {"arn": "${.JobQueueArn}"}
    address = "${arn}"
    external = External(("arn",))
    grants = {
        "submit": Grant("batch:SubmitJob"),
        "watch": Grant("batch:ListJobs", "batch:DescribeJobs", on="*", wildcard="IAM knows no resource of these"),
    }

    def spread(self) -> Spread:
        return "across"

    def helpers(self) -> Mapping[str, Helper]:
        own = Helper("batch.compute_environment", {"machines": self.machines, "vcpus": self.vcpus})
        return {} if self.environments else {"machines": own}

    def environment_ids(self, node: Node) -> list[str]:
        """Return the ids of the environments that take its jobs, the liked one first."""
        return [str(one) for one in self.environments] or [f"{node.id}.machines"]

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        if not self.environments:
            return []
        found = []
        if self.machines != "fargate" or self.vcpus != 16:
            said = "machines" if self.machines != "fargate" else "vcpus"
            found.append(Refusal(f"'{said}' is of machines of its own, and 'environments' names others",
                                 "say it of the environment", "bad-value", said))  # fmt: skip
        kinds = [world.nodes[id].kind for id in self.environments if id in world.nodes]
        if len({kind.fargate for kind in kinds if hasattr(kind, "fargate") and kind.machines}) > 1:  # type: ignore[attr-defined]
            found.append(Refusal("the environments of a queue are all on Fargate or all on EC2", "make a second queue",
                                 "bad-value", "environments"))  # fmt: skip
        return found

    def build(self, scope: Scope) -> None:
        order = [{"Order": number, "ComputeEnvironment": scope.arn(id)}
                 for number, id in enumerate(self.environment_ids(scope.node), 1)]  # fmt: skip
        scope.make(
            "AWS::Batch::JobQueue", Priority=self.priority, State="ENABLED", ComputeEnvironmentOrder=order,
            JobStateTimeLimitActions=[{"Action": "CANCEL", "State": "RUNNABLE", "MaxTimeSeconds": one.seconds,
                                       "Reason": REASONS[one.because]} for one in self.stuck] or None,
        )  # fmt: skip
