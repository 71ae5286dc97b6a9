"""Networks: every option of VPCs, subnets and endpoints, the plan of addresses, and what is refused."""

from __future__ import annotations

from collections import Counter
from ipaddress import IPv4Network
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import archkit
from archkit.kinds.ec2.addresses import SLOTS, ipv6_index, slot_of, slots, subnet_ranges
from tests.kinds.rows import att, findings, resources, statements
from tests.options import ANY, Option, holds

VPC, LINKS = "Amazon VPC", "VPC endpoints and AWS PrivateLink"
TIERS = "public/private/isolated tiers over 1 to 6 zones"
PLANNED = "subnets planned from the VPC range without overlap"
CIDRS = "IPv4 and IPv6 CIDR"
NAT = "NAT gateway one or per zone or none"
WORK = "work: {kind: lambda.function, runtime: python3.13, code: handler.py}"


def network(properties: str = "", app: str = "", inside: str = WORK, beside: str = "", more: str = "") -> str:
    """Return a blueprint of a VPC with a public, a private and an isolated tier."""
    return (
        f"nodes:\n  network:\n    kind: ec2.vpc\n{properties}    nodes:\n"
        "      edge: {kind: ec2.subnets, tier: public}\n"
        f"      app: {{kind: ec2.subnets{app}, nodes: {{{inside}}}}}\n"
        f"      data: {{kind: ec2.subnets, tier: isolated}}\n{beside}{more}"
    )


def row(option: str, path: str, expected: object = ANY, properties: str = "", *, service: str = VPC,
        **more: str) -> Option:  # fmt: skip
    lines = "".join(f"    {line}\n" for line in properties.split("; ") if line)
    return Option(service, option, network(lines, **more), f"Resources.{path}", expected)


def link(option: str, path: str, expected: object, properties: str, more: str = "") -> Option:
    """Return a row of an endpoint in the private tier."""
    inside = f"{WORK}, door: {{kind: ec2.endpoint, {properties}}}"
    return row(option, path, expected, service=LINKS, inside=inside, more=more)


V, A = "Network.Properties.", "AppA.Properties."
V6 = {"Fn::Select": [0, att("Network", "Ipv6CidrBlocks")]}
ENTRY, ACL = "AppAclIn1.Properties.", ", acl: [{ports: 8080, cidr: 10.0.0.0/16}, {direction: out, ports: 1024-65535}]"
OTHER = "  other:\n    kind: ec2.vpc\n    cidr: 10.1.0.0/16\n    nodes:\n      theirs: ec2.subnets\n"
PEER = {"beside": OTHER, "more": "edges:\n  - network -> other\n"}
FAR = {"beside": "  other: {kind: ec2.vpc, existing: {id: vpc-0123456789abcdef0, cidr: 10.1.0.0/16}}\n",
       "more": "edges:\n  - network -> other: {account: '123456789012', region: eu-west-1, "
               "role: 'arn:aws:iam::123456789012:role/accept'}\n"}  # fmt: skip
