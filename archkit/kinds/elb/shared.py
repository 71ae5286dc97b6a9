"""What load balancers of every type have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from archkit import network
from archkit.architecture import Architecture, Node
from archkit.kind import Helper, Kind, Port, Refusal, Spread, prop
from archkit.scope import Scope, Statement
from archkit.values import Sub, account

__all__ = ["Balancer", "Front", "attributes_of"]

DELIVERY = "logdelivery.elasticloadbalancing.amazonaws.com"
"""https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html"""


class Balancer(Kind, abstract=True):
    """A load balancer of the second generation."""

    protect: bool = prop(True, "Refuse to be deleted.")

    resides = "subnets"
    prefers: ClassVar[Any] = "public"
    type: ClassVar[str] = "application"
    attributes = {"arn": "${}", "dns": "${.DNSName}", "zone": "${.CanonicalHostedZoneID}",
                  "full_name": "${.LoadBalancerFullName}", "origin_domain": "${.DNSName}"}  # fmt: skip

    def spread(self) -> Spread:
        return "across"

    def common(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """Return the properties that every type has; `said` are further attributes."""
        known = {"deletion_protection.enabled": self.protect, **said}
        return {"Type": type(self).type, "LoadBalancerAttributes": attributes_of(known)}


class Front(Balancer, abstract=True):
    """A load balancer that clients connect to."""

    internal: bool | None = prop(
        None, "Whether it has no address on the Internet (default: by its subnets).", shape=True
    )
    ipv6: bool = prop(False, "Answer by IPv6 as well.", shape=True)
    access_logs: bool = prop(False, "Write a line for each request to a bucket.", shape=True)

    strict: ClassVar[Mapping[str, Any]] = {"access_logs": True}

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
        found = []
        tier, vpc = network.tier_of(node, world), network.vpc_of(node, world)
        if tier is not None and tier.kind.exposure() != "public" and self.internal is False and tier.existing is None:
            found.append(Refusal(f"nobody on the Internet reaches '{node.id}' in the {tier.kind.exposure()} subnets "
                                 f"'{tier.id}'", "put it into public subnets, or leave 'internal' out", "cannot-reach",
                                 "internal"))  # fmt: skip
        if self.ipv6 and vpc is not None and vpc.existing is None and not getattr(vpc.kind, "ipv6", False):
            found.append(Refusal(f"the subnets of '{vpc.id}' have no IPv6 addresses", f"ipv6: true on '{vpc.id}'",
                                 "needs-ipv6", "ipv6"))  # fmt: skip
        return found

    def let_internet_in(self, scope: Scope, port: Port) -> None:
        """Let everybody in at a port."""
        for anywhere, family in ((network.ANYWHERE, ""), *((("::/0", "6"),) if self.ipv6 else ())):
            network.let_in(scope, anywhere, port, scope.node.id, f"Internet{family}")

    def fronted(self, scope: Scope, said: Mapping[str, Any]) -> dict[str, Any]:
        """Return the properties that every type has which clients connect to; `said` are further attributes."""
        logs = scope.of(f"{scope.node.id}.logs")
        after: list[str] = []
        delivered: dict[str, Any] = {}
        if logs is not None:
            after = self.let_logs_in(logs, scope.node.id)
            delivered = {"access_logs.s3.enabled": True, "access_logs.s3.bucket": logs.attribute("name")}
        inside = self.inside(scope.node, scope.architecture)
        return {"Type": type(self).type, "Scheme": "internal" if inside else "internet-facing",
                **self.common({**said, **delivered}), "after": after}  # fmt: skip

    def let_logs_in(self, bucket: Scope, because: str) -> list[str]:
        """Let the access logs be written to a bucket, and return what the load balancer waits for."""
        files = Sub("${Bucket}/AWSLogs/${AWS::AccountId}/*", {"Bucket": bucket.attribute("arn")})
        bucket.policy(Statement(("s3:PutObject",), (files,), because, "LoadBalancerLogs", {"Service": DELIVERY},
                                {"StringEquals": {"aws:SourceAccount": account}}))  # fmt: skip
        return [f"{bucket.id}Policy"]


def attributes_of(said: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return attributes as the list of keys and texts that AWS takes; what is None is left out."""
    return [{"Key": key, "Value": str(value).lower() if isinstance(value, bool) else
             str(value) if isinstance(value, int | float) else value}
            for key, value in said.items() if value is not None]  # fmt: skip
