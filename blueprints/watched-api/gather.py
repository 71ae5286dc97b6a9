"""Turn a batch of log lines into one message."""

import base64
import gzip
import json
import os

import boto3

SNS = boto3.client("sns")
MOST = 20


def handler(event, context):
    """Publish the lines that CloudWatch Logs delivered, packed as it packs them."""
    packed = base64.b64decode(event["awslogs"]["data"])
    batch = json.loads(gzip.decompress(packed))
    lines = [line["message"].strip() for line in batch["logEvents"]]
    more = [f"... and {len(lines) - MOST} more"] if len(lines) > MOST else []
    message = "\n".join([batch["logGroup"], *lines[:MOST], *more])
    SNS.publish(TopicArn=os.environ["DUTY"], Subject="Errors in the orders API", Message=message)
    return {"lines": len(lines)}
