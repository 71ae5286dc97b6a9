"""RDS, Aurora and proxies: every option, connections with their rules, rights and variables, and what is refused."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import archkit
from tests.kinds.rows import att, findings, resources, said
from tests.options import ANY, Option, holds

RDS, AURORA = "Amazon RDS", "Amazon Aurora"
WORK = "work: {kind: lambda.function, runtime: python3.13, code: handler.py}"
SERVICE = "web: {kind: ecs.service, image: 'public.ecr.aws/nginx/nginx:1.29', port: 80}"


def network(node: str, users: str = WORK, zones: int = 2, tier: str = "isolated") -> str:
    """Return the nodes of a VPC with a database in a tier and its users in another."""
    return (
        f"nodes:\n  network:\n    kind: ec2.vpc\n    zones: {zones}\n    nat: one\n    nodes:\n"
        f"      web-tier: {{kind: ec2.subnets, tier: public, nodes: {{}}}}\n"
        f"      app: {{kind: ec2.subnets, nodes: {{{users}}}}}\n"
        f"      data: {{kind: ec2.subnets, tier: {tier}, nodes: {{{node}}}}}\n"
    )


def row(service: str, kind: str, option: str, properties: str, path: str, expected: object = ANY,
        more: str = "") -> Option:  # fmt: skip
    text = network(f"db: {{kind: {kind}{properties}}}", tier="private") + more
    return Option(service, option, text, f"Resources.{path}", expected)


def rds(option: str, properties: str, path: str, expected: object = ANY, more: str = "") -> Option:
    return row(RDS, "rds.instance", option, properties, path, expected, more)


def aurora(option: str, properties: str, path: str, expected: object = ANY, more: str = "") -> Option:
    return row(AURORA, "rds.cluster", option, properties, path, expected, more)


FAR = """nodes:
  here:
    kind: ec2.vpc
    nodes:
      data: {kind: ec2.subnets, tier: isolated, nodes: {db: {kind: rds.cluster, database: shop}}}
  west:
    kind: region
    code: us-west-2
    nodes:
      there:
        kind: ec2.vpc
        cidr: 10.1.0.0/16
        nodes:
          far-data: {kind: ec2.subnets, tier: isolated, nodes: {copy: rds.cluster}}
          far-app: {kind: ec2.subnets, nodes: {work: {kind: lambda.function, runtime: python3.13, code: handler.py}}}
edges:
  - db -> copy
