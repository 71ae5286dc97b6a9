"""Parts of states: retries, handlers, choice rules, and fields that hold fields."""

from __future__ import annotations

from typing import Any

from archkit.diagnostics import Span, did_you_mean
from archkit.kind import Refusal
from archkit.kinds.stepfunctions.fields import CATCH, CHOICE, NESTED, RETRY, canonical
from archkit.kinds.stepfunctions.states import State, call_of, plain
from archkit.reading import read_json
from archkit.source import Mapping, Scalar, Sequence, Tree

__all__ = ["Parts"]


class Parts:
    """Reads parts of states and gathers what is wrong with them."""

    def __init__(self) -> None:
        self.found: list[Refusal] = []

    def wrong(self, message: str, span: Span, help: str | None = None, code: str = "bad-state") -> None:
        """Note a mistake."""
        self.found.append(Refusal(message, help, code, span=span))

    def nested(self, name: str, tree: Tree, state: State | None = None) -> Any:
        """Read a field that holds fields of AWS, such as ItemReader; `do:` may say its resource."""
        if not isinstance(tree, Mapping):
            return read_json(tree)
        made: dict[str, Any] = {}
        for key, value in tree:
            found = canonical(key.text, NESTED[name])
            if key.text == "do" and state is not None and isinstance(value, Scalar):
                state.calls[name] = call_of(value, None)
            elif found is None:
                self.wrong(f"'{name}' has no '{key.text}'", key.span, did_you_mean(key.text, NESTED[name])
                           or f"fields: {', '.join(NESTED[name])}", "unknown-property")  # fmt: skip
            else:
                made[found] = self.nested(found, value) if found in NESTED else plain(found, value)
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
            return [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 2, "MaxAttempts": int(tree.text),
                     "BackoffRate": 2, "JitterStrategy": "FULL"}]  # fmt: skip
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
                           did_you_mean(key.text, known) or f"fields: {', '.join(known[:8])}",
                           "unknown-property")  # fmt: skip
            elif name not in inside:
                made[name] = plain(name, value)
        return made
