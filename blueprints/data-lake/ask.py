"""Ask Athena for yesterday's sales of each shop, and publish the answer."""

import datetime
import os
import time

import boto3

ATHENA = boto3.client("athena")
SNS = boto3.client("sns")
QUESTION = """
SELECT shop, count(*) AS orders, sum(amount) AS total
FROM lake_sales WHERE day = ? GROUP BY shop ORDER BY total DESC
"""
ENDS = {"SUCCEEDED", "FAILED", "CANCELLED"}


def handler(event, context):
    """Publish one line for each shop."""
    day = (datetime.datetime.now(datetime.UTC).date() - datetime.timedelta(days=1)).isoformat()
    rows = answer(day)
    lines = [f"{shop}: {orders} orders, {total} in all" for shop, orders, total in rows]
    SNS.publish(TopicArn=os.environ["READERS"], Subject=f"Sales of {day}", Message="\n".join(lines) or "No sales.")
    return {"day": day, "shops": len(rows)}


def answer(day):
    """Run the query and return its rows without the header."""
    query = ATHENA.start_query_execution(
        QueryString=QUESTION,
        ExecutionParameters=[f"'{day}'"],
        QueryExecutionContext={"Database": os.environ["DATABASE"]},
        WorkGroup=os.environ["QUERIES"],
    )["QueryExecutionId"]
    status = ended(query)
    if status["State"] != "SUCCEEDED":
        raise RuntimeError(status.get("StateChangeReason", status["State"]))
    rows = ATHENA.get_query_results(QueryExecutionId=query)["ResultSet"]["Rows"][1:]
    return [[cell.get("VarCharValue", "") for cell in row["Data"]] for row in rows]


def ended(query):
    """Wait for the end of a query, and return its status."""
    while True:
        status = ATHENA.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]
        if status["State"] in ENDS:
            return status
        time.sleep(1)
