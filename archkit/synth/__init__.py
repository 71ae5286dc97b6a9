"""An architecture becomes templates: assembled, split into stacks, written, judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from archkit.architecture import Architecture
from archkit.diagnostics import ArchkitError, Report, Span
from archkit.synth.stacks import Stack

__all__ = ["Format", "Synthesis", "synthesize"]

Format = Literal["cloudformation", "sam"]
MOST_RESOURCES, MOST_BYTES = 500, 1_000_000
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""


@dataclass
class Synthesis:
    """What synth made: the text of each stack's template by name in deployment order, and all that belongs to them.

    `deploy` says, where there are several stacks, their order and which output feeds which parameter. `assets` are the
    code archives that the templates expect, by file name, `told_by` the commands that print the values of parameters.
    """

    templates: dict[str, str]
    stacks: list[Stack]
    deploy: dict[str, Any] | None
    report: Report
    assets: dict[str, bytes] = field(default_factory=dict)
    told_by: dict[str, str] = field(default_factory=dict)


def synthesize(world: Architecture, report: Report, format: Format = "cloudformation", *, json: bool = False,
               local_code: bool = False, lint: bool = True) -> Synthesis:  # fmt: skip
    """Return the templates of an architecture.

    Raises ArchkitError with every finding if any is an error: cfn-lint's findings are errors, its warnings included.
    """
    from archkit.synth.assemble import assemble
    from archkit.synth.policies import write_policies
    from archkit.synth.stacks import stacks_of

    assembly = assemble(world, report, local_code)
    if report.failed:
        raise ArchkitError(report)
    write_policies(assembly)
    stacks = stacks_of(assembly, report)
    if not stacks:
        _nothing(world, report)
    for stack in stacks:
        _limits(stack, world, report)
    if report.failed:
        raise ArchkitError(report)
    wanted = _Wanted(format, json, local_code, lint)
    texts = {stack.name: _text(stack, world, wanted, report) for stack in stacks}
    if report.failed:
        raise ArchkitError(report)
    return Synthesis(texts, stacks, _deploy(stacks), report, assembly.assets, assembly.told_by)


def _first(world: Architecture) -> Span | None:
    """Return the place of the first node, for what concerns the whole blueprint."""
    return next((node.span for node in world.nodes.values()), None)


def _nothing(world: Architecture, report: Report) -> None:
    report.error("nothing-to-make", "no node of this blueprint becomes a resource; it can only be drawn",
                 _first(world), "'archkit render' draws it")  # fmt: skip


def _limits(stack: Stack, world: Architecture, report: Report) -> None:
    if len(stack.resources) > MOST_RESOURCES:
        report.error(
            "too-many-resources",
            f"the stack {stack.name} has {len(stack.resources)} resources; CloudFormation takes {MOST_RESOURCES}",
            _first(world),
            "split the blueprint in two, joined by exported outputs",
        )


@dataclass(frozen=True)
class _Wanted:
    """How the templates are to be written and judged."""

    format: Format
    json: bool
    local_code: bool
    lint: bool


def _text(stack: Stack, world: Architecture, wanted: _Wanted, report: Report) -> str:
    """Return a stack's template as text, passed by cfn-lint: SAM as source and again as expanded."""
    from archkit.synth.write import to_json, to_yaml

    template = stack.template
    if wanted.format == "sam":
        from archkit.synth.sam import fold

        template = fold(template)
    text = (to_json if wanted.json else to_yaml)(template)
    if len(text.encode()) > MOST_BYTES:
        report.error(
            "template-too-large",
            f"the template of {stack.name} has {len(text.encode())} bytes; CloudFormation takes {MOST_BYTES}",
            _first(world),
            "split the blueprint, or package inline code",
        )
    if wanted.lint:
        _judge(text, stack, world, wanted, report)
        if template is not stack.template:
            _judge_expanded(template, stack, world, wanted, report)
    return text


def _judge(text: str, stack: Stack, world: Architecture, wanted: _Wanted, report: Report) -> None:
    from archkit.synth.lint import judge, report_findings

    expected = frozenset({"W3002"} if wanted.local_code else ())  # a local path is what was asked for
    report_findings(judge(text, stack.place[1]), world, stack.resources, report, expected)


def _judge_expanded(
    template: dict[str, Any], stack: Stack, world: Architecture, wanted: _Wanted, report: Report
) -> None:
    from archkit.synth.sam import expanded
    from archkit.synth.write import to_json

    try:
        plain = expanded(template, stack.place[1])
    except ValueError as error:
        report.error("sam-translator", f"SAM's translator refuses the template: {error}", _first(world),
                     "this is a fault of archkit; please report it with the blueprint")  # fmt: skip
        return
    _judge(to_json(plain), stack, world, wanted, report)


def _deploy(stacks: list[Stack]) -> dict[str, Any] | None:
    if len(stacks) < 2:
        return None
    return {
        "stacks": [
            {
                "name": stack.name,
                "account": stack.place[0] or None,
                "region": stack.place[1] or None,
                "parameters": {wire: {"stack": name, "output": wire} for name, wire in stack.wires},
            }
            for stack in stacks
        ]
    }
