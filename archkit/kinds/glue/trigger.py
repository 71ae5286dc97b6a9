"""Triggers: when jobs and crawlers start, and after what."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from archkit.architecture import Architecture, Ends, Node
from archkit.kind import Grant, Join, Kind, Refusal, prop
from archkit.kinds.glue.shared import STEM, is_a
from archkit.scope import Link, Scope
from archkit.shared.schedules import Cron, expression

__all__ = ["Trigger"]

NAMES = {"AWS::Glue::Job": "JobName", "AWS::Glue::Crawler": "CrawlerName"}
STATES = {"succeeded": "SUCCEEDED", "failed": "FAILED", "stopped": "STOPPED", "timeout": "TIMEOUT"}


def name_of(kind: type[Kind]) -> str | None:
    """Return the property by which a trigger names a job or a crawler."""
    return next((name for type, name in NAMES.items() if is_a(kind, type)), None)


class _Beside(Join):
    """Joins a trigger to a job or a crawler of its own place."""

    style: ClassVar[Any] = "event"
    usual: ClassVar[bool] = True

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return name_of(other) is not None

    def refuse(self, ends: Ends) -> Refusal | None:
        if ends.owner.place != ends.other.place:
            return Refusal("a trigger knows its own Region and account only", None, "other-region")
        return None


class Start(_Beside):
    """Starts a job or a crawler."""

    word: ClassVar[str] = "trigger"

    arguments: dict[str, str] = prop({}, "Arguments of the run by name, without the dashes; of a job.")
    timeout: int | None = prop(None, "Minutes after which the run is stopped; of a job.", ge=1)

    def refuse(self, ends: Ends) -> Refusal | None:
        if name_of(type(ends.other.kind)) == "CrawlerName" and (self.arguments or self.timeout):
            return Refusal("a crawler takes no arguments", None, "bad-value",
                           "arguments" if self.arguments else "timeout")  # fmt: skip
        return super().refuse(ends)

    def apply(self, link: Link) -> None:
        name = name_of(type(link.other.node.kind))
        assert name is not None
        given = {f"--{key}": value for key, value in self.arguments.items()}
        action = {name: link.other.attribute("name"), "Arguments": given or None, "Timeout": self.timeout}
        link.owner.main.append("Actions", {key: value for key, value in action.items() if value is not None})


class After(_Beside):
    """Waits until a job or a crawler has ended."""

    word: ClassVar[str] = "after"
    arrow: ClassVar[Any] = "in"

    state: Literal["succeeded", "failed", "stopped", "timeout"] = prop("succeeded", "How it must have ended.")

    def refuse(self, ends: Ends) -> Refusal | None:
        if name_of(type(ends.other.kind)) == "CrawlerName" and self.state not in ("succeeded", "failed"):
            return Refusal(f"a crawler does not end as '{self.state}'", "succeeded or failed", "bad-value", "state")
        return super().refuse(ends)

    def text(self) -> str | None:
        return None if self.state == "succeeded" else self.state

    def apply(self, link: Link) -> None:
        name = name_of(type(link.other.node.kind))
        assert name is not None
        state = "CrawlState" if name == "CrawlerName" else "State"
        condition = {name: link.other.attribute("name"), "LogicalOperator": "EQUALS",
                     state: STATES.get(self.state, self.state)}  # fmt: skip
        link.owner.main.append("Predicate.Conditions", condition)


class Trigger(Kind, icon="aws/analytics/glue", service="AWS Glue", types="AWS::Glue::Trigger"):
    """Trigger: starts jobs and crawlers by the clock, after others have ended, or on demand.

    `crawler -> trigger -> job` starts the job when the crawler is done; `cron` starts what its edges lead to.
    """

    cron: Cron | None = prop(None, "When it starts them, such as '0 3 * * ? *'.")
    when: Literal["all", "any"] = prop("all", "Whether all that it waits for must have ended, or one.")
    enabled: bool = prop(True, "Whether it is active.")
    starts: list[str] = prop([], "Names of further jobs that it starts, which exist already.")

    attributes = {"name": "${}", "arn": STEM + "trigger/${name}"}
    address = "${name}"
    grants = {"start": Grant("glue:StartTrigger", usual=True), "stop": Grant("glue:StopTrigger")}
    joins = (Start, After)
    example = "{cron: '0 3 * * ? *', starts: [clean-orders]}"

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        mine = {effect.word for _, effect in world.effects() if effect.owner == node.id}
        if "trigger" not in mine and not self.starts:
            return [Refusal(f"the trigger '{node.id}' starts nothing", f"- {node.id} -> job", "no-target")]
        if "after" in mine and self.cron:
            return [Refusal("a trigger goes by the clock or waits for others, not both", "make two of them",
                            "bad-value", "cron")]  # fmt: skip
        return []

    def build(self, scope: Scope) -> None:
        waits = any(effect.owner == scope.node.id for _, effect in scope.architecture.effects("after"))
        sort = "SCHEDULED" if self.cron else "CONDITIONAL" if waits else "ON_DEMAND"
        scope.make(
            "AWS::Glue::Trigger", Description=scope.node.note, Type=sort,
            Schedule=expression(self.cron), Actions=[{"JobName": name} for name in self.starts],
            Predicate={"Logical": "ANY" if self.when == "any" else "AND"} if waits else None,
            StartOnCreation=self.enabled if sort != "ON_DEMAND" else None,
        )  # fmt: skip
