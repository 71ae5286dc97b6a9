"""Functions and layers: every option, what invokes and what is invoked, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import archkit
from archkit.diagnostics import Report
from archkit.synth import synthesize
from tests.kinds.rows import FN, att, findings, resources, rows_of, said
from tests.options import ANY, Option, at, holds

SERVICE = "AWS Lambda"
P = "Resources.Work.Properties."
CODE = ", runtime: python3.13, code: handler.py"
IMAGE = ', image: "012345678901.dkr.ecr.eu-west-1.amazonaws.com/shop:1"'
function = rows_of(SERVICE, "work: {kind: lambda.function")
ASYNC = "Resources.WorkAsync.Properties."
IN_VPC = ", vpc: {subnets: [subnet-1], security_groups: [sg-1]}"
FILES = "arn:aws:elasticfilesystem:eu-west-1:123456789012"
POINT = f"{FILES}:access-point/fsap-1"
MOUNT = f', mount: {{file_system: "{FILES}:file-system/fs-1", access_point: "{POINT}"}}'
RETRIES = "asynchronous retries and on-failure destination"


def row(option: str, properties: str, path: str, expected: Any = ANY, more: str = "") -> Option:
    return function(option, CODE + properties, path, expected, more)


OPTIONS = [
    row("runtime", "", P + "Runtime", "python3.13"),
    row("memory", ", memory: 1024", P + "MemorySize", 1024),
    row("timeout", ", timeout: 60", P + "Timeout", 60),
    row("inline or packaged code", "", P + "Code.ZipFile", "def handler(event, context):\n    return {}\n"),
    row("inline or packaged code", "", P + "Handler", "index.handler"),
    function("inline or packaged code", ", runtime: python3.13, code: ., handler: handler.handler",
             P + "Code.S3Bucket", {"Ref": "CodeBucket"}),
    function("container image", IMAGE, P + "Code.ImageUri", "012345678901.dkr.ecr.eu-west-1.amazonaws.com/shop:1"),
    function("container image", IMAGE, P + "PackageType", "Image"),
    row("layers", ", layers: [common]", P + "Layers", [{"Ref": "Common"}],
        "  common: {kind: lambda.layer, code: .}\n"),
    row("environment", ", environment: {STAGE: dev}", P + "Environment.Variables", {"STAGE": "dev"}),
    row("environment", "", P + "Environment.Variables", {"QUEUE": att("Jobs", "QueueUrl")},
        "  jobs: sqs.queue\nedges:\n  - work -> jobs: {env: QUEUE}\n"),
    row("reserved concurrency", ", concurrency: 5", P + "ReservedConcurrentExecutions", 5),
    row("placement in VPC subnets", IN_VPC, P + "VpcConfig", {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}),
    row("placement in VPC subnets", IN_VPC, "Resources.Work.DependsOn", ["WorkRolePolicy"]),
    row("EFS mount", IN_VPC + MOUNT, P + "FileSystemConfigs", [{"Arn": POINT, "LocalMountPath": "/mnt/files"}]),
    row("EFS mount", IN_VPC + MOUNT, "Resources.WorkRolePolicy.Properties.PolicyDocument.Statement.2.Condition",
        {"StringEquals": {"elasticfilesystem:AccessPointArn": POINT}}),
    row("provisioned concurrency with alias", ", provisioned: 2", "Resources.WorkAlias.Properties.Name", "live"),
    row("provisioned concurrency with alias", ", provisioned: 2",
        "Resources.WorkAlias.Properties.ProvisionedConcurrencyConfig", {"ProvisionedConcurrentExecutions": 2}),
    row(RETRIES, ", retries: 0, max_age: 60", ASYNC + "MaximumRetryAttempts", 0),
    row(RETRIES, ", retries: 0, max_age: 60", ASYNC + "MaximumEventAgeInSeconds", 60),
    row(RETRIES, "", ASYNC + "DestinationConfig.OnFailure.Destination", att("Failed"),
        "  failed: sqs.queue\nedges:\n  - work -> failed: on_failure\n"),
    row(RETRIES, "", ASYNC + "DestinationConfig.OnSuccess.Destination", {"Ref": "Done"},
        "  done: sns.topic\nedges:\n  - work -> done: on_success\n"),
    row("dead-letter queue", "", P + "DeadLetterConfig.TargetArn", att("Lost"),
        "  lost: sqs.queue\nedges:\n  - work -> lost: dead_letter\n"),
    row("dead-letter queue", ", dead_letters: true", P + "DeadLetterConfig.TargetArn", ANY),
    row("X-Ray tracing", ", tracing: true", P + "TracingConfig", {"Mode": "Active"}),
    row("arm64", ", architecture: arm64", P + "Architectures", ["arm64"]),
    row("function URL", ", url: iam", "Resources.WorkUrl.Properties.AuthType", "AWS_IAM"),
    row("function URL", ", url: public", "Resources.WorkUrlPermission.Properties.FunctionUrlAuthType", "NONE"),
    row("function URL", ", url: public", "Resources.WorkUrlInvokePermission.Properties.InvokedViaFunctionUrl", True),
    row("ephemeral storage", ", storage: 1024", P + "EphemeralStorage", {"Size": 1024}),
    row("runtime", ", logs: 7", "Resources.WorkLogs.Properties.RetentionInDays", 7),
    row("environment", ", key: cmk", P + "KmsKeyArn", att("Cmk"), "  cmk: kms.key\n"),
    rows_of("Lambda layers", "work: {kind: lambda.layer")(
        "compatible runtimes", ", code: ., runtimes: [python3.13], architectures: [arm64]", P + "CompatibleRuntimes",
        ["python3.13"]),
    rows_of("Lambda layers", "work: {kind: lambda.layer")(
        "shared by several functions", ", code: .", "Resources.Two.Properties.Layers", [{"Ref": "Work"}],
        "".join(f"  {id}: {{kind: lambda.function{CODE}, layers: [work]}}\n" for id in ("one", "two"))),
]  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS, ids=lambda row: f"{row.option[:30]}:{row.path.rsplit('.', 1)[-1]}")
def test_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    assert holds(option, tmp_path)


def test_all_options_at_once_are_lint_clean(tmp_path: Path) -> None:
    (tmp_path / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    (tmp_path / "layer").mkdir()
    (tmp_path / "layer" / "shared.py").write_text("NAME = 1\n")
    text = f"""\
