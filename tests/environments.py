"""Virtual environments of their own for tools that cannot share archkit's: LocalStack and checkov.

Each is made on first use in a cache folder outside the repository (`ARCHKIT_TEST_CACHE`, by default
`~/.cache/archkit-tests`) and kept until its requirements change. `python -m tests.environments` makes all of them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

__all__ = ["CHECKOV", "LOCALSTACK", "Environment", "Unavailable"]


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


def cache() -> Path:
    """The folder that holds the environments."""
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
    """Make every environment that this machine can offer."""
    for environment in (CHECKOV, LOCALSTACK):
        try:
            print(f"{environment.name}: {environment.python()}")
        except Unavailable as reason:
            print(f"{environment.name}: left out, {reason}")


if __name__ == "__main__":
    main()
