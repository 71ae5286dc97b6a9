"""Amazon CloudWatch alarms and dashboards."""

from archkit.kinds.cloudwatch.alarm import Alarm, Billing
from archkit.kinds.cloudwatch.composite import Composite
from archkit.kinds.cloudwatch.dashboard import Dashboard

__all__ = ["Alarm", "Billing", "Composite", "Dashboard"]
