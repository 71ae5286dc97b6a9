"""Commands that tell and teach: explain, kinds, schema, init."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from archkit import catalog
from archkit.cli import app, start
from archkit.jsonschema import as_text

BLUEPRINT = """\
name: jobs
nodes:
  inbox: sqs.queue
  work: {kind: lambda.function, runtime: python3.13, code: src, note: Does the work.}
  done: sns.topic
edges:
  - inbox -> work: {step: 1}
  - work -> done: {does: publish, step: 2, note: Others want to know.}
"""
READY = """\
# yaml-language-server: $schema=../elsewhere.json
name: ready
title: Ready
description: Queue before a function. Use it when work can wait.
nodes:
  inbox: sqs.queue
  work: {kind: lambda.function, runtime: python3.13, code: src/work}
edges:
  - inbox -> work
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's folder with a blueprint, and a library of one ready blueprint."""
    for folder in ("src", "library/src/work"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "app.py").write_text("def handler(event, context):\n    return {}\n")
    (tmp_path / "jobs.yaml").write_text(BLUEPRINT)
    (tmp_path / "library" / "ready.yaml").write_text(READY)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ARCHKIT_CACHE_DIR", str(tmp_path / ".cache"))
    monkeypatch.setattr(start, "library", lambda: {"ready": tmp_path / "library" / "ready.yaml"})
    return tmp_path


def run(*args: str) -> Result:
    return CliRunner().invoke(app, list(args))


def test_explain_says_what_an_edge_became_and_why(here: Path) -> None:
    assert run("explain", "jobs.yaml", "work -> done").stdout == (
        "work -> done  (line 8)\n"
        "  does    publish: lambda.function may publish sns.topic\n"
        "  why     Others want to know.\n"
        "  may     WorkRole: sns:Publish\n"
        "              on Done\n"
        "  gives   environment variable DONE = Done\n"
    )
    shown = run("explain", "jobs.yaml", "inbox->work").stdout
    assert "makes   AWS::Lambda::EventSourceMapping  InboxWorkMapping\n" in shown
    assert "WorkRole: sqs:ReceiveMessage, sqs:DeleteMessage, sqs:GetQueueAttributes\n" in shown
    assert "changes Inbox.VisibilityTimeout = 180\n" in shown


def test_explain_says_what_a_node_became(here: Path) -> None:
    shown = run("explain", "jobs.yaml", "work").stdout
    assert shown.startswith("work  (lambda.function, line 4)\n")
    assert "why     Does the work.\n" in shown
    assert "AWS::Lambda::Function  Work\n" in shown
    assert "edges   inbox -> work  (trigger)\n" in shown
    assert "work.logs  (logs.group, line 4, made by work)\n" in shown
    assert "work -> done  (line 8)\n" in shown


def test_explain_tells_everything_to_a_program(here: Path) -> None:
    told = json.loads(run("explain", "jobs.yaml", "--format", "json").stdout)
    assert [node["id"] for node in told["nodes"]] == ["inbox", "inbox.dead_letters", "work", "work.logs", "done"]
    edge = told["edges"][1]
    assert edge["rights"] == [
        {"effect": "Allow", "principal": "WorkRole", "actions": ["sns:Publish"], "resources": ["Done"], "condition": {}}
    ]
    assert edge["environment"] == {"DONE": "Done"}
    assert (edge["line"], edge["changes"], edge["resources"]) == (8, [], [])


