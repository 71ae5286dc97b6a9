"""The preview in a real browser: edit, see the change; break, see the error; mend, see it go."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser import visit_page
from tests.preview.serving import PATIENCE, Preview, serving, until

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser

SHOP = """\
name: shop
nodes:
  orders: {kind: sqs.queue, label: Orders}
  work: {kind: lambda.function, runtime: python3.13, code: app.py}
  done: sns.topic
edges:
  - orders -> work -> done
"""
WAIT = 1000 * PATIENCE


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "shop.yaml").write_text(SHOP)
    (tmp_path / "in" / "app.py").write_text("def handler(event, context):\n    return 1\n")
    return tmp_path / "in"


@pytest.fixture
def preview(here: Path) -> Iterator[Preview]:
    with serving(here.parent, "in") as running:
        yield running


@pytest.fixture
def page(preview: Preview) -> Iterator[Page]:
    """The page of the blueprint, once all of it is there."""
    with visit_page(f"{preview.url}?file=shop.yaml", viewport={"width": 1400, "height": 900}) as page:
        page.set_default_timeout(WAIT)
        page.wait_for_selector("#status.good")
        inner(page, "[data-node=orders]").wait_for()
        yield page


def inner(page: Page, selector: str) -> Locator:
    """Return what the picture's own page has."""
    return page.frame_locator("#frame").locator(selector)


def test_edit_break_and_mend(page: Page, here: Path) -> None:
    for _ in range(2):
        inner(page, "#in").click()
    inner(page, "[data-node=work]").click()
    inner(page, "[data-node=work].chosen").wait_for()
    place, zoom = inner(page, "#sheet").evaluate("one => one.style.transform"), inner(page, "#real").inner_text()
    assert zoom != "100 %" and "AWS::Lambda::Function" in inner(page, "#panel").inner_text()
    page.evaluate("window.loadedOnce = true")

    def kept() -> bool:
        """Whether it is the same page, with the same zoom and selection."""
        return (
            page.evaluate("window.loadedOnce") is True
            and inner(page, "#sheet").evaluate("one => one.style.transform") == place
            and inner(page, "#real").inner_text() == zoom
            and inner(page, ".node.chosen").get_attribute("data-node") == "work"
        )

    def written(text: str) -> None:
        (here / "shop.yaml").write_text(text)

    assert kept()
    written(SHOP.replace("label: Orders", "label: Requests, delay: 9"))  # edit: the change is there
    inner(page, "[data-node=orders] .name:has-text('Requests')").wait_for()
    page.wait_for_selector("#text:has-text('DelaySeconds: 9') .new")
    assert kept()

    written(SHOP.replace("done: sns.topic", "done: sns.topik"))  # break: the error with its line and caret
    found = page.wait_for_selector("#findings li.error")
    assert found is not None
    line = SHOP.splitlines().index("  done: sns.topic") + 1
    text = found.inner_text()
    assert f"in/shop.yaml:{line}:9" in text and "sns.topic" in text
    assert found.query_selector("pre").inner_text().endswith("^" * len("sns.topik"))  # type: ignore[union-attr]
    assert page.locator("#status").inner_text() == "1 error" and page.locator("#stale").is_visible()
    assert inner(page, "[data-node=orders] .name").text_content() == "Requests", "the last good picture stays"
    assert "DelaySeconds: 9" in page.locator("#text").inner_text() and kept()

    written(SHOP)  # mend: it goes
    page.wait_for_selector("#findings li.error", state="detached")
    inner(page, "[data-node=orders] .name:has-text('Orders')").wait_for()
    page.wait_for_selector("#status.good")
    assert page.locator("#stale").is_hidden() and kept()


def test_what_is_new_is_drawn_in_its_colours(page: Page, here: Path) -> None:
    """A new picture may bring another font and other styles, which the policy of the page has to let through."""
    (here / "shop.yaml").write_text(SHOP.replace("label: Orders", "label: Aufträge") + "title: Geschäft\n")
    inner(page, "[data-node=orders] .name:has-text('Aufträge')").wait_for()
    (here / "shop.yaml").write_text("name: net\nnodes: {vpc: {kind: ec2.vpc, nodes: {x: group}}}\n")
    frame = inner(page, "[data-group=vpc] .frame")
    frame.wait_for()
    assert frame.evaluate("one => getComputedStyle(one).stroke") == "rgb(140, 79, 255)"
    assert frame.evaluate("one => getComputedStyle(one).fill") == "none"


def test_the_templates_beside_it(page: Page) -> None:
    assert "AWS::Lambda::Function" in page.locator("#text").inner_text()
    page.get_by_role("tab", name="SAM").click()
    assert "AWS::Serverless::Function" in page.locator("#text").inner_text()
    page.keyboard.press("ArrowLeft")
    assert page.get_by_role("tab", name="CloudFormation").get_attribute("aria-selected") == "true"
    inner(page, "[data-node=done]").click()
    marked = page.locator("#text .chosen").first
    marked.wait_for()
    box, outer = marked.bounding_box(), page.locator("#text").bounding_box()
    assert marked.inner_text().strip() == "Done:" and box and outer
    assert outer["y"] <= box["y"] < outer["y"] + outer["height"]
    page.get_by_role("button", name="Template").click()
    assert page.locator("#templates").is_hidden()


def test_a_folder_lists_what_is_in_it(preview: Preview, here: Path) -> None:
    with visit_page(preview.url) as page:
        page.set_default_timeout(WAIT)
        page.wait_for_selector("#links a")
        assert page.locator("#links a").all_inner_texts() == ["shop.yaml"]
        (here / "a & b.yaml").write_text("name: both\nnodes: {topic: sns.topic}\n")
        page.get_by_role("link", name="a & b.yaml").click()
        inner(page, "[data-node=topic]").wait_for()
        page.locator("#blueprints").select_option("shop.yaml")
        inner(page, "[data-node=orders]").wait_for()


def test_one_that_was_never_right_appears_once_it_is(here: Path) -> None:
    (here / "shop.yaml").write_text(SHOP.replace("sns.topic", "sns.topik"))
    with serving(here, "shop.yaml") as preview, visit_page(preview.url) as page:
        page.set_default_timeout(WAIT)
        page.wait_for_selector("#findings li.error")
        assert page.locator("#none").is_visible()
        (here / "shop.yaml").write_text(SHOP)
        inner(page, "[data-node=orders]").wait_for()
        page.wait_for_selector("#none", state="hidden")


def test_texts_are_texts(page: Page, here: Path) -> None:
    hostile = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    (here / "shop.yaml").write_text(SHOP.replace("label: Orders", f'label: "{hostile}"') + f'note: "{hostile}"\n')
    page.wait_for_selector("#findings li.error:has-text('note')")
    (here / "shop.yaml").write_text(SHOP.replace("label: Orders", f'label: "{hostile}"'))
    until(lambda: "onerror" in inner(page, "[data-node=orders]").text_content(), "the label")
    assert inner(page, "img").count() == 0 and page.locator("img").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_readable_in_light_and_dark(preview: Preview, scheme: str) -> None:
    with visit_page(f"{preview.url}?file=shop.yaml", color_scheme=scheme) as page:
        page.wait_for_selector("#summary", timeout=WAIT)
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == {"light": "rgb(244, 246, 248)", "dark": "rgb(24, 31, 41)"}[scheme]
