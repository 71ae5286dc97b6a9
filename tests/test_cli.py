"""The command line, as a user meets it: commands, exit codes, files, streams, colours."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from archkit.cli import inputs, output
from archkit.diagnostics import Report
from tests.shell import GOOD, ROOT, here, run

__all__ = ["here"]

HEAVY = ("cfnlint", "diagrams", "troposphere", "yaml", "samtranslator", "archkit.kinds", "archkit.resolve")


@pytest.mark.parametrize("command", [[], ["--help"], ["synth", "--help"], ["--version"]])
def test_help_and_version_import_nothing_heavy(command: list[str]) -> None:
    script = (
        f"import sys\nfrom archkit.cli import app\ntry: app({command})\nexcept SystemExit: pass\n"
        f"print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)"
    )
    made = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True)
    assert made.stderr == "[]\n"


@pytest.mark.parametrize(
    "command", ["init", "check", "render", "synth", "explain", "build", "package", "kinds", "schema"]
)
def test_every_command_teaches_by_example(command: str) -> None:
    shown = run(command, "--help")
    assert shown.exit_code == 0
    assert "Examples" in shown.output
    assert f"archkit {command}" in shown.output


def test_synth_writes_to_standard_output_and_nothing_else(here: Path) -> None:
    made = run("synth", "jobs.yaml")
    assert made.exit_code == 0, made.stderr
    assert made.stdout.startswith("AWSTemplateFormatVersion")
    assert made.stderr == ""
    assert json.loads(run("synth", "jobs.yaml", "--json").stdout)["Resources"]["Inbox"]["Type"] == "AWS::SQS::Queue"


def test_synth_to_a_file_says_how_to_deploy(here: Path) -> None:
    made = run("synth", "jobs.yaml", "-o", "out/jobs template.yaml")
    assert (made.exit_code, made.stdout) == (0, "")
    assert (here / "out" / "jobs template.yaml").read_text() == run("synth", "jobs.yaml").stdout
    assert "aws cloudformation deploy --template-file 'out/jobs template.yaml' --stack-name jobs" in made.stderr
    assert "--capabilities CAPABILITY_IAM" in made.stderr
    assert "--parameter-overrides CodeBucket=BUCKET" in made.stderr
    assert "archkit package jobs.yaml -o code/" in made.stderr


def test_an_unchanged_synth_is_recalled_and_a_changed_one_is_not(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run("synth", "jobs.yaml", "-o", "out.yaml")
    (here / "out.yaml").unlink()
    compiled = []
    monkeypatch.setattr(
        "archkit.cli.synth.open_blueprint", lambda path: compiled.append(path) or inputs.open_blueprint(path)
    )
    again = run("synth", "jobs.yaml", "-o", "out.yaml")
    assert (again.exit_code, again.stderr, compiled) == (0, first.stderr, [])
    assert (here / "out.yaml").exists()
    (here / "src" / "app.py").write_text("def handler(event, context):\n    return 1\n")
    assert run("synth", "jobs.yaml", "-o", "out.yaml").exit_code == 0
    (here / "jobs.yaml").write_text(GOOD.replace("max_receives: 5", "max_receives: 4"))
    assert run("synth", "jobs.yaml", "-o", "out.yaml").exit_code == 0
    assert compiled == ["jobs.yaml"] * 2


def test_local_code_is_packaged_by_aws(here: Path) -> None:
    shown = run("synth", "jobs.yaml", "--local-code", "-o", "jobs.cfn.yaml").stderr
    assert "aws cloudformation package --template-file jobs.cfn.yaml --s3-bucket BUCKET" in shown
    assert "aws cloudformation deploy --template-file packaged-jobs.cfn.yaml" in shown
    assert run("synth", "jobs.yaml", "--local-code", "-o", "out/jobs.cfn.yaml").exit_code == 2


def test_local_code_in_sam_is_a_path_for_sam_deploy(here: Path) -> None:
    made = run("synth", "jobs.yaml", "--local-code", "--format", "sam", "-o", "template.yaml")
    assert made.exit_code == 0
    assert "sam deploy --resolve-s3" in made.stderr
    assert "CodeUri: src" in (here / "template.yaml").read_text()


def test_synth_to_a_folder_names_the_files(here: Path) -> None:
    assert run("synth", "jobs.yaml", "-o", "out/").exit_code == 0
    assert run("synth", "jobs.yaml", "-o", "out", "--json").exit_code == 0
    assert sorted(path.name for path in (here / "out").iterdir()) == ["jobs.cfn.json", "jobs.cfn.yaml"]


def test_stacks_are_deployed_in_their_order_with_each_others_outputs(here: Path) -> None:
    (here / "far.yaml").write_text(
        "name: far\nregion: eu-west-1\nnodes:\n"
        "  work: {kind: lambda.function, runtime: python3.13, code: src}\n"
        "  us: {kind: region, code: us-east-1, nodes: {news: sns.topic}}\n"
        "edges: [work -> news]\n"
    )
    made = run("synth", "far.yaml", "-o", "out/")
    assert made.exit_code == 0, made.stderr
    first, second = [line for line in made.stderr.splitlines() if "cloudformation deploy" in line]
    assert "--template-file out/far-us-east-1.cfn.yaml --stack-name far-us-east-1 --region us-east-1" in first
    assert "--stack-name far --region eu-west-1" in second
    assert "=$(aws cloudformation describe-stacks --stack-name far-us-east-1 --region us-east-1 --query" in second


def test_what_has_an_error_is_not_written(here: Path) -> None:
    (here / "out.yaml").write_text("before")
    for command in ("synth", "render"):
        made = run(command, "broken.yaml", "-o", "out.yaml" if command == "synth" else "out.svg")
        assert made.exit_code == 1
        assert "broken.yaml:3:28: unknown property 'dely'" in made.stderr
        assert "broken.yaml:4:10: unknown kind 'sqs.qeue'" in made.stderr
        assert made.stderr.endswith("2 errors in broken.yaml\n")
    assert (here / "out.yaml").read_text() == "before"
    assert not (here / "out.svg").exists()


def test_standard_input_is_a_blueprint_too(here: Path) -> None:
    made = run("synth", "-", input="name: one\nnodes: {inbox: sqs.queue}\n")
    assert made.exit_code == 0, made.stderr
    assert "AWS::SQS::Queue" in made.stdout
    made = run("synth", "-", input=GOOD)
    assert made.exit_code == 1
    assert "<stdin>:5:" in made.stderr
    shown = run("check", "-", input="name: one\nnodes: {inbox: sqs.qeue}\n")
    assert "nodes: {inbox: sqs.qeue}\n" in shown.stdout


@pytest.mark.parametrize("target", ["src/out.yaml", "./src/deep/../out.yaml", "src/"])
def test_an_output_in_the_code_is_refused(here: Path, target: str) -> None:
    made = run("synth", "jobs.yaml", "-o", target)
    assert made.exit_code == 1
    assert "[output-in-code]" in made.stderr
    assert "code: src" in made.stderr
    assert [path.name for path in (here / "src").iterdir()] == ["app.py"]


def test_the_blueprint_is_not_overwritten(here: Path) -> None:
    for command in ("synth", "render"):
        made = run(command, "jobs.yaml", "-o", "./jobs.yaml", *(["-f", "svg"] if command == "render" else []))
        assert made.exit_code == 2
    assert (here / "jobs.yaml").read_text() == GOOD


def test_check_reports_every_file_and_every_error(here: Path) -> None:
    (here / "sub").mkdir()
    (here / "sub" / "more.yaml").write_text("name: more\nnodes: {a: {kind: sqs.queue, delay: soon}}\n")
    (here / "sub" / "values.yaml").write_text("name: not a blueprint\n")
    (here / "sub" / "utf-16.yaml").write_bytes("nodes: {}\n".encode("utf-16"))
    (here / "node_modules").mkdir()
    (here / "node_modules" / "x.yaml").write_text("nodes: {}\n")
    made = run("check", ".", "gone.yaml")
    assert made.exit_code == 1
    assert made.stderr == ""
    for place in (
        "broken.yaml:3:28:",
        "broken.yaml:4:10:",
        "sub/more.yaml:2:",
        "sub/utf-16.yaml:1:1:",
        "gone.yaml:1:1: this cannot be read",
    ):
        assert place in made.stdout
    assert made.stdout.endswith("5 errors in 4 files\n")
    assert run("check", "jobs.yaml").stdout.endswith("no findings\n")


def test_check_speaks_to_machines(here: Path) -> None:
    found = json.loads(run("check", "broken.yaml", "--format", "json").stdout)
    assert [finding["code"] for finding in found["findings"]] == ["unknown-property", "unknown-kind"]
    assert run("check", "broken.yaml", "--format", "github").stdout.startswith(
        "::error title=archkit%3A unknown-property"
    )
    assert json.loads(run("check", "broken.yaml", "--format", "sarif").stdout)["version"] == "2.1.0"


def test_a_run_can_fail_on_less_than_an_error(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from archkit.compiler import Compilation

    real = Compilation.check

    def check(self: Compilation) -> Report:
        self.report.note("made", "a log group was made")
        return real(self)

    monkeypatch.setattr(Compilation, "check", check)
    codes = [run("check", "jobs.yaml", "--fail-on", least).exit_code for least in ("error", "warning", "note")]
    assert codes == [0, 0, 1]


def test_colours_are_for_terminals(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in run("check", "broken.yaml").stdout
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[31m" in run("check", "broken.yaml").stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in run("check", "broken.yaml").stdout


def test_files_are_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "a").write_bytes(b"old")
    (tmp_path / "a").chmod(0o640)
    with pytest.raises(OSError, match="folder"):
        output.write_all({tmp_path / "a": b"new", tmp_path / "folder": b"x"})
    assert (tmp_path / "a").read_bytes() == b"old"
    (tmp_path / "link").symlink_to("a")
    output.write_all({tmp_path / "link": b"new", tmp_path / "deep" / "b": b"b", Path("/dev/null"): b"gone"})
    assert (tmp_path / "a").read_bytes() == b"new"
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "link").is_symlink()
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "b", "deep", "folder", "link"]


def test_package_writes_the_zips_that_the_template_expects(here: Path) -> None:
    made = run("package", "jobs.yaml", "-o", "code")
    assert made.exit_code == 0, made.stderr
    (zipped,) = (here / "code").iterdir()
    assert zipped.name in run("synth", "jobs.yaml").stdout
    before = zipped.read_bytes()
    assert run("package", "jobs.yaml", "-o", "code").exit_code == 0
    assert zipped.read_bytes() == before
