"""Whole-process times of archkit against its yardsticks, as ratios taken in one run.

    python tests/bench/bench.py [BLUEPRINT] [--repeat N]

A pair of commands runs in turns (A B A B ...), so that both meet the same machine; the ratio is that of their medians.
Then the live preview: seconds from a save to its picture, and its memory after many saves against that after a tenth.
The exit code is 1 if a limit is not kept, 2 if a command failed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

if __package__ is None:  # run as a program
    sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench import pictures
from tests.bench.live import measured

BARE = """
import typer

app = typer.Typer()


@app.command()
def one(name: str) -> None:
    \"\"\"The first command.\"\"\"


@app.command()
def two(name: str, loud: bool = False) -> None:
    \"\"\"The second command.\"\"\"


app()
"""

BLUEPRINT = """
name: thumbnails
nodes:
  photos: s3.bucket
  jobs: sqs.queue
  resize: {kind: lambda.function, runtime: python3.13, code: resize.py}
  made: {kind: dynamodb.table, key: photo}
edges:
  - photos -> jobs -> resize
  - resize -> made: write
"""

CODE = "def handler(event, context):\n    return event\n"


class Failed(Exception):
    """A command of the benchmark ended with an error."""


@dataclass(frozen=True)
class Pair:
    """One ratio: a command of archkit, its yardstick, and how many times longer it may take."""

    name: str
    ours: Callable[[], None]
    yardstick: Callable[[], None]
    limit: float

    def measure(self, repeat: int) -> tuple[float, float]:
        """Median seconds of each, after one run that fills what caches there are."""
        self.ours()
        self.yardstick()
        times = [(seconds(self.ours), seconds(self.yardstick)) for _ in range(repeat)]
        return median(ours for ours, _ in times), median(yardstick for _, yardstick in times)


@dataclass(frozen=True)
class Cost:
    """What one run of a command takes: seconds by the clock and of processors, and MB of memory at most."""

    clock: float
    processor: float
    memory: float


class Workshop:
    """A folder with the blueprint, the bare program and the caches, and the commands that run there."""

    def __init__(self, folder: Path, blueprint: Path | None) -> None:
        self.folder = folder
        self.blueprint = (blueprint or self._write("blueprint.yaml", BLUEPRINT)).absolute()
        self._write("resize.py", CODE)
        self.bare = self._write("bare.py", BARE)

    def pairs(self) -> list[Pair]:
        """Every ratio that is held to a limit; the templates that cfn-lint reads are made here."""
        cloudformation, sam = self._template("cloudformation"), self._template("sam")
        return [
            Pair("--help / bare Typer program", lambda: self.archkit("--help"), self.bare_help, 1.5),
            Pair("synth / cfn-lint", lambda: self.synth("cloudformation", "cold"), cloudformation, 1.0),
            Pair("synth --format sam / cfn-lint", lambda: self.synth("sam", "cold"), sam, 1.5),
            Pair("synth again / cfn-lint", lambda: self.synth("cloudformation", "warm"), cloudformation, 0.2),
            *self.pictures(),
        ]

    def pictures(self) -> list[Pair]:
        """The ratios of pictures: 15 nodes against a script for `diagrams` and a bare program, 60 nodes against 15."""
        small, large = self.drawing(15), self.drawing(60)
        by_hand = self.by_hand(15)
        return [
            Pair("render 15 / diagrams script", small, lambda: run(by_hand, self.folder), 3.5),
            Pair("render 15 / bare Typer program", small, self.bare_help, 2.2),
            Pair("render 60 / render 15", large, small, 3.0),
        ]

    def by_hand(self, nodes: int) -> list[str]:
        """The words that run the script for `diagrams`."""
        return [sys.executable, str(self._write("by_hand.py", pictures.script(nodes)))]

    def drawing(self, nodes: int) -> Callable[[], None]:
        """The command that draws a picture of so many nodes."""
        words = self.render(nodes)[1:]
        return lambda: self.archkit(*words)

    def render(self, nodes: int, chaotic: bool = False) -> list[str]:
        """The words of that command; where `chaotic`, edges join any two of all nodes."""
        made = self._write(f"scale-{nodes}-{chaotic}.yaml", pictures.blueprint(nodes, chaotic))
        return [script("archkit"), "render", str(made), "-f", "svg", "-o", str(made.with_suffix(".svg"))]

    def archkit(self, *words: str, cache: Path | None = None) -> None:
        """Run archkit's command, with that folder for what it remembers."""
        run([script("archkit"), *words], self.folder, {"ARCHKIT_CACHE_DIR": str(cache or self.folder / "cache")})

    def bare_help(self) -> None:
        """Run the smallest program that does what any Typer program must."""
        run([sys.executable, str(self.bare), "--help"], self.folder)

    def synth(self, output: str, state: str) -> None:
        """Compile the blueprint, remembering nothing (cold) or everything (warm) of the runs before."""
        words = ["synth", str(self.blueprint), "--format", output, "-o", str(self.folder / f"{output}.out.yaml")]
        if state == "warm":
            return self.archkit(*words)
        with tempfile.TemporaryDirectory(dir=self.folder) as empty:
            return self.archkit(*words, cache=Path(empty))

    def _template(self, output: str) -> Callable[[], None]:
        """The command that lints archkit's template of the blueprint, which must find nothing."""
        self.synth(output, "cold")
        made = self.folder / f"{output}.out.yaml"
        template = made.rename(self.folder / f"{output}.yaml")
        return lambda: run([script("cfn-lint"), "--", str(template)], self.folder)

    def _write(self, name: str, text: str) -> Path:
        file = self.folder / name
        file.write_text(text)
        return file


