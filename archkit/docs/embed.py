"""Pictures beside Markdown documents, and the links, alternative texts and tables in them kept current.

What is current is told by two hashes that stand in the document: of the inputs (the blueprint, the files that it names,
the words of the marker, archkit's version) and of the picture, so that a picture that was edited or lost is seen too.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archkit import __version__
from archkit.diagnostics import Diagnostic, Report, Span
from archkit.docs.markdown import Place, Seal, places, replaced
from archkit.docs.words import Wanted

if TYPE_CHECKING:
    from archkit.compiler import Compilation

__all__ = ["Document", "documents_in", "embed", "stale"]

ENDINGS = (".md", ".markdown")
SKIPPED = {"node_modules", "__pycache__", "venv", "site"}
DIGITS = 16
PATHS = re.compile(r"[\w.-]+(?:/[\w.-]+)*")
NAME = re.compile(r"^name:\s*[\"']?([a-z0-9-]+)", re.MULTILINE)


@dataclass
class Document:
    """One document: its text as it is and as it should be, the pictures beside it, and what is wrong or stale."""

    path: Path
    text: str
    new: str = ""
    pictures: dict[Path, bytes] = field(default_factory=dict)
    report: Report = field(default_factory=Report)
    sources: dict[str, str] = field(default_factory=dict)

    @property
    def changed(self) -> bool:
        """Whether anything has to be written."""
        return self.new != self.text or any(_read(path) != data for path, data in self.pictures.items())


def documents_in(path: Path) -> Iterator[Path]:
    """Yield the Markdown documents under a folder, sorted, or the one that is named."""
    if not path.is_dir():
        yield path
        return
    for found in sorted(path.rglob("*")):
        inner = found.relative_to(path).parts
        if found.suffix in ENDINGS and not any(part in SKIPPED or part.startswith(".") for part in inner[:-1]):
            yield found


def read(path: Path) -> str:
    """Return a document's text with its newlines as they are. Raises OSError or UnicodeDecodeError."""
    return path.read_bytes().decode("utf-8")


def stale(path: Path) -> Report:
    """Return an error for each place of a document that is not current. Compiles nothing: it compares hashes."""
    report = Report()
    for place in places(read(path)):
        reason = place.error or _stale(place, path)
        if reason is not None:
            code = "bad-marker" if place.error else "stale-picture"
            report.error(code, reason, _span(path, place), None if place.error else f"archkit embed {path}")
    return report


def _stale(place: Place, path: Path) -> str | None:
    if place.seal is None:
        return "the picture was not made yet"
    try:
        inputs = _inputs(place, path)
    except OSError as error:
        return f"the blueprint cannot be read: {(error.strerror or str(error)).lower()}"
    if place.seal.inputs != inputs:
        return "the blueprint (or archkit) has changed since the picture was made"
    found = [_read(one) for one in _files(_stem(place, path), path)]
    if None in found:
        return "the picture is missing"
    if _digest(*[data for data in found if data is not None]) != place.seal.picture:
        return "the picture was changed by something else than archkit"
    if place.seal.text != _digest(place.content.encode()):
        return "what stands between the markers was changed by something else than archkit"
    return None


def embed(path: Path) -> Document:
    """Return a document with every picture made anew. Raises OSError or UnicodeDecodeError where it cannot be read."""
    text = read(path)
    document = Document(path, text)
    made = []
    for place in places(text):
        if place.error is not None:
            document.report.error("bad-marker", place.error, _span(path, place))
            continue
        content = _made(place, document)
        if content is not None:
            made.append((place, content))
    document.new = replaced(text, made)
    return document


def _made(place: Place, document: Document) -> str | None:
    """Return what stands at a place, and add its pictures to the document; None with the reason in the report."""
    from archkit.diagnostics import ArchkitError

    compilation = _compiled(place, document)
    if compilation is None:
        return None
    try:
        light, dark = (_drawn(compilation, place.wanted, theme) for theme in ("light", "dark"))
        alt = place.wanted.alt or compilation.describe(place.wanted.view, place.wanted.node, place.wanted.depth)
        details = _details(compilation) if place.wanted.details else ""
    except (ArchkitError, ValueError) as error:
        found = error.report if isinstance(error, ArchkitError) else None
        if found is None:
            document.report.error("cannot-draw", str(error), _span(document.path, place))
        else:
            document.report.extend(_moved(found, place, document.path))
        return None
    stem = _stem(place, document.path)
    for file, data in zip(_files(stem, document.path), (light, dark), strict=True):
        if document.pictures.setdefault(file, data) != data:
            document.report.error("same-picture", f"two pictures of this document would be called '{file.name}'",
                                  _span(document.path, place), "add file=another-name to one")  # fmt: skip
            return None
    picture = ["<picture>", f'  <source media="(prefers-color-scheme: dark)" srcset="{escape(stem)}.dark.svg">',
               f'  <img alt="{escape(" ".join(alt.split()))}" src="{escape(stem)}.svg">', "</picture>"]  # fmt: skip
    content = "\n".join([*picture, *(["", details] if details else [])])
    seal = Seal(_inputs(place, document.path), _digest(light, dark), _digest(content.encode()))
    return f"{seal}\n{content}"


