"""Icons: those of the package `diagrams`, brought into AWS's present flat look, as fragments of SVG.

`diagrams` carries the icons of before 2023 (rounded squares with a gradient). The glyph on such a square is the white
in it, so each pixel's smallest channel, less that of the background, says how much of the glyph covers it; laid in
white over a plain square of the category's colour that is the present icon. Line art keeps its shape and takes the
plain colour.
"""

from __future__ import annotations

import base64
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from statistics import median_low

from archkit.cache import cache_folder, keep
from archkit.diagnostics import Report
from archkit.diagram.glyphs import GLYPHS, SAME_AS

__all__ = ["category_color", "fragment", "picture"]

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


def fragment(icon: str, report: Report | None = None) -> str:
    """Return an icon as SVG in a square of 48 units; a missing one is a plain icon and a warning."""
    glyph = GLYPHS.get(SAME_AS.get(icon, icon))
    if glyph is not None:
        return glyph
    data = _flat(icon)
    if data is None:
        if report is not None:
            report.warn("missing-icon", f"there is no icon '{icon}'; a plain one is drawn" if icon
                        else "a kind has no icon; a plain one is drawn")  # fmt: skip
        return GLYPHS["glyph/plain"]
    encoded = base64.b64encode(data).decode()
    return f'<image width="48" height="48" href="data:image/png;base64,{encoded}"/>'


def picture(icon: str, report: Report | None = None) -> bytes:
    """Return an icon as a PNG of its own, for those who cannot take SVG."""
    data = _flat(icon)
    if data is not None:
        return data
    import resvg_py

    inner = fragment(icon, report)
    colors = 'fill="#FFFFFF" stroke="#232F3E" color="#7D8998"'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" {colors}>{inner}</svg>'
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, width=_SIZE, height=_SIZE))


@cache
def _resources() -> Path | None:
    """The folder of diagrams' icons, found without importing the package."""
    spec = find_spec("diagrams")
    return None if spec is None or spec.origin is None else Path(spec.origin).parent.parent / "resources"


@cache
def _flat(icon: str) -> bytes | None:
    """Return the flattened PNG of an icon, from the cache where it is there."""
    folder = _resources()
    if folder is None or not icon or ".." in icon.split("/"):
        return None
    source = folder / f"{icon}.png"
    try:
        size = source.stat().st_size
    except (OSError, ValueError):
        return None
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