BUCKET = {"beside": "  lake: s3.bucket\n", "more": "edges:\n  - network -> lake: {format: parquet, hourly: true}\n"}
OFFER = (
    "  far:\n    kind: ec2.vpc\n    cidr: 10.1.0.0/16\n    nodes:\n      front: {kind: ec2.subnets, nodes: "
    "{balancer: elb.network}}\n  offer: {kind: ec2.endpoint_service, principals: "
    "['arn:aws:iam::123456789012:root'], accept: false, private_name: api.example.com}\n"
    "edges:\n  - balancer -> offer\n"
)
SERVED = OFFER + "  - door -> offer\n  - work -> door\n"
INSPECT = SERVED.replace("elb.network", "elb.gateway").replace("  - work -> door\n", "")
OWN = "Door.Properties.PolicyDocument.Statement.0.Condition.StringEquals"
OPTIONS = [
    row(CIDRS, V + "CidrBlock", "10.20.0.0/16", "cidr: 10.20.0.0/16"),
    row(CIDRS, "NetworkIpv6.Properties.AmazonProvidedIpv6CidrBlock", True, "ipv6: true"),
    row(CIDRS, A + "Ipv6CidrBlock", {"Fn::Select": [ipv6_index("private", slot_of("app"), 0),
                                                    {"Fn::Cidr": [V6, 256, 64]}]}, "ipv6: true"),
    row(CIDRS, "EdgeDefaultRoute6.Properties.GatewayId", {"Ref": "NetworkInternet"}, "ipv6: true"),
    row(PLANNED, "AppA.Properties.CidrBlock",
        str(subnet_ranges(IPv4Network("10.0.0.0/16"), "private", slot_of("app"), 2)[0])),
    row(PLANNED, "AppA.Properties.CidrBlock", "10.0.176.0/23", app=", slot: 3"),
    row(PLANNED, "AppB.Properties.CidrBlock", "10.0.21.0/24", app=", cidrs: [10.0.20.0/24, 10.0.21.0/24]"),
    row(TIERS, "EdgeDefaultRoute.Properties.GatewayId", {"Ref": "NetworkInternet"}),
    row(TIERS, "AppF.Properties.AvailabilityZone", {"Fn::Select": [5, {"Fn::GetAZs": ""}]}, "zones: 6"),
    row(TIERS, "DataA.Properties.VpcId", {"Ref": "Network"}, "zones: 1"),
    row("route tables", "AppBRoutes.Properties.RouteTableId", {"Ref": "AppRouteTable"}),
    row("route tables", "AppBRoutes.Properties.RouteTableId", {"Ref": "AppBRouteTable"}, "nat: per_zone"),
    row("Internet gateway", "NetworkInternetAttachment.Properties.InternetGatewayId", {"Ref": "NetworkInternet"}),
    row(NAT, "AppDefaultRoute.Properties.NatGatewayId", {"Ref": "NetworkNatA"}, "nat: one"),
    row(NAT, "AppBDefaultRoute.Properties.NatGatewayId", {"Ref": "NetworkNatB"}, "nat: per_zone"),
    row("egress-only gateway", "AppDefaultRoute6.Properties.EgressOnlyInternetGatewayId",
        {"Ref": "NetworkEgressOnly"}, "ipv6: true"),
    row("security groups by edges", "DbFromWork5432.Properties.SourceSecurityGroupId",
        att("WorkSecurityGroup", "GroupId"), inside=f"{WORK}, db: rds.instance",
        more="edges:\n  - work -> db: {auth: iam, user: app}\n"),
    row("network ACLs", ENTRY + "PortRange", {"From": 8080, "To": 8080}, app=ACL),
    row("network ACLs", "AppAclOut1.Properties.Egress", True, app=ACL),
    row("network ACLs", ENTRY + "CidrBlock", "10.0.0.0/16", app=ACL),
    row("network ACLs", ENTRY + "RuleAction", "deny",
        app=ACL.replace("{ports: 8080", "{action: deny, protocol: udp, ports: 8080")),
    row("network ACLs", ENTRY + "Icmp", {"Code": -1, "Type": -1},
        app=ACL.replace("{ports: 8080", "{protocol: icmp")),
    row("network ACLs", "AppBAcl.Properties.SubnetId", {"Ref": "AppB"}, app=ACL),
    row("flow logs", "NetworkFlowLog.Properties.TrafficType", "REJECT"),
    row("flow logs", "NetworkFlowLog.Properties.TrafficType", "ALL", "flow_logs: all"),
    row("flow logs", "NetworkFlows.Properties.RetentionInDays", 7, "logs: 7"),
    row("flow logs", "NetworkLakeFlowLog.Properties.LogDestinationType", "s3", **BUCKET),
    row("flow logs", "NetworkLakeFlowLog.Properties.DestinationOptions",
        {"FileFormat": "parquet", "HiveCompatiblePartitions": True, "PerHourPartition": True}, **BUCKET),
    row("peering", "NetworkOtherPeering.Properties.PeerVpcId", {"Ref": "Other"}, **PEER),
    row("peering", "AppToOther10x1x0x0x16.Properties.VpcPeeringConnectionId", {"Ref": "NetworkOtherPeering"}, **PEER),
    row("peering", "TheirsToNetwork10x0x0x0x16.Properties.DestinationCidrBlock", "10.0.0.0/16", **PEER),
    row("peering", "NetworkOtherPeering.Properties.PeerRegion", "eu-west-1", **FAR),
    row("peering", "NetworkOtherPeering.Properties.PeerOwnerId", "123456789012", **FAR),
    row("peering", "NetworkOtherPeering.Properties.PeerRoleArn", "arn:aws:iam::123456789012:role/accept", **FAR),
    row("DHCP options", "NetworkDhcp.Properties.DomainName", "corp.example.com",
        "dhcp: {domain: corp.example.com, servers: [192.168.0.2], ntp: [169.254.169.123]}"),
    row("DHCP options", "NetworkDhcp.Properties.DomainNameServers", ["192.168.0.2"],
        "dhcp: {servers: [192.168.0.2]}"),
    row("DHCP options", "NetworkDhcp.Properties.NtpServers", ["169.254.169.123"], "dhcp: {ntp: [169.254.169.123]}"),
    row("DHCP options", "NetworkDhcpAssociation.Properties.DhcpOptionsId", {"Ref": "NetworkDhcp"}, "dhcp: {}"),
    row("tenancy", V + "InstanceTenancy", "dedicated", "dedicated: true"),
    row("gateway endpoint for S3 and DynamoDB", "NetworkS3Endpoint.Properties.RouteTableIds",
        [{"Ref": f"{tier}RouteTable"} for tier in ("Edge", "App", "Data")], service=LINKS),
    row("gateway endpoint for S3 and DynamoDB", "NetworkDynamodbEndpoint.Properties.VpcEndpointType", "Gateway",
        "endpoints: [dynamodb]", service=LINKS),
    link("interface endpoint", "Door.Properties.ServiceName", {"Fn::Sub": "com.amazonaws.${AWS::Region}.sqs"},
         "services: [sqs, ecr.api]"),
    link("interface endpoint", "DoorEcrApi.Properties.SubnetIds", [{"Ref": "AppA"}, {"Ref": "AppB"}],
         "services: [sqs, ecr.api]"),
    link("interface endpoint", "Door.Properties.PrivateDnsEnabled", True, "services: [sqs]"),
    link("interface endpoint", "Door.Properties.PrivateDnsEnabled", False, "services: [sqs], private_dns: false"),
    link("interface endpoint", "Door.Properties.ServiceName", "com.amazonaws.vpce.eu-west-1.vpce-svc-0123",
         "service_name: com.amazonaws.vpce.eu-west-1.vpce-svc-0123"),
    link("endpoint policy", OWN, {"aws:PrincipalAccount": {"Ref": "AWS::AccountId"},
                                  "aws:ResourceAccount": {"Ref": "AWS::AccountId"}},
         "services: [sqs], own_account: true"),
    link("endpoint policy", "Door.Properties.PolicyDocument.Statement.0.Action", "sqs:SendMessage",
         "services: [sqs], policy: {Version: 2012-10-17, Statement: [{Effect: Allow, Principal: '*', "
         "Action: sqs:SendMessage, Resource: '*'}]}"),
    link("endpoint service behind an NLB", "Offer.Properties.NetworkLoadBalancerArns", [{"Ref": "Balancer"}],
         "port: 443", SERVED),
    link("endpoint service behind an NLB", "OfferPermissions.Properties.AllowedPrincipals",
         ["arn:aws:iam::123456789012:root"], "port: 443", SERVED),
    link("endpoint service behind an NLB", "Offer.Properties.AcceptanceRequired", False, "port: 443", SERVED),
    link("endpoint service behind an NLB", "Offer.Properties.PrivateDnsName", "api.example.com", "port: 443", SERVED),
    link("endpoint service behind an NLB", "Door.Properties.ServiceName",
         {"Fn::Sub": "com.amazonaws.vpce.${AWS::Region}.${Offer.ServiceId}"}, "port: 443", SERVED),
    link("endpoint service behind an NLB", "DoorFromWork8443.Properties.SourceSecurityGroupId",
         att("WorkSecurityGroup", "GroupId"), "port: 8443", SERVED),
    link("endpoint service behind an NLB",
         "Balancer.Properties.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic", "off", "port: 443", SERVED),
    link("GWLB endpoint", "DoorB.Properties.SubnetIds", [{"Ref": "AppB"}], "type: gateway_load_balancer", INSPECT),
    link("GWLB endpoint", "DoorB.Properties.ServiceName",
         {"Fn::Sub": "com.amazonaws.vpce.${AWS::Region}.${Offer.ServiceId}"}, "type: gateway_load_balancer", INSPECT),
    link("GWLB endpoint", "Offer.Properties.GatewayLoadBalancerArns", [{"Ref": "Balancer"}],
         "type: gateway_load_balancer", INSPECT),
]  # fmt: skip


