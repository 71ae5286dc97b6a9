"""Accelerators: every option, each sort of endpoint, and who is let in because of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import archkit
from tests.kinds.rows import att, resources, statements
from tests.options import ANY, Option, holds, synthesized

SERVICE = "AWS Global Accelerator"
LISTENER, ENDPOINTS = "listener", "endpoint groups on ALB/NLB/EC2/Elastic IP"
PORT = "AWS::GlobalAccelerator::Listener"
GROUP = "AWS::GlobalAccelerator::EndpointGroup"


def fast(properties: str = "", edges: str = "  - speed -> web\n", ipv6: bool = False) -> str:
    """Return a blueprint: an accelerator, and in one VPC what it can lead to."""
    inner = ", ipv6: true" if ipv6 else ""
    return f"""\
nodes:
  visitors: users
  speed: {{kind: globalaccelerator.accelerator{properties}}}
  seal: {{kind: acm.certificate, domain: www.example.com}}
  net:
    kind: ec2.vpc
    nat: one
    ipv6: {str(ipv6).lower()}
    nodes:
      edge:
        kind: ec2.subnets
        tier: public
        nodes:
          web: {{kind: elb.application, certificate: seal{inner}}}
          door: {{kind: elb.network{inner}}}
          host: {{kind: ec2.instance, port: 8443, elastic_ip: true}}
      app:
        kind: ec2.subnets
        nodes:
          near: elb.application
          work: {{kind: ec2.instance, port: 8080}}
