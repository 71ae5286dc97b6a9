"""Addresses from which CloudFront calls origins: a prefix list that AWS keeps, under another id in each Region.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/LocationsOfEdgeServers.html#managed-prefix-list
"""

from __future__ import annotations

from archkit import network
from archkit.kind import Port
from archkit.network.rules import PrefixList
from archkit.scope import Scope

__all__ = ["let_cloudfront_in"]

ASKED = ("aws ec2 describe-managed-prefix-lists --query PrefixLists[0].PrefixListId --output text "
         "--filters Name=prefix-list-name,Values=com.amazonaws.global.cloudfront.origin-facing")  # fmt: skip
EDGES = {
    "Type": "String", "AllowedPattern": "pl-[0-9a-f]+",
    "Description": f"Id of the prefix list of CloudFront, which is another in each Region: `{ASKED}`",
}  # fmt: skip


def let_cloudfront_in(scope: Scope, port: Port, because: str) -> None:
    """Let CloudFront in at a port of a node; one only, as its list counts as 55 of the 60 rules of a group."""
    network.let_in(scope, PrefixList(scope.parameter("CloudFront", EDGES, ASKED)), port, because, "CloudFront")