def named(option: Option) -> str:
    return f"{option.option} {option.path.partition('.')[2]}"


@pytest.mark.parametrize("option", OPTIONS, ids=named)
def test_an_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    assert holds(option, tmp_path)


@pytest.mark.parametrize("text", sorted({option.blueprint for option in OPTIONS}))
def test_templates_are_clean(text: str, tmp_path: Path) -> None:
    (tmp_path / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    archkit.load(tmp_path / "b.yaml", text=f"name: networks\n{text}").synth()


def test_subnets_can_be_told_apart_in_the_console(tmp_path: Path) -> None:
    found = resources(network(), tmp_path)
    names = [one["Properties"]["Tags"] for id, one in sorted(found.items()) if one["Type"] == "AWS::EC2::Subnet"]
    said = [tag["Value"] for tags in names for tag in tags if tag["Key"] == "Name"]
    assert said == ["test-app-a", "test-app-b", "test-data-a", "test-data-b", "test-edge-a", "test-edge-b"]
    assert not any("MapPublicIpOnLaunch" in one.get("Properties", {}) for one in found.values())


def test_without_flow_logs_there_is_no_role_for_them(tmp_path: Path) -> None:
    found = resources(network("    flow_logs: none\n", inside=""), tmp_path)
    assert not [id for id, one in found.items() if one["Type"].startswith(("AWS::Logs", "AWS::IAM"))]


def test_flow_logs_may_be_written_for_this_account_only(tmp_path: Path) -> None:
    found = resources(network(inside=""), tmp_path)
    (trust,) = found["NetworkFlowsRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "vpc-flow-logs.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    assert "NetworkFlowsRolePolicy" in found["NetworkFlowLog"]["DependsOn"]


def test_flow_logs_in_a_bucket_need_its_policy_and_no_log_group(tmp_path: Path) -> None:
    found = resources(network(inside="", **BUCKET), tmp_path)
    assert not any(one["Type"] == "AWS::Logs::LogGroup" for one in found.values())
    assert found["NetworkLakeFlowLog"]["DependsOn"] == ["LakePolicy"]
    put, ask = [one for one in statements(found, "LakePolicy") if one["Effect"] == "Allow"]
    assert (put["Action"], ask["Action"]) == ("s3:PutObject", "s3:GetBucketAcl")
    assert put["Condition"]["StringEquals"]["s3:x-amz-acl"] == "bucket-owner-full-control"


def test_calls_go_through_an_endpoint_that_the_vpc_has(tmp_path: Path) -> None:
    """An edge to a queue opens the endpoint to its caller and nothing beyond; without one, HTTPS goes out."""
    edge = "  jobs: sqs.queue\nedges:\n  - work -> jobs: write\n"
    found = resources(network(inside=f"{WORK}, door: {{kind: ec2.endpoint, services: [sqs]}}", more=edge), tmp_path)
    rules = {id: one["Properties"] for id, one in found.items() if id.startswith(("Work", "Door"))
             and one["Type"] in ("AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress")}  # fmt: skip
    assert rules.keys() == {"WorkToDoor443", "DoorFromWork443"}
    assert rules["DoorFromWork443"]["SourceSecurityGroupId"] == att("WorkSecurityGroup", "GroupId")
    out = resources(network("    nat: one\n", more=edge), tmp_path)["WorkToInternet443"]["Properties"]
    assert (out["CidrIp"], out["FromPort"], out["ToPort"]) == ("0.0.0.0/0", 443, 443)


EXISTS = (
    "parameters:\n  Some: {type: 'List<AWS::EC2::Subnet::Id>'}\n  One: {type: 'AWS::EC2::Subnet::Id'}\nnodes:\n"
    "  network:\n    kind: ec2.vpc\n    zones: 3\n    existing: {id: vpc-0123456789abcdef0, cidr: 10.0.0.0/16}\n"
    "    nodes:\n"
)


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        ("subnet-11111111, subnet-22222222", ["subnet-11111111", "subnet-22222222"]),
        ("${Some}", [{"Fn::Select": [zone, {"Ref": "Some"}]} for zone in range(3)]),
        ("${One}", [{"Ref": "One"}]),
    ],
)
def test_subnets_that_exist_are_named_by_their_ids(ids: str, expected: list[Any], tmp_path: Path) -> None:
    text = f"{EXISTS}      app: {{kind: ec2.subnets, existing: {{ids: '{ids}'}}, nodes: {{{WORK}}}}}\n"
    found = resources(text, tmp_path)
    assert found["Work"]["Properties"]["VpcConfig"]["SubnetIds"] == expected
    assert found["WorkSecurityGroup"]["Properties"]["VpcId"] == "vpc-0123456789abcdef0"
    assert not any(one["Type"] in ("AWS::EC2::Subnet", "AWS::EC2::VPC") for one in found.values())


