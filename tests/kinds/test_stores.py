"""Warehouses, documents, graphs, caches and serverless stores: every option, and connections by rule and right."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import archkit
from tests.kinds.rows import FN, att, lint_clean, resources, rows_of, said
from tests.kinds.test_rds import GROUP, OUT, WORK, network, rights, rules, variables
from tests.options import ANY, Option, holds

REDSHIFT, DAX, DOCDB = "Amazon Redshift", "DynamoDB Accelerator", "Amazon DocumentDB"
REDIS, MEMCACHED = "Amazon ElastiCache for Redis", "Amazon ElastiCache for Memcached"
KEYSPACES, NEPTUNE, TIMESTREAM, QLDB = "Amazon Keyspaces", "Amazon Neptune", "Amazon Timestream", "Amazon QLDB"
KEY = "  cmk: kms.key\n"
S = "Store.Properties."
READ = ("secretsmanager:GetSecretValue", {"Ref": "StoreSecret"})


def within(service: str, kind: str, option: str, properties: str, path: str, expected: object = ANY,
           more: str = "") -> Option:  # fmt: skip
    text = network(f"store: {{kind: {kind}{properties}}}", tier="private", zones=3) + more
    return Option(service, option, text, f"Resources.{path}", expected)


def rows(service: str, kind: str, *given: tuple[Any, ...]) -> list[Option]:
    return [within(service, kind, *one) for one in given]


ENCRYPTED = ("encryption", ", key: cmk", S + "KmsKeyId", att("Cmk"), KEY)
SPECTRUM = "  lake: s3.bucket\nedges: [store -> lake]\n"
INSIDE = [
    *rows(
        REDSHIFT, "redshift.cluster",
        ("node type and count", "", S + "ClusterType", "single-node"),
        ("node type and count", ", node: ra3.xlplus, count: 2", S + "NodeType", "ra3.xlplus"),
        ("node type and count", ", node: ra3.xlplus, count: 2", S + "NumberOfNodes", 2),
        ("node type and count", ", node: ra3.xlplus, count: 2, multi_az: true", S + "MultiAZ", True),
        ("concurrency scaling", "", "StoreParameters.Properties.Parameters.3.ParameterValue",
         '[{"auto_wlm": true, "concurrency_scaling": "auto", "priority": "normal"}, {"short_query_queue": true}]'),
        ("concurrency scaling", ", concurrency: 0", "StoreParameters.Properties.Parameters.3.ParameterValue",
         '[{"auto_wlm": true, "concurrency_scaling": "off", "priority": "normal"}, {"short_query_queue": true}]'),
        ("concurrency scaling", ", concurrency: 4", "StoreParameters.Properties.Parameters.2.ParameterValue", "4"),
        ("Spectrum through a role that reads S3", "", S + "IamRoles.0", att("StoreRole"), SPECTRUM),
        ("encryption", "", S + "Encrypted", True),
        ENCRYPTED,
        ("enhanced VPC routing", "", S + "EnhancedVpcRouting", True),
        ("enhanced VPC routing", ", enhanced_routing: false", S + "EnhancedVpcRouting", False),
        ("TLS", "", "StoreParameters.Properties.Parameters.0", {"ParameterName": "require_ssl",
                                                                "ParameterValue": "true"}),
        ("secret", "", S + "MasterUserPassword",
         {"Fn::Sub": "{{resolve:secretsmanager:${StoreSecret}:SecretString:password}}"}),
        ("rotation", ", rotate: 30", "StoreRotation.Properties.HostedRotationLambda.RotationType",
         "RedshiftSingleUser"),
        ("audit logs", "", S + "LoggingProperties.LogDestinationType", "cloudwatch"),
        ("snapshots", ", snapshots: 30", S + "AutomatedSnapshotRetentionPeriod", 30),
        ("maintenance", ", maintenance: 'sun:04:00-sun:05:00'", S + "PreferredMaintenanceWindow",
         "sun:04:00-sun:05:00"),
    ),
    *rows(
        DAX, "dax.cluster",
        ("node type", ", node: r7i.large", S + "NodeType", "dax.r7i.large"),
        ("three nodes over Availability Zones", "", S + "ReplicationFactor", 3),
        ("three nodes over Availability Zones", "", "StoreSubnets.Properties.SubnetIds",
         [{"Ref": f"Data{zone}"} for zone in "ABC"]),
        ("encryption", "", S + "SSESpecification.SSEEnabled", True),
        ("encryption", "", S + "ClusterEndpointEncryptionType", "TLS"),
        ("maintenance", ", maintenance: 'sun:04:00-sun:05:00'", S + "PreferredMaintenanceWindow",
         "sun:04:00-sun:05:00"),
    ),
    *rows(
        DOCDB, "docdb.cluster",
        ("instances", ", instances: 3", "StoreInstance3.Properties.DBClusterIdentifier", {"Ref": "Store"}),
        ("instances", ", instance: r6g.large", "StoreInstance1.Properties.DBInstanceClass", "db.r6g.large"),
        ("encryption", "", S + "StorageEncrypted", True),
        ENCRYPTED,
        ("secret", "", S + "MasterUserPassword",
         {"Fn::Sub": "{{resolve:secretsmanager:${StoreSecret}:SecretString:password}}"}),
        ("rotation", ", rotate: 30", "StoreRotation.Properties.HostedRotationLambda.RotationType", "MongoDBSingleUser"),
        ("TLS", "", "StoreParameters.Properties.Parameters.tls", "enabled"),
        ("TLS", ", version: 4.0.0, tls: false", "StoreParameters.Properties",
         {"Description": "Parameters of store", "Family": "docdb4.0",
          "Parameters": {"tls": "disabled", "audit_logs": "enabled"}}),
        ("audit logs", "", S + "EnableCloudwatchLogsExports", ["audit"]),
        ("backups", ", backup_days: 20, backup_window: '01:00-02:00'", S + "PreferredBackupWindow", "01:00-02:00"),
        ("maintenance", ", maintenance: 'sun:04:00-sun:05:00'", S + "PreferredMaintenanceWindow",
         "sun:04:00-sun:05:00"),
        ("deletion protection", ", protect: false", S + "DeletionProtection", False),
    ),
    *rows(
        NEPTUNE, "neptune.cluster",
        ("instances", ", instances: 3", "StoreInstance3.Properties.DBClusterIdentifier", {"Ref": "Store"}),
        ("instances", ", instance: r6g.large", "StoreInstance1.Properties.DBInstanceClass", "db.r6g.large"),
        ("IAM authentication", "", S + "IamAuthEnabled", True),
        ("IAM authentication", ", iam_auth: false", S + "IamAuthEnabled", False),
        ("port", ", port: 8200", S + "DBPort", 8200),
        ("version", ", version: 1.3.4.0", "StoreParameters.Properties.Family", "neptune1.3"),
        ("audit logs", "", "StoreParameters.Properties.Parameters.neptune_enable_audit_log", 1),
        ("audit logs", "", S + "EnableCloudwatchLogsExports", ["audit"]),
        ("backups", ", backup_days: 20, backup_window: '01:00-02:00'", S + "PreferredBackupWindow", "01:00-02:00"),
        ("maintenance", ", maintenance: 'sun:04:00-sun:05:00'", S + "PreferredMaintenanceWindow",
         "sun:04:00-sun:05:00"),
        ("encryption", "", S + "StorageEncrypted", True),
        ENCRYPTED,
    ),
    *rows(
        REDIS, "elasticache.redis",
        ("engine", "", S + "Engine", "valkey"),
        ("engine", ", engine: redis", S + "EngineVersion", "7.1"),
        ("node type", ", node: r7g.large", S + "CacheNodeType", "cache.r7g.large"),
        ("replicas over zones", ", replicas: 2", S + "ReplicasPerNodeGroup", 2),
        ("replicas over zones", ", replicas: 2", S + "MultiAZEnabled", True),
        ("replicas over zones", ", replicas: 2", S + "AutomaticFailoverEnabled", True),
        ("cluster mode", "", S + "ClusterMode", "disabled"),
        ("cluster mode", ", shards: 3, replicas: 1", S + "ClusterMode", "enabled"),
        ("cluster mode", ", shards: 3, replicas: 1", S + "NumNodeGroups", 3),
        ("cluster mode", ", cluster_mode: true", S + "ClusterMode", "enabled"),
        ("encryption in transit and at rest", "", S + "TransitEncryptionMode", "required"),
        ("encryption in transit and at rest", "", S + "AtRestEncryptionEnabled", True),
        ("encryption in transit and at rest", ", key: cmk", S + "KmsKeyId", att("Cmk"), KEY),
        ("token", "", S + "AuthToken", {"Fn::Sub": "{{resolve:secretsmanager:${StoreSecret}}}"}),
        ("snapshots", ", snapshots: 7", S + "SnapshotRetentionLimit", 7),
        ("snapshots", ", snapshot_window: '02:00-03:00'", S + "SnapshotWindow", "02:00-03:00"),
        ("maintenance", ", maintenance: 'sun:04:00-sun:05:00'", S + "PreferredMaintenanceWindow",
         "sun:04:00-sun:05:00"),
        ("notification", ", tell: news", S + "NotificationTopicArn", {"Ref": "News"}, "  news: sns.topic\n"),
        ("logs", "", S + "LogDeliveryConfigurations.0.DestinationDetails.CloudWatchLogsDetails.LogGroup",
         {"Ref": "StoreLogs"}),
    ),
    *rows(
        MEMCACHED, "elasticache.memcached",
        ("nodes over zones", "", S + "AZMode", "cross-az"),
        ("nodes over zones", ", nodes_count: 3", S + "NumCacheNodes", 3),
        ("nodes over zones", ", nodes_count: 1", S + "AZMode", "single-az"),
        ("encryption in transit", "", S + "TransitEncryptionEnabled", True),
        ("node type", ", node: r7g.large", S + "CacheNodeType", "cache.r7g.large"),
        ("version", ", version: 1.6.17", S + "EngineVersion", "1.6.17"),
    ),
]  # fmt: skip

table = rows_of(KEYSPACES, "rows: {kind: keyspaces.table, partition: {id: uuid}")
series = rows_of(TIMESTREAM, "points: {kind: timestream.table")
ledger = rows_of(QLDB, "book: {kind: qldb.ledger")
R = "Resources.Rows.Properties."
COLUMNS = "partition and clustering columns"
OUTSIDE = [
    table(COLUMNS, "", R + "PartitionKeyColumns", [{"ColumnName": "id", "ColumnType": "uuid"}]),
    table(COLUMNS, ", clustering: {at: {type: timestamp, order: desc}}", R + "ClusteringKeyColumns.0",
          {"Column": {"ColumnName": "at", "ColumnType": "timestamp"}, "OrderBy": "DESC"}),
    table(COLUMNS, ", columns_more: {body: text}", R + "RegularColumns.0.ColumnType", "text"),
    table("billing mode", "", R + "BillingMode", {"Mode": "ON_DEMAND"}),
    table("billing mode", ", capacity: provisioned, reads: 10, writes: 3",
          R + "BillingMode.ProvisionedThroughput", {"ReadCapacityUnits": 10, "WriteCapacityUnits": 3}),
    table("point-in-time recovery", "", R + "PointInTimeRecoveryEnabled", True),
    table("time to live", ", ttl: 86400", R + "DefaultTimeToLive", 86_400),
    table("encryption", ", key: cmk", R + "EncryptionSpecification.KmsKeyIdentifier", att("Cmk"), KEY),
    table("keyspace", ", keyspace: space", R + "KeyspaceName", {"Ref": "Space"}, "  space: keyspaces.keyspace\n"),
    table("keyspace", ", keyspace: space", "Resources.Space.Properties.ReplicationSpecification.RegionList",
          ["us-east-1", "eu-west-1"], "  space: {kind: keyspaces.keyspace, regions: [us-east-1, eu-west-1]}\n"),
    series("memory and magnetic retention", ", memory_hours: 48",
           "Resources.Points.Properties.RetentionProperties.MemoryStoreRetentionPeriodInHours", "48"),
    series("memory and magnetic retention", ", magnetic_days: 30",
           "Resources.Points.Properties.RetentionProperties.MagneticStoreRetentionPeriodInDays", "30"),
    series("late writes", ", late_writes: true",
           "Resources.Points.Properties.MagneticStoreWriteProperties.EnableMagneticStoreWrites", True),
    series("encryption", ", key: cmk", "Resources.PointsDatabase.Properties.KmsKeyId", att("Cmk"), KEY),
    series("database", ", database: all", "Resources.Points.Properties.DatabaseName", {"Ref": "All"},
           "  all: timestream.database\n"),
    ledger("permissions mode", "", "Resources.Book.Properties.PermissionsMode", "STANDARD"),
    ledger("permissions mode", ", permissions: allow_all", "Resources.Book.Properties.PermissionsMode", "ALLOW_ALL"),
    ledger("deletion protection", "", "Resources.Book.Properties.DeletionProtection", True),
    ledger("deletion protection", ", protect: false", "Resources.Book.Properties.DeletionProtection", False),
    ledger("encryption", ", key: cmk", "Resources.Book.Properties.KmsKey", att("Cmk"), KEY),
]  # fmt: skip


OPTIONS = [*INSIDE, *OUTSIDE]


def name(option: Option) -> str:
    return f"{option.service}:{option.option[:30]}:{option.path.rpartition('.')[2]}"


@pytest.mark.parametrize("option", OPTIONS, ids=name)
def test_an_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    assert holds(option, tmp_path)


def test_all_options_are_clean_together(tmp_path: Path) -> None:
    (tmp_path / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    found = (re.search(r"nodes: \{store: (\{.*\})\}\}$", option.blueprint, re.MULTILINE) for option in INSIDE)
    known = dict.fromkeys(match[1] for match in found if match is not None and "rotate" not in match[1])
    assert len(known) > 40
    nodes = ", ".join(f"store{number}: {text}" for number, text in enumerate(known))
    text = f"name: all\n{network(nodes, tier='private', zones=3)}{KEY}  news: sns.topic\n"
    assert archkit.load(tmp_path / "b.yaml", text=text).synth().templates


def test_all_serverless_options_are_clean(tmp_path: Path) -> None:
    lint_clean([row for row in OUTSIDE if row.option != "keyspace"], tmp_path)


CONNECTED = [
    ("redshift.cluster", 5439, {"": att("Store", "Endpoint.Address"), "_SECRET": {"Ref": "StoreSecret"}}),
    ("docdb.cluster", 27017, {"": att("Store", "Endpoint"), "_READER": att("Store", "ReadEndpoint"),
                              "_SECRET": {"Ref": "StoreSecret"}}),
    ("{kind: elasticache.redis, replicas: 1}", 6379,
     {"": att("Store", "PrimaryEndPoint.Address"), "_READER": att("Store", "ReaderEndPoint.Address"),
      "_SECRET": {"Ref": "StoreSecret"}}),
    ("{kind: elasticache.redis, shards: 2, replicas: 1}", 6379,
     {"": att("Store", "ConfigurationEndPoint.Address"), "_SECRET": {"Ref": "StoreSecret"}}),
    ("{kind: elasticache.redis, token: false}", 6379, {"": att("Store", "PrimaryEndPoint.Address")}),
    ("elasticache.memcached", 11211, {"": att("Store", "ConfigurationEndpoint.Address")}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "port", "words"), CONNECTED, ids=[kind for kind, _, _ in CONNECTED])
def test_a_connection(kind: str, port: int, words: dict[str, Any], tmp_path: Path) -> None:
    """One port between two groups, the secret where there is one, and the addresses."""
    found = resources(network(f"store: {kind}") + "edges: [work -> store]\n", tmp_path)
    group, secret = att("StoreSecurityGroup", "GroupId"), "_SECRET" in words
    assert rules(found) == {
        f"StoreFromWork{port}": (group, GROUP, port, port), f"WorkToStore{port}": (GROUP, group, port, port),
        **(OUT if secret else {}),
    }  # fmt: skip
    assert rights(found, "WorkRolePolicy") == ([READ] if secret else [])
    expected = {f"STORE{suffix}": value for suffix, value in words.items()}
    assert variables(found) == {**expected, "STORE_PORT": str(port)}


DATA = {"Fn::Sub": "arn:${AWS::Partition}:neptune-db:${AWS::Region}:${AWS::AccountId}:${Store.ClusterResourceId}/*"}
GRANTED = [
    ("neptune.cluster", "read", 8182, ["ReadDataViaQuery", "GetQueryStatus", "CancelQuery"], DATA, "Endpoint"),
    ("neptune.cluster", "write", 8182, ["WriteDataViaQuery"], DATA, "Endpoint"),
    ("neptune.cluster", "delete", 8182, ["DeleteDataViaQuery"], DATA, "Endpoint"),
    ("dax.cluster", "read", 9111, ["GetItem", "BatchGetItem", "Query", "Scan"], att("Store"),
     "ClusterDiscoveryEndpointURL"),
    ("dax.cluster", "write", 9111,
     ["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "ConditionCheckItem"], att("Store"),
     "ClusterDiscoveryEndpointURL"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "word", "port", "actions", "on", "address"), GRANTED,
                         ids=[f"{kind} {word}" for kind, word, *_ in GRANTED])  # fmt: skip
def test_rights_open_the_way(kind: str, word: str, port: int, actions: list[str], on: Any, address: str,
                             tmp_path: Path) -> None:  # fmt: skip
    found = resources(network(f"store: {kind}", zones=3) + f"edges: [{{work -> store: {word}}}]\n", tmp_path)
    assert set(rules(found)) == {f"StoreFromWork{port}", f"WorkToStore{port}"}
    service = "neptune-db" if kind.startswith("neptune") else "dax"
    ((given, resource),) = rights(found, "WorkRolePolicy")
    assert ([given] if isinstance(given, str) else given) == [f"{service}:{action}" for action in actions]
    assert resource == on and variables(found)["STORE"] == att("Store", address)
    assert ("STORE_READER" in variables(found)) == kind.startswith("neptune")


def test_a_cache_asks_its_table(tmp_path: Path) -> None:
    """With a role of its own: what the cache is asked for, it may ask of just that table."""
    text = network("store: dax.cluster", zones=3, tier="private")
    found = resources(f"{text}  orders: {{kind: dynamodb.table, key: id}}\nedges: [store -> orders]\n", tmp_path)
    ((actions, on),) = said(found, "StoreRolePolicy")
    assert actions[:2] == ["dynamodb:DescribeTable", "dynamodb:GetItem"] and not [a for a in actions if "*" in a]
    assert on == [att("Orders"), {"Fn::Sub": "${Orders.Arn}/index/*"}]
    assert found["Store"]["DependsOn"] == ["StoreRolePolicy"]
    assert set(rules(found)) == {"StoreToInternet443"}


def test_a_warehouse_reads_a_bucket(tmp_path: Path) -> None:
    found = resources(network("store: redshift.cluster", tier="private") + SPECTRUM, tmp_path)
    granted = {action for actions, _ in said(found, "StoreRolePolicy")
               for action in ([actions] if isinstance(actions, str) else actions)}  # fmt: skip
    assert {"s3:GetObject", "s3:ListBucket", "glue:GetTable"} <= granted and "s3:PutObject" not in granted
    unloads = SPECTRUM.replace("store -> lake", "{store -> lake: {unload: true}}")
    found = resources(network("store: redshift.cluster", tier="private") + unloads, tmp_path)
    assert "s3:PutObject" in str(said(found, "StoreRolePolicy"))


def test_a_warehouse_is_asked_over_https(tmp_path: Path) -> None:
    """Its Data API takes a statement with the secret, and gives the answer to who made the statement."""
    text = network("store: redshift.cluster", "") + f"  {WORK}\nedges: [{{work -> store: query}}]\n"
    found = resources(text, tmp_path)
    assert rules(found) == {}
    cluster = {"Fn::Sub": "arn:${AWS::Partition}:redshift:${AWS::Region}:${AWS::AccountId}:cluster:${Store}"}
    calls = ["CancelStatement", "DescribeStatement", "GetStatementResult"]
    assert said(found, "WorkRolePolicy") == [
        (["redshift-data:ExecuteStatement", "redshift-data:BatchExecuteStatement"], cluster),
        ([f"redshift-data:{call}" for call in calls], "*"), READ,
    ]  # fmt: skip
    own = {"StringEquals": {"redshift-data:statement-owner-iam-userid": "${aws:userid}"}}
    assert own in [one.get("Condition") for one in found["WorkRolePolicy"]["Properties"]["PolicyDocument"]["Statement"]]
    assert variables(found) == {"STORE": att("Store", "Endpoint.Address"), "STORE_ID": {"Ref": "Store"},
                                "STORE_SECRET": {"Ref": "StoreSecret"}}  # fmt: skip


def test_firehose_loads_a_public_warehouse(tmp_path: Path) -> None:
    """From its own addresses, with the credentials of the warehouse's secret."""
    more = "  in: firehose.stream\nedges: [{in -> store: {table: clicks, addresses: 52.19.239.192/27}}]\n"
    found = resources(network("store: {kind: redshift.cluster, public: true}", tier="public") + more, tmp_path)
    group = att("StoreSecurityGroup", "GroupId")
    assert rules(found) == {"StoreFromIn5439": (group, "52.19.239.192/27", 5439, 5439)}
    made = found["In"]["Properties"]["RedshiftDestinationConfiguration"]
    assert made["SecretsManagerConfiguration"]["SecretARN"] == {"Ref": "StoreSecret"}
    assert str(made["ClusterJDBCURL"]).endswith("/warehouse'}")


