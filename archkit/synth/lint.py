"""cfn-lint as the gate: every template passes it, warnings included, before anything is written.

A verdict is remembered by the hash of the template, the Region and cfn-lint's version, so that an unchanged template
is not judged twice. Findings are put back on the blueprint's line by the provenance of the resource they stand on.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import json
import logging
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from typing import Any

from archkit.architecture import Architecture
from archkit.cache import cache_folder, keep
from archkit.diagnostics import Report, Span
from archkit.scope import Resource

__all__ = ["judge", "report_findings"]

Finding = tuple[str, str, str, list[str | int]]
"""Rule id, severity, message, path in the template."""

RULES = "E,W;1"  # part of the key of a verdict: change it when the rules asked for change


def judge(text: str, region: str) -> list[Finding]:
    """Return what cfn-lint finds in a template; remembered between runs."""
    region = region or "us-east-1"
    key = hashlib.sha256(f"{version('cfn-lint')}\n{RULES}\n{region}\n{text}".encode()).hexdigest()
    path = cache_folder() / "lint" / f"{key}.json"
    with contextlib.suppress(OSError, ValueError):
        known: list[Finding] = [tuple(found) for found in json.loads(path.read_text("utf-8"))]
        return known
    found = _lint(text, region)
    keep(path, json.dumps(found).encode())
    return found


def _lint(text: str, region: str) -> list[Finding]:
    from cfnlint.api import lint

    with _no_collection():
        matches = lint(text, rules=_rules(), regions=[region])
    return [
        (m.rule.id, m.rule.severity, m.message, [p for p in m.path or [] if isinstance(p, str | int)]) for m in matches
    ]


@cache
def _rules() -> Any:
    with _no_collection():
        from cfnlint.core import get_rules

        logging.getLogger("cfnlint").setLevel(logging.CRITICAL)
        return get_rules([], [], ["W", "E"], {}, False)


@contextlib.contextmanager
def _no_collection() -> Iterator[None]:
    """Importing cfn-lint makes a million small objects; collecting among them is a quarter of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def report_findings(
    findings: list[Finding],
    world: Architecture,
    resources: dict[str, Resource],
    report: Report,
    expected: frozenset[str],
) -> None:
    """Add each finding to the report, on the line of the node or edge that asked for the resource."""
    for rule, _severity, message, path in findings:
        if rule in expected:
            continue
        span, authored = _place(path, resources, world)
        where = "/".join(str(part) for part in path)
        help = (
            f"cfn-lint judged what is written here; 'lint_ignore: {{{rule}: why}}', here or at the top, says you know"
            if authored
            else "archkit wrote this by itself, so it is a fault of archkit; please report it with the blueprint"
        )
        report.error(f"cfn-lint-{rule}", f"{message} (at {where})", span, help)


def _place(path: list[str | int], resources: dict[str, Resource], world: Architecture) -> tuple[Span | None, bool]:
    """Return where a finding belongs in the blueprint, and whether its author wrote what was judged."""
    section, name = (str(path[0]), str(path[1])) if len(path) > 1 else ("", "")
    if section == "Outputs" and name in world.outputs:
        return world.outputs[name].span, True
    if section == "Parameters" and name in world.parameters:
        return world.parameters[name].span, True
    resource = resources.get(name) if section == "Resources" else None
    if resource is None:
        return next((node.span for node in world.nodes.values()), None), False
    edge = next((edge for edge in world.edges if edge.id == resource.because), None)
    return (edge or world.nodes[resource.owner]).span, _authored(resource.owner, world)


def _authored(owner: str, world: Architecture) -> bool:
    node = world.nodes[owner]
    return bool(node.overrides) or "::" in node.kind.name or bool(node.tree and len(node.tree.entries) > 1)
