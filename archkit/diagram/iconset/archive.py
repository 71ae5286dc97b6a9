"""Where icons come from: a folder, a zip or a .tgz, read without unpacking it to the disk.

An archive may be anybody's: paths that lead out of it are refused, as is one that unpacks to more than any set of icons
has. Links are never followed.
"""

from __future__ import annotations

import os
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from gzip import BadGzipFile, GzipFile
from pathlib import Path
from typing import IO

from archkit.diagram.iconset.sanitize import LARGEST

__all__ = ["BadSource", "Members", "opened"]

MOST_FILES = 100_000
MOST_BYTES = 512 * 1024 * 1024
"""What all of a .tgz may unpack to: it is read from its beginning to its end. AWS's package has a tenth of that."""

Members = Mapping[str, Callable[[], bytes]]
"""The SVG files of a source by their path, each with what reads it: one byte more than an icon may have, at most."""


class BadSource(ValueError):
    """Icons cannot be read from here; the text says why."""


@contextmanager
def opened(source: Path) -> Iterator[Members]:
    """Open a source for as long as its files are read. Raises BadSource, or OSError where it cannot be read."""
    if source.is_dir():
        yield dict(_folder(source))
        return
    try:
        if zipfile.is_zipfile(source):
            with zipfile.ZipFile(source) as archive:
                yield dict(_zip(archive))
        elif source.open("rb").read(2) == b"\x1f\x8b":
            yield dict(_tar(source))
        else:
            raise BadSource("it is neither a folder nor a .zip nor a .tgz")
    except (
        BadGzipFile,
        zipfile.BadZipFile,
        tarfile.TarError,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise BadSource(f"the archive is damaged or locked: {error}") from error


def _folder(root: Path) -> Iterator[tuple[str, Callable[[], bytes]]]:
    seen = 0
    for here, folders, files in os.walk(root):
        folders.sort()
        seen += len(files)
        if seen > MOST_FILES:
            raise BadSource(f"it holds more than {MOST_FILES:,} files: name the folder of the icons itself")
        for name in sorted(files):
            path = Path(here, name)
            if name.lower().endswith(".svg") and not path.is_symlink():
                yield path.relative_to(root.parent).as_posix(), lambda path=path: _upto(path.open("rb"))  # type: ignore[misc]


def _zip(archive: zipfile.ZipFile) -> Iterator[tuple[str, Callable[[], bytes]]]:
    members = archive.infolist()
    if len(members) > MOST_FILES:
        raise BadSource(f"it holds more than {MOST_FILES:,} files")
    for member in members:
        _inside(member.filename)
        if member.filename.lower().endswith(".svg"):
            yield member.filename, lambda member=member: _upto(archive.open(member))  # type: ignore[misc]


def _tar(source: Path) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Read a whole .tgz, for its files can only be read in their order."""
    with GzipFile(source) as packed, tarfile.open(fileobj=_Limited(packed), mode="r|") as archive:  # type: ignore[call-overload]
        for seen, member in enumerate(archive):
            if seen >= MOST_FILES:
                raise BadSource(f"it holds more than {MOST_FILES:,} files")
            _inside(member.name)
            if member.isreg() and member.name.lower().endswith(".svg"):
                stream = archive.extractfile(member)
                assert stream is not None
                data = _upto(stream)
                yield member.name, lambda data=data: data  # type: ignore[misc]


def _upto(stream: IO[bytes]) -> bytes:
    with stream:
        return stream.read(LARGEST + 1)


def _inside(name: str) -> None:
    """Refuse a path that leads out of the archive, whatever system it was written for."""
    parts = name.replace("\\", "/").split("/")
    if ".." in parts or not parts[0] or ":" in parts[0]:
        raise BadSource(f"it holds a path that leads out of it: {name!r}")


class _Limited:
    """A stream that ends with an error where it yields too much."""

    def __init__(self, stream: GzipFile) -> None:
        self.stream = stream
        self.left = MOST_BYTES

    def read(self, size: int = -1) -> bytes:
        """Read, and count."""
        data = self.stream.read(min(size, self.left + 1) if size >= 0 else self.left + 1)
        self.left -= len(data)
        if self.left < 0:
            raise BadSource(f"it unpacks to more than {MOST_BYTES // 2**20} MB")
        return data
