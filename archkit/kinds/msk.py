"""Amazon MSK: Apache Kafka that AWS runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Literal

from archkit import network
from archkit.architecture import Architecture, Node
from archkit.kind import External, Grant, Helper, Kind, Listen, Metric, NodeId, Poll, Port, Refusal, Spread, prop
from archkit.scope import Link, Principal, Scope
from archkit.shared.brokers import INTERFACES, called, let_pollers_in
from archkit.shared.retention import Days

__all__ = ["Cluster", "Serverless"]

IAM, TLS = Port(9_098), Port(9_094)
"""https://docs.aws.amazon.com/msk/latest/developerguide/port-info.html"""
STEM = "arn:${AWS::Partition}:kafka:${AWS::Region}:${AWS::AccountId}:"
CONTROL = ("kafka:DescribeClusterV2", "kafka:GetBootstrapBrokers")
JOINED = ("kafka-cluster:Connect", "kafka-cluster:DescribeCluster")
WHOLE = (*JOINED, "kafka-cluster:DescribeClusterDynamicConfiguration", "kafka-cluster:WriteDataIdempotently")
"""Rights on the cluster itself; others are on its topics or groups
(https://docs.aws.amazon.com/service-authorization/latest/reference/list_apachekafkaapisforamazonmskclusters.html)."""


class Clients(Listen):
    """A connection of a Kafka client that signs in by IAM: `NAME` holds the cluster's ARN, which tells its brokers."""

    usual = False


class Topic(Poll):
    """How a topic is read: in batches, from where on, by which group of consumers."""

    grant: ClassVar[str] = "poll"
    identity: ClassVar[tuple[str, ...]] = ("topic",)

    topic: str = prop(doc="Topic that is read.", pattern=r"[A-Za-z0-9._-]{1,249}")
    batch: int = prop(100, "Most records handed over at once.", ge=1, le=10_000)
    window: int | None = prop(None, "Seconds to wait for a full batch.", ge=0, le=300)
    start: Literal["LATEST", "TRIM_HORIZON"] = prop("LATEST", "Where a new reader begins.")
    group: str | None = prop(None, "Consumer group, for a reader that goes on where another stopped.")

    def prepare(self, link: Link) -> None:
        """Whoever polls stands in the cluster's own security group
        (https://docs.aws.amazon.com/lambda/latest/dg/services-msk-tutorial.html)."""
        let_pollers_in(link, link.source.node.kind.ports())

    def services(self, target: Node) -> tuple[str, ...]:
        return called(target)

    def mapping(self, link: Link) -> dict[str, Any]:
        named = {"ConsumerGroupId": self.group} if self.group else None
        return {"BatchSize": self.batch, "MaximumBatchingWindowInSeconds": self.window, "Topics": [self.topic],
                "StartingPosition": self.start, "AmazonManagedKafkaEventSourceConfig": named}  # fmt: skip

    def pipe(self, link: Link, role: Principal) -> dict[str, Any]:
        return {"ManagedStreamingKafkaParameters": {
            "TopicName": self.topic, "BatchSize": self.batch, "StartingPosition": self.start,
            **({"ConsumerGroupID": self.group} if self.group else {}),
            **({"MaximumBatchingWindowInSeconds": self.window} if self.window is not None else {})}}  # fmt: skip


class _Kafka(Kind, abstract=True):
    """Kafka, whoever counts its brokers."""

    resides = "subnets"
    prefers: ClassVar[Any] = "private"
    durable = True
    listens = Clients
    emits = Topic
    private_link = "kafka"
    attributes = {"arn": "${.Arn}"}
    address = "${arn}"
    external = External(("arn", "security_group"), {"topics": STEM + "topic/${name}/*/*",
                                                    "groups": STEM + "group/${name}/*/*"})  # fmt: skip
    grants = {
        "read": Grant(*JOINED, "kafka-cluster:DescribeGroup", "kafka-cluster:AlterGroup", "kafka-cluster:DescribeTopic",
                      "kafka-cluster:ReadData"),
        "write": Grant(*JOINED, "kafka-cluster:DescribeTopic", "kafka-cluster:WriteData",
                       "kafka-cluster:WriteDataIdempotently"),
        "manage": Grant(*JOINED, "kafka-cluster:CreateTopic", "kafka-cluster:AlterTopic", "kafka-cluster:DeleteTopic",
                        "kafka-cluster:DescribeTopic", "kafka-cluster:DescribeTopicDynamicConfiguration",
                        "kafka-cluster:AlterTopicDynamicConfiguration"),
        "poll": Grant(*JOINED, "kafka-cluster:DescribeClusterDynamicConfiguration", "kafka-cluster:DescribeGroup",
                      "kafka-cluster:AlterGroup", "kafka-cluster:DescribeTopic", "kafka-cluster:ReadData"),
    }  # fmt: skip

    def granted(self, grant: Grant) -> Iterable[Grant]:
        """Rights on topics and groups are on ARNs of their own, made of the cluster's
        (https://docs.aws.amazon.com/msk/latest/developerguide/security-iam-service-with-iam-id-based-policies.html)."""
        cluster = tuple(action for action in grant.actions if action in WHOLE)
        groups = tuple(action for action in grant.actions if action.endswith("Group"))
        rest = tuple(action for action in grant.actions if action not in (*cluster, *groups))
        yield Grant(*cluster)
        yield Grant(*rest, on="${topics}")
        if groups:
            yield Grant(*groups, on="${groups}")
        if grant is self.grants["poll"]:
            yield Grant(*CONTROL)
            yield INTERFACES

    def ports(self) -> tuple[Port, ...]:
        return (IAM,)

    def attribute(self, name: str) -> str | None:
        # arn:aws:kafka:region:account:cluster/name/uuid becomes ...:topic/name/uuid/*
        made = {"topics": STEM + "topic/${@}/*/*", "groups": STEM + "group/${@}/*/*", "name": "${@}"}
        return made.get(name) or super().attribute(name)

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        few = network.too_few_zones(node, world)
        return [few] if few is not None else []


