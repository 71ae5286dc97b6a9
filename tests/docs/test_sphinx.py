"""The Sphinx extension: warnings with their lines, incremental builds, other builders, links and what may be read."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.contract.test_rooms import loaded_by
from tests.docs.sites import SHOP, sphinx, sphinx_site

pytestmark = [pytest.mark.xdist_group("sphinx")]

PLAIN = """\
extensions = ["archkit.docs.sphinx", "myst_parser"]
html_theme = "basic"
numfig = True
suppress_warnings = ["toc"]
"""
BROKEN = "name: shop\nnodes:\n  a: sqs.que\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small site in Sphinx's barest theme."""
    sphinx_site(tmp_path)
    (tmp_path / "source" / "conf.py").write_text(PLAIN)
    (tmp_path / ".git").mkdir()
    return tmp_path


def directive(path: str = "", body: str = "", **options: str) -> str:
    lines = [f".. archkit:: {path}".rstrip(), *(f"   :{name}: {value}" for name, value in options.items()), ""]
    return "\n".join([*lines, *(f"   {line}" for line in body.splitlines()), "", ""])


WARNED = (
    ("rst", "Shop\n====\n\n" + directive(body=BROKEN, view="network"), 9, "unknown kind 'sqs.que'"),
    ("md", f"# Shop\n\n```{{archkit}}\n{BROKEN}```\n", 6, "unknown kind 'sqs.que'"),
    ("md", f"# Shop\n\n```{{archkit}}\n:alt: x\n\n{BROKEN}```\n", 8, "unknown kind 'sqs.que'"),
    ("rst", "\n\n" + directive("../broken.yaml"), 3, "broken.yaml:3:6: unknown kind 'sqs.que'"),
    ("rst", directive("../none.yaml"), 1, "there is no such file"),
    ("rst", directive("../../outside.yaml"), 1, "leads out of the project"),
    ("rst", directive("../link.yaml"), 1, "leads out of the project"),
    ("rst", directive("../shop.yaml", view="inside"), 1, 'Error in "archkit" directive'),
    ("rst", "\n" + directive(body=SHOP.replace("runbooks/orders.md", "gone.md")), 2, "leads to no page of this site"),
    ("rst", directive(), 1, "the path of a blueprint is missing"),
)


def test_warnings_say_their_lines_and_a_strict_build_fails(folder: Path) -> None:
    (folder / "broken.yaml").write_text(BROKEN)
    (folder.parent / "outside.yaml").write_text(SHOP)
    (folder / "link.yaml").symlink_to(folder.parent / "outside.yaml")
    for number, (ending, text, _line, _message) in enumerate(WARNED):
        (folder / "source" / f"page{number}.{ending}").write_text(text)
    done = sphinx(folder, "-W", "--keep-going", "-q")
    assert done.returncode == 1
    for number, (_ending, _text, line, message) in enumerate(WARNED):
        ((found, said),) = re.findall(rf"source/page{number}\.\w+:(\d+): (.*)", done.stderr)
        assert int(found) == line and message in said


def test_only_the_pages_of_a_changed_blueprint_are_built_anew(folder: Path) -> None:
    assert sphinx(folder).returncode == 0
    assert "0 added, 0 changed, 0 removed" in sphinx(folder).stdout
    (folder / "shop.yaml").write_text(SHOP.replace("A shop", "Another"))
    done = sphinx(folder, "-v")
    assert "0 added, 2 changed, 0 removed" in done.stdout
    assert ">Another</text>" in (folder / "html" / "index.html").read_text()
    assert ">The same shop</text>" in (folder / "html" / "index.html").read_text()


def test_files_that_a_blueprint_names_count_as_well(folder: Path) -> None:
    flow = {
        name: f'{{"StartAt": "{name}", "States": {{"{name}": {{"Type": "Succeed"}}}}}}' for name in ("First", "Last")
    }
    (folder / "flow.asl.json").write_text(flow["First"])
    (folder / "flow.yaml").write_text(
        "name: flow\nnodes:\n  f: {kind: stepfunctions.state_machine, definition: flow.asl.json}\n"
    )
    (folder / "source" / "index.rst").write_text(directive("../flow.yaml", view="workflow"))
    assert sphinx(folder, "-W").returncode == 0
    (folder / "flow.asl.json").write_text(flow["Last"])
    assert "1 changed" in sphinx(folder).stdout
    assert ">Last</text>" in (folder / "html" / "index.html").read_text()


