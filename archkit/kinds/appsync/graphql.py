"""A GraphQL schema as far as resolvers need it: its types, their fields, what each returns."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from archkit.shared.code import code_path

__all__ = ["ROOTS", "Fields", "fields", "text_of"]

ROOTS = ("Query", "Mutation", "Subscription")
Fields = dict[str, dict[str, str]]
"""What each field of each type returns."""

_TYPE = re.compile(r"\b(?:type|interface)\s+(\w+)[^{}]*\{([^}]*)\}")
_FIELD = re.compile(r"(\w+)\s*(?:\([^)]*\))?\s*:\s*([\[\]\w!]+)")


def text_of(blueprint: str, said: str) -> str | None:
    """Return a text that is written down, or the content of the file of that name; None where there is no such file."""
    if "{" in said or "\n" in said:
        return said
    path = code_path(blueprint, said)
    return _read(path) if path.is_file() else None


def _read(path: Path) -> str:
    return path.read_text("utf-8", errors="replace")


@cache
def fields(schema: str) -> Fields:
    """Return the types of a schema.

    >>> fields("type Query { post(id: ID!): Post posts: [Post!]! }")
    {'Query': {'post': 'Post', 'posts': '[Post!]!'}}
    """
    plain = re.sub(r'"""(?:.|\n)*?"""|"[^"\n]*"|#[^\n]*', " ", schema)
    found: Fields = {}
    for kind in _TYPE.finditer(plain):
        # what stands in brackets of arguments is no field
        body = re.sub(r"\([^)]*\)", "", kind.group(2))
        found.setdefault(kind.group(1), {}).update((f.group(1), f.group(2)) for f in _FIELD.finditer(body))
    return found
