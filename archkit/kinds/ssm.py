"""AWS Systems Manager Parameter Store."""

from __future__ import annotations

import re
from typing import Literal

from archkit.architecture import Architecture, Node
from archkit.kind import Announce, External, Grant, Kind, Operation, Refusal, prop
from archkit.schema import Expr
from archkit.scope import Scope
from archkit.values import Sub

LIMITS = {"standard": 4_096, "advanced": 8_192, "intelligent": 8_192}
"""Bytes of a value (https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html)."""
TIERS = {"standard": "Standard", "advanced": "Advanced", "intelligent": "Intelligent-Tiering"}
MOST_LEVELS = 15
ARN = "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter"


class Parameter(Kind, icon="aws/management/systems-manager-parameter-store", service="SSM Parameter Store",
                types="AWS::SSM::Parameter"):  # fmt: skip
    """Parameter: a setting, or a list of them, that code reads at run time."""

    value: str | list[str] = prop(doc="The value; a list makes a StringList.")
    type: Literal["String", "StringList", "SecureString"] | None = prop(
        None, "Type (default: by the value). CloudFormation cannot create a SecureString.", shape=True
    )
    path: str | None = prop(None, "Name with its hierarchy, such as /shop/prod/limit (default: stack and node).",
                            pattern="[a-zA-Z0-9_.${}:/-]+")  # fmt: skip
    tier: Literal["standard", "advanced", "intelligent"] = prop(
        "standard", "Tier; standard holds 4 KB, the others 8 KB.", shape=True
    )
    allowed: str | None = prop(None, "Regular expression that every later value must match.")
    data: Literal["text", "aws:ec2:image"] | None = prop(
        None, "What the value is: text, or the id of an AMI that is checked."
    )

    attributes = {"name": "${}", "value": "${.Value}"}
    address = "${name}"
    external = External(("name", "arn"))
    grants = {
        "read": Grant("ssm:GetParameter", usual=True),
        "read_many": Grant("ssm:GetParameters"),
        "history": Grant("ssm:GetParameterHistory"),
        "write": Grant("ssm:PutParameter"),
    }
    operations = {
        "GetParameter": Operation("ssm", "GetParameter", {"Name": "${name}"}, usual=True),
        "PutParameter": Operation("ssm", "PutParameter", {"Name": "${name}"}),
    }
    announces = Announce("aws.ssm", ("Parameter Store Change",), {"name": ["${name}"]})
    example = "{value: '100', path: /shop/limit}"

    def attribute(self, name: str) -> str | None:
        """The ARN has a slash before a name without one; a name that begins with one has it already."""
        if name != "arn":
            return super().attribute(name)
        text = self.path.text if isinstance(self.path, Expr) else self.path
        return ARN + ("${}" if text is None or text.startswith("/") else "/${}")

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        if self.type == "SecureString":
            return [Refusal("CloudFormation cannot create a SecureString", "keep a secret in a node of kind "
                            "secretsmanager.secret, or name a parameter that exists: existing: {name: ..., arn: ...}",
                            "not-creatable", "type")]  # fmt: skip
        if self.type is not None and (self.type == "StringList") != isinstance(self.value, list):
            return [Refusal(f"a {self.type} holds {'a list' if self.type == 'StringList' else 'one text'}", None,
                            "bad-value", "value")]  # fmt: skip
        if isinstance(self.value, list) and any(isinstance(item, str) and "," in item for item in self.value):
            return [
                Refusal("an item of a StringList holds no comma, which separates the items", None, "bad-value", "value")
            ]
        return [*self._check_size(), *self._check_path()]

    def _check_size(self) -> list[Refusal]:
        text = (
            ",".join(self.value)
            if isinstance(self.value, list) and all(isinstance(v, str) for v in self.value)
            else self.value
        )
        if not isinstance(text, str) or len(text.encode()) <= LIMITS[self.tier]:
            return []
        size, limit = len(text.encode()), LIMITS[self.tier] // 1_024
        way = "tier: advanced (8 KB)" if size <= LIMITS["advanced"] else "keep it in a bucket, and its key here"
        return [
            Refusal(f"the value has {size} bytes; the {self.tier} tier holds {limit} KB", way, "out-of-bounds", "value")
        ]

    def _check_path(self) -> list[Refusal]:
        if not isinstance(self.path, str):
            return []
        if "/" in self.path and not self.path.startswith("/"):
            return [Refusal("a name with a hierarchy begins with a slash", f"path: /{self.path}", "bad-value", "path")]
        if re.match("/?(aws|ssm)", self.path, re.IGNORECASE):
            return [Refusal("names that begin with 'aws' or 'ssm' are AWS's own", None, "bad-value", "path")]
        if self.path.count("/") > MOST_LEVELS:
            return [Refusal(f"a hierarchy has at most {MOST_LEVELS} levels", None, "out-of-bounds", "path")]
        return []

    def build(self, scope: Scope) -> None:
        from troposphere import ssm

        listed = isinstance(self.value, list)
        scope.make(
            ssm.Parameter, Name=self.path or Sub(f"/${{AWS::StackName}}/{scope.node.id.replace('.', '/')}"),
            Type="StringList" if listed else "String", Value=_joined(self.value), Description=scope.node.note,
            Tier=None if self.tier == "standard" else TIERS[self.tier], AllowedPattern=self.allowed, DataType=self.data,
        )  # fmt: skip


def _joined(value: object) -> object:
    """Return a list as one text, with commas between; a reference stands for its own text."""
    if not isinstance(value, list):
        return value
    return ",".join(value) if all(isinstance(item, str) for item in value) else {"Fn::Join": [",", value]}
