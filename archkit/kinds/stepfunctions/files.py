"""A definition in a file of its own, in Amazon States Language, with `${node}` for the nodes it calls."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from archkit.diagnostics import Report
from archkit.kind import Expr, Mention, Refusal
from archkit.kinds.stepfunctions.definition import whole
from archkit.kinds.stepfunctions.states import Machine, State
from archkit.source import Mapping, Scalar, Tree, read

__all__ = ["named_nodes", "nodes_of", "read_file"]

_RESOURCE = re.compile(
    r"arn:aws[a-z-]*:states:::(?:aws-sdk:)?[a-z0-9-]+:([A-Za-z0-9]+)(\.sync(?::2)?|\.waitForTaskToken)?"
)
_WAITS = {".sync": "job", ".sync:2": "job", ".waitForTaskToken": "token"}


def read_file(tree: Tree) -> tuple[Mapping | None, list[Refusal]]:
    """Return the content of the file that a property names, with places of its own, and what is wrong with it."""
    if not isinstance(tree, Scalar):
        return None, [
            Refusal("'definition' names a file", "write the states under 'states:'", "wrong-type", span=tree.span)
        ]
    if tree.span.path == "<stdin>" and not Path(tree.text).is_absolute():
        help = "give the blueprint as a file, or an absolute path"
        return None, [Refusal("a relative 'definition' has no place to start from on standard input", help, "no-folder",
                              span=tree.span)]  # fmt: skip
    path = Path(tree.span.path).parent / tree.text
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = "is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else "cannot be read"
        return None, [Refusal(f"the file '{tree.text}' beside the blueprint {reason}", None, "no-file", span=tree.span)]
    report = Report()
    content = read(text, path.as_posix(), report)
    found = [Refusal(item.message, item.help, item.code, span=item.span) for item in report]
    if content is not None and not isinstance(content, Mapping):
        found.append(
            Refusal("a definition is a mapping with StartAt and States", None, "wrong-type", span=content.span)
        )
    return content if isinstance(content, Mapping) else None, found


def named_nodes(machine: Machine) -> Iterator[Mention]:
    """Yield the nodes that tasks with a Resource of their own name by `${node}`, with the call that the Resource is."""
    for state in machine.walk():
        yield from nodes_of(state)


def nodes_of(state: State) -> Iterator[Mention]:
    """Yield the nodes that one state with a Resource of its own names."""
    said = state.fields.get("Resource")
    if isinstance(said, Expr):
        yield from _mention(said, {})
    elif isinstance(said, str) and (found := _RESOURCE.fullmatch(said)):
        api, wait = found.groups()
        options = {"operation": api[:1].upper() + api[1:], "wait": _WAITS.get(wait or "")}
        for value in _values(state):
            yield from _mention(value, options)


def _mention(value: Any, options: dict[str, Any]) -> Iterator[Mention]:
    node = whole(value) if isinstance(value, Expr) else None
    if node is not None:
        yield Mention(node, "call", value.span, options, optional=True)


def _values(state: State) -> Iterator[Any]:
    """Yield the parameters of a call, and those of each entry where it takes a list."""
    given = state.fields.get("Parameters") or state.fields.get("Arguments")
    for value in given.values() if isinstance(given, dict) else ():
        yield value
        for entry in value if isinstance(value, list) else ():
            yield from entry.values() if isinstance(entry, dict) else ()
