"""What is told of nodes and edges, against the templates, and against leaving out each edge by itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import archkit
from archkit.diagnostics import Report
from archkit.facts.explainer import Explainer
from archkit.source import read
from tests.contract.test_rooms import loaded_by

LIBRARY = Path(archkit.__file__).parent.parent / "blueprints"
NAMES = sorted(path.stem for path in LIBRARY.glob("*.yaml"))


@pytest.mark.parametrize("name", NAMES)
def test_edges_left_out_together_are_missed_as_each_by_itself(name: str) -> None:
    compilation = archkit.load(LIBRARY / f"{name}.yaml")
    world = compilation.sound()
    together, alone = Explainer(world, compilation.report), Explainer(world, compilation.report)
    together.absences.of_all(world.edges)
    for edge in world.edges:
        assert together.edge(edge) == alone.edge(edge)


HUBS = {
    "a table": ("made: {kind: dynamodb.table, key: id}", "work-{n} -> made: write"),
    "a topic that many subscribe to": ("news: sns.topic", "news -> work-{n}"),
    "an API": ("api: apigateway.http", 'api -> work-{n}: {{does: "GET /{n}"}}'),
    "an encrypted bucket": ("files: {kind: s3.bucket, key: cmk}\n  cmk: kms.key", "work-{n} -> files: [read, write]"),
    "a bucket that announces": ("files: s3.bucket", "files -> work-{n}: {{prefix: p{n}/}}"),
}


@pytest.mark.parametrize("name", HUBS)
def test_edges_that_meet_in_one_node_are_told_apart(name: str, tmp_path: Path) -> None:
    hub, edge = HUBS[name]
    (tmp_path / "h.py").write_text("def handler(event, context):\n    return event\n")
    work = [f"  work-{n}: {{kind: lambda.function, runtime: python3.13, code: h.py}}" for n in range(9)]
    edges = [f"  - {edge.format(n=n)}" for n in range(9)]
    text = "\n".join(["name: hub", "nodes:", f"  {hub}", *work, "edges:", *edges])
    compilation = archkit.load(tmp_path / "hub.yaml", text=text)
    world = compilation.sound()
    together, alone = Explainer(world, compilation.report), Explainer(world, compilation.report)
    together.absences.of_all(world.edges)
    for one in world.edges:
        assert together.edge(one) == alone.edge(one)
        assert one.badge or alone.edge(one)["rights"] or alone.edge(one)["resources"]


@pytest.mark.parametrize("name", NAMES)
def test_resources_are_those_of_the_templates(name: str) -> None:
    compilation = archkit.load(LIBRARY / f"{name}.yaml")
    facts = compilation.facts()
    templates = compilation.synth().templates.values()
    for id, resource in facts["resources"].items():
        assert any(indented(resource["text"]) in template for template in templates), f"{id} is in no template"
    told = {id for node in facts["nodes"].values() for id in node["resources"]}
    told |= {id for edge in facts["edges"].values() for id in edge["resources"]}
    assert told == set(facts["resources"]), "each resource is told of by the node or edge that made it"
    assert json.loads(json.dumps(facts)) == facts


def indented(text: str) -> str:
    return "\n".join(f"  {line}" if line else "" for line in text.split("\n"))


@pytest.mark.parametrize("name", NAMES)
def test_lines_are_those_of_the_blueprint(name: str) -> None:
    text = (LIBRARY / f"{name}.yaml").read_text("utf-8")
    facts = archkit.load(LIBRARY / f"{name}.yaml").facts()
    for told in (*facts["nodes"].values(), *facts["edges"].values()):
        lines = told["lines"]
        count = lines["text"].count("\n") + 1
        rows = text.splitlines()[lines["first"] - 1 :][:count]
        assert [row.split() for row in lines["text"].split("\n")] == [row.split() for row in rows]
        if "made_by" in told and not told["made_by"]:
            assert told["id"] in rows[0]
            assert read(lines["text"].replace("*", ""), "", Report()), "a node's lines are whole"


def test_what_cannot_be_synthesized_says_why_and_keeps_its_lines() -> None:
    text = (
        "name: a\nnodes:\n  files: {kind: s3.bucket, existing: {name: x}}\n  jobs: sqs.queue\nedges: [files -> jobs]\n"
    )
    facts = archkit.load("a.yaml", text=text).facts()
    assert facts["problems"] == [
        "'files' exists already and is never changed, but this edge needs a property of it to change"
    ]
    assert facts["nodes"]["jobs"]["lines"]["first"] == 4 and facts["resources"] == {}
    drawn = archkit.load("a.yaml", text="name: a\nnodes: {who: users}\n").facts()
    assert drawn["problems"] == [] and drawn["resources"] == {}


def test_only_what_is_asked_is_loaded() -> None:
    blueprint = str(LIBRARY / "thumbnails.yaml")
    loaded = loaded_by(f"import archkit; archkit.load({blueprint!r}).facts()")
    assert "cfnlint" not in loaded and "archkit.facts.explainer" in loaded


def test_500_nodes_take_seconds(tmp_path: Path) -> None:
    lines = ["name: large", "nodes:"]
    (tmp_path / "h.py").write_text("def handler(event, context):\n    return event\n")
    for cell in range(125):
        lines += [f"  jobs-{cell}: sqs.queue", f"  topic-{cell}: sns.topic", f"  made-{cell}: s3.bucket"]
        lines += [f"  work-{cell}: {{kind: lambda.function, runtime: python3.13, code: h.py}}"]
    lines.append("edges:")
    for cell in range(125):
        lines += [f"  - topic-{cell} -> jobs-{cell} -> work-{cell}", f"  - work-{cell} -> made-0: write"]
    (tmp_path / "large.yaml").write_text("\n".join(lines))
    code = (
        f"import archkit, time; one = archkit.load({str(tmp_path / 'large.yaml')!r}); one.sound();"
        "start = time.process_time(); one.facts(); print(time.process_time() - start)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    print(run.stdout)
    assert float(run.stdout) < 30
