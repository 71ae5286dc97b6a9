"""archkit: one blueprint becomes an AWS architecture diagram and the CloudFormation or SAM template that deploys it.

>>> import archkit
>>> shop = archkit.load("shop.yaml")            # doctest: +SKIP
>>> shop.check().errors                         # doctest: +SKIP
[]
>>> template = shop.synth(format="cloudformation").templates["shop"]    # doctest: +SKIP
>>> picture = shop.render("svg")                # doctest: +SKIP
"""

from __future__ import annotations

from archkit.compiler import Compilation, load
from archkit.diagnostics import ArchkitError

__all__ = ["ArchkitError", "Compilation", "__version__", "load"]
__version__ = "0.1.0"
