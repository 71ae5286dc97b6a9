"""Glue: every option, what crawlers and jobs may do, what triggers wait for, and refusals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import archkit
from tests.kinds.rows import findings, lint_clean, resources, rows_of, said
from tests.options import Option, holds
from tests.test_pairs import BUCKET, TABLE, At, Pair, Rights, hold
from tests.test_pairs import FN as WORK

SERVICE = "AWS Glue"
CATALOGUE, CRAWLER = "data catalogue", "crawler on S3/DynamoDB/JDBC"
JOB, TRIGGER = "ETL job Spark/Python shell", "trigger schedule"
database = rows_of(SERVICE, "db: {kind: glue.database")
crawler = rows_of(SERVICE, "crawl: {kind: glue.crawler")
job = rows_of(SERVICE, "clean: {kind: glue.job, code: handler.py")
trigger = rows_of(SERVICE, "daily: {kind: glue.trigger")
TABLES = "{orders: {location: 's3://x/orders/', columns: {id: string, sum: double}, partitions: {day: date}%s}}"
T = "Resources.DbOrdersTable.Properties.TableInput."
C, J, G = "Resources.Crawl.Properties.", "Resources.Clean.Properties.", "Resources.Daily.Properties."
PATHS = ", paths: ['s3://lake/orders/']"
JDBC = "  shop: {kind: glue.connection, url: 'jdbc:postgresql://db:5432/shop', secret: login%s}\n" + (
    "  login: secretsmanager.secret\n"
)
NET = ", subnet: subnet-0123456789abcdef0, security_groups: [sg-0123456789abcdef0]"
CLEAN = "  clean: {kind: glue.job, code: handler.py}\n"
OPTIONS = [
    database(CATALOGUE, "", "Resources.Db.Properties.DatabaseInput.Name.Fn::Sub.0", "test_db_${Stack}"),
    database(CATALOGUE, ", database_name: shop", "Resources.Db.Properties.DatabaseInput.Name", "shop"),
    database(CATALOGUE, ", tables: " + TABLES % "", T + "PartitionKeys", [{"Name": "day", "Type": "date"}]),
    database(CATALOGUE, ", tables: " + TABLES % "", T + "StorageDescriptor.SerdeInfo.SerializationLibrary",
             "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"),
    database(CATALOGUE, ", tables: " + TABLES % ", format: csv, skip_header: true", T + "Parameters",
             {"classification": "csv", "EXTERNAL": "TRUE", "skip.header.line.count": "1"}),
    database(CATALOGUE, ", tables: " + TABLES % ", format: json", T + "StorageDescriptor.Location", "s3://x/orders/"),
    crawler(CRAWLER, PATHS, C + "Targets.S3Targets", [{"Path": "s3://lake/orders/"}]),
    crawler(CRAWLER, "", C + "Targets.S3Targets.0.Path.Fn::Sub.0", "s3://test-lake-${Stack}/raw/",
            "  lake: s3.bucket\nedges:\n  - lake -> crawl: {prefix: raw/, exclude: ['**.tmp'], sample: 5}\n"),
    crawler(CRAWLER, "", C + "Targets.S3Targets.0.SampleSize", 5,
            "  lake: s3.bucket\nedges:\n  - lake -> crawl: {sample: 5}\n"),
    crawler(CRAWLER, "", C + "Targets.DynamoDBTargets", [{"Path": {"Ref": "Orders"}, "ScanAll": False,
                                                         "ScanRate": 0.5}],
            "  orders: dynamodb.table\nedges:\n  - orders -> crawl: {scan_all: false, scan_rate: 0.5}\n"),
    crawler(CRAWLER, "", C + "Targets.JdbcTargets", [{"ConnectionName": {"Ref": "Shop"}, "Path": "shop/public/%"}],
            JDBC % NET + "edges:\n  - shop -> crawl: {path: shop/public/%}\n"),
    crawler(CRAWLER, "", "Resources.Shop.Properties.ConnectionInput.ConnectionProperties.SECRET_ID", {"Ref": "Login"},
            JDBC % "" + "edges:\n  - shop -> crawl: {path: shop/%}\n"),
    crawler(CRAWLER, PATHS, C + "DatabaseName", {"Ref": "CrawlDatabase"}),
    crawler(CRAWLER, PATHS, C + "DatabaseName", {"Ref": "Found"}, "  found: glue.database\nedges: [crawl -> found]\n"),
    crawler(CRAWLER, PATHS + ", cron: '0 3 * * ? *'", C + "Schedule.ScheduleExpression", "cron(0 3 * * ? *)"),
    crawler(CRAWLER, PATHS + ", recrawl: new_folders", C + "SchemaChangePolicy",
            {"DeleteBehavior": "LOG", "UpdateBehavior": "LOG"}),
    crawler(CRAWLER, PATHS + ", on_delete: delete, on_change: log, table_prefix: raw_", C + "SchemaChangePolicy",
            {"DeleteBehavior": "DELETE_FROM_DATABASE", "UpdateBehavior": "LOG"}),
    crawler(CRAWLER, PATHS + ", classifiers: [mine]", C + "Classifiers", ["mine"]),
    crawler(CRAWLER, PATHS + ", key: cmk", C + "CrawlerSecurityConfiguration", {"Ref": "CrawlSecurity"},
            "  cmk: kms.key\n"),
    job(JOB, "", J + "Command.Name", "glueetl"),
    job(JOB, ", type: python", J + "Command.Name", "pythonshell"),
    job(JOB, ", type: python", J + "Command.PythonVersion", "3.9"),
    job(JOB, ", type: streaming", J + "Command.Name", "gluestreaming"),
    job(JOB, ", type: python, capacity: 1", J + "MaxCapacity", 1.0),
    job(JOB, ", version: 4.0", J + "GlueVersion", "4.0"),
    job(JOB, ", worker: G.2X, workers: 5, autoscaling: true", J + "WorkerType", "G.2X"),
    job(JOB, ", workers: 5", J + "NumberOfWorkers", 5),
    job(JOB, ", flexible: true", J + "ExecutionClass", "FLEX"),
    job(JOB, ", timeout: 15, retries: 2, concurrency: 3", J + "ExecutionProperty.MaxConcurrentRuns", 3),
    job(JOB, ", retries: 2", J + "MaxRetries", 2),
    job(JOB, ", bookmarks: true", J + "DefaultArguments.--job-bookmark-option", "job-bookmark-enable"),
    job(JOB, ", modules: [a==1, b], arguments: {day: today}", J + "DefaultArguments.--additional-python-modules",
        "a==1,b"),
    job(JOB, ", arguments: {day: today}", J + "DefaultArguments.--day", "today"),
    job(JOB, "", J + "DefaultArguments.--LAKE.Fn::Sub.0", "test-lake-${Stack}",
        "  lake: s3.bucket\nedges:\n  - clean -> lake: [read, write]\n"),
    job(JOB, "", J + "Connections.Connections", [{"Ref": "Shop"}], JDBC % "" + "edges: [clean -> shop]\n"),
    job(JOB, ", key: cmk", J + "SecurityConfiguration", {"Ref": "CleanSecurity"}, "  cmk: kms.key\n"),
    trigger(TRIGGER, ", cron: '0 3 * * ? *'", G + "Schedule", "cron(0 3 * * ? *)", CLEAN + "edges: [daily -> clean]\n"),
    trigger(TRIGGER, ", cron: '0 3 * * ? *', enabled: false", G + "StartOnCreation", False,
            CLEAN + "edges: [daily -> clean]\n"),
    trigger(TRIGGER, "", G + "Type", "ON_DEMAND", CLEAN + "edges: [daily -> clean]\n"),
    trigger(TRIGGER, "", G + "Actions", [{"JobName": {"Ref": "Clean"}, "Arguments": {"--day": "x"}, "Timeout": 9}],
            CLEAN + "edges:\n  - daily -> clean: {arguments: {day: x}, timeout: 9}\n"),
]  # fmt: skip
LOOK = "crawl: {kind: glue.crawler, paths: ['s3://lake/']}"
SPARK = "clean: {kind: glue.job, code: handler.py}"
RUN = "glue:StartJobRun glue:GetJobRun glue:GetJobRuns"
PAIRS = {
    "glue -> s3": Pair(
        [BUCKET, SPARK], "clean -> bucket: write", [Rights("Clean", "s3:PutObject", "test-bucket-${Stack}/*")]
    ),
    "glue -> dynamodb": Pair(
        [TABLE, SPARK], "clean -> table: scan",
        [Rights("Clean", "dynamodb:Scan", "Table"), At("Resources.Clean.Properties.DefaultArguments.--TABLE", "Table")],
    ),
    "dynamodb -> glue": Pair(
        [TABLE, LOOK], "table -> crawl", [Rights("Crawl", "dynamodb:DescribeTable dynamodb:Scan", "Table")]
    ),
    "s3 -> glue": Pair(
        [BUCKET, LOOK], "bucket -> crawl: {prefix: raw/}",
        [Rights("Crawl", "s3:GetObject", "test-bucket-${Stack}/raw/*"),
         Rights("Crawl", "s3:ListBucket", "test-bucket-${Stack}")],
    ),
    "lambda -> glue": Pair([WORK, SPARK], "fn -> clean", [Rights("Fn", RUN, "job/${Clean}")]),
    "glue -> eventbridge": Pair(
        [SPARK, "rule: events.rule"], "clean -> rule",
        [At("Resources.Rule.Properties.EventPattern", {"source": "aws.glue", "detail": "Clean"})],
    ),
    "sfn -> glue": Pair(
        [SPARK, "flow: {kind: stepfunctions.state_machine, states: {Run: {do: clean, wait: job}}}"], "flow -> clean",
        [Rights("Flow", "glue:StartJobRun glue:GetJobRun glue:GetJobRuns glue:BatchStopJobRun", "job/${Clean}")],
    ),
    "eventbridge-scheduler -> glue": Pair(
        [SPARK, "clock: {kind: scheduler.schedule, every: 1 day}"], "clock -> clean",
        [Rights("Clock", "glue:StartJobRun", "job/${Clean}")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS, ids=lambda row: f"{row.option[:10]}:{row.path[-25:]}")
def test_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    assert holds(option, tmp_path)


def test_all_options_are_lint_clean(tmp_path: Path) -> None:
    lint_clean(OPTIONS, tmp_path)


@pytest.mark.parametrize("name", PAIRS)
def test_pair(name: str, tmp_path: Path) -> None:
    hold(PAIRS[name], tmp_path)


def test_a_crawler_may_write_into_its_database_only(tmp_path: Path) -> None:
    found = resources("nodes:\n  crawl: {kind: glue.crawler, paths: ['s3://lake/a/']}\n  db: glue.database\n"
                      "edges: [crawl -> db]\n", tmp_path)  # fmt: skip
    rights = said(found, "CrawlRolePolicy")
    (_, on) = next((actions, on) for actions, on in rights if "glue:CreateTable" in actions)
    ends = [item["Fn::Sub"].rsplit(":", 1)[1] for item in on]
    assert ends == ["catalog", "database/${Db}", "table/${Db}/*"]
    assert not [actions for actions, _ in rights if "glue:DeleteTable" in actions]
    logs = next(on for actions, on in rights if "logs:CreateLogGroup" in actions)
    assert logs["Fn::Sub"].endswith(":log-group:/aws-glue/*")
    assert found["Crawl"]["DependsOn"] == ["CrawlRolePolicy"]


def test_a_connection_brings_its_credentials_and_its_network(tmp_path: Path) -> None:
    found = resources("nodes:\n" + JDBC % NET + CLEAN + "edges: [clean -> shop]\n", tmp_path)
    rights = {actions if isinstance(actions, str) else actions[0]: on for actions, on in said(found, "CleanRolePolicy")}
    assert rights["secretsmanager:GetSecretValue"] == {"Ref": "Login"}
    assert rights["glue:GetConnection"][1]["Fn::Sub"].endswith(":connection/${Shop}")
    assert "ec2:CreateNetworkInterface" in rights
    plain = resources("nodes:\n" + JDBC % "" + CLEAN + "edges: [clean -> shop]\n", tmp_path)
    assert not [one for one, _ in said(plain, "CleanRolePolicy") if "ec2:CreateNetworkInterface" in one]


def test_a_key_encrypts_lines_bookmarks_and_files(tmp_path: Path) -> None:
    found = resources("nodes:\n  cmk: kms.key\n" + CLEAN.replace("}", ", key: cmk}"), tmp_path)
    assert set(found["CleanSecurity"]["Properties"]["EncryptionConfiguration"]) == {
        "S3Encryptions", "CloudWatchEncryption", "JobBookmarksEncryption",
    }  # fmt: skip
    statements = found["Cmk"]["Properties"]["KeyPolicy"]["Statement"]
    (logs,) = (one for one in statements if "logs." in str(one["Principal"]))
    assert "/aws-glue/*" in str(logs["Condition"])


def test_one_after_another(tmp_path: Path) -> None:
    text = "nodes:\n  crawl: {kind: glue.crawler, paths: ['s3://lake/']}\n  then: {kind: glue.trigger, when: any}\n"
    text += CLEAN + "  again: {kind: glue.job, code: handler.py}\n"
    text += "edges:\n  - crawl -> then -> again\n  - clean -> then: {state: failed}\n"
    then = resources(text, tmp_path)["Then"]["Properties"]
    assert then["Type"] == "CONDITIONAL" and then["Actions"] == [{"JobName": {"Ref": "Again"}}]
    assert then["Predicate"] == {"Logical": "ANY", "Conditions": [
        {"CrawlerName": {"Ref": "Crawl"}, "LogicalOperator": "EQUALS", "CrawlState": "SUCCEEDED"},
        {"JobName": {"Ref": "Clean"}, "LogicalOperator": "EQUALS", "State": "FAILED"},
    ]}  # fmt: skip


def test_a_script_is_named_by_its_content(tmp_path: Path) -> None:
    """It is used as it is, not zipped, and the job may read that one file."""
    (tmp_path / "etl.py").write_text("print(1)\n")
    text = "name: test\nnodes:\n  clean: {kind: glue.job, code: etl.py}\n"
    compiled = archkit.load(tmp_path / "blueprint.yaml", text=text)
    made = compiled.synth()
    ((name, data),) = made.assets.items()
    assert name.startswith("clean-") and name.endswith(".py") and data == b"print(1)\n"
    (stack,) = made.stacks
    at = stack.template["Resources"]["Clean"]["Properties"]["Command"]["ScriptLocation"]["Fn::Sub"]
    assert at == f"s3://${{CodeBucket}}/${{CodePrefix}}{name}"
    rights = said(stack.template["Resources"], "CleanRolePolicy")
    where = next(on for actions, on in rights if actions == "s3:GetObject")
    assert where["Fn::Sub"] == f"arn:${{AWS::Partition}}:s3:::${{CodeBucket}}/${{CodePrefix}}{name}"
    local = compiled.synth(local_code=True).stacks[0].template["Resources"]["Clean"]["Properties"]["Command"]
    assert local["ScriptLocation"] == "etl.py"


REFUSED: list[tuple[str, str, Any]] = [
    ("crawl: glue.crawler", "nothing-to-crawl", "looks at nothing"),
    ("crawl: glue.crawler\n  a: s3.bucket\nedges:\n  - a -> crawl: {scan_all: true}", "bad-value", "DynamoDB table"),
    ("crawl: glue.crawler\n  a: dynamodb.table\nedges:\n  - a -> crawl: {exclude: [x]}", "bad-value", "passed over"),
    (f"{LOOK}\n  a: glue.database\n  b: glue.database\nedges:\n  - crawl -> a, b", "fills-one", "one database"),
    ("crawl: {kind: glue.crawler, recrawl: new_folders}\n  a: s3.bucket\nedges:\n  - a -> crawl: {sample: 3}",
     "bad-value", "new folders"),
    (f"{LOOK}\n{JDBC % ''}edges: [shop -> crawl]", "missing-property", "say what is crawled"),
    ("shop: glue.connection", "missing-property", "needs its address"),
    ("shop: {kind: glue.connection, type: NETWORK}", "missing-property", "is a subnet"),
    ("shop: {kind: glue.connection, url: 'jdbc:mysql://a', subnet: subnet-1}", "missing-property", "security group"),
    ("clean: {kind: glue.job, code: none.py}", "no-code", "no file 'none.py'"),
    ("clean: {kind: glue.job, code: 's3://x'}", "bad-value", "no file in S3"),
    ("clean: {kind: glue.job, code: handler.py, type: python, bookmarks: true}", "bad-value", "is for Spark"),
    ("daily: {kind: glue.trigger, cron: '0 3 * * ? *'}", "no-target", "starts nothing"),
    (f"daily: {{kind: glue.trigger, cron: '0 3 * * ? *'}}\n{CLEAN}  {LOOK}\nedges: [crawl -> daily -> clean]",
     "bad-value", "not both"),
    (f"daily: glue.trigger\n  {LOOK}\nedges:\n  - daily -> crawl: {{timeout: 3}}", "bad-value", "no arguments"),
    ("db: {kind: glue.database, tables: {Big: {location: 's3://x/', columns: {a: b}}}}", "bad-value", "'Big'"),
]  # fmt: skip


@pytest.mark.parametrize(("nodes", "code", "text"), REFUSED)
def test_what_is_refused(nodes: str, code: str, text: str, tmp_path: Path) -> None:
    found = findings(f"nodes:\n  {nodes}\n", tmp_path)
    assert any(one == code and text in message for one, message in found), found
