"""Ask the rating service of another network, and keep the offer."""

import json
import os
import urllib.request

import boto3

OFFERS = boto3.resource("dynamodb").Table(os.environ["OFFERS"])
RATING = f"http://{os.environ['DOOR']}:8443/ratings"
SECONDS = 5


def handler(event, context):
    """Return the offer for a request, with the rate that the service gives."""
    asked = {"id": event["id"], "sum": int(event["sum"])}
    request = urllib.request.Request(
        RATING, data=json.dumps(asked).encode(), headers={"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:
        rate = json.load(answer)["rate"]
    offer = {**asked, "rate": str(rate)}
    OFFERS.put_item(Item=offer)
    return offer
