"""Search products by words."""

import json
import os

import boto3
import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

HTTP = urllib3.PoolManager()


def handler(event, context):
    """Answer with the products that fit the words best."""
    words = (event.get("queryStringParameters") or {}).get("q", "")
    query = {"size": 20, "query": {"multi_match": {"query": words, "fields": ["name^3", "description"]}}}
    hits = search(query)["hits"]["hits"]
    return {"statusCode": 200, "body": json.dumps([{"id": hit["_id"], **hit["_source"]} for hit in hits])}


def search(query):
    """Send a search that the function's own role signs."""
    url, session = f"{os.environ['INDEX']}/products/_search", boto3.Session()
    request = AWSRequest("POST", url, {"Content-Type": "application/json"}, json.dumps(query).encode())
    SigV4Auth(session.get_credentials(), "es", session.region_name).add_auth(request)
    answer = HTTP.request("POST", url, headers=dict(request.headers.items()), body=request.body)
    if answer.status >= 300:
        raise RuntimeError(f"{answer.status}: {answer.data[:500]}")
    return json.loads(answer.data)
