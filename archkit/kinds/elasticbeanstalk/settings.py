"""What an environment is told, as option settings: a namespace, a name and a text each.

https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/command-options-general.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from archkit import network
from archkit.architecture import Architecture, Node
from archkit.offers import Port
from archkit.scope import Resource, Scope
from archkit.shared.servers import graviton

if TYPE_CHECKING:
    from archkit.kinds.elasticbeanstalk.environment import Environment

__all__ = ["DAEMON", "HTTP", "SECRETS", "VARIABLES", "options", "settings"]

STEM = "aws:elasticbeanstalk:"
VARIABLES, SECRETS = f"{STEM}application:environment", f"{STEM}application:environmentsecrets"
DAEMON = f"{STEM}sqsd"
POLICIES = {"all-at-once": "AllAtOnce", "rolling": "Rolling", "immutable": "Immutable",
            "rolling-with-additional-batch": "RollingWithAdditionalBatch",
            "traffic-splitting": "TrafficSplitting"}  # fmt: skip
TLS = "ELBSecurityPolicy-TLS13-1-2-2021-06"
HTTP, HTTPS = Port(80), Port(443)
Settings = dict[str, dict[str, Any]]


def options(namespace: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return settings of one namespace; what is None is left out, and what is true or false is a word."""

    def text(value: Any) -> Any:
        return str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, int) else value

    return [{"Namespace": namespace, "OptionName": name, "Value": text(value)}
            for name, value in values.items() if value is not None]  # fmt: skip


def settings(kind: Environment, scope: Scope, profile: Resource, service: Resource) -> list[dict[str, Any]]:
    """Return all settings that do not come from edges."""
    found: Settings = {
        **_place(kind, scope),
        **_servers(kind, scope, profile),
        f"{STEM}environment": {
            "EnvironmentType": "SingleInstance" if kind.single else "LoadBalanced", "ServiceRole": service.ref,
            "LoadBalancerType": "application" if kind.balanced else None,
        },
        **_deployment(kind),
        **(_front(kind, scope) if kind.balanced else {}),
        f"{STEM}healthreporting:system": {"SystemType": "enhanced"},
        f"{STEM}managedactions": {
            "ManagedActionsEnabled": kind.updates is not None,
            "PreferredStartTime": kind.update_at if kind.updates else None,
            "ServiceRoleForManagedUpdates": service.ref if kind.updates else None,
        },
        f"{STEM}managedactions:platformupdate": {"UpdateLevel": kind.updates},
        f"{STEM}xray": {"XRayEnabled": True if kind.tracing else None},
        f"{STEM}cloudwatch:logs": {"StreamLogs": True, "DeleteOnTerminate": False, "RetentionInDays": kind.logs}
        if kind.logs is not None else {},
        f"{STEM}sns:topics": {"Notification Topic ARN": scope.arn(kind.tell)},
    }  # fmt: skip
    return [one for namespace, values in found.items() for one in options(namespace, values)]


def _listed(values: list[Any]) -> Any:
    return {"Fn::Join": [",", values]}


def _place(kind: Environment, scope: Scope) -> Settings:
    world = scope.architecture
    tier = network.tier_of(scope.node, world)
    public = tier is not None and tier.kind.exposure() == "public"
    front = None
    if kind.balanced:
        outer = scope.of(front_tier(scope.node, world)) if not kind.internal else None
        front = outer.kind.subnet_ids(outer) if outer is not None else network.subnets(scope)
    return {"aws:ec2:vpc": {
        "VPCId": network.vpc_id(scope), "Subnets": _listed(network.subnets(scope)),
        "ELBSubnets": _listed(front) if front else None,
        "ELBScheme": ("internal" if kind.internal else "public") if kind.balanced else None,
        "AssociatePublicIpAddress": public,
    }}  # fmt: skip


