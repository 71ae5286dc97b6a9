"""Amazon EMR: Spark, Hive and their kin on many machines."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from archkit import network
from archkit.architecture import Architecture, Node
from archkit.kind import External, Kind, Metric, NodeId, Port, Record, Refusal, prop
from archkit.network.rules import rule
from archkit.scope import Resource, Scope
from archkit.values import Sub

__all__ = ["Cluster"]

SERVICE_POLICY = "service-role/AmazonEMRServicePolicy_v2"
USABLE = {"Key": "for-use-with-amazon-emr-managed-policies", "Value": "true"}
"""What that policy asks of a cluster, its subnets and its security groups
(https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-managed-iam-policies.html)."""
SERVICE_CALLS, PRIMARY_CALLS = Port(8_443), Port(9_443)
"""https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-man-sec-groups.html"""
USE = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey",
       "kms:GenerateDataKeyWithoutPlaintext", "kms:DescribeKey")  # fmt: skip
"""https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-encryption-enable.html#emr-awskms-keys"""
LETTER = "A"
"""A cluster stands in the first subnet of its group."""
NAMED = {"JobFlowId": "${id}"}
Application = Literal["Spark", "Hadoop", "Hive", "Presto", "Trino", "Flink", "HBase", "HCatalog", "Hue", "JupyterHub",
                      "Livy", "Oozie", "Phoenix", "Pig", "Sqoop", "Tez", "Zeppelin", "ZooKeeper"]  # fmt: skip


class Machines(Record):
    """A group of machines of one role. A bare text is their type."""

    short = "instance"

    instance: str = prop("m6g.xlarge", "Instance type.", pattern=r"[a-z0-9-]+\.[a-z0-9]+")
    count: int = prop(1, "Machines.", ge=1, le=2_000)
    spot: bool = prop(False, "Spot instances.")
    storage: int = prop(64, "GiB of disk of each.", ge=10)

    def form(self, name: str) -> dict[str, Any]:
        """Return the instance group."""
        return {
            "Name": name,
            "InstanceCount": self.count,
            "InstanceType": self.instance,
            "Market": "SPOT" if self.spot else "ON_DEMAND",
            "EbsConfiguration": {
                "EbsBlockDeviceConfigs": [
                    {"VolumeSpecification": {"SizeInGB": self.storage, "VolumeType": "gp3"}, "VolumesPerInstance": 1}
                ]
            },
        }


PRIMARY = Machines(instance="m6g.xlarge", count=1, spot=False, storage=64)
CORE = Machines(instance="m6g.xlarge", count=2, spot=False, storage=64)


