"""A report as people and machines read it: text with carets, JSON, GitHub annotations, SARIF.

`sources` maps the path in a span to the text of that file. A finding whose file is not among them is printed without
its source line.
"""

from __future__ import annotations

import json
import os
import re
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePath
from typing import Any, Literal, get_args
from urllib.parse import quote

from archkit.diagnostics import Diagnostic, Report, Severity, Span

__all__ = ["FORMATS", "Format", "render_report", "snippet", "summary"]

Format = Literal["text", "json", "github", "sarif"]
FORMATS: tuple[Format, ...] = get_args(Format)

WIDEST = 110  # columns of source that are shown at most, so that a minified line does not flood the terminal

_INDENT = " " * 6
_COLORS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.NOTE: "36"}


def render_report(
    report: Report, sources: Mapping[str, str] | None = None, format: Format = "text", color: bool = False
) -> str:
    """Return a report in one of `FORMATS`, with a newline at its end.

    - `text`: `path:line:column: message [code]`, the source line with carets, the way out; a summary line last.
    - `json`: `{"version": 1, "summary": {"errors": n, "warnings": n, "notes": n}, "findings": [...]}`; a finding has
      `code`, `severity` (error, warning or note), `message`, `help`, `path`, `line`, `column`, `end_line` and
      `end_column`, always all of them, null where unknown. Lines and columns count from 1, the end is exclusive, and
      columns count Unicode code points. New keys may be added; these stay.
    - `github`: one workflow command for each finding, which GitHub shows on the line in a pull request.
    - `sarif`: SARIF 2.1.0, for code scanning.

    `color` matters to text alone. Raises ValueError for another format.
    """
    sources = sources or {}
    match format:
        case "text":
            return "\n".join([*(_text(found, sources, color) for found in report), summary(report)]) + "\n"
        case "json":
            return _dump({"version": 1, "summary": _counts(report), "findings": [_plain(found) for found in report]})
        case "github":
            return "".join(f"{_command(found)}\n" for found in report)
        case "sarif":
            return _dump(_sarif(report))
    raise ValueError(f"no format is called {format!r}; there are {', '.join(FORMATS)}")


def summary(report: Report) -> str:
    """Return what was found in one line, such as '2 errors, 1 warning in 2 files'."""
    counts = [_count(number, name.removesuffix("s")) for name, number in _counts(report).items() if number]
    if not counts:
        return "no findings"
    files = {found.span.path for found in report if found.span}
    where = f" in {next(iter(files))}" if len(files) == 1 else f" in {len(files)} files" if files else ""
    return ", ".join(counts) + _safe(where)


def _counts(report: Report) -> dict[str, int]:
    return {f"{severity}s": sum(found.severity is severity for found in report) for severity in Severity}


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _dump(data: Any) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


# Text


def _text(found: Diagnostic, sources: Mapping[str, str], color: bool) -> str:
    paint = _paint if color else _plainly
    place = f"{found.span}: " if found.span else ""
    # an error is the usual case and needs no word, as in the output of a C compiler's heirs
    word = "" if found.severity is Severity.ERROR else f"{found.severity}: "
    hue = _COLORS[found.severity]
    lines = [
        f"{paint('1', _safe(place))}{paint(f'1;{hue}', word)}{_safe(found.message)} {paint(hue, f'[{found.code}]')}"
    ]
    if found.span and found.span.path in sources:
        lines += [line if row == 0 else paint(hue, line) for row, line in enumerate(snippet(found.span, sources))]
    if found.help:
        lines.append(f"  {paint('1', 'help:')} {_safe(found.help)}")
    return "\n".join(lines)


def _paint(code: str, text: str) -> str:
    return f"\033[{code}m{text}\033[0m" if text else ""


def _plainly(code: str, text: str) -> str:
    return text


