"""`archkit watch`: what a folder becomes follows it, errors and interrupts included."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.preview.serving import BROKEN, GOOD, program, until
from tests.shell import process

CODE = "def handler(event, context):\n    return 1\n"


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with a blueprint and its code."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "jobs.yaml").write_text(GOOD)
    (tmp_path / "in" / "src.py").write_text(CODE)
    return tmp_path


def said(log: Path, pattern: str) -> None:
    until(lambda: re.search(pattern, log.read_text(), re.MULTILINE), f"{pattern!r} in {log.read_text()}")


def holds(path: Path, text: str) -> Callable[[], bool]:
    return lambda: path.is_file() and text in path.read_text()


def test_files_follow_the_blueprint(here: Path) -> None:
    log, blueprint, template = here / "log", here / "in" / "jobs.yaml", here / "out" / "jobs.cfn.yaml"
    with program(log, "watch", "in", "-o", "out"):
        said(log, "^watching")
        assert sorted(path.name for path in (here / "out").iterdir()) == ["jobs.cfn.yaml", "jobs.sam.yaml", "jobs.svg"]
        picture = (here / "out" / "jobs.svg").read_bytes()
        blueprint.write_text(GOOD.replace("inbox: sqs.queue", "inbox: {kind: sqs.queue, delay: 7}"))
        said(log, r"^in/jobs.yaml: wrote jobs.cfn.yaml, jobs.sam.yaml in \d")
        assert "DelaySeconds: 7" in template.read_text()
        assert (here / "out" / "jobs.svg").read_bytes() == picture
        (here / "in" / "src.py").write_text(CODE.replace("return 1", "return 2"))
        until(holds(template, "return 2"), "the new code")
        blueprint.write_text(BROKEN)
        said(log, r"^in/jobs.yaml:\d+:28: unknown property 'dely' .*\[unknown-property\]")
        assert "DelaySeconds: 7" in template.read_text()
        blueprint.write_text(GOOD.replace("inbox", "entry"))
        until(holds(template, "  Entry:"), "the mended template")
        until(holds(here / "out" / "jobs.svg", 'data-node="entry"'), "the mended picture")
        (here / "in" / "sub").mkdir()
        (here / "in" / "sub" / "more.yaml").write_text("name: more\nnodes: {topic: sns.topic}\n")
        until(holds(here / "out" / "sub" / "more.svg", "topic"), "the new blueprint's picture")
        (here / "in" / "sub" / "more.yaml").unlink()
        said(log, "^in/sub/more.yaml: removed")
    run = process("build", "in", "-o", "out", "--check", "--force", cwd=here)
    assert run.returncode == 1 and b"left over: out/sub/more.cfn.yaml" in run.stderr
    assert b"1 made" in run.stderr and b"0 files stale" in run.stderr, "what it wrote is what build would write"


def test_it_begins_with_what_build_does_and_goes_on_after_errors(here: Path) -> None:
    (here / "in" / "broken.yaml").write_text(BROKEN)
    log = here / "log"
    with program(log, "watch", "in/jobs.yaml", "in/broken.yaml", "-o", "out"):
        said(log, "^watching")
        assert "unknown-property" in log.read_text() and (here / "out" / "jobs.svg").is_file()
        (here / "in" / "broken.yaml").write_text(GOOD.replace("name: jobs", "name: whole"))
        said(log, "^in/broken.yaml: wrote broken.cfn.yaml, broken.sam.yaml, broken.svg")


def test_a_save_that_changes_nothing_is_not_told(here: Path) -> None:
    log = here / "log"
    with program(log, "watch", "in", "-o", "out"):
        said(log, "^watching")
        before = log.read_text()
        (here / "in" / "jobs.yaml").touch()
        (here / "in" / "next.yaml").write_text("name: next\nnodes: {topic: sns.topic}\n")
        said(log, "^in/next.yaml: wrote")
        assert "in/jobs.yaml" not in log.read_text().removeprefix(before)


def test_two_that_would_become_one_are_refused(here: Path) -> None:
    (here / "other").mkdir()
    (here / "other" / "jobs.yaml").write_text("name: jobs\nnodes: {topic: sns.topic}\n")
    run = process("watch", "in", "other", "-o", "out", cwd=here)
    assert run.returncode == 2 and b"would become" in run.stderr and not (here / "out").exists()
    (here / "other" / "jobs.yaml").unlink()
    (here / "other" / "next.yaml").write_text("name: next\nnodes: {topic: sns.topic}\n")
    log = here / "log"
    with program(log, "watch", "in", "other", "-o", "out"):
        said(log, "^watching")
        (here / "other" / "jobs.yaml").write_text("name: jobs\nnodes: {topic: sns.topic}\n")
        said(log, "^'in/jobs.yaml' and 'other/jobs.yaml' would become the same files")
        assert "Topic" not in (here / "out" / "jobs.cfn.yaml").read_text()


@pytest.mark.parametrize("words", [["missing.yaml", "-o", "out"], ["in"], ["empty", "-o", "out"]])
def test_a_command_line_that_cannot_be(here: Path, words: list[str]) -> None:
    (here / "empty").mkdir()
    assert process("watch", *words, cwd=here).returncode == 2


def test_pictures_in_documents_follow_too(here: Path) -> None:
    log, document = here / "log", here / "docs" / "jobs.md"
    (here / "docs").mkdir()
    document.write_text("# Jobs\n\n<!-- archkit: ../in/jobs.yaml -->\n<!-- /archkit -->\n")
    with program(log, "watch", "in", "-o", "out", "--embed", "docs"):
        until(holds(here / "docs" / "jobs.svg", 'data-node="inbox"'), "the picture of the document")
        until(holds(document, "jobs.svg"), "its link")
        (here / "in" / "jobs.yaml").write_text(GOOD.replace("inbox", "entry"))
        until(holds(here / "docs" / "jobs.svg", 'data-node="entry"'), "the newer picture")
        document.write_text(document.read_text().replace("# Jobs", "# All jobs").replace("jobs.yaml", "nothing.yaml"))
        said(log, "nothing.yaml' cannot be read")
        document.write_text(document.read_text().replace("nothing.yaml", "jobs.yaml"))
        until(lambda: process("embed", "docs", "--check", cwd=here).returncode == 0, "a current document")
