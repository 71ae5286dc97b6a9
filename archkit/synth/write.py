"""Template data as text: YAML with CloudFormation's short forms, or JSON. The same data gives the same bytes."""

from __future__ import annotations

import json
from typing import Any

import yaml

__all__ = ["to_json", "to_yaml"]

WIDTH = 120
SHORT = ("Fn::Select", "Fn::Split", "Fn::Join")
"""Functions that read best on one line."""
_BASE: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Dumper(_BASE):  # type: ignore[misc]
    """Writes intrinsic functions as tags, texts of several lines as blocks, and never an anchor."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _mapping(dumper: Any, data: dict[str, Any]) -> Any:
    if len(data) == 1:
        name, value = next(iter(data.items()))
        if name == "Ref" and isinstance(value, str):
            return dumper.represent_scalar("!Ref", value)
        if name == "Fn::GetAtt" and isinstance(value, list) and all(isinstance(part, str) for part in value):
            return dumper.represent_scalar("!GetAtt", ".".join(value))
        if name.startswith("Fn::") and isinstance(value, str):
            return dumper.represent_scalar(f"!{name[4:]}", value)
        if name.startswith("Fn::") and isinstance(value, list):
            return dumper.represent_sequence(f"!{name[4:]}", value, flow_style=name in SHORT)
    return dumper.represent_mapping("tag:yaml.org,2002:map", data.items())


def _text(dumper: Any, data: str) -> Any:
    block = "\n" in data and not any(line != line.rstrip() for line in data.split("\n")) and "\t" not in data
    return dumper.represent_scalar("tag:yaml.org,2002:str", data, style="|" if block else None)


_Dumper.add_representer(dict, _mapping)
_Dumper.add_representer(str, _text)


def to_yaml(template: dict[str, Any]) -> str:
    """Return the template as YAML, its sections in CloudFormation's own order."""
    text: str = yaml.dump(template, Dumper=_Dumper, sort_keys=False, width=WIDTH, allow_unicode=True)
    return text


def to_json(template: dict[str, Any]) -> str:
    """Return the template as JSON."""
    return json.dumps(template, indent=2, ensure_ascii=False) + "\n"
