"""Code on disk -> a zip that is the same to the byte wherever it is made.

Names are sorted, dates are fixed, modes are 644 or 755 and nothing but files is written. Left out is what a deployed
function never reads and what differs between machines: see `LEFT_OUT`.
"""

from __future__ import annotations

import hashlib
import io
import stat
import zipfile
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

__all__ = ["LEFT_OUT", "LIMIT", "PackageError", "digest", "files_in", "zip_file", "zip_folder"]

LEFT_OUT = {
    "__pycache__": "byte code that Python makes again, stamped with the time",
    "*.py[co]": "byte code that Python makes again, stamped with the time",
    ".git": "history, not code",
    ".hg": "history, not code",
    ".svn": "history, not code",
    ".venv": "a virtual environment of the machine that made it",
    ".tox": "virtual environments of a test run",
    ".nox": "virtual environments of a test run",
    ".pytest_cache": "what a test run left",
    ".mypy_cache": "what a type check left",
    ".ruff_cache": "what a lint run left",
    ".hypothesis": "what a test run left",
    ".coverage": "what a test run left",
    ".aws-sam": "what `sam build` left",
    "node_modules/.cache": "what a JavaScript build left",
    ".idea": "an editor's settings",
    ".vscode": "an editor's settings",
    "*.sw[op]": "an editor's unsaved text",
    ".DS_Store": "how a file manager shows the folder",
    "Thumbs.db": "how a file manager shows the folder",
    "desktop.ini": "how a file manager shows the folder",
}
"""What is left out of a zip, by name (or by the last parts of a path), and why."""

LIMIT = 250 * 1024 * 1024
"""The most bytes that Lambda takes, unzipped."""

_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that the format can say


class PackageError(Exception):
    """A file or folder cannot be zipped; the text says which part of it, and why."""


def zip_folder(path: Path) -> bytes:
    """Return the zip of a folder's files, less what `LEFT_OUT` names; empty folders are not kept.

    A link is replaced by what it points at. Raises `PackageError` where a link leads out of the folder, to nothing or
    in a circle, where a file cannot be read, and where there is no file or more than `LIMIT` bytes.
    """
    found = dict(files_in(path))
    if not found:
        raise PackageError(f"'{path}' holds no file to deploy")
    return _zip(found, path)


def zip_file(path: Path) -> bytes:
    """Return a zip that holds one file under its own name. Raises `PackageError` where it cannot be read."""
    if not path.is_file():
        raise PackageError(f"'{path}' is not a file")
    return _zip({path.name: path}, path)


def digest(data: bytes) -> str:
    """Return 32 hexadecimal digits that name a zip by what is in it, however it was compressed.

    Builds of zlib differ in the bytes they make, so a hash of the zip itself would change between machines.
    """
    seal = hashlib.sha256()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for entry in archive.infolist():
            content = hashlib.sha256(archive.read(entry)).hexdigest()
            seal.update(f"{entry.filename}\0{entry.external_attr >> 16:o}\0{content}\n".encode())
    return seal.hexdigest()[:32]


def files_in(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the files that belong into a folder's zip, by their name in it, in the order in which they are written.

    Raises `PackageError` where the folder cannot be listed or a link is refused.
    """
    if not folder.is_dir():
        raise PackageError(f"'{folder}' is not a folder")
    root = folder.resolve()
    yield from sorted(_walk(folder, "", root, (root,)))


def _walk(folder: Path, prefix: str, root: Path, above: tuple[Path, ...]) -> Iterator[tuple[str, Path]]:
    try:
        entries = list(folder.iterdir())
    except OSError as error:
        raise PackageError(f"'{folder}' cannot be listed: {error.strerror}") from error
    for entry in entries:
        name = f"{prefix}{entry.name}"
        if _left_out(name):
            continue
        real = _inside(entry, root)
        if entry.is_dir():
            if real in above:
                raise PackageError(f"'{entry}' is a link to a folder that it stands in")
            yield from _walk(entry, f"{name}/", root, (*above, real))
        elif entry.is_file():
            yield _checked(name), entry
        else:
            raise PackageError(f"'{entry}' is neither a file nor a folder")


def _left_out(name: str) -> bool:
    last = name.rpartition("/")[2]
    return any(fnmatch(name if "/" in rule else last, rule) or fnmatch(name, f"*/{rule}") for rule in LEFT_OUT)


def _inside(entry: Path, root: Path) -> Path:
    """Return what an entry really is, and refuse what lies elsewhere: the zip must be made of the folder alone."""
    try:
        real = entry.resolve(strict=True)
    except (OSError, RuntimeError) as error:  # a circle is a RuntimeError before Python 3.13
        raise PackageError(f"'{entry}' is a link that leads nowhere") from error
    if not real.is_relative_to(root):
        raise PackageError(f"'{entry}' is a link that leads out of the folder, to '{real}'")
    return real


def _checked(name: str) -> str:
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise PackageError(f"the name {name!a} is not valid UTF-8") from error
    return name


def _zip(files: dict[str, Path], what: Path) -> bytes:
    buffer = io.BytesIO()
    total = 0
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, path in files.items():
            try:
                mode = path.stat().st_mode
                total += path.stat().st_size
                if total > LIMIT:
                    raise PackageError(f"'{what}' holds more than {LIMIT // 2**20} MB, the most that Lambda takes")
                content = path.read_bytes()
            except OSError as error:
                raise PackageError(f"'{path}' cannot be read: {error.strerror}") from error
            archive.writestr(_entry(name, mode), content, zipfile.ZIP_DEFLATED, 9)
    return buffer.getvalue()


def _entry(name: str, mode: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _DATE)
    entry.create_system = 3  # Unix, so that the mode is read on any machine
    # a custom runtime's `bootstrap` must be executable, also when it was checked out where files have no such bit
    executable = mode & stat.S_IXUSR or name == "bootstrap"
    entry.external_attr = (stat.S_IFREG | (0o755 if executable else 0o644)) << 16
    return entry
