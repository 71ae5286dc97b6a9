"""What pods run on: groups of instances that EKS manages, and Fargate."""

from __future__ import annotations

import re
from typing import Literal

from archkit import network
from archkit.kind import Record, Refusal, prop
from archkit.scope import Resource, Scope
from archkit.values import Sub

__all__ = ["DEFAULT", "Addon", "Profile", "Workers", "addon", "node_group", "part", "profile"]

WORKER = ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonEKS_CNI_Policy")
"""https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html"""
FARGATE = "AmazonEKSFargatePodExecutionRolePolicy"
"""https://docs.aws.amazon.com/eks/latest/userguide/pod-execution-role.html"""
EVERYWHERE = ("vpc-cni", "kube-proxy", "eks-pod-identity-agent", "eks-node-monitoring-agent")
"""Add-ons that run once on each instance, and are there before the instances."""
ROLES = {
    "aws-ebs-csi-driver": ("ebs-csi-controller-sa", "service-role/AmazonEBSCSIDriverPolicy"),
    "aws-efs-csi-driver": ("efs-csi-controller-sa", "service-role/AmazonEFSCSIDriverPolicy"),
    "amazon-cloudwatch-observability": ("cloudwatch-agent", "CloudWatchAgentServerPolicy"),
}
"""Service accounts of add-ons that call AWS, and what they may do
(https://docs.aws.amazon.com/eks/latest/userguide/workloads-add-ons-available-eks.html)."""
INSTANCE = r"[a-z][a-z0-9-]*\.[a-z0-9-]+"


def part(name: str) -> str:
    """Return a name as a part of a logical id.

    >>> part("batch-jobs")
    'BatchJobs'
    """
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", name))


def managed(name: str) -> Sub:
    """Return the ARN of a policy of AWS."""
    return Sub(f"arn:${{AWS::Partition}}:iam::aws:policy/{name}")


class Taint(Record):
    """What keeps pods away that do not bear it."""

    key: str = prop(doc="Key.")
    value: str | None = prop(None, "Value.")
    effect: Literal["NO_SCHEDULE", "PREFER_NO_SCHEDULE", "NO_EXECUTE"] = prop("NO_SCHEDULE", "What happens.")


class Workers(Record):
    """A group of instances that EKS starts, updates and replaces. A bare text is the instance type."""

    short = "instance"

    instance: str = prop("m7g.large", "Instance type.", pattern=INSTANCE, shape=True)
    more: list[str] = prop([], "Further instance types of the same processor, for spot.", pattern=INSTANCE, shape=True)
    min: int = prop(2, "Least instances.", ge=0, le=450, shape=True)
    max: int = prop(4, "Most instances.", ge=1, le=450, shape=True)
    desired: int | None = prop(None, "Instances at the start (default: the least).", ge=0, shape=True)
    spot: bool = prop(False, "Spare capacity, which AWS may take back.")
    disk: int = prop(20, "GiB of each instance.", ge=8, le=16_384)
    os: Literal["al2023", "bottlerocket"] = prop("al2023", "Operating system.")
    labels: dict[str, str] = prop({}, "Labels of the Kubernetes nodes.")
    taints: list[Taint] = prop([], "Taints of the Kubernetes nodes.", le=50)
    version: str | None = prop(None, "Version of Kubernetes (default: the cluster's).", pattern=r"1\.[0-9]{2}")

    @property
    def image(self) -> str:
        """The AMI type that goes with the processor: a g after the generation is Graviton."""
        found = re.match(r"[a-z]+[0-9]+([a-z]*)", self.instance)
        arm = found is not None and "g" in found[1]
        stem = "AL2023_{}_STANDARD" if self.os == "al2023" else "BOTTLEROCKET_{}"
        return stem.format("ARM_64" if arm else "x86_64")

    def refusal(self, name: str) -> Refusal | None:
        """Say why there cannot be such a group."""
        if self.min > self.max or not self.min <= (self.desired or self.min) <= self.max:
            return Refusal(f"'{name}' cannot have {self.min} instances at least and {self.max} at most"
                           + (f", and {self.desired} at the start" if self.desired is not None else ""),
                           None, "out-of-bounds", "workers")  # fmt: skip
        return None


DEFAULT = Workers(instance="m7g.large", more=[], min=2, max=4, desired=None, spot=False, disk=20, os="al2023",
                  labels={}, taints=[], version=None)  # fmt: skip


