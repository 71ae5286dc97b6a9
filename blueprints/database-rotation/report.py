"""Add the day's bookings up. The driver, pg8000, comes from the function's package or a layer."""

import json
import os
import ssl
from typing import Any

import boto3


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Log in with the password that is current, whenever that was changed."""
    import pg8000.native

    secret = boto3.client("secretsmanager").get_secret_value(SecretId=os.environ["LEDGER_SECRET"])
    login = json.loads(secret["SecretString"])
    database = pg8000.native.Connection(
        login["username"],
        password=login["password"],
        host=os.environ["LEDGER_READER"],
        port=int(os.environ["LEDGER_PORT"]),
        database="ledger",
        ssl_context=ssl.create_default_context(cafile=os.environ.get("CA_BUNDLE")),
    )
    ((total,),) = database.run("select coalesce(sum(amount), 0) from bookings where day = current_date - 1")
    return {"total": str(total)}
