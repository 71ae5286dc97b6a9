"""Route 53: zones and their records, alias records by edges, routing, health checks, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import archkit
from tests.options import ANY, Option, holds, synthesized

SERVICE = "Amazon Route 53"
ZONE = "  dns: {kind: route53.zone, existing: {id: Z0123456789ABCDEFGHIJ, domain: example.com}}\n"
ALIVE = "  alive: {kind: route53.health_check, domain: www.example.com}\n"
FUNCTION = "  work: {kind: lambda.function, runtime: python3.13, code: handler.py}\n"
CDN = "  cdn: {kind: cloudfront.distribution, domain: www.example.com, origin_domain: origin.example.org}\n"
TOP = "region: us-east-1\nnodes:\n"


def plain(option: str, records: str, path: str, expected: Any, nodes: str = "") -> Option:
    zone = f"  dns: {{kind: route53.zone, domain: example.com, records: [{records}]}}\n"
    return Option(SERVICE, option, f"{TOP}{zone}{nodes}", path, expected)


def alias(option: str, edge: str, path: str, expected: Any, nodes: str = CDN) -> Option:
    return Option(
        SERVICE, option, f"{TOP}{ZONE}{nodes}edges:\n  - dns -> cdn{': ' + edge if edge else ''}\n", path, expected
    )


ROUTING = "routing simple/failover/geolocation/geoproximity/latency/multivalue/weighted"
ALIASES = "alias records by edges to ALB/CloudFront/API/S3 website/Global Accelerator"
API = f"  cdn: {{kind: apigateway.http, domain: api.example.com}}\n{FUNCTION}"
WEB = "  cdn: {kind: s3.bucket, website: {index: index.html}, public: true, domain: example.com}\n"
P, R = "Resources.Dns.Properties.", "Resources.*.Properties."
A = "Resources.CdnDnsA.Properties."
OPTIONS = [
    plain("public or private zone", "", P + "Name", "example.com"),
    Option(SERVICE, "public or private zone",
           f"{TOP}  dns: {{kind: route53.zone, domain: corp.internal, vpcs: [net]}}\n"
           "  net: {kind: 'AWS::EC2::VPC', properties: {CidrBlock: 10.0.0.0/16}}\n", P + "VPCs",
           [{"VPCId": {"Ref": "Net"}, "VPCRegion": "us-east-1"}]),
    plain("records", "{name: mail, value: [192.0.2.1], ttl: 60}", "Resources.DnsMailA.Properties.Name",
        "mail.example.com"),
    plain("records", "{type: TXT, value: v=spf1 -all}", "Resources.DnsApexTXT.Properties.ResourceRecords",
        ['"v=spf1 -all"']),
    plain(ROUTING, "{name: a, value: 192.0.2.1}", "Resources.DnsAA.Properties.TTL", "300"),
    plain(ROUTING, "{name: a, value: 192.0.2.1, multivalue: true, set: one}",
        "Resources.DnsAAOne.Properties.MultiValueAnswer",
          True),
    plain(ROUTING, "{name: a, value: 192.0.2.1, weight: 10, set: one}", "Resources.DnsAAOne.Properties.SetIdentifier",
          "one"),
    alias(ROUTING, "{weight: 90}", A + "Weight", 90),
    alias(ROUTING, "{weight: 90, set: blue}", "Resources.CdnDnsBlueA.Properties.SetIdentifier", "blue"),
    alias(ROUTING, "{latency: eu-west-1}", A + "Region", "eu-west-1"),
    alias(ROUTING, "{failover: primary, health: alive}", A + "Failover", "PRIMARY", CDN + ALIVE),
    alias(ROUTING, "{geolocation: DE}", A + "GeoLocation", {"CountryCode": "DE"}),
    alias(ROUTING, "{geolocation: {continent: EU}}", A + "GeoLocation", {"ContinentCode": "EU"}),
    alias(ROUTING, "{geoproximity: {region: eu-west-1, bias: 10}}", A + "GeoProximityLocation",
          {"AWSRegion": "eu-west-1", "Bias": 10}),
    alias(ROUTING, "{geoproximity: {at: '49.22,-74.01'}}", A + "GeoProximityLocation.Coordinates",
          {"Latitude": "49.22", "Longitude": "-74.01"}),
    alias(ROUTING, "{weight: 1}", "Resources.CdnDnsAAAA.Properties.SetIdentifier", "cdn"),
    alias("health check", "{weight: 1, health: alive}", A + "HealthCheckId", {"Ref": "Alive"}, CDN + ALIVE),
    Option(SERVICE, "health check", f"{TOP}{ALIVE}", "Resources.Alive.Properties.HealthCheckConfig.Type", "HTTPS"),
    Option(SERVICE, "health check",
           f"{TOP}  a: {{kind: route53.health_check, ip: 192.0.2.1, protocol: http, search: ok, interval: 10}}\n",
           "Resources.A.Properties.HealthCheckConfig.Type", "HTTP_STR_MATCH"),
    Option(SERVICE, "health check", f"{TOP}{ALIVE}  all: {{kind: route53.health_check, checks: [alive]}}\n",
           "Resources.All.Properties.HealthCheckConfig",
           {"Type": "CALCULATED", "ChildHealthChecks": [{"Ref": "Alive"}], "HealthThreshold": 1}),
    Option(SERVICE, "health check", f"{TOP}{CDN}  alive: route53.health_check\nedges:\n  - alive -> cdn\n",
           "Resources.Alive.Properties.HealthCheckConfig.FullyQualifiedDomainName", "www.example.com"),
    alias(ALIASES, "", A + "AliasTarget",
          {"DNSName": {"Fn::GetAtt": ["Cdn", "DomainName"]}, "HostedZoneId": "Z2FDTNDATAQYW2",
          "EvaluateTargetHealth": False}),
    alias(ALIASES, "", A + "Name", "www.example.com"),
    alias(ALIASES, "", A + "HostedZoneId", "Z0123456789ABCDEFGHIJ"),
    alias(ALIASES, "", A + "AliasTarget.HostedZoneId", {"Fn::GetAtt": ["CdnDomain", "RegionalHostedZoneId"]}, API),
    alias(ALIASES, "", A + "AliasTarget.HostedZoneId", "Z3AQBSTGFYJSTF", WEB),
    alias(ALIASES, "{evaluate: true}", A + "AliasTarget.EvaluateTargetHealth", True),
    alias(ALIASES, "www.example.com", R + "Name", "www.example.com"),
]  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS, ids=lambda row: f"{row.option[:30]}:{row.path.rsplit('.', 1)[-1]}")
def test_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    assert holds(option, tmp_path)


def records(text: str, folder: Path) -> list[tuple[str, str]]:
    found = [r for t in synthesized(text, folder).values() for r in t["Resources"].values()]
    return [(r["Properties"]["Name"], r["Properties"]["Type"]) for r in found if r["Type"] == "AWS::Route53::RecordSet"]


def test_every_name_of_the_zone_gets_records_for_both_protocols(tmp_path: Path) -> None:
    cdn = CDN.replace("}", ", names: [example.com, www.example.org]}")
    found = records(f"{TOP}{ZONE}{cdn}edges:\n  - dns -> cdn\n", tmp_path)
    assert found == [(name, type) for name in ("www.example.com", "example.com") for type in ("A", "AAAA")]
    assert records(f"{TOP}{ZONE}{CDN.replace('}', ', ipv6: false}')}edges:\n  - dns -> cdn\n", tmp_path) == [
        ("www.example.com", "A")
    ]


def test_zone_validates_the_certificate_of_what_it_leads_to(tmp_path: Path) -> None:
    (template,) = synthesized(f"{TOP}{ZONE}{API}edges:\n  - dns -> cdn\n  - cdn -> work: GET /\n", tmp_path).values()
    option = {"DomainName": "api.example.com", "HostedZoneId": "Z0123456789ABCDEFGHIJ"}
    assert template["Resources"]["CdnCertificate"]["Properties"]["DomainValidationOptions"] == [option]


def test_alarm_on_a_health_check_stands_in_us_east_1(tmp_path: Path) -> None:
    text = f"region: eu-west-1\nnodes:\n{ALIVE}  down: {{kind: cloudwatch.alarm, metric: status, below: 1}}\n"
    stacks = synthesized(f"{text}edges:\n  - alive -> down\n", tmp_path)
    assert "Down" in stacks["test-us-east-1"]["Resources"]


def asked(edges: str, tmp_path: Path) -> object:
    """Return the name that a health check of a distribution asks for."""
    text = f"{TOP}{ZONE}{CDN}  alive: route53.health_check\nedges:\n  - alive -> cdn\n{edges}"
    (template,) = synthesized(text, tmp_path).values()
    return template["Resources"]["Alive"]["Properties"]["HealthCheckConfig"]["FullyQualifiedDomainName"]


def test_check_that_decides_on_a_name_does_not_ask_by_that_name(tmp_path: Path) -> None:
    assert asked("", tmp_path) == asked("  - dns -> cdn\n", tmp_path) == "www.example.com"
    assert asked("  - dns -> cdn: {failover: primary, health: alive}\n", tmp_path) == {
        "Fn::GetAtt": ["Cdn", "DomainName"]
    }


def test_everything_at_once_is_lint_clean(tmp_path: Path) -> None:
    more = CDN.replace("cdn:", "other:").replace("origin.example.org", "backup.example.org")
    zone = ("  own: {kind: route53.zone, domain: example.net, comment: ours, records: ["
            "{type: MX, value: 10 mail.example.net},"
            " {name: a, value: 192.0.2.1, weight: 1, set: x},"
            " {name: a, value: 192.0.2.2, weight: 2, set: y, health: alive},"
            " {name: '*', type: CNAME, value: example.net}]}\n")  # fmt: skip
    text = (f"name: dns\n{TOP}{ZONE}{CDN}{more}{zone}{ALIVE}  all: {{kind: route53.health_check, checks: [alive]}}\n"
            "edges:\n  - dns -> cdn: {failover: primary, health: alive}\n"
            "  - dns -> other: {failover: secondary}\n")  # fmt: skip
    assert list(archkit.load(tmp_path / "blueprint.yaml", text=text).synth().templates) == ["dns"]


TWO = ZONE + CDN + CDN.replace("cdn:", "other:")
REFUSED = [
    (ZONE + CDN.replace("domain: www.example.com, ", "") + "edges:\n  - dns -> cdn\n", "no-domain",
     "'cdn' does not answer"),
    (ZONE + CDN.replace("www.example.com", "www.example.org") + "edges:\n  - dns -> cdn\n", "not-in-zone",
     "www.example.org"),
    (ZONE + CDN + "edges:\n  - dns -> cdn: {name: www.example.org}\n", "not-in-zone",
     "no name of the zone example.com"),
    (ZONE + CDN + "edges:\n  - dns -> cdn: {name: shop.example.com}\n", "not-in-certificate",
     "'cdn' has no certificate for 'shop.example.com'"),
    (ZONE + API + "edges:\n  - dns -> cdn: {name: shop.example.com}\n  - cdn -> work: GET /\n", "not-in-certificate",
     "no certificate for"),
    (ZONE + CDN + "edges:\n  - dns -> cdn: {multivalue: true}\n", "bad-value", "not for an alias"),
    (ZONE + CDN + "edges:\n  - dns -> cdn: {weight: 1, failover: primary}\n", "bad-value", "routed in one way"),
    (TWO + "edges:\n  - dns -> cdn, other\n", "duplicate-record", "has another record"),
    (TWO + "edges:\n  - dns -> cdn: {weight: 1}\n  - dns -> other: {latency: eu-west-1}\n", "duplicate-record",
     "another"),
    ("  alive: route53.health_check\n", "missing-property", "needs something to ask"),
    ("  alive: {kind: route53.health_check, domain: a.example.com, regions: [eu-west-1]}\n", "out-of-bounds", "three"),
    ("  dns: {kind: route53.zone, domain: example.com, records: [{type: CNAME, value: a.example.org}]}\n", "bad-value",
     "a CNAME cannot stand at the zone's own name"),
    ("  dns: {kind: route53.zone, domain: example.com, records: [{value: 192.0.2.1, weight: 1}]}\n", "bad-value",
     "routed by weight needs a 'set'"),
    ("  dns: {kind: route53.zone, domain: example.com, records: [{value: 192.0.2.1}, {value: 192.0.2.2}]}\n",
     "duplicate-record", "'example.com' has two A records"),
    ("  dns: {kind: route53.zone, domain: no domain}\n", "bad-value", "'no domain'"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "message"), REFUSED, ids=[f"{code}:{m[:20]}" for _, code, m in REFUSED])
def test_refusal(text: str, code: str, message: str, tmp_path: Path) -> None:
    report = archkit.load(tmp_path / "blueprint.yaml", text=f"name: test\n{TOP}{text}").check()
    found = [(d.code, d.message) for d in report if d.severity == "error"]
    assert any(c == code and message in m for c, m in found), found


def test_nothing_expected_of_any() -> None:
    assert all(option.expected is not ANY for option in OPTIONS)
