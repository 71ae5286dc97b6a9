"""The network itself."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Any, Literal

from archkit.architecture import Architecture, Node
from archkit.kind import External, Frame, Helper, Kind, Refusal, prop
from archkit.scope import Scope

__all__ = ["Vpc"]


class Vpc(Kind, icon="aws/network/vpc", service="Amazon VPC",
          types=("AWS::EC2::VPC", "AWS::EC2::VPCCidrBlock")):  # fmt: skip
    """Network of your own: groups of subnets over Availability Zones, with the ways in and out that are asked for."""

    cidr: str = prop("10.0.0.0/16", "Its IPv4 range, /16 to /28.", pattern=r"[0-9.]+/[0-9]+", shape=True)
    zones: int = prop(2, "Availability Zones that its subnets are spread over.", ge=1, le=6, shape=True)
    nat: Literal["none", "one", "per_zone"] = prop(
        "none", "NAT gateways through which private subnets reach the Internet.", shape=True
    )
    ipv6: bool = prop(False, "An IPv6 range as well, with an egress-only gateway for private subnets.", shape=True)

    frame = Frame("#8C4FFF", icon="aws/network/vpc")
    network = "vpc"
    attributes = {"id": "${}", "cidr": "${.CidrBlock}"}
    external = External(("id",))

    def columns(self) -> int:
        return self.zones

    def caption(self) -> str | None:
        return self.cidr

    def ranges(self, scope: Scope) -> list[Any]:
        return [scope.attribute("cidr") if scope.exists else self.cidr]

    def helpers_around(self, node: Node, nodes: Mapping[str, Node]) -> Mapping[str, Helper]:
        mine = [other for other in nodes.values() if other.parent == node.id]
        public = [other for other in mine if other.kind.exposure() == "public"]
        made = {}
        if public and not any(other.kind.name == "ec2.internet_gateway" for other in mine):
            made["internet"] = Helper("ec2.internet_gateway", label="Internet gateway", parent=node.id)
        if public and self.nat != "none":
            spread = {"zones": self.zones if self.nat == "per_zone" else 1}
            made["nat"] = Helper("ec2.nat_gateway", spread, "NAT gateway", parent=public[0].id)
        return made

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        try:
            IPv4Network(self.cidr)
        except ValueError as error:
            return [
                Refusal(f"'{self.cidr}' is no range of addresses: {error}", "cidr: 10.0.0.0/16", "bad-value", "cidr")
            ]
        return []

    def build(self, scope: Scope) -> None:
        from troposphere import ec2

        scope.make(ec2.VPC, CidrBlock=self.cidr, EnableDnsSupport=True, EnableDnsHostnames=True)
        if self.ipv6:
            scope.make(ec2.VPCCidrBlock, "Ipv6", VpcId=scope.main.ref, AmazonProvidedIpv6CidrBlock=True)
