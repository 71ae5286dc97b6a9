"""Messages and events on their way: filters, rules and schedules let through what they should, and nothing else.

EventBridge Pipes are left out: LocalStack has no `AWS::Pipes::Pipe`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.e2e.blueprints import BOTH_FORMATS, Aws, compiled, items, messages
from tests.e2e.cloud import Stack, eventually
from tests.e2e.conftest import Deploy

FAN_OUT = """
name: fan-out
nodes:
  orders: sns.topic
  parcels: sqs.queue
  large: sqs.queue
  audit: sqs.queue
edges:
  - orders -> parcels: {filter: {goods: [physical]}, raw: true}
  - orders -> large: {filter: {amount: [{numeric: [">", 100]}]}, scope: body, raw: true}
  - orders -> audit: {raw: true}
"""

WORKFLOW = """
name: workflow
nodes:
  shop: events.bus
  placed: {kind: events.rule, pattern: {source: [shop], detail-type: [order.placed]}}
  charge: {kind: lambda.function, runtime: python3.13, code: charge.py}
  orders: {kind: dynamodb.table, key: id}
  told: sns.topic
  heard: sqs.queue
  fulfil:
    kind: stepfunctions.state_machine
    states:
      Charge:
        do: charge
        catch: [{error_equals: [States.ALL], next: Tell}]
      Keep:
        do: orders.PutItem
        arguments: {Item: {id: {S.$: $.id}, receipt: {S.$: $.receipt}}}
        end: true
      Tell:
        do: told
        arguments: {Message: refused}
        end: true
edges:
  - shop -> placed -> fulfil
  - told -> heard: {raw: true}
"""

CHARGE = """
def handler(event, context):
    order = event["detail"]
    if order["amount"] <= 0:
        raise ValueError("an order needs an amount")
    return {"id": order["id"], "receipt": f"paid {order['amount']}"}
"""

UPLOADS = """
name: uploads
nodes:
  files: s3.bucket
  arrived: events.rule
  note: {kind: lambda.function, runtime: python3.13, code: note.py}
  seen: {kind: dynamodb.table, key: name}
edges:
  - files -> arrived: {events: [Object Created], detail: {object: {key: [{suffix: .csv}]}}}
  - arrived -> note
  - note -> seen: write
"""

NOTE = """
import os

import boto3


def handler(event, context):
    boto3.resource("dynamodb").Table(os.environ["SEEN"]).put_item(Item={"name": event["detail"]["object"]["key"]})
"""

REMINDER = """
name: reminder
nodes:
  morning: {kind: scheduler.schedule, cron: 0 8 * * ? *}
  reminders: sns.topic
  heard: sqs.queue
edges:
  - morning -> reminders: {input: wake up}
  - reminders -> heard: {raw: true}
"""


@BOTH_FORMATS
def test_a_subscription_lets_through_what_its_filter_fits(
    output: str, tmp_path: Path, aws: Aws, deploy: Deploy
) -> None:
    stack = deploy(compiled(tmp_path, FAN_OUT, output))
    for goods, amount in (("physical", 10), ("digital", 500), ("physical", 200), ("digital", 1)):
        aws("sns").publish(
            TopicArn=stack.physical_ids["Orders"],
            Message=json.dumps({"amount": amount}),
            MessageAttributes={"goods": {"DataType": "String", "StringValue": goods}},
        )
    assert amounts(aws, stack, "Audit", 4) == [1, 10, 200, 500]
    assert amounts(aws, stack, "Parcels", 2) == [10, 200]
    assert amounts(aws, stack, "Large", 2) == [200, 500]
    assert [messages(aws, stack, queue) for queue in ("Audit", "Parcels", "Large")] == [[], [], []]


@BOTH_FORMATS
def test_an_event_on_a_bus_starts_a_workflow_of_tasks(output: str, tmp_path: Path, aws: Aws, deploy: Deploy) -> None:
    stack = deploy(compiled(tmp_path, WORKFLOW, output, charge=CHARGE))

    def put(detail_type: str, order: dict[str, Any]) -> None:
        entry = {"EventBusName": stack.physical_ids["Shop"], "Source": "shop", "DetailType": detail_type}
        assert not aws("events").put_events(Entries=[{**entry, "Detail": json.dumps(order)}])["FailedEntryCount"]

    put("order.cancelled", {"id": "a", "amount": 1})
    put("order.placed", {"id": "b", "amount": 2})
    put("order.placed", {"id": "c", "amount": 0})
    assert eventually(lambda: items(aws, stack), 30, "the item") == [{"id": {"S": "b"}, "receipt": {"S": "paid 2"}}]
    assert eventually(lambda: messages(aws, stack, "Heard"), 30, "the message") == ["refused"]
    assert len(executions(aws, stack)) == 2


@BOTH_FORMATS
def test_a_bucket_announces_its_objects_to_a_rule(output: str, tmp_path: Path, aws: Aws, deploy: Deploy) -> None:
    stack = deploy(compiled(tmp_path, UPLOADS, output, note=NOTE))
    for key in ("holiday.jpg", "sales.csv"):
        aws("s3").put_object(Bucket=stack.physical_ids["Files"], Key=key, Body=b"a file")
    assert eventually(lambda: items(aws, stack), 30, "the item") == [{"name": {"S": "sales.csv"}}]


def test_a_schedule_publishes_by_itself(tmp_path: Path, aws: Aws, deploy: Deploy) -> None:
    stack = deploy(compiled(tmp_path, REMINDER))
    assert "wake up" in eventually(lambda: messages(aws, stack, "Heard"), 30, "the message")[0]


def amounts(aws: Aws, stack: Stack, queue: str, count: int) -> list[int]:
    """The amounts of the orders in a queue, once there are as many as expected."""
    found: list[int] = []

    def complete() -> bool:
        found.extend(json.loads(body)["amount"] for body in messages(aws, stack, queue))
        return len(found) >= count

    eventually(complete, 20, f"{count} messages in {queue}")
    return sorted(found)


def executions(aws: Aws, stack: Stack) -> list[Any]:
    """The executions of the stack's one state machine."""
    machine = stack.only("AWS::StepFunctions::StateMachine")
    return list(aws("stepfunctions").list_executions(stateMachineArn=machine)["executions"])
