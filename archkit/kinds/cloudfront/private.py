"""Origins inside of a VPC: CloudFront enters it for what has private addresses only.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
"""

from __future__ import annotations

from typing import Any

from archkit import network
from archkit.architecture import Ends
from archkit.kind import Port, Refusal
from archkit.kinds.cloudfront.policies import named
from archkit.scope import Link
from archkit.shared.edge_ranges import let_cloudfront_in

__all__ = ["enter", "refuse_entry"]

GATEWAY = "ec2.internet_gateway"


def refuse_entry(ends: Ends, protocol: str | None) -> Refusal | None:
    """Say why CloudFront cannot enter the VPC of an origin."""
    origin, world = ends.other, ends.architecture
    if origin.kind.origin is None or origin.kind.origin.private is None:
        return Refusal(f"CloudFront does not reach '{origin.id}', which has private addresses only",
                       "put it into public subnets, or an elb.application before it", "cannot-reach")  # fmt: skip
    vpc = network.vpc_of(origin, world)
    if vpc is not None and vpc.existing is None and network.beside(origin, world, GATEWAY) is None:
        return Refusal(f"CloudFront enters '{vpc.id}' only if it has an Internet gateway, though nothing goes through",
                       f"internet: {GATEWAY} among the nodes of '{vpc.id}'", "cannot-reach")  # fmt: skip
    if ends.owner.place[0] != origin.place[0]:
        return Refusal("a distribution and what it reaches inside of a VPC are of one account", None, "other-account")
    if protocol == "match":
        return Refusal("what lets CloudFront in at both ports has more rules than a security group may have",
                       "protocol: https", "bad-value", "protocol")  # fmt: skip
    return origin.kind.entered(origin, world)


def enter(link: Link, protocol: str, port: int | None) -> Any:
    """Let CloudFront into the VPC of the other end, and return the id of the way."""
    distribution, origin = link.owner, link.other
    secure = protocol == "https"
    at = port or (443 if secure else 80)
    name = f"{origin.id}{at}Entry"
    known = distribution.get(name)
    if known is not None:
        return known.ref
    if origin.exists:
        distribution.note("let-in", f"'{origin.node.id}' exists already and is not changed: its security group must "
                          f"let CloudFront's prefix list in at {at}")  # fmt: skip
    else:
        let_cloudfront_in(origin, Port(at), link.because)
    gateway = network.in_vpc(origin, GATEWAY)
    near = gateway is not None and gateway.node.place == distribution.node.place
    config = {"Name": named(distribution, f"{origin.node.id.replace('.', '-')}-{at}", 64),
              "Arn": origin.fill(origin.kind.origin.private), "OriginProtocolPolicy": f"{protocol}-only",
              "HTTPSPort" if secure else "HTTPPort": at, "OriginSSLProtocols": ["TLSv1.2"]}  # fmt: skip
    made = distribution.make("AWS::CloudFront::VpcOrigin", name, because=link.because, VpcOriginEndpointConfig=config,
                             after=[f"{gateway.id}Attachment"] if near and gateway is not None else [])  # fmt: skip
    return made.ref
