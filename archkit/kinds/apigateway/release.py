"""What makes a REST API reachable: its deployment and stage, the role for its logs, usage plans, its domain."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from archkit.kinds.apigateway.access import authorizers, helper
from archkit.kinds.apigateway.paths import camel, words
from archkit.kinds.apigateway.shared import routes
from archkit.scope import Resource, Scope
from archkit.values import Sub

__all__ = ["account", "execution_logs", "release"]


def release(api: Scope) -> None:
    """Make a deployment of all methods, and the stage that serves it."""
    from troposphere import apigateway

    kind = api.kind
    parts = _parts(api)
    said = [[part.id, part.properties] for part in (api.main, *parts)]
    content = json.dumps([said, dict(api.node.overrides)], sort_keys=True, default=repr)
    deployment = api.make(apigateway.Deployment, f"Deployment{hashlib.sha256(content.encode()).hexdigest()[:8]}",
                          RestApiId=api.main.ref,
                          after=[part for part in parts if part.type.endswith(("Method", "Response"))])  # fmt: skip
    logs = kind.log_settings(api, "resourcePath")
    written = logs is not None or kind.execution_logs != "off"
    stage = api.make(
        apigateway.Stage,
        "Stage",
        after=[account(api), execution_logs(api, "API-Gateway-Execution-Logs_${Api}/")] if written else [],
        RestApiId=api.main.ref,
        DeploymentId=deployment.ref,
        StageName=kind.stage,
        AccessLogSetting=logs,
        MethodSettings=_settings(kind),
        TracingEnabled=kind.tracing or None,
        CacheClusterEnabled=True if kind.cache else None,
        CacheClusterSize=kind.cache.size if kind.cache else None,
    )
    _plans(api, stage)
    if kind.domain:
        _domain(api, stage)


def _parts(api: Scope) -> list[Resource]:
    """Return what a deployment is a snapshot of, the methods first."""
    stems, paths = ["Get"], set()
    for _, route in routes(api.node.id, api.architecture):
        for method, path in route.served:
            stems += [words(path, method), words(path, "OPTIONS")]
            parts = path.split("/")
            paths |= {"/".join(parts[:number]) for number in range(2, len(parts) + 1)}
    names = [f"{stem}Method" for stem in stems] + ["Default4XX", "Default5XX"]
    names += [f"{words(path)}Resource" for path in sorted(paths)] + [f"{stem}Model" for stem in stems]
    names += ["BodyValidator", "ParametersValidator", "BodyParametersValidator"]
    names += [helper(name) for name in authorizers(api.node, api.architecture)]
    found = {name: api.get(name) for name in names}
    return [part for part in found.values() if part is not None]


def account(api: Scope) -> Resource | None:
    """Return the setting of the role with which API Gateway writes logs.

    An account and Region has one, so the first API of a place makes it, and it outlives the stack: others need it
    (https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html)."""
    from troposphere import apigateway, iam

    same = [
        node
        for node in api.architecture.nodes.values()
        if hasattr(node.kind, "account_role") and node.place == api.node.place and node.existing is None
    ]
    same.sort(key=lambda node: node.kind.name)  # a REST API first: it goes on making what it made
    first = next((api.of(node.id) for node in same if getattr(node.kind, "account_role", False)), None)
    if first is None:
        return None
    found = first.get("LogsAccount")
    if found is not None:
        return found
    trust = {"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = first.make(
        iam.Role,
        "LogsRole",
        AssumeRolePolicyDocument={"Version": "2012-10-17", "Statement": [trust]},
        ManagedPolicyArns=[
            Sub("arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs")
        ],
    )
    made = first.make(apigateway.Account, "LogsAccount", CloudWatchRoleArn=role.att("Arn"))
    for resource in (role, made):
        resource.attributes |= {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    return made


def execution_logs(api: Scope, name: str) -> Resource | None:
    """API Gateway writes to a group of this name and the stage's; made here, it is encrypted and does not keep its
    lines for ever."""
    from troposphere import logs

    kind = api.kind
    if kind.execution_logs == "off":
        return None
    access = api.of(f"{api.node.id}.access_logs")
    return api.make(
        logs.LogGroup,
        "ExecutionLogs",
        RetentionInDays=kind.logs,
        KmsKeyId=api.arn(access.kind.key) if access else None,
        LogGroupName=Sub(f"{name}{kind.stage}", {"Api": api.main.ref}),
    )


def _settings(kind: Any) -> list[dict[str, Any]] | None:
    """Return the settings of all methods of the stage."""
    found = {
        "LoggingLevel": kind.execution_logs.upper() if kind.execution_logs != "off" else None,
        "MetricsEnabled": kind.detailed_metrics or None,
        "ThrottlingRateLimit": kind.throttle.rate if kind.throttle else None,
        "ThrottlingBurstLimit": kind.throttle.burst if kind.throttle else None,
        "CachingEnabled": True if kind.cache else None,
        "CacheTtlInSeconds": kind.cache.ttl if kind.cache else None,
        "CacheDataEncrypted": kind.cache.encrypted if kind.cache else None,
    }
    given = {name: value for name, value in found.items() if value is not None}
    return [{"HttpMethod": "*", "ResourcePath": "/*", **given}] if given else None


def _plans(api: Scope, stage: Resource) -> None:
    from troposphere import apigateway

    for name, plan in api.kind.plans.items():
        throttle = plan.throttle
        made = api.make(
            apigateway.UsagePlan, f"{camel(name)}Plan", UsagePlanName=Sub(f"${{AWS::StackName}}-{name}"),
            ApiStages=[{"ApiId": api.main.ref, "Stage": stage.ref}],
            Quota={"Limit": plan.quota, "Period": plan.period.upper()} if plan.quota else None,
            Throttle={"RateLimit": throttle.rate, "BurstLimit": throttle.burst} if throttle else None,
        )  # fmt: skip
        for key in plan.keys:
            one = api.make(apigateway.ApiKey, f"{camel(key)}Key", Enabled=True, Name=Sub(f"${{AWS::StackName}}-{key}"))
            api.make(
                apigateway.UsagePlanKey,
                f"{camel(name)}{camel(key)}PlanKey",
                KeyId=one.ref,
                KeyType="API_KEY",
                UsagePlanId=made.ref,
            )


def _domain(api: Scope, stage: Resource) -> None:
    from troposphere import apigateway

    kind = api.kind
    edge = kind.endpoint == "edge"
    certificate = kind.certificate_arn(api)
    domain = api.make(
        apigateway.DomainName,
        "Domain",
        DomainName=kind.domain,
        CertificateArn=certificate if edge else None,
        RegionalCertificateArn=None if edge else certificate,
        EndpointConfiguration={"Types": ["EDGE" if edge else "REGIONAL"]},
        SecurityPolicy="TLS_1_2",
    )
    api.make(apigateway.BasePathMapping, "Mapping", DomainName=domain.ref, RestApiId=api.main.ref, Stage=stage.ref)
