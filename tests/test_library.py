"""The library of ready blueprints: each compiles clean both ways, is told well, and its outputs in `templates/` are
current.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

import archkit
from archkit.cli import app
from tests.judges import checkov_all

ROOT = Path(__file__).parent.parent
LIBRARY = sorted((ROOT / "blueprints").glob("*.yaml"))


@pytest.mark.parametrize("format", ["cloudformation", "sam"])
@pytest.mark.parametrize("security", ["standard", "strict"])
@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_compiles_clean(path: Path, security: str, format: str) -> None:
    text = path.read_text("utf-8") + f"\nsecurity: {security}\n"
    result = archkit.load(path, text=text).synth(format)  # type: ignore[arg-type]
    assert result.templates and not result.report.errors


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_no_wildcard_action_for_any_role(path: Path) -> None:
    for stack in archkit.load(path).synth().stacks:
        for _role, statement in stack.statements:
            assert not [action for action in statement.actions if "*" in action], statement


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_is_told_well(path: Path) -> None:
    world = archkit.load(path).architecture
    assert world is not None and world.name == path.stem
    assert world.title and re.search(r"\bUse it\b", world.description), "a description says when to use it"
    steps = sorted(edge.step for edge in world.edges if edge.step is not None)
    assert steps == list(range(1, len(steps) + 1)) and len(steps) >= 2
    assert all(edge.note for edge in world.edges if edge.step is not None)


def test_outputs_are_current() -> None:
    arguments = ["build", str(ROOT / "blueprints"), "-o", str(ROOT / "templates"), "--check", "--force"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output


def test_table_of_failed_checks(capsys: pytest.CaptureFixture[str]) -> None:
    """Print what checkov fails on for each blueprint; nothing is skipped, and strict never fails on more than
    standard.
    """
    texts = {}
    for path in LIBRARY:
        for security in ("standard", "strict"):
            text = path.read_text("utf-8") + f"\nsecurity: {security}\n"
            for name, template in archkit.load(path, text=text).synth().templates.items():
                texts[f"{path.stem}|{name}|{security}"] = template
    found = checkov_all(texts)
    counts: dict[str, dict[str, int]] = {}
    for key, result in found.items():
        stem, _stack, security = key.split("|")
        counts.setdefault(stem, {"standard": 0, "strict": 0})[security] += len(result.failed)
        assert result.skipped == 0
    with capsys.disabled():
        print(json.dumps(counts, indent=1))
    for stem, count in counts.items():
        assert count["strict"] <= count["standard"], stem