def test_light_and_dark_may_be_settled_for_a_site_or_a_picture(folder: Path) -> None:
    (folder / "source" / "conf.py").write_text(PLAIN + 'archkit_theme = "dark"\n')
    (folder / "source" / "index.rst").write_text(directive("../shop.yaml") + directive("../shop.yaml", theme="media"))
    assert sphinx(folder, "-W").returncode == 0
    text = (folder / "html" / "index.html").read_text()
    assert re.findall(r'<svg [^>]*id="([^"]*)"', text) == ["archkit-shop--dark", "archkit-shop--2"]
    assert text.count("@media (prefers-color-scheme:dark)") == 1 and "data-md-color-scheme" not in text


def test_print_gets_pictures_of_its_own_size(folder: Path) -> None:
    assert sphinx(folder, "-W", builder="latex").returncode == 0
    (tex,) = (folder / "latex").glob("*.tex")
    found = re.findall(r"\\sphinxincludegraphics\{\{(\w+)\}\.pdf\}", tex.read_text())
    assert len(found) == 3 and len(set(found)) == 3
    for name in found:
        (sheet,) = PdfReader(folder / "latex" / f"{name}.pdf").pages
        assert "news" in sheet.extract_text() and 150 < sheet.mediabox.width < 400


def test_books_get_files(folder: Path) -> None:
    assert sphinx(folder, builder="epub").returncode == 0
    (book,) = (folder / "epub").glob("*.epub")
    names = zipfile.ZipFile(book).namelist()
    assert len([name for name in names if name.startswith("_images/") and name.endswith(".svg")]) == 3


@pytest.mark.parametrize("builder", ["text", "man"])
def test_builders_without_pictures_say_what_they_show(folder: Path, builder: str) -> None:
    assert sphinx(folder, builder=builder).returncode == 0
    text = "".join(path.read_text() for path in (folder / builder).glob("*.*") if path.is_file())
    assert "[The same again]" in text and "news to orders" in text and "All of" in text


@pytest.mark.parametrize("builder", ["singlehtml", "dirhtml", "texinfo", "xml", "gettext", "linkcheck"])
def test_other_builders_work(folder: Path, builder: str) -> None:
    (folder / "shop.yaml").write_text(SHOP.replace("https://aws.amazon.com/sns/", "mailto:news@example.com"))
    done = sphinx(folder, builder=builder)
    assert done.returncode == 0, done.stderr
    if builder == "singlehtml":
        text = (folder / builder / "index.html").read_text()
        ids = re.findall(r'<svg [^>]*id="([^"]*)"', text)
        assert len(ids) == len(set(ids)) == 3 and 'href="#restart"' in text


LINKS = ("runbooks/orders", "/runbooks/orders.rst#restart", ":doc:`runbooks/orders`", ":ref:`again`", "again")


def test_a_link_may_name_a_document_or_a_label(folder: Path) -> None:
    text = "".join(directive(body=SHOP.replace("runbooks/orders.md#restart", f'"{link}"')) for link in LINKS)
    (folder / "source" / "index.rst").write_text(text)
    (folder / "source" / "runbooks" / "orders.md").write_text("# Orders\n\n(again)=\n\n## Restart\n\nx\n")
    done = sphinx(folder, "-W", "--keep-going")
    assert done.returncode == 0, done.stderr
    found = re.findall(r'<a href="runbooks/orders\.html(#\w+)?"><', (folder / "html" / "index.html").read_text())
    assert found == ["", "#restart", "", "#again", "#again"]


def test_neither_is_imported_unless_it_is_used() -> None:
    loaded = loaded_by("import archkit.cli, archkit.docs.embed, archkit.docs.pictures")
    assert not loaded & {"mkdocs", "sphinx", "docutils", "archkit.docs.mkdocs", "archkit.docs.sphinx"}
