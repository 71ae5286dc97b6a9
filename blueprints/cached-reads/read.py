"""Read a score through the cache. The client, amazon-dax-client, comes from the function's package or a layer."""

import json
import os
from functools import cache
from typing import Any


@cache
def table() -> Any:
    """The table, as the cache shows it."""
    from amazondax import AmazonDaxClient

    return AmazonDaxClient.resource(endpoint_url=os.environ["MEMORY"]).Table(os.environ["TABLE"])


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Return the player's score."""
    found = table().get_item(Key={"player": event["pathParameters"]["player"]}).get("Item")
    return {"statusCode": 200 if found else 404, "body": json.dumps(found or {}, default=str)}
