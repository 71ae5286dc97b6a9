"""States of a workflow: read out of a blueprint or an ASL file, each mistake told on its line."""

from __future__ import annotations

from archkit.diagnostics import Report, Span, did_you_mean
from archkit.kind import Refusal
from archkit.kinds.stepfunctions.fields import MACHINE, NESTED, OWN, STATES, canonical
from archkit.kinds.stepfunctions.parts import Parts
from archkit.kinds.stepfunctions.paths import follow
from archkit.kinds.stepfunctions.states import Machine, State, call_of, plain
from archkit.reading import read_record
from archkit.schema import fields_of
from archkit.shared.outward import Endpoint
from archkit.source import Mapping, Scalar, Sequence, Tree

__all__ = ["read_machine"]


class Reader(Parts):
    """Reads states and gathers what is wrong with them."""

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
                    made.top[name] = plain(name, value)
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
        if name in ("Next", "Default") and isinstance(value, Scalar):
            state.goals.append((value.text, name, value.span))
        if name in ("Retry", "Catch"):
            state.fields[name] = self.errors(state, name, value)
        elif name == "Choices":
            items = value.items if isinstance(value, Sequence) else (value,)
            state.fields[name] = [self.choice(state, item, True) for item in items]
        elif name == "Branches":
            branches = [item for _, item in value] if isinstance(value, Mapping) else getattr(value, "items", ())
            state.inner += [self.machine(item) for item in branches]
        elif name in ("ItemProcessor", "Iterator"):
            state.inner.append(self.machine(value))
        elif name in NESTED:
            state.fields[name] = self.nested(name, value, state)
        elif name != "Type":
            state.fields[name] = plain(name, value)

    def out_of_place(self, state: State) -> None:
        """Report words of a blueprint that another type of state takes, or that need `do`."""
        for name, tree in state.own.items():
            kind = "Map" if name in ("states", "start", "mode", "execution") else "Task"
            if state.type != kind:
                self.wrong(f"'{name}' is for a {kind} state, and '{state.name}' is a {state.type} state", tree.span)
            elif kind == "Task" and "do" not in state.own:
                self.wrong(f"'{name}' goes with 'do'", tree.span, "do: node")

    def whole(self, state: State) -> None:
        """Check a state's fields taken together."""
        do, wait = state.own.get("do"), state.own.get("wait")
        self.out_of_place(state)
        if isinstance(do, Scalar):
            if isinstance(wait, Scalar) and wait.text not in ("token", "job"):
                self.wrong(f"'wait' is '{wait.text}'; it takes 'token' or 'job'", wait.span, code="bad-value")
            state.calls["Task"] = call_of(do, wait.text if isinstance(wait, Scalar) else None)
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


def read_machine(tree: Tree, start: Tree | None = None) -> tuple[Machine, list[Refusal]]:
    """Return the states of a workflow and what is wrong with them."""
    reader = Reader()
    made = reader.machine(tree, start)
    follow(made, reader)
    return made, reader.found
