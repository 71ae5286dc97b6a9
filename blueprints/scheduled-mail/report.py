"""Add up last week's sales and mail them to the readers."""

import datetime
import html
import os

import boto3
from boto3.dynamodb.conditions import Key

SALES = boto3.resource("dynamodb").Table(os.environ["SALES"])
SES = boto3.client("sesv2")
DAY = datetime.timedelta(days=1)


def handler(event, context):
    """Send one mail with a line for each day of the week before."""
    today = datetime.datetime.now(datetime.UTC).date()
    days = [(today - number * DAY).isoformat() for number in range(7, 0, -1)]
    sums = {day: total(day) for day in days}
    SES.send_email(
        FromEmailAddress=os.environ["SENDER"],
        Destination={"ToAddresses": os.environ["READERS"].split(",")},
        Content={
            "Simple": {
                "Subject": {"Data": f"Sales from {days[0]} to {days[-1]}"},
                "Body": {"Text": {"Data": text(sums)}, "Html": {"Data": table(sums)}},
            }
        },
    )
    return {"days": len(days)}


def total(day):
    """Return the sum of a day's orders."""
    found, start = 0, {}
    while True:
        answer = SALES.query(KeyConditionExpression=Key("day").eq(day), **start)
        found += sum(order["amount"] for order in answer["Items"])
        if "LastEvaluatedKey" not in answer:
            return found
        start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


def text(sums):
    """Return the sums as plain text."""
    return "\n".join(f"{day}  {value}" for day, value in sums.items())


def table(sums):
    """Return the sums as HTML."""
    rows = "".join(f"<tr><td>{html.escape(day)}</td><td>{value}</td></tr>" for day, value in sums.items())
    return f"<table>{rows}</table>"
