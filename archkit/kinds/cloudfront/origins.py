"""Origins: what a distribution fetches from, and how only it may.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-lambda.html
"""

from __future__ import annotations

import re
from typing import Any, Literal

from archkit import network
from archkit.architecture import Ends
from archkit.kind import Kind, Record, Refusal, prop
from archkit.kinds.cloudfront.policies import named
from archkit.kinds.cloudfront.private import enter, refuse_entry
from archkit.scope import Link, Scope, Statement
from archkit.values import Sub

__all__ = ["Source", "custom", "origin_id"]

SERVICE = {"Service": "cloudfront.amazonaws.com"}


class Source(Record):
    """How an origin is reached, and who else may reach it."""

    domain: str | None = prop(
        None, "Domain name to fetch from, where the other end is no AWS resource or has one of its own."
    )
    origin_path: str | None = prop(None, "Path put before every request's, such as /prod.", pattern="/.*[^/]")
    origin_headers: dict[str, str] = prop(
        {}, "Headers that every request to the origin carries, such as a shared secret."
    )
    protocol: Literal["https", "http", "match"] | None = prop(
        None, "Protocol to the origin (default: HTTPS, but for a load balancer without); 'match' is the viewer's."
    )
    port: int | None = prop(None, "Port of the origin, where it is not the protocol's.", ge=1, le=65_535)
    timeout: int | None = prop(None, "Seconds to wait for an answer.", ge=1, le=120)
    keepalive: int | None = prop(None, "Seconds that an idle connection is kept.", ge=1, le=120)
    attempts: int | None = prop(None, "Attempts to connect.", ge=1, le=3)
    shield: str | None = prop(None, "Region of Origin Shield, one more cache before the origin.")
    access: Literal["control", "identity", "open"] = prop(
        "control",
        "How the origin knows the distribution: origin access control, the older identity (S3), or not at all.",
    )

    @classmethod
    def reaches(cls, other: type[Kind]) -> bool:
        """Say whether a kind can be an origin: by its offer, or by a domain that the edge gives."""
        return other.origin is not None or other.actor

    def refuse_origin(self, ends: Ends) -> Refusal | None:
        """Say why the other end cannot be an origin in this way."""
        kind: Any = ends.other.kind
        if kind.origin is None and not self.domain:
            help = "domain: origin.example.com, or does: flow"
            return Refusal(f"'{ends.other.id}' has no address that is known", help, "no-domain")
        if network.private(ends.other, ends.architecture):
            return refuse_entry(ends, self.protocol)
        if self.access != "identity":
            return None
        if kind.origin is None or kind.origin.access != "s3":
            return Refusal("an origin access identity is for buckets", "access: control", "bad-value", "access")
        if kind.encryption_key() is not None:
            message = f"an origin access identity cannot read '{ends.other.id}', which a key encrypts"
            return Refusal(message, "access: control", "bad-value", "access")
        return None

    def origin(self, link: Link) -> str:
        """Add the origin to the distribution, let it in at the other end, and return the origin's id."""
        made = self._shape(link)
        known = link.owner.main.get("DistributionConfig.Origins") or []
        for other in known:
            if {**other, "Id": ""} == {**made, "Id": ""}:
                return str(other["Id"])
        if any(other["Id"] == made["Id"] for other in known):
            made["Id"] = f"{made['Id']}-{re.sub(r'[^A-Za-z0-9]+', '-', link.edge.slug).strip('-') or len(known)}"
        link.owner.main.append("DistributionConfig.Origins", made)
        return str(made["Id"])

    def _shape(self, link: Link) -> dict[str, Any]:
        offer = link.other.kind.origin
        access = offer.access if offer is not None and not self.domain else "custom"
        domain = self.domain or link.other.fill(offer.domain)
        path = self.origin_path or (link.other.fill(offer.path) if offer is not None and offer.path else None)
        made: dict[str, Any] = {"Id": origin_id(link.other)}
        if access == "s3":
            made |= {"DomainName": domain, **self._bucket(link)}
        elif access == "lambda":  # https://id.lambda-url.region.on.aws/
            made |= {"DomainName": {"Fn::Select": [2, {"Fn::Split": ["/", self._url(link, domain)]}]}}
            made |= self._custom(link) | (
                {} if self._open(link) else {"OriginAccessControlId": _control(link.owner, "lambda")}
            )
        elif network.private(link.other.node, link.architecture):
            entry = enter(link, self._spoken(link.other.kind), self.port)
            more = {"OriginReadTimeout": self.timeout, "OriginKeepaliveTimeout": self.keepalive}
            said = {name: value for name, value in more.items() if value is not None}
            made |= {"DomainName": domain, "VpcOriginConfig": {"VpcOriginId": entry, **said}}
        else:
            made |= {"DomainName": domain, **self._custom(link)}
            if access in ("mediastore", "mediapackagev2"):
                made["OriginAccessControlId"] = _control(link.owner, access)
        return made | self._common(path)

    def _custom(self, link: Link) -> dict[str, Any]:
        return custom(self._spoken(link.other.kind), self.port, self.timeout, self.keepalive)

    def _spoken(self, kind: Kind) -> str:
        return self.protocol or (None if self.domain else kind.origin_protocol()) or "https"

    def _common(self, path: Any) -> dict[str, Any]:
        headers = [{"HeaderName": name, "HeaderValue": value} for name, value in self.origin_headers.items()]
        shield = {"Enabled": True, "OriginShieldRegion": self.shield} if self.shield else None
        more = {"OriginPath": path or None, "OriginCustomHeaders": headers or None, "ConnectionAttempts": self.attempts,
                "OriginShield": shield}  # fmt: skip
        return {name: value for name, value in more.items() if value is not None}

    def _bucket(self, link: Link) -> dict[str, Any]:
        if self.access == "identity":
            identity = _identity(link.owner)
            _let_in(link, {"CanonicalUser": identity.att("S3CanonicalUserId")}, None)
            name = Sub("origin-access-identity/cloudfront/${Identity}", {"Identity": identity.ref})
            return {"S3OriginConfig": {"OriginAccessIdentity": name}}
        made: dict[str, Any] = {"S3OriginConfig": {"OriginAccessIdentity": ""}}
        if self.access == "control":
            _let_in(link, SERVICE, {"ArnLike": {"aws:SourceArn": _arn(link)}})
            made["OriginAccessControlId"] = _control(link.owner, "s3")
        return made

    def _open(self, link: Link) -> bool:
        return self.access == "open" or getattr(link.other.kind, "url", None) == "public"

    def _url(self, link: Link, url: Any) -> Any:
        """A function gets a URL that takes signed calls only, and lets this distribution call it."""
        function = link.other
        if function.exists or self._open(link):
            return url
        if function.get("Url") is None:
            function.make("AWS::Lambda::Url", "Url", because=link.because, AuthType="AWS_IAM",
                          TargetFunctionArn=function.main.ref)  # fmt: skip
        if function.get(f"{link.owner.id}Url") is None:
            common = {"because": link.because, "FunctionName": function.main.ref, "SourceArn": _arn(link),
                      "Principal": "cloudfront.amazonaws.com"}  # fmt: skip
            function.make("AWS::Lambda::Permission", f"{link.owner.id}Url", Action="lambda:InvokeFunctionUrl",
                          FunctionUrlAuthType="AWS_IAM", **common)  # fmt: skip
            function.make("AWS::Lambda::Permission", f"{link.owner.id}Invoke", Action="lambda:InvokeFunction",
                          InvokedViaFunctionUrl=True, **common)  # fmt: skip
            link.owner.note("signed-body", f"what is sent to '{function.node.id}' by PUT or POST needs the header "
                            "x-amz-content-sha256 with the body's hash, since its URL takes signed calls only",
                            "send it, or put an API before the function")  # fmt: skip
        return url


