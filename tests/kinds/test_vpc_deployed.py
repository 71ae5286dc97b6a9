"""What moto deploys of networks: subnets, routes, NAT and rules, read back, are those that the blueprint asks for.

moto makes no SecurityGroupEgress, NetworkAcl or Transit Gateway attachment: of the rules it judges what is let in.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest

import archkit
from tests.judges import MotoStack, moto_stack

ROOT = Path(__file__).parents[2]
LEFT_OUT = {
    "AWS::AutoScaling::AutoScalingGroup",
    "AWS::EC2::FlowLog",
    "AWS::EC2::Instance",
    "AWS::IAM::Policy",
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBParameterGroup",
}
"""What moto makes wrongly of a template, and what no test here asks about."""
TWO = """
name: two
nodes:
  office: {kind: data_center, cidrs: [192.168.0.0/16], nodes: {erp: client}}
  tunnel: {kind: ec2.vpn, ip: 203.0.113.12, routes: [192.168.0.0/16]}
  network:
    kind: ec2.vpc
    zones: 2
    nat: per_zone
    nodes:
      edge: {kind: ec2.subnets, tier: public, nodes: {balancer: elb.application}}
      app: {kind: ec2.subnets, nodes: {web: {kind: ec2.instance, port: 8080}, jobs: {kind: ec2.instance}}}
      data: {kind: ec2.subnets, tier: isolated, nodes: {db: {kind: rds.instance, engine: postgres}}}
  other:
    kind: ec2.vpc
    cidr: 10.1.0.0/16
    nodes:
      far: {kind: ec2.subnets, tier: isolated, nodes: {store: {kind: rds.instance, engine: mysql}}}
edges:
  - network -> other
  - office -> tunnel -> network
  - balancer -> web
  - web -> db: {auth: iam, user: app}
  - jobs -> db: {auth: iam, user: app}
  - web -> store: {auth: iam, user: app}
  - jobs -> store: {auth: iam, user: app}
  - erp -> web
