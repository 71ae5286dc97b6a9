"""Cache, origin-request and response-headers policies: those that AWS manages by name, and one's own.

The ids are the same in every account:
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-response-headers-policies.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from archkit.kind import Record, prop
from archkit.values import Sub

__all__ = [
    "Cache", "CacheName", "Forward", "ForwardName", "Headers", "HeadersName", "cache_id", "forward_id",
    "headers_id", "named",
]  # fmt: skip

CACHE = {
    "optimized": "658327ea-f89d-4fab-a63d-7e88639e58f6",
    "uncompressed": "b2884449-e4de-46a7-ac36-70bc7f1ddd6d",
    "disabled": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
    "origin": "83da9c7e-98b4-4e11-a168-04f0df8e2c65",
    "origin-and-query": "4cc15a8a-d715-48a4-82b8-cc0b614638fe",
    "media-package": "08627262-05a9-4f76-9ded-b50ca2e3a84f",
    "amplify": "2e54312d-136d-493c-8eb9-b001f22f67d2",
}
FORWARD = {
    "all": "216adef6-5c7f-47e4-b989-5492eafa07d3",
    "all-but-host": "b689b0a8-53d0-40ab-baf2-68738e2966ac",
    "all-and-cloudfront": "33f36d7e-f396-46d9-90e0-52428a34d9dc",
    "cors-s3": "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf",
    "cors-custom": "59781a5b-3903-41f3-afcb-af62929ccde1",
    "user-agent-and-referer": "acba4595-bd28-49b8-b9fe-13317c0390fa",
    "media-tailor": "775133bc-15f2-49f9-abea-afb2e0bf67d2",
}
HEADERS = {
    "security": "67f7725c-6f97-4210-82d7-5512b31e9d03",
    "cors": "60669652-455b-4ae9-85a4-c4c02393f86c",
    "cors-preflight": "5cc3b908-e619-4b99-88e5-2cf7f45965bd",
    "cors-and-security": "e61eb60c-9c35-4d20-a928-2b84e02af89c",
    "cors-preflight-and-security": "eaab4381-ed33-4a86-88ca-d9558dc6cd63",
}
CacheName = Literal["optimized", "uncompressed", "disabled", "origin", "origin-and-query", "media-package", "amplify"]
ForwardName = Literal[
    "none",
    "all",
    "all-but-host",
    "all-and-cloudfront",
    "cors-s3",
    "cors-custom",
    "user-agent-and-referer",
    "media-tailor",
]
HeadersName = Literal["none", "security", "cors", "cors-preflight", "cors-and-security", "cors-preflight-and-security"]
Which = Literal["none", "all"]
Make = Callable[..., Any]


class Cache(Record):
    """How long answers are kept, and what tells one from another."""

    ttl: int = prop(86_400, "Seconds that an answer without a word on it is kept.", ge=0)
    least: int = prop(0, "Least seconds that an answer is kept.", ge=0)
    most: int = prop(31_536_000, "Most seconds that an answer is kept.", ge=0)
    headers: list[str] = prop([], "Request headers that tell answers apart.")
    cookies: Which | list[str] = prop("none", "Cookies that tell answers apart.")
    query: Which | list[str] = prop("none", "Query strings that tell answers apart.")


class Forward(Record):
    """What of a request the origin sees beside what tells answers apart."""

    headers: Literal["none", "all"] | list[str] = prop("none", "Request headers.")
    cookies: Which | list[str] = prop("none", "Cookies.")
    query: Which | list[str] = prop("none", "Query strings.")


class Headers(Record):
    """Headers that answers are given: security headers as AWS's managed policy has them, and more."""

    hsts: int | None = prop(31_536_000, "Seconds of Strict-Transport-Security, subdomains included.", ge=0)
    frame: Literal["DENY", "SAMEORIGIN"] | None = prop("SAMEORIGIN", "X-Frame-Options.")
    sniff: bool = prop(False, "Let browsers guess the content type (else X-Content-Type-Options: nosniff).")
    referrer: Literal["no-referrer", "no-referrer-when-downgrade", "origin", "origin-when-cross-origin", "same-origin",
                      "strict-origin", "strict-origin-when-cross-origin", "unsafe-url"] | None = prop(
        "strict-origin-when-cross-origin", "Referrer-Policy.")  # fmt: skip
    csp: str | None = prop(None, "Content-Security-Policy.")
    cors: list[str] = prop([], "Origins whose pages may read the answers.")
    custom: dict[str, str] = prop({}, "Further headers.")
    remove: list[str] = prop([], "Headers of the origin that are taken out.")


