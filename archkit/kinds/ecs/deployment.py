"""How versions of a service change, and how many copies of it run."""

from __future__ import annotations

from typing import Any, Literal

from archkit.architecture import Architecture, Node
from archkit.kind import Record, Refusal, prop

__all__ = ["ROLLING", "Deployment", "Scale", "deployment_refusals", "scale_refusals"]

LONGEST = 33 * 60
"""Minutes of a deployment that CloudFormation waits for
(https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ecs-service-linearconfiguration.html)."""
LEAD = "balancer -> {}, from an elb.application"
LEAST_STEP = 3
"""https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinearConfiguration.html"""


class Scale(Record):
    """Copies that follow what is measured. A bare number is the most."""

    short = "max"

    min: int = prop(1, "Least copies.", ge=0, shape=True)
    max: int = prop(doc="Most copies.", ge=1, shape=True)
    cpu: int | None = prop(None, "Percentage of processor at which it stays.", ge=1, le=100)
    memory: int | None = prop(None, "Percentage of memory at which it stays.", ge=1, le=100)
    requests: int | None = prop(None, "Requests in a minute for each copy at which it stays.", ge=1, shape=True)


class Deployment(Record):
    """How a new version takes the place of the old one. A bare word is the strategy."""

    short = "strategy"

    strategy: Literal["rolling", "blue_green", "linear", "canary", "codedeploy"] = prop(
        "rolling", "Copy by copy, all at once, in equal steps, a few first, or as a deployment group says.", shape=True
    )
    bake: int = prop(5, "Minutes that both versions are kept, to go back.", ge=0, le=1_440, shape=True)
    percent: int = prop(10, "Percentage of a step, or of the first few.", ge=1, le=100, shape=True)
    step: int = prop(5, "Minutes of a step, or of the first few.", ge=0, le=1_440, shape=True)

    def form(self, alarms: list[Any], breaker: bool) -> dict[str, Any]:
        """Return the DeploymentConfiguration.

        Copies that do not start are seen in rolling and blue/green deployments only
        (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-failure-detection.html).
        """
        made: dict[str, Any] = {"MaximumPercent": 200, "MinimumHealthyPercent": 100}
        if self.strategy == "codedeploy":
            return made
        made |= {"Strategy": self.strategy.upper(),
                 "BakeTimeInMinutes": None if self.strategy == "rolling" else self.bake}  # fmt: skip
        if self.strategy in ("rolling", "blue_green"):
            made["DeploymentCircuitBreaker"] = {"Enable": breaker, "Rollback": breaker}
        if alarms:
            made["Alarms"] = {"AlarmNames": alarms, "Enable": True, "Rollback": True}
        if self.strategy == "linear":
            made["LinearConfiguration"] = {"StepPercent": self.percent, "StepBakeTimeInMinutes": self.step}
        if self.strategy == "canary":
            made["CanaryConfiguration"] = {"CanaryPercent": self.percent, "CanaryBakeTimeInMinutes": self.step}
        return made

    def minutes(self) -> int:
        """Return how long a deployment takes at least.

        >>> Deployment(strategy="linear", bake=10, percent=11, step=5).minutes()
        55
        """
        steps = {"linear": -(-100 // self.percent) - 1, "canary": 1}.get(self.strategy, 0)
        return self.bake + self.step * steps


ROLLING = Deployment(strategy="rolling", bake=5, percent=10, step=5)


def deployment_refusals(said: Deployment, node: Node, world: Architecture) -> list[Refusal]:
    """Return what is wrong with how versions change."""
    found = []
    if said.strategy != "rolling" and not _behind(node, world):
        word = said.strategy.replace("_", "/")
        found.append(Refusal(f"{word} shifts the requests of a load balancer, and none leads here",
                             LEAD.format(node.id), "needs-balancer", "deployment"))  # fmt: skip
    if said.strategy == "linear" and said.percent < LEAST_STEP:
        found.append(Refusal(f"a step has {LEAST_STEP} per cent at least, not {said.percent}", f"percent: {LEAST_STEP}",
                             "out-of-bounds", "deployment"))  # fmt: skip
    if said.strategy in ("linear", "canary", "blue_green") and said.minutes() > LONGEST:
        found.append(Refusal(f"the deployment would take {said.minutes() / 60:.0f} hours, and CloudFormation waits for "
                             f"{LONGEST // 60}", "fewer minutes in 'step' or 'bake'", "out-of-bounds",
                             "deployment"))  # fmt: skip
    return found


def scale_refusals(said: Scale | None, node: Node, world: Architecture) -> list[Refusal]:
    """Return what is wrong with how many copies run."""
    found = []
    if said is not None and said.requests is not None and not _behind(node, world):
        found.append(Refusal("requests are counted by a load balancer, and none leads here", LEAD.format(node.id),
                             "needs-balancer", "scale"))  # fmt: skip
    if said is not None and said.min > said.max:
        found.append(Refusal(f"there cannot be {said.min} copies at least and {said.max} at most", None,
                             "out-of-bounds", "scale"))  # fmt: skip
    cluster = world.nodes.get(str(getattr(node.kind, "cluster", None)))
    counted = [edge.source for edge, effect in world.effects("work") if effect.owner == node.id
               and getattr(effect.join, "per_worker", None) is not None]  # fmt: skip
    if counted and cluster is not None and getattr(cluster.kind, "insights", "enabled") == "disabled":
        found.append(Refusal(f"copies that follow '{counted[0]}' are counted by Container Insights, which "
                             f"'{cluster.id}' does without", f"insights: enabled on '{cluster.id}'", "needs-insights",
                             "cluster"))  # fmt: skip
    return found


def _behind(node: Node, world: Architecture) -> bool:
    """Say whether an Application Load Balancer leads there, which counts requests and shifts them."""
    return any(edge.target == node.id and getattr(effect.join, "shifts", False)
               for edge, effect in world.effects("route"))  # fmt: skip
