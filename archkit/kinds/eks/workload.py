"""What runs in a cluster: pods of one service account, with rights of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from archkit.architecture import Architecture, Node
from archkit.kind import Helper, Kind, Listen, NodeId, Port, Refusal, Spread, prop
from archkit.scope import Resource, Scope

__all__ = ["Workload"]

NAME = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"


class Open(Listen):
    """A connection to the port that the pods listen on."""


class Workload(Kind, icon="k8s/compute/pod", service="Amazon EKS",
               types=("AWS::EKS::PodIdentityAssociation", "AWS::IAM::Role")):  # fmt: skip
    """Pods of one service account: what edges from here allow is theirs alone, by Pod Identity.

    What the pods are stands in their manifest; the template gives them rights, opens ways to what they reach, and makes
    the target groups of the load balancers that lead to them.
    """

    cluster: NodeId | None = prop(None, "Cluster (default: one of its own).", slot="cluster", to="eks.cluster")
    namespace: str = prop("default", "Namespace of the pods.", pattern=NAME, shape=True)
    account: str | None = prop(None, "Service account of the pods (default: the node's name).", pattern=NAME,
                               shape=True)  # fmt: skip
    port: int | None = prop(None, "Port that the pods listen on.", ge=1, le=65_535, shape=True)
    role: NodeId | None = prop(None, "A role of the blueprint, instead of one of its own.", slot="role", to="iam.role")

    resides = "subnets"
    prefers: ClassVar[Any] = "private"
    reaches = True
    grantee = True
    principal = "pods.eks.amazonaws.com"
    listens = Open
    serves = "ip"
    attributes = {"arn": "${.AssociationArn}"}
    example = "{port: 8080}"

    def ports(self) -> tuple[Port, ...]:
        return (Port(self.port),) if self.port else ()

    def helpers(self) -> Mapping[str, Helper]:
        return {} if self.cluster else {"cluster": Helper("eks.cluster", {})}

    def runs_in(self, node: Node) -> NodeId | None:
        return self.cluster or NodeId(f"{node.id}.cluster")

    def itself_calls(self) -> tuple[str, ...]:
        return ("eks-auth",)

    def spread(self) -> Spread:
        return "each"

    def caption(self) -> str | None:
        return None if self.namespace == "default" else self.namespace

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        """https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html#pod-id-considerations."""
        cluster = world.nodes.get(str(self.runs_in(node)))
        if cluster is None or cluster.existing is not None:
            return []
        taken = [one.namespace for one in getattr(cluster.kind, "fargate", {}).values() if not one.labels]
        if not getattr(cluster.kind, "workers", True) or self.namespace in taken:
            return [Refusal(f"pods on Fargate get no rights by Pod Identity, and those of '{self.namespace}' run there",
                            f"workers: {{main: m7g.large}} on '{cluster.id}', and a namespace that no profile takes",
                            "needs-nodes", "namespace")]  # fmt: skip
        return []

    def build(self, scope: Scope) -> None:
        cluster = scope.of(self.runs_in(scope.node))
        assert cluster is not None
        scope.make(
            "AWS::EKS::PodIdentityAssociation", ClusterName=cluster.attribute("name"), Namespace=self.namespace,
            ServiceAccount=self.account or scope.node.id.replace(".", "-").replace("_", "-").lower(),
            RoleArn=scope.role().att("Arn"),
        )  # fmt: skip

    def enlist(self, scope: Scope, group: Resource, port: int, because: str) -> None:
        """https://docs.aws.amazon.com/eks/latest/best-practices/load-balancing.html."""
        scope.note("needs-binding", f"pods are registered with the target group '{group.id}' by a manifest of the kind "
                   "TargetGroupBinding, which the AWS Load Balancer Controller in the cluster reads",
                   "an output gives its ARN")  # fmt: skip
