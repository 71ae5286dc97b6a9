"""The Sphinx extension: `extensions = ["archkit.docs.sphinx"]`.

    .. archkit:: shop.yaml
       :view: network
       :caption: What talks to what

An HTML page holds the picture itself, an EPUB or a PDF a picture file, and a builder without pictures its alternative
text. The blueprint may stand in the directive, too.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.parsers.rst.states import RSTState
from sphinx.ext.graphviz import align_spec, figure_wrapper
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from archkit import __version__
from archkit.cache import keep
from archkit.diagram import VIEWS
from archkit.docs.links import leads_out, stems
from archkit.docs.pictures import Picture, inline, picture, told
from archkit.docs.sources import Source, blueprint, digest, project_of
from archkit.docs.words import Unreadable, Wanted, wanted
from archkit.versions import fingerprint

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

__all__ = ["setup"]

log = logging.getLogger(__name__)
THEMES = ("page", "media", "light", "dark")


class Architecture(nodes.General, nodes.Inline, nodes.Element):  # type: ignore[misc]
    """A picture in a document, until it is known who reads it."""


class ArchkitDirective(SphinxDirective):
    """`.. archkit:: path.yaml`, or with the blueprint as its content."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, Any]] = {
        "alt": directives.unchanged,
        "caption": directives.unchanged,
        "align": align_spec,
        "name": directives.unchanged,
        "class": directives.class_option,
        "view": lambda word: directives.choice(word, VIEWS),
        "node": directives.unchanged_required,
        "depth": directives.nonnegative_int,
        "details": directives.flag,
        "theme": lambda word: directives.choice(word, THEMES),
    }

    def run(self) -> list[nodes.Node]:
        """Return the picture; what is wrong with it is a warning at the line that is to blame."""
        theme = self.options.get("theme", self.config.archkit_theme)
        try:
            source, asked = self._asked()
            for path in source.files():
                self.env.note_dependency(str(path))
            made = picture(source, asked, theme=theme)
        except Unreadable as error:
            return self._said([(self.lineno, str(error))], "unreadable")
        for found in made.findings:
            self._said([told(found, source, self.lineno, self._above())], found.code)
        if made.failed:
            return []
        return [self._node(source, asked, theme, made)]

    def _asked(self) -> tuple[Source, Wanted]:
        words = wanted(self.arguments[0] if self.arguments else "", path=not self.content)
        given = {name: self.options[name] for name in ("view", "node", "depth", "alt") if name in self.options}
        asked = replace(words, **given, details=words.details or "details" in self.options)
        folder = Path(self.env.doc2path(self.env.docname)).parent
        root = project_of(Path(self.env.srcdir))
        if self.content:
            where, _line = self.get_source_info()
            return Source(Path(where), root, "\n".join(self.content) + "\n"), asked
        return Source(blueprint(asked.path or "", folder, root, Path(self.env.srcdir)), root), asked

    def _above(self) -> int:
        """Return how many lines of the document stand above the directive's content; MyST counts from the directive."""
        offset: int = self.content_offset
        return offset if isinstance(self.state, RSTState) else offset + self.lineno

    def _node(self, source: Source, asked: Wanted, theme: str, made: Picture) -> nodes.Node:
        node = Architecture(source=source, wanted=asked, theme=theme, alt=made.alt)
        node["classes"] = self.options.get("class", [])
        if "align" in self.options:
            node["align"] = self.options["align"]
        self.set_source_info(node)
        caption = self.options.get("caption") or asked.caption
        if not caption:
            self.add_name(node)
            return node
        figure = figure_wrapper(self, node, caption)
        self.add_name(figure)
        return figure

    def _said(self, said: list[tuple[int, str]], code: str) -> list[nodes.Node]:
        for line, text in said:
            log.warning(text, location=(self.env.docname, line), type="archkit", subtype=code)
        return []


