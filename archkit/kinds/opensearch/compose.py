"""The properties of a domain: nodes, volumes, endpoint, who gets in, logs."""

from __future__ import annotations

import re
from typing import Any

from archkit.kinds.opensearch.settings import search
from archkit.scope import Scope, Statement
from archkit.values import Sub, account

__all__ = ["cluster", "endpoint", "logging", "policy", "security", "storage"]

SERVICE = "es.amazonaws.com"
REQUESTS = ("es:ESHttpDelete", "es:ESHttpGet", "es:ESHttpHead", "es:ESHttpPatch", "es:ESHttpPost", "es:ESHttpPut")
LOGGED = {"application": "ES_APPLICATION_LOGS", "search": "SEARCH_SLOW_LOGS", "index": "INDEX_SLOW_LOGS",
          "audit": "AUDIT_LOGS"}  # fmt: skip
TLS = {"forward-secret": "Policy-Min-TLS-1-2-PFS-2023-10", "compatible": "Policy-Min-TLS-1-2-2019-07"}
ARN = "arn:${AWS::Partition}:es:${AWS::Region}:${AWS::AccountId}:domain/${Domain}"


def cluster(kind: Any) -> dict[str, Any]:
    """Return which nodes there are, and where."""
    return {
        "InstanceType": search(kind.instance), "InstanceCount": kind.count, "ZoneAwarenessEnabled": kind.zones > 1,
        "ZoneAwarenessConfig": {"AvailabilityZoneCount": kind.zones} if kind.zones > 1 else None,
        "DedicatedMasterEnabled": kind.masters is not None, "MultiAZWithStandbyEnabled": kind.standby or None,
        **({"DedicatedMasterType": search(kind.masters.instance), "DedicatedMasterCount": kind.masters.count}
           if kind.masters else {}),
        **({"WarmEnabled": True, "WarmCount": kind.warm.count, "WarmType": search(kind.warm.instance)}
           if kind.warm else {}),
        "ColdStorageOptions": {"Enabled": True} if kind.warm and kind.warm.cold else None,
    }  # fmt: skip


def storage(kind: Any) -> dict[str, Any]:
    """Return the volumes of the data nodes."""
    if isinstance(kind.instance, str) and re.match(r"i[0-9m]|[a-z0-9]+gd\.", kind.instance):
        return {"EBSEnabled": False}  # their disks are their own
    volume = kind.volume
    return {"EBSEnabled": True, "VolumeType": volume.type, "VolumeSize": volume.size, "Iops": volume.iops,
            "Throughput": volume.throughput}  # fmt: skip


def endpoint(kind: Any, scope: Scope) -> dict[str, Any]:
    """Return where the domain answers, and how its connections are encrypted."""
    own = {"CustomEndpointEnabled": True, "CustomEndpoint": kind.domain,
           "CustomEndpointCertificateArn": scope.arn(kind.certificate or f"{scope.node.id}.certificate")}  # fmt: skip
    return {"EnforceHTTPS": True, "TLSSecurityPolicy": TLS[kind.tls], **(own if kind.domain else {})}


def security(kind: Any, scope: Scope) -> dict[str, Any] | None:
    """Return the master of fine-grained access; None where only IAM decides."""
    secret = scope.of(kind.master_secret)
    if secret is not None:
        held = {name: secret.fill("{{resolve:secretsmanager:${arn}:SecretString:" + name + "}}")
                for name in ("username", "password")}  # fmt: skip
        master = {"MasterUserName": held["username"], "MasterUserPassword": held["password"]}
    elif kind.master is not None:
        master = {"MasterUserARN": scope.arn(kind.master)}
    else:
        return None
    scope.note("roles-are-mapped", f"'{scope.node.id}' maps roles by itself: one that an edge gives rights to can do "
               "nothing there until the master maps it to a role of the domain")  # fmt: skip
    return {"Enabled": True, "InternalUserDatabaseEnabled": secret is not None, "MasterUserOptions": master}


def policy(kind: Any, scope: Scope) -> dict[str, Any] | None:
    """Return the domain's own policy.

    Without one only the account's own roles get in, with what their own policies allow; an internal user
    signs nothing, so that the domain must hear it out before it asks for the password.
    """
    whole = Sub(ARN + "/*", {"Domain": scope.physical(28)})
    said = []
    if kind.accounts:
        roots = [Sub(f"arn:${{AWS::Partition}}:iam::{one}:root") for one in kind.accounts]
        said.append({"Effect": "Allow", "Principal": {"AWS": roots}, "Action": list(REQUESTS), "Resource": whole})
    if kind.master_secret:
        there = {"Condition": {"IpAddress": {"aws:SourceIp": list(kind.addresses)}}} if kind.addresses else {}
        said.append(
            {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": list(REQUESTS), "Resource": whole, **there}
        )
    return {"Version": "2012-10-17", "Statement": said} if said else None


def logging(kind: Any, scope: Scope) -> tuple[dict[str, Any] | None, list[str]]:
    """Return which logs are published, and what the domain waits for to be let in by their group
    (https://docs.aws.amazon.com/opensearch-service/latest/developerguide/createdomain-configure-slow-logs.html)."""
    group = scope.of(f"{scope.node.id}.logs")
    if group is None:
        return None, []
    mine = {"StringEquals": {"aws:SourceAccount": account}, "ArnLike": {"aws:SourceArn": Sub(
        ARN,
        {"Domain": scope.physical(28)})}}  # fmt: skip
    group.policy(Statement(("logs:CreateLogStream", "logs:PutLogEvents"), (group.attribute("arn"),), scope.node.id,
                           principal={"Service": SERVICE}, condition=mine))  # fmt: skip
    to = {"CloudWatchLogsLogGroupArn": group.attribute("arn"), "Enabled": True}
    return {LOGGED[name]: to for name in kind.publish}, [f"{group.id}Policy"]
