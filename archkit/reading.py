"""From a tree to typed values, with every mistake explained in the words of the property it stands in."""

from __future__ import annotations

import dataclasses
import re
import types
from collections.abc import Mapping as AbstractMapping
from typing import Any, Literal, Union, get_args, get_origin

from archkit.diagnostics import Report, Span, did_you_mean, listing
from archkit.schema import Expr, Json, NodeId, Record, fields_of, hints_of
from archkit.source import Mapping, Scalar, Sequence, Tree

__all__ = ["describe", "read_json", "read_record", "read_value"]


def read_record(
    cls: type, tree: Tree, what: str, report: Report, extra: tuple[str, ...] = (), partial: bool = False
) -> dict[str, Any] | None:
    """Read the properties of a record class out of a tree.

    Returns the values that were given, by name, or None where one is wrong (with the reasons in `report`). `what` names
    the owner in messages; `extra` are keys that the caller reads itself; `partial` lets required properties be missing.
    """
    fields = fields_of(cls)
    if not isinstance(tree, Mapping):
        short = getattr(cls, "short", None)
        if short is None:
            report.error("wrong-type", f"{what} takes a mapping of properties", tree.span,
                         f"properties: {', '.join(list(fields)[:8])}")  # fmt: skip
            return None
        values: dict[str, Any] = {}
        ok = _put(cls, short, tree, what, report, values)
        return values if ok else None
    values, good = {}, True
    for key, value in tree:
        if key.text in extra:
            continue
        if key.text not in fields:
            known = [*fields, *extra]
            hint = did_you_mean(key.text, known) or (f"properties: {', '.join(known)}" if known else "it takes none")
            report.error("unknown-property", f"unknown property '{key.text}' for {what}", key.span, hint)
            good = False
        else:
            good = _put(cls, key.text, value, what, report, values) and good
    for name, field in fields.items():
        required = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        if required and not partial and name not in tree.names:
            report.error("missing-property", f"{what} needs '{name}'", _head(tree), field.metadata.get("doc"))
            good = False
    return values if good else None


def _head(tree: Mapping) -> Span:
    return tree.entries[0][0].span if tree.entries else tree.span


def _put(cls: type, name: str, tree: Tree, what: str, report: Report, values: dict[str, Any]) -> bool:
    meta = fields_of(cls)[name].metadata
    before = len(report)
    value = read_value(hints_of(cls)[name], tree, f"'{name}' of {what}", report, meta)
    if len(report) > before:
        return False
    values[name] = value
    return True


def read_value(kind: Any, tree: Tree, what: str, report: Report, meta: AbstractMapping[str, Any] | None = None) -> Any:
    """Read one value of a type: text, number, bool, Literal, list, dict, record, union, NodeId, Json or Tree.

    Adds an error to `report` and returns None where the tree does not fit. `meta` holds the bounds of `prop`.
    """
    meta = meta or {}
    origin = get_origin(kind)
    if kind is Tree or kind == Tree:
        return tree
    if origin in (Union, types.UnionType):
        return _union(get_args(kind), tree, what, report, meta)
    if kind is Json or kind is Any:
        return read_json(tree)
    if origin in (list, tuple):
        return _sequence(kind, tree, what, report, meta)
    if origin is dict:
        return _dict(kind, tree, what, report, meta)
    if isinstance(kind, type) and issubclass(kind, Record):
        values = read_record(kind, tree, what, report)
        return None if values is None else kind(**values)
    if not isinstance(tree, Scalar):
        got = "a list" if isinstance(tree, Sequence) else "a mapping"
        report.error("wrong-type", f"{what} takes {describe(kind)}, not {got}", tree.span)
        return None
    return _scalar(kind, tree, what, report, meta)


