"""Put a placed order on the bus."""

import json
import os

import boto3

EVENTS = boto3.client("events")


def handler(event, context):
    """Announce one order."""
    EVENTS.put_events(
        Entries=[
            {
                "EventBusName": os.environ["EVENTS"],
                "Source": "shop",
                "DetailType": "order.placed",
                "Detail": json.dumps(event),
            }
        ]
    )
    return {"placed": event["id"]}
