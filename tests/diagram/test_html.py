"""The picture as a page, driven in a real browser as a reader would."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

import archkit
from archkit.diagram import html, plan
from archkit.diagram.compose import compose
from archkit.diagram.style import Theme
from tests.browser import OpenPage, open_page
from tests.environments import AXE, needed

if TYPE_CHECKING:
    from playwright.sync_api import Page

LIBRARY = Path(archkit.__file__).parent.parent / "blueprints"
WIDE: dict[str, Any] = {"viewport": {"width": 1400, "height": 900}, "reduced_motion": "reduce"}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 780}, "has_touch": True, "reduced_motion": "reduce"}

HOSTILE = """
name: hostile
title: </title><script>document.title = 'taken'</script>
nodes:
  a: {kind: sqs.queue, label: "</script><img src=x onerror=alert(1)> ]]> &amp; \\u2028", note: "<b>bold</b> <!-- ]]>"}
  b: {kind: sqs.queue, label: "<svg onload=alert(1)>", link: "https://example.com/?a=%22%3E<script>"}
  c: {kind: s3.bucket, label: "{title} {script}"}
edges:
  - a -> b: {does: flow, label: "</style><style>*{display:none}"}
"""


@cache
def page_of(name: str, theme: Theme = "media") -> str:
    """Return the page of a blueprint of the library."""
    return written((LIBRARY / f"{name}.yaml").read_text("utf-8"), str(LIBRARY / f"{name}.yaml"), theme)


def written(text: str, path: str = "test.yaml", theme: Theme = "media") -> str:
    compilation = archkit.load(path, text=text)
    scene = compose(plan.plan(compilation.sound()))
    return html.write(scene, theme, compilation.report, compilation.facts())


def scale(page: Page) -> float:
    found: float = page.evaluate("new DOMMatrix(getComputedStyle(document.getElementById('sheet')).transform).a")
    return found


def statements(name: str) -> list[list[str]]:
    """Return the actions of every statement of the IAM policies in a committed template."""

    class Reader(yaml.SafeLoader):
        """Takes CloudFormation's tags for what they hold."""

    def inner(loader: yaml.SafeLoader, tag: str, node: yaml.Node) -> Any:
        return node.value if isinstance(node, yaml.ScalarNode) else loader.construct_sequence(node, deep=True)  # type: ignore[arg-type]

    Reader.add_multi_constructor("!", inner)
    text = (LIBRARY.parent / "templates" / f"{name}.cfn.yaml").read_text("utf-8")
    policies = [
        one["Properties"] for one in yaml.load(text, Reader)["Resources"].values() if one["Type"] == "AWS::IAM::Policy"
    ]
    actions = [statement["Action"] for policy in policies for statement in policy["PolicyDocument"]["Statement"]]
    return [[one] if isinstance(one, str) else one for one in actions]


@pytest.mark.browser
def test_a_node_tells_its_lines_resources_and_rights(browse: OpenPage) -> None:
    page = browse(page_of("thumbnails"), **WIDE)
    page.click('[data-node="resize"]')
    panel = page.locator("#panel")
    assert panel.locator("h2").inner_text() == "Resize"
    rows = (LIBRARY / "thumbnails.yaml").read_text("utf-8").splitlines()
    number = panel.locator("pre.numbered i").first.inner_text()
    assert rows[int(number) - 1].split() == panel.locator("pre.numbered .row span").first.inner_text().split()
    assert panel.locator("details b").first.inner_text() == "ResizeRole"
    panel.locator('details[data-resource="Resize"] summary').click()
    text = panel.locator('details[data-resource="Resize"] pre').inner_text()
    template = (LIBRARY.parent / "templates" / "thumbnails.cfn.yaml").read_text("utf-8")
    assert "Type: AWS::Lambda::Function" in text
    assert " ".join(text.split()) in " ".join(template.split())


@pytest.mark.browser
@pytest.mark.parametrize("name", ["thumbnails", "url-shortener", "vpc-function-database", "watched-api"])
def test_nodes_and_edges_tell_every_statement_that_the_template_has(browse: OpenPage, name: str) -> None:
    page = browse(page_of(name), **WIDE)
    told = page.evaluate(
        """() => {
          const facts = JSON.parse(document.getElementById("facts").textContent), told = [];
          for (const thing of [...Object.keys(facts.nodes).map((node) => ({node})), ...Object.keys(facts.edges).map((edge) => ({edge}))]) {
            archkit.choose(thing);
            if (!archkit.chosen) continue;
            for (const right of document.querySelectorAll("#panel .right")) {
              told.push([...right.querySelectorAll(".actions code")].map((one) => one.textContent));
            }
          }
          return told;
        }"""  # noqa: E501
    )
    assert {tuple(actions) for actions in statements(name)} <= {tuple(actions) for actions in told}


