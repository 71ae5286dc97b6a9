"""Graphviz text of a plan (https://graphviz.org/doc/info/lang.html), for those who lay out and edit it themselves."""

from __future__ import annotations

from collections.abc import Iterator

from archkit.diagram.icons import category_color
from archkit.diagram.items import Group, Plan, Wire
from archkit.diagram.style import readable
from archkit.diagram.text import clean

__all__ = ["write"]

_STYLES = {"request": "solid", "data": "solid", "event": "dashed", "guard": "dotted"}


def write(plan: Plan) -> str:
    """Return a digraph with a cluster for each group; it names no file, so it can be drawn anywhere."""
    return "\n".join(_lines(plan)) + "\n"


def _lines(plan: Plan) -> Iterator[str]:
    down = (plan.direction or "").lower() in ("down", "tb", "td")
    yield f"digraph {_quoted(plan.name)} {{"
    yield f"  graph [label={_said(plan.title)}, labelloc=t, rankdir={'TB' if down else 'LR'}, compound=true, "
    yield '         fontname="Open Sans", nodesep=0.6, ranksep=1.0];'
    yield '  node [shape=box, style=rounded, fontname="Open Sans", fontsize=12];'
    yield '  edge [fontname="Open Sans", fontsize=11, color="#414D5C"];'
    for id in plan.roots:
        yield from _item(plan, id, "  ")
    for wire in plan.wires:
        yield f"  {_wire(plan, wire)}"
    yield "}"


def _item(plan: Plan, id: str, indent: str) -> Iterator[str]:
    group = plan.groups.get(id)
    if group is None:
        box = plan.boxes[id]
        label = _said(box.title, *(box.caption or "").split("\n"))
        color = readable(category_color(box.icon), "#FFFFFF", 3.0)
        note = f", tooltip={_said(box.note)}" if box.note else ""
        yield f'{indent}{_quoted(id)} [label={label}, color="{color}"{note}];'
        return
    yield f"{indent}subgraph {_cluster(id)} {{"
    yield from (f"{indent}  {line}" for line in _frame(group))
    if _anchored(plan, id):
        yield f'{indent}  {_quoted(id)} [shape=point, style=invis, label=""];'
    for child in group.children:
        yield from _item(plan, child, indent + "  ")
    yield f"{indent}}}"


def _frame(group: Group) -> Iterator[str]:
    color = readable(group.frame.color, "#FFFFFF", 3.0)
    yield f"label={_said(group.title)}; labeljust=l;"
    yield f'color="{color}"; fontcolor="{color}"; style={"dashed" if group.frame.dashed else "solid"};'


def _anchored(plan: Plan, group: str) -> bool:
    """Whether a point stands for a group: Graphviz draws edges between nodes only and clips them at clusters."""
    ends = {end for wire in plan.wires for end in (wire.source, wire.target)}
    return group in ends or not plan.groups[group].children


def _wire(plan: Plan, wire: Wire) -> str:
    said = f"{wire.step}. " if wire.step is not None else ""
    told = {"label": _said(f"{said}{wire.label or ''}"), "style": _STYLES[wire.style],
            "dir": "both" if wire.both else "forward", "id": _quoted(wire.id)}  # fmt: skip
    source_in, target_in = plan.chain(wire.source), plan.chain(wire.target)
    if wire.source in plan.groups and wire.source not in target_in:
        told["ltail"] = _cluster(wire.source)
    if wire.target in plan.groups and wire.target not in source_in:
        told["lhead"] = _cluster(wire.target)
    words = ", ".join(f"{name}={value}" for name, value in told.items())
    return f"{_quoted(wire.source)} -> {_quoted(wire.target)} [{words}];"


def _cluster(id: str) -> str:
    return _quoted(f"cluster_{id}")


def _said(*lines: str) -> str:
    """Return lines to be shown; Graphviz reads HTML's entities in them."""
    return _quoted(*(line.replace("&", "&amp;") for line in lines))


def _quoted(*lines: str) -> str:
    """Return lines as one quoted string in which Graphviz finds no escape sequence of its own."""
    kept = [clean(line).replace("\\", "\\\\").replace('"', '\\"') for line in lines]
    return '"' + "\\n".join(line for line in kept if line) + '"'
