"""S3 buckets: every option, what each edge becomes and for whom it is permitted, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import archkit
from tests.options import ANY, Option, holds, synthesized

SERVICE = "Amazon S3"
P = "Resources.Photos.Properties."
RULE = P + "LifecycleConfiguration.Rules.0."
FUNCTION = "  work: {kind: lambda.function, runtime: python3.13, code: handler.py}\n"
CLASSES = "Standard/Standard-IA/One Zone-IA/Intelligent-Tiering/Glacier Instant/Glacier Flexible/Deep Archive"
LIFECYCLE = f"lifecycle transitions over {CLASSES} with the minimum-duration rules checked"


def row(option: str, properties: str, path: str, expected: Any = ANY, more: str = "") -> Option:
    return Option(SERVICE, option, f"nodes:\n  photos: {{kind: s3.bucket{properties}}}\n{more}", path, expected)


BLOCKED = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}
OPEN = {**BLOCKED, "BlockPublicPolicy": False, "RestrictPublicBuckets": False}
LOCK = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Years": 7}}}
SSE = P + "BucketEncryption.ServerSideEncryptionConfiguration.0."
REFUSED_OPTIONS = [("Amazon S3", "MFA delete stated as not settable in a template")]

OPTIONS = [
    row("versioning", "", P + "VersioningConfiguration.Status", "Enabled"),
    *(row(LIFECYCLE, f", lifecycle: {{transitions: {{{name}: {days}}}}}", RULE + "Transitions.0",
          {"StorageClass": name, "TransitionInDays": days})
      for name, days in (("STANDARD_IA", 30), ("ONEZONE_IA", 30), ("INTELLIGENT_TIERING", 0), ("GLACIER_IR", 0),
                         ("GLACIER", 1), ("DEEP_ARCHIVE", 180))),
    row(LIFECYCLE, ", lifecycle: {transitions: {STANDARD_IA: 30, GLACIER_IR: 60, DEEP_ARCHIVE: 150}}",
        RULE + "Transitions.2.StorageClass", "DEEP_ARCHIVE"),
    row(LIFECYCLE, ", lifecycle: {prefix: logs/, tags: {kind: raw}, larger: 10, expiration: 90}",
        RULE + "Prefix", "logs/"),
    row(LIFECYCLE, ", lifecycle: {noncurrent_transitions: {GLACIER: 5}, noncurrent_versions: 2}",
        RULE + "NoncurrentVersionTransitions.0",
        {"StorageClass": "GLACIER", "TransitionInDays": 5, "NewerNoncurrentVersions": 2}),
    row("expiration", ", lifecycle: {expiration: 90}", RULE + "ExpirationInDays", 90),
    row("expiration", ", lifecycle: {noncurrent_expiration: 9}", RULE + "NoncurrentVersionExpiration",
        {"NoncurrentDays": 9}),
    row("expiration", ", lifecycle: {expired_delete_markers: true}", RULE + "ExpiredObjectDeleteMarker", True),
    row("static website", ", website: {error: lost.html}", P + "WebsiteConfiguration",
        {"IndexDocument": "index.html", "ErrorDocument": "lost.html"}),
    row("static website", ", website: {redirect: example.com, protocol: https}", P + "WebsiteConfiguration",
        {"RedirectAllRequestsTo": {"HostName": "example.com", "Protocol": "https"}}),
    row("cross-region replication", "", P + "ReplicationConfiguration.Rules.0.Destination.Bucket", {"Ref": "CopyArn"},
        "  far: {kind: region, code: us-east-1, nodes: {copy: s3.bucket}}\nregion: eu-west-1\n"
        "edges:\n  - photos -> copy: replicate\n"),
    row("transfer acceleration", ", acceleration: true", P + "AccelerateConfiguration.AccelerationStatus", "Enabled"),
    row("bucket policy by edges", "", "Resources.LogsPolicy.Properties.PolicyDocument.Statement.1.Principal.Service",
        "logging.s3.amazonaws.com", "  logs: s3.bucket\nedges:\n  - photos -> logs: log_to\n"),
    row("public access block", "", P + "PublicAccessBlockConfiguration", BLOCKED),
    row("public access block", ", public: true", P + "PublicAccessBlockConfiguration", OPEN),
    row("TLS only", "", "Resources.PhotosPolicy.Properties.PolicyDocument.Statement.0.Condition",
        {"Bool": {"aws:SecureTransport": "false"}}),
    row("encryption SSE-S3 or KMS", "", SSE + "ServerSideEncryptionByDefault", {"SSEAlgorithm": "AES256"}),
    row("encryption SSE-S3 or KMS", ", key: cmk", SSE + "ServerSideEncryptionByDefault",
        {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": {"Fn::GetAtt": ["Cmk", "Arn"]}}, "  cmk: kms.key\n"),
    row("encryption SSE-S3 or KMS", ", key: cmk", SSE + "BucketKeyEnabled", True, "  cmk: kms.key\n"),
    row("access logging", ", access_logs: true", P + "LoggingConfiguration",
        {"DestinationBucketName": {"Ref": "PhotosLogs"}, "LogFilePrefix": "photos/"}),
    row("access logging", "", P + "LoggingConfiguration.DestinationBucketName", {"Ref": "PhotosLogs"},
        "security: strict\n"),
    row("object lock", ", object_lock: {mode: COMPLIANCE, years: 7}", P + "ObjectLockConfiguration", LOCK),
    row("object lock", ", object_lock: true", P + "ObjectLockEnabled", True),
    row("CORS", ", cors: {origins: ['https://example.com'], methods: [PUT], max_age: 60}",
        P + "CorsConfiguration.CorsRules.0",
        {"AllowedOrigins": ["https://example.com"], "AllowedMethods": ["PUT"], "MaxAge": 60}),
    row("abort of incomplete multipart uploads", "", RULE + "AbortIncompleteMultipartUpload",
        {"DaysAfterInitiation": 7}),
    row("abort of incomplete multipart uploads", ", abort_uploads: 2",
        RULE + "AbortIncompleteMultipartUpload", {"DaysAfterInitiation": 2}),
    row("static website", ", website: {}, domain: www.example.com", P + "BucketName", "www.example.com"),
    row("name", ", bucket_name: www.example.com", P + "BucketName", "www.example.com"),
    row("ownership", ", ownership: preferred", P + "OwnershipControls.Rules.0.ObjectOwnership", "BucketOwnerPreferred"),
    row("events on the default bus", ", eventbridge: true",
        P + "NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled", True),
    row("request metrics", ", request_metrics: true", P + "MetricsConfigurations", [{"Id": "EntireBucket"}]),
]  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS, ids=lambda row: f"{row.option[:30]}:{row.path.rsplit('.', 1)[-1]}")
def test_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    assert holds(option, tmp_path)


ABSENT = [
    (", versioning: false", "VersioningConfiguration"),
    (", abort_uploads: null", "LifecycleConfiguration"),
    (", log_bucket: true, access_logs: true", "LoggingConfiguration"),
]


@pytest.mark.parametrize(("properties", "name"), ABSENT)
def test_option_that_leaves_out(properties: str, name: str, tmp_path: Path) -> None:
    found = resources(f"nodes:\n  photos: {{kind: s3.bucket{properties}}}\n", tmp_path)
    assert name not in found["Photos"]["Properties"]


def test_website_is_open_to_plain_http(tmp_path: Path) -> None:
    found = resources("nodes:\n  photos: {kind: s3.bucket, website: index.html, public: true}\n", tmp_path)
    (statement,) = found["PhotosPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Allow", "*", "s3:GetObject")


def resources(text: str, folder: Path) -> dict[str, Any]:
    (template,) = synthesized(text, folder).values()
    found: dict[str, Any] = template["Resources"]
    return found


def findings(text: str, folder: Path) -> list[tuple[str, str]]:
    (folder / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    report = archkit.load(folder / "blueprint.yaml", text=f"name: test\n{text}").check()
    return [(found.code, found.message) for found in report]


REFUSED = [
    (", mfa_delete: true", "not-in-a-template", "MFA delete cannot be set in a template"),
    (", versioning: false, object_lock: true", "bad-value", "the bucket keeps none"),
    (", object_lock: {days: 1, years: 1}", "bad-value", "in days or in years"),
    (", website: index.html, tls: true", "bad-value", "plain HTTP only"),
    (", bucket_name: a.example.com, acceleration: true", "bad-value", "no bucket with a dot"),
    (", log_bucket: true, object_lock: true", "bad-value", "locks its objects"),
    (", domain: a.example.com", "bad-value", "only a website"),
    (", website: index.html, domain: a.example.com, bucket_name: other", "bad-value", "in a bucket of that name"),
    (", lifecycle: {prefix: x/}", "bad-lifecycle", "needs 'transitions'"),
    (", lifecycle: {transitions: {STANDARD_IA: 29}}", "bad-lifecycle", "after 30 days at the earliest, not 29"),
    (", lifecycle: {noncurrent_transitions: {ONEZONE_IA: 1}}", "bad-lifecycle", "after 30 days at the earliest, not 1"),
    (", lifecycle: {transitions: {STANDARD_IA: 30, GLACIER: 59}}", "bad-lifecycle", "to GLACIER after 60, not 59"),
    (", lifecycle: {transitions: {GLACIER: 30, DEEP_ARCHIVE: 90}}", "bad-lifecycle", "after 120, not 90"),
    (", lifecycle: {transitions: {GLACIER: 30, STANDARD_IA: 200}}", "bad-lifecycle", "no object moves from"),
    (", lifecycle: {transitions: {ONEZONE_IA: 30, GLACIER_IR: 90}}", "bad-lifecycle", "no object moves from"),
    (", lifecycle: {transitions: {GLACIER: 90}, expiration: 90}", "bad-lifecycle", "deleted after 90 days, before"),
    (", versioning: false, lifecycle: {noncurrent_expiration: 3}", "bad-lifecycle", "no replaced ones"),
    (", lifecycle: {expiration: 9, noncurrent_versions: 3}", "bad-lifecycle", "'noncurrent_versions' needs"),
    (", lifecycle: {expiration: 9, expired_delete_markers: true}", "bad-lifecycle", "goes with no expiration"),
    (", lifecycle: {transitions: {GLACEIR: 90}}", "bad-value", "GLACEIR"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("properties", "code", "message"), REFUSED, ids=[f"{row[2]} {n}" for n, row in enumerate(REFUSED)]
)
def test_refused(properties: str, code: str, message: str, tmp_path: Path) -> None:
    found = findings(f"nodes:\n  photos: {{kind: s3.bucket{properties}}}\n", tmp_path)
    assert [code for code, _ in found] == [code]
    assert message in found[0][1]


def test_early_deletion_is_told(tmp_path: Path) -> None:
    text = "name: test\nnodes:\n  photos: {kind: s3.bucket, lifecycle: {transitions: {GLACIER: 1}, expiration: 30}}\n"
    compiled = archkit.load(tmp_path / "blueprint.yaml", text=text)
    compiled.synth()
    notes = [(found.severity, found.code) for found in compiled.report]
    assert notes == [("note", "early-charge"), ("note", "versions-stay")]


@pytest.mark.parametrize("more", ["noncurrent_expiration: 9}", "prefix: a}, versioning: false"])
def test_what_expires_for_good_is_not_told(more: str, tmp_path: Path) -> None:
    text = f"name: test\nnodes:\n  photos: {{kind: s3.bucket, lifecycle: {{expiration: 30, {more}}}\n"
    compiled = archkit.load(tmp_path / "blueprint.yaml", text=text)
    compiled.synth()
    assert not list(compiled.report)


def test_everything_at_once_is_lint_clean(tmp_path: Path) -> None:
    (tmp_path / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    text = f"""