def _sequence(kind: Any, tree: Tree, what: str, report: Report, meta: AbstractMapping[str, Any]) -> Any:
    item = get_args(kind)[0]
    if not isinstance(tree, Sequence):
        if isinstance(tree, Mapping) and not _is_record(item):
            report.error("wrong-type", f"{what} takes a list", tree.span, "start each item with '- ' or use [a, b]")
            return None
        tree = Sequence((tree,), tree.span)  # one item may stand without its brackets
    low, high = meta.get("ge"), meta.get("le")
    if (low is not None and len(tree.items) < low) or (high is not None and len(tree.items) > high):
        report.error("out-of-bounds", f"{what} takes {_range(low, high)} items, not {len(tree.items)}", tree.span)
        return None
    inner = {key: value for key, value in meta.items() if key not in ("ge", "le")}
    read = [read_value(item, part, f"an item of {what}", report, inner) for part in tree]
    return read if get_origin(kind) is list else tuple(read)


def _dict(kind: Any, tree: Tree, what: str, report: Report, meta: AbstractMapping[str, Any]) -> Any:
    key_type, value_type = get_args(kind)
    if not isinstance(tree, Mapping):
        report.error("wrong-type", f"{what} takes a mapping of names to values", tree.span)
        return None
    values = {}
    for key, value in tree:
        name = read_value(key_type, key, f"a key of {what}", report, {"shape": True})
        values[name] = read_value(value_type, value, f"'{key.text}' in {what}", report, meta)
    return values


def _is_record(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Record)


def _union(kinds: tuple[Any, ...], tree: Tree, what: str, report: Report, meta: AbstractMapping[str, Any]) -> Any:
    if type(None) in kinds and isinstance(tree, Scalar) and tree.empty:
        return None
    kinds = tuple(kind for kind in kinds if kind is not type(None))
    tries: list[Report] = []
    for kind in kinds:
        attempt = Report()
        value = read_value(kind, tree, what, attempt, meta)
        if not len(attempt):
            return value
        tries.append(attempt)
    fitting = [attempt for kind, attempt in zip(kinds, tries, strict=True) if _same_form(kind, tree)]
    if len(fitting) == 1:
        report.extend(fitting[0])
        return None
    said = f", not '{tree.text}'" if isinstance(tree, Scalar) else ""
    choices = " or ".join(describe(kind, meta) for kind in kinds)
    words = [word for kind in kinds if get_origin(kind) is Literal for word in get_args(kind)]
    hint = did_you_mean(tree.text, words) if isinstance(tree, Scalar) else None
    report.error("wrong-type", f"{what} takes {choices}{said}", tree.span, hint)
    return None


def _same_form(kind: Any, tree: Tree) -> bool:
    if _is_record(kind) or get_origin(kind) is dict:
        return isinstance(tree, Mapping)
    if get_origin(kind) in (list, tuple):
        return isinstance(tree, Sequence)
    return isinstance(tree, Scalar)


_WHOLE = re.compile(r"-?(0|[1-9][0-9]*)")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_TRUE, _FALSE = ("true", "yes", "on"), ("false", "no", "off")


