"""State machines: workflows of states with nodes behind them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from archkit import cfn
from archkit.architecture import Architecture, Node
from archkit.diagnostics import did_you_mean, listing
from archkit.kind import Admits, Expr, External, Grant, Helper, Kind, Mention, Metric, NodeId, Operation, Refusal, prop
from archkit.kinds.stepfunctions.definition import expressions, write
from archkit.kinds.stepfunctions.drawn import flow_of
from archkit.kinds.stepfunctions.files import named_nodes, read_file
from archkit.kinds.stepfunctions.integrations import resource
from archkit.kinds.stepfunctions.language import read_machine
from archkit.kinds.stepfunctions.states import Call, Machine, State
from archkit.kinds.stepfunctions.tasks import Do, Request
from archkit.schema import fields_of
from archkit.scope import Scope, Statement
from archkit.shared.calls import operation, service_of
from archkit.shared.retention import Days
from archkit.source import Scalar, Tree
from archkit.values import Sub, account, json_text
from archkit.workflow import Flow

ARN = "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:"
LOG_DELIVERY = ("logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery",
                "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies",
                "logs:DescribeLogGroups")  # fmt: skip
"""Log delivery has no resource types in IAM, so these stand on `*`
(https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html)."""
TRACES = ("xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets")
KEY = ("kms:Decrypt", "kms:GenerateDataKey")
RUN = "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:execution:${name}:*"


class StateMachine(Kind, name="stepfunctions.state_machine", icon="aws/integration/step-functions",
                   service="AWS Step Functions",
                   types=("AWS::StepFunctions::StateMachine", "AWS::IAM::Role", "AWS::Logs::LogGroup",
                          "AWS::Events::Connection")):  # fmt: skip
    """State machine: a workflow of states, each of which calls a node, decides, waits or repeats.

    `states:` is Amazon States Language in YAML, its fields as AWS spells them or in snake_case. `do: charge` calls a
    node in its usual way, `do: stock.UpdateItem` by any API call of its service; the role gets the right to exactly
    that call. The first state starts unless `start` names another. A state without `next` and `end` goes on with the
    one that follows it, the last one ends; where the following one handles errors or is another way out of a choice, it
    must be said. `retry: 3` and `catch: handler` stand for every error.
    """

    type: Literal["standard", "express"] = prop("standard", "Standard (up to a year, each step once) or express.")
    states: Tree = prop(None, "States by name, in Amazon States Language, with `do: node.Operation` for tasks.")
    definition: Tree = prop(None, "File in Amazon States Language beside the blueprint, with ${node} for nodes.")
    start: str | None = prop(None, "Name of the first state (default: the one written first).", shape=True)
    query: Literal["jsonpath", "jsonata"] = prop("jsonpath", "Query language of the states.", shape=True)
    timeout: int | None = prop(None, "Seconds after which an execution fails.", ge=1, le=99_999_999)
    level: Literal["off", "error", "fatal", "all"] = prop("error", "Which events of executions are logged.", shape=True)
    data: bool = prop(False, "Log the input and output of states too.")
    logs: Days = prop(30, "Days that log lines are kept.")
    tracing: bool = prop(False, "X-Ray tracing.")
    key: NodeId | None = prop(None, "Key that encrypts definition, history and logs.", slot="key", to="kms.key")
    role: NodeId | None = prop(None, "A role of the blueprint, instead of one of its own.", slot="role", to="iam.role")

    principal = "states.amazonaws.com"
    grantee = True
    named = ("StateMachineName", 80)
    attributes = {"arn": ARN + "stateMachine:${@}", "name": "${@}", "traced": "${@}"}
    address = "${arn}"
    external = External(("arn",))
    grants = {
        "start": Grant("states:StartExecution", key=KEY, usual=True),
        "start_sync": Grant("states:StartSyncExecution", key=KEY),
        "describe": Grant("states:DescribeExecution", "states:GetExecutionHistory", on=RUN, key=("kms:Decrypt",)),
        "stop": Grant("states:StopExecution", on=RUN, key=KEY),
        "redrive": Grant("states:RedriveExecution", on=RUN, key=KEY),
        "list": Grant("states:ListExecutions"),
        "report": Grant("states:SendTaskSuccess", "states:SendTaskFailure", "states:SendTaskHeartbeat", key=KEY,
                        wildcard="IAM knows no resource for the token of a task"),
    }  # fmt: skip
    admits = Admits("states", "states:StartExecution", "start")
    joins = (Do, Request)
    operations = {
        "StartExecution": Operation("states", "StartExecution", {"StateMachineArn": "${arn}"}, key=KEY, usual=True),
        "StartSyncExecution": Operation("states", "StartSyncExecution", {"StateMachineArn": "${arn}"}, key=KEY),
    }
    metrics = {
        name: Metric("AWS/States", metric, {"StateMachineArn": "${arn}"}, statistic)
        for name, metric, statistic in (
            ("failed", "ExecutionsFailed", "Sum"), ("timed-out", "ExecutionsTimedOut", "Sum"),
            ("started", "ExecutionsStarted", "Sum"), ("succeeded", "ExecutionsSucceeded", "Sum"),
            ("aborted", "ExecutionsAborted", "Sum"),
            ("throttled", "ExecutionThrottled", "Sum"), ("duration", "ExecutionTime", "Maximum"),
        )
    }  # fmt: skip
    strict = {"tracing": True, "logs": 365}
    example = "{states: {hello: {type: pass, result: {hello: world}}, pause: {seconds: 5}, done: succeed}}"

    def caption(self) -> str | None:
        return "express" if self.type == "express" else None

    def helpers(self) -> Mapping[str, Helper]:
        if self.level == "off":
            return {}
        same = {"key": self.key} if self.key else {}
        return {"logs": Helper("logs.group", {"logs": self.logs, "prefix": "/aws/vendedlogs/states/", **same})}

    def machine(self) -> tuple[Machine | None, list[Refusal]]:
        """Return the states, from the blueprint or the file, and what is wrong with them."""
        states: Tree | None = self.states
        file: Tree | None = self.definition
        if states is not None:
            return read_machine(states, self._start())
        if file is None:
            return None, []
        tree, found = read_file(file)
        if tree is None:
            return None, found
        made, more = read_machine(tree, self._start())
        return made, [*found, *more]

    def _start(self) -> Any:
        return Scalar(self.start, (self.states or self.definition).span) if self.start else None

    def jsonata(self, machine: Machine) -> bool:
        """Say whether JSONata is the query language of all states."""
        return self.query == "jsonata" or machine.top.get("QueryLanguage") == "JSONata"

    def mentions(self) -> Iterable[Mention]:
        machine, _ = self.machine()
        for state in machine.walk() if machine else ():
            for call in state.calls.values():
                if state.endpoint is not None and call is state.calls.get("Task"):
                    options = {name: getattr(state.endpoint, name) for name in fields_of(type(state.endpoint))}
                    yield Mention(call.node, "request", call.span, options)
                else:
                    yield Mention(call.node, "call", call.span, {"operation": call.api, "wait": call.wait})
        yield from named_nodes(machine) if machine else ()

    def workflow(self, world: Architecture) -> Flow | None:
        machine, _ = self.machine()
        return flow_of(machine, world) if machine else None

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        given = [name for name in ("states", "definition") if getattr(self, name) is not None]
        if len(given) != 1:
            help = "states: {hello: {type: pass}}"
            return [Refusal("a state machine has either 'states' or a 'definition' file", help, "missing-property",
                            "definition" if given else None)]  # fmt: skip
        machine, found = self.machine()
        if machine is None:
            return found
        for state in machine.walk():
            found += self._check_state(state, machine, world)
        for value in expressions(machine):
            found += _check_names(value, world)
        if self.type == "standard":
            for edge, effect in world.effects("start_sync"):
                if edge.target == node.id and effect.grant:
                    found.append(Refusal("only an express workflow can be started and waited for in one call",
                                         "type: express, or does: start", "cannot-join", span=edge.span))  # fmt: skip
        return found

    def _check_state(self, state: State, machine: Machine, world: Architecture) -> list[Refusal]:
        found: list[Refusal] = []
        if self.jsonata(machine) and "QueryLanguage" not in state.fields:
            for name in ("InputPath", "OutputPath", "Parameters", "ResultPath", "ResultSelector"):
                if name in state.fields and not (name == "Parameters" and "Task" in state.calls):
                    message = f"'{name}' is JSONPath's; the query language here is JSONata"
                    found.append(Refusal(message, "use 'arguments' and 'output'", "bad-state", span=state.places[name]))
        mode = state.own.get("mode")
        if self.type == "express" and mode is not None and getattr(mode, "text", "").lower() == "distributed":
            message = "an express workflow has no distributed map"
            found.append(Refusal(message, "type: standard", "bad-state", span=mode.span))
        for call in state.calls.values():
            target = world.nodes.get(call.node)
            if target is not None:
                found += self._check_call(call, state, target)
        return found

    def _check_call(self, call: Call, state: State, target: Node) -> list[Refusal]:
        kind = type(target.kind)
        if target.kind.admits is not None and target.kind.admits.protocol == "http":
            if state.endpoint is None and "url" not in state.own:
                return [Refusal(f"the state '{state.name}' does not say what it calls", "url: https://...",
                                "missing-property", span=call.span)]  # fmt: skip
            return []
        made = operation(kind, call.api)
        known = listing(kind.operations) or "none of its own"
        if made is None and call.api is None:
            return [Refusal(f"{kind.name} can be called in many ways; say which",
                            f"do: {call.node}.Operation; usual calls: {known}", "unknown-operation",
                            span=call.span)]  # fmt: skip
        if made is None:
            return [Refusal(f"AWS knows no call '{call.api}' of {service_of(kind) or kind.name}",
                            did_you_mean(call.api or "", kind.operations) or f"usual calls: {known}",
                            "unknown-operation", span=call.span)]  # fmt: skip
        if call.wait and self.type == "express":
            return [
                Refusal(
                    f"an express workflow cannot wait for a {call.wait}", "type: standard", "bad-state", span=call.span
                )
            ]
        if call.wait == "job" and made.service == "states" and getattr(target.kind, "type", "") == "express":
            return [Refusal(f"'{target.id}' is express: it cannot be waited for as a job",
                            f"do: {target.id}.StartSyncExecution", "bad-state", span=call.span)]  # fmt: skip
        if resource(made, call.wait) is None:
            return [Refusal(f"Step Functions cannot wait for a {call.wait} of {made.service}:{made.api}",
                            "leave 'wait' out", "bad-state", span=call.span)]  # fmt: skip
        return []

    def build(self, scope: Scope) -> None:
        from troposphere import stepfunctions

        role = scope.role()
        logs = scope.of(f"{scope.node.id}.logs")
        logging = None
        if logs is not None:
            scope.allow(*LOG_DELIVERY, on="*", sid="LogDeliveryHasNoResources")
            group = {"CloudWatchLogsLogGroup": {"LogGroupArn": logs.attribute("arn")}}
            logging = {"Level": self.level.upper(), "IncludeExecutionData": self.data, "Destinations": [group]}
        if self.tracing:
            scope.allow(*TRACES, on="*", sid="XRayTakesNoResource")
        encryption = {"Type": "CUSTOMER_MANAGED_KMS_KEY", "KmsKeyId": scope.arn(self.key)} if self.key else None
        scope.make(
            stepfunctions.StateMachine, StateMachineName=scope.physical(80), StateMachineType=self.type.upper(),
            RoleArn=role.att("Arn"), LoggingConfiguration=logging, EncryptionConfiguration=encryption,
            TracingConfiguration={"Enabled": True} if self.tracing else None, after=scope.after_rights(),
        )  # fmt: skip
        if self.key:
            self._use_key(scope)

    def _use_key(self, scope: Scope) -> None:
        """https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html."""
        key, arn = scope.of(self.key), scope.attribute("arn")
        assert key is not None
        mine = {"StringEquals": {"kms:EncryptionContext:aws:states:stateMachineArn": arn}}
        scope.allow(*KEY, on=key.attribute("arn"), condition=mine)
        if self.level == "off":
            return
        groups = Sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:*")
        scope.allow("kms:GenerateDataKey", on=key.attribute("arn"),
                    condition={"StringEquals": {"kms:EncryptionContext:SourceArn": groups}})  # fmt: skip
        key.policy(Statement(("kms:Decrypt",), ("*",), scope.node.id,
                             principal={"Service": "delivery.logs.amazonaws.com"},
                             condition={"StringEquals": {"aws:SourceAccount": account}}))  # fmt: skip

    def finish(self, scope: Scope) -> None:
        """The definition names connections that edges make; a null, which templates do not know, makes it a text."""
        machine, _ = self.machine()
        assert machine is not None
        about = {"Comment": scope.node.note} if scope.node.note else {}
        limit = {"TimeoutSeconds": self.timeout} if self.timeout else {}
        definition = {**about, **limit, **write(machine, scope, self.jsonata(machine))}
        if _has_null(definition):
            scope.main.set("DefinitionString", json_text(definition))
        else:
            scope.main.set("Definition", definition)
        self._run_itself(machine, scope)

    def _run_itself(self, machine: Machine, scope: Scope) -> None:
        """A distributed map runs its states as executions of the same machine."""
        modes = [str(getattr(state.own.get("mode"), "text", "")).upper() for state in machine.walk()]
        modes += [inner.top.get("ProcessorConfig", {}).get("Mode") for state in machine.walk() for inner in state.inner]
        if "DISTRIBUTED" in modes:
            scope.allow("states:StartExecution", on=scope.attribute("arn"))
            scope.allow("states:DescribeExecution", "states:StopExecution", on=scope.fill(RUN))


def _has_null(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_has_null(item) for item in value.values())
    if isinstance(value, list):
        return any(_has_null(item) for item in value)
    return value is None


def _check_names(value: Expr, world: Architecture) -> list[Refusal]:
    """Report a `${...}` in a state that names nothing."""
    found = []
    for name in re.findall(r"\$\{([^}]*)\}", value.text.replace("$${", "")):
        name = name.strip()
        node, _, attribute = name.rpartition(".")
        if name in world.nodes or name in world.parameters or name.startswith(("AWS::", "import.")):
            continue
        if node not in world.nodes:
            known = [*world.nodes, *world.parameters]
            found.append(Refusal(f"'${{{name}}}' names neither a node nor a parameter", did_you_mean(name, known)
                                 or "write $${ for a literal ${", "unknown-reference", span=value.span))  # fmt: skip
            continue
        kind = world[node].kind
        words = {*kind.attributes, *(cfn.attributes(kind.types[0]) if kind.types else ())}
        if attribute not in words:
            found.append(Refusal(f"{kind.name} has no attribute '{attribute}'", did_you_mean(attribute, words)
                                 or f"attributes: {listing(kind.attributes, 'and')}", "unknown-attribute",
                                 span=value.span))  # fmt: skip
    return found
