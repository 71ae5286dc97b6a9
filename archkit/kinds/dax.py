"""DynamoDB Accelerator: memory before a table."""

from __future__ import annotations

from typing import Any, ClassVar

from archkit import network
from archkit.architecture import Architecture, Node
from archkit.kind import External, Grant, Join, Kind, Listen, Metric, Port, Refusal, Spread, prop
from archkit.scope import Link, Scope
from archkit.shared.windows import WEEKLY

__all__ = ["Cluster"]

READ = ("dax:GetItem", "dax:BatchGetItem", "dax:Query", "dax:Scan")
WRITE = ("dax:PutItem", "dax:UpdateItem", "dax:DeleteItem", "dax:BatchWriteItem", "dax:ConditionCheckItem")
"""https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAX.access-control.html"""
TLS = 9_111
ON_TABLE = ("dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:Scan",
            "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem",
            "dynamodb:ConditionCheckItem")  # fmt: skip


class Open(Listen):
    """A connection, as far as rights on the cache go: `NAME` holds the discovery address, its port included."""

    usual = False


class Accelerate(Join):
    """The cache answers for that table, and asks it what it does not know."""

    word: ClassVar[str] = "accelerate"
    usual: ClassVar[bool] = True
    style: ClassVar[Any] = "data"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.types[:1] == ("AWS::DynamoDB::Table",)

    def apply(self, link: Link) -> None:
        table = link.other
        on = [table.attribute("arn"), table.fill("${arn}/index/*")]
        link.owner.allow(*ON_TABLE, on=on, because=link.because)
        network.call_out(link.owner, "dynamodb", link.because)
        key = table.of(table.kind.encryption_key())
        if key is not None:
            link.owner.grant(key, "decrypt", link.because)


class Cluster(Kind, icon="aws/database/dynamodb-dax", service="DynamoDB Accelerator",
              types=("AWS::DAX::Cluster", "AWS::DAX::SubnetGroup", "AWS::IAM::Role", "AWS::EC2::SecurityGroup",
                     "AWS::EC2::SecurityGroupEgress")):  # fmt: skip
    """Cache before DynamoDB tables that answers within microseconds, with three nodes over the zones."""

    node: str = prop("t3.small", "Node type, without dax.", pattern=r"[a-z0-9]+\.[a-z0-9]+")
    nodes_count: int = prop(3, "Nodes; three are the least that AWS advises for production.", ge=1, le=11, shape=True)
    maintenance: str | None = prop(
        None,
        "Weekly window of maintenance, ddd:HH:MM-ddd:HH:MM in UTC.",
        pattern=WEEKLY,
    )

    resides = "subnets"
    reaches = True
    principal = "dax.amazonaws.com"
    grantee = False
    listens = Open
    joins = (Accelerate,)
    attributes = {"arn": "${.Arn}", "name": "${}", "endpoint": "${.ClusterDiscoveryEndpointURL}"}
    address = "${endpoint}"
    external = External(("arn", "endpoint", "security_group"))
    grants = {"read": Grant(*READ, usual=True), "write": Grant(*WRITE)}
    metrics = {
        "cpu": Metric("AWS/DAX", "CPUUtilization", {"ClusterId": "${name}"}, "Average"),
        "misses": Metric("AWS/DAX", "ItemCacheMisses", {"ClusterId": "${name}"}),
        "evicted": Metric("AWS/DAX", "EvictedSize", {"ClusterId": "${name}"}),
    }

    def ports(self) -> tuple[Port, ...]:
        return (Port(TLS),)

    def spread(self) -> Spread:
        return "each" if self.nodes_count > 1 else "one"

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        few = network.too_few_zones(node, world) if self.nodes_count > 1 else None
        return [few] if few is not None else []

    def build(self, scope: Scope) -> None:
        from troposphere import dax

        subnets = scope.make(dax.SubnetGroup, "Subnets", SubnetIds=network.subnets(scope),
                             Description=f"Subnets of {scope.node.title}")  # fmt: skip
        scope.make(
            "AWS::DAX::Cluster", after=scope.after_rights(), IAMRoleARN=scope.role().att("Arn"),
            NodeType=f"dax.{self.node}", ReplicationFactor=self.nodes_count, SubnetGroupName=subnets.ref,
            SecurityGroupIds=[network.security_group(scope)], SSESpecification={"SSEEnabled": True},
            ClusterEndpointEncryptionType="TLS", PreferredMaintenanceWindow=self.maintenance,
            Description=(scope.node.note or scope.node.title)[:255],
        )  # fmt: skip
