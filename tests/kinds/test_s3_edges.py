"""S3 buckets at either end of an edge: rights, notifications and whom they are permitted for, replicas, logs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import archkit
from tests.kinds.test_s3 import FUNCTION, findings, resources
from tests.options import at, synthesized


def arn(id: str, tail: str = "", blueprint: str = "test") -> dict[str, Any]:
    """The ARN of a bucket, built from names and the stack's own id: it refers to no resource."""
    return {"Fn::Sub": [f"arn:${{AWS::Partition}}:s3:::{blueprint}-{id}-${{Stack}}{tail}", STACK]}


STACK = {
    "Stack": {
        "Fn::Select": [0, {"Fn::Split": ["-", {"Fn::Select": [2, {"Fn::Split": ["/", {"Ref": "AWS::StackId"}]}]}]}]
    }
}
OWN = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def granted(found: dict[str, Any], policy: str = "WorkRolePolicy") -> list[tuple[Any, Any]]:
    return [(s["Action"], s["Resource"]) for s in found[policy]["Properties"]["PolicyDocument"]["Statement"]
            if "logs:PutLogEvents" not in s["Action"]]  # fmt: skip


@pytest.mark.parametrize(("word", "action", "tail", "key"), [
    ("read", "s3:GetObject", "/*", "kms:Decrypt"),
    ("write", "s3:PutObject", "/*", ["kms:GenerateDataKey", "kms:Decrypt"]),
    ("delete", "s3:DeleteObject", "/*", None),
    ("list", "s3:ListBucket", "", None),
])  # fmt: skip
def test_function_to_bucket(word: str, action: str, tail: str, key: Any, tmp_path: Path) -> None:
    found = resources(
        f"nodes:\n{FUNCTION}  cmk: kms.key\n  photos: {{kind: s3.bucket, key: cmk}}\n"
        f"edges:\n  - work -> photos: {word}\n",
        tmp_path,
    )
    expected: list[tuple[Any, Any]] = [(action, arn("photos", tail))]
    assert granted(found) == expected + ([(key, {"Fn::GetAtt": ["Cmk", "Arn"]})] if key else [])
    name = {"Fn::Sub": ["test-photos-${Stack}", STACK]}
    assert found["Work"]["Properties"]["Environment"]["Variables"] == {"PHOTOS": name}
    assert found["Photos"]["Properties"]["BucketName"] == name


def test_bucket_to_function(tmp_path: Path) -> None:
    """The function may read the bucket that triggers it: the bucket is named beforehand, so that is no cycle."""
    found = resources(
        f"nodes:\n{FUNCTION}  photos: s3.bucket\nedges:\n  - photos -> work: {{prefix: in/, suffix: .jpg}}\n"
        "  - work -> photos: read, write\n",
        tmp_path,
    )
    (permission,) = (id for id, r in found.items() if r["Type"] == "AWS::Lambda::Permission")
    assert found[permission]["Properties"] == {
        "FunctionName": {"Ref": "Work"}, "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com",
        "SourceArn": arn("photos"), "SourceAccount": {"Ref": "AWS::AccountId"},
    }  # fmt: skip
    assert permission in found["Photos"]["DependsOn"]
    rules = [{"Name": "prefix", "Value": "in/"}, {"Name": "suffix", "Value": ".jpg"}]
    (entry,) = found["Photos"]["Properties"]["NotificationConfiguration"]["LambdaConfigurations"]
    assert (entry["Event"], entry["Function"]) == ("s3:ObjectCreated:*", {"Fn::GetAtt": ["Work", "Arn"]})
    assert entry["Filter"] == {"S3Key": {"Rules": rules}}


def test_a_rule_makes_the_bucket_announce(tmp_path: Path) -> None:
    found = resources(
        "nodes:\n  photos: s3.bucket\n  made: events.rule\n  jobs: sqs.queue\n"
        "edges:\n  - photos -> made: {events: [Object Created]}\n  - made -> jobs\n",
        tmp_path,
    )
    assert found["Photos"]["Properties"]["NotificationConfiguration"] == {
        "EventBridgeConfiguration": {"EventBridgeEnabled": True}
    }
    pattern = found["Made"]["Properties"]["EventPattern"]
    assert (pattern["source"], pattern["detail-type"]) == (["aws.s3"], ["Object Created"])
    assert pattern["detail"] == {"bucket": {"name": [{"Fn::Sub": ["test-photos-${Stack}", STACK]}]}}


