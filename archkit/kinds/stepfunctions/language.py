"""States of a workflow: read out of a blueprint or an ASL file, each mistake told on its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from archkit.diagnostics import Report, Span, did_you_mean
from archkit.kind import Refusal
from archkit.kinds.stepfunctions.fields import (
    CATCH, CHOICE, MACHINE, NESTED, OWN, RETRY, STATES, TEXT, canonical,
)  # fmt: skip
from archkit.outward import Endpoint
from archkit.schema import fields_of, read_json, read_record
from archkit.source import Mapping, Scalar, Sequence, Tree

__all__ = ["Call", "Machine", "State", "read_machine"]


@dataclass(frozen=True)
class Call:
    """What `do: node.Operation` says."""

    node: str
    api: str | None
    wait: str | None
    span: Span


@dataclass
class State:
    """One state: its type, its fields as AWS spells them, the call behind it, and the machines inside it."""

    name: str
    type: str
    span: Span
    fields: dict[str, Any] = field(default_factory=dict)
    own: dict[str, Tree] = field(default_factory=dict)
    places: dict[str, Span] = field(default_factory=dict)
    calls: dict[str, Call] = field(default_factory=dict)
    endpoint: Endpoint | None = None
    inner: list[Machine] = field(default_factory=list)
    goals: list[tuple[str, str, Span]] = field(default_factory=list)


@dataclass
class Machine:
    """States beside one another; `start` is the first."""

    states: dict[str, State] = field(default_factory=dict)
    start: str = ""
    top: dict[str, Any] = field(default_factory=dict)
    span: Span | None = None

    def walk(self) -> Iterator[State]:
        """Yield every state, those inside others included."""
        for state in self.states.values():
            yield state
            for inner in state.inner:
                yield from inner.walk()


class Reader:
    """Reads states and gathers what is wrong with them."""

    def __init__(self) -> None:
        self.found: list[Refusal] = []

    def wrong(self, message: str, span: Span, help: str | None = None, code: str = "bad-state") -> None:
        self.found.append(Refusal(message, help, code, span=span))

    def machine(self, tree: Tree, start: Tree | None = None) -> Machine:
        """Read a machine: a mapping of states, or one with StartAt and States around it."""
        if not isinstance(tree, Mapping):
            self.wrong("states are a mapping of names to states", tree.span)
            return Machine(span=tree.span)
        made = Machine(span=tree.span)
        inner = next((value for key, value in tree if canonical(key.text, ("States",))), None)
        if isinstance(inner, Mapping) and all(canonical(key.text, (*MACHINE, "Start")) for key, _ in tree):
            for key, value in tree:
                name = canonical(key.text, (*MACHINE, "Start")) or ""
                if name in ("StartAt", "Start"):
                    start = value
                elif name == "ProcessorConfig":
                    made.top[name] = self.nested(name, value)
                elif name != "States":
                    made.top[name] = _plain(name, value)
            tree = inner
        for key, value in tree:
            made.states[key.text] = self.state(key, value)
        if not made.states:
            self.wrong("there are no states", tree.span)
            return made
        made.start = start.text if isinstance(start, Scalar) else next(iter(made.states))
        if made.start not in made.states and isinstance(start, Scalar):
            self.missing(made.start, start.span, made)
        return made

    def missing(self, name: str, span: Span, made: Machine) -> None:
        """Report a name that no state beside has."""
        self.wrong(f"there is no state '{name}' here", span,
                   did_you_mean(name, made.states) or f"states: {', '.join(made.states)}", "unknown-state")  # fmt: skip

    def state(self, key: Scalar, tree: Tree) -> State:
        if len(key.text) > 80:
            self.wrong(f"the name of a state has at most 80 characters, not {len(key.text)}", key.span)
        if isinstance(tree, Scalar) and not tree.empty:  # `done: succeed`
            tree = Mapping(((Scalar("type", tree.span), tree),), tree.span)
        if not isinstance(tree, Mapping):
            self.wrong(f"the state '{key.text}' takes a mapping, or a type such as 'succeed'", tree.span)
            return State(key.text, "Pass", key.span)
        state = State(key.text, self.type_of(key, tree), key.span)
        known = STATES[state.type]
        for name, value in tree:
            self.one(state, known, name, value)
        self.whole(state)
        return state

    def endpoint(self, state: State) -> None:
        """Read what an HTTP task calls."""
        mine = {name: tree for name, tree in state.own.items() if name in fields_of(Endpoint)}
        if "url" not in mine:
            return
        report = Report()
        entries = tuple((Scalar(name, tree.span), tree) for name, tree in mine.items())
        values = read_record(Endpoint, Mapping(entries, state.span), f"the state '{state.name}'", report)
        self.found += [Refusal(found.message, found.help, found.code, span=found.span) for found in report]
        if values is None:
            return
        state.endpoint = Endpoint(**values)
        lacks = state.endpoint.lacks()
        if lacks is not None:
            self.wrong(lacks.message, state.places.get(lacks.option or "url", state.span), lacks.help, lacks.code)

    def type_of(self, key: Scalar, tree: Mapping) -> str:
        said = next((value for name, value in tree if canonical(name.text, ("Type",))), None)
        if isinstance(said, Scalar):
            found = canonical(said.text, STATES)
            if found is None:
                self.wrong(f"'{said.text}' is not a type of state", said.span,
                           did_you_mean(said.text, STATES) or f"types: {', '.join(STATES)}")  # fmt: skip
            return found or "Pass"
        names = {canonical(name.text, (*SIGNS, "States")) or name.text for name in tree_names(tree)}
        found = next((kind for sign, kind in SIGNS.items() if sign in names), None)
        if found is None and "States" in names:
            found = "Map"
        if found is None:
            self.wrong(f"the state '{key.text}' has no type", key.span,
                       f"type: {', '.join(name.lower() for name in STATES)}; 'do: node' makes it a task")  # fmt: skip
        return found or "Pass"

    def one(self, state: State, known: tuple[str, ...], key: Scalar, value: Tree) -> None:
        """Read one field of a state."""
        name = canonical(key.text, known)
        if name is None and key.text in OWN:
            state.own[key.text] = value
            state.places[key.text] = value.span
            return
        if name is None:
            words = [*known, *OWN]
            self.wrong(f"a {state.type} state has no '{key.text}'", key.span,
                       did_you_mean(key.text, words) or f"fields: {', '.join(known)}", "unknown-property")  # fmt: skip
            return
        state.places[name] = value.span
        if name in ("Next", "Default"):
            if isinstance(value, Scalar):
                state.goals.append((value.text, name, value.span))
        if name in ("Retry", "Catch"):
            state.fields[name] = self.errors(state, name, value)
        elif name == "Choices":
            items = value.items if isinstance(value, Sequence) else (value,)
            state.fields[name] = [self.choice(state, item, True) for item in items]
        elif name == "Branches":
            items = (
                value.items
                if isinstance(value, Sequence)
                else tuple(v for _, v in value)
                if isinstance(value, Mapping)
                else ()
            )
            state.inner += [self.machine(item) for item in items]
        elif name in ("ItemProcessor", "Iterator"):
            state.inner.append(self.machine(value))
        elif name in NESTED:
            state.fields[name] = self.nested(name, value, state)
        elif name != "Type":
            state.fields[name] = _plain(name, value)

    def nested(self, name: str, tree: Tree, state: State | None = None) -> Any:
        """Read a field that holds fields of AWS, such as ItemReader; `do:` may say its resource."""
        if not isinstance(tree, Mapping):
            return read_json(tree)
        made: dict[str, Any] = {}
        for key, value in tree:
            found = canonical(key.text, NESTED[name])
            if key.text == "do" and state is not None and isinstance(value, Scalar):
                state.calls[name] = _call(value, None)
            elif found is None:
                self.wrong(f"'{name}' has no '{key.text}'", key.span, did_you_mean(key.text, NESTED[name])
                           or f"fields: {', '.join(NESTED[name])}", "unknown-property")  # fmt: skip
            else:
                made[found] = self.nested(found, value) if found in NESTED else _plain(found, value)
        return made

    def errors(self, state: State, name: str, tree: Tree) -> list[Any]:
        """Read Retry and Catch; `retry: 3` and `catch: handler` stand for every error."""
        if isinstance(tree, Scalar):
            if name == "Catch":
                state.goals.append((tree.text, name, tree.span))
                return [{"ErrorEquals": ["States.ALL"], "Next": tree.text}]
            if not tree.text.isdigit():
                self.wrong(f"'retry' is '{tree.text}'; it takes a number of attempts, or a list", tree.span)
                return []
            return [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 2, "MaxAttempts": int(tree.text), "BackoffRate": 2,
                     "JitterStrategy": "FULL"}]  # fmt: skip
        known, made = (RETRY if name == "Retry" else CATCH), []
        for item in tree.items if isinstance(tree, Sequence) else (tree,):
            entry = self.record(item, known, name.lower())
            if isinstance(entry.get("ErrorEquals"), str):
                entry["ErrorEquals"] = [entry["ErrorEquals"]]
            entry.setdefault("ErrorEquals", ["States.ALL"])
            if name == "Catch":
                self.goal(state, item, name)
            made.append(entry)
        return made

    def choice(self, state: State, tree: Tree, top: bool) -> Any:
        """Read a choice rule, those inside And, Or and Not included."""
        made = self.record(tree, CHOICE, "choice", inside=("And", "Or", "Not"))
        if isinstance(tree, Mapping):
            for key, value in tree:
                name = canonical(key.text, ("And", "Or", "Not"))
                if name == "Not":
                    made[name] = self.choice(state, value, False)
                elif name:
                    made[name] = (
                        [self.choice(state, item, False) for item in value] if isinstance(value, Sequence) else []
                    )
        if top:
            self.goal(state, tree, "Choices")
        return made

    def goal(self, state: State, tree: Tree, name: str) -> None:
        """Note where a choice or a handler goes on."""
        found = next((v for k, v in tree if canonical(k.text, ("Next",))), None) if isinstance(tree, Mapping) else None
        if isinstance(found, Scalar):
            state.goals.append((found.text, name, found.span))
        else:
            self.wrong(f"this {'choice' if name == 'Choices' else 'handler'} does not say where to go on", tree.span,
                       "next: name of a state")  # fmt: skip

    def record(self, tree: Tree, known: tuple[str, ...], what: str, inside: tuple[str, ...] = ()) -> dict[str, Any]:
        if not isinstance(tree, Mapping):
            self.wrong(f"a {what} takes a mapping", tree.span, f"fields: {', '.join(known[:8])}")
            return {}
        made = {}
        for key, value in tree:
            name = canonical(key.text, known)
            if name is None:
                self.wrong(f"a {what} has no '{key.text}'", key.span,
                           did_you_mean(key.text, known) or f"fields: {', '.join(known[:8])}", "unknown-property")  # fmt: skip
            elif name not in inside:
                made[name] = _plain(name, value)
        return made

    def whole(self, state: State) -> None:
        """Check a state's fields taken together."""
        do = state.own.get("do")
        wait = state.own.get("wait")
        if isinstance(do, Scalar):
            if isinstance(wait, Scalar) and wait.text not in ("token", "job"):
                self.wrong(f"'wait' is '{wait.text}'; it takes 'token' or 'job'", wait.span, code="bad-value")
            state.calls["Task"] = _call(do, wait.text if isinstance(wait, Scalar) else None)
            self.endpoint(state)
        elif state.type == "Task" and "Resource" not in state.fields:
            self.wrong(f"the task '{state.name}' does nothing", state.span, "do: node, or do: node.Operation")
        if "states" in state.own:
            state.inner.append(self.machine(state.own["states"], state.own.get("start")))
        for kind, name in (("Choice", "Choices"), ("Parallel", "Branches"), ("Map", "ItemProcessor")):
            if state.type == kind and not state.inner and name not in state.fields:
                word = {"Choices": "choices", "Branches": "branches", "ItemProcessor": "states"}[name]
                self.wrong(f"the {kind} state '{state.name}' has no {word}", state.span, f"{word}: ...")
        times = [name for name in ("Seconds", "SecondsPath", "Timestamp", "TimestampPath") if name in state.fields]
        if state.type == "Wait" and len(times) != 1:
            self.wrong(f"the Wait state '{state.name}' needs one time, not {len(times)}", state.span, "seconds: 30")
        if "Next" in state.fields and state.fields.get("End"):
            self.wrong(f"'{state.name}' cannot both go on and end", state.places["End"], "keep 'next' or 'end'")
        if state.fields.get("End") is False:
            del state.fields["End"]


