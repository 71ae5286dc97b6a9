"""Blueprints on disk: reading one, finding those of a folder, and the files that one names."""

from __future__ import annotations

import codecs
import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from archkit.diagnostics import Report, Span

if TYPE_CHECKING:
    from archkit.source import Tree

__all__ = [
    "add_sources",
    "blueprints_in",
    "is_blueprint",
    "named_paths",
    "possible_paths",
    "read_text",
    "yaml_files",
]

LARGEST = 8 * 1024 * 1024
"""The most bytes that are read as a blueprint; a device or an image named by mistake ends here."""

_SKIPPED = {"node_modules", "__pycache__", "venv"}
_BLUEPRINT = re.compile(rb"^(\xef\xbb\xbf)?[\"']?(nodes|edges)[\"']?[ \t]*:", re.MULTILINE)


def read_text(path: str, report: Report) -> str | None:
    """Return the text of a file or of standard input (`-`); None where it cannot be read, with the reason reported."""
    try:
        if path == "-":
            data = _up_to(sys.stdin.buffer) if sys.stdin else b""  # there is none where it was closed
        else:
            with open(path, "rb") as stream:
                data = _up_to(stream)
    except IsADirectoryError:
        _unreadable(report, path, "this is a folder, not a blueprint", _blueprints_listed(Path(path)))
    except OSError as error:
        _unreadable(report, path, f"this cannot be read: {(error.strerror or str(error)).lower()}", None)
    else:
        if len(data) <= LARGEST:
            return _decoded(data, path, report)
        _unreadable(report, path, f"this is larger than {LARGEST // 2**20} MB, which no blueprint is", None)
    return None


def _up_to(stream: BinaryIO) -> bytes:
    return stream.read(LARGEST + 1)


def _unreadable(report: Report, path: str, message: str, help: str | None) -> None:
    report.error("unreadable-file", message, Span(path, 1, 1, 1, 1), help)


def _decoded(data: bytes, path: str, report: Report) -> str | None:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        span = Span(path, line, column, line, column + 1)
        message = f"the byte 0x{data[error.start]:02X} is not UTF-8"
        report.error("bad-encoding", message, span, "save the file with the encoding UTF-8")
    return None


def _blueprints_listed(folder: Path) -> str | None:
    found = [str(path) for path in blueprints_in(folder)][:5]
    return f"name a file in it: {', '.join(found)}" if found else None


def add_sources(sources: dict[str, str], report: Report) -> None:
    """Add the texts of other files that findings stand in, such as a definition that the blueprint names."""
    for found in report:
        path = found.span.path if found.span else ""
        if path not in ("", "-", "<stdin>", *sources) and (text := read_text(path, Report())) is not None:
            sources[path] = text


def blueprints_in(folder: Path) -> Iterator[Path]:
    """Yield the blueprints under a folder, sorted: YAML files with `nodes:` or `edges:` at their top level.

    Other YAML files are passed over, as are hidden folders and those that hold other people's code.
    """
    return filter(is_blueprint, yaml_files(folder))


def yaml_files(folder: Path) -> Iterator[Path]:
    """Yield the files under a folder that could be blueprints by their names and places, sorted."""
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _SKIPPED)
        yield from (Path(here, name) for name in sorted(files) if name.endswith((".yaml", ".yml")))


def is_blueprint(path: Path) -> bool:
    """Say whether a file is meant as a blueprint; what cannot be opened or is UTF-16 is, so that the run says so."""
    try:
        with path.open("rb") as stream:
            data = _up_to(stream)
    except OSError:
        return True
    return data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or bool(_BLUEPRINT.search(data))


def named_paths(tree: Tree, folder: Path) -> list[Path]:
    """Return the files and folders beside a blueprint that a value in it names: code, definitions, templates."""
    return [path for path in possible_paths(tree, folder) if _exists(path)]


def possible_paths(tree: Tree, folder: Path) -> list[Path]:
    """Return every path that a value in a blueprint could name, whether or not something is there."""
    return sorted({folder / text for text in _texts(tree) if _could_name(text)})


def _could_name(text: str) -> bool:
    return 0 < len(text) <= 300 and not set("\0\n") & set(text) and text.strip(".") not in ("", "/")


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name that is too long, a part that is a file
        return False


def _texts(tree: Tree) -> Iterable[str]:
    from archkit.source import Mapping, Scalar

    if isinstance(tree, Scalar):
        yield tree.text
    elif isinstance(tree, Mapping):
        for _key, value in tree:
            yield from _texts(value)
    else:
        for item in tree:
            yield from _texts(item)
