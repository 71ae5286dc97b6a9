"""Icons that were installed: one file in the user's data folder, replaced in one step.

The file is `icons.json` in ARCHKIT_ICONS, or in archkit's folder where the system keeps a user's data.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from archkit.diagram.iconset.names import Index

__all__ = ["Installed", "folder", "install", "installed", "remove"]

_FORMAT = 1
MOST_BYTES = 32 * 1024 * 1024
"""What all icons together may have; AWS's have one and a half."""

Watch = Callable[[Iterable[Any], int], Iterable[Any]]
"""What goes through the files and may show how far it is."""


@dataclass(frozen=True)
class Installed:
    """A set of icons: where it came from, and by id the name and the drawing of each."""

    source: str
    icons: dict[str, tuple[str, str]]

    @cached_property
    def index(self) -> Index:
        """What finds an icon for a path."""
        return Index({id: name for id, (name, _) in self.icons.items()})

    @cached_property
    def seal(self) -> str:
        """A hash of all drawings."""
        return hashlib.sha256(json.dumps(self.icons, sort_keys=True).encode()).hexdigest()


def folder() -> Path:
    """Return ARCHKIT_ICONS, or archkit's folder among the user's data."""
    if named := os.environ.get("ARCHKIT_ICONS"):
        return Path(named)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "archkit"
    if sys.platform == "darwin" and not os.environ.get("XDG_DATA_HOME"):
        return Path.home() / "Library" / "Application Support" / "archkit"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "archkit"


def installed() -> Installed | None:
    """Return the icons that are installed, None where there are none."""
    path = folder() / "icons.json"
    try:
        return _read(path, path.stat().st_mtime_ns)
    except OSError:
        return None


@cache
def _read(path: Path, changed: int) -> Installed | None:
    """Read a set; one that is damaged or of another version of archkit is none."""
    try:
        content = json.loads(path.read_text("utf-8"))
        if content["format"] == _FORMAT:
            icons = {str(id): (str(name), str(drawing)) for id, (name, drawing) in content["icons"].items()}
            return Installed(str(content["source"]), icons)
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    return None


def install(source: Path, watch: Watch = lambda files, _: files) -> tuple[Installed, dict[str, str]]:
    """Install the icons of a source and return them, and why others were left out, by path.

    What is installed already stays as it is until everything is read, and is then replaced as a whole. Raises
    BadSource where there is nothing to install, OSError where something cannot be read or written.
    """
    from archkit.diagram.iconset.archive import BadSource, opened
    from archkit.diagram.iconset.names import chosen
    from archkit.diagram.iconset.sanitize import Refused, fragment

    icons: dict[str, tuple[str, str]] = {}
    refused: dict[str, str] = {}
    size = 0
    with opened(source) as members:
        best = chosen(members)
        for id, (name, path) in watch(best.items(), len(best)):
            try:
                drawing = fragment(members[path](), corner=name.sort == "group")
            except Refused as error:
                refused[path] = str(error)
                continue
            size += len(drawing)
            if size > MOST_BYTES:
                raise BadSource(f"its icons have more than {MOST_BYTES // 2**20} MB")
            icons[id] = name.text, drawing
    if not icons:
        why = f", and none of its {len(refused)} icons can be used" if refused else ""
        raise BadSource(f"no icon in it is named as in AWS's asset package or npm's aws-icons{why}")
    _write({"format": _FORMAT, "source": source.resolve().name, "icons": icons})
    return Installed(source.resolve().name, icons), refused


def _write(content: dict[str, Any]) -> None:
    """Write beside the place and move there, so that no one ever reads half a set."""
    path = folder() / "icons.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        part.write_text(json.dumps(content, ensure_ascii=True, indent=0), "utf-8")
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def remove() -> bool:
    """Remove what is installed, and say whether anything was."""
    path = folder() / "icons.json"
    if not path.exists():
        return False
    path.unlink()
    return True
