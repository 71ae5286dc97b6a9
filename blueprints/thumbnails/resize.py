"""Make a thumbnail of each photo that a queue announces."""

import json
import os
import urllib.parse

import boto3

S3 = boto3.client("s3")


def handler(event, context):
    """Handle a batch; only the messages that failed are delivered again."""
    failed = []
    for record in event["Records"]:
        try:
            for upload in json.loads(record["body"]).get("Records", []):
                shrink(urllib.parse.unquote_plus(upload["s3"]["object"]["key"]))
        except Exception:
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def shrink(key):
    """Store a small form of one photo. A real project scales it with an imaging library in a layer."""
    photo = S3.get_object(Bucket=os.environ["PHOTOS"], Key=key)["Body"].read()
    S3.put_object(Bucket=os.environ["MADE"], Key=f"small/{key}", Body=photo[:65536])
