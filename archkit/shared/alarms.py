"""Metric to alarm: what CloudWatch is told, whoever asks for it, and how a condition is read from a text.

Kinds, edges and defaults all make alarms; the words for them are here once. See
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from archkit.kind import Kind, Metric
from archkit.values import Sub

__all__ = ["CLOUDWATCH", "INVOKER", "Condition", "alarms_of_stack", "condition", "dimensions", "metric_of",
           "named", "statistic"]  # fmt: skip

CLOUDWATCH = "cloudwatch.amazonaws.com"
INVOKER = "lambda.alarms.cloudwatch.amazonaws.com"
"""As whom alarms publish to topics, and as whom they invoke functions
(https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html)."""

OPERATORS = {">": "GreaterThanThreshold", ">=": "GreaterThanOrEqualToThreshold", "<": "LessThanThreshold",
             "<=": "LessThanOrEqualToThreshold"}  # fmt: skip
_CONDITION = re.compile(r"\s*(?P<metric>[A-Za-z][\w -]*?)\s*((?P<operator>>=|<=|>|<)\s*(?P<limit>-?\d+(\.\d+)?))?\s*")


@dataclass(frozen=True)
class Condition:
    """`errors > 5`: a metric's name, CloudWatch's operator, and the threshold."""

    metric: str
    operator: str
    limit: float


def condition(text: str) -> Condition | None:
    """Read a condition; a bare metric (`not empty`) means more than 0. None where the text is no condition.

    >>> condition("errors >= 5")
    Condition(metric='errors', operator='GreaterThanOrEqualToThreshold', limit=5)
    >>> condition("not empty")
    Condition(metric='not-empty', operator='GreaterThanThreshold', limit=0)
    """
    found = _CONDITION.fullmatch(text)
    if found is None:
        return None
    limit = found["limit"] or "0"
    number = float(limit) if "." in limit else int(limit)
    return Condition(re.sub(r"[ _]+", "-", found["metric"]), OPERATORS[found["operator"] or ">"], number)


def metric_of(kind: Kind, name: str) -> Metric | None:
    """Return a kind's metric; spaces and underscores in the name stand for hyphens."""
    return kind.metrics.get(name) or kind.metrics.get(re.sub(r"[ _]+", "-", name))


def statistic(name: str) -> dict[str, str]:
    """Return the property that holds a statistic: plain ones and percentiles have one each."""
    plain = ("Average", "Maximum", "Minimum", "SampleCount", "Sum")
    return {"Statistic": name} if name in plain else {"ExtendedStatistic": name}


def dimensions(metric: Metric, fill: Callable[[str], Any]) -> list[dict[str, Any]]:
    """Return a metric's dimensions, filled with the attributes of the node that it belongs to."""
    return [{"Name": name, "Value": fill(value)} for name, value in metric.dimensions.items()]


def named(metric: Metric, fill: Callable[[str], Any]) -> dict[str, Any]:
    """Return what tells a metric from all others: its namespace, which may be the stack's own, name and dimensions."""
    where = dimensions(metric, fill)
    return {"Namespace": fill(metric.namespace), "MetricName": metric.name, **({"Dimensions": where} if where else {})}


def alarms_of_stack() -> Sub:
    """Return the ARN pattern of the stack's own alarms: CloudFormation begins their names with the stack's.

    A door that is opened for this pattern serves all alarms of the stack by one statement, and refers to none of them.
    """
    return Sub("arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:${AWS::StackName}-*")
