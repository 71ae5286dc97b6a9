"""EventBridge Pipes: sources, what is asked on the way, targets; the rights of each, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.kinds.rows import att, findings, lint_clean, resources, statements
from tests.options import Option, holds
from tests.test_pairs import BUS, FLOW, FN, QUEUE, TABLE, TOPIC, At, Pair, Rights, hold

SERVICE = "Amazon EventBridge Pipes"
NODES = {
    "queue": "queue: {kind: sqs.queue, key: cmk}\n  cmk: kms.key",
    "stream": "stream: kinesis.stream",
    "table": "table: dynamodb.table",
    "kafka": 'kafka: {kind: "AWS::MSK::Cluster", existing: {arn: "'
             'arn:aws:kafka:eu-west-1:123456789012:cluster/shop/1-2"}}',
    "broker": 'broker: {kind: "AWS::AmazonMQ::Broker", existing: {arn: "'
              'arn:aws:mq:eu-west-1:123456789012:broker:a:b-1"}}\n  user: secretsmanager.secret',
    "fn": "fn: {kind: lambda.function, runtime: python3.13, code: handler.py}",
    "flow": "flow: {kind: stepfunctions.state_machine, states: {Wait: {type: Wait, seconds: 1}}}",
    "quick": "quick: {kind: stepfunctions.state_machine, type: express, states: {Wait: {type: Wait, seconds: 1}}}",
    "topic": "topic: sns.topic", "bus": "bus: events.bus", "lines": "lines: logs.group", "other": "other: sqs.queue",
    "out": "out: kinesis.stream", "web": "web: internet", "hose": "hose: firehose.stream\n  files: s3.bucket",
    "api": "api: apigateway.rest\n  work: {kind: lambda.function, runtime: python3.13, code: handler.py}",
}  # fmt: skip
MORE = {"api": "  - api -> work: POST /x\n", "hose": "  - hose -> files\n"}


def piped(*edges: str, pipe: str = "") -> str:
    """Return a blueprint of a pipe between the nodes that the edges name."""
    names = [name for name in NODES if any(name in edge.split(":")[0].split() for edge in edges)]
    nodes = "".join(f"  {NODES[name]}\n" for name in names)
    lines = "".join(f"  - {edge}\n" for edge in edges) + "".join(MORE.get(name, "") for name in names)
    return f"nodes:\n  pipe: {{kind: pipes.pipe{pipe}}}\n{nodes}edges:\n{lines}"


def row(option: str, path: str, expected: Any, *edges: str, pipe: str = "") -> Option:
    return Option(SERVICE, option, piped(*edges, pipe=pipe), f"Resources.Pipe.Properties.{path}", expected)


SOURCES, ASKED, TARGETS = ("sources SQS/Kinesis/DynamoDB stream/MSK/MQ", "enrichment by Lambda/Step Functions/API",
                           "targets of every sort by edges")  # fmt: skip
TO = "pipe -> topic"
OPTIONS = [
    row(SOURCES, "SourceParameters.SqsQueueParameters.BatchSize", 5, "queue -> pipe: {batch: 5}", TO),
    row(SOURCES, "SourceParameters.KinesisStreamParameters.StartingPosition", "TRIM_HORIZON",
        "stream -> pipe: {start: TRIM_HORIZON}", TO),
    row(SOURCES, "SourceParameters.DynamoDBStreamParameters.StartingPosition", "LATEST", "table -> pipe", TO),
    row(SOURCES, "SourceParameters.ManagedStreamingKafkaParameters.TopicName", "orders",
        "kafka -> pipe: {topic: orders}", TO),
    row(SOURCES, "SourceParameters.ActiveMQBrokerParameters", {"BatchSize": 100, "QueueName": "in", "Credentials":
        {"BasicAuth": {"Ref": "User"}}}, "broker -> pipe: {queue: in, secret: user}", TO),
    row(SOURCES, "SourceParameters.RabbitMQBrokerParameters.VirtualHost", "/",
        "broker -> pipe: {queue: in, secret: user, engine: rabbitmq, virtual_host: /}", TO),
    row(SOURCES, "Source", "smk://kafka.example.com:9092", TO, pipe=", source: 'smk://kafka.example.com:9092'"),
    row("filter", "SourceParameters.FilterCriteria.Filters.0.Pattern", '{"body":{"kind":["order"]}}',
        "queue -> pipe: {filter: {body: {kind: [order]}}}", TO),
    row("filter", "SourceParameters.FilterCriteria.Filters.0.Pattern", '{"value":{"kind":["order"]}}',
        "kafka -> pipe: {topic: orders, filter: {value: {kind: [order]}}}", TO),
    row(ASKED, "Enrichment", att("Fn", "Arn"), "queue -> pipe", "pipe -> fn: enrich", TO),
    row(ASKED, "EnrichmentParameters.InputTemplate", '{"id":"<$.body.id>"}', "queue -> pipe",
        "pipe -> quick: {does: enrich, input: {id: <$.body.id>}}", TO),
    row(ASKED, "EnrichmentParameters.HttpParameters.QueryStringParameters", {"id": "$.body.id"}, "queue -> pipe",
        "pipe -> api: {does: enrich, path: /x, query: {id: $.body.id}}", TO),
    row(ASKED, "Enrichment", att("PipeWebDestination", "Arn"), "queue -> pipe",
        "pipe -> web: {does: enrich, url: 'https://example.com/ask'}", TO),
    row(TARGETS, "Target", att("Fn", "Arn"), "queue -> pipe", "pipe -> fn"),
    row(TARGETS, "TargetParameters.StepFunctionStateMachineParameters.InvocationType", "FIRE_AND_FORGET",
        "queue -> pipe", "pipe -> flow"),
    row(TARGETS, "TargetParameters.EventBridgeEventBusParameters", {"DetailType": "order", "Source": "shop"},
        "queue -> pipe", "pipe -> bus: {detail_type: order, source: shop}"),
    row(TARGETS, "TargetParameters.KinesisStreamParameters.PartitionKey", "$.body.id", "queue -> pipe",
        "pipe -> out: {partition: $.body.id}"),
    row(TARGETS, "TargetParameters.CloudWatchLogsParameters.LogStreamName", "all", "queue -> pipe",
        "pipe -> lines: {log_stream: all}"),
    row(TARGETS, "Target", att("Hose", "Arn"), "queue -> pipe", "pipe -> hose"),
    row(TARGETS, "Target", att("PipeWebDestination", "Arn"), "queue -> pipe", "pipe -> web: {url: 'https://example.com/x'}"),
    row(TARGETS, "TargetParameters.HttpParameters.PathParameterValues", ["$.body.id"], "queue -> pipe",
        "pipe -> api: {path: '/x/*', path_values: [$.body.id]}"),
    row(TARGETS, "TargetParameters.InputTemplate", '{"id":"<$.body.id>"}', "queue -> pipe",
        "pipe -> topic: {transform: {id: <$.body.id>}}"),
    row(TARGETS, "Target", "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/p", "queue -> pipe",
        pipe=", target: 'arn:aws:sagemaker:eu-west-1:123456789012:pipeline/p'"),
    row("log level", "LogConfiguration.Level", "TRACE", "queue -> pipe", TO, pipe=", level: trace"),
    row("log level", "LogConfiguration.IncludeExecutionData", ["ALL"], "queue -> pipe", TO, pipe=", data: true"),
    row("key", "KmsKeyIdentifier", att("Cmk", "Arn"), "queue -> pipe", TO, pipe=", key: cmk"),
    row("state", "DesiredState", "STOPPED", "queue -> pipe", TO, pipe=", enabled: false"),
]  # fmt: skip


PIPE, STREAM, LINES = "pipe: pipes.pipe", "stream: kinesis.stream", "lines: logs.group"
STREAMED = "dynamodb:DescribeStream dynamodb:GetRecords dynamodb:GetShardIterator dynamodb:ListStreams"
SHARDS = ("kinesis:DescribeStream kinesis:DescribeStreamSummary kinesis:GetRecords kinesis:GetShardIterator "
          "kinesis:ListShards")  # fmt: skip
TARGET = "Resources.Pipe.Properties.Target"
PAIRS = {
    "sqs -> eventbridge-pipes": Pair([QUEUE, PIPE, TOPIC], "queue -> pipe -> topic", [
        Rights("Pipe", "sqs:ReceiveMessage sqs:DeleteMessage sqs:GetQueueAttributes", "Queue"),
        At("Resources.Pipe.Properties.Source", "Queue")]),
    "kinesis -> eventbridge-pipes": Pair([STREAM, PIPE, TOPIC], "stream -> pipe -> topic", [
        Rights("Pipe", SHARDS, "Stream")]),
    "dynamodb -> eventbridge-pipes": Pair([TABLE, PIPE, TOPIC], "table -> pipe -> topic", [
        Rights("Pipe", STREAMED, "Table.StreamArn"),
        At("Resources.Table.Properties.StreamSpecification.StreamViewType", "NEW_AND_OLD_IMAGES")]),
    "eventbridge-pipes -> lambda": Pair([QUEUE, PIPE, FN], "queue -> pipe -> fn", [
        Rights("Pipe", "lambda:InvokeFunction", "Fn"), At(TARGET, "Fn")]),
    "eventbridge-pipes -> sfn": Pair([QUEUE, PIPE, FLOW], "queue -> pipe -> flow", [
        Rights("Pipe", "states:StartExecution", "test-flow-"), At(TARGET, "test-flow-")]),
    "eventbridge-pipes -> sqs": Pair([TABLE, PIPE, QUEUE], "table -> pipe -> queue", [
        Rights("Pipe", "sqs:SendMessage", "Queue"), At(TARGET, "Queue")]),
    "eventbridge-pipes -> sns": Pair([TABLE, PIPE, TOPIC], "table -> pipe -> topic", [
        Rights("Pipe", "sns:Publish", "Topic"), At(TARGET, "Topic")]),
    "eventbridge-pipes -> eventbridge": Pair([TABLE, PIPE, BUS], "table -> pipe -> bus", [
        Rights("Pipe", "events:PutEvents", "Bus"), At(TARGET, "Bus")]),
    "eventbridge-pipes -> kinesis": Pair(
        [TABLE, PIPE, STREAM], "table -> pipe\n  - pipe -> stream: {partition: $.eventID}", [
        Rights("Pipe", "kinesis:PutRecord kinesis:PutRecords", "Stream"), At(TARGET, "Stream")]),
    "eventbridge-pipes -> cloudwatch": Pair([TABLE, PIPE, LINES], "table -> pipe -> lines", [
        Rights("Pipe", "logs:CreateLogStream logs:PutLogEvents", "Lines.Arn"), At(TARGET, "Lines")]),
}  # fmt: skip


@pytest.mark.parametrize("name", PAIRS)
def test_pair(name: str, tmp_path: Path) -> None:
    hold(PAIRS[name], tmp_path)


@pytest.mark.parametrize("one", OPTIONS, ids=lambda row: f"{row.option}: {row.path}")
def test_option(one: Option, tmp_path: Path) -> None:
    assert holds(one, tmp_path)


KEY = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": att("Cmk", "Arn"),
       "Condition": {"StringEquals": {"kms:ViaService": {"Fn::Sub": "sqs.${AWS::Region}.amazonaws.com"}}}}  # fmt: skip


def allow(action: str | list[str], resource: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def test_the_role_may_read_ask_and_deliver_and_nothing_else(tmp_path: Path) -> None:
    found = resources(piped("queue -> pipe", "pipe -> fn: enrich", TO), tmp_path)
    read = allow(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], att("Queue", "Arn"))
    said = statements(found, "PipeRolePolicy")
    assert sorted(said, key=str) == sorted(
        [read, KEY, allow("lambda:InvokeFunction", att("Fn", "Arn")), allow("sns:Publish", {"Ref": "Topic"})], key=str
    )
    assert found["Pipe"]["DependsOn"] == ["PipeRolePolicy"]
    trust = found["PipeRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]
    assert trust["Principal"] == {"Service": "pipes.amazonaws.com"} and "aws:SourceAccount" in str(trust["Condition"])
    assert found["PipeLogs"]["Properties"]["LogGroupName"] == {
        "Fn::Sub": "/aws/vendedlogs/pipes/${AWS::StackName}/pipe.logs"
    }


def test_a_kafka_topic_is_read_by_the_role_or_with_a_secret(tmp_path: Path) -> None:
    cluster = "arn:aws:kafka:eu-west-1:123456789012:cluster/shop/1-2"
    said = statements(resources(piped("kafka -> pipe: {topic: orders}", "pipe -> fn"), tmp_path), "PipeRolePolicy")
    assert [one["Action"][0] for one in said if one["Resource"] == cluster] == ["kafka:DescribeCluster"]
    (topic,) = [one["Resource"] for one in said if "kafka-cluster:ReadData" in one["Action"]]
    assert topic["Fn::Sub"][0].endswith(":topic/${Name}/${Id}/orders")
    (network,) = [one for one in said if one["Resource"] == "*"]
    assert all(action.startswith("ec2:") for action in network["Action"])
    secret = piped("kafka -> pipe: {topic: orders, secret: user}", "pipe -> fn").replace(
        "edges:", "  user: secretsmanager.secret\nedges:"
    )
    found = resources(secret, tmp_path)
    assert "kafka-cluster" not in str(statements(found, "PipeRolePolicy"))
    kafka = found["Pipe"]["Properties"]["SourceParameters"]["ManagedStreamingKafkaParameters"]
    assert kafka["Credentials"] == {"SaslScram512Auth": {"Ref": "User"}}


def test_an_api_is_called_by_one_method_and_path(tmp_path: Path) -> None:
    found = resources(piped("queue -> pipe", "pipe -> api: {path: /x}"), tmp_path)
    (said,) = [one for one in statements(found, "PipeRolePolicy") if one["Action"] == "execute-api:Invoke"]
    assert said["Resource"]["Fn::Sub"].endswith(":${Api}/${ApiStage}/POST/x")


def test_letters_of_a_stream_go_by_the_role_of_the_pipe(tmp_path: Path) -> None:
    text = piped("stream -> pipe: {on_failure: other}", "pipe -> fn", "fn -> other")
    found = resources(text, tmp_path)
    assert allow("sqs:SendMessage", att("Other", "Arn")) in statements(found, "PipeRolePolicy")
    assert not [id for id in found if id.endswith("PipeRole") and id != "PipeRole"]


WRONG = [
    (piped(TO), "no-source"),
    (piped("queue -> pipe"), "no-target"),
    (piped("queue -> pipe", "stream -> pipe", TO), "too-many-sources"),
    (piped("queue -> pipe", TO, "pipe -> bus"), "too-many-targets"),
    (piped("queue -> pipe", TO, "pipe -> fn: enrich", "pipe -> quick: enrich"), "too-many-targets"),
    (piped("queue -> pipe", TO, "pipe -> flow: enrich"), "bad-value"),
    (piped("queue -> pipe", "pipe -> out"), "cannot-join"),
    (piped("stream -> pipe: {on_failure: other}", TO, "lines -> other: flow").replace(
        "other: sqs.queue", "other: {kind: sqs.queue, fifo: true}"), "bad-value"),
    (piped("queue -> pipe", TO, pipe=", target_parameters: {InputTemplate: x}"), "bad-value"),
    (piped("queue -> pipe", TO, pipe=", rights: {'sqs:*': ['arn:aws:sqs:eu-west-1:123456789012:a']}"), "bad-action"),
    (piped("broker -> pipe: {queue: in, secret: user, virtual_host: /}", TO), "bad-value"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code"), WRONG, ids=lambda text: str(text)[:40])
def test_is_refused(text: str, code: str, tmp_path: Path) -> None:
    assert code in str(findings(text, tmp_path))


def test_all_options_are_clean(tmp_path: Path) -> None:
    """Rows whose options are called like nodes are left to the example."""
    lint_clean([one for one in OPTIONS if "existing" not in one.blueprint], tmp_path)
