"""Distributions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from archkit.architecture import Architecture, Node
from archkit.kind import Alias, External, Grant, Helper, Kind, Metric, NodeId, Record, Refusal, prop
from archkit.kinds.cloudfront.attach import HOME, Attach, Protect, protect
from archkit.kinds.cloudfront.edge import AT_EDGE, associate
from archkit.kinds.cloudfront.finishing import group_origins, order_behaviours
from archkit.kinds.cloudfront.origins import custom
from archkit.kinds.cloudfront.policies import CACHE, FORWARD, Headers, HeadersName, headers_id, named
from archkit.kinds.cloudfront.route import METHODS, Failover, Route
from archkit.scope import Scope

__all__ = ["Distribution"]

LOG_BUCKET: dict[str, Any] = {"log_bucket": True, "ownership": "preferred", "access_logs": False}
"""Standard logging writes by ACL, which a bucket has only where objects are their writers' to hand over
(https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html). It goes with every
Region, while the newer delivery stands in us-east-1: that stack and the distribution's would need one another."""
NO_LOGS = frozenset(
    {"af-south-1", "ap-east-1", "ap-east-2", "ap-south-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5",
     "ap-southeast-7", "ca-west-1", "eu-central-2", "eu-south-1", "eu-south-2", "il-central-1", "me-central-1",
     "me-south-1", "mx-central-1"}
)  # fmt: skip
"""Regions that an account opts into."""
DOMAIN = r"(\*\.)?([A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}"
Status = Literal[400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504]


class ErrorPage(Record):
    """What is answered where the origin fails."""

    code: Status = prop(doc="Status code of the origin.")
    page: str | None = prop(None, "Page that is answered instead.", pattern="/.+")
    status: Literal[200, 400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504] | None = prop(
        None, "Status code of that answer (default: the origin's)."
    )
    ttl: int = prop(10, "Seconds that the failure is remembered.", ge=0)


class Geo(Record):
    """Countries, by their codes of two letters, that are answered or not."""

    allow: list[str] = prop([], "The only countries answered.", pattern="[A-Z]{2}")
    deny: list[str] = prop([], "Countries not answered.", pattern="[A-Z]{2}")


