"""A state machine as a picture of its own: every state and every way is there, nothing lies upon another."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

import archkit
from archkit.diagram.compose import compose
from archkit.diagram.workflow import NoWorkflow, plan
from archkit.workflow import Flow
from tests.diagram.judge import faults
from tests.shell import run

SVG = "{http://www.w3.org/2000/svg}"
NODES = """
nodes:
  fn: {kind: lambda.function, runtime: python3.13, code: handler.py}
  stock: dynamodb.table
  jobs: sqs.queue
  flow: {kind: stepfunctions.state_machine, label: Fulfil, %s}
"""
LINEAR = "states: {Fetch: {do: fn, retry: 3}, Pause: {seconds: 30}, Shape: {type: pass}, Done: succeed}"
CHOICE = """states: {
  Large: {choices: [{variable: $.total, numeric_greater_than: 1000, next: Ask},
    {and: [{variable: $.new, boolean_equals: true}, {not: {variable: $.mail, is_present: true}}], next: Ask},
    {variable: $.total, numeric_less_than_equals: 0, next: Refused, comment: nothing to pay}], default: Charge},
  Ask: {do: jobs, wait: token, next: Charge, catch: [{error_equals: [States.Timeout], next: Refused}]},
  Charge: {do: fn, retry: [{error_equals: [Busy], max_attempts: 6}, {error_equals: States.TaskFailed}],
    catch: [{error_equals: [Declined, Fraud], next: Refused}, {error_equals: [States.ALL], next: Tell}], next: Reserve},
  Reserve: {do: stock.UpdateItem, end: true, catch: Tell}, Tell: {do: jobs, next: Large},
  Refused: {error: Refused}}"""
PARALLEL = """states: {Both: {branches: [{Left: {do: fn}}, {Right: {do: jobs}}], catch: Lost, retry: 1, next: Good},
  Good: succeed, Lost: {error: Lost}}"""
NESTED = """states: {All: {branches: [{Resize: {do: fn}, Save: {do: stock.PutItem}},
  {Each: {items_path: $.items, max_concurrency: 5, states: {Check: {choices: [{variable: $.ok, boolean_equals: true,
    next: Good}], default: Bad}, Good: {do: fn, end: true}, Bad: {type: pass}}}, After: {seconds: 3}},
  {Inner: {branches: [{One: {do: fn}}, {Two: {mode: distributed, states: {Deep: {do: fn}}}}]}}]}, Last: {do: fn}}"""
TWENTY = """states: {
  s1: {do: fn, retry: 3}, s2: {do: fn, catch: [{error_equals: [Invalid], next: s18}], next: s3},
  s3: {choices: [{variable: $.k, string_equals: car, next: s4}, {variable: $.k, string_equals: house, next: s5},
    {variable: $.k, string_equals: health, next: s7}], default: s18}, s4: {do: fn, next: s8}, s5: {do: fn, next: s6},
  s6: {do: jobs, wait: token, next: s8, catch: s15}, s7: {do: fn, next: s8}, s8: {type: pass, next: s9},
  s9: {do: fn}, s10: {seconds: 60}, s11: {do: fn}, s12: {choices: [{variable: $.s, string_equals: done, next: s13},
    {variable: $.s, string_equals: failed, next: s15}], default: s10}, s13: {do: stock.PutItem, next: s14},
  s14: {do: fn, next: s20}, s15: {do: jobs, next: s16}, s16: {do: jobs, wait: token, next: s17},
  s17: {choices: [{variable: $.pay, boolean_equals: true, next: s13}], default: s18}, s18: {do: fn, next: s19},
  s19: {error: Rejected}, s20: succeed}"""
ASL = """
StartAt: Load
States:
  Kept: {Type: Succeed}
  Load: {Type: Task, Resource: "arn:aws:states:::lambda:invoke", Parameters: {FunctionName: "${fn}"}, Next: Seen}
  Seen: {Type: Task, Resource: "arn:aws:states:::aws-sdk:s3:listBuckets", Next: Kept}
