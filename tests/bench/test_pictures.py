"""What it takes to draw pictures of all sizes, as whole processes: ratios in one run, seconds of processors, memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.bench import Workshop, cost

pytestmark = [pytest.mark.bench, pytest.mark.slow]

BUSY = 1.5
"""How much more a ratio may be on a machine that does other things as well; the benchmark holds it to its limit."""


def test_ratios_of_pictures(tmp_path: Path) -> None:
    for pair in Workshop(tmp_path, None).pictures():
        ours, yardstick = pair.measure(3)
        assert ours <= BUSY * pair.limit * yardstick, f"{pair.name}: {ours / yardstick:.2f}"


@pytest.mark.parametrize(("nodes", "chaotic", "limit"), [(60, False, 2), (500, False, 5), (200, True, 8)])
def test_processor_and_memory(tmp_path: Path, nodes: int, chaotic: bool, limit: float) -> None:
    took = cost(Workshop(tmp_path, None).render(nodes, chaotic), tmp_path)
    assert took.processor < limit and took.memory < 300, took


def test_500_nodes_with_edges_anywhere(tmp_path: Path) -> None:
    took = cost(Workshop(tmp_path, None).render(500, True), tmp_path)
    assert took.processor < BUSY * 8 and took.memory < 300, took
