"""What stands guard at a distribution: its certificate and its web ACL, both in us-east-1."""

from __future__ import annotations

from typing import Any, ClassVar

from archkit.architecture import Ends
from archkit.kind import Join, Kind, Refusal
from archkit.scope import Link, Scope

__all__ = ["HOME", "Attach", "Protect", "protect"]

HOME = "us-east-1"
"""https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html"""


class Attach(Join):
    """The certificate with which the distribution answers for its own domain."""

    word: ClassVar[str] = "attach"
    usual: ClassVar[bool] = True
    arrow: ClassVar[Any] = "either"
    style: ClassVar[Any] = "guard"
    home: ClassVar[str | None] = HOME
    replaces: ClassVar[str | None] = "certificate"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.name == "acm.certificate"

    def refuse(self, ends: Ends) -> Refusal | None:
        if ends.owner.kind.domain is None:  # type: ignore[attr-defined]
            help = f"give '{ends.owner.id}' a 'domain'"
            return Refusal(f"'{ends.owner.id}' has no domain for the certificate to stand for", help, "no-domain")
        return None

    def apply(self, link: Link) -> None:
        link.owner.kind.use_certificate(link.owner, link.other)


class Protect(Join):
    """Every request passes the web ACL first."""

    word: ClassVar[str] = "protect"
    usual: ClassVar[bool] = True
    arrow: ClassVar[Any] = "either"
    style: ClassVar[Any] = "guard"
    home: ClassVar[str | None] = HOME
    replaces: ClassVar[str | None] = "firewall"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.name == "wafv2.web_acl"

    def apply(self, link: Link) -> None:
        protect(link.owner, link.other)


def protect(distribution: Scope, firewall: Scope) -> None:
    """Let a web ACL filter what comes to a distribution."""
    distribution.main.set("DistributionConfig.WebACLId", firewall.attribute("arn"))
