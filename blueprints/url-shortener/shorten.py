"""Store a link under a new slug."""

import json
import os
import secrets
import time

import boto3

LINKS = boto3.resource("dynamodb").Table(os.environ["LINKS"])
MONTH = 30 * 24 * 3600


def handler(event, context):
    """Answer POST /links: {"url": ...} -> {"slug": ...}."""
    url = json.loads(event.get("body") or "{}").get("url", "")
    if not url.startswith("https://"):
        return {"statusCode": 400, "body": json.dumps({"message": "url must begin with https://"})}
    slug = secrets.token_urlsafe(5)
    LINKS.put_item(
        Item={"slug": slug, "url": url, "expires_at": int(time.time()) + MONTH},
        ConditionExpression="attribute_not_exists(slug)",
    )
    return {"statusCode": 201, "body": json.dumps({"slug": slug})}
