"""Blueprints of one node: each kind's example, with the files that examples name."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

import archkit
from archkit import catalog
from archkit.compiler import Compilation
from archkit.diagnostics import Report
from archkit.kind import Kind
from archkit.synth import Synthesis, synthesize

__all__ = [
    "AROUND",
    "KINDS",
    "NODE",
    "actions",
    "blueprint",
    "grants_of",
    "has_action",
    "has_default",
    "made",
    "services",
    "together",
    "write_files",
]

KINDS = catalog.all_kinds()
NODE = "example"
AROUND = "network"
FILES = {
    "handler.py": "def handler(event, context):\n    return {}\n",
    "rewrite.js": "function handler(event) {\n  return event.request;\n}\n",
    "layer/python/shared.py": "NAME = 'shared'\n",
}


def blueprint(kind: type[Kind], folder: Path, example: str | None = None) -> Compilation:
    """Return a kind's example (or other properties, as YAML) in a blueprint of its own."""
    write_files(folder)
    inner = (example or kind.example).strip().removeprefix("{").removesuffix("}")
    if kind.frame:
        inner = ", ".join(part for part in (inner, "nodes: {inside: users}") if part)
    node = f"{{kind: {kind.name}{', ' + inner if inner else ''}}}"
    return archkit.load(folder / "case.yaml", text=f"name: contract\n{together({NODE: (kind, node)})}")


def together(nodes: Mapping[str, tuple[type[Kind], str]]) -> str:
    """Return the `nodes:` of a blueprint: kinds as flow mappings, with the network that they need."""
    inside = {id: (kind, text) for id, (kind, text) in nodes.items() if kind.resides in ("subnets", "vpc")}
    plain = [f"{id}: {text}" for id, (_, text) in nodes.items() if id not in inside]
    if inside:
        tiers = {"public": ["slot: 0"], "private": ["slot: 0"], "isolated": ["slot: 0"]}
        own = []
        for id, (kind, text) in inside.items():
            (own if kind.resides == "vpc" else tiers[kind.prefers]).append(f"{id}: {text}")
        groups = [f"{AROUND}-{tier}: {{kind: ec2.subnets, tier: {tier}, {slot}, nodes: {{{', '.join(held)}}}}}"
                  for tier, (slot, *held) in tiers.items() if held or tier == "public"]  # fmt: skip
        plain.append(f"{AROUND}: {{kind: ec2.vpc, nat: one, nodes: {{{', '.join((*groups, *own))}}}}}")
    return f"nodes: {{{', '.join(plain)}}}\n"


def write_files(folder: Path) -> None:
    """Write the files that examples name."""
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


def made(kind: type[Kind], folder: Path) -> Synthesis:
    """Return what a kind's example becomes, without lint."""
    return synthesize(blueprint(kind, folder).sound(), Report(), lint=False)


@cache
def services() -> frozenset[str]:
    """Return the names of services as AWS writes them."""
    data = Path(__file__).parents[1] / "data" / "aws-services.yaml"
    rows = yaml.safe_load(data.read_text("utf-8"))
    return frozenset(row["service"] for group in rows.values() for row in group)


@cache
def actions() -> dict[str, frozenset[str]]:
    """Return every IAM action of every service, in lower case, as cfn-lint knows them."""
    spec = find_spec("cfnlint")
    assert spec is not None and spec.origin is not None
    path = Path(spec.origin).parent / "data" / "AdditionalSpecs" / "Policies.json"
    known: dict[str, dict[str, Any]] = json.loads(path.read_text("utf-8"))
    return {service: frozenset(name.lower() for name in rows["Actions"]) for service, rows in known.items()}


def has_action(action: str) -> bool:
    """Say whether there is such an IAM action."""
    service, _, name = action.partition(":")
    return name.lower() in actions().get(service, ())


def grants_of(kind: type[Kind]) -> list[str]:
    """Return every IAM action that a kind's offers name."""
    grants = [*kind.grants.values(), *(operation.grant for operation in kind.operations.values())]
    found = [action for grant in grants for action in (*grant.actions, *grant.key)]
    return found + ([kind.admits.action] if kind.admits else [])


def has_default(field: dataclasses.Field[Any]) -> bool:
    """Say whether a property may be left out."""
    missing = dataclasses.MISSING
    return field.default is not missing or field.default_factory is not missing
