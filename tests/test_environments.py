"""Packages of npm for tests: fetched once, and a reason where they cannot be."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.environments import AXE, Unavailable, needed


def test_a_package_is_fetched_once(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = needed(AXE)
    assert (folder / "axe.min.js").stat().st_size > 100_000
    monkeypatch.setenv("PATH", "")
    assert AXE.folder() == folder


def test_without_npm_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARCHKIT_TEST_CACHE", str(tmp_path))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Unavailable, match="npm is not on the PATH"):
        AXE.folder()


@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not on the PATH")
def test_without_a_network_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARCHKIT_TEST_CACHE", str(tmp_path))
    monkeypatch.setenv("npm_config_registry", "http://localhost:1/")
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    with pytest.raises(Unavailable, match="does not answer"):
        AXE.folder()
    with pytest.raises(pytest.skip.Exception, match="axe-core"):
        needed(AXE)
