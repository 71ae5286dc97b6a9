"""A user's folder, and two ways to run the command line in it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from archkit.cli import app

__all__ = ["BAD", "GOOD", "ROOT", "here", "process", "run"]

ROOT = Path(__file__).parents[1]

GOOD = """\
name: jobs
title: Jobs
nodes:
  inbox: {kind: sqs.queue, max_receives: 5}
  work: {kind: lambda.function, runtime: python3.13, code: src}
  done: sns.topic
edges:
  - inbox -> work
  - work -> done: publish
"""
BAD = """\
name: broken
nodes:
  inbox: {kind: sqs.queue, dely: 5}
  other: sqs.qeue
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of a user's, with a blueprint, its code and a broken blueprint."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "app.py").write_text("def handler(event, context):\n    return {}\n")
    (tmp_path / "jobs.yaml").write_text(GOOD)
    (tmp_path / "broken.yaml").write_text(BAD)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ARCHKIT_CACHE_DIR", str(tmp_path / ".cache"))
    for name in ("NO_COLOR", "FORCE_COLOR", "ARCHKIT_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def run(*args: str, input: str | bytes | None = None) -> Result:
    return CliRunner().invoke(app, list(args), input=input)


def process(*args: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **options.pop("env", {})}
    return subprocess.run([sys.executable, "-m", "archkit", *args], capture_output=True, env=environment, **options)
