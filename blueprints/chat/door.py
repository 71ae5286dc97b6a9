"""Say who may connect: whoever shows a name signed with the key."""

import hashlib
import hmac
import os

import boto3

KEY = boto3.client("secretsmanager").get_secret_value(SecretId=os.environ["SIGNING"])["SecretString"]


def handler(event, context):
    """Answer with a policy for this connection; the token is NAME.SIGNATURE."""
    name, _, signature = event["queryStringParameters"]["token"].rpartition(".")
    wanted = hmac.new(KEY.encode(), name.encode(), hashlib.sha256).hexdigest()
    effect = "Allow" if name and hmac.compare_digest(wanted, signature) else "Deny"
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": event["methodArn"]}
    return {
        "principalId": name or "nobody",
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
    }
