"""SVG of somebody else's, made safe to stand in a picture: only shapes and their looks are taken over.

A real XML parser reads it; a document type or an entity is refused before anything of it is looked at. What is written
is made anew from a closed list of elements and attributes, so no script, event handler, style sheet, link, animation or
reference to anything outside can come through.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from xml.parsers.expat import ExpatError, ParserCreate

__all__ = ["LARGEST", "PREFIX", "Refused", "fragment"]

LARGEST = 64 * 1024
"""The most bytes that an icon may have; AWS's largest has a tenth of that."""

PREFIX = "\0"
"""What stands before each id in a fragment, and cannot stand in XML: the picture puts the symbol's own id there."""

_DEEPEST, _MOST = 24, 1_000
_SVG = "http://www.w3.org/2000/svg"
_SHAPES = frozenset({"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"})
_DRAWN = _SHAPES | {"g", "defs", "linearGradient", "radialGradient", "stop", "clipPath", "mask"}
_NEEDED = frozenset({"a", "filter", "image", "marker", "pattern", "style", "svg", "switch", "symbol", "text", "use"})
"""Elements that are not taken over and without which the icon would look wrong, so that it is refused as a whole."""

_LOOKS = frozenset({
    "fill", "stroke", "fill-rule", "clip-rule", "stroke-width", "stroke-linecap", "stroke-linejoin", "style",
})  # fmt: skip
"""What the outermost element says of all in it; in a picture it would inherit other looks."""

_REFERENCES = frozenset({"clip-path", "mask"})
_PAINTS = _REFERENCES | {"fill", "stroke"}
_NUMBERS = frozenset({
    "clip-rule", "clipPathUnits", "cx", "cy", "d", "fill-opacity", "fill-rule", "fx", "fy", "gradientTransform",
    "gradientUnits", "height", "maskContentUnits", "maskUnits", "offset", "opacity", "points", "r", "rx", "ry",
    "spreadMethod", "stop-color", "stop-opacity", "stroke-dasharray", "stroke-dashoffset", "stroke-linecap",
    "stroke-linejoin", "stroke-miterlimit", "stroke-opacity", "stroke-width", "transform", "width", "x", "x1", "x2",
    "y", "y1", "y2",
})  # fmt: skip
_INLINE = frozenset({"fill", "mask", "opacity", "stroke"})
"""What a style attribute may say, beside names with a hyphen."""

_CALLS = frozenset({"fill", "gradientTransform", "stop-color", "stroke", "transform"})
"""What may be said by a function such as `rgb()` or `rotate()`."""

_PLAIN = re.compile(r"[-+#\w.,()%\s]*")
_LOCAL = re.compile(r"""url\(\s*["']?#([^"')\s]+)["']?\s*\)""")
_INK = frozenset(("#232f3e", "#242f3e", "#232f3d"))


class Refused(ValueError):
    """An icon cannot be taken over; the text says why."""


def fragment(data: bytes, *, corner: bool = False) -> str:
    """Return what an SVG file draws, as a fragment of SVG in a square of 48 units.

    AWS's dark blue becomes the current colour, which the picture's theme sets: that of the group for `corner` icons,
    for others that of text, which their class `solid` asks for.
    """
    if len(data) > LARGEST:
        raise Refused(f"it has more than {LARGEST // 1024} KB")
    cleaner = _Cleaner(corner)
    parser = ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _no_doctype
    parser.EntityDeclHandler = _no_doctype
    parser.StartElementHandler = cleaner.start
    parser.EndElementHandler = cleaner.end
    try:
        parser.Parse(data, True)
    except ExpatError as error:
        raise Refused(f"it is not well-formed XML: {error}") from error
    except (ValueError, LookupError) as error:  # an encoding that Python does not know
        raise error if isinstance(error, Refused) else Refused(f"it cannot be read: {error}") from error
    return cleaner.text()


def _no_doctype(*_: object) -> None:
    raise Refused("it declares a document type or an entity")


