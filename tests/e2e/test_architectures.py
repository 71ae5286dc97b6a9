"""Three architectures, from blueprint to event: what goes in at one end must come out at the other."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.blueprints import BOTH_FORMATS, Aws, compiled, items, messages
from tests.e2e.cloud import Cloud, eventually
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


@BOTH_FORMATS
def test_a_request_becomes_an_item(output: str, tmp_path: Path, cloud: Cloud, aws: Aws, deploy: Deploy) -> None:
    stack = deploy(compiled(tmp_path, SHORTENER, output, shorten=SHORTEN))
    url = stack.outputs["Url"].rstrip("/")
    assert cloud.request("POST", f"{url}/links", {"slug": "a", "target": "b"}) == (201, "a")
    assert items(aws, stack) == [{"slug": {"S": "a"}, "target": {"S": "b"}}]


@BOTH_FORMATS
def test_an_uploaded_object_becomes_an_item(output: str, tmp_path: Path, aws: Aws, deploy: Deploy) -> None:
    stack = deploy(compiled(tmp_path, THUMBNAILS, output, resize=RESIZE))
    (photos,) = [key for logical, key in stack.physical_ids.items() if logical == "Photos"]
    aws("s3").put_object(Bucket=photos, Key="cat.jpg", Body=b"a cat")
    assert eventually(lambda: items(aws, stack), 60, "the item") == [{"photo": {"S": "cat.jpg"}}]


@BOTH_FORMATS
def test_a_tick_becomes_a_message(output: str, tmp_path: Path, aws: Aws, deploy: Deploy) -> None:
    stack = deploy(compiled(tmp_path, HEARTBEAT, output, beat=BEAT))
    assert "alive" in eventually(lambda: messages(aws, stack, "Heard"), 90, "the message")[0]
