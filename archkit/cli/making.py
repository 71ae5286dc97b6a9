"""What `archkit build` makes of one blueprint, and whether it must be made again.

A blueprint is current where its seal (a hash of its text, of every file that it names, and of archkit itself) is known
from an earlier run and its outputs still have the content that they were given then. Times are never looked at, so a
fresh checkout, a touched file and a changed branch are judged rightly. What is known is kept in the cache folder.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from archkit.cache import cache_folder, keep
from archkit.cli.inputs import open_blueprint
from archkit.cli.options import Icons
from archkit.cli.output import fail_usage
from archkit.cli.synth import output_errors, texts_of
from archkit.diagnostics import ArchkitError, Report, Span
from archkit.diagram.icons import seal_of
from archkit.files import blueprints_in, named_paths
from archkit.synth.package import PackageError, files_in
from archkit.versions import fingerprint

__all__ = [
    "Job",
    "Made",
    "clashing",
    "job_of",
    "make",
    "maker_of",
    "orphans",
    "plan",
    "remember",
    "remembered",
    "stale",
]

SUFFIXES = (".cfn.yaml", ".sam.yaml", ".deploy.json")
"""How the files end that only `archkit build` writes."""


@dataclass(frozen=True)
class Job:
    """One blueprint, the folder that its outputs go to, and the seal of all that decides their content."""

    source: Path
    folder: Path
    seal: str
    icons: Icons = "flat"

    @property
    def name(self) -> str:
        """What its outputs are called, before their endings."""
        return self.source.stem


@dataclass
class Made:
    """What one blueprint became: its outputs by their path, or a report with errors and no outputs."""

    job: Job
    report: Report = field(default_factory=Report)
    files: dict[Path, bytes] = field(default_factory=dict)


def plan(sources: Iterable[Path], output: Path, icons: Icons = "flat") -> list[Job]:
    """Return a job for each blueprint in folders, and for those that are named by themselves."""
    maker = maker_of(icons)
    jobs: dict[Path, Job] = {}
    for source in sources:
        found = list(blueprints_in(source)) if source.is_dir() else [source]
        if not found:
            fail_usage(f"there is no blueprint in '{source}': a YAML file with 'nodes:' at its top level")
        base = source if source.is_dir() else source.parent
        for path in found:
            jobs.setdefault(path, job_of(path, output / path.parent.relative_to(base), maker, icons))
    clash = clashing(jobs.values())
    if clash:
        fail_usage(clash)
    return list(jobs.values())


def maker_of(icons: Icons = "flat") -> str:
    """Return a hash of all but the inputs that decides what is made."""
    return fingerprint() + seal_of(icons)


def job_of(path: Path, folder: Path, maker: str, icons: Icons = "flat") -> Job:
    """Return the job of one blueprint as it is now, by a maker of `maker_of`."""
    return Job(path, folder, _seal(path, maker), icons)


def clashing(jobs: Iterable[Job]) -> str | None:
    """Return what is wrong where two blueprints would become the same files."""
    taken: dict[Path, Path] = {}
    for job in jobs:
        first = taken.setdefault(job.folder / job.name, job.source)
        if first != job.source:
            return f"'{first}' and '{job.source}' would become the same files; rename one"
    return None


def _seal(path: Path, maker: str) -> str:
    from archkit.source import read

    seal = hashlib.sha256(os.fsencode(f"{maker}\n{path.stem}\n"))
    with suppress(OSError):
        data = path.read_bytes()
        seal.update(data)
        tree = read(data.decode("utf-8", "replace"), str(path), Report())
        for named in named_paths(tree, path.parent) if tree else ():
            for name, file in _files(named):
                content = hashlib.sha256(file.read_bytes()).hexdigest()
                seal.update(os.fsencode(f"{named.relative_to(path.parent)}/{name} {file.stat().st_mode:o} {content}\n"))
    return seal.hexdigest()


def _files(path: Path) -> list[tuple[str, Path]]:
    try:
        return list(files_in(path)) if path.is_dir() else [("", path)]
    except PackageError:
        return []  # the blueprint will be made, and say what is wrong


def make(job: Job) -> Made:
    """Compile one blueprint into all its outputs. Raises nothing: a mistake of archkit's own is a finding, too."""
    opened = open_blueprint(str(job.source))
    made = Made(job)
    if opened.compilation is None:
        made.report.extend(opened.report)
        return made
    try:
        files = {}
        for format, ending in (("cloudformation", "cfn"), ("sam", "sam")):
            result = opened.compilation.synth(format)  # type: ignore[arg-type]
            made.report.extend(result.report)
            for suffix, text in texts_of(result, opened.architecture.name, f"{ending}.yaml").items():
                files[job.folder / f"{job.name}{suffix}"] = text.encode()
        files[job.folder / f"{job.name}.svg"] = opened.compilation.render("svg", icons=job.icons)
        made.report.extend(output_errors(opened, list(files)))
        made.files = {} if made.report.failed else files
    except ArchkitError as error:
        made.report.extend(error.report)
    except Exception as error:
        place = Span(str(job.source), 1, 1, 1, 1)
        message = f"archkit made a mistake here: {type(error).__name__}: {error}"
        made.report.error("internal-error", message, place, "please report it with the blueprint")
    return made


def stale(made: Made) -> list[Path]:
    """Return the outputs that are missing or differ from what was made."""
    return [path for path, data in made.files.items() if not path.is_file() or path.read_bytes() != data]


def remembered(job: Job) -> set[Path] | None:
    """Return the outputs of a blueprint that is current, None where it must be made."""
    try:
        known = json.loads(_record(job).read_text("utf-8"))
        outputs = {job.folder / name: seal for name, seal in known.items()}
        current = all(hashlib.sha256(path.read_bytes()).hexdigest() == seal for path, seal in outputs.items())
    except (OSError, ValueError, AttributeError, TypeError):
        return None
    return set(outputs) if current else None


def remember(made: Made) -> None:
    """Keep what the outputs are, for the next run; a cache that cannot be written costs time and nothing else."""
    known = {path.name: hashlib.sha256(data).hexdigest() for path, data in made.files.items()}
    keep(_record(made.job), json.dumps(known, indent=1).encode())


def _record(job: Job) -> Path:
    return cache_folder() / "build" / f"{job.seal}.json"


def orphans(output: Path, known: set[Path]) -> list[Path]:
    """Return files of `archkit build` whose blueprint is gone."""
    return [path for path in sorted(output.rglob("*")) if path.name.endswith(SUFFIXES) and path not in known]
