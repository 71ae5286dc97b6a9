"""Rotate a token in the four steps of Secrets Manager."""

import boto3

SECRETS = boto3.client("secretsmanager")


def handler(event, context):
    """Take one step: createSecret, setSecret, testSecret or finishSecret."""
    arn, version, step = event["SecretId"], event["ClientRequestToken"], event["Step"]
    if step == "createSecret":
        value = SECRETS.get_random_password(PasswordLength=40)["RandomPassword"]
        SECRETS.put_secret_value(
            SecretId=arn, ClientRequestToken=version, SecretString=value, VersionStages=["AWSPENDING"]
        )
    elif step == "finishSecret":
        stages = SECRETS.describe_secret(SecretId=arn)["VersionIdsToStages"]
        current = next(id for id, names in stages.items() if "AWSCURRENT" in names)
        SECRETS.update_secret_version_stage(
            SecretId=arn, VersionStage="AWSCURRENT", MoveToVersionId=version, RemoveFromVersionId=current
        )
