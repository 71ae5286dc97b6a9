"""Work through the orders of one queue."""

import json


def handler(event, context):
    """Handle a batch of orders; only the ones that failed are delivered again."""
    failed = []
    for record in event["Records"]:
        try:
            order = json.loads(json.loads(record["body"])["Message"])
            print(json.dumps({"order": order["id"]}))
        except (KeyError, ValueError):
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}
