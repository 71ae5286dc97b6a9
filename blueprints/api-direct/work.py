"""Work through orders and keep their state."""

import json
import os

import boto3

STATUS = boto3.resource("dynamodb").Table(os.environ["STATUS"])


def handler(event, context):
    """Note each order as done; only the messages that failed are delivered again."""
    failed = []
    for record in event["Records"]:
        try:
            order = json.loads(record["body"])
            STATUS.put_item(Item={"id": order["id"], "state": "done"})
        except (KeyError, ValueError):
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}
