"""What CloudFormation's own resource schemas say, read from the copy that cfn-lint carries, without importing it.

One small JSON file is opened for each type asked about. See
https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html for the format.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from archkit.reading import read_json
from archkit.schema import Expr
from archkit.source import Mapping, Scalar, Sequence, Tree

__all__ = [
    "actions",
    "attributes",
    "has_type",
    "is_action",
    "read_properties",
    "regions",
    "schema",
    "stateful",
    "types",
]


@cache
def _folder() -> Path:
    spec = find_spec("cfnlint")
    assert spec is not None and spec.submodule_search_locations, "cfn-lint is installed with archkit"
    return Path(next(iter(spec.submodule_search_locations))) / "data" / "schemas"


@cache
def types(region: str = "us-east-1") -> dict[str, str]:
    """Return the types that a Region has, with the name of each schema's file. Empty for an unknown Region."""
    path = _folder() / "providers" / f"{region}.json"
    if not path.exists():
        return {}
    found: dict[str, str] = json.loads(path.read_text("utf-8"))
    return found


@cache
def regions() -> list[str]:
    """Return the codes of all Regions that have schemas."""
    return sorted(path.stem for path in (_folder() / "providers").glob("*-*-*.json"))


def has_type(name: str, region: str = "us-east-1") -> bool:
    """Say whether a Region has a resource type. An unknown or unstated Region has all that us-east-1 has."""
    return name in (types(region) or types())


@cache
def stateful() -> frozenset[str]:
    """Return the types that hold data, as cfn-lint's I3011 counts them: each needs both deletion policies said."""
    path = _folder().parent / "AdditionalSpecs" / "StatefulResources.json"
    return frozenset(json.loads(path.read_text("utf-8"))["ResourceTypes"])


@cache
def actions(service: str) -> frozenset[str]:
    """Return the IAM actions of a service in lower case, by the prefix before the colon; none for an unknown one."""
    path = _folder().parent / "AdditionalSpecs" / "Policies.json"
    found = json.loads(path.read_text("utf-8")).get(service, {})
    return frozenset(found.get("Actions", ()))


def is_action(text: str) -> bool:
    """Say whether a text names one IAM action, without wildcards; of a service that is not known any name will do."""
    service, _, name = text.partition(":")
    known = actions(service)
    return bool(service and name) and "*" not in text and (not known or name.lower() in known)


@cache
def schema(name: str) -> dict[str, Any]:
    """Return the resource schema of a type; an empty one where there is none."""
    file = types().get(name)
    if file is None:
        return {}
    found: dict[str, Any] = json.loads((_folder() / "resources" / f"{file}.json").read_text("utf-8"))
    return found


def attributes(name: str) -> list[str]:
    """Return what GetAtt can read of a type: its read-only properties."""
    return [path.removeprefix("/properties/").replace("/", ".") for path in schema(name).get("readOnlyProperties", [])]


def read_properties(name: str, tree: Tree) -> Any:
    """Read raw properties of a type, each scalar as the schema says: version 16.10 and account 012 stay text."""
    whole = schema(name)
    return _read(tree, whole, whole) if whole else read_json(tree)


def _read(tree: Tree, part: dict[str, Any], whole: dict[str, Any]) -> Any:
    part = _follow(part, whole)
    if isinstance(tree, Mapping):
        inner = part.get("properties", {})
        patterns = list(part.get("patternProperties", {}).values())
        other = patterns[0] if patterns else part.get("additionalProperties")
        other = other if isinstance(other, dict) else {}
        return {key.text: _read(value, inner.get(key.text, other), whole) for key, value in tree}
    if isinstance(tree, Sequence):
        return [_read(item, part.get("items", {}), whole) for item in tree]
    return _scalar(tree, part)


def _scalar(tree: Scalar, part: dict[str, Any]) -> Any:
    value = read_json(tree)
    wanted = part.get("type")
    if isinstance(value, Expr) or wanted is None:
        return value
    kinds = wanted if isinstance(wanted, list) else [wanted]
    if "string" in kinds and not isinstance(value, str):
        return tree.text
    if "boolean" in kinds and tree.text.lower() in ("yes", "no", "on", "off"):
        return tree.text.lower() in ("yes", "on")
    return value


def _follow(part: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    for _ in range(8):
        target = part.get("$ref")
        if not isinstance(target, str):
            break
        here: Any = whole
        for step in target.removeprefix("#/").split("/"):
            here = here.get(step, {})
        part = here
    for choice in (*part.get("oneOf", ()), *part.get("anyOf", ())):
        if "properties" not in part and "type" not in part and isinstance(choice, dict):
            return _follow(choice, whole)
    return part
