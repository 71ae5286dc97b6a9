"""Regions that stamp copies: `code: [eu-west-1, us-east-1]` writes a group out once for each."""

from __future__ import annotations

from dataclasses import replace

from archkit.blueprint import Blueprint, EdgeDecl, End, NodeDecl
from archkit.diagnostics import Report
from archkit.kind import Kind
from archkit.source import Mapping, Scalar, Sequence

__all__ = ["home_region", "stamp"]


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
    if copies:
        blueprint.edges = [copy for edge in blueprint.edges for copy in _copies(edge, copies)]
    return out


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

    return [
        replace(edge, source=source, target=target)
        for source, here in of(edge.source)
        for target, there in of(edge.target)
        if here == there or "" in (here, there)
    ]