def _compiled(place: Place, document: Document) -> Compilation | None:
    from archkit.compiler import load

    if place.text is not None:
        compilation = load(document.path.parent / f"{document.path.name}.yaml", text=place.text)
        document.report.extend(_moved(compilation.report, place, document.path))
    else:
        path = _blueprint(place.wanted, document.path)
        try:
            compilation = load(path, text=path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or str(error)
            document.report.error("unreadable-file", f"'{place.wanted.path}' cannot be read: {why.lower()}",
                                  _span(document.path, place))  # fmt: skip
            return None
        document.sources[str(path)] = compilation.text
        document.report.extend(compilation.report)
    return None if compilation.report.failed else compilation


def _drawn(compilation: Compilation, wanted: Wanted, theme: str) -> bytes:
    look: dict[str, Any] = {"theme": theme, "view": wanted.view, "node": wanted.node, "depth": wanted.depth}
    return compilation.render("svg", icons=wanted.icons, **look)


def _details(compilation: Compilation) -> str:
    from archkit.docs.tables import details

    return details(compilation)


def _moved(report: Report, place: Place, path: Path) -> list[Diagnostic]:
    """Return findings in a fenced block at the lines of the document that hold them."""
    if place.text is None:
        return list(report)
    indent = len(place.prefix)
    return [
        replace(found, span=Span(str(path), found.span.line + place.offset, found.span.column + indent,
                                 found.span.end_line + place.offset, found.span.end_column + indent))
        if found.span else found
        for found in report
    ]  # fmt: skip


def _blueprint(wanted: Wanted, document: Path) -> Path:
    assert wanted.path is not None
    return document.parent / wanted.path


def _stem(place: Place, path: Path) -> str:
    """Return the name of a place's picture, without its ending."""
    wanted = place.wanted
    if wanted.file is not None:
        return wanted.file.removesuffix(".svg")
    if place.text is not None:
        named = NAME.search(place.text)
        stem = named[1] if named else path.stem
    else:
        stem = Path(wanted.path or "").stem
    parts = [stem, wanted.view if wanted.view != "architecture" else "", wanted.node or "",
             f"depth-{wanted.depth}" if wanted.depth is not None else ""]  # fmt: skip
    return "-".join(part for part in parts if part)


def _files(stem: str, document: Path) -> tuple[Path, Path]:
    return document.parent / f"{stem}.svg", document.parent / f"{stem}.dark.svg"


def _inputs(place: Place, path: Path) -> str:
    """Return a hash of all that decides what stands at a place. Raises OSError where the blueprint cannot be read."""
    if place.text is not None:
        return _digest(__version__.encode(), repr(place.wanted).encode(), place.text.encode())
    blueprint = _blueprint(place.wanted, path)
    named = (f"{one.name}\0".encode() + one.read_bytes() for one in _named(blueprint))
    return _digest(__version__.encode(), repr(place.wanted).encode(), blueprint.read_bytes(), *named)


def _named(blueprint: Path) -> list[Path]:
    """Return the files that a blueprint names: definitions of workflows, code, schemas."""
    text = blueprint.read_text("utf-8", "replace")
    words = {word for word in PATHS.findall(text) if "." in word.strip(".") or "/" in word}
    return [found for word in sorted(words) if (found := blueprint.parent / word).is_file() and found != blueprint]


def _digest(*parts: bytes) -> str:
    seal = hashlib.sha256()
    for part in parts:
        seal.update(f"{len(part)}\0".encode() + part)
    return seal.hexdigest()[:DIGITS]


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _span(path: Path, place: Place) -> Span:
    return Span(str(path), place.line + 1, 1, place.line + 1, 2)
