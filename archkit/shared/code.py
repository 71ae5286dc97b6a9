"""Function code beside a blueprint: where it is, and what its entry points are. Nothing is ever run."""

from __future__ import annotations

import ast
import re
from pathlib import Path

__all__ = ["INLINE_LIMIT", "code_path", "entry_points", "suffixes"]

INLINE_LIMIT = 4_096
"""Characters of inline code:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-lambda-function-code.html
"""

_FAMILIES = {"python": (".py",), "nodejs": (".js", ".mjs", ".cjs")}


def code_path(blueprint: str, code: str) -> Path:
    """Return where a `code:` path of a blueprint points: relative to the blueprint's own folder."""
    return Path(blueprint).parent / code


def suffixes(runtime: str) -> tuple[str, ...]:
    """Return the endings of a runtime's source files; none where archkit cannot read its language."""
    return next((ends for family, ends in _FAMILIES.items() if runtime.startswith(family)), ())


def entry_points(path: Path, runtime: str) -> list[str]:
    """Return every `module.function` of a file or of a folder's top level that can serve as a handler."""
    ends = suffixes(runtime)
    files = [path] if path.is_file() else sorted(file for file in path.iterdir() if file.suffix in ends)
    found = []
    for file in files:
        if file.suffix in ends:
            text = file.read_text("utf-8", errors="replace")
            names = _python(text) if file.suffix == ".py" else _javascript(text)
            found += [f"{file.stem}.{name}" for name in names]
    return found


def _python(text: str) -> list[str]:
    """Functions of two arguments, event and context, by position."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError):
        return []
    functions = [node for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    fitting = [node.name for node in functions if _takes_two(node.args) and not node.name.startswith("_")]
    named = [name for name in fitting if "handler" in name]
    return named or fitting


def _takes_two(args: ast.arguments) -> bool:
    least = len(args.posonlyargs) + len(args.args) - len(args.defaults)
    most = len(args.posonlyargs) + len(args.args)
    return least <= 2 <= most or (args.vararg is not None and least <= 2)


_JS = re.compile(
    r"(?:module\.)?exports\.(\w+)\s*=|export\s+(?:const|let|var)\s+(\w+)\s*=|export\s+(?:async\s+)?function\s+(\w+)\s*\("
)


def _javascript(text: str) -> list[str]:
    names = [next(group for group in match.groups() if group) for match in _JS.finditer(text)]
    named = [name for name in names if "handler" in name.lower()]
    return list(dict.fromkeys(named or names))
