"""Client VPN: people join a network one by one, from their own computers.

https://docs.aws.amazon.com/vpn/latest/clientvpn-admin/what-is.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Any, ClassVar, Literal

from archkit import network
from archkit.architecture import Architecture, Node
from archkit.kind import External, Helper, Kind, NodeId, Port, Record, Refusal, Spread, prop
from archkit.scope import Resource, Scope
from archkit.shared.retention import Days
from archkit.shared.sites import CIDR

__all__ = ["ClientVpn"]


class Authorization(Record):
    """Who of those that are signed in may reach which addresses."""

    cidr: str = prop(doc="Range that is reached; beyond the VPC, the way there is opened as well.", pattern=CIDR,
                     shape=True)  # fmt: skip
    group: str | None = prop(None, "Id of the directory group that may (default: everyone).")


class ClientVpn(Kind, icon="aws/network/client-vpn", service="AWS Client VPN",
                types=("AWS::EC2::ClientVpnEndpoint", "AWS::EC2::ClientVpnTargetNetworkAssociation",
                       "AWS::EC2::ClientVpnAuthorizationRule", "AWS::EC2::ClientVpnRoute", "AWS::EC2::SecurityGroup",
                       "AWS::EC2::SecurityGroupEgress", "AWS::Logs::LogGroup",
                       "AWS::Logs::LogStream")):  # fmt: skip
    """Client VPN: people join a network from their own computers, by certificate or with a directory's password."""

    clients: str = prop("172.16.0.0/22", "Range of the computers that join, /22 to /12, apart from the VPC's.",
                        pattern=CIDR, shape=True)  # fmt: skip
    server_certificate: str | None = prop(None, "ARN of the server's certificate.")
    certificate: NodeId | None = prop(None, "The server's certificate, as a node.", slot="certificate",
                                      to="acm.certificate")  # fmt: skip
    client_certificate: str | None = prop(None, "ARN of the certificate that clients' certificates come from.")
    directory: str | None = prop(None, "Id of the directory whose users sign in.")
    saml: str | None = prop(None, "ARN of the SAML provider whose users sign in.")
    allow: list[Authorization] = prop([], "Who may reach what (default: everyone the VPC).")
    split: bool = prop(True, "Only what goes to the network goes through the tunnel.")
    portal: bool = prop(False, "A page where those who sign in by directory or SAML fetch the client.")
    port: Literal[443, 1194] = prop(443, "Port at which clients connect.")
    session_hours: Literal[8, 10, 12, 24] = prop(8, "Hours after which people sign in again.")
    udp: bool = prop(True, "UDP, which is faster than TCP.")
    dns: list[str] = prop([], "DNS servers for clients.", le=2)
    logs: Days = prop(90, "Days that lines of connections are kept.")
    key: NodeId | None = prop(None, "Key that encrypts the logs.", slot="key", to="kms.key")

    resides = "subnets"
    prefers: ClassVar[Any] = "private"
    reaches = True
    attributes = {"id": "${}", "arn": "${}"}
    external = External(("id", "security_group"))
    strict = {"logs": 365}
    example = ("{server_certificate: 'arn:aws:acm:us-east-1:123456789012:certificate/1', "
               "client_certificate: 'arn:aws:acm:us-east-1:123456789012:certificate/2'}")  # fmt: skip

    def helpers(self) -> Mapping[str, Helper]:
        return {"lines": Helper("logs.group", {"logs": self.logs, **({"key": self.key} if self.key else {})})}

    def spread(self) -> Spread:
        return "across"

    def public_address(self, node: Node, world: Architecture) -> bool:
        return True

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        """https://docs.aws.amazon.com/vpn/latest/clientvpn-admin/limits.html."""
        found = []
        if not self.server_certificate and self.certificate is None:
            found.append(Refusal("the server shows a certificate", "server_certificate: its ARN", "missing-property"))
        if not (self.client_certificate or self.directory or self.saml):
            found.append(Refusal("people sign in by certificate, directory or SAML", "client_certificate: its ARN",
                                 "missing-property"))  # fmt: skip
        if self.portal and not (self.directory or self.saml):
            found.append(Refusal("the portal is for those who sign in by directory or SAML", "portal: false",
                                 "bad-value", "portal"))  # fmt: skip
        try:
            mine = IPv4Network(self.clients)
        except ValueError as error:
            return [*found, Refusal(f"'{self.clients}' is no range: {error}", None, "bad-value", "clients")]
        if not 12 <= mine.prefixlen <= 22:
            found.append(
                Refusal(
                    f"the clients' range is a /12 to /22, not a /{mine.prefixlen}",
                    "clients: 172.16.0.0/22",
                    "out-of-bounds",
                    "clients",
                )
            )
        vpc = network.vpc_of(node, world)
        theirs = getattr(vpc.kind, "cidr", None) if vpc is not None and vpc.existing is None else None
        if theirs and mine.overlaps(IPv4Network(theirs, strict=False)):
            found.append(Refusal(f"the clients' range {mine} overlaps {theirs}, that of '{vpc.id if vpc else ''}'",
                                 "clients: 172.16.0.0/22", "same-addresses", "clients"))  # fmt: skip
        return found

    def build(self, scope: Scope) -> None:
        from troposphere import ec2

        lines = scope.of(f"{scope.node.id}.lines")
        assert lines is not None
        ways: list[dict[str, Any]] = []
        if self.client_certificate:
            ways.append({"Type": "certificate-authentication", "MutualAuthentication": {
                "ClientRootCertificateChainArn": self.client_certificate}})  # fmt: skip
        if self.directory:
            ways.append(
                {"Type": "directory-service-authentication", "ActiveDirectory": {"DirectoryId": self.directory}}
            )
        if self.saml:
            ways.append({"Type": "federated-authentication", "FederatedAuthentication": {"SAMLProviderArn": self.saml}})
        stream = scope.make("AWS::Logs::LogStream", "Stream", LogGroupName=lines.attribute("name"))
        endpoint = scope.make(
            "AWS::EC2::ClientVpnEndpoint", AuthenticationOptions=ways, ClientCidrBlock=self.clients,
            ServerCertificateArn=self.server_certificate or scope.arn(self.certificate),
            ConnectionLogOptions={"Enabled": True, "CloudwatchLogGroup": lines.attribute("name"),
                                  "CloudwatchLogStream": stream.ref},
            VpcId=network.vpc_id(scope), SecurityGroupIds=[network.security_group(scope)], SplitTunnel=self.split,
            SessionTimeoutHours=self.session_hours, TransportProtocol="udp" if self.udp else "tcp",
            VpnPort=self.port, SelfServicePortal="enabled" if self.portal else None,
            DnsServers=list(self.dns) or None, Description=f"{scope.architecture.name}: {scope.node.title}",
        )  # fmt: skip
        joined = [
            scope.make(ec2.ClientVpnTargetNetworkAssociation, f"Network{number + 1}", ClientVpnEndpointId=endpoint.ref,
                       SubnetId=subnet)
            for number, subnet in enumerate(network.subnets(scope))
        ]  # fmt: skip
        vpc = network.vpc_scope(scope)
        allowed = [(one.cidr, one.group) for one in self.allow] or [(whole, None) for whole in vpc.kind.ranges(vpc)]
        for number, (whole, group) in enumerate(allowed):
            whom = re.sub("[^A-Za-z0-9]", "", group or "")
            scope.make(ec2.ClientVpnAuthorizationRule, f"Allow{network.spelled(whole, number)}{whom}", after=joined,
                       TargetNetworkCidr=whole, ClientVpnEndpointId=endpoint.ref, AccessGroupId=group,
                       AuthorizeAllGroups=None if group else True)  # fmt: skip
        inner = vpc.kind.ranges(vpc)[0] if vpc.exists is False or "cidr" in (vpc.node.existing or {}) else None
        for whole in dict.fromkeys(one.cidr for one in self.allow if not _within(one.cidr, inner)):
            self._beyond(scope, endpoint, whole, joined)

    def _beyond(self, scope: Scope, endpoint: Resource, whole: str, joined: list[Resource]) -> None:
        """Lead from every network to a range outside of the VPC, which AWS does not do by itself.

        https://docs.aws.amazon.com/vpn/latest/clientvpn-admin/cvpn-working-routes.html
        """
        from troposphere import ec2

        for number, subnet in enumerate(network.subnets(scope)):
            scope.make(ec2.ClientVpnRoute, f"Route{network.spelled(whole, 0)}Network{number + 1}", after=joined,
                       ClientVpnEndpointId=endpoint.ref, DestinationCidrBlock=whole,
                       TargetVpcSubnetId=subnet)  # fmt: skip
        network.let_out(scope, whole, Port(0, protocol="-1"), scope.node.id, f"Allowed{network.spelled(whole, 0)}")


def _within(cidr: str, whole: Any) -> bool:
    """Say whether a range lies in another; in one that is not known, it does."""
    try:
        return IPv4Network(cidr).subnet_of(IPv4Network(whole))
    except (ValueError, TypeError):
        return whole is None or not isinstance(whole, str)
