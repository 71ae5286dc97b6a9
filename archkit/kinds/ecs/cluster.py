"""The cluster in which services and tasks run."""

from __future__ import annotations

from typing import Any, Literal

from archkit.kind import External, Kind, Metric, NodeId, prop
from archkit.scope import Resource, Scope

__all__ = ["Cluster"]

NAMED = {"ClusterName": "${name}"}


class Cluster(Kind, icon="aws/compute/elastic-container-service", service="Amazon ECS",
              types=("AWS::ECS::Cluster", "AWS::ECS::ClusterCapacityProviderAssociations")):  # fmt: skip
    """Cluster: what services and tasks run in, whichever machines these are."""

    insights: Literal["enhanced", "enabled", "disabled"] = prop("enabled", "Container Insights: metrics of what runs.")
    fargate: bool = prop(True, "Tasks may run on Fargate and Fargate Spot.")
    key: NodeId | None = prop(None, "Key that encrypts the managed storage of tasks.", slot="key", to="kms.key")

    guard = True
    attributes = {"arn": "${.Arn}", "name": "${}"}
    address = "${name}"
    external = External(
        ("name",), {"arn": "arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:cluster/${name}"}
    )
    metrics = {
        "cpu": Metric("AWS/ECS", "CPUUtilization", NAMED, "Average"),
        "memory": Metric("AWS/ECS", "MemoryUtilization", NAMED, "Average"),
    }

    def build(self, scope: Scope) -> None:
        key = scope.arn(self.key)
        cluster = scope.make(
            "AWS::ECS::Cluster", ClusterSettings=[{"Name": "containerInsights", "Value": self.insights}],
            Configuration={"ManagedStorageConfiguration": {"FargateEphemeralStorageKmsKeyId": key}} if key else None,
        )  # fmt: skip
        if self.fargate:
            self._providers(scope, cluster, ["FARGATE", "FARGATE_SPOT"])

    def _providers(self, scope: Scope, cluster: Resource, names: list[Any]) -> None:
        scope.make("AWS::ECS::ClusterCapacityProviderAssociations", "Providers", Cluster=cluster.ref,
                   CapacityProviders=names, DefaultCapacityProviderStrategy=[])  # fmt: skip

    def take(self, scope: Scope, provider: Resource) -> None:
        """Let tasks run on a capacity provider as well."""
        scope.build()
        known = scope.get("Providers")
        if known is None:
            self._providers(scope, scope.main, [provider.ref])
        else:
            known.append("CapacityProviders", provider.ref)
