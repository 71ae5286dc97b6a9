"""Answer with somebody's notes."""

import json
import os

import boto3
from boto3.dynamodb.conditions import Key

NOTES = boto3.resource("dynamodb").Table(os.environ["NOTES"])


def handler(event, context):
    """Answer GET /notes/{owner}: the latest hundred, newest first."""
    found = NOTES.query(
        KeyConditionExpression=Key("owner").eq(event["pathParameters"]["owner"]), ScanIndexForward=False, Limit=100
    )
    notes = [{"at": int(item["at"]), "text": item["text"]} for item in found["Items"]]
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(notes)}
