"""The picture in words: what stands where and what leads where, for those who cannot see it and for search."""

from __future__ import annotations

from archkit.diagram.plan import Plan, Wire
from archkit.diagram.text import clean

__all__ = ["describe"]

_MOST = 60  # more sentences than this help nobody


def describe(plan: Plan) -> str:
    """Return the description of a plan in plain sentences."""
    names = {id: clean(box.title) for id, box in plan.boxes.items()}
    names |= {id: clean(group.title) for id, group in plan.groups.items()}
    sentences = [clean(plan.description).rstrip(".") + "."] if clean(plan.description) else []
    outside = [names[id] for id in plan.roots if id in plan.boxes]
    if outside:
        sentences.append(f"Outside stand {_list(outside)}.")
    for id, group in plan.groups.items():
        inside = [names[child] for child in group.children]
        sentences.append(f"{names[id]} holds {_list(inside) if inside else 'nothing'}.")
    sentences += [_sentence(wire, names) for wire in plan.wires]
    if len(sentences) > _MOST:
        sentences = [*sentences[:_MOST], f"{len(sentences) - _MOST} more are not told."]
    return " ".join(sentences)


def _sentence(wire: Wire, names: dict[str, str]) -> str:
    step = f"Step {wire.step}: " if wire.step is not None else ""
    verb = "and" if wire.both else "to"
    label = f" ({clean(wire.label)})" if wire.label else ""
    return f"{step}{names[wire.source]} {verb} {names[wire.target]}{label}."


def _list(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