SIGNS = {"do": "Task", "Resource": "Task", "Choices": "Choice", "Branches": "Parallel", "ItemProcessor": "Map",
         "Iterator": "Map", "Seconds": "Wait", "SecondsPath": "Wait", "Timestamp": "Wait", "TimestampPath": "Wait",
         "Result": "Pass", "Error": "Fail", "Cause": "Fail"}  # fmt: skip
"""Fields that tell the type of a state which does not say it."""


def tree_names(tree: Mapping) -> list[Scalar]:
    """Return the keys of a mapping."""
    return [key for key, _ in tree]


def _call(do: Scalar, wait: str | None) -> Call:
    """Split `node.Operation`: an operation has a capital letter, the id of a helper node has none."""
    node, _, last = do.text.rpartition(".")
    if node and re.search("[A-Z]", last):
        return Call(node, last[:1].upper() + last[1:], wait, do.span)
    return Call(do.text, None, wait, do.span)


def _plain(name: str, tree: Tree) -> Any:
    """Read a value; what AWS wants as text stays text."""
    if name in TEXT and isinstance(tree, Scalar) and not tree.empty and "${" not in tree.text:
        return tree.text
    if name in TEXT and isinstance(tree, Sequence):
        return [_plain(name, item) for item in tree]
    return read_json(tree)


def read_machine(tree: Tree, start: Tree | None = None) -> tuple[Machine, list[Refusal]]:
    """Return the states of a workflow and what is wrong with them."""
    from archkit.kinds.stepfunctions.paths import follow

    reader = Reader()
    made = reader.machine(tree, start)
    follow(made, reader)
    return made, reader.found
