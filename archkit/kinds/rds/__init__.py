"""Amazon RDS and Aurora: relational databases that AWS runs."""

from archkit.kinds.rds.cluster import Cluster
from archkit.kinds.rds.instance import Instance

__all__ = ["Cluster", "Instance"]