OUT = "    nat: one\n{more}    nodes:\n{inner}      app: ec2.subnets\n"
EDGES = [f"      {id}: {{kind: ec2.subnets, tier: public}}\n" for id in ("edge", "outer")]


@pytest.mark.parametrize("more", ["", "    nat_in: edge\n", "    nat_in: outer\n"])
def test_nat_does_not_move_with_the_order_of_lines(more: str, tmp_path: Path) -> None:
    """A NAT gateway that moved would be made while the old one still holds its address."""
    stands = []
    for inner in ("".join(EDGES), "".join(reversed(EDGES))):
        found = resources("nodes:\n  network:\n    kind: ec2.vpc\n" + OUT.format(more=more, inner=inner), tmp_path)
        stands.append(found["NetworkNatA"]["Properties"]["SubnetId"]["Ref"])
    assert len(set(stands)) == 1
    assert not more or stands[0].lower()[:-1] == more.rpartition(" ")[2].strip()


TWO = (
    "nodes:\n  here:\n    kind: ec2.vpc\n    nat: one\n    nodes:\n      edge: {kind: ec2.subnets, tier: public}\n"
    "      app: {kind: ec2.subnets, nodes: {one: {kind: ec2.instance, port: 80}, "
    "two: {kind: ec2.instance, port: 80}}}\n"
    "  there:\n    kind: ec2.vpc\n    cidr: 10.1.0.0/16\n    zones: 3\n    nodes:\n      data: {kind: ec2.subnets, "
    "tier: isolated, nodes: {db: rds.instance}}\nedges:\n  - here -> there\n"
)


