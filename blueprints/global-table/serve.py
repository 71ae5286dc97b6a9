"""Read and write profiles in the copy of the table that is near."""

import json
import os

import boto3

PROFILES = boto3.resource("dynamodb").Table(os.environ["PROFILES"])


def handler(event, context):
    """Answer GET with a profile, and keep what PUT brings."""
    player = event["pathParameters"]["player"]
    if event["requestContext"]["http"]["method"] == "PUT":
        profile = json.loads(event["body"])
        PROFILES.put_item(Item={"player": player, "name": str(profile["name"]), "level": int(profile["level"])})
        return {"statusCode": 204}
    found = PROFILES.get_item(Key={"player": player}).get("Item")
    return {"statusCode": 200 if found else 404, "body": json.dumps(found, default=int)}
