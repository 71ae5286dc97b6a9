"""What all tests share: `pytest --accept` writes the goldens anew, to be read in the diff before they are committed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.browser import NO_BROWSER, OpenPage, open_page

os.environ["ARCHKIT_ICONS"] = os.path.join(os.devnull, "none")  # what a user has installed is nothing to the tests

Golden = Callable[[Path, Any], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--accept`."""
    parser.addoption("--accept", action="store_true", help="write what is found into the golden files")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Return a comparison of plain data with a JSON file, which `--accept` writes."""

    def compare(path: Path, found: Any) -> None:
        text = json.dumps(found, indent=1, sort_keys=True) + "\n"
        if request.config.getoption("--accept"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        assert path.exists(), f"there is no {path.name}: look at what is found, then run pytest --accept\n{text}"
        assert text == path.read_text("utf-8"), f"{path.name} differs: if that is meant, run pytest --accept"

    return compare


@pytest.fixture
def browse() -> Iterator[OpenPage]:
    """Open pages in Chromium: `browse(html, viewport=..., color_scheme=...)`; they close when the test ends."""
    with ExitStack() as pages:
        yield lambda html, **options: pages.enter_context(open_page(html, **options))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a browser where there is none."""
    for item in items:
        if NO_BROWSER and "browser" in item.keywords:
            item.add_marker(pytest.mark.skip(reason=f"needs a browser: {NO_BROWSER}"))