def front_tier(node: Node, world: Architecture) -> str | None:
    """Return the id of the public subnets in which its load balancer stands: its own, or the first of the VPC."""
    own, vpc = network.tier_of(node, world), network.vpc_of(node, world)
    if own is None or own.kind.exposure() == "public":
        return own.id if own else None
    return next((other.id for other in world.nodes.values() if other.kind.network == "subnets"
                 and other.kind.exposure() == "public" and network.vpc_of(other, world) is vpc), None)  # fmt: skip


def _servers(kind: Environment, scope: Scope, profile: Resource) -> Settings:
    return {
        "aws:autoscaling:launchconfiguration": {
            "IamInstanceProfile": profile.ref, "SecurityGroups": network.security_group(scope),
            "DisableDefaultEC2SecurityGroup": True, "DisableIMDSv1": True, "RootVolumeType": "gp3",
            "MonitoringInterval": "1 minute" if kind.monitoring else "5 minute",
        },
        "aws:ec2:instances": {
            "InstanceTypes": kind.servers, "SupportedArchitectures": "arm64" if graviton(kind.servers) else "x86_64",
        },
        "aws:autoscaling:asg": {} if kind.single else {"MinSize": kind.min, "MaxSize": kind.max},
        "aws:autoscaling:trigger": {} if kind.cpu is None or kind.single else {
            "MeasureName": "CPUUtilization", "Unit": "Percent", "Statistic": "Average", "UpperThreshold": kind.cpu,
            "LowerThreshold": max(kind.cpu // 2, 1)},
    }  # fmt: skip


def _deployment(kind: Environment) -> Settings:
    batch = kind.batch or "30%"
    rolling, split = kind.way.startswith("rolling"), kind.split
    return {
        f"{STEM}command": {
            "DeploymentPolicy": POLICIES[kind.way],
            "BatchSizeType": ("Percentage" if batch.endswith("%") else "Fixed") if rolling else None,
            "BatchSize": batch.rstrip("%") if rolling else None,
        },
        f"{STEM}trafficsplitting": {} if kind.way != "traffic-splitting" else {
            "NewVersionPercent": split.percent if split else 10, "EvaluationTime": split.minutes if split else 5},
        "aws:autoscaling:updatepolicy:rollingupdate": {} if kind.single else {
            "RollingUpdateEnabled": True, "RollingUpdateType": "Health" if kind.balanced else "Time"},
    }  # fmt: skip


def _front(kind: Environment, scope: Scope) -> Settings:
    """Return what its load balancer is told, with a security group that reaches the servers and nothing else."""
    from troposphere import ec2

    port = HTTPS if kind.certificate else HTTP
    text = f"{scope.architecture.name}: load balancer of {scope.node.id}"
    vpc = network.vpc_scope(scope)
    near = vpc.kind.ranges(vpc)[0] if kind.internal else network.ANYWHERE
    opened = {"IpProtocol": "tcp", "FromPort": port.low, "ToPort": port.low, "CidrIp": near,
              "Description": "Whom it serves"}  # fmt: skip
    group = scope.make(ec2.SecurityGroup, "BalancerSecurityGroup", GroupDescription=text[:255],
                       VpcId=network.vpc_id(scope), SecurityGroupIngress=[opened],
                       SecurityGroupEgress=[network.NOTHING]).att("GroupId")  # fmt: skip
    network.let_in(scope, group, HTTP, scope.node.id, "Balancer")
    scope.make(ec2.SecurityGroupEgress, "BalancerToServers80", GroupId=group, IpProtocol="tcp", FromPort=80, ToPort=80,
               DestinationSecurityGroupId=network.security_group(scope), Description="Servers")  # fmt: skip
    secure = {"Protocol": "HTTPS", "SSLCertificateArns": scope.arn(kind.certificate), "SSLPolicy": TLS}
    return {
        "aws:elbv2:loadbalancer": {"SecurityGroups": group, "ManagedSecurityGroup": group},
        "aws:elbv2:listener:default": {"ListenerEnabled": False if kind.certificate else None},
        "aws:elbv2:listener:443": secure if kind.certificate else {},
        f"{STEM}environment:process:default": {"HealthCheckPath": kind.health},
    }  # fmt: skip
