"""SVG of somebody else's comes out as shapes and nothing else, or not at all."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archkit.diagram.iconset.sanitize import LARGEST, PREFIX, Refused, fragment
from tests.diagram.assets import icon


def parsed(data: bytes, *, corner: bool = False) -> ElementTree.Element:
    text = fragment(data, corner=corner).replace(PREFIX, "x-")
    return ElementTree.fromstring(text)


def attributes(root: ElementTree.Element) -> list[tuple[str, str]]:
    return [pair for element in root.iter() for pair in element.items()]


def test_shapes_and_colours_stay() -> None:
    root = parsed(icon("#ED7100", 64))
    assert root.tag == "g" and root.get("transform") == "scale(0.75)"
    assert [element.tag for element in root.iter()] == ["g", "g", "rect", "path"]
    assert ("fill", "#ED7100") in attributes(root) and ("d", "M10,10 L30,30") in attributes(root)
    assert not [name for name, _ in attributes(root) if name == "id"], "nothing refers to them"


def test_a_narrow_icon_stands_in_the_middle() -> None:
    root = parsed(b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="10 0 24 48"><path d="M0 0h1"/></svg>')
    assert root.get("transform") == "translate(2 0)"


@pytest.mark.parametrize(("corner", "look"), [(False, "solid"), (True, None)])
def test_dark_blue_follows_the_theme(corner: bool, look: str | None) -> None:
    root = parsed(icon("#232F3E"), corner=corner)
    assert ("fill", "currentColor") in attributes(root) and root.get("class") == look


def test_a_style_attribute_becomes_attributes() -> None:
    inner = '<path d="M1 1h1" style="fill: #123456; stroke:url(https://x.example/a); behavior:url(#b); color: red"/>'
    last = list(parsed(icon(inner=inner)).iter())[-1]
    assert last.attrib == {"d": "M1 1h1", "fill": "#123456"}


def test_gradients_and_clips_keep_their_ids_under_a_prefix() -> None:
    inner = (
        '<defs><linearGradient id="a b"><stop offset="0" stop-color="#fff"/></linearGradient>'
        '<clipPath id="c"><rect width="9" height="9"/></clipPath></defs>'
        '<path d="M1 1h1" fill="url(\'#a b\')" clip-path=\'url(#c)\'/><path id="c" d="M2 2"/>'
    )
    data = icon(inner=inner.replace("a b", "a.b"))
    text = fragment(data)
    ids = re.findall(r' id="([^"]+)"', text)
    assert ids == [f"{PREFIX}a_2eb", f"{PREFIX}c"], "one of each, and only those that are used"
    assert f"url(#{ids[0]})" in text and f"url(#{ids[1]})" in text


HARM = {
    "script": "<script>alert(1)</script>",
    "handler": '<path d="M0 0" onload="alert(1)" onclick="alert(2)"/>',
    "foreign": '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><img src="https://x.example/"/></body></foreignObject>',
    "html": '<h:script xmlns:h="http://www.w3.org/1999/xhtml">alert(1)</h:script>',
    "animate": '<animate attributeName="href" to="javascript:alert(1)"/><set attributeName="onload" to="alert(1)"/>',
    "paint": '<path d="M0 0" fill="url(https://x.example/a.svg#b)" stroke="url(//x.example)" mask="url(data:x)"/>',
    "escaped": '<path d="M0 0" fill="u\\72l(https://x.example)" style="fill:\\75rl(//x.example)"/>',
    "base": '<path d="M0 0" xml:base="https://x.example/" xlink:href="https://x.example/"/>',
    "class": '<path d="M0 0" class="paper" data-node="x" style="--x:url(//x.example)"/>',
    "expression": '<path d="M0 0" style="width:expression(alert(1))" transform="url(//x.example)"/>',
    "value": '<path d="M0 0&quot;/&gt;&lt;script&gt;alert(1)&lt;/script&gt;" fill="&quot; onload=&quot;alert(1)"/>',
    "handler-link": '<path d="M0 0" href="javascript:alert(1)"/><metadata><a href="https://x.example"/></metadata>',
}


@pytest.mark.parametrize("name", list(HARM))
def test_what_could_do_harm_is_gone(name: str) -> None:
    text = fragment(icon(inner=HARM[name], root=' onload="alert(1)"'))
    found = ElementTree.fromstring(text.replace(PREFIX, "x-"))
    assert {element.tag for element in found.iter()} <= {"g", "rect", "path"}
    for word in ("script", "alert", "example", "href", "data", "on", "class", "style", "url"):
        assert not re.search(rf"\b{word}\w*\b", text), word


BOMB = '<!DOCTYPE svg [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
REFUSED = {
    "doctype": (icon(head='<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd">'), "document type"),
    "entities": (icon(head=BOMB, inner="<desc>&b;</desc>"), "document type"),
    "outside entity": (icon(head='<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'), "document type"),
    "large": (icon(inner=f'<path d="{"M0 0" * LARGEST}"/>'), "more than 64 KB"),
    "deep": (icon(inner="<g>" * 99 + "</g>" * 99), "deep"),
    "wide": (icon(inner="<g/>" * 2000), "more than 1000 elements"),
    "use": (icon(inner='<use href="#Icon"/>'), "draws with <use>"),
    "image": (icon(inner='<image href="https://x.example/a.png"/>'), "draws with <image>"),
    "style": (icon(inner="<style>.a{fill:url(//x.example)}</style>"), "draws with <style>"),
    "html": (b"<html><body/></html>", "not SVG"),
    "no XML": (b"\x89PNG", "not well-formed"),
    "cut": (icon()[:-8], "not well-formed"),
    "nothing": (b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"/>', "draws nothing"),
    "no size": (b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>', "no size"),
    "odd size": (b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 nan 1e999"><path d="M0 0"/></svg>', "no size"),
    "encoding": (icon().replace(b"UTF-8", b"x-none"), "it "),
}


@pytest.mark.parametrize("name", list(REFUSED))
def test_what_cannot_be_taken_over_is_refused(name: str) -> None:
    data, reason = REFUSED[name]
    with pytest.raises(Refused, match=reason):
        fragment(data)


def test_masks_of_masks_are_no_bomb() -> None:
    masks = "".join(f'<mask id="m{n}">' + f'<rect width="9" height="9" mask="url(#m{n + 1})"/>' * 9 + "</mask>"
                    for n in range(20))  # fmt: skip
    text = fragment(icon(inner=f'{masks}<path d="M0 0" mask="url(#m0)"/>'))
    assert text.count("mask=") == 1


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=40), st.sampled_from(
    ["fill", "d", "style", "id", "transform", "clip-path", "onload", "class"]))  # fmt: skip
def test_no_value_breaks_out(value: str, name: str) -> None:
    from xml.sax.saxutils import quoteattr

    try:
        text = fragment(icon(inner=f"<path {name}={quoteattr(value)}/>"))
    except Refused:
        return
    found = ElementTree.fromstring(text.replace(PREFIX, "x-"))
    assert [element.tag for element in found.iter()] == ["g", "g", "rect", "path", "path"]
    assert not re.search(r"url\((?!#)|javascript|\bon\w+=", text)