name: test
region: eu-west-1
nodes:
{FUNCTION}
  photos:
    kind: s3.bucket
    key: cmk
    acceleration: true
    access_logs: true
    request_metrics: true
    object_lock: {{mode: COMPLIANCE, days: 3}}
    cors: {{origins: ["https://example.com"], methods: [GET, PUT], headers: ["*"], expose: [ETag], max_age: 60}}
    lifecycle:
      - {{prefix: logs/, transitions: {{STANDARD_IA: 30, GLACIER: 60, DEEP_ARCHIVE: 150}}, expiration: 400}}
      - {{tags: {{kind: raw}}, larger: 10, smaller: 1000, noncurrent_expiration: 9, noncurrent_versions: 3}}
      - {{noncurrent_transitions: {{ONEZONE_IA: 30}}, expired_delete_markers: true, enabled: false}}
  site:
    {{kind: s3.bucket, website: {{error: lost.html}}, public: true, ownership: preferred, bucket_name: www.example.com}}
  cmk: kms.key
  jobs: {{kind: sqs.queue, key: cmk}}
  news: {{kind: sns.topic, key: cmk}}
  far:
    kind: region
    code: us-east-1
    nodes: {{far-key: kms.key, copy: {{kind: s3.bucket, key: far-key, object_lock: true}}}}
