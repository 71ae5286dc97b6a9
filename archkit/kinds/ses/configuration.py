"""Configuration sets: how mail is sent, and who is told what became of it."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from archkit.kind import External, Kind, Push, Record, prop
from archkit.scope import Link, Scope

__all__ = ["ConfigurationSet", "Settings"]

Event = Literal["send", "reject", "bounce", "complaint", "delivery", "open", "click", "rendering_failure",
                "delivery_delay", "subscription"]  # fmt: skip
ARN = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:configuration-set/${}"


class Settings(Record):
    """How mail is sent."""

    tls: bool = prop(True, "Deliver over TLS only.", shape=True)
    reputation: bool = prop(True, "Metrics of bounces and complaints.")
    suppress: list[Literal["bounce", "complaint"]] = prop(
        ["bounce", "complaint"], "What puts an address on the list of those that get no more mail.", shape=True
    )
    redirect: str | None = prop(None, "Domain of the links that count opens and clicks.")
    sending: bool = prop(True, "Whether mail is sent at all.")


class Tell(Push):
    """Tells a topic or a Firehose stream what became of each mail."""

    service: ClassVar[str] = "ses.amazonaws.com"
    doors: ClassVar[frozenset[str]] = frozenset({"sns"})
    roles: ClassVar[frozenset[str]] = frozenset({"firehose"})

    events: list[Event] = prop(["bounce", "complaint"], "What is told.", ge=1, shape=True)

    def apply(self, link: Link) -> None:
        from troposphere import ses

        target = link.other
        after: list[Any] = []
        if target.kind.admits.protocol in self.roles:
            role = link.deliver(link.owner.attribute("arn"))
            place = {"KinesisFirehoseDestination": {"DeliveryStreamARN": target.attribute("arn"), "IAMRoleARN": role}}
            after += link.owner.after_rights()
        else:
            after.append(target.admit(self.service, link.owner.attribute("arn"), link.because, account=True))
            place = {"SnsDestination": {"TopicARN": target.attribute("arn")}}
        link.make(
            ses.ConfigurationSetEventDestination, "Events", after=after,
            ConfigurationSetName=link.owner.attribute("name"),
            EventDestination={"Enabled": True, "MatchingEventTypes": [event.upper() for event in self.events], **place},
        )  # fmt: skip


class ConfigurationSet(Settings, Kind, name="ses.configuration_set", service="Amazon SES",
                       icon="aws/engagement/simple-email-service-ses-email",
                       types=("AWS::SES::ConfigurationSet", "AWS::SES::ConfigurationSetEventDestination")):  # fmt: skip
    """Configuration set: rules for the mail that is sent with it. An edge tells a topic what became of each mail."""

    guard = True
    attributes = {"name": "${}", "arn": ARN}
    address = "${name}"
    external = External(("name",), {"arn": ARN.replace("${}", "${name}")})
    joins = (Tell,)

    def build(self, scope: Scope) -> None:
        scope.make(
            "AWS::SES::ConfigurationSet", DeliveryOptions={"TlsPolicy": "REQUIRE" if self.tls else "OPTIONAL"},
            ReputationOptions={"ReputationMetricsEnabled": self.reputation},
            SendingOptions={"SendingEnabled": self.sending},
            SuppressionOptions={"SuppressedReasons": [reason.upper() for reason in self.suppress]},
            TrackingOptions={"CustomRedirectDomain": self.redirect} if self.redirect else None,
        )  # fmt: skip
