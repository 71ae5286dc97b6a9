"""The MkDocs plugin: warnings with their lines, the cache, links, what may be read, and a server that sees changes."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.docs.sites import SHOP, environment, mkdocs, mkdocs_site

pytestmark = [pytest.mark.xdist_group("mkdocs")]

PLAIN = "site_name: Shop\ntheme: {name: mkdocs}\nplugins: [archkit]\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small site in MkDocs' own theme, whose one page each test writes."""
    mkdocs_site(tmp_path)
    (tmp_path / "mkdocs.yml").write_text(PLAIN)
    (tmp_path / ".git").mkdir()
    return tmp_path


def page(folder: Path, text: str, *args: str) -> tuple[str, str]:
    """Build the site with a page and return it and what was said."""
    (folder / "docs" / "index.md").write_text(text)
    done = mkdocs(folder, *args)
    assert done.returncode == 0, done.stderr
    return (folder / "site" / "index.html").read_text(), done.stderr


BROKEN = "```archkit\nname: shop\nnodes:\n  a: sqs.que\n```\n"
PAIR = "<!-- archkit: ../shop.yaml -->\n<!-- /archkit -->\n"


WARNED = (
    (f"---\ntitle: Shop\n---\n\n\n# Shop\n\n{BROKEN}", 11, "unknown kind 'sqs.que'"),
    ("# Shop\n\n!!! note\n\n    " + BROKEN.replace("\n", "\n    "), 8, "unknown kind 'sqs.que'"),
    (PAIR.replace("shop", "broken"), 1, "broken.yaml:3:6: unknown kind 'sqs.que'"),
    (PAIR.replace("shop", "none"), 1, "there is no such file"),
    (PAIR.replace("../shop", "../../outside"), 1, "leads out of the project"),
    (PAIR.replace("../shop", "../link"), 1, "leads out of the project"),
    (PAIR.replace("../shop.yaml", "../shop.yaml view=inside"), 1, "there is no view 'inside'"),
    ("\n<!-- archkit: ../shop.yaml -->\n", 2, "the marker has no end"),
    (f"```archkit\n{SHOP.replace('runbooks/orders.md', 'gone.md')}```\n", 1, "leads to no page of this site"),
)


def test_warnings_say_their_lines_and_a_strict_build_fails(folder: Path) -> None:
    (folder / "broken.yaml").write_text("name: shop\nnodes:\n  a: sqs.que\n")
    (folder.parent / "outside.yaml").write_text(SHOP)
    (folder / "link.yaml").symlink_to(folder.parent / "outside.yaml")
    for number, (text, _line, _message) in enumerate(WARNED):
        (folder / "docs" / f"page{number}.md").write_text(text)
    _html, told = page(folder, "# Shop\n")
    for number, (_text, line, message) in enumerate(WARNED):
        ((found, said),) = re.findall(rf"^WARNING .*?docs/page{number}\.md:(\d+): (.*)", told, re.MULTILINE)
        assert int(found) == line and message in said
        html = (folder / "site" / f"page{number}" / "index.html").read_text()
        assert ("archkit-error" in html) == ("no page" not in message)
    assert mkdocs(folder, "--strict").returncode == 1


def test_documents_that_were_embedded_show_each_picture_once(folder: Path) -> None:
    (folder / "docs" / "index.md").write_text(f"{PAIR}\n```archkit\n{SHOP}```\n")
    done = subprocess.run(
        [sys.executable, "-m", "archkit", "embed", "docs"], cwd=folder, env=environment(folder), check=False
    )
    assert done.returncode == 0 and (folder / "docs" / "shop.svg").is_file()
    html, _said = page(folder, (folder / "docs" / "index.md").read_text(), "--strict")
    assert html.count('<svg xmlns="http://www.w3.org/2000/svg" class="archkit"') == 2
    assert "<picture>" not in html and "made by archkit" not in html


def test_light_and_dark_may_be_settled_for_a_site(folder: Path) -> None:
    (folder / "mkdocs.yml").write_text(PLAIN.replace("[archkit]", "[{archkit: {theme: dark}}]"))
    html, _said = page(folder, PAIR * 2, "--strict")
    assert re.findall(r'<svg [^>]*class="archkit" id="([^"]*)"', html) == [
        "archkit-shop--dark",
        "archkit-shop--dark--2",
    ]
    assert "#0F1B2A" in html and "data-md-color-scheme" not in html


def test_code_is_left_alone(folder: Path) -> None:
    text = f"`{PAIR.splitlines()[0]}`\n\n````md\n{PAIR}```archkit\n{SHOP}```\n````\n\nText\n\n    {PAIR}\n"
    html, _said = page(folder, text, "--strict")
    assert "<svg" not in html and html.count("archkit: ../shop.yaml") == 3


def test_pictures_in_lists_and_notes_keep_their_place(folder: Path) -> None:
    (folder / "mkdocs.yml").write_text(PLAIN + "markdown_extensions: [admonition]\n")
    inner = PAIR.replace("\n", "\n    ")
    html, _said = page(folder, f"1.  One\n\n    {inner}\n2.  Two\n\n!!! note\n\n    {inner}\n", "--strict")
    assert re.search(
        r"<li>\s*<p>One</p>\s*<figure class=\"archkit-figure\">.*?</li>\s*<li>\s*<p>Two</p>", html, re.DOTALL
    )
    assert re.search(r"<div class=\"admonition note\">\s*<p[^>]*>Note</p>\s*<figure", html)


def test_a_second_build_draws_nothing_and_a_changed_blueprint_is_drawn(folder: Path) -> None:
    def kept() -> dict[str, int]:
        return {path.name: path.stat().st_mtime_ns for path in (folder / ".cache" / "pictures").iterdir()}

    first, _said = page(folder, PAIR)
    once = kept()
    assert len(once) == 1 and page(folder, PAIR)[0].split("<footer")[0] == first.split("<footer")[0] and kept() == once
    (folder / "shop.yaml").write_text(SHOP.replace("A shop", "Another"))
    assert ">Another</text>" in page(folder, PAIR)[0]
    assert len(kept()) == 2 and once.items() <= kept().items()


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Run `mkdocs serve` and yield its address once it answers."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}/"
    log = (folder / "log").open("w")
    server = subprocess.Popen([sys.executable, "-m", "mkdocs", "serve", "--livereload", "-a", f"127.0.0.1:{port}"],
                              cwd=folder, env=environment(folder), stdout=log, stderr=log)  # fmt: skip
    try:
        yield address
    finally:
        server.terminate()
        server.wait(10)
        log.close()


def awaited(address: str, text: str, folder: Path) -> None:
    """Wait until a page holds a text."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            if text in urllib.request.urlopen(address, timeout=5).read().decode():
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"'{text}' does not come: {(folder / 'log').read_text()}")


@pytest.mark.slow
def test_a_server_builds_anew_when_a_blueprint_outside_of_the_documents_changes(folder: Path) -> None:
    (folder / "docs" / "index.md").write_text(PAIR)
    with serving(folder) as address:
        for title in ("A shop", "Another", "A third"):
            (folder / "shop.yaml").write_text(SHOP.replace("A shop", title))
            awaited(address, f">{title}</text>", folder)
            time.sleep(0.3)  # the server looks for changes in turns
