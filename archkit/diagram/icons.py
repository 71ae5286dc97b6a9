"""Icons as fragments of SVG: those of the package `diagrams`, flat or as they are, or those that the user installed.

`diagrams` carries the icons of before 2023 (rounded squares with a gradient). The glyph on such a square is the white
in it, so each pixel's smallest channel, less that of the background, says how much of the glyph covers it; laid in
white over a plain square of the category's colour that is the present icon. Line art keeps its shape and takes the
plain colour.

People and the corners of groups are drawn here unless they are installed, for the picture's theme colours them.
"""

from __future__ import annotations

import base64
from contextlib import suppress
from functools import cache
from pathlib import Path
from statistics import median_low
from typing import Literal

from archkit.cache import cache_folder, keep
from archkit.diagnostics import Report
from archkit.diagram.glyphs import GLYPHS, SAME_AS
from archkit.service_icons import icon_folder

__all__ = ["STYLES", "IconStyle", "NoIcons", "best", "category_color", "fragment", "picture", "require", "source"]

IconStyle = Literal["flat", "classic", "installed"]
STYLES: tuple[IconStyle, ...] = ("flat", "classic", "installed")
"""What icons can look like: AWS's present look, that of diagrams, or as the user installed them."""

PACKAGE = "https://aws.amazon.com/architecture/icons/"

_VERSION = 2  # a part of the names in the cache: raise it when the flattening changes
_SIZE = 112  # twice the drawn size
_NEUTRAL = "#7D8998"
_ORANGE, _GREEN, _PURPLE, _PINK, _RED, _TEAL, _MAGENTA = (
    "#ED7100", "#7AA116", "#8C4FFF", "#E7157B", "#DD344C", "#01A88D", "#C925D1",
)  # fmt: skip
_COLORS = {
    "analytics": _PURPLE, "ar": _MAGENTA, "blockchain": _ORANGE, "business": _RED, "compute": _ORANGE, "cost": _GREEN,
    "database": _MAGENTA, "devtools": _MAGENTA, "enablement": _MAGENTA, "enduser": _TEAL, "engagement": _RED,
    "game": _PURPLE, "integration": _PINK, "iot": _GREEN, "management": _PINK, "media": _ORANGE, "migration": _TEAL,
    "ml": _TEAL, "mobile": _RED, "network": _PURPLE, "quantum": _ORANGE, "robotics": _RED, "satellite": _PURPLE,
    "security": _RED, "storage": _GREEN,
}  # fmt: skip
"""The category colours of AWS's icon deck since 2023, by folder of diagrams."""


def category_color(icon: str) -> str:
    """Return the colour of an icon's category."""
    parts = icon.split("/")
    return _COLORS.get(parts[1], _NEUTRAL) if len(parts) > 2 and parts[0] == "aws" else _NEUTRAL


class NoIcons(ValueError):
    """Installed icons are asked for and there are none; the message says how to get some."""


def best() -> IconStyle:
    """Return the style of installed icons where there are any, else that of AWS's present look."""
    from archkit.diagram.iconset.store import installed

    return "installed" if installed() else "flat"


def seal_of(style: IconStyle) -> str:
    """Return what tells the icons of a style from others, for those who remember what they drew."""
    from archkit.diagram.iconset.store import installed

    known = installed() if style == "installed" else None
    return f"{style} {known.seal}" if known else style


def require(style: IconStyle) -> None:
    """Raise `NoIcons` where a style cannot be had."""
    if style == "installed":
        from archkit.diagram.iconset.store import installed

        if installed() is None:
            raise NoIcons(f"no icons are installed: get AWS's package from {PACKAGE} and run "
                          "'archkit icons install PACKAGE.zip'")  # fmt: skip


def fragment(icon: str, report: Report | None = None, style: IconStyle = "flat", id: str = "icon") -> str:
    """Return an icon as SVG in a square of 48 units; a missing one is a plain icon and a warning.

    All ids in it begin with `id`.
    """
    drawing = _drawing(icon, style)
    if drawing is not None:
        return drawing.replace("\0", f"{id}-")
    data = _pixels(icon, style)
    if data is None:
        if report is not None:
            report.warn("missing-icon", f"there is no icon {_told(icon)}; a plain one is drawn" if icon
                        else "a kind has no icon; a plain one is drawn")  # fmt: skip
        return GLYPHS["glyph/plain"]
    encoded = base64.b64encode(data).decode()
    return f'<image width="48" height="48" href="data:image/png;base64,{encoded}"/>'


