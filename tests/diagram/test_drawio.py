"""draw.io files as an XML parser finds them: all nodes, groups, edges and labels, nested and tied, by known names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from archkit.architecture import Architecture
from archkit.compiler import load
from archkit.diagnostics import Report
from archkit.diagram import drawio, render
from archkit.diagram.compose import compose
from archkit.diagram.plan import plan
from archkit.diagram.scene import Scene
from archkit.diagram.text import clean
from tests.diagram.gallery import gallery

LIBRARY = sorted((Path(__file__).parents[2] / "blueprints").glob("*.yaml"))
NAMES = set((Path(__file__).parents[1] / "data" / "drawio-aws4.txt").read_text("utf-8").split())
"""The shapes of draw.io 21.1.6: names in its stencils/aws4.xml and shapes/mxAWS4.js (https://github.com/jgraph/drawio)."""


def parts(data: bytes) -> dict[str, tuple[Element, Element, dict[str, str]]]:
    """Return each cell by its id: what holds its properties, the cell, and its style."""
    found = {}
    for item in ElementTree.fromstring(data).iterfind("./diagram/mxGraphModel/root/*"):
        cell = item if item.tag == "mxCell" else item.find("mxCell")
        assert cell is not None and item.attrib["id"] not in found
        style = dict(part.partition("=")[::2] for part in cell.get("style", "").split(";") if part)
        found[item.attrib["id"]] = item, cell, style
    return found


def area(cells: dict[str, tuple[Element, Element, dict[str, str]]], id: str) -> tuple[float, float, float, float]:
    """Return where a cell is on the page: each place is told from the corner of its parent."""
    place = cells[id][1].find("mxGeometry")
    if place is None or id == "1":
        return 0, 0, 0, 0
    left, top, wide, high = (float(place.get(name, 0)) for name in ("x", "y", "width", "height"))
    around = area(cells, cells[id][1].attrib["parent"])
    return around[0] + left, around[1] + top, wide, high


def faults(scene: Scene, data: bytes) -> Iterator[str]:
    """Yield what a file lacks of a scene, and what it ties or nests wrongly."""
    cells = parts(data)
    page = scene.plan
    left, top = (min(rect.left for rect in rects(scene)), min(rect.top for rect in rects(scene)))
    first = min(area(cells, id)[0] for id in cells if id.startswith(("node ", "group ")))
    shift = first - left, min(area(cells, id)[1] for id in cells if id.startswith(("node ", "group "))) - top
    for what, items in (("node", scene.leaves), ("group", scene.frames)):
        for id, item in items.items():
            owner, cell, _style = cells[f"{what} {id}"]
            title = " ".join(line.text for line in item.name) if what == "node" else item.title.text  # type: ignore
            parent = page.boxes[id].parent if what == "node" else page.groups[id].parent
            rect = item.icon if what == "node" else item.rect  # type: ignore[union-attr]
            here = area(cells, f"{what} {id}")
            if owner.get(what) != page.told(id) or title not in clean(owner.get("label", "").replace("\n", " ")):
                yield f"{id} is called {owner.attrib}"
            if cell.get("parent") != (f"group {parent}" if parent else "1"):
                yield f"{id} stands in {cell.get('parent')} and not in {parent}"
            if max(abs(here[0] - rect.left - shift[0]), abs(here[1] - rect.top - shift[1])) > 0.1:  # type: ignore
                yield f"{id} stands at {here} and not at {rect}"
    for route in scene.routes:
        owner, cell, style = cells[f"edge {route.wire.id}"]
        ends = {end: cells[cell.attrib[end]][0] for end in ("source", "target")}
        for end, wanted in (("source", route.wire.source), ("target", route.wire.target)):
            if page.told(wanted) not in (ends[end].get("node"), ends[end].get("group")):
                yield f"{route.wire.id} is tied to {ends[end].attrib}"
        label = " ".join(line.text for line in route.label.lines) if route.label else ""
        if squeezed(label) != squeezed(owner.get("label", "")):
            yield f"{route.wire.id} says {owner.get('label')} instead of {label}"
        if len(cell.findall(".//Array/mxPoint")) != len(route.points) - 2:
            yield f"{route.wire.id} has other bends"
        if ("dashPattern" in style) != (route.wire.style in ("event", "guard")):
            yield f"{route.wire.id} has another line"
    for id, (_owner, _cell, style) in cells.items():
        for value in style.values():
            if value.startswith("mxgraph.") and value.removeprefix("mxgraph.aws4.") not in NAMES:
                yield f"{id}: draw.io has no shape {value}"


def rects(scene: Scene) -> list:  # type: ignore[type-arg]
    return [leaf.icon for leaf in scene.leaves.values()] + [frame.rect for frame in scene.frames.values()]


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_the_library(path: Path) -> None:
    architecture = load(path).architecture
    assert architecture is not None
    for theme in ("light", "dark"):
        report, scene = Report(), compose(plan(architecture))
        assert list(faults(scene, drawio.write(scene, theme, report))) == []
        assert list(report) == []


@pytest.mark.parametrize("name", sorted(gallery()))
def test_the_gallery(name: str) -> None:
    scene = compose(plan(gallery()[name]))
    assert list(faults(scene, drawio.write(scene))) == []


def test_the_judge_sees_what_is_wrong() -> None:
    scene = compose(plan(three_tier()))
    data = drawio.write(scene)
    for old, new, told in [
        (b'parent="group network"', b'parent="1"', "and not in network"),
        (b'source="node cdn"', b'source="node assets"', "is tied to"),
        (b"mxgraph.aws4.s3;", b"mxgraph.aws4.s4;", "draw.io has no shape mxgraph.aws4.s4"),
        (b'label="assets"', b'label="goods"', "assets is called"),
    ]:
        assert old in data
        assert told in " ".join(faults(scene, data.replace(old, new)))


def resolved(text: str) -> Architecture:
    found = load("test.yaml", text=f"name: test\n{text}").architecture
    assert found is not None
    return found


def three_tier() -> Architecture:
    found = load(next(path for path in LIBRARY if path.stem == "three-tier")).architecture
    assert found is not None
    return found


def test_groups_are_those_of_aws() -> None:
    corners = {style["grIcon"].rpartition(".")[2]: style for _owner, _cell, style in parts(
        render(three_tier(), format="drawio")).values() if "grIcon" in style}  # fmt: skip
    assert set(corners) == {"group_aws_cloud_alt", "group_vpc", "group_security_group", "group_auto_scaling_group"}
    assert {style["container"] for style in corners.values()} == {"1"}
    assert corners["group_vpc"]["strokeColor"] == "#8C4FFF" and corners["group_vpc"]["dashed"] == "0"
    assert corners["group_auto_scaling_group"]["shape"] == "mxgraph.aws4.groupCenter"


def test_every_kind_has_a_shape_or_a_picture() -> None:
    from archkit.catalog import all_kinds
    from archkit.diagram.drawio.shapes import shape
    from archkit.diagram.glyphs import GLYPHS, SAME_AS

    lacking = {kind.icon for kind in all_kinds() if kind.icon and shape(kind.icon, "#000000") is None}
    assert {icon for icon in lacking if SAME_AS.get(icon, icon) not in GLYPHS} <= {
        "k8s/compute/pod", "onprem/vcs/github", "onprem/vcs/gitlab", "saas/saas"
    }  # fmt: skip


def test_an_unknown_service_is_plain_and_told_once() -> None:
    architecture = resolved("nodes: {a: AWS::Wisdom::Assistant, b: AWS::Wisdom::Assistant}\n")
    report = Report()
    data = render(architecture, format="drawio", report=report)
    assert [found.code for found in report] == ["missing-icon"]
    assert all(parts(data)[f"node {id}"][2]["shape"] == "image" for id in "ab")


@pytest.mark.parametrize(
    "text", ['<b onclick="x()">&amp;', "]]>", "a" * 4_000, "שלום", "🎉 \u0007", "shape=x;fillColor=#f00"]
)
def test_hostile_texts_are_texts(text: str) -> None:
    quoted = '"' + re.sub(r'(["\\])', r"\\\1", text).replace("\u0007", "\\a") + '"'
    architecture = resolved(f"nodes: {{a: {{kind: sqs.queue, label: {quoted}}}, b: sns.topic}}\n"
                            f"edges:\n  - b -> a: {{label: {quoted}}}\n")  # fmt: skip
    cells = parts(render(architecture, format="drawio"))
    label = squeezed(cells["node a"][0].get("label", ""))
    assert label.startswith(squeezed(clean(text))[:100]) and "html" not in cells["node a"][2]


def test_links_lead_to_pages_only() -> None:
    architecture = resolved("nodes:\n  a: {kind: sqs.queue, link: 'https://example.com/a', note: Why}\n"
                            "  b: {kind: sqs.queue, link: 'javascript:alert(1)'}\n")  # fmt: skip
    cells = parts(render(architecture, format="drawio"))
    assert cells["node a"][0].get("link") == "https://example.com/a" and cells["node a"][0].get("tooltip") == "Why"
    assert cells["node b"][0].get("link") is None
