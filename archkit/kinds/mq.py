"""Amazon MQ: message brokers with open protocols."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Literal

from archkit import network
from archkit.architecture import Architecture, Node
from archkit.kind import External, Grant, Helper, Kind, Metric, NodeId, Poll, Port, Refusal, Spread, prop
from archkit.schema import Json
from archkit.scope import Link, Principal, Scope
from archkit.shared.brokers import INTERFACES, called, let_pollers_in
from archkit.shared.logins import BySecret, credentials, master
from archkit.shared.patterns import filter_criteria
from archkit.values import Att

__all__ = ["Broker"]

PORTS = {"activemq": (Port(61_617), Port(5_671), Port(8_162)), "rabbitmq": (Port(5_671), Port(443))}
"""OpenWire, AMQP and the console of ActiveMQ; AMQP and the console of RabbitMQ, all by TLS
(https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/connecting-to-amazon-mq.html)."""


class Login(BySecret):
    """A connection with the credentials of the broker's secret: `NAME` holds the address of its AMQP endpoint."""

    def give(self, link: Link) -> None:
        super().give(link)
        if not link.target.exists:
            link.hand_over(value={"Fn::Select": [0, Att(link.target.id, "AmqpEndpoints")]})


class Queue(Poll):
    """How a queue of the broker is read: in batches, with the credentials of its secret."""

    grant: ClassVar[str] = "poll"
    identity: ClassVar[tuple[str, ...]] = ("queue",)

    queue: str = prop(doc="Queue that is read.")
    batch: int = prop(100, "Most messages handed over at once.", ge=1, le=10_000)
    window: int | None = prop(None, "Seconds to wait for a full batch.", ge=0, le=300)
    filter: Json | None = prop(None, "Pattern, or list of patterns, that a message must match.")
    virtual_host: str | None = prop(None, "Virtual host (RabbitMQ; default: /).")

    def prepare(self, link: Link) -> None:
        """Whoever polls stands in the broker's own security group, and reads its secret
        (https://docs.aws.amazon.com/lambda/latest/dg/process-mq-messages-with-lambda.html)."""
        let_pollers_in(link, link.source.node.kind.ports()[:1], "secretsmanager")

    def services(self, target: Node) -> tuple[str, ...]:
        return called(target, "secretsmanager")

    def mapping(self, link: Link) -> dict[str, Any]:
        secret = link.source.of(f"{link.source.node.id}.secret")
        known = [{"Type": "BASIC_AUTH", "URI": secret.attribute("arn")}] if secret else []
        host = self.virtual_host or ("/" if getattr(link.source.node.kind, "engine", "") == "rabbitmq" else None)
        if secret is not None:
            link.owner.grant(secret, "read", link.because)
        return {
            "BatchSize": self.batch,
            "MaximumBatchingWindowInSeconds": self.window,
            "Queues": [self.queue],
            "FilterCriteria": filter_criteria(self.filter),
            "SourceAccessConfigurations": [*known, *([{"Type": "VIRTUAL_HOST", "URI": host}] if host else [])],
        }

    def pipe(self, link: Link, role: Principal) -> dict[str, Any]:
        secret = link.source.of(f"{link.source.node.id}.secret")
        rabbit = getattr(link.source.node.kind, "engine", "") == "rabbitmq"
        if secret is not None:
            role.grant(secret, "read", link.because)
        said = {"QueueName": self.queue, "BatchSize": self.batch, "VirtualHost": self.virtual_host,
                "MaximumBatchingWindowInSeconds": self.window,
                "Credentials": {"BasicAuth": secret.attribute("arn")} if secret else None}  # fmt: skip
        return {"RabbitMQBrokerParameters" if rabbit else "ActiveMQBrokerParameters": {
            name: value for name, value in said.items() if value is not None},
            "FilterCriteria": filter_criteria(self.filter)}  # fmt: skip


