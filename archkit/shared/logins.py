"""How code logs in to a database in a VPC: with the credentials of a secret that is read when it runs.

The secret is a helper of the database: AWS makes up the password, the attachment writes the address beside it, and
whoever connects may read it and is handed its ARN as `NAME_SECRET`, where `NAME` holds the address, `NAME_PORT` the
port and `NAME_READER` the address that spreads over readers, if there are any.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archkit import network
from archkit.architecture import Architecture, Node
from archkit.kind import Helper, Kind, Listen, NodeId, Refusal
from archkit.scope import Resource, Scope

__all__ = [
    "HOSTED",
    "BySecret",
    "Store",
    "attach",
    "credentials",
    "master",
    "public_refusal",
    "rotate",
    "rotation_refusal",
]

HOSTED = "AWS::SecretsManager-2024-09-16"
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/transform-aws-secretsmanager.html"""


class Store(Kind, abstract=True):
    """What keeps data and is connected to at a port."""

    def handed(self, word: str) -> Mapping[str, str]:
        (port, *_) = self.ports()
        reader = {"_READER": "${reader}"} if self.attribute("reader") is not None else {}
        return {"_PORT": str(port.low), **reader}

    def rotation(self) -> str | None:
        """Return what Secrets Manager calls the function that changes its password; None where there is none
        (https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_available-rotation-templates.html)."""
        return None


class BySecret(Listen):
    """A connection with the credentials of the database's secret."""

    def services(self, target: Node) -> tuple[str, ...]:
        known = target.existing is None or "secret" in target.existing
        return ("secretsmanager",) if known and "secret" in target.kind.helpers() else ()

    def rights(self, target: Node) -> tuple[str, ...]:
        return ("read secret",) if self.services(target) else ()

    def give(self, link: Any) -> None:
        secret = link.target.of(f"{link.target.node.id}.secret")
        if link.source.node.kind.grantee and secret is not None:
            link.source.grant(secret, "read", link.because)
            network.open_call(link.source, secret, link.because)
            link.hand_over(secret)
        elif link.source.node.kind.grantee and "secret" in (link.target.node.existing or {}):
            known = link.target.attribute("secret")
            link.source.allow("secretsmanager:GetSecretValue", on=known, because=link.because)
            network.call_out(link.source, "secretsmanager", link.because)
            link.hand_over(suffix="_SECRET", value=known)


def credentials(
    key: NodeId | None, username: str = "master", exclude: str = "\"'@/\\ &", length: int = 32
) -> Mapping[str, Helper]:
    """Return the helper that holds a database's credentials; `exclude` are characters that its password cannot have
    (https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html)."""
    password = {"exclude": exclude, "length": length}
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


def rotate(scope: Scope, days: int, attachment: Resource, make: Any = None, secret: Scope | None = None) -> None:
    """Change the password every so many days, by a function that AWS makes in the database's subnets.

    `secret` is another secret than the database's own, and `make` makes what belongs to the edge between the two.
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_turn-on-cfn.html
    """
    secret, make = secret or scope.of(f"{scope.node.id}.secret"), make or scope.make
    assert secret is not None
    scope.transform(HOSTED)
    hosted = {"RotationType": f"{scope.kind.rotation()}SingleUser", "KmsKeyArn": secret.arn(secret.kind.key),
              "VpcSecurityGroupIds": rotation_group(scope),
              "VpcSubnetIds": {"Fn::Join": [",", network.subnets(scope)]}}  # fmt: skip
    make("AWS::SecretsManager::RotationSchedule", "Rotation", after=[attachment], SecretId=secret.attribute("arn"),
         HostedRotationLambda=hosted, RotationRules={"AutomaticallyAfterDays": days})  # fmt: skip


def rotation_group(scope: Scope) -> Any:
    """Return the security group of the functions that change passwords: to the database and to Secrets Manager."""
    found = scope.get("RotationGroup")
    if found is not None:
        return found.att("GroupId")
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
    return group.att("GroupId")


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


def public_refusal(node: Node, world: Architecture) -> list[Refusal]:
    """Refuse an address on the Internet in subnets that nothing leads to from there."""
    tier = network.tier_of(node, world)
    if not node.kind.public_address(node, world) or tier is None or tier.existing is not None:
        return []
    if tier.kind.exposure() == "public":
        return []
    return [Refusal(f"an address on the Internet leads nowhere from the subnets of '{tier.id}'",
                    f"tier: public on '{tier.id}'", "needs-public", "public")]  # fmt: skip
