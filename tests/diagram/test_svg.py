"""The SVG keeps its contract, escapes everything, and is the same on every run; the PNG shows its text."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zlib
from pathlib import Path
from xml.etree import ElementTree

import pytest

from archkit.diagnostics import Report
from archkit.diagram import render
from archkit.diagram.plan import plan
from tests.diagram.building import build
from tests.diagram.gallery import gallery

SVG = "{http://www.w3.org/2000/svg}"


def parsed(name: str, theme: str = "media") -> ElementTree.Element:
    return ElementTree.fromstring(render(gallery()[name], theme=theme))  # type: ignore[arg-type]


def having(root: ElementTree.Element, kind: str) -> list[ElementTree.Element]:
    return [element for element in root.iter(f"{SVG}g") if kind in (element.get("class") or "").split()]


@pytest.mark.parametrize("name", list(gallery()))
def test_contract(name: str) -> None:
    root, wanted = parsed(name), plan(gallery()[name])
    assert root.get("class") == "archkit" and root.get("role") == "img"
    prefix = root.get("id") or ""
    ids = [element.get("id") or "" for element in root.iter() if element.get("id")]
    assert name in prefix and len(ids) == len(set(ids)) and all(id.startswith(prefix) for id in ids)
    assert root.find(f"{SVG}title") is not None and root.find(f"{SVG}desc") is not None
    nodes = having(root, "node")
    assert list(dict.fromkeys(node.get("data-node") for node in nodes)) == list(wanted.boxes)
    for node in nodes:
        # what stands once between zones stands in the VPC around its tier
        assert node.get("data-kind") and node.get("data-parent") in (*wanted.chain(node.get("data-node") or "")[1:], "")
        assert [text for text in node.iter(f"{SVG}text") if text.get("class") == "name"]
    groups = having(root, "group")
    named = [group.get("data-group") for group in groups]
    if name.startswith("zones"):  # with zones, copies, and frames over them
        assert set(wanted.groups) < set(named) and {"zone"} <= {group.get("data-kind") for group in groups}
    else:
        assert named == list(wanted.groups)
    for group in groups:
        assert any("frame" in (rect.get("class") or "") for rect in group.iter(f"{SVG}rect"))
        assert any(text.get("class") == "title" for text in group.iter(f"{SVG}text"))
    edges: dict[str, list[ElementTree.Element]] = {}
    for edge in having(root, "edge"):
        edges.setdefault(edge.get("data-edge") or "", []).append(edge)
    assert list(edges) == [wire.id for wire in wanted.wires]
    for wire in wanted.wires:
        for edge in edges[wire.id]:
            assert (edge.get("data-from"), edge.get("data-to")) == (wire.source, wire.target)
            assert any(path.get("class") == "wire" for path in edge.iter(f"{SVG}path"))
        texts = [text for edge in edges[wire.id] for text in edge.iter(f"{SVG}text") if text.get("class") == "label"]
        assert len(texts) == bool(wire.label)


@pytest.mark.parametrize("theme", ["media", "light", "dark", "page"])
def test_nothing_outside_is_referred_to_and_all_styles_are_scoped(theme: str) -> None:
    text = render(gallery()["shop"], theme=theme).decode()  # type: ignore[arg-type]
    assert "<script" not in text and "var(" not in text
    assert re.findall(r"(?:href|src)=\"(?!#|data:)", text) == [] and "url(http" not in text
    style = text[text.index("<style>") + 7 : text.index("</style>")]
    rules = re.sub(r"@font-face\{[^}]*\}|@media[^{]*\{|:is\([^)]*\)", "", style)
    selectors = [selector for rule in re.findall(r"([^{}]+)\{", rules) for selector in rule.split(",")]
    assert selectors and all("#archkit-shop" in selector for selector in selectors)
    assert ("prefers-color-scheme" in style) == (theme in ("media", "page"))  # a page may leave it to the reader
    assert ("[data-theme" in style) == (theme == "page")


def test_the_picture_is_small() -> None:
    assert len(render(gallery()["shop"])) < 80_000


def test_hostile_texts_come_out_as_text() -> None:
    data = render(gallery()["hostile"])
    root = ElementTree.fromstring(data)
    assert b"<script" not in data and b"<b>" not in data
    texts = ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]
    for part in ("<script>", "مرحبا", "日本語", "🎉"):
        assert any(part in text for text in texts), part
    long = next(text for text in texts if text.count("very") > 600)
    assert long.endswith("long")


def test_links_that_are_no_links_are_left_out() -> None:
    from dataclasses import replace

    made = build("a lambda\nb queue\nc topic\na -> b\nb -> c")
    links = {"a": "javascript:alert(1)", "b": "https://example.com/?a=1&b=2", "c": None}
    nodes = {id: replace(node, link=links[id], note='say "hi"') for id, node in made.nodes.items()}
    root = ElementTree.fromstring(render(replace(made, nodes=nodes)))
    assert [link.get("href") for link in root.iter(f"{SVG}a")] == ["https://example.com/?a=1&b=2"]
    assert any(title.text == 'say "hi"' for title in root.iter(f"{SVG}title"))


def test_a_missing_icon_is_one_warning() -> None:
    report = Report()
    render(build("a odd\nb odd\na -> b"), report=report)
    assert [found.code for found in report] == ["missing-icon"] and not report.failed


def test_helpers_badges_and_depth() -> None:
    made = build(
        "key key\njobs queue\njobs.dead_letters queue\njobs.role lambda\nteam group\n  inner group\n    work lambda\n"
        "jobs -> work: go\njobs.dead_letters -> work\njobs -> key: badge"
    )
    picture = plan(made)
    assert "jobs.dead_letters" in picture.boxes and "jobs.role" not in picture.boxes
    assert [badge.title for badge in picture.boxes["jobs"].badges] == ["key"]
    assert [wire.source for wire in picture.wires] == ["jobs", "jobs.dead_letters"]
    closed = plan(made, depth=0)
    assert "team" in closed.boxes and "work" not in closed.boxes
    assert {wire.target for wire in closed.wires} == {"team"}


def test_no_cloud_where_nothing_is_in_it() -> None:
    assert not plan(build("a users\nb user\na -> b")).groups


SCRIPT = """
import hashlib, sys
from archkit.diagram import render
from tests.diagram.gallery import gallery
from tests.diagram.randomly import random_architecture
for made in [*gallery().values(), random_architecture(5), random_architecture(42)]:
    sys.stdout.write(hashlib.sha256(render(made)).hexdigest())
heavy = {"troposphere", "cfnlint", "diagrams", "resvg_py", "numpy", "networkx"} & set(sys.modules)
assert not heavy, heavy
"""


def test_same_bytes_for_every_hash_seed_and_no_heavy_import(tmp_path: Path) -> None:
    seen = set()
    for seed in ("0", "1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "ARCHKIT_CACHE_DIR": str(tmp_path / seed)}
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        seen.add(done.stdout)
    assert len(seen) == 1


def test_png_shows_text_without_any_font_of_the_system() -> None:
    with_text = render(build("a lambda WWWWWWWW"), format="png", scale=1)
    without = render(build("a lambda"), format="png", scale=1)
    assert with_text[:8] == b"\x89PNG\r\n\x1a\n"
    assert len(zlib.compress(with_text)) > len(zlib.compress(without)) + 150


def test_graphviz_without_dot_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    from archkit.diagram.graphviz import GraphvizMissing

    monkeypatch.setenv("PATH", "")
    with pytest.raises(GraphvizMissing, match="dot"):
        render(gallery()["shop"], engine="graphviz")
