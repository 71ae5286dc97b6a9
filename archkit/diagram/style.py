"""Colours and styles of the SVG, in light and in dark.

Group colours are those of AWS's icon deck; where a text in one would be hard to read it is darkened (lightened on dark
paper) to the contrast of 4.5 that WCAG 2 asks for.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from functools import partial
from importlib.resources import files
from typing import Literal

__all__ = ["FONT", "PAPER", "SHADES", "Theme", "dark_of", "readable", "stylesheet"]

Theme = Literal["media", "light", "dark", "page"]
FONT = "Archkit Sans"
PAPER = {"light": "#FFFFFF", "dark": "#0F1B2A"}
_PAGE = ':is([data-theme="dark"],[data-md-color-scheme="slate"],[data-bs-theme="dark"])'
"""How a page says that it is dark: Sphinx's themes and Docusaurus, Material for MkDocs, Bootstrap (MkDocs' own)."""
_READER = '[data-theme="auto"]'
"""How a page says that the reader's setting decides (Sphinx's furo)."""

_BASE = (
    (".name,.title,.label,.heading,.note", "font-kerning:none;white-space:pre"),
    (".name", "font-size:13px;text-anchor:middle"),
    (".caption", "font-size:11px;text-anchor:middle"),
    (".title", "font-size:14px"),
    (".heading", "font-size:20px"),
    (".note", "font-size:12.5px"),
    (".label", "font-size:11.5px;text-anchor:middle;paint-order:stroke;stroke-width:5px;stroke-linejoin:round"),
    (".frame", "fill:none;stroke-width:1.5px"),
    (".dashed", "stroke-dasharray:6 4"),
    (".wire,.head", "fill:none;stroke-width:1.5px;stroke-linecap:butt;stroke-linejoin:round"),
    (".event .wire", "stroke-dasharray:6 4"),
    (".guard .wire", "stroke-dasharray:1.5 3.5"),
    (".number", "font-size:11.5px;text-anchor:middle"),
    (".dim use", "opacity:.45"),
)

_COLORS = (
    (".paper,.halo", "fill:{paper}"),
    (".name,.title,.heading,.label,.note", "fill:{ink}"),
    (".caption", "fill:{soft}"),
    (".label", "stroke:{paper}"),
    ("use", "fill:{paper};stroke:{ink}"),
    (".wire,.head", "stroke:{wire}"),
    (".data .head", "fill:{wire}"),
    (".disc", "fill:{ink}"),
    (".number", "fill:{paper}"),
    (".badge,.card", "fill:{paper};stroke:{soft}"),
)

_SOLID = (("use.solid", "color:{ink}"),)

SHADES = {
    "light": {"paper": PAPER["light"], "ink": "#232F3E", "soft": "#545B64", "wire": "#414D5C"},
    "dark": {"paper": PAPER["dark"], "ink": "#E9EBED", "soft": "#A9B3BF", "wire": "#B6BEC9"},
}


def stylesheet(id: str, theme: Theme, colors: Iterable[tuple[str, str | None]], latin: bool, solid: bool) -> str:
    """Return the styles of one picture, all of them under its root's id.

    `colors` are the frame's colour and the fill of each kind of group, in order. `latin` texts need the larger font,
    `solid` icons the colour of text.
    """
    colors = list(colors)
    scope = f"#{id}"
    rules = [_font(latin), f"{scope}{{font-family:'{FONT}','Open Sans',sans-serif;max-width:100%;height:auto}}"]
    rules += [_rule(scope, selector, body) for selector, body in _BASE]
    first = "dark" if theme == "dark" else "light"
    colored = partial(_colored, colors=colors, rules=_COLORS + (_SOLID if solid else ()))
    rules += colored(scope, first)
    if theme == "media":
        rules.append("@media (prefers-color-scheme:dark){" + "".join(colored(scope, "dark")) + "}")
    elif theme == "page":
        rules += colored(f"{_PAGE} {scope}", "dark")
        auto = colored(f"{_READER} {scope}", "dark")
        rules.append("@media (prefers-color-scheme:dark){" + "".join(auto) + "}")
    return "".join(rules)


def _rule(scope: str, selectors: str, body: str) -> str:
    return ",".join(f"{scope} {selector}" for selector in selectors.split(",")) + "{" + body + "}"


def _colored(
    scope: str, mode: str, colors: list[tuple[str, str | None]], rules: Iterable[tuple[str, str]]
) -> list[str]:
    """Return the rules that hold colours, for light or dark paper."""
    made = [_rule(scope, selector, body.format(**SHADES[mode])) for selector, body in rules]
    for number, (color, fill) in enumerate(colors):
        tile = color if mode == "light" else dark_of(color)
        made.append(f"{scope} .c{number}{{color:{tile}}}")
        stroke = readable(color, PAPER[mode], 3.0)
        # On dark paper a light fill would glare: a breath of the frame's colour takes its place.
        tint = (
            ""
            if not fill
            else f";fill:{fill};fill-opacity:.6"
            if mode == "light"
            else f";fill:{stroke};fill-opacity:.1"
        )
        made.append(f"{scope} .c{number} .frame{{stroke:{stroke}{tint}}}")
        made.append(f"{scope} .c{number} .title{{fill:{readable(color, PAPER[mode], 4.5)}}}")
    return made


def _font(latin: bool) -> str:
    """Return the font as a style rule; texts of plain ASCII take the smaller subset."""
    name = "latin" if latin else "ascii"
    data = files("archkit.diagram").joinpath("font", f"{name}.woff2").read_bytes()
    encoded = base64.b64encode(data).decode()
    return f"@font-face{{font-family:'{FONT}';src:url(data:font/woff2;base64,{encoded}) format('woff2')}}"


def dark_of(color: str) -> str:
    """Return the colour of a corner icon on dark paper: the official one, unless it would vanish."""
    return readable(color, PAPER["dark"], 1.8)


def readable(color: str, paper: str, contrast: float) -> str:
    """Return a colour, moved away from the paper as far as the contrast needs."""
    target = 0 if _luminance(paper) > 0.5 else 255
    channels = [int(color[at : at + 2], 16) for at in (1, 3, 5)]
    for step in range(21):
        mixed = [round(channel + (target - channel) * step / 20) for channel in channels]
        found = "#" + "".join(f"{channel:02X}" for channel in mixed)
        if _contrast(found, paper) >= contrast:
            return found
    return found


def _contrast(one: str, two: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    """Return the relative luminance of WCAG 2."""
    parts = []
    for at in (1, 3, 5):
        value = int(color[at : at + 2], 16) / 255
        parts.append(value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4)
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
