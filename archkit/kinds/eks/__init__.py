"""Amazon EKS: Kubernetes, whose control plane AWS runs."""

from archkit.kinds.eks.cluster import Cluster
from archkit.kinds.eks.workload import Workload

__all__ = ["Cluster", "Workload"]
