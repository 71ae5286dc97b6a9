"""X-Ray: groups, sampling rules, and tracing switched on for all by one word."""

from __future__ import annotations

from pathlib import Path

import pytest

import archkit
from archkit import catalog
from archkit.schema import fields_of
from tests.kinds.rows import FN, findings, lint_clean, resources, rows_of
from tests.options import Option, holds

SERVICE = "AWS X-Ray"
RULE = "Resources.Few.Properties.SamplingRule."
sampling = rows_of(SERVICE, "few: {kind: xray.sampling_rule")
group = rows_of(SERVICE, "slow: {kind: xray.group")
ON = 'defaults: {"*": {tracing: true}}\n'
FLOW = "  flow: {kind: stepfunctions.state_machine, states: {W: {type: wait, seconds: 1}}}\n"
RULES, WHOLE = "sampling rule", "tracing switched on for whole blueprint"


def whole(nodes: str, path: str, expected: object) -> Option:
    """A row of the one word."""
    return Option(SERVICE, WHOLE, f"{ON}nodes:\n{nodes}", path, expected)


OPTIONS = [
    sampling(RULES, ", rate: 0.1, reservoir: 3, priority: 10", RULE + "FixedRate", 0.1),
    sampling(RULES, ", reservoir: 3", RULE + "ReservoirSize", 3),
    sampling(RULES, ", priority: 10", RULE + "Priority", 10),
    sampling(RULES, ", path: /orders/*, method: POST", RULE + "URLPath", "/orders/*"),
    sampling(RULES, ", method: POST", RULE + "HTTPMethod", "POST"),
    sampling(RULES, ", host: api.example.com", RULE + "Host", "api.example.com"),
    sampling(RULES, ", of: shop, type: AWS::Lambda::Function", RULE + "ServiceType", "AWS::Lambda::Function"),
    sampling(RULES, ", of: shop", RULE + "ServiceName", "shop"),
    sampling(RULES, ', resource: "arn:aws:lambda:*"', RULE + "ResourceARN", "arn:aws:lambda:*"),
    sampling(RULES, ", match: {tenant: big}", RULE + "Attributes", {"tenant": "big"}),
    group(RULES, ", filter: fault = true", "Resources.Slow.Properties.FilterExpression", "fault = true"),
    group(RULES, ", filter: fault = true, notifications: true", "Resources.Slow.Properties.InsightsConfiguration",
          {"InsightsEnabled": True, "NotificationsEnabled": True}),
    whole(FN, "Resources.Work.Properties.TracingConfig.Mode", "Active"),
    whole(FLOW, "Resources.Flow.Properties.TracingConfiguration.Enabled", True),
    whole("  ops: sns.topic\n", "Resources.Ops.Properties.TracingConfig", "Active"),
    whole(f"  api: apigateway.rest\n{FN}edges:\n  - api -> work: GET /x\n", "Resources.ApiStage.Properties."
          "TracingEnabled", True),
]  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS, ids=lambda row: f"{row.option[:10]}:{row.path.rsplit('.', 1)[-1]}")
def test_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    assert holds(option, tmp_path)


def test_all_options_are_lint_clean(tmp_path: Path) -> None:
    lint_clean([row for row in OPTIONS if row.option == RULES], tmp_path)


def test_every_kind_calls_it_tracing() -> None:
    """Whatever a kind does with X-Ray, its property is the one word."""
    others = {"xray", "x_ray", "trace", "traced", "active_tracing"}
    assert not [kind.name for kind in catalog.all_kinds() if others & set(fields_of(kind))]


def test_a_role_may_send_traces(tmp_path: Path) -> None:
    found = resources(f"{ON}nodes:\n{FN}", tmp_path)
    statements = found["WorkRolePolicy"]["Properties"]["PolicyDocument"]["Statement"]
    sent = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
    assert any(one["Action"] == sent and one["Sid"] == "XRayTakesNoResource" for one in statements)


def test_a_topic_needs_a_policy_of_the_account(tmp_path: Path) -> None:
    """X-Ray has five of them, so that a stack does not bring one; the author is told."""
    compiled = archkit.load(tmp_path / "blueprint.yaml", text=f"name: test\n{ON}nodes:\n  ops: sns.topic\n")
    assert [note.code for note in compiled.synth().report if note.severity == "note"] == ["xray-policy"]


def test_a_group_selects_what_its_edges_name(tmp_path: Path) -> None:
    """By the names that X-Ray knows them by: a REST API's holds its stage."""
    nodes = f"  slow: xray.group\n  api: apigateway.rest\n{FN}{FLOW}"
    found = resources(
        f"{ON}nodes:\n{nodes}edges:\n  - api -> work: GET /x\n  - slow -> api, work, flow\n", tmp_path
    )["Slow"]  # fmt: skip
    text = found["Properties"]["FilterExpression"]["Fn::Sub"][0]
    assert text == 'service("test-api-${Stack}/${ApiStage}") OR service("${Work}") OR service("test-flow-${Stack}")'


def test_a_rule_is_for_what_its_edge_names(tmp_path: Path) -> None:
    found = resources(f"{ON}nodes:\n  few: xray.sampling_rule\n{FN}edges: [few -> work]\n", tmp_path)
    assert found["Few"]["Properties"]["SamplingRule"]["ServiceName"] == {"Ref": "Work"}


REFUSED: list[tuple[str, str, str]] = [
    ("slow: xray.group", "nothing-to-trace", "selects nothing"),
    ("slow: {kind: xray.group, filter: x, insights: false, notifications: true}", "bad-value", "only insights"),
    (f"slow: {{kind: xray.group, filter: x}}\n{FN}edges: [slow -> work]", "bad-value", "by a filter or by"),
    (f"few: {{kind: xray.sampling_rule, of: x}}\n{FN}edges: [few -> work]", "traces-one", "is for one service"),
]  # fmt: skip


@pytest.mark.parametrize(("nodes", "code", "text"), REFUSED)
def test_what_is_refused(nodes: str, code: str, text: str, tmp_path: Path) -> None:
    found = findings(f"{ON}nodes:\n  {nodes}\n", tmp_path)
    assert any(one == code and text in message for one, message in found), found


def test_what_is_not_traced_is_refused(tmp_path: Path) -> None:
    found = findings(f"nodes:\n  slow: xray.group\n{FN}edges: [slow -> work]\n", tmp_path)
    assert found == [("not-traced", "'work' is not traced")]
