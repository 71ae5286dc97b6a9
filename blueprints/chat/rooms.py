"""Keep who is in which room."""

import os
import time

import boto3

CONNECTIONS = boto3.resource("dynamodb").Table(os.environ["CONNECTIONS"])
DAY = 24 * 3600


def handler(event, context):
    """Add a connection to the room it asks for, or strike it off."""
    about = event["requestContext"]
    if about["eventType"] == "DISCONNECT":
        CONNECTIONS.delete_item(Key={"id": about["connectionId"]})
        return {"statusCode": 200}
    CONNECTIONS.put_item(
        Item={
            "id": about["connectionId"],
            "room": (event.get("queryStringParameters") or {}).get("room", "hall"),
            "name": about.get("authorizer", {}).get("principalId", "somebody"),
            "expires_at": int(time.time()) + DAY,
        }
    )
    return {"statusCode": 200}