class Distribution(Kind, icon="aws/network/cloudfront", service="Amazon CloudFront", name="cloudfront.distribution",
                   types=("AWS::CloudFront::Distribution", "AWS::CloudFront::OriginAccessControl",
                          "AWS::CloudFront::CachePolicy", "AWS::CloudFront::OriginRequestPolicy",
                          "AWS::CloudFront::ResponseHeadersPolicy", "AWS::CloudFront::VpcOrigin",
                          "AWS::CloudFront::CloudFrontOriginAccessIdentity")):  # fmt: skip
    """Content delivery network: answers from the edge nearest to the viewer, over HTTPS, from one origin or several."""

    domain: str | None = prop(None, "Domain name of one's own.", pattern=DOMAIN)
    names: list[str] = prop([], "Further domain names.", pattern=DOMAIN)
    certificate: NodeId | None = prop(None, "Certificate (default: one made for it in us-east-1).", slot="attach",
                                      to="acm.certificate")  # fmt: skip
    web_acl: NodeId | None = prop(None, "Web ACL that protects it.", slot="protect", to="wafv2.web_acl")
    firewall: bool = prop(False, "A web ACL of its own with AWS's managed rules, where none is named.", shape=True)
    origin_domain: str | None = prop(None, "Domain of the default origin, where no edge leads to one.", pattern=DOMAIN)
    root: str | None = prop(None, "Default root object (default: index.html where a bucket is the default origin).")
    errors: list[ErrorPage] = prop([], "What is answered where the origin fails.")
    spa: bool = prop(False, "Single-page application: unknown paths are answered with /index.html.")
    headers: HeadersName | Headers = prop("security", "Response-headers policy.")
    signed: list[NodeId] = prop([], "Key groups: only signed URLs or cookies are answered.", slot="signed",
                                to="cloudfront.key_group")  # fmt: skip
    geo: Geo | None = prop(None, "Countries answered or not.")
    tls: Literal["TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025", "TLSv1.2_2019"] = prop(
        "TLSv1.2_2021", "Security policy of a domain of one's own."
    )
    http: Literal["http1.1", "http2", "http2and3", "http3"] = prop("http2and3", "HTTP versions beside 1.1.")
    ipv6: bool = prop(True, "Answer on IPv6 too.", shape=True)
    price_class: Literal["100", "200", "all"] = prop("all", "Edge locations: the cheapest, more, or all of them.")
    access_logs: bool = prop(True, "Write access logs into a bucket made for them.", shape=True)
    logs: int = prop(90, "Days that access logs are kept.", ge=1)
    log_cookies: bool = prop(False, "Write cookies into the access logs.")
    enabled: bool = prop(True, "Whether it answers.")

    attributes = {
        "arn": "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${}", "id": "${}",
        "domain_name": "${.DomainName}", "url": "https://${.DomainName}",
    }  # fmt: skip
    address = "${}"
    external = External(
        ("id", "domain_name"), {"arn": "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${id}"}
    )
    grants = {"invalidate": Grant("cloudfront:CreateInvalidation", usual=True)}
    metrics = {
        name: Metric("AWS/CloudFront", metric, {"DistributionId": "${id}", "Region": "Global"}, statistic,
                     home="us-east-1")
        for name, metric, statistic in (
            ("requests", "Requests", "Sum"), ("errors-4xx", "4xxErrorRate", "Average"),
            ("errors-5xx", "5xxErrorRate", "Average"), ("downloaded", "BytesDownloaded", "Sum"),
        )
    }  # fmt: skip
    alias = Alias("${domain_name}", "Z2FDTNDATAQYW2", ipv6=True)
    joins = (Route, Failover, Attach, Protect, *AT_EDGE)
    strict = {"firewall": True}
    example = "{origin_domain: www.example.com, access_logs: false}"

    def attribute(self, name: str) -> str | None:
        if name == "url" and isinstance(self.domain, str):
            return f"https://{self.domain}"
        return super().attribute(name)

    def caption(self) -> str | None:
        return self.domain if isinstance(self.domain, str) else None

    def helpers(self) -> Mapping[str, Helper]:
        made = {}
        if self.access_logs:
            made["logs"] = Helper("s3.bucket", LOG_BUCKET, "access logs")
        if self.domain and not self.certificate:
            more = {"names": self.names} if self.names else {}
            made["certificate"] = Helper("acm.certificate", {"domain": self.domain, **more}, "certificate", HOME)
        if self.firewall:
            made["firewall"] = Helper("wafv2.web_acl", {"reach": "cloudfront"}, "firewall", HOME)
        return made

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        routes = [(edge, effect.join) for edge, effect in world.effects("route") if effect.owner == node.id]
        found = []
        plain = [edge for edge, join in routes if not getattr(join, "path", ())]
        if not plain and not self.origin_domain:
            help = f"write one edge of '{node.id}' without a path, or 'origin_domain'"
            found.append(
                Refusal("a distribution needs an origin for the paths that no pattern fits", help, "no-origin")
            )
        if len(plain) + bool(self.origin_domain) > 1:
            help = "give one of them a path, such as /static/*, or make it 'failover'"
            found.append(
                Refusal(f"'{node.id}' has two origins for the same paths", help, "two-origins", None, plain[-1].span)
            )
        seen: set[str] = set()
        for edge, join in routes:
            for pattern in getattr(join, "path", ()):
                if pattern in seen:
                    found.append(
                        Refusal(f"the path '{pattern}' leads to two origins", None, "duplicate-path", None, edge.span)
                    )
                seen.add(pattern)
        return found + self._values(node)

    def _values(self, node: Node) -> list[Refusal]:
        if self.access_logs and node.place[1] in NO_LOGS:
            help = "access_logs: false, or another Region"
            text = f"CloudFront writes no logs into a bucket in {node.place[1]}"
            return [Refusal(text, help, "wrong-region", "access_logs")]
        if self.names and not self.domain:
            return [Refusal("'names' are further ones", "give a 'domain' too", "bad-value", "names")]
        if self.geo and bool(self.geo.allow) == bool(self.geo.deny):
            return [Refusal("countries are answered or not: either 'allow' or 'deny'", None, "bad-value", "geo")]
        return []

    def build(self, scope: Scope) -> None:
        logs, certificate = scope.of(f"{scope.node.id}.logs"), scope.of(f"{scope.node.id}.certificate")
        config = {
            "Enabled": self.enabled, "Comment": (scope.node.note or scope.architecture.title)[:128],
            "HttpVersion": self.http, "IPV6Enabled": self.ipv6,
            "PriceClass": f"PriceClass_{self.price_class.capitalize()}",
            "Aliases": [self.domain, *self.names] if self.domain else None, "DefaultRootObject": self.root,
            "Restrictions": self._restrictions(), "CustomErrorResponses": self._errors() or None,
            "ViewerCertificate": None if self.domain else {"CloudFrontDefaultCertificate": True},
            "Logging": {"Bucket": logs.attribute("domain"), "IncludeCookies": self.log_cookies} if logs else None,
        }  # fmt: skip
        # by name: troposphere wants origins and behaviours at once, and the edges bring them
        scope.make("AWS::CloudFront::Distribution", DistributionConfig=config)
        if certificate is not None:
            self.use_certificate(scope, certificate)
        if (firewall := scope.of(f"{scope.node.id}.firewall")) is not None:
            protect(scope, firewall)
        if self.origin_domain:
            self._default(scope)

    def use_certificate(self, scope: Scope, certificate: Scope) -> None:
        """Answer for the distribution's own domain names with a certificate."""
        arn = certificate.attribute("arn")
        viewer = {"AcmCertificateArn": arn, "MinimumProtocolVersion": self.tls, "SslSupportMethod": "sni-only"}
        scope.main.set("DistributionConfig.ViewerCertificate", viewer)

    def _default(self, scope: Scope) -> None:
        groups = [group for id in self.signed if (group := scope.of(id))]
        behaviour = {
            "TargetOriginId": "default", "ViewerProtocolPolicy": "redirect-to-https", "AllowedMethods": METHODS["all"],
            "CachedMethods": METHODS["read"], "Compress": True, "CachePolicyId": CACHE["disabled"],
            "OriginRequestPolicyId": FORWARD["all-but-host"], "ResponseHeadersPolicyId": self.response(scope),
            "TrustedKeyGroups": [group.attribute("id") for group in groups] or None,
        }  # fmt: skip
        scope.main.set("DistributionConfig.DefaultCacheBehavior", {k: v for k, v in behaviour.items() if v is not None})
        origin = {"Id": "default", "DomainName": self.origin_domain, **custom()}
        scope.main.append("DistributionConfig.Origins", origin)

    def response(self, scope: Scope) -> Any:
        """Return the id of the response-headers policy of behaviours that have none of their own."""
        known = scope.get("Headers")
        return known.ref if known else headers_id(self.headers, named(scope, "headers", 128), scope.make)

    def _errors(self) -> list[dict[str, Any]]:
        pages = [*self.errors]
        if self.spa:
            pages += [ErrorPage(code=code, page="/index.html", status=200) for code in (403, 404)]  # type: ignore[call-arg]
        return [
            {"ErrorCode": page.code, "ResponsePagePath": page.page, "ErrorCachingMinTTL": page.ttl,
             "ResponseCode": (page.status or page.code) if page.page else None}
            for page in pages
        ]  # fmt: skip

    def _restrictions(self) -> dict[str, Any] | None:
        if self.geo is None:
            return None
        kind = "whitelist" if self.geo.allow else "blacklist"
        return {"GeoRestriction": {"RestrictionType": kind, "Locations": [*self.geo.allow, *self.geo.deny]}}

    def finish(self, scope: Scope) -> None:
        logs = scope.of(f"{scope.node.id}.logs")
        if logs is not None:
            age = {"Id": "Age", "Status": "Enabled", "ExpirationInDays": self.logs,
                   "NoncurrentVersionExpiration": {"NoncurrentDays": 1}}  # fmt: skip
            logs.main.append("LifecycleConfiguration.Rules", age)
        order_behaviours(scope)
        group_origins(scope)
        associate(scope)
