"""Redirect to the link behind a slug."""

import os

import boto3

LINKS = boto3.resource("dynamodb").Table(os.environ["LINKS"])


def handler(event, context):
    """Answer GET /{slug}: a redirect, or 404."""
    item = LINKS.get_item(Key={"slug": event["pathParameters"]["slug"]}).get("Item")
    if item is None:
        return {"statusCode": 404, "body": "no such link"}
    return {"statusCode": 302, "headers": {"location": item["url"]}}
