"""Where a pipe reads: queues, streams and tables by what they offer to pollers, brokers by their type.

Rights as https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-permissions.html lists them for each.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from archkit.architecture import Ends
from archkit.kind import Join, Json, Kind, NodeId, Record, Refusal, prop
from archkit.scope import Link
from archkit.shared.patterns import filter_criteria
from archkit.shared.piping import read, standard
from archkit.values import Sub

__all__ = ["Kafka", "Queue", "Reads", "Source"]

NETWORK = ("ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces",
           "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs")  # fmt: skip
CLUSTER = (
    "kafka-cluster:Connect",
    "kafka-cluster:DescribeCluster",
    "kafka-cluster:DescribeClusterDynamicConfiguration",
)


class Reads(Join):
    """The one place that a pipe reads."""

    word: ClassVar[str] = "trigger"
    usual: ClassVar[bool] = True
    arrow: ClassVar[Any] = "in"
    style: ClassVar[Any] = "event"


class Source(Reads):
    """Reads a queue or a stream, by the options that it offers to whoever polls."""

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.emits is not None

    @classmethod
    def partner(cls, owner: type[Kind], other: type[Kind]) -> type[Record] | None:
        return other.emits

    def refuse(self, ends: Ends) -> Refusal | None:
        return standard(ends)

    def apply(self, link: Link) -> None:
        link.owner.main.properties |= {name: value for name, value in read(link, link.owner).items() if value}


class _Broker(Reads):
    """Reads a broker in a VPC: the pipe makes network interfaces there."""

    batch: int = prop(100, "Most records handed over at once.", ge=1, le=10_000)
    window: int | None = prop(None, "Seconds to wait for a full batch.", ge=0, le=300)
    filter: Json | None = prop(None, "Pattern, or list of patterns, that a record must match; others are passed over.")

    types: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.emits is None and bool(set(other.types[:1]) & set(cls.types))

    def read(self, link: Link, sort: str, own: dict[str, Any]) -> None:
        """Write where and how the pipe reads, and let it stand in the broker's network."""
        pipe = link.owner
        pipe.allow(*NETWORK, on="*", because=link.because, sid="InterfacesTakeNoResource")
        poll = {"BatchSize": self.batch, "MaximumBatchingWindowInSeconds": self.window, **own}
        said = {sort: {name: value for name, value in poll.items() if value is not None},
                "FilterCriteria": filter_criteria(self.filter)}  # fmt: skip
        pipe.main.set("Source", link.other.attribute("arn"))
        pipe.main.set("SourceParameters", {name: value for name, value in said.items() if value is not None})


class Kafka(_Broker):
    """Reads a topic of an MSK cluster, by its role or with a user's secret."""

    topic: str = prop(doc="Topic that is read.", pattern=r"[^.][a-zA-Z0-9\-_.]+")
    start: Literal["LATEST", "TRIM_HORIZON"] = prop("LATEST", "Where a new reader begins: now, or with the oldest.")
    group: str | None = prop(None, "Consumer group.", pattern=r"[a-zA-Z0-9-/*:_+=.@-]{1,200}")
    secret: NodeId | None = prop(None, "Secret with a user of SASL/SCRAM (default: the role's own rights).",
                                 slot="secret", to="secretsmanager.secret")  # fmt: skip

    types: ClassVar[tuple[str, ...]] = ("AWS::MSK::Cluster", "AWS::MSK::ServerlessCluster")

    def apply(self, link: Link) -> None:
        pipe, arn = link.owner, link.other.attribute("arn")
        pipe.allow("kafka:DescribeCluster", "kafka:DescribeClusterV2", "kafka:GetBootstrapBrokers", on=arn,
                   because=link.because)  # fmt: skip
        secret = link.option(self.secret)
        if secret is not None:
            pipe.grant(secret, "read", link.because)
        else:
            pipe.allow(*CLUSTER, on=arn, because=link.because)
            pipe.allow("kafka-cluster:DescribeTopic", "kafka-cluster:ReadData", because=link.because,
                       on=_inside(arn, "topic", self.topic))  # fmt: skip
            pipe.allow("kafka-cluster:AlterGroup", "kafka-cluster:DescribeGroup", because=link.because,
                       on=_inside(arn, "group", self.group or "*"))  # fmt: skip
        credentials = {"SaslScram512Auth": secret.attribute("arn")} if secret else None
        self.read(link, "ManagedStreamingKafkaParameters", {
            "TopicName": self.topic, "StartingPosition": self.start, "ConsumerGroupID": self.group,
            "Credentials": credentials})  # fmt: skip


class Queue(_Broker):
    """Reads a queue of an Amazon MQ broker, with a user's secret."""

    queue: str = prop(doc="Queue that is read.")
    secret: NodeId = prop(doc="Secret with the user's name and password.", slot="secret", to="secretsmanager.secret")
    engine: Literal["activemq", "rabbitmq"] = prop("activemq", "Engine of the broker.")
    virtual_host: str | None = prop(None, "Virtual host (RabbitMQ).", pattern=r"[a-zA-Z0-9-/*:_+=.@-]{1,200}")

    types: ClassVar[tuple[str, ...]] = ("AWS::AmazonMQ::Broker",)

    def refuse(self, ends: Ends) -> Refusal | None:
        if self.virtual_host and self.engine != "rabbitmq":
            return Refusal("only RabbitMQ has virtual hosts", "engine: rabbitmq", "bad-value", "virtual_host")
        return None

    def apply(self, link: Link) -> None:
        secret = link.option(self.secret)
        assert secret is not None
        link.owner.allow("mq:DescribeBroker", on=link.other.attribute("arn"), because=link.because)
        link.owner.grant(secret, "read", link.because)
        sort = "RabbitMQBrokerParameters" if self.engine == "rabbitmq" else "ActiveMQBrokerParameters"
        self.read(link, sort, {"QueueName": self.queue, "VirtualHost": self.virtual_host,
                               "Credentials": {"BasicAuth": secret.attribute("arn")}})  # fmt: skip


def _inside(cluster: Any, sort: str, name: str) -> Sub:
    """Return the ARN of a topic or group: it holds the cluster's name and UUID, the last two parts of its ARN."""
    parts = {label: {"Fn::Select": [place, {"Fn::Split": ["/", cluster]}]} for label, place in (("Name", 1), ("Id", 2))}
    return Sub(
        f"arn:${{AWS::Partition}}:kafka:${{AWS::Region}}:${{AWS::AccountId}}:{sort}/${{Name}}/${{Id}}/{name}", parts
    )
