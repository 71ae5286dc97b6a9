"""How code logs in to a database in a VPC: with the credentials of a secret that is read when it runs.

The secret is a helper of the database: AWS makes up the password, the attachment writes the address beside it, and
whoever connects may read it and is handed its ARN as `NAME_SECRET`, where `NAME` holds the address.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archkit import network
from archkit.architecture import Architecture, Node
from archkit.kind import Helper, Listen, NodeId, Refusal
from archkit.scope import Resource, Scope

__all__ = ["BySecret", "attach", "credentials", "master", "rotate", "rotation_refusal"]

HOSTED = "AWS::SecretsManager-2024-09-16"
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/transform-aws-secretsmanager.html"""


class BySecret(Listen):
    """A connection with the credentials of the database's secret."""

    def services(self) -> tuple[str, ...]:
        return ("secretsmanager",)

    def give(self, link: Any) -> None:
        secret = link.target.of(f"{link.target.node.id}.secret") or link.target.of(
            getattr(link.target.node.kind, "secret", None)
        )
        if link.source.node.kind.grantee and secret is not None:
            link.source.grant(secret, "read", link.because)
            network.open_call(link.source, secret, link.because)
            link.hand_over(secret, suffix="" if secret.node.helper_of else "_SECRET")


def credentials(key: NodeId | None, username: str = "master", exclude: str = "\"'@/\\ ") -> Mapping[str, Helper]:
    """Return the helper that holds a database's credentials; `exclude` are characters that its password cannot have."""
    password = {"exclude": exclude}
    return {"secret": Helper("secretsmanager.secret", {"username": username, "password": password,
                                                       **({"key": key} if key else {})}, "credentials")}  # fmt: skip


def master(scope: Scope) -> tuple[Any, Any]:
    """Return the master user's name and password as dynamic references to the secret."""
    secret = scope.of(f"{scope.node.id}.secret")
    assert secret is not None
    return secret.attribute("value.username"), secret.attribute("value.password")


def attach(scope: Scope) -> Resource:
    """Write the database's address into its secret."""
    secret = scope.of(f"{scope.node.id}.secret")
    assert secret is not None
    main = scope.main
    return scope.make("AWS::SecretsManager::SecretTargetAttachment", "SecretAttachment",
                      SecretId=secret.attribute("arn"), TargetId=main.ref, TargetType=main.type)  # fmt: skip


def rotate(scope: Scope, days: int, engine: str, attachment: Resource) -> None:
    """Change the password every so many days, by a function that AWS makes in the database's subnets.

    https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_turn-on-cfn.html
    """
    secret = scope.of(f"{scope.node.id}.secret")
    assert secret is not None
    scope.transform(HOSTED)
    (port, *_) = scope.node.kind.ports()
    text = f"{scope.architecture.name}: rotation of {scope.node.id}"
    group = scope.make(
        "AWS::EC2::SecurityGroup", "RotationGroup", GroupDescription=text,
        VpcId=network.vpc_id(scope), SecurityGroupEgress=[
            {"IpProtocol": "tcp", "FromPort": port.low, "ToPort": port.top, "Description": "To the database",
             "DestinationSecurityGroupId": network.security_group(scope)},
            {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "Description": "To Secrets Manager",
             "CidrIp": network.ANYWHERE},
        ],
    )  # fmt: skip
    network.let_in(scope, group.att("GroupId"), port, scope.node.id, "Rotation")
    hosted = {"RotationType": f"{engine}SingleUser", "VpcSecurityGroupIds": group.att("GroupId"),
              "VpcSubnetIds": {"Fn::Join": [",", network.subnets(scope)]},
              "KmsKeyArn": secret.arn(secret.kind.key)}  # fmt: skip
    scope.make("AWS::SecretsManager::RotationSchedule", "Rotation", after=[attachment],
               SecretId=secret.attribute("arn"), HostedRotationLambda=hosted,
               RotationRules={"AutomaticallyAfterDays": days})  # fmt: skip


def rotation_refusal(node: Node, world: Architecture) -> Refusal | None:
    """Refuse a rotation whose function would reach no Secrets Manager from the database's subnets."""
    tier, vpc = network.tier_of(node, world), network.vpc_of(node, world)
    if tier is None or vpc is None or tier.existing is not None or vpc.existing is not None:
        return None
    carried = any(service == "secretsmanager" for _, service in network.carriers(vpc, world))
    nat = any(other.kind.name == "ec2.nat_gateway" and network.vpc_of(other, world) is vpc
              for other in world.nodes.values())  # fmt: skip
    if carried or (tier.kind.exposure() == "private" and nat):
        return None
    return Refusal(f"the function that rotates the password reaches no Secrets Manager from '{tier.id}'",
                   f"a node {{kind: ec2.endpoint, services: [secretsmanager]}} in '{vpc.id}'", "cannot-reach",
                   "rotate")  # fmt: skip
