"""Data streams, Firehose, video streams and Flink: every option, what each edge becomes, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import archkit
from tests.options import ANY, Option, holds, synthesized

KINESIS, FIREHOSE = "Amazon Kinesis Data Streams", "Amazon Data Firehose"
FLINK, VIDEO, LOGS = "Amazon Kinesis Data Analytics", "Amazon Kinesis Video Streams", "Amazon CloudWatch Logs"
FUNCTION = "  work: {kind: lambda.function, runtime: python3.13, code: handler.py}\n"
READ = ["kinesis:DescribeStream", "kinesis:DescribeStreamSummary", "kinesis:GetRecords", "kinesis:GetShardIterator",
        "kinesis:ListShards"]  # fmt: skip
PUT = ["firehose:PutRecord", "firehose:PutRecordBatch"]
FILES = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"]
UPLOADS = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"]
SEARCH = "  search: {kind: 'AWS::OpenSearchService::Domain', grants: [es:ESHttpPut]}\n"
CLUSTER = ("  store: {kind: 'AWS::Redshift::Cluster', properties: {ClusterType: single-node, DBName: dev, "
           "MasterUsername: admin, NodeType: ra3.large, ManageMasterPassword: true}}\n"
           "  login: secretsmanager.secret\n")  # fmt: skip


def stream(option: str, properties: str, path: str, expected: Any = ANY) -> Option:
    text = f"nodes:\n  cmk: kms.key\n  clicks: {{kind: kinesis.stream{properties}}}\n"
    return Option(KINESIS, option, text, f"Resources.Clicks.Properties.{path}", expected)


def consumer(options: str, path: str, expected: Any = ANY) -> Option:
    text = (
        f"nodes:\n{FUNCTION}  failed: sqs.queue\n  clicks: kinesis.stream\nedges:\n  - clicks -> work: {{{options}}}\n"
    )
    return Option(KINESIS, "consumers with batch size/parallelisation/bisect on error", text,
                  f"Resources.ClicksWorkMapping.Properties.{path}", expected)  # fmt: skip


def hose(option: str, properties: str, edges: str, path: str, expected: Any = ANY, more: str = "") -> Option:
    text = (
        f"nodes:\n{FUNCTION}  files: s3.bucket\n  hose: {{kind: firehose.stream{properties}}}\n{more}edges: [{edges}]\n"
    )
    return Option(FIREHOSE, option, text, f"Resources.Hose.Properties.{path}", expected)


def flink(option: str, properties: str, edges: str, path: str, expected: Any = ANY) -> Option:
    text = (f"nodes:\n  files: s3.bucket\n  taken: kinesis.stream\n  made: kinesis.stream\n"
            f"  app: {{kind: kinesisanalytics.application, code: app.jar, bucket: files{properties}}}\n"
            f"edges: [{edges}]\n")  # fmt: skip
    return Option(FLINK, option, text, path, expected)


DESTINATIONS = "destination S3/Redshift/OpenSearch/HTTP"
S3, OPTIONS_OF_FLINK = "ExtendedS3DestinationConfiguration.", "Resources.App.Properties.ApplicationConfiguration."
CONVERT = ", convert: {database: web, table: clicks, to: %s}"
OPTIONS = [
    stream("provisioned shards or on-demand", "", "StreamModeDetails.StreamMode", "ON_DEMAND"),
    stream("provisioned shards or on-demand", ", shards: 3", "StreamModeDetails.StreamMode", "PROVISIONED"),
    stream("provisioned shards or on-demand", ", shards: 3", "ShardCount", 3),
    stream("retention", ", retention: 48", "RetentionPeriodHours", 48),
    stream("encryption", "", "StreamEncryption", {"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}),
    stream("encryption", ", key: cmk", "StreamEncryption.KeyId", {"Fn::GetAtt": ["Cmk", "Arn"]}),
    consumer("batch: 10", "BatchSize", 10),
    consumer("parallelization: 4", "ParallelizationFactor", 4),
    consumer("", "BisectBatchOnFunctionError", True),
    consumer("bisect: false", "BisectBatchOnFunctionError", False),
    consumer("on_failure: failed", "DestinationConfig.OnFailure.Destination", {"Fn::GetAtt": ["Failed", "Arn"]}),
    consumer("on_failure: failed", "MaximumRetryAttempts", 3),
    consumer("start: AT_TIMESTAMP, since: 1767225600", "StartingPositionTimestamp", 1767225600),
    consumer("consumer: live", "EventSourceArn", {"Fn::GetAtt": ["ClicksLiveConsumer", "ConsumerARN"]}),
    hose(DESTINATIONS, "", "hose -> files", S3 + "BucketARN"),
    hose(DESTINATIONS, "", "{hose -> search: {index: clicks}}, {hose -> files: on_failure}",
         "AmazonopensearchserviceDestinationConfiguration.IndexName", "clicks", SEARCH),
    hose(DESTINATIONS, "", "{hose -> search: {index: clicks}}, {hose -> files: backup}",
         "AmazonopensearchserviceDestinationConfiguration.S3BackupMode", "AllDocuments", SEARCH),
    hose(DESTINATIONS, "", "hose -> files, {hose -> store: {table: clicks, secret: login}}",
         "RedshiftDestinationConfiguration.ClusterJDBCURL",
         {"Fn::Sub": "jdbc:redshift://${Store.Endpoint.Address}:${Store.Endpoint.Port}/dev"}, CLUSTER),
    hose(DESTINATIONS, "", "{hose -> out: {url: 'https://in.example.com'}}, {hose -> files: on_failure}",
         "HttpEndpointDestinationConfiguration.EndpointConfiguration.Url", "https://in.example.com", "  out: saas\n"),
    hose("source direct put or Kinesis stream", "", "hose -> files", "DeliveryStreamType", "DirectPut"),
    hose("source direct put or Kinesis stream", "", "clicks -> hose -> files", "DeliveryStreamType",
         "KinesisStreamAsSource", "  clicks: kinesis.stream\n"),
    hose("Lambda transformation", "", "hose -> files, {hose -> work: transform}",
         S3 + "ProcessingConfiguration.Processors.0.Parameters.0.ParameterValue", {"Fn::GetAtt": ["Work", "Arn"]}),
    hose("Lambda transformation", "", "hose -> files, {hose -> work: {seconds: 30, size: 2.5}}",
         S3 + "ProcessingConfiguration.Processors.0.Parameters.1",
         {"ParameterName": "BufferSizeInMBs", "ParameterValue": "2.5"}),
    hose("buffering", ", seconds: 60, size: 10", "hose -> files", S3 + "BufferingHints",
         {"IntervalInSeconds": 60, "SizeInMBs": 10}),
    *(hose("compression", f", compression: {word}", "hose -> files", S3 + "CompressionFormat", name)
      for word, name in (("gzip", "GZIP"), ("zip", "ZIP"), ("snappy", "Snappy"), ("hadoop_snappy", "HADOOP_SNAPPY"))),
    hose("format conversion", CONVERT % "parquet", "hose -> files",
         S3 + "DataFormatConversionConfiguration.OutputFormatConfiguration.Serializer.ParquetSerDe.Compression",
         "SNAPPY"),
    hose("format conversion", CONVERT % "orc", "hose -> files",
         S3 + "DataFormatConversionConfiguration.SchemaConfiguration.TableName", "clicks"),
    hose("format conversion", CONVERT % "orc", "hose -> files", S3 + "BufferingHints.SizeInMBs", 128),
    hose("prefixes", "", "{hose -> files: {prefix: 'day=!{timestamp:dd}/'}}", S3 + "ErrorOutputPrefix",
         "errors/!{firehose:error-output-type}/"),
    hose("prefixes", "", "{hose -> files: {error_prefix: bad/}}", S3 + "ErrorOutputPrefix", "bad/"),
    hose("dynamic partitioning", "", "{hose -> files: {partition: {who: .customer}, newline: true}}", S3 + "Prefix",
         "who=!{partitionKeyFromQuery:who}/"),
    hose("backup", "", "hose -> files, {hose -> raw: backup}", S3 + "S3BackupMode", "Enabled", "  raw: s3.bucket\n"),
    hose("unpacking", ", unpack: true", "hose -> files", S3 + "ProcessingConfiguration.Processors.0.Type",
         "Decompression"),
    hose("encryption", "", "hose -> files", "DeliveryStreamEncryptionConfigurationInput.KeyType", "AWS_OWNED_CMK"),
    hose("encryption", ", key: cmk", "hose -> files", "DeliveryStreamEncryptionConfigurationInput.KeyARN",
         {"Fn::GetAtt": ["Cmk", "Arn"]}, "  cmk: kms.key\n"),
    flink("Apache Flink runtime", ", runtime: FLINK-1_19", "", "Resources.App.Properties.RuntimeEnvironment",
          "FLINK-1_19"),
    flink("code in S3", "", "", OPTIONS_OF_FLINK + "ApplicationCodeConfiguration.CodeContent.S3ContentLocation.FileKey",
          "app.jar"),
    flink("input stream", "", "taken -> app",
          OPTIONS_OF_FLINK + "EnvironmentProperties.PropertyGroups.0.PropertyMap.TAKEN_ARN",
          {"Fn::GetAtt": ["Taken", "Arn"]}),
    flink("output stream", "", "app -> made",
          OPTIONS_OF_FLINK + "EnvironmentProperties.PropertyGroups.0.PropertyMap.MADE", {"Ref": "Made"}),
    Option(VIDEO, "retention", "nodes:\n  eye: {kind: kinesisvideo.stream, retention: 72}\n",
           "Resources.Eye.Properties.DataRetentionInHours", 72),
    *(Option(LOGS, "subscription filter to Lambda/Kinesis/Firehose",
             f"nodes:\n{FUNCTION}  lines: logs.group\n  clicks: kinesis.stream\n  files: s3.bucket\n"
             f"  hose: firehose.stream\nedges: [hose -> files, {{lines -> {to}: {{pattern: ERROR}}}}]\n",
             f"Resources.Lines{name}ERRORSubscription.Properties.DestinationArn", {"Fn::GetAtt": [name, "Arn"]})
      for to, name in (("work", "Work"), ("clicks", "Clicks"), ("hose", "Hose"))),
]  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS, ids=lambda row: f"{row.option[:30]}:{row.path.rsplit('.', 1)[-1]}")
def test_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    assert holds(option, tmp_path)


def resources(text: str, folder: Path) -> dict[str, Any]:
    (template,) = synthesized(text, folder).values()
    found: dict[str, Any] = template["Resources"]
    return found


def rights(policy: Any) -> list[tuple[Any, Any]]:
    """Return actions and resources, those of logs left out."""
    return [(s["Action"], s["Resource"]) for s in policy["Properties"]["PolicyDocument"]["Statement"]
            if "logs:PutLogEvents" not in s["Action"]]  # fmt: skip


def arn(name: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [name, "Arn"]}


def test_stream_to_function(tmp_path: Path) -> None:
    text = f"nodes:\n{FUNCTION}  cmk: kms.key\n  clicks: {{kind: kinesis.stream, key: cmk}}\nedges: [clicks -> work]\n"
    found = resources(text, tmp_path)
    assert rights(found["WorkRolePolicy"]) == [(READ, arn("Clicks")), ("kms:Decrypt", arn("Cmk"))]
    assert found["ClicksWorkMapping"]["DependsOn"] == ["WorkRolePolicy"]
    assert found["ClicksWorkMapping"]["Properties"]["StartingPosition"] == "LATEST"


def test_function_to_stream(tmp_path: Path) -> None:
    text = f"nodes:\n{FUNCTION}  cmk: kms.key\n  clicks: {{kind: kinesis.stream, key: cmk}}\nedges: [work -> clicks]\n"
    found = resources(text, tmp_path)
    puts = (["kinesis:PutRecord", "kinesis:PutRecords"], arn("Clicks"))
    assert rights(found["WorkRolePolicy"]) == [puts, ("kms:GenerateDataKey", arn("Cmk"))]
    assert found["Work"]["Properties"]["Environment"]["Variables"] == {"CLICKS": {"Ref": "Clicks"}}


def test_consumer_of_its_own(tmp_path: Path) -> None:
    text = f"nodes:\n{FUNCTION}  clicks: kinesis.stream\nedges: [{{clicks -> work: {{consumer: live}}}}]\n"
    found = resources(text, tmp_path)
    live = {"Fn::GetAtt": ["ClicksLiveConsumer", "ConsumerARN"]}
    assert rights(found["WorkRolePolicy"]) == [(READ, arn("Clicks")), ("kinesis:SubscribeToShard", live)]


def test_stream_through_a_pipe(tmp_path: Path) -> None:
    text = "nodes:\n  clicks: kinesis.stream\n  jobs: sqs.queue\nedges: [{clicks -> jobs: {batch: 5}}]\n"
    found = resources(text, tmp_path)
    pipe = found["ClicksJobsPipe"]["Properties"]
    assert pipe["SourceParameters"]["KinesisStreamParameters"]["BatchSize"] == 5
    assert rights(found["ClicksJobsPipeRolePolicy"]) == [("sqs:SendMessage", arn("Jobs")), (READ, arn("Clicks"))]


@pytest.mark.parametrize("api", ["http", "rest"])
def test_api_to_stream(api: str, tmp_path: Path) -> None:
    text = f"nodes:\n  api: apigateway.{api}\n  clicks: kinesis.stream\nedges: [{{api -> clicks: POST /clicks}}]\n"
    found = resources(text, tmp_path)
    (policy,) = (r for name, r in found.items() if name.startswith("ApiClicks") and name.endswith("RolePolicy"))
    assert rights(policy) == [("kinesis:PutRecord", arn("Clicks"))]


def test_stream_to_firehose_to_bucket_with_a_function_between(tmp_path: Path) -> None:
    found = resources(
        f"nodes:\n{FUNCTION}  cmk: kms.key\n  clicks: {{kind: kinesis.stream, key: cmk}}\n  hose: firehose.stream\n"
        "  files: {kind: s3.bucket, bucket_name: files-of-test, key: cmk}\n"
        "edges: [clicks -> hose -> files, {hose -> work: transform}]\n", tmp_path,
    )  # fmt: skip
    assert rights(found["HoseRolePolicy"]) == [
        (READ, arn("Clicks")), ("kms:Decrypt", arn("Cmk")),
        (FILES, {"Fn::Sub": "arn:${AWS::Partition}:s3:::files-of-test/*"}),
        (["kms:Decrypt", "kms:GenerateDataKey"], arn("Cmk")),
        (UPLOADS, {"Fn::Sub": "arn:${AWS::Partition}:s3:::files-of-test"}),
        ("lambda:InvokeFunction", arn("Work")),
    ]  # fmt: skip
    made = found["Hose"]
    assert made["DependsOn"] == ["HoseLogStream", "HoseRolePolicy"]
    assert made["Properties"]["KinesisStreamSourceConfiguration"]["KinesisStreamARN"] == arn("Clicks")
    assert "DeliveryStreamEncryptionConfigurationInput" not in made["Properties"]


@pytest.mark.parametrize(("source", "edge", "role", "more"), [
    ("work", "work -> hose", "WorkRole", []),
    ("topic", "topic -> hose", "TopicRole", ["firehose:DescribeDeliveryStream", "firehose:ListTagsForDeliveryStream"]),
    ("bus", "{bus -> hose: {pattern: {source: [shop]}}}", "BusHoseRuleRole", []),
    ("lines", "lines -> hose", "LinesRole", []),
    ("app", "app -> hose", "AppRole", []),
])  # fmt: skip
def test_who_writes_to_firehose(source: str, edge: str, role: str, more: list[str], tmp_path: Path) -> None:
    kinds = {
        "topic": "  topic: sns.topic\n", "bus": "  bus: events.bus\n", "lines": "  lines: logs.group\n",
        "work": FUNCTION,
        "app": "  app: {kind: kinesisanalytics.application, code: app.jar, bucket: files}\n",
    }  # fmt: skip
    text = f"nodes:\n  files: s3.bucket\n  hose: firehose.stream\n{kinds[source]}edges: [hose -> files, {edge}]\n"
    found = resources(text, tmp_path)
    assert ([*PUT, *more], arn("Hose")) in rights(found[f"{role}Policy"])


def test_topic_waits_for_its_rights(tmp_path: Path) -> None:
    text = "nodes:\n  topic: sns.topic\n  files: s3.bucket\n  hose: firehose.stream\nedges: [topic -> hose -> files]\n"
    subscription = resources(text, tmp_path)["TopicHoseSubscription"]
    assert subscription["DependsOn"] == ["TopicRolePolicy"]
    assert subscription["Properties"]["Protocol"] == "firehose"
    assert subscription["Properties"]["SubscriptionRoleArn"] == arn("TopicRole")


def test_firehose_to_search(tmp_path: Path) -> None:
    edges = "edges: [{hose -> search: {index: clicks}}, {hose -> files: on_failure}]\n"
    found = resources(f"nodes:\n  files: s3.bucket\n  hose: firehose.stream\n{SEARCH}{edges}", tmp_path)
    (write, read, *_) = rights(found["HoseRolePolicy"])
    describe = ["es:DescribeDomain", "es:DescribeDomainConfig", "es:DescribeDomains", "es:ESHttpPost", "es:ESHttpPut"]
    assert write == (describe, [arn("Search"), {"Fn::Sub": "${Search.Arn}/*"}])
    assert read[0] == "es:ESHttpGet"
    assert {"Fn::Sub": "${Search.Arn}/clicks*/_stats"} in read[1]
    made = found["Hose"]["Properties"]["AmazonopensearchserviceDestinationConfiguration"]
    assert made["S3BackupMode"] == "FailedDocumentsOnly"


def test_converted_by_the_schema_of_a_table(tmp_path: Path) -> None:
    text = ("nodes:\n  files: s3.bucket\n  hose: {kind: firehose.stream, convert: {database: web, table: clicks}}\n"
            "edges: [hose -> files]\n")  # fmt: skip
    stem = "arn:${AWS::Partition}:glue:${AWS::Region}:${AWS::AccountId}:"
    on = [{"Fn::Sub": stem + rest} for rest in ("catalog", "database/web", "table/web/clicks")]
    glue = (["glue:GetTable", "glue:GetTableVersion", "glue:GetTableVersions"], on)
    assert glue in rights(resources(text, tmp_path)["HoseRolePolicy"])


def test_log_group_to_function(tmp_path: Path) -> None:
    text = f"nodes:\n{FUNCTION}  lines: logs.group\nedges: [lines -> work]\n"
    found = resources(text, tmp_path)
    (permission,) = (name for name, r in found.items() if r["Type"] == "AWS::Lambda::Permission")
    given = found[permission]["Properties"]
    assert (given["Principal"], given["SourceArn"]) == ("logs.amazonaws.com", arn("Lines"))
    assert given["SourceAccount"] == {"Ref": "AWS::AccountId"}
    assert found["LinesWorkSubscription"]["DependsOn"] == [permission]


def test_flink_reads_its_code_and_writes_files(tmp_path: Path) -> None:
    text = ("nodes:\n  code: {kind: s3.bucket, bucket_name: code-of-test}\n"
            "  files: {kind: s3.bucket, bucket_name: made}\n"
            "  app: {kind: kinesisanalytics.application, code: jars/app.jar, bucket: code}\n"
            "edges: [{app -> files: write}]\n")  # fmt: skip
    found = rights(resources(text, tmp_path)["AppRolePolicy"])
    code = {"Fn::Sub": "arn:${AWS::Partition}:s3:::code-of-test/jars/app.jar"}
    assert (["s3:GetObject", "s3:GetObjectVersion"], code) in found
    assert ("s3:PutObject", {"Fn::Sub": "arn:${AWS::Partition}:s3:::made/*"}) in found


HOSE = "  files: s3.bucket\n  more: s3.bucket\n  hose: {kind: firehose.stream%s}\n  clicks: kinesis.stream\n"
REFUSED = [
    (HOSE % "", "{hose -> files: backup}", "no-target", "delivers nowhere"),
    (HOSE % "", "hose -> files, hose -> more", "too-many-targets", "one place, not 2"),
    (HOSE % "" + CLUSTER, "{hose -> store: {table: a, secret: login}}, {hose -> files: backup}", "missing-edge",
     "no bucket for them"),
    (HOSE % "", "hose -> files, {hose -> more: on_failure}", "cannot-join", "lies in the bucket itself"),
    (HOSE % "" + FUNCTION, "clicks -> hose -> files, work -> hose", "cannot-join", "takes records from 'clicks' alone"),
    (HOSE % "" + "  b: kinesis.stream\n", "clicks -> hose -> files, b -> hose", "too-many-sources", "one stream"),
    (HOSE % ", compression: gzip, convert: {database: a, table: b}", "hose -> files", "bad-value", "by itself"),
    (HOSE % ", size: 5, convert: {database: a, table: b}", "hose -> files", "out-of-bounds", "at least 64 MB"),
    (HOSE % "", "{hose -> files: {partition: {a: .a}, prefix: b/}}", "bad-value", "does not use 'a'"),
    (FUNCTION + "  clicks: kinesis.stream\n", "{clicks -> work: {start: AT_TIMESTAMP}}", "bad-value", "go together"),
    (FUNCTION, "work.logs -> work", "loop", "without end"),
    ("  a: {kind: kinesis.stream, retention: 12}\n", "", "out-of-bounds", "retention"),
]  # fmt: skip


@pytest.mark.parametrize(("nodes", "edges", "code", "message"), REFUSED, ids=[row[3] for row in REFUSED])
def test_refused(nodes: str, edges: str, code: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    text = f"name: test\nnodes:\n{nodes}edges: [{edges}]\n"
    found = archkit.load(tmp_path / "blueprint.yaml", text=text).check()
    assert [(d.code, message in d.message) for d in found if d.severity == "error"] == [(code, True)]


EVERYTHING = f"""\
name: streams
nodes:
{FUNCTION}{SEARCH.replace("]}", "], properties: {EBSOptions: {EBSEnabled: true, VolumeSize: 10}}}")}\
  cmk: kms.key
  clicks: {{kind: kinesis.stream, shards: 2, retention: 48, key: cmk, shard_metrics: [ALL], max_record: 2048}}
  eye: {{kind: kinesisvideo.stream, media: video/h264, tier: warm, key: cmk}}
  failed: sqs.queue
  files: {{kind: s3.bucket, key: cmk}}
  raw: s3.bucket
  hose: {{kind: firehose.stream, key: cmk, seconds: 60, convert: {{database: web, table: clicks}}}}
  folders: {{kind: firehose.stream, key: cmk, compression: gzip}}
  lines: {{kind: firehose.stream, unpack: true}}
  out: {{kind: firehose.stream}}
  partner: saas
  token: secretsmanager.secret
  app:
    kind: kinesisanalytics.application
    code: app.jar
    bucket: files
    checkpoints: 30000
    properties: {{a: {{b: c}}}}
edges:
  - clicks -> work: {{consumer: live, on_failure: failed, start: AT_TIMESTAMP, since: 1767225600}}
  - clicks -> hose -> files
  - hose -> work: {{seconds: 60, retries: 1}}
  - hose -> raw: backup
  - folders -> files: {{partition: {{who: .who}}, newline: true, extension: .json.gz, time_zone: Europe/Berlin}}
  - work.logs -> lines: {{pattern: ERROR}}
  - lines -> search: {{index: lines, rotation: week, retry: 60}}
  - lines -> raw: {{does: on_failure, prefix: lines/}}
  - out -> partner: {{url: "https://in.example.com/v1", secret: token, gzip: true, headers: {{a: b}}}}
  - out -> raw: {{does: backup, prefix: out/}}
  - clicks -> app -> folders
  - work -> eye
"""


@pytest.mark.parametrize("format", ["cloudformation", "sam"])
@pytest.mark.parametrize("level", ["standard", "strict"])
def test_everything_is_lint_clean(level: str, format: Any, tmp_path: Path) -> None:
    (tmp_path / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    compiled = archkit.load(tmp_path / "blueprint.yaml", text=f"security: {level}\n{EVERYTHING}")
    assert list(compiled.synth(format).templates) == ["streams"]
