"""Where the links of nodes lead in a site: to its pages, by the names that their sources have there."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from urllib.parse import urlsplit

__all__ = ["leads_out", "stems"]

ENDINGS = (".md", ".markdown", ".rst", ".html")


def leads_out(link: str) -> bool:
    """Whether a link is no page of the site: another site, a mail address, a place on the page itself."""
    return bool(urlsplit(link).scheme) or link.startswith(("//", "#"))


def stems(path: str, folder: str) -> Iterator[str]:
    """Yield what a page may be called, without its ending: seen from the top of the site, then from a page's folder.

    >>> list(stems("runbooks/orders.md", "teams"))
    ['runbooks/orders', 'teams/runbooks/orders']
    """
    name = next((path.removesuffix(ending) for ending in ENDINGS if path.endswith(ending)), path)
    for base in ("", folder):
        found = posixpath.normpath(posixpath.join(base, name.strip("/")))
        if not found.startswith(".."):
            yield found
