"""Amazon Redshift: a warehouse for questions over much data."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Literal

from archkit import network
from archkit.architecture import Architecture, Node
from archkit.kind import External, Grant, Helper, Join, Kind, Metric, NodeId, Port, Refusal, Spread, prop
from archkit.scope import Link, Scope
from archkit.shared.logins import BySecret, Store, attach, credentials, master, public_refusal, rotate, rotation_refusal
from archkit.shared.windows import WEEKLY
from archkit.values import Sub

__all__ = ["Cluster"]

NAMED = {"ClusterIdentifier": "${id}"}
CATALOG = ("glue:GetDatabase", "glue:GetDatabases", "glue:GetTable", "glue:GetTables", "glue:GetPartition",
           "glue:GetPartitions", "glue:BatchGetPartition")  # fmt: skip
"""https://docs.aws.amazon.com/redshift/latest/dg/c-spectrum-iam-policies.html"""


NAMED_ARN = "arn:${AWS::Partition}:redshift:${AWS::Region}:${AWS::AccountId}:cluster:${id}"
OWN = Grant("redshift-data:CancelStatement", "redshift-data:DescribeStatement", "redshift-data:GetStatementResult",
            wildcard="statements have no ARN", condition={
                "StringEquals": {"redshift-data:statement-owner-iam-userid": "$${aws:userid}"}})  # fmt: skip
"""https://docs.aws.amazon.com/redshift/latest/mgmt/data-api-access.html"""


class Login(BySecret):
    """A connection: `NAME` holds the warehouse's address, `NAME_PORT` its port, and `NAME_SECRET` the ARN of the secret
    with its credentials.
    """


class Spectrum(Join):
    """The warehouse reads the bucket's objects as tables, or loads them (Spectrum, COPY, UNLOAD)."""

    word: ClassVar[str] = "read"
    usual: ClassVar[bool] = True
    style: ClassVar[Any] = "data"

    unload: bool = prop(False, "It may write there too.")

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.types[:1] == ("AWS::S3::Bucket",)

    def apply(self, link: Link) -> None:
        warehouse = link.owner
        for grant in ("read", "list", *(("write",) if self.unload else ())):
            warehouse.grant(link.other, grant, link.because)
        stem = "arn:${AWS::Partition}:glue:${AWS::Region}:${AWS::AccountId}:"
        warehouse.allow(*CATALOG, on=[Sub(stem + part) for part in ("catalog", "database/*", "table/*")],
                        because=link.because)  # fmt: skip
        warehouse.main.append("IamRoles", warehouse.role().att("Arn"))
        network.call_out(warehouse, "s3", link.because)


