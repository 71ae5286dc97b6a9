"""A real browser for tests: headless Chromium driven by Playwright, started once in each worker process.

Playwright brings browsers of its own, but one that the machine has does as well (Debian's package `chromium`).
"""

from __future__ import annotations

import atexit
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["NO_BROWSER", "OpenPage", "open_page", "program", "visit_page"]

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--no-first-run",
    "--disable-component-update", "--disable-default-apps", "--disable-extensions", "--disable-sync", "--mute-audio",
)  # fmt: skip

OpenPage = Callable[..., "Page"]
"""What the fixture `browse` is: HTML, and the options of a new context (viewport, color_scheme), to a page."""


def program() -> str | None:
    """Return the path of a Chromium: the one that CHROMIUM names, or one on the PATH."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def _why_not() -> str:
    if find_spec("playwright") is None:
        return "the package playwright is not installed"
    return "" if program() else f"no Chromium on the PATH ({', '.join(NAMES)}), and CHROMIUM names none"


NO_BROWSER = _why_not()
"""Why there is no browser; empty where there is one."""


@cache
def _browser() -> Browser:
    """Start the browser of this process; it ends with the process."""
    from playwright.sync_api import sync_playwright

    driver = sync_playwright().start()
    browser = driver.chromium.launch(executable_path=program(), args=list(QUIET))

    def end() -> None:
        browser.close()
        driver.stop()

    atexit.register(end)
    return browser


@contextmanager
def open_page(html: str, **options: object) -> Iterator[Page]:
    """Open a page of its own with some HTML, without a network; fail where the page reports an error or asks for more.

    `options` are those of Playwright's `new_context`, such as `viewport` and `color_scheme`.
    """
    trouble: list[str] = []
    context = _browser().new_context(offline=True, **options)  # type: ignore[arg-type]
    try:
        page = context.new_page()
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("console", lambda said: trouble.append(said.text) if said.type in ("error", "warning") else None)
        page.on("request", lambda asked: trouble.append(asked.url) if not asked.url.startswith("data:") else None)
        page.set_content(html, wait_until="load")
        yield page
    finally:
        context.close()
    assert not trouble, f"the page reports {trouble}"


@contextmanager
def visit_page(url: str, **options: object) -> Iterator[Page]:
    """Open a page of a server; fail where it reports an error or asks anything of another place."""
    trouble: list[str] = []
    home = "/".join([*url.split("/")[:3], ""])
    context = _browser().new_context(**options)  # type: ignore[arg-type]
    try:
        page = context.new_page()
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("console", lambda said: trouble.append(said.text) if said.type in ("error", "warning") else None)
        page.on("request", lambda asked: None if asked.url.startswith((home, "data:")) else trouble.append(asked.url))
        page.goto(url)
        yield page
    finally:
        context.close()
    assert not trouble, f"the page reports {trouble}"
