"""Load balancers: every option of the three, and what people put before and behind them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import archkit
from tests.kinds.rows import resources, statements, synthesized
from tests.options import ANY, Option, holds

ALB, NLB, GWLB = "Application Load Balancer", "Network Load Balancer", "Gateway Load Balancer"
PAIRS = {"alb -> lambda", "alb -> s3", "route53 -> alb"}


def network(balancer: str, behind: str, edges: str, around: str = "") -> str:
    """Return a blueprint: a balancer in public subnets, what stands behind it in private ones, and edges."""
    return (
        f"nodes:\n  visitors: client\n{around}  network:\n    kind: ec2.vpc\n    nat: one\n    nodes:\n"
        f"      edge: {{kind: ec2.subnets, tier: public, nodes: {{web: {{{balancer}}}}}}}\n"
        f"      app: {{kind: ec2.subnets, nodes: {{{behind}}}}}\nedges:\n{edges}"
    )


SERVER = "work: {kind: ec2.instance}"
FUNCTION = "work: {kind: lambda.function, runtime: python3.13, code: handler.py}"


def alb(option: str, properties: str, path: str, expected: Any = ANY, join: str = "", behind: str = SERVER) -> Option:
    visit = "" if "internal" in properties else "  - visitors -> web\n"
    text = network(f"kind: elb.application{properties}", behind, f"{visit}  - web -> work: {{port: 8080{join}}}\n")
    return Option(ALB, option, text, f"Resources.{path}", expected)


def nlb(
    option: str, properties: str, path: str, expected: Any = ANY, join: str = "port: 8080", more: str = ""
) -> Option:
    text = network(f"kind: elb.network{properties}", SERVER, f"  - web -> work: {{{join}}}\n", more)
    return Option(NLB, option, text, f"Resources.{path}", expected)


GUARDED = """\
nodes:
  network:
    kind: ec2.vpc
    nat: one
    nodes:
      edge: {kind: ec2.subnets, tier: public}
      app: {kind: ec2.subnets, nodes: {wall: elb.gateway, guard: {kind: ec2.instance, forward: true}}}
      ways: {kind: ec2.subnets, tier: isolated, nodes: {entry: {kind: ec2.endpoint, type: gateway_load_balancer}}}
  inspect: ec2.endpoint_service
edges:
  - wall -> guard
  - wall -> inspect
  - entry -> inspect
