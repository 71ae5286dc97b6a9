"""What a picture in a document is made of: a blueprint, the files that it names, and where both may lie.

A document may come from anyone (a pull request), so it names blueprints of its own project and nothing else: a path
that leads out of it, by `..` or by a link, is refused, and so is a blueprint that names files out there.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from archkit.docs.words import Unreadable

__all__ = ["Source", "blueprint", "content", "digest", "inside", "project_of", "shown"]

ENDINGS = (".yaml", ".yml")
DIGITS = 16
_WORDS = re.compile(r"'([^'\n]+)'|\"([^\"\n]+)\"|([^\s\"'\[\]{},]+)")


@dataclass(frozen=True)
class Source:
    """A blueprint: a file, or the `text` of a document at `path`. Nothing outside of `root` belongs to it."""

    path: Path
    root: Path
    text: str | None = None

    def read(self) -> str:
        """Return the blueprint's text; raises Unreadable where there is none."""
        if self.text is not None:
            return self.text
        try:
            return self.path.read_text("utf-8-sig")
        except OSError as error:
            raise Unreadable(
                f"'{shown(self.path)}' cannot be read: {(error.strerror or str(error)).lower()}"
            ) from error
        except UnicodeDecodeError as error:
            raise Unreadable(f"'{shown(self.path)}' is not UTF-8 text") from error

    def files(self) -> list[Path]:
        """Return the files that decide what the picture shows: the blueprint, and those that it names."""
        text = self.read()
        folder = self.path.parent
        words = {next(filter(None, found)) for found in _WORDS.findall(text)}
        named = {folder / word for word in words if "." in word.strip(".") or "/" in word}
        own = [] if self.text is not None else [self.path]
        return own + sorted(path for path in named if path != self.path and _is_file(path) and inside(path, self.root))

    def seal(self, *more: str) -> str:
        """Return a hash of all that decides the picture, and of `more`; raises Unreadable where there is no text."""
        parts = [word.encode() for word in more] + [self.read().encode()]
        for path in self.files()[self.text is None :]:
            parts += [os.fsencode(path.name), content(path)]
        return digest(*parts)

    def strays(self) -> list[str]:
        """Return what the blueprint names outside of its project, as it says it."""
        from archkit.diagnostics import Report
        from archkit.files import named_paths
        from archkit.source import read

        tree = read(self.read(), str(self.path), Report())
        found = named_paths(tree, self.path.parent) if tree else []
        return [os.path.relpath(path, self.path.parent) for path in found if _strays(path, self)]


def _strays(path: Path, source: Source) -> bool:
    """Whether a path leads out of the project. A folder from the root, `/data`, is a place in AWS and not one here."""
    absolute = not path.is_relative_to(source.path.parent)
    return not inside(path, source.root) and not (absolute and path.is_dir())


def blueprint(path: str, folder: Path, root: Path, top: Path | None = None) -> Path:
    """Return the blueprint that a document in `folder` names; raises Unreadable where it may not or cannot be read.

    A path that begins with `/` starts at `top`, the folder of all documents, where there is one.
    """
    rooted = path.startswith("/") and top is not None
    found = Path(os.path.normpath((top if rooted and top else folder) / (path.lstrip("/") if rooted else path)))
    if not path.endswith(ENDINGS):
        raise Unreadable(f"'{path}' is no blueprint: its name ends neither in .yaml nor in .yml")
    if not inside(found, root):
        raise Unreadable(f"'{path}' leads out of the project '{shown(root)}'")
    if not _is_file(found):
        raise Unreadable(f"'{path}' cannot be read: there is no such file")
    return found


def inside(path: Path, root: Path) -> bool:
    """Whether a path, all links followed, lies in a folder."""
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root))


def project_of(folder: Path) -> Path:
    """Return the project of a folder of documents: its repository, else the working folder, else the folder itself."""
    here, working = folder.resolve(), Path.cwd()
    outer = working if here.is_relative_to(working) else here
    return next((one for one in (here, *here.parents) if (one / ".git").exists()), outer)


def shown(path: Path) -> str:
    """Return a path as short as it can be said from here."""
    near = os.path.relpath(path)
    return str(path) if near.startswith("..") and len(near) > len(str(path)) else near


def digest(*parts: bytes) -> str:
    """Return a short hash of some bytes and of where one part ends and the next begins."""
    seal = hashlib.sha256()
    for part in parts:
        seal.update(f"{len(part)}\0".encode() + part)
    return seal.hexdigest()[:DIGITS]


def content(path: Path) -> bytes:
    """Return what a text file holds, the same whichever newlines Git gave it."""
    return path.read_bytes().replace(b"\r\n", b"\n")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that is too long, or no name at all
        return False
