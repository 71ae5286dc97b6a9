"""Dashboards: widgets made from the nodes that they point at."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from archkit.architecture import Architecture, Ends, Node
from archkit.diagnostics import did_you_mean, listing
from archkit.kind import Grant, Join, Json, Kind, Metric, Refusal, prop
from archkit.kinds.cloudwatch.acting import Acting
from archkit.kinds.cloudwatch.alarm import THRESHOLDS, Alarm
from archkit.scope import Link, Scope
from archkit.shared.alarms import metric_of, named
from archkit.values import Sub, json_text, region

__all__ = ["Dashboard"]

WIDTH, HEIGHT = 24, 6
"""Columns of a dashboard, and rows of a graph
(https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html)."""
VIEWS = {"lines": "timeSeries", "stacked": "timeSeries", "number": "singleValue", "bar": "bar", "pie": "pie"}
RECENT = "fields @timestamp, @message | sort @timestamp desc | limit 20"


class Show(Join):
    """Shows the other end: a graph for each of its metrics, the state of an alarm, or what a query finds in a log."""

    word: ClassVar[str] = "show"
    usual: ClassVar[bool] = True
    style: ClassVar[Any] = "guard"

    metrics: list[str] = prop([], "Metrics that are shown (default: all that the node has).", shape=True)
    view: Literal["lines", "stacked", "number", "bar", "pie"] = prop("lines", "How the metrics are drawn.")
    together: bool = prop(False, "All metrics in one graph.")
    statistic: str | None = prop(None, "Statistic, such as Sum or p99 (default: each metric's).")
    period: int | None = prop(None, "Seconds of a period (default: each metric's).", ge=1, le=86_400)
    width: int = prop(6, "Columns that a widget takes, of 24.", ge=1, le=WIDTH, shape=True)
    query: str | None = prop(None, "Logs Insights query; of log groups, whose lines are shown then.")

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return bool(other.metrics) or issubclass(other, Acting)

    def refuse(self, ends: Ends) -> Refusal | None:
        known, logs = ends.other.kind.metrics, holds_lines(ends.other.kind)
        unknown = next((name for name in self.metrics if metric_of(ends.other.kind, name) is None), None)
        if unknown is not None:
            return Refusal(f"{ends.other.kind.name} has no metric '{unknown}'",
                           did_you_mean(unknown, known) or f"metrics: {listing(known, 'and') or 'none'}",
                           "unknown-metric", "metrics")  # fmt: skip
        if self.query is not None and not logs:
            return Refusal(f"'{ends.other.id}' is no log group, and only those can be queried", None, "bad-value",
                           "query")  # fmt: skip
        if ends.owner.place[1] and not ends.other.place[1]:
            return Refusal(f"'{ends.other.id}' stands in a Region that the blueprint does not say",
                           "region: eu-west-1, at the top", "other-region")  # fmt: skip
        return None

    def apply(self, link: Link) -> None:
        widgets = link.owner.main.properties["DashboardBody"]["widgets"]
        if isinstance(link.other.node.kind, Acting):
            _alarms(widgets)["properties"]["alarms"].append(link.other.attribute("arn"))
        elif holds_lines(link.other.node.kind) and not self.metrics:
            asked = {"query": _query(self.query or RECENT, link.other), "view": "table"}
            widgets.append(self._widget(link, "log", asked, "", WIDTH))
        else:
            widgets += self._graphs(link)

    def _graphs(self, link: Link) -> Iterator[dict[str, Any]]:
        """Yield the node's graphs; the first says that a row begins."""
        kind = link.other.node.kind
        found: dict[str, Metric] = {}
        for name in self.metrics or kind.metrics:
            metric = metric_of(kind, name)
            if metric is not None and metric not in found.values():  # two names of one metric are one graph
                found[name] = metric
        groups = [list(found)] if self.together else [[name] for name in found]
        for number, names in enumerate(groups):
            first = found[names[0]]
            title = " ".join(names[0].split("-")) if len(names) == 1 else ""
            drawn = {
                "metrics": [self._metric(found[name], link) for name in names],
                "view": VIEWS[self.view], "stacked": self.view == "stacked", "period": self.period or first.period,
                **({"annotations": {"horizontal": lines}} if (lines := list(_limits(link, names))) else {}),
            }  # fmt: skip
            yield self._widget(link, "metric", drawn, title, self.width, first.home) | {"begins": number == 0}

    def _metric(self, metric: Metric, link: Link) -> list[Any]:
        """Return a metric as a graph takes it: namespace, name, dimensions by turns, options."""
        about = named(metric, link.other.fill)
        where = [text for item in about.get("Dimensions", ()) for text in (item["Name"], item["Value"])]
        options = {"stat": self.statistic or metric.statistic}
        if link.other.node.place[0] != link.owner.node.place[0]:
            options["accountId"] = link.other.node.place[0]
        return [about["Namespace"], about["MetricName"], *where, options]

    def _widget(self, link: Link, type: str, what: dict[str, Any], title: str, width: int,
                home: str | None = None) -> dict[str, Any]:  # fmt: skip
        node = link.other.node
        said = {"title": f"{node.title}: {title}" if title else node.title, "region": home or node.place[1] or region}
        return {"type": type, "width": width, "height": HEIGHT, "properties": {**said, **what}, "begins": True}


