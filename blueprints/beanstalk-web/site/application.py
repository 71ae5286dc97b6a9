"""The web site: a form for an order, which becomes a message."""

import json
import os
from urllib.parse import parse_qs

import boto3

FORM = b"<form method=post><input name=thing> <button>Order</button></form>"
queue = boto3.client("sqs", region_name=os.environ["MAIL"].split(".")[1])


def application(environ, start_response):
    """Answer a request (WSGI)."""
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
    if environ["REQUEST_METHOD"] != "POST":
        return [FORM]
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
    queue.send_message(QueueUrl=os.environ["MAIL"], MessageBody=json.dumps(parse_qs(body)))
    return [b"Thank you."]
