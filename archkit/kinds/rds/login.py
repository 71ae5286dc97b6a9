"""How code logs in to a relational database: with the credentials of its secret, or as itself by IAM."""

from __future__ import annotations

from typing import Literal

from archkit.architecture import Ends, Node
from archkit.kind import Refusal, prop
from archkit.scope import Link
from archkit.shared.logins import BySecret
from archkit.values import Sub

__all__ = ["BY_IAM", "Login"]

BY_IAM = ("postgres", "mysql", "mariadb")
"""https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html"""


class Login(BySecret):
    """A connection to a database: `NAME` holds its address, `NAME_PORT` its port, `NAME_SECRET` the ARN of the secret
    with its credentials and, where it has readers, `NAME_READER` the address that spreads over them.
    """

    auth: Literal["secret", "iam", "none"] = prop(
        "secret", "Credentials: the secret's, a token of IAM's for `user`, or none that archkit knows of."
    )
    user: str | None = prop(None, "Database user that IAM authenticates.", pattern="[A-Za-z_][A-Za-z0-9_]*")

    def services(self, target: Node) -> tuple[str, ...]:
        return super().services(target) if self.auth == "secret" else ()

    def rights(self, target: Node) -> tuple[str, ...]:
        return ("log in",) if self.auth == "iam" else super().rights(target)

    def refuse(self, ends: Ends) -> Refusal | None:
        if ends.target.existing is not None:
            return None
        if self.auth == "secret" and f"{ends.target.id}.secret" not in ends.architecture.nodes:
            return Refusal(f"'{ends.target.id}' has the users of the cluster that it follows, whose secret stands in "
                           "another Region", "auth: iam, user: app", "no-secret")  # fmt: skip
        if self.auth != "iam":
            return None
        engine = getattr(ends.target.kind, "engine", "postgres")
        if engine not in BY_IAM:
            return Refusal(f"{engine} does not authenticate by IAM", "auth: secret", "bad-value", "auth")
        if not getattr(ends.target.kind, "iam_auth", True):
            return Refusal(f"'{ends.target.id}' does not authenticate by IAM", "iam_auth: true there", "bad-value",
                           "auth")  # fmt: skip
        if self.user is None:
            return Refusal("IAM authenticates a user of the database by name", "user: app", "missing-property")
        return None

    def give(self, link: Link) -> None:
        if self.auth == "secret":
            super().give(link)
        elif self.auth == "iam" and link.source.node.kind.grantee:
            users = Sub("arn:${AWS::Partition}:rds-db:${AWS::Region}:${AWS::AccountId}:dbuser:${Db}/${User}",
                        {"Db": link.target.attribute("resource_id"), "User": self.user})  # fmt: skip
            link.source.allow("rds-db:connect", on=users, because=link.because)
