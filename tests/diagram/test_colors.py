"""The colours that a browser shows where a theme decides: inside of a `use`, no rule of the picture's style reaches."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

import archkit
from archkit.diagram.iconset import store
from archkit.diagram.pixels import read_png
from tests.browser import OpenPage
from tests.diagram.assets import PACKAGE, zipped

pytestmark = pytest.mark.browser

BLUEPRINT = "name: shop\nnodes:\n  people: users\n  network: {kind: ec2.vpc, nodes: {cage: {kind: group}}}\n"
VPC, WHITE, INK, PALE = (0x8C, 0x4F, 0xFF), (0xFF,) * 3, (0x23, 0x2F, 0x3E), (0xE9, 0xEB, 0xED)


def colors(png: bytes) -> Counter[tuple[int, ...]]:
    _wide, _high, channels, pixels = read_png(png)
    return Counter(zip(*(pixels[at::channels] for at in range(3)), strict=True))


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("theme", ["media", "page"])
def test_icons_have_the_colours_of_group_text_and_paper(browse: OpenPage, theme: str, mode: str) -> None:
    svg = archkit.load("shop.yaml", text=BLUEPRINT).render("svg", theme=theme).decode()  # type: ignore[arg-type]
    # twice as large, so that thin lines are more than their soft edges
    page = browse(f'<body data-theme="{mode}">{svg}', color_scheme=mode, device_scale_factor=2)
    icon = colors(page.locator("[data-group=network] > use").screenshot())
    assert icon.most_common(1)[0][0] == VPC and icon[WHITE] > 50
    people = colors(page.locator("[data-node=people] use").screenshot())
    assert people[INK if mode == "light" else PALE] > 50


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_installed_icons_have_them_too(
    browse: OpenPage, mode: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARCHKIT_ICONS", str(tmp_path / "place"))
    store.install(zipped(tmp_path / "package.zip", PACKAGE))
    compiled = archkit.load("shop.yaml", text=BLUEPRINT)
    svg = compiled.render("svg", theme="media", icons="installed").decode()
    page = browse(f"<body>{svg}", color_scheme=mode, device_scale_factor=2)
    people = colors(page.locator("[data-node=people] use").screenshot())
    assert people.most_common(1)[0][0] == (INK if mode == "light" else PALE)
    cloud = colors(page.locator("[data-group] > use").first.screenshot()).most_common(1)[0][0]
    frame = page.evaluate("getComputedStyle(document.querySelector('.group')).color")
    assert f"rgb({', '.join(map(str, cloud))})" == frame