def named(scope: Any, suffix: str, most: int) -> Sub:
    """Return a name that no other stack of the account uses, within `most` characters."""
    return Sub("${Name}-" + suffix, {"Name": scope.physical(most - len(suffix) - 1)})


def _which(kind: str, value: Any) -> dict[str, Any]:
    if isinstance(value, list):
        return {f"{kind}Behavior": "whitelist", f"{kind}s": value} if value else {f"{kind}Behavior": "none"}
    return {f"{kind}Behavior": value}


def cache_id(value: Any, name: Any, make: Make) -> Any:
    """Return the id of a cache policy; one of the author's own is made under `name`."""
    from troposphere import cloudfront

    if not isinstance(value, Cache):
        return CACHE.get(value, value) if isinstance(value, str) else value
    kept = value.most != 0  # what is not kept has no compressed copy to tell apart
    keys = {"EnableAcceptEncodingGzip": kept, "EnableAcceptEncodingBrotli": kept,
            "HeadersConfig": _which("Header", value.headers), "CookiesConfig": _which("Cookie", value.cookies),
            "QueryStringsConfig": _which("QueryString", value.query)}  # fmt: skip
    config = {"Name": name, "DefaultTTL": value.ttl, "MinTTL": value.least, "MaxTTL": value.most,
              "ParametersInCacheKeyAndForwardedToOrigin": keys}  # fmt: skip
    return make(cloudfront.CachePolicy, "Cache", CachePolicyConfig=config).ref


def forward_id(value: Any, name: Any, make: Make) -> Any:
    """Return the id of an origin-request policy; one of the author's own is made under `name`."""
    from troposphere import cloudfront

    if not isinstance(value, Forward):
        return FORWARD.get(value) if isinstance(value, str) else value
    headers = {"HeaderBehavior": "allViewer"} if value.headers == "all" else _which("Header", value.headers)
    config = {"Name": name, "HeadersConfig": headers, "CookiesConfig": _which("Cookie", value.cookies),
              "QueryStringsConfig": _which("QueryString", value.query)}  # fmt: skip
    return make(cloudfront.OriginRequestPolicy, "Forward", OriginRequestPolicyConfig=config).ref


def headers_id(value: Any, name: Any, make: Make) -> Any:
    """Return the id of a response-headers policy; one of the author's own is made under `name`."""
    from troposphere import cloudfront

    if not isinstance(value, Headers):
        return HEADERS.get(value) if isinstance(value, str) else value
    custom = [{"Header": header, "Value": text, "Override": True} for header, text in value.custom.items()]
    config = {
        "Name": name, "SecurityHeadersConfig": _security(value),
        "CorsConfig": _cors(value.cors) if value.cors else None,
        "CustomHeadersConfig": {"Items": custom} if custom else None,
        "RemoveHeadersConfig": {"Items": [{"Header": header} for header in value.remove]} if value.remove else None,
    }  # fmt: skip
    return make(cloudfront.ResponseHeadersPolicy, "Headers", ResponseHeadersPolicyConfig=config).ref


def _security(value: Headers) -> dict[str, Any]:
    hsts = {"AccessControlMaxAgeSec": value.hsts, "IncludeSubdomains": True, "Override": True}
    return {
        "StrictTransportSecurity": hsts if value.hsts else None,
        "FrameOptions": {"FrameOption": value.frame, "Override": True} if value.frame else None,
        "ContentTypeOptions": None if value.sniff else {"Override": True},
        "ReferrerPolicy": {"ReferrerPolicy": value.referrer, "Override": True} if value.referrer else None,
        "ContentSecurityPolicy": {"ContentSecurityPolicy": value.csp, "Override": True} if value.csp else None,
    }


def _cors(origins: list[Any]) -> dict[str, Any]:
    return {
        "AccessControlAllowOrigins": {"Items": origins}, "AccessControlAllowHeaders": {"Items": ["*"]},
        "AccessControlAllowMethods": {"Items": ["GET", "HEAD", "OPTIONS"]}, "AccessControlAllowCredentials": False,
        "OriginOverride": True,
    }  # fmt: skip
