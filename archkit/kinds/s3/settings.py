"""Settings of a bucket that are records of their own: website, CORS, object lock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from archkit.kind import Json, Record, Refusal, prop

__all__ = ["Cors", "ObjectLock", "Website", "check_settings"]


class Website(Record):
    """Static website, served over plain HTTP by S3's website endpoint."""

    short: ClassVar[str | None] = "index"

    index: str = prop("index.html", "Document for a folder.")
    error: str | None = prop(None, "Document shown for errors.")
    redirect: str | None = prop(None, "Host that every request is sent to, instead of serving anything.")
    protocol: Literal["http", "https"] | None = prop(None, "Protocol of that redirection.")
    routing: Json | None = prop(None, "RoutingRules, as AWS documents them.")

    def configuration(self) -> dict[str, Any]:
        """Return the WebsiteConfiguration."""
        if self.redirect:
            return {"RedirectAllRequestsTo": {"HostName": self.redirect, "Protocol": self.protocol}}
        return {"IndexDocument": self.index, "ErrorDocument": self.error, "RoutingRules": self.routing}


class Cors(Record):
    """Which pages of other origins may call the bucket from a browser."""

    short: ClassVar[str | None] = "origins"

    origins: list[str] = prop(doc="Origins, such as https://example.com.")
    methods: list[Literal["GET", "PUT", "HEAD", "POST", "DELETE"]] = prop(["GET", "HEAD"], "Methods they may use.")
    headers: list[str] = prop([], "Headers they may send.")
    expose: list[str] = prop([], "Headers of the answer that they may read.")
    max_age: int | None = prop(None, "Seconds that a browser remembers this.", ge=0)

    def rule(self) -> dict[str, Any]:
        """Return a rule of the CorsConfiguration."""
        return {"AllowedOrigins": self.origins, "AllowedMethods": self.methods, "AllowedHeaders": self.headers or None,
                "ExposedHeaders": self.expose or None, "MaxAge": self.max_age}  # fmt: skip


class ObjectLock(Record):
    """Write once, read many: versions cannot be deleted before their time."""

    short: ClassVar[str | None] = "days"

    mode: Literal["GOVERNANCE", "COMPLIANCE"] = prop("GOVERNANCE", "Whether some principals can lift it, or nobody.")
    days: int | None = prop(None, "Days that new versions are locked.", ge=1, le=36_500)
    years: int | None = prop(None, "Years that new versions are locked.", ge=1, le=100)

    def configuration(self) -> dict[str, Any]:
        """Return the ObjectLockConfiguration."""
        retention = {"Mode": self.mode, "Days": self.days, "Years": self.years}
        ruled = self.days is not None or self.years is not None
        return {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": retention} if ruled else None}


def check_settings(bucket: Any) -> Iterator[Refusal]:
    """Yield which settings of a bucket cannot be, or cannot be together."""
    lock = bucket.object_lock
    if bucket.mfa_delete:
        yield Refusal("MFA delete cannot be set in a template: only the account's root user can, with the MFA device",
                      "aws s3api put-bucket-versioning --versioning-configuration "
                      "Status=Enabled,MFADelete=Enabled --mfa ...", "not-in-a-template", "mfa_delete")  # fmt: skip
    if lock and not bucket.versioning:
        yield Refusal(
            "object lock locks versions, and the bucket keeps none", "versioning: true", "bad-value", "object_lock"
        )
    if isinstance(lock, ObjectLock) and lock.days and lock.years:
        yield Refusal("a retention is given in days or in years, not both", None, "bad-value", "object_lock")
    if bucket.website and bucket.tls:
        yield Refusal("a website endpoint speaks plain HTTP only, so 'tls: true' would close it",
                      "leave 'website' out and put a CloudFront distribution in front for HTTPS",
                      "bad-value", "tls")  # fmt: skip
    if bucket.acceleration and bucket.bucket_name and "." in bucket.bucket_name:
        yield Refusal("transfer acceleration takes no bucket with a dot in its name", None, "bad-value", "acceleration")
    if bucket.log_bucket and lock:
        yield Refusal("no logs can be delivered to a bucket that locks its objects", None, "bad-value", "object_lock")
