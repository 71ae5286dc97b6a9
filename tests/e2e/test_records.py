"""Streams of records: what a table, a data stream or a Firehose stream takes in comes out at the other end."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.blueprints import BOTH_FORMATS, Aws, compiled, items
from tests.e2e.cloud import Stack, eventually
from tests.e2e.conftest import Deploy

CHANGES = """
name: changes
nodes:
  orders: {kind: dynamodb.table, key: id}
  index: {kind: lambda.function, runtime: python3.13, code: index.py}
  paid: {kind: dynamodb.table, key: id}
edges:
  - orders -> index: {start: TRIM_HORIZON, filter: {dynamodb: {NewImage: {state: {S: [paid]}}}}}
  - index -> paid: write
"""

INDEX = """
import os

import boto3


def handler(event, context):
    for record in event["Records"]:
        boto3.client("dynamodb").put_item(TableName=os.environ["PAID"], Item=record["dynamodb"]["Keys"])
"""

SCORES = """
name: scores
nodes:
  play: {kind: lambda.function, runtime: python3.13, code: play.py}
  games: {kind: kinesis.stream, shards: 1}
  rank: {kind: lambda.function, runtime: python3.13, code: rank.py}
  board: {kind: dynamodb.table, key: player}
edges:
  - play -> games: write
  - games -> rank: {start: TRIM_HORIZON}
  - rank -> board: write
"""

PLAY = """
import json
import os

import boto3


def handler(event, context):
    boto3.client("kinesis").put_record(StreamName=os.environ["GAMES"], Data=json.dumps(event), PartitionKey="one")
"""

RANK = """
import base64
import json
import os

import boto3


def handler(event, context):
    for record in event["Records"]:
        game = json.loads(base64.b64decode(record["kinesis"]["data"]))
        boto3.resource("dynamodb").Table(os.environ["BOARD"]).put_item(Item=game)
"""

CLICKS = """
name: clicks
nodes:
  clicks: {kind: firehose.stream, overrides: {DeliveryStreamName: clicks}}  # LocalStack makes no name up
  scrub: {kind: lambda.function, runtime: python3.13, code: scrub.py}
  files: s3.bucket
edges:
  - clicks -> scrub: transform
  - clicks -> files: {prefix: clicks/}
"""

SCRUB = """
import base64
import json


def handler(event, context):
    return {"records": [scrubbed(record) for record in event["records"]]}


def scrubbed(record):  # LocalStack gives no record an id
    click = json.loads(base64.b64decode(record["data"]))
    click.pop("name")
    data = base64.b64encode(json.dumps(click).encode()).decode()
    return {"recordId": record.get("recordId"), "result": "Ok", "data": data}
"""


@BOTH_FORMATS
def test_a_changed_item_reaches_a_function(output: str, tmp_path: Path, aws: Aws, deploy: Deploy) -> None:
    stack = deploy(compiled(tmp_path, CHANGES, output, index=INDEX))
    for name, state in (("a", "open"), ("b", "paid")):
        aws("dynamodb").put_item(
            TableName=stack.physical_ids["Orders"], Item={"id": {"S": name}, "state": {"S": state}}
        )
    assert eventually(lambda: items(aws, stack, "Paid"), 30, "the item") == [{"id": {"S": "b"}}]


@BOTH_FORMATS
def test_a_record_of_a_data_stream_reaches_a_function(output: str, tmp_path: Path, aws: Aws, deploy: Deploy) -> None:
    stack = deploy(compiled(tmp_path, SCORES, output, play=PLAY, rank=RANK))
    aws("lambda").invoke(FunctionName=stack.physical_ids["Play"], Payload='{"player": "ann", "points": 3}')
    expected = [{"player": {"S": "ann"}, "points": {"N": "3"}}]
    assert eventually(lambda: items(aws, stack), 30, "the item") == expected


def test_records_become_files_without_what_the_function_removes(tmp_path: Path, aws: Aws, deploy: Deploy) -> None:
    stack = deploy(compiled(tmp_path, CLICKS, scrub=SCRUB))
    aws("firehose").put_record(DeliveryStreamName="clicks", Record={"Data": b'{"page": "/", "name": "Ann"}'})
    ((key, body),) = eventually(lambda: files(aws, stack), 30, "the file")
    assert key.startswith("clicks/")
    assert body == b'{"page": "/"}'


def files(aws: Aws, stack: Stack) -> list[tuple[str, bytes]]:
    """The keys and contents of the bucket's objects."""
    s3, bucket = aws("s3"), stack.physical_ids["Files"]
    keys = [str(found["Key"]) for found in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]
    return [(key, s3.get_object(Bucket=bucket, Key=key)["Body"].read()) for key in keys]