def test_every_resource_and_right_is_explained_by_somebody(here: Path) -> None:
    told = json.loads(run("explain", "jobs.yaml", "--format", "json").stdout)
    owners = [*told["nodes"], *told["edges"]]
    template = json.loads(run("synth", "jobs.yaml", "--json").stdout)["Resources"]
    assert {resource["id"] for owner in owners for resource in owner["resources"]} == set(template)
    policy = template["WorkRolePolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert len(policy) == sum(len(owner["rights"]) for owner in owners)


def test_kinds_are_listed_with_what_they_are_for(here: Path) -> None:
    lines = run("kinds").stdout.splitlines()
    assert [line.split()[0] for line in lines] == catalog.names()
    assert all(len(line.split()) > 1 for line in lines)


def test_every_kind_has_a_page(here: Path) -> None:
    for name in catalog.names():
        page = run("kinds", name)
        assert page.exit_code == 0, page.output
        assert page.stdout.startswith(f"{name}\n  ")
    page = run("kinds", "sqs.queue").stdout
    assert "  delay: whole number (0 to 900)\n      Seconds before" in page
    assert "  fifo: true or false = false\n" in page
    assert "  key: node (kms.key)\n" in page
    assert "  write: sqs:SendMessage (usual)\n" in page
    assert "node: {kind: sqs.queue," in page


def test_kinds_are_data_too(here: Path) -> None:
    kinds = json.loads(run("kinds", "--format", "json").stdout)
    assert [kind["name"] for kind in kinds] == catalog.names()
    (queue,) = json.loads(run("kinds", "sqs.queue", "--format", "json").stdout)
    assert (queue["service"], queue["type"], queue["draw_only"]) == ("Amazon SQS", "AWS::SQS::Queue", False)
    assert queue["types"][0] == queue["type"]
    assert queue["properties"]["delay"]["ge"] == 0
    assert queue["properties"]["max_receives"]["default"] == 3
    assert queue["grants"]["write"] == {"actions": ["sqs:SendMessage"], "usual": True}
    assert {"dead_letter", "key"} <= set(queue["slots"])
    (users,) = json.loads(run("kinds", "users", "--format", "json").stdout)
    assert (users["type"], users["types"], users["draw_only"]) == (None, [], True)


def test_edges_are_listed_with_their_words(here: Path) -> None:
    shown = run("kinds", "--edges", "sqs.queue").stdout
    (line,) = [line for line in shown.splitlines() if line.startswith("sqs.queue -> lambda.function ")]
    assert "trigger*" in line
    words = " ".join(run("kinds", "--edges", "apigateway.http").stdout.split())
    assert "apigateway.http -> lambda.function route* (METHOD PATH)" in words
    pairs = json.loads(run("kinds", "--edges", "--format", "json").stdout)
    pair = next(pair for pair in pairs if (pair["source"], pair["target"]) == ("lambda.function", "sns.topic"))
    assert {"publish"} <= {meaning["word"] for meaning in pair["meanings"]}


def test_schema_is_written_where_it_is_wanted(here: Path) -> None:
    assert run("schema").stdout == as_text()
    assert run("schema", "-o", "deep/archkit.schema.json").exit_code == 0
    assert (here / "deep" / "archkit.schema.json").read_text("utf-8") == as_text()


def test_init_starts_a_project_that_compiles(here: Path) -> None:
    made = run("init", "my-app")
    assert made.exit_code == 0, made.output
    files = sorted(
        path.relative_to(here / "my-app").as_posix() for path in (here / "my-app").rglob("*") if path.is_file()
    )
    assert files == ["archkit.schema.json", "my-app.yaml", "src/work/app.py"]
    lines = (here / "my-app" / "my-app.yaml").read_text().splitlines()
    assert lines[:2] == ["# yaml-language-server: $schema=./archkit.schema.json", "name: my-app"]
    assert sum("yaml-language-server" in line for line in lines) == 1
    assert "archkit synth my-app/my-app.yaml" in made.stderr
    assert run("check", "my-app").exit_code == 0


def test_init_overwrites_nothing(here: Path) -> None:
    (here / "my-app").mkdir()
    (here / "my-app" / "my-app.yaml").write_text("mine")
    made = run("init", "my-app")
    assert made.exit_code == 2
    assert "would be overwritten" in made.stderr
    assert [path.name for path in (here / "my-app").iterdir()] == ["my-app.yaml"]
    assert (here / "my-app" / "my-app.yaml").read_text() == "mine"


def test_init_lists_what_is_ready(here: Path) -> None:
    assert run("init", "--list").stdout == "ready  Queue before a function.\n"
    made = run("init", "--from", "redy")
    assert made.exit_code == 2
    assert "did you mean 'ready'?" in " ".join(made.stderr.replace("│", "").split())
    assert run("init", "--from", "ready").exit_code == 0
    assert (here / "ready.yaml").exists()


@pytest.mark.parametrize("name", ["../escape", "/abs", "Big", "a b", "-x", ""])
def test_init_takes_only_names(here: Path, name: str) -> None:
    assert run("init", "--", name).exit_code == 2
