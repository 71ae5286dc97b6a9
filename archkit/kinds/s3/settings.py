"""Settings of a bucket that are records of their own: website, CORS, object lock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from archkit.kind import Json, Record, Refusal, prop

__all__ = ["WEBSITE_ADDRESSES", "Cors", "ObjectLock", "Website", "check_settings"]

ZONES = {
    "af-south-1": "Z83WF9RJE8B12", "ap-east-1": "ZNB98KWMFR0R6", "ap-northeast-1": "Z2M4EHUR26P7ZW",
    "ap-northeast-2": "Z3W03O7B5YMIYP", "ap-northeast-3": "Z2YQB5RD63NC85", "ap-south-1": "Z11RGJOFQNVJUP",
    "ap-south-2": "Z02976202B4EZMXIPMXF7", "ap-southeast-1": "Z3O0J2DXBE1FTB", "ap-southeast-2": "Z1WCIGYICN2BYD",
    "ap-southeast-3": "Z01846753K324LI26A3VV", "ap-southeast-4": "Z0312387243XT5FE14WFO",
    "ca-central-1": "Z1QDHH18159H29", "ca-west-1": "Z03565811Z33SLEZTHOUL", "eu-central-1": "Z21DNDUVLTQW6Q",
    "eu-central-2": "Z030506016YDQGETNASS", "eu-north-1": "Z3BAZG2TWCNX0D", "eu-south-1": "Z30OZKI7KPW7MI",
    "eu-south-2": "Z0081959F7139GRJC19J", "eu-west-1": "Z1BKCTXD74EZPE", "eu-west-2": "Z3GKZC51ZF0DB4",
    "eu-west-3": "Z3R1K369G5AVDG", "il-central-1": "Z09640613K4A3MN55U7GU", "me-central-1": "Z06143092I8HRXZRUZROF",
    "me-south-1": "Z1MPMWCPA7YB62", "sa-east-1": "Z7KQH4QJS55SO", "us-east-1": "Z3AQBSTGFYJSTF",
    "us-east-2": "Z2O1EMRO9K5GLX", "us-west-1": "Z2F56UZL2M1ACD", "us-west-2": "Z3BJ6K6RIION7M",
}  # fmt: skip
DASHED = {"ap-northeast-1", "ap-southeast-1", "ap-southeast-2", "eu-west-1", "sa-east-1", "us-east-1", "us-west-1",
          "us-west-2"}  # fmt: skip
WEBSITE_ADDRESSES = {
    region: (f"s3-website{'-' if region in DASHED else '.'}{region}.amazonaws.com", zone)
    for region, zone in ZONES.items()
}
"""Website endpoints and their hosted zones (https://docs.aws.amazon.com/general/latest/gr/s3.html)."""


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
    if bucket.domain and not bucket.website:
        yield Refusal("only a website is reached by a domain", "website: index.html", "bad-value", "domain")
    if bucket.domain and bucket.bucket_name not in (None, bucket.domain):
        yield Refusal(f"a website under {bucket.domain} is in a bucket of that name", "leave 'bucket_name' out",
                      "bad-value", "bucket_name")  # fmt: skip
    if bucket.acceleration and "." in (bucket.domain or bucket.bucket_name or ""):
        yield Refusal("transfer acceleration takes no bucket with a dot in its name", None, "bad-value", "acceleration")
    if bucket.log_bucket and lock:
        yield Refusal("no logs can be delivered to a bucket that locks its objects", None, "bad-value", "object_lock")