class Draw(SphinxPostTransform):
    """Turns each picture into what the builder at work can show."""

    default_priority = 8

    def run(self, **kwargs: Any) -> None:
        """Replace the pictures of a document, or of all documents where they become one page."""
        for number, node in enumerate(list(self.document.findall(Architecture)), start=1):
            node.replace_self(self._drawn(node, str(number) if number > 1 else ""))

    def _drawn(self, node: Architecture, instance: str) -> list[nodes.Node]:
        types = self.app.builder.supported_image_types
        if self.app.builder.format == "html" and self.app.builder.name != "epub" and "image/svg+xml" in types:
            return [self._inline(node, instance)]
        if not types:
            return [_words(node)]
        return [self._file(node, types)]

    def _inline(self, node: Architecture, instance: str) -> nodes.Node:
        made = picture(node["source"], node["wanted"], theme=node["theme"], instance=instance)
        svg = inline(made, lambda link: self._link(link, node))
        classes = ["archkit-picture", *([f"align-{node['align']}"] if node.get("align") else []), *node["classes"]]
        ids = f' id="{escape(node["ids"][0])}"' if node["ids"] else ""
        html = f'<div class="{escape(" ".join(classes))}"{ids}>{svg}</div>{made.details}'
        return nodes.raw("", html, format="html")

    def _file(self, node: Architecture, types: list[str]) -> nodes.Node:
        """Return a picture file: what a printed document takes, in the colours of paper."""
        data, ending = self._printed(node, types)
        path = Path(self.env.doctreedir) / "archkit" / f"{digest(data)}.{ending}"
        if not path.is_file():
            keep(path, data)
        image = nodes.image(uri=str(path), alt=node["alt"], candidates={"*": str(path)}, ids=node["ids"])
        if node.get("align"):
            image["align"] = node["align"]
        self.env.images.add_file(self.env.docname, str(path))
        return image

    def _printed(self, node: Architecture, types: list[str]) -> tuple[bytes, str]:
        from archkit.diagram import Missing

        drawn = partial(picture, node["source"], node["wanted"], theme="dark" if node["theme"] == "dark" else "light")
        if "image/svg+xml" in types:
            return drawn(format="svg").data, "svg"
        if "application/pdf" in types:
            with suppress(Missing):
                return drawn(format="pdf").data, "pdf"
        return drawn(format="png").data, "png"

    def _link(self, link: str, node: Architecture) -> str | None:
        """Return where a link of a node leads from the page of a picture."""
        if leads_out(link):
            return link
        found = _target(self.env, link, self.env.docname)
        if found is None:
            log.warning(f"the link '{link}' of a node leads to no page of this site", location=node, type="archkit",
                        subtype="link")  # fmt: skip
            return None
        document, place = found
        uri = self.app.builder.get_relative_uri(self.env.docname, document)
        return uri if not place else f"{uri.partition('#')[0]}#{place}"


def _words(node: Architecture) -> nodes.Node:
    return nodes.paragraph("", f"[{node['alt']}]")


def _target(env: Any, link: str, here: str) -> tuple[str, str] | None:
    """Return the document that a link names, and the place there: a path, `:doc:` or `:ref:`, or a label alone."""
    role, _colon, name = link.strip("`").rpartition(":`") if link.startswith(":") else ("", "", link)
    path, _hash, place = name.partition("#")
    if role in ("", ":doc"):
        folder = here.rpartition("/")[0]
        for stem in stems(path, folder):
            for document in (stem, f"{stem}/index"):
                if document in env.found_docs:
                    return document, place
    if role in ("", ":ref"):
        document, place, *_title = env.domains.standard_domain.anonlabels.get(name.lower(), ("", ""))
        return (document, place) if document else None
    return None


def setup(app: Sphinx) -> ExtensionMetadata:
    """Tell Sphinx what there is."""
    app.add_node(Architecture)
    app.add_directive("archkit", ArchkitDirective)
    app.add_post_transform(Draw)
    app.add_config_value("archkit_theme", "page", "env", frozenset({str}))
    # Another archkit may draw otherwise, and keeps other things in Sphinx's memory: then every page is read anew.
    app.add_config_value("archkit_fingerprint", fingerprint(), "env", frozenset({str}))
    return {"version": __version__, "parallel_read_safe": True, "parallel_write_safe": True}
