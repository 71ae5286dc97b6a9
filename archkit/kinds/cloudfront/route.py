"""Behaviours: which requests go to which origin, and how their answers are kept."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from archkit.architecture import Ends
from archkit.kind import Join, Kind, NodeId, Refusal, prop
from archkit.kinds.cloudfront.origins import Source
from archkit.kinds.cloudfront.policies import (
    Cache,
    CacheName,
    Forward,
    ForwardName,
    Headers,
    HeadersName,
    cache_id,
    forward_id,
    headers_id,
    named,
)  # fmt: skip
from archkit.scope import Link

__all__ = ["METHODS", "Failover", "Route", "defaults"]

PATTERN = r"(/|\*)[A-Za-z0-9_.*$/~\"'@:+&?()\-\[\]=,!;%{}]*"
METHODS = {
    "read": ["GET", "HEAD"],
    "options": ["GET", "HEAD", "OPTIONS"],
    "all": ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"],
}


class Route(Source, Join):
    """Requests whose path fits a pattern are answered from this origin; without a pattern, all others."""

    word: ClassVar[str] = "route"
    usual: ClassVar[bool] = True
    identity: ClassVar[tuple[str, ...]] = ("path",)

    path: list[str] = prop([], "Path patterns, such as /static/* (default: what no other edge's pattern fits).",
                           pattern=PATTERN, shape=True)  # fmt: skip
    order: int | None = prop(None, "Place among the patterns (default: the longer pattern first).", ge=1, shape=True)
    methods: Literal["read", "options", "all"] | None = prop(
        None, "HTTP methods: GET and HEAD, with OPTIONS, or all (default: read for buckets, else all)."
    )
    cache: CacheName | Cache | None = prop(None, "Cache policy (default: optimized for buckets, else disabled).")
    forward: ForwardName | Forward | None = prop(
        None, "Origin-request policy (default: none for buckets, else all-but-host)."
    )
    headers: HeadersName | Headers | None = prop(None, "Response-headers policy (default: the distribution's).")
    viewer: Literal["redirect", "https", "allow"] = prop(
        "redirect", "Plain HTTP is redirected to HTTPS, refused, or let in."
    )
    compress: bool = prop(True, "Compress what the origin did not.")
    grpc: bool = prop(False, "Let gRPC through.")
    signed: list[NodeId] = prop(
        [], "Key groups: only signed URLs or cookies are answered (default: the distribution's).", slot="signed",
        to="cloudfront.key_group",
    )  # fmt: skip

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return cls.reaches(other)

    @classmethod
    def short_form(cls, text: str) -> Mapping[str, str] | None:
        return {"path": text} if re.fullmatch(PATTERN, text) else None

    def refuse(self, ends: Ends) -> Refusal | None:
        return self.refuse_origin(ends)

    def apply(self, link: Link) -> None:
        offer = link.other.kind.origin
        bucket = offer is not None and offer.access == "s3" and not self.domain
        behaviour = self._behaviour(link, bucket)
        config = link.owner.main
        if not self.path:
            config.set("DistributionConfig.DefaultCacheBehavior", behaviour)
            if bucket and config.get("DistributionConfig.DefaultRootObject") is None:
                config.set("DistributionConfig.DefaultRootObject", "index.html")
        for pattern in self.path:
            config.append("DistributionConfig.CacheBehaviors", {"PathPattern": pattern, **behaviour})

    def _behaviour(self, link: Link, bucket: bool) -> dict[str, Any]:
        distribution = link.owner
        slug = re.sub(r"[^A-Za-z0-9]+", "-", f"{link.other.node.id} {link.edge.slug}").strip("-")
        name = functools.partial(named, distribution, most=128)
        origin = self.origin(link)
        headers = distribution.kind.response(distribution) if self.headers is None else headers_id(
            self.headers, name(f"{slug}-headers"), link.make)  # fmt: skip
        signers = [group for id in (self.signed or distribution.kind.signed) if (group := distribution.of(id))]
        standard = defaults(bucket)
        made = {
            "TargetOriginId": origin,
            "ViewerProtocolPolicy": {"redirect": "redirect-to-https", "https": "https-only", "allow": "allow-all"}[
                self.viewer
            ],
            "AllowedMethods": METHODS[self.methods or standard["methods"]],
            "CachedMethods": METHODS["options" if self.methods == "options" else "read"],
            "Compress": self.compress,
            "CachePolicyId": cache_id(self.cache or standard["cache"], name(f"{slug}-cache"), link.make),
            "OriginRequestPolicyId": forward_id(
                self.forward or standard["forward"], name(f"{slug}-forward"), link.make
            ),
            "ResponseHeadersPolicyId": headers,
            "TrustedKeyGroups": [group.attribute("id") for group in signers] or None,
            "GrpcConfig": {"Enabled": True} if self.grpc else None,
        }
        return {key: value for key, value in made.items() if value is not None}

    def text(self) -> str | None:
        return ", ".join(self.path) or None


def defaults(bucket: bool) -> dict[str, Any]:
    """Files are cached and need nothing of a request; what code answers is neither cached nor cut down.

    The Host header stays CloudFront's own: APIs and function URLs know only theirs.
    """
    if bucket:
        return {"methods": "read", "cache": "optimized", "forward": "none"}
    return {"methods": "all", "cache": "disabled", "forward": "all-but-host"}


class Failover(Source, Join):
    """A second origin that answers where the first one fails."""

    word: ClassVar[str] = "failover"

    of: NodeId | None = prop(None, "The origin that it stands in for (default: that of all other requests).")
    codes: list[Literal[400, 403, 404, 416, 429, 500, 502, 503, 504]] = prop(
        [500, 502, 503, 504], "Status codes of the first origin that count as failures.", shape=True
    )

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return cls.reaches(other)

    def refuse(self, ends: Ends) -> Refusal | None:
        world = ends.architecture
        routes = [edge for edge, effect in world.effects("route") if effect.owner == ends.owner.id]
        if self.of is not None and not any(edge.target == self.of for edge in routes):
            help = f"draw the edge {ends.owner.id} -> {self.of}"
            return Refusal(f"'{self.of}' is no origin of '{ends.owner.id}'", help, "not-an-origin", "of")
        for edge in routes:
            join = next((effect.join for effect in edge.effects if isinstance(effect.join, Route)), None)
            first = edge.target == self.of if self.of else join is not None and not join.path
            if join is not None and first and join.methods == "all":
                help = "leave 'methods' out there, or the failover"
                return Refusal(
                    f"with a failover, '{edge.target}' answers GET, HEAD and OPTIONS only", help, "bad-value"
                )
        return self.refuse_origin(ends)

    def apply(self, link: Link) -> None:
        self.origin(link)

    def text(self) -> str | None:
        return self.word
