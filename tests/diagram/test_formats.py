"""What holds for every format: the same bytes on each run, what does not exist is said, and the other engine draws."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from archkit.compiler import load
from archkit.diagram import FORMATS, VIEWS
from archkit.diagram.plan import plan
from archkit.diagram.views import seen

ROOT = Path(__file__).parents[2]
SEALS = """
import hashlib, json, sys
from archkit.compiler import load
from archkit.diagram import FORMATS, VIEWS
from archkit.diagram.views import NothingToDraw
found = {}
for name in ("three-tier", "event-orders"):
    made = load(f"blueprints/{name}.yaml")
    for view in VIEWS:
        for format in FORMATS if view in ("architecture", "security") else ("svg",):
            try:
                found[f"{name} {view} {format}"] = hashlib.sha256(made.render(format, view=view)).hexdigest()
            except NothingToDraw:
                pass
print(json.dumps(found))
"""


def seals(seed: str, folder: Path) -> dict[str, str]:
    """Draw in every format and view in a process of its own, and return a hash of each picture."""
    env = {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed, "PATH": "/usr/bin:/bin", "HOME": str(folder),
           "XDG_CACHE_HOME": str(folder)}  # fmt: skip
    done = subprocess.run([sys.executable, "-c", SEALS], env=env, cwd=ROOT, capture_output=True, text=True, check=True)
    found: dict[str, str] = json.loads(done.stdout)
    return found


def test_every_format_has_the_same_bytes_on_every_run(tmp_path: Path) -> None:
    first, second = seals("1", tmp_path / "one"), seals("4242", tmp_path / "two")
    assert len(first) > 20 and first == second
    assert {key.split()[2] for key in first} == set(FORMATS)


def test_what_does_not_exist_is_said() -> None:
    made = load(ROOT / "blueprints" / "three-tier.yaml")
    for words, reason in [
        ({"format": "sgv"}, "there is no format 'sgv'; did you mean 'svg'"),
        ({"view": "netwrok"}, "there is no view 'netwrok'; did you mean 'network'"),
        ({"view": "workflow", "depth": 1}, "leave the depth out"),
        ({"node": "db"}, "ask for the view 'workflow'"),
        ({"engine": "graphviz", "format": "pdf"}, "draws svg and png, not pdf"),
    ]:
        with pytest.raises(ValueError, match=reason):
            made.render(**words)  # type: ignore[arg-type]
    assert len({ending for endings in FORMATS.values() for ending in endings}) == sum(map(len, FORMATS.values()))


@pytest.mark.skipif(shutil.which("dot") is None, reason="the program dot is not installed")
@pytest.mark.parametrize("view", [view for view in VIEWS if view != "workflow"])
def test_graphviz_draws_every_view(view: str) -> None:
    made = load(ROOT / "blueprints" / "three-tier.yaml")
    svg = made.render("svg", engine="graphviz", view=view)
    text = " ".join(" ".join(ElementTree.fromstring(svg).itertext()).split())
    assert made.architecture is not None
    for box in plan(seen(made.architecture, view)).boxes.values():
        assert box.title in text
    assert b"file:" not in svg and b"/tmp/" not in svg
    assert made.render("png", engine="graphviz", view=view, depth=0).startswith(b"\x89PNG")
