"""The plan of a workflow: what one node does step by step, as boxes and wires like any other picture.

Drawn as Step Functions' own graphs are: from start to end downwards, a card for each state, what runs inside of another
state in a frame, dashed ways for errors.
"""

from __future__ import annotations

from collections.abc import Iterator

from archkit.architecture import Architecture, Node
from archkit.diagnostics import did_you_mean, listing
from archkit.diagram.plan import Badge, Box, Group, Plan, Wire
from archkit.diagram.views import NothingToDraw
from archkit.kind import Frame
from archkit.workflow import Flow, Step

__all__ = ["NoWorkflow", "find", "plan"]

_FRAME = {kind: Frame("#E7157B", dashed=True, title="center", icon=f"glyph/{kind}") for kind in ("parallel", "map")}
_LONGEST = 70  # characters of a condition; all of it stands in its tooltip


class NoWorkflow(NothingToDraw):
    """There is no workflow to draw, or it is not clear which; the message says what there is."""


def find(architecture: Architecture, name: str | None = None) -> tuple[Node, Flow]:
    """Return the node of an architecture that is a workflow, by its id where there are several."""
    found = {id: flow for id, node in architecture.nodes.items() if (flow := node.kind.workflow(architecture))}
    if name is None and len(found) == 1:
        name = next(iter(found))
    if name in found:
        return architecture[name], found[name]
    if name is not None and name not in architecture.nodes:
        raise NoWorkflow(f"there is no node '{name}'; " + (did_you_mean(name, found) or _known(found)))
    if name is not None:
        raise NoWorkflow(f"'{name}' ({architecture[name].kind.name}) is no workflow; {_known(found)}")
    if not found:
        raise NoWorkflow(f"'{architecture.name}' has no workflow, such as a state machine with states")
    raise NoWorkflow(f"'{architecture.name}' has several workflows; say which one: {listing(found)}")


def _known(found: dict[str, Flow]) -> str:
    return f"workflows: {listing(found, 'and')}" if found else "one is a state machine with states"


def plan(architecture: Architecture, name: str | None = None) -> Plan:
    """Say what is to be drawn of a workflow; raises `NoWorkflow` where there is none of that name."""
    node, flow = find(architecture, name)
    return _Planner(node).plan(architecture, flow)


class _Planner:
    """Ids are the node's id, a dot and the state's name; those of the two marks have a colon instead."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.start, self.end = f"{node.id}:start", f"{node.id}:end"
        self.boxes: dict[str, Box] = {}
        self.groups: dict[str, Group] = {}
        self.wires: list[Wire] = []

    def plan(self, architecture: Architecture, flow: Flow) -> Plan:
        """Return the plan."""
        self.boxes[self.start] = _mark(self.start, "Start")
        roots = [self.start, *self._steps(flow, None)]
        self.wires.insert(0, Wire(f"{self.start}->", self.start, self._id(flow.steps[0])))
        ends = [step for step in flow.steps if step.ends]
        if ends:
            self.boxes[self.end] = _mark(self.end, "End")
            roots.append(self.end)
            self.wires += [Wire(f"{self._id(step)}->:end", self._id(step), self.end) for step in ends]
        return Plan(
            name=f"{architecture.name}-{self.node.id}",
            title=f"{architecture.title}: {self.node.title}",
            description=self.node.note or "",
            direction="down",
            boxes=self.boxes,
            groups=self.groups,
            roots=tuple(roots),
            wires=tuple(self.wires),
        )

    def _id(self, step: Step | str) -> str:
        return f"{self.node.id}.{step if isinstance(step, str) else step.name}"

    def _steps(self, flow: Flow, parent: str | None) -> list[str]:
        """Add all steps of a flow and the ways between them; return their ids."""
        for step in flow.steps:
            if step.inner:
                self._group(step, parent)
            else:
                self._card(step, parent)
            self.wires += self._ways(step)
        return [self._id(step) for step in flow.steps]

    def _group(self, step: Step, parent: str | None) -> None:
        id, about = self._id(step), [_short(caption, 36) for caption in step.captions]
        title = f"{step.name} ({', '.join(about)})" if about else step.name
        note = "; ".join(said for said in (step.note, *step.captions, step.retries) if said) or None
        empty = Group(id, title, step.kind, _FRAME[step.kind], parent, (), note)
        self.groups[id] = empty  # those around stand before those inside
        inside = [child for flow in step.inner for child in self._steps(flow, id)]
        self.groups[id] = Group(id, title, step.kind, _FRAME[step.kind], parent, tuple(inside), note, abreast=True)

    def _card(self, step: Step, parent: str | None) -> None:
        id = self._id(step)
        badges = (Badge("glyph/retry", step.retries),) if step.retries else ()
        self.boxes[id] = Box(id, step.name, step.kind, step.icon or f"glyph/{step.kind}", parent,
                             "\n".join(step.captions) or None, step.note, badges=badges, shape="card")  # fmt: skip

    def _ways(self, step: Step) -> Iterator[Wire]:
        """Yield a wire for each state that a step leads to, one for errors beside it; both say all reasons."""
        for error in (False, True):
            reasons: dict[str, list[str | None]] = {}
            for way in step.ways:
                if way.error == error:
                    reasons.setdefault(way.target, []).append(way.when)
            for target, said in reasons.items():
                words = (", " if error else " or ").join(word for word in said if word)
                id = f"{self._id(step)}->{target}{'!' if error else ''}"
                label, note = (_short(words), words if _short(words) != words else None) if words else (None, None)
                yield Wire(id, self._id(step), self._id(target), "event" if error else "request", label,
                           note=note, aside=error)  # fmt: skip


def _short(words: str, longest: int = _LONGEST) -> str:
    return words if len(words) <= longest else f"{words[: longest - 3].rstrip()}..."


def _mark(id: str, title: str) -> Box:
    return Box(id, title, title.lower(), "glyph/task", None, shape="mark")
