"""Amazon RDS and Aurora: relational databases that AWS runs."""

from archkit.kinds.rds.cluster import Cluster
from archkit.kinds.rds.instance import Instance
from archkit.kinds.rds.proxy import Proxy

__all__ = ["Cluster", "Instance", "Proxy"]