def _scalar(kind: Any, tree: Scalar, what: str, report: Report, meta: AbstractMapping[str, Any]) -> Any:
    text = tree.text
    if tree.empty and kind is not str:
        report.error("empty-value", f"{what} has no value; it takes {describe(kind, meta)}", tree.span)
        return None
    if "${" in text.replace("$${", ""):
        if kind is NodeId:
            report.error("shape-reference", f"{what} names a node, which no reference can", tree.span,
                         "write the node's id; what exists already can be a node with 'existing'")  # fmt: skip
            return None
        if meta.get("shape") or (get_origin(kind) is Literal and str in map(type, get_args(kind))):
            report.error("shape-reference", f"{what} must be a plain value, not a reference", tree.span,
                         "it is needed before CloudFormation fills references in; write the value here")  # fmt: skip
            return None
        return Expr(text, tree.span)
    if get_origin(kind) is Literal:
        return _literal(kind, tree, what, report)
    if kind is bool:
        if text.lower() in _TRUE or text.lower() in _FALSE:
            return text.lower() in _TRUE
    elif kind is int and _WHOLE.fullmatch(text):
        return _bounded(int(text), tree, what, report, meta)
    elif kind is float and _NUMBER.fullmatch(text):
        return _bounded(float(text) if "." in text or "e" in text.lower() else int(text), tree, what, report, meta)
    elif kind is str:
        return _text(text.replace("$${", "${"), tree, what, report, meta)
    elif isinstance(kind, type) and kind not in (int, float):
        parse = getattr(kind, "parse", kind)
        try:
            return parse(text)
        except ValueError as error:
            report.error("bad-value", f"{what}: {error}", tree.span)
            return None
    octal = kind is int and re.fullmatch(r"0[0-9]+", text)
    hint = "a number does not start with 0" if octal else None
    report.error("wrong-type", f"{what} takes {describe(kind, meta)}, not '{text}'", tree.span, hint)
    return None


def _literal(kind: Any, tree: Scalar, what: str, report: Report) -> Any:
    for word in get_args(kind):
        if str(word) == tree.text or (isinstance(word, bool) and str(word).lower() == tree.text):
            return word
    words = [str(word) for word in get_args(kind)]
    hint = did_you_mean(tree.text, words)
    report.error("bad-value", f"{what} is '{tree.text}'; it takes {listing(words)}", tree.span, hint)
    return None


def _text(text: str, tree: Scalar, what: str, report: Report, meta: AbstractMapping[str, Any]) -> str | None:
    pattern = meta.get("pattern")
    if pattern and not re.fullmatch(pattern, text):
        report.error("bad-value", f"{what} is '{text}', which does not fit {pattern}", tree.span, meta.get("doc"))
        return None
    return text


def _bounded(value: Any, tree: Scalar, what: str, report: Report, meta: AbstractMapping[str, Any]) -> Any:
    low, high = meta.get("ge"), meta.get("le")
    if (low is not None and value < low) or (high is not None and value > high):
        report.error("out-of-bounds", f"{what} is {tree.text}; it takes {_range(low, high)}", tree.span)
        return None
    return value


def _range(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"{low} to {high}"
    return f"at least {low}" if high is None else f"at most {high}"


def describe(kind: Any, meta: AbstractMapping[str, Any] | None = None) -> str:
    """Return a type in the words of an error message."""
    bounds = ""
    if meta and (meta.get("ge") is not None or meta.get("le") is not None):
        bounds = f" ({_range(meta.get('ge'), meta.get('le'))})"
    if get_origin(kind) is Literal:
        return listing(str(word) for word in get_args(kind))
    if get_origin(kind) in (list, tuple):
        return "a list"
    if get_origin(kind) is dict or _is_record(kind):
        return "a mapping"
    plain = {int: f"a whole number{bounds}", float: f"a number{bounds}", bool: "true or false", str: "a text",
             NodeId: "the id of a node"}  # fmt: skip
    return plain.get(kind, getattr(kind, "says", str(getattr(kind, "__name__", kind))))


def read_json(tree: Tree) -> Any:
    """Read raw data: scalars as JSON reads them (quoted or not JSON: text), `${...}` as an `Expr`."""
    if isinstance(tree, Mapping):
        return {key.text: read_json(value) for key, value in tree}
    if isinstance(tree, Sequence):
        return [read_json(item) for item in tree]
    if "${" in tree.text.replace("$${", ""):
        return Expr(tree.text, tree.span)
    if tree.quoted:
        return tree.text.replace("$${", "${")
    if tree.empty:
        return None
    if tree.text in ("true", "false"):
        return tree.text == "true"
    if _WHOLE.fullmatch(tree.text):
        return int(tree.text)
    if _NUMBER.fullmatch(tree.text):
        return float(tree.text)
    return tree.text.replace("$${", "${")
