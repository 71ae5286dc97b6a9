"""Icons that are drawn here: those of groups and people, and a plain one for what has no icon.

Each is a fragment of SVG in a square of 48 units; the shapes follow AWS's icon deck. What the theme colours is
inherited from the `use` that shows it: the stroke is that of text, the fill that of the paper, the colour that of the
group. Rules of a style sheet would not do, since inside of a `use` their selectors see nothing around it
(https://svgwg.org/svg2-draft/struct.html#UseStyleInheritance).
"""

from __future__ import annotations

__all__ = ["GLYPHS", "SAME_AS"]

_STROKE = 'fill="none" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'
_CLOUD = "M15 34a8 8 0 0 1-1.4-15.9 11 11 0 0 1 20.7-2.6A9.4 9.4 0 0 1 33.5 34Z"


def _person(x: float, y: float, half: float, bottom: float, head: float) -> str:
    """Return the outline of a person: the head's middle, half the shoulders' width, the bottom, the head's radius."""
    return (
        f"M{x - head:g} {y:g}a{head:g} {head:g} 0 1 0 {2 * head:g} 0a{head:g} {head:g} 0 1 0 {-2 * head:g} 0z"
        f"M{x - half:g} {bottom:g}v-2a{half:g} {half + 1:g} 0 0 1 {2 * half:g} 0v2z"
    )


def _tile(inner: str) -> str:
    return f'<rect fill="currentColor" stroke="none" width="48" height="48"/>{inner}'


def _white(path: str) -> str:
    return f'<path stroke="#FFFFFF" {_STROKE} d="{path}"/>'


def _signal(color: str, path: str) -> str:
    """Return a tile whose colour says something by itself."""
    return f'<rect fill="{color}" stroke="none" width="48" height="48" rx="4"/>{_white(path)}'


def _ink(path: str) -> str:
    return f'<path {_STROKE} d="{path}"/>'


