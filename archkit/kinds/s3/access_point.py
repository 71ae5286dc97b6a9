"""Access points: doors to one bucket, each with a policy of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from archkit.architecture import Ends
from archkit.kind import Grant, Helper, Join, Kind, Refusal, prop
from archkit.scope import Link, Scope, Statement
from archkit.values import account

__all__ = ["AccessPoint"]

OBJECTS = "${arn}/object/*"
THROUGH = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket")
KEY = {"s3:GetObject": ("kms:Decrypt",), "s3:PutObject": ("kms:GenerateDataKey", "kms:Decrypt")}
PRINCIPALS = ("AWS::IAM::Role", "AWS::IAM::User")


class Lead(Join):
    """Leads to a bucket of the same Region, which lets the access point decide who comes through
    (https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html)."""

    word: ClassVar[str] = "lead"
    usual: ClassVar[bool] = True
    style: ClassVar[Any] = "data"
    replaces: ClassVar[str | None] = "bucket"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.admits is not None and other.admits.protocol == "s3"

    def refuse(self, ends: Ends) -> Refusal | None:
        led = [edge.target for edge, effect in ends.architecture.effects("lead") if effect.owner == ends.owner.id]
        if len(led) > 1:
            return Refusal(f"an access point leads to one bucket, not {len(led)}", "make one for each", "leads-to-one")
        if ends.owner.place != ends.other.place:
            return Refusal("an access point leads to a bucket of its own Region and account", None, "other-region")
        return None

    def apply(self, link: Link) -> None:
        lead(link.owner, link.other, link.because)


def lead(point: Scope, bucket: Scope, because: str) -> None:
    """Name the bucket, and have it let through what the access point lets through."""
    point.main.set("Bucket", bucket.attribute("name"))
    point.main.depends.add(bucket.id)  # its name is built, so nothing else says that it comes first
    arn = bucket.attribute("arn")
    through = {"s3:DataAccessPointArn": point.attribute("arn"), "s3:DataAccessPointAccount": account}
    bucket.policy(Statement(THROUGH, (arn, bucket.fill("${arn}/*")), because, None, {"AWS": "*"},
                            {"StringEquals": through}))  # fmt: skip


class AccessPoint(Kind, name="s3.access_point", icon="aws/storage/s3-access-points", service="Amazon S3",
                  types="AWS::S3::AccessPoint"):  # fmt: skip
    """Access point: a door to a bucket with a name and a policy of its own, which holds what edges to it grant.

    `reports -> door: read` and `door -> lake`: the function reads the lake through the door, and only so.
    """

    vpc: str | None = prop(None, "Id of the VPC from which alone it can be used.", pattern="vpc-[0-9a-f]+")

    named = ("Name", 50)
    attributes = {
        "name": "${}", "arn": "arn:${AWS::Partition}:s3:${AWS::Region}:${AWS::AccountId}:accesspoint/${@}",
        "alias": "${.Alias}",
    }  # fmt: skip
    address = "${arn}"
    grants = {
        "read": Grant("s3:GetObject", on=OBJECTS),
        "write": Grant("s3:PutObject", on=OBJECTS),
        "delete": Grant("s3:DeleteObject", on=OBJECTS),
        "list": Grant("s3:ListBucket"),
    }
    joins = (Lead,)
    example = "{}"

    def helpers(self) -> Mapping[str, Helper]:
        return {"bucket": Helper("s3.bucket")}

    def build(self, scope: Scope) -> None:
        scope.make(
            "AWS::S3::AccessPoint", Name=scope.physical(50), Bucket="",
            VpcConfiguration={"VpcId": self.vpc} if self.vpc else None,
            PublicAccessBlockConfiguration=dict.fromkeys(
                ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True),
        )  # fmt: skip

    def beside(self, scope: Scope, grant: Grant) -> Iterable[tuple[Scope, Grant | str]]:
        """Objects are read and written with the bucket's key."""
        bucket = _bucket(scope)
        key = scope.of(bucket.kind.encryption_key()) if bucket else None
        rights = [right for action in grant.actions for right in KEY.get(action, ())]
        if key is None or not rights:
            return ()
        return (
            (key, Grant(*rights, condition={"StringEquals": {"kms:ViaService": "s3.${AWS::Region}.amazonaws.com"}})),
        )

    def finish(self, scope: Scope) -> None:
        """Lead to a bucket of its own where no edge names one; write down what edges grant as the policy."""
        own = scope.of(f"{scope.node.id}.bucket")
        if own is not None:
            lead(scope, own, scope.node.id)
        statements = [made for edge, effect in scope.architecture.effects()
                      if edge.target == scope.node.id and effect.grant is not None
                      and (made := _admitted(scope, edge.source, effect.grant))]  # fmt: skip
        if statements:
            scope.main.set("Policy", {"Version": "2012-10-17", "Statement": statements})


def _bucket(scope: Scope) -> Scope | None:
    """Return the bucket that an access point leads to."""
    led = (edge.target for edge, effect in scope.architecture.effects("lead") if effect.owner == scope.node.id)
    return scope.of(next(led, f"{scope.node.id}.bucket"))


def _admitted(point: Scope, source: str, grant: Grant) -> dict[str, Any] | None:
    """Return a statement that admits a role or a user, and no group, which no policy can name."""
    other = point.of(source)
    who = other.role() if other is not None else None
    if who is None or getattr(who, "type", PRINCIPALS[0]) not in PRINCIPALS:
        return None
    on = [point.fill(text) for text in grant.on]
    return {"Effect": "Allow", "Principal": {"AWS": who.att("Arn")}, "Action": list(grant.actions), "Resource": on}
