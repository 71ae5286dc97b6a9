"""From a blueprint to what its page shows: picture, findings and templates, each as plain data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from archkit.compiler import Compilation, load
from archkit.diagnostics import ArchkitError, Diagnostic, Report, Severity, Span
from archkit.files import add_sources, possible_paths, read_text
from archkit.printing import snippet, summary

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["drawn", "findings", "judged", "mistake", "named_in", "opened", "page", "templates"]


def opened(path: Path) -> Compilation:
    """Return a blueprint read and checked; what is wrong with it, or with reading it, is in the report."""
    report = Report()
    text = read_text(str(path), report)
    if text is None:
        return Compilation(str(path), "", report)
    compilation = load(path, text=text)
    compilation.check()
    return compilation


def named_in(compilation: Compilation) -> list[Path] | None:
    """Return what a blueprint names or could name; None where it cannot be read at all."""
    from archkit.source import read

    tree = read(compilation.text, compilation.path, Report()) if compilation.text else None
    return possible_paths(tree, Path(compilation.path).parent) if tree else None


def drawn(compilation: Compilation) -> dict[str, Any] | None:
    """Return the picture; None where the blueprint has an error."""
    if compilation.report.failed or compilation.architecture is None:
        return None
    return {"svg": compilation.render("svg").decode(), "name": compilation.architecture.name}


def page(compilation: Compilation) -> bytes:
    """Return the picture as a page of its own, which takes newer pictures and facts by `archkit.update`."""
    from archkit.diagram import render

    return render(compilation.sound(), format="html")


def templates(compilation: Compilation) -> dict[str, dict[str, str]]:
    """Return the templates in each format, by stack, before cfn-lint has seen them.

    Raises ArchkitError where the blueprint cannot become one.
    """
    from archkit.synth import Format, synthesize

    return {
        format: synthesize(compilation.sound(), compilation.report, format, lint=False).templates
        for format in get_args(Format)
    }


def judged(compilation: Compilation) -> Report:
    """Return what cfn-lint says of the templates in each format, and all that was found before."""
    from archkit.synth import Format

    for format in get_args(Format):
        try:
            compilation.synth(format)
        except ArchkitError:
            break  # what it holds is in the report of the compilation
    return compilation.report


def findings(report: Report, compilation: Compilation, *, final: bool) -> dict[str, Any]:
    """Return a report as the page shows it; it is final once cfn-lint has spoken."""
    sources = {compilation.path: compilation.text}
    add_sources(sources, report)
    counts = {f"{severity}s": sum(one.severity is severity for one in report) for severity in Severity}
    return {"summary": summary(report), "final": final, **counts, "list": list(_listed(report, sources))}


def _listed(report: Report, sources: dict[str, str]) -> Iterator[dict[str, Any]]:
    for found in sorted(report, key=lambda one: list(Severity).index(one.severity)):
        yield {
            "severity": str(found.severity),
            "place": str(found.span) if found.span else "",
            "message": found.message,
            "code": found.code,
            "help": found.help or "",
            "snippet": "\n".join(line[6:] for line in _snippet(found, sources)),
        }


def _snippet(found: Diagnostic, sources: dict[str, str]) -> list[str]:
    return snippet(found.span, sources) if found.span and found.span.path in sources else []


def mistake(path: Path, error: Exception) -> Diagnostic:
    """Return a fault of archkit as a finding, so that the preview goes on."""
    message = f"archkit made a mistake here: {type(error).__name__}: {error}"
    return Diagnostic("internal-error", message, Span(str(path), 1, 1, 1, 1), "please report it with the blueprint")
