"""What the roles of services may do that call, deliver or poll by an edge, asked of IAM after a deployment."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.blueprints import compiled
from tests.e2e.cloud import Cloud, Stack
from tests.e2e.rights import NEVER, RIGHTS, inside, itself

CALLERS = """
name: callers
nodes:
  api: apigateway.rest
  inbox: sqs.queue
  states: {kind: dynamodb.table, key: id}
  shop: events.bus
  placed: {kind: events.rule, pattern: {source: [shop]}}
  charge: {kind: lambda.function, runtime: python3.13, code: charge.py}
  told: sns.topic
  fulfil:
    kind: stepfunctions.state_machine
    states:
      Charge: {do: charge}
      Keep: {do: states.UpdateItem, arguments: {Key: {id: {S: a}}}}
      Tell: {do: told, arguments: {Message: done}}
      Put: {do: shop, arguments: {Entries: [{Source: a, DetailType: b, Detail: {c: d}}]}}
  morning: {kind: scheduler.schedule, every: 1 day}
  jobs: sqs.queue
  work: {kind: lambda.function, runtime: python3.13, code: charge.py}
  failed: sqs.queue
  changes: {kind: dynamodb.table, key: id}
  index: {kind: lambda.function, runtime: python3.13, code: charge.py}
  games: {kind: kinesis.stream, shards: 1}
  rank: {kind: lambda.function, runtime: python3.13, code: charge.py}
  clicks: {kind: firehose.stream, overrides: {DeliveryStreamName: clicks}}
  scrub: {kind: lambda.function, runtime: python3.13, code: charge.py}
  files: s3.bucket
edges:
  - api -> inbox: POST /orders
  - api -> states: {does: "GET /states/{id}", operation: GetItem}
  - shop -> placed -> fulfil
  - placed -> games
  - morning -> told
  - jobs -> work
  - work -> failed: on_failure
  - changes -> index
  - games -> rank
  - clicks -> scrub: transform
  - clicks -> files
outputs:
  Inbox: ${inbox.arn}
  States: ${states.arn}
  Shop: ${shop.arn}
  Fulfil: ${fulfil.arn}
  Charge: ${charge.arn}
  Told: ${told.arn}
  Jobs: ${jobs.arn}
  Failed: ${failed.arn}
  Changes: ${changes.stream_arn}
  Games: ${games.arn}
  Scrub: ${scrub.arn}
  Files: ${files.arn}
"""

STREAM = "DescribeStream GetRecords GetShardIterator ListStreams"
SHARDS = "DescribeStream DescribeStreamSummary GetRecords GetShardIterator ListShards"
UPLOADS = "GetBucketLocation ListBucket ListBucketMultipartUploads"
ROLES = [
    ("ApiInboxPOSTOrdersRole", "Inbox", "sqs", "SendMessage"),
    ("ApiStatesGETStatesIdRole", "States", "dynamodb", "GetItem"),
    ("PlacedRole", "Fulfil", "states", "StartExecution"),
    ("PlacedRole", "Games", "kinesis", "PutRecord PutRecords"),
    ("FulfilRole", "Charge", "lambda", "InvokeFunction"),
    ("FulfilRole", "States", "dynamodb", "UpdateItem"),
    ("FulfilRole", "Told", "sns", "Publish"),
    ("FulfilRole", "Shop", "events", "PutEvents"),
    ("MorningRole", "Told", "sns", "Publish"),
    ("WorkRole", "Jobs", "sqs", "ReceiveMessage DeleteMessage GetQueueAttributes"),
    ("WorkRole", "Failed", "sqs", "SendMessage"),
    ("IndexRole", "Changes", "dynamodb", STREAM),
    ("RankRole", "Games", "kinesis", SHARDS),
    ("ClicksRole", "Scrub", "lambda", "InvokeFunction"),
    ("ClicksRole", "Files", "s3", UPLOADS),
    ("ClicksRole", "Files/*", "s3", "AbortMultipartUpload GetObject PutObject"),
]
"""A role, what it calls, and all that it may do there."""


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory, cloud: Cloud) -> Iterator[Stack]:
    stack = cloud.deploy(
        compiled(tmp_path_factory.mktemp("callers"), CALLERS, charge="def handler(event, context): ...\n")
    )
    yield stack
    cloud.delete(stack.name)


@pytest.mark.parametrize(("role", "target", "service", "actions"), ROLES)
def test_a_role_may_do_what_its_edge_needs_and_no_more(
    role: str, target: str, service: str, actions: str, deployed: Stack, cloud: Cloud
) -> None:
    arn = deployed.outputs[target.removesuffix("/*")]
    on = inside if target.endswith("/*") else itself
    granted = {f"{service}:{action}" for action in actions.split()}
    asked = sorted(granted | known(service))
    role_arn = f"arn:aws:iam::000000000000:role/{deployed.physical_ids[role]}"
    assert cloud.allowed(role_arn, asked, on(arn)) == granted
    assert cloud.allowed(role_arn, asked, on(f"{arn}-neighbour")) == set()


def test_every_role_is_asked(deployed: Stack) -> None:
    roles = {logical for logical, its_type in deployed.types.items() if its_type == "AWS::IAM::Role"}
    assert roles - {role for role, *_ in ROLES} == {"ApiLogsRole", "ChargeRole", "ScrubRole"}  # they only write logs


def known(service: str) -> set[str]:
    """All actions of a service that the tables of rights speak of."""
    given = set().union(*(row.granted() for row in RIGHTS if row.service == service))
    return given | {f"{service}:{action}" for action in NEVER[service]}
