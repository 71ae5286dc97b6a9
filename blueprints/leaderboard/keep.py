"""Keep each player's best score."""

import base64
import json
import os

import boto3
from botocore.exceptions import ClientError

BEST = boto3.client("dynamodb")


def handler(event, context):
    """Go through a batch of scores: {"player": ..., "game": ..., "score": ...}."""
    for record in event["Records"]:
        score = json.loads(base64.b64decode(record["kinesis"]["data"]))
        try:
            BEST.update_item(
                TableName=os.environ["BEST"],
                Key={"player": {"S": score["player"]}},
                UpdateExpression="SET game = :game, score = :score",
                ConditionExpression="attribute_not_exists(score) OR score < :score",
                ExpressionAttributeValues={":game": {"S": score["game"]}, ":score": {"N": str(score["score"])}},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
