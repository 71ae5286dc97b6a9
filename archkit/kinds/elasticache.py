"""Amazon ElastiCache: memory that many share, by Redis or Memcached."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from archkit import network
from archkit.architecture import Architecture, Node
from archkit.kind import External, Helper, Listen, Metric, NodeId, Port, Refusal, Spread, prop
from archkit.scope import Scope
from archkit.shared.logins import BySecret, Store
from archkit.shared.windows import DAILY, WEEKLY

__all__ = ["Memcached", "Redis"]

STEM = "arn:${AWS::Partition}:elasticache:${AWS::Region}:${AWS::AccountId}:"
NODE = r"[a-z0-9]+\.[a-z0-9]+"


class Token(BySecret):
    """A connection to the cache: `NAME` holds its address, `NAME_PORT` its port, `NAME_SECRET` the ARN of the secret
    with its token, if it has one, and `NAME_READER` the address that spreads over its replicas.
    """


class Open(Listen):
    """A connection to the cache: `NAME` holds the address by which its nodes are found, `NAME_PORT` the port."""


class Redis(Store, icon="aws/database/elasticache-for-redis", service="Amazon ElastiCache for Redis",
            types=("AWS::ElastiCache::ReplicationGroup", "AWS::ElastiCache::SubnetGroup", "AWS::EC2::SecurityGroup",
                   "AWS::Logs::LogGroup")):  # fmt: skip
    """Redis-compatible cache (Valkey by default), encrypted, with replicas over the zones where asked."""

    engine: Literal["valkey", "redis"] = prop("valkey", "Engine: Valkey is the open one, and costs less.", shape=True)
    version: str | None = prop(
        None, "Engine version (default: 8.0 of Valkey, 7.1 of Redis).", pattern=r"[0-9]+\.[0-9]+"
    )
    node: str = prop("t4g.small", "Node type, without cache.", pattern=NODE)
    replicas: int = prop(0, "Replicas of each shard, in other zones.", ge=0, le=5, shape=True)
    shards: int = prop(1, "Shards; more than one is cluster mode.", ge=1, le=500, shape=True)
    cluster_mode: bool | None = prop(None, "Cluster mode (default: from two shards on).", shape=True)
    token: bool = prop(True, "Ask clients for a token, made up in a secret.", shape=True)
    snapshots: int = prop(1, "Days that daily snapshots are kept; 0 for none.", ge=0, le=35)
    snapshot_window: str | None = prop(None, "Daily window of snapshots, HH:MM-HH:MM in UTC.",
                                       pattern=DAILY)  # fmt: skip
    maintenance: str | None = prop(None, "Weekly window of maintenance, ddd:HH:MM-ddd:HH:MM in UTC.", pattern=WEEKLY)
    port: int = prop(6379, "Port.", ge=1_150, le=65_535, shape=True)
    tell: NodeId | None = prop(None, "Topic that is told of failovers.", slot="tell", to="sns.topic")
    key: NodeId | None = prop(None, "Encryption key (default: the one AWS manages).", slot="key", to="kms.key")

    resides = "subnets"
    prefers = "isolated"
    listens = Token
    attributes = {"endpoint": "${.PrimaryEndPoint.Address}", "port": "${.PrimaryEndPoint.Port}", "id": "${}",
                  "arn": STEM + "replicationgroup:${}", "secret": "${+Secret}"}  # fmt: skip
    address = "${endpoint}"
    external = External(("endpoint", "security_group"))
    metrics = {
        name: Metric("AWS/ElastiCache", metric, {"CacheClusterId": "${first}"}, statistic)
        for name, metric, statistic in (
            ("cpu", "EngineCPUUtilization", "Maximum"), ("memory", "DatabaseMemoryUsagePercentage", "Maximum"),
            ("evictions", "Evictions", "Sum"), ("connections", "CurrConnections", "Maximum"),
            ("lag", "ReplicationLag", "Maximum"),
        )
    }  # fmt: skip

    @property
    def clustered(self) -> bool:
        """Whether it is in cluster mode, where clients find the shards by one address."""
        return self.shards > 1 if self.cluster_mode is None else self.cluster_mode

    def ports(self) -> tuple[Port, ...]:
        return (Port(self.port),)

    def attribute(self, name: str) -> str | None:
        if self.clustered and name in ("endpoint", "port"):
            return "${.ConfigurationEndPoint.Address}" if name == "endpoint" else "${.ConfigurationEndPoint.Port}"
        if name == "first":
            return "${}-0001-001" if self.clustered else "${}-001"
        if name == "reader":
            return "${.ReaderEndPoint.Address}" if self.replicas and not self.clustered else None
        return super().attribute(name)

    def second(self) -> str:
        return "replica"

    def further(self) -> int:
        return self.replicas

    def spread(self) -> Spread:
        return "standby" if self.replicas else "one"

    def caption(self) -> str | None:
        return self.engine.capitalize()

    def helpers(self) -> Mapping[str, Helper]:
        password: dict[str, Any] = {"length": 64, "punctuation": False}
        key = {"key": self.key} if self.key else {}
        made = {"secret": Helper("secretsmanager.secret", {"password": password, **key}, "token")} if self.token else {}
        return {**made, "logs": Helper("logs.group", {"logs": 30, **key})}

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        found = []
        if self.replicas and (few := network.too_few_zones(node, world)) is not None:
            found.append(few)
        if self.cluster_mode is False and self.shards > 1:
            found.append(Refusal(f"{self.shards} shards are cluster mode", "cluster_mode: true", "bad-value", "shards"))
        if self.shards * (self.replicas + 1) > 500:
            # https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.html
            found.append(Refusal("a cluster has 500 nodes at most", None, "out-of-bounds", "shards"))
        return found

    def build(self, scope: Scope) -> None:
        from troposphere import elasticache

        subnets = scope.make(elasticache.SubnetGroup, "Subnets", Description=f"Subnets of {scope.node.title}",
                             SubnetIds=network.subnets(scope))  # fmt: skip
        secret, topic, logs = (scope.of(id) for id in (f"{scope.node.id}.secret", self.tell, f"{scope.node.id}.logs"))
        assert logs is not None
        lines = [{"LogType": f"{what}-log", "LogFormat": "json", "DestinationType": "cloudwatch-logs",
                  "DestinationDetails": {"CloudWatchLogsDetails": {"LogGroup": logs.attribute("name")}}}
                 for what in ("slow", "engine")]  # fmt: skip
        several = self.replicas > 0 or self.clustered
        scope.make(
            elasticache.ReplicationGroup, ReplicationGroupDescription=(scope.node.note or scope.node.title)[:255],
            Engine=self.engine, EngineVersion=self.version or {"valkey": "8.0", "redis": "7.1"}[self.engine],
            CacheNodeType=f"cache.{self.node}", Port=self.port, NumNodeGroups=self.shards,
            ReplicasPerNodeGroup=self.replicas, AutomaticFailoverEnabled=several, MultiAZEnabled=self.replicas > 0,
            ClusterMode="enabled" if self.clustered else "disabled", CacheSubnetGroupName=subnets.ref,
            SecurityGroupIds=[network.security_group(scope)], AtRestEncryptionEnabled=True,
            KmsKeyId=scope.arn(self.key), TransitEncryptionEnabled=True, TransitEncryptionMode="required",
            AuthToken=secret.attribute("value") if secret is not None else None,
            SnapshotRetentionLimit=self.snapshots, SnapshotWindow=self.snapshot_window,
            PreferredMaintenanceWindow=self.maintenance, AutoMinorVersionUpgrade=True, LogDeliveryConfigurations=lines,
            NotificationTopicArn=topic.attribute("arn") if topic is not None else None,
        )  # fmt: skip


class Memcached(Store, icon="aws/database/elasticache-for-memcached", service="Amazon ElastiCache for Memcached",
                types=("AWS::ElastiCache::CacheCluster", "AWS::ElastiCache::SubnetGroup",
                       "AWS::EC2::SecurityGroup")):  # fmt: skip
    """Memcached cluster: plain memory over several nodes and zones, encrypted on the way."""

    version: str = prop("1.6.22", "Engine version.", pattern=r"[0-9]+\.[0-9]+\.[0-9]+", shape=True)
    node: str = prop("t4g.small", "Node type, without cache.", pattern=NODE)
    nodes_count: int = prop(2, "Nodes, spread over the zones.", ge=1, le=60, shape=True)
    tls: bool = prop(True, "Speak TLS only.", shape=True)
    maintenance: str | None = prop(None, "Weekly window of maintenance, ddd:HH:MM-ddd:HH:MM in UTC.", pattern=WEEKLY)
    port: int = prop(11211, "Port.", ge=1_150, le=65_535, shape=True)

    resides = "subnets"
    prefers = "isolated"
    listens = Open
    attributes = {"endpoint": "${.ConfigurationEndpoint.Address}", "port": "${.ConfigurationEndpoint.Port}",
                  "id": "${}", "arn": STEM + "cluster:${}"}  # fmt: skip
    address = "${endpoint}"
    external = External(("endpoint", "security_group"))
    metrics = {
        name: Metric("AWS/ElastiCache", metric, {"CacheClusterId": "${id}"}, statistic)
        for name, metric, statistic in (("cpu", "CPUUtilization", "Maximum"), ("evictions", "Evictions", "Sum"),
                                        ("free-memory", "FreeableMemory", "Minimum"))
    }  # fmt: skip

    def ports(self) -> tuple[Port, ...]:
        return (Port(self.port),)

    def spread(self) -> Spread:
        return "each" if self.nodes_count > 1 else "one"

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        few = network.too_few_zones(node, world) if self.nodes_count > 1 else None
        found = [few] if few is not None else []
        if self.tls and [int(part) for part in self.version.split(".")] < [1, 6, 12]:
            # https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption-mc.html
            found.append(Refusal(f"Memcached {self.version} does not speak TLS: 1.6.12 is the first that does",
                                 "version: 1.6.22", "bad-value", "version"))  # fmt: skip
        return found

    def build(self, scope: Scope) -> None:
        from troposphere import elasticache

        subnets = scope.make(elasticache.SubnetGroup, "Subnets", Description=f"Subnets of {scope.node.title}",
                             SubnetIds=network.subnets(scope))  # fmt: skip
        scope.make(
            elasticache.CacheCluster, Engine="memcached", EngineVersion=self.version,
            CacheNodeType=f"cache.{self.node}",
            NumCacheNodes=self.nodes_count, AZMode="cross-az" if self.nodes_count > 1 else "single-az", Port=self.port,
            CacheSubnetGroupName=subnets.ref, VpcSecurityGroupIds=[network.security_group(scope)],
            TransitEncryptionEnabled=self.tls, PreferredMaintenanceWindow=self.maintenance,
            AutoMinorVersionUpgrade=True,
        )  # fmt: skip
