"""The picture as a page: one offline file to pan, zoom and search, that tells what each node and edge became.

Nothing is asked of any other place, and the page's own policy forbids it: scripts and styles are allowed by their
hashes alone. Every text of the blueprint is text in the page, never markup. Without scripts the picture still shows.

The page has one object for a page around it, such as the live preview:

    archkit.update({svg, facts})    put a newer picture or newer facts in place; either may be left out, and zoom,
                                    search and selection stay
    archkit.choose({node: ID})      choose a node or an edge ({edge: ID}); without either, none
    archkit.chosen                  what is chosen: {node: ID}, {edge: ID} or null
    "archkit:choose"                an event of the document whenever that changes; `detail` is as `chosen`

`#node=ID` and `#edge=ID` behind the page's address open it with that chosen. `svg` is a picture of `svg.write` with the
theme that the page has (media, unless it was written in light or dark), `facts` are those of `write`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

from archkit.diagnostics import Report
from archkit.diagram import svg
from archkit.diagram.icons import IconStyle
from archkit.diagram.scene import Scene
from archkit.diagram.style import Theme
from archkit.diagram.text import clean

__all__ = ["write"]

_SCRIPTS = ("base", "view", "map", "picture", "panel", "search", "page")
_DARK = "@media (prefers-color-scheme: dark)"
_ALWAYS = {"light": "@media not all", "dark": "@media all"}
_STYLES = re.compile(r"<style>(.*?)</style>", re.DOTALL)


def write(
    scene: Scene,
    theme: Theme = "media",
    report: Report | None = None,
    facts: Mapping[str, Any] | None = None,
    *,
    icons: IconStyle = "flat",
) -> str:
    """Return the page of a finished scene; `facts` are what is told of its nodes and edges (see `archkit.facts`).

    Light or dark follows the reader's system, who can also choose on the page, unless `theme` is one of the two.
    """
    theme = "media" if theme == "page" else theme
    picture = svg.write(scene, theme, report, icons=icons)
    style = _part("page.css").replace(_DARK, _ALWAYS.get(theme, _DARK))
    script = "(() => {\n" + "\n".join(_part(f"{name}.js") for name in _SCRIPTS) + "})();\n"
    parts = {
        "policy": _policy([script], [style, *_STYLES.findall(picture)]),
        "title": escape(clean(scene.plan.title or scene.plan.name)),
        "style": style,
        "svg": picture,
        "facts": _data(facts or {}),
        "script": script,
    }
    return re.sub(r"\{(\w+)\}", lambda hole: parts[hole[1]], _part("page.html"))


@cache
def _part(name: str) -> str:
    return files("archkit.diagram.html").joinpath(name).read_text("utf-8")


def _policy(scripts: list[str], styles: list[str]) -> str:
    """Return the page's Content-Security-Policy: nothing but what is written here."""
    return (
        f"default-src 'none'; script-src {_hashes(scripts)}; style-src {_hashes(styles)}; "
        "img-src data:; font-src data:; base-uri 'none'; form-action 'none'"
    )


def _hashes(texts: list[str]) -> str:
    digests = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts)
    return " ".join(f"'sha256-{digest}'" for digest in digests)


def _data(value: Mapping[str, Any]) -> str:
    """Return JSON that a script element can hold: nothing in it begins a tag or a comment."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
