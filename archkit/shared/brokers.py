"""Brokers in a VPC, whoever makes them: what it takes to poll one."""

from __future__ import annotations

from collections.abc import Iterable

from archkit import network
from archkit.architecture import Node
from archkit.kind import Grant, Port
from archkit.scope import Link

__all__ = ["INTERFACES", "called", "let_pollers_in"]

INTERFACES = Grant("ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces",
                   "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs",
                   wildcard="interfaces have no ARN before they are made")  # fmt: skip
"""What whoever polls brokers makes in their subnets
(https://docs.aws.amazon.com/lambda/latest/dg/with-msk-permissions.html)."""


def called(target: Node, *more: str) -> tuple[str, ...]:
    """Return the endpoint services that whoever polls for a function calls from the broker's subnets.

    https://docs.aws.amazon.com/lambda/latest/dg/with-msk-cluster-network.html
    """
    return ("lambda", "sts", *more) if target.kind.principal == "lambda.amazonaws.com" else ()


def let_pollers_in(link: Link, ports: Iterable[Port], *more: str) -> None:
    """Let who polls a broker connect to it, and call the services that it needs: it is in the broker's own group."""
    broker = link.source
    if broker.exists or not network.stands(broker.node, link.architecture):
        return
    network.open_itself(broker, ports, link.because)
    for service in called(link.target.node, *more) or ("sts", *more):
        network.call_out(broker, service, link.because)
