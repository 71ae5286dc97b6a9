"""Interface endpoints: services of AWS, or of others, at addresses inside a VPC.

https://docs.aws.amazon.com/vpc/latest/privatelink/what-is-privatelink.html
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from archkit import network
from archkit.architecture import Architecture, Ends, Node
from archkit.kind import External, Join, Json, Kind, Listen, Port, Refusal, Spread, prop
from archkit.kinds.ec2.addresses import LETTERS
from archkit.scope import Link, Scope
from archkit.values import Att, Sub, account

__all__ = ["Endpoint", "EndpointService"]

NAME = r"[a-z0-9.-]+"


OWN = {"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*",
    "Condition": {"StringEquals": {"aws:PrincipalAccount": account, "aws:ResourceAccount": account}},
}]}  # fmt: skip
"""Nothing of another account is reached, and no credentials of another account are used
(https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html)."""


class Consume(Join):
    """The endpoint leads to that service, which another VPC offers."""

    word: ClassVar[str] = "consume"
    usual: ClassVar[bool] = True

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.types[:1] == ("AWS::EC2::VPCEndpointService",)

    def refuse(self, ends: Ends) -> Refusal | None:
        if ends.owner.kind.services:  # type: ignore[attr-defined]
            return Refusal(f"'{ends.owner.id}' leads to services of AWS", "make another endpoint, without 'services'",
                           "cannot-join")  # fmt: skip
        if ends.owner.place != ends.other.place and ends.other.existing is None:
            return Refusal("an endpoint and its service stand in one Region", None, "other-region")
        return None

    def apply(self, link: Link) -> None:
        for zone in ("", *LETTERS):
            made = link.owner.get(zone)
            if made is not None:
                made.set("ServiceName", link.other.attribute("name"))


class Through(Listen):
    """A connection to whatever the endpoint leads to: `NAME` holds its DNS name."""

    def give(self, link: Link) -> None:
        entry = {"Fn::Select": [0, Att(link.target.id, "DnsEntries")]}
        dns = link.target.attribute("dns") if link.target.exists else {
            "Fn::Select": [1, {"Fn::Split": [":", entry]}]}  # fmt: skip
        link.hand_over(value=dns)


class Endpoint(Kind, icon="aws/network/endpoint", service="VPC endpoints and AWS PrivateLink",
               types=("AWS::EC2::VPCEndpoint", "AWS::EC2::SecurityGroup",
                      "AWS::EC2::SecurityGroupIngress")):  # fmt: skip
    """Interface endpoint: services of AWS, or one that another VPC offers, at private addresses.

    Whatever in the VPC calls one of `services` goes through it, and only that is let in.
    """

    services: list[str] = prop([], "Services of AWS, such as sqs, secretsmanager or ecr.api.", pattern=NAME, shape=True)
    service_name: str | None = prop(
        None, "Name of another's service, such as com.amazonaws.vpce.eu-west-1.vpce-svc-0123.", pattern=NAME
    )
    type: Literal["interface", "gateway_load_balancer"] = prop("interface", "Sort of endpoint.", shape=True)
    port: int = prop(443, "Port of another's service.", ge=1, le=65_535, shape=True)
    private_dns: bool | None = prop(None, "Answer to the service's own name (default: for services of AWS).")
    own_account: bool = prop(False, "Let through calls by the own account, on what it owns, and no others.")
    policy: Json | None = prop(None, "Policy of the endpoint, as IAM documents it (default: lets all calls through).")

    resides = "subnets"
    prefers: ClassVar[Any] = "private"
    listens = Through
    joins = (Consume,)
    attributes = {"id": "${}", "arn": "${}"}
    external = External(("id", "dns", "security_group"))
    example = "{services: [sqs, ecr.api]}"

    def carries(self) -> tuple[str, ...]:
        return tuple(self.services)

    def ports(self) -> tuple[Port, ...]:
        return (Port(443 if self.services else self.port),)

    def spread(self) -> Spread:
        return "each"

    def caption(self) -> str | None:
        return ", ".join(self.services) or None

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        consumed = any(effect.owner == node.id for _, effect in world.effects("consume"))
        if not self.services and self.service_name is None and not consumed:
            return [Refusal(f"'{node.id}' leads to no service",
                            "services: [sqs], or an edge to an ec2.endpoint_service", "missing-property")]  # fmt: skip
        if self.services and (self.service_name is not None or self.type != "interface"):
            return [Refusal("services of AWS are reached by an interface endpoint, each by its own name", None,
                            "bad-value", "services")]  # fmt: skip
        if self.own_account and (self.policy is not None or not self.services):
            return [Refusal("'own_account' is the policy of an endpoint of AWS's services, which has one only", None,
                            "bad-value", "own_account")]  # fmt: skip
        twice = [service for service in self.services if self.services.count(service) > 1]
        for other, service in network.carriers(network.vpc_of(node, world) or node, world):
            if other.id < node.id and other.id != node.id and network.stands(other, world) and service in self.services:
                twice.append(service)
        if twice:
            # private DNS names of one service can lead to one endpoint only
            return [Refusal(f"{twice[0]} has an endpoint in this VPC already", None, "endpoint-twice", "services")]
        return []

    def build(self, scope: Scope) -> None:
        from troposphere import ec2

        place = {
            "VpcId": network.vpc_id(scope),
            "SubnetIds": network.subnets(scope),
            "PolicyDocument": self.policy or (OWN if self.own_account else None),
        }
        if self.type == "gateway_load_balancer":
            # each stands in one subnet (https://docs.aws.amazon.com/vpc/latest/privatelink/create-gateway-load-balancer-endpoint-service.html)
            for zone, subnet in zip(("", *LETTERS[1:]), network.subnets(scope), strict=False):
                scope.make(ec2.VPCEndpoint, zone, VpcId=place["VpcId"], SubnetIds=[subnet],
                           VpcEndpointType="GatewayLoadBalancer", ServiceName=self.service_name or "")  # fmt: skip
            return
        place |= {"VpcEndpointType": "Interface", "SecurityGroupIds": [network.security_group(scope)]}
        if not self.services:
            scope.make(
                ec2.VPCEndpoint,
                ServiceName=self.service_name or "",
                PrivateDnsEnabled=self.private_dns or False,
                **place,
            )
        for number, service in enumerate(self.services):
            helper = "" if number == 0 else "".join(part.capitalize() for part in service.replace("-", ".").split("."))
            scope.make(
                ec2.VPCEndpoint, helper, ServiceName=Sub(f"com.amazonaws.${{AWS::Region}}.{service}"),
                PrivateDnsEnabled=True if self.private_dns is None else self.private_dns, **place,
            )  # fmt: skip


class Offer(Join):
    """The service is what that load balancer leads to.

    https://docs.aws.amazon.com/vpc/latest/privatelink/create-endpoint-service.html
    """

    word: ClassVar[str] = "offer"
    usual: ClassVar[bool] = True
    arrow: ClassVar[Any] = "either"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return getattr(other, "type", None) in ("network", "gateway")

    def apply(self, link: Link) -> None:
        kind: Any = type(link.other.node.kind)
        name = "NetworkLoadBalancerArns" if kind.type == "network" else "GatewayLoadBalancerArns"
        link.owner.main.append(name, link.other.attribute("arn"))
        if kind.type == "network" and not link.other.exists:
            # who may come is said by the endpoint service; the balancer sees addresses of other networks, unknown here
            # (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html)
            link.other.main.set("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic", "off")


SOME = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/one/0123456789abcdef"


class EndpointService(Kind, icon="aws/network/privatelink", service="VPC endpoints and AWS PrivateLink",
                      types=("AWS::EC2::VPCEndpointService", "AWS::EC2::VPCEndpointServicePermissions")):  # fmt: skip
    """Endpoint service: what a Network or Gateway Load Balancer leads to, offered to other VPCs by PrivateLink."""

    accept: bool = prop(True, "Somebody accepts each connection by hand.")
    principals: list[str] = prop([], "ARNs of who may connect (default: the own account).", pattern="arn:.*")
    private_name: str | None = prop(None, "Domain name under which consumers reach it.", pattern=r"[A-Za-z0-9.*-]+")

    joins = (Offer,)
    attributes = {"id": "${}",
                  "arn": "arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:vpc-endpoint-service/${}",
                  "name": "com.amazonaws.vpce.${AWS::Region}.${.ServiceId}"}  # fmt: skip
    external = External(("name",))
    example = f"{{overrides: {{NetworkLoadBalancerArns: ['{SOME}']}}}}"

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        if any(effect.owner == node.id for _, effect in world.effects("offer")) or node.overrides:
            return []
        return [Refusal(f"'{node.id}' offers nothing: no load balancer leads to it",
                        f"an edge from an elb.network: balancer -> {node.id}", "needs-balancer")]  # fmt: skip

    def build(self, scope: Scope) -> None:
        from troposphere import ec2

        made = scope.make(ec2.VPCEndpointService, AcceptanceRequired=self.accept)
        if self.private_name is not None:
            made.set("PrivateDnsName", self.private_name)
        if self.principals:
            scope.make(ec2.VPCEndpointServicePermissions, "Permissions", ServiceId=made.ref,
                       AllowedPrincipals=list(self.principals))  # fmt: skip
