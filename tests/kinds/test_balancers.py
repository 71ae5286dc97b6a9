"""Load balancers: every option of the three, and what people put before and behind them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import archkit
from archkit.cli import app
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
    nlb("sticky by address", "", "*.Properties.TargetGroupAttributes.1.Value", "source_ip",
        "port: 8080, sticky_ip: true"),
    nlb("static IP", ", static_ip: true", "Web.Properties.SubnetMappings.0.AllocationId"),
    Option(GWLB, "appliances", GUARDED, "Resources.*.Properties.Protocol", "GENEVE"),
    Option(GWLB, "GWLB endpoint", GUARDED, "Resources.Entry.Properties.VpcEndpointType", "GatewayLoadBalancer"),
    Option(NLB, "target of an endpoint service",
           network("kind: elb.network", SERVER, "  - web -> work: {port: 8080}\n  - web -> offer\n",
                   "  offer: ec2.endpoint_service\n"),
           "Resources.Offer.Properties.NetworkLoadBalancerArns.0", {"Ref": "Web"}),
]  # fmt: skip


OPTIONS[0:0] = [
    Option(service, "IPv6", network(f"kind: {kind}, ipv6: true", SERVER, "  - web -> work: {port: 8080}\n").replace(
        "nat: one", "nat: one\n    ipv6: true"), f"Resources.{path}", value)
    for service, kind in ((ALB, "elb.application"), (NLB, "elb.network"))
    for path, value in (("Web.Properties.IpAddressType", "dualstack"), ("*.Properties.CidrIpv6", "::/0"))
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


LOGGED = {
    "kind: elb.network, access_logs: true, certificate: seal": (
        "  - web -> work: {listen: 443, port: 8080, protocol: tls}\n",
        [("delivery.logs.amazonaws.com", "s3:PutObject"), ("delivery.logs.amazonaws.com", "s3:GetBucketAcl")],
    ),
    "kind: elb.application, access_logs: true": (
        "  - web -> work: {port: 8080}\n", [("logdelivery.elasticloadbalancing.amazonaws.com", "s3:PutObject")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "there", "here"),
    [(kind, ", port: 8080", "") for kind in ("elb.application", "elb.network", "elb.classic")]
    + [(kind, "", ": {port: 8080}") for kind in ("elb.application", "elb.network")],
)
def test_a_balancer_is_let_out_to_its_target(kind: str, there: str, here: str, tmp_path: Path) -> None:
    """The port may be the target's own or the edge's; a Classic Load Balancer takes the former only."""
    edges = f"  - web -> work{here}\n"
    found = resources(network(f"kind: {kind}", f"work: {{kind: ec2.instance{there}}}", edges), tmp_path)
    rules = {one["Type"]: one["Properties"] for id, one in found.items() if id in ("WebToWork8080", "WorkFromWeb8080")}
    assert rules["AWS::EC2::SecurityGroupEgress"]["FromPort"] == 8080
    assert rules["AWS::EC2::SecurityGroupIngress"]["FromPort"] == 8080


@pytest.mark.parametrize("balancer", LOGGED)
def test_each_type_has_its_log_writer(balancer: str, tmp_path: Path) -> None:
    """https://docs.aws.amazon.com/elasticloadbalancing/latest/network/enable-access-logs.html"""
    edges, writers = LOGGED[balancer]
    seal = "  seal: {kind: acm.certificate, domain: www.example.com}\n"
    found = resources(network(balancer, SERVER, edges, seal), tmp_path)
    lets_in = [one for one in statements(found, "WebLogsPolicy") if one["Effect"] == "Allow"]
    assert [(one["Principal"]["Service"], one["Action"]) for one in lets_in] == writers
    assert all(one["Condition"]["StringEquals"]["aws:SourceAccount"] for one in lets_in)
    assert "WebLogsPolicy" in found["Web"]["DependsOn"]


def targets(found: dict[str, Any]) -> dict[str, Any]:
    """Return the target groups' properties."""
    groups = {id: one for id, one in found.items() if one["Type"].endswith("::TargetGroup")}
    return {id: one["Properties"] for id, one in groups.items()}


