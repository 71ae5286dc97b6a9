"""Rules: by the pattern of events, or by the clock."""

from __future__ import annotations

from typing import Any, ClassVar

from archkit.architecture import Architecture, Ends, Node
from archkit.diagnostics import did_you_mean, listing
from archkit.kind import Announce, Join, Json, Kind, Metric, Refusal, prop
from archkit.kinds.events.targets import HttpTarget, Target
from archkit.scope import Link, Scope
from archkit.shared.schedules import Cron, Every, expression
from archkit.values import filled

MOST_TARGETS = 5
"""https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html"""


class OnBus(Join):
    """The rule stands on that bus."""

    word: ClassVar[str] = "events"
    usual: ClassVar[bool] = True
    arrow: ClassVar[Any] = "in"
    style: ClassVar[Any] = "event"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.admits is not None and other.admits.protocol == "events"

    def refuse(self, ends: Ends) -> Refusal | None:
        buses = [edge.source for edge, effect in ends.architecture.effects("events")
                 if effect.owner == ends.owner.id and isinstance(effect.join, OnBus)]  # fmt: skip
        if buses[0] != ends.other.id:
            return Refusal(
                f"'{ends.owner.id}' stands on '{buses[0]}' already; a rule has one bus", "make a second rule"
            )
        kind = ends.owner.kind
        if isinstance(kind, Rule) and (kind.every or kind.cron):
            return Refusal("a rule by the clock runs on the account's default bus only", "leave this edge out")
        return None

    def apply(self, link: Link) -> None:
        link.owner.main.set("EventBusName", link.other.attribute("name"))


class Announced(Join):
    """The rule matches what that source announces on the account's default bus."""

    word: ClassVar[str] = "events"
    usual: ClassVar[bool] = True
    arrow: ClassVar[Any] = "in"
    style: ClassVar[Any] = "event"

    events: list[str] = prop([], "Detail types, such as Object Created (default: every one that names the source).",
                             shape=True)  # fmt: skip
    detail: Json | None = prop(None, "What the detail must hold, as a pattern has it.")

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.announces is not None

    def refuse(self, ends: Ends) -> Refusal | None:
        announces = ends.other.kind.announces
        assert announces is not None
        wrong = next((name for name in self.events if announces.types and name not in announces.types), None)
        if wrong is not None:
            return Refusal(f"{ends.other.kind.name} announces no '{wrong}'",
                           did_you_mean(wrong, announces.types) or f"it announces {listing(announces.types, 'and')}",
                           "bad-value", "events")  # fmt: skip
        return None

    def apply(self, link: Link) -> None:
        announces: Announce = link.other.kind.announces
        if announces.switch:
            link.other.main.set(announces.switch, True)
        rule, mine = link.owner.main, self._pattern(link.other, announces)
        before = rule.get("EventPattern")
        if before is None:
            rule.set("EventPattern", mine)
        else:  # fields of one pattern must all match, so a second source is an alternative
            others = before["$or"] if set(before) == {"$or"} else [before]
            rule.set("EventPattern", {"$or": [*others, mine]})

    def _pattern(self, source: Scope, announces: Announce) -> dict[str, Any]:
        types = list(self.events or (() if announces.detail or announces.resources else announces.types))
        pattern = {
            "source": [announces.source],
            "detail-type": types or None,
            "resources": [source.fill(announces.resources)] if announces.resources else None,
            "detail": _merged(filled(announces.detail, source.fill), self.detail or {}) or None,
        }
        return {name: value for name, value in pattern.items() if value is not None}


def _merged(one: Any, other: Any) -> Any:
    """Return both patterns in one; where both name a field, the second's."""
    if isinstance(one, dict) and isinstance(other, dict):
        return {**one, **{key: _merged(one[key], value) if key in one else value for key, value in other.items()}}
    return other


class _Ruled(Kind, abstract=True):
    """What both sorts of rules share."""

    principal = "events.amazonaws.com"
    joins: ClassVar[tuple[type[Join], ...]] = (OnBus, Announced, Target, HttpTarget)
    attributes = {"arn": "${.Arn}", "name": "${.RuleName}"}

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        targets = [edge for edge, effect in world.effects("trigger") if effect.owner == node.id]
        if len(targets) > MOST_TARGETS:
            return [Refusal(f"a rule has at most {MOST_TARGETS} targets, not {len(targets)}",
                            "put a topic between, or make a second rule", "out-of-bounds")]  # fmt: skip
        return []


