"""The same stack as a SAM template: a folding pass over finished CloudFormation, and SAM's own translator to expand
it again.

A function becomes `AWS::Serverless::Function` with the resources that only serve it folded into it, a state machine
and a layer their serverless forms. Roles and policies stay as they are: SAM would grant more. What SAM would make
less safe or less ordered stays plain: an event source mapping (its DependsOn would be lost), an S3 notification (its
permission would lose the bucket's ARN), an HTTP API (its URL in an environment would be a cycle). See
https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification.html.
"""

from __future__ import annotations

import copy
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from archkit.synth.order import references

__all__ = ["expanded", "fold"]

TRANSFORM = "AWS::Serverless-2016-10-31"
SAME = (
    "Description",
    "Handler",
    "Runtime",
    "PackageType",
    "Role",
    "MemorySize",
    "Timeout",
    "Architectures",
    "Environment",
    "Layers",
    "EphemeralStorage",
    "ReservedConcurrentExecutions",
    "KmsKeyArn",
    "LoggingConfig",
    "VpcConfig",
    "FileSystemConfigs",
    "SnapStart",
    "FunctionName",
    "ImageConfig",
)
"""Properties that a serverless function spells as a function does."""

Resources = dict[str, dict[str, Any]]


def fold(template: dict[str, Any]) -> dict[str, Any]:
    """Return the SAM form of a CloudFormation template; a template with nothing to fold is returned as it is."""
    folded = copy.deepcopy(template)
    resources: Resources = folded["Resources"]
    for id in list(resources):
        fold_one = _FOLDS.get(resources[id]["Type"]) if id in resources else None
        if fold_one is not None:
            fold_one(id, resources)
    if not any(resource["Type"].startswith("AWS::Serverless::") for resource in resources.values()):
        return template
    others = folded.pop("Transform", [])
    first = {"AWSTemplateFormatVersion": folded.pop("AWSTemplateFormatVersion")}
    return first | {"Transform": [*others, TRANSFORM] if others else TRANSFORM} | folded


def _function(id: str, resources: Resources) -> None:
    old = resources[id]["Properties"]
    if set(old) - {*SAME, "Code", "TracingConfig", "DeadLetterConfig", "Tags"}:
        return
    new = {name: old[name] for name in SAME if name in old}
    new = _code(old["Code"]) | new
    if "TracingConfig" in old:
        new["Tracing"] = old["TracingConfig"]["Mode"]
    if "DeadLetterConfig" in old:
        target = old["DeadLetterConfig"]["TargetArn"]
        kind = _type_of(target, resources)
        if kind not in ("AWS::SQS::Queue", "AWS::SNS::Topic"):
            return
        new["DeadLetterQueue"] = {"Type": kind.split("::")[1], "TargetArn": target}
    if "Tags" in old:
        new["Tags"] = {tag["Key"]: tag["Value"] for tag in old["Tags"]}
    _replace(id, resources, "AWS::Serverless::Function", new)
    events: dict[str, Any] = {}
    for other in list(resources):
        event = _event(other, id, resources)
        if event is not None:
            events |= event
    if events:
        new["Events"] = events


def _code(code: Any) -> dict[str, Any]:
    """Return where the code is found, as a serverless function says it."""
    if isinstance(code, str):
        return {"CodeUri": code}
    if "ZipFile" in code:
        return {"InlineCode": code["ZipFile"]}
    if "ImageUri" in code:
        return {"ImageUri": code["ImageUri"]}
    return {"CodeUri": {"Bucket": code["S3Bucket"], "Key": code["S3Key"]}}


def _event(other: str, function: str, resources: Resources) -> dict[str, Any] | None:
    """Fold a subscription or a rule that serves one function, with its permission, into an event of the function."""
    resource = resources.get(other)
    if resource is None or "DependsOn" in resource or other not in resources:
        return None
    read = {"AWS::SNS::Subscription": _subscription, "AWS::Events::Rule": _rule}.get(resource["Type"])
    if read is None:
        return None
    event, source = read(other, resource["Properties"], function)
    if event is None:
        return None
    permission = next((id for id, r in resources.items() if _permits(r, function, source)), None)
    users = [id for id, r in resources.items() if other in references(r) and id not in (other, permission)]
    if permission is None or users:
        return None
    del resources[permission], resources[other]
    return {other: event}


def _subscription(id: str, old: dict[str, Any], function: str) -> tuple[dict[str, Any] | None, Any]:
    if old.get("Endpoint") != {"Fn::GetAtt": [function, "Arn"]} or "RedrivePolicy" in old:
        return None, None
    same = {name: old[name] for name in ("FilterPolicy", "FilterPolicyScope") if name in old}
    return {"Type": "SNS", "Properties": {"Topic": old["TopicArn"], **same}}, old["TopicArn"]


