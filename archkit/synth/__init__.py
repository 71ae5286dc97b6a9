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
    code archives that the templates expect, by file name.
    """

    templates: dict[str, str]
    stacks: list[Stack]
    deploy: dict[str, Any] | None
    report: Report
    assets: dict[str, bytes] = field(default_factory=dict)


def synthesize(world: Architecture, report: Report, format: Format = "cloudformation", *, json: bool = False,
               local_code: bool = False, lint: bool = True) -> Synthesis:  # fmt: skip
    """Return the templates of an architecture.

    Raises ArchkitError with every finding if any is an error: cfn-lint's findings are errors, its warnings included.
    """
    from archkit.synth.assembly import assemble
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
    texts = {stack.name: _text(stack, world, format, json, lint, local_code, report) for stack in stacks}
    if report.failed:
        raise ArchkitError(report)
    return Synthesis(texts, stacks, _deploy(stacks), report, assembly.assets)


def _first(world: Architecture) -> Span | None:
    """Return the place of the first node, for what concerns the whole blueprint."""
    return next((node.span for node in world.nodes.values()), None)


def _nothing(world: Architecture, report: Report) -> None:
    report.error("nothing-to-make", "no node of this blueprint becomes a resource; it can only be drawn",
                 _first(world), "'archkit render' draws it")  # fmt: skip


def _limits(stack: Stack, world: Architecture, report: Report) -> None:
    if len(stack.resources) > MOST_RESOURCES:
        first = next(iter(world.nodes.values()))
        report.error("too-many-resources", f"the stack {stack.name} has {len(stack.resources)} resources; CloudFormation takes "
                     f"{MOST_RESOURCES}", first.span, "split the blueprint in two, joined by exported outputs")  # fmt: skip


def _text(stack: Stack, world: Architecture, format: Format, json: bool, lint: bool, local_code: bool,
          report: Report) -> str:  # fmt: skip
    from archkit.synth.lint import judge, report_findings
    from archkit.synth.write import to_json, to_yaml

    template = stack.template
    if format == "sam":
        from archkit.synth.sam import expanded, fold

        template = fold(stack.template)
    text = (to_json if json else to_yaml)(template)
    if len(text.encode()) > MOST_BYTES:
        first = next(iter(world.nodes.values()))
        report.error("template-too-large", f"the template of {stack.name} has {len(text.encode())} bytes; CloudFormation "
                     f"takes {MOST_BYTES}", first.span, "split the blueprint, or package inline code")  # fmt: skip
    if lint:
        expected = frozenset({"W3002"}) if local_code else frozenset[str]()
        region = stack.place[1]
        report_findings(judge(text, region), world, stack.resources, report, expected)
        if format == "sam":
            from archkit.synth.sam import expanded

            report_findings(
                judge(to_json(expanded(template, region)), region), world, stack.resources, report, expected
            )
    return text


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
