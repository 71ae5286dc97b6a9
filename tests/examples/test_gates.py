"""The pre-commit hooks and the GitHub Action: they let a clean project pass, and stop one where something is wrong."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.editor import NO_NODE
from tests.environments import ACTIONLINT, needed
from tests.examples.project import EXAMPLES, SPOILS, command, made, project, spoil
from tests.shell import ROOT

__all__ = ["made", "project"]

pytestmark = pytest.mark.slow

HOOKS = EXAMPLES / "pre-commit" / ".pre-commit-config.yaml"
ACTION = EXAMPLES / "github-action" / "action.yml"
WORKFLOW = EXAMPLES / "github-action" / "workflow.yml"

STOPS = {"blueprint": "no errors", "template": "templates and pictures are current", "document": "in documents",
         "picture": "in documents"}  # fmt: skip
"""Which check stops a spoiled project; its name in a hook's or a step's own, regardless of case."""

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not on the PATH")


# the hooks


def commit(folder: Path, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """Commit everything, as a user whose hooks are installed."""
    home = {"PRE_COMMIT_HOME": str(tmp_path / "pre-commit"), "NO_COLOR": "1", "GIT_CONFIG_GLOBAL": "/dev/null"}
    person = ("-c", "user.name=A", "-c", "user.email=a@example.com")
    if not (folder / ".git").is_dir():
        shutil.copy(HOOKS, folder)
        assert command(folder, "git", "init", "--quiet", **home).returncode == 0
        assert command(folder, "pre-commit", "install", **home).returncode == 0
    assert command(folder, "git", "add", "--all", **home).returncode == 0
    return command(folder, "git", *person, "commit", "--message", "a change", **home)


@needs_git
def test_hooks_let_a_clean_project_pass_and_look_only_where_something_changed(project: Path, tmp_path: Path) -> None:
    first = commit(project, tmp_path)
    assert first.returncode == 0, first.stderr
    assert first.stderr.count("Passed") == 3
    (project / "notes.txt").write_text("nothing that archkit reads\n")
    assert commit(project, tmp_path).stderr.count("Skipped") == 3


@needs_git
@pytest.mark.parametrize("name", SPOILS)
def test_hooks_stop_a_commit(project: Path, tmp_path: Path, name: str) -> None:
    spoil(project, name)
    done = commit(project, tmp_path)
    assert done.returncode == 1
    failed = [line for line in done.stderr.splitlines() if line.endswith("Failed")]
    assert any(STOPS[name] in line for line in failed), done.stderr
    assert len(failed) == 1 or name == "blueprint"
    assert "Traceback" not in done.stderr


# the action


def test_the_action_and_its_workflow_fit_githubs_own_schemas() -> None:
    for schema, path in (("vendor.github-actions", ACTION), ("vendor.github-workflows", WORKFLOW)):
        done = command(ROOT, "check-jsonschema", "--builtin-schema", schema, str(path))
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(bool(NO_NODE), reason=NO_NODE)
def test_actionlint_finds_nothing_in_the_workflow(tmp_path: Path) -> None:
    script = tmp_path / "lint.mjs"
    script.write_text(
        f"""import {{ createLinter }} from {json.dumps(str(needed(ACTIONLINT) / "node.mjs"))};
import fs from "node:fs";
const lint = await createLinter();
console.log(JSON.stringify(lint(fs.readFileSync(process.argv[2], "utf8"), "workflow.yml")));
process.exit(0);
"""
    )
    broken = tmp_path / "broken.yml"
    broken.write_text(WORKFLOW.read_text().replace("${{ github.ref }}", "${{ githob.ref }}"))
    assert json.loads(command(tmp_path, "node", str(script), str(WORKFLOW)).stdout) == []
    assert json.loads(command(tmp_path, "node", str(script), str(broken)).stdout) != []


def test_the_workflow_asks_for_little_and_pins_what_it_runs() -> None:
    action, workflow = read(ACTION), read(WORKFLOW)
    assert workflow["permissions"] == {"contents": "read"}
    [job] = workflow["jobs"].values()
    assert "permissions" not in job
    steps = [*job["steps"], *action["runs"]["steps"]]
    uses = [step["uses"] for step in steps if "uses" in step]
    assert all(re.search(r"@[0-9a-f]{40}$", use) or use.startswith("./") for use in uses)
    [given] = [step["with"] for step in job["steps"] if step.get("uses", "").startswith("./")]
    assert set(given) <= set(action["inputs"])


def test_no_text_of_an_input_can_run_as_a_command() -> None:
    assert [step for step in read(ACTION)["runs"]["steps"] if "${{" in step.get("run", "")] == []


def test_the_action_installs_and_lets_a_clean_project_pass(project: Path, tmp_path: Path) -> None:
    """Its first step installs a wheel of this source tree, and the others run what that installed."""
    site = tmp_path / "site"
    built = command(tmp_path, "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path), str(ROOT))
    assert built.returncode == 0, built.stderr
    [wheel] = tmp_path.glob("*.whl")
    [installs, *checks] = steps({"archkit": str(wheel)})
    done = execute(project, installs, PIP_TARGET=str(site), PIP_NO_DEPS="1")
    assert done.returncode == 0, done.stderr
    assert (site / "archkit" / "library").is_dir()
    path = f"{site / 'bin'}:{Path(sys.executable).parent}:/usr/bin:/bin"
    for step in checks:
        done = execute(project, step, PYTHONPATH=str(site), PATH=path)
        assert done.returncode == 0, done.stdout + done.stderr
    assert len(checks) == 3


@pytest.mark.parametrize("name", SPOILS)
def test_the_action_stops_a_pull_request(project: Path, name: str) -> None:
    spoil(project, name)
    failed = {step["name"]: done for step in steps()[1:] if (done := execute(project, step)).returncode}
    [found] = [done for title, done in failed.items() if STOPS[name] in title.lower()]
    assert found.returncode == 1
    assert len(failed) == 1 or name == "blueprint"
    if name != "template":
        assert re.search(r"^::error .*file=\S+,line=\d+", found.stdout, re.M), found.stdout


def test_inputs_say_what_is_checked(project: Path) -> None:
    (project / "docs").mkdir()
    (project / "docs" / "with spaces.md").write_text("# No picture\n")
    names = [step["name"] for step in steps({"templates": "", "documents": ""})]
    assert names == ["Install archkit", "Blueprints have no errors"]
    [documents] = [
        step for step in steps({"documents": "README.md\ndocs/with spaces.md\n"}) if "documents" in step["name"]
    ]
    done = execute(project, documents)
    assert (done.returncode, done.stderr.strip()) == (0, "2 documents: 0 stale")


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


def steps(given: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """Return the action's scripts that run with these inputs, with their variables filled, as GitHub's runner does."""
    action = read(ACTION)
    inputs = {name: value["default"] for name, value in action["inputs"].items()} | (given or {})
    runs = []
    for step in action["runs"]["steps"]:
        asked = re.search(r"inputs\.(\w+) != ''", step.get("if", ""))
        if "run" in step and not (asked and inputs[asked[1]] == ""):
            filled = {name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: inputs[found[1]], value)
                      for name, value in step["env"].items()}  # fmt: skip
            runs.append({**step, "env": filled})
    return runs


def execute(folder: Path, step: dict[str, Any], **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a step's script with the options that GitHub gives to bash."""
    script = folder.parent / "step.sh"
    script.write_text(step["run"])
    strict = ("--noprofile", "--norc", "-e", "-o", "pipefail", str(script))
    return command(folder, "bash", *strict, **{**step["env"], **variables})
