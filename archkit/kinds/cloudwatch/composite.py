"""Alarms on alarms."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from archkit.architecture import Architecture, Node
from archkit.diagnostics import listing
from archkit.kind import Join, Kind, NodeId, Refusal, prop
from archkit.kinds.cloudwatch.acting import Act, Acting, watches
from archkit.scope import Link, Scope
from archkit.values import Sub

__all__ = ["Composite"]


class Weigh(Join):
    """The composite alarm weighs the state of the other alarm."""

    word: ClassVar[str] = "watch"
    usual: ClassVar[bool] = True
    arrow: ClassVar[Any] = "in"
    style: ClassVar[Any] = "guard"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return issubclass(other, Acting)

    def apply(self, link: Link) -> None:
        """The rule is put together when all its alarms are known."""


class Composite(Acting, name="cloudwatch.composite", types="AWS::CloudWatch::CompositeAlarm"):
    """Composite alarm: acts on several alarms taken together, so that one trouble tells once."""

    rule: str = prop("any", "any, all, or alarms by node with AND, OR, NOT and parentheses.", shape=True)
    others: list[str] = prop([], "Names or ARNs of further alarms, which exist already.", shape=True)
    suppressor: NodeId | None = prop(None, "Alarm that holds its actions back.", slot="suppressor",
                                     to=("cloudwatch.alarm", "cloudwatch.composite"))  # fmt: skip
    wait: int = prop(60, "Seconds that it waits for the suppressor.", ge=0)
    extension: int = prop(60, "Seconds that actions stay held back afterwards.", ge=0)

    joins = (Weigh, Act)
    example = "{rule: all, others: [orders-slow, orders-refused]}"

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        watched = [edge.source for edge, _ in watches(world, node.id)] + list(self.others)
        if not watched:
            way = f"write an edge 'alarm -> {node.id}'"
            return [Refusal(f"the composite alarm '{node.id}' has no alarm to watch", way, "nothing-to-watch")]
        if node.id in (*watched, self.suppressor):
            return [Refusal(f"'{node.id}' cannot watch itself", None, "watches-itself")]
        if self.rule in ("any", "all"):
            return []
        left = re.sub(r"[\w.-]+", lambda word: "" if word[0] in (*watched, "AND", "OR", "NOT") else word[0], self.rule)
        unknown = re.findall(r"[\w.-]+", left)
        if unknown:
            return [
                Refusal(
                    f"no edge joins '{unknown[0]}' to '{node.id}'",
                    f"alarms: {listing(watched, 'and')}",
                    "bad-value",
                    "rule",
                )
            ]
        return []

    def build(self, scope: Scope) -> None:
        from troposphere import cloudwatch

        watched = [edge.source for edge, _ in watches(scope.architecture, scope.node.id)]
        held = scope.arn(self.suppressor)
        scope.make(
            cloudwatch.CompositeAlarm, **self.acting(scope, f"{scope.node.title}: {self.rule}"),
            AlarmRule=self._rule(scope, watched),
            ActionsSuppressor=held, ActionsSuppressorWaitPeriod=self.wait if held else None,
            ActionsSuppressorExtensionPeriod=self.extension if held else None,
        )  # fmt: skip

    def _rule(self, scope: Scope, watched: list[str]) -> Sub:
        """The rule with ALARM(...) for each alarm that it names."""
        known = [*((id, scope.arn(id)) for id in watched), *((name, name) for name in self.others)]
        parts = {f"Alarm{number}": value for number, (_, value) in enumerate(known, 1)}
        asked = {id: f'ALARM("${{{name}}}")' for (id, _), name in zip(known, parts, strict=True)}
        if self.rule in ("any", "all"):
            return Sub((" OR " if self.rule == "any" else " AND ").join(asked.values()), parts)
        return Sub(re.sub(r"[\w.-]+", lambda word: asked.get(word[0], word[0]), self.rule), parts)
