"""PDF of the SVG, through Typst: vectors, with text that can be selected, searched and read aloud."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path

from archkit.diagram import Missing
from archkit.diagram.alt import describe
from archkit.diagram.scene import Scene
from archkit.diagram.style import FONT
from archkit.diagram.text import clean, covered, font_file

__all__ = ["write"]


def write(svg: str, scene: Scene) -> bytes:
    """Return a PDF of one page, as large as the picture.

    The machine's own fonts are asked only for characters that Open Sans lacks, as for a PNG.
    """
    try:
        import typst
    except ImportError:
        raise Missing("a PDF needs the package 'typst', which is not installed: pip install 'archkit[pdf]'") from None
    plan = scene.told or scene.plan
    alone = covered(svg.replace("\n", ""))
    with tempfile.TemporaryDirectory() as folder:
        drawn = re.sub(r"@font-face\{[^}]*\}", "", svg).replace(f"'{FONT}',", "")
        if not alone:  # without kerning usvg 0.47 breaks off at text from right to left in another font
            drawn = drawn.replace("font-kerning:none;", "")
        Path(folder, "picture.svg").write_text(drawn, "utf-8")
        page = Path(folder, "page.typ")
        page.write_text(_page(clean(plan.title or plan.name), describe(plan)), "utf-8")
        made = typst.compile(
            str(page),
            root=folder,
            font_paths=[str(font_file().parent)],
            ignore_system_fonts=alone,
            format="pdf",
        )
    assert isinstance(made, bytes)
    return made


def _page(title: str, text: str) -> str:
    """Return the page in Typst's language; texts are read from JSON, so none of them is read as Typst."""
    told = json.dumps(json.dumps([title, text], ensure_ascii=True), ensure_ascii=True)
    return (
        f"#let told = json(bytes({told}))\n"
        "#set document(title: told.at(0), author: (), date: none)\n"
        "#set page(width: auto, height: auto, margin: 0pt)\n"
        '#image("picture.svg", alt: told.at(1))\n'
    )