@pytest.mark.browser
def test_an_edge_tells_its_rights_and_variables(browse: OpenPage) -> None:
    page = browse(page_of("thumbnails"), **WIDE)
    page.click('[data-edge="resize->made"] .number')
    assert page.locator("#panel h2").inner_text() == "Resize → Thumbnails"
    right = page.locator("#panel .right")
    assert right.locator(".actions").all_inner_texts() == ["s3:PutObject"]
    assert right.locator(".on").inner_text() == "on arn:${AWS::Partition}:s3:::thumbnails-made-<Stack>/*"
    assert page.locator("#panel .pairs dt", has_text="MADE").count() == 1


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_icon_in_the_panel_looks_as_in_the_picture(browse: OpenPage, scheme: str) -> None:
    page = browse(page_of("thumbnails"), **WIDE, color_scheme=scheme)
    for node in ("people", "resize", "slow"):
        page.evaluate("node => archkit.choose({node})", node)
        looks = [
            page.eval_on_selector(use, "one => ['color', 'stroke'].map((name) => getComputedStyle(one)[name])")
            for use in (f'[data-node="{node}"] > use', "#face use")
        ]
        assert looks[0] == looks[1]


@pytest.mark.browser
def test_what_is_chosen_is_lit_with_its_neighbours(browse: OpenPage) -> None:
    page = browse(page_of("thumbnails"), **WIDE)
    page.click('[data-node="resize"]')
    lit = page.eval_on_selector_all(".node.on", "all => all.map((one) => one.dataset.node)")
    assert set(lit) == {"resize", "jobs", "photos", "made"}
    opacity = page.eval_on_selector('[data-node="alerts"]', "one => getComputedStyle(one).opacity")
    assert float(opacity) < 0.5
    page.keyboard.press("Escape")
    assert page.locator("svg .on").count() == 0 and page.locator("#panel").is_hidden()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("asked", "first"),
    [("resize", "resize"), ("too sl", "slow"), ("lambda.fun", "resize"), ("PYTHON3.13", "resize"), ("sns", "alerts")],
)
def test_search_finds_by_id_label_kind_and_caption(browse: OpenPage, asked: str, first: str) -> None:
    page = browse(page_of("thumbnails"), **WIDE)
    page.keyboard.press("/")
    page.keyboard.type(asked)
    assert page.locator("#found [role=option]").count() >= 1
    page.keyboard.press("Enter")
    assert page.evaluate("archkit.chosen") == {"node": first}
    assert page.locator("#panel").is_visible() and page.input_value("#query") == ""


@pytest.mark.browser
def test_search_that_finds_nothing_says_so(browse: OpenPage) -> None:
    page = browse(page_of("thumbnails"), **WIDE)
    page.fill("#query", "zebra")
    assert page.locator("#found").inner_text() == "Nothing is called so"
    assert page.locator("#live").inner_text() == "Nothing is called so"
    page.keyboard.press("Enter")
    assert page.evaluate("archkit.chosen") is None


@pytest.mark.browser
def test_zoom_by_keys_buttons_and_wheel(browse: OpenPage) -> None:
    page = browse(page_of("thumbnails"), **WIDE)
    fitted = scale(page)
    page.keyboard.press("+")
    assert scale(page) == pytest.approx(1.25 * fitted, rel=1e-3)
    page.keyboard.press("-")
    page.click("#out")
    assert scale(page) == pytest.approx(0.8 * fitted, rel=1e-3)
    page.keyboard.press("1")
    assert scale(page) == pytest.approx(1)
    page.keyboard.press("0")
    assert scale(page) == pytest.approx(fitted, rel=1e-3)
    before = page.locator('[data-node="jobs"] > use').bounding_box()
    assert before
    x, y = before["x"] + before["width"] / 2, before["y"] + before["height"] / 2
    page.mouse.move(x, y)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -200)
    page.keyboard.up("Control")
    page.wait_for_timeout(100)
    after = page.locator('[data-node="jobs"] > use').bounding_box()
    assert after and scale(page) > 1.5 * fitted
    assert after["x"] + after["width"] / 2 == pytest.approx(x, abs=1), "what is under the pointer stays there"
    assert after["y"] + after["height"] / 2 == pytest.approx(y, abs=1)


