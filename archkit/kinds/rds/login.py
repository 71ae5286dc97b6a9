"""How code logs in to a database: with the credentials of its secret, or as itself by IAM."""

from __future__ import annotations

from typing import Literal

from archkit import network
from archkit.architecture import Ends
from archkit.kind import Listen, Refusal, prop
from archkit.scope import Link
from archkit.values import Sub

__all__ = ["Login"]

BY_IAM = ("postgres", "mysql", "mariadb")
"""https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html"""


class Login(Listen):
    """A connection to a database, with its credentials."""

    auth: Literal["secret", "iam", "none"] = prop(
        "secret", "Credentials: the secret's, a token of IAM's for `user`, or none that archkit knows of."
    )
    user: str | None = prop(None, "Database user that IAM authenticates.", pattern="[A-Za-z_][A-Za-z0-9_]*")

    def refuse(self, ends: Ends) -> Refusal | None:
        if self.auth != "iam":
            return None
        engine = getattr(ends.target.kind, "engine", "")
        if engine not in BY_IAM:
            return Refusal(f"{engine} does not authenticate by IAM", "auth: secret", "bad-value", "auth")
        if not getattr(ends.target.kind, "iam_auth", True):
            return Refusal(
                f"'{ends.target.id}' does not authenticate by IAM", "iam_auth: true there", "bad-value", "auth"
            )
        if self.user is None:
            return Refusal("IAM authenticates a user of the database by name", "user: app", "missing-property")
        return None

    def services(self) -> tuple[str, ...]:
        return ("secretsmanager",) if self.auth == "secret" else ()

    def give(self, link: Link) -> None:
        if not link.source.kind.grantee:
            return
        secret = link.source.of(f"{link.target.node.id}.secret")
        if self.auth == "iam":
            users = Sub("arn:${AWS::Partition}:rds-db:${AWS::Region}:${AWS::AccountId}:dbuser:${Db}/${User}",
                        {"Db": link.target.attribute("resource_id"), "User": self.user})  # fmt: skip
            link.source.allow("rds-db:connect", on=users, because=link.because)
        elif self.auth == "secret" and secret is not None:
            link.source.grant(secret, "read", link.because)
            network.open_way(link.source, secret, link.because)
            link.hand_over(secret)
