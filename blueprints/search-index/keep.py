"""Keep the search index in step with the table."""

import json
import os

import boto3
import urllib3
from boto3.dynamodb.types import TypeDeserializer
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

HTTP = urllib3.PoolManager()
READ = TypeDeserializer()


def send(method, path, body):
    """Send a request that the function's own role signs."""
    request = AWSRequest(method, os.environ["INDEX"] + path, {"Content-Type": "application/x-ndjson"}, body.encode())
    session = boto3.Session()
    SigV4Auth(session.get_credentials(), "es", session.region_name).add_auth(request)
    answer = HTTP.request(method, request.url, headers=dict(request.headers.items()), body=request.body)
    if answer.status >= 300:
        raise RuntimeError(f"{answer.status}: {answer.data[:500]}")
    return json.loads(answer.data)


def handler(event, context):
    """Write the batch in one request; the records that did not fit are tried again."""
    lines = [line for record in event["Records"] for line in operation(record["dynamodb"])]
    items = send("POST", "/_bulk", "\n".join(map(json.dumps, lines)) + "\n")["items"]
    done = [next(iter(item.values())) for item in items]
    numbers = [record["dynamodb"]["SequenceNumber"] for record in event["Records"]]
    results = zip(numbers, done, strict=True)
    failed = [number for number, item in results if item["status"] >= 300 and item["status"] != 404]
    return {"batchItemFailures": [{"itemIdentifier": number} for number in failed]}


def operation(change):
    """Return the lines of one change, as the bulk API takes them."""
    where = {"_index": "products", "_id": READ.deserialize(change["Keys"]["id"])}
    if "NewImage" not in change:
        return [{"delete": where}]
    product = {name: plain(READ.deserialize(value)) for name, value in change["NewImage"].items()}
    return [{"index": where}, product]


def plain(value):
    """Return a value as JSON knows it: the table's numbers are decimals."""
    return value if isinstance(value, (str, bool, type(None))) else json.loads(json.dumps(value, default=float))
