"""Connections: how crawlers and jobs reach a database."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from archkit.architecture import Architecture, Node
from archkit.kind import External, Grant, Kind, NodeId, Refusal, prop
from archkit.kinds.glue.shared import STEM
from archkit.scope import Scope
from archkit.values import account

__all__ = ["Connection"]


class Connection(Kind, icon="aws/analytics/glue", service="AWS Glue", types="AWS::Glue::Connection"):
    """Connection to a database by JDBC: its address, the secret with the credentials, the subnet to reach it from."""

    url: str | None = prop(
        None, "JDBC address, such as jdbc:postgresql://host:5432/shop.", pattern="jdbc:[a-z0-9:]+:.+"
    )
    type: Literal["JDBC", "NETWORK"] = prop("JDBC", "JDBC, or a place in a network and nothing else.")
    secret: NodeId | None = prop(
        None, "Secret with 'username' and 'password'.", slot="secret", to="secretsmanager.secret"
    )
    ssl: bool = prop(True, "Refuse a connection that is not encrypted.")
    subnet: str | None = prop(None, "Id of the subnet that it is reached from.")
    security_groups: list[str] = prop([], "Ids of security groups that are worn there.", le=50)
    zone: str | None = prop(None, "Availability Zone of the subnet.")

    attributes = {"name": "${}", "arn": STEM + "connection/${name}"}
    address = "${name}"
    external = External(("name",), {"arn": STEM + "connection/${name}"})
    grants = {"use": Grant("glue:GetConnection", on=(STEM + "catalog", "${arn}"), usual=True)}
    example = '{url: "jdbc:postgresql://db.example.com:5432/shop"}'

    def beside(self, scope: Scope, grant: Grant) -> Iterable[tuple[Scope, Grant | str]]:
        """Whoever uses the connection reads its credentials."""
        secret = scope.of(self.secret)
        return ((secret, "read"),) if secret is not None else ()

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        if (self.url is None) == (self.type == "JDBC"):
            what = "a JDBC connection needs its address" if self.url is None else "a place in a network has no address"
            return [Refusal(what, "url: jdbc:postgresql://host:5432/name", "missing-property", "url")]
        if self.type == "NETWORK" and not self.subnet:
            return [Refusal("a place in a network is a subnet", "subnet: subnet-...", "missing-property", "type")]
        if self.subnet and not self.security_groups:
            return [Refusal("what stands in a subnet wears a security group", "security_groups: [sg-...]",
                            "missing-property", "subnet")]  # fmt: skip
        return []

    def build(self, scope: Scope) -> None:
        secret = scope.of(self.secret)
        said = {"JDBC_CONNECTION_URL": self.url, "JDBC_ENFORCE_SSL": str(self.ssl).lower(),
                "SECRET_ID": secret.attribute("arn") if secret else None}  # fmt: skip
        place = {"SubnetId": self.subnet, "SecurityGroupIdList": list(self.security_groups) or None,
                 "AvailabilityZone": self.zone}  # fmt: skip
        scope.make("AWS::Glue::Connection", CatalogId=account, ConnectionInput={
            "ConnectionType": self.type, "Name": scope.physical(255), "Description": scope.node.note,
            "ConnectionProperties": said if self.type == "JDBC" else {},
            "PhysicalConnectionRequirements": place if self.subnet else None,
        })  # fmt: skip