def picture(icon: str, report: Report | None = None, style: IconStyle = "flat") -> bytes:
    """Return an icon as a PNG of its own, for those who cannot take SVG."""
    data = _pixels(icon, style) if _drawing(icon, style) is None else None
    if data is not None:
        return data
    import resvg_py

    inner = fragment(icon, report, style)
    colors = 'fill="#FFFFFF" stroke="#232F3E" color="#7D8998"'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" {colors}>{inner}</svg>'
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, width=_SIZE, height=_SIZE))


def source(icon: str, style: IconStyle) -> tuple[str, str]:
    """Return where an icon comes from (installed, diagrams, archkit or nowhere), and its name there."""
    if style == "installed" and (found := _installed(icon)):
        return "installed", found[0]
    glyph = SAME_AS.get(icon, icon)
    if glyph in GLYPHS:
        return "archkit", glyph
    return ("nowhere", "") if _pixels(icon, style) is None else ("diagrams", icon)


def _told(icon: str) -> str:
    """Return what a missing icon is called."""
    place, _, service = icon.rpartition("/")
    return f"for {service}" if place == "service" else f"'{icon}'"


def _drawing(icon: str, style: IconStyle) -> str | None:
    """Return an icon that is drawn: an installed one, or one of archkit's own."""
    found = _installed(icon) if style == "installed" else None
    return found[1] if found else GLYPHS.get(SAME_AS.get(icon, icon))


def _installed(icon: str) -> tuple[str, str] | None:
    """Return the name and the drawing of an installed icon."""
    from archkit.diagram.iconset.store import installed

    known = installed()
    found = known.index.find(icon) if known else None
    return known.icons[found] if known and found else None


def _pixels(icon: str, style: IconStyle) -> bytes | None:
    """Return the PNG of an icon of diagrams."""
    path = _file(icon)
    if path is None:
        return None
    return path.read_bytes() if style == "classic" else _flat(icon, path)


def _file(icon: str) -> Path | None:
    """Return where diagrams has an icon."""
    folder = icon_folder()
    if folder is None or not icon or ".." in icon.split("/"):
        return None
    path = folder / f"{icon}.png"
    try:
        return path if path.is_file() else None
    except (OSError, ValueError):  # a name that no file can have
        return None


@cache
def _flat(icon: str, source: Path) -> bytes | None:
    """Return the flattened PNG of an icon, from the cache where it is there."""
    size = source.stat().st_size
    kept = cache_folder() / "icons" / f"{icon.replace('/', '.')}-{_VERSION}-{size}.png"
    with suppress(OSError):
        data = kept.read_bytes()
        if data.endswith(b"IEND\xaeB`\x82"):
            return data
    try:
        data = flatten(source.read_bytes(), category_color(icon))
    except (ValueError, OSError):
        return None
    keep(kept, data)
    return data


def flatten(png: bytes, color: str) -> bytes:
    """Return an icon as a flat one in a colour, with 16 shades."""
    from archkit.diagram.pixels import read_png, shrink, write_png

    wide, high, channels, pixels = read_png(png)
    least = bytes(map(min, pixels[0::channels], pixels[1::channels], pixels[2::channels]))
    alpha = bytes(pixels[3::4]) if channels == 4 else b"\xff" * (wide * high)
    opaque = [value for value, solid in zip(least, alpha, strict=True) if solid > 200]
    if not opaque:
        raise ValueError("an empty icon")
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    ground = median_low(opaque)
    room = max(255 - ground, 1)
    if len(opaque) > 0.8 * wide * high:
        # The gradient reaches a quarter of the way to white in its brightest corner; the glyph is what lies above.
        base, room = ground + room // 4, max(room * 3 // 5, 1)
        cover = bytes(
            max(0, min(255, (value - base) * 255 // room)) if solid > 127 else 0
            for value, solid in zip(least, alpha, strict=True)
        )
        shades = [tuple(base + (255 - base) * step // 15 for base in (red, green, blue)) for step in range(16)]
        palette = [(*shade, 255) for shade in shades]
    else:
        ground = min(ground, 200)  # line art on a white ground has a white median
        cover = bytes(
            min(255, (255 - value) * 255 // (255 - ground)) * solid // 255
            for value, solid in zip(least, alpha, strict=True)
        )
        palette = [(red, green, blue, step * 17) for step in range(16)]
    indices = bytes(min(15, int(value / 17 + 0.5)) for value in shrink(cover, wide, high, _SIZE))
    return write_png(indices, _SIZE, palette)  # type: ignore[arg-type]
