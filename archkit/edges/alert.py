"""An alarm for an edge: `queue -> topic: {when: not empty}` tells the topic when a metric of the source says so."""

from __future__ import annotations

from typing import Any, ClassVar

from archkit.architecture import Ends
from archkit.diagnostics import did_you_mean, listing
from archkit.kind import Join, Kind, Refusal, prop
from archkit.scope import Link
from archkit.shared.alarms import CLOUDWATCH, alarms_of_stack, condition, metric_of, named, statistic

__all__ = ["Alert"]


class Alert(Join):
    """Tells a topic when a metric crosses a threshold."""

    word: ClassVar[str] = "alert"
    style: ClassVar[Any] = "guard"
    identity: ClassVar[tuple[str, ...]] = ("when",)
    marker: ClassVar[str | None] = "when"

    when: str = prop(doc="The condition: a metric, such as 'not empty' or 'errors > 5'.", shape=True)
    periods: int = prop(1, "Periods in a row for which it must hold.", ge=1, le=288)
    period: int | None = prop(None, "Seconds of a period (default: the metric's).", ge=10, le=86_400)
    recovered: bool = prop(False, "Tell the end of it too.")

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return bool(owner.metrics) and other.admits is not None and other.admits.protocol == "sns"

    def refuse(self, ends: Ends) -> Refusal | None:
        said = condition(self.when)
        if said is None:
            return Refusal(f"'{self.when}' is not a condition", "write a metric, or a metric with > or < and a number",
                           "bad-value", "when")  # fmt: skip
        known = ends.owner.kind.metrics
        if metric_of(ends.owner.kind, said.metric) is None:
            return Refusal(f"{ends.owner.kind.name} has no metric '{said.metric}'",
                           did_you_mean(said.metric, known) or f"metrics: {listing(known, 'and')}",
                           "unknown-metric", "when")  # fmt: skip
        if getattr(ends.other.kind, "fifo", False):
            return Refusal("an alarm cannot publish to a FIFO topic", "use a standard topic")
        return same_region(ends)

    def text(self) -> str | None:
        return f"when {self.when}"

    def apply(self, link: Link) -> None:
        from troposphere import cloudwatch

        said = condition(self.when)
        assert said is not None
        metric = metric_of(link.owner.node.kind, said.metric)
        assert metric is not None
        link.other.admit(CLOUDWATCH, alarms_of_stack(), link.because, account=True)
        actions = [link.other.attribute("arn")]
        link.make(
            cloudwatch.Alarm, "Alarm", AlarmDescription=f"{link.owner.node.title}: {self.when}", AlarmActions=actions,
            OKActions=actions if self.recovered else None, **named(metric, link.owner.fill),
            **statistic(metric.statistic), Threshold=said.limit,
            Period=self.period or metric.period, EvaluationPeriods=self.periods, ComparisonOperator=said.operator,
            TreatMissingData="notBreaching",
        )  # fmt: skip


def same_region(ends: Ends) -> Refusal | None:
    """An alarm acts in its own Region and account only."""
    if ends.owner.place == ends.other.place or ends.other.existing is not None:
        return None
    return Refusal(f"an alarm cannot tell '{ends.other.id}', which stands in another Region or account",
                   "put a topic beside it, and have that deliver onwards", "other-region")  # fmt: skip
