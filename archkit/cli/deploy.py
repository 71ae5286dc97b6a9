"""The commands that deploy what `synth` wrote: the last thing that it prints."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from archkit.synth import Synthesis

__all__ = ["next_commands"]

_NAMES = {
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
}
"""The property by which each type is named; a template that names one needs a wider capability."""


class _Loader(yaml.SafeLoader):
    """Reads a template's short forms (`!Ref`) as plain values; only the parameters and types matter here."""


_Loader.add_multi_constructor("!", lambda loader, suffix, node: suffix)


def next_commands(file: str, result: Synthesis, files: Mapping[Path, str], *, format: str, local_code: bool) -> str:
    """Return the commands, in their order, that deploy the templates just written to `files`."""
    lines = ["Next:"]
    if result.assets and not local_code:
        lines += [f"  archkit package {_word(file)} -o code/", "  aws s3 cp code/ s3://BUCKET/ --recursive"]
    written = {text: path for path, text in files.items()}
    for stack in _order(result):
        path = written[result.templates[stack]]
        lines += [f"  {line}" for line in _deploy(stack, path, result.templates[stack], format, local_code)]
    return "\n".join(lines)


def _order(result: Synthesis) -> Iterable[str]:
    listed = (result.deploy or {}).get("stacks", [])
    named = [stack["name"] if isinstance(stack, dict) else stack for stack in listed]
    return [*(name for name in named if name in result.templates), *(n for n in result.templates if n not in named)]


def _deploy(stack: str, path: Path, text: str, format: str, local_code: bool) -> list[str]:
    document = _read(text)
    given = [name for name, form in document.get("Parameters", {}).items() if "Default" not in form]
    rest = [f"--stack-name {_word(stack)}", *_capabilities(document)]
    rest += [f"--parameter-overrides {' '.join(f'{name}={_value(name)}' for name in given)}"] if given else []
    if format == "sam":
        return [" ".join([f"sam deploy --template-file {_word(path)}", "--resolve-s3", *rest])]
    if not local_code:
        return [" ".join([f"aws cloudformation deploy --template-file {_word(path)}", *rest])]
    packaged = f"--s3-bucket BUCKET --output-template-file packaged-{_word(path.name)}"
    return [
        f"aws cloudformation package --template-file {_word(path)} {packaged}",
        " ".join([f"aws cloudformation deploy --template-file packaged-{_word(path.name)}", *rest]),
    ]


def _value(parameter: str) -> str:
    return "BUCKET" if parameter == "CodeBucket" else "..."


def _read(text: str) -> dict[str, Any]:
    if text.startswith("{"):
        read: dict[str, Any] = json.loads(text)
    else:
        read = yaml.load(text, Loader=_Loader)
    return read


def _capabilities(document: dict[str, Any]) -> list[str]:
    resources = document.get("Resources", {}).values()
    named = any(_NAMES.get(resource["Type"], "-") in resource.get("Properties", {}) for resource in resources)
    iam = any(resource["Type"].startswith(("AWS::IAM::", "AWS::Serverless::")) for resource in resources)
    words = ["CAPABILITY_NAMED_IAM"] if named else ["CAPABILITY_IAM"] if iam else []
    if "Transform" in document:
        words.append("CAPABILITY_AUTO_EXPAND")
    return [f"--capabilities {' '.join(words)}"] if words else []


def _word(text: str | Path) -> str:
    return shlex.quote(str(text))