def test_across_vpcs_addresses_are_let_in_and_each_once(tmp_path: Path) -> None:
    """EC2 refuses a rule that says what another says; two sources in one tier have the same addresses."""
    edges = "  - one -> db: {auth: iam, user: app}\n  - two -> db: {auth: iam, user: app}\n"
    found = resources(TWO + edges, tmp_path)
    cidrs = {way: [one["Properties"]["CidrIp"] for id, one in sorted(found.items()) if id.startswith(way)]
             for way in ("DbFrom", "OneToData")}  # fmt: skip
    subnets = {
        tier: [
            one["Properties"]["CidrBlock"]
            for id, one in sorted(found.items())
            if one["Type"] == "AWS::EC2::Subnet" and id.startswith(tier)
        ]
        for tier in ("App", "Data")
    }
    assert cidrs == {"DbFrom": subnets["App"], "OneToData": subnets["Data"]}
    assert (len(subnets["App"]), len(subnets["Data"])) == (2, 3)


VPCS = st.integers(16, 22).map(lambda length: IPv4Network(f"10.32.0.0/{length}"))
GROUPS = st.tuples(st.sampled_from(["public", "private", "isolated"]), st.integers(0, SLOTS - 1))


@given(VPCS, st.lists(GROUPS, unique=True, max_size=24), st.integers(1, 6))
def test_planned_ranges_never_overlap(vpc: IPv4Network, groups: list[tuple[str, int]], zones: int) -> None:
    groups = [(tier, slot) for tier, slot in groups if slot < slots(vpc)]
    ranges = [found for tier, slot in groups for found in subnet_ranges(vpc, tier, slot, zones)]
    assert all(found.subnet_of(vpc) and 16 <= found.prefixlen <= 28 for found in ranges)
    starts = sorted(ranges)
    assert all(one.broadcast_address < two.network_address for one, two in pairwise(starts))
    indexes = [ipv6_index(tier, slot, zone) for tier, slot in groups for zone in range(zones)]
    assert max(Counter(indexes).values(), default=1) == 1 and all(index < 256 for index in indexes)