def test_appliances_share_a_listener(tmp_path: Path) -> None:
    """https://docs.aws.amazon.com/elasticloadbalancing/latest/gateway/gateway-listeners.html"""
    second = "other: {kind: ec2.instance, forward: true}, guard: {"
    two = GUARDED.replace("guard: {", second).replace("  - wall -> guard\n", "  - wall -> guard\n  - wall -> other\n")
    found = resources(two, tmp_path)
    (group,) = targets(found).values()
    assert [one["Id"] for one in group["Targets"]] == [{"Ref": "Guard"}, {"Ref": "Other"}]
    assert [id for id, one in found.items() if one["Type"].endswith("::Listener")] == ["WallListener"]
    asked = {(id.partition("From")[0], one["Properties"]["IpProtocol"], one["Properties"]["FromPort"])
             for id, one in found.items() if one["Type"] == "AWS::EC2::SecurityGroupIngress"}  # fmt: skip
    assert asked == {(id, *port) for id in ("Guard", "Other") for port in (("udp", 6081), ("tcp", 80))}


@pytest.mark.parametrize(
    ("join", "expected"),
    [
        ("port: 53, protocol: udp, health: /healthy", {"HealthCheckProtocol": "HTTP", "HealthCheckPath": "/healthy"}),
        ("port: 80, health: /healthy", {"HealthCheckProtocol": "HTTP", "HealthCheckPath": "/healthy"}),
        ("port: 80, health: {interval: 10}", {"HealthCheckIntervalSeconds": 10, "HealthCheckTimeoutSeconds": 9}),
        ("port: 80, health: {interval: 10, timeout: 3}", {"HealthCheckTimeoutSeconds": 3}),
        ("port: 80", {"HealthCheckProtocol": None, "HealthCheckTimeoutSeconds": None}),
    ],
)
def test_how_targets_are_asked(join: str, expected: dict[str, Any], tmp_path: Path) -> None:
    found = resources(network("kind: elb.network", SERVER, f"  - web -> work: {{{join}}}\n"), tmp_path)
    (group,) = targets(found).values()
    assert {name: group.get(name) for name in expected} == expected


def test_a_function_answers_before_the_next_try(tmp_path: Path) -> None:
    """A function has 30 seconds for its answer by default, as many as lie between two tries here."""
    text = network("kind: elb.application", FUNCTION, "  - web -> work: {health: /healthy}\n")
    (group,) = targets(resources(text, tmp_path)).values()
    assert group["HealthCheckTimeoutSeconds"] < group["HealthCheckIntervalSeconds"]


def test_datagrams_reach_their_target(tmp_path: Path) -> None:
    """What hands on UDP asks by TCP whether somebody is there, so that both are opened."""
    text = network("kind: elb.network", SERVER, "  - web -> work: {port: 53, protocol: udp}\n")
    found = resources(text, tmp_path)
    opened = {(one["Type"], one["Properties"]["IpProtocol"]) for id, one in found.items()
              if id.startswith(("WorkFrom", "WebTo")) and "SecurityGroup" in one["Type"]}  # fmt: skip
    ways = ("AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress")
    assert opened == {(way, family) for way in ways for family in ("tcp", "udp")}


def test_lint_finds_nothing_in_balancers(tmp_path: Path) -> None:
    """Every type at once, with what only cfn-lint can judge."""
    text = network(
        "kind: elb.network, access_logs: true, certificate: seal, ipv6: true",
        f"{SERVER}, wall: {{kind: elb.gateway}}, guard: {{kind: ec2.instance, forward: true}}",
        "  - web -> work: {listen: 443, port: 8080, protocol: tls, health: {path: /, interval: 6}}\n"
        "  - web -> work: {port: 53, protocol: udp, sticky_ip: true}\n  - wall -> guard: {health: /}\n",
        "  seal: {kind: acm.certificate, domain: www.example.com}\n",
    ).replace("nat: one", "nat: one\n    ipv6: true")
    archkit.load(tmp_path / "blueprint.yaml", text=f"name: test\n{text}").synth()


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


