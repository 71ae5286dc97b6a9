"""What a bucket hands to another: replicas of its objects, and the log of who reached for them."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from archkit.architecture import Ends
from archkit.kind import Join, Kind, Refusal, prop
from archkit.kinds.s3.lifecycle import Storage
from archkit.scope import Link, Scope
from archkit.values import Sub

__all__ = ["LOG_SERVICE", "LogTo", "Replicate", "log_to", "number_rules"]

LOG_SERVICE = "logging.s3.amazonaws.com"


def is_bucket(kind: type[Kind]) -> bool:
    """Whether a kind is a bucket: what S3 delivers to by name."""
    return kind.admits is not None and kind.admits.protocol == "s3"


class Replicate(Join):
    """Copies new objects into another bucket, of another Region or the same
    (https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html)."""

    word: ClassVar[str] = "replicate"
    style: ClassVar[Any] = "data"
    identity: ClassVar[tuple[str, ...]] = ("prefix",)

    prefix: str | None = prop(None, "Only objects whose key begins so.")
    storage: Literal["STANDARD"] | Storage | None = prop(None, "Storage class of the copies (default: the object's).")
    delete_markers: bool = prop(False, "A deletion is copied too.")
    within_15_minutes: bool = prop(False, "Replication time control, with its metrics.")

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return is_bucket(other)

    def refuse(self, ends: Ends) -> Refusal | None:
        owner, other, world = ends.owner, ends.other, ends.architecture
        if owner.id == other.id:
            return Refusal("a bucket is not replicated into itself")
        for end in (owner, other):
            if end.existing is None and not getattr(end.kind, "versioning", True):
                return Refusal(
                    f"replication needs versions, and '{end.id}' keeps none", f"'versioning: true' for '{end.id}'"
                )
        if owner.place[0] != other.place[0]:
            return Refusal("replication into another account needs a policy there that names this bucket's role",
                           "set it up there, and write 'does: flow' here to draw the arrow")  # fmt: skip
        back = any(effect.owner == other.id and edge.target == owner.id for edge, effect in world.effects("replicate"))
        if back and owner.existing is None and other.existing is None:
            return Refusal(f"'{owner.id}' and '{other.id}' cannot replicate into one another in one deployment: "
                           "each would have to exist before the other",
                           "one direction here, the other once both exist")  # fmt: skip
        locks = getattr(owner.kind, "object_lock", False)
        if locks and other.existing is None and not getattr(other.kind, "object_lock", False):
            return Refusal(f"'{owner.id}' locks its objects, and S3 copies them only to where they are locked too",
                           f"'object_lock: true' for '{other.id}'")  # fmt: skip
        if owner.kind.encryption_key() is not None and other.kind.encryption_key() is None:
            return Refusal(f"'{owner.id}' is encrypted with a key of its own, and S3 copies such objects only where "
                           f"the copies have a key too: '{other.id}' has none",
                           f"'key' of its own Region for '{other.id}'", "needs-key")  # fmt: skip
        return None

    def apply(self, link: Link) -> None:
        bucket, copy = link.owner, link.other
        role = self._role(link)
        timed = {"Status": "Enabled", "Time": {"Minutes": 15}} if self.within_15_minutes else None
        metrics = {"Status": "Enabled", "EventThreshold": {"Minutes": 15}} if self.within_15_minutes else None
        key = copy.arn(copy.kind.encryption_key())
        rule = {
            "Id": "".join(c if c.isalnum() else "-" for c in link.edge.id),
            "Status": "Enabled",
            "Filter": {"Prefix": self.prefix or ""},
            "DeleteMarkerReplication": {"Status": "Enabled" if self.delete_markers else "Disabled"},
            "Destination": {"Bucket": copy.attribute("arn"), "StorageClass": self.storage, "ReplicationTime": timed,
                            "Metrics": metrics, "EncryptionConfiguration": {"ReplicaKmsKeyID": key} if key else None},
            # S3 takes this and a key for the copies only together, whatever the source is encrypted with
            "SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Enabled"}} if key else None,
        }  # fmt: skip
        bucket.main.set("ReplicationConfiguration.Role", role)
        bucket.main.append("ReplicationConfiguration.Rules", _given(rule))
        if not copy.exists:
            bucket.main.depends.add(copy.id)  # its ARN is built, so nothing else says that it comes first

    def _role(self, link: Link) -> Any:
        """Give the bucket's role what it needs at both ends; returns its ARN."""
        bucket, copy, why = link.owner, link.other, link.because
        role = bucket.role("s3.amazonaws.com")
        bucket.allow("s3:GetReplicationConfiguration", "s3:ListBucket", on=bucket.attribute("arn"), because=why)
        bucket.allow("s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging",
                     on=bucket.fill("${arn}/*"), because=why)  # fmt: skip
        if getattr(bucket.kind, "object_lock", False):
            # https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html#object-lock-managing-replication
            bucket.allow("s3:GetObjectRetention", "s3:GetObjectLegalHold", on=bucket.fill("${arn}/*"), because=why)
        bucket.allow(
            "s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags", on=copy.fill("${arn}/*"), because=why
        )
        # a bucket key is decrypted before it encrypts copies
        # (https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html#bk-replication)
        writes = ("kms:Encrypt", "kms:Decrypt") if getattr(copy.kind, "bucket_key", True) else ("kms:Encrypt",)
        for end, actions in ((bucket, ("kms:Decrypt",)), (copy, writes)):
            key = end.kind.encryption_key()
            if key is not None:
                region = end.node.place[1] or "${AWS::Region}"
                via = {"StringEquals": {"kms:ViaService": Sub(f"s3.{region}.amazonaws.com")}}
                bucket.allow(*actions, on=end.arn(key), because=why, condition=via)
        return role.att("Arn")