@pytest.mark.parametrize(("kind", "listed", "named", "action", "target"), [
    ("sqs.queue", "QueueConfigurations", "Queue", "sqs:SendMessage", {"Fn::GetAtt": ["Other", "Arn"]}),
    ("sns.topic", "TopicConfigurations", "Topic", "sns:Publish", {"Ref": "Other"}),
])  # fmt: skip
def test_bucket_to_queue_and_topic(
    kind: str, listed: str, named: str, action: str, target: Any, tmp_path: Path
) -> None:
    found = resources(
        f"nodes:\n  cmk: kms.key\n  photos: s3.bucket\n  other: {{kind: {kind}, key: cmk}}\n"
        "edges:\n  - photos -> other: created, removed\n",
        tmp_path,
    )
    entries = found["Photos"]["Properties"]["NotificationConfiguration"][listed]
    assert entries == [{"Event": event, named: target} for event in ("s3:ObjectCreated:*", "s3:ObjectRemoved:*")]
    assert found["Photos"]["DependsOn"] == ["OtherPolicy"]
    (statement,) = (
        s for s in found["OtherPolicy"]["Properties"]["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"
    )
    assert statement == {
        "Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": action, "Resource": target,
        "Condition": {"ArnLike": {"aws:SourceArn": arn("photos")}, **OWN},
    }  # fmt: skip
    (key,) = (s for s in found["Cmk"]["Properties"]["KeyPolicy"]["Statement"] if "Service" in s["Principal"])
    assert (key["Principal"], key["Action"], key["Condition"]) == (
        {"Service": "s3.amazonaws.com"}, ["kms:Decrypt", "kms:GenerateDataKey"], OWN)  # fmt: skip


WEBSITE = """nodes:
  dns: {kind: route53.zone, existing: {id: Z0123456789ABCDEFGHIJ, domain: example.com}}
  site: {kind: s3.bucket, website: index.html, domain: www.example.com, public: true}
edges:
  - dns -> site
"""


@pytest.mark.parametrize(("region", "address", "zone"), [
    ("eu-central-1", "s3-website.eu-central-1.amazonaws.com", "Z21DNDUVLTQW6Q"),
    ("us-east-1", "s3-website-us-east-1.amazonaws.com", "Z3AQBSTGFYJSTF"),
])  # fmt: skip
def test_zone_to_website(region: str, address: str, zone: str, tmp_path: Path) -> None:
    found = resources(f"region: {region}\n{WEBSITE}", tmp_path)
    assert found["Site"]["Properties"]["BucketName"] == "www.example.com"
    (record,) = (r["Properties"] for r in found.values() if r["Type"] == "AWS::Route53::RecordSet")
    assert (record["Name"], record["Type"]) == ("www.example.com", "A")
    assert (record["AliasTarget"]["DNSName"], record["AliasTarget"]["HostedZoneId"]) == (address, zone)


def test_zone_to_website_of_an_unknown_region(tmp_path: Path) -> None:
    assert [code for code, _ in findings(WEBSITE, tmp_path)] == ["no-region"]


def test_replication_between_regions(tmp_path: Path) -> None:
    templates = synthesized(
        "region: eu-west-1\nnodes:\n  cmk: kms.key\n  photos: {kind: s3.bucket, key: cmk}\n"
        "  far: {kind: region, code: us-east-1, nodes: {far-key: kms.key, copy: {kind: s3.bucket, key: far-key}}}\n"
        "edges:\n  - photos -> copy: {does: replicate, prefix: in/, storage: GLACIER, within_15_minutes: true}\n",
        tmp_path,
    )
    assert list(templates) == ["test-us-east-1", "test"]
    assert templates["test-us-east-1"]["Outputs"]["CopyArn"]["Value"] == arn("copy")
    found = templates["test"]["Resources"]
    configuration = found["Photos"]["Properties"]["ReplicationConfiguration"]
    minutes = {"Minutes": 15}
    assert configuration["Role"] == {"Fn::GetAtt": ["PhotosRole", "Arn"]}
    assert configuration["Rules"] == [{
        "Id": "photos--copy-in-", "Status": "Enabled", "Priority": 1, "Filter": {"Prefix": "in/"},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Enabled"}},
        "Destination": {"Bucket": {"Ref": "CopyArn"}, "StorageClass": "GLACIER",
                        "ReplicationTime": {"Status": "Enabled", "Time": minutes},
                        "Metrics": {"Status": "Enabled", "EventThreshold": minutes},
                        "EncryptionConfiguration": {"ReplicaKmsKeyID": {"Ref": "FarKeyArn"}}},
    }]  # fmt: skip
    assert granted(found, "PhotosRolePolicy") == [
        (["s3:GetReplicationConfiguration", "s3:ListBucket"], arn("photos")),
        (
            ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"],
            arn("photos", "/*"),
        ),
        (["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"], {"Fn::Sub": "${CopyArn}/*"}),
        ("kms:Decrypt", {"Fn::GetAtt": ["Cmk", "Arn"]}),
        (["kms:Encrypt", "kms:Decrypt"], {"Ref": "FarKeyArn"}),
    ]


def test_replication_of_objects_that_s3_encrypts_itself(tmp_path: Path) -> None:
    """S3 refuses a key for the copies without the criteria, and the criteria without the key."""
    made = (
        "nodes:\n  cmk: kms.key\n  photos: s3.bucket\n  copy: {kind: s3.bucket%s}\nedges: [photos -> copy: replicate]\n"
    )
    (with_key,) = resources(made % ", key: cmk, bucket_key: false", tmp_path)["Photos"]["Properties"][
        "ReplicationConfiguration"
    ]["Rules"]
    assert with_key["SourceSelectionCriteria"] == {"SseKmsEncryptedObjects": {"Status": "Enabled"}}
    assert with_key["Destination"]["EncryptionConfiguration"] == {"ReplicaKmsKeyID": {"Fn::GetAtt": ["Cmk", "Arn"]}}
    found = resources(made % "", tmp_path)
    (without,) = found["Photos"]["Properties"]["ReplicationConfiguration"]["Rules"]
    assert not {"SourceSelectionCriteria", "EncryptionConfiguration"} & {*without, *without["Destination"]}


def test_log_bucket_keeps_the_keys_of_s3(tmp_path: Path) -> None:
    found = resources("security: strict\nnodes:\n  photos: s3.bucket\n", tmp_path)
    algorithm = (
        "Properties.BucketEncryption.ServerSideEncryptionConfiguration.0.ServerSideEncryptionByDefault.SSEAlgorithm"
    )
    assert at(found, f"Photos.{algorithm}") == "aws:kms"
    expiring = found["PhotosLogs"]["Properties"]["LifecycleConfiguration"]["Rules"][0]
    assert (expiring["ExpirationInDays"], expiring["NoncurrentVersionExpiration"]) == (365, {"NoncurrentDays": 1})
    assert at(found, f"PhotosLogs.{algorithm}") == "AES256"
    (statement,) = (
        s for s in found["PhotosLogsPolicy"]["Properties"]["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"
    )
    assert statement == {
        "Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject",
        "Resource": arn("photos-logs", "/*"), "Condition": {"ArnLike": {"aws:SourceArn": arn("photos")}, **OWN},
    }  # fmt: skip


def test_log_bucket_of_ones_own_replaces_the_made_one(tmp_path: Path) -> None:
    found = resources(
        "security: strict\nnodes:\n  photos: s3.bucket\n  logs: {kind: s3.bucket, log_bucket: true}\n"
        "edges:\n  - photos -> logs: {does: log_to, prefix: p/, partitioned: EventTime}\n",
        tmp_path,
    )
    assert "PhotosLogs" not in found
    assert found["Photos"]["Properties"]["LoggingConfiguration"] == {
        "DestinationBucketName": {"Ref": "Logs"}, "LogFilePrefix": "p/",
        "TargetObjectKeyFormat": {"PartitionedPrefix": {"PartitionDateSource": "EventTime"}},
    }  # fmt: skip


def test_existing_bucket_is_granted_by_its_name(tmp_path: Path) -> None:
    found = resources(
        f"nodes:\n{FUNCTION}  old: {{kind: s3.bucket, existing: old}}\nedges:\n  - work -> old: read\n", tmp_path
    )
    assert granted(found) == [("s3:GetObject", {"Fn::Sub": "arn:${AWS::Partition}:s3:::old/*"})]
    assert found["Work"]["Properties"]["Environment"]["Variables"] == {"OLD": "old"}


def test_thumbnails_need_six_rights(tmp_path: Path) -> None:
    found = resources(
        f"nodes:\n  photos: s3.bucket\n  jobs: sqs.queue\n{FUNCTION}  made: {{kind: dynamodb.table, key: photo}}\n"
        "edges:\n  - photos -> jobs -> work\n  - work -> made: write\n",
        tmp_path,
    )
    assert granted(found) == [
        (["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], {"Fn::GetAtt": ["Jobs", "Arn"]}),
        (["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"], {"Fn::GetAtt": ["Made", "Arn"]}),
    ]


NODES = f"""nodes:
{FUNCTION}  photos: s3.bucket
  plain: {{kind: s3.bucket, versioning: false}}
  locked: {{kind: s3.bucket, object_lock: true}}
  secret: {{kind: s3.bucket, key: cmk}}
  cmk: kms.key
  jobs: sqs.queue
  more: sqs.queue
  line: {{kind: sqs.queue, fifo: true}}
  row: {{kind: sns.topic, fifo: true}}
  far: {{kind: region, code: us-west-2, nodes: {{away: sqs.queue, copy: s3.bucket}}}}
  old: {{kind: s3.bucket, existing: old}}
edges:
"""
UNJOINED = [
    ("photos -> line", "cannot-join", "it is FIFO"),
    ("photos -> row", "cannot-join", "it is FIFO"),
    ("photos -> away", "cannot-join", "its own account and Region"),
    ("photos -> jobs: {events: [made]}", "bad-value", "no event 'made'"),
    ("photos -> jobs: {events: [created, 's3:ObjectCreated:Put']}", "overlapping-filters", "is told twice"),
    ("photos -> jobs, more", "overlapping-filters", "the same objects as 'photos -> jobs'"),
    ("photos -> work\n  - work -> photos: write", "endless-loop", "'work' writes to 'photos'"),
    ("photos -> jobs -> work\n  - work -> photos: write", "endless-loop", "'work' writes to 'photos'"),
    ("photos -> plain: replicate", "cannot-join", "'plain' keeps none"),
    ("plain -> photos: replicate", "cannot-join", "'plain' keeps none"),
    ("photos -> photos: replicate", "cannot-join", "into itself"),
    ("photos -> secret: replicate\n  - secret -> photos: replicate", "cannot-join", "into one another"),
    ("secret -> photos: replicate", "needs-key", "'photos' has none"),
    ("locked -> photos: replicate", "cannot-join", "locked too"),
    ("photos -> secret: log_to", "cannot-join", "a key of its own"),
    ("photos -> locked: log_to", "cannot-join", "locks its objects"),
    ("photos -> copy: log_to", "cannot-join", "same account and Region"),
    ("work -> photos", "say-what", "'read', 'write', 'delete' or 'list'"),
    ("photos -> plain", "say-what", "replicate"),
]  # fmt: skip


@pytest.mark.parametrize(("edge", "code", "message"), UNJOINED, ids=[f"{row[2]} {n}" for n, row in enumerate(UNJOINED)])
def test_cannot_be_joined(edge: str, code: str, message: str, tmp_path: Path) -> None:
    found = findings(f"{NODES}  - {edge}\n", tmp_path)
    assert {code for code, _ in found} == {code}
    assert message in found[0][1]


JOINED = [
    "photos -> jobs: {prefix: a/}\n  - photos -> more: {prefix: b/}",
    "photos -> jobs: {suffix: .jpg}\n  - photos -> more: {suffix: .png}",
    "photos -> jobs: {prefix: a/, suffix: .jpg}\n  - photos -> more: {prefix: a/b, suffix: .png}",
    "photos -> jobs: created\n  - photos -> more: removed",
    "photos -> jobs: {events: ['s3:ObjectCreated:Put']}\n  - photos -> more: {events: ['s3:ObjectCreated:Copy']}",
    "photos -> work: removed\n  - work -> photos: write",
    "photos -> work: {prefix: in/}\n  - work -> photos: write",
    "photos -> old: replicate",
]


@pytest.mark.parametrize("edges", JOINED)
def test_can_be_joined(edges: str, tmp_path: Path) -> None:
    assert findings(f"{NODES}  - {edges}\n", tmp_path) == []


def test_existing_bucket_is_not_changed(tmp_path: Path) -> None:
    (tmp_path / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    with pytest.raises(archkit.ArchkitError) as error:
        synthesized(f"{NODES}  - old -> jobs\n", tmp_path)
    assert [found.code for found in error.value.report] == ["cannot-change"]
