"""Short words for the tests of kinds: rows, resources, statements, findings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import archkit
from tests.options import ANY, Option, synthesized

__all__ = ["FN", "att", "findings", "lint_clean", "resources", "rows_of", "said", "statements"]

FN = "  work: {kind: lambda.function, runtime: python3.13, code: handler.py}\n"


def rows_of(service: str, node: str) -> Callable[..., Option]:
    """Return a maker of rows: an option, the properties of `node` (`id: {kind: x`), a path, a value, what follows."""

    def row(option: str, properties: str, path: str, expected: Any = ANY, more: str = "") -> Option:
        return Option(service, option, f"nodes:\n  {node}{properties}}}\n{more}", path, expected)

    return row


def resources(text: str, folder: Path) -> dict[str, Any]:
    """Return the resources of a blueprint's one stack."""
    (template,) = synthesized(text, folder).values()
    found: dict[str, Any] = template["Resources"]
    return found


def statements(found: dict[str, Any], id: str) -> list[dict[str, Any]]:
    """Return the statements of a policy, a role's own log rights left out."""
    properties = found[id]["Properties"]
    document = next(
        properties[name] for name in ("PolicyDocument", "ResourcePolicy", "KeyPolicy") if name in properties
    )
    return [one for one in document["Statement"] if one["Action"] != ["logs:CreateLogStream", "logs:PutLogEvents"]]


def said(found: dict[str, Any], id: str) -> list[tuple[Any, Any]]:
    """Return the actions and resources of a policy's statements."""
    return [(one["Action"], one["Resource"]) for one in statements(found, id)]


def att(id: str, attribute: str = "Arn") -> dict[str, Any]:
    """Return Fn::GetAtt."""
    return {"Fn::GetAtt": [id, attribute]}


def findings(text: str, folder: Path) -> list[tuple[str, str]]:
    """Return the codes and messages of a blueprint's errors."""
    (folder / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    report = archkit.load(folder / "blueprint.yaml", text=f"name: test\n{text}").check()
    return [(found.code, found.message) for found in report.errors]


def lint_clean(rows: list[Option], folder: Path) -> None:
    """Synthesize a service's options together and let cfn-lint judge them: every node under a name of its own."""
    import yaml

    nodes: dict[str, Any] = {}
    edges: list[Any] = []
    rest: dict[str, Any] = {}
    for number, row in enumerate(rows):
        part = yaml.safe_load(row.blueprint)
        renamed = {old: f"{old}-{number}" for old in part.pop("nodes")}
        whole = yaml.safe_load(_renamed(row.blueprint, renamed))
        nodes |= whole.pop("nodes")
        edges += whole.pop("edges", [])
        whole.pop("security", None)
        rest |= whole
    text = yaml.safe_dump({"name": "all", **rest, "nodes": nodes, "edges": edges}, sort_keys=False, width=1000)
    (folder / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    (folder / "layer" / "python").mkdir(parents=True, exist_ok=True)
    (folder / "layer" / "python" / "shared.py").write_text("NAME = 'shared'\n")
    archkit.load(folder / "blueprint.yaml", text=text).synth()


def _renamed(text: str, names: dict[str, str]) -> str:
    import re

    for old, new in names.items():
        text = re.sub(rf"(?<![\w./:-]){old}(?![\w/-])(?!\.py)", new, text)
    return text
