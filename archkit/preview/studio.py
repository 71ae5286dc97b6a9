"""The preview at work: looks for changes, draws what somebody looks at, and has templates made behind it.

One thread looks and draws, so that the picture follows a save at once; another makes the templates and asks cfn-lint,
always for the newest text. Both go on after anything.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from archkit.compiler import Compilation, load
from archkit.diagnostics import ArchkitError, Report
from archkit.preview import parts
from archkit.preview.sheet import Mailbox, Sheet
from archkit.preview.watching import Watcher

__all__ = ["Studio"]


@dataclass
class _Work:
    """One blueprint: its sheet, its last state and the last that could be drawn, and whether to draw it again."""

    path: Path
    sheet: Sheet = field(default_factory=Sheet)
    latest: Compilation | None = None
    good: Compilation | None = None
    due: bool = True


class Studio:
    """Blueprints of a folder (or one of them) and their sheets.

    Nothing is read that does not truly lie in the folder: a link out of it is no blueprint. `tell` hears a line for
    each blueprint that was drawn.
    """

    def __init__(self, source: Path, tell: Callable[[str], None] = lambda line: None) -> None:
        self._single = not source.is_dir()
        self._base = source.parent if self._single else source
        self._root = self._base.resolve()
        self._tell = tell
        self._watcher = Watcher([source], self._inside)
        self._index = Sheet()
        self._works: dict[str, _Work] = {}
        self._wake = threading.Event()
        self._behind = _Behind()
        self._list()

    def _inside(self, path: Path) -> bool:
        return self._single or path.resolve().is_relative_to(self._root)

    def _name(self, path: Path) -> str:
        return path.relative_to(self._base).as_posix()

    def _list(self) -> None:
        """Make the works those of the blueprints that there are; a sheet that somebody looks at stays."""
        for path in self._watcher.blueprints:
            self._works.setdefault(self._name(path), _Work(path))
        there = {self._name(path) for path in self._watcher.blueprints}
        for name in [name for name, work in self._works.items() if name not in there and not work.sheet.watched]:
            del self._works[name]
        self._index.show(index={"single": self._single, "blueprints": sorted(there)})

    def _work(self, name: str) -> _Work | None:
        return next(iter(self._works.values())) if self._single and not name else self._works.get(name)

    def picture(self, name: str) -> bytes | None:
        """Return the page of the last picture of a blueprint; None where none is called so, or it was never drawn."""
        work = self._work(name)
        return parts.page(work.good) if work and work.good else None

    @contextmanager
    def sent_to(self, mailbox: Mailbox, name: str) -> Iterator[bool]:
        """Send what there is, and a blueprint's sheet where one is named, to a mailbox while this lasts.

        Yields whether there is such a blueprint.
        """
        work = self._work(name)
        with ExitStack() as looks:
            looks.enter_context(self._index.sent_to(mailbox))
            if work is not None:
                looks.enter_context(work.sheet.sent_to(mailbox))
                self._wake.set()  # what is due is drawn at once
            yield work is not None or not name

    def run(self) -> NoReturn:
        """Look and draw until something interrupts."""
        threading.Thread(target=self._behind.run, daemon=True).start()
        while True:
            self._look()
            for work in list(self._works.values()):
                if work.due and work.sheet.watched:
                    work.due = False
                    self._draw(work)
            self._wake.wait(self._watcher.pause)
            self._wake.clear()

    def _look(self) -> None:
        changes = self._watcher.look()
        for path in [*changes.changed, *changes.removed, *changes.added]:
            work = self._works.get(self._name(path))
            if work is not None:
                work.due = True
        if changes.added or changes.removed:
            self._list()

    def _draw(self, work: _Work) -> None:
        start = time.perf_counter()
        try:
            compilation = self._opened(work.path)
            picture = parts.drawn(compilation)
        except Exception as error:
            compilation, picture = Compilation(str(work.path), ""), None
            compilation.report.add(parts.mistake(work.path, error))
        else:
            named = parts.named_in(compilation)
            if named is not None:
                self._watcher.attend(work.path, named)
        work.latest = compilation
        took = round(1000 * (time.perf_counter() - start))
        shown = parts.findings(compilation.report, compilation, final=picture is None)
        status = {"stale": picture is None, "took": took}
        if picture is None:
            work.sheet.show(findings=shown, status=status)
            self._behind.forget(work)
        else:
            work.good = compilation
            work.sheet.show(picture=picture, findings=shown, status=status)
            self._behind.make(work, compilation)
        self._tell(f"{self._name(work.path)}: {f'drawn in {took} ms' if picture else shown['summary']}")

    def _opened(self, path: Path) -> Compilation:
        if self._inside(path):
            return parts.opened(path)
        compilation = Compilation(str(path), "")
        compilation.report.error("unreadable-file", f"'{path}' is a link to something outside of the folder")
        return compilation


class _Behind:
    """Makes templates and has them judged, behind the pictures; what was overtaken is dropped."""

    def __init__(self) -> None:
        self._todo: dict[int, tuple[_Work, Compilation]] = {}
        self._filled = threading.Condition()

    def make(self, work: _Work, drawn: Compilation) -> None:
        """Make the templates of what was drawn, in place of any older state of it."""
        with self._filled:
            self._todo[id(work)] = work, drawn
            self._filled.notify()

    def forget(self, work: _Work) -> None:
        """Make none for a state that waits: a newer one has errors."""
        with self._filled:
            self._todo.pop(id(work), None)

    def run(self) -> None:
        """Work until the process ends."""
        while True:
            with self._filled:
                self._filled.wait_for(lambda: self._todo)
                work, drawn = self._todo.pop(next(iter(self._todo)))
            self._finish(work, drawn)

    def _finish(self, work: _Work, drawn: Compilation) -> None:
        # a compilation of its own, since the findings of cfn-lint would forbid to draw the one that it was made from
        own = load(drawn.path, text=drawn.text)
        try:
            made = parts.templates(own)
            if work.latest is not drawn:
                return
            work.sheet.show(templates=made, facts=own.facts())
            report = parts.judged(own)
        except ArchkitError as error:
            report = error.report
        except Exception as error:
            report = Report()
            report.extend([*drawn.report, parts.mistake(Path(drawn.path), error)])
        if work.latest is drawn:
            work.sheet.show(findings=parts.findings(report, drawn, final=True))