edges:
  - photos -> jobs: {{suffix: .jpg}}
  - photos -> news: removed, restored, tagged
  - photos -> work: {{suffix: .png}}
  - work -> photos: read, write, delete, list
  - photos -> copy: {{does: replicate, within_15_minutes: true, delete_markers: true, storage: STANDARD_IA}}
  - site -> copy: replicate
"""
    archkit.load(tmp_path / "blueprint.yaml", text=text).synth()


def test_strict_watches_who_reads_logs(tmp_path: Path) -> None:
    """One bucket takes the access logs of the other log buckets; its own would make a line for each line."""
    text = ("region: us-east-1\nsecurity: strict\nnodes:\n  media: s3.bucket\n  docs: s3.bucket\n"
            "  lines: {kind: s3.bucket, log_bucket: true}\n")  # fmt: skip
    found = resources(text, tmp_path)
    kept = {id: one["Properties"].get("LoggingConfiguration", {}).get("DestinationBucketName")
            for id, one in found.items() if one["Type"] == "AWS::S3::Bucket"}  # fmt: skip
    assert kept == {"Media": {"Ref": "MediaLogs"}, "Docs": {"Ref": "DocsLogs"}, "Lines": {"Ref": "DocsLogs"},
                    "MediaLogs": {"Ref": "DocsLogs"}, "DocsLogs": None}  # fmt: skip
