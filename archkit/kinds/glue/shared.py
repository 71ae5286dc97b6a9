"""What crawlers and jobs share: names of resources, rights to log, and encryption of what they write."""

from __future__ import annotations

from archkit.kind import Kind
from archkit.scope import Resource, Scope, Statement
from archkit.values import Sub, account

__all__ = ["SERVICE", "STEM", "is_a", "log_rights", "network_rights", "security"]

SERVICE = "glue.amazonaws.com"
STEM = "arn:${AWS::Partition}:glue:${AWS::Region}:${AWS::AccountId}:"
LOGS = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws-glue/"
EC2 = "arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:"
KEY = ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey")
LOG_KEY = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey",
           "kms:DescribeKey")  # fmt: skip


def is_a(kind: type[Kind], type: str) -> bool:
    """Whether a kind is made of a CloudFormation type."""
    return kind.types[:1] == (type,)


def log_rights(scope: Scope) -> None:
    """Let the role write its lines; Glue makes the groups itself, all under one prefix."""
    scope.allow("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", on=Sub(LOGS + "*"))


def network_rights(role: Scope, because: str) -> None:
    """Let the role stand in a subnet, by network interfaces that Glue makes and tags as its own.

    EC2 knows no narrower resource for what describes
    (https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSGlueServiceRole.html).
    """
    described = ("DescribeVpcEndpoints", "DescribeRouteTables", "DescribeNetworkInterfaces", "DescribeSecurityGroups",
                 "DescribeSubnets", "DescribeVpcAttribute")  # fmt: skip
    role.allow(*(f"ec2:{name}" for name in described), on="*", because=because, sid="Ec2DescribesWithoutResource")
    made = [Sub(f"{EC2}{sort}/*") for sort in ("network-interface", "subnet", "security-group")]
    role.allow("ec2:CreateNetworkInterface", on=made, because=because)
    role.allow("ec2:DeleteNetworkInterface", on=made[0], because=because)
    tags = {"ForAllValues:StringEquals": {"aws:TagKeys": ["aws-glue-service-resource"]}}
    role.allow("ec2:CreateTags", "ec2:DeleteTags", on=made[0], because=because, condition=tags)


def security(scope: Scope, key: str | None) -> Resource | None:
    """Make a security configuration: lines, bookmarks and what is written to S3 are encrypted by the key."""
    held = scope.of(key)
    if held is None:
        return None
    arn = held.attribute("arn")
    scope.allow(*KEY, on=arn)
    scope.allow("logs:AssociateKmsKey", on=Sub(LOGS + "*"))
    if not held.exists:
        held.policy(Statement(
            LOG_KEY, ("*",), scope.node.id, principal={"Service": Sub("logs.${AWS::Region}.amazonaws.com")},
            condition={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": Sub(LOGS + "*")},
                       "StringEquals": {"aws:SourceAccount": account}},
        ))  # fmt: skip
    return scope.make(
        "AWS::Glue::SecurityConfiguration", "Security", Name=scope.physical(255), EncryptionConfiguration={
            "S3Encryptions": [{"S3EncryptionMode": "SSE-KMS", "KmsKeyArn": arn}],
            "CloudWatchEncryption": {"CloudWatchEncryptionMode": "SSE-KMS", "KmsKeyArn": arn},
            "JobBookmarksEncryption": {"JobBookmarksEncryptionMode": "CSE-KMS", "KmsKeyArn": arn},
        },
    )  # fmt: skip
