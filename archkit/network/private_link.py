"""Endpoint services of AWS: the names by which VPCs reach them, and their ports.

https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
"""

from __future__ import annotations

from archkit.architecture import Node
from archkit.offers import Port

__all__ = ["endpoint_service", "port_of"]

ENDPOINTS = {
    "kinesis": "kinesis-streams",
    "firehose": "kinesis-firehose",
    "cloudwatch": "monitoring",
    "bedrock": "bedrock-runtime",
}
"""Those whose name is not the prefix of their IAM actions."""
PORTS = {"cassandra": Port(9_142)}
"""Services that speak a protocol of their own
(https://docs.aws.amazon.com/keyspaces/latest/devguide/vpc-endpoints.html)."""


def endpoint_service(node: Node) -> str | None:
    """Return the name of the VPC endpoint service that a service of AWS answers at, or None for what has none."""
    kind = node.kind
    if kind.private_link is not None:
        return kind.private_link
    prefix = next((grant.actions[0].split(":")[0] for grant in kind.grants.values() if grant.actions), None)
    return ENDPOINTS.get(prefix, prefix) if prefix else None


def port_of(service: str) -> Port:
    """Return the port at which an endpoint service is called: that of HTTPS, but for a few."""
    return PORTS.get(service, Port(443))