SYSTEM = {"Fn::Sub": "arn:${AWS::Partition}:cassandra:${AWS::Region}:${AWS::AccountId}:/keyspace/system*"}


@pytest.mark.parametrize(("word", "action"), [("read", "cassandra:Select"), ("write", "cassandra:Modify")])
def test_a_table_of_keyspaces(word: str, action: str, tmp_path: Path) -> None:
    """At the port of Cassandra's protocol; drivers read the system's tables first."""
    node = "  store: {kind: keyspaces.table, partition: {id: uuid}}\n"
    found = resources(
        network("cache: elasticache.memcached") + node + f"edges: [{{work -> store: {word}}}]\n", tmp_path
    )
    ((given, on),) = rights(found, "WorkRolePolicy")
    assert given == action and on[1] == SYSTEM and "/table/store" in str(on[0])
    assert rules(found) == {"WorkToInternet9142": (GROUP, "0.0.0.0/0", 9142, 9142)}


def test_an_endpoint_of_keyspaces_is_reached_at_its_port(tmp_path: Path) -> None:
    node = "  store: {kind: keyspaces.table, partition: {id: uuid}}\n"
    door = "door: {kind: ec2.endpoint, services: [cassandra]}"
    found = resources(network(door) + node + "edges: [work -> store]\n", tmp_path)
    assert set(rules(found)) == {"DoorFromWork9142", "WorkToDoor9142"}


