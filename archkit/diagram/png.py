"""PNG of the SVG, through resvg, with its text also on a machine that has no font at all."""

from __future__ import annotations

import struct
import zlib

from archkit.diagram.style import FONT
from archkit.diagram.text import covered, font_file

__all__ = ["write"]

_HEADER = 33  # bytes: the signature and the chunk IHDR
_DOTS = 96 / 0.0254  # px of CSS in a metre


def write(svg: str, scale: float = 2.0) -> bytes:
    """Return a PNG of an SVG in one concrete theme, `scale` pixels for each px.

    The machine's own fonts are asked only for characters that Open Sans lacks: with them the bytes depend on the
    machine.
    """
    import resvg_py

    # Without `sans_serif_family` resvg draws no text where the system has no fonts, and says nothing.
    data = bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg.replace(f"'{FONT}',", ""),
            zoom=scale,
            skip_system_fonts=covered(svg.replace("\n", "")),
            font_files=[str(font_file())],
            font_family="Open Sans",
            sans_serif_family="Open Sans",
        )
    )
    return data[:_HEADER] + _size(scale) + data[_HEADER:]


def _size(scale: float) -> bytes:
    """Return the chunk that says how large a pixel is, so that print is as large as the SVG at any scale."""
    dots = round(_DOTS * scale)
    chunk = b"pHYs" + struct.pack(">IIB", dots, dots, 1)
    return struct.pack(">I", 9) + chunk + struct.pack(">I", zlib.crc32(chunk))
