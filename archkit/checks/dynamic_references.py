"""A dynamic reference in an output: CloudFormation would show the text of the reference, or refuse it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html#dynamic-references-considerations
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from archkit.architecture import Architecture
from archkit.diagnostics import Report
from archkit.resolve.names import split_reference
from archkit.schema import Expr

__all__ = ["check"]


def check(world: Architecture, report: Report) -> None:
    """Report outputs that hold a dynamic reference, written out or by an attribute."""
    for output in world.outputs.values():
        if any("{{resolve:" in text for text in _texts(output.value, world)):
            span = output.value.span if isinstance(output.value, Expr) else output.span
            message = f"the output '{output.name}' holds a dynamic reference, which outputs cannot"
            report.error("secret-in-output", message,
                         span, "give the secret's ARN instead, such as ${secret.arn}")  # fmt: skip


def _texts(value: Any, world: Architecture) -> Iterator[str]:
    text = value.text if isinstance(value, Expr) else str(value)
    yield text
    for name in re.findall(r"\$\{([^}]*)\}", text):
        found = split_reference(name.strip(), world)
        if found is not None:
            yield found[0].kind.attribute(found[1]) or ""
