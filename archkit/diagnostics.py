"""What is wrong with a blueprint, where, and what to do about it.

Every stage adds to one `Report` and goes on, so that one run tells everything. Codes are names
(`unknown-property`), never numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum

__all__ = ["ArchkitError", "Diagnostic", "Report", "Severity", "Span", "did_you_mean", "listing"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a source file; lines and columns count from 1, the end is exclusive."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


class Severity(StrEnum):
    """How bad it is: an error stops every output, a warning and a note stop none."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding: a code, a message in the user's words, its place, and the way out."""

    code: str
    message: str
    span: Span | None = None
    help: str | None = None
    severity: Severity = Severity.ERROR

    def sort_key(self) -> tuple[str, int, int, str, str]:
        """Order of appearance in the files; findings without a place come first."""
        place = self.span or Span("", 0, 0, 0, 0)
        return place.path, place.line, place.column, self.code, self.message


@dataclass(slots=True)
class Report:
    """All findings of one run, in the order in which their places appear; equal ones are kept once."""

    _found: dict[Diagnostic, None] = field(default_factory=dict)

    def error(self, code: str, message: str, span: Span | None = None, help: str | None = None) -> None:
        """Add an error."""
        self.add(Diagnostic(code, message, span, help))

    def warn(self, code: str, message: str, span: Span | None = None, help: str | None = None) -> None:
        """Add a warning."""
        self.add(Diagnostic(code, message, span, help, Severity.WARNING))

    def note(self, code: str, message: str, span: Span | None = None, help: str | None = None) -> None:
        """Add a note: something that archkit did by itself and the author should know."""
        self.add(Diagnostic(code, message, span, help, Severity.NOTE))

    def add(self, diagnostic: Diagnostic) -> None:
        """Add a finding that was made elsewhere."""
        self._found[diagnostic] = None

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Add many findings."""
        for diagnostic in diagnostics:
            self.add(diagnostic)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(sorted(self._found, key=Diagnostic.sort_key))

    def __len__(self) -> int:
        return len(self._found)

    @property
    def errors(self) -> list[Diagnostic]:
        """The findings that forbid any output."""
        return [found for found in self if found.severity is Severity.ERROR]

    @property
    def failed(self) -> bool:
        """Whether any error was found."""
        return any(found.severity is Severity.ERROR for found in self._found)


class ArchkitError(Exception):
    """A blueprint could not be compiled; `.report` says everything that was found."""

    def __init__(self, report: Report) -> None:
        self.report = report
        super().__init__("\n".join(f"{d.span}: {d.message} [{d.code}]" for d in report.errors))


def did_you_mean(word: str, words: Iterable[str]) -> str | None:
    """Return "did you mean 'x'?" for the closest of `words`, or None where none is close."""
    known = {known.lower(): known for known in words}
    close = get_close_matches(word.lower(), known, n=1, cutoff=0.6)
    return f"did you mean '{known[close[0]]}'?" if close else None


def listing(words: Iterable[str], last: str = "or", most: int = 12) -> str:
    """Join words as a sentence does: 'a', 'b' or 'c'; past `most` the rest is counted."""
    quoted = [f"'{word}'" for word in words]
    if len(quoted) > most:
        return f"{', '.join(quoted[:most])} and {len(quoted) - most} more"
    if len(quoted) < 2:
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} {last} {quoted[-1]}"
