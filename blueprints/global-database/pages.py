"""Show a page or change it. The driver, pg8000, comes from the function's package or a layer."""

import json
import os
import ssl
from typing import Any

import boto3

PLACE = "PAGES" if "PAGES" in os.environ else "COPY"
USER = {"PAGES": "editor", "COPY": "reader"}[PLACE]


def connection() -> Any:
    """Log in with a token that IAM made for this function, good for fifteen minutes."""
    import pg8000.native

    host, port = os.environ[PLACE], int(os.environ[f"{PLACE}_PORT"])
    token = boto3.client("rds").generate_db_auth_token(DBHostname=host, Port=port, DBUsername=USER)
    context = ssl.create_default_context(cafile=os.environ.get("CA_BUNDLE"))
    return pg8000.native.Connection(USER, password=token, host=host, port=port, database="pages", ssl_context=context)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """GET shows the page that the path names; anything else changes it."""
    page, database = event["pathParameters"]["page"], connection()
    try:
        if event["requestContext"]["http"]["method"] != "GET":
            database.run(
                "insert into pages (page, body) values (:page, :body) on conflict (page) do update set body = :body",
                page=page,
                body=event.get("body") or "",
            )
            return {"statusCode": 204}
        rows = database.run("select body from pages where page = :page", page=page)
        return {"statusCode": 200, "body": rows[0][0]} if rows else {"statusCode": 404, "body": json.dumps(page)}
    finally:
        database.close()
