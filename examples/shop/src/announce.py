"""Tells the packers of each new order, as the table's stream brings it."""

import os

import boto3

news = boto3.client("sns")


def handler(event, context):
    """Publish one message for each record that is a new order."""
    for record in event["Records"]:
        if record["eventName"] == "INSERT":
            order = record["dynamodb"]["NewImage"]
            text = f"{order['count']['N']} x {order['item']['S']}"
            news.publish(TopicArn=os.environ["NEWS"], Subject=f"Order {order['id']['S']}", Message=text)