"""


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    path = tmp_path_factory.mktemp("two") / "two.yaml"
    (two,) = archkit.load(path, text=TWO).synth().templates.values()
    (tiers,) = archkit.load(ROOT / "blueprints" / "three-tier.yaml").synth().templates.values()
    return {"two": two, "tiers": tiers}


@pytest.fixture
def two(templates: dict[str, str]) -> Iterator[MotoStack]:
    with moto_stack(templates["two"], leave_out=LEFT_OUT) as stack:
        yield stack


@pytest.fixture
def tiers(templates: dict[str, str]) -> Iterator[MotoStack]:
    with moto_stack(templates["tiers"], leave_out=LEFT_OUT) as stack:
        yield stack


def subnets(stack: MotoStack, vpc: str) -> dict[str, tuple[str, str]]:
    """Return the zone and the range of each subnet of a VPC by its name."""
    found = stack.client("ec2").describe_subnets(Filters=[{"Name": "vpc-id", "Values": [stack.physical_ids[vpc]]}])
    return {name(one): (one["AvailabilityZone"], one["CidrBlock"]) for one in found["Subnets"]}


def name(one: dict[str, Any]) -> str:
    return next(tag["Value"] for tag in one["Tags"] if tag["Key"] == "Name")


def routes(stack: MotoStack, subnet: str) -> dict[str, str]:
    """Return the ways out of a subnet by their ranges, as logical ids."""
    logical = {physical: id for id, physical in stack.physical_ids.items() if physical}
    # moto gives an association the id of its table
    own = stack.physical_ids[f"{subnet}Routes"]
    (table,) = stack.client("ec2").describe_route_tables(RouteTableIds=[own])["RouteTables"]
    found = {}
    for one in table["Routes"]:
        way = one.get("NatGatewayId") or one.get("VpcPeeringConnectionId") or one.get("GatewayId") or ""
        found[one.get("DestinationCidrBlock", "list")] = logical.get(way, way)
    return {whole: way for whole, way in found.items() if whole != "list"}


def let_in(stack: MotoStack, group: str) -> set[tuple[str, int, int]]:
    """Return who is let into a security group, by logical id or range, at which ports."""
    logical = {physical: id for id, physical in stack.physical_ids.items() if physical}
    (found,) = stack.client("ec2").describe_security_groups(GroupIds=[stack.physical_ids[group]])["SecurityGroups"]
    rules = set()
    for rule in found["IpPermissions"]:
        peers = [logical[pair["GroupId"]] for pair in rule["UserIdGroupPairs"]]
        for peer in peers + [whole["CidrIp"] for whole in rule["IpRanges"]]:
            rules.add((peer, rule["FromPort"], rule["ToPort"]))
    return rules


def test_subnets_stand_in_their_zones_and_apart(two: MotoStack) -> None:
    found = subnets(two, "Network")
    assert found.keys() == {f"two-{tier}-{zone}" for tier in ("edge", "app", "data") for zone in "ab"}
    assert all(zone.endswith(id[-1]) for id, (zone, _) in found.items())
    ranges = [IPv4Network(whole) for _, whole in found.values()]
    assert all(one is two_ or not one.overlaps(two_) for one in ranges for two_ in ranges)
    assert all(one.subnet_of(IPv4Network("10.0.0.0/16")) for one in ranges)


def test_each_tier_has_the_ways_that_it_should_and_no_other(two: MotoStack) -> None:
    local, peer = {"10.0.0.0/16": "local"}, {"10.1.0.0/16": "NetworkOtherPeering"}
    assert routes(two, "EdgeA") == {**local, **peer, "0.0.0.0/0": "NetworkInternet"}
    assert routes(two, "AppA") == {**local, **peer, "0.0.0.0/0": "NetworkNatA"}
    assert routes(two, "AppB") == {**local, **peer, "0.0.0.0/0": "NetworkNatB"}
    assert routes(two, "DataA") == {**local, **peer}
    assert routes(two, "FarB") == {"10.1.0.0/16": "local", "10.0.0.0/16": "NetworkOtherPeering"}


def test_nat_gateways_stand_in_the_public_subnets_of_their_zones(two: MotoStack) -> None:
    made = two.client("ec2").describe_nat_gateways()["NatGateways"]
    assert {one["SubnetId"] for one in made} == {two.physical_ids["EdgeA"], two.physical_ids["EdgeB"]}
    assert all(one["NatGatewayAddresses"][0].get("AllocationId") for one in made)


def test_groups_let_in_what_edges_say_and_nothing_else(two: MotoStack) -> None:
    assert let_in(two, "BalancerSecurityGroup") == {("0.0.0.0/0", 80, 80)}
    assert let_in(two, "WebSecurityGroup") == {("BalancerSecurityGroup", 8080, 8080), ("192.168.0.0/16", 8080, 8080)}
    assert let_in(two, "DbSecurityGroup") == {("WebSecurityGroup", 5432, 5432), ("JobsSecurityGroup", 5432, 5432)}
    assert let_in(two, "JobsSecurityGroup") == set()
    app = {whole for id, (_, whole) in subnets(two, "Network").items() if id.startswith("two-app")}
    assert let_in(two, "StoreSecurityGroup") == {(whole, 3306, 3306) for whole in app}


def test_the_site_is_reached_by_the_gateway_of_the_vpc(two: MotoStack) -> None:
    (gateway,) = two.client("ec2").describe_vpn_gateways()["VpnGateways"]
    assert [one["VpcId"] for one in gateway["VpcAttachments"]] == [two.physical_ids["Network"]]


def test_endpoints_of_the_network_serve_all_its_tables(two: MotoStack) -> None:
    made = two.client("ec2").describe_vpc_endpoints()["VpcEndpoints"]
    tables = {two.physical_ids[id] for id in ("EdgeRouteTable", "AppARouteTable", "AppBRouteTable", "DataRouteTable")}
    mine = [one for one in made if one["VpcId"] == two.physical_ids["Network"]]
    assert {one["ServiceName"].rpartition(".")[2] for one in mine} == {"s3", "dynamodb"}
    assert all(set(one["RouteTableIds"]) == tables for one in mine)


def test_three_tiers_reach_one_another_in_order(tiers: MotoStack) -> None:
    assert let_in(tiers, "DbSecurityGroup") == {("FleetSecurityGroup", 5432, 5432)}
    assert let_in(tiers, "CacheSecurityGroup") == {("FleetSecurityGroup", 6379, 6379)}
    assert let_in(tiers, "FleetSecurityGroup") == {("BalancerSecurityGroup", 8080, 8080)}
    assert routes(tiers, "DataA") == {"10.0.0.0/16": "local"}
    assert routes(tiers, "AppB") == {"10.0.0.0/16": "local", "0.0.0.0/0": "NetworkNatA"}
    assert routes(tiers, "WebB") == {"10.0.0.0/16": "local", "0.0.0.0/0": "NetworkInternet"}
