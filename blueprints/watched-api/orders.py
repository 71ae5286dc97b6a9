"""Take an order."""

import json
import logging
import os
import uuid
from decimal import Decimal

import boto3

LOG = logging.getLogger()
TABLE = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def handler(event, context):
    """Store an order with an item and an amount."""
    try:
        body = json.loads(event.get("body") or "{}", parse_float=Decimal)
        order = {"order": str(uuid.uuid4()), "item": str(body["item"]), "amount": Decimal(str(body["amount"]))}
    except (ValueError, KeyError, TypeError, ArithmeticError):
        LOG.error("an order without item or amount: %s", event.get("body"))
        return {"statusCode": 400, "body": json.dumps({"error": "an order has an item and an amount"})}
    TABLE.put_item(Item=order)
    return {"statusCode": 201, "body": json.dumps({"order": order["order"]})}
