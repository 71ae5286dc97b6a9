"""A task that runs to its end: on an event, a schedule, or a workflow's call."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from archkit import network
from archkit.architecture import Architecture, Node
from archkit.kind import Admits, Grant, Operation, prop
from archkit.kinds.ecs.containers import Container
from archkit.scope import Scope
from archkit.shared.containers import TASKS

__all__ = ["Task"]

RUNNING = "arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:task/*"


class Task(Container, icon="aws/compute/elastic-container-service-task", service="Amazon ECS",
           types=("AWS::ECS::TaskDefinition", "AWS::IAM::Role", "AWS::EC2::SecurityGroup",
                  "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress")):  # fmt: skip
    """Container that runs once and ends: started by a rule, a schedule, a pipe or a workflow."""

    launch: Literal["fargate", "fargate_spot"] = prop("fargate", "Whose machines it runs on.")
    public_ip: bool = prop(False, "An address on the Internet, for public subnets.", shape=True)

    listens = None
    attributes = {"arn": "${+Task}"}
    address = "${arn}"
    grants = {"run": Grant("ecs:RunTask", usual=True)}
    admits = Admits("ecs", "ecs:RunTask", "run")
    operations = {"RunTask": Operation("ecs", "RunTask", {"TaskDefinition": "${arn}"}, usual=True)}
    example = "{image: 'public.ecr.aws/nginx/nginx:1.29'}"

    def public_address(self, node: Node, world: Architecture) -> bool:
        return self.public_ip

    def caption(self) -> str | None:
        return "Fargate" if self.launch == "fargate" else "Fargate Spot"

    def granted(self, grant: Grant) -> Iterable[Grant]:
        """Whoever starts the task hands it both of its roles, and its tags
        (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/CWE_IAM_role.html)."""
        yield grant
        if "ecs:RunTask" in grant.actions:
            yield Grant("iam:PassRole", on=("${+Role.Arn}", "${+ExecutionRole.Arn}"),
                        condition={"StringEquals": {"iam:PassedToService": TASKS}})  # fmt: skip
            yield Grant("ecs:TagResource", on=RUNNING, condition={"StringEquals": {"ecs:CreateAction": "RunTask"}})

    def aimed(self, scope: Scope, by: Literal["events", "scheduler", "pipes"]) -> dict[str, Any]:
        """Rules alone spell the place in the VPC in their own way."""
        place = self._place(scope)
        run = {"TaskDefinitionArn": scope.attribute("arn"), "TaskCount": 1, "PropagateTags": "TASK_DEFINITION",
               "NetworkConfiguration": {"AwsVpcConfiguration" if by == "events" else "AwsvpcConfiguration": place},
               **self._machines()}  # fmt: skip
        cluster = self.cluster_of(scope).attribute("arn")
        return {"Arn": cluster, "EcsTaskParameters" if by == "pipes" else "EcsParameters": run}

    def called(self, scope: Scope, api: str) -> dict[str, Any]:
        """https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html."""
        if api != "RunTask":
            return {}
        return {"Cluster": self.cluster_of(scope).attribute("arn"), "PropagateTags": "TASK_DEFINITION",
                "NetworkConfiguration": {"AwsvpcConfiguration": self._place(scope)}, **self._machines()}  # fmt: skip

    def placed(self, scope: Scope) -> dict[str, Any]:
        return {"_CLUSTER": self.cluster_of(scope).attribute("arn"), "_SECURITY_GROUP": network.security_group(scope),
                "_SUBNETS": {"Fn::Join": [",", network.subnets(scope)]}}  # fmt: skip

    def _place(self, scope: Scope) -> dict[str, Any]:
        return {"Subnets": network.subnets(scope), "SecurityGroups": [network.security_group(scope)],
                "AssignPublicIp": "ENABLED" if self.public_ip else "DISABLED"}  # fmt: skip

    def _machines(self) -> dict[str, Any]:
        if self.launch == "fargate":
            return {"LaunchType": "FARGATE"}
        return {"CapacityProviderStrategy": [{"CapacityProvider": "FARGATE_SPOT", "Weight": 1}]}

    def build(self, scope: Scope) -> None:
        self.define(scope)
        network.security_group(scope)
