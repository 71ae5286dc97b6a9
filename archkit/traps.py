"""The traps of YAML: what a syntax error most likely means, and the way out."""

from __future__ import annotations

import re
from typing import Any

import yaml

from archkit.diagnostics import Report, Span

__all__ = ["explain"]


def explain(error: yaml.YAMLError, text: str, path: str, report: Report) -> None:
    """Turn a syntax error of PyYAML into a finding that says what to do."""
    lines = text.splitlines() or [""]
    mark: Any = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    context: Any = getattr(error, "context_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    problem = str(getattr(error, "problem", None) or error).strip()
    shown = lines[line - 1] if line <= len(lines) else ""
    found = next(((code, message, help) for pattern, code, message, help in _TRAPS if pattern.search(shown)), None)
    if found is None and context is not None and (opened := _unclosed(lines, context, line, str(error))):
        found, line, column = opened, context.line + 1, context.column + 1
    if (
        found is None
        and problem.startswith("mapping values")
        and _indent(shown) > _indent(lines[line - 2])
        and line > 1
    ):
        found, column = _DEEPER, _indent(shown) + 1
    code, message, help = found or ("yaml-syntax", f"this is not valid YAML: {problem}", _LOOK)
    line = min(line, len(lines))
    report.error(code, message, Span(path, line, column, line, column + 1), help)


def _unclosed(lines: list[str], start: Any, line: int, said: str) -> tuple[str, str, str] | None:
    """Say that a quote or bracket is not closed, where that is why a later line makes no sense."""
    opening = lines[start.line][start.column : start.column + 1] if start.line < len(lines) else ""
    if start.line + 1 == line and "end of stream" not in said:
        return None
    if opening in ("'", '"'):
        return "yaml-unclosed", "this quote is not closed", f"end the text with {opening}"
    if opening in ("{", "["):
        end = "}" if opening == "{" else "]"
        return "yaml-unclosed", f"this '{opening}' is not closed", f"end it with '{end}'"
    return None


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


_LOOK = "check the indentation, colons and quotes around this place"
_DEEPER = ("yaml-indent", "this line is indented more than the one above, which has its value already",
           "indent it like its neighbours")  # fmt: skip
_TRAPS = (
    (re.compile(r"^\s*\t| \t"), "yaml-tab", "a tab stands where YAML wants spaces", "indent with spaces"),
    (
        re.compile(r"\{([^'\"]*[:,])?\s*\*"),
        "yaml-braces",
        "an unquoted '*' inside braces starts a YAML alias",
        'quote it: "*"',
    ),
    (
        re.compile(r"\{[^'\"]*\$\{"),
        "yaml-braces",
        "an unquoted '${...}' stands inside braces",
        'quote the value: "${...}", or write the mapping over several lines',
    ),
    (
        re.compile(r"\{.*/[^'\"]*\{"),
        "yaml-braces",
        "an unquoted '{...}' stands inside braces",
        'quote the value: "/path/{id}", or write the mapping over several lines',
    ),
    (
        re.compile(r"^[^#'\"]*:\s+[^'\"#{\[|>]*:\s"),
        "yaml-colon",
        "a second ': ' stands in one value",
        "quote the value, or put what follows on lines of its own",
    ),
    (
        re.compile(r"[A-Za-z0-9_]:[}\]]"),
        "yaml-colon",
        "nothing stands after a ':'",
        "give the value, or leave the key out",
    ),
    (
        re.compile(r"[:\-]\s+[@`%]"),
        "yaml-reserved",
        "a value cannot start with '@', '`' or '%' unquoted",
        "quote the value",
    ),
)
