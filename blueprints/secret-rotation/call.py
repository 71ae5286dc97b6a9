"""Call a partner with the token that is current."""

import os
import urllib.request

import boto3

SECRETS = boto3.client("secretsmanager")


def handler(event, context):
    """Ask the partner for its state."""
    token = SECRETS.get_secret_value(SecretId=os.environ["TOKEN"])["SecretString"]
    request = urllib.request.Request("https://partner.example.com/state", headers={"authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return {"status": answer.status}