edges:
  - visitors -> speed
  - web -> work
  - near -> work
  - door -> work: {{listen: 443}}
{edges}"""


def row(option: str, path: str, expected: Any = ANY, properties: str = "", edges: str = "  - speed -> web\n",
        ipv6: bool = False) -> Option:  # fmt: skip
    return Option(SERVICE, option, fast(properties, edges, ipv6), f"Resources.{path}", expected)


KEPT = "client address"
L, G, A = "SpeedTcp443.Properties.", "SpeedTcp443Group.Properties.", "Speed.Properties."
FIRST = G + "EndpointConfigurations.0."
HOST = "  - speed -> host: {listen: 443, port: 8443}\n"
HEALTH = ", health: {path: /well, interval: 10, threshold: 2}"
OPTIONS = [
    row(LISTENER, L + "PortRanges", [{"FromPort": 443, "ToPort": 443}]),
    row(LISTENER, "SpeedTcp80And8000to8100.Properties.PortRanges.1", {"FromPort": 8000, "ToPort": 8100},
        edges="  - speed -> web: {listen: [8000-8100, 80]}\n"),
    row(LISTENER, "SpeedUdp53.Properties.Protocol", "UDP", edges="  - speed -> door: {listen: 53, protocol: udp}\n"),
    row(LISTENER, L + "ClientAffinity", "SOURCE_IP", ", affinity: source_ip"),
    row(LISTENER, L + "ClientAffinity", "NONE"),
    row(ENDPOINTS, FIRST + "EndpointId", {"Ref": "Web"}),
    row(ENDPOINTS, FIRST + "EndpointId", {"Ref": "Door"}, edges="  - speed -> door\n"),
    row(ENDPOINTS, FIRST + "EndpointId", {"Ref": "Host"}, edges=HOST),
    row(ENDPOINTS, FIRST + "EndpointId", att("HostAddress", "AllocationId"),
        edges="  - speed -> host: {listen: 443, port: 8443, by: elastic_ip}\n"),
    row("weight", FIRST + "Weight", 0, edges="  - speed -> web: {weight: 0}\n"),
    row(KEPT, FIRST + "ClientIPPreservationEnabled", True),
    row(KEPT, FIRST + "ClientIPPreservationEnabled", False, edges="  - speed -> web: {preserve_ip: false}\n"),
    row(KEPT, FIRST + "ClientIPPreservationEnabled", False, edges="  - speed -> door\n"),
    row(KEPT, FIRST + "ClientIPPreservationEnabled", True, edges="  - speed -> door: {preserve_ip: true}\n"),
    row(KEPT, FIRST + "ClientIPPreservationEnabled", False,
        edges="  - speed -> host: {listen: 443, port: 8443, by: elastic_ip}\n"),
    row("port override", G + "PortOverrides", [{"ListenerPort": 443, "EndpointPort": 8443}], edges=HOST),
    row("Region of the group", G + "EndpointGroupRegion", {"Ref": "AWS::Region"}),
    row("traffic dial", "SpeedTcp443InEuWest1.Properties.TrafficDialPercentage", 25, ", dial: {eu-west-1: 25}"),
    row("health check", G + "HealthCheckPath", "/well", HEALTH, HOST),
    row("health check", G + "HealthCheckProtocol", "HTTP", HEALTH, HOST),
    row("health check", G + "HealthCheckIntervalSeconds", 10, HEALTH, HOST),
    row("health check", G + "ThresholdCount", 2, HEALTH, HOST),
    row("health check", G + "HealthCheckPort", 8443, edges=HOST),
    row("health check", G + "HealthCheckPort", None, HEALTH),
    row("attachment of another account", FIRST + "AttachmentArn", "arn:aws:globalaccelerator::1:attachment/a",
        edges="  - speed -> web: {attachment: 'arn:aws:globalaccelerator::1:attachment/a'}\n"),
    row("dual stack", A + "IpAddressType", "DUAL_STACK", ", ipv6: true", ipv6=True),
    row("own addresses", A + "IpAddresses", ["192.0.2.10"], ", addresses: [192.0.2.10]"),
    row("enabled", A + "Enabled", False, ", enabled: false"),
    row("flow logs", A + "FlowLogsS3Prefix", "test-speed", ", flow_logs: true"),
    row("flow logs", A + "FlowLogsEnabled", None),
]  # fmt: skip
OPTIONS = [one._replace(blueprint=f"region: eu-west-1\n{one.blueprint}") if "InEuWest1" in one.path else one
           for one in OPTIONS]  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS, ids=lambda one: f"{one.option} {one.path.rpartition('.')[2]}")
def test_an_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    assert holds(option, tmp_path) is (option.expected is not None)


def opened(found: dict[str, Any], node: str) -> set[tuple[str, int]]:
    """Return who is let in at a node by address range, and at which port."""
    rules = (one["Properties"] for id, one in found.items()
             if id.startswith(f"{node}From") and one["Type"] == "AWS::EC2::SecurityGroupIngress")  # fmt: skip
    return {(rule.get("CidrIp") or rule["CidrIpv6"], rule["FromPort"]) for rule in rules if "Cidr" in str(rule)}


@pytest.mark.parametrize(
    ("edge", "node", "expected"),
    [
        ("speed -> near", "Near", {("0.0.0.0/0", 80)}),
        ("speed -> work", "Work", {("0.0.0.0/0", 8080)}),
        ("speed -> host: {listen: 443, port: 8443}", "Host", {("0.0.0.0/0", 8443)}),
        ("speed -> web", "Web", {("0.0.0.0/0", 443), ("0.0.0.0/0", 80)}),
        ("speed -> door", "Near", set()),
    ],
)
def test_clients_are_let_in_where_they_come(
    edge: str, node: str, expected: set[tuple[str, int]], tmp_path: Path
) -> None:
    """The address that an endpoint sees is the client's, even where it has no address on the Internet itself.

    https://docs.aws.amazon.com/global-accelerator/latest/dg/best-practices-aga.html
    """
    found = resources(fast(edges=f"  - {edge}\n"), tmp_path)
    assert opened(found, node) == expected


def test_endpoints_of_a_region_share_a_group(tmp_path: Path) -> None:
    edges = "  - speed -> web: {weight: 200}\n  - speed -> door: {weight: 50}\n  - speed -> near: {listen: 80}\n"
    found = resources(fast(edges=edges), tmp_path)
    groups = {id: one["Properties"] for id, one in found.items() if one["Type"] == GROUP}
    assert {id: [end["EndpointId"] for end in group["EndpointConfigurations"]] for id, group in groups.items()} == {
        "SpeedTcp443Group": [{"Ref": "Web"}, {"Ref": "Door"}], "SpeedTcp80Group": [{"Ref": "Near"}]}  # fmt: skip
    assert {group["ListenerArn"]["Ref"] for group in groups.values()} == {
        id for id, one in found.items() if one["Type"] == PORT
    }
    assert all("NetInternetAttachment" in found[id]["DependsOn"] for id in groups)


def test_each_region_has_its_group_and_the_zone_an_alias(tmp_path: Path) -> None:
    """https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-alias-common.html"""
    side = ("    nodes:\n      net{0}:\n        kind: ec2.vpc\n        nodes:\n          edge{0}: {{kind: ec2.subnets, "
            "tier: public, nodes: {{web{0}: elb.application}}}}\n")  # fmt: skip
    text = ("nodes:\n  zone: {kind: route53.zone, existing: {id: Z0123456789ABCDEFGHIJ, domain: example.com}}\n"
            "  speed: globalaccelerator.accelerator\n"
            f"  europe:\n    kind: region\n    code: eu-west-1\n{side.format(1)}"
            f"  america:\n    kind: region\n    code: us-east-1\n{side.format(2)}"
            "edges:\n  - zone -> speed\n  - speed -> web1, web2\n")  # fmt: skip
    templates = synthesized(text, tmp_path)
    found = next(one["Resources"] for one in templates.values() if "Speed" in one["Resources"])
    groups = [one["Properties"] for one in found.values() if one["Type"] == GROUP]
    assert {group["EndpointGroupRegion"] for group in groups} == {"eu-west-1", "us-east-1"}
    (record,) = (one["Properties"] for one in found.values() if one["Type"] == "AWS::Route53::RecordSet")
    assert record["AliasTarget"]["DNSName"] == att("Speed", "DnsName")
    assert record["AliasTarget"]["HostedZoneId"] == "Z2BJ6XQ5FK7U4H"


def test_flow_logs_are_let_in(tmp_path: Path) -> None:
    found = resources(fast(", flow_logs: true"), tmp_path)
    lets_in = [one for one in statements(found, "SpeedLogsPolicy") if one["Effect"] == "Allow"]
    assert {one["Action"] for one in lets_in} == {"s3:PutObject", "s3:GetBucketAcl"}
    assert {one["Principal"]["Service"] for one in lets_in} == {"delivery.logs.amazonaws.com"}
    assert "/test-speed/AWSLogs/" in str(lets_in[0]["Resource"])
    assert "SpeedLogsPolicy" in found["Speed"]["DependsOn"]


def test_lint_finds_nothing(tmp_path: Path) -> None:
    edges = (f"  - speed -> web: {{weight: 7}}\n{HOST}  - speed -> near: {{listen: 80}}\n"
             "  - speed -> door: {listen: 53, protocol: udp}\n")  # fmt: skip
    text = fast(f", flow_logs: true, affinity: source_ip{HEALTH}", edges)
    archkit.load(tmp_path / "blueprint.yaml", text=f"name: test\n{text}").synth()
    both = fast(", ipv6: true", "  - speed -> web\n  - speed -> host: {listen: 8443}\n", ipv6=True)
    archkit.load(tmp_path / "blueprint.yaml", text=f"name: test\n{both}").synth()
