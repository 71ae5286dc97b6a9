"""What alarms of every sort do: act when their state changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from archkit.architecture import Architecture, Edge, Effect, Ends
from archkit.kind import External, Grant, Join, Kind, Push, Refusal, prop
from archkit.scope import Link, Scope
from archkit.shared.alarms import CLOUDWATCH, INVOKER, alarms_of_stack

__all__ = ["Act", "Acting", "watches"]

STATES = {"alarm": "AlarmActions", "ok": "OKActions", "insufficient": "InsufficientDataActions"}


class Act(Push):
    """What happens when the alarm changes its state: a message, a function, a scaling policy."""

    word: ClassVar[str] = "act"
    service: ClassVar[str] = CLOUDWATCH
    doors: ClassVar[frozenset[str]] = frozenset({"sns", "lambda", "scaling"})

    states: list[Literal["alarm", "ok", "insufficient"]] = prop(
        ["alarm"], "States whose beginning is acted on.", ge=1, shape=True
    )

    def refuse(self, ends: Ends) -> Refusal | None:
        if getattr(ends.other.kind, "fifo", False):
            return Refusal("an alarm cannot publish to a FIFO topic", "use a standard topic")
        if ends.owner.place != ends.other.place and ends.other.existing is None:
            return Refusal(f"an alarm cannot tell '{ends.other.id}', which stands in another Region or account",
                           "put a topic beside the alarm, and have that deliver onwards", "other-region")  # fmt: skip
        return None

    def apply(self, link: Link) -> None:
        protocol = link.other.kind.admits.protocol
        named = "AlarmName" in link.owner.node.overrides
        if protocol == "sns":
            arn = link.owner.attribute("arn") if named else alarms_of_stack()
            link.other.admit(CLOUDWATCH, arn, link.because, account=True)
        elif protocol == "lambda":
            link.other.admit(INVOKER, link.owner.attribute("arn"), link.because, account=True, via=link.owner.id)
        for state in self.states:
            link.owner.main.append(STATES[state], link.other.fill(link.other.kind.admits.endpoint))


class Acting(Kind, abstract=True, icon="aws/management/cloudwatch-alarm", service="Amazon CloudWatch alarms"):
    """What alarms of every sort have in common."""

    enabled: bool = prop(True, "Whether its actions are taken.")
    actions: list[str] = prop([], "ARNs of further actions, such as an incident response plan.", pattern="arn:.+", le=5)

    guard = True
    attributes = {"arn": "${.Arn}", "name": "${}"}
    external = External(("arn",))
    grants = {"set_state": Grant("cloudwatch:SetAlarmState"), "read": Grant("cloudwatch:DescribeAlarms")}
    joins: ClassVar[tuple[type[Join], ...]] = (Act,)

    def acting(self, scope: Scope, about: str) -> dict[str, Any]:
        """Return the properties that say what is done."""
        return {"AlarmDescription": scope.node.note or about, "AlarmActions": list(self.actions) or None,
                "ActionsEnabled": None if self.enabled else False}  # fmt: skip


def watches(world: Architecture, id: str) -> Iterator[tuple[Edge, Effect]]:
    """Yield the edges by which an alarm watches."""
    return ((edge, effect) for edge, effect in world.effects("watch") if effect.owner == id)
