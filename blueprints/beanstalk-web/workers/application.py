"""The workers: each message of the queue is posted to /confirm."""

import json


def application(environ, start_response):
    """Answer a request (WSGI); 200 says that the message is done."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    print("confirmed", json.loads(body or b"{}"))
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b""]
