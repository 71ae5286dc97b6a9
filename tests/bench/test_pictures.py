"""What it takes to draw pictures of all sizes, as whole processes: ratios in one run, seconds of processors, memory."""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import median

import pytest

from tests.bench.bench import Workshop, cost

pytestmark = [pytest.mark.bench, pytest.mark.slow]

BUSY = 1.5
"""How much more a process may take on a machine that does other things as well; the benchmark holds to the limits."""


def test_ratios_of_pictures(tmp_path: Path) -> None:
    work = Workshop(tmp_path, None)
    commands = [work.render(15), work.render(60), work.by_hand(15), [sys.executable, str(work.bare), "--help"]]
    rounds = [[cost(words, tmp_path).processor for words in commands] for _ in range(6)][1:]  # the first fills caches
    small, large, by_hand, bare = (median(times) for times in zip(*rounds, strict=True))
    assert small <= BUSY * 3.5 * by_hand, small / by_hand
    assert small <= BUSY * 2.2 * bare, small / bare
    assert large <= 3 * small, large / small


@pytest.mark.parametrize(
    ("nodes", "chaotic", "limit"), [(60, False, 2), (500, False, 4), (200, True, 8), (500, True, 8 * BUSY)]
)
def test_processor_and_memory(tmp_path: Path, nodes: int, chaotic: bool, limit: float) -> None:
    took = cost(Workshop(tmp_path, None).render(nodes, chaotic), tmp_path)
    assert took.processor < limit and took.memory < 300, took
