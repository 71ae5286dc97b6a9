"""Opinions on a template that are not archkit's own: checkov's, moto's, SAM's translator's, and a count of its rights.

Each judge takes the text of a template, YAML or JSON, and needs neither an account nor a network.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from tests.environments import CHECKOV

__all__ = ["MotoStack", "Right", "Verdict", "checkov", "checkov_all", "load", "moto_stack", "rights", "sam_expand"]

REGION = "us-east-1"
ACCOUNT = "123456789012"


class Verdict(NamedTuple):
    """What checkov says of one template."""

    failed: tuple[tuple[str, str], ...]
    """Pairs of check id and resource (`AWS::SQS::Queue.Jobs`), sorted."""
    passed: int
    skipped: int
    """Checks that metadata in the template switched off; a template that archkit wrote should have none."""


class Right(NamedTuple):
    """One action that one policy allows on one resource."""

    policy: str
    """Logical id of the policy or role that grants it."""
    action: str
    resource: str


@dataclass(frozen=True)
class MotoStack:
    """A stack that moto made, and what it could not make."""

    physical_ids: dict[str, str]
    """By logical id; moto gives none to methods, deployments and permissions, which have an empty one here."""
    left_out: frozenset[str]

    def client(self, service: str) -> Any:
        """A boto3 client of the same imagined account."""
        import boto3

        return boto3.client(service, region_name=REGION)


def load(template: str) -> dict[str, Any]:
    """A template's content, with the short forms (`!Ref`) spelled out."""
    from samtranslator.yaml_helper import yaml_parse

    content: dict[str, Any] = yaml_parse(template)
    return content


def checkov(template: str) -> Verdict:
    """Every check of checkov for CloudFormation that this template fails."""
    return checkov_all({"template": template})["template"]


def checkov_all(templates: Mapping[str, str]) -> dict[str, Verdict]:
    """The verdict on each of several templates, by name, from one run of checkov: its start takes most of the time.

    The run sees an empty folder with these templates only, so that no configuration file can soften it, and it has
    neither the variables of a Prisma account nor a network to ask.
    """
    with tempfile.TemporaryDirectory(prefix="archkit-checkov-") as folder:
        for name, template in templates.items():
            Path(folder, f"{name}.yaml").write_text(template)
        reports = run_checkov(folder)
    return {name: verdict(reports, f"{name}.yaml") for name in templates}


def run_checkov(folder: str) -> list[dict[str, Any]]:
    """The raw reports on a folder of templates."""
    command = [str(CHECKOV.python()), "-m", "checkov.main", "--directory", folder]
    command += ["--framework", "cloudformation", "--output", "json", "--compact", "--skip-download"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("BC_", "CKV_", "PYTHON"))}
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, env={**environment, "HOME": folder})
    if done.returncode not in (0, 1):
        raise RuntimeError(f"checkov ended with {done.returncode}: {done.stderr[-2000:]}")
    found = json.loads(done.stdout)
    reports = found if isinstance(found, list) else [found]
    if errors := [report["results"]["parsing_errors"] for report in reports if report["results"].get("parsing_errors")]:
        raise ValueError(f"checkov cannot read {errors}")
    return reports


def verdict(reports: list[dict[str, Any]], file: str) -> Verdict:
    """What the reports say of one file."""

    def of(outcome: str) -> list[tuple[str, str]]:
        checks = [check for report in reports for check in report.get("results", {}).get(outcome, [])]
        return sorted((check["check_id"], check["resource"]) for check in checks if check["file_path"] == f"/{file}")

    return Verdict(tuple(of("failed_checks")), len(of("passed_checks")), len(of("skipped_checks")))


POLICY_HOLDERS = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::Role", "AWS::IAM::RolePolicy")
KNOWN_MANAGED = {
    "AWSLambdaBasicExecutionRole": [],
    "AWSLambdaSQSQueueExecutionRole": ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
    "AWSXRayDaemonWriteAccess": ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
}
"""What those of AWS's managed policies grant beyond logs that SAM adds by itself."""


def rights(template: str | Mapping[str, Any]) -> list[Right]:
    """Every action that the template's policies and roles allow, on each resource it is allowed on, beyond `logs:*`.

    Resource policies (of queues, topics, buckets, keys, functions) are not counted: they let a service in and give a
    role nothing. A managed policy of AWS that is not known here counts as one right named by its ARN.
    """
    content = load(template) if isinstance(template, str) else template
    found = []
    for logical, resource in sorted(content["Resources"].items()):
        if resource["Type"] in POLICY_HOLDERS:
            properties = resource.get("Properties", {})
            for document in documents(properties):
                found += [Right(logical, *granted) for granted in allowed(document)]
            found += [Right(logical, action, "*") for action in managed_actions(properties)]
    return [right for right in found if not right.action.startswith("logs:")]


