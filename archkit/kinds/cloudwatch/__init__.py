"""Amazon CloudWatch alarms."""

from archkit.kinds.cloudwatch.alarm import Alarm, Billing
from archkit.kinds.cloudwatch.composite import Composite

__all__ = ["Alarm", "Billing", "Composite"]