@pytest.mark.parametrize(("node", "word", "expected"), [
    ("timestream.table", "write", [("timestream:WriteRecords", att("Store")), ("timestream:DescribeEndpoints", "*")]),
    ("timestream.table", "read", [
        (["timestream:Select", "timestream:DescribeTable", "timestream:ListMeasures"], att("Store")),
        ("timestream:DescribeEndpoints", "*")]),
])  # fmt: skip
def test_points(node: str, word: str, expected: list[Any], tmp_path: Path) -> None:
    found = resources(f"nodes:\n{FN}  store: {node}\nedges: [{{work -> store: {word}}}]\n", tmp_path)
    assert said(found, "WorkRolePolicy") == expected


def test_a_ledger(tmp_path: Path) -> None:
    text = f"nodes:\n{FN}  store: qldb.ledger\nedges: [{{work -> store: [read, select]}}]\n"
    found = resources(text, tmp_path)
    whole = "arn:${AWS::Partition}:qldb:${AWS::Region}:${AWS::AccountId}:ledger/${Store}"
    assert said(found, "WorkRolePolicy") == [
        ("qldb:SendCommand", {"Fn::Sub": whole}), ("qldb:PartiQLSelect", {"Fn::Sub": f"{whole}/table/*"}),
    ]  # fmt: skip