def _given(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _given(item) for name, item in value.items() if item is not None}
    return value


def number_rules(bucket: Scope) -> None:
    """Give each replication rule its priority, by its id and not by its place in the list of edges."""
    rules = bucket.main.get("ReplicationConfiguration.Rules") or []
    rules.sort(key=lambda rule: rule["Id"])
    for priority, rule in enumerate(rules, 1):
        rule["Priority"] = priority


class LogTo(Join):
    """Writes a line for every request to the bucket into another bucket (server access logging)."""

    word: ClassVar[str] = "log_to"
    style: ClassVar[Any] = "data"
    replaces: ClassVar[str | None] = "logs"

    prefix: str | None = prop(None, "Beginning of the keys of the log files (default: the bucket's id).")
    partitioned: Literal["EventTime", "DeliveryTime"] | None = prop(None, "Sort the files into folders by this time.")

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return is_bucket(owner) and is_bucket(other)

    def refuse(self, ends: Ends) -> Refusal | None:
        other = ends.other
        if ends.owner.place != other.place:
            return Refusal("access logs go to a bucket of the same account and Region only")
        if other.kind.encryption_key() is not None:
            return Refusal(f"access logs cannot be delivered to '{other.id}': it is encrypted with a key of its own",
                           f"'log_bucket: true' for '{other.id}' keeps it encrypted by S3", "cannot-join")  # fmt: skip
        if getattr(other.kind, "object_lock", False):
            return Refusal(f"access logs cannot be delivered to '{other.id}': it locks its objects")
        return None

    def apply(self, link: Link) -> None:
        log_to(link.owner, link.other, link.because, self.prefix, self.partitioned)


def log_to(bucket: Scope, logs: Scope, because: str, prefix: str | None = None, partitioned: str | None = None) -> None:
    """Let a bucket log into another
    (https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html)."""
    configuration = {
        # a reference, not the built name: the log bucket has to exist first
        "DestinationBucketName": logs.attribute("name") if logs.exists else logs.fill("${}"),
        "LogFilePrefix": prefix or f"{bucket.node.id}/",
        "TargetObjectKeyFormat": {"PartitionedPrefix": {"PartitionDateSource": partitioned}} if partitioned else None,
    }
    bucket.main.set("LoggingConfiguration", _given(configuration))
    logs.admit(LOG_SERVICE, bucket.attribute("arn"), because, account=True)