def custom(protocol: str = "https", port: int | None = None, timeout: int | None = None,
           keepalive: int | None = None) -> dict[str, Any]:  # fmt: skip
    """Return the settings of an origin that speaks HTTP."""
    secure = protocol != "http"
    config = {
        "OriginProtocolPolicy": {"https": "https-only", "http": "http-only", "match": "match-viewer"}[protocol],
        "OriginSSLProtocols": ["TLSv1.2"], "HTTPSPort": port if secure else None, "HTTPPort": None if secure else port,
        "OriginReadTimeout": timeout, "OriginKeepaliveTimeout": keepalive,
    }  # fmt: skip
    return {"CustomOriginConfig": {name: value for name, value in config.items() if value is not None}}


def origin_id(scope: Scope) -> str:
    """Return the id of a node's origin."""
    return scope.node.id.replace(".", "-")


def _arn(link: Link) -> Any:
    """The distribution's ARN; from another stack a pattern, since each would wait for the other's output."""
    return link.owner.attribute("arn") if link.owner.node.place == link.other.node.place else _any(link)


def _any(link: Link) -> Sub:
    """Any distribution of the account that this one stands in."""
    home, away = link.owner.node.place[0], link.other.node.place[0]
    account = home if home != away else "${AWS::AccountId}"
    return Sub(f"arn:${{AWS::Partition}}:cloudfront::{account}:distribution/*")


def _let_in(link: Link, principal: dict[str, Any], condition: dict[str, Any] | None) -> None:
    """Let the distribution read a bucket's objects, and use the key that encrypts them.

    The key's policy names distributions by pattern: by reference it would be a cycle.
    """
    bucket = link.other
    if bucket.exists:
        link.owner.note("let-in", f"'{bucket.node.id}' exists already and is not changed: its policy must allow "
                        "cloudfront.amazonaws.com to s3:GetObject for this distribution")  # fmt: skip
        return
    bucket.policy(Statement(("s3:GetObject",), (bucket.fill("${arn}/*"),), link.because, principal=principal,
                            condition=condition))  # fmt: skip
    key = link.other.of(bucket.kind.encryption_key())
    if key is not None:
        key.policy(Statement(("kms:Decrypt",), ("*",), link.because, principal=SERVICE,
                             condition={"ArnLike": {"aws:SourceArn": _any(link)}}))  # fmt: skip


def _control(distribution: Scope, type: str) -> Any:
    """Return the id of the distribution's origin access control for one type of origin."""
    from troposphere import cloudfront

    name = f"{type.capitalize()}Access"
    known = distribution.get(name)
    if known is None:
        config = {"Name": named(distribution, type, 64), "OriginAccessControlOriginType": type,
                  "SigningBehavior": "always", "SigningProtocol": "sigv4"}  # fmt: skip
        known = distribution.make(cloudfront.OriginAccessControl, name, OriginAccessControlConfig=config)
    return known.ref


def _identity(distribution: Scope) -> Any:
    from troposphere import cloudfront

    config = {"Comment": f"{distribution.architecture.name} {distribution.node.id}"}
    return distribution.get("Identity") or distribution.make(
        cloudfront.CloudFrontOriginAccessIdentity, "Identity", CloudFrontOriginAccessIdentityConfig=config
    )
