"""What an unchanged `synth` wrote before, recalled without compiling again.

A record is found by everything that decides the outcome: the command, the blueprint's text, archkit's own files and the
packages installed beside it. It is used only if every file that the blueprint names still has the content it had. Only
outcomes without an error are kept, so whatever is recalled has passed cfn-lint. Nothing heavy is imported here:
recalling is to take no longer than reading a few files.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from archkit.cache import cache_folder, keep
from archkit.diagnostics import Diagnostic, Report, Severity, Span

__all__ = ["Outcome", "key_of", "recall", "remember"]


@dataclass
class Outcome:
    """What a run of `synth` gave: text for standard output, files by path, what it told the user, and its findings."""

    out: str | None = None
    files: dict[str, str] = field(default_factory=dict)
    told: str | None = None
    found: list[dict[str, Any]] = field(default_factory=list)

    def report(self) -> Report:
        """The notes and warnings of the run."""
        report = Report()
        for one in self.found:
            span = Span(**one["span"]) if one["span"] else None
            report.add(Diagnostic(one["code"], one["message"], span, one["help"], Severity(one["severity"])))
        return report


def key_of(text: str, words: tuple[str, ...]) -> str:
    """Return the name of the record for a blueprint's text and the words of the command."""
    seal = hashlib.sha256("\0".join((os.getcwd(), *words, text)).encode("utf-8", "surrogateescape"))
    for line in _makers():
        seal.update(line.encode("utf-8", "surrogateescape"))
    return seal.hexdigest()


def _makers() -> list[str]:
    """Return a line for each of archkit's modules and each installed package, cheaply: by size, time and version."""
    root = Path(__file__).parents[1]
    lines = []
    for folder, _folders, files in os.walk(root):
        for name in files:
            if name.endswith(".py"):
                status = os.stat(os.path.join(folder, name))
                lines.append(f"{folder}/{name} {status.st_size} {status.st_mtime_ns}")
    for folder in sys.path:
        with suppress(OSError):
            lines += [name for name in os.listdir(folder or ".") if name.endswith(".dist-info")]
    return sorted(lines)


def recall(key: str) -> Outcome | None:
    """Return what the same command gave before; None where anything it read has changed."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        record = json.loads(_path(key).read_text("utf-8"))
        if all(digest_of(Path(path)) == digest for path, digest in record["read"].items()):
            return Outcome(**record["outcome"])
    return None


def remember(key: str, outcome: Outcome, read: list[Path]) -> None:
    """Keep an outcome, with the content of the files and folders that it was made from."""
    path = _path(key)
    record = {"read": {str(one): digest_of(one) for one in read}, "outcome": asdict(outcome)}
    keep(path, json.dumps(record).encode())


def _path(key: str) -> Path:
    return cache_folder() / "synth" / f"{key}.json"


def digest_of(path: Path) -> str:
    """Return a hash of a file, or of every file in a folder by its name."""
    if path.is_file():
        return hashlib.sha256(path.read_bytes()).hexdigest()
    seal = hashlib.sha256()
    for folder, folders, files in os.walk(path):
        folders.sort()
        for name in sorted(files):
            file = os.path.join(folder, name)
            seal.update(os.fsencode(f"{file} {os.stat(file).st_mode:o}\0") + Path(file).read_bytes())
    return seal.hexdigest()
