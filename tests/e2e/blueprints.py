"""What the deployment tests share: templates of blueprints, and how to look at what was deployed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import archkit
from tests.e2e.cloud import Stack

__all__ = ["BOTH_FORMATS", "Aws", "compiled", "items", "messages", "role_of"]

Aws = Callable[[str], Any]
BOTH_FORMATS = pytest.mark.parametrize("output", ["cloudformation", "sam"])


def compiled(folder: Path, blueprint: str, output: str = "cloudformation", **code: str) -> str:
    """The template of a blueprint whose functions have the given code, `resize=` being that of `resize.py`."""
    for name, text in code.items():
        (folder / f"{name}.py").write_text(text)
    file = folder / "blueprint.yaml"
    file.write_text(blueprint)
    (template,) = archkit.load(file).synth(format=output).templates.values()
    return template


def items(aws: Aws, stack: Stack, table: str = "") -> list[Any]:
    """What a table of the stack holds, by its logical id, or its one table."""
    name = stack.physical_ids[table] if table else stack.only("AWS::DynamoDB::Table")
    return list(aws("dynamodb").scan(TableName=name)["Items"])


def messages(aws: Aws, stack: Stack, queue: str) -> list[str]:
    """The bodies of the messages that wait in a queue now, which are taken from it."""
    url, bodies = stack.physical_ids[queue], []
    asked = {"QueueUrl": url, "MaxNumberOfMessages": 10, "WaitTimeSeconds": 0}
    while found := aws("sqs").receive_message(**asked).get("Messages"):
        for message in found:
            bodies.append(str(message["Body"]))
            aws("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return bodies


def role_of(aws: Aws, stack: Stack, function: str) -> str:
    """The ARN of a function's role."""
    return str(aws("lambda").get_function_configuration(FunctionName=stack.physical_ids[function])["Role"])
