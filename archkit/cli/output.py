"""What a command writes: bytes to standard output, files all or none, findings with their colours."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NoReturn, TextIO

import typer

from archkit.diagnostics import Report

__all__ = ["colored", "emit", "fail_usage", "say", "show", "stop", "write_all"]


def emit(data: str | bytes) -> None:
    """Write to standard output at once, text as UTF-8 whatever the locale, so that a pipe receives the file's bytes."""
    stream = sys.stdout.buffer
    stream.write(data.encode("utf-8", "backslashreplace") if isinstance(data, str) else data)
    stream.flush()  # a closed pipe is noticed here and not while the interpreter ends


def say(text: str) -> None:
    """Tell the user something that is not the command's output."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def fail_usage(message: str) -> NoReturn:
    """End with exit code 2: the command line itself asks for what cannot be."""
    raise typer.BadParameter(message)


def show(
    report: Report, sources: dict[str, str], format: str = "text", *, out: TextIO | None = None, always: bool = False
) -> None:
    """Print a report to standard error, or to `out`; an empty one only if `always`."""
    if not len(report) and not always:
        return
    from archkit.files import add_sources
    from archkit.printing import render_report

    stream = out or sys.stderr
    add_sources(sources, report)
    text = render_report(report, sources, format, colored(stream))  # type: ignore[arg-type]
    stream.flush()
    stream.buffer.write(text.encode("utf-8", "backslashreplace"))
    stream.flush()


def stop(report: Report, sources: dict[str, str]) -> NoReturn:
    """Print a report that forbids any output and end with exit code 1."""
    show(report, sources)
    raise typer.Exit(1)


def colored(stream: TextIO) -> bool:
    """Say whether to colour what goes to a stream: on a terminal, unless NO_COLOR or FORCE_COLOR say otherwise."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def write_all(files: Mapping[Path, bytes]) -> None:
    """Write files so that no reader ever sees half of one; missing folders are made.

    Every file is first written beside its place and then all are moved there. Raises OSError, having written none,
    where one of them cannot be written.
    """
    staged: list[tuple[Path, Path]] = []
    try:
        for path, data in files.items():
            real = Path(os.path.realpath(path))  # a link is kept, what it points at is written
            if real.exists() and not real.is_file() and not real.is_dir():
                real.write_bytes(data)  # a device such as /dev/null cannot be replaced
                continue
            if real.is_dir():
                raise IsADirectoryError(21, "it is a folder", str(path))
            staged.append((_stage(real, data), real))
        while staged:
            temporary, real = staged[0]
            os.replace(temporary, real)
            staged.pop(0)
    finally:
        for temporary, _real in staged:
            with suppress(OSError):
                temporary.unlink()


def _stage(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name[:100]}.{os.getpid()}.tmp")
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else None
    try:
        temporary.write_bytes(data)
        if mode is not None:
            temporary.chmod(mode)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary
