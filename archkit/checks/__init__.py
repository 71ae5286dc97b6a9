"""Rules over a whole architecture: each module of this package with a `check` is one; found, not listed."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from archkit.architecture import Architecture
from archkit.diagnostics import Report

__all__ = ["check"]


def check(world: Architecture, report: Report) -> None:
    """Run every rule."""
    for info in sorted(pkgutil.iter_modules(__path__), key=lambda info: info.name):
        import_module(f"{__name__}.{info.name}").check(world, report)
