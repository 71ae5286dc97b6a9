"""The browser of the tests itself: it runs, and it tells of pages that fail or reach for the network."""

from __future__ import annotations

import pytest

from tests.browser import OpenPage, open_page

pytestmark = pytest.mark.browser


def test_it_measures_what_is_drawn(browse: OpenPage) -> None:
    page = browse('<p id="here" style="width: 120px">text</p>', viewport={"width": 400, "height": 300})
    box = page.locator("#here").bounding_box()
    assert box is not None and box["width"] == 120
    assert page.evaluate("innerWidth") == 400


@pytest.mark.parametrize("html", ["<script>throw Error('no')</script>", '<img src="https://example.com/a.png">'])
def test_it_tells_of_trouble(html: str) -> None:
    with pytest.raises(AssertionError, match="the page reports"), open_page(html):
        pass
