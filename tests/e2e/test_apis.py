"""APIs that speak to AWS without a function, and functions that read what is set for them.

WebSocket and HTTP APIs are left out: LocalStack has nothing of `AWS::ApiGatewayV2`.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.e2e.blueprints import BOTH_FORMATS, Aws, compiled, items, messages
from tests.e2e.cloud import Cloud, eventually
from tests.e2e.conftest import Deploy

DIRECT = """
name: direct
nodes:
  api: apigateway.rest
  inbox: sqs.queue
  states: {kind: dynamodb.table, key: id}
edges:
  - api -> inbox: POST /orders
  - api -> states: {does: "PUT /states/{id}", operation: PutItem}
  - api -> states: {does: "GET /states/{id}", operation: GetItem}
outputs:
  Url: ${api.url}
"""

SETTINGS = """
name: settings
nodes:
  ask: {kind: lambda.function, runtime: python3.13, code: ask.py}
  login: {kind: secretsmanager.secret, username: admin, password: 40}
  limit: {kind: ssm.parameter, value: "100"}
  price: {kind: ssm.parameter, value: "9", path: /shop/price}
edges:
  - ask -> login: read
  - ask -> limit, price: read
"""

ASK = """
import json
import os

import boto3


def handler(event, context):
    login = boto3.client("secretsmanager").get_secret_value(SecretId=os.environ["LOGIN"])["SecretString"]
    return {"login": json.loads(login), "limit": parameter("LIMIT"), "price": parameter("PRICE")}


def parameter(name):
    return boto3.client("ssm").get_parameter(Name=os.environ[name])["Parameter"]["Value"]
"""


@BOTH_FORMATS
def test_a_request_becomes_a_message(output: str, tmp_path: Path, cloud: Cloud, aws: Aws, deploy: Deploy) -> None:
    stack = deploy(compiled(tmp_path, DIRECT, output))
    url = stack.outputs["Url"].rstrip("/")
    status, answer = cloud.request("POST", f"{url}/orders", {"note": "50% & more"})
    assert status == 200, answer
    (message,) = eventually(lambda: messages(aws, stack, "Inbox"), 20, "the message")
    assert json.loads(message) == {"note": "50% & more"}


def test_a_request_becomes_an_item_and_an_item_an_answer(
    tmp_path: Path, cloud: Cloud, aws: Aws, deploy: Deploy
) -> None:
    stack = deploy(compiled(tmp_path, DIRECT))
    url = stack.outputs["Url"].rstrip("/")
    status, answer = cloud.request("PUT", f"{url}/states/a", {"state": "paid"})
    assert status == 200, answer
    assert items(aws, stack) == [{"id": {"S": "a"}, "state": {"S": "paid"}}]
    status, answer = cloud.request("GET", f"{url}/states/a")
    assert status == 200, answer
    assert "paid" in answer


def test_a_function_reads_its_secret_and_its_parameters(tmp_path: Path, aws: Aws, deploy: Deploy) -> None:
    stack = deploy(compiled(tmp_path, SETTINGS, ask=ASK))
    answer = aws("lambda").invoke(FunctionName=stack.physical_ids["Ask"])
    settings = json.loads(answer["Payload"].read())
    assert settings.pop("login")["username"] == "admin"
    assert settings == {"limit": "100", "price": "9"}
