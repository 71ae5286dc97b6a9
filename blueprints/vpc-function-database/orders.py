"""Answer requests for orders from the database. The driver, pg8000, comes from the function's package or a layer."""

import json
import os
import ssl
from functools import cache
from typing import Any

import boto3


@cache
def connection() -> Any:
    """Connect once for each environment of the function; the proxy keeps the database's side open."""
    import pg8000.native

    secret = boto3.client("secretsmanager").get_secret_value(SecretId=os.environ["DB_SECRET"])
    login = json.loads(secret["SecretString"])
    return pg8000.native.Connection(
        login["username"],
        password=login["password"],
        host=os.environ["POOL"],
        port=int(os.environ["POOL_PORT"]),
        database="orders",
        ssl_context=ssl.create_default_context(),
    )


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """GET lists the latest orders, POST adds one."""
    database = connection()
    if event["requestContext"]["http"]["method"] == "POST":
        database.run("insert into orders (item) values (:item)", item=json.loads(event["body"])["item"])
        return {"statusCode": 201}
    rows = database.run("select id, item from orders order by id desc limit 20")
    return {"statusCode": 200, "body": json.dumps([{"id": id, "item": item} for id, item in rows])}
