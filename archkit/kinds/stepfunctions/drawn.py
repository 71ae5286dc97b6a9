"""States as the steps of a picture: what calls which node, which conditions and errors lead where."""

from __future__ import annotations

import re
from typing import Any

from archkit.architecture import Architecture
from archkit.kind import Expr
from archkit.kinds.stepfunctions.files import nodes_of
from archkit.kinds.stepfunctions.states import Machine, State
from archkit.shared.calls import operation
from archkit.workflow import Flow, Step, StepKind, Way

__all__ = ["flow_of"]

SIGNS = {"Equals": "=", "LessThan": "<", "GreaterThan": ">", "LessThanEquals": "<=", "GreaterThanEquals": ">=",
         "Matches": "matches"}  # fmt: skip
KINDS: dict[str, StepKind] = {
    "Task": "task", "Choice": "choice", "Parallel": "parallel", "Map": "map", "Wait": "wait", "Pass": "pass",
    "Succeed": "succeed", "Fail": "fail",
}  # fmt: skip


def flow_of(machine: Machine, world: Architecture) -> Flow:
    """Return a state machine as a flow, the first state first."""
    states = sorted(machine.states.values(), key=lambda state: state.name != machine.start)
    return Flow(tuple(_step(state, world) for state in states))


def _step(state: State, world: Architecture) -> Step:
    icon, call = _call(state, world)
    captions = [*call, *_said(state)]
    retries = [(_text(entry.get("MaxAttempts", 3)), _errors(entry)) for entry in state.fields.get("Retry", ())]
    if retries:
        most = max((count for count, _ in retries), key=lambda count: (len(count), count))
        captions.append(f"{'up to ' if len(retries) > 1 else ''}{most} {'retry' if most == '1' else 'retries'}")
    return Step(
        name=state.name,
        kind=KINDS[state.type],
        ways=tuple(_ways(state)),
        ends=bool(state.fields.get("End")) or state.type == "Succeed",
        icon=icon,
        captions=tuple(captions),
        retries="; ".join(f"retried {count} times on {errors}" for count, errors in retries) or None,
        note=_text(state.fields["Comment"]) if "Comment" in state.fields else None,
        inner=tuple(flow_of(inner, world) for inner in state.inner),
    )


def _call(state: State, world: Architecture) -> tuple[str | None, list[str]]:
    """Return the icon of the node behind a task, and what is called there."""
    if state.type != "Task":
        return None, []
    call = state.calls.get("Task")
    found = [(call.node, call.api, call.wait)] if call else [
        (mention.target, mention.options.get("operation"), mention.options.get("wait")) for mention in nodes_of(state)
    ]  # fmt: skip
    for id, api, wait in found:
        node = world.nodes.get(id)
        if node is None:
            continue
        if state.endpoint is not None:
            return node.kind.icon, [f"{state.endpoint.method} {state.endpoint.url}"]
        made = operation(type(node.kind), None) if api is None else None
        said = api or (made.api if made else "")
        waits = {"token": ["waits for a token"], "job": ["waits for the job"]}.get(wait or "", [])
        return node.kind.icon, [f"{id}.{said}" if said else id, *waits]
    return None, [_text(state.fields.get("Resource", "")).split(":states:::")[-1]]


def _said(state: State) -> list[str]:
    """Return what a state that calls nothing does, in a few words."""
    given = {name: _text(value) for name, value in state.fields.items() if isinstance(value, str | int | float | Expr)}
    said = []
    if "Seconds" in given:
        said.append(f"{given['Seconds']} second{'s' if given['Seconds'] != '1' else ''}")
    said += [f"seconds in {given[name]}" for name in ("SecondsPath",) if name in given]
    said += [f"until {given[name]}" for name in ("Timestamp", "TimestampPath") if name in given]
    said += [given[name] for name in ("Error", "ErrorPath") if name in given]
    said += [f"each of {given[name]}" for name in ("ItemsPath", "Items") if name in given]
    said += [f"{given[name]} at once" for name in ("MaxConcurrency", "MaxConcurrencyPath") if name in given]
    if state.type == "Map" and _mode(state) == "DISTRIBUTED":
        said.append("distributed")
    return said


def _mode(state: State) -> str:
    own = getattr(state.own.get("mode"), "text", "")
    told = [str(inner.top.get("ProcessorConfig", {}).get("Mode", "")) for inner in state.inner]
    return (own or "".join(told)).upper()


def _errors(entry: dict[str, Any]) -> str:
    said = entry["ErrorEquals"]
    names = [_text(name) for name in said] if isinstance(said, list) else [_text(said)]
    return "any error" if "States.ALL" in names else ", ".join(names)


def _ways(state: State) -> list[Way]:
    fields = state.fields
    ways = [Way(_text(fields["Next"]))] if "Next" in fields else []
    ways += [Way(_text(rule["Next"]), _text(rule.get("Comment") or _condition(rule))) for rule in
             fields.get("Choices", ())]  # fmt: skip
    ways += [Way(_text(fields["Default"]), "otherwise")] if "Default" in fields else []
    ways += [Way(_text(entry["Next"]), _errors(entry), error=True) for entry in fields.get("Catch", ())]
    return ways


def _condition(rule: dict[str, Any], inside: bool = False) -> str:
    """Return a choice rule in words.

    >>> _condition({"Not": {"And": [{"Variable": "$.n", "NumericLessThan": 5}, {"Variable": "$.s", "IsNull": False}]}})
    'not ($.n < 5 and $.s is not null)'
    """
    for word in ("And", "Or"):
        if word in rule:
            said = f" {word.lower()} ".join(_condition(item, True) for item in rule[word])
            return f"({said})" if inside else said
    if "Not" in rule:
        return f"not {_condition(rule['Not'], True)}"
    if "Condition" in rule:
        return _text(rule["Condition"])
    test = next((name for name in rule if name not in ("Variable", "Next", "Comment", "Assign", "Output")), "")
    variable, value = _text(rule.get("Variable", "")), _text(rule.get(test, ""))
    if test.startswith("Is"):
        return f"{variable} is {'' if value == 'true' else 'not '}{test[2:].lower()}"
    sign = re.sub("^(String|Numeric|Timestamp|Boolean)|Path$", "", test)
    return f"{variable} {SIGNS.get(sign, sign)} {value}".strip()


def _text(value: Any) -> str:
    """Return a value as text, a JSONata expression without its marks."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return re.sub(r"^\{%\s*|\s*%\}$", "", value.text if isinstance(value, Expr) else str(value))
