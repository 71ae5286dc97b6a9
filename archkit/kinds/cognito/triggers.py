"""What joins a user pool to others: functions that it calls on its way, the identity it mails from, its log."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from archkit.architecture import Ends
from archkit.kind import Join, Kind, Refusal, prop
from archkit.scope import Link, Statement
from archkit.values import Sub, account

__all__ = ["TRIGGERS", "LogTo", "Mail", "Trigger"]

SERVICE = "cognito-idp.amazonaws.com"
DELIVERY = "delivery.logs.amazonaws.com"


class Trigger(Join):
    """A function that the pool calls at one point of its work
    (https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html)."""

    style: ClassVar[Any] = "event"
    point: ClassVar[str] = ""

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.admits is not None and other.admits.protocol == "lambda"

    def refuse(self, ends: Ends) -> Refusal | None:
        for edge, effect in ends.architecture.effects(self.word):
            if edge.id == ends.edge.id:
                return None
            if effect.owner == ends.owner.id:
                return Refusal(f"'{ends.owner.id}' calls '{edge.target}' at this point already",
                               "a user pool has one function for each point", "called-twice")  # fmt: skip
        return None

    def apply(self, link: Link) -> None:
        arn = link.other.fill(link.other.kind.admits.endpoint)
        link.owner.main.set(f"LambdaConfig.{self.point}", self.said(arn))
        if link.other.get(f"{link.owner.id}Permission") is None:
            link.other.admit(SERVICE, link.owner.attribute("arn"), link.because, via=link.owner.id)

    def said(self, arn: Any) -> Any:
        """Return what the pool's configuration says at the point."""
        return arn

    def text(self) -> str | None:
        return self.word.replace("_", " ")


class PreToken(Trigger):
    """Before tokens are given: the function changes their claims."""

    word: ClassVar[str] = "pre_token"
    point: ClassVar[str] = "PreTokenGenerationConfig"

    version: Literal["1", "2", "3"] = prop(
        "1", "Form of the event: 1 for identity tokens, 2 for access tokens too, 3 for those of machines too."
    )

    def said(self, arn: Any) -> Any:
        return {"LambdaArn": arn, "LambdaVersion": f"V{self.version}_0"}


class Sender(Trigger):
    """Sends the pool's messages instead of Cognito, which hands the codes over encrypted."""

    def refuse(self, ends: Ends) -> Refusal | None:
        if getattr(ends.owner.kind, "sender_key", None) is None:
            return Refusal("Cognito hands codes over encrypted, and no key is named",
                           f"sender_key: id of a kms.key on '{ends.owner.id}'", "missing-property")  # fmt: skip
        return super().refuse(ends)

    def said(self, arn: Any) -> Any:
        return {"LambdaArn": arn, "LambdaVersion": "V1_0"}

    def apply(self, link: Link) -> None:
        super().apply(link)
        key = link.owner.of(link.owner.kind.sender_key)
        assert key is not None
        link.other.grant(key, "decrypt", link.because)


class CustomEmail(Sender):
    """Sends mails."""

    word: ClassVar[str] = "custom_email_sender"
    point: ClassVar[str] = "CustomEmailSender"


class CustomSms(Sender):
    """Sends text messages."""

    word: ClassVar[str] = "custom_sms_sender"
    point: ClassVar[str] = "CustomSMSSender"


def _point(name: str, point: str, doc: str) -> type[Trigger]:
    """Return the join of a point that has no options."""
    body = {"__doc__": doc, "__module__": __name__, "word": name, "point": point,
            "__annotations__": {"word": "ClassVar[str]", "point": "ClassVar[str]"}}  # fmt: skip
    return type(point, (Trigger,), body)


TRIGGERS: tuple[type[Trigger], ...] = (
    _point("pre_sign_up", "PreSignUp", "Before somebody signs up: the function lets them, or not."),
    _point("post_confirmation", "PostConfirmation", "After somebody has confirmed who they are."),
    _point("pre_authentication", "PreAuthentication", "Before somebody signs in: the function lets them, or not."),
    _point("post_authentication", "PostAuthentication", "After somebody has signed in."),
    PreToken,
    _point("custom_message", "CustomMessage", "Before a message is sent: the function changes its text."),
    _point("define_challenge", "DefineAuthChallenge", "Says which challenge of a sign-in of your own comes next."),
    _point("create_challenge", "CreateAuthChallenge", "Makes a challenge of a sign-in of your own."),
    _point("verify_challenge", "VerifyAuthChallengeResponse", "Says whether the answer to a challenge is right."),
    _point("migrate_user", "UserMigration", "Brings over somebody who is not in the pool yet."),
    CustomEmail,
    CustomSms,
)


