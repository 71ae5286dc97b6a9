"""The top of a blueprint: where it goes, its parameters, outputs, tags and defaults."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Literal

from archkit import cfn
from archkit.architecture import Output, Parameter
from archkit.blueprint import Blueprint
from archkit.diagnostics import Report, did_you_mean
from archkit.reading import read_record, read_value
from archkit.resolve.parameters import read_parameters
from archkit.schema import Record, prop
from archkit.source import Mapping, Scalar, Tree

__all__ = ["ACCOUNT", "Header", "read_header", "read_region"]

ACCOUNT = re.compile(r"[0-9]{12}")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*")


class OutputForm(Record):
    """A stack output. A bare value is its value."""

    short = "value"

    value: str = prop(doc="The value, such as ${api.url}.")
    description: str | None = prop(None, "What it says.", shape=True)
    export: str | None = prop(None, "Name under which other stacks import it.")


@dataclass
class Header:
    """What the top of a blueprint says."""

    region: str = ""
    account: str = ""
    security: str = "standard"
    direction: str | None = None
    parameters: dict[str, Parameter] = field(default_factory=dict)
    outputs: dict[str, Output] = field(default_factory=dict)
    tags: dict[str, Any] = field(default_factory=dict)
    lint_ignore: dict[str, str] = field(default_factory=dict)
    defaults: list[tuple[Scalar, Mapping]] = field(default_factory=list)

    @property
    def strict(self) -> bool:
        """Whether the blueprint asks for `security: strict`."""
        return self.security == "strict"


def read_header(blueprint: Blueprint, report: Report) -> Header:
    """Read everything but nodes and edges."""
    tree, header = blueprint.tree, Header()
    if isinstance(region := tree.get("region"), Scalar):
        header.region = read_region(region, report) or ""
    if isinstance(account := tree.get("account"), Scalar):
        header.account = account.text
        if not ACCOUNT.fullmatch(account.text):
            report.error("bad-account", f"'{account.text}' is not an account id", account.span, "it has 12 digits")
            header.account = ""
    header.security = _word(tree, "security", Literal["standard", "strict"], report) or "standard"
    header.direction = _word(tree, "direction", Literal["right", "down"], report)
    header.parameters = read_parameters(_named(tree.get("parameters"), "parameters", report), report)
    header.outputs = _outputs(tree.get("outputs"), report)
    if (tags := tree.get("tags")) is not None:
        header.tags = read_value(dict[str, str], tags, "'tags'", report) or {}
    if (ignored := tree.get("lint_ignore")) is not None:
        header.lint_ignore = read_value(dict[str, str], ignored, "'lint_ignore'", report) or {}
    header.defaults = _defaults(tree.get("defaults"), report)
    return header


def read_region(tree: Scalar, report: Report) -> str | None:
    """Return a Region's code, or None with an error where there is no such Region."""
    known = cfn.regions()
    if tree.text in known:
        return tree.text
    report.error("unknown-region", f"'{tree.text}' is not a Region", tree.span,
                 did_you_mean(tree.text, known) or "write a code such as eu-west-1")  # fmt: skip
    return None


def _word(tree: Mapping, key: str, kind: Any, report: Report) -> str | None:
    value = tree.get(key)
    if not isinstance(value, Scalar):
        return None
    word: str | None = read_value(kind, value, f"'{key}'", report)
    return word


def _outputs(tree: Tree | None, report: Report) -> dict[str, Output]:
    found: dict[str, Output] = {}
    for key, value in _named(tree, "outputs", report):
        values = read_record(OutputForm, value, f"the output '{key.text}'", report)
        if values is not None:
            form = OutputForm(**values)
            place = value.get("value") if isinstance(value, Mapping) else value
            span = place.span if place is not None else key.span
            found[key.text] = Output(key.text, form.value, span, form.description, form.export)
    return found


def _named(tree: Tree | None, what: str, report: Report) -> list[tuple[Scalar, Tree]]:
    if tree is None or (isinstance(tree, Scalar) and tree.empty):
        return []
    if not isinstance(tree, Mapping):
        report.error("wrong-type", f"'{what}' takes a mapping of names", tree.span)
        return []
    good = []
    for key, value in tree:
        if NAME.fullmatch(key.text):
            good.append((key, value))
        else:
            report.error("bad-name", f"'{key.text}' cannot be a name in '{what}'", key.span, "letters and digits only")
    return good


def _defaults(tree: Tree | None, report: Report) -> list[tuple[Scalar, Mapping]]:
    if tree is None:
        return []
    if not isinstance(tree, Mapping):
        report.error("wrong-type", "'defaults' takes a mapping of kinds", tree.span, 'defaults: {"*": {logs: 90}}')
        return []
    found = []
    for key, value in tree:
        if isinstance(value, Mapping):
            found.append((key, value))
        else:
            report.error("wrong-type", f"the defaults of '{key.text}' are a mapping of properties", value.span)
    # the kind's own default wins over "*", wherever it stands
    return sorted(found, key=lambda entry: entry[0].text == "*")