@pytest.mark.browser
def test_drag_and_wheel_pan_and_choose_nothing(browse: OpenPage) -> None:
    page = browse(page_of("thumbnails"), **WIDE)
    place = page.locator('[data-node="jobs"] > use')
    start = place.bounding_box()
    assert start
    page.mouse.move(start["x"] + 20, start["y"] + 20)
    page.mouse.down()
    page.mouse.move(start["x"] + 90, start["y"] + 60, steps=4)
    page.mouse.up()
    page.wait_for_timeout(50)
    moved = place.bounding_box()
    assert moved and (moved["x"] - start["x"], moved["y"] - start["y"]) == pytest.approx((70, 40), abs=1)
    assert page.evaluate("archkit.chosen") is None
    page.mouse.wheel(30, 50)
    page.wait_for_timeout(50)
    rolled = place.bounding_box()
    assert rolled and (rolled["x"] - moved["x"], rolled["y"] - moved["y"]) == pytest.approx((-30, -50), abs=1)


@pytest.mark.browser
def test_two_fingers_zoom(browse: OpenPage) -> None:
    page = browse(page_of("thumbnails"), **PHONE)
    before = scale(page)
    touch = page.context.new_cdp_session(page)
    for kind, gap in (("touchStart", 40), ("touchMove", 60), ("touchMove", 80)):
        points = [{"x": 195 - gap, "y": 400, "id": 0}, {"x": 195 + gap, "y": 400, "id": 1}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_timeout(50)
    assert scale(page) == pytest.approx(2 * before, rel=0.1)


@pytest.mark.browser
def test_everything_can_be_done_by_keyboard(browse: OpenPage) -> None:
    page = browse(page_of("thumbnails"), **WIDE)
    reached = []
    for _ in range(30):
        page.keyboard.press("Tab")
        here = page.evaluate("document.activeElement.dataset.node")
        if here:
            reached.append(here)
            ring = page.evaluate("getComputedStyle(document.activeElement.querySelector('.ring')).strokeWidth")
            assert ring == "3px", "the focus can be seen"
    nodes = page.eval_on_selector_all("svg .node", "all => all.map((one) => one.dataset.node)")
    assert reached[: len(nodes)] == nodes
    page.focus('[data-node="jobs"]')
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.dataset.node") == "resize"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "subject"
    assert page.get_attribute('[data-node="resize"]', "aria-expanded") == "true"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("archkit.chosen")["edge"], "the edges of a node are reached from its panel"
    page.keyboard.press("Escape")
    assert page.locator("#panel").is_hidden()
    page.focus('[data-node="resize"]')
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.node") == "resize", "the focus goes back"


@pytest.mark.browser
def test_an_address_chooses_a_node_or_an_edge(browse: OpenPage, tmp_path: Path) -> None:
    page = browse(page_of("thumbnails"), **WIDE)
    page.evaluate("location.hash = '#node=jobs.dead_letters'")
    page.wait_for_function("archkit.chosen && archkit.chosen.node === 'jobs.dead_letters'")
    page.evaluate("location.hash = '#edge=' + encodeURIComponent('resize->made')")
    page.wait_for_function("archkit.chosen && archkit.chosen.edge === 'resize->made'")
    page.click('[data-node="jobs"]')
    assert page.evaluate("location.hash") == "#node=jobs"
    page.evaluate("location.hash = '#node=nobody'")
    page.wait_for_function("archkit.chosen === null")


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["media", "light", "dark"])
def test_dark_and_light(browse: OpenPage, theme: Theme) -> None:
    for scheme in ("light", "dark"):
        page = browse(page_of("thumbnails", theme), **WIDE, color_scheme=scheme)
        look = scheme if theme == "media" else theme
        assert shade(page, "#bar") == shade(page, "svg .paper") == look
        if theme == "media":
            page.click("#theme")
            other = "dark" if look == "light" else "light"
            assert shade(page, "#bar") == shade(page, "svg .paper") == other
        else:
            assert page.locator("#theme").is_hidden()


def shade(page: Page, where: str) -> str:
    style = page.eval_on_selector(where, "one => getComputedStyle(one).fill + getComputedStyle(one).backgroundColor")
    numbers = [int(number) for number in re.findall(r"\d+", style)[(0 if "svg" in where else 3) :][:3]]
    return "light" if sum(numbers) > 600 else "dark"


