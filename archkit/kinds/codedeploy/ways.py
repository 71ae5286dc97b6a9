"""Ways to deploy, and which of them each platform knows.

https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
"""

from __future__ import annotations

from typing import Any, Literal

from archkit.diagnostics import listing
from archkit.kind import Refusal
from archkit.scope import Scope

__all__ = ["PLATFORMS", "STRATEGIES", "Platform", "Strategy", "configuration", "unfit"]

Platform = Literal["server", "lambda", "ecs"]
Strategy = Literal["all_at_once", "half_at_a_time", "one_at_a_time", "canary", "linear"]
PLATFORMS = {"server": "Server", "lambda": "Lambda", "ecs": "ECS"}
STRATEGIES: dict[str, tuple[str, ...]] = {
    "server": ("one_at_a_time", "half_at_a_time", "all_at_once"), "lambda": ("all_at_once", "canary", "linear"),
    "ecs": ("all_at_once", "canary", "linear"),
}  # fmt: skip
"""What each platform knows; the first is meant where none is said."""
READY = {("lambda", "canary"): (5, 10, 15, 30), ("lambda", "linear"): (1, 2, 3, 10), ("ecs", "canary"): (5, 15),
         ("ecs", "linear"): (1, 3)}  # fmt: skip
"""Minutes of the configurations that CodeDeploy has ready, each of ten per cent."""
SERVERS = {"one_at_a_time": "OneAtATime", "half_at_a_time": "HalfAtATime", "all_at_once": "AllAtOnce"}


def unfit(platform: str, strategy: str, style: str | None, healthy: int | None) -> Refusal | None:
    """Say why a platform does not know a strategy or a style."""
    if strategy not in STRATEGIES[platform]:
        return Refusal(f"the platform '{platform}' knows no deployment '{strategy}'",
                       f"strategy: {listing(STRATEGIES[platform])}", "bad-value", "strategy")  # fmt: skip
    if platform != "server" and style == "in_place":
        return Refusal(f"the platform '{platform}' is deployed to blue/green only", "style: blue_green", "bad-value",
                       "style")  # fmt: skip
    if platform != "server" and healthy is not None:
        return Refusal("healthy servers are counted on the platform 'server' only", None, "bad-value", "healthy")
    return None


def configuration(scope: Scope, platform: str, strategy: str, percent: int, minutes: int | None,
                  healthy: int | None) -> Any:  # fmt: skip
    """Return the name of a deployment configuration: one that CodeDeploy has ready, else one of its own."""
    if platform == "server":
        if healthy is None:
            return f"CodeDeployDefault.{SERVERS[strategy]}"
        return _made(scope, platform, MinimumHealthyHosts={"Type": "FLEET_PERCENT", "Value": healthy})
    stem = f"CodeDeployDefault.{PLATFORMS[platform]}"
    if strategy == "all_at_once":
        return f"{stem}AllAtOnce"
    ready = READY[platform, strategy]
    pause = ready[0] if minutes is None else minutes
    if percent == 10 and pause in ready:
        unit = "Minute" if (platform, pause) == ("lambda", 1) else "Minutes"
        return f"{stem}{'Canary10Percent' if strategy == 'canary' else 'Linear10PercentEvery'}{pause}{unit}"
    word = strategy.capitalize()
    return _made(scope, platform, TrafficRoutingConfig={"Type": f"TimeBased{word}", f"TimeBased{word}": {
        f"{word}Percentage": percent, f"{word}Interval": pause}})  # fmt: skip


def _made(scope: Scope, platform: str, **said: Any) -> Any:
    from troposphere import codedeploy

    return scope.make(codedeploy.DeploymentConfig, "Configuration", ComputePlatform=PLATFORMS[platform], **said).ref
