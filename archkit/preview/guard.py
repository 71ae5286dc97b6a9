"""Who may ask the preview, and what its answers allow a browser to do.

It listens on the loopback alone, but any web page that is open in the same browser can send requests there too. A page
whose name was made to point at 127.0.0.1 (DNS rebinding) is found by the Host header, any other by Origin and by the
browser's Sec-Fetch-Site; https://developer.mozilla.org/docs/Web/HTTP/Headers/Sec-Fetch-Site.
"""

from __future__ import annotations

import base64
import hashlib
import re
from email.message import Message

__all__ = ["PAGE_POLICY", "headers", "hosts", "picture_policy", "refusal"]

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The page asks this server alone, runs its own files alone, and stands in no other page."""

_SCRIPT = re.compile(rb"<script(?P<attributes>[^>]*)>(?P<code>.*?)</script>", re.DOTALL)


def hosts(address: str, port: int) -> frozenset[str]:
    """Return what a Host header may be, to the letter."""
    names = {"localhost", f"[{address}]" if ":" in address else address}
    return frozenset(f"{name}:{port}" for name in names) | (frozenset(names) if port == 80 else frozenset())


def refusal(asked: Message, allowed: frozenset[str]) -> str | None:
    """Return why a request is refused, by its headers; None where it is not."""
    if asked.get_all("Host", []) not in [[host] for host in allowed]:
        return "this preview answers to its own address alone"
    origin = asked.get("Origin")
    if origin is not None and origin not in {f"http://{host}" for host in allowed}:
        return "another page asks for this"
    site = asked.get("Sec-Fetch-Site", "none")
    followed = asked.get("Sec-Fetch-Mode") == "navigate" and asked.get("Sec-Fetch-Dest") == "document"
    if site not in ("same-origin", "none") and not followed:  # a link to the page may be followed from anywhere
        return "another page asks for this"
    return None


def headers(policy: str) -> dict[str, str]:
    """Return the headers of every answer."""
    return {
        "Cache-Control": "no-store",
        "Content-Security-Policy": policy,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }


def picture_policy(html: bytes) -> str:
    """Return what the page of a picture may do: run the scripts that it was written with, and reach for nothing."""
    codes = (found["code"] for found in _SCRIPT.finditer(html) if b"json" not in found["attributes"])
    seals = (base64.b64encode(hashlib.sha256(code).digest()).decode() for code in codes)
    scripts = " ".join(f"'sha256-{seal}'" for seal in seals) or "'none'"
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; img-src data:; font-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )
