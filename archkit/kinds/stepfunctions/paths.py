"""From state to state: where each goes on, and whether all are reached.

A state that says neither `next` nor `end` goes on with the state that follows it in the list, and the last one ends.
Two things are never guessed: going on from one alternative of a choice into another, and into what handles errors.
"""

from __future__ import annotations

from typing import Any

from archkit.kinds.stepfunctions.fields import GOES_ON
from archkit.kinds.stepfunctions.states import Machine, State

__all__ = ["follow"]


def follow(machine: Machine, reader: Any, seen: dict[str, State] | None = None) -> None:
    """Complete `Next` and `End`, and report names of no state, states that nothing reaches, and names used twice."""
    seen = {} if seen is None else seen
    states = list(machine.states.values())
    for state, following in zip(states, [*states[1:], None], strict=False):
        if state.name in seen:
            reader.wrong(f"the state '{state.name}' stands on line {seen[state.name].span.line} already", state.span,
                         "names of states are unique in the whole workflow")  # fmt: skip
        seen[state.name] = state
        _complete(state, following, machine, reader)
        for name, _, span in state.goals:
            if name not in machine.states:
                reader.missing(name, span, machine)
        for inner in state.inner:
            follow(inner, reader, seen)
    if not reader.found:  # what is wrong elsewhere may be the reason
        _unreached(machine, reader)


def _complete(state: State, following: State | None, machine: Machine, reader: Any) -> None:
    if state.type not in GOES_ON or "Next" in state.fields or "End" in state.fields:
        return
    if following is None:
        state.fields["End"] = True
        return
    reason = _doubt(state, following, machine)
    if reason:
        reader.wrong(f"'{state.name}' says neither 'next' nor 'end', and {reason}", state.span,
                     f"end: true, or next: {following.name}", "say-next")  # fmt: skip
    state.fields["Next"] = following.name
    state.goals.append((following.name, "Next", state.span))


def _doubt(state: State, following: State, machine: Machine) -> str | None:
    """Say why going on with the following state may not be meant."""
    for other in machine.states.values():
        if any(name == following.name and how == "Catch" for name, how, _ in other.goals):
            return f"'{following.name}', which follows, handles errors of '{other.name}'"
        ways = {name for name, how, _ in other.goals if how in ("Choices", "Default")}
        if {state.name, following.name} <= ways:
            return f"'{following.name}', which follows, is another way out of '{other.name}'"
    return None


def _unreached(machine: Machine, reader: Any) -> None:
    reached, left = set(), [machine.start]
    while left:
        state = machine.states.get(left.pop())
        if state is not None and state.name not in reached:
            reached.add(state.name)
            left += [name for name, _, _ in state.goals]
    for state in machine.states.values():
        if state.name not in reached:
            reader.wrong(f"nothing leads to the state '{state.name}'", state.span,
                         "name it in a 'next', a choice or a 'catch', or remove it", "unreachable-state")  # fmt: skip
