"""`archkit build`: a folder of blueprints becomes a folder of templates and pictures."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archkit.cli.options import Icons, examples
from archkit.cli.output import fail_usage, say, show, write_all
from archkit.diagnostics import Report

if TYPE_CHECKING:
    from concurrent.futures import Future

    from archkit.cli.making import Job, Made

__all__ = ["EXAMPLES", "build", "build_all"]

EXAMPLES = examples(
    ("archkit build blueprints -o templates", "what changed, in parallel"),
    ("archkit build blueprints -o templates --check", "in CI: is everything current?"),
)


def build(
    source: Annotated[
        Path, typer.Argument(metavar="DIR", exists=True, help="The folder of blueprints, or one of them.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="The folder to write into.")],
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit code 1 where anything is stale.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Make again what did not change, too.")] = False,
    icons: Annotated[
        Icons, typer.Option(help="Icons of the pictures; [b]flat[/b] ones are the same on every machine.")
    ] = "flat",
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=0, help="Processes; 0 is one for each processor.")] = 0,
) -> None:
    """Make the templates and the picture of each blueprint in a folder.

    [b]NAME.yaml[/b] becomes [b]NAME.cfn.yaml[/b], [b]NAME.sam.yaml[/b] and [b]NAME.svg[/b]; with several stacks,
    [b]NAME.STACK.cfn.yaml[/b] each and [b]NAME.deploy.json[/b].

    A blueprint is made again when it, a file that it names, an output or archkit itself changed. One that has an error
    keeps its former outputs; the others are written.
    """
    from archkit.cli.making import plan

    _require(icons)
    gc.enable()  # many blueprints in one process, unlike most commands
    if not build_all(plan([source], output, icons), output, check=check, force=force, jobs=jobs):
        raise typer.Exit(1)


def build_all(planned: list[Job], output: Path, *, check: bool = False, force: bool = False, jobs: int = 0) -> bool:
    """Make what is not current, print what was done, and return whether all is well."""
    from archkit.cli import making

    current = {} if force else {job: paths for job in planned if (paths := making.remembered(job)) is not None}
    made = sorted(_make([job for job in planned if job not in current], jobs), key=lambda one: one.job.source)
    good = [one for one in made if not one.report.failed]
    stale = [path for one in good for path in making.stale(one)]
    whole = Report()
    for one in made:
        whole.extend(one.report)
    show(whole, {})
    for one in good:
        if not check:
            write_all({path: data for path, data in one.files.items() if path in stale})
            making.remember(one)
    known = {path for paths in current.values() for path in paths} | {path for one in good for path in one.files}
    left = making.orphans(output, known) if len(good) == len(made) else []
    _tell(stale, left, check)
    failed = len(made) - len(good)
    say(f"{_count(len(planned), 'blueprint')}: {len(good)} made, {len(current)} current, {failed} with errors; "
        f"{_count(len(stale), 'file')} {'stale' if check else 'written'}")  # fmt: skip
    return not failed and not (check and (stale or left))


def _require(icons: Icons) -> None:
    from archkit.diagram.icons import NoIcons, require

    try:
        require(icons)
    except NoIcons as error:
        fail_usage(str(error))


def _tell(stale: list[Path], left: list[Path], check: bool) -> None:
    for path in stale:
        say(f"{'stale' if check and path.exists() else 'missing' if check else 'wrote'}: {path}")
    for path in left:
        say(f"left over: {path} (no blueprint makes it any more)")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _make(todo: list[Job], jobs: int) -> list[Made]:
    from concurrent.futures import ProcessPoolExecutor

    from archkit.cli.making import make

    workers = min(jobs or os.cpu_count() or 1, len(todo))
    if workers < 2:
        return [make(job) for job in todo]
    with ProcessPoolExecutor(workers, initializer=_leave_interrupts) as pool:
        # all are submitted before the progress bar starts its thread, since a fork may copy none
        futures = [pool.submit(make, job) for job in todo]
        try:
            return [future.result() for future in _watched(futures)]
        except KeyboardInterrupt:
            pool.shutdown(cancel_futures=True)
            raise


def _leave_interrupts() -> None:
    """Let the parent alone answer Ctrl-C; each child would print a traceback."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _watched(futures: list[Future[Made]]) -> Iterator[Future[Made]]:
    """Yield what is done, with a progress bar on a terminal."""
    from concurrent.futures import as_completed

    if not sys.stderr.isatty():
        yield from as_completed(futures)
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(as_completed(futures), "Building", len(futures), console=Console(stderr=True), transient=True)