@pytest.mark.parametrize(("kind", "metric", "dimension", "value"), [
    ("redshift.cluster", "disk", "ClusterIdentifier", {"Ref": "Store"}),
    ("docdb.cluster", "connections", "DBClusterIdentifier", {"Ref": "Store"}),
    ("neptune.cluster", "cpu", "DBClusterIdentifier", {"Ref": "Store"}),
    ("dax.cluster", "misses", "ClusterId", {"Ref": "Store"}),
    ("elasticache.memcached", "evictions", "CacheClusterId", {"Ref": "Store"}),
    ("elasticache.redis", "evictions", "CacheClusterId", {"Fn::Sub": "${Store}-001"}),
    ("{kind: elasticache.redis, shards: 2}", "cpu", "CacheClusterId", {"Fn::Sub": "${Store}-0001-001"}),
])  # fmt: skip
def test_alarms(kind: str, metric: str, dimension: str, value: Any, tmp_path: Path) -> None:
    """Of a replication group, ElastiCache measures nodes: the alarm watches the first."""
    text = network(f"store: {kind}", zones=3) + f"  high: {{kind: cloudwatch.alarm, metric: {metric}, above: 80}}\n"
    found = resources(text + "edges: [store -> high]\n", tmp_path)
    assert found["High"]["Properties"]["Dimensions"] == [{"Name": dimension, "Value": value}]


def test_connected_stores_are_clean(tmp_path: Path) -> None:
    (tmp_path / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    kinds = ("docdb.cluster", "neptune.cluster", "dax.cluster", "redshift.cluster", "elasticache.redis",
             "elasticache.memcached")  # fmt: skip
    nodes = ", ".join(f"s{number}: {kind}" for number, kind in enumerate(kinds))
    ends = ", ".join(f"s{number}" for number in range(len(kinds)))
    text = f"name: all\n{network(nodes, WORK)}edges:\n  - work -> {ends}\n"
    for format in ("cloudformation", "sam"):
        assert archkit.load(tmp_path / "b.yaml", text=text).synth(format).templates
