"""archkit: one blueprint becomes an AWS architecture diagram and the CloudFormation or SAM template that deploys it.

>>> import archkit
>>> shop = archkit.load("shop.yaml")            # doctest: +SKIP
>>> shop.check().errors                         # doctest: +SKIP
[]
>>> template = shop.synth(format="cloudformation").templates["shop"]    # doctest: +SKIP
>>> picture = shop.render("svg")                # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archkit.compiler import Compilation, load
    from archkit.diagnostics import ArchkitError

__all__ = ["ArchkitError", "Compilation", "__version__", "load"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Import the compiler on first use: the command line is to answer before YAML is even loaded."""
    if name in ("Compilation", "load"):
        from archkit import compiler

        return getattr(compiler, name)
    if name == "ArchkitError":
        from archkit.diagnostics import ArchkitError

        return ArchkitError
    raise AttributeError(f"module 'archkit' has no attribute '{name}'")