def test_cloudfront_enters_the_vpc_of_an_internal_balancer(tmp_path: Path) -> None:
    """https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html"""
    edges = f"{REQUESTS}  - cdn -> web: {{path: /slow/*, timeout: 60}}\n"
    text = network("kind: elb.application, internal: true", SERVER, edges, BEHIND_CDN)
    found = resources(text, tmp_path)
    (entry,) = (id for id, one in found.items() if one["Type"] == "AWS::CloudFront::VpcOrigin")
    config = found[entry]["Properties"]["VpcOriginEndpointConfig"]
    assert (config["Arn"], config["OriginProtocolPolicy"], config["HTTPPort"]) == ({"Ref": "Web"}, "http-only", 80)
    assert found[entry]["DependsOn"] == ["NetworkInternetAttachment"]
    origins = found["Cdn"]["Properties"]["DistributionConfig"]["Origins"]
    assert [one["VpcOriginConfig"] for one in origins] == [
        {"VpcOriginId": {"Ref": entry}}, {"VpcOriginId": {"Ref": entry}, "OriginReadTimeout": 60}]  # fmt: skip
    assert not any("CustomOriginConfig" in one for one in origins)
    (rule,) = doors(text, tmp_path)
    assert rule["SourcePrefixListId"] == {"Ref": "WebCloudFront"} and rule["FromPort"] == 80
    archkit.load(tmp_path / "blueprint.yaml", text=f"name: test\n{text}").synth()


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


PEOPLE = "  people: {kind: cognito.user_pool, domain: auto}\n"
IDP = ("{issuer: 'https://idp.example.com', authorization: 'https://idp.example.com/a', token: "
       "'https://idp.example.com/t', user_info: 'https://idp.example.com/u', client: shop}")  # fmt: skip
VAULT = ("  vault: {kind: secretsmanager.secret, existing: {arn: "
         "'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-AbCdEf'}}\n")  # fmt: skip


def signed(join: str, around: str, folder: Path) -> dict[str, Any]:
    """Return the resources of a balancer at which people sign in."""
    edges = f"  - visitors -> web\n  - web -> work: {{port: 8080, {join}}}\n"
    text = network("kind: elb.application, domain: www.example.com", SERVER, edges, around)
    archkit.load(folder / "blueprint.yaml", text=f"name: test\n{text}").synth()
    return resources(text, folder)


@pytest.mark.parametrize("path", ["", ", path: /mine/*"])
def test_people_sign_in_in_a_pool(path: str, tmp_path: Path) -> None:
    """https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html"""
    found = signed(f"sign_in: people, session: 3600{path}", PEOPLE, tmp_path)
    (holder,) = (one["Properties"] for one in found.values() if "authenticate-cognito" in str(one))
    first, last = holder["DefaultActions"] if not path else holder["Actions"]
    config = first["AuthenticateCognitoConfig"]
    assert (first["Order"], last["Order"], last["Type"]) == (1, 2, "forward")
    assert int(config["SessionTimeout"]) == 3600 and config["OnUnauthenticatedRequest"] == "authenticate"
    assert config["UserPoolArn"] == {"Fn::GetAtt": ["People", "Arn"]}
    assert config["UserPoolDomain"] == {"Ref": "PeopleDomain"}
    client = found[config["UserPoolClientId"]["Ref"]]["Properties"]
    assert client["GenerateSecret"] is True and client["AllowedOAuthFlows"] == ["code"]
    assert client["CallbackURLs"] == ["https://www.example.com/oauth2/idpresponse"]
    assert found["WebToInternet443"]["Properties"]["CidrIp"] == "0.0.0.0/0"


def test_people_sign_in_at_a_provider(tmp_path: Path) -> None:
    found = signed(f"provider: {IDP}, client_secret: vault, scopes: [openid, email], strangers: deny", VAULT, tmp_path)
    first, _ = found["WebHttps"]["Properties"]["DefaultActions"]
    config = first["AuthenticateOidcConfig"]
    assert (config["Issuer"], config["ClientId"], config["Scope"], config["OnUnauthenticatedRequest"]) == (
        "https://idp.example.com", "shop", "openid email", "deny")  # fmt: skip
    assert "resolve:secretsmanager" in str(config["ClientSecret"]) and "client_secret" in str(config["ClientSecret"])


PASSED = """\
nodes:
  visitors: users
  network:
    kind: ec2.vpc
    nodes:
      edge: {kind: ec2.subnets, tier: public, through: entry, nodes: {web: elb.application}}
      ways: {kind: ec2.subnets, tier: public, nodes: {entry: {kind: ec2.endpoint, type: gateway_load_balancer}}}
      app: {kind: ec2.subnets, tier: isolated, nodes: {wall: elb.gateway}}
  inspect: {kind: ec2.endpoint_service, accept: false}
edges:
  - visitors -> web
  - wall -> inspect
  - entry -> inspect
"""


