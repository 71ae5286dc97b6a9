"""Methods and paths of routes: how they are written, what is wrong with them, and the logical ids they give."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from archkit.kind import Refusal

__all__ = ["DEFAULT", "METHODS", "arn_path", "blank", "camel", "problem", "read_short_form", "variables", "words"]

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "ANY")
DEFAULT = "$default"
"""The route of an HTTP API that takes what no other takes."""

_VARIABLE = re.compile(r"\{([A-Za-z0-9._-]+)(\+?)\}")
_LITERAL = re.compile(r"[A-Za-z0-9._:~@-]+")
_PLAIN = re.compile(r"[a-z][a-z0-9]*")
_MARKS = ("param", "rest")


def read_short_form(text: str) -> Mapping[str, str] | None:
    """Read `POST /links`, `/links` or `$default` into options; None where the text is no route at all."""
    first, _, rest = text.strip().partition(" ")
    rest = rest.strip()
    if first == DEFAULT and not rest:
        return {"path": DEFAULT}
    if first.startswith("/") and not rest:
        return {"path": first}
    if first.upper() in METHODS:
        return {"method": first.upper(), "path": rest} if rest else {"method": first.upper()}
    return {"method": first, "path": rest} if rest.startswith("/") else None


def problem(method: str, path: str) -> Refusal | None:
    """Say what is wrong with a route, and how it is written right; None where it is sound."""
    if not path.startswith("/"):
        return Refusal(f"the path '{path}' does not begin with '/'", f"{method} /{path}", "bad-route", "path")
    if path != "/" and path.endswith("/"):
        return Refusal(f"the path '{path}' ends with '/'", f"{method} {path.rstrip('/')}", "bad-route", "path")
    segments = path.split("/")[1:] if path != "/" else []
    for number, segment in enumerate(segments, 1):
        found = _segment(segment, number == len(segments))
        if found is not None:
            return Refusal(f"the path '{path}' has {found[0]}", found[1], "bad-route", "path")
    names = variables(path)
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        return Refusal(f"the path '{path}' has two parameters '{twice}'", "give each its own name", "bad-route", "path")
    return None


def _segment(segment: str, last: bool) -> tuple[str, str] | None:
    if not segment:
        return "two '/' in a row", "write one '/' between two parts"
    variable = _VARIABLE.fullmatch(segment)
    if variable is not None:
        if variable[2] and not last:
            return f"'{segment}' before its end", "a greedy parameter takes all that follows: write it last"
        return None
    if "{" in segment or "}" in segment or segment.startswith(":"):
        name = re.sub(r"\W+", "", segment) or "name"
        return (
            f"a malformed parameter '{segment}'",
            f"a parameter is a whole part of the path: {{{name}}}, or {{{name}+}} at its end",
        )
    if _LITERAL.fullmatch(segment) is None:
        return f"'{segment}', which API Gateway does not take", "letters, digits and . _ - : ~ @"
    return None


def variables(path: str) -> list[str]:
    """Return the names of a path's parameters, in order."""
    return [found[1] for found in _VARIABLE.finditer(path)]


def blank(path: str) -> str:
    """Return a path without the names of its parameters: two that are equal then answer the same requests."""
    return _VARIABLE.sub(lambda found: "{+}" if found[2] else "{}", path)


def arn_path(path: str) -> str:
    """Return a path as an execute-api ARN has it, with `*` for each parameter."""
    return _VARIABLE.sub("*", path)


def camel(text: str) -> str:
    """Return a name as part of a logical id: `check-token` as `CheckToken`."""
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", text))


def words(path: str, method: str = "") -> str:
    """Return the part of a logical id that a route has: `GET /links/{slug}` is `GetLinksSlugParam`.

    Whatever a logical id cannot tell apart gets a hash of the part's text, so that no two routes share an id.
    """
    if path == DEFAULT:
        return "Default"
    return method.capitalize() + "".join(_word(part) for part in path.split("/") if part)


def _word(segment: str) -> str:
    variable = _VARIABLE.fullmatch(segment)
    name = variable[1] if variable else segment
    mark = ("Rest" if variable[2] else "Param") if variable else ""
    plain = _PLAIN.fullmatch(name) is not None and (mark != "" or name not in _MARKS)
    return camel(name) + ("" if plain else hashlib.sha256(segment.encode()).hexdigest()[:6]) + mark
