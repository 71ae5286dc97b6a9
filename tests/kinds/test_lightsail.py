"""Lightsail and Outposts: every option, what is open, and servers in a building of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest

import archkit
from tests.kinds.rows import findings, lint_clean, resources, rows_of
from tests.options import Option, holds

blog = rows_of("Amazon Lightsail", "blog: {kind: lightsail.instance")
B, PORTS = "Resources.Blog.Properties.", "Resources.Blog.Properties.Networking.Ports."
OUTPOST = "arn:aws:outposts:us-east-1:123456789012:outpost/op-0123456789abcdef0"


def site(properties: str = "", zones: int = 1) -> str:
    """Return a blueprint of a site that holds a server."""
    return (
        f"nodes:\n  network:\n    kind: ec2.vpc\n    zones: {zones}\n    nat: one\n    nodes:\n"
        "      edge: {kind: ec2.subnets, tier: public, slot: 3}\n"
        "      app:\n        kind: ec2.subnets\n        nodes:\n"
        f"          plant:\n            kind: outposts.site\n{properties}"
        "            nodes: {server: {kind: ec2.instance, instance: m5.large}}\n"
    )


ADDRESS = (
    "            site_address: {contact: Ada, phone: '+49 30 1', street: Main Street 1, city: Berlin, state: Berlin, "
    "postal_code: '10115', country: DE}\n"
)
PLACED = f"            outpost: {OUTPOST}\n            zone: us-east-1a\n"
OPTIONS = [
    blog("blueprint", ", blueprint: wordpress", B + "BlueprintId", "wordpress"),
    blog("bundle", ", bundle: small_3_0", B + "BundleId", "small_3_0"),
    blog("open ports", "", PORTS + "0", {"FromPort": 443, "ToPort": 443, "Protocol": "tcp", "Cidrs": ["0.0.0.0/0"],
                                         "Ipv6Cidrs": ["::/0"]}),
    blog("open ports", ", open: [80, {port: 8000, to: 8010, cidrs: [203.0.113.0/24]}]", PORTS + "1",
         {"FromPort": 8000, "ToPort": 8010, "Protocol": "tcp", "Cidrs": ["203.0.113.0/24"]}),
    blog("open ports", "", PORTS + "1", {"FromPort": 22, "ToPort": 22, "Protocol": "tcp",
                                         "CidrListAliases": ["lightsail-connect"]}),
    blog("user data", ", user_data: dnf install -y nginx", B + "UserData", "dnf install -y nginx"),
    blog("static address", ", static_ip: true", "Resources.BlogAddress.Properties.AttachedTo", {"Ref": "Blog"}),
    blog("snapshots", ", snapshots: '03:00'", B + "AddOns.0.AutoSnapshotAddOnRequest.SnapshotTimeOfDay", "03:00"),
    blog("zone", ", zone: 2", B + "AvailabilityZone", {"Fn::Select": [1, {"Fn::GetAZs": ""}]}),
    *(Option("AWS Outposts", "drawn as a group that holds EC2 nodes", site(properties), f"Resources.{path}", value)
      for properties, path, value in (
          ("", "Plant.Properties.Name", "test-plant"),
          ("", "Server.Properties.SubnetId", {"Ref": "AppA"}),
          (PLACED, "AppA.Properties.OutpostArn", OUTPOST),
          (PLACED, "AppA.Properties.AvailabilityZone", {"Ref": "PlantZone"}),
          (ADDRESS, "Plant.Properties.OperatingAddress.CountryCode", "DE"),
          ("            site_name: Plant 7\n", "Plant.Properties.Name", "Plant 7"),
          ("            notes: Ring twice.\n", "Plant.Properties.Notes", "Ring twice."))),
]  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS, ids=lambda row: f"{row.option} {row.path.rpartition('.')[2]}")
def test_an_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    assert holds(option, tmp_path)


def test_lightsail_is_clean(tmp_path: Path) -> None:
    lint_clean([row for row in OPTIONS if row.service == "Amazon Lightsail"], tmp_path)


@pytest.mark.parametrize("properties", [PLACED, ADDRESS])
def test_outposts_are_clean(properties: str, tmp_path: Path) -> None:
    archkit.load(tmp_path / "b.yaml", text=f"name: plant\n{site(properties)}").synth()


def test_nothing_is_open_but_what_is_said(tmp_path: Path) -> None:
    found = resources("nodes:\n  blog: {kind: lightsail.instance, open: [], console: false}\n", tmp_path)
    assert found["Blog"]["Properties"]["Networking"]["Ports"] == []


def test_a_site_is_drawn_around_its_servers(tmp_path: Path) -> None:
    svg = archkit.load(tmp_path / "b.yaml", text=f"name: plant\n{site()}").render("svg").decode()
    assert 'data-group="plant"' in svg and 'data-node="server"' in svg and 'data-parent="plant' in svg


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("nodes:\n  blog: {kind: lightsail.instance, open: [22]}\n", "open-to-all", "SSH would be open to everybody"),
        ("nodes:\n  blog: {kind: lightsail.instance, open: [{port: 9, to: 5}]}\n", "out-of-bounds",
         "no ports lie between 9 and 5"),
        (site(PLACED, 2), "needs-zones", "an Outpost belongs to one zone, and 'network' has 2"),
        (site(f"            outpost: {OUTPOST}\n"), "missing-property", "belongs to one zone, and both are said"),
        (f"nodes:\n  plant: {{kind: outposts.site, outpost: '{OUTPOST}', zone: us-east-1a, nodes: {{a: users}}}}\n",
         "needs-subnets", "an Outpost has a subnet of a VPC"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(text: str, code: str, message: str, tmp_path: Path) -> None:
    found = findings(text, tmp_path)
    assert any(one == code and message in said for one, said in found), found
