"""One picture for a page, made once and remembered by the content of all that it is made of.

What a site shows of it: an SVG to stand in the page, or a picture file for builders of printed documents; its
alternative text; the tables of its details; and what was found on the way, each finding at the line that holds it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from functools import cache
from html import escape, unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archkit.cache import cache_folder, keep
from archkit.diagnostics import ArchkitError, Diagnostic, Report, Severity, Span
from archkit.docs.sources import Source, shown
from archkit.docs.words import Unreadable, Wanted

if TYPE_CHECKING:
    from archkit.compiler import Compilation

__all__ = ["Picture", "compiled", "inline", "moved", "picture", "told"]

_LINK = re.compile(r'<a href="([^"]*)">')
_DESC = re.compile(r"(<desc [^>]*>).*?(</desc>)", re.DOTALL)


@dataclass(frozen=True)
class Picture:
    """What a page shows of a blueprint. `data` is empty where `findings` holds an error."""

    data: bytes = b""
    alt: str = ""
    details: str = ""
    findings: tuple[Diagnostic, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether there is nothing to show."""
        return not self.data


def picture(source: Source, wanted: Wanted, *, format: str = "svg", theme: str = "page", instance: str = "") -> Picture:
    """Return the picture that a document wants, from the cache where nothing changed.

    Raises Unreadable where the blueprint cannot be read, `diagram.Missing` where `format` needs what is not installed.
    """
    from archkit.diagram.icons import seal_of
    from archkit.versions import fingerprint

    seal = source.seal(
        _once(fingerprint), seal_of(wanted.icons), str(source.path), repr(wanted), format, theme, instance
    )
    place = cache_folder() / "pictures" / f"{seal}.{format}"
    try:
        return _read(place.read_bytes())
    except (OSError, ValueError, TypeError, KeyError):
        made = _made(source, wanted, format, theme, instance)
        if not made.failed:
            keep(place, _written(made))
        return made


@cache
def _once(what: Callable[[], str]) -> str:
    return what()


def compiled(source: Source) -> Compilation:
    """Return the blueprint of a document, loaded; raises Unreadable where it names files outside of its project."""
    from archkit.compiler import load

    if strays := source.strays():
        raise Unreadable(f"the blueprint names '{strays[0]}', which is outside of the project")
    return load(source.path, text=source.read())


def _made(source: Source, wanted: Wanted, format: str, theme: str, instance: str) -> Picture:
    compilation = compiled(source)
    try:
        data = compilation.render(format, theme=theme, instance=instance, icons=wanted.icons, **wanted.look)  # type: ignore[arg-type]
        alt = wanted.alt or compilation.describe(**wanted.look)
        details = _details(compilation) if wanted.details else ""
    except ArchkitError as error:
        return Picture(findings=tuple(error.report))
    except ValueError as error:
        return Picture(findings=(Diagnostic("cannot-draw", str(error)),))
    found = tuple(found for found in compilation.report if found.severity is not Severity.NOTE)
    return Picture(data, " ".join(alt.split()), details, found)


def _details(compilation: Compilation) -> str:
    from archkit.docs.tables import html

    return html(compilation)


def _written(made: Picture) -> bytes:
    told = {"alt": made.alt, "details": made.details, "findings": [asdict(found) for found in made.findings]}
    return json.dumps(told).encode() + b"\n" + made.data


def _read(kept: bytes) -> Picture:
    head, _newline, data = kept.partition(b"\n")
    told = json.loads(head)
    findings = [_found(**found) for found in told["findings"]]
    return Picture(data, told["alt"], told["details"], tuple(findings))


def _found(span: dict[str, Any] | None, severity: str, **more: Any) -> Diagnostic:
    return Diagnostic(span=Span(**span) if span else None, severity=Severity(severity), **more)


def inline(made: Picture, resolve: Callable[[str], str | None]) -> str:
    """Return an SVG as it stands in a page.

    `resolve` returns where a node's link leads from that page, or None where the link is left out.
    """
    svg = _DESC.sub(lambda desc: f"{desc[1]}{escape(made.alt)}{desc[2]}", made.data.decode(), count=1)
    return _linked(svg, resolve)


def _linked(svg: str, resolve: Callable[[str], str | None]) -> str:
    """Return the SVG with its links resolved; one that leads nowhere becomes a plain group."""
    parts: list[str] = []
    end = 0
    for found in _LINK.finditer(svg):
        close = svg.index("</a>", found.end())
        to = resolve(unescape(found[1]))
        start, stop = (f'<a href="{escape(to)}">', "</a>") if to else ("<g>", "</g>")
        parts += [svg[end : found.start()], start, svg[found.end() : close], stop]
        end = close + len("</a>")
    return "".join([*parts, svg[end:]])


def moved(findings: Iterable[Diagnostic], path: str, line: int, column: int = 0) -> Report:
    """Return findings in a blueprint that stands in a document, at the lines of the document that hold them."""
    report = Report()
    for found in findings:
        span = found.span
        if span is not None and span.path == path:
            span = Span(path, span.line + line, span.column + column, span.end_line + line, span.end_column + column)
        report.add(replace(found, span=span))
    return report


def told(found: Diagnostic, source: Source, line: int, offset: int) -> tuple[int, str]:
    """Return the document's line of a finding, and what a site says there.

    `line` is where the picture is asked for, `offset` the line above a blueprint that stands in the document.
    """
    text = f"{found.message} [{found.code}]" + (f"; {found.help}" if found.help else "")
    if found.span is None:
        return line, text
    if source.text is not None and found.span.path == str(source.path):
        return found.span.line + offset, text
    return line, f"{shown(Path(found.span.path))}:{found.span.line}:{found.span.column}: {text}"
