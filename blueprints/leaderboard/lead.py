"""Answer who leads a game."""

import json
import os

import boto3
from boto3.dynamodb.conditions import Key

BEST = boto3.resource("dynamodb").Table(os.environ["BEST"])


def handler(event, context):
    """Answer GET /leaders/{game}: the ten best, best first."""
    found = BEST.query(
        IndexName="by-score",
        KeyConditionExpression=Key("game").eq(event["pathParameters"]["game"]),
        ScanIndexForward=False,
        Limit=10,
    )
    leaders = [{"player": item["player"], "score": int(item["score"])} for item in found["Items"]]
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(leaders)}
