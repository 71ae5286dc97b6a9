"""Gateways that a VPC makes for itself: to and from the Internet, and out through NAT."""

from __future__ import annotations

from archkit import network
from archkit.kind import Kind, Spread, prop
from archkit.kinds.ec2.addresses import LETTERS
from archkit.scope import Scope

__all__ = ["InternetGateway", "NatGateway"]


class InternetGateway(Kind, icon="aws/network/internet-gateway", service="Amazon VPC",
                      types=("AWS::EC2::InternetGateway", "AWS::EC2::VPCGatewayAttachment", "AWS::EC2::RouteTable",
                             "AWS::EC2::GatewayRouteTableAssociation")):  # fmt: skip
    """Internet gateway: the way between public subnets and the Internet; a VPC with public subnets makes its own."""

    resides = "vpc"
    border = True
    shown = True
    attributes = {"id": "${}"}

    def build(self, scope: Scope) -> None:
        from troposphere import ec2

        gateway = scope.make(ec2.InternetGateway)
        scope.make(ec2.VPCGatewayAttachment, "Attachment", VpcId=network.vpc_id(scope), InternetGatewayId=gateway.ref)


class NatGateway(Kind, icon="aws/network/nat-gateway", service="Amazon VPC",
                 types=("AWS::EC2::NatGateway", "AWS::EC2::EIP")):  # fmt: skip
    """NAT gateway: the way out of private subnets; a VPC makes its own where its `nat` says so."""

    zones: int = prop(1, "Zones that have one each.", ge=1, le=6, shape=True)

    resides = "subnets"
    prefers = "public"
    shown = True
    attributes = {"id": "${+A}"}

    def spread(self) -> Spread:
        return "each" if self.zones > 1 else "one"

    def build(self, scope: Scope) -> None:
        from troposphere import ec2

        internet = network.in_vpc(scope, "ec2.internet_gateway")
        attachment = f"{internet.id}Attachment" if internet is not None else None
        for letter, subnet in zip(LETTERS[: self.zones], network.subnets(scope), strict=False):
            address = scope.make(ec2.EIP, f"{letter}Address", after=[attachment], Domain="vpc")
            scope.make(ec2.NatGateway, letter, after=[attachment], SubnetId=subnet,
                       AllocationId=address.att("AllocationId"))  # fmt: skip
