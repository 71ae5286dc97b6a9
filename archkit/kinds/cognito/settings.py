"""How people sign up and in: passwords, second factors, messages, attributes and groups of a user pool."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Literal

from archkit.kind import NodeId, Record, Refusal, prop

__all__ = ["FACTORS", "MFA", "Field", "Group", "Message", "Password", "Verification", "camel"]

MFA = {"totp": "SOFTWARE_TOKEN_MFA", "sms": "SMS_MFA", "email": "EMAIL_OTP"}
FACTORS = {"password": "PASSWORD", "email_otp": "EMAIL_OTP", "sms_otp": "SMS_OTP", "passkey": "WEB_AUTHN"}
"""What AWS calls second factors, and the factors that a sign-in may begin with
(https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SetUserPoolMfaConfig.html)."""


def camel(name: str) -> str:
    """Return a name as part of a logical id: `web-app` as `WebApp`."""
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", name))


class Password(Record):
    """What a password must be like."""

    short: ClassVar[str | None] = "length"

    length: int = prop(12, "Fewest characters.", ge=6, le=99)
    lowercase: bool = prop(True, "A lower-case letter must be in it.")
    uppercase: bool = prop(True, "An upper-case letter must be in it.")
    numbers: bool = prop(True, "A number must be in it.")
    symbols: bool = prop(True, "A symbol must be in it.")
    history: int | None = prop(None, "Earlier passwords that cannot be used again.", ge=1, le=24)
    temporary_days: int = prop(7, "Days that a temporary password is good for.", ge=1, le=365)

    def written(self) -> dict[str, Any]:
        """Return the PasswordPolicy."""
        return {"MinimumLength": self.length, "RequireLowercase": self.lowercase, "RequireUppercase": self.uppercase,
                "RequireNumbers": self.numbers, "RequireSymbols": self.symbols, "PasswordHistorySize": self.history,
                "TemporaryPasswordValidityDays": self.temporary_days}  # fmt: skip


class Message(Record):
    """Texts of a message; `{####}` in one stands for the code or password, `{username}` for the name."""

    short: ClassVar[str | None] = "text"

    text: str | None = prop(None, "Body of the mail.")
    subject: str | None = prop(None, "Subject of the mail.")
    sms: str | None = prop(None, "Text message.", pattern=r"[\s\S]{6,140}")


class Verification(Message):
    """How an address is verified. A bare value is the way."""

    short: ClassVar[str | None] = "by"

    by: Literal["code", "link"] = prop(
        "code", "A code to enter, or a link; `{##Verify##}` in the text stands for the link."
    )

    def lacks(self) -> Refusal | None:
        """Say what the text must hold."""
        mark, example = (r"\{##.*##\}", "{##Verify##}") if self.by == "link" else (r"\{####\}", "{####}")
        for text in (self.text, None if self.by == "link" else self.sms):
            if isinstance(text, str) and not re.search(mark, text):
                return Refusal(f"the message says nothing to verify with: it has no '{example}'",
                               f"put {example} into the text", "bad-value", "verification")  # fmt: skip
        return None

    def written(self) -> dict[str, Any]:
        """Return the VerificationMessageTemplate."""
        tail = "ByLink" if self.by == "link" else ""
        return {"DefaultEmailOption": f"CONFIRM_WITH_{self.by.upper()}", f"EmailMessage{tail}": self.text,
                f"EmailSubject{tail}": self.subject, "SmsMessage": self.sms}  # fmt: skip


class Field(Record):
    """An attribute of a user: a standard one by its name, or one of your own."""

    short: ClassVar[str | None] = "type"

    type: Literal["string", "number", "boolean", "datetime"] = prop("string", "Type of its values.")
    required: bool = prop(False, "Whether everybody must have it from the start (standard attributes only).")
    mutable: bool = prop(True, "Whether it can change.")
    min: int | None = prop(None, "Least number, or fewest characters.", ge=0)
    max: int | None = prop(None, "Greatest number, or most characters.", ge=0)

    def written(self, name: str) -> dict[str, Any]:
        """Return the SchemaAttribute."""
        types = {"datetime": "DateTime"}
        bounds = [None if bound is None else str(bound) for bound in (self.min, self.max)]
        given = any(bounds)
        return {
            "Name": name, "AttributeDataType": types.get(self.type, self.type.capitalize()),
            "Mutable": self.mutable, "Required": self.required or None,
            "StringAttributeConstraints": {"MinLength": bounds[0], "MaxLength": bounds[1]}
            if given and self.type == "string" else None,
            "NumberAttributeConstraints": {"MinValue": bounds[0], "MaxValue": bounds[1]}
            if given and self.type == "number" else None,
        }  # fmt: skip


class Group(Record):
    """A group of users; a token names the groups of its owner."""

    short: ClassVar[str | None] = "description"

    description: str | None = prop(None, "What the group is for.")
    precedence: int | None = prop(None, "Which group's role goes before another's: the lowest number.", ge=0)
    role: NodeId | None = prop(
        None, "Role that an identity pool gives to its members.", slot="role", to=("cognito.role", "iam.role")
    )
