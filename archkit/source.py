"""YAML text -> a tree whose every key and value knows its line and column.

Scalars stay text: a blueprint's values are typed by the property they stand in, never by YAML, so `NO`, `012345670123`,
`16.10` and `22:30` stay what was written. The traps of YAML (duplicate keys, tabs, second documents, tags, braces that
swallow a value) are errors with a message of their own, found here or where a property meets the value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from archkit.diagnostics import Report, Span
from archkit.traps import explain

__all__ = ["Mapping", "Scalar", "Sequence", "Tree", "read"]

MOST_NODES = 200_000  # far above any blueprint, far below what a chain of doubling aliases expands to
MOST_DEPTH = 100


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text as written; `quoted` says whether quotes or a block marker stood around it."""

    text: str
    span: Span
    quoted: bool = False

    @property
    def empty(self) -> bool:
        """Whether nothing, `~` or `null` stands where a value could."""
        return not self.quoted and self.text in ("", "~", "null")


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Tree, ...]
    span: Span

    def __iter__(self) -> Iterator[Tree]:
        return iter(self.items)


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys with values, in the order written; keys are unique."""

    entries: tuple[tuple[Scalar, Tree], ...]
    span: Span
    flow: bool = False

    def __iter__(self) -> Iterator[tuple[Scalar, Tree]]:
        return iter(self.entries)

    def get(self, name: str) -> Tree | None:
        """Return the value of a key, or None."""
        return next((value for key, value in self.entries if key.text == name), None)

    def key(self, name: str) -> Scalar | None:
        """Return the key itself, for its place."""
        return next((key for key, _ in self.entries if key.text == name), None)

    @property
    def names(self) -> list[str]:
        """The keys as text."""
        return [key.text for key, _ in self.entries]

    def without(self, *names: str) -> Mapping:
        """Return the mapping less some keys."""
        return Mapping(tuple(entry for entry in self.entries if entry[0].text not in names), self.span, self.flow)


Tree = Scalar | Sequence | Mapping

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Stop(Exception):
    """The text cannot be read further; the report has the reason."""


def read(text: str, path: str, report: Report) -> Tree | None:
    """Read one YAML (or JSON) document.

    Returns the tree, or None where the text cannot be read, with the reason in `report`. Never raises on any text.
    """
    text = text.removeprefix("\ufeff")
    bad = re.search("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text)
    if bad:
        line = text.count("\n", 0, bad.start()) + 1
        column = bad.start() - (text.rfind("\n", 0, bad.start()) + 1) + 1
        span = Span(path, line, column, line, column + 1)
        report.error("yaml-syntax", f"the character U+{ord(bad.group()):04X} is not allowed in YAML", span, "remove it")
        return None
    try:
        return _Composer(text, path, report).document()
    except _Stop:
        return None
    except yaml.YAMLError as error:
        explain(error, text, path, report)
        return None


class _Composer:
    """Builds the tree from PyYAML's events, and refuses what a blueprint has no use for."""

    def __init__(self, text: str, path: str, report: Report) -> None:
        self.events = yaml.parse(text, Loader=_LOADER)
        self.path = path
        self.report = report
        self.anchors: dict[str, Tree] = {}
        self.sizes: dict[int, int] = {}
        self.count = 0
        self.ahead: Any = None

    def document(self) -> Tree | None:
        tree: Tree | None = None
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if tree is not None:
                    span = self.span(event)
                    self.stop("second-document", "a blueprint is one YAML document; here a second begins", span,
                              "remove the '---', or put the second into a file of its own")  # fmt: skip
                tree = self.node(next(self.events), 0)
        return tree

    def node(self, event: Any, depth: int) -> Tree:
        span = self.span(event)
        if depth > MOST_DEPTH:
            self.stop("too-deep", f"values are nested more than {MOST_DEPTH} deep", span, "flatten the structure")
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event, span)
        self.grow(1, span)
        before = self.count
        tag = getattr(event, "tag", None) or "!"
        if tag != "!":
            self.tagged(tag.replace("tag:yaml.org,2002:", "!!"), span)
        if isinstance(event, yaml.ScalarEvent):
            text = (
                f"${{{event.value}}}" if tag in ("!Ref", "!GetAtt") else event.value
            )  # as it was meant, for what follows
            tree: Tree = Scalar(text, span, bool(event.style))
        elif isinstance(event, yaml.SequenceStartEvent):
            tree = self.sequence(span, depth)
        else:
            tree = self.mapping(event, span, depth)
        if event.anchor:
            self.anchors[event.anchor] = tree
            self.sizes[id(tree)] = self.count - before + 1
        return tree

    def tagged(self, tag: str, span: Span) -> None:
        plain = tag.startswith("!!")
        help = "write the value plainly" if plain else "write ${node.attribute} or ${Parameter} in a plain text"
        self.report.error("yaml-tag", f"the YAML tag '{tag}' has no meaning in a blueprint", span, help)

    def alias(self, event: Any, span: Span) -> Tree:
        tree = self.anchors.get(event.anchor)
        if tree is None:
            message = f"'*{event.anchor}' names no anchor that is complete before it"
            self.stop("yaml-alias", message, span, "quote it if the star is meant as text")
        assert tree is not None
        self.grow(self.sizes[id(tree)], span)
        return tree

    def grow(self, by: int, span: Span) -> None:
        self.count += by
        if self.count > MOST_NODES:
            self.stop("too-large", f"the document expands to more than {MOST_NODES} values", span,
                      "anchors that repeat anchors multiply; write the values out")  # fmt: skip

    def sequence(self, span: Span, depth: int) -> Sequence:
        items = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.node(event, depth + 1))
        return Sequence(tuple(items), self.until(span, event))

    def mapping(self, start: Any, span: Span, depth: int) -> Mapping:
        entries: dict[str, tuple[Scalar, Tree]] = {}
        merged: list[tuple[Scalar, Tree]] = []
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.node(event, depth + 1)
            value = self.node(next(self.events), depth + 1)
            if not isinstance(key, Scalar):
                self.report.error("yaml-key", "a key must be plain text", key.span,
                                  "quote a key or value that holds braces, such as '/{id}' or '${Stage}'")  # fmt: skip
            elif key.text == "<<" and not key.quoted:
                merged += self.merge(key, value)
            elif key.text in entries:
                first = entries[key.text][0].span
                self.report.error("duplicate-key", f"'{key.text}' is already given on line {first.line}", key.span,
                                  "keep one of the two")  # fmt: skip
            elif not self.swallowed(start, key, value, entries):
                entries[key.text] = (key, value)
        for key, value in merged:
            entries.setdefault(key.text, (key, value))
        return Mapping(tuple(entries.values()), self.until(span, event), bool(start.flow_style))

    def swallowed(self, start: Any, key: Scalar, value: Tree, before: dict[str, tuple[Scalar, Tree]]) -> bool:
        """Find the value that a comma cut off: `{does: read, write}` is two keys to YAML."""
        end = (key.span.end_line, key.span.end_column)
        if not (start.flow_style and isinstance(value, Scalar) and value.empty and not value.text):
            return False
        if (value.span.line, value.span.column) != end:
            return False
        last, held = next(reversed(before.values()), (None, None))
        help = f"write '{key.text}: ...'"
        if last is not None and isinstance(held, Scalar):
            help += f", or '{last.text}: [{held.text}, {key.text}]' where both are its value"
        self.report.error("yaml-comma", f"'{key.text}' stands in braces without a value", key.span, help)
        return True

    def merge(self, key: Scalar, value: Tree) -> list[tuple[Scalar, Tree]]:
        parts = value.items if isinstance(value, Sequence) else (value,)
        if not all(isinstance(part, Mapping) for part in parts):
            self.report.error("yaml-merge", "'<<' takes a mapping, or a list of mappings", key.span,
                              "give an alias such as *common")  # fmt: skip
        return [entry for part in parts if isinstance(part, Mapping) for entry in part]

    def span(self, event: Any) -> Span:
        start, end = event.start_mark, event.end_mark
        return Span(self.path, start.line + 1, start.column + 1, end.line + 1, end.column + 1)

    def until(self, span: Span, event: Any) -> Span:
        return Span(self.path, span.line, span.column, event.end_mark.line + 1, event.end_mark.column + 1)

    def stop(self, code: str, message: str, span: Span, help: str) -> None:
        self.report.error(code, message, span, help)
        raise _Stop