"""
OPTIONS = [
    alb("HTTP to HTTPS redirect", ", domain: www.example.com", "WebHttp.Properties.DefaultActions.0.Type", "redirect"),
    alb("certificate", ", domain: www.example.com", "WebHttps.Properties.Certificates.0.CertificateArn"),
    alb("host and path rules", "", "*.Properties.Conditions.*.PathPatternConfig.Values.0", "/api/*",
        ", path: /api/*"),
    alb("host and path rules", "", "*.Properties.Conditions.*.HostHeaderConfig.Values.0", "api.example.com",
        ", host: api.example.com"),
    alb("targets instance/IP/Lambda", "", "*.Properties.TargetType", "instance"),
    alb("targets instance/IP/Lambda", "", "*.Properties.TargetType", "lambda", behind=FUNCTION),
    alb("targets instance/IP/Lambda", "", "*.Properties.TargetType", "ip",
        behind="work: {kind: ecs.service, image: 'public.ecr.aws/nginx/nginx:1.27'}"),
    alb("health check", "", "*.Properties.HealthCheckPath", "/healthy", ", health: /healthy"),
    alb("sticky sessions", "", "*.Properties.TargetGroupAttributes.*.Key", "stickiness.enabled", ", sticky: 600"),
    alb("access logs", ", access_logs: true", "Web.Properties.LoadBalancerAttributes.5.Key", "access_logs.s3.enabled"),
    alb("internal", ", internal: true", "Web.Properties.Scheme", "internal"),
    nlb("TCP/UDP/TLS", "", "*.Properties.Protocol", "TCP"),
    nlb("TCP/UDP/TLS", "", "*.Properties.Protocol", "UDP", "port: 53, protocol: udp"),
    nlb("TCP/UDP/TLS", ", certificate: seal", "WebPort443.Properties.Protocol", "TLS",
        "listen: 443, port: 8080, protocol: tls",
        "  seal: {kind: acm.certificate, domain: www.example.com}\n"),
    nlb("static IP", ", static_ip: true", "Web.Properties.SubnetMappings.0.AllocationId"),
    Option(GWLB, "appliances", GUARDED, "Resources.*.Properties.Protocol", "GENEVE"),
    Option(GWLB, "GWLB endpoint", GUARDED, "Resources.Entry.Properties.VpcEndpointType", "GatewayLoadBalancer"),
    Option(NLB, "target of an endpoint service",
           network("kind: elb.network", SERVER, "  - web -> work: {port: 8080}\n  - web -> offer\n",
                   "  offer: ec2.endpoint_service\n"),
           "Resources.Offer.Properties.NetworkLoadBalancerArns.0", {"Ref": "Web"}),
]  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS, ids=lambda row: f"{row.service} {row.option} {row.path.rpartition('.')[2]}")
def test_an_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    assert holds(option, tmp_path)


def test_a_balancer_may_invoke_a_function(tmp_path: Path) -> None:
    """alb -> lambda: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html"""
    found = resources(network("kind: elb.application", FUNCTION, "  - visitors -> web\n  - web -> work\n"), tmp_path)
    rights = [one["Properties"] for one in found.values() if one["Type"] == "AWS::Lambda::Permission"]
    assert [one["Principal"] for one in rights] == ["elasticloadbalancing.amazonaws.com"]
    assert [one["FunctionName"] for one in rights] == [{"Ref": "Work"}]


def test_a_balancer_writes_its_log_to_a_bucket(tmp_path: Path) -> None:
    """alb -> s3: only the service may write there, and only below its own prefix."""
    text = network(
        "kind: elb.application, access_logs: true", SERVER, "  - visitors -> web\n  - web -> work: {port: 8080}\n"
    )
    found = resources(text, tmp_path)
    (policy,) = (id for id, one in found.items() if one["Type"] == "AWS::S3::BucketPolicy")
    writers = [one for one in statements(found, policy) if "s3:PutObject" in str(one["Action"])]
    assert writers and all("logdelivery.elasticloadbalancing" in str(one["Principal"]) for one in writers)


BEHIND_CDN = "  cdn: cloudfront.distribution\n"
REQUESTS = "  - visitors -> cdn -> web\n  - web -> work: {port: 8080}\n"


def doors(text: str, folder: Path) -> list[dict[str, Any]]:
    """Return the rules that let the outside in at the balancer."""
    made = (one for template in synthesized(text, folder).values() for one in template["Resources"].items())
    found = (one["Properties"] for id, one in made if id.startswith("WebFrom"))
    return [rule for rule in found if "SourceSecurityGroupId" not in rule]


@pytest.mark.parametrize(
    ("security", "only", "more", "closed"),
    [
        ("standard", "", "", False),
        ("standard", ", only: cloudfront", "", True),
        ("strict", "", "", True),
        ("strict", ", only: anyone", "", False),
        ("strict", "", "  - visitors -> web\n", False),
    ],
)
def test_only_cloudfront_is_let_in(security: str, only: str, more: str, closed: bool, tmp_path: Path) -> None:
    """A group may have 60 rules, and CloudFront's prefix list counts as 55 of them: one port only."""
    edges = f"{REQUESTS}{more}security: {security}\n"
    text = network(f"kind: elb.application, domain: www.example.com{only}", SERVER, edges, BEHIND_CDN)
    rules = doors(text, tmp_path)
    if closed:
        (rule,) = rules
        assert rule["SourcePrefixListId"] == {"Ref": "WebCloudFront"} and rule["FromPort"] == 443
        assert "CidrIp" not in rule
    else:
        assert [rule["CidrIp"] for rule in rules] == ["0.0.0.0/0"] * len(rules) != []


def test_who_comes_past_cloudfront_is_refused(tmp_path: Path) -> None:
    edges = REQUESTS + "  - visitors -> web\n"
    text = network("kind: elb.application, only: cloudfront", SERVER, edges, BEHIND_CDN)
    found = archkit.load(tmp_path / "blueprint.yaml", text=f"name: test\n{text}").check().errors
    assert [(one.code, one.message) for one in found] == [
        ("cannot-reach", "'visitors' does not come through CloudFront")
    ]


def test_a_name_leads_to_a_balancer(tmp_path: Path) -> None:
    """route53 -> alb: an alias record, which costs nothing and follows the balancer's addresses."""
    around = "  zone: {kind: route53.zone, domain: example.com}\n"
    edges = "  - visitors -> web\n  - web -> work: {port: 8080}\n  - zone -> web: {name: www.example.com}\n"
    found = resources(network("kind: elb.application, domain: www.example.com", SERVER, edges, around), tmp_path)
    records = [one["Properties"] for one in found.values() if one["Type"] == "AWS::Route53::RecordSet"]
    assert records
    assert records[0]["AliasTarget"]["DNSName"] == {"Fn::GetAtt": ["Web", "DNSName"]}
