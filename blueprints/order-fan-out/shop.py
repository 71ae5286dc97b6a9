"""Publish an order with the attribute that subscribers filter by."""

import json
import os

import boto3

SNS = boto3.client("sns")


def handler(event, context):
    """Publish one order: {"id": ..., "goods": "physical" | "digital"}."""
    SNS.publish(
        TopicArn=os.environ["ORDERS"],
        Message=json.dumps(event),
        MessageAttributes={"goods": {"DataType": "String", "StringValue": event["goods"]}},
    )
    return {"published": event["id"]}
