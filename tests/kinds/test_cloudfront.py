"""CloudFront: every option, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import archkit
from tests.kinds.cloudfront_blueprints import ASSETS, FUNCTION, KEYS, PEM, REWRITE, beside, site
from tests.options import ANY, Option, holds

SERVICE = "Amazon CloudFront"
C = "Resources.Cdn.Properties.DistributionConfig."
D, ORIGIN = C + "DefaultCacheBehavior.", C + "Origins.0."


def row(option: str, path: str, expected: Any = ANY, properties: str = "", nodes: str = "", edges: str = "",
        edge: str = "") -> Option:  # fmt: skip
    return Option(SERVICE, option, site(properties, nodes, edges, edge), path, expected)


ORIGINS = "origins S3/ALB/API/EC2/on-premises/MediaPackage/MediaStore by edges with path patterns"
POLICIES = "cache and origin-request policies"
SIGNED, EDGE = "signed URLs and cookies by key group", "Lambda@Edge"
REST = f"  api: apigateway.rest\n{FUNCTION}"
CONFIG = "Resources.CdnHeaders.Properties.ResponseHeadersPolicyConfig."
OPTIONS = [
    row(ORIGINS, ORIGIN + "DomainName", {"Fn::GetAtt": ["Assets", "RegionalDomainName"]}),
    row(ORIGINS, C + "CacheBehaviors.0.PathPattern", "/media/*", "", "  media: s3.bucket\n",
        "  - cdn -> media: /media/*\n"),
    row(ORIGINS, C + "CacheBehaviors.1.PathPattern", "*.jpg", "", "  media: s3.bucket\n",
        "  - cdn -> media: {path: ['*.jpg', /media/*]}\n"),
    row(ORIGINS, C + "CacheBehaviors.0.PathPattern", "*.jpg", "", "  media: s3.bucket\n",
        "  - cdn -> media: {path: '*.jpg', order: 1}\n  - cdn -> work: /longer/*\n".replace("work", "media")),
    row(ORIGINS, C + "Origins.1.OriginPath", "/prod", "", REST, "  - cdn -> api: /v1/*\n  - api -> work: GET /v1/x\n"),
    row(ORIGINS, C + "Origins.1.CustomOriginConfig",
        {"OriginProtocolPolicy": "https-only", "OriginSSLProtocols": ["TLSv1.2"]}, "", REST,
        "  - cdn -> api: /v1/*\n  - api -> work: GET /v1/x\n"),
    row(ORIGINS, C + "Origins.1.DomainName", "old.example.org", "", "  site: data_center\n",
        "  - cdn -> site: {path: /old/*, domain: old.example.org}\n"),
    row(ORIGINS, C + "Origins.1.CustomOriginConfig.HTTPSPort", 8443, "", "  site: internet\n",
        "  - cdn -> site: {path: /old/*, domain: old.example.org, port: 8443}\n"),
    row(ORIGINS, C + "Origins.1.OriginCustomHeaders", [{"HeaderName": "X-Key", "HeaderValue": "abc"}], "",
        "  site: internet\n",
        "  - cdn -> site: {path: /old/*, domain: old.example.org, origin_headers: {X-Key: abc}}\n"),
    row(ORIGINS, ORIGIN + "OriginShield.OriginShieldRegion", "eu-west-1", edge="{shield: eu-west-1, attempts: 2}"),
    row(ORIGINS, ORIGIN + "OriginPath", "/site", edge="{origin_path: /site}"),
    Option(SERVICE, ORIGINS, "nodes:\n  cdn: {kind: cloudfront.distribution, origin_domain: www.example.com}\n",
           ORIGIN + "DomainName", "www.example.com"),
    row("origin access control (and the older identity)", ORIGIN + "OriginAccessControlId", {"Ref": "CdnS3Access"}),
    row("origin access control (and the older identity)", ORIGIN + "S3OriginConfig.OriginAccessIdentity",
        {"Fn::Sub": "origin-access-identity/cloudfront/${CdnIdentity}"}, edge="{access: identity}"),
    row("origin group failover", C + "OriginGroups.Items.0.Members.Items",
        [{"OriginId": "assets"}, {"OriginId": "spare"}], "", "  spare: s3.bucket\n", "  - cdn -> spare: failover\n"),
    row("origin group failover", C + "OriginGroups.Items.0.FailoverCriteria.StatusCodes.Items", [404, 503], "",
        "  spare: s3.bucket\n", "  - cdn -> spare: {does: failover, codes: [404, 503]}\n"),
    row("origin group failover", C + "CacheBehaviors.0.TargetOriginId", "work-or-spare", "",
        f"  spare: s3.bucket\n{FUNCTION}", "  - cdn -> work: /api/*\n  - cdn -> spare: {does: failover, of: work}\n"),
    row("geo restriction", C + "Restrictions.GeoRestriction", {"RestrictionType": "whitelist", "Locations": ["DE",
        "AT"]},
        ", geo: {allow: [DE, AT]}"),
    row("geo restriction", C + "Restrictions.GeoRestriction.RestrictionType", "blacklist", ", geo: {deny: [KP]}"),
    row(SIGNED, D + "TrustedKeyGroups", [{"Ref": "Keys"}], ", signed: keys", KEYS),
    row(SIGNED, D + "TrustedKeyGroups", [{"Ref": "Keys"}], "", KEYS, edge="{signed: keys}"),
    row(SIGNED, "Resources.*.Properties.PublicKeyConfig.EncodedKey", PEM, ", signed: keys", KEYS),
    row("custom domain and certificate", C + "Aliases", ["www.example.com", "example.com"],
        ", domain: www.example.com, names: [example.com]"),
    row("custom domain and certificate", C + "ViewerCertificate",
        {"AcmCertificateArn": {"Ref": "CdnCertificate"}, "MinimumProtocolVersion": "TLSv1.2_2021",
         "SslSupportMethod": "sni-only"}, ", domain: www.example.com"),
    row("custom domain and certificate", C + "ViewerCertificate.AcmCertificateArn", {"Ref": "Cert"},
        ", domain: www.example.com, certificate: cert", "  cert: {kind: acm.certificate, domain: www.example.com}\n"),
    row("custom domain and certificate", C + "ViewerCertificate.AcmCertificateArn", {"Ref": "Cert"},
        ", domain: www.example.com", "  cert: {kind: acm.certificate, domain: www.example.com}\n", "  - cert -> cdn\n"),
    row(POLICIES, D + "CachePolicyId", "658327ea-f89d-4fab-a63d-7e88639e58f6"),
    row(POLICIES, D + "CachePolicyId", "83da9c7e-98b4-4e11-a168-04f0df8e2c65", edge="{cache: origin}"),
    row(POLICIES, "Resources.CdnAssetsCache.Properties.CachePolicyConfig.DefaultTTL", 60, edge="{cache: {ttl: 60}}"),
    row(POLICIES, D + "OriginRequestPolicyId", "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf", edge="{forward: cors-s3}"),
    row(POLICIES, "Resources.CdnAssetsForward.Properties.OriginRequestPolicyConfig.QueryStringsConfig",
        {"QueryStringBehavior": "whitelist", "QueryStrings": ["page"]}, edge="{forward: {query: [page]}}"),
    row("CloudFront Functions", D + "FunctionAssociations",
        [{"EventType": "viewer-request", "FunctionARN": {"Fn::GetAtt": ["Rewrite", "FunctionARN"]}}], "",
        "  rewrite: {kind: cloudfront.function, code: rewrite.js}\n", "  - cdn -> rewrite: viewer_request\n"),
    row("CloudFront Functions", "Resources.Rewrite.Properties.FunctionCode", REWRITE, "",
        "  rewrite: {kind: cloudfront.function, code: rewrite.js}\n", "  - cdn -> rewrite: viewer_response\n"),
    *(row(EDGE, D + "LambdaFunctionAssociations.0.EventType", word.replace("_", "-"), "", FUNCTION,
          f"  - cdn -> work: {word}\n")
      for word in ("viewer_request", "viewer_response", "origin_request", "origin_response")),
    row(EDGE, "Resources.WorkRole.Properties.AssumeRolePolicyDocument.Statement.0.Principal.Service",
        ["lambda.amazonaws.com", "edgelambda.amazonaws.com"], "", FUNCTION, "  - cdn -> work: origin_request\n"),
    row("WAF", C + "WebACLId", {"Fn::GetAtt": ["Waf", "Arn"]}, "", "  waf: wafv2.web_acl\n", "  - waf -> cdn\n"),
    row("WAF", C + "WebACLId", {"Fn::GetAtt": ["CdnFirewall", "Arn"]}, ", firewall: true"),
    row("WAF", C + "WebACLId", {"Fn::GetAtt": ["Waf", "Arn"]}, ", firewall: true, web_acl: waf",
        "  waf: wafv2.web_acl\n"),
    row("WAF", C + "WebACLId", {"Fn::GetAtt": ["Waf", "Arn"]}, ", web_acl: waf", "  waf: wafv2.web_acl\n"),
    row("price class", C + "PriceClass", "PriceClass_100", ", price_class: 100"),
    row("price class", C + "PriceClass", "PriceClass_All"),
    row("access logs", C + "Logging.Bucket", {"Fn::GetAtt": ["CdnLogs", "RegionalDomainName"]}),
    row("access logs", "Resources.CdnLogs.Properties.LifecycleConfiguration.Rules.1.ExpirationInDays", 400,
        ", logs: 400"),
    row("access logs", "Resources.CdnLogs.Properties.OwnershipControls.Rules.0.ObjectOwnership",
        "BucketOwnerPreferred"),
    row("security headers", D + "ResponseHeadersPolicyId", "67f7725c-6f97-4210-82d7-5512b31e9d03"),
    row("security headers", CONFIG + "SecurityHeadersConfig.ContentSecurityPolicy.ContentSecurityPolicy",
        "default-src 'self'", ", headers: {csp: \"default-src 'self'\"}"),
    row("security headers", CONFIG + "SecurityHeadersConfig.StrictTransportSecurity.AccessControlMaxAgeSec", 60,
        ", headers: {hsts: 60}"),
    row("default root object", C + "DefaultRootObject", "index.html"),
    row("default root object", C + "DefaultRootObject", "home.html", ", root: home.html"),
    row("error responses", C + "CustomErrorResponses.1",
        {"ErrorCode": 404, "ResponsePagePath": "/index.html", "ErrorCachingMinTTL": 10, "ResponseCode": 200},
        ", spa: true"),
    row("error responses", C + "CustomErrorResponses.0.ResponseCode", 503, ", errors: [{code: 503, page: /down.html}]"),
    row("IPv6", C + "IPV6Enabled", False, ", ipv6: false"),
    row("HTTP/3", C + "HttpVersion", "http2and3"),
    row("compression", D + "Compress", False, edge="{compress: false}"),
    row("viewer protocol", D + "ViewerProtocolPolicy", "https-only", edge="{viewer: https}"),
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return beside(tmp_path)


@pytest.mark.parametrize("option", OPTIONS, ids=lambda row: f"{row.option[:30]}:{row.path.rsplit('.', 1)[-1]}")
def test_option_changes_the_template(option: Option, folder: Path) -> None:
    assert holds(option, folder)


REFUSED = [
    (site().replace("us-east-1", "af-south-1"), "wrong-region", "writes no logs into a bucket in af-south-1"),
    (site().replace("  - cdn -> assets\n", "  - cdn -> assets: /x/*\n"), "no-origin", "an origin for the paths"),
    (site(nodes="  more: s3.bucket\n", edges="  - cdn -> more\n"), "two-origins", "two origins for the same paths"),
    (site(nodes="  more: s3.bucket\n", edges="  - cdn -> more: /x/*\n  - cdn -> assets: /x/*\n"), "duplicate-path",
     "/x/*"),
    (site(nodes="  site: data_center\n", edges="  - cdn -> site: /x/*\n"), "no-domain", "no address that is known"),
    (site(", names: [a.example.com]"), "bad-value", "'names' are further ones"),
    (site(", geo: {allow: [DE], deny: [AT]}"), "bad-value", "either 'allow' or 'deny'"),
    (site(nodes="  cmk: kms.key\n", edge="{access: identity}").replace("s3.bucket", "{kind: s3.bucket, key: cmk}"),
     "bad-value", "which a key encrypts"),
    (site(nodes="  cert: {kind: acm.certificate, domain: a.example.com}\n", edges="  - cert -> cdn\n"), "no-domain",
     "no domain for the certificate"),
    (site(nodes=FUNCTION.replace("}", ", environment: {A: b}}"), edges="  - cdn -> work: viewer_request\n"),
     "not-at-edge",
     "environment variables"),
    (site(nodes=FUNCTION.replace("}", ", architecture: arm64}"), edges="  - cdn -> work: viewer_request\n"),
     "not-at-edge",
     "arm64"),
    (site(nodes=FUNCTION.replace("}", ", timeout: 30}"), edges="  - cdn -> work: viewer_request\n"), "not-at-edge",
     "at most 5"),
    (site(nodes=FUNCTION.replace("python3.13", "java21").replace("}", ", handler: a.B}"),
          edges="  - cdn -> work: origin_request\n"), "not-at-edge", "not java21"),
    (site(nodes=FUNCTION, edges="  - cdn -> work: {does: origin_request, path: /x/*}\n"), "unknown-path",
     "has the path '/x/*'"),
    (site(nodes=FUNCTION + "  rewrite: {kind: cloudfront.function, code: rewrite.js}\n",
          edges="  - cdn -> work: viewer_response\n  - cdn -> rewrite: viewer_request\n"), "two-functions", "either"),
    (site(nodes="  spare: s3.bucket\n", edges="  - cdn -> spare: {does: failover, of: spare}\n"), "not-an-origin",
     "'spare'"),
    (site(nodes="  keys: {kind: cloudfront.key_group, keys: [none.pem]}\n"), "bad-value", "is no public key"),
    (site(nodes="  rewrite: {kind: cloudfront.function, code: none.js}\n"), "no-code", "none.js"),
    (f"region: eu-west-1\nnodes:\n  here: {{kind: region, code: eu-west-2, nodes: {{waf: wafv2.web_acl}}}}\n"
     f"  cdn: cloudfront.distribution\n{ASSETS}edges:\n  - cdn -> assets\n  - waf -> cdn\n", "wrong-region",
         "us-east-1"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "message"), REFUSED, ids=[f"{code}:{m[:20]}" for _, code, m in REFUSED])
def test_refusal(text: str, code: str, message: str, folder: Path) -> None:
    compiled = archkit.load(folder / "blueprint.yaml", text=f"name: test\n{text}")
    compiled.check()
    found = [(d.code, d.message) for d in compiled.report if d.severity == "error"]
    assert any(c == code and message in m for c, m in found), found