"""
KEY = "  cmk: kms.key\n"
D, PASSWORD = "Db.Properties.", "master password in Secrets Manager by dynamic reference"
ENGINES = "engine postgres/mysql/mariadb/oracle/sqlserver"
FAMILY, FORCED = "DbParameters.Properties.Family", "DbParameters.Properties.Parameters"
OPTIONS = [
    rds(ENGINES, "", D + "Engine", "postgres"),
    rds(ENGINES, "", FAMILY, "postgres17"),
    rds(ENGINES, "", FORCED, {"rds.force_ssl": "1"}),
    rds(ENGINES, ", engine: mysql", D + "Engine", "mysql"),
    rds(ENGINES, ", engine: mysql, publish: false", FORCED, {"require_secure_transport": "ON"}),
    rds("log exports", ", engine: mysql", FORCED,
        {"require_secure_transport": "ON", "slow_query_log": "1", "log_output": "FILE"}),
    rds("log exports", ", engine: mysql, publish: false, tls: false, parameters: {max_connections: '80'}", FORCED,
        {"max_connections": "80"}),
    rds(PASSWORD, ", engine: oracle", "DbSecret.Properties.GenerateSecretString.PasswordLength", 30),
    rds(PASSWORD, "", "DbSecret.Properties.GenerateSecretString.ExcludeCharacters", "\"'@/\\ &"),
    rds(ENGINES, ", engine: mysql, version: 8.0.43", FAMILY, "mysql8.0"),
    rds(ENGINES, ", engine: mariadb", FAMILY, "mariadb11.8"),
    rds(ENGINES, ", engine: oracle", D + "Engine", "oracle-se2"),
    rds(ENGINES, ", engine: oracle", D + "DBInstanceClass", "db.t3.small"),
    rds(ENGINES, ", engine: oracle", D + "LicenseModel", "license-included"),
    rds(ENGINES, ", engine: oracle, parameters: {open_cursors: '500'}", FAMILY, "oracle-se2-19"),
    rds(ENGINES, ", engine: sqlserver", D + "Engine", "sqlserver-se"),
    rds(ENGINES, ", engine: sqlserver", FAMILY, "sqlserver-se-16.0"),
    rds(ENGINES, ", engine: sqlserver", D + "DBInstanceClass", "db.t3.xlarge"),
    rds(ENGINES, ", version: 16.10", D + "EngineVersion", "16.10"),
    rds(ENGINES, ", instance: r7g.large", D + "DBInstanceClass", "db.r7g.large"),
    rds("database", ", database: shop", D + "DBName", "shop"),
    rds("port", ", port: 6000", D + "Port", 6000),
    rds("Multi-AZ", ", multi_az: true", D + "MultiAZ", True),
    rds("read replicas", ", replicas: 2", "DbReplica2.Properties.SourceDBInstanceIdentifier", {"Ref": "Db"}),
    rds("storage and autoscaling", ", storage: 100", D + "AllocatedStorage", "100"),
    rds("storage and autoscaling", ", grow_to: 200", D + "MaxAllocatedStorage", 200),
    rds("storage and autoscaling", ", storage: 400, iops: 12000", D + "Iops", 12000),
    rds("storage and autoscaling", ", storage: 400, throughput: 500", D + "StorageThroughput", 500),
    rds("storage and autoscaling", ", storage: 100, storage_type: io2, iops: 3000", D + "StorageType", "io2"),
    rds("backup retention", ", backup_days: 30", D + "BackupRetentionPeriod", 30),
    rds("backup retention", ", backup_window: '02:00-03:00'", D + "PreferredBackupWindow", "02:00-03:00"),
    rds("maintenance window", ", maintenance: 'sun:04:00-sun:05:00'", D + "PreferredMaintenanceWindow",
        "sun:04:00-sun:05:00"),
    rds(PASSWORD, "", D + "MasterUserPassword",
        {"Fn::Sub": "{{resolve:secretsmanager:${DbSecret}:SecretString:password}}"}),
    rds(PASSWORD, "", "DbSecretAttachment.Properties",
        {"SecretId": {"Ref": "DbSecret"}, "TargetId": {"Ref": "Db"}, "TargetType": "AWS::RDS::DBInstance"}),
    rds("rotation", ", rotate: 30", "DbRotation.Properties.HostedRotationLambda.RotationType", "PostgreSQLSingleUser"),
    rds("rotation", ", rotate: 30", "DbRotation.Properties.HostedRotationLambda.VpcSecurityGroupIds",
        att("DbRotationGroup", "GroupId")),
    rds("rotation", ", rotate: 30", "DbRotation.Properties.RotationRules.AutomaticallyAfterDays", 30),
    rds("IAM database authentication", "", D + "EnableIAMDatabaseAuthentication", True),
    rds("encryption", "", D + "StorageEncrypted", True),
    rds("encryption", ", key: cmk", D + "KmsKeyId", att("Cmk"), KEY),
    rds("encryption", ", key: cmk", D + "PerformanceInsightsKMSKeyId", att("Cmk"), KEY),
    rds("deletion protection", "", D + "DeletionProtection", True),
    rds("deletion protection", ", protect: false", D + "DeletionProtection", False),
    rds("deletion snapshot", ", deletion: snapshot", "Db.DeletionPolicy", "Snapshot"),
    rds("performance insights", "", D + "EnablePerformanceInsights", True),
    rds("performance insights", ", engine: mysql", D + "EnablePerformanceInsights", False),
    rds("enhanced monitoring", ", watch: 15", D + "MonitoringInterval", 15),
    rds("enhanced monitoring", "", "DbMonitoringRole.Properties.AssumeRolePolicyDocument.Statement.0.Principal",
        {"Service": "monitoring.rds.amazonaws.com"}),
    rds("log exports", ", engine: mariadb", D + "EnableCloudwatchLogsExports", ["error", "slowquery"]),
    rds("minor versions", ", upgrade: false", D + "AutoMinorVersionUpgrade", False),
    aurora("MySQL or PostgreSQL", "", D + "Engine", "aurora-postgresql"),
    aurora("MySQL or PostgreSQL", ", engine: mysql", D + "Engine", "aurora-mysql"),
    aurora("MySQL or PostgreSQL", ", engine: mysql", FAMILY, "aurora-mysql8.0"),
    aurora("MySQL or PostgreSQL", ", version: '16.8'", FAMILY, "aurora-postgresql16"),
    aurora("readers", ", readers: 2", "DbReader2.Properties.DBClusterIdentifier", {"Ref": "Db"}),
    aurora("readers", ", instance: r7g.large", "DbWriter.Properties.DBInstanceClass", "db.r7g.large"),
    aurora("Serverless v2 capacity", "", "DbWriter.Properties.DBInstanceClass", "db.serverless"),
    aurora("Serverless v2 capacity", ", capacity: 16", D + "ServerlessV2ScalingConfiguration",
           {"MinCapacity": 0.5, "MaxCapacity": 16}),
    aurora("Serverless v2 capacity", ", capacity: {min: 0, max: 2}, pause: 600",
           D + "ServerlessV2ScalingConfiguration.SecondsUntilAutoPause", 600),
    Option(AURORA, "global database", f"region: eu-west-1\n{FAR}",
           "Resources.DbGlobal.Properties.SourceDBClusterIdentifier", {"Ref": "Db"}),
    Option(AURORA, "global database", f"region: eu-west-1\n{FAR}", "Resources.Copy.Properties.GlobalClusterIdentifier"),
    aurora("Data API", ", data_api: true", D + "EnableHttpEndpoint", True),
    aurora("backtrack", ", engine: mysql, backtrack: 24", D + "BacktrackWindow", 86_400),
    aurora("rotation", ", engine: mysql, rotate: 7", "DbRotation.Properties.HostedRotationLambda.RotationType",
           "MySQLSingleUser"),
    aurora("storage", ", storage: io-optimized", D + "StorageType", "aurora-iopt1"),
    aurora("encryption", ", key: cmk", D + "KmsKeyId", att("Cmk"), KEY),
    aurora("backup", ", backup_days: 14, backup_window: '01:00-02:00'", D + "PreferredBackupWindow", "01:00-02:00"),
    aurora("maintenance", ", maintenance: 'sat:04:00-sat:05:00'", D + "PreferredMaintenanceWindow",
           "sat:04:00-sat:05:00"),
    aurora("parameters", ", parameters: {log_statement: ddl}", FORCED, {"rds.force_ssl": "1", "log_statement": "ddl"}),
    aurora("log exports", ", engine: mysql", D + "EnableCloudwatchLogsExports", ["audit", "error", "slowquery"]),
    aurora("log exports", ", engine: mysql", FORCED,
           {"require_secure_transport": "ON", "server_audit_logging": "1",
            "server_audit_events": "CONNECT,QUERY_DCL,QUERY_DDL", "slow_query_log": "1"}),
    aurora("deletion protection", "", D + "DeletionProtection", True),
]  # fmt: skip


def name(option: Option) -> str:
    return f"{option.service}:{option.option[:30]}:{option.path.rpartition('.')[2]}"


@pytest.mark.parametrize("option", OPTIONS, ids=name)
def test_an_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    assert holds(option, tmp_path)


WHOLE = [option for option in OPTIONS if option.option not in ("encryption", "rotation", "deletion snapshot")]


def test_all_options_are_clean_together(tmp_path: Path) -> None:
    """Every set of properties once, as databases of one network."""
    found = (re.search(r"nodes: \{db: (\{.*\})\}\}$", option.blueprint, re.MULTILINE) for option in WHOLE)
    known = dict.fromkeys(match[1] for match in found if match is not None)
    assert len(known) > 30
    nodes = ", ".join(f"db{number}: {text}" for number, text in enumerate(known))
    (tmp_path / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    text = f"name: all\n{network(nodes, tier='private')}"
    assert archkit.load(tmp_path / "b.yaml", text=text).synth().templates


@pytest.mark.parametrize("format", ["cloudformation", "sam"])
def test_a_rotated_password_is_clean(format: str, tmp_path: Path) -> None:
    (tmp_path / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    text = "name: rotated\n" + network("db: {kind: rds.instance, rotate: 30}", tier="private")
    (template,) = archkit.load(tmp_path / "b.yaml", text=text).synth(format).templates.values()  # type: ignore[arg-type]
    assert "AWS::SecretsManager-2024-09-16" in template


def rules(found: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    """Return every rule of a security group: the group, who is at the other end, and the ports."""
    peers = ("SourceSecurityGroupId", "DestinationSecurityGroupId", "CidrIp")
    return {
        id: (one["GroupId"], next(one[peer] for peer in peers if peer in one), one["FromPort"], one["ToPort"])
        for id, made in found.items() if made["Type"].startswith("AWS::EC2::SecurityGroup") and "GroupId" in
        (one := made["Properties"])
    }  # fmt: skip


def variables(found: dict[str, Any], id: str = "Work") -> dict[str, Any]:
    return found[id]["Properties"]["Environment"]["Variables"]  # type: ignore[no-any-return]


def rights(found: dict[str, Any], id: str) -> list[tuple[Any, Any]]:
    """Return what a role may do besides having an interface in a subnet."""
    return [one for one in said(found, id) if "ec2:CreateNetworkInterface" not in one[0]]


GROUP, DB_GROUP = att("WorkSecurityGroup", "GroupId"), att("DbSecurityGroup", "GroupId")
OUT = {"WorkToInternet443": (GROUP, "0.0.0.0/0", 443, 443)}
READ = ("secretsmanager:GetSecretValue", {"Ref": "DbSecret"})


def test_a_connection_by_secret(tmp_path: Path) -> None:
    """The database's port from the function's group and no other, its secret, its addresses."""
    found = resources(network("db: {kind: rds.instance, replicas: 1}") + "edges: [work -> db]\n", tmp_path)
    assert rules(found) == {
        "DbFromWork5432": (DB_GROUP, GROUP, 5432, 5432), "WorkToDb5432": (GROUP, DB_GROUP, 5432, 5432), **OUT,
    }  # fmt: skip
    assert rights(found, "WorkRolePolicy") == [READ]
    assert variables(found) == {
        "DB": att("Db", "Endpoint.Address"), "DB_PORT": "5432", "DB_SECRET": {"Ref": "DbSecret"},
        "DB_READER": att("DbReplica1", "Endpoint.Address"),
    }  # fmt: skip


def test_a_connection_by_iam(tmp_path: Path) -> None:
    """Neither the secret nor a way to it."""
    found = resources(network("db: {kind: rds.instance, engine: mysql, port: 3400}")
                      + "edges: [{work -> db: {auth: iam, user: app}}]\n", tmp_path)  # fmt: skip
    assert set(rules(found)) == {"DbFromWork3400", "WorkToDb3400"}
    users = {"Fn::Sub": "arn:${AWS::Partition}:rds-db:${AWS::Region}:${AWS::AccountId}:dbuser:${Db.DbiResourceId}/app"}
    assert rights(found, "WorkRolePolicy") == [("rds-db:connect", users)]
    assert variables(found) == {"DB": att("Db", "Endpoint.Address"), "DB_PORT": "3400"}


def test_a_connection_without_credentials(tmp_path: Path) -> None:
    found = resources(network("db: rds.instance") + "edges: [{work -> db: {auth: none}}]\n", tmp_path)
    assert rights(found, "WorkRolePolicy") == [] and "DB_SECRET" not in variables(found)


@pytest.mark.parametrize(("user", "id"), [(SERVICE, "Web"), ("web: ec2.instance", "Web"),
                                          ("web: {kind: autoscaling.group, port: 80}", "Web")])  # fmt: skip
def test_containers_and_servers_connect_alike(user: str, id: str, tmp_path: Path) -> None:
    found = resources(network("db: rds.cluster", user) + "edges: [web -> db]\n", tmp_path)
    group = att(f"{id}SecurityGroup", "GroupId")
    assert rules(found)["DbFromWeb5432"] == (DB_GROUP, group, 5432, 5432)
    assert rules(found)["WebToDb5432"] == (group, DB_GROUP, 5432, 5432)
    policies = [made["Properties"]["PolicyDocument"] for made in found.values() if made["Type"] == "AWS::IAM::Policy"]
    assert any((one["Action"], one["Resource"]) == READ for policy in policies for one in policy["Statement"])
    for word in ("DB_PORT", "DB_SECRET", "Endpoint.Address"):
        assert word in str(found), word


def test_a_secret_is_an_end_of_an_edge(tmp_path: Path) -> None:
    found = resources(network("db: rds.instance") + "edges: [work -> db.secret]\n", tmp_path)
    assert rights(found, "WorkRolePolicy") == [READ] and variables(found) == {"DB_SECRET": {"Ref": "DbSecret"}}
    assert rules(found) == OUT


def test_a_database_that_exists(tmp_path: Path) -> None:
    """Its address, its group and, where it is said, its secret are given."""
    arn = "arn:aws:secretsmanager:eu-west-1:012345678901:secret:old-AbCdEf"
    facts = f"{{endpoint: db.example.com, security_group: sg-1, secret: '{arn}'}}"
    old = f"  db: {{kind: rds.instance, existing: {facts}}}\n"
    found = resources(network("cache: elasticache.memcached") + old + "edges: [work -> db]\n", tmp_path)
    assert rights(found, "WorkRolePolicy") == [("secretsmanager:GetSecretValue", arn)]
    assert variables(found) == {"DB": "db.example.com", "DB_PORT": "5432", "DB_SECRET": arn}


def test_the_data_api(tmp_path: Path) -> None:
    """A function outside of the VPC asks by HTTPS: rights on the cluster and on its secret, and the ARNs of both."""
    outside = f"  {WORK}\n"
    text = network("db: {kind: rds.cluster, data_api: true}", "") + outside + "edges: [{work -> db: query}]\n"
    found = resources(text, tmp_path)
    assert rules(found) == {}
    calls = ["BatchExecuteStatement", "BeginTransaction", "CommitTransaction", "ExecuteStatement",
             "RollbackTransaction"]  # fmt: skip
    assert said(found, "WorkRolePolicy") == [([f"rds-data:{call}" for call in calls], att("Db", "DBClusterArn")), READ]
    assert variables(found) == {"DB": att("Db", "Endpoint.Address"), "DB_ARN": att("Db", "DBClusterArn"),
                                "DB_SECRET": {"Ref": "DbSecret"}}  # fmt: skip


def test_a_field_of_a_graph_asks_the_cluster_with_its_own_secret(tmp_path: Path) -> None:
    (tmp_path / "schema.graphql").write_text("type Query { post(id: ID!): String }\n")
    text = network("db: {kind: rds.cluster, data_api: true, database: blog}", "") + (
        "  api: {kind: appsync.api, schema: schema.graphql}\n"
        "edges:\n  - api -> db: {does: Query.post, sql: 'select body from posts where id = :id'}\n"
    )
    found = resources(text, tmp_path)
    (source,) = (made["Properties"] for made in found.values() if made["Type"] == "AWS::AppSync::DataSource")
    endpoint = source["RelationalDatabaseConfig"]["RdsHttpEndpointConfig"]
    assert (endpoint["AwsSecretStoreArn"], endpoint["DatabaseName"]) == ({"Ref": "DbSecret"}, "blog")


def test_a_rotation_is_let_in_by_a_group_of_its_own(tmp_path: Path) -> None:
    found = resources(network("db: {kind: rds.instance, rotate: 30}", tier="private"), tmp_path)
    assert rules(found) == {"DbFromRotation5432": (DB_GROUP, att("DbRotationGroup", "GroupId"), 5432, 5432)}
    out = found["DbRotationGroup"]["Properties"]["SecurityGroupEgress"]
    assert [(rule["FromPort"], rule.get("DestinationSecurityGroupId"), rule.get("CidrIp")) for rule in out] == [
        (5432, DB_GROUP, None), (443, None, "0.0.0.0/0"),
    ]  # fmt: skip


def test_a_second_secret_is_rotated_where_the_database_stands(tmp_path: Path) -> None:
    text = network("db: rds.instance", tier="private") + (
        "  login: {kind: secretsmanager.secret, username: app}\nedges: [{login -> db: {rotate: 30}}]\n"
    )
    found = resources(text, tmp_path)
    hosted = found["LoginDbRotation"]["Properties"]["HostedRotationLambda"]
    assert hosted["RotationType"] == "PostgreSQLSingleUser"
    assert hosted["VpcSecurityGroupIds"] == att("DbRotationGroup", "GroupId")
    assert hosted["VpcSubnetIds"] == {"Fn::Join": [",", [{"Ref": "DataA"}, {"Ref": "DataB"}]]}


def test_a_proxy_stands_between(tmp_path: Path) -> None:
    """Clients reach the proxy alone; the proxy reaches the database, with the credentials of its secret."""
    users = f"{WORK}, proxy: rds.proxy"
    found = resources(network("db: rds.instance", users) + "edges: [work -> proxy -> db]\n", tmp_path)
    proxy = att("ProxySecurityGroup", "GroupId")
    assert rules(found) == {
        "ProxyFromWork5432": (proxy, GROUP, 5432, 5432), "WorkToProxy5432": (GROUP, proxy, 5432, 5432),
        "DbFromProxy5432": (DB_GROUP, proxy, 5432, 5432), "ProxyToDb5432": (proxy, DB_GROUP, 5432, 5432), **OUT,
    }  # fmt: skip
    assert said(found, "ProxyRolePolicy") == [READ] and rights(found, "WorkRolePolicy") == [READ]
    assert found["Proxy"]["Properties"]["Auth"] == [
        {"AuthScheme": "SECRETS", "SecretArn": {"Ref": "DbSecret"}, "IAMAuth": "DISABLED"}
    ]
    assert found["ProxyDbTargets"]["Properties"]["DBInstanceIdentifiers"] == [{"Ref": "Db"}]
    assert variables(found) == {"PROXY": att("Proxy", "Endpoint"), "PROXY_PORT": "5432",
                                "DB_SECRET": {"Ref": "DbSecret"}}  # fmt: skip


def test_a_proxy_that_iam_opens(tmp_path: Path) -> None:
    users = f"{WORK}, proxy: {{kind: rds.proxy, iam_auth: true}}"
    edges = "edges: [{work -> proxy: {auth: iam, user: app}}, proxy -> db]\n"
    found = resources(network("db: {kind: rds.cluster, readers: 1}", users) + edges, tmp_path)
    ((action, on),) = rights(found, "WorkRolePolicy")
    parts = {"Proxy": {"Fn::Select": [6, {"Fn::Split": [":", att("Proxy", "DBProxyArn")]}]}}
    assert action == "rds-db:connect" and on["Fn::Sub"][1] == parts and on["Fn::Sub"][0].endswith(":${Proxy}/app")
    assert found["ProxyDbTargets"]["DependsOn"] == ["DbWriter"]


def test_a_global_database(tmp_path: Path) -> None:
    """The second cluster joins the first one's global cluster by a parameter, and has neither users nor a secret."""
    (tmp_path / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    text = f"name: world\nregion: eu-west-1\n{FAR}  - work -> copy: {{auth: iam, user: app}}\n"
    stacks = {stack.place[1]: stack.template for stack in archkit.load(tmp_path / "b.yaml", text=text).synth().stacks}
    near, far = stacks["eu-west-1"]["Resources"], stacks["us-west-2"]
    assert near["DbGlobal"]["Properties"]["SourceDBClusterIdentifier"] == {"Ref": "Db"}
    copy = far["Resources"]["Copy"]["Properties"]
    (parameter,) = (value for value in [copy["GlobalClusterIdentifier"]])
    assert parameter["Ref"] in far["Parameters"]
    assert not {"MasterUsername", "MasterUserPassword", "DatabaseName"} & set(copy)
    assert copy["KmsKeyId"] == "alias/aws/rds" and "CopySecret" not in far["Resources"]
    assert variables(far["Resources"]) == {"COPY": att("Copy", "Endpoint.Address"), "COPY_PORT": "5432"}


def test_a_copy_has_no_credentials_to_give(tmp_path: Path) -> None:
    found = findings(f"region: eu-west-1\n{FAR}  - work -> copy\n", tmp_path)
    assert any(code == "no-secret" and "has the users of the cluster that it follows" in text for code, text in found)


@pytest.mark.parametrize("kind", ["rds.instance", "rds.cluster"])
@pytest.mark.parametrize("metric", ["cpu", "connections", "free-memory", "read-latency"])
def test_alarms(kind: str, metric: str, tmp_path: Path) -> None:
    text = network(f"db: {kind}") + f"  high: {{kind: cloudwatch.alarm, metric: {metric}, above: 80}}\n"
    found = resources(text + "edges: [db -> high]\n", tmp_path)
    word = "DBInstanceIdentifier" if kind == "rds.instance" else "DBClusterIdentifier"
    assert found["High"]["Properties"]["Dimensions"] == [{"Name": word, "Value": {"Ref": "Db"}}]


@pytest.mark.parametrize(("kind", "caption", "pale"), [
    ("{kind: rds.instance, multi_az: true}", "standby", True),
    ("{kind: rds.instance, replicas: 2}", "read replica", False),
    ("{kind: rds.cluster, readers: 1}", "reader", False), ("docdb.cluster", "reader", False),
    ("{kind: elasticache.redis, replicas: 1}", "replica", False),
])  # fmt: skip
def test_what_stands_in_the_second_zone_is_drawn(kind: str, caption: str, pale: bool, tmp_path: Path) -> None:
    """A standby waits, pale; what is read from works."""
    (tmp_path / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    text = f"name: drawn\n{network(f'db: {kind}')}"
    svg = archkit.load(tmp_path / "b.yaml", text=text).render("svg").decode()
    nodes = re.findall(r'<g class="node[^"]*"[^>]*data-node="db".*?</g>', svg, re.DOTALL)
    assert len(nodes) == 2 and sum(f">{caption}<" in one for one in nodes) == 1
    (second,) = (one for one in nodes if f">{caption}<" in one)
    assert ("dim" in second.split(">")[0]) == pale
