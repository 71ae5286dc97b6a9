"""Which archkit this is, and whether it would write the same again."""

from __future__ import annotations

import hashlib
from importlib.metadata import PackageNotFoundError, entry_points
from importlib.metadata import version as installed
from pathlib import Path

__all__ = ["fingerprint"]

SHAPING = ("troposphere", "aws-sam-translator", "cfn-lint", "diagrams", "ttf-opensans")
"""Packages whose version shows in what archkit writes, or in whether it writes."""


def fingerprint() -> str:
    """Return a hash of everything but the inputs that decides what archkit writes: its code, its kinds, its tools."""
    root = Path(__file__).parent
    seal = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.suffix not in (".pyc", ".tmp") and path.is_file() and "library" not in path.relative_to(root).parts:
            seal.update(f"{path.relative_to(root).as_posix()}\0".encode() + path.read_bytes())
    plugged = {point.dist.name for point in entry_points(group="archkit.kinds") if point.dist}
    for name in (*SHAPING, *sorted(plugged)):
        seal.update(f"{name} {_installed(name)}\n".encode())
    return seal.hexdigest()


def _installed(name: str) -> str:
    try:
        return installed(name)
    except PackageNotFoundError:
        return "unknown"
