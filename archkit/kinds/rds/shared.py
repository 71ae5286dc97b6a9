"""What instances and clusters have in common: engines, windows, logs, who watches."""

from __future__ import annotations

from typing import Any

from archkit import network
from archkit.kind import Metric
from archkit.scope import Scope
from archkit.shared.windows import DAILY, WEEKLY

__all__ = ["DAILY", "ENGINES", "LOGGED", "LOGS", "PORTS", "ROTATED", "WEEKLY", "metrics_of", "subnet_group", "watch"]

ENGINES = {"oracle": "oracle-se2", "sqlserver": "sqlserver-se"}
PORTS = {"postgres": 5432, "mysql": 3306, "mariadb": 3306, "oracle": 1521, "sqlserver": 1433}
LOGS = {"postgres": ["postgresql", "upgrade"], "mysql": ["error", "slowquery"], "mariadb": ["error", "slowquery"],
        "oracle": ["alert", "listener"], "sqlserver": ["error"]}  # fmt: skip
"""https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Procedural.UploadtoCloudWatch.html"""
LOGGED = {"mysql": {"slow_query_log": "1", "log_output": "FILE"},
          "mariadb": {"slow_query_log": "1", "log_output": "FILE"}}  # fmt: skip
"""Parameters without which there is nothing to publish
(https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.MySQLDB.PublishtoCloudWatchLogs.html)."""
ROTATED = {"postgres": "PostgreSQL", "mysql": "MySQL", "mariadb": "MariaDB", "oracle": "Oracle",
           "sqlserver": "SQLServer"}  # fmt: skip
MEASURED = (("cpu", "CPUUtilization", "Average"), ("free-storage", "FreeStorageSpace", "Minimum"),
            ("free-memory", "FreeableMemory", "Minimum"), ("connections", "DatabaseConnections", "Maximum"),
            ("read-latency", "ReadLatency", "Average"), ("write-latency", "WriteLatency", "Average"))  # fmt: skip


def metrics_of(dimension: str, namespace: str = "AWS/RDS", but: tuple[str, ...] = ()) -> dict[str, Metric]:
    """Return the metrics of a database by the dimension that names it."""
    return {name: Metric(namespace, metric, {dimension: "${id}"}, statistic)
            for name, metric, statistic in MEASURED if name not in but}  # fmt: skip


def subnet_group(scope: Scope) -> Any:
    """Return the name of the group of subnets that the database stands in."""
    from troposphere import rds

    return scope.make(rds.DBSubnetGroup, "Subnets", DBSubnetGroupDescription=f"Subnets of {scope.node.title}",
                      SubnetIds=network.subnets(scope)).ref  # fmt: skip


def watch(scope: Scope, seconds: int) -> dict[str, Any]:
    """Return the settings of enhanced monitoring, with the role that RDS writes its lines under.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html
    """
    if not seconds:
        return {}
    from archkit.values import Sub

    role = scope.principal("monitoring.rds.amazonaws.com", "Monitoring").role()
    role.append(
        "ManagedPolicyArns", Sub("arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole")
    )
    return {"MonitoringInterval": seconds, "MonitoringRoleArn": role.att("Arn")}
