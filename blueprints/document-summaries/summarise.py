"""Ask a model for a summary of an uploaded document."""

import os

import boto3

S3 = boto3.client("s3")
BEDROCK = boto3.client("bedrock-runtime")
SUMMARIES = boto3.resource("dynamodb").Table(os.environ["SUMMARIES"])


def handler(event, context):
    """Summarise the object that an event of the bucket names."""
    key = event["detail"]["object"]["key"]
    text = S3.get_object(Bucket=os.environ["DOCUMENTS"], Key=key)["Body"].read().decode("utf-8", "replace")
    answer = BEDROCK.converse(
        modelId=os.environ["MODEL"],
        messages=[{"role": "user", "content": [{"text": f"Summarise in three sentences:\n\n{text[:50_000]}"}]}],
    )
    summary = answer["output"]["message"]["content"][0]["text"]
    SUMMARIES.put_item(Item={"document": key, "summary": summary})
    return {"document": key}
