"""Hand a message on to everybody in the room of its sender."""

import json
import os

import boto3
from boto3.dynamodb.conditions import Key

CONNECTIONS = boto3.resource("dynamodb").Table(os.environ["CONNECTIONS"])
CHAT = boto3.client("apigatewaymanagementapi", endpoint_url=os.environ["CHAT"])


def handler(event, context):
    """Take {"action": "sendmessage", "text": ...}."""
    sender = CONNECTIONS.get_item(Key={"id": event["requestContext"]["connectionId"]})["Item"]
    said = json.dumps({"from": sender["name"], "text": json.loads(event["body"])["text"]}).encode()
    room = CONNECTIONS.query(IndexName="by-room", KeyConditionExpression=Key("room").eq(sender["room"]))
    for one in room["Items"]:
        try:
            CHAT.post_to_connection(ConnectionId=one["id"], Data=said)
        except CHAT.exceptions.GoneException:
            CONNECTIONS.delete_item(Key={"id": one["id"]})
    return {"statusCode": 200}
