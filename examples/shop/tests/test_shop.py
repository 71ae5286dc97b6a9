"""The functions do what the picture says."""

import json

import pytest

ORDER = {"item": "teapot", "count": 2}


@pytest.fixture
def orders(aws, monkeypatch):
    """The table, and the variable that the edge `place-order -> orders` gives."""
    client = aws.client("dynamodb")
    client.create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    monkeypatch.setenv("ORDERS", "orders")
    return client


def test_an_order_is_kept(orders, function):
    answer = function("place_order")({"body": json.dumps(ORDER)}, None)
    assert answer["statusCode"] == 201
    [kept] = orders.scan(TableName="orders")["Items"]
    assert kept == {"id": {"S": json.loads(answer["body"])["id"]}, "item": {"S": "teapot"}, "count": {"N": "2"}}


@pytest.mark.parametrize(
    "body", [None, "", "{", "[]", "{}", '{"item": "teapot", "count": 0}', '{"item": 5, "count": 1}']
)
def test_what_is_no_order_is_refused(orders, function, body):
    assert function("place_order")({"body": body}, None)["statusCode"] == 400
    assert orders.scan(TableName="orders")["Items"] == []


def test_new_orders_are_announced_and_changed_ones_are_not(aws, function, monkeypatch):
    sns, sqs = aws.client("sns"), aws.client("sqs")
    topic = sns.create_topic(Name="news")["TopicArn"]
    queue = sqs.create_queue(QueueName="packers")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    monkeypatch.setenv("NEWS", topic)
    image = {"id": {"S": "7"}, "item": {"S": "teapot"}, "count": {"N": "2"}}
    records = [{"eventName": name, "dynamodb": {"NewImage": image}} for name in ("INSERT", "MODIFY")]
    function("announce")({"Records": records}, None)
    [message] = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    told = json.loads(message["Body"])
    assert (told["Subject"], told["Message"]) == ("Order 7", "2 x teapot")