class Cluster(_Kafka, icon="aws/analytics/managed-streaming-for-kafka", service="Amazon MSK",
              types=("AWS::MSK::Cluster", "AWS::MSK::Configuration", "AWS::EC2::SecurityGroup",
                     "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress")):  # fmt: skip
    """Kafka cluster: brokers over the zones, clients by TLS that sign in by IAM."""

    version: str = prop("3.8.x", "Version of Kafka.")
    broker: str = prop("m7g.large", "Instance type of a broker, without kafka.", pattern=r"[a-z0-9]+\.[a-z0-9]+")
    per_zone: int = prop(1, "Brokers in each zone.", ge=1, le=10, shape=True)
    storage: int = prop(100, "GiB of each broker.", ge=1, le=16_384)
    iam: bool = prop(True, "Clients sign in by IAM.", shape=True)
    certificates: list[str] = prop([], "ARNs of private certificate authorities, for clients with certificates.",
                                   shape=True)  # fmt: skip
    monitoring: Literal["DEFAULT", "PER_BROKER", "PER_TOPIC_PER_BROKER"] = prop("DEFAULT", "How much is measured.")
    properties: dict[str, str] = prop({}, "Broker properties, such as auto.create.topics.enable.")
    logs: Days = prop(30, "Days that broker log lines are kept.")
    key: NodeId | None = prop(None, "Encryption key (default: the one AWS manages).", slot="key", to="kms.key")

    named = ("ClusterName", 64)
    strict = {"logs": 365}
    metrics = {
        "cpu": Metric("AWS/Kafka", "CpuUser", {"Cluster Name": "${name}"}, "Average"),
        "disk": Metric("AWS/Kafka", "KafkaDataLogsDiskUsed", {"Cluster Name": "${name}"}, "Maximum"),
        "offline": Metric("AWS/Kafka", "OfflinePartitionsCount", {"Cluster Name": "${name}"}, "Maximum"),
    }

    def ports(self) -> tuple[Port, ...]:
        return (*((IAM,) if self.iam else ()), *((TLS,) if self.certificates else ()))

    def spread(self) -> Spread:
        return "each"

    def helpers(self) -> Mapping[str, Helper]:
        return {"logs": Helper("logs.group", {"logs": self.logs, **({"key": self.key} if self.key else {})})}

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        found = super().check(node, world)
        if not self.iam and not self.certificates:
            found.append(Refusal("clients sign in by IAM or by certificate", "iam: true", "missing-property", "iam"))
        return found

    def build(self, scope: Scope) -> None:
        logs = scope.of(f"{scope.node.id}.logs")
        assert logs is not None
        subnets = network.subnets(scope)
        configuration = None
        if self.properties:
            lines = "\n".join(f"{name}={value}" for name, value in self.properties.items())
            made = scope.make("AWS::MSK::Configuration", "Configuration", ServerProperties=lines,
                              Name=scope.physical(64))  # fmt: skip
            configuration = {"Arn": made.att("Arn"), "Revision": made.att("LatestRevision.Revision")}
        scope.make(
            "AWS::MSK::Cluster", ClusterName=scope.physical(64), KafkaVersion=self.version,
            NumberOfBrokerNodes=len(subnets) * self.per_zone, ConfigurationInfo=configuration,
            BrokerNodeGroupInfo={
                "ClientSubnets": subnets, "InstanceType": f"kafka.{self.broker}",
                "SecurityGroups": [network.security_group(scope)],
                "StorageInfo": {"EBSStorageInfo": {"VolumeSize": self.storage}}},
            ClientAuthentication={
                "Sasl": {"Iam": {"Enabled": True}} if self.iam else None, "Unauthenticated": {"Enabled": False},
                "Tls": {"Enabled": True, "CertificateAuthorityArnList": list(self.certificates)}
                if self.certificates else None},
            EncryptionInfo={
                "EncryptionAtRest": {"DataVolumeKMSKeyId": scope.arn(self.key)} if self.key else None,
                "EncryptionInTransit": {"ClientBroker": "TLS", "InCluster": True}},
            EnhancedMonitoring=self.monitoring,
            LoggingInfo={"BrokerLogs": {"CloudWatchLogs": {"Enabled": True, "LogGroup": logs.attribute("name")}}},
        )  # fmt: skip


class Serverless(_Kafka, icon="aws/analytics/managed-streaming-for-kafka", service="Amazon MSK",
                 types=("AWS::MSK::ServerlessCluster", "AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress",
                        "AWS::EC2::SecurityGroupEgress")):  # fmt: skip
    """Kafka without brokers of one's own: paid by what goes through, clients sign in by IAM."""

    named = ("ClusterName", 64)

    def build(self, scope: Scope) -> None:
        scope.make(
            "AWS::MSK::ServerlessCluster", ClusterName=scope.physical(64),
            ClientAuthentication={"Sasl": {"Iam": {"Enabled": True}}},
            VpcConfigs=[{"SubnetIds": network.subnets(scope), "SecurityGroups": [network.security_group(scope)]}],
        )  # fmt: skip
