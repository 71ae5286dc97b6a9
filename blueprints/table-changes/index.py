"""Keep each customer's total up to date with the stream of orders."""

import os

import boto3

TOTALS = boto3.resource("dynamodb").Table(os.environ["TOTALS"])


def handler(event, context):
    """Add every new order's amount to its customer's total."""
    for record in event["Records"]:
        if record["eventName"] == "INSERT":
            order = record["dynamodb"]["NewImage"]
            TOTALS.update_item(
                Key={"customer": order["customer"]["S"]},
                UpdateExpression="ADD amount :amount",
                ExpressionAttributeValues={":amount": int(order["amount"]["N"])},
            )
