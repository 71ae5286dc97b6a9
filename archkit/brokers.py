"""Brokers in a VPC, whoever makes them: what it takes to poll one."""

from __future__ import annotations

from archkit.kind import Grant

__all__ = ["INTERFACES"]

INTERFACES = Grant("ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces",
                   "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs",
                   wildcard="interfaces have no ARN before they are made")  # fmt: skip
"""What whoever polls brokers makes in their subnets
(https://docs.aws.amazon.com/lambda/latest/dg/with-msk-permissions.html)."""
