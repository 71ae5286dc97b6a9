"""What joins networks with others and with sites: transit gateways, VPNs, Direct Connect, people who dial in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import archkit
from tests.kinds.rows import att, findings, resources
from tests.options import ANY, Option, holds

HUB, VPN, PEOPLE, LINE = "AWS Transit Gateway", "AWS Site-to-Site VPN", "AWS Client VPN", "AWS Direct Connect"
SITE, ROUTES = "192.168.0.0/16", "192x168x0x0x16"
OFFICE = f"  office: {{kind: data_center, cidrs: [{SITE}]}}\n"
ONE = "  one:\n    kind: ec2.vpc\n    nodes:\n      app: ec2.subnets\n      edge: {kind: ec2.subnets, tier: public}\n"
TWO = "  two:\n    kind: ec2.vpc\n    cidr: 10.1.0.0/16\n    nodes:\n      work: {kind: ec2.subnets, tier: isolated}\n"


def joined(nodes: str, *edges: str) -> str:
    """Return a blueprint of nodes and of what joins them."""
    return f"nodes:\n{nodes}edges:\n" + "".join(f"  - {edge}\n" for edge in edges)


def hub(option: str, path: str, expected: object = ANY, properties: str = "", attach: str = "") -> Option:
    """Return a row of two networks on one hub."""
    nodes = f"  hub: {{kind: ec2.transit_gateway{properties}}}\n{ONE}{TWO}"
    return Option(HUB, option, joined(nodes, f"hub -> one{attach}", "hub -> two"), f"Resources.{path}", expected)


def vpn(option: str, path: str, expected: object = ANY, properties: str = "ip: 203.0.113.12", to: str = "one",
        more: str = "", service: str = VPN) -> Option:  # fmt: skip
    """Return a row of a site joined to a network, or to the hub of one."""
    nodes = f"{OFFICE}  tunnel: {{kind: ec2.vpn, {properties}}}\n{ONE}{more}"
    edges = ["office -> tunnel", f"tunnel -> {to}"]
    if to.startswith("hub"):
        nodes += "  hub: ec2.transit_gateway\n"
        edges.append("hub -> one")
    return Option(service, option, joined(nodes, *edges), f"Resources.{path}", expected)


SERVER, CLIENT, POOL = (f"arn:aws:acm:us-east-1:123456789012:certificate/{number}" for number in (1, 2, 3))


def people(option: str, path: str, expected: object = ANY, properties: str = f"client_certificate: '{CLIENT}'",
           more: str = "") -> Option:  # fmt: skip
    """Return a row of people who dial in to one network."""
    text = (f"nodes:\n  net:\n    kind: ec2.vpc\n    nodes:\n      app:\n        kind: ec2.subnets\n        nodes:\n"
            f"          people: {{kind: ec2.client_vpn, server_certificate: '{SERVER}', {properties}}}\n"
            f"          db: rds.instance\n{more}")  # fmt: skip
    return Option(PEOPLE, option, text, f"Resources.{path}", expected)


def line(option: str, path: str, expected: object = ANY, properties: str = "", interface: str = "vlan: 101",
         to: str = "one", more: str = "", *edges: str) -> Option:  # fmt: skip
    """Return a row of a line from the office."""
    nodes = f"{OFFICE}  line: {{kind: directconnect.connection, location: EqDC2{properties}}}\n{ONE}{more}"
    whole = joined(nodes, "office -> line", f"line -> {to}: {{{interface}}}", *edges)
    return Option(LINE, option, whole, f"Resources.{path}", expected)


ATTACH = "VPC attachments and routes by edges"
GATEWAY = "virtual private gateway or transit gateway"
CUSTOMER = "customer gateway"
STATIC = "static or BGP"
AUTH, RULES = "certificate or directory authentication", "authorisation rules"
T, P, C = "Tunnel.Properties.", "People.Properties.", "Line.Properties."
T1 = T + "VpnTunnelOptionsSpecifications.0."
STATED = "ip: 203.0.113.12, routes: [192.168.0.0/16]"
ROUTER = "  router: {kind: ec2.customer_gateway, ip: 203.0.113.99, asn: 65010, device: Firewall}\n"
DXG = "  dxg: {kind: directconnect.gateway, asn: 64513}\n"
DXHUB = DXG + "  hub: ec2.transit_gateway\n"
PUBLIC = ("sort: public, vlan: 7, amazon_address: 175.45.176.1/30, customer_address: 175.45.176.2/30, "
          "prefixes: [203.0.113.0/24]")  # fmt: skip
LED = ("dxg -> hub: {prefixes: [10.0.0.0/8]}", "hub -> one")
LINED = f"{OFFICE}  line: {{kind: directconnect.connection, location: EqDC2}}\n{ONE}"
INTERFACES = "private/public/transit virtual interface"
DIRECTORY = "directory: d-1234567890"
OPTIONS = [
    hub(ATTACH, "HubOneAttachment.Properties.SubnetIds", [{"Ref": "AppA"}, {"Ref": "AppB"}]),
    hub(ATTACH, "HubOneAttachment.Properties.SubnetIds", [{"Ref": "EdgeA"}, {"Ref": "EdgeB"}],
        attach=": {subnets: edge}"),
    hub(ATTACH, "AppToHub10x1x0x0x16.Properties.TransitGatewayId", {"Ref": "Hub"}),
    hub(ATTACH, "EdgeToHub10x1x0x0x16.DependsOn", ["HubOneAttachment"]),
    hub(ATTACH, "WorkToHub10x0x0x0x16.Properties.DestinationCidrBlock", "10.0.0.0/16"),
    hub(ATTACH, "AppToHub10x0x0x0x8.Properties.TransitGatewayId", {"Ref": "Hub"}, attach=": {routes: [10.0.0.0/8]}"),
    hub(ATTACH, "HubOneAttachment.Properties.Options.ApplianceModeSupport", "enable", attach=": {appliance: true}"),
    hub("route tables", "Hub.Properties.DefaultRouteTableAssociation", "disable", ", default_table: false"),
    hub("route tables", "HubOneAssociation.Properties.TransitGatewayRouteTableId", {"Ref": "HubTableProd"},
        attach=": {table: prod, announce: [shared]}"),
    hub("route tables", "HubOnePropagationToShared.Properties.TransitGatewayAttachmentId",
        {"Ref": "HubOneAttachment"}, attach=": {table: prod, announce: [shared]}"),
    hub("route tables", "HubOneSharedWay0x0x0x0x0.Properties.TransitGatewayRouteTableId", {"Ref": "HubTableShared"},
        attach=": {table: prod, announce: [shared], static: [0.0.0.0/0]}"),
    hub("route tables", "HubOneAssociation.Properties.TransitGatewayRouteTableId", "tgw-rtb-0123456789abcdef0",
        ", existing: {id: tgw-0123456789abcdef0}", ": {table: tgw-rtb-0123456789abcdef0}"),
    hub("sharing", "Hub.Properties.AutoAcceptSharedAttachments", "enable", ", accept_shared: true"),
    hub("ASN", "Hub.Properties.AmazonSideAsn", 64520, ", asn: 64520"),
    hub("ECMP", "Hub.Properties.VpnEcmpSupport", "disable", ", ecmp: false"),
    vpn("VPN attachment", T + "TransitGatewayId", {"Ref": "Hub"}, to="hub", service=HUB),
    vpn("VPN attachment", f"AppToHub{ROUTES}.Properties.TransitGatewayId", {"Ref": "Hub"}, to="hub", service=HUB),
    vpn(CUSTOMER, "TunnelCustomer.Properties.IpAddress", "203.0.113.12"),
    vpn(CUSTOMER, "TunnelCustomer.Properties.BgpAsn", 65020, "ip: 203.0.113.12, asn: 65020"),
    vpn(CUSTOMER, T + "CustomerGatewayId", {"Ref": "Router"}, "customer: router", more=ROUTER),
    vpn(CUSTOMER, "Router.Properties.DeviceName", "Firewall", "customer: router", more=ROUTER),
    vpn(CUSTOMER, "Router.Properties.CertificateArn", SERVER, "customer: router",
        more=f"  router: {{kind: ec2.customer_gateway, ip: 203.0.113.99, certificate: '{SERVER}'}}\n"),
    vpn(GATEWAY, T + "VpnGatewayId", {"Ref": "OneVpnGateway"}),
    vpn(GATEWAY, "Tunnel.DependsOn", ["OneVpnAttachment"]),
    vpn(GATEWAY, "OneVpnRoutes.Properties.RouteTableIds", [{"Ref": "AppRouteTable"}, {"Ref": "EdgeRouteTable"}]),
    vpn(GATEWAY, "OneVpnRoutes.DependsOn", ["OneVpnAttachment"]),
    vpn(GATEWAY, "OneVpnGateway.Properties.AmazonSideAsn", 64530, "ip: 203.0.113.12, asn_here: 64530"),
    vpn(GATEWAY, T + "EnableAcceleration", True, "ip: 203.0.113.12, accelerate: true", to="hub"),
    vpn(STATIC, T + "StaticRoutesOnly", True, STATED),
    vpn(STATIC, f"TunnelRoute{ROUTES}.Properties.DestinationCidrBlock", SITE, STATED),
    vpn(STATIC, T + "StaticRoutesOnly", False),
    vpn("tunnels", T1 + "StartupAction", "start", "ip: 203.0.113.12, tunnel: {start: start}"),
    vpn("tunnels", T1 + "DPDTimeoutAction", "restart"),
    vpn("tunnels", T1 + "IKEVersions", [{"Value": "ikev2"}]),
    vpn("tunnels", T1 + "TunnelInsideCidr", "169.254.10.0/30",
        "ip: 203.0.113.12, tunnel: {inside: [169.254.10.0/30, 169.254.11.0/30]}"),
    vpn("tunnels", T1 + "Phase2EncryptionAlgorithms", [{"Value": "AES256-GCM-16"}],
        "ip: 203.0.113.12, tunnel: {encryption: [AES256-GCM-16]}"),
    vpn("tunnels", T1 + "Phase1IntegrityAlgorithms", [{"Value": "SHA2-512"}],
        "ip: 203.0.113.12, tunnel: {integrity: [SHA2-512]}"),
    vpn("tunnels", T1 + "Phase1DHGroupNumbers", [{"Value": 20}], "ip: 203.0.113.12, tunnel: {groups: [20]}"),
    vpn("tunnels", T + "PreSharedKeyStorage", "SecretsManager", "ip: 203.0.113.12, secret: true"),
    vpn("tunnels", T1 + "LogOptions.CloudwatchLogOptions.LogGroupArn", ANY, "ip: 203.0.113.12, logs: 30"),
    people(AUTH, P + "AuthenticationOptions",
           [{"Type": "certificate-authentication",
             "MutualAuthentication": {"ClientRootCertificateChainArn": CLIENT}}]),
    people(AUTH, P + "AuthenticationOptions",
           [{"Type": "directory-service-authentication", "ActiveDirectory": {"DirectoryId": "d-1234567890"}}],
           DIRECTORY),
    people(AUTH, P + "AuthenticationOptions.0.FederatedAuthentication.SAMLProviderArn",
           "arn:aws:iam::123456789012:saml-provider/x", "saml: 'arn:aws:iam::123456789012:saml-provider/x'"),
    people(AUTH, P + "ServerCertificateArn", SERVER),
    people(RULES, "PeopleAllow10x0x0x0x16.Properties.AuthorizeAllGroups", True),
    people(RULES, "PeopleAllow10x0x1x0x24S1.Properties.AccessGroupId", "S-1",
           f"{DIRECTORY}, allow: [{{cidr: 10.0.1.0/24, group: S-1}}]"),
    people(RULES, f"PeopleRoute{ROUTES}Network2.Properties.TargetVpcSubnetId", {"Ref": "AppB"},
           f"{DIRECTORY}, allow: [{{cidr: {SITE}}}]"),
    people(RULES, f"PeopleRoute{ROUTES}Network1.DependsOn", ["PeopleNetwork1", "PeopleNetwork2"],
           f"{DIRECTORY}, allow: [{{cidr: {SITE}}}]"),
    people("network associations", "PeopleNetwork2.Properties.SubnetId", {"Ref": "AppB"}),
    people("network associations", P + "SecurityGroupIds", [att("PeopleSecurityGroup", "GroupId")]),
    people("by edges", "DbFromPeople5432.Properties.SourceSecurityGroupId", att("PeopleSecurityGroup", "GroupId"),
           more="edges:\n  - people -> db\n"),
    people("clients", P + "ClientCidrBlock", "172.20.0.0/20", f"{DIRECTORY}, clients: 172.20.0.0/20"),
    people("split tunnel", P + "SplitTunnel", False, f"{DIRECTORY}, split: false"),
    people("session", P + "SessionTimeoutHours", 12, f"{DIRECTORY}, session_hours: 12"),
    people("protocol", P + "TransportProtocol", "tcp", f"{DIRECTORY}, udp: false"),
    people("protocol", P + "VpnPort", 1194, f"{DIRECTORY}, port: 1194"),
    people("portal", P + "SelfServicePortal", "enabled", f"{DIRECTORY}, portal: true"),
    people("DNS", P + "DnsServers", ["10.0.0.2"], f"{DIRECTORY}, dns: [10.0.0.2]"),
    people("logs", P + "ConnectionLogOptions.Enabled", True),
    people("logs", "PeopleLines.Properties.RetentionInDays", 7, f"{DIRECTORY}, logs: 7"),
    line("connection", C + "Bandwidth", "10Gbps", ", bandwidth: 10Gbps"),
    line("connection", C + "ProviderName", "Equinix", ", provider: Equinix"),
    line("connection", C + "RequestMACSec", True, ", macsec: true, bandwidth: 10Gbps"),
    line(INTERFACES, "LineOne101Interface.Type", "AWS::DirectConnect::PrivateVirtualInterface"),
    line(INTERFACES, "LineOne101Interface.Properties.VirtualGatewayId", {"Ref": "OneVpnGateway"}),
    line(INTERFACES, "LineOne101Interface.Properties.Mtu", 9001, interface="vlan: 101, jumbo: true"),
    line(INTERFACES, "LineOne101Interface.Properties.BgpPeers.0.Asn", "65050", interface="vlan: 101, asn: 65050"),
    line(INTERFACES, "LineWorld7Interface.Properties.RouteFilterPrefixes", ["203.0.113.0/24"], interface=PUBLIC,
         to="world", more="  world: internet\n"),
    line(INTERFACES, "LineWorld7Interface.Properties.BgpPeers.0.AmazonAddress", "175.45.176.1/30", interface=PUBLIC,
         to="world", more="  world: internet\n"),
    Option(LINE, INTERFACES, joined(f"{LINED}{DXHUB}",
                                    "office -> line", "line -> dxg: {sort: transit, vlan: 102}", *LED),
           "Resources.LineDxg102Interface.Type", "AWS::DirectConnect::TransitVirtualInterface"),
    Option(LINE, "Direct Connect gateway",
           joined(f"{LINED}{DXHUB}",
                  "office -> line", "line -> dxg: {sort: transit, vlan: 102}", *LED),
           "Resources.DxgHubAssociation.Properties.AllowedPrefixesToDirectConnectGateway", ["10.0.0.0/8"]),
    Option(LINE, "Direct Connect gateway",
           joined(f"{LINED}{DXHUB}",
                  "office -> line", "line -> dxg: {sort: transit, vlan: 102}", *LED),
           f"Resources.AppToHub{ROUTES}.Properties.TransitGatewayId", {"Ref": "Hub"}),
    Option(LINE, "Direct Connect gateway",
           joined(f"{LINED}{DXG}",
                  "office -> line", "line -> dxg: {vlan: 102}", "dxg -> one"),
           "Resources.DxgOneAssociation.Properties.AssociatedGatewayId", {"Ref": "OneVpnGateway"}),
    Option(LINE, "Direct Connect gateway", joined(f"{ONE}{DXG}", "dxg -> one"),
           "Resources.Dxg.Properties.AmazonSideAsn", "64513"),
]  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS, ids=lambda row: f"{row.option} {row.path.partition('.')[2]}")
def test_an_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    assert holds(option, tmp_path)


@pytest.mark.parametrize("text", sorted({option.blueprint for option in OPTIONS}))
def test_templates_are_clean(text: str, tmp_path: Path) -> None:
    archkit.load(tmp_path / "b.yaml", text=f"name: hybrid\n{text}").synth()


def test_a_hub_leads_to_the_others_only(tmp_path: Path) -> None:
    found = resources(hub(ATTACH, "").blueprint, tmp_path)
    ways = {
        (one["Properties"]["RouteTableId"]["Ref"], one["Properties"]["DestinationCidrBlock"])
        for one in found.values()
        if one["Type"] == "AWS::EC2::Route" and "TransitGatewayId" in one["Properties"]
    }
    assert ways == {("AppRouteTable", "10.1.0.0/16"), ("EdgeRouteTable", "10.1.0.0/16"),
                    ("WorkRouteTable", "10.0.0.0/16")}  # fmt: skip


def test_routes_wait_for_what_they_lead_to(tmp_path: Path) -> None:
    """CloudFormation sees no reference from a route to an attachment, and AWS refuses the route before it is there."""
    found = resources(hub(ATTACH, "").blueprint, tmp_path)
    waits = {id: one.get("DependsOn") for id, one in found.items() if "ToHub" in id}
    assert waits == {"AppToHub10x1x0x0x16": ["HubOneAttachment"], "EdgeToHub10x1x0x0x16": ["HubOneAttachment"],
                     "WorkToHub10x0x0x0x16": ["HubTwoAttachment"]}  # fmt: skip


def test_static_ways_of_a_hub_are_told(tmp_path: Path) -> None:
    """No template can name the attachment of a VPN, so the author is told the command that adds the routes."""
    text = vpn(STATIC, "", properties=STATED, to="hub").blueprint
    compiled = archkit.load(tmp_path / "b.yaml", text=f"name: test\n{text}")
    found = [one for one in compiled.synth().report if one.code == "hub-route"]
    assert len(found) == 1 and "create-transit-gateway-route" in str(found[0].help)
    assert not any(id.startswith("TunnelRoute") for id in resources(text, tmp_path))


def rules(found: dict[str, Any], node: str) -> dict[str, Any]:
    return {id: one["Properties"]["CidrIp"] for id, one in found.items() if id.startswith(node)
            and one["Type"].startswith("AWS::EC2::SecurityGroup") and "CidrIp" in one["Properties"]}  # fmt: skip


AT_WORK = (f"  office: {{kind: data_center, cidrs: [{SITE}, 172.31.0.0/24], nodes: {{erp: client, crm: client}}}}\n"
           "  tunnel: {kind: ec2.vpn, ip: 203.0.113.12}\n"
           "  net:\n    kind: ec2.vpc\n    nat: one\n    nodes:\n      edge: {kind: ec2.subnets, tier: public}\n"
           "      app: {kind: ec2.subnets, nodes: {web: {kind: ec2.instance, port: 8080}}}\n")  # fmt: skip


def test_a_site_is_let_in_by_its_ranges_and_each_once(tmp_path: Path) -> None:
    text = joined(AT_WORK, "office -> tunnel -> net", "erp -> web", "crm -> web", "web -> office: {port: 1521}")
    found = rules(resources(text, tmp_path), "Web")
    assert found == {
        f"WebFromOffice{ROUTES}8080": SITE, "WebFromOffice172x31x0x0x248080": "172.31.0.0/24",
        f"WebToOffice{ROUTES}1521": SITE, "WebToOffice172x31x0x0x241521": "172.31.0.0/24",
        "WebToInternet443": "0.0.0.0/0",
    }  # fmt: skip


def test_people_reach_what_edges_and_rules_say(tmp_path: Path) -> None:
    text = people(RULES, "", properties=f"{DIRECTORY}, allow: [{{cidr: 10.0.0.0/16}}, {{cidr: {SITE}}}]").blueprint
    found = resources(text, tmp_path)
    assert rules(found, "People") == {f"PeopleToAllowed{ROUTES}All": SITE}
    assert not any(id.startswith("PeopleRoute10") for id in found), "the way to the VPC itself is AWS's own"


@pytest.mark.parametrize("target", ["line", "tunnel", "dxg"])
def test_a_site_and_what_joins_it_are_drawn(target: str, tmp_path: Path) -> None:
    nodes = f"{LINED}{DXG}  tunnel: {{kind: ec2.vpn, ip: 203.0.113.12}}\n".replace("16]}", "16], nodes: {erp: client}}")
    edges = ("office -> line", "line -> dxg: {vlan: 5}", "dxg -> one", "office -> tunnel -> one")
    text = joined(nodes, *edges)
    svg = archkit.load(tmp_path / "b.yaml", text=f"name: test\n{text}").render("svg").decode()
    assert f'data-node="{target}"' in svg and 'data-group="office"' in svg
    assert all(f'data-from="{one}"' in svg for one in ("office", "line", "dxg", "tunnel"))
    assert findings(text, tmp_path) == []
