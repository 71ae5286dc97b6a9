"""Remove from each click what tells who clicked."""

import base64
import json
import re

PERSONAL = {"email", "ip", "name", "phone", "user"}
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")


def handler(event, context):
    """Answer each record of a batch: cleaned, or as failed where it is no JSON object."""
    return {"records": [answer(record) for record in event["records"]]}


def answer(record):
    """Clean one record; Firehose keeps what failed under the prefix for errors."""
    try:
        click = json.loads(base64.b64decode(record["data"]))
        data = base64.b64encode(json.dumps(clean(click)).encode()).decode()
    except (ValueError, AttributeError):
        return {"recordId": record["recordId"], "result": "ProcessingFailed", "data": record["data"]}
    return {"recordId": record["recordId"], "result": "Ok", "data": data}


def clean(click):
    """Drop fields that name a person, and mail addresses wherever they stand in a text."""
    kept = {key: value for key, value in click.items() if key.lower() not in PERSONAL}
    return {key: ADDRESS.sub("[address]", value) if isinstance(value, str) else value for key, value in kept.items()}