def script(name: str) -> str:
    """The path of a command that is installed beside this interpreter."""
    return str(Path(sys.executable).with_name(name))


def installed(folder: Path) -> dict[str, str]:
    """The environment, with a place for bytecode, which an installed program has."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": str(folder / "bytecode")}


def run(command: list[str], folder: Path, variables: dict[str, str] | None = None) -> None:
    """Run a command, quietly, to a good end."""
    done = subprocess.run(
        command, cwd=folder, env=installed(folder) | (variables or {}), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode:
        raise Failed(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout.decode(errors='replace')}")


def cost(command: list[str], folder: Path) -> Cost:
    """What a command takes that must come to a good end."""
    start = time.perf_counter()
    child = subprocess.Popen(
        command, cwd=folder, env=installed(folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if status:
        raise Failed(f"{' '.join(command)} ended with {child.returncode}")
    return Cost(time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def seconds(action: Callable[[], None]) -> float:
    """How long an action takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def report(pairs: list[Pair], repeat: int) -> bool:
    """Print a line for each ratio; whether all keep to their limits."""
    print(f"{'medians of ' + str(repeat):32} {'archkit':>8} {'other':>8} {'ratio':>6} {'limit':>6}")
    kept = True
    for pair in pairs:
        ours, yardstick = pair.measure(repeat)
        ratio = ours / yardstick
        kept = kept and ratio <= pair.limit
        verdict = "" if ratio <= pair.limit else "  over the limit"
        print(f"{pair.name:32} {ours:7.3f}s {yardstick:7.3f}s {ratio:6.2f} {pair.limit:6.2f}{verdict}", flush=True)
    return kept


def report_live(saves: int) -> bool:
    """Print how the live preview does; whether it keeps to its limits."""
    with tempfile.TemporaryDirectory(prefix="archkit-live-") as folder:
        live = measured(Path(folder), saves, (saves // 10, saves))
    soon, steady = live.usual() <= 0.3, live.growth() <= 1.1
    print(f"{'save to picture, 15 nodes':32} {live.usual():7.3f}s   limit 0.300s{'' if soon else '  over the limit'}")
    memory = ", ".join(f"{megabytes:.0f} MB after {number} saves" for number, megabytes in live.memory.items())
    print(
        f"{'memory of the preview':32} {memory}: {live.growth():.2f}   limit 1.10{'' if steady else '  over the limit'}"
    )
    return soon and steady


def report_sizes(workshop: Workshop) -> None:
    """Print what pictures of all sizes take, which nothing is compared with."""
    print(f"\n{'once':32} {'clock':>8} {'processor':>10} {'memory':>8}")
    for nodes, chaotic in ((15, False), (60, False), (200, False), (500, False), (200, True), (500, True)):
        took = cost(workshop.render(nodes, chaotic), workshop.folder)
        name = f"render {nodes}{', edges anywhere' if chaotic else ''}"
        print(f"{name:32} {took.clock:7.2f}s {took.processor:9.2f}s {took.memory:5.0f} MB", flush=True)


def main() -> int:
    """Measure, print, and say by the exit code whether all limits hold."""
    parser = argparse.ArgumentParser(description="Times of archkit as ratios to its yardsticks.")
    parser.add_argument("blueprint", nargs="?", type=Path, help="a blueprint instead of the built-in one")
    parser.add_argument("--repeat", type=int, default=7, help="runs of each command (at least 5 for a real reading)")
    parser.add_argument("--saves", type=int, default=1000, help="saves of the live preview; 0 leaves it out")
    words = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="archkit-bench-") as folder:
        try:
            workshop = Workshop(Path(folder), words.blueprint)
            kept = report(workshop.pairs(), words.repeat)
            report_sizes(workshop)
            live = report_live(words.saves) if words.saves else True
            return 0 if kept and live else 1
        except Failed as failure:
            print(failure, file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main())
