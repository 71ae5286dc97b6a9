"""A task that runs to its end: on an event, a schedule, or a workflow's call."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from archkit import network
from archkit.kind import Admits, Grant, prop
from archkit.kinds.ecs.containers import TASKS, Container
from archkit.scope import Scope

__all__ = ["Task"]


class Task(Container, icon="aws/compute/elastic-container-service-task", service="Amazon ECS",
           types=("AWS::ECS::TaskDefinition", "AWS::IAM::Role", "AWS::EC2::SecurityGroup",
                  "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress")):  # fmt: skip
    """Container that runs once and ends: started by a rule, a schedule or a workflow."""

    launch: Literal["fargate", "fargate_spot"] = prop("fargate", "Whose machines it runs on.")
    public_ip: bool = prop(False, "An address on the Internet, for public subnets.")

    attributes = {"arn": "${+Task}"}
    grants = {"run": Grant("ecs:RunTask", usual=True)}
    admits = Admits("ecs", "ecs:RunTask", "run")
    example = "{image: 'public.ecr.aws/nginx/nginx:1.29'}"

    def granted(self, grant: Grant) -> Iterable[Grant]:
        """Whoever starts the task hands it both of its roles
        (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/CWE_IAM_role.html)."""
        yield grant
        yield Grant("iam:PassRole", on=("${+Role.Arn}", "${+ExecutionRole.Arn}"),
                    condition={"StringEquals": {"iam:PassedToService": TASKS}})  # fmt: skip

    def aimed(self, scope: Scope) -> dict[str, Any]:
        place = {"Subnets": network.subnets(scope), "SecurityGroups": [network.security_group(scope)],
                 "AssignPublicIp": "ENABLED" if self.public_ip else "DISABLED"}  # fmt: skip
        run = {"TaskDefinitionArn": scope.attribute("arn"), "TaskCount": 1, "PropagateTags": "TASK_DEFINITION",
               "NetworkConfiguration": {"AwsVpcConfiguration": place}}  # fmt: skip
        if self.launch == "fargate":
            run["LaunchType"] = "FARGATE"
        else:
            run["CapacityProviderStrategy"] = [{"CapacityProvider": "FARGATE_SPOT", "Weight": 1}]
        return {"Arn": self.cluster_of(scope).attribute("arn"), "EcsParameters": run}

    def build(self, scope: Scope) -> None:
        self.define(scope)
        network.security_group(scope)