name: all
nodes:
  cmk: kms.key
  common: {{kind: lambda.layer, code: layer, runtimes: [python3.13], architectures: [arm64]}}
  jobs: {{kind: sqs.queue, key: cmk}}
  lost: sqs.queue
  work:
    {{kind: lambda.function{CODE}, memory: 512, timeout: 9, architecture: arm64, environment: {{STAGE: dev}},
     url: public, layers: [common], storage: 1024, concurrency: 5, provisioned: 2, retries: 1, max_age: 60,
     tracing: true, logs: 7, key: cmk}}
  image: {{kind: lambda.function{IMAGE}, url: iam}}
edges:
  - jobs -> work: {{batch: 100, window: 5, concurrency: 2, filter: {{body: {{kind: [book]}}}}}}
  - work -> lost: on_failure
  - work -> image
  - image -> lost: dead_letter
"""
    compiled = archkit.load(tmp_path / "blueprint.yaml", text=text)
    compiled.synth()
    compiled.synth("sam")


def test_an_invocation(tmp_path: Path) -> None:
    found = resources(f"nodes:\n{FN}  two: {{kind: lambda.function{CODE}}}\nedges: [work -> two]\n", tmp_path)
    assert said(found, "WorkRolePolicy") == [("lambda:InvokeFunction", att("Two"))]
    assert found["Work"]["Properties"]["Environment"]["Variables"] == {"TWO": {"Ref": "Two"}}


def test_everybody_comes_by_the_alias_where_there_is_one(tmp_path: Path) -> None:
    """Provisioned concurrency serves the alias only."""
    found = resources(
        f"nodes:\n{FN[:-2]}, provisioned: 1}}\n  jobs: sqs.queue\n  news: sns.topic\nedges:\n  - jobs, news -> work\n",
        tmp_path,
    )
    alias = {"Ref": "WorkAlias"}
    assert at(found, "JobsWorkMapping.Properties.FunctionName") == alias
    assert at(found, "NewsWorkSubscription.Properties.Endpoint") == alias
    permission = next(made for made in found.values() if made["Type"] == "AWS::Lambda::Permission")["Properties"]
    assert permission["FunctionName"] == alias


def test_a_version_changes_with_what_it_fixes(tmp_path: Path) -> None:
    def version(properties: str) -> str:
        found = resources(f"nodes:\n{FN[:-2]}, provisioned: 1{properties}}}\n", tmp_path)
        (id,) = (id for id, made in found.items() if made["Type"] == "AWS::Lambda::Version")
        return id

    assert version("") == version("") != version(", memory: 256")


def test_reading_a_queue_waits_for_the_right(tmp_path: Path) -> None:
    """CloudFormation checks that the role may receive when it makes the mapping, and sees no such dependency itself."""
    found = resources(
        f"nodes:\n  cmk: kms.key\n  jobs: {{kind: sqs.queue, key: cmk}}\n{FN}edges: [jobs -> work]\n", tmp_path
    )
    assert found["JobsWorkMapping"]["DependsOn"] == ["WorkRolePolicy"]
    assert said(found, "WorkRolePolicy") == [
        (["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], att("Jobs")),
        ("kms:Decrypt", att("Cmk")),
    ]


def test_local_code_is_a_path(tmp_path: Path) -> None:
    (tmp_path / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    compiled = archkit.load(tmp_path / "blueprint.yaml", text=f"name: test\nnodes:\n{FN}")
    template = synthesize(compiled.sound(), Report(), local_code=True, lint=False).stacks[0].template
    assert "ZipFile" not in str(template["Resources"]["Work"])


REFUSED: list[tuple[str, str, str]] = [
    (", runtime: python3.13", "missing-property", "needs 'code'"),
    (", code: handler.py", "missing-property", "needs 'runtime'"),
    (", runtime: python3.13, code: none.py", "no-code", "no file or folder 'none.py'"),
    (", runtime: java21, code: handler.py", "no-handler", "java21"),
    (IMAGE + ", runtime: python3.13", "bad-value", "no 'runtime'"),
    (CODE + ", memory: 64", "out-of-bounds", "128 to 10240"),
    (CODE + ", timeout: 901", "out-of-bounds", "1 to 900"),
    (CODE + ", role: jobs", "wrong-kind", "names a sqs.queue"),
    (CODE + ", url: open", "bad-value", "'none', 'iam' or 'public'"),
    (CODE + ", provisioned: 20, concurrency: 10", "out-of-bounds", "out of 10 that are reserved"),
]


@pytest.mark.parametrize(("properties", "code", "text"), REFUSED)
def test_what_is_refused(properties: str, code: str, text: str, tmp_path: Path) -> None:
    found = findings(f"nodes:\n  jobs: sqs.queue\n  work: {{kind: lambda.function{properties}}}\n", tmp_path)
    assert any(one == code and text in message for one, message in found), found


LINE = "  line: {kind: sqs.queue, fifo: true}\n"
UNJOINED: list[tuple[str, str, str]] = [
    (f"{LINE}{FN}edges:\n  - line -> work: {{window: 5}}", "bad-value", "over time"),
    (f"{LINE}{FN}edges:\n  - work -> line: dead_letter", "cannot-join", "FIFO"),
    (f"{LINE}  s: kinesis.stream\n{FN}edges:\n  - s -> work: {{on_failure: line}}", "bad-value", "no message group"),
    (f"  jobs: sqs.queue\n{FN}edges:\n  - jobs -> work\n  - jobs -> work: {{id: again}}", "mapped-twice",
     "reads 'jobs'"),
    (f"  jobs: sqs.queue\n{FN[:-2]}, concurrency: 5}}\nedges:\n  - jobs -> work: {{concurrency: 9}}",
     "out-of-bounds", "keeps 5 invocations"),
]  # fmt: skip


@pytest.mark.parametrize(("nodes", "code", "text"), UNJOINED)
def test_what_cannot_be_joined(nodes: str, code: str, text: str, tmp_path: Path) -> None:
    found = findings(f"nodes:\n{nodes}\n", tmp_path)
    assert any(one == code and text in message for one, message in found), found


def test_a_secret_in_the_environment_is_told(tmp_path: Path) -> None:
    (tmp_path / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    more = ', environment: {PASSWORD: "${login.value}"}}'
    text = f"name: test\nnodes:\n  login: secretsmanager.secret\n{FN[:-2]}{more}\n"
    compiled = archkit.load(tmp_path / "blueprint.yaml", text=text)
    compiled.synth()
    assert [note.code for note in compiled.report] == ["secret-in-environment"]


def test_a_changed_layer_makes_a_version(tmp_path: Path) -> None:
    layer = tmp_path / "layer" / "python"
    layer.mkdir(parents=True)
    text = f"nodes:\n  common: {{kind: lambda.layer, code: layer}}\n{FN[:-2]}, layers: [common], provisioned: 1}}\n"
    made = []
    for content in ("A = 1\n", "A = 2\n"):
        (layer / "shared.py").write_text(content)
        found = resources(text, tmp_path)
        made += [id for id, resource in found.items() if resource["Type"] == "AWS::Lambda::Version"]
    assert len(set(made)) == 2
