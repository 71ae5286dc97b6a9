"""What load balancers of every type have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from archkit import network
from archkit.architecture import Architecture, Node
from archkit.kind import Helper, Kind, Refusal, Spread, prop
from archkit.scope import Scope, Statement
from archkit.values import Sub, account

__all__ = ["Balancer", "attributes_of"]

DELIVERY = "logdelivery.elasticloadbalancing.amazonaws.com"
"""https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html"""


class Balancer(Kind, abstract=True):
    """A load balancer of the second generation."""

    internal: bool | None = prop(
        None, "Whether it has no address on the Internet (default: by its subnets).", shape=True
    )
    protect: bool = prop(True, "Refuse to be deleted.")
    access_logs: bool = prop(False, "Write a line for each request to a bucket.", shape=True)

    resides = "subnets"
    prefers: ClassVar[Any] = "public"
    type: ClassVar[str] = "application"
    attributes = {"arn": "${}", "dns": "${.DNSName}", "zone": "${.CanonicalHostedZoneID}",
                  "full_name": "${.LoadBalancerFullName}", "origin_domain": "${.DNSName}"}  # fmt: skip
    strict: ClassVar[Mapping[str, Any]] = {"access_logs": True}

    def spread(self) -> Spread:
        return "across"

    def public_address(self, node: Node, world: Architecture) -> bool:
        return not self.inside(node, world)

    def inside(self, node: Node, world: Architecture) -> bool:
        """Say whether it has private addresses only."""
        tier = network.tier_of(node, world)
        public = tier is not None and tier.kind.exposure() == "public"
        return not public if self.internal is None else self.internal

    def helpers(self) -> Mapping[str, Helper]:
        # delivery writes with the keys that S3 manages and no others
        return {"logs": Helper("s3.bucket", {"log_bucket": True}, "access logs")} if self.access_logs else {}

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        tier = network.tier_of(node, world)
        if tier is not None and tier.kind.exposure() != "public" and self.internal is False and tier.existing is None:
            return [Refusal(f"nobody on the Internet reaches '{node.id}' in the {tier.kind.exposure()} subnets "
                            f"'{tier.id}'", "put it into public subnets, or leave 'internal' out", "cannot-reach",
                            "internal")]  # fmt: skip
        return []

    def common(self, scope: Scope, said: Mapping[str, Any]) -> dict[str, Any]:
        """Return the properties that every type has; `said` are further attributes."""
        logs = scope.of(f"{scope.node.id}.logs")
        delivered: dict[str, Any] = {}
        if logs is not None:
            where = logs.attribute("arn")
            logs.policy(Statement(
                ("s3:PutObject",), (Sub("${Bucket}/AWSLogs/${AWS::AccountId}/*", {"Bucket": where}),), scope.node.id,
                "LoadBalancerLogs", {"Service": DELIVERY}, {"StringEquals": {"aws:SourceAccount": account}},
            ))  # fmt: skip
            delivered = {"access_logs.s3.enabled": True, "access_logs.s3.bucket": logs.attribute("name")}
        inside = self.inside(scope.node, scope.architecture)
        return {
            "Type": type(self).type, "Scheme": "internal" if inside else "internet-facing",
            "LoadBalancerAttributes": attributes_of({"deletion_protection.enabled": self.protect, **said, **delivered}),
            "after": [f"{logs.id}Policy"] if logs is not None else [],
        }  # fmt: skip


def attributes_of(said: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return attributes as the list of keys and texts that AWS takes; what is None is left out."""
    return [{"Key": key, "Value": str(value).lower() if isinstance(value, bool) else
             str(value) if isinstance(value, int | float) else value}
            for key, value in said.items() if value is not None]  # fmt: skip
