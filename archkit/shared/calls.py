"""API calls on nodes: which a workflow or a schedule can make, what rights each needs, how each is addressed.

A kind declares its usual calls as `operations`; any other call of its service is found by name, its rights among the
IAM actions that AWS documents.
"""

from __future__ import annotations

from typing import Any

from archkit import cfn
from archkit.kind import Grant, Kind, Operation
from archkit.scope import Scope
from archkit.values import filled

__all__ = ["address", "merged", "operation", "sdk", "service_of"]

SDK = {
    "states": "sfn", "events": "eventbridge", "logs": "cloudwatchlogs", "bedrock": "bedrockruntime", "ses": "sesv2",
    "elasticmapreduce": "emr", "es": "opensearch", "aoss": "opensearchserverless", "elasticfilesystem": "efs",
    "cognito-idp": "cognitoidentityprovider", "elasticloadbalancing": "elasticloadbalancingv2",
    "kinesisanalytics": "kinesisanalyticsv2",
}  # fmt: skip
"""SDK names of services where they differ from the IAM prefix
(https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html)."""

ACTIONS = {
    ("lambda", "Invoke"): ("lambda:InvokeFunction",), ("s3", "ListObjectsV2"): ("s3:ListBucket",),
    ("s3", "ListObjects"): ("s3:ListBucket",), ("s3", "HeadBucket"): ("s3:ListBucket",),
    ("s3", "HeadObject"): ("s3:GetObject",),
    ("s3", "CopyObject"): ("s3:GetObject", "s3:PutObject"), ("s3", "DeleteObjects"): ("s3:DeleteObject",),
    ("bedrock", "Converse"): ("bedrock:InvokeModel",),
    ("bedrock", "ConverseStream"): ("bedrock:InvokeModelWithResponseStream",),
    ("dynamodb", "TransactWriteItems"): ("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem",
                                         "dynamodb:ConditionCheckItem"),
    ("dynamodb", "TransactGetItems"): ("dynamodb:GetItem",),
    ("sqs", "SendMessageBatch"): ("sqs:SendMessage",), ("sqs", "DeleteMessageBatch"): ("sqs:DeleteMessage",),
    ("sns", "PublishBatch"): ("sns:Publish",),
}  # fmt: skip
"""Rights of calls whose IAM actions have other names (https://docs.aws.amazon.com/service-authorization/)."""


def service_of(kind: type[Kind]) -> str | None:
    """Return the IAM prefix of a kind's service."""
    for made in kind.operations.values():
        return made.service
    for grant in kind.grants.values():
        return grant.actions[0].split(":")[0]
    return None


def sdk(service: str) -> str:
    """Return the name that SDK integrations and universal targets give a service."""
    return SDK.get(service, service.replace("-", ""))


def operation(kind: type[Kind], api: str | None) -> Operation | None:
    """Return a call on nodes of a kind: by its API name, or the usual one; None where there is none.

    A call that the kind does not declare is taken where IAM knows an action of its name; its resources are those of the
    grant that holds the action, and what names the node is what all declared calls share.
    """
    if api is None:
        usual = [made for made in kind.operations.values() if made.usual] or list(kind.operations.values())
        return usual[0] if len(usual) == 1 else None
    api = api[:1].upper() + api[1:]
    if api in kind.operations:
        return kind.operations[api]
    service = service_of(kind)
    if service is None:
        return None
    actions = ACTIONS.get((service, api), (f"{service}:{api}",))
    if any(action.split(":")[1].lower() not in cfn.actions(service) for action in actions):
        return None
    like = _like(kind, actions)
    return Operation(service, api, _shared(kind), actions, like.on if like else ("${arn}",), like.key if like else ())


def _like(kind: type[Kind], actions: tuple[str, ...]) -> Grant | None:
    """Return the grant of the kind that holds one of the actions."""
    return next((grant for grant in kind.grants.values() if set(actions) & set(grant.actions)), None)


def _shared(kind: type[Kind]) -> dict[str, Any]:
    """Return the parameters that every declared call has: those that name the node."""
    every = [made.parameters for made in kind.operations.values()]
    first = dict(every[0]) if every else {}
    return {name: value for name, value in first.items() if all(other.get(name) == value for other in every)}


def address(scope: Scope, made: Operation) -> Any:
    """Return the parameters of a call that name the node and say where it runs, filled."""
    return {**filled(made.parameters, scope.fill), **scope.kind.called(scope, made.api)}


def merged(ours: Any, theirs: Any) -> Any:
    """Return parameters with an author's laid over them; a list's items each take what the one item of ours says.

    >>> merged({"Entries": [{"EventBusName": "b"}]}, {"Entries": [{"Source": "x"}, {"Source": "y"}]})
    {'Entries': [{'EventBusName': 'b', 'Source': 'x'}, {'EventBusName': 'b', 'Source': 'y'}]}
    """
    if isinstance(ours, dict) and isinstance(theirs, dict):
        plain = {name.removesuffix(".$") for name in theirs}
        kept = {name: value for name, value in ours.items() if name.removesuffix(".$") not in plain or name in theirs}
        return {**kept, **{key: merged(ours[key], value) if key in ours else value for key, value in theirs.items()}}
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == 1:
        return [merged(ours[0], item) for item in theirs]
    return theirs