@pytest.mark.browser
def test_hostile_texts_come_out_as_text(browse: OpenPage) -> None:
    page = browse(written(HOSTILE), **WIDE)
    assert page.title() == "</title><script>document.title = 'taken'</script>"
    assert page.locator("img, svg script, #panel script").count() == 0
    page.evaluate("archkit.choose({node: 'a'})")
    assert page.locator("#subject").inner_text().startswith("</script><img src=x onerror=alert(1)> ]]> &amp;")
    assert "<b>bold</b> <!-- ]]>" in page.locator("#told").inner_text()
    page.evaluate("archkit.choose({node: 'b'})")
    assert page.locator("#told a").get_attribute("href").startswith("https://example.com/")  # type: ignore[union-attr]
    page.evaluate("archkit.choose({node: 'c'})")
    assert page.locator("#subject").inner_text() == "{title} {script}"
    page.evaluate("archkit.choose({edge: archkit.chosen && [...document.querySelectorAll('.edge')][0].dataset.edge})")
    assert page.locator("#sort").inner_text() == "</style><style>*{display:none}"
    page.fill("#query", "onerror")
    assert page.locator("#found [role=option]").count() == 2


def test_the_policy_allows_the_page_itself_and_nothing_else() -> None:
    text = page_of("thumbnails")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy and policy[1].startswith("default-src 'none'") and "unsafe" not in policy[1]
    for kind in ("script", "style"):
        for found in re.findall(rf"<{kind}>(.*?)</{kind}>", text, re.DOTALL):
            assert base64.b64encode(hashlib.sha256(found.encode()).digest()).decode() in policy[1]


@pytest.mark.browser
@pytest.mark.parametrize("spy", ["new Image().src = url", "fetch(url).catch(() => 0)", "navigator.sendBeacon(url)"])
def test_nothing_can_be_asked_of_another_place(spy: str) -> None:
    """The page of every other test would have failed in this way, had it asked for anything."""
    with pytest.raises(AssertionError, match="Content Security Policy"), open_page(page_of("thumbnails")) as page:
        page.evaluate(f"url => {{ {spy} }}", "https://example.com/spy.png")
        page.wait_for_timeout(100)


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("chosen", ["null", "{node: 'resize'}", "{edge: 'jobs->resize'}"])
def test_axe_finds_no_fault(browse: OpenPage, scheme: str, chosen: str) -> None:
    page = browse(page_of("thumbnails"), **WIDE, color_scheme=scheme)
    page.evaluate(f"archkit.choose({chosen})")
    if chosen == "null":
        page.fill("#query", "re")
    for details in page.query_selector_all("details"):
        details.evaluate("one => { one.open = true }")
    page.evaluate((needed(AXE) / "axe.min.js").read_text("utf-8"))
    # What is dimmed is not meant to be read; in the whole picture nothing is.
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}
    found = page.evaluate("rules => axe.run({exclude: [['.node:not(.on)'], ['.edge:not(.on)']]}, rules)", rules)
    assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found["violations"]] == []
    assert found["passes"]


@pytest.mark.browser
def test_without_scripts_the_picture_shows(browse: OpenPage) -> None:
    page = browse(page_of("thumbnails"), **WIDE, java_script_enabled=False)
    box = page.locator('[data-node="resize"]').bounding_box()
    assert box and box["width"] > 40
    assert page.locator("#query").is_hidden() and page.locator("#zoom").is_hidden()
    assert page.locator("#plain").is_visible() and page.locator("#panel").is_hidden()


UPDATED = """
name: small
nodes: {in: sqs.queue, work: {kind: lambda.function, runtime: python3.13, code: h.py, label: LABEL}, more: s3.bucket}
edges: [in -> work, work -> more: write]
"""


@pytest.mark.browser
def test_a_newer_picture_takes_the_place_of_the_old(browse: OpenPage, tmp_path: Path) -> None:
    (tmp_path / "h.py").write_text("def handler(event, context):\n    return event\n")
    path = str(tmp_path / "small.yaml")
    page = browse(written(UPDATED.replace("LABEL", "Old"), path), **WIDE)
    page.click('[data-node="work"]')
    page.click("#in")
    page.locator("details summary").first.click()
    view = page.evaluate("document.getElementById('sheet').style.transform")
    text = UPDATED.replace("LABEL", "New").replace("more: s3", "most: s3").replace("-> more", "-> most")
    newer = archkit.load(path, text=text)
    picture = newer.render("svg").decode()
    page.evaluate("one => archkit.update(one)", {"svg": picture, "facts": newer.facts()})
    assert page.locator("#subject").inner_text() == "New" and page.evaluate("archkit.chosen") == {"node": "work"}
    assert page.locator("details[open]").count() == 1, "what was open stays open"
    assert page.evaluate("document.getElementById('sheet').style.transform") == view
    assert page.locator('[data-node="most"].on').count() == 1 and page.locator('[data-node="more"]').count() == 0
    fill = page.eval_on_selector("svg .name", "one => getComputedStyle(one).textAnchor")
    assert fill == "middle", "the styles of the newer picture hold"
    page.evaluate(
        "one => archkit.update(one)",
        {"svg": archkit.load("x.yaml", text="name: x\nnodes: {a: sqs.queue}").render().decode()},
    )
    assert page.evaluate("archkit.chosen") is None and page.locator("#panel").is_hidden()