def _safe(text: str) -> str:
    """Take from a text what could steer the reader's terminal; its own line breaks are indented."""
    text = re.sub(r"\r?\n", "\n    ", text.strip("\n"))
    return "".join(char if char == "\n" or char.isprintable() else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    return char.encode("unicode_escape", "surrogatepass").decode("ascii")


def snippet(span: Span, sources: Mapping[str, str]) -> list[str]:
    """Return the source line of a span, less its indentation, and the carets under it; nothing for an empty line."""
    lines = re.split(r"\r\n|\r|\n", sources[span.path].removeprefix("\ufeff"))
    if not 1 <= span.line <= len(lines) or not lines[span.line - 1].strip():
        return []
    line = lines[span.line - 1].rstrip()
    start = min(span.column - 1, len(line))
    end = span.end_column - 1 if span.end_line == span.line else len(line)
    end = max(start + 1, min(end, len(line)))
    first = min(len(line) - len(line.lstrip()), start)
    last = len(line)
    if last - first > WIDEST:
        first = max(first, min(start - WIDEST // 3, last - WIDEST))
        last = min(last, first + WIDEST)
    shown, before, under = (
        _visible(part) for part in (line[first:last], line[first:start], line[start : min(end, last)])
    )
    return [_INDENT + shown, _INDENT + " " * _width(before) + "^" * max(1, _width(under))]


def _visible(text: str) -> str:
    return "".join(" " if char == "\t" else char if char.isprintable() else "\ufffd" for char in text)


def _width(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


# JSON


def _plain(found: Diagnostic) -> dict[str, Any]:
    span = found.span
    return {
        "code": found.code,
        "severity": str(found.severity),
        "message": found.message,
        "help": found.help,
        "path": span.path if span else None,
        "line": span.line if span else None,
        "column": span.column if span else None,
        "end_line": span.end_line if span else None,
        "end_column": span.end_column if span else None,
    }


# GitHub's workflow commands


def _command(found: Diagnostic) -> str:
    span = found.span
    properties = {"title": f"archkit: {found.code}"}
    if span:
        properties |= {"file": _from_workspace(span.path), "line": str(span.line), "endLine": str(span.end_line)}
        if span.line == span.end_line:  # GitHub ignores columns of an annotation over several lines
            properties |= {"col": str(span.column), "endColumn": str(span.end_column)}
    level = "notice" if found.severity is Severity.NOTE else str(found.severity)
    text = found.message + (f"\nhelp: {found.help}" if found.help else "")
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{level} {listed}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _from_workspace(path: str) -> str:
    """Return a path as GitHub knows it: relative to the checked-out repository."""
    full = Path(path).absolute()
    for root in (os.environ.get("GITHUB_WORKSPACE"), os.getcwd()):
        if root and full.is_relative_to(root):
            return full.relative_to(root).as_posix()
    return PurePath(path).as_posix()


# SARIF


def _sarif(report: Report) -> dict[str, Any]:
    rules = sorted({found.code for found in report})
    driver = {"name": "archkit", "rules": [_rule(code, report) for code in rules]}
    return {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "results": [_result(found, rules.index(found.code)) for found in report],
            }
        ],
    }


def _rule(code: str, report: Iterable[Diagnostic]) -> dict[str, Any]:
    words = code.replace("-", " ")
    level = next(str(found.severity) for found in report if found.code == code)
    return {"id": code, "shortDescription": {"text": words}, "defaultConfiguration": {"level": level}}


def _result(found: Diagnostic, rule: int) -> dict[str, Any]:
    text = found.message + (f"\nhelp: {found.help}" if found.help else "")
    result = {"ruleId": found.code, "ruleIndex": rule, "level": str(found.severity), "message": {"text": text}}
    if found.span:
        result["locations"] = [{"physicalLocation": _location(found.span)}]
    return result


def _location(span: Span) -> dict[str, Any]:
    path = Path(span.path)
    uri = path.as_uri() if path.is_absolute() else quote(path.as_posix())
    region = {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
    return {"artifactLocation": {"uri": uri}, "region": region}