GLYPHS: dict[str, str] = {
    "glyph/cloud": _tile(_white(_CLOUD)),
    "glyph/region": _tile(_white("M15 39V9M11.5 39h7M15 11h19l-5 6.5 5 6.5H15M15 9a1.5 1.5 0 1 0 0-.1")),
    "glyph/account": _tile(_white("M24 9 37 16.5v15L24 39 11 31.5v-15zM11 16.5l13 7.5 13-7.5M24 24v15")),
    "glyph/vpc": _tile(
        _white(
            "M18 30h-5.5a6.5 6.5 0 0 1-.8-12.9 9.5 9.5 0 0 1 18-2.4 7.5 7.5 0 0 1 6.5 5.3"
            "M30 22.5l8 2.5v6c0 4-3.5 6.8-8 8.5-4.5-1.7-8-4.5-8-8.5v-6zM30 27v8"
        )
    ),
    "glyph/subnet": _tile(_white("M13 22h22v16H13zM17.5 22v-5a6.5 6.5 0 0 1 13 0v5M24 31v3M24 31a1.6 1.6 0 1 0-.1 0")),
    "glyph/auto-scaling": _tile(
        _white("M24 20v-9M20 14l4-4 4 4M24 28v9M20 34l4 4 4-4M20 24h-9M15 20l4 4-4 4M28 24h9M33 20l-4 4 4 4")
    ),
    "glyph/data-center": _tile(_white("M14 39V10h20v29zM19 16h3M26 16h3M19 22h3M26 22h3M19 28h3M26 28h3M21 39v-5h6v5")),
    "glyph/group": _tile(_white("M11 11h11v11H11zM26 11h11v11H26zM11 26h11v11H11zM26 26h11v11H26z")),
    "glyph/gateway-load-balancer": '<rect fill="#8C4FFF" stroke="none" width="48" height="48"/>'
    + _white("M24 10a14 14 0 1 0 .1 0M15 24h18M24 24v-8M24 24v8M29 20l4 4-4 4M20 19l4-4 4 4M20 29l4 4 4-4"),
    "glyph/app2container": '<rect fill="#ED7100" stroke="none" width="48" height="48"/>'
    + _white("M9 15h12v12H9zM9 20h12M25 21h4M27 19l2 2-2 2M39 17v13l-7 4-7-4M25 17l7-4 7 4-7 4zM32 21v13"),
    "glyph/copilot": '<rect fill="#ED7100" stroke="none" width="48" height="48"/>'
    + _white("M12 34 34 12l4 1-1 4-22 22M19 27l-8-5 4-4 9 4M21 29l5 8 4-4-4-9"),
    "glyph/plain": '<rect x="1" y="1" width="46" height="46" rx="3" stroke-width="2"/>'
    + _ink("M24 11 36 17.5v13L24 37 12 30.5v-13zM12 17.5l12 6.5 12-6.5M24 24v13"),
    "glyph/user": _ink(_person(24, 15, 15, 42, 8.5)),
    "glyph/users": _ink(
        _person(24, 21, 11.5, 44, 6.8)
        + "M11.5 4.5a5.5 5.5 0 1 0 .1 0zM36.5 4.5a5.5 5.5 0 1 0 .1 0z"
        + "M12.5 30.5H3v-3a9 9 0 0 1 12.5-8.3M35.5 30.5H45v-3a9 9 0 0 0-12.5-8.3"
    ),
    "glyph/client": _ink("M5 8h38v25H5zM18 41h12M24 33v8"),
    "glyph/mobile": _ink("M14 4h20v40H14zM14 10h20M14 37h20M22.5 40.5h3"),
    "glyph/internet": _ink("M24 5a19 19 0 1 0 .1 0zM24 5c-11 11-11 27 0 38M24 5c11 11 11 27 0 38M7 16.5h34M7 31.5h34"),
    "glyph/bitbucket": _ink("M6 9h36l-5.5 32h-25zM19 19h10l-2 11h-6z"),
    "glyph/server": _ink(
        "M9 6h30v11H9zM9 18.5h30v11H9zM9 31h30v11H9zM14 11.5h.1M14 24h.1M14 36.5h.1M19 11.5h8M19 24h8M19 36.5h8"
    ),
    "glyph/choice": _signal(
        "#E7157B", "M24 9 39 24 24 39 9 24zM20.5 20.5a3.5 3.5 0 1 1 5 3.2c-1 .5-1.5 1.2-1.5 2.3M24 30v.1"
    ),
    "glyph/parallel": _tile(
        _white("M24 9v7M12 39V20q0-4 4-4h16q4 0 4 4v19M8 35l4 4 4-4M32 35l4 4 4-4M24 16v23M20 35l4 4 4-4")
    ),
    "glyph/map": _tile(_white("M10 15h6M10 24h6M10 33h6M21 11h17v8H21zM21 20.5h17v8H21zM21 30h17v8H21z")),
    "glyph/task": _signal("#E7157B", "M10 14h28v20H10zM16 24l5 5 10-10"),
    "glyph/wait": _signal("#E7157B", "M24 9a15 15 0 1 0 .1 0zM24 15v9l6 5"),
    "glyph/pass": _signal("#E7157B", "M9 24h29M30 15l9 9-9 9"),
    "glyph/succeed": _signal("#7AA116", "M12 25l8 9 16-19"),
    "glyph/fail": _signal("#DD344C", "M14 14l20 20M34 14 14 34"),
    "glyph/retry": _ink("M38 14v10H28M36.5 23.5A14 14 0 1 0 38 28"),
    "glyph/building": _ink("M10 43V7h28v36zM17 14h4M27 14h4M17 21h4M27 21h4M17 28h4M27 28h4M21 43v-8h6v8"),
}

SAME_AS: dict[str, str] = {
    "aws/general/cloud": "glyph/cloud",
    "aws/general/user": "glyph/user",
    "aws/general/users": "glyph/users",
    "aws/general/client": "glyph/client",
    "aws/general/mobile-client": "glyph/mobile",
    "aws/general/internet-alt1": "glyph/internet",
    "aws/general/internet-alt2": "glyph/internet",
    "aws/general/traditional-server": "glyph/server",
    "aws/general/office-building": "glyph/building",
    "aws/general/generic-office-building": "glyph/building",
    "aws/network/public-subnet": "glyph/subnet",
    "aws/network/private-subnet": "glyph/subnet",
    "aws/network/vpc": "glyph/vpc",
    "aws/management/organizations-account": "glyph/account",
    "aws/compute/ec2-auto-scaling": "glyph/auto-scaling",
}
"""Icons of diagrams that are drawn here instead, because the picture's theme must colour them (people, corner
icons)."""
