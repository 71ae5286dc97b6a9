"""Bad input and bad surroundings: a sentence, an exit code, and never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.shell import GOOD, ROOT, here, process, run

__all__ = ["here"]


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"name: x\nnodes: {\xff}\n", "bad.yaml:2:9: the byte 0xFF is not UTF-8 [bad-encoding]"),
        ("name: x\n".encode("utf-16"), "bad.yaml:1:1: the byte 0xFF is not UTF-8"),
        (b"\x00\x01\x02", "bad.yaml:1:1:"),
        (b"", "bad.yaml:1:1:"),
        (b"- a\n- b\n", "bad.yaml:1:1:"),
        (b"name: [\n", "bad.yaml:"),
        (b"name: x\nnodes: {a: &a [*a]}\n", "bad.yaml:2:"),
        (b"[" * 5000, "bad.yaml:1:"),
        (b"x" * 9 * 2**20, "larger than 8 MB"),
    ],
    ids=["latin", "utf-16", "binary", "empty", "list", "open", "loop", "deep", "large"],
)  # fmt: skip
def test_bad_files_are_findings(here: Path, content: bytes, place: str) -> None:
    (here / "bad.yaml").write_bytes(content)
    for command in ("check", "synth", "render", "explain"):
        made = run(command, "bad.yaml")
        assert made.exit_code == 1, made.output
        assert place in made.output
        assert "Traceback" not in made.output


def test_folders_and_missing_files_are_findings(here: Path) -> None:
    assert "this is a folder, not a blueprint" in run("synth", ".").stderr
    assert "name a file in it: broken.yaml, jobs.yaml" in run("synth", ".").stderr
    assert run("render", "gone.yaml").exit_code == 1
    assert run("check", "src").exit_code == 2
    (here / "file").write_text("")
    made = run("synth", "jobs.yaml", "-o", "file/out.yaml")
    assert made.exit_code == 1
    assert "cannot be read or written" in made.stderr


@pytest.mark.parametrize(
    "args",
    [["synth"], ["synth", "jobs.yaml", "--format", "terraform"], ["render", "jobs.yaml", "-o", "a.gif"], ["nothing"],
     ["explain", "jobs.yaml", "nobody"], ["kinds", "sqs.qeue"], ["init", "--from", "nothing"], ["init", "Bad Name"]],
)  # fmt: skip
def test_a_command_line_that_cannot_be_is_exit_code_2(here: Path, args: list[str]) -> None:
    made = run(*args)
    assert made.exit_code == 2
    assert "Traceback" not in made.output


def test_a_mistake_of_archkits_own_is_said_in_a_sentence(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: str, **options: Any) -> None:
        raise KeyError("lost")

    monkeypatch.setattr("archkit.compiler.load", fail)
    made = run("check", "jobs.yaml")
    assert made.exit_code == 1
    assert "a mistake in archkit, not in your blueprint: KeyError: 'lost'" in made.stderr
    monkeypatch.setenv("ARCHKIT_DEBUG", "1")
    assert "Traceback" in run("check", "jobs.yaml").stderr


def test_a_closed_pipe_is_no_error_message(here: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    line = f"'{sys.executable}' -m archkit kinds --format json | head -c 1"
    made = subprocess.run(["bash", "-c", line], capture_output=True, env=environment)
    assert (made.stdout, made.stderr) == (b"[", b"")


def test_any_locale_will_do(here: Path) -> None:
    (here / "ü.yaml").write_text(GOOD.replace("title: Jobs", "title: Jöbs ✓"), "utf-8")
    made = process("synth", "ü.yaml", env={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"})
    assert made.returncode == 0, made.stderr
    assert made.stdout == process("synth", "ü.yaml").stdout
    assert "Jöbs ✓".encode() in made.stdout
