"""Amazon Simple Storage Service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from archkit.architecture import Architecture, Node
from archkit.kind import (
    Admits,
    Alias,
    Announce,
    Door,
    External,
    Grant,
    Helper,
    Kind,
    Metric,
    NodeId,
    Operation,
    Origin,
    Refusal,
    prop,
)  # fmt: skip
from archkit.kinds.s3.access_point import AccessPoint
from archkit.kinds.s3.copies import LogTo, Replicate, log_to, number_rules
from archkit.kinds.s3.lifecycle import Lifecycle, abort_rule, early_charges, leaves_versions, refusals, rule
from archkit.kinds.s3.notify import Notify
from archkit.kinds.s3.settings import WEBSITE_ADDRESSES, Cors, ObjectLock, Website, check_settings
from archkit.scope import Scope, Statement

__all__ = ["AccessPoint", "Bucket"]

READ_KEY, WRITE_KEY = ("kms:Decrypt",), ("kms:GenerateDataKey", "kms:Decrypt")
OBJECTS = "${arn}/*"
NAMED = {"Bucket": "${name}"}
OWNERSHIP = {"enforced": "BucketOwnerEnforced", "preferred": "BucketOwnerPreferred", "writer": "ObjectWriter"}
WHOLE = "EntireBucket"
KEPT = Lifecycle(expiration=365, noncurrent_expiration=1)  # type: ignore[call-arg]
"""How long access logs are kept; what expires stays as a version, and is paid for, until that is deleted too."""
DIMENSION, DAY = {"BucketName": "${name}"}, 86_400
REQUESTS = {
    "requests": ("AllRequests", "Sum"),
    "errors-4xx": ("4xxErrors", "Sum"),
    "errors-5xx": ("5xxErrors", "Sum"),
    "latency": ("TotalRequestLatency", "Average"),
}
"""Metrics that S3 keeps only for a bucket that asks for them."""


class Bucket(Kind, icon="aws/storage/simple-storage-service-s3", service="Amazon S3",
             types=("AWS::S3::Bucket", "AWS::S3::BucketPolicy")):  # fmt: skip
    """Bucket for objects: versioned, encrypted, closed to the public and to plain HTTP."""

    bucket_name: str | None = prop(None, "Name instead of the built one.",
                                   pattern="[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", shape=True)  # fmt: skip
    versioning: bool = prop(True, "Keep replaced and deleted objects as versions.", shape=True)
    mfa_delete: bool = prop(False, "Cannot be set in a template; see the error that says so.", shape=True)
    lifecycle: list[Lifecycle] = prop([], "What becomes of objects as they age.")
    abort_uploads: int | None = prop(
        7, "Days after which unfinished multipart uploads are removed; null to keep.", ge=1
    )
    website: Website | None = prop(None, "Serve the bucket as a static website.", shape=True)
    public: bool = prop(False, "Anybody may read the objects.", shape=True)
    ownership: Literal["enforced", "preferred", "writer"] = prop(
        "enforced", "Who owns objects; ACLs are in force but for 'enforced'."
    )
    tls: bool | None = prop(
        None, "Refuse plain HTTP (default: yes, but for a website, which speaks nothing else).", shape=True
    )
    domain: str | None = prop(None, "Domain of the website; S3 wants the bucket to be named so.", shape=True,
                              pattern="[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")  # fmt: skip
    acceleration: bool = prop(False, "Transfer acceleration: uploads through the nearest edge location.", shape=True)
    cors: list[Cors] = prop([], "Which pages may call the bucket from a browser.")
    object_lock: ObjectLock | bool = prop(False, "Versions cannot be deleted before their time.", shape=True)
    access_logs: bool = prop(False, "Log every request into a bucket of its own.", shape=True)
    log_bucket: bool = prop(False, "The bucket takes logs: encrypted by S3, since log delivery can use no other key.",
                            shape=True)  # fmt: skip
    eventbridge: bool = prop(False, "Announce what happens on the default bus (a rule switches it on by itself).")
    request_metrics: bool = prop(False, "Metrics of requests (an alarm on one switches them on by itself).")
    key: NodeId | None = prop(None, "Encryption key (default: keys that S3 manages).", slot="key", to="kms.key")
    bucket_key: bool = prop(True, "One data key for the bucket, so that the encryption key is asked less often.")

    durable = True
    principal = "s3.amazonaws.com"
    named = ("BucketName", 63)
    attributes = {
        "name": "${@}", "arn": "arn:${AWS::Partition}:s3:::${name}", "domain": "${.RegionalDomainName}",
        "website": "${.WebsiteURL}",
    }  # fmt: skip
    address = "${name}"
    external = External(("name",), {"arn": "arn:${AWS::Partition}:s3:::${name}",
                                    "domain": "${name}.s3.${AWS::Region}.${AWS::URLSuffix}"})  # fmt: skip
    grants = {
        "read": Grant("s3:GetObject", on=OBJECTS, key=READ_KEY),
        "write": Grant("s3:PutObject", on=OBJECTS, key=WRITE_KEY),
        "delete": Grant("s3:DeleteObject", on=OBJECTS),
        "list": Grant("s3:ListBucket"),
    }
    admits = Admits(
        "s3", "s3:PutObject", "write", Door("AWS::S3::BucketPolicy", "Bucket", "${}", many=False, on=OBJECTS)
    )
    joins = (Notify, Replicate, LogTo)
    announces = Announce(
        "aws.s3",
        ("Object Created", "Object Deleted", "Object Restore Initiated", "Object Restore Completed",
         "Object Restore Expired", "Object Storage Class Changed", "Object Access Tier Changed", "Object ACL Updated",
         "Object Tags Added", "Object Tags Deleted"),
        {"bucket": {"name": ["${name}"]}},
        switch="NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled",
    )  # fmt: skip
    origin = Origin("${domain}", "s3")
    alias = Alias("", "", regions=WEBSITE_ADDRESSES)
    operations = {
        "GetObject": Operation("s3", "GetObject", NAMED, on=(OBJECTS,), key=READ_KEY),
        "PutObject": Operation("s3", "PutObject", NAMED, on=(OBJECTS,), key=WRITE_KEY),
        "DeleteObject": Operation("s3", "DeleteObject", NAMED, on=(OBJECTS,)),
        "ListObjectsV2": Operation("s3", "ListObjectsV2", NAMED, ("s3:ListBucket",)),
    }
    metrics = {
        "size": Metric("AWS/S3", "BucketSizeBytes", {**DIMENSION, "StorageType": "StandardStorage"}, "Average", DAY),
        "objects": Metric("AWS/S3", "NumberOfObjects", {**DIMENSION, "StorageType": "AllStorageTypes"}, "Average", DAY),
        **{
            name: Metric("AWS/S3", metric, {**DIMENSION, "FilterId": WHOLE}, statistic)
            for name, (metric, statistic) in REQUESTS.items()
        },
    }
    strict = {"access_logs": True}
    example = "{lifecycle: {transitions: {STANDARD_IA: 30, GLACIER: 90}, expiration: 365}}"

    def attribute(self, name: str) -> str | None:
        own = self.domain or self.bucket_name
        return own if name == "name" and own else super().attribute(name)

    def encryption_key(self) -> NodeId | None:
        return None if self.log_bucket else super().encryption_key()

    def keyless(self) -> bool:
        return self.log_bucket

    def helpers(self) -> Mapping[str, Helper]:
        if not self.access_logs or self.log_bucket:
            return {}
        own = {"log_bucket": True, "access_logs": False, "key": None, "lifecycle": [KEPT]}
        return {"logs": Helper("s3.bucket", own, "access logs")}

    @property
    def tls_only(self) -> bool:
        """Whether plain HTTP is refused."""
        return self.website is None if self.tls is None else self.tls

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        return [*check_settings(self), *refusals(self.lifecycle, self.versioning)]

    def build(self, scope: Scope) -> None:
        from troposphere import s3

        lock, rules = self.object_lock, [rule(item) for item in self.lifecycle]
        if self.abort_uploads:
            rules.append(abort_rule(self.abort_uploads))
        scope.make(
            s3.Bucket, BucketName=self.domain or self.bucket_name or scope.physical(63),
            BucketEncryption=self._encryption(scope),
            VersioningConfiguration={"Status": "Enabled"} if self.versioning else None,
            PublicAccessBlockConfiguration=self._block(), LifecycleConfiguration={"Rules": rules} if rules else None,
            OwnershipControls={"Rules": [{"ObjectOwnership": OWNERSHIP.get(self.ownership, self.ownership)}]},
            WebsiteConfiguration=self.website.configuration() if self.website else None,
            AccelerateConfiguration={"AccelerationStatus": "Enabled"} if self.acceleration else None,
            CorsConfiguration={"CorsRules": [item.rule() for item in self.cors]} if self.cors else None,
            ObjectLockEnabled=True if lock else None,
            ObjectLockConfiguration=lock.configuration() if isinstance(lock, ObjectLock) else None,
        )  # fmt: skip
        if self.eventbridge and self.announces and self.announces.switch:
            scope.main.set(self.announces.switch, True)
        for item in self.lifecycle:
            for charge in early_charges(item):
                scope.note(
                    "early-charge", f"'{scope.node.id}': {charge}", "keep objects longer, or leave the class out"
                )
        if self.versioning and leaves_versions(self.lifecycle):
            text = f"'{scope.node.id}' keeps what expires as replaced versions, readable and paid for, without end"
            scope.note("versions-stay", text, "noncurrent_expiration: 30 (days), or versioning: false")
        self._policy(scope)

    def _encryption(self, scope: Scope) -> dict[str, Any]:
        arn = scope.arn(self.encryption_key())
        by = {"SSEAlgorithm": "AES256"} if arn is None else {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": arn}
        own = {"ServerSideEncryptionByDefault": by, "BucketKeyEnabled": None if arn is None else self.bucket_key}
        return {"ServerSideEncryptionConfiguration": [own]}

    def _block(self) -> dict[str, bool]:
        """What is never public: ACLs, and policies unless the author says that anybody may read."""
        return {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": not self.public,
                "RestrictPublicBuckets": not self.public}  # fmt: skip

    def _policy(self, scope: Scope) -> None:
        arn, objects = scope.attribute("arn"), scope.fill(OBJECTS)
        if self.tls_only:  # a denial of everything is the narrowest right there is
            scope.policy(Statement(("s3:*",), (arn, objects), scope.node.id, "TlsOnly", "*",
                                   {"Bool": {"aws:SecureTransport": "false"}}, "Deny"))  # fmt: skip
        if self.public:
            scope.policy(Statement(("s3:GetObject",), (objects,), scope.node.id, "PublicRead", "*"))

    def finish(self, scope: Scope) -> None:
        logs = scope.of(f"{scope.node.id}.logs")
        if logs is None and self.log_bucket and scope.strict:
            logs = self._collector(scope)
        if logs is not None:
            log_to(scope, logs, scope.node.id)
        number_rules(scope)
        if self.request_metrics or self._watched(scope):
            scope.main.set("MetricsConfigurations", [{"Id": WHOLE}])

    def _collector(self, scope: Scope) -> Scope | None:
        """Return the bucket to which another one of this place logs: whoever reads the logs in this one is seen there.

        That bucket cannot be watched in turn, or each line would make another.
        """
        found = {id for node in scope.architecture.nodes.values() if node.place == scope.node.place
                 if isinstance(node.kind, Bucket) and node.kind.access_logs
                 if (id := f"{node.id}.logs") in scope.architecture.nodes}  # fmt: skip
        first = min(found, default=scope.node.id)
        return None if first == scope.node.id else scope.of(first)

    def _watched(self, scope: Scope) -> bool:
        """Whether an alarm looks at a metric that S3 keeps only on request."""
        ends = [end for edge, _ in scope.architecture.effects("watch") for end in (edge.source, edge.target)
                if scope.node.id in (edge.source, edge.target)]  # fmt: skip
        return any(getattr(scope.architecture[end].kind, "metric", None) in REQUESTS for end in ends)
