"""`archkit build`: every blueprint of a folder, only what changed, and nothing half written."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from archkit import versions
from archkit.cli import app, making

ONE = "name: one\nnodes: {inbox: sqs.queue}\n"
TWO = """\
name: two
nodes:
  work: {kind: lambda.function, runtime: python3.13, code: src}
"""
OUTPUTS = ["one.cfn.yaml", "one.sam.yaml", "one.svg", "sub/two.cfn.yaml", "sub/two.sam.yaml", "sub/two.svg"]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of two blueprints, one of them with code."""
    (tmp_path / "in" / "sub" / "src").mkdir(parents=True)
    (tmp_path / "in" / "one.yaml").write_text(ONE)
    (tmp_path / "in" / "sub" / "two.yaml").write_text(TWO)
    (tmp_path / "in" / "sub" / "src" / "app.py").write_text("def handler(event, context):\n    return 1\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ARCHKIT_CACHE_DIR", str(tmp_path / ".cache"))
    monkeypatch.setattr(making, "fingerprint", lambda: "this")
    return tmp_path


def build(*args: str) -> Result:
    return CliRunner().invoke(app, ["build", "in", "-o", "out", *args])


def counts(made: Result) -> tuple[int, ...]:
    """Return how many blueprints were made, current and wrong, and how many files were written (or are stale)."""
    found = re.search(r"(\d+) made, (\d+) current, (\d+) with errors; (\d+) file", made.stderr)
    assert found, made.output
    return tuple(map(int, found.groups()))


def outputs(here: Path) -> list[str]:
    return sorted(path.relative_to(here / "out").as_posix() for path in (here / "out").rglob("*") if path.is_file())


def test_each_blueprint_becomes_templates_and_a_picture(here: Path) -> None:
    made = build()
    assert made.exit_code == 0, made.output
    assert counts(made) == (2, 0, 0, 6)
    assert outputs(here) == OUTPUTS
    assert (here / "out" / "one.svg").read_text().startswith("<svg")


def test_only_what_changed_is_made_again(here: Path) -> None:
    build()
    assert counts(build()) == (0, 2, 0, 0)
    (here / "in" / "one.yaml").touch()
    assert counts(build()) == (0, 2, 0, 0)
    (here / "in" / "one.yaml").write_text(ONE.replace("{inbox: sqs.queue}", "{inbox: {kind: sqs.queue, delay: 5}}"))
    assert counts(build())[:2] == (1, 1)
    (here / "in" / "sub" / "src" / "app.py").write_text("def handler(event, context):\n    return 2\n")
    assert counts(build())[:2] == (1, 1)
    (here / "out" / "one.svg").write_text("edited")
    assert counts(build()) == (1, 1, 0, 1)
    (here / "out" / "one.svg").unlink()
    assert counts(build()) == (1, 1, 0, 1)
    assert counts(build("--force")) == (2, 0, 0, 0)
    (here / "in" / "one.yaml").write_text(ONE)
    assert counts(build())[:2] == (1, 1)