"""
FLOWS = {"linear": LINEAR, "choice": CHOICE, "parallel": PARALLEL, "nested": NESTED, "twenty": TWENTY,
         "file": "definition: flow.asl.yaml"}  # fmt: skip
each = pytest.mark.parametrize("name", list(FLOWS))


def load(name: str, folder: Path) -> archkit.Compilation:
    (folder / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    (folder / "flow.asl.yaml").write_text(ASL)
    return archkit.load(folder / "case.yaml", text=f"name: case\n{NODES % FLOWS[name]}")


def flow_of(compilation: archkit.Compilation) -> Flow:
    world = compilation.sound()
    flow = world["flow"].kind.workflow(world)
    assert flow is not None
    return flow


def drawn(compilation: archkit.Compilation) -> ElementTree.Element:
    return ElementTree.fromstring(compilation.render(view="workflow"))


def having(root: ElementTree.Element, key: str) -> dict[str, ElementTree.Element]:
    return {found: item for item in root.iter(f"{SVG}g") if (found := item.get(key))}


def texts(item: ElementTree.Element) -> list[str]:
    return [" ".join(part.itertext()) for part in item.iter(f"{SVG}text")]


@each
def test_every_state_and_every_way_is_drawn(name: str, tmp_path: Path) -> None:
    compilation = load(name, tmp_path)
    flow, root = flow_of(compilation), drawn(compilation)
    steps = {f"flow.{step.name}": step for step in flow.walk()}
    nodes, groups = having(root, "data-node"), having(root, "data-group")
    assert {id for id, step in steps.items() if not step.inner} == nodes.keys() - {"flow:start", "flow:end"}
    assert {id for id, step in steps.items() if step.inner} == groups.keys()
    assert all(item.get("data-kind") == steps[id].kind for id, item in (nodes | groups).items() if id in steps)
    ways = {(id, f"flow.{way.target}", way.error) for id, step in steps.items() for way in step.ways}
    ways |= {("flow:start", f"flow.{flow.steps[0].name}", False)}
    ways |= {(f"flow.{step.name}", "flow:end", False) for step in flow.steps if step.ends}
    edges = having(root, "data-edge").values()
    assert {(e.get("data-from"), e.get("data-to"), "event" in (e.get("class") or "")) for e in edges} == ways
    assert len(edges) == len(ways)


@each
def test_nothing_lies_upon_another(name: str, tmp_path: Path) -> None:
    scene = compose(plan(load(name, tmp_path).sound()))
    assert list(faults(scene)) == []
    tops = {id: scene.rect(id).top for id in scene.plan.items()}
    assert tops["flow:start"] == min(tops.values())
    assert tops["flow:end"] >= max(tops[wire.source] for wire in scene.plan.wires if wire.target == "flow:end")


def test_a_state_says_what_it_does(tmp_path: Path) -> None:
    nodes = having(drawn(load("choice", tmp_path)), "data-node")
    assert texts(nodes["flow.Reserve"]) == ["Reserve", "stock.UpdateItem"]
    assert texts(nodes["flow.Ask"]) == ["Ask", "jobs.SendMessage waits for a token"]
    assert texts(nodes["flow.Charge"]) == ["Charge", "fn.Invoke up to 6 retries"]
    title = "".join(nodes["flow.Charge"].itertext())
    assert "retried 6 times on Busy; retried 3 times on States.TaskFailed" in title
    uses = {id: next(node.iter(f"{SVG}use")).get("href") for id, node in nodes.items() if not id.startswith("flow:")}
    assert uses["flow.Ask"] == uses["flow.Tell"] != uses["flow.Charge"]  # the icon of the node behind the state
    groups = having(drawn(load("nested", tmp_path)), "data-group")
    assert texts(groups["flow.Each"]) == ["Each (each of $.items, 5 at once)"]
    assert texts(groups["flow.Two"]) == ["Two (distributed)"]


def test_ways_say_when_they_are_taken(tmp_path: Path) -> None:
    wires = {(wire.source[5:], wire.target[5:]): wire for wire in plan(load("choice", tmp_path).sound()).wires}
    said = "$.total > 1000 or $.new = true and not $.mail is present"
    assert wires["Large", "Ask"].label == said
    assert wires["Large", "Refused"].label == "nothing to pay"
    assert wires["Large", "Charge"].label == "otherwise"
    assert (wires["Charge", "Refused"].label, wires["Charge", "Refused"].style) == ("Declined, Fraud", "event")
    assert wires["Charge", "Tell"].label == "any error"
    assert wires["Charge", "Reserve"].label is None


def test_branches_begin_side_by_side(tmp_path: Path) -> None:
    scene = compose(plan(load("parallel", tmp_path).sound()))
    left, right, frame = (scene.rect(f"flow.{name}") for name in ("Left", "Right", "Both"))
    assert left.top == right.top and left.right < right.left
    assert frame.holds(left) and frame.holds(right)
    assert scene.rect("flow:start").center.x == pytest.approx(frame.center.x, abs=1)


def test_a_definition_file_is_drawn_as_well(tmp_path: Path) -> None:
    nodes = having(drawn(load("file", tmp_path)), "data-node")
    assert texts(nodes["flow.Load"]) == ["Load", "fn.Invoke"]
    assert texts(nodes["flow.Seen"]) == ["Seen", "aws-sdk:s3:listBuckets"]


def machines(*names: str) -> archkit.Compilation:
    flows = [f"{name}: {{kind: stepfunctions.state_machine, states: {{a: succeed}}}}" for name in names]
    return archkit.load("case.yaml", text=f"name: case\nnodes: {{jobs: sqs.queue, {', '.join(flows)}}}\n")


@pytest.mark.parametrize(
    ("names", "node", "message"),
    [
        ((), None, "'case' has no workflow, such as a state machine with states"),
        (("one", "two"), None, "'case' has several workflows; say which one: 'one' or 'two'"),
        (("one", "two"), "tow", "there is no node 'tow'; did you mean 'two'?"),
        (("one", "two"), "jobs", "'jobs' (sqs.queue) is no workflow; workflows: 'one' and 'two'"),
        ((), "jobs", "'jobs' (sqs.queue) is no workflow; one is a state machine with states"),
    ],
)
def test_what_cannot_be_drawn_is_said(names: tuple[str, ...], node: str | None, message: str) -> None:
    with pytest.raises(NoWorkflow) as caught:
        machines(*names).render(view="workflow", node=node)
    assert str(caught.value) == message


def test_one_of_several_is_drawn() -> None:
    root = ElementTree.fromstring(machines("one", "two").render(view="workflow", node="two"))
    assert root.get("id") == "archkit-case-two" and "two.a" in having(root, "data-node")


def test_the_command(tmp_path: Path) -> None:
    case, flow = str(tmp_path / "case.yaml"), "{kind: stepfunctions.state_machine, states: {a: succeed}}"
    Path(case).write_text(f"name: case\nnodes: {{one: {flow}}}\n")
    shown = run("render", case, "--view", "workflow")
    assert shown.exit_code == 0 and 'data-node="one.a"' in shown.stdout
    assert run("render", case, "--view", "workflow", "-o", str(tmp_path)).exit_code == 0
    assert (tmp_path / "case-one.svg").exists()
    assert run("render", case, "--view", "workflow", "-o", str(tmp_path / "a.png")).exit_code == 0
    assert (tmp_path / "a.png").read_bytes()[:4] == b"\x89PNG"
    lost = run("render", case, "--view", "workflow", "--node", "tow")
    assert lost.exit_code == 2 and "there is no node 'tow'" in lost.stderr
    assert run("render", case, "--node", "one").exit_code == 2


SCRIPT = """
import hashlib, pathlib, sys
from tests.diagram.test_workflow import FLOWS, load
for name in FLOWS:
    sys.stdout.write(hashlib.sha256(load(name, pathlib.Path(sys.argv[1])).render(view="workflow")).hexdigest())
"""


def test_same_bytes_for_every_hash_seed(tmp_path: Path) -> None:
    seen = set()
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, tmp_path], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        seen.add(done.stdout)
    assert len(seen) == 1
