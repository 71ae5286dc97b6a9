"""Dashboards: widgets made from the nodes that they point at."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.kinds.rows import FN, findings, lint_clean, rows_of
from tests.options import Option, holds, synthesized

SERVICE = "Amazon CloudWatch dashboards"
BODY = "Resources.View.Properties.DashboardBody"
dashboard = rows_of(SERVICE, "view: {kind: cloudwatch.dashboard")
WIDGETS, CROSS = "widgets made from the nodes it points at", "cross-region"
OPTIONS = [
    dashboard(WIDGETS, "", BODY + ".Fn::Sub", more=f"{FN}edges: [view -> work]\n"),
    dashboard(WIDGETS, ', text: "# Orders", start: -P1D', BODY),
    dashboard(WIDGETS, ", widgets: [{type: text, width: 4, height: 2, properties: {markdown: hello}}]", BODY),
    dashboard(CROSS, "", BODY, more="  far: {kind: region, code: us-west-2, nodes: {jobs: sqs.queue}}\n"
                                    "edges: [view -> jobs]\nregion: eu-west-1\n"),
]  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS, ids=lambda row: row.option)
def test_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    assert holds(option, tmp_path)


def test_all_options_are_lint_clean(tmp_path: Path) -> None:
    lint_clean(OPTIONS[:3], tmp_path)


def body(nodes: str, edges: str, folder: Path, head: str = "", shown: str = "") -> dict[str, Any]:
    """Return the dashboard's body; what CloudFormation fills in is left as `${Name}`."""
    text = f"{head}nodes:\n  view: {{kind: cloudwatch.dashboard{shown}}}\n{nodes}edges:\n{edges}"
    found = synthesized(text, folder)["test"]["Resources"]["View"]["Properties"]["DashboardBody"]
    made: dict[str, Any] = json.loads(found["Fn::Sub"] if isinstance(found, dict) else found)
    return made


def test_a_graph_for_each_metric_in_rows(tmp_path: Path) -> None:
    shown = body(f"{FN}  jobs: sqs.queue\n", "  - view -> work: {metrics: [errors, duration]}\n  - view -> jobs\n",
                 tmp_path, shown=', text: "# Shop"')  # fmt: skip
    text, errors, duration, *queue = shown["widgets"]
    assert (text["type"], text["properties"]) == ("text", {"markdown": "# Shop"})
    assert errors["properties"] == {
        "title": "work: errors", "region": "${AWS::Region}", "period": 300, "view": "timeSeries", "stacked": False,
        "metrics": [["AWS/Lambda", "Errors", "FunctionName", "${Work}", {"stat": "Sum"}]],
    }  # fmt: skip
    assert [(one["x"], one["y"]) for one in (errors, duration)] == [(0, 2), (6, 2)]
    assert (queue[0]["x"], queue[0]["y"]) == (0, 8)
    names = [one["properties"]["metrics"][0][1] for one in queue]
    assert len(names) == len(set(names)), "two words for one metric are one graph"


@pytest.mark.parametrize(("said", "name", "value"), [
    ("view: stacked", "stacked", True),
    ("view: number", "view", "singleValue"),
    ("period: 60", "period", 60),
])  # fmt: skip
def test_how_metrics_are_drawn(said: str, name: str, value: Any, tmp_path: Path) -> None:
    shown = body(FN, f"  - view -> work: {{metrics: [errors], {said}}}\n", tmp_path)
    assert shown["widgets"][0]["properties"][name] == value


def test_metrics_together(tmp_path: Path) -> None:
    said = "{metrics: [errors, throttles], together: true, width: 24, statistic: Maximum}"
    (one,) = body(FN, f"  - view -> work: {said}\n", tmp_path)["widgets"]
    assert [metric[1] for metric in one["properties"]["metrics"]] == ["Errors", "Throttles"]
    assert one["width"] == 24 and one["properties"]["metrics"][0][-1] == {"stat": "Maximum"}


def test_alarms_show_their_state_and_their_threshold(tmp_path: Path) -> None:
    nodes = FN.replace("handler.py", "handler.py, alarms: {errors: 3}") + (
        "  both: {kind: cloudwatch.composite, others: [a]}\n"
    )
    edges = "  - view -> work: {metrics: [errors]}\n  - view -> work.errors-alarm\n  - view -> both\n"
    alarms, errors = body(nodes, edges, tmp_path)["widgets"]
    assert alarms["type"] == "alarm"
    assert alarms["properties"]["alarms"] == ["${WorkErrorsAlarm.Arn}", "${Both.Arn}"]
    assert errors["properties"]["annotations"] == {"horizontal": [{"label": "work errors alarm", "value": 3}]}


def test_log_groups_show_lines(tmp_path: Path) -> None:
    """A query may hold quotes and a literal `${`; both survive JSON and Fn::Sub."""
    nodes = "  lines: logs.group\n"
    (recent,) = body(nodes, "  - view -> lines\n", tmp_path)["widgets"]
    assert recent["type"] == "log" and recent["properties"]["query"].startswith("SOURCE '${Lines}' | fields @timestamp")
    asked = "  - view -> lines: {query: 'filter @message like \"x$${y}\" | stats count()'}\n"
    (found,) = body(nodes, asked, tmp_path)["widgets"]
    assert found["properties"]["query"] == "SOURCE '${Lines}' | filter @message like \"x${!y}\" | stats count()"
    (graph,) = body(nodes, "  - view -> lines: {metrics: [lines]}\n", tmp_path)["widgets"]
    assert graph["properties"]["metrics"][0][:2] == ["AWS/Logs", "IncomingLogEvents"]


def test_a_node_of_another_region(tmp_path: Path) -> None:
    """Its name comes by a parameter, and the graph names its Region."""
    nodes = "  far: {kind: region, code: us-west-2, nodes: {jobs: sqs.queue}}\n"
    shown = body(nodes, "  - view -> jobs: {metrics: [messages]}\n", tmp_path, "region: eu-west-1\n")
    (one,) = shown["widgets"]
    assert one["properties"]["region"] == "us-west-2"
    assert re.fullmatch(r"\$\{Jobs\w+\}", one["properties"]["metrics"][0][3])


def test_a_metric_that_one_region_has(tmp_path: Path) -> None:
    nodes = "  cdn: cloudfront.distribution\n  files: s3.bucket\n"
    shown = body(nodes, "  - cdn -> files\n  - view -> cdn\n", tmp_path, "region: eu-west-1\n")
    assert {one["properties"]["region"] for one in shown["widgets"]} == {"us-east-1"}


REFUSED: list[tuple[str, str, str]] = [
    ("view: cloudwatch.dashboard", "nothing-to-show", "shows nothing"),
    ("view: {kind: cloudwatch.dashboard, widgets: {a: b}}", "bad-value", "a list of mappings"),
    (f"view: cloudwatch.dashboard\n{FN}edges:\n  - view -> work: {{metrics: [eror]}}", "unknown-metric", "'eror'"),
    (f"view: cloudwatch.dashboard\n{FN}edges:\n  - view -> work: {{query: x}}", "bad-value", "no log group"),
    ("far: {kind: region, code: us-west-2, nodes: {view: cloudwatch.dashboard}}\n  jobs: sqs.queue\n"
     "edges:\n  - view -> jobs", "other-region", "does not say"),
]  # fmt: skip


@pytest.mark.parametrize(("nodes", "code", "text"), REFUSED)
def test_what_is_refused(nodes: str, code: str, text: str, tmp_path: Path) -> None:
    found = findings(f"nodes:\n  {nodes}\n", tmp_path)
    assert any(one == code and text in message for one, message in found), found