def documents(properties: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The policy documents of a policy or of a role."""
    if "PolicyDocument" in properties:
        yield properties["PolicyDocument"]
    for policy in properties.get("Policies", []):
        yield policy["PolicyDocument"]


def allowed(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Pairs of action and resource that a policy document allows."""
    for statement in many(document["Statement"]):
        if statement["Effect"] == "Allow":
            if "NotAction" in statement or "NotResource" in statement:
                raise ValueError(f"a right that cannot be counted: {statement}")
            for action in many(statement["Action"]):
                for resource in many(statement["Resource"]):
                    yield action, resource if isinstance(resource, str) else json.dumps(resource)


def managed_actions(properties: Mapping[str, Any]) -> Iterator[str]:
    """What a role's managed policies of AWS grant."""
    for policy in properties.get("ManagedPolicyArns", []):
        text = policy if isinstance(policy, str) else json.dumps(policy)
        if ":policy/" in text:
            name = re.split(r"[/\"]", text.rstrip('"}] '))[-1]
            yield from KNOWN_MANAGED.get(name, [text])


def many(value: Any) -> list[Any]:
    """A list of what may be written as one value or as a list."""
    return value if isinstance(value, list) else [value]


class NoManagedPolicies:
    """Stands in for the question that the translator asks IAM: the ARNs of AWS's managed policies by name."""

    def load(self) -> dict[str, str]:
        return {}


def sam_expand(template: str) -> dict[str, Any]:
    """The CloudFormation template that SAM's translator makes of a SAM template; its complaints are raised.

    `samtranslator.model.exceptions.InvalidDocumentException` holds the complaints, one for each cause.
    """
    from samtranslator.translator.transform import transform

    with mock.patch.dict(os.environ, AWS_DEFAULT_REGION=REGION):
        expanded: dict[str, Any] = transform(load(template), {}, NoManagedPolicies())
    return expanded


@contextmanager
def moto_stack(
    template: str, parameters: Mapping[str, str] | None = None, leave_out: Collection[str] = ()
) -> Iterator[MotoStack]:
    """The template, deployed in this process by moto for as long as the block lasts.

    Resources of a type that moto lacks, or that `leave_out` names, are taken out, and references to them become plain
    words; all others must be made. Inside the block every boto3 client of this process talks to moto.
    """
    import boto3
    from moto import mock_aws

    content, gone = for_moto(load(template), leave_out)
    words = [{"ParameterKey": key, "ParameterValue": value} for key, value in (parameters or {}).items()]
    with mock_aws(config={"lambda": {"use_docker": False}}):
        cloudformation = boto3.client("cloudformation", region_name=REGION)
        cloudformation.create_stack(
            StackName="judged", TemplateBody=json.dumps(content), Parameters=words, Capabilities=["CAPABILITY_IAM"]
        )
        pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName="judged")
        made = [resource for page in pages for resource in page["StackResourceSummaries"]]
        physical_ids = {resource["LogicalResourceId"]: resource.get("PhysicalResourceId", "") for resource in made}
        if missing := content["Resources"].keys() - physical_ids.keys():
            raise AssertionError(f"moto did not make {sorted(missing)}")
        yield MotoStack(physical_ids, frozenset(gone))


def for_moto(content: dict[str, Any], leave_out: Collection[str]) -> tuple[dict[str, Any], set[str]]:
    """A template without what moto cannot make, and the logical ids of that."""
    from moto.cloudformation.parsing import get_model_map

    known = get_model_map().keys() - set(leave_out)
    gone = {logical for logical, resource in content["Resources"].items() if resource["Type"] not in known}
    content["Resources"] = {key: value for key, value in content["Resources"].items() if key not in gone}
    for resource in content["Resources"].values():
        stays = [logical for logical in many(resource.get("DependsOn", [])) if logical not in gone]
        resource["DependsOn"] = stays
    return without(content, gone), gone


def without(value: Any, gone: set[str]) -> Any:
    """A value whose references to what is gone have become plain words."""
    if isinstance(value, list):
        return [without(item, gone) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("Ref") in gone:
        return value["Ref"]
    if many(value.get("Fn::GetAtt"))[0] in gone:
        return f"arn:aws:none:{REGION}:{ACCOUNT}:{value['Fn::GetAtt'][0]}"
    if "Fn::Sub" in value:
        text, *words = many(value["Fn::Sub"])
        text = re.sub(r"\$\{(\w+)(\.\w+)*\}", lambda at: at[1] if at[1] in gone else at[0], text)
        return {"Fn::Sub": [text, *without(words, gone)] if words else text}
    return {key: without(item, gone) for key, item in value.items()}