class _Cleaner:
    """Writes what may stay while the parser reads."""

    def __init__(self, corner: bool) -> None:
        self.corner = corner
        self.inked = False
        self.out: list[str] = []
        self.depth = 0
        self.seen = 0
        self.skipped = 0
        self.shapes = 0
        self.masks = 0

    def start(self, name: str, given: dict[str, str]) -> None:
        """Take over a start tag, or begin to skip."""
        self.depth += 1
        self.seen += 1
        if self.depth > _DEEPEST or self.seen > _MOST:
            raise Refused(f"it has more than {_MOST} elements, or elements more than {_DEEPEST} deep")
        space, _, local = name.rpartition(" ")
        if self.depth == 1:
            if (space, local) != (_SVG, "svg"):
                raise Refused("it is not SVG")
            looks = {name: value for name, value in given.items() if name in _LOOKS}
            self.out.append(f"<g{_placed(given)}{self._looks({'fill': '#000', 'stroke': 'none', **looks})}>")
        elif self.skipped or space != _SVG or local not in _DRAWN or given.get("display") == "none":
            if not self.skipped and space == _SVG and local in _NEEDED:
                raise Refused(f"it draws with <{local}>, which is not taken over")
            self.skipped += 1
        else:
            self.shapes += local in _SHAPES
            self.out.append(f"<{local}{self._looks(given)}>")
            self.masks += local in ("clipPath", "mask")

    def end(self, name: str) -> None:
        """Take over an end tag, or skip less."""
        self.depth -= 1
        if self.skipped:
            self.skipped -= 1
            return
        local = name.rpartition(" ")[2] if self.depth else "g"
        self.masks -= local in ("clipPath", "mask")
        if self.out[-1].startswith("<") and not self.out[-1].startswith("</") and self.out[-1].endswith('">'):
            self.out[-1] = f"{self.out[-1][:-1]}/>"
        else:
            self.out.append(f"</{local}>")

    def _looks(self, given: Mapping[str, str]) -> str:
        """Return the attributes that stay."""
        style = (part.partition(":")[::2] for part in given.get("style", "").split(";"))
        looks = {name.strip(): value.strip() for name, value in style if "-" in name or name.strip() in _INLINE}
        every = {**given, **looks}
        kept = [(name, value) for name, text in every.items() if (value := self._value(name, text)) is not None]
        return "".join(f' {name}="{escape(value)}"' for name, value in kept)

    def _value(self, name: str, text: str) -> str | None:
        """Return the value that an attribute keeps, None where it goes."""
        value = " ".join(text.split())
        if name in _REFERENCES and self.masks:
            return None  # masks of masks of masks would cost the reader's browser hours
        if name == "id":
            return _id(value)
        if name in _PAINTS and (local := _LOCAL.fullmatch(value)):
            return f"url(#{_id(local[1])})"
        if name in ("fill", "stroke") and value.lower() in _INK:
            self.inked = True
            return "currentColor"
        if name in _NUMBERS or name in _PAINTS:
            plain = _PLAIN.fullmatch(value) and ("(" not in value or name in _CALLS)
            return value if plain and "url" not in value.lower() else None
        return None

    def text(self) -> str:
        """Return the fragment; refuse one that draws nothing."""
        if not self.shapes:
            raise Refused("it draws nothing")
        look = ' class="solid"' if self.inked and not self.corner else ""
        return _without_idle_ids(f"<g{look}{''.join(self.out)[2:]}")


def _id(name: str) -> str:
    """Return an id of letters and digits only."""
    return PREFIX + re.sub(r"[^A-Za-z0-9]", lambda match: f"_{ord(match[0]):x}", name)


def _without_idle_ids(text: str) -> str:
    """Leave out ids that nothing refers to, which drawing programs write for each layer, and the second of two."""
    used = set(re.findall(rf"url\(#({PREFIX}\w*)\)", text))

    def kept(match: re.Match[str]) -> str:
        if match[1] not in used:
            return ""
        used.remove(match[1])
        return match[0]

    return re.sub(rf' id="({PREFIX}\w*)"', kept, text)


def _placed(given: Mapping[str, str]) -> str:
    """Return the transform that brings an icon into a square of 48 units."""
    try:
        box = given.get("viewBox") or f"0 0 {given['width'].removesuffix('px')} {given['height'].removesuffix('px')}"
        left, top, wide, high = (float(part) for part in re.split(r"[\s,]+", box.strip()))
    except (KeyError, ValueError) as error:
        raise Refused("it has no size") from error
    if not (0 < wide < 1e5 and 0 < high < 1e5 and abs(left) < 1e5 and abs(top) < 1e5):
        raise Refused("it has no size")
    scale = 48 / max(wide, high)
    x, y = (48 - wide * scale) / 2 - left * scale, (48 - high * scale) / 2 - top * scale
    moved = f"translate({x:.4g} {y:.4g})" if x or y else ""
    scaled = f"scale({scale:.6g})" if scale != 1 else ""
    return f' transform="{moved}{scaled}"' if moved or scaled else ""