class Profile(Record):
    """Pods that run on Fargate. A bare text is their namespace."""

    short = "namespace"

    namespace: str = prop(doc="Namespace of the pods; * and ? stand for any letters.", pattern="[a-z0-9*?-]{1,63}")
    labels: dict[str, str] = prop({}, "Labels that the pods bear.", le=5)


class Addon(Record):
    """Software of AWS that runs in the cluster. A bare text is its name."""

    short = "name"

    name: str = prop(doc="Name, such as aws-ebs-csi-driver.", pattern="[a-z0-9][a-z0-9_-]*", shape=True)
    version: str | None = prop(None, "Version (default: the one that goes with the cluster's).")
    settings: str | None = prop(None, "Settings, as JSON or YAML.")


def node_group(scope: Scope, name: str, said: Workers, cluster: Resource) -> Resource:
    """Make a managed node group.

    Without security groups in its launch template it is in the cluster's, and with one hop pods cannot take the
    instance's role (https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html).
    """
    from troposphere import ec2

    role = scope.principal("ec2.amazonaws.com", "Workers").role()
    for policy in WORKER:
        role.append("ManagedPolicyArns", managed(policy))
    disk = {"VolumeSize": said.disk, "VolumeType": "gp3", "Encrypted": True, "DeleteOnTermination": True}
    tags = [{"Key": "Name", "Value": f"{scope.architecture.name}-{scope.node.id}-{name}"}]
    template = scope.make(ec2.LaunchTemplate, f"{part(name)}Template", LaunchTemplateData={
        "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 1},
        "BlockDeviceMappings": [{"DeviceName": "/dev/xvda" if said.os == "al2023" else "/dev/xvdb", "Ebs": disk}],
        "TagSpecifications": [{"ResourceType": "instance", "Tags": tags}]})  # fmt: skip
    return scope.make(
        "AWS::EKS::Nodegroup", f"{part(name)}Workers", ClusterName=cluster.ref, NodeRole=role.att("Arn"),
        Subnets=network.subnets(scope), InstanceTypes=[said.instance, *said.more], AmiType=said.image,
        CapacityType="SPOT" if said.spot else "ON_DEMAND",
        ScalingConfig={"MinSize": said.min, "MaxSize": said.max,
                       "DesiredSize": said.min if said.desired is None else said.desired},
        LaunchTemplate={"Id": template.ref, "Version": template.att("LatestVersionNumber")}, Labels=said.labels or None,
        Taints=[{"Key": one.key, "Value": one.value, "Effect": one.effect} for one in said.taints] or None,
        UpdateConfig={"MaxUnavailable": 1}, NodeRepairConfig={"Enabled": True}, Version=said.version,
    )  # fmt: skip


def profile(scope: Scope, name: str, said: Profile, cluster: Resource) -> Resource:
    """Make a Fargate profile."""
    role = scope.principal("eks-fargate-pods.amazonaws.com", "Fargate").role()
    role.append("ManagedPolicyArns", managed(FARGATE))
    labels = [{"Key": key, "Value": value} for key, value in said.labels.items()]
    return scope.make(
        "AWS::EKS::FargateProfile", f"{part(name)}Profile", ClusterName=cluster.ref, Subnets=network.subnets(scope),
        PodExecutionRoleArn=role.att("Arn"), Selectors=[{"Namespace": said.namespace, "Labels": labels or None}],
    )  # fmt: skip


def addon(scope: Scope, said: Addon, cluster: Resource, machines: list[Resource], fargate: bool) -> None:
    """Make an add-on, with the role that it needs; what is not on every instance waits for some."""
    known = ROLES.get(said.name)
    identity = None
    if known is not None:
        account, policy = known
        role = scope.principal("pods.eks.amazonaws.com", part(said.name)).role()
        role.append("ManagedPolicyArns", managed(policy))
        identity = [{"ServiceAccount": account, "RoleArn": role.att("Arn")}]
    settings = said.settings or ('{"computeType":"Fargate"}' if fargate and said.name == "coredns" else None)
    scope.make(
        "AWS::EKS::Addon", f"{part(said.name)}Addon", after=() if said.name in EVERYWHERE else machines,
        ClusterName=cluster.ref, AddonName=said.name, AddonVersion=said.version, ResolveConflicts="OVERWRITE",
        ConfigurationValues=settings, PodIdentityAssociations=identity,
    )  # fmt: skip