class Broker(Kind, icon="aws/integration/mq", service="Amazon MQ",
             types=("AWS::AmazonMQ::Broker", "AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress",
                    "AWS::EC2::SecurityGroupEgress")):  # fmt: skip
    """Message broker with open protocols: one, or one with a standby in another zone, or a cluster of three."""

    engine: Literal["activemq", "rabbitmq"] = prop("activemq", "Engine.", shape=True)
    version: str | None = prop(None, "Engine version (default: 5.18 of ActiveMQ, 3.13 of RabbitMQ).")
    instance: str = prop("m5.large", "Instance type, without mq.", pattern=r"[a-z0-9]+\.[a-z0-9]+")
    deployment: Literal["single", "active_standby", "cluster"] = prop("single", "How many, and who takes over.",
                                                                      shape=True)  # fmt: skip
    storage: Literal["efs", "ebs"] = prop("efs", "Storage of ActiveMQ: shared by zones, or fast.")
    upgrade: bool = prop(True, "Take minor versions by itself.")
    key: NodeId | None = prop(None, "Encryption key (default: AWS's own).", slot="key", to="kms.key")

    resides = "subnets"
    prefers: ClassVar[Any] = "private"
    durable = True
    listens = Login
    emits = Queue
    attributes = {"arn": "${.Arn}", "id": "${}", "name": "${@}"}
    external = External(("arn", "security_group"))
    private_link = "mq"
    grants = {"poll": Grant("mq:DescribeBroker")}
    named = ("BrokerName", 50)
    metrics = {
        "cpu": Metric("AWS/AmazonMQ", "CpuUtilization", {"Broker": "${name}"}, "Average"),
        "memory": Metric("AWS/AmazonMQ", "HeapUsage", {"Broker": "${name}"}, "Maximum"),
        "connections": Metric("AWS/AmazonMQ", "TotalConnectionCount", {"Broker": "${name}"}, "Maximum"),
    }

    def granted(self, grant: Grant) -> Iterable[Grant]:
        """Who polls makes interfaces in the broker's subnets
        (https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html#events-mq-permissions)."""
        yield grant
        yield INTERFACES

    def ports(self) -> tuple[Port, ...]:
        return PORTS[self.engine]

    def spread(self) -> Spread:
        return {"single": "one", "active_standby": "standby", "cluster": "each"}[self.deployment]  # type: ignore[return-value]

    def caption(self) -> str | None:
        return {"activemq": "ActiveMQ", "rabbitmq": "RabbitMQ"}[self.engine]

    def helpers(self) -> Mapping[str, Helper]:
        return credentials(self.key, "broker", ",:=\"'@/\\ ")

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        """https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/broker-architecture.html."""
        found = []
        if self.deployment == "cluster" and self.engine == "activemq":
            found.append(Refusal("ActiveMQ has a standby, and no cluster", "deployment: active_standby", "bad-value",
                                 "deployment"))  # fmt: skip
        if self.deployment == "active_standby" and self.engine == "rabbitmq":
            found.append(Refusal("RabbitMQ has a cluster, and no standby", "deployment: cluster", "bad-value",
                                 "deployment"))  # fmt: skip
        if self.storage == "ebs" and self.deployment != "single":
            found.append(
                Refusal("only a single broker keeps its messages on EBS", "storage: efs", "bad-value", "storage")
            )
        if self.deployment != "single" and (few := network.too_few_zones(node, world)) is not None:
            found.append(few)
        return found

    def build(self, scope: Scope) -> None:
        username, password = master(scope)
        subnets = network.subnets(scope)
        mode = {"single": "SINGLE_INSTANCE", "active_standby": "ACTIVE_STANDBY_MULTI_AZ", "cluster": "CLUSTER_MULTI_AZ"}
        active = self.engine == "activemq"
        scope.make(
            "AWS::AmazonMQ::Broker", BrokerName=scope.physical(50), EngineType=self.engine.upper(),
            EngineVersion=self.version or {"activemq": "5.18", "rabbitmq": "3.13"}[self.engine],
            DeploymentMode=mode[self.deployment], HostInstanceType=f"mq.{self.instance}", PubliclyAccessible=False,
            AutoMinorVersionUpgrade=self.upgrade, StorageType=self.storage.upper() if active else None,
            SubnetIds=subnets[: {"single": 1, "active_standby": 2}.get(self.deployment, len(subnets))],
            SecurityGroups=[network.security_group(scope)], Logs={"General": True, "Audit": True if active else None},
            EncryptionOptions={"UseAwsOwnedKey": False, "KmsKeyId": scope.arn(self.key)} if self.key else {
                "UseAwsOwnedKey": True},
            Users=[{"Username": username, "Password": password, "ConsoleAccess": True if active else None}],
        )  # fmt: skip
