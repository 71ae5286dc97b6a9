"""The MkDocs plugin: `plugins: [archkit]`.

A fenced block of archkit and a pair of markers, as `archkit embed` knows them, become pictures in the page. MkDocs
reads the page with a word in the place of each, so that no extension touches an SVG; the search finds their alternative
texts; and the finished page gets the pictures.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mkdocs.config import config_options
from mkdocs.config.base import Config
from mkdocs.plugins import BasePlugin, get_plugin_logger

from archkit.docs.links import leads_out, stems
from archkit.docs.markdown import Place, places, substituted
from archkit.docs.pictures import Picture, inline, picture, told
from archkit.docs.sources import Source, blueprint, project_of, shown
from archkit.docs.words import Unreadable

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.livereload import LiveReloadServer
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

__all__ = ["ArchkitPlugin"]

log = get_plugin_logger("archkit")
TOKEN = re.compile(r"<p>\s*archkitpicture(\d+)x\s*</p>|archkitpicture(\d+)x")
STAND_IN = re.compile(r'<div data-archkit="(\d+)">.*?</div>', re.DOTALL)
INDEXES = (".md", ".markdown", "/index.md", "/README.md")


class Options(Config):  # type: ignore[no-untyped-call]
    """What `mkdocs.yml` says below the plugin's name."""

    theme = config_options.Choice(("page", "media", "light", "dark"), default="page")


@dataclass(frozen=True)
class _Shown:
    """One picture of a page: what the search reads, and what the reader sees."""

    text: str
    html: str


class ArchkitPlugin(BasePlugin[Options]):  # type: ignore[no-untyped-call]
    """Pictures of blueprints in the pages of a site."""

    def __init__(self) -> None:
        self.shown: dict[str, list[_Shown]] = {}
        self.files: set[Path] = set()
        self.server: LiveReloadServer | None = None

    def on_startup(self, *, command: str, dirty: bool) -> None:
        """Ask MkDocs to keep this plugin from one build to the next, and the server with it."""

    def on_serve(self, server: LiveReloadServer, *, config: MkDocsConfig, builder: object) -> LiveReloadServer:
        """Build anew when a blueprint changes, wherever it lies."""
        self.server = server
        self.on_post_build(config=config)
        return server

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Watch the blueprints that this build found."""
        if self.server is None:
            return
        for path in sorted(self.files):
            if not path.is_relative_to(config.docs_dir):
                self.server.watch(str(path))
        self.files.clear()

    def on_page_markdown(self, markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Make the pictures of a page, and leave a word in the place of each."""
        asked = places(markdown, "python")
        reader = _Reader(page, config, files, self.config.theme, _lines_above(page, markdown))
        self.shown[page.file.src_uri] = [reader.show(place) for place in asked]
        self.files |= reader.files
        return substituted(markdown, [(place, f"archkitpicture{number}x") for number, place in enumerate(asked)])

    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Say in the page's content, which the search reads, what each picture shows."""
        made = self.shown.get(page.file.src_uri, [])

        def stand_in(found: re.Match[str]) -> str:
            number = int(found[1] or found[2])
            text = escape(made[number].text) if number < len(made) else ""
            return f'<div data-archkit="{number}">{text}</div>' if number < len(made) else found[0]

        return TOKEN.sub(stand_in, html) if made else html

    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        """Put the pictures into the finished page."""
        made = self.shown.pop(page.file.src_uri, [])
        return STAND_IN.sub(lambda found: made[int(found[1])].html, output) if made else output


class _Reader:
    """Makes the pictures of one page."""

    def __init__(self, page: Page, config: MkDocsConfig, files: Files, theme: str, above: int) -> None:
        self.page = page
        self.path = Path(page.file.abs_src_path or page.file.src_uri)
        self.config = config
        self.pages = files
        self.theme = theme
        self.above = above
        self.count = 0
        self.files: set[Path] = set()

    def show(self, place: Place) -> _Shown:
        """Return a picture of the page; what is wrong with it is logged, and shown in its place."""
        self.count += 1
        try:
            if place.error is not None:
                raise Unreadable(place.error)
            source = self._source(place)
            self.files |= set(source.files())
            made = picture(source, place.wanted, theme=self.theme, instance=str(self.count) if self.count > 1 else "")
        except Unreadable as error:
            return self._failed([(place.line + 1, str(error))])
        said = [told(found, source, place.line + 1, place.offset) for found in made.findings]
        if made.failed:
            return self._failed(said)
        self._warn(said)
        return _Shown(made.alt, self._figure(made, place))

    def _source(self, place: Place) -> Source:
        root = project_of(Path(self.config.config_file_path or self.config.docs_dir).parent)
        if place.text is not None:
            return Source(self.path, root, place.text)
        found = blueprint(place.wanted.path or "", self.path.parent, root, Path(self.config.docs_dir))
        return Source(found, root)

    def _figure(self, made: Picture, place: Place) -> str:
        svg = inline(made, lambda link: self._link(link, place.line + 1))
        caption = f"<figcaption>{escape(place.wanted.caption)}</figcaption>" if place.wanted.caption else ""
        return f'<figure class="archkit-figure">{svg}{caption}</figure>{made.details}'

    def _link(self, link: str, line: int) -> str | None:
        """Return where a link of a node leads from this page."""
        if leads_out(link):
            return link
        address = urlsplit(link)
        folder = posixpath.dirname(self.page.file.src_uri)
        for name in _names(address.path, folder):
            if (found := self.pages.get_file_from_path(name)) is not None:
                return _address(found.url_relative_to(self.page.file), address.query, address.fragment)
        self._warn([(line, f"the link '{link}' of a node leads to no page of this site")])
        return None

    def _failed(self, said: list[tuple[int, str]]) -> _Shown:
        self._warn(said)
        lines = "\n".join(text for _line, text in said)
        title = '<p class="admonition-title">This picture could not be made</p>'
        return _Shown("", f'<div class="admonition failure archkit-error">{title}<pre>{escape(lines)}</pre></div>')

    def _warn(self, said: list[tuple[int, str]]) -> None:
        for line, text in said:
            log.warning(f"{shown(self.path)}:{line + self.above}: {text}")


def _names(path: str, folder: str) -> Iterator[str]:
    yield path.strip("/")
    for stem in stems(path, folder):
        yield from (stem + ending for ending in INDEXES)
    yield posixpath.normpath(posixpath.join(folder, path))


def _address(url: str, query: str, fragment: str) -> str:
    """Return an address with a query and a place on the page."""
    return url + (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")


def _lines_above(page: Page, markdown: str) -> int:
    """Return how many lines of the page's file stand above its text: those of its front matter."""
    whole = page.file.content_string
    return whole[: len(whole) - len(markdown)].count("\n") if whole.endswith(markdown) else 0