@pytest.mark.browser
def test_a_small_map_leads_through_a_picture_that_the_window_does_not_hold(browse: OpenPage) -> None:
    page = browse(page_of("three-tier"), **WIDE)
    assert page.locator("#map").is_hidden()
    page.keyboard.press("1")
    for _ in range(4):
        page.keyboard.press("+")
    chart = page.locator("#chart").bounding_box()
    assert chart
    page.mouse.click(chart["x"] + chart["width"] / 2, chart["y"] + 0.8 * chart["height"])
    node = page.locator('[data-node="db"]').first.bounding_box()
    assert node and 0 < node["x"] < 1400 and 60 < node["y"] < 900
    page.keyboard.press("0")
    assert page.locator("#map").is_hidden()


def large(cells: int) -> str:
    """Return a blueprint of four nodes and three edges for each cell."""
    lines = ["name: large", "nodes:"]
    for cell in range(cells):
        lines += [f"  jobs-{cell}: sqs.queue", f"  topic-{cell}: sns.topic", f"  made-{cell}: dynamodb.table"]
        lines += [f"  work-{cell}: {{kind: lambda.function, runtime: python3.13, code: h.py}}"]
    lines.append("edges:")
    for cell in range(cells):
        lines += [f"  - topic-{cell} -> jobs-{cell}", f"  - jobs-{cell} -> work-{cell}"]
        lines += [f"  - work-{cell} -> made-{(cell + 1) % cells}: write"]
    return "\n".join(lines)


@pytest.mark.browser
@pytest.mark.slow
def test_500_nodes_can_be_used(browse: OpenPage, tmp_path: Path) -> None:
    (tmp_path / "h.py").write_text("def handler(event, context):\n    return event\n")
    text = written(
        large(125).replace("dynamodb.table", "{kind: dynamodb.table, key: id}"), str(tmp_path / "large.yaml")
    )
    page = browse(text, **WIDE)
    assert page.locator("#count").inner_text().startswith("500 nodes, 375 edges")
    page.keyboard.press("/")
    page.keyboard.type("work 77")
    page.keyboard.press("Enter")
    assert page.evaluate("archkit.chosen") == {"node": "work-77"}
    box = page.locator('[data-node="work-77"]').bounding_box()
    assert box and box["width"] > 20 and 0 < box["x"] < 900 and 60 < box["y"] < 900, "it is in sight, and large enough"
    assert page.locator("#panel .right").count() >= 1
    took = page.evaluate(
        """() => new Promise((done) => {
          const start = performance.now(), stage = document.getElementById("stage");
          let frames = 0;
          const next = () => {
            stage.dispatchEvent(new WheelEvent("wheel", {deltaX: 5, deltaY: 5, bubbles: true}));
            if (++frames < 20) requestAnimationFrame(next);
            else done((performance.now() - start) / frames);
          };
          next();
        })"""
    )
    print(f"{took:.0f} ms for a frame while panning")
    assert took < 250


@pytest.mark.browser
def test_a_workflow_and_a_part_are_pages_too(browse: OpenPage) -> None:
    compilation = archkit.load(LIBRARY / "batch-jobs.yaml")
    page = browse(compilation.render("html", view="workflow").decode(), **WIDE)
    page.evaluate("archkit.choose({node: 'night.Collect'})")
    assert page.locator("#subject").inner_text() == "Collect"
    assert "collect.SubmitJob" in page.locator("#told").inner_text()
    page = browse(archkit.load(LIBRARY / "three-tier.yaml").render("html", depth=1).decode(), **WIDE)
    page.click('[data-node="data"]')
    assert page.locator("#panel details").count() >= 2
    page.evaluate("archkit.choose({node: 'fleet'})")
    assert page.evaluate("archkit.chosen") is None, "what is closed is not drawn, and cannot be chosen"


def test_the_page_is_the_same_in_every_process() -> None:
    code = (
        "import hashlib; from tests.diagram.test_html import page_of;"
        "print(hashlib.sha256(page_of('watched-api').encode()).hexdigest())"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, "PYTHONHASHSEED": seed}
        )
        for seed in ("1", "2")
    ]
    assert runs[0].stdout == runs[1].stdout and runs[0].stdout.strip(), runs[0].stderr
