"""What all tests share: `pytest --accept` writes the goldens anew, to be read in the diff before they are committed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

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
