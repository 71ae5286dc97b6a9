"""Two templates say the same: compared by what they make, whatever the names.

Logical ids are names, so resources are matched by their content: every reference is replaced by what the resource it
points at looks like, refined round by round until no two resources that differ look alike (the colour refinement of
Weisfeiler and Leman, 1968). What is ignored: logical ids, the tag that SAM puts on what it makes, and metadata.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from typing import Any

__all__ = ["difference"]

SAM_TAGS = ("lambda:createdBy", "stateMachine:createdBy", "httpapi:createdBy")


def difference(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """Return the resources and outputs that only one of two templates has, each as text; nothing where they are
    equal.
    """
    left, right = _looks(one), _looks(other)
    first, second = Counter(left.values()), Counter(right.values())
    found = [f"only first: {id} {_show(one, id)}" for id, look in left.items() if first[look] > second[look]]
    found += [f"only second: {id} {_show(other, id)}" for id, look in right.items() if second[look] > first[look]]
    outputs = [_mark(t.get("Outputs", {}), looks) for t, looks in ((one, left), (other, right))]
    if outputs[0] != outputs[1]:
        found.append("the outputs differ")
    return found


def _show(template: dict[str, Any], id: str) -> str:
    return json.dumps(_plain(template["Resources"][id]), sort_keys=True)[:1500]


def _looks(template: dict[str, Any]) -> dict[str, str]:
    resources = {id: _plain(resource) for id, resource in template["Resources"].items()}
    looks = {id: resource["Type"] for id, resource in resources.items()}
    for _round in range(len(resources) + 1):
        new = {id: _hash(_mark(resource, looks)) for id, resource in resources.items()}
        if len(set(new.values())) == len(set(looks.values())):
            return new
        looks = new
    return looks


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def _plain(resource: dict[str, Any]) -> dict[str, Any]:
    """Drop what is not meant: metadata, SAM's tag, a list's wrapping of one, and the deletion policy that is the
    default.
    """
    kept = {key: value for key, value in resource.items() if key != "Metadata"}
    if isinstance(kept.get("DependsOn"), str):
        kept["DependsOn"] = [kept["DependsOn"]]
    properties = _workflow(dict(kept.get("Properties", {})))
    if isinstance(properties.get("Tags"), list):
        tags = [tag for tag in properties["Tags"] if tag["Key"] not in SAM_TAGS]
        properties["Tags"] = sorted(tags, key=lambda tag: str(tag["Key"]))
        if not tags:
            del properties["Tags"]
    kept["Properties"] = properties
    return kept


def _workflow(properties: dict[str, Any]) -> dict[str, Any]:
    """Read a workflow back from a text with substitutions, as SAM writes it, into an object."""
    text = properties.get("DefinitionString")
    if text is None:
        return properties
    lines = text["Fn::Join"][1] if isinstance(text, dict) else [text]
    substitutions = properties.get("DefinitionSubstitutions", {})
    rest = {name: v for name, v in properties.items() if name not in ("DefinitionString", "DefinitionSubstitutions")}
    return rest | {"Definition": _substituted(json.loads("\n".join(lines)), substitutions)}


def _substituted(value: Any, substitutions: dict[str, Any]) -> Any:
    if isinstance(value, dict):
        return {key: _substituted(item, substitutions) for key, item in value.items()}
    if isinstance(value, list):
        return [_substituted(item, substitutions) for item in value]
    if isinstance(value, str) and value.startswith("${") and value[2:-1] in substitutions:
        return substitutions[value[2:-1]]
    return value


def _mark(value: Any, looks: dict[str, str]) -> Any:
    """Replace every mention of a resource by what it looks like."""
    if isinstance(value, dict):
        if set(value) == {"Ref"}:
            return {"Ref": looks.get(value["Ref"], value["Ref"])}
        if set(value) == {"Fn::GetAtt"}:
            parts = value["Fn::GetAtt"]
            name, attribute = parts if isinstance(parts, list) else parts.split(".", 1)
            return {"Fn::GetAtt": [looks.get(name, name), attribute]}
        if set(value) == {"Fn::Sub"}:
            return {"Fn::Sub": _mark_text(value["Fn::Sub"], looks)}
        return {
            key: sorted(looks.get(id, id) for id in item) if key == "DependsOn" else _target(key, item, looks)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_mark(item, looks) for item in value]
    return value


def _target(key: str, item: Any, looks: dict[str, str]) -> Any:
    """The id of a rule's target is made of logical ids (SAM adds a word), so it is a name and not content."""
    if key == "Id" and isinstance(item, str) and any(item.startswith(id) for id in looks):
        return "name"
    return _mark(item, looks)


def _mark_text(value: Any, looks: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_mark_text(value[0], looks), _mark(value[1], looks)]

    def name(found: re.Match[str]) -> str:
        head, dot, rest = found.group(1).partition(".")
        return "${" + looks.get(head, head) + dot + rest + "}"

    return re.sub(r"\$\{([^!}]+)\}", name, value)
