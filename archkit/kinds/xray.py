"""AWS X-Ray: groups of traces, and how many requests are traced.

Tracing itself is switched on where it is done: `tracing: true` of a function, an API, a workflow or a topic, or of all
of them at once by `defaults: {"*": {tracing: true}}`.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from archkit.architecture import Architecture, Ends, Node
from archkit.diagnostics import listing
from archkit.kind import Grant, Join, Kind, Refusal, prop
from archkit.scope import Link, Scope
from archkit.values import Sub

__all__ = ["Group", "SamplingRule"]

ANY = "*"


class Trace(Join):
    """Is about the requests that reach the other end, by the name that X-Ray knows it by."""

    word: ClassVar[str] = "trace"
    usual: ClassVar[bool] = True
    style: ClassVar[Any] = "guard"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return "traced" in other.attributes

    def refuse(self, ends: Ends) -> Refusal | None:
        if ends.other.existing is None and getattr(ends.other.kind, "tracing", True) is False:
            return Refusal(f"'{ends.other.id}' is not traced", f"tracing: true on '{ends.other.id}'", "not-traced")
        if ends.owner.place != ends.other.place:
            return Refusal(f"X-Ray sees its own Region and account only, and '{ends.other.id}' stands in another",
                           "put one beside it", "other-region")  # fmt: skip
        return None


class Select(Trace):
    """The group holds the traces that the other end is part of."""

    def apply(self, link: Link) -> None:
        main, name = link.owner.main, link.other.fill("${traced}")
        known = main.get("FilterExpression")
        parts: dict[str, Any] = dict(known.parts) if isinstance(known, Sub) else {}
        label = f"Service{len(parts) + 1}"
        said = f'service("${{{label}}}")'
        before = f"{known.text} OR " if isinstance(known, Sub) else ""
        main.set("FilterExpression", Sub(before + said, {**parts, label: name}))


class Group(Kind, icon="aws/devtools/x-ray", service="AWS X-Ray", types="AWS::XRay::Group"):
    """Group of traces: those that a filter selects, or that the nodes at the end of its edges are part of."""

    filter: str | None = prop(
        None, "Filter expression that selects its traces, such as 'responsetime > 5 AND fault' (or edges)."
    )
    insights: bool = prop(True, "Detect anomalies, such as a rise of faults.")
    notifications: bool = prop(False, "Tell of them on the default bus.")

    attributes = {"arn": "${.GroupARN}", "name": "${@}"}
    named = ("GroupName", 32)
    grants = {"read": Grant("xray:GetGroup", "xray:GetInsightSummaries")}
    joins = (Select,)
    example = "{filter: fault = true}"

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        selected = [edge.target for edge, effect in world.effects("trace") if effect.owner == node.id]
        if self.filter and selected:
            return [Refusal(f"'{node.id}' selects by a filter or by {listing(selected, 'and')}, not both",
                            "filter: service(\"name\") stands for an edge", "bad-value", "filter")]  # fmt: skip
        if not self.filter and not selected:
            return [Refusal(f"the group '{node.id}' selects nothing", f"- {node.id} -> worker, or filter: fault = true",
                            "nothing-to-trace")]  # fmt: skip
        if self.notifications and not self.insights:
            return [Refusal("only insights are told of", "insights: true", "bad-value", "notifications")]
        return []

    def build(self, scope: Scope) -> None:
        scope.make("AWS::XRay::Group", GroupName=scope.physical(32), FilterExpression=self.filter,
                   InsightsConfiguration={"InsightsEnabled": self.insights,
                                          "NotificationsEnabled": self.notifications or None})  # fmt: skip


class Sample(Trace):
    """The rule is for requests that reach the other end."""

    def apply(self, link: Link) -> None:
        link.owner.main.set("SamplingRule.ServiceName", link.other.fill("${traced}"))


class SamplingRule(Kind, icon="aws/devtools/x-ray", service="AWS X-Ray", types="AWS::XRay::SamplingRule"):
    """Sampling rule: how many of the requests that match are traced."""

    rate: float = prop(0.05, "Part of the requests beyond the reservoir that is traced, from 0 to 1.", ge=0, le=1)
    reservoir: int = prop(1, "Requests a second that are traced in any case.", ge=0)
    priority: int = prop(1_000, "Which rule is asked first: the lowest.", ge=1, le=9_999)
    method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "*"] = prop(ANY, "HTTP method.")
    path: str = prop(ANY, "Path of the URL, such as /orders/*.", pattern=".{1,128}")
    host: str = prop(ANY, "Host name of the request.", pattern=".{1,64}")
    of: str = prop(ANY, "Name of the service, where no edge says whose requests.", pattern=".{1,64}")
    type: str = prop(ANY, "Type of the service, such as AWS::Lambda::Function.", pattern=".{1,64}")
    resource: str = prop(ANY, "ARN of the resource that runs it.", pattern=".{1,500}")
    match: dict[str, str] = prop({}, "Attributes of a segment, by key, that must match.", le=5)

    attributes = {"arn": "${.RuleARN}", "name": "${@}"}
    named = ("RuleName", 32)
    joins = (Sample,)
    example = "{rate: 0.1, path: /orders/*}"

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        edges = [edge.target for edge, effect in world.effects("trace") if effect.owner == node.id]
        if len(edges) + (self.of != ANY) > 1:
            said = listing([*edges, *([str(self.of)] if self.of != ANY else [])], "and")
            return [Refusal(f"a sampling rule is for one service, not {said}", "make a rule for each", "traces-one")]
        return []

    def build(self, scope: Scope) -> None:
        scope.make("AWS::XRay::SamplingRule", SamplingRule={
            "RuleName": scope.physical(32), "Version": 1, "Priority": self.priority, "FixedRate": self.rate,
            "ReservoirSize": self.reservoir, "ServiceName": self.of, "ServiceType": self.type, "Host": self.host,
            "HTTPMethod": self.method, "URLPath": self.path, "ResourceARN": self.resource,
            "Attributes": dict(self.match) or None,
        })  # fmt: skip