def test_traffic_passes_the_endpoint_of_its_zone_both_ways(tmp_path: Path) -> None:
    """https://docs.aws.amazon.com/elasticloadbalancing/latest/gateway/getting-started.html"""
    found = resources(PASSED, tmp_path)
    routes = {(one["Properties"]["RouteTableId"]["Ref"], json.dumps(one["Properties"]["DestinationCidrBlock"])):
              one["Properties"].get("VpcEndpointId") or one["Properties"]["GatewayId"]
              for one in found.values() if one["Type"] == "AWS::EC2::Route"}  # fmt: skip
    tables = {one["Properties"]["SubnetId"]["Ref"]: one["Properties"]["RouteTableId"]["Ref"] for one in found.values()
              if one["Type"] == "AWS::EC2::SubnetRouteTableAssociation"}  # fmt: skip
    (at_gateway,) = (one["Properties"] for one in found.values()
                     if one["Type"] == "AWS::EC2::GatewayRouteTableAssociation")  # fmt: skip
    assert at_gateway["GatewayId"] == {"Ref": "NetworkInternet"}
    for zone, entry in (("A", "Entry"), ("B", "EntryB")):
        assert found[entry]["Properties"]["SubnetIds"] == [{"Ref": f"Ways{zone}"}]
        assert routes[tables[f"Edge{zone}"], '"0.0.0.0/0"'] == {"Ref": entry}
        assert routes[tables[f"Ways{zone}"], '"0.0.0.0/0"'] == {"Ref": "NetworkInternet"}
        inside = json.dumps(found[f"Edge{zone}"]["Properties"]["CidrBlock"])
        assert routes[at_gateway["RouteTableId"]["Ref"], inside] == {"Ref": entry}
    archkit.load(tmp_path / "blueprint.yaml", text=f"name: test\n{PASSED}").synth()


@pytest.mark.parametrize(
    ("balancer", "more", "uri"),
    [
        ("kind: elb.application, internal: true", "", {"Fn::Sub": "http://${Web.DNSName}:80/orders/{id}"}),
        ("kind: elb.application, internal: true, domain: in.example.com", "",
         "https://in.example.com:443/orders/{id}"),
        ("kind: elb.network, internal: true, listens_at: 8443", ", tls: in.example.com",
         "https://in.example.com:8443/orders/{id}"),
    ],
)  # fmt: skip
def test_a_rest_api_reaches_a_balancer_by_a_link(balancer: str, more: str, uri: Any, tmp_path: Path) -> None:
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-private-integration.html"""
    route = "{method: GET, path: '/orders/{id}', vpc_link: link" + more + "}"
    edges = f"  - api -> web: {route}\n  - web -> work: {{port: 8080}}\n"
    text = network(balancer, f"{SERVER}, link: {{kind: apigateway.vpc_link}}", edges, "  api: apigateway.rest\n")
    found = resources(text, tmp_path)
    (call,) = (one["Properties"]["Integration"] for one in found.values() if one["Type"] == "AWS::ApiGateway::Method")
    assert (call["Type"], call["ConnectionType"], call["ConnectionId"]) == ("HTTP_PROXY", "VPC_LINK", {"Ref": "Link"})
    assert call["IntegrationTarget"] == {"Ref": "Web"} and call["Uri"] == uri
    assert call["RequestParameters"] == {"integration.request.path.id": "method.request.path.id"}
    assert any(id.startswith("WebFromLink") for id in found)
    archkit.load(tmp_path / "blueprint.yaml", text=f"name: test\n{text}").synth()


def test_only_what_archkit_brings_is_looked_up_by_a_command(tmp_path: Path) -> None:
    """The printed command runs what a kind says that prints a value, and nothing that a blueprint's author wrote."""
    around = BEHIND_CDN + "  wanted: {kind: ssm.parameter, value: '${Size}'}\n"
    edges = f"{REQUESTS}parameters: {{Size: {{description: 'See `aws s3 ls; rm -rf /`.'}}}}\n"
    text = network("kind: elb.application, domain: www.example.com, only: cloudfront", SERVER, edges, around)
    blueprint = tmp_path / "shop.yaml"
    blueprint.write_text(f"name: shop\n{text}")
    run = CliRunner().invoke(app, ["synth", str(blueprint), "-o", str(tmp_path / "shop.cfn.yaml")])
    assert "WebCloudFront=$(aws ec2 describe-managed-prefix-lists " in run.output
    assert "Size=..." in run.output and "rm -rf" not in run.output
