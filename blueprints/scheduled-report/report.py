"""Add up yesterday's sales and tell the readers."""

import datetime
import os

import boto3
from boto3.dynamodb.conditions import Key

SALES = boto3.resource("dynamodb").Table(os.environ["SALES"])
SNS = boto3.client("sns")


def handler(event, context):
    """Publish one line about yesterday."""
    day = (datetime.datetime.now(datetime.UTC).date() - datetime.timedelta(days=1)).isoformat()
    orders = SALES.query(KeyConditionExpression=Key("day").eq(day))["Items"]
    total = sum(order["amount"] for order in orders)
    SNS.publish(
        TopicArn=os.environ["READERS"], Subject=f"Sales of {day}", Message=f"{len(orders)} orders, {total} in all"
    )
    return {"day": day, "orders": len(orders)}