def _rule(id: str, old: dict[str, Any], function: str) -> tuple[dict[str, Any] | None, Any]:
    targets = old.get("Targets", [])
    if len(targets) != 1 or targets[0]["Arn"] != {"Fn::GetAtt": [function, "Arn"]}:
        return None, None
    target = targets[0]
    if set(target) - {"Arn", "Id", "Input", "RetryPolicy", "DeadLetterConfig"}:
        return None, None
    more = {name: target[name] for name in ("Input", "RetryPolicy") if name in target}
    if "DeadLetterConfig" in target:
        more["DeadLetterConfig"] = target["DeadLetterConfig"]
    source = {"Fn::GetAtt": [id, "Arn"]}
    if "ScheduleExpression" in old and not set(old) - {"ScheduleExpression", "Description", "State", "Targets"}:
        same = {name: old[name] for name in ("Description", "State") if name in old}
        return {"Type": "Schedule", "Properties": {"Schedule": old["ScheduleExpression"], **same, **more}}, source
    if "EventPattern" in old and not set(old) - {"EventPattern", "EventBusName", "State", "Targets"}:
        kept = {name: old[name] for name in ("EventBusName", "State") if name in old}
        id_of_target = {"Target": {"Id": target["Id"]}}
        return {
            "Type": "EventBridgeRule",
            "Properties": {"Pattern": old["EventPattern"], **kept, **id_of_target, **more},
        }, source
    return None, None


def _permits(resource: dict[str, Any], function: str, source: Any) -> bool:
    if resource["Type"] != "AWS::Lambda::Permission" or source is None:
        return False
    properties = resource["Properties"]
    return bool(properties.get("FunctionName") == {"Ref": function} and properties.get("SourceArn") == source)


def _state_machine(id: str, resources: Resources) -> None:
    old = dict(resources[id]["Properties"])
    renamed = {
        "StateMachineName": "Name",
        "StateMachineType": "Type",
        "RoleArn": "Role",
        "LoggingConfiguration": "Logging",
        "TracingConfiguration": "Tracing",
    }
    same = {"Definition", "DefinitionSubstitutions"}
    if set(old) - {*renamed, *same, "Tags"}:
        return
    new = {renamed.get(name, name): value for name, value in old.items() if name != "Tags"}
    if "Tags" in old:
        new["Tags"] = {tag["Key"]: tag["Value"] for tag in old["Tags"]}
    _replace(id, resources, "AWS::Serverless::StateMachine", new)


def _layer(id: str, resources: Resources) -> None:
    """A serverless layer's version gets an id of its own; its old one is kept as what others refer to."""
    old = dict(resources[id]["Properties"])
    content = old.pop("Content")
    uri = content if isinstance(content, str) else {"Bucket": content["S3Bucket"], "Key": content["S3Key"]}
    _replace(id, resources, "AWS::Serverless::LayerVersion", {"ContentUri": uri, **old, "RetentionPolicy": "Delete"})


def _replace(id: str, resources: Resources, kind: str, properties: dict[str, Any]) -> None:
    old = resources[id]
    resources[id] = {
        **{key: value for key, value in old.items() if key != "Properties"},
        "Type": kind,
        "Properties": properties,
    }


def _type_of(value: Any, resources: Resources) -> str | None:
    names = references(value)
    found = resources.get(next(iter(names))) if len(names) == 1 else None
    return found["Type"] if found else None


_FOLDS = {
    "AWS::Lambda::Function": _function,
    "AWS::StepFunctions::StateMachine": _state_machine,
    "AWS::Lambda::LayerVersion": _layer,
}


def expanded(template: dict[str, Any], region: str) -> dict[str, Any]:
    """Return what AWS's own translator makes of a SAM template, without asking any account.

    Raises ValueError with the translator's words where it refuses the template.
    """
    if TRANSFORM not in template.get("Transform", []):
        return template
    from samtranslator.model.exceptions import InvalidDocumentException
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator

    logging.getLogger("samtranslator").setLevel(logging.CRITICAL)  # it tells of metrics that nobody publishes here
    with _region(region or "us-east-1"):
        try:
            source = _uploaded(copy.deepcopy(template))
            plain: dict[str, Any] = Translator({}, Parser()).translate(source, {})
        except InvalidDocumentException as error:
            raise ValueError("; ".join(cause.message for cause in error.causes)) from error
    return plain


def _uploaded(template: dict[str, Any]) -> dict[str, Any]:
    """Put a place in S3 for each local path, as `sam deploy` does before the translator sees the template."""
    for resource in template["Resources"].values():
        for name in ("CodeUri", "ContentUri"):
            path = resource.get("Properties", {}).get(name)
            if isinstance(path, str) and not path.startswith("s3://"):
                resource["Properties"][name] = {"Bucket": "code", "Key": path}
    return template


@contextmanager
def _region(region: str) -> Iterator[None]:
    """The translator asks boto3 for a Region, and boto3 asks the environment."""
    before = os.environ.get("AWS_DEFAULT_REGION")
    os.environ["AWS_DEFAULT_REGION"] = region
    try:
        yield
    finally:
        if before is None:
            del os.environ["AWS_DEFAULT_REGION"]
        else:
            os.environ["AWS_DEFAULT_REGION"] = before
