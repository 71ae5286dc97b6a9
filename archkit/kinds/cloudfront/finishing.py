"""What is written once every edge of a distribution is known: the order of its patterns, and its origin groups."""

from __future__ import annotations

from typing import Any

from archkit.kinds.cloudfront.origins import origin_id
from archkit.kinds.cloudfront.route import METHODS, Failover, Route
from archkit.scope import Scope

__all__ = ["group_origins", "order_behaviours"]


def order_behaviours(distribution: Scope) -> None:
    """CloudFront takes the first pattern that fits: those with an `order`, then the specific before the wide."""
    behaviours = distribution.main.get("DistributionConfig.CacheBehaviors")
    if not behaviours:
        return
    said = {
        pattern: effect.join.order
        for _, effect in distribution.architecture.effects("route")
        if effect.owner == distribution.node.id and isinstance(effect.join, Route) and effect.join.order
        for pattern in effect.join.path
    }

    def place(behaviour: dict[str, Any]) -> tuple[Any, ...]:
        pattern = behaviour["PathPattern"]
        fixed = len(pattern.replace("*", "").replace("?", ""))
        return (said.get(pattern, 1_000_000), "*" in pattern or "?" in pattern, -fixed, pattern)

    behaviours.sort(key=place)


def group_origins(distribution: Scope) -> None:
    """Pair each failover origin with the one that it stands in for; such pairs serve GET, HEAD and OPTIONS only
    (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html)."""
    config = distribution.main.get("DistributionConfig")
    groups: list[dict[str, Any]] = []
    for edge, effect in distribution.architecture.effects("failover"):
        join = effect.join
        if effect.owner != distribution.node.id or not isinstance(join, Failover):
            continue
        backup, of = distribution.of(edge.target), distribution.of(join.of)
        assert backup is not None
        first = origin_id(of) if of is not None else config["DefaultCacheBehavior"]["TargetOriginId"]
        second = origin_id(backup)
        id = f"{first}-or-{second}"
        codes = {"Quantity": len(join.codes), "Items": list(join.codes)}
        members = {"Quantity": 2, "Items": [{"OriginId": first}, {"OriginId": second}]}
        groups.append({"Id": id, "FailoverCriteria": {"StatusCodes": codes}, "Members": members})
        for behaviour in (config["DefaultCacheBehavior"], *config.get("CacheBehaviors", ())):
            if behaviour["TargetOriginId"] == first:
                behaviour["TargetOriginId"] = id
                behaviour["AllowedMethods"] = [m for m in behaviour["AllowedMethods"] if m in METHODS["options"]]
    if groups:
        config["OriginGroups"] = {"Quantity": len(groups), "Items": groups}
