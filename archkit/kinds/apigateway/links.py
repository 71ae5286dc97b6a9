"""Links from API Gateway into a VPC."""

from __future__ import annotations

from archkit.kind import External, Kind, prop
from archkit.scope import Scope
from archkit.values import Sub

__all__ = ["VpcLink"]


class VpcLink(Kind, name="apigateway.vpc_link", icon="aws/network/endpoint", service="Amazon API Gateway HTTP API",
              types="AWS::ApiGatewayV2::VpcLink"):  # fmt: skip
    """VPC link: the way by which an HTTP API reaches a load balancer or service inside a VPC."""

    subnets: list[str] = prop(doc="Ids of the subnets where the link stands.", ge=1)
    security_groups: list[str] = prop([], "Ids of the link's security groups.")

    guard = True
    attributes = {"id": "${}"}
    external = External(("id",))
    example = "{subnets: [subnet-0123456789abcdef0], security_groups: [sg-0123456789abcdef0]}"

    def build(self, scope: Scope) -> None:
        from troposphere import apigatewayv2

        scope.make(apigatewayv2.VpcLink, Name=Sub("${AWS::StackName}-" + scope.node.id), SubnetIds=list(self.subnets),
                   SecurityGroupIds=list(self.security_groups))  # fmt: skip