def test_another_archkit_makes_everything_again(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert versions.fingerprint() == versions.fingerprint()
    build()
    monkeypatch.setattr(making, "fingerprint", lambda: "another")
    assert counts(build()) == (2, 0, 0, 0)


def test_check_writes_nothing_and_says_what_is_stale(here: Path) -> None:
    made = build("--check")
    assert made.exit_code == 1
    assert not (here / "out").exists()
    assert "missing: out/one.svg" in made.stderr
    build()
    assert build("--check").exit_code == 0
    (here / "out" / "one.cfn.yaml").write_text("edited")
    (here / "out" / "old.cfn.yaml").write_text("left")
    made = build("--check")
    assert made.exit_code == 1
    assert "stale: out/one.cfn.yaml" in made.stderr
    assert "left over: out/old.cfn.yaml" in made.stderr
    assert (here / "out" / "one.cfn.yaml").read_text() == "edited"


def test_an_error_keeps_the_former_outputs_and_stops_no_other(here: Path) -> None:
    build()
    before = (here / "out" / "one.cfn.yaml").read_bytes()
    (here / "in" / "one.yaml").write_text("name: one\nnodes: {inbox: sqs.qeue, b: sqs.queu}\n")
    (here / "in" / "three.yaml").write_text("name: three\nnodes: {inbox: sqs.queue}\n")
    made = build()
    assert made.exit_code == 1
    assert counts(made) == (1, 1, 1, 3)
    assert made.stderr.count("[unknown-kind]") == 2
    assert (here / "out" / "one.cfn.yaml").read_bytes() == before
    assert (here / "out" / "three.svg").exists()
    assert counts(build()) == (0, 2, 1, 0)


def test_processes_make_the_same_as_one(here: Path) -> None:
    build("--jobs", "1")
    before = {name: (here / "out" / name).read_bytes() for name in outputs(here)}
    assert counts(build("--force", "--jobs", "4")) == (2, 0, 0, 0)
    assert before == {name: (here / "out" / name).read_bytes() for name in outputs(here)}


def test_a_cache_that_cannot_be_used_costs_time_only(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "file").write_text("")
    monkeypatch.setenv("ARCHKIT_CACHE_DIR", str(here / "file"))
    assert counts(build()) == (2, 0, 0, 6)
    assert counts(build()) == (2, 0, 0, 0)


@pytest.mark.parametrize("content", ["", "[]", '{"one.svg": 1}', "{"])
def test_a_damaged_memory_is_no_memory(here: Path, content: str) -> None:
    build()
    for path in (here / ".cache" / "build").iterdir():
        path.write_text(content)
    assert counts(build()) == (2, 0, 0, 0)


def test_several_stacks_are_named_after_their_place(here: Path) -> None:
    (here / "in" / "one.yaml").write_text(
        "name: one\nregion: eu-west-1\nnodes:\n  a: sqs.queue\n"
        "  far: {kind: region, code: us-east-1, nodes: {b: sqs.queue}}\n"
    )
    made = build()
    assert made.exit_code == 0, made.output
    mine = [name for name in outputs(here) if name.startswith("one.")]
    assert mine == ["one.cfn.yaml", "one.deploy.json", "one.sam.yaml", "one.svg",
                    "one.us-east-1.cfn.yaml", "one.us-east-1.sam.yaml"]  # fmt: skip
    deploy = json.loads((here / "out" / "one.deploy.json").read_text())
    assert {stack["name"] for stack in deploy["stacks"]} == {"one", "one-us-east-1"}
    synth = CliRunner().invoke(app, ["synth", "in/one.yaml"])
    assert synth.exit_code == 2
    assert "name a folder for them: -o out/" in re.sub(r"\s+", " ", synth.stderr.replace("│", ""))


def test_what_cannot_be_built_is_a_usage_error(here: Path) -> None:
    assert CliRunner().invoke(app, ["build", "gone", "-o", "out"]).exit_code == 2
    (here / "empty").mkdir()
    assert CliRunner().invoke(app, ["build", "empty", "-o", "out"]).exit_code == 2
    (here / "in" / "one.yml").write_text(ONE)
    made = build()
    assert made.exit_code == 2
    assert "would become the same files" in re.sub(r"\s+", " ", made.stderr)


def test_a_mistake_of_archkits_own_stops_no_other_blueprint(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from archkit import compiler

    real = compiler.Compilation.render

    def render(self: compiler.Compilation, *args: str, **options: str) -> bytes:
        if self.path.endswith("one.yaml"):
            raise RuntimeError("lost")
        return real(self, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(compiler.Compilation, "render", render)
    made = build("--jobs", "1")
    assert made.exit_code == 1
    assert "in/one.yaml:1:1: archkit made a mistake here: RuntimeError: lost [internal-error]" in made.stderr
    assert outputs(here) == [name for name in OUTPUTS if name.startswith("sub/")]