class Mail(Join):
    """The identity of SES that the pool's mails are sent from, instead of Cognito's own with its small quota."""

    word: ClassVar[str] = "send"
    usual: ClassVar[bool] = True
    style: ClassVar[Any] = "event"

    sender: str | None = prop(None, "Sender, such as 'Shop <no-reply@example.com>' (default: the identity itself).")
    reply_to: str | None = prop(None, "Address that answers go to.")

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return "AWS::SES::EmailIdentity" in other.types

    def refuse(self, ends: Ends) -> Refusal | None:
        identity = getattr(ends.other.kind, "identity", None) or (ends.other.existing or {}).get("identity")
        if self.sender is None and isinstance(identity, str) and "@" not in identity:
            return Refusal(f"'{identity}' is a domain: which of its addresses sends?", f"sender: no-reply@{identity}",
                           "missing-property")  # fmt: skip
        return None

    def apply(self, link: Link) -> None:
        identity = link.other
        named = identity.kind.attribute("configuration_arn") if not identity.exists else None
        rules = link.owner.of(f"{identity.node.id}.configuration") if named else None
        link.owner.main.set("EmailConfiguration", {
            key: value for key, value in (
                ("EmailSendingAccount", "DEVELOPER"), ("SourceArn", identity.attribute("arn")), ("From", self.sender),
                ("ReplyToEmailAddress", self.reply_to),
                ("ConfigurationSet", rules.attribute("name") if rules else None),
            ) if value is not None
        })  # fmt: skip


class LogTo(Join):
    """A log group for what the pool has to tell: messages that it could not send, or who signed in how."""

    word: ClassVar[str] = "log_to"
    usual: ClassVar[bool] = True
    style: ClassVar[Any] = "event"
    identity: ClassVar[tuple[str, ...]] = ("events",)

    events: Literal["messages", "sign_ins"] = prop(
        "messages", "Messages that could not be sent, or what threat protection sees of sign-ins.", shape=True
    )

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.admits is not None and other.admits.protocol == "logs"

    def refuse(self, ends: Ends) -> Refusal | None:
        if self.events == "sign_ins" and getattr(ends.owner.kind, "advanced_security", "off") == "off":
            return Refusal(
                "sign-ins are seen by threat protection only",
                f"advanced_security: audit on '{ends.owner.id}'",
                "missing-property",
                "events",
            )
        if ends.other.kind.encryption_key() is not None:
            return Refusal(
                f"Cognito writes to no log group that is encrypted with a key, as '{ends.other.id}' is",
                "leave its 'key' out; under 'security: strict' every log group has one",
                "no-key",
            )
        return None

    def apply(self, link: Link) -> None:
        pool, group = link.owner, link.other
        where: Any = f"{group.id}Policy"
        condition = {
            "StringEquals": {"aws:SourceAccount": account},
            "ArnLike": {"aws:SourceArn": Sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:*")},
        }
        group.policy(Statement(("logs:CreateLogStream", "logs:PutLogEvents"), (group.attribute("arn"),), link.because,
                               principal={"Service": DELIVERY}, condition=condition))  # fmt: skip
        made = pool.get("LogDelivery") or pool.make(
            "AWS::Cognito::LogDeliveryConfiguration", "LogDelivery", because=link.because, after=[where],
            UserPoolId=pool.main.ref,
        )  # fmt: skip
        made.depends.add(where)
        source, level = ("userNotification", "ERROR") if self.events == "messages" else ("userAuthEvents", "INFO")
        made.append("LogConfigurations", {"EventSource": source, "LogLevel": level, "CloudWatchLogsConfiguration": {
            "LogGroupArn": group.fill(group.kind.admits.endpoint)}})  # fmt: skip
