"""Mermaid and Graphviz text, read by Mermaid itself and by `dot`: the library, and texts that would be syntax."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from archkit.architecture import Architecture
from archkit.compiler import load
from archkit.diagram import VIEWS, render
from archkit.diagram.plan import plan
from archkit.diagram.text import clean
from archkit.diagram.views import NothingToDraw
from tests.browser import OpenPage
from tests.environments import MERMAID, needed

LIBRARY = sorted((Path(__file__).parents[2] / "blueprints").glob("*.yaml"))
HOSTILE = [
    "end", "subgraph", "click a callback", "style", '"quoted" #quot; #35;', "<script>alert(1)</script>", "]]>",
    "a\\nb\\l", "--> |x| -.->", "[(x)] {y}", "%%{init: {}}%%", "; graph TD", "`**bold**`", "$$x^2$$", "שלום", "🎉",
    "{{", "A" * 4_000, "---", "-- a --", "1. one", "- item", "# head", "@{shape: x}", "&amp; &lt;", "x:::c", "\\",
    "'single'",
]  # fmt: skip

graphviz = pytest.mark.skipif(shutil.which("dot") is None, reason="the program dot is not installed")


def drawings(format: str) -> dict[str, str]:
    """Return the text of every picture of the library, whole, in its views, and closed."""
    made = {}
    for path in LIBRARY:
        architecture = load(path).architecture
        assert architecture is not None
        for view in VIEWS:
            for depth in (None, 0) if view != "workflow" else (None,):
                try:
                    made[f"{path.stem} {view} {depth}"] = text(architecture, format, view=view, depth=depth)
                except NothingToDraw:
                    continue
    assert len(made) > 100
    return made


def text(architecture: Architecture, format: str, **options: Any) -> str:
    return render(architecture, format=format, **options).decode()


def hostile(word: str) -> Architecture:
    """Return an architecture that has a text wherever an author can write one."""
    said = json.dumps(word, ensure_ascii=False)
    source = f"""
name: t
title: {said}
description: {said}
nodes:
  end: {{kind: sqs.queue, label: {said}, note: {said}}}
  net: {{kind: ec2.vpc, label: {said}, nodes: {{in: {{kind: ec2.subnets, label: {said}}}}}}}
  b: sns.topic
edges:
  - b -> end: {{label: {said}, note: {said}, step: 1}}
  - b -> net: {{does: flow, label: {said}}}
"""
    compilation = load("t.yaml", text=source)
    assert compilation.architecture is not None, list(compilation.report)
    assert {"end", "net", "in", "b"} <= compilation.architecture.nodes.keys(), list(compilation.report)
    return compilation.architecture


@pytest.fixture
def mermaid(browse: OpenPage) -> Any:
    page = browse("<!doctype html><body><div id=out></div></body>", viewport={"width": 1200, "height": 800})
    page.add_script_tag(path=needed(MERMAID) / "dist" / "mermaid.min.js")
    page.evaluate("mermaid.initialize({startOnLoad: false, securityLevel: 'strict', maxTextSize: 50000})")
    return page


@pytest.mark.browser
def test_mermaid_reads_every_picture_of_the_library(mermaid: Any) -> None:
    read = "async texts => { const out = []; for (const [name, text] of texts) { try { await mermaid.parse(text) } "
    read += "catch (error) { out.push(name + ': ' + error) } } return out }"
    assert mermaid.evaluate(read, list(drawings("mermaid").items())) == []


@pytest.mark.browser
@pytest.mark.parametrize("word", HOSTILE, ids=lambda word: word[:20])
def test_mermaid_shows_texts_as_they_are(mermaid: Any, word: str) -> None:
    svg = "async text => { document.body.innerHTML = (await mermaid.render('x', text)).svg; "
    seen = mermaid.evaluate(svg + "return document.querySelector('svg').textContent }", text(hostile(word), "mermaid"))
    wanted = squeezed(clean(word))[:500]
    assert squeezed(seen).count(wanted) >= 4, squeezed(seen)
    assert mermaid.evaluate("document.querySelectorAll('svg script, svg a, svg iframe').length") == 0


@pytest.mark.browser
def test_every_node_group_and_edge_is_drawn(mermaid: Any) -> None:
    architecture = load(next(path for path in LIBRARY if path.stem == "three-tier")).architecture
    assert architecture is not None
    wanted = plan(architecture)
    counted = mermaid.evaluate(
        "async text => { document.body.innerHTML = (await mermaid.render('x', text)).svg; const count = "
        "what => document.querySelectorAll(what).length; return [count('g.node'), count('g.cluster'), "
        "count('path.flowchart-link')] }",
        text(architecture, "mermaid"),
    )
    assert counted == [len(wanted.boxes), len(wanted.groups), len(wanted.wires)]


@graphviz
def test_dot_reads_every_picture_of_the_library() -> None:
    made = drawings("dot")
    done = subprocess.run(["dot", "-Tcanon"], input="\n".join(made.values()), capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("digraph") == len(made)


@graphviz
def test_dot_lays_out_every_node_group_and_edge() -> None:
    for path in LIBRARY[::4]:
        architecture = load(path).architecture
        assert architecture is not None
        wanted = plan(architecture)
        made = laid_out(text(architecture, "dot"))
        named = {item["name"] for item in made["objects"]}
        assert set(wanted.boxes) <= named and {f"cluster_{id}" for id in wanted.groups} <= named
        ids = {item["_gvid"]: item["name"] for item in made["objects"]}
        ends = sorted((edge["id"], ids[edge["tail"]], ids[edge["head"]]) for edge in made["edges"])
        assert ends == sorted((wire.id, wire.source, wire.target) for wire in wanted.wires)


@graphviz
@pytest.mark.parametrize("word", HOSTILE, ids=lambda word: word[:20])
def test_dot_shows_texts_as_they_are(word: str) -> None:
    done = subprocess.run(["dot", "-Tsvg"], input=text(hostile(word), "dot"), capture_output=True, text=True)
    assert done.returncode == 0
    shown = [squeezed("".join(item.itertext())) for item in ElementTree.fromstring(done.stdout).iter() if
             item.tag.endswith("}text")]  # fmt: skip
    assert sum(squeezed(clean(word)) in line for line in shown) >= 4


def laid_out(source: str) -> dict[str, Any]:
    done = subprocess.run(["dot", "-Tjson"], input=source, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def squeezed(words: str) -> str:
    return "".join(words.replace("\u00a0", " ").split())
