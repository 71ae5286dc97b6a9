"""axe-core's opinion of the pictures: that they are named as images, and that every text in them can be read.

axe reads the colours of HTML and not those that SVG draws. So each text's colour, size and weight, and the colours
that a browser shows behind it once the texts are hidden, are laid out again as HTML, and its rule judges that.
"""

from __future__ import annotations

import base64
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import archkit
from tests.browser import OpenPage
from tests.environments import AXE, needed

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
PICTURES = sorted((ROOT / "templates").glob("*.svg"))
PAGE = '<!doctype html><html lang="en"><head><title>Shop</title></head><body><main><h1>Shop</h1>{}</main></body></html>'
TEXTS = """() => [...document.querySelectorAll("svg.archkit text")].map(text => {
    const look = getComputedStyle(text), box = text.getBoundingClientRect()
    return {text: text.textContent, color: look.fill, size: look.fontSize, weight: look.fontWeight,
            box: [box.left + scrollX, box.top + scrollY, box.right + scrollX, box.bottom + scrollY]}
})"""

GROUNDS = """async ([shot, boxes]) => {
    const image = new Image()
    image.src = "data:image/png;base64," + shot
    await image.decode()
    const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d", {willReadFrequently: true})
    canvas.drawImage(image, 0, 0)
    return boxes.map(([left, top, right, bottom]) => {
        const [x, y] = [Math.round(left), Math.round(top)], seen = {}
        const pixels = canvas.getImageData(x, y, Math.round(right) - x, Math.round(bottom) - y).data
        for (let at = 0; at < pixels.length; at += 4) {
            const color = `rgb(${pixels[at]},${pixels[at + 1]},${pixels[at + 2]})`
            seen[color] = (seen[color] || 0) + 1
        }
        // what fills less than a tenth is the edge of something beside the text
        return Object.keys(seen).filter(color => seen[color] > pixels.length / 40)
    })
}"""


class Sample(NamedTuple):
    """How one text is seen."""

    color: str
    ground: str
    size: str
    weight: str


def opinion(page: Any) -> dict[str, list[str]]:
    """Return which rules of axe found fault, which passed and which could not say, each with the elements."""
    page.evaluate((needed(AXE) / "axe.min.js").read_text("utf-8"))
    told = page.evaluate("axe.run()")
    return {
        verdict: [f"{rule['id']}: {node['html'][:200]}" for rule in told[verdict] for node in rule["nodes"]]
        for verdict in ("violations", "passes", "incomplete")
    }


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("name", ["three-tier", "url-shortener", "multi-region-failover"])
def test_axe_finds_nothing_wrong_with_a_picture_in_a_page(browse: OpenPage, name: str, mode: str) -> None:
    svg = (ROOT / "templates" / f"{name}.svg").read_text("utf-8")
    told = opinion(browse(PAGE.format(svg), color_scheme=mode))
    assert told["violations"] == []
    assert [one for one in told["passes"] if one.startswith("svg-img-alt: <svg ")]
    assert {one.split(":")[0] for one in told["incomplete"]} <= {"color-contrast"}, "which the next test judges"


def test_links_in_a_picture_can_be_reached(browse: OpenPage) -> None:
    text = (
        "name: shop\nnodes:\n  people: {kind: users, link: 'https://example.com/people'}\n"
        "  team: {kind: group, link: 'https://example.com/team', nodes: {jobs: {kind: sqs.queue}}}\n"
    )
    page = browse(PAGE.format(archkit.load("shop.yaml", text=text).render().decode()))
    told = opinion(page)
    assert told["violations"] == []
    assert [one for one in told["passes"] if one.startswith("link-name: <a ")]
    reached = []
    for _ in range(2):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.getAttribute('href')"))
    assert sorted(reached) == ["https://example.com/people", "https://example.com/team"]


def test_axe_passes_a_picture_that_is_linked(browse: OpenPage) -> None:
    compilation = archkit.load(ROOT / "blueprints" / "url-shortener.yaml")
    data = base64.b64encode(compilation.render()).decode()
    image = f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(compilation.describe())}">'
    told = opinion(browse(PAGE.format(image)))
    assert told["violations"] == [] and told["incomplete"] == []
    assert [one for one in told["passes"] if one.startswith("image-alt: ")]


def samples(page: Any) -> dict[Sample, str]:
    """Return how the texts of a page's picture are seen, each with one text that is seen so."""
    texts = page.evaluate(TEXTS)
    page.add_style_tag(content="svg.archkit text { visibility: hidden }")
    shot = base64.b64encode(page.screenshot(full_page=True)).decode()
    grounds = page.evaluate(GROUNDS, [shot, [one["box"] for one in texts]])
    return {
        Sample(one["color"], ground, one["size"], one["weight"]): one["text"]
        for one, found in zip(texts, grounds, strict=True)
        for ground in found
    }


def laid_out(found: dict[Sample, str]) -> str:
    """Return a page on which axe can judge how texts are seen; it passes over texts of one letter."""
    return PAGE.format("".join(
        f'<p style="color:{look.color};background:{look.ground};font:{look.weight} {look.size} sans-serif">'
        f"Text: {escape(text)}</p>" for look, text in found.items()
    ))  # fmt: skip


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_text_of_the_library_has_the_contrast_that_axe_asks_for(browse: OpenPage, mode: str) -> None:
    found: dict[Sample, str] = {}
    page = browse(PAGE.format(""), color_scheme=mode, viewport={"width": 1500, "height": 900})
    for path in PICTURES:
        page.set_content(PAGE.format(path.read_text("utf-8")))
        for sample, text in samples(page).items():
            found.setdefault(sample, f"{path.stem}: {text}")
    told = opinion(browse(laid_out(found)))
    assert told["violations"] == []
    assert sum(one.startswith("color-contrast: <p") for one in told["passes"]) == len(found) > 10


def test_axe_sees_what_is_planted(browse: OpenPage) -> None:
    """The layout of texts as HTML hides nothing from it."""
    svg = (ROOT / "templates" / "url-shortener.svg").read_text("utf-8")
    grey = "<style>svg.archkit .caption, svg.archkit .name { fill: #AAAAAA !important }</style>"
    told = opinion(browse(laid_out(samples(browse(PAGE.format(svg + grey))))))
    assert {one.split(":")[0] for one in told["violations"]} == {"color-contrast"}
    nameless = opinion(browse(PAGE.format('<svg role="img" width="9" height="9"></svg>')))
    assert [one for one in nameless["violations"] if one.startswith("svg-img-alt")]
