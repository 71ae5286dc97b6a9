"""Logs that services hand to the log delivery of AWS, which writes them to buckets.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V1-S3.html
"""

from __future__ import annotations

from typing import Any

from archkit.scope import Scope, Statement
from archkit.values import Sub, account

__all__ = ["let_delivery_in"]

DELIVERY = "delivery.logs.amazonaws.com"


def let_delivery_in(bucket: Scope, because: str, prefix: str = "", region: str = "${AWS::Region}") -> list[str]:
    """Let log delivery write what this account logs, below its own prefix of a bucket; return what waits for that.

    `region` is where the service delivers from. A bucket that exists already is not changed.
    """
    if bucket.exists:
        return []
    where = bucket.attribute("arn")
    mine = {"aws:SourceAccount": account}
    told = {"aws:SourceArn": Sub(f"arn:${{AWS::Partition}}:logs:{region}:${{AWS::AccountId}}:*")}
    caller: dict[str, Any] = {"StringEquals": mine, "ArnLike": told}
    owned = {"StringEquals": {**mine, "s3:x-amz-acl": "bucket-owner-full-control"}, "ArnLike": told}
    files = Sub(f"${{Bucket}}/{prefix}AWSLogs/${{AWS::AccountId}}/*", {"Bucket": where})
    for actions, on, condition in ((("s3:PutObject",), files, owned), (("s3:GetBucketAcl",), where, caller)):
        bucket.policy(Statement(actions, (on,), because, None, {"Service": DELIVERY}, condition))
    bucket.use_key(DELIVERY, None, because)
    return [f"{bucket.id}Policy"]