@given(VPCS, GROUPS, st.integers(1, 5))
def test_a_zone_more_moves_no_subnet(vpc: IPv4Network, group: tuple[str, int], zones: int) -> None:
    assert subnet_ranges(vpc, *group, zones + 1)[:zones] == subnet_ranges(vpc, *group, zones)


NAMES = st.from_regex("[a-z][a-z0-9]{0,8}", fullmatch=True).map(lambda name: f"t{name}")


@settings(deadline=None)  # how long it takes is the machine's affair
@given(st.lists(st.tuples(NAMES, st.sampled_from(["private", "isolated"])), min_size=1, max_size=4,
                unique_by=lambda one: one[0]), st.integers(1, 6), st.randoms())  # fmt: skip
def test_groups_that_are_added_move_nothing(tmp_path_factory: pytest.TempPathFactory, groups: list[tuple[str, str]],
                                            zones: int, random: Any) -> None:  # fmt: skip
    """Whatever is added, wherever it is written: a subnet keeps its range, or the new group is told a slot."""
    folder = tmp_path_factory.getbasetemp()
    more = random.sample(groups, len(groups))

    def planned(some: list[tuple[str, str]]) -> dict[str, str] | list[tuple[str, str]]:
        inner = "".join(f"      {id}: {{kind: ec2.subnets, tier: {tier}}}\n" for id, tier in some)
        text = f"nodes:\n  network:\n    kind: ec2.vpc\n    zones: {zones}\n    nodes:\n{inner}"
        wrong = findings(text, folder)
        if wrong:
            return wrong
        return {id: one["Properties"]["CidrBlock"] for id, one in resources(text, folder).items()
                if one["Type"] == "AWS::EC2::Subnet"}  # fmt: skip

    first, all_of = planned(groups[:1]), planned(more)
    assert isinstance(first, dict)
    slots = [(tier, slot_of(id)) for id, tier in groups]
    if len(set(slots)) < len(slots):
        assert isinstance(all_of, list) and {code for code, _ in all_of} == {"same-addresses"}
    else:
        assert isinstance(all_of, dict) and all_of.items() >= first.items()
        assert len(set(all_of.values())) == len(all_of) == zones * len(groups)
