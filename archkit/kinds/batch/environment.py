"""The machines that jobs run on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from archkit import network
from archkit.architecture import Architecture, Node
from archkit.kind import External, Kind, NodeId, Refusal, Spread, prop
from archkit.scope import Resource, Scope
from archkit.values import Sub

__all__ = ["ComputeEnvironment", "Machines"]

Machines = Literal["fargate", "fargate_spot", "ec2", "spot"]
ALLOCATION = {"ec2": "BEST_FIT_PROGRESSIVE", "spot": "SPOT_PRICE_CAPACITY_OPTIMIZED"}
"""https://docs.aws.amazon.com/batch/latest/userguide/allocation-strategies.html"""
INSTANCES = r"optimal|default_x86_64|default_arm64|[a-z][a-z0-9-]*(\.[a-z0-9-]+)?"
AGENT = ("ecs", "ecs-agent", "ecs-telemetry")
POLICY = "arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role"


class ComputeEnvironment(Kind, icon="aws/compute/batch", service="AWS Batch",
                         types=("AWS::Batch::ComputeEnvironment", "AWS::EC2::LaunchTemplate", "AWS::IAM::Role",
                                "AWS::IAM::InstanceProfile", "AWS::EC2::SecurityGroup",
                                "AWS::EC2::SecurityGroupIngress",
                                "AWS::EC2::SecurityGroupEgress")):  # fmt: skip
    """Machines on which Batch runs jobs, none while nothing waits."""

    machines: Machines = prop("fargate", "Whose machines: Fargate, Fargate Spot, EC2, or EC2 Spot.", shape=True)
    vcpus: int = prop(16, "Most vCPUs at the same time.", ge=1, le=100_000)
    min_vcpus: int | None = prop(None, "vCPUs that are kept even while nothing waits (EC2).", ge=0, shape=True)
    instances: list[str] = prop([], "Instance types or families on EC2 (default: what Batch finds best).",
                                pattern=INSTANCES, shape=True)  # fmt: skip
    disk: int = prop(30, "GiB of the root volume of an instance on EC2.", ge=30, le=16_384)
    bid: int | None = prop(None, "Percentage of the on-demand price that Spot may cost at most.", ge=1, le=100,
                           shape=True)  # fmt: skip
    key: NodeId | None = prop(None, "Key that encrypts the volumes of instances.", slot="key", to="kms.key")

    resides = "subnets"
    guard = True
    prefers: ClassVar[Any] = "private"
    principal = "ec2.amazonaws.com"
    attributes = {"arn": "${.ComputeEnvironmentArn}"}
    external = External(("arn",))
    strict: ClassVar[Mapping[str, Any]] = {}

    @property
    def fargate(self) -> bool:
        """Whether AWS runs the machines."""
        return self.machines.startswith("fargate")

    def caption(self) -> str | None:
        return {"fargate": "Fargate", "fargate_spot": "Fargate Spot", "ec2": "EC2", "spot": "EC2 Spot"}[self.machines]

    def spread(self) -> Spread:
        return "across"

    def itself_calls(self) -> tuple[str, ...]:
        return () if self.fargate else AGENT

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        """https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeResource.html."""
        found = []
        for name in ("min_vcpus", "instances"):
            if self.fargate and getattr(self, name):
                found.append(Refusal(f"'{name}' is for machines on EC2, and Fargate has none of its own",
                                     "machines: ec2", "bad-value", name))  # fmt: skip
        if self.bid is not None and self.machines != "spot":
            found.append(Refusal("only EC2 Spot has a price to bid", "machines: spot", "bad-value", "bid"))
        return found

    def build(self, scope: Scope) -> None:
        kind = {"fargate_spot": "FARGATE_SPOT"}.get(self.machines, self.machines.upper())
        resources = {
            "Type": kind, "MaxvCpus": self.vcpus, "Subnets": network.subnets(scope),
            "SecurityGroupIds": [network.security_group(scope)],
            **({} if self.fargate else self._on_ec2(scope)),
        }  # fmt: skip
        scope.make("AWS::Batch::ComputeEnvironment", Type="MANAGED", State="ENABLED", ReplaceComputeEnvironment=False,
                   ComputeResources=resources)  # fmt: skip

    def _on_ec2(self, scope: Scope) -> dict[str, Any]:
        """https://docs.aws.amazon.com/batch/latest/userguide/launch-templates.html."""
        from troposphere import ec2

        role = scope.role()
        role.append("ManagedPolicyArns", Sub(POLICY))
        profile = scope.make("AWS::IAM::InstanceProfile", "Profile", Roles=[role.ref])
        root = {"VolumeSize": self.disk, "VolumeType": "gp3", "Encrypted": True, "KmsKeyId": scope.arn(self.key),
                "DeleteOnTermination": True}  # fmt: skip
        template = scope.make(ec2.LaunchTemplate, "Template", LaunchTemplateData={
            "MetadataOptions": {"HttpTokens": "required", "HttpEndpoint": "enabled", "HttpPutResponseHopLimit": 1},
            "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": root}]})  # fmt: skip
        launched = {"LaunchTemplateId": template.ref, "Version": template.att("LatestVersionNumber")}
        more: dict[str, Any] = {
            "InstanceRole": profile.att("Arn"), "InstanceTypes": list(self.instances) or ["optimal"],
            "AllocationStrategy": ALLOCATION[self.machines], "LaunchTemplate": launched,
            "MinvCpus": self.min_vcpus or 0, "UpdateToLatestImageVersion": True,
            "Ec2Configuration": [{"ImageType": "ECS_AL2023"}],
        }  # fmt: skip
        return more if self.bid is None else {**more, "BidPercentage": self.bid}

    def admit_job(self, scope: Scope, group: Any) -> None:
        """Let the machines have the security group of a job as well, which they run on its behalf."""
        if not scope.exists:
            main: Resource = scope.main
            main.append("ComputeResources.SecurityGroupIds", group)
