"""Alarms on one metric."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Literal

from archkit.architecture import Architecture, Ends, Node
from archkit.diagnostics import did_you_mean, listing
from archkit.kind import Join, Kind, Metric, Record, Refusal, prop
from archkit.kinds.cloudwatch.acting import Act, Acting, watches
from archkit.scope import Link, Scope
from archkit.shared.alarms import metric_of, named
from archkit.shared.alarms import statistic as in_statistic
from archkit.values import Sub

__all__ = ["Alarm", "Billing"]

STATISTIC = r"Average|Maximum|Minimum|SampleCount|Sum|IQM|(p|tm|ts|tc|wm)\d{1,2}(\.\d+)?"
MISSING = {"breaching": "breaching", "not_breaching": "notBreaching", "ignore": "ignore", "missing": "missing"}
THRESHOLDS = {"above": "GreaterThanThreshold", "at_least": "GreaterThanOrEqualToThreshold",
              "below": "LessThanThreshold", "at_most": "LessThanOrEqualToThreshold"}  # fmt: skip
HOUR, DAY, WEEK = 3_600, 86_400, 604_800
BANDS = {
    "high": "GreaterThanUpperThreshold",
    "low": "LessThanLowerThreshold",
    "either": "LessThanLowerOrGreaterThanUpperThreshold",
}


class RawMetric(Record):
    """A metric by its CloudWatch name, such as one of your own."""

    namespace: str = prop(doc="Namespace, such as Shop/Orders.", pattern="[^:].*")
    name: str = prop(doc="Name of the metric.")
    dimensions: dict[str, str] = prop({}, "Dimensions, by name.")


class Watch(Join):
    """The alarm watches a metric of the other end."""

    word: ClassVar[str] = "watch"
    usual: ClassVar[bool] = True
    arrow: ClassVar[Any] = "in"
    style: ClassVar[Any] = "guard"
    identity: ClassVar[tuple[str, ...]] = ("metric",)

    metric: str | None = prop(None, "Name of the metric (default: the alarm's).", shape=True)

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return bool(other.metrics)

    @classmethod
    def short_form(cls, text: str) -> Mapping[str, str] | None:
        return {"metric": text} if re.fullmatch(r"[a-z][\w -]*", text) else None

    def homes(self, owner: Node, other: Node, nodes: Mapping[str, Node]) -> Mapping[str, str]:
        name = self.metric or getattr(owner.kind, "metric", None)
        metric = metric_of(other.kind, name) if isinstance(name, str) else None
        return {owner.id: metric.home} if metric is not None and metric.home else {}

    def refuse(self, ends: Ends) -> Refusal | None:
        name, known = self.metric or getattr(ends.owner.kind, "metric", None), ends.other.kind.metrics
        words = f"metrics: {listing(known, 'and')}"
        if not isinstance(name, str):
            return Refusal(f"say which metric of '{ends.other.id}' the alarm watches", words, "missing-metric")
        if metric_of(ends.other.kind, name) is None:
            help = did_you_mean(name, known) or words
            return Refusal(f"{ends.other.kind.name} has no metric '{name}'", help, "unknown-metric", "metric")
        moved = self.homes(ends.owner, ends.other, ends.architecture.nodes)
        if not moved and ends.owner.place != ends.other.place and ends.other.existing is None:
            far = f"an alarm sees its own Region and account only, and '{ends.other.id}' stands in another"
            return Refusal(far, "put the alarm beside what it watches", "other-region")
        return None

    def text(self) -> str | None:
        return self.metric

    def apply(self, link: Link) -> None:
        metric = metric_of(link.other.node.kind, self.metric or link.owner.kind.metric)
        assert metric is not None
        alarm: Alarm = link.owner.kind
        link.owner.main.properties |= alarm.measured(metric, link.other.fill)


class Alarm(Acting, name="cloudwatch.alarm", types="AWS::CloudWatch::Alarm"):
    """Alarm on a metric: watches one number and acts when it crosses a threshold or leaves its usual band."""

    metric: str | RawMetric | None = prop(
        None, "Metric of what an edge has it watch, or one by namespace and name.", shape=True
    )
    above: float | None = prop(None, "Alarm above this value.")
    at_least: float | None = prop(None, "Alarm at this value and above.")
    below: float | None = prop(None, "Alarm below this value.")
    at_most: float | None = prop(None, "Alarm at this value and below.")
    anomaly: Literal["high", "low", "either"] | None = prop(
        None, "Alarm when the metric leaves its usual band on this side."
    )
    band: float = prop(2, "Width of the usual band, in standard deviations.", ge=0)
    statistic: str | None = prop(None, "Statistic, such as Sum or p99 (default: the metric's).", pattern=STATISTIC)
    period: int | None = prop(
        None, "Seconds of a period: 10, 20, 30 or whole minutes (default: the metric's).", ge=10, le=86_400
    )
    periods: int = prop(1, "Periods that are looked at.", ge=1, le=8_640)
    datapoints: int | None = prop(None, "Periods of those that must be beyond the threshold (default: all).", ge=1)
    missing: Literal["breaching", "not_breaching", "ignore", "missing"] = prop(
        "not_breaching", "What a period without data counts as."
    )
    ec2: Literal["stop", "terminate", "reboot", "recover"] | None = prop(
        None, "What is done to the EC2 instance that is watched."
    )

    joins = (Watch, Act)
    example = "{metric: {namespace: Shop/Orders, name: Refused, dimensions: {Stage: prod}}, above: 10}"

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        return [found for rule in (self._source, self._limits, self._times) if (found := rule(node, world))]

    def _source(self, node: Node, world: Architecture) -> Refusal | None:
        watched = [edge.source for edge, _ in watches(world, node.id)]
        if not watched and not isinstance(self.metric, RawMetric):
            return Refusal(f"the alarm '{node.id}' watches nothing", f"write an edge 'x -> {node.id}', or "
                           "metric: {namespace: ..., name: ...}", "nothing-to-watch", "metric")  # fmt: skip
        if len(watched) > 1:
            many = f"the alarm '{node.id}' watches one metric, not those of {listing(watched, 'and')}"
            return Refusal(many, "make an alarm for each, and join them in a composite alarm", "watches-one")
        return None

    def _limits(self, node: Node, world: Architecture) -> Refusal | None:
        given = [name for name in (*THRESHOLDS, "anomaly") if getattr(self, name) is not None]
        if len(given) == 1:
            return None
        if not given:
            return Refusal(f"the alarm '{node.id}' has no threshold", "above: 10, or anomaly: high", "missing-property")
        return Refusal(f"an alarm has one threshold, not {listing(given, 'and')}", None, "bad-value", given[1])

    def _times(self, node: Node, world: Architecture) -> Refusal | None:
        if isinstance(self.period, int) and self.period not in (10, 20, 30) and self.period % 60:
            return Refusal(f"a period is 10, 20 or 30 seconds or whole minutes, not {self.period} seconds",
                           f"period: {60 * max(1, round(self.period / 60))}", "bad-value", "period")  # fmt: skip
        if isinstance(self.datapoints, int) and isinstance(self.periods, int) and self.datapoints > self.periods:
            return Refusal(f"{self.datapoints} of {self.periods} periods cannot be beyond the threshold",
                           f"periods: {self.datapoints}", "bad-value", "datapoints")  # fmt: skip
        return self._reach(world, node)

    def _reach(self, world: Architecture, node: Node) -> Refusal | None:
        """https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html."""
        watched = next(
            (world[edge.source].kind for edge, _ in watches(world, node.id) if edge.source in world.nodes), None
        )
        metric = metric_of(watched, self.metric) if watched is not None and isinstance(self.metric, str) else None
        period: Any = self.period or (metric.period if metric else 300)
        count: Any = self.periods
        if not isinstance(period, int) or not isinstance(count, int):
            return None
        most = (WEEK if period >= HOUR else DAY) // period
        if count <= most:
            return None
        told = f"an alarm looks back a day, or a week by the hour: {count} periods of {period} seconds are longer"
        return Refusal(told, f"periods: {most}", "out-of-bounds", "periods")

    def build(self, scope: Scope) -> None:
        from troposphere import cloudwatch

        threshold = next((name for name in THRESHOLDS if getattr(self, name) is not None), None)
        operator = THRESHOLDS[threshold] if threshold else BANDS[self.anomaly or "high"]
        about = f"{threshold.replace('_', ' ')} {getattr(self, threshold)}" if threshold else "out of its usual band"
        alarm = scope.make(
            cloudwatch.Alarm, **self.acting(scope, f"{scope.node.title}: {about}"), ComparisonOperator=operator,
            Threshold=getattr(self, threshold) if threshold else None, ThresholdMetricId=None if threshold else "band",
            EvaluationPeriods=self.periods, DatapointsToAlarm=self.datapoints, TreatMissingData=MISSING[self.missing],
        )  # fmt: skip
        if self.ec2:
            alarm.append("AlarmActions", Sub("arn:${AWS::Partition}:automate:${AWS::Region}:ec2:" + self.ec2))
        if isinstance(self.metric, RawMetric):
            raw = Metric(self.metric.namespace, self.metric.name, self.metric.dimensions)
            alarm.properties |= self.measured(raw, lambda value: value)

    def measured(self, metric: Metric, fill: Callable[[str], Any]) -> dict[str, Any]:
        """Return the properties that say what is measured: the metric itself, or the band around it."""
        stat, period = self.statistic or metric.statistic, self.period or metric.period
        about = named(metric, fill)
        if self.anomaly is None:
            return {**about, **in_statistic(stat), "Period": period}
        asked = {"Metric": about, "Period": period, "Stat": stat}
        band = {"Id": "band", "Expression": f"ANOMALY_DETECTION_BAND(watched, {self.band:g})", "Label": "usual"}
        return {"Metrics": [{"Id": "watched", "MetricStat": asked, "ReturnData": True}, band]}


class ActGlobally(Act):
    """Billing is measured in us-east-1, and an alarm acts where it is."""

    home: ClassVar[str | None] = "us-east-1"


class Billing(Acting, name="cloudwatch.billing", types="AWS::CloudWatch::Alarm"):
    """Billing alarm: acts when the month's estimated charges pass an amount."""

    above: float = prop(doc="Amount, in the currency.", ge=0)
    currency: str = prop("USD", "Currency of the account's bills.", pattern="[A-Z]{3}")
    of: str | None = prop(None, "One service's charges, such as AmazonEC2 (default: all).")

    home = "us-east-1"
    joins = (ActGlobally,)
    example = "{above: 100}"

    def build(self, scope: Scope) -> None:
        from troposphere import cloudwatch

        where = {"Currency": self.currency, "ServiceName": self.of}
        scope.make(
            cloudwatch.Alarm, **self.acting(scope, f"{scope.node.title}: charges above {self.above} {self.currency}"),
            Namespace="AWS/Billing", MetricName="EstimatedCharges", Statistic="Maximum", Period=21_600,
            EvaluationPeriods=1,
            Dimensions=[{"Name": name, "Value": value} for name, value in where.items() if value],
            ComparisonOperator="GreaterThanThreshold", Threshold=self.above, TreatMissingData="notBreaching",
        )  # fmt: skip
