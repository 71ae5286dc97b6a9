"""Values that CloudFormation works out: references, attributes and texts that hold them.

A blueprint's `${...}`, an attribute such as a queue's ARN, and everything that a kind or an edge writes into a
template are these three. They name a resource by its logical id and know nothing of stacks: where a reference crosses
from one stack to another, synth turns it into an output and a parameter.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

__all__ = [
    "Att",
    "Named",
    "Ref",
    "Sub",
    "Value",
    "account",
    "filled",
    "json_text",
    "partition",
    "region",
    "template",
    "walk",
]


@dataclass(frozen=True, slots=True)
class Ref:
    """`Ref`: a resource's physical id, a parameter, or a pseudo parameter such as AWS::Region."""

    name: str


@dataclass(frozen=True, slots=True)
class Att:
    """`Fn::GetAtt`: an attribute of a resource."""

    name: str
    attribute: str


@dataclass(frozen=True, slots=True)
class Named:
    """An attribute of a resource that is worked out from names: an ARN that is built, a physical name known beforehand.

    Within the resource's stack it stands as `value`, which need not refer to the resource; from another stack, whose
    Region and account differ, it is imported.
    """

    name: str
    attribute: str
    value: Sub


@dataclass(frozen=True)
class Sub:
    """`Fn::Sub`: text with `${Name}` for each of `parts`, and `$${` for a literal `${`."""

    text: str
    parts: Mapping[str, Any] = dataclass_field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.text, tuple(sorted((name, repr(part)) for name, part in self.parts.items()))))


Value = Ref | Att | Named | Sub

partition, account, region = Ref("AWS::Partition"), Ref("AWS::AccountId"), Ref("AWS::Region")

_HOLE = re.compile(r"\$\{([^}]*)\}")


def template(text: str, find: Callable[[str], Any]) -> Any:
    """Fill `${name}` holes in `text`, asking `find` for each name.

    Returns plain text where every answer is text, the answer itself where the text is one hole and nothing else, else a
    `Sub`. `$${` is a literal `${`. Names that start with `AWS::` are pseudo parameters and are not asked for.
    """
    parts: dict[str, Any] = {}
    out: list[str] = []
    position = 0
    literal = "\0"
    held = text.replace("$${", literal)
    for hole in _HOLE.finditer(held):
        out.append(held[position : hole.start()])
        position = hole.end()
        name = hole.group(1)
        value = Ref(name) if name.startswith("AWS::") else find(name)
        if hole.span() == (0, len(held)):
            return value
        if isinstance(value, str | int | float):
            out.append(str(value).replace("${", literal))
            continue
        label = value.name if isinstance(value, Ref) else re.sub(r"\W+", "", name) or "Name"
        while label in parts and parts[label] != value:
            label += "2"
        parts[label] = value
        out.append("${" + label + "}")
    out.append(held[position:])
    joined = "".join(out)
    if not parts:
        return joined.replace(literal, "${")
    return Sub(joined.replace(literal, "${!"), parts)


def filled(value: Any, fill: Callable[[str], Any]) -> Any:
    """Return plain data with every text in it filled; keys stay.

    >>> filled({"bucket": {"name": ["${name}"]}}, lambda text: text.replace("${name}", "photos"))
    {'bucket': {'name': ['photos']}}
    """
    if isinstance(value, Mapping):
        return {key: filled(item, fill) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [filled(item, fill) for item in value]
    return fill(value) if isinstance(value, str) else value


def json_text(value: Any) -> Any:
    """Return data as the text of a JSON document, with a hole for each value that CloudFormation works out.

    >>> json_text({"queue": Ref("Jobs"), "literal": "${x}"})
    Sub(text='{"queue":"${V1}","literal":"${!x}"}', parts={'V1': Ref(name='Jobs')})
    """
    parts: dict[str, Any] = {}

    def held(item: Any) -> Any:
        if isinstance(item, Ref | Att | Named | Sub) or _is_function(item):
            label = next((name for name, known in parts.items() if known == item), f"V{len(parts) + 1}")
            parts[label] = item
            return f"\0{label}\0"
        if isinstance(item, dict):
            return {key: held(inner) for key, inner in item.items()}
        if isinstance(item, list | tuple):
            return [held(inner) for inner in item]
        return item

    text = json.dumps(held(value), separators=(",", ":"), ensure_ascii=False)
    if not parts:
        return text
    return Sub(re.sub(r"\\u0000(V[0-9]+)\\u0000", r"${\1}", text.replace("${", "${!")), parts)


def _is_function(item: Any) -> bool:
    return isinstance(item, dict) and len(item) == 1 and str(next(iter(item))).startswith("Fn::")


def walk(value: Any) -> Iterator[Value]:
    """Yield every reference inside plain data, those inside a `Sub` included."""
    if isinstance(value, Sub):
        yield value
        yield from walk(dict(value.parts))
    elif isinstance(value, Ref | Att | Named):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from walk(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from walk(item)
