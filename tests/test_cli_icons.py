"""`archkit icons`, and what the other commands draw with them."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.diagram.assets import PACKAGE, icon, zipped
from tests.shell import ROOT, here, run

__all__ = ["here"]


@pytest.fixture
def package(here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An asset package in the user's folder, and a place to install it."""
    monkeypatch.setenv("ARCHKIT_ICONS", str(here / "place"))
    return zipped(here / "Asset-Package.zip", PACKAGE)


def squeezed(text: str) -> str:
    return " ".join(text.replace("│", "").split())


def test_install_list_remove(package: Path, here: Path) -> None:
    made = run("icons", "list")
    assert made.exit_code == 0 and "no icons are installed" in made.stderr
    made = run("icons", "install", package.name)
    assert made.exit_code == 0, made.output
    assert "installed 9 icons from Asset-Package.zip" in made.stderr
    made = run("icons", "list", "--format", "json")
    rows = {row["kind"]: row for row in json.loads(made.stdout)}
    assert rows["lambda.function"] == {"kind": "lambda.function", "source": "installed", "icon": "AWS-Lambda"}
    assert rows["ec2.instance"]["icon"] == "Amazon-EC2_Instance"
    assert rows["sns.topic"] == {"kind": "sns.topic", "source": "diagrams",
                                 "icon": "aws/integration/simple-notification-service-sns"}  # fmt: skip
    assert rows["copilot"]["source"] == "archkit"
    assert "from Asset-Package.zip" in run("icons", "list").stderr
    made = run("icons", "remove")
    assert made.exit_code == 0 and "removed" in made.stderr
    assert not (here / "place" / "icons.json").exists()
    made = run("icons", "remove")
    assert made.exit_code == 0 and "no icons are installed" in made.stderr


def test_render_takes_installed_ones_where_they_are(package: Path) -> None:
    flat = run("render", "jobs.yaml").stdout
    run("icons", "install", package.name)
    installed = run("render", "jobs.yaml").stdout
    assert "#000048" in installed and "#000048" not in flat
    assert run("render", "jobs.yaml", "--icons", "installed").stdout == installed
    assert run("render", "jobs.yaml", "--icons", "flat").stdout == flat
    assert run("render", "jobs.yaml", "--icons", "classic").stdout not in (flat, installed)
    run("icons", "remove")
    made = run("render", "jobs.yaml", "--icons", "installed")
    assert made.exit_code == 2 and "no icons are installed" in squeezed(made.stderr)


@pytest.mark.parametrize("format", ["svg", "png", "html"])
def test_formats_draw_them(package: Path, here: Path, format: str) -> None:
    run("icons", "install", package.name)
    for style in ("flat", "installed"):
        made = run("render", "jobs.yaml", "--icons", style, "-o", f"{style}.{format}")
        assert made.exit_code == 0, made.output
    assert (here / f"flat.{format}").read_bytes() != (here / f"installed.{format}").read_bytes()


def test_what_goes_into_a_repository_is_the_same_for_everybody(package: Path, here: Path) -> None:
    (here / "broken.yaml").unlink()
    (here / "doc.md").write_text("<!-- archkit: jobs.yaml -->\n<!-- /archkit -->\n")
    assert run("build", ".", "-o", "out").exit_code == 0
    assert run("embed", "doc.md").exit_code == 0
    shared = [here / "out" / "jobs.svg", here / "jobs.svg", here / "doc.md"]
    before = [path.read_bytes() for path in shared]
    run("icons", "install", package.name)
    assert run("build", ".", "-o", "out", "--check", "--force").exit_code == 0
    assert run("embed", "doc.md", "--check").exit_code == 0
    run("embed", "doc.md")
    assert [path.read_bytes() for path in shared] == before


def test_they_are_shared_where_that_is_asked_for(package: Path, here: Path) -> None:
    (here / "broken.yaml").unlink()
    made = run("build", ".", "-o", "out", "--icons", "installed")
    assert made.exit_code == 2 and "no icons are installed" in squeezed(made.stderr)
    run("icons", "install", package.name)
    assert run("build", ".", "-o", "out").exit_code == 0
    assert run("build", ".", "-o", "out", "--icons", "installed").exit_code == 0
    assert "#000048" in (here / "out" / "jobs.svg").read_text()
    assert run("build", ".", "-o", "out", "--icons", "installed", "--check").exit_code == 0
    assert run("build", ".", "-o", "out", "--check").exit_code == 1
    files = {name: data.replace(b"#000048", b"#000049") for name, data in PACKAGE.items()}
    run("icons", "install", str(zipped(here / "newer.zip", files)))
    assert run("build", ".", "-o", "out", "--icons", "installed", "--check").exit_code == 1, "others are installed now"
    (here / "doc.md").write_text("<!-- archkit: jobs.yaml icons=installed -->\n<!-- /archkit -->\n")
    assert run("embed", "doc.md").exit_code == 0
    assert "#000049" in (here / "jobs.svg").read_text()
    run("icons", "remove")
    made = run("embed", "doc.md")
    assert made.exit_code == 1 and "no icons are installed" in made.stderr
    (here / "doc.md").write_text("<!-- archkit: jobs.yaml icons=instaled -->\n<!-- /archkit -->\n")
    assert "did you mean 'installed'?" in run("embed", "doc.md").stderr


def test_what_cannot_be_installed_is_a_usage_error(package: Path, here: Path) -> None:
    (here / "empty").mkdir()
    bad = zipped(here / "bad.zip", {"../Arch_X_48.svg": icon()})
    for source, reason in (("empty", "no icon in it is named"), (bad.name, "leads out of it"), ("gone", "not exist"),
                           ("jobs.yaml", "neither a folder nor a .zip nor a .tgz")):  # fmt: skip
        made = run("icons", "install", source)
        assert made.exit_code == 2 and reason in squeezed(made.stderr), made.output
    assert not (here / "place").exists()


def test_a_terminal_sees_progress(package: Path, here: Path) -> None:
    """In a terminal of its own, whose bar is gone when the command ends."""
    leader, follower = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"}
    command = [sys.executable, "-m", "archkit", "icons", "install", package.name]
    done = subprocess.Popen(command, stderr=follower, cwd=here, env=environment)
    os.close(follower)
    seen = b""
    while True:
        try:
            part = os.read(leader, 4096)
        except OSError:
            break
        if not part:
            break
        seen += part
    os.close(leader)
    assert done.wait() == 0
    assert b"Reading" in seen and b"installed 9 icons" in seen
