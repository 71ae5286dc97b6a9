"""AWS Certificate Manager."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from archkit.architecture import Architecture, Ends, Node
from archkit.kind import External, Join, Kind, NodeId, Refusal, prop
from archkit.scope import Link, Scope

DOMAIN = r"(\*\.)?([A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}"


class Validate(Join):
    """DNS validation: ACM puts its proof into the zone and renews the certificate for as long as it stays there."""

    word: ClassVar[str] = "validate"
    usual: ClassVar[bool] = True
    arrow: ClassVar[Any] = "either"
    style: ClassVar[Any] = "guard"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.name == "route53.zone"

    def homes(self, owner: Node, other: Node, nodes: Mapping[str, Node]) -> Mapping[str, str]:
        """A zone that is made goes along: else its stack and that of a moved certificate would need one another."""
        return {other.id: owner.place[1]} if owner.place != other.place and owner.place[1] else {}

    def refuse(self, ends: Ends) -> Refusal | None:
        if ends.owner.kind.validation == "email":  # type: ignore[attr-defined]
            return Refusal("the certificate is validated by mail, not by a zone", "validation: dns", "bad-value")
        if getattr(ends.other.kind, "vpcs", None):
            return Refusal("a private zone cannot validate a certificate", "name the public zone of the domain")
        return None

    def apply(self, link: Link) -> None:
        link.owner.kind.validate(link.owner, link.other)


class Certificate(Kind, icon="aws/security/certificate-manager", service="AWS Certificate Manager",
                  types="AWS::CertificateManager::Certificate"):  # fmt: skip
    """Public TLS certificate, renewed by itself; one for CloudFront is made in us-east-1."""

    domain: str = prop(doc="Domain name, such as example.com or *.example.com.", pattern=DOMAIN)
    names: list[str] = prop([], "Further names (subject alternative names).", pattern=DOMAIN, le=99)
    zone: NodeId | None = prop(None, "Public zone that validates the names.", slot="validate", to="route53.zone")
    validation: Literal["dns", "email"] = prop("dns", "How AWS sees that the domain is yours.")
    mail_domain: str | None = prop(None, "Domain that gets the validation mails (default: the name itself).")
    algorithm: Literal["RSA_2048", "EC_prime256v1", "EC_secp384r1"] = prop("RSA_2048", "Algorithm of the key.")
    transparency: bool = prop(True, "Log the certificate publicly, as browsers demand.")
    export: bool = prop(False, "Let the private key be exported (paid).")

    guard = True
    attributes = {"arn": "${}"}
    external = External(("arn",))
    joins = (Validate,)
    example = "{domain: www.example.com, validation: email}"

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        if self.validation == "dns" and self.mail_domain:
            return [
                Refusal("'mail_domain' goes with validation by mail", "validation: email", "bad-value", "mail_domain")
            ]
        return []

    def build(self, scope: Scope) -> None:
        from troposphere import certificatemanager

        every = [self.domain, *self.names]
        mails = (
            [{"DomainName": name, "ValidationDomain": self.mail_domain} for name in every] if self.mail_domain else None
        )
        scope.make(
            certificatemanager.Certificate, DomainName=self.domain, SubjectAlternativeNames=list(self.names) or None,
            ValidationMethod=self.validation.upper(), DomainValidationOptions=mails,
            KeyAlgorithm=None if self.algorithm == "RSA_2048" else self.algorithm,
            CertificateTransparencyLoggingPreference=None if self.transparency else "DISABLED",
            CertificateExport="ENABLED" if self.export else None,
        )  # fmt: skip

    def validate(self, scope: Scope, zone: Scope) -> None:
        """Let a zone prove the names that it holds."""
        domain = zone.attribute("domain") or None
        for name in (self.domain, *self.names):
            if not isinstance(name, str) or not isinstance(domain, str) or within(name, domain):
                option = {"DomainName": name, "HostedZoneId": zone.attribute("id")}
                scope.main.append("DomainValidationOptions", option)
        if not zone.exists:
            scope.note(
                "waits-for-delegation",
                f"'{scope.node.id}' is issued only once the zone '{zone.node.id}', which is made with it, has been "
                "delegated; the deployment waits for that",
                "enter the zone's name servers at the registrar while it waits, or make it beforehand and name it by "
                "'existing'",
            )

    def finish(self, scope: Scope) -> None:
        """Without a zone somebody has to enter the proof by hand, and the stack waits for it."""
        if self.validation == "dns" and not scope.main.get("DomainValidationOptions"):
            scope.note(
                "waits-for-proof",
                f"nothing validates '{scope.node.id}': the deployment waits until the CNAME that the console shows "
                "stands in the domain's DNS",
                "draw an edge from a route53.zone",
            )


def within(name: str, domain: str) -> bool:
    """Say whether a name belongs to a domain."""
    name, domain = name.rstrip("."), domain.rstrip(".")
    return name == domain or name.endswith(f".{domain}")