class Cluster(Kind, icon="aws/analytics/emr", service="Amazon EMR",
              types=("AWS::EMR::Cluster", "AWS::EMR::SecurityConfiguration", "AWS::IAM::Role",
                     "AWS::IAM::InstanceProfile", "AWS::EC2::SecurityGroup", "AWS::EMR::InstanceGroupConfig",
                     "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress")):  # fmt: skip
    """Cluster for work on much data: a primary, core machines that keep data, and task machines that come and go."""

    release: str = prop("emr-7.9.0", "Release.", pattern=r"emr-[0-9]+\.[0-9]+\.[0-9]+")
    applications: list[Application] = prop(["Spark"], "What is installed.", ge=1)
    primary: Machines = prop(PRIMARY, "Primary machine; a bare text is its type.")
    core: Machines = prop(CORE, "Core machines.")
    task: Machines | None = prop(None, "Task machines.")
    idle: int | None = prop(3_600, "Seconds without work after which it ends; null to go on.", ge=60, le=604_800,
                            shape=True)  # fmt: skip
    most: int | None = prop(None, "Machines that it may grow to by itself.", ge=2, le=2_000, shape=True)
    protect: bool = prop(False, "Refuse to be terminated.")
    key: NodeId | None = prop(None, "Key that encrypts disks (default: AWS-managed ones).", slot="key", to="kms.key")

    resides = "subnets"
    prefers: ClassVar[Any] = "private"
    reaches = True
    principal = "ec2.amazonaws.com"
    grantee = True
    attributes = {
        "id": "${}",
        "dns": "${.MasterPublicDNS}",
        "arn": "arn:${AWS::Partition}:elasticmapreduce:${AWS::Region}:${AWS::AccountId}:cluster/${}",
    }
    external = External(("id", "security_group"), {
        "arn": "arn:${AWS::Partition}:elasticmapreduce:${AWS::Region}:${AWS::AccountId}:cluster/${id}"})  # fmt: skip
    metrics = {
        "idle": Metric("AWS/ElasticMapReduce", "IsIdle", NAMED, "Minimum"),
        "hdfs": Metric("AWS/ElasticMapReduce", "HDFSUtilization", NAMED, "Maximum"),
    }

    def caption(self) -> str | None:
        return ", ".join(self.applications)

    def itself_calls(self) -> tuple[str, ...]:
        return ("elasticmapreduce", "s3")

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        if self.core.spot and self.primary.spot:
            return [Refusal("what keeps the data would all be spot, and be lost with it", "primary: on demand",
                            "bad-value", "primary")]  # fmt: skip
        return []

    def build(self, scope: Scope) -> None:
        from troposphere import iam

        service = scope.principal("elasticmapreduce.amazonaws.com", "Service").role()
        service.append("ManagedPolicyArns", Sub(f"arn:${{AWS::Partition}}:iam::aws:policy/{SERVICE_POLICY}"))
        scope.principal("elasticmapreduce.amazonaws.com", "Service").allow(
            "iam:PassRole", on=scope.role().att("Arn"),
            condition={"StringLike": {"iam:PassedToService": "ec2.amazonaws.com*"}},
        )  # fmt: skip
        profile = scope.make(iam.InstanceProfile, "Profile", Roles=[scope.role().ref])
        group, access, ways = self._groups(scope)
        service_rights = scope.principal("elasticmapreduce.amazonaws.com", "Service").after_rights()
        key = scope.arn(self.key)
        if key is not None:
            for whom in (scope.principal("elasticmapreduce.amazonaws.com", "Service"), scope):
                whom.allow(*USE, on=key)
                whom.allow("kms:CreateGrant", on=key, condition={"Bool": {"kms:GrantIsForAWSResource": "true"}})
        disks: dict[str, Any] = {"EncryptionKeyProviderType": "AwsKms", "AwsKmsKey": key, "EnableEbsEncryption": True}
        security = scope.make("AWS::EMR::SecurityConfiguration", "Security", SecurityConfiguration={
            "EncryptionConfiguration": {
                "EnableInTransitEncryption": False, "EnableAtRestEncryption": True,
                "AtRestEncryptionConfiguration": {
                    "S3EncryptionConfiguration": {"EncryptionMode": "SSE-S3"},
                    **({"LocalDiskEncryptionConfiguration": disks} if key else {})}},
            "InstanceMetadataServiceConfiguration": {"MinimumInstanceMetadataServiceVersion": 2,
                                                     "HttpPutResponseHopLimit": 1}})  # fmt: skip
        instances = {
            "MasterInstanceGroup": self.primary.form("primary"), "CoreInstanceGroup": self.core.form("core"),
            "TaskInstanceGroups": [self.task.form("task")] if self.task else None,
            "Ec2SubnetId": network.subnets(scope)[0], "EmrManagedMasterSecurityGroup": group,
            "EmrManagedSlaveSecurityGroup": group, "ServiceAccessSecurityGroup": access.att("GroupId"),
            "TerminationProtected": self.protect, "KeepJobFlowAliveWhenNoSteps": True,
        }  # fmt: skip
        limits = {"UnitType": "Instances", "MinimumCapacityUnits": 2, "MaximumCapacityUnits": self.most}
        scope.make(
            "AWS::EMR::Cluster", Name=f"{scope.architecture.name}-{scope.node.id}", ReleaseLabel=self.release,
            Applications=[{"Name": name} for name in self.applications], Instances=instances,
            JobFlowRole=profile.ref, ServiceRole=service.ref, SecurityConfiguration=security.ref,
            AutoTerminationPolicy={"IdleTimeout": self.idle} if self.idle else None, VisibleToAllUsers=True,
            ManagedScalingPolicy={"ComputeLimits": limits} if self.most else None,
            Tags=[USABLE], after=[*ways, *service_rights, *scope.after_rights()],
        )  # fmt: skip

    def _groups(self, scope: Scope) -> tuple[Any, Resource, list[Resource]]:
        """Return the security groups of the machines and of the service that starts them, and the ways between them.

        EMR adds the rules by which both are let in, and none by which they are let out; its policy takes groups and
        subnets that carry a tag only.
        """
        group = network.security_group(scope)
        access = scope.make(
            "AWS::EC2::SecurityGroup", "ServiceGroup", VpcId=network.vpc_id(scope),
            GroupDescription=f"{scope.architecture.name}: EMR reaches {scope.node.id}",
            SecurityGroupEgress=[network.NOTHING], Tags=[USABLE],
        )  # fmt: skip
        ways = network.open_itself(scope, [Port(0, protocol="-1")], scope.node.id)
        out = network.let_out(scope, access.att("GroupId"), PRIMARY_CALLS, scope.node.id, access.id)
        back = scope.make("AWS::EC2::SecurityGroupIngress", "ServiceFromMachines", GroupId=access.att("GroupId"),
                          **rule("Ingress", group, PRIMARY_CALLS, scope.node.id))  # fmt: skip
        calls = scope.make("AWS::EC2::SecurityGroupEgress", "ServiceToMachines", GroupId=access.att("GroupId"),
                           **rule("Egress", group, SERVICE_CALLS, scope.node.id))  # fmt: skip
        own = scope.get("SecurityGroup")
        if own is not None:
            own.append("Tags", USABLE)
        tier = scope.of(found.id) if (found := network.tier_of(scope.node, scope.architecture)) else None
        if tier is not None and tier.exists:
            scope.note("needs-tag", f"EMR starts machines in subnets with the tag {USABLE['Key']}: true only",
                       f"tag the subnets of '{tier.node.id}'")  # fmt: skip
        elif tier is not None:
            tier.build()
            if (subnet := tier.get(LETTER)) is not None:
                subnet.append("Tags", USABLE)
        return group, access, [*ways, *([out] if out is not None else []), back, calls]