class Rule(_Ruled, name="events.rule", icon="aws/integration/eventbridge-rule", service="Amazon EventBridge",
           types=("AWS::Events::Rule", "AWS::IAM::Role", "AWS::Events::ApiDestination",
                  "AWS::Events::Connection")):  # fmt: skip
    """Rule: routes the events that match its pattern to up to five targets.

    The pattern is written out, or follows from edges: `photos -> rule: {events: [Object Created]}` switches on at the
    source what makes it announce. Without an edge from a bus the rule stands on the account's default bus.
    """

    pattern: Json | None = prop(None, "Event pattern; adds to what the edges say.")
    every: Every | None = prop(None, "Rate, such as '5 minutes', instead of a pattern.")
    cron: Cron | None = prop(None, "Cron expression in UTC, instead of a pattern.")
    enabled: bool = prop(True, "Whether the rule works.")

    metrics = {
        "failed": Metric("AWS/Events", "FailedInvocations", {"RuleName": "${name}"}),
        "invocations": Metric("AWS/Events", "Invocations", {"RuleName": "${name}"}),
    }
    example = "{pattern: {source: [com.example.orders]}}"

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        heard = [
            edge
            for edge, effect in world.effects("events")
            if isinstance(effect.join, Announced) and effect.owner == node.id
        ]
        ways = [name for name in ("pattern", "every", "cron") if getattr(self, name)]
        if not ways and not heard:
            return [Refusal(f"'{node.id}' does not say which events",
                            "pattern: {source: [...]}, or an edge from what announces its changes, such as a bucket",
                            "missing-property")]  # fmt: skip
        if len(ways) > 1 or (heard and ways and ways != ["pattern"]):
            return [Refusal("a rule runs by its pattern or by the clock, not by both", "make a second rule",
                            "bad-value", ways[-1])]  # fmt: skip
        return super().check(node, world)

    def build(self, scope: Scope) -> None:
        from troposphere import events

        scope.make(events.Rule, Description=scope.node.note, State=_state(self.enabled),
                   ScheduleExpression=expression(self.every, self.cron))  # fmt: skip

    def finish(self, scope: Scope) -> None:
        pattern = _merged(scope.main.get("EventPattern") or {}, self.pattern or {})
        if pattern:
            scope.main.set("EventPattern", pattern)


class Schedule(_Ruled, name="events.schedule", icon="aws/integration/eventbridge-event", service="CloudWatch Events",
               types=("AWS::Events::Rule", "AWS::IAM::Role", "AWS::Events::ApiDestination",
                      "AWS::Events::Connection")):  # fmt: skip
    """Scheduled rule: calls its targets by the clock, at a rate or by a cron expression in UTC.

    For time zones, single moments and other API calls there is `scheduler.schedule`.
    """

    every: Every | None = prop(None, "Rate, such as '5 minutes', '1 hour' or '3 days'.")
    cron: Cron | None = prop(None, "Cron expression of six fields in UTC, such as '0 8 ? * MON-FRI *'.")
    enabled: bool = prop(True, "Whether the schedule runs.")

    joins = (Target, HttpTarget)
    metrics = {"failed": Metric("AWS/Events", "FailedInvocations", {"RuleName": "${name}"})}
    example = "{every: 5 minutes}"

    def caption(self) -> str | None:
        said = expression(self.every, self.cron)
        return said if isinstance(said, str) else None

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        if bool(self.every) == bool(self.cron):
            return [Refusal("a schedule has either 'every' or 'cron'", "every: 5 minutes, or cron: 0 8 * * ? *",
                            "missing-property", "cron" if self.cron else None)]  # fmt: skip
        return super().check(node, world)

    def build(self, scope: Scope) -> None:
        from troposphere import events

        scope.make(events.Rule, Description=scope.node.note, State=_state(self.enabled),
                   ScheduleExpression=expression(self.every, self.cron))  # fmt: skip


def _state(enabled: Any) -> Any:
    return enabled if not isinstance(enabled, bool) else "ENABLED" if enabled else "DISABLED"
