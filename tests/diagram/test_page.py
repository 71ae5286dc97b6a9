"""Pictures in a page: they stand beside each other and beside anything else, are small, and show any text as text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import archkit
from archkit.diagram.iconset import store
from tests.browser import OpenPage
from tests.environments import AWS_ICONS, needed

BLUEPRINTS = Path(__file__).parents[2] / "blueprints"

HOSTILE = {
    "script": "<script>document.title = 'taken'</script>",
    "image": '<img src=x onerror="document.title = 1">"\'>',
    "cdata": "a ]]> b <![CDATA[c]]> </text></svg>",
    "entity": "&lt; &amp; &#60;script&#62; &nope; %41 {{x}} ${x}",
    "right to left": "مرحبا بالعالم و שלום",
    "emoji": "🎉 👩‍👩‍👧‍👦 🇪🇺 日本語",
    "override": "user\u202egnp.exe\u2066",
    "long": "very " * 799 + "long",
    "unbroken": "W" * 4_000,
}


def blueprint(text: str) -> str:
    """A blueprint that says a text wherever it can say one."""
    import json

    said = json.dumps(text.replace("$", "$$"), ensure_ascii=False)
    return (
        f"name: shop\ntitle: {said}\nnodes:\n"
        f"  people: {{kind: users, label: {said}, note: {said}}}\n"
        f"  team:\n    kind: group\n    label: {said}\n    note: {said}\n"
        f"    nodes: {{jobs: {{kind: sqs.queue, label: {said}, link: {said}}}}}\n"
        f"edges:\n  - people -> jobs: {{does: flow, label: {said}, note: {said}, step: 1}}\n"
    )


def beside(*pictures: str) -> str:
    """Return a page with pictures, each at its own place."""
    places = (f'<div style="position:absolute;top:{2000 * at}px">{one}</div>' for at, one in enumerate(pictures))
    return f"<!doctype html><body>{''.join(places)}"


def squeezed(text: str) -> str:
    """Return a text without spaces and marks of direction, which are laid out and not shown."""
    return re.sub(r"[\s\u200b-\u200f\u202a-\u202e\u2066-\u2069]", "", text)


@pytest.mark.browser
@pytest.mark.parametrize("name", list(HOSTILE))
@pytest.mark.parametrize("form", ["inline", "file"])
def test_any_text_comes_out_as_text(browse: OpenPage, name: str, form: str) -> None:
    compiled = archkit.load("shop.yaml", text=blueprint(HOSTILE[name]))
    svg = compiled.render().decode()
    assert not compiled.report.failed, list(compiled.report)
    page = browse("<!doctype html><title>mine</title><body></body>", viewport={"width": 1200, "height": 900})
    put = {"inline": "document.body.innerHTML = svg", "file": "document.body.append(document.importNode("
           "new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement, true))"}  # fmt: skip
    page.evaluate(f"svg => {{ {put[form]} }}", svg)
    page.wait_for_timeout(50)
    assert page.title() == "mine"
    tags = set(page.evaluate("[...document.querySelectorAll('body *')].map(one => one.localName)"))
    allowed = "a circle defs desc g image path rect style svg symbol text title tspan use"
    assert tags <= set(allowed.split()), tags
    handlers = page.evaluate("[...document.querySelectorAll('body *')].flatMap(one => one.getAttributeNames())")
    assert not [one for one in handlers if one.startswith("on")]
    for place in (".heading", ".node .name", ".group > .title", ".edge .label", ".note"):
        found = page.evaluate(
            "place => [...document.querySelectorAll(place)].map(one => one.textContent).join('')", place
        )
        assert squeezed(HOSTILE[name]) in squeezed(found), f"{place}: {found}"
    shown = page.evaluate("""[...document.querySelectorAll("svg.archkit text")].map(one => {
        const box = one.getBBox(), page = one.ownerSVGElement.viewBox.baseVal
        return box.width > 0 && box.x >= page.x - 1 && box.x + box.width <= page.x + page.width + 1
            && box.y >= page.y - 1 && box.y + box.height <= page.y + page.height + 1 })""")
    assert len(shown) >= 5 and all(shown), "every text stands on the page"


def several(which: str) -> list[tuple[str, str]]:
    """Return pictures that share a page, with their names: of several blueprints, or all of one."""
    if which == "blueprints":
        names = ("three-tier", "url-shortener", "hybrid-network")
        return [(name, archkit.load(BLUEPRINTS / f"{name}.yaml").render().decode()) for name in names]
    compiled, other = (archkit.load(f"{name}.yaml", text=blueprint(name)) for name in ("one", "two"))
    themes = [(theme, compiled.render(theme=theme).decode()) for theme in ("media", "light", "dark", "page")]  # type: ignore[arg-type]
    return [
        *themes,
        ("other icons", compiled.render(icons="classic", instance="a").decode()),
        ("other text, same name", other.render(instance="b").decode()),
        ("a blueprint called dark", other.render(theme="light").decode().replace("archkit-shop", "archkit-shop-dark")),
    ]


@pytest.mark.browser
@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("which", ["blueprints", "one"])
def test_two_pictures_in_one_page_look_as_each_alone(browse: OpenPage, which: str, mode: str) -> None:
    names, pictures = zip(*several(which), strict=True)
    look = {"viewport": {"width": 1300, "height": 900}, "color_scheme": mode}
    page = browse(beside(*pictures), **look)
    for number, name in enumerate(names):
        empty = [one if at == number else "<svg class='archkit'></svg>" for at, one in enumerate(pictures)]
        shots = [one.locator("svg.archkit").nth(number).screenshot() for one in (page, browse(beside(*empty), **look))]
        assert shots[0] == shots[1], name
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(one => one.id)")
    assert len(ids) == len(set(ids))
    broken = page.evaluate("[...document.querySelectorAll('use')].filter(one => "
                           "!one.closest('svg.archkit').querySelector(one.getAttribute('href'))).length")  # fmt: skip
    assert broken == 0


@pytest.mark.browser
def test_a_picture_leaves_the_page_around_it_alone(browse: OpenPage) -> None:
    names = ("title", "name", "label", "note", "frame", "node", "wire", "paper", "badge", "card")
    around = "".join(f'<p class="{name}">text</p>' for name in names)
    around += '<svg class="mine"><text class="title">x</text><use class="ink"/><path class="wire" d="M0 0h9"/></svg>'
    looks = """[...document.querySelectorAll("p, svg.mine *")].map(one => {
        const look = getComputedStyle(one)
        return [...look].map(name => name + look.getPropertyValue(name)).join() })"""
    before = browse(f"<!doctype html><body>{around}").evaluate(looks)
    svg = archkit.load(BLUEPRINTS / "three-tier.yaml").render().decode()
    assert browse(f"<!doctype html><body>{around}{svg}").evaluate(looks) == before and len(before) == len(names) + 3


@pytest.mark.parametrize("theme", ["media", "light", "dark", "page"])
@pytest.mark.parametrize("icons", ["flat", "installed"])
def test_the_three_tiers_are_small_and_need_nothing_else(
    icons: str, theme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if icons == "installed":
        monkeypatch.setenv("ARCHKIT_ICONS", str(tmp_path))
        store.install(needed(AWS_ICONS))
    compiled = archkit.load(BLUEPRINTS / "three-tier.yaml")
    svg = compiled.render(theme=theme, icons=icons).decode()  # type: ignore[arg-type]
    print(f"{len(svg):,} bytes")
    assert len(svg.encode()) < 80_000
    assert "@font-face" in svg and svg.count("<symbol") > 8
    references = re.findall(r'(?:href|src|xlink:href)="([^"]*)"|url\(([^)]*)\)|@import|<!ENTITY|<\?xml-stylesheet', svg)
    assert references and all(re.match(r"#|data:(image/png|font/woff2);base64,", one or two) for one, two in references)
