"""A user's repository: a blueprint with its code, its templates and a document with its picture, all current."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shell import BAD, GOOD, ROOT

__all__ = ["EXAMPLES", "SPOILS", "command", "made", "project", "spoil"]

EXAMPLES = ROOT / "examples"
README = "# Jobs\n\n<!-- archkit: blueprints/jobs.yaml -->\n<!-- /archkit -->\n"

SPOILS = {
    "blueprint": ("blueprints/jobs.yaml", lambda text: BAD),
    "template": ("templates/jobs.cfn.yaml", lambda text: text.replace("python3.13", "python3.12")),
    "document": ("README.md", lambda text: text.replace("inbox to work.", "inbox to rest.")),
    "picture": ("jobs.svg", lambda text: text.replace("</svg>", "<g/></svg>")),
}
"""What can become stale, and how a hand makes it so."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository as its owner left it; no test writes into it."""
    folder = tmp_path_factory.mktemp("made") / "project"
    (folder / "blueprints" / "src").mkdir(parents=True)
    (folder / "blueprints" / "jobs.yaml").write_text(GOOD)
    (folder / "blueprints" / "src" / "app.py").write_text("def handler(event, context):\n    return {}\n")
    (folder / "README.md").write_text(README)
    for args in (["build", "blueprints", "-o", "templates"], ["embed", "."]):
        assert command(folder, "archkit", *args).returncode == 0
    return folder


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Path:
    """A clone of the repository, in a folder of its own; nothing that archkit remembers comes along."""
    return Path(shutil.copytree(made, tmp_path / "project"))


def spoil(folder: Path, name: str) -> None:
    """Change one file by hand."""
    path, change = SPOILS[name]
    before = (folder / path).read_text("utf-8")
    after = change(before)
    assert after != before
    (folder / path).write_text(after, "utf-8")


def command(folder: Path, program: str, *args: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a program of this Python's environment, with this archkit, as somebody at a shell does."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    cache = folder.parent / ".cache"
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "ARCHKIT_CACHE_DIR": str(cache), **variables}
    found = shutil.which(program, path=path)
    assert found, program
    return subprocess.run([found, *args], cwd=folder, env=environment, text=True, capture_output=True, timeout=300)
