"""`archkit watch`: templates and pictures follow the blueprints."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archkit.cli.interrupts import until_interrupted
from archkit.cli.options import examples
from archkit.cli.output import say, show, write_all
from archkit.diagnostics import Report

if TYPE_CHECKING:
    from archkit.cli.making import Job
    from archkit.preview.watching import Changes, Watcher

__all__ = ["EXAMPLES", "watch"]

EXAMPLES = examples(
    ("archkit watch blueprints -o templates", "a folder, while you work on it"),
    ("archkit watch shop.yaml -o out", "one blueprint"),
    ("archkit watch shop.yaml -o out --embed docs", "and the pictures in the documents"),
)


def watch(
    sources: Annotated[
        list[Path], typer.Argument(metavar="FILES|DIRS", exists=True, help="Blueprints, or folders of them.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="The folder to write into.")],
    embed: Annotated[
        list[Path] | None,
        typer.Option(
            exists=True, metavar="PATH", help="Keep pictures in a document, or a folder of them, current too."
        ),
    ] = None,
) -> None:
    """Make templates and pictures anew as soon as a blueprint is saved, or a file that it names.

    It begins with what [b]archkit build[/b] does and writes the same files. A blueprint with errors keeps its former
    outputs, and watching goes on. What a removed blueprint became stays. Ctrl-C ends it.
    """
    from archkit.cli import making
    from archkit.cli.build import build_all

    gc.enable()  # it lives long, unlike most commands
    with until_interrupted():
        planned = making.plan(sources, output)
        desk = _Desk(sources, output, embed or [], planned)
        build_all(planned, output)
        making.make(planned[0])  # all that is imported by now need not be at the first save
        say("watching; Ctrl-C ends")
        desk.run()


class _Desk:
    """The blueprints that are watched, where each goes, and the documents that show them."""

    def __init__(self, sources: list[Path], output: Path, documents: list[Path], planned: list[Job]) -> None:
        from archkit.cli.making import maker_of
        from archkit.preview.watching import Watcher

        self.sources, self.output, self.documents = sources, output, _Documents(documents)
        self.maker = maker_of()
        self.jobs = {job.source: job for job in planned}
        self.watcher: Watcher = Watcher(sources)
        for path in self.watcher.blueprints:
            self._attend(path)

    def run(self) -> None:
        """Follow the changes for ever."""
        while True:
            changes = self.watcher.look()
            self._follow(changes)
            if changes or self.documents.changed():
                self.documents.refresh()
            time.sleep(self.watcher.pause)

    def _follow(self, changes: Changes) -> None:
        for path in changes.removed:
            self.jobs.pop(path, None)
            say(f"{path}: removed; what it became stays in {self.output}")
        for path in [*changes.added, *changes.changed]:
            self._remake(path)
            self._attend(path)

    def _remake(self, path: Path) -> None:
        from archkit.cli import making

        start = time.perf_counter()
        job = making.job_of(path, self._folder(path), self.maker)
        clash = making.clashing([*(other for source, other in self.jobs.items() if source != path), job])
        if clash:
            say(clash)
            return
        self.jobs[path] = job
        if making.remembered(job) is not None:
            return
        made = making.make(job)
        show(made.report, {})
        if made.report.failed:
            return
        stale = making.stale(made)
        write_all({one: made.files[one] for one in stale})
        making.remember(made)
        took = time.perf_counter() - start
        say(f"{path}: {f'wrote {_names(stale)} in {took:.2f} s' if stale else 'nothing changed in what it becomes'}")

    def _folder(self, path: Path) -> Path:
        """Return where the outputs of a blueprint go: as deep as it stands in the folder that is watched."""
        if path not in self.sources:
            for source in self.sources:
                if path.is_relative_to(source):
                    return self.output / path.parent.relative_to(source)
        return self.output

    def _attend(self, path: Path) -> None:
        from archkit.files import possible_paths, read_text
        from archkit.source import read

        text = read_text(str(path), Report())
        tree = read(text, str(path), Report()) if text else None
        if tree:
            self.watcher.attend(path, possible_paths(tree, path.parent))


class _Documents:
    """Markdown documents whose pictures are kept current."""

    def __init__(self, paths: list[Path]) -> None:
        self.paths = paths
        self.stamps: dict[Path, tuple[int, int]] = {}
        self.next_look = 0.0

    def changed(self) -> bool:
        """Say now and then whether a document was edited, is new or is gone."""
        start = time.monotonic()
        if not self.paths or start < self.next_look:
            return False
        from archkit.docs.embed import documents_in
        from archkit.preview.watching import LISTING, SHARE

        before, self.stamps = self.stamps, {}
        for path in (found for one in self.paths for found in documents_in(one)):
            with suppress(OSError):
                self.stamps[path] = path.stat().st_mtime_ns, path.stat().st_size
        self.next_look = time.monotonic() + max(LISTING, SHARE * (time.monotonic() - start))
        return self.stamps != before

    def refresh(self) -> None:
        """Make the pictures anew in those that are stale."""
        from archkit.cli.embed import embed

        stale = [path for path in self.stamps if _is_stale(path)]
        if stale:
            with suppress(typer.Exit):  # its errors were printed, and may be mended
                embed(stale)


def _is_stale(path: Path) -> bool:
    from archkit.docs.embed import stale

    try:
        return stale(path).failed
    except (OSError, UnicodeDecodeError):
        return True  # embed says why


def _names(paths: Iterable[Path]) -> str:
    return ", ".join(path.name for path in paths)
