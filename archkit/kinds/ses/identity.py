"""Email identities: the domain or address that mail is sent from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any, Literal

from archkit.architecture import Architecture, Node
from archkit.kind import External, Grant, Helper, Kind, Metric, NodeId, Operation, Refusal, prop
from archkit.kinds.ses.configuration import ARN, Settings
from archkit.scope import Resource, Scope
from archkit.values import Sub

__all__ = ["Identity"]

SPF = '"v=spf1 include:amazonses.com ~all"'
SENDS = ("ses:SendEmail", "ses:SendRawEmail", "ses:SendTemplatedEmail")


class Identity(Kind, name="ses.identity", icon="aws/engagement/simple-email-service-ses", service="Amazon SES",
               types=("AWS::SES::EmailIdentity", "AWS::SES::ConfigurationSet",
                      "AWS::Route53::RecordSet")):  # fmt: skip
    """Email identity: a domain or an address that mail is sent from. An edge grants sending from it only.

    A domain is verified by the records of its DKIM keys, which `zone` writes; an address by a link that is mailed to
    it.
    """

    identity: str = prop(doc="Domain, such as example.com, or address.", pattern=r"([^@\s]+@)?[a-z0-9.-]+\.[a-z]+")
    senders: list[str] = prop([], "Addresses that edges may send from (default: all of the identity).")
    dkim: bool = prop(True, "Sign what is sent.")
    dkim_key: Literal["RSA_2048_BIT", "RSA_1024_BIT"] | None = prop(None, "Length of the next signing key.")
    zone: NodeId | None = prop(None, "Zone that the DKIM records are written to.", slot="zone", to="route53.zone")
    mail_from: str | None = prop(None, "Subdomain that bounces return to, such as bounce.example.com.")
    feedback: bool = prop(True, "Forward bounces and complaints by mail.")
    configuration: Settings | None = prop(
        None, "Rules of sending: makes a configuration set, the helper 'configuration'.", shape=True
    )

    attributes = {
        "identity": "${}",
        "arn": "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/${}",
    }
    address = "${identity}"
    external = External(("identity",), {"arn": attributes["arn"].replace("${}", "${identity}")})
    grants = {
        "send": Grant("ses:SendEmail", "ses:SendRawEmail", usual=True),
        "send_template": Grant("ses:SendTemplatedEmail"),
    }
    operations = {"SendEmail": Operation("ses", "SendEmail", {}, usual=True)}
    metrics = {
        name: Metric("AWS/SES", metric, {}, statistic)
        for name, metric, statistic in (
            ("bounce-rate", "Reputation.BounceRate", "Maximum"),
            ("complaint-rate", "Reputation.ComplaintRate", "Maximum"), ("sent", "Send", "Sum"),
        )
    }  # fmt: skip
    example = "{identity: example.com}"

    def helpers(self) -> Mapping[str, Helper]:
        if self.configuration is None:
            return {}
        said = {item.name: getattr(self.configuration, item.name) for item in fields(self.configuration)}
        return {"configuration": Helper("ses.configuration_set", said)}

    def attribute(self, name: str) -> str | None:
        if name == "configuration_arn" and self.configuration is not None:
            return ARN.replace("${}", "${+Configuration}")
        return super().attribute(name)

    def granted(self, grant: Grant) -> Iterable[Grant]:
        """Sending with a configuration set needs the right on both, and may be limited to some addresses
        (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservicev2.html)."""
        if not set(grant.actions) & set(SENDS):
            return (grant,)
        on = (*grant.on, "${configuration_arn}") if self.configuration is not None else grant.on
        only = {"StringEquals": {"ses:FromAddress": list(self.senders)}} if self.senders else None
        return (Grant(*grant.actions, on=on, condition=only),)

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        identity: Any = self.identity
        if not isinstance(identity, str):
            return []
        address = "@" in identity
        for name in ("zone", "mail_from", "dkim_key"):
            if address and getattr(self, name):
                return [Refusal(f"'{name}' is a domain's, and '{self.identity}' is an address",
                                f"identity: {self.identity.split('@')[1]}", "bad-value", name)]  # fmt: skip
        if isinstance(self.mail_from, str) and not self.mail_from.endswith(f".{self.identity}"):
            return [Refusal("mail returns to a subdomain of the identity", f"mail_from: bounce.{self.identity}",
                            "bad-value", "mail_from")]  # fmt: skip
        wrong = next((s for s in self.senders if isinstance(s, str) and not s.endswith(
            self.identity if address else f"@{self.identity}")), None)  # fmt: skip
        if wrong is not None:
            return [Refusal(f"'{wrong}' is no address of '{self.identity}'", None, "bad-value", "senders")]
        return []

    def build(self, scope: Scope) -> None:
        from troposphere import ses

        rules = scope.of(f"{scope.node.id}.configuration")
        domain = isinstance(self.identity, str) and "@" not in self.identity
        returns = {"MailFromDomain": self.mail_from, "BehaviorOnMxFailure": "USE_DEFAULT_VALUE"}
        made = scope.make(
            ses.EmailIdentity, EmailIdentity=self.identity,
            DkimAttributes={"SigningEnabled": self.dkim} if domain else None,
            DkimSigningAttributes={"NextSigningKeyLength": self.dkim_key} if self.dkim_key else None,
            MailFromAttributes=returns if self.mail_from else None,
            FeedbackAttributes={"EmailForwardingEnabled": self.feedback},
            ConfigurationSetAttributes={"ConfigurationSetName": rules.attribute("name")} if rules else None,
        )  # fmt: skip
        zone = scope.of(self.zone)
        if zone is not None:
            self._records(scope, zone, made)

    def _records(self, scope: Scope, zone: Scope, identity: Resource) -> None:
        """Write the records that prove the domain and let others check signatures and senders."""
        from troposphere import route53

        where = zone.attribute("id")
        for number in (1, 2, 3):
            scope.make(route53.RecordSetType, f"Dkim{number}", HostedZoneId=where, Type="CNAME", TTL="1800",
                       Name=identity.att(f"DkimDNSTokenName{number}"),
                       ResourceRecords=[identity.att(f"DkimDNSTokenValue{number}")])  # fmt: skip
        if self.mail_from:
            server = Sub("10 feedback-smtp.${AWS::Region}.amazonses.com")
            for helper, type, value in (("Returns", "MX", server), ("Senders", "TXT", SPF)):
                scope.make(route53.RecordSetType, helper, HostedZoneId=where, Type=type, TTL="1800",
                           Name=self.mail_from, ResourceRecords=[value])  # fmt: skip