def holds_lines(kind: type[Kind] | Kind) -> bool:
    """Whether a kind is a log group: what Logs Insights can query."""
    return kind.types[:1] == ("AWS::Logs::LogGroup",)


def _alarms(widgets: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the widget with the states of all alarms, which stands first."""
    found = next((one for one in widgets if one["type"] == "alarm"), None)
    if found is None:
        said = {"title": "Alarms", "alarms": list[Any]()}
        found = {"type": "alarm", "width": WIDTH, "height": 3, "properties": said, "begins": True}
        widgets.insert(sum(one["type"] == "text" for one in widgets[:1]), found)
    return found


def _limits(link: Link, names: list[str]) -> Iterator[dict[str, Any]]:
    """Yield a line for each threshold that an alarm of the blueprint watches these metrics by."""
    for edge, effect in link.architecture.effects("watch"):
        alarm = link.architecture[effect.owner]
        name = getattr(effect.join, "metric", None) or getattr(alarm.kind, "metric", None)
        if edge.source == link.other.node.id and isinstance(alarm.kind, Alarm) and name in names:
            limits = (getattr(alarm.kind, word) for word in THRESHOLDS)
            limit = next((limit for limit in limits if isinstance(limit, int | float)), None)
            if limit is not None:
                yield {"label": alarm.title, "value": limit}


def _query(text: Any, group: Scope) -> Sub:
    """Return a query on a log group, as the text of a JSON document takes it."""
    if not isinstance(text, str):
        return Sub("SOURCE '${Group}' | ${Query}", {"Group": group.attribute("name"), "Query": text})
    escaped = json.dumps(text, ensure_ascii=False)[1:-1].replace("${", "${!")
    return Sub(f"SOURCE '${{Group}}' | {escaped}", {"Group": group.attribute("name")})


class Dashboard(Kind, name="cloudwatch.dashboard", icon="aws/management/cloudwatch",
                service="Amazon CloudWatch dashboards", types="AWS::CloudWatch::Dashboard"):  # fmt: skip
    """Dashboard: graphs of the nodes that it points at, of any Region, with the states of alarms and lines of logs.

    `overview -> api, work, orders` draws every metric of the three, and the threshold of each alarm that watches one.
    """

    text: str | None = prop(None, "Markdown on top.")
    start: str = prop("-PT3H", "Time that is shown: how long until now, or a moment.", pattern="-P.+|[0-9]{4}-.+")
    widgets: Json | None = prop(None, "List of further widgets, as AWS documents them.")

    guard = True
    attributes = {"name": "${}", "arn": "arn:${AWS::Partition}:cloudwatch::${AWS::AccountId}:dashboard/${}"}
    grants = {"read": Grant("cloudwatch:GetDashboard"), "write": Grant("cloudwatch:PutDashboard")}
    joins = (Show,)
    example = '{text: "# Orders"}'

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        shown = [edge for edge, effect in world.effects("show") if effect.owner == node.id]
        if not shown and not self.text and not self.widgets:
            return [Refusal(f"the dashboard '{node.id}' shows nothing", f"- {node.id} -> worker", "nothing-to-show")]
        if self.widgets is not None and not _are_widgets(self.widgets):
            help = 'widgets: [{type: text, width: 6, height: 3, properties: {markdown: "..."}}]'
            return [Refusal("further widgets are a list of mappings, each with a type", help, "bad-value", "widgets")]
        return []

    def build(self, scope: Scope) -> None:
        top = [{"type": "text", "width": WIDTH, "height": 2, "properties": {"markdown": self.text}}]
        scope.make("AWS::CloudWatch::Dashboard", DashboardBody={"start": self.start, "widgets": top * bool(self.text)})

    def finish(self, scope: Scope) -> None:
        """Give each widget its place, now that all are known."""
        body, more = scope.main.properties["DashboardBody"], _plain(self.widgets)
        widgets = _placed(body["widgets"]) + more
        scope.main.set("DashboardBody", json_text({**body, "widgets": widgets}))


def _plain(value: Any) -> list[Any]:
    return list(value or ())


def _are_widgets(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) and "type" in one for one in value)


def _placed(widgets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Place widgets in rows: a new one where a row is full, and for each node."""
    x = y = tall = 0
    placed = []
    for widget in widgets:
        if widget.pop("begins", True) or x + widget["width"] > WIDTH:
            x, y, tall = 0, y + tall, 0
        placed.append({"type": widget.pop("type"), "x": x, "y": y, **widget})
        x, tall = x + widget["width"], max(tall, widget["height"])
    return placed
