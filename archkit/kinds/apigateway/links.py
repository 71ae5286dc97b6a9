"""Links from API Gateway into a VPC."""

from __future__ import annotations

from typing import Any

from archkit import network
from archkit.architecture import Architecture, Node
from archkit.kind import External, Kind, Refusal, Spread, prop
from archkit.scope import Scope
from archkit.values import Sub

__all__ = ["VpcLink"]


class VpcLink(Kind, name="apigateway.vpc_link", icon="aws/network/endpoint", service="Amazon API Gateway HTTP API",
              types=("AWS::ApiGatewayV2::VpcLink", "AWS::EC2::SecurityGroup",
                     "AWS::EC2::SecurityGroupEgress")):  # fmt: skip
    """VPC link: the way by which an HTTP API reaches a load balancer or service inside a VPC.

    It stands in a group of subnets, or in those whose ids are given.
    """

    subnets: list[str] = prop([], "Ids of the subnets where the link stands, if it is in no group of them.", shape=True)
    security_groups: list[str] = prop([], "Ids of the link's security groups, where it is in no group of subnets.")

    resides = "either"
    guard = True
    attributes = {"id": "${}"}
    external = External(("id",))
    example = "{subnets: [subnet-0123456789abcdef0], security_groups: [sg-0123456789abcdef0]}"

    def spread(self) -> Spread:
        return "across"

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        if bool(self.subnets) == network.stands(node, world):
            why = "stands in subnets already" if self.subnets else "stands in subnets of a VPC"
            return [Refusal(f"apigateway.vpc_link '{node.id}' {why}", "put it into a group of subnets",
                            "bad-value" if self.subnets else "missing-property", "subnets")]  # fmt: skip
        return []

    def build(self, scope: Scope) -> None:
        from troposphere import apigatewayv2

        place: dict[str, Any] = {"SubnetIds": list(self.subnets), "SecurityGroupIds": list(self.security_groups)}
        if network.stands(scope.node, scope.architecture):
            place = {"SubnetIds": network.subnets(scope), "SecurityGroupIds": [network.security_group(scope)]}
        scope.make(apigatewayv2.VpcLink, Name=Sub("${AWS::StackName}-" + scope.node.id), **place)
