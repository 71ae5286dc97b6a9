"""PDF: one page with text that another reader finds, also where the machine has no fonts and no Typst."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from archkit.architecture import Architecture
from archkit.compiler import load
from archkit.diagram import Missing, render
from archkit.diagram.plan import plan

LIBRARY = sorted((Path(__file__).parents[2] / "blueprints").glob("*.yaml"))


def architecture(name: str) -> Architecture:
    found = load(next(path for path in LIBRARY if path.stem == name)).architecture
    assert found is not None
    return found


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("name", ["three-tier", "hybrid-network", "clickstream", "document-summaries"])
def test_a_reader_finds_every_name_and_label(name: str) -> None:
    drawn = plan(architecture(name))
    file = PdfReader(io.BytesIO(render(architecture(name), format="pdf")))
    assert len(file.pages) == 1
    text = squeezed(file.pages[0].extract_text())
    titles = [item.title for items in (drawn.boxes, drawn.groups) for item in items.values()]  # type: ignore[attr-defined]
    for said in (*titles, *(wire.label for wire in drawn.wires if wire.label), *(note for _step, note in drawn.steps)):
        assert squeezed(said) in text
    assert file.metadata is not None and file.metadata.title == drawn.title
    assert file.metadata.creation_date is None


def test_the_page_is_as_large_as_the_picture() -> None:
    data = render(architecture("thumbnails"), format="pdf")
    svg = render(architecture("thumbnails"), format="svg", theme="light").decode()
    wide = float(svg.partition(' width="')[2].partition('"')[0])
    page = PdfReader(io.BytesIO(data)).pages[0]
    assert float(page.mediabox.width) == pytest.approx(wide * 0.75, rel=0.01)  # 96 px and 72 points are an inch


def test_text_needs_no_font_of_the_machine(tmp_path: Path) -> None:
    (tmp_path / "fonts.conf").write_text('<?xml version="1.0"?><fontconfig><dir>/nowhere</dir></fontconfig>')
    made = [render(architecture("thumbnails"), format="pdf")]
    script = "import sys; from archkit.compiler import load; sys.stdout.buffer.write(load(sys.argv[1]).render('pdf'))"
    path = next(path for path in LIBRARY if path.stem == "thumbnails")
    for home in ({"FONTCONFIG_FILE": str(tmp_path / "fonts.conf"), "HOME": str(tmp_path)}, {}):
        env = {"PYTHONPATH": str(path.parents[1]), "PATH": "/usr/bin:/bin", **home}
        made.append(
            subprocess.run([sys.executable, "-c", script, path], env=env, capture_output=True, check=True).stdout
        )
    assert len(set(made)) == 1
    assert "thumbnails" in PdfReader(io.BytesIO(made[1])).pages[0].extract_text().lower()


def test_without_typst_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(Missing, match=r"pip install 'archkit\[pdf\]'"):
        render(architecture("thumbnails"), format="pdf")


@pytest.mark.parametrize(
    "label", ["#panic()", "$x$ _y_ *z*", "\\\\ }{ ]", "<script>", "שלום", "abc שלום, مرحبا", "日本"]
)
def test_hostile_texts_are_texts(label: str) -> None:
    made = load("t.yaml", text=f"name: t\ntitle: '{label}'\nnodes: {{a: {{kind: sqs.queue, label: '{label}'}}}}\n")
    assert made.architecture is not None
    file = PdfReader(io.BytesIO(render(made.architecture, format="pdf")))
    assert len(file.pages) == 1 and file.metadata is not None and file.metadata.title == label
    if label.isascii():
        assert squeezed(label) in squeezed(file.pages[0].extract_text())
