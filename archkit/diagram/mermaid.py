"""Mermaid flowchart text of a plan (https://mermaid.js.org/syntax/flowchart.html), as GitHub and wikis draw it.

Ids are numbers behind a letter, so that no word of Mermaid's own (`end`, `style`) can stand for a node; what Mermaid
would read as syntax inside a label is written as an entity (`#quot;`), which it shows as the character.
"""

from __future__ import annotations

from collections.abc import Iterator

from archkit.diagram.alt import describe
from archkit.diagram.icons import category_color
from archkit.diagram.items import Box, Plan, Wire
from archkit.diagram.style import readable
from archkit.diagram.text import clean

__all__ = ["write"]

_MOST = 600  # characters of one label: Mermaid refuses texts of more than 50,000 in all
_ENTITIES = {ord(char): f"#{ord(char)};" for char in '"#&;<>`\\[]{}()|*_~$%@'} | {ord('"'): "#quot;"}
_LINES = {"request": ("-->", "<-->"), "data": ("-->", "<-->"), "event": ("-.->", "<-.->"), "guard": ("-.-", "-.-")}
_DOWN = ("down", "tb", "td")


def write(plan: Plan) -> str:
    """Return a flowchart with a subgraph for each group."""
    return "\n".join(_Writer(plan).lines()) + "\n"


class _Writer:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.ids = {id: f"g{number}" for number, id in enumerate(plan.groups)}
        self.ids |= {id: f"n{number}" for number, id in enumerate(plan.boxes)}
        self.colors = list(dict.fromkeys(_color(box) for box in plan.boxes.values()))

    def lines(self) -> Iterator[str]:
        """Yield the lines of the file."""
        title = clean(self.plan.title or self.plan.name).replace('"', "'").replace("\\", "/")
        yield from ("---", f'title: "{title}"', "---")
        yield f"flowchart {'TB' if (self.plan.direction or '').lower() in _DOWN else 'LR'}"
        yield f"  accTitle: {_said(title)}"
        yield f"  accDescr: {_said(describe(self.plan))}"
        for id in self.plan.roots:
            yield from self._item(id, "  ")
        for wire in self.plan.wires:
            yield f"  {self._wire(wire)}"
        for number, color in enumerate(self.colors):
            yield f"  classDef c{number} stroke:{color},stroke-width:2px"
        for id, group in self.plan.groups.items():
            if group.children:
                dash = ",stroke-dasharray:6 4" if group.frame.dashed else ""
                yield f"  style {self.ids[id]} fill:none,stroke:{readable(group.frame.color, '#FFFFFF', 3.0)}{dash}"

    def _item(self, id: str, indent: str) -> Iterator[str]:
        group = self.plan.groups.get(id)
        if group is None:
            yield indent + self._box(id, self.plan.boxes[id])
        elif not group.children:
            yield f'{indent}{self.ids[id]}["{_label(group.title)}"]'
        else:
            yield f'{indent}subgraph {self.ids[id]}["{_label(group.title)}"]'
            if any(_nested(self.plan, wire, id) for wire in self.plan.wires):
                yield f'{indent}  {self.ids[id]}in(["{_label(group.title)}"])'
            for child in group.children:
                yield from self._item(child, indent + "  ")
            yield f"{indent}end"

    def _box(self, id: str, box: Box) -> str:
        caption = clean((box.caption or "").replace("\n", ", "))
        text = _label(box.title) + (f"<br/>{_label(caption)}" if caption else "")
        start, end = ("([", "])") if box.actor or box.shape == "mark" else ("[", "]")
        return f'{self.ids[id]}{start}"{text}"{end}:::c{self.colors.index(_color(box))}'

    def _wire(self, wire: Wire) -> str:
        line = _LINES[wire.style][wire.both]
        said = f"{wire.step}. " if wire.step is not None else ""
        label = _label(f"{said}{wire.label or ''}".strip())
        text = f'|"{label}"|' if label else ""
        return f"{self._end(wire, wire.source)} {line}{text} {self._end(wire, wire.target)}"

    def _end(self, wire: Wire, id: str) -> str:
        """Return an end of a wire; a node stands for a group that holds the other end: Mermaid takes no such wire."""
        return f"{self.ids[id]}in" if _nested(self.plan, wire, id) else self.ids[id]


def _nested(plan: Plan, wire: Wire, group: str) -> bool:
    if group not in plan.groups or group not in (wire.source, wire.target) or not plan.groups[group].children:
        return False
    other = wire.target if wire.source == group else wire.source
    return group in plan.chain(other)


def _color(box: Box) -> str:
    return readable(category_color(box.icon), "#FFFFFF", 3.0)


def _label(text: str) -> str:
    text = clean(text)
    return (text if len(text) <= _MOST else f"{text[: _MOST - 1]}…").translate(_ENTITIES)


def _said(text: str) -> str:
    """Return text for a statement that ends with its line and takes no entities."""
    return clean(text).translate(
        {ord("{"): "(", ord("}"): ")", ord(";"): ",", ord("#"): None, ord("<"): "‹", ord(">"): "›"}
    )
