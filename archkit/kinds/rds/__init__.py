"""Amazon RDS: relational databases that AWS runs."""

from archkit.kinds.rds.instance import Instance

__all__ = ["Instance"]
