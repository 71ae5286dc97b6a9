"""The preview lives long: it must not grow with every save. `tests/bench/bench.py` measures over a thousand."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.bench.live import measured


@pytest.mark.slow
@pytest.mark.bench
@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory from /proc")
def test_memory_stays_as_it_is(tmp_path: Path) -> None:
    live = measured(tmp_path, 150, (30, 150))
    assert len(live.seconds) == 150
    assert live.growth() < 1.1, live.memory
