"""States as the definition that goes into a template, with a reference for each node behind them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archkit.kind import Expr
from archkit.kinds.stepfunctions.integrations import HTTP, handed, resource
from archkit.kinds.stepfunctions.states import Call, Machine, State
from archkit.scope import Scope
from archkit.shared.calls import address, merged, operation
from archkit.values import template

__all__ = ["expressions", "whole", "write"]

OTHER = {"Parameters": "Arguments", "Arguments": "Parameters"}
"""Names of one thing in the two query languages; with `do:` either is read."""
PARTITIONED = "arn:${AWS::Partition}:states:::"


def write(machine: Machine, scope: Scope, jsonata: bool) -> dict[str, Any]:
    """Return the definition of a state machine."""
    top = {"QueryLanguage": "JSONata"} if jsonata else {}
    return {**top, **_Writer(scope, jsonata).machine(machine)}


class _Writer:
    def __init__(self, scope: Scope, jsonata: bool) -> None:
        self.scope = scope
        self.jsonata = jsonata

    def machine(self, machine: Machine) -> dict[str, Any]:
        states = {name: self.state(state) for name, state in machine.states.items()}
        return {**self.filled(machine.top), "StartAt": machine.start, "States": states}

    def state(self, state: State) -> dict[str, Any]:
        made: dict[str, Any] = {"Type": state.type}
        call = state.calls.get("Task")
        jsonata = state.fields.get("QueryLanguage", "JSONata" if self.jsonata else "JSONPath") == "JSONata"
        if call is not None:
            made |= self.task(state, call, jsonata)
        for name, value in state.fields.items():
            if name not in made and not (call is not None and name in OTHER):
                made[name] = self.filled(value)
        if isinstance(made.get("Resource"), str):  # written with the partition of most Regions
            made["Resource"] = template(made["Resource"].replace("arn:aws:states:::", PARTITIONED, 1), str)
        for name, call in state.calls.items():
            if name != "Task":
                made[name] = {**self.reader(call, jsonata, made.get(name) or {})}
        if state.type == "Parallel":
            made["Branches"] = [self.machine(inner) for inner in state.inner]
        elif state.inner:
            made["ItemProcessor"] = self.processor(state)
        return made

    def processor(self, state: State) -> dict[str, Any]:
        made = self.machine(state.inner[0])
        said = {name: tree.text.upper() for name in ("mode", "execution")
                if (tree := state.own.get(name)) is not None and hasattr(tree, "text")}  # fmt: skip
        config = made.pop("ProcessorConfig", None) or {"Mode": said.get("mode", "INLINE")}
        if config["Mode"] == "DISTRIBUTED":
            config.setdefault("ExecutionType", said.get("execution", "STANDARD"))
        return {"ProcessorConfig": config, **made}

    def task(self, state: State, call: Call, jsonata: bool) -> dict[str, Any]:
        """Return the fields that `do:` stands for, the author's parameters laid over them."""
        target = self.scope.of(call.node)
        assert target is not None
        word = "Arguments" if jsonata else "Parameters"
        said = self.filled(state.fields.get(word) or state.fields.get(OTHER[word]) or {})
        if state.endpoint is not None:
            return self.request(state, target, said, word, jsonata)
        made = operation(type(target.node.kind), call.api)
        assert made is not None
        about = (state.name, self.scope.architecture.name)
        given = handed(made.service, made.api, jsonata, call.wait == "token", said, about)
        ours = merged(address(target, made), given)
        if getattr(target.kind, "fifo", False) and made.service in ("sqs", "sns"):
            ours |= {"MessageGroupId": "{% $states.context.Execution.Id %}"} if jsonata else {
                "MessageGroupId.$": "$$.Execution.Id"}  # fmt: skip
        fields = {"Resource": resource(made, call.wait), word: merged(ours, said) if isinstance(said, dict) else said}
        if (made.service, made.api) == ("lambda", "Invoke") and call.wait is None:
            fields |= _result(state, jsonata)
        return fields

    def request(self, state: State, target: Scope, said: Any, word: str, jsonata: bool) -> dict[str, Any]:
        endpoint = state.endpoint
        assert endpoint is not None
        held = self.scope.get(f"{target.id}Connection")
        assert held is not None
        ours = {"ApiEndpoint": self.filled(endpoint.url), "Method": endpoint.method,
                "Authentication": {"ConnectionArn": held.att("Arn")}}  # fmt: skip
        if endpoint.method in ("POST", "PUT", "PATCH"):
            ours |= handed("http", "Invoke", jsonata, False, said, ("", ""))
        return {"Resource": HTTP, word: merged(ours, said)}

    def reader(self, call: Call, jsonata: bool, said: dict[str, Any]) -> dict[str, Any]:
        """Return the resource of an ItemReader or ResultWriter."""
        target = self.scope.of(call.node)
        assert target is not None
        made = operation(type(target.node.kind), call.api)
        assert made is not None
        word = "Arguments" if jsonata else "Parameters"
        name = template(f"{PARTITIONED}{made.service}:{made.api[:1].lower()}{made.api[1:]}", str)
        return {"Resource": name, **said, word: merged(address(target, made), said.get(word) or {})}

    def filled(self, value: Any) -> Any:
        """Fill `${node}`, `${node.attribute}` and `${Parameter}`."""
        if isinstance(value, Expr):
            return template(value.text, lambda name: self.hole(name, value))
        if isinstance(value, dict):
            return {key: self.named(key, item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.filled(item) for item in value]
        return value

    def named(self, key: str, value: Any) -> Any:
        """Fill a parameter; a whole `${node}` becomes what AWS wants under that name: a URL, a name or an ARN."""
        if isinstance(value, Expr) and (node := whole(value)) is not None:
            target = self.scope.of(node)
            for made in type(target.node.kind).operations.values() if target is not None else ():
                if isinstance(made.parameters.get(key), str):
                    assert target is not None
                    return target.fill(made.parameters[key])
        return self.filled(value)

    def hole(self, name: str, value: Expr) -> Any:
        target = self.scope.of(name.strip())
        return target.attribute("arn") if target is not None else self.scope.filled(Expr("${" + name + "}", value.span))


def whole(value: Expr) -> str | None:
    """Return the name in a text that is one hole and nothing else."""
    text = value.text.strip()
    return text[2:-1].strip() if text.startswith("${") and text.find("}") == len(text) - 1 else None


def _result(state: State, jsonata: bool) -> dict[str, Any]:
    """A function's own result goes on, without the envelope of the integration, unless the author says what does."""
    if jsonata:
        return {} if state.fields.keys() & {"Output", "Assign"} else {"Output": "{% $states.result.Payload %}"}
    own = state.fields.keys() & {"OutputPath", "ResultPath", "ResultSelector"}
    return {} if own else {"OutputPath": "$.Payload"}


def expressions(value: Any) -> Iterator[Expr]:
    """Yield every `${...}` in the fields of states."""
    if isinstance(value, Machine):
        for state in value.walk():
            yield from expressions(state.fields)
    elif isinstance(value, Expr):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from expressions(item)
    elif isinstance(value, list):
        for item in value:
            yield from expressions(item)
