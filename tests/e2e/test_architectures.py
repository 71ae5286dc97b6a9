"""Three architectures, from blueprint to event: what goes in at one end must come out at the other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.cloud import Cloud, Stack, eventually
from tests.e2e.conftest import Deploy

SHORTENER = """
name: shortener
nodes:
  api: apigateway.rest
  shorten: {kind: lambda.function, runtime: python3.13, code: shorten.py}
  links: {kind: dynamodb.table, key: slug}
edges:
  - api -> shorten: POST /links
  - shorten -> links: write
outputs:
  Url: ${api.url}
"""

SHORTEN = """
import json
import os

import boto3


def handler(event, context):
    link = json.loads(event["body"])
    boto3.resource("dynamodb").Table(os.environ["LINKS"]).put_item(Item=link)
    return {"statusCode": 201, "body": link["slug"]}
"""

THUMBNAILS = """
name: thumbnails
nodes:
  photos: s3.bucket
  jobs: sqs.queue
  resize: {kind: lambda.function, runtime: python3.13, code: resize.py}
  made: {kind: dynamodb.table, key: photo}
edges:
  - photos -> jobs -> resize
  - resize -> made: write
"""

RESIZE = """
import json
import os

import boto3

made = boto3.resource("dynamodb").Table(os.environ["MADE"])


def handler(event, context):
    for message in event["Records"]:
        for record in json.loads(message["body"]).get("Records", []):
            made.put_item(Item={"photo": record["s3"]["object"]["key"]})
"""

HEARTBEAT = """
name: heartbeat
nodes:
  clock: {kind: events.schedule, every: 1 minute}
  beat: {kind: lambda.function, runtime: python3.13, code: beat.py}
  beats: sns.topic
  heard: sqs.queue
edges:
  - clock -> beat
  - beat -> beats: publish
  - beats -> heard
"""

BEAT = """
import os

import boto3


def handler(event, context):
    boto3.client("sns").publish(TopicArn=os.environ["BEATS"], Message="alive")
"""

BOTH_FORMATS = pytest.mark.parametrize("output", ["cloudformation", "sam"])
TABLE_ACTIONS = ["PutItem", "UpdateItem", "DeleteItem", "GetItem", "Query", "Scan", "BatchWriteItem", "DeleteTable"]
QUEUE_ACTIONS = ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes", "SendMessage", "PurgeQueue", "DeleteQueue"]
TOPIC_ACTIONS = ["Publish", "Subscribe", "SetTopicAttributes", "DeleteTopic"]


def compiled(folder: Path, blueprint: str, output: str, **code: str) -> str:
    """The template of a blueprint whose functions have the given code, `resize=` being that of `resize.py`."""
    import archkit

    for name, text in code.items():
        (folder / f"{name}.py").write_text(text)
    file = folder / "blueprint.yaml"
    file.write_text(blueprint)
    (template,) = archkit.load(file).synth(format=output).templates.values()
    return template


@BOTH_FORMATS
def test_a_request_becomes_an_item(
    output: str, tmp_path: Path, cloud: Cloud, aws: Callable[[str], Any], deploy: Deploy
) -> None:
    stack = deploy(compiled(tmp_path, SHORTENER, output, shorten=SHORTEN))
    url = stack.outputs["Url"].rstrip("/")
    assert cloud.request("POST", f"{url}/links", {"slug": "a", "target": "b"}) == (201, "a")
    assert items(aws, stack) == [{"slug": {"S": "a"}, "target": {"S": "b"}}]


@BOTH_FORMATS
def test_an_uploaded_object_becomes_an_item(
    output: str, tmp_path: Path, aws: Callable[[str], Any], deploy: Deploy
) -> None:
    stack = deploy(compiled(tmp_path, THUMBNAILS, output, resize=RESIZE))
    (photos,) = [key for logical, key in stack.physical_ids.items() if logical == "Photos"]
    aws("s3").put_object(Bucket=photos, Key="cat.jpg", Body=b"a cat")
    assert eventually(lambda: items(aws, stack), 60, "the item") == [{"photo": {"S": "cat.jpg"}}]


@BOTH_FORMATS
def test_a_tick_becomes_a_message(output: str, tmp_path: Path, aws: Callable[[str], Any], deploy: Deploy) -> None:
    stack = deploy(compiled(tmp_path, HEARTBEAT, output, beat=BEAT))

    def heard() -> list[Any]:
        answer = aws("sqs").receive_message(QueueUrl=stack.physical_ids["Heard"], WaitTimeSeconds=2)
        return list(answer.get("Messages", []))

    assert "alive" in eventually(heard, 90, "the message")[0]["Body"]


@pytest.mark.parametrize(
    ("blueprint", "function", "target", "asked", "granted"),
    [
        (SHORTENER, "shorten", "links", TABLE_ACTIONS, {"PutItem", "UpdateItem", "DeleteItem"}),
        (THUMBNAILS, "resize", "made", TABLE_ACTIONS, {"PutItem", "UpdateItem", "DeleteItem"}),
        (THUMBNAILS, "resize", "jobs", QUEUE_ACTIONS, {"ReceiveMessage", "DeleteMessage", "GetQueueAttributes"}),
        (HEARTBEAT, "beat", "beats", TOPIC_ACTIONS, {"Publish"}),
    ],
    ids=["api-table", "queue-table", "queue", "topic"],
)
def test_a_role_may_do_just_what_its_edges_say(
    blueprint: str, function: str, target: str, asked: list[str], granted: set[str],
    tmp_path: Path, cloud: Cloud, aws: Callable[[str], Any], deploy: Deploy,
) -> None:  # fmt: skip
    stack = deploy(compiled(tmp_path, blueprint, "cloudformation", **{function: "def handler(event, context): ..."}))
    role = aws("lambda").get_function_configuration(FunctionName=stack.physical_ids[function.title()])["Role"]
    arn = arn_of(aws, stack, target.title())
    actions = [f"{arn.split(':')[2]}:{action}" for action in asked]
    assert {action.split(":")[1] for action in cloud.allowed(role, actions, arn)} == granted
    assert cloud.allowed(role, actions, f"{arn}-neighbour") == set()


def items(aws: Callable[[str], Any], stack: Stack) -> list[Any]:
    """What the stack's one table holds."""
    return list(aws("dynamodb").scan(TableName=stack.only("AWS::DynamoDB::Table"))["Items"])


def arn_of(aws: Callable[[str], Any], stack: Stack, logical: str) -> str:
    """The ARN of a deployed table, queue or topic."""
    name = stack.physical_ids[logical]
    match stack.types[logical]:
        case "AWS::DynamoDB::Table":
            return str(aws("dynamodb").describe_table(TableName=name)["Table"]["TableArn"])
        case "AWS::SQS::Queue":
            asked = aws("sqs").get_queue_attributes(QueueUrl=name, AttributeNames=["QueueArn"])
            return str(asked["Attributes"]["QueueArn"])
        case "AWS::SNS::Topic":
            return name
        case other:
            raise AssertionError(f"{logical} is of type {other}")
