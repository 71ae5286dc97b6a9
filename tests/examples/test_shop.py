"""The whole project and the script under `examples/`, run as their own texts say."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import cfnlint.api
import pytest

from tests.examples.project import EXAMPLES, command

SKIPPED = ("pip install", "archkit serve")
"""What the README's commands do that a test cannot repeat: install from the Internet, and never end."""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """The project as a user has it, outside of this repository."""
    ignored = shutil.ignore_patterns("__pycache__", ".pytest_cache", "site", "_build", "*.cfn.yaml")
    return Path(shutil.copytree(EXAMPLES / "shop", tmp_path / "shop", ignore=ignored))


def shell(folder: Path, line: str) -> subprocess.CompletedProcess[str]:
    return command(folder, "bash", "-e", "-c", line, NO_MKDOCS_2_WARNING="1")


def test_every_command_of_the_readme_does_what_it_says(shop: Path) -> None:
    [block] = re.findall(r"^```sh\n(.*?)^```", (shop / "README.md").read_text("utf-8"), re.M | re.S)
    lines = [line for line in block.splitlines() if not line.startswith(SKIPPED)]
    assert len(lines) == 5
    said = {}
    for line in lines:
        done = shell(shop, line)
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        said[line.split()[0]] = done.stdout + done.stderr
    assert re.search(r"\b9 passed\b", said["pytest"])
    assert cfnlint.api.lint((shop / "shop.cfn.yaml").read_text("utf-8")) == []
    for page in ("site/index.html", "site/rights/index.html", "manual/_build/index.html"):
        pictures = re.findall(r'<svg\b[^>]*\bclass="archkit[^>]*>', (shop / page).read_text("utf-8"))
        assert len(pictures) == 1, page
    assert "AnnounceRole" in (shop / "site" / "rights" / "index.html").read_text("utf-8")
    assert "From the order to the parcel" in (shop / "manual" / "_build" / "index.html").read_text("utf-8")


def test_the_variables_that_the_code_reads_are_those_that_edges_give(shop: Path) -> None:
    for node, path in (("place-order", "place_order.py"), ("announce", "announce.py")):
        read = set(re.findall(r'os\.environ\["(\w+)"\]', (shop / "src" / path).read_text("utf-8")))
        given = set(
            re.findall(r"environment variable (\w+)", command(shop, "archkit", "explain", "shop.yaml", node).stdout)
        )
        assert read and read == given


def test_the_script_writes_and_walks(shop: Path, tmp_path: Path) -> None:
    script = EXAMPLES / "python" / "walk.py"
    done = command(tmp_path, sys.executable, str(script), "shop/shop.yaml", "out")
    assert done.returncode == 0, done.stderr
    assert "Place order is lambda.function\n  write -> Orders\n" in done.stdout
    assert "New orders is sns.topic\n  flow -> Packers\n" in done.stdout
    assert cfnlint.api.lint((tmp_path / "out" / "shop.cfn.yaml").read_text("utf-8")) == []
    assert (tmp_path / "out" / "picture.svg").read_bytes().startswith(b"<svg")


def test_the_script_tells_what_is_wrong(shop: Path, tmp_path: Path) -> None:
    path = shop / "shop.yaml"
    path.write_text(path.read_text("utf-8").replace("does: write", "does: writ"))
    done = command(tmp_path, sys.executable, str(EXAMPLES / "python" / "walk.py"), "shop/shop.yaml", "out")
    assert done.returncode == 1
    assert done.stdout.startswith("shop/shop.yaml:15:")
    assert not done.stderr
    assert not (tmp_path / "out").exists()
