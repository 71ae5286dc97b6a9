"""Versions of a function and the alias that points at one: for provisioned concurrency, and to shift requests."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from archkit.scope import Scope

__all__ = ["publish", "shift"]

SHIFT = "Shift"
"""Where the deployment group that shifts the alias's requests is kept until the alias is made."""


def shift(scope: Scope, application: Any, group: Any) -> None:
    """Let CodeDeploy move the alias to a new version, step by step.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html
    """
    named = {"ApplicationName": application, "DeploymentGroupName": group}
    scope.main.properties[SHIFT] = {"CodeDeployLambdaAliasUpdate": named}


def publish(scope: Scope, layers: list[Any], provisioned: int | None) -> None:
    """Make a version and the alias; the version's id holds the hash of what it fixes, since a version never changes."""
    from troposphere import awslambda

    function = scope.main
    policy = function.properties.pop(SHIFT, None)
    content = json.dumps([function.properties, *layers], sort_keys=True, default=repr)
    version = scope.make(
        awslambda.Version, f"Version{hashlib.sha256(content.encode()).hexdigest()[:8]}", FunctionName=function.ref
    )
    alias = scope.make(
        awslambda.Alias, "Alias", FunctionName=function.ref, FunctionVersion=version.att("Version"),
        Name="live",
        ProvisionedConcurrencyConfig={"ProvisionedConcurrentExecutions": provisioned} if provisioned else None,
    )  # fmt: skip
    if policy is not None:
        alias.attributes["UpdatePolicy"] = policy
