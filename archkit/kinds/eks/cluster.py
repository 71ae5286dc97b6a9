"""The cluster: the control plane, its machines, its add-ons, and who may use its API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from archkit import network
from archkit.architecture import Architecture, Node
from archkit.kind import External, Grant, Helper, Kind, Listen, Metric, NodeId, Port, Record, Refusal, Spread, prop
from archkit.kinds.eks.machines import DEFAULT, Addon, Profile, Workers, addon, managed, node_group, part, profile
from archkit.scope import Link, Scope
from archkit.shared.retention import Days
from archkit.values import Sub

__all__ = ["Cluster"]

POLICIES = {"view": "AmazonEKSViewPolicy", "edit": "AmazonEKSEditPolicy", "admin": "AmazonEKSAdminPolicy",
            "cluster_admin": "AmazonEKSClusterAdminPolicy"}  # fmt: skip
"""https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html"""
KEY = ("kms:Encrypt", "kms:Decrypt", "kms:ListGrants", "kms:DescribeKey")
LOGS = Literal["api", "audit", "authenticator", "controllerManager", "scheduler"]
Level = Literal["view", "edit", "admin", "cluster_admin"]


def policies(level: str, namespaces: list[str]) -> list[dict[str, Any]]:
    """Return the access policies of an entry: for the whole cluster, or for namespaces."""
    arn = Sub(f"arn:${{AWS::Partition}}:eks::aws:cluster-access-policy/{POLICIES[level]}")
    scope: dict[str, Any] = {"Type": "namespace", "Namespaces": list(namespaces)} if namespaces else {"Type": "cluster"}
    return [{"PolicyArn": arn, "AccessScope": scope}]


class Entry(Record):
    """Who may use the API of Kubernetes. A bare text is the ARN of a role or user."""

    short = "who"

    who: str = prop(doc="ARN of a role or user.")
    level: Level = prop("view", "What they may do.")
    namespaces: list[str] = prop([], "Namespaces in which they may (default: all).")


class Use(Listen):
    """A connection to the API of Kubernetes, as whom an access entry names; `NAME` holds the cluster's name.

    https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html
    """

    level: Level = prop("view", "What the source may do.")
    namespaces: list[str] = prop([], "Namespaces in which it may (default: all).")

    def services(self, target: Node) -> tuple[str, ...]:
        return ("eks",)

    def give(self, link: Link) -> None:
        user, cluster = link.source, link.target
        if not user.node.kind.grantee:
            return
        user.grant(cluster, "describe", link.because)
        network.call_out(user, "eks", link.because)
        given = policies(self.level, self.namespaces)
        link.make("AWS::EKS::AccessEntry", "Access", ClusterName=cluster.attribute("name"),
                  PrincipalArn=user.role().att("Arn"), AccessPolicies=given)  # fmt: skip


class Cluster(Kind, icon="aws/compute/elastic-kubernetes-service", service="Amazon EKS",
              types=("AWS::EKS::Cluster", "AWS::EKS::Nodegroup", "AWS::EKS::FargateProfile", "AWS::EKS::Addon",
                     "AWS::EKS::AccessEntry", "AWS::EC2::LaunchTemplate", "AWS::EC2::SecurityGroupIngress",
                     "AWS::EC2::SecurityGroupEgress")):  # fmt: skip
    """Kubernetes cluster: a control plane that AWS runs, with the machines on which its pods run.

    EKS makes one security group for the control plane, the machines and the pods, which lets them reach one another
    and whatever lets them in (https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html).
    """

    version: str | None = prop(None, "Version of Kubernetes (default: EKS's).", pattern=r"1\.[0-9]{2}", shape=True)
    endpoint: Literal["private", "both"] = prop("private", "Whether its API can be reached from the Internet as well.",
                                                shape=True)  # fmt: skip
    public_from: list[str] = prop([], "Address ranges that may reach its public endpoint (default: all).",
                                  pattern=r"[0-9.]+/[0-9]+", shape=True)  # fmt: skip
    workers: dict[str, Workers] = prop({"main": DEFAULT}, "Managed node groups, by name.", shape=True)
    fargate: dict[str, Profile] = prop({}, "Fargate profiles, by name.", shape=True)
    addons: list[Addon] | None = prop(None, "Add-ons (default: network, names, and identities of pods).", shape=True)
    access: dict[str, Entry] = prop({}, "Who may use the API, by a name.", shape=True)
    log_types: list[LOGS] = prop(["api", "audit", "authenticator", "controllerManager", "scheduler"],
                                 "Logs of the control plane.", shape=True)  # fmt: skip
    logs: Days = prop(30, "Days that log lines are kept.")
    support: Literal["standard", "extended"] = prop("standard", "How long a version is kept before it is updated.")
    protect: bool = prop(True, "Refuse to be deleted.")
    key: NodeId | None = prop(None, "Key that encrypts secrets and logs.", slot="key", to="kms.key")

    resides = "subnets"
    principal = "eks.amazonaws.com"
    named = ("Name", 100)
    aws_group = "${.ClusterSecurityGroupId}"
    listens = Use
    attributes = {"name": "${}", "arn": "${.Arn}", "endpoint": "${.Endpoint}", "issuer": "${.OpenIdConnectIssuerUrl}"}
    address = "${name}"
    external = External(("name", "security_group"), {
        "arn": "arn:${AWS::Partition}:eks:${AWS::Region}:${AWS::AccountId}:cluster/${name}"})  # fmt: skip
    grants = {"describe": Grant("eks:DescribeCluster")}
    private_link = "eks"
    metrics = {
        "failed-nodes": Metric("ContainerInsights", "cluster_failed_node_count", {"ClusterName": "${name}"}, "Maximum"),
    }
    strict = {"logs": 365}

    def ports(self) -> tuple[Port, ...]:
        return (Port(443),)

    def helpers(self) -> Mapping[str, Helper]:
        key = {"key": self.key} if self.key else {}
        return {"logs": Helper("logs.group", {"logs": self.logs, **key})} if self.log_types else {}

    def itself_calls(self) -> tuple[str, ...]:
        """https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html."""
        return ("ec2", "ecr.api", "ecr.dkr", "s3", "sts", "eks")

    def public_address(self, node: Node, world: Architecture) -> bool:
        return self.endpoint == "both"

    def spread(self) -> Spread:
        return "across"

    def caption(self) -> str | None:
        return f"Kubernetes {self.version}" if self.version else None

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        found = [few for few in (network.too_few_zones(node, world),) if few is not None]
        found += [wrong for name, one in self.workers.items() if (wrong := one.refusal(name)) is not None]
        if not self.workers and not self.fargate:
            found.append(Refusal("its pods have nothing to run on", "workers: {main: m7g.large}, or a Fargate profile",
                                 "missing-property", "workers"))  # fmt: skip
        if self.public_from and self.endpoint == "private":
            found.append(Refusal("a private endpoint is reached from the VPC alone", "endpoint: both", "bad-value",
                                 "public_from"))  # fmt: skip
        return [*found, *self._fargate_refusals(node, world)]

    def _fargate_refusals(self, node: Node, world: Architecture) -> list[Refusal]:
        """https://docs.aws.amazon.com/eks/latest/userguide/fargate.html."""
        tier = network.tier_of(node, world)
        if self.fargate and tier is not None and tier.kind.exposure() == "public":
            return [Refusal("pods on Fargate stand in private subnets only", f"tier: private on '{tier.id}'",
                            "needs-private", "fargate")]  # fmt: skip
        if self.fargate and not self.workers and not any(one.namespace in ("kube-system", "kube-*", "*")
                                                         for one in self.fargate.values()):  # fmt: skip
            return [Refusal("its DNS has nothing to run on: no Fargate profile takes the namespace kube-system",
                            "fargate: {system: kube-system}", "missing-property", "fargate")]  # fmt: skip
        return []

    def build(self, scope: Scope) -> None:
        role = scope.role()
        role.append("ManagedPolicyArns", managed("AmazonEKSClusterPolicy"))
        key, encrypted = scope.of(self.key), None
        if key is not None:
            scope.allow(*KEY, on=key.attribute("arn"))
            encrypted = [{"Provider": {"KeyArn": key.attribute("arn")}, "Resources": ["secrets"]}]
        logs = scope.of(f"{scope.node.id}.logs")
        if logs is not None:
            logs.main.set("LogGroupName", Sub("/aws/eks/${Name}/cluster", {"Name": scope.physical(100)}))
        cluster = scope.make(
            "AWS::EKS::Cluster", after=[logs.main if logs else None, *(scope.after_rights() if key else ())],
            Name=scope.physical(100), Version=self.version, RoleArn=role.att("Arn"), EncryptionConfig=encrypted,
            ResourcesVpcConfig={
                "SubnetIds": network.subnets(scope), "EndpointPrivateAccess": True,
                "EndpointPublicAccess": self.endpoint == "both", "PublicAccessCidrs": list(self.public_from) or None},
            AccessConfig={"AuthenticationMode": "API"}, DeletionProtection=self.protect,
            Logging={"ClusterLogging": {"EnabledTypes": [{"Type": one} for one in self.log_types]}}
            if self.log_types else None, UpgradePolicy={"SupportType": self.support.upper()},
        )  # fmt: skip
        machines = [node_group(scope, name, one, cluster) for name, one in self.workers.items()]
        machines += [profile(scope, name, one, cluster) for name, one in self.fargate.items()]
        for one in self._addons():
            addon(scope, one, cluster, machines, not self.workers)
        for name, entry in self.access.items():
            scope.make("AWS::EKS::AccessEntry", f"{part(name)}Entry", ClusterName=cluster.ref, PrincipalArn=entry.who,
                       AccessPolicies=policies(entry.level, entry.namespaces))  # fmt: skip

    def _addons(self) -> list[Addon]:
        if self.addons is not None:
            return self.addons
        everywhere = ["vpc-cni", "kube-proxy", "eks-pod-identity-agent"] if self.workers else []
        return [Addon(name=name, version=None, settings=None) for name in (*everywhere, "coredns")]
