"""Regions that stamp copies: `code: [eu-west-1, us-east-1]` writes a group out once for each."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, TypeVar

from archkit.architecture import Effect
from archkit.blueprint import Blueprint, EdgeDecl, End, NodeDecl
from archkit.diagnostics import Report
from archkit.kind import Kind
from archkit.schema import NodeId, Record, fields_of
from archkit.source import Mapping, Scalar, Sequence, Tree

__all__ = ["home_region", "localized", "own", "renamed", "stamp"]

T = TypeVar("T")


def stamp(blueprint: Blueprint, report: Report) -> list[NodeDecl]:
    """Return the nodes with every Region of several codes written out, and rewrite the blueprint's edges likewise.

    The copy of node `api` in eu-west-1 is `api-eu-west-1`. Edges within the group are copied with it; an edge that
    enters or leaves it goes to or from every copy.
    """
    copies: dict[str, list[tuple[str, str]]] = {}
    out: list[NodeDecl] = []
    for declared in blueprint.nodes:
        codes = declared.tree.get("code") if declared.tree and declared.kind.text == "region" else None
        if isinstance(codes, Sequence):
            words = [code for code in codes if isinstance(code, Scalar)]
            if declared.parent in copies:
                report.error("nested-region", "a Region that stamps copies cannot stand in another", declared.span,
                             "list all its codes in the outer one")  # fmt: skip
                continue
            copies[declared.id] = [(f"{declared.id}-{code.text}", code.text) for code in words]
            for code in words:
                assert declared.tree is not None
                entries = tuple((k, code if k.text == "code" else v) for k, v in declared.tree)
                tree = Mapping(entries, declared.tree.span)
                out.append(replace(declared, id=f"{declared.id}-{code.text}", tree=tree))
        elif declared.parent in copies:
            pairs = [(f"{declared.id}-{code}", code) for _, code in copies[declared.parent]]
            copies[declared.id] = pairs
            out += [replace(declared, id=id, parent=f"{declared.parent}-{code}") for id, code in pairs]
        else:
            out.append(declared)
    if not copies:
        return out
    blueprint.edges = [copy for edge in blueprint.edges for copy in _copies(edge, copies)]
    copied = {id: _beside(code, copies) for found in copies.values() for id, code in found}
    return [replace(declared, beside=copied[declared.id]) if declared.id in copied else declared for declared in out]


def renamed(tree: Tree, beside: dict[str, str]) -> Tree:
    """Return a tree in which `${node.attribute}` and `do: node` mean the copies beside what the tree belongs to."""
    if isinstance(tree, Mapping):
        entries = tuple((key, _named(key.text, renamed(value, beside), beside)) for key, value in tree)
        return Mapping(entries, tree.span, tree.flow)
    if isinstance(tree, Sequence):
        return Sequence(tuple(renamed(item, beside) for item in tree), tree.span)
    text = re.sub(r"(?<!\$)\$\{([^}.]+)(?=[.}])", lambda hole: f"${{{beside.get(hole[1], hole[1])}", tree.text)
    return replace(tree, text=text)


def own(tree: Mapping, beside: dict[str, str]) -> Mapping:
    """Return the mapping of a node, in which the copies beside it are meant."""
    found = renamed(tree, beside) if beside else tree
    return found if isinstance(found, Mapping) else tree


def localized(value: T, beside: dict[str, str]) -> T:
    """Return typed values in which the id of a stamped node is that of the copy beside them."""
    made: Any = value
    if isinstance(value, NodeId):
        head, dot, rest = value.partition(".")
        made = NodeId(beside.get(head, head) + dot + rest)
    elif isinstance(value, list | tuple):
        made = type(value)(localized(item, beside) for item in value)
    elif isinstance(value, dict):
        made = {key: localized(item, beside) for key, item in value.items()}
    elif isinstance(made, Record | Effect):
        old = {name: getattr(made, name) for name in fields_of(type(made))}
        made = replace(made, **{name: localized(item, beside) for name, item in old.items()})  # type: ignore[type-var]
    return made  # type: ignore[no-any-return]


def _named(key: str, value: Tree, beside: dict[str, str]) -> Tree:
    if key != "do" or not isinstance(value, Scalar):
        return value
    head, dot, rest = value.text.partition(".")
    return replace(value, text=beside.get(head, head) + dot + rest)


def _beside(code: str, copies: dict[str, list[tuple[str, str]]]) -> dict[str, str]:
    return {id: copy for id, found in copies.items() for copy, own in found if own == code}


def home_region(declared: NodeDecl, cls: type[Kind], region: str, own: str, report: Report) -> str:
    """Return the one Region that AWS has a kind in, where there is one, and tell the author; else `region`."""
    if cls.home is None or region == cls.home:
        return region
    if region != own:
        report.error("wrong-region", f"'{declared.id}' stands in {region}, but AWS has {cls.name} in {cls.home} only",
                     declared.span, f"move it out, or to a region group with 'code: {cls.home}'")  # fmt: skip
    else:
        where = f"in {region}" if region else "in the blueprint's own Region"
        report.note("moved", f"'{declared.id}' is made in {cls.home}, not {where}, because AWS demands it there",
                    declared.span)  # fmt: skip
    return cls.home


def _copies(edge: EdgeDecl, copies: dict[str, list[tuple[str, str]]]) -> list[EdgeDecl]:
    def of(end: End) -> list[tuple[End, str]]:
        head, dot, rest = end.id.partition(".")
        return [(replace(end, id=id + dot + rest), code) for id, code in copies.get(head, [])] or [(end, "")]

    found = []
    for source, here in of(edge.source):
        for target, there in of(edge.target):
            if here == there or "" in (here, there):
                beside = _beside(here or there, copies)
                body = renamed(edge.body, beside) if edge.body is not None else None
                found.append(replace(edge, source=source, target=target, body=body, beside=beside))
    return found
