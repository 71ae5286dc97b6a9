"""Who may know whom: imports, and names of kinds where none belong."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path
from statistics import median

import pytest

import archkit
from tests.contract.worlds import KINDS, has_action

ROOT = Path(archkit.__file__).parent
HEAVY = ("cfnlint", "diagrams", "troposphere", "samtranslator")
ACTION = re.compile(r"[a-z0-9-]+:[A-Z][A-Za-z0-9]+")


def loaded_by(code: str) -> set[str]:
    """Return the modules that a program loads, as a new interpreter tells."""
    tail = "import sys; print('\\n'.join(sys.modules), file=sys.stderr)"
    run = subprocess.run([sys.executable, "-c", f"{code}\n{tail}"], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return set(run.stderr.split())


def test_importing_archkit_is_light() -> None:
    assert not loaded_by("import archkit") & {*HEAVY, "archkit.kinds"}


def test_help_is_light() -> None:
    code = "from contextlib import suppress\nfrom archkit.cli import app\nwith suppress(SystemExit): app(['--help'])"
    assert not loaded_by(code) & {*HEAVY, "archkit.kinds"}


def test_rendering_needs_no_synth(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(
        "name: shop\nnodes: {topic: sns.topic, jobs: sqs.queue}\nedges: [topic -> jobs]\n"
    )
    code = f"import archkit; archkit.load({str(tmp_path / 'shop.yaml')!r}).render('svg')"
    assert not loaded_by(code) & {"cfnlint", "troposphere", "samtranslator", "diagrams"}


def imports(path: Path) -> set[str]:
    """Return the modules that a file imports, wherever it does."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def files(room: str) -> list[Path]:
    """Return the Python files of a part of archkit."""
    return sorted((ROOT / room).rglob("*.py"))


@pytest.mark.parametrize("path", files("kinds"), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_kind_imports_another(path: Path) -> None:
    mine = path.relative_to(ROOT / "kinds").parts[0].removesuffix(".py")
    others = [name for name in imports(path) if name.startswith("archkit.kinds.") and name.split(".")[2] != mine]
    rooms = [
        name
        for name in imports(path)
        if re.match(r"archkit\.(resolve|edges|checks|synth|diagram|cli|compiler|catalog)\b", name)
    ]
    assert not others and not rooms, f"{path.name} imports {others + rooms}"


@pytest.mark.parametrize("path", files("edges"), ids=lambda path: path.name)
def test_edges_name_no_kind(path: Path) -> None:
    """No rule asks which kind an end is, and no text is a kind's name."""
    assert not re.search(r"kind\.name\s*(==|!=|in\b|not in\b)", path.read_text("utf-8"))
    assert not [name for name in imports(path) if name.startswith("archkit.kinds")]
    texts = {node.value for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Constant)}
    assert not texts & {kind.name for kind in KINDS}


@pytest.mark.parametrize("path", files("preview"), ids=lambda path: path.name)
def test_the_preview_calls_the_compiler_and_no_command(path: Path) -> None:
    assert not [name for name in imports(path) if name.startswith("archkit.cli")]


@pytest.mark.parametrize("path", files("diagram"), ids=lambda path: str(path.relative_to(ROOT)))
def test_pictures_know_nothing_of_templates(path: Path) -> None:
    """A page is handed what it tells of them as plain data."""
    later = ("archkit.synth", "archkit.facts", "archkit.compiler", "archkit.cli", "troposphere", "cfnlint")
    assert not [name for name in imports(path) if name.startswith(later)]


def actions_said(path: Path) -> set[str]:
    """Return the IAM actions that a file hands to a grant or a statement; conditions hold keys of the same form."""
    found = set()
    for call in ast.walk(ast.parse(path.read_text("utf-8"))):
        name = getattr(call.func, "id", getattr(call.func, "attr", "")) if isinstance(call, ast.Call) else ""
        if isinstance(call, ast.Call) and name in ("Admits", "Grant", "Statement", "allow"):
            parts = [*call.args, *(word.value for word in call.keywords if word.arg in ("key", "actions"))]
            texts = [part.value for arg in parts for part in ast.walk(arg) if isinstance(part, ast.Constant)]
            found |= {text for text in texts if isinstance(text, str) and ACTION.fullmatch(text) and text[:4] != "aws:"}
    return found


@pytest.mark.parametrize("path", files("kinds") + files("edges"), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_action_written_down_exists(path: Path) -> None:
    assert not {action for action in actions_said(path) if not has_action(action)}


def class_sizes() -> dict[str, int]:
    """Return how many lines the class of each kind has, its docstring included."""
    sizes = {}
    for kind in KINDS:
        tree = ast.parse(Path(inspect.getfile(kind)).read_text("utf-8"))
        (found,) = (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == kind.__name__)
        sizes[kind.name] = (found.end_lineno or 0) - found.lineno + 1
    return sizes


def test_a_kind_is_a_short_class() -> None:
    sizes = class_sizes()
    longest = sorted(sizes, key=lambda name: -sizes[name])[:5]
    print(f"median {median(sizes.values())} lines of {len(sizes)} kinds; longest: {longest}")
    assert median(sizes.values()) < 60


ORDER = (
    "diagnostics", "source", "schema", "values", "kind", "kinds", "blueprint", "architecture", "resolve", "edges",
    "checks", "synth", "compiler", "printing", "preview", "cli",
)  # fmt: skip


@pytest.mark.parametrize(
    "room", ["diagnostics.py", "source.py", "schema.py", "blueprint.py", "kind.py", "architecture.py"]
)
def test_a_stage_knows_none_that_follow(room: str) -> None:
    """At run time; what stands under TYPE_CHECKING names types and imports nothing."""
    place = ORDER.index(room.removesuffix(".py"))
    tree = ast.parse((ROOT / room).read_text("utf-8"))
    top = [
        node for node in tree.body if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("archkit.")
    ]
    later = {node.module for node in top if node.module and node.module.split(".")[1] in ORDER[place + 1 :]}
    assert not later


def test_no_file_is_long() -> None:
    sizes = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in ROOT.rglob("*.py")}
    assert not {name for name, lines in sizes.items() if lines > 300}
