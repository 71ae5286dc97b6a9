"""Batch: every option, who submits a job and with which rights, what jobs reach, and what AWS refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import archkit
from tests.kinds.rows import att, findings, resources, said
from tests.options import ANY, Option, holds

SERVICE = "AWS Batch"
IMAGE = "image: 'public.ecr.aws/docker/library/python:3.13-slim'"


def network(job: str = "", queue: str = "", beside: str = "", more: str = "") -> str:
    """Return a blueprint of a job and its queue."""
    return (
        "nodes:\n  network:\n    kind: ec2.vpc\n    nat: one\n    nodes:\n"
        "      edge: {kind: ec2.subnets, tier: public, slot: 3}\n"
        "      app:\n        kind: ec2.subnets\n        nodes:\n"
        f"          line: {{kind: batch.queue{queue}}}\n"
        f"          job: {{kind: batch.job, queue: line, {IMAGE}{job}}}\n{beside}{more}"
    )


def row(option: str, job: str, path: str, expected: object = ANY, *, queue: str = "", beside: str = "",
        more: str = "") -> Option:  # fmt: skip
    return Option(SERVICE, option, network(job, queue, beside, more), f"Resources.{path}", expected)


J, C, E, Q = "Job.Properties.", "Job.Properties.ContainerProperties.", "LineMachines.Properties.", "Line.Properties."
MACHINES, SIZE = "Fargate or EC2 or Spot", "vcpu and memory"
NEEDS = [{"Type": "VCPU", "Value": "2"}, {"Type": "MEMORY", "Value": "4096"}]
EC2 = ", vcpu: 1"
WIDE = "          wide: {kind: batch.compute_environment, machines: spot, instances: [c7i, m7i.large], bid: 60%s}\n"
W = "Wide.Properties.ComputeResources."
USE = ", environments: [wide]"
OPTIONS = [
    row(MACHINES, "", E + "ComputeResources.Type", "FARGATE"),
    row(MACHINES, "", E + "ComputeResources.Type", "FARGATE_SPOT", queue=", machines: fargate_spot"),
    row(MACHINES, EC2, E + "ComputeResources.Type", "EC2", queue=", machines: ec2"),
    row(MACHINES, EC2, E + "ComputeResources.Type", "SPOT", queue=", machines: spot"),
    row(MACHINES, EC2, E + "ComputeResources.AllocationStrategy", "SPOT_PRICE_CAPACITY_OPTIMIZED",
        queue=", machines: spot"),
    row(MACHINES, "", J + "PlatformCapabilities", ["FARGATE"]),
    row(MACHINES, EC2, J + "PlatformCapabilities", ["EC2"], queue=", machines: ec2"),
    row(MACHINES, "", E + "ComputeResources.MaxvCpus", 64, queue=", vcpus: 64"),
    row(MACHINES, EC2, W + "InstanceTypes", ["c7i", "m7i.large"], queue=USE, beside=WIDE % ""),
    row(MACHINES, EC2, W + "BidPercentage", 60, queue=USE, beside=WIDE % ""),
    row(MACHINES, EC2, W + "MinvCpus", 4, queue=USE, beside=WIDE % ", min_vcpus: 4"),
    row(MACHINES, EC2, Q + "ComputeEnvironmentOrder", [{"Order": 1, "ComputeEnvironment": att("Wide",
        "ComputeEnvironmentArn")}], queue=USE, beside=WIDE % ""),
    row(MACHINES, EC2, "WideTemplate.Properties.LaunchTemplateData.MetadataOptions.HttpTokens", "required", queue=USE,
        beside=WIDE % ""),
    row(MACHINES, EC2, "WideTemplate.Properties.LaunchTemplateData.BlockDeviceMappings.0.Ebs.Encrypted", True,
        queue=USE, beside=WIDE % ", disk: 100"),
    row(SIZE, ", vcpu: 2, memory: 4096", C + "ResourceRequirements", NEEDS),
    row(SIZE, ", vcpu: 4, memory: 8192, gpus: 1", C + "ResourceRequirements.2", {"Type": "GPU", "Value": "1"},
        queue=", machines: ec2"),
    row(SIZE, ", storage: 50", C + "EphemeralStorage.SizeInGiB", 50),
    row(SIZE, ", architecture: arm64", C + "RuntimePlatform.CpuArchitecture", "ARM64"),
    row("retries", ", retries: 3", J + "RetryStrategy.Attempts", 3),
    row("retries", ", retries: 3, only_interrupted: true", J + "RetryStrategy.EvaluateOnExit.0",
        {"OnStatusReason": "Host EC2*", "Action": "RETRY"}),
    row("timeout", ", timeout: 900", J + "Timeout.AttemptDurationSeconds", 900),
    row("container", ", command: [python, -c, 'print(1)']", C + "Command", ["python", "-c", "print(1)"]),
    row("container", ", arguments: {day: today}", J + "Parameters", {"day": "today"}),
    row("container", ", environment: {STAGE: dev}", C + "Environment", [{"Name": "STAGE", "Value": "dev"}]),
    row("container", ", user: '1000', read_only: true", C + "ReadonlyRootFilesystem", True),
    row("container", ", logs: 90", "JobLogs.Properties.RetentionInDays", 90),
    row("container", "", C + "Secrets", [{"Name": "LOGIN", "ValueFrom": {"Ref": "Login"}}],
        more="  login: secretsmanager.secret\nedges:\n  - job -> login: inject\n"),
    row("container", "", C + "Volumes.0.EfsVolumeConfiguration.TransitEncryption", "ENABLED",
        beside="          files: efs.file_system\n", more="edges:\n  - job -> files\n"),
    row("queue", "", Q + "Priority", 10, queue=", priority: 10"),
    row("queue", "", Q + "JobStateTimeLimitActions.0.MaxTimeSeconds", 1200, queue=", stuck: [1200]"),
]  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS, ids=lambda row: f"{row.option} {row.path.rpartition('.')[2]}")
def test_an_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    assert holds(option, tmp_path)


@pytest.mark.parametrize("option", [OPTIONS[1], OPTIONS[3], OPTIONS[10], OPTIONS[15], *OPTIONS[17:]],
                         ids=lambda row: f"{row.option} {row.path.rpartition('.')[2]}")  # fmt: skip
def test_templates_are_clean(option: Option, tmp_path: Path) -> None:
    archkit.load(tmp_path / "b.yaml", text=f"name: jobs\n{option.blueprint}").synth()


def rights(found: dict[str, Any], policy: str) -> set[tuple[str, str]]:
    """Return the pairs of action and resource of a policy, both as text."""
    rows = said(found, policy)
    listed = [(held if isinstance(held, list) else [held] for held in pair) for pair in rows]
    return {(action, str(on)) for actions, resources in listed for action in actions for on in resources}


SUBMIT = {("batch:SubmitJob", str({"Ref": "Job"})), ("batch:SubmitJob", str(att("Line", "JobQueueArn")))}


def test_a_rule_submits_it(tmp_path: Path) -> None:
    more = "  nightly: {kind: events.rule, every: 1 day}\nedges:\n  - nightly -> job\n"
    found = resources(network(more=more), tmp_path)
    (target,) = found["Nightly"]["Properties"]["Targets"]
    assert target["Arn"] == att("Line", "JobQueueArn")
    assert target["BatchParameters"] == {"JobDefinition": {"Ref": "Job"}, "JobName": "job"}
    assert rights(found, "NightlyRolePolicy") == SUBMIT


def test_a_pipe_submits_it(tmp_path: Path) -> None:
    found = resources(network(more="  asked: sqs.queue\nedges:\n  - asked -> job: pipe\n"), tmp_path)
    (pipe,) = [one["Properties"] for one in found.values() if one["Type"] == "AWS::Pipes::Pipe"]
    assert pipe["Target"] == att("Line", "JobQueueArn")
    assert pipe["TargetParameters"]["BatchJobParameters"] == {"JobDefinition": {"Ref": "Job"}, "JobName": "job"}


def test_a_schedule_submits_it(tmp_path: Path) -> None:
    more = "  nightly: {kind: scheduler.schedule, every: 1 day}\nedges:\n  - nightly -> job\n"
    found = resources(network(more=more), tmp_path)
    target = found["Nightly"]["Properties"]["Target"]
    assert target["Arn"] == {"Fn::Sub": "arn:${AWS::Partition}:scheduler:::aws-sdk:batch:submitJob"}
    assert "JobDefinition" in str(target["Input"]) and "JobQueue" in str(target["Input"])
    assert rights(found, "NightlyRolePolicy") == SUBMIT


def test_a_workflow_submits_it_and_waits(tmp_path: Path) -> None:
    flow = "  flow: {kind: stepfunctions.state_machine, states: {Run: {do: job, wait: job}}}\n"
    found = resources(network(more=flow), tmp_path)
    definition = str(found["Flow"]["Properties"])
    assert "states:::batch:submitJob.sync" in definition and "JobQueue" in definition and "JobName" in definition
    assert rights(found, "FlowRolePolicy") >= SUBMIT | {("batch:DescribeJobs", "*")}
    jobs = {"Fn::Sub": "arn:${AWS::Partition}:batch:${AWS::Region}:${AWS::AccountId}:job/*"}
    assert ("batch:TerminateJob", str(jobs)) in rights(found, "FlowRolePolicy")


def test_code_submits_it(tmp_path: Path) -> None:
    fn = "  work: {kind: lambda.function, runtime: python3.13, code: handler.py}\nedges:\n  - work -> job\n"
    found = resources(network(more=fn + "  - work -> line: submit\n"), tmp_path)
    assert rights(found, "WorkRolePolicy") >= SUBMIT
    assert found["Work"]["Properties"]["Environment"]["Variables"] == {
        "JOB": {"Ref": "Job"}, "LINE": att("Line", "JobQueueArn")}  # fmt: skip


def test_what_a_job_reaches_its_machines_reach(tmp_path: Path) -> None:
    edges = "  bucket: s3.bucket\nedges:\n  - job -> db\n  - job -> bucket: read\n"
    found = resources(network(beside="          db: rds.instance\n", more=edges), tmp_path)
    assert found["LineMachines"]["Properties"]["ComputeResources"]["SecurityGroupIds"] == [
        att("LineMachinesSecurityGroup", "GroupId"), att("JobSecurityGroup", "GroupId")]  # fmt: skip
    assert found["DbFromJob5432"]["Properties"]["SourceSecurityGroupId"] == att("JobSecurityGroup", "GroupId")
    assert any(action == "s3:GetObject" for action, _ in rights(found, "JobRolePolicy"))
    names = {one["Name"] for one in found["Job"]["Properties"]["ContainerProperties"]["Environment"]}
    assert {"DB", "BUCKET"} <= names


def test_it_brings_a_queue_and_machines_of_its_own(tmp_path: Path) -> None:
    text = network().replace("queue: line, ", "").replace("          line: {kind: batch.queue}\n", "")
    found = resources(text, tmp_path)
    assert found["JobQueue"]["Properties"]["ComputeEnvironmentOrder"] == [
        {"Order": 1, "ComputeEnvironment": att("JobQueueMachines", "ComputeEnvironmentArn")}]  # fmt: skip


def test_it_announces_its_end(tmp_path: Path) -> None:
    more = "  ended: events.rule\n  ops: sns.topic\nedges:\n  - job -> ended -> ops\n"
    found = resources(network(more=more), tmp_path)
    assert found["Ended"]["Properties"]["EventPattern"] == {
        "source": ["aws.batch"], "detail": {"jobDefinition": [{"Ref": "Job"}]}}  # fmt: skip


FARGATE = "          other: {kind: batch.compute_environment}\n"


@pytest.mark.parametrize(
    ("job", "queue", "beside", "code", "text"),
    [
        (", vcpu: 3", "", "", "bad-value", "Fargate has no size of 3 vCPU"),
        (", memory: 8192", "", "", "bad-value", "with 0.25 vCPU Fargate has 512 to 2048 MiB in steps, not 8192"),
        (", gpus: 1", "", "", "bad-value", "Fargate has no GPUs"),
        ("", ", machines: ec2", "", "bad-value", "on EC2 a job has whole vCPUs"),
        (", vcpu: 1, storage: 50", ", machines: ec2", "", "bad-value", "'storage' is of Fargate"),
        (", timeout: 30", "", "", "out-of-bounds", "30"),
        (", retries: 11", "", "", "out-of-bounds", "11"),
        (", repository: images", "", "", "missing-property", "a job has an image, or a repository that holds it"),
        (EC2, ", environments: [wide], vcpus: 8", WIDE % "", "bad-value", "'vcpus' is of machines of its own"),
        (EC2, ", environments: [wide, other]", WIDE % "" + FARGATE, "bad-value", "all on Fargate or all on EC2"),
        ("", ", environments: [other]", "          other: {kind: batch.compute_environment, instances: [c7i]}\n",
         "bad-value", "'instances' is for machines on EC2"),
        ("", ", environments: [other]", "          other: {kind: batch.compute_environment, bid: 50}\n",
         "bad-value", "only EC2 Spot has a price to bid"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(job: str, queue: str, beside: str, code: str, text: str, tmp_path: Path) -> None:
    more = "  images: ecr.repository\n" if "images" in job else ""
    found = findings(network(job, queue, beside, more), tmp_path)
    assert any(one == code and text in message for one, message in found), found
