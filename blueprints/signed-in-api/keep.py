"""Keep a note of whoever has signed in."""

import json
import os
import time

import boto3

NOTES = boto3.resource("dynamodb").Table(os.environ["NOTES"])


def handler(event, context):
    """Answer POST /notes: {"text": ...}; the token says whose it is."""
    person = event["requestContext"]["authorizer"]["jwt"]["claims"]["sub"]
    text = json.loads(event.get("body") or "{}").get("text", "").strip()
    if not text:
        return {"statusCode": 400, "body": json.dumps({"message": "a note has a text"})}
    at = int(time.time() * 1000)
    NOTES.put_item(Item={"owner": person, "at": at, "text": text})
    return {"statusCode": 201, "body": json.dumps({"at": at})}
