"""Pictures beside Markdown documents, and the links, alternative texts and tables in them kept current.

What is current is told by two hashes that stand in the document: of the inputs (the blueprint, the files that it names,
the words of the marker, archkit's version) and of the picture, so that a picture that was edited or lost is seen too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from archkit import __version__
from archkit.diagnostics import ArchkitError, Report, Span
from archkit.docs.markdown import Place, Seal, places, replaced
from archkit.docs.pictures import compiled, moved
from archkit.docs.sources import Source, blueprint, content, digest, project_of
from archkit.docs.words import Unreadable, Wanted

if TYPE_CHECKING:
    from archkit.compiler import Compilation

__all__ = ["Document", "documents_in", "embed", "stale"]

ENDINGS = (".md", ".markdown")
SKIPPED = {"node_modules", "__pycache__", "venv", "site"}
MARK = "\ufeff"
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
    for place in places(read(path).removeprefix(MARK)):
        reason = place.error or _stale(place, path)
        if reason is not None:
            code = "bad-marker" if place.error else "stale-picture"
            report.error(code, reason, _span(path, place), None if place.error else f"archkit embed {path}")
    return report


def _stale(place: Place, path: Path) -> str | None:
    if place.seal is None:
        return "the picture was not made yet"
    try:
        inputs = _inputs(place, _source(place, path))
    except Unreadable as error:
        return str(error)
    if place.seal.inputs != inputs:
        return "the blueprint (or archkit) has changed since the picture was made"
    found = [_read(one) for one in _files(_stem(place, path), path)]
    if None in found:
        return "the picture is missing"
    if digest(*[data for data in found if data is not None]) != place.seal.picture:
        return "the picture was changed by something else than archkit"
    if place.seal.text != digest(place.content.encode()):
        return "what stands between the markers was changed by something else than archkit"
    return None


def embed(path: Path, taken: dict[Path, bytes] | None = None) -> Document:
    """Return a document with every picture made anew. Raises OSError or UnicodeDecodeError where it cannot be read.

    `taken` holds the pictures of other documents, and gets those of this one: a file can hold but one of them.
    """
    text = read(path)
    document = Document(path, text)
    made = []
    taken = {} if taken is None else taken
    bare = text.removeprefix(MARK)
    for place in places(bare):
        try:
            if place.error is not None:
                raise Unreadable(place.error)
            made.append((place, _made(place, document, taken)))
        except Unreadable as error:
            document.report.error("bad-marker", str(error), _span(path, place))
        except ArchkitError as error:
            document.report.extend(_found(error.report, place, path))
    document.new = MARK[: len(text) - len(bare)] + replaced(bare, made)
    return document


def _made(place: Place, document: Document, taken: dict[Path, bytes]) -> str:
    """Return what stands at a place, and add its pictures to the document.

    Raises Unreadable or ArchkitError where there can be none.
    """
    source = _source(place, document.path)
    compilation = compiled(source)
    if source.text is None:
        document.sources[str(source.path)] = compilation.text
    compilation.sound()
    drawn = partial(compilation.render, "svg", icons=place.wanted.icons, **place.wanted.look)
    try:
        both = [drawn(theme="light"), drawn(theme="dark")]
        alt = place.wanted.alt or compilation.describe(**place.wanted.look)
    except ValueError as error:
        raise Unreadable(str(error)) from error
    document.report.extend(_found(compilation.report, place, document.path))
    stem = _stem(place, document.path)
    for file, data in zip(_files(stem, document.path), both, strict=True):
        if taken.setdefault(file.resolve(), data) != data:
            raise Unreadable(f"another picture is called '{file.name}' already; add file=another-name to one")
        document.pictures[file] = data
    content = _content(place.wanted, stem, alt, _details(compilation) if place.wanted.details else "")
    return f"{Seal(_inputs(place, source), digest(*both), digest(content.encode()))}\n{content}"


def _content(wanted: Wanted, stem: str, alt: str, details: str) -> str:
    """Return the Markdown that shows a picture; GitHub takes the one for the reader's light or dark."""
    lines = ["<picture>", f'  <source media="(prefers-color-scheme: dark)" srcset="{escape(stem)}.dark.svg">',
             f'  <img alt="{escape(" ".join(alt.split()))}" src="{escape(stem)}.svg">', "</picture>"]  # fmt: skip
    if wanted.caption:
        lines += ["", f"<em>{escape(' '.join(wanted.caption.split()))}</em>"]
    return "\n".join([*lines, *(["", details] if details else [])])


def _details(compilation: Compilation) -> str:
    from archkit.docs.tables import details

    return details(compilation)


def _source(place: Place, path: Path) -> Source:
    """Return the blueprint of a place; raises Unreadable where the document may not or cannot name it."""
    root = project_of(path.parent)
    if place.text is not None:
        return Source(path, root, place.text)
    return Source(blueprint(place.wanted.path or "", path.parent, root), root)


def _found(report: Report, place: Place, path: Path) -> Report:
    """Return findings at the lines that hold them: of the document, for a blueprint in a fenced block."""
    return report if place.text is None else moved(report, str(path), place.offset, len(place.prefix))


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


def _inputs(place: Place, source: Source) -> str:
    """Return a hash of all that decides what stands at a place; raises Unreadable where there is no blueprint."""
    return source.seal(__version__, repr(place.wanted))


def _read(path: Path) -> bytes | None:
    return content(path) if path.is_file() else None


def _span(path: Path, place: Place) -> Span:
    return Span(str(path), place.line + 1, 1, place.line + 1, 2)
