"""Sites of MkDocs (Material) and Sphinx (furo) as a browser shows them: pictures, links, light and dark."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.docs.sites import mkdocs, mkdocs_site, open_site, sphinx, sphinx_site

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.xdist_group("sites")]

LIGHT, DARK = "rgb(255, 255, 255)", "rgb(15, 27, 42)"
PAPERS = "[...document.querySelectorAll('svg.archkit .paper')].map(one => getComputedStyle(one).fill)"
BOXES = """[...document.querySelectorAll("svg.archkit")].map(one => {
    const box = one.getBoundingClientRect(), whole = one.viewBox.baseVal
    return [box.left, box.right, box.width, box.height, whole.width, whole.height] })"""
BROKEN = """[...document.querySelectorAll("svg.archkit use")].filter(one =>
    !one.closest("svg.archkit").querySelector(one.getAttribute("href"))).length"""
IDS = "[...document.querySelectorAll('[id]')].map(one => one.id)"
WIDE = {"width": 1200, "height": 1000}


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of MkDocs, built without a warning."""
    folder = mkdocs_site(tmp_path_factory.mktemp("mkdocs"))
    done = mkdocs(folder, "--strict")
    assert done.returncode == 0, done.stderr
    return folder / "site"


@pytest.fixture(scope="module")
def furo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of Sphinx, built without a warning."""
    folder = sphinx_site(tmp_path_factory.mktemp("sphinx"))
    done = sphinx(folder, "-W", "--keep-going", "-j", "2")
    assert done.returncode == 0, done.stderr
    return folder / "html"


@pytest.fixture(params=["material", "furo"])
def site(request: pytest.FixtureRequest) -> Path:
    """Either of the two sites."""
    folder: Path = request.getfixturevalue(request.param)
    return folder


def toggle(page: Page) -> None:
    """Press what the theme offers for light and dark until the page says that it is the other."""
    dark = """(({mdColorScheme, theme}) => mdColorScheme === "slate" || theme === "dark"
        || theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches)(document.body.dataset)"""
    before = page.evaluate(dark)
    for _ in range(3):
        page.locator("label[for^=__palette_]:visible, .content-icon-container button.theme-toggle:visible").click()
        page.wait_for_timeout(50)
        if page.evaluate(dark) != before:
            return
    raise AssertionError("the theme does not change")


@pytest.mark.browser
def test_two_pictures_stand_in_a_page_in_full(site: Path) -> None:
    for width in (1200, 400):
        with open_site(site, viewport={"width": width, "height": 900}) as page:
            boxes = page.evaluate(BOXES)
            assert len(boxes) == 2
            for left, right, wide, high, whole, tall in boxes:
                assert left >= 0 and right <= width and 150 < wide <= whole
                assert high / wide == pytest.approx(tall / whole, rel=0.01)
            names = page.locator("svg.archkit .node .name").all_text_contents()
            assert sorted(names) == ["bills", "bills", "news", "news", "orders", "parcels", "returns", "returns"]
            assert page.locator("figcaption").inner_text().rstrip("#¶ \n").endswith("All of it")
            ids = page.evaluate(IDS)
            assert len(ids) == len(set(ids)) and page.evaluate(BROKEN) == 0


@pytest.mark.browser
@pytest.mark.parametrize(("mode", "first", "then"), [("light", LIGHT, DARK), ("dark", DARK, LIGHT)])
def test_pictures_follow_the_themes_light_and_dark(site: Path, mode: str, first: str, then: str) -> None:
    with open_site(site, color_scheme=mode, viewport=WIDE) as page:
        assert page.evaluate(PAPERS) == [first] * 2
        toggle(page)
        assert page.evaluate(PAPERS) == [then] * 2
        toggle(page)
        assert page.evaluate(PAPERS) == [first] * 2


@pytest.mark.browser
def test_a_node_leads_to_its_page(site: Path) -> None:
    with open_site(site, viewport=WIDE) as page:
        outward = page.locator("svg.archkit a:has-text('news')").first
        assert outward.get_attribute("href") == "https://aws.amazon.com/sns/"
        page.locator("svg.archkit a:has-text('orders')").first.click()
        page.wait_for_url(re.compile(r"/runbooks/orders(/|\.html)#restart$"))
        assert page.locator("h2:has-text('Restart')").is_visible()


@pytest.mark.browser
def test_a_closed_group_in_a_page_of_myst(furo: Path) -> None:
    with open_site(furo, "guide.html", viewport=WIDE) as page:
        assert len(page.evaluate(BOXES)) == 1 and page.locator("svg.archkit .node").count() == 3


@pytest.mark.browser
def test_names_and_references_lead_to_pictures(furo: Path) -> None:
    with open_site(furo, viewport=WIDE) as page:
        assert page.locator("a[href='#whole'] .std-numref").first.inner_text() == "Fig. 1"
        assert page.locator("#whole svg.archkit").count() == 1 and page.locator("#second svg.archkit").count() == 1
        assert page.locator(".archkit-picture.wide").count() == 1 and page.locator("figure.align-center").count() == 1
        told = page.locator("#second svg.archkit > desc").text_content()
        assert told == "The same again"


def test_the_search_finds_what_pictures_show_and_no_styles(material: Path, furo: Path) -> None:
    found = json.loads((material / "search" / "search_index.json").read_text())
    text = " ".join(part["text"] for part in found["docs"])
    assert "news to orders" in text and "font-face" not in text and "archkitpicture" not in text
    index = (furo / "searchindex.js").read_text()
    assert '"parcel"' in index and "woff2" not in index


def test_tables_of_resources_stand_below_pictures(material: Path, furo: Path) -> None:
    for folder in (material, furo):
        text = (folder / "index.html").read_text()
        assert "<summary>Resources and access</summary>" in text and "<code>AWS::SQS::Queue</code>" in text
