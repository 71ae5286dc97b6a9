"""The small parts that the picture is made of."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest

from archkit.diagram.alt import describe
from archkit.diagram.icons import flatten
from archkit.diagram.layout.rank import acyclic, ranks
from archkit.diagram.layout.simplex import solve
from archkit.diagram.pixels import read_png, write_png
from archkit.diagram.plan import plan
from archkit.diagram.style import PAPER, readable
from archkit.diagram.text import covered, width, wrap
from tests.diagram.gallery import gallery


def test_network_simplex_finds_the_optimum() -> None:
    for seed in range(120):
        random = Random(seed)
        size = random.randint(2, 5)
        rules = [
            (one, two, random.randint(-1, 2), random.randint(0, 3))
            for one in range(size)
            for two in range(one + 1, size)
            if random.random() < 0.6
        ]
        found = solve(size, rules)
        fits = [x for x in product(range(9), repeat=size) if all(x[b] - x[a] >= length for a, b, length, _ in rules)]
        cost = min(sum(weight * (x[b] - x[a]) for a, b, _, weight in rules) for x in fits)
        assert all(found[b] - found[a] >= length for a, b, length, _ in rules)
        assert sum(weight * (found[b] - found[a]) for a, b, _, weight in rules) == cost


def test_network_simplex_refuses_cycles() -> None:
    with pytest.raises(ValueError, match="cycle"):
        solve(2, [(0, 1, 1, 1), (1, 0, 1, 1)])


def test_ranks_follow_edges_and_cycles_are_broken_where_they_close() -> None:
    graph = acyclic(["a", "b", "c"], [("a", "b"), ("b", "c"), ("c", "a")])
    assert graph == {("a", "b"): 1, ("b", "c"): 1, ("a", "c"): 1}
    assert ranks(["a", "b", "c"], graph) == {"a": 0, "b": 1, "c": 2}


def test_text_is_measured_with_the_font() -> None:
    assert width("iiii", 12) < width("WWWW", 12)
    assert width("日本", 10) == 20
    assert width("e\u0301", 10) == pytest.approx(width("e", 10), abs=0.01)
    assert covered("Straße – ok") and not covered("日本")


def test_wrapping_breaks_at_spaces_then_anywhere() -> None:
    assert wrap("store the thumbnail", 12, 70) == ["store the", "thumbnail"]
    lines = wrap("x" * 200, 12, 100)
    assert "".join(lines) == "x" * 200 and all(width(line, 12) <= 100 for line in lines)
    assert wrap("", 12, 100) == [""]


def test_png_goes_out_and_in() -> None:
    palette = [(10 * step, 20, 30, 255) for step in range(16)]
    data = write_png(bytes(place % 16 for place in range(64)), 8, palette)
    assert data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) < 200
    with pytest.raises(ValueError, match="RGB"):
        read_png(data)
    with pytest.raises(ValueError, match="PNG"):
        flatten(b"nonsense", "#ED7100")


@pytest.mark.parametrize("color", ["#242F3E", "#E7157B", "#00A4A6", "#8C4FFF", "#7AA116", "#ED7100", "#7D8998"])
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_titles_have_the_contrast_of_wcag(color: str, mode: str) -> None:
    from archkit.diagram.style import _contrast

    assert _contrast(readable(color, PAPER[mode], 4.5), PAPER[mode]) >= 4.5


def test_description_tells_what_stands_and_leads_where() -> None:
    text = describe(plan(gallery()["url-shortener"]))
    assert "Outside stand visitors." in text
    assert "api to shorten (POST /links)." in text
