"""Takes an order by HTTP and keeps it."""

import json
import os
import uuid

import boto3

orders = boto3.client("dynamodb")


def handler(event, context):
    """Keep the order in the body of the request; answer with its id, or say what is wrong with it."""
    try:
        order = json.loads(event.get("body") or "")
        item, count = order["item"], order["count"]
    except (ValueError, KeyError, TypeError):
        return answer(400, {"error": "an order has an item and a count"})
    if not isinstance(item, str) or type(count) is not int or count < 1:
        return answer(400, {"error": "the item is a text, the count a whole number above 0"})
    id = str(uuid.uuid4())
    orders.put_item(
        TableName=os.environ["ORDERS"],
        Item={"id": {"S": id}, "item": {"S": item}, "count": {"N": str(count)}},
    )
    return answer(201, {"id": id})


def answer(status, body):
    """Return what API Gateway sends back."""
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}
