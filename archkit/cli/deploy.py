"""The commands that deploy what `synth` wrote: the last thing that it prints."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from archkit.synth import Synthesis

__all__ = ["next_commands"]

Plain = dict[str, Any]

_NAMES = {
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
}
"""The property by which each type is named; a template that names one needs a wider capability."""


INLINE = 51_200
"""Bytes of a template that can be sent with the call; a larger one goes by way of a bucket
(https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html)."""


class _Loader(yaml.SafeLoader):
    """Reads a template's short forms (`!Ref`) as plain values; only the parameters and types matter here."""


_Loader.add_multi_constructor("!", lambda loader, suffix, node: suffix)


def next_commands(file: str, result: Synthesis, files: Mapping[Path, str], *, format: str, local_code: bool) -> str:
    """Return the commands, in their order, that deploy the templates just written to `files`."""
    lines = ["Next:"]
    if result.assets and not local_code:
        lines += [f"  archkit package {_word(file)} -o code/", "  aws s3 cp code/ s3://BUCKET/ --recursive"]
    written = {text: path for path, text in files.items()}
    listed = (result.deploy or {}).get("stacks") or [{"name": name} for name in result.templates]
    places = {stack["name"]: stack for stack in listed}
    for stack in listed:
        text = result.templates[stack["name"]]
        told = _deploy(stack, places, written[text], text, format, local_code, result.told_by)
        lines += [f"  {line}" for line in told]
    return "\n".join(lines)


def _deploy(
    stack: Plain,
    places: Mapping[str, Plain],
    path: Path,
    text: str,
    format: str,
    local_code: bool,
    told_by: Mapping[str, str],
) -> Iterator[str]:
    if account := stack.get("account"):
        yield f"# with credentials of the account {account}"
    document, source = _read(text), _word(path)
    if format != "sam" and local_code:
        packaged = f"packaged-{_word(path.name)}"
        bucket = f"--s3-bucket BUCKET{_region(stack)}"
        yield f"aws cloudformation package --template-file {source} {bucket} --output-template-file {packaged}"
        source = packaged
    command = "sam deploy --resolve-s3" if format == "sam" else "aws cloudformation deploy"
    if format != "sam" and len(text.encode()) > INLINE:
        command += " --s3-bucket BUCKET"
    wires = stack.get("parameters", {})
    given = [
        f"{name}={_output(wires[name], places) if name in wires else _asked(name, told_by, stack)}"
        for name, form in document.get("Parameters", {}).items()
        if "Default" not in form
    ]
    overrides = ["--parameter-overrides", *given] if given else []
    name = f"--stack-name {_word(stack['name'])}{_region(stack)}"
    yield " ".join([f"{command} --template-file {source}", name, *_capabilities(document), *overrides])


def _region(stack: Plain) -> str:
    return f" --region {stack['region']}" if stack.get("region") else ""


def _asked(name: str, told_by: Mapping[str, str], stack: Plain) -> str:
    """Return the command that prints the value of a parameter, else a place for it."""
    if name in told_by:
        return f"$({told_by[name]}{_region(stack)})"
    return "BUCKET" if name == "CodeBucket" else "..."


def _output(wire: Plain, places: Mapping[str, Plain]) -> str:
    """Return a command in the shell's brackets that reads the output of another stack."""
    query = f"Stacks[0].Outputs[?OutputKey=='{wire['output']}'].OutputValue"
    other = f"--stack-name {_word(wire['stack'])}{_region(places.get(wire['stack'], {}))}"
    return f'$(aws cloudformation describe-stacks {other} --query "{query}" --output text)'


def _read(text: str) -> Plain:
    if text.startswith("{"):
        read: Plain = json.loads(text)
    else:
        read = yaml.load(text, Loader=_Loader)
    return read


def _capabilities(document: Plain) -> list[str]:
    resources = document.get("Resources", {}).values()
    named = any(_NAMES.get(resource["Type"], "-") in resource.get("Properties", {}) for resource in resources)
    iam = any(resource["Type"].startswith(("AWS::IAM::", "AWS::Serverless::")) for resource in resources)
    words = ["CAPABILITY_NAMED_IAM"] if named else ["CAPABILITY_IAM"] if iam else []
    if "Transform" in document:
        words.append("CAPABILITY_AUTO_EXPAND")
    return [f"--capabilities {' '.join(words)}"] if words else []


def _word(text: str | Path) -> str:
    return shlex.quote(str(text))
