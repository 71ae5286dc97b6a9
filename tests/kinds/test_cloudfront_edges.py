"""CloudFront: what each edge becomes, in one stack and in two."""

from __future__ import annotations

from pathlib import Path

import pytest

import archkit
from tests.kinds.cloudfront_blueprints import (
    ANY_ONE,
    FUNCTION,
    KEYS,
    ONLY,
    ZONE,
    beside,
    resources,
    site,
    statements,
)  # fmt: skip
from tests.options import synthesized


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return beside(tmp_path)


def test_bucket_lets_this_distribution_read_and_nobody_else(folder: Path) -> None:
    found = resources(site(), folder)
    (read,) = [s for s in statements(found["AssetsPolicy"]) if s["Effect"] == "Allow"]
    assert read["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert (read["Action"], read["Resource"]["Fn::Sub"][0][-2:]) == ("s3:GetObject", "/*")
    assert read["Condition"] == {"ArnLike": {"aws:SourceArn": ONLY}}
    control = found["CdnS3Access"]["Properties"]["OriginAccessControlConfig"]
    assert (control["OriginAccessControlOriginType"], control["SigningBehavior"]) == ("s3", "always")


def test_key_of_a_bucket_lets_distributions_decrypt(folder: Path) -> None:
    text = site(nodes="  cmk: kms.key\n").replace("assets: s3.bucket", "assets: {kind: s3.bucket, key: cmk}")
    (decrypt,) = [s for s in statements(resources(text, folder)["Cmk"]) if s["Action"] == "kms:Decrypt"]
    assert decrypt["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert decrypt["Condition"] == {"ArnLike": {"aws:SourceArn": ANY_ONE}}


def test_identity_reads_by_its_own_user(folder: Path) -> None:
    found = resources(site(edge="{access: identity}"), folder)
    (read,) = [s for s in statements(found["AssetsPolicy"]) if s["Effect"] == "Allow"]
    assert read["Principal"] == {"CanonicalUser": {"Fn::GetAtt": ["CdnIdentity", "S3CanonicalUserId"]}}


def test_function_url_takes_calls_of_this_distribution_only(folder: Path) -> None:
    found = resources(site(nodes=FUNCTION, edges="  - cdn -> work: /api/*\n"), folder)
    assert found["WorkUrl"]["Properties"] == {"AuthType": "AWS_IAM", "TargetFunctionArn": {"Ref": "Work"}}
    permissions = [r["Properties"] for r in found.values() if r["Type"] == "AWS::Lambda::Permission"]
    assert [p["Action"] for p in permissions] == ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"]
    assert all(p["SourceArn"] == ONLY and p["Principal"] == "cloudfront.amazonaws.com" for p in permissions)
    origin = found["Cdn"]["Properties"]["DistributionConfig"]["Origins"][1]
    url = {"Fn::GetAtt": ["WorkUrl", "FunctionUrl"]}
    assert origin["DomainName"] == {"Fn::Select": [2, {"Fn::Split": ["/", url]}]}
    assert origin["OriginAccessControlId"] == {"Ref": "CdnLambdaAccess"}


@pytest.mark.parametrize("kind", ["http", "rest"])
def test_api_gets_everything_but_the_host(kind: str, folder: Path) -> None:
    edges = "  - cdn -> api: /v1/*\n  - api -> work: GET /v1/x\n"
    found = resources(site(nodes=f"  api: apigateway.{kind}\n{FUNCTION}", edges=edges), folder)
    config = found["Cdn"]["Properties"]["DistributionConfig"]
    assert config["Origins"][1]["DomainName"] == {"Fn::Sub": "${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}"}
    behaviour = config["CacheBehaviors"][0]
    assert behaviour["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    assert behaviour["OriginRequestPolicyId"] == "b689b0a8-53d0-40ab-baf2-68738e2966ac"
    assert "POST" in behaviour["AllowedMethods"]


def test_function_at_the_edge_has_a_version_and_no_variables(folder: Path) -> None:
    nodes = FUNCTION + "  table: dynamodb.table\n"
    found = resources(site(nodes=nodes, edges="  - cdn -> work: viewer_request\n  - work -> table: read\n"), folder)
    (version,) = [id for id, r in found.items() if r["Type"] == "AWS::Lambda::Version"]
    behaviour = found["Cdn"]["Properties"]["DistributionConfig"]["DefaultCacheBehavior"]
    assert behaviour["LambdaFunctionAssociations"][0]["LambdaFunctionARN"] == {"Ref": version}
    assert found[version]["DeletionPolicy"] == "Retain"
    assert "Environment" not in found["Work"]["Properties"]
    assert (found["Work"]["Properties"]["Timeout"], found["Work"]["Properties"]["MemorySize"]) == (5, 128)
    (logs,) = [s for s in statements(found["WorkRolePolicy"]) if "logs:CreateLogGroup" in s["Action"]]
    arn = "arn:${AWS::Partition}:logs:*:${AWS::AccountId}:log-group:${WorkLogs}:*"
    assert logs["Resource"] == {"Fn::Sub": arn}


def test_invalidation_is_a_right_on_one_distribution(folder: Path) -> None:
    found = resources(site(nodes=FUNCTION, edges="  - work -> cdn\n"), folder)
    (right,) = [s for s in statements(found["WorkRolePolicy"]) if s["Action"] == "cloudfront:CreateInvalidation"]
    assert right["Resource"] == ONLY
    assert found["Work"]["Properties"]["Environment"]["Variables"] == {"CDN": {"Ref": "Cdn"}}


WEBSITE = """\
{region}nodes:
  people: users
  dns: {zone}
  cdn: {{kind: cloudfront.distribution, domain: www.example.com}}
  waf: wafv2.web_acl
  assets: s3.bucket
  auth: {{kind: lambda.function, runtime: python3.13, code: handler.py}}
edges:
  - people -> dns -> cdn -> assets
  - waf -> cdn
  - cdn -> auth: viewer_request
"""


@pytest.mark.parametrize("region", ["", "region: eu-west-1\n"])
def test_two_stacks(region: str, folder: Path) -> None:
    stacks = synthesized(WEBSITE.format(region=region, zone=ZONE), folder)
    assert list(stacks) == ["test-us-east-1", "test"]
    first, main = (stack["Resources"] for stack in stacks.values())
    assert {"CdnCertificate", "Waf", "WafLogs", "Auth"} <= first.keys()
    assert first["Waf"]["Properties"]["Scope"] == "CLOUDFRONT"
    option = {"DomainName": "www.example.com", "HostedZoneId": "Z0123456789ABCDEFGHIJ"}
    assert first["CdnCertificate"]["Properties"]["DomainValidationOptions"] == [option]
    config = main["Cdn"]["Properties"]["DistributionConfig"]
    assert config["ViewerCertificate"]["AcmCertificateArn"] == {"Ref": "CdnCertificateId"}
    assert config["WebACLId"] == {"Ref": "WafArn"}
    assert set(stacks["test"]["Parameters"]) == set(stacks["test-us-east-1"]["Outputs"])
    assert stacks["test-us-east-1"]["Outputs"]["CdnCertificateId"]["Value"] == {"Ref": "CdnCertificate"}


def test_bucket_and_function_of_another_region_name_distributions_by_pattern(folder: Path) -> None:
    text = site(nodes="  west: {kind: region, code: eu-west-1, nodes: {media: s3.bucket, work: {kind: lambda.function, "
                "runtime: python3.13, code: handler.py}}}\n",
                edges="  - cdn -> media: /media/*\n  - cdn -> work: /api/*\n")  # fmt: skip
    stacks = synthesized(text, folder)
    assert list(stacks) == ["test-eu-west-1", "test"]
    west = stacks["test-eu-west-1"]["Resources"]
    (read,) = [s for s in statements(west["MediaPolicy"]) if s["Effect"] == "Allow"]
    assert read["Condition"] == {"ArnLike": {"aws:SourceArn": ANY_ONE}}
    assert west["WorkCdnInvoke"]["Properties"]["SourceArn"] == ANY_ONE
    assert stacks["test"]["Resources"]["Cdn"]["Properties"]["DistributionConfig"]["Origins"][1]["DomainName"] == {
        "Ref": "MediaRegionalDomainName"
    }


def test_domain_by_parameter(folder: Path) -> None:
    text = f"region: us-east-1\nparameters: {{Domain: www.example.com}}\nnodes:\n  dns: {ZONE}\n"
    text += "  cdn: {kind: cloudfront.distribution, domain: '${Domain}', origin_domain: a.example.org}\n"
    found = resources(text + "edges:\n  - dns -> cdn\n", folder)
    assert found["Cdn"]["Properties"]["DistributionConfig"]["Aliases"] == [{"Ref": "Domain"}]
    assert found["CdnCertificate"]["Properties"]["DomainName"] == {"Ref": "Domain"}
    assert found["CdnDnsA"]["Properties"]["Name"] == {"Ref": "Domain"}


def test_existing_bucket_is_noted_and_not_changed(folder: Path) -> None:
    text = "name: test\n" + site().replace("assets: s3.bucket", "assets: {kind: s3.bucket, existing: my-assets}")
    compiled = archkit.load(folder / "blueprint.yaml", text=text)
    compiled.synth()
    assert [d.code for d in compiled.report] == ["let-in"]


def test_one_stack_in_us_east_1(folder: Path) -> None:
    found = resources(WEBSITE.format(region="region: us-east-1\n", zone=ZONE), folder)
    assert found["Cdn"]["Properties"]["DistributionConfig"]["WebACLId"] == {"Fn::GetAtt": ["Waf", "Arn"]}


def test_zone_that_is_made_goes_where_it_validates(folder: Path) -> None:
    zone = "{kind: route53.zone, domain: example.com}"
    stacks = synthesized(WEBSITE.format(region="region: eu-west-1\n", zone=zone), folder)
    assert "Dns" in stacks["test-us-east-1"]["Resources"]
    record = stacks["test"]["Resources"]["CdnDnsA"]["Properties"]
    assert (record["HostedZoneId"], record["Name"]) == ({"Ref": "DnsId"}, "www.example.com")


def test_keys_stay_in_their_region(folder: Path) -> None:
    text = "security: strict\n" + WEBSITE.format(region="region: eu-west-1\n", zone=ZONE)
    stacks = synthesized("name: test\n" + text, folder)
    for stack in stacks.values():
        keys = [id for id, r in stack["Resources"].items() if r["Type"] == "AWS::KMS::Key"]
        groups = [r for r in stack["Resources"].values() if r["Type"] == "AWS::Logs::LogGroup"]
        assert all(group["Properties"]["KmsKeyId"] == {"Fn::GetAtt": [keys[0], "Arn"]} for group in groups)


def test_everything_at_once_is_lint_clean(folder: Path) -> None:
    nodes = (KEYS + FUNCTION + "  media: s3.bucket\n  spare: s3.bucket\n  site: data_center\n  waf: wafv2.web_acl\n"
             f"  dns: {ZONE}\n  rewrite: {{kind: cloudfront.function, code: rewrite.js}}\n"
             "  auth: {kind: lambda.function, runtime: python3.13, code: handler.py}\n")  # fmt: skip
    edges = """\
  - dns -> cdn
  - waf -> cdn
  - cdn -> spare: failover
  - cdn -> media: {path: /media/*, signed: [keys], access: identity, cache: {ttl: 0, most: 0, query: all}}
  - cdn -> work: {path: [/api/*, /graphql], order: 1, forward: {cookies: all, headers: all}, headers: cors, grpc: true}
  - cdn -> site: {path: /old/*, domain: old.example.org, port: 8443, timeout: 20, shield: us-east-1, methods: options}
  - cdn -> rewrite: viewer_request
  - cdn -> auth: {does: viewer_request, path: /media/*}
  - cdn -> auth: {does: origin_response, path: /media/*, id: stamp}
"""
    properties = (", domain: www.example.com, names: [example.com], spa: true, geo: {deny: [KP]}, price_class: 200, "
                  "headers: {cors: ['*'], custom: {X-Team: web}, remove: [Server]}, tls: TLSv1.3_2025")  # fmt: skip
    compiled = archkit.load(folder / "blueprint.yaml", text="name: all\n" + site(properties, nodes, edges))
    assert list(compiled.synth().templates) == ["all"]