class Cluster(Store, icon="aws/database/redshift", service="Amazon Redshift",
              types=("AWS::Redshift::Cluster", "AWS::Redshift::ClusterSubnetGroup",
                     "AWS::Redshift::ClusterParameterGroup", "AWS::EC2::SecurityGroup",
                     "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress", "AWS::IAM::Role",
                     "AWS::SecretsManager::SecretTargetAttachment",
                     "AWS::SecretsManager::RotationSchedule")):  # fmt: skip
    """Data warehouse: SQL over columns, on one node or many, encrypted and inside the network."""

    node: Literal["ra3.large", "ra3.xlplus", "ra3.4xlarge", "ra3.16xlarge"] = prop(
        "ra3.large", "Node type.", shape=True
    )
    count: int = prop(1, "Nodes.", ge=1, le=128, shape=True)
    database: str = prop("warehouse", "Database made at the start.", pattern="[a-z][a-z0-9_]*")
    port: int = prop(5_439, "Port.", ge=1_150, le=65_535, shape=True)
    multi_az: bool = prop(False, "Nodes in a second zone (RA3, from two nodes on).", shape=True)
    concurrency: int = prop(1, "Clusters that are added when many ask at once; 0 for none.", ge=0, le=10)
    public: bool = prop(False, "An address on the Internet, which Firehose needs to deliver.", shape=True)
    enhanced_routing: bool = prop(True, "Loads and unloads go through the VPC and nowhere else.")
    tls: bool = prop(True, "Refuse connections that are not encrypted.")
    snapshots: int = prop(7, "Days that automatic snapshots are kept.", ge=0, le=35)
    maintenance: str | None = prop(
        None,
        "Weekly window of maintenance, ddd:HH:MM-ddd:HH:MM in UTC.",
        pattern=WEEKLY,
    )
    audit: bool = prop(True, "Write connections and questions to CloudWatch Logs.")
    rotate: int | None = prop(None, "Days after which the password is changed.", ge=1, le=1_000, shape=True)
    key: NodeId | None = prop(None, "Encryption key (default: the AWS-managed one).", slot="key", to="kms.key")

    resides = "subnets"
    prefers = "isolated"
    durable = True
    principal = "redshift.amazonaws.com"
    listens = Login
    joins = (Spectrum,)
    attributes = {"id": "${}", "endpoint": "${.Endpoint.Address}", "port": "${.Endpoint.Port}", "arn": "${namespace}",
                  "secret": "${+Secret}", "namespace": "${.ClusterNamespaceArn}"}  # fmt: skip
    address = "${endpoint}"
    external = External(("endpoint", "security_group"))
    grants = {"query": Grant("redshift-data:ExecuteStatement", "redshift-data:BatchExecuteStatement", on=NAMED_ARN)}
    private_link = "redshift-data"
    metrics = {
        "cpu": Metric("AWS/Redshift", "CPUUtilization", NAMED, "Average"),
        "healthy": Metric("AWS/Redshift", "HealthStatus", NAMED, "Minimum"),
        "disk": Metric("AWS/Redshift", "PercentageDiskSpaceUsed", NAMED, "Maximum"),
        "connections": Metric("AWS/Redshift", "DatabaseConnections", NAMED, "Maximum"),
    }

    def ports(self) -> tuple[Port, ...]:
        return (Port(self.port),)

    def granted(self, grant: Grant) -> Iterable[Grant]:
        """Who asks by the Data API fetches the answer later, as the owner of the statement."""
        yield grant
        yield OWN

    def beside(self, scope: Scope, grant: Grant) -> Iterable[tuple[Scope, Grant | str]]:
        """The Data API reads the secret with the rights of whoever asks
        (https://docs.aws.amazon.com/redshift/latest/mgmt/data-api-iam.html)."""
        secret = scope.of(f"{scope.node.id}.secret")
        return ((secret, "read"),) if secret is not None else ()

    def handed(self, word: str) -> Mapping[str, str]:
        """The Data API is asked for a cluster by its name, with the ARN of a secret."""
        return {"_ID": "${id}", "_SECRET": "${secret}"} if word == "query" else super().handed(word)

    def rotation(self) -> str | None:
        return "Redshift"

    def public_address(self, node: Node, world: Architecture) -> bool:
        return self.public

    def second(self) -> str:
        return "second zone"

    def spread(self) -> Spread:
        return "standby" if self.multi_az else "one"

    def caption(self) -> str | None:
        return f"{self.count} x {self.node}"

    def helpers(self) -> Mapping[str, Helper]:
        return credentials(self.key, "admin_user")

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        """https://docs.aws.amazon.com/redshift/latest/mgmt/managing-cluster-multi-az.html."""
        found = []
        if self.multi_az:
            if not self.node.startswith("ra3") or self.node == "ra3.large" or self.count < 2:
                found.append(Refusal("several zones need RA3 nodes from ra3.xlplus on, and two of them",
                                     "node: ra3.xlplus, count: 2", "bad-value", "multi_az"))  # fmt: skip
            few = network.too_few_zones(node, world, 3)
            found += [few] if few is not None else []
        found += public_refusal(node, world)
        if self.public and self.multi_az:
            found.append(Refusal("a cluster in several zones has no address on the Internet", "public: false",
                                 "bad-value", "public"))  # fmt: skip
        if self.node == "ra3.16xlarge" and self.count < 2:
            found.append(Refusal("ra3.16xlarge comes in twos at least", "count: 2", "out-of-bounds", "count"))
        refused = rotation_refusal(node, world) if self.rotate is not None else None
        return [*found, refused] if refused is not None else found

    def build(self, scope: Scope) -> None:
        from troposphere import redshift

        username, password = master(scope)
        subnets = scope.make(redshift.ClusterSubnetGroup, "Subnets", SubnetIds=network.subnets(scope),
                             Description=f"Subnets of {scope.node.title}")  # fmt: skip
        queue = [{"auto_wlm": True, "concurrency_scaling": "auto" if self.concurrency else "off", "priority": "normal"},
                 {"short_query_queue": True}]  # fmt: skip
        said = {"require_ssl": str(self.tls).lower(), "enable_user_activity_logging": str(self.audit).lower(),
                "max_concurrency_scaling_clusters": str(self.concurrency or 1),
                "wlm_json_configuration": json.dumps(queue)}  # fmt: skip
        parameters = scope.make(
            redshift.ClusterParameterGroup, "Parameters", ParameterGroupFamily="redshift-1.0",
            Description=f"Parameters of {scope.node.title}",
            Parameters=[{"ParameterName": name, "ParameterValue": value} for name, value in said.items()],
        )  # fmt: skip
        scope.make(
            "AWS::Redshift::Cluster", ClusterType="multi-node" if self.count > 1 else "single-node",
            NodeType=self.node, NumberOfNodes=self.count if self.count > 1 else None, DBName=self.database,
            MasterUsername=username, MasterUserPassword=password, Port=self.port, Encrypted=True,
            KmsKeyId=scope.arn(self.key), PubliclyAccessible=self.public, EnhancedVpcRouting=self.enhanced_routing,
            ClusterSubnetGroupName=subnets.ref, ClusterParameterGroupName=parameters.ref, MultiAZ=self.multi_az or None,
            VpcSecurityGroupIds=[network.security_group(scope)], AutomatedSnapshotRetentionPeriod=self.snapshots,
            PreferredMaintenanceWindow=self.maintenance, AllowVersionUpgrade=True,
            LoggingProperties={"LogDestinationType": "cloudwatch",
                               "LogExports": ["connectionlog", "userlog", "useractivitylog"]} if self.audit else None,
        )  # fmt: skip
        attachment = attach(scope)
        if self.rotate is not None:
            rotate(scope, self.rotate, attachment)
