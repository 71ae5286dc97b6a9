"""What a blueprint can say, as the templates say it again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import archkit
from archkit.diagnostics import Report
from archkit.synth import synthesize
from tests.options import synthesized

FN = "  work: {kind: lambda.function, runtime: python3.13, code: handler.py}\n"


def one(text: str, folder: Path) -> dict[str, Any]:
    """Return the resources of a blueprint's one stack."""
    (template,) = synthesized(text, folder).values()
    resources: dict[str, Any] = template["Resources"]
    return resources


def variables(text: str, folder: Path) -> dict[str, Any]:
    """Return the environment variables of the function `work`."""
    found: dict[str, Any] = one(text, folder)["Work"]["Properties"]["Environment"]["Variables"]
    return found


def test_references_stand_in_any_value(tmp_path: Path) -> None:
    text = """
parameters: {Stage: dev, Size: {type: Number, default: 256}}
nodes:
  jobs: sqs.queue
  work:
    kind: lambda.function
    runtime: python3.13
    code: handler.py
    memory: ${Size}
    environment:
      STAGE: ${Stage}
      LITERAL: $${not}
      WHERE: https://${AWS::Region}/${jobs.name}
      SHARED: ${import.Shared}
"""
    function = one(f"name: test\n{text}", tmp_path)["Work"]["Properties"]
    assert function["MemorySize"] == {"Ref": "Size"}
    assert function["Environment"]["Variables"] == {
        "STAGE": {"Ref": "Stage"},
        "LITERAL": "${not}",
        "WHERE": {"Fn::Sub": "https://${AWS::Region}/${Jobs.QueueName}"},
        "SHARED": {"Fn::ImportValue": "Shared"},
    }


def test_a_list_parameter_stands_for_the_whole_list(tmp_path: Path) -> None:
    text = """name: test
parameters: {Origins: {type: CommaDelimitedList, default: "https://a.example,https://b.example"}}
nodes:
  files: {kind: s3.bucket, cors: {origins: "${Origins}"}}
"""
    (rule,) = one(text, tmp_path)["Files"]["Properties"]["CorsConfiguration"]["CorsRules"]
    assert rule["AllowedOrigins"] == {"Ref": "Origins"}


def test_scalars_stay_as_written(tmp_path: Path) -> None:
    said = "AA: NO, BB: 012345670123, CC: 16.10, DD: 22:30, EE: 2012-10-17"
    text = f"name: test\nnodes:\n{FN.rstrip()[:-1]}, environment: {{{said}}}}}\n"
    assert variables(text, tmp_path) == {
        "AA": "NO",
        "BB": "012345670123",
        "CC": "16.10",
        "DD": "22:30",
        "EE": "2012-10-17",
    }


def test_the_nodes_own_word_wins_over_defaults(tmp_path: Path) -> None:
    text = f"""name: test
defaults:
  "*": {{logs: 90}}
  lambda.function: {{memory: 512, logs: 180}}
nodes:
{FN}  more: {{kind: lambda.function, runtime: python3.13, code: handler.py, memory: 1024}}
"""
    resources = one(text, tmp_path)
    assert resources["Work"]["Properties"]["MemorySize"] == 512
    assert resources["More"]["Properties"]["MemorySize"] == 1024
    assert resources["WorkLogs"]["Properties"]["RetentionInDays"] == 180


def test_overrides_reach_the_node_and_its_helpers(tmp_path: Path) -> None:
    text = """name: test
nodes:
  jobs:
    kind: sqs.queue
    overrides: {DelaySeconds: 7, DeadLetters.MessageRetentionPeriod: 1000}
    deletion: retain
    logical_id: OldJobs
    tags: {team: shop}
"""
    resources = one(text, tmp_path)
    queue = resources["OldJobs"]
    assert queue["Properties"]["DelaySeconds"] == 7
    assert queue["DeletionPolicy"] == queue["UpdateReplacePolicy"] == "Retain"
    assert queue["Properties"]["Tags"] == [{"Key": "team", "Value": "shop"}]
    assert resources["OldJobsDeadLetters"]["Properties"]["MessageRetentionPeriod"] == 1000


def test_what_exists_is_reached_and_never_made(tmp_path: Path) -> None:
    text = f"""name: test
defaults: {{"*": {{key: cmk}}}}
nodes:
  cmk: kms.key
  old: {{kind: s3.bucket, existing: legacy}}
{FN}edges: [work -> old: read]
"""
    resources = one(text, tmp_path)
    assert "Old" not in resources
    assert resources["Work"]["Properties"]["Environment"]["Variables"]["OLD"] == "legacy"
    statements = resources["WorkRolePolicy"]["Properties"]["PolicyDocument"]["Statement"]
    read = next(statement for statement in statements if statement["Action"] == "s3:GetObject")
    assert read["Resource"] == {"Fn::Sub": "arn:${AWS::Partition}:s3:::legacy/*"}
    assert not any("s3." in str(statement.get("Condition")) for statement in statements), "its key is not ours"


def test_a_cloudformation_type_is_a_kind(tmp_path: Path) -> None:
    text = f"""name: test
nodes:
  bot:
    kind: AWS::Lex::Bot
    grants: [lex:RecognizeText]
    role: RoleArn
    service: lexv2.amazonaws.com
    properties: {{Name: helper, DataPrivacy: {{ChildDirected: false}}, IdleSessionTTLInSeconds: 300}}
  store: s3.bucket
{FN}edges:
  - work -> bot
  - bot -> store: write
"""
    resources = one(text, tmp_path)
    assert resources["Bot"]["Properties"]["RoleArn"] == {"Fn::GetAtt": ["BotRole", "Arn"]}
    actions = [s["Action"] for s in resources["BotRolePolicy"]["Properties"]["PolicyDocument"]["Statement"]]
    assert actions == ["s3:PutObject"]
    assert "lex:RecognizeText" in str(resources["WorkRolePolicy"])


def test_regions_are_stacks_wired_by_parameters(tmp_path: Path) -> None:
    text = f"""name: test
region: eu-west-1
nodes:
{FN}  far:
    kind: region
    code: us-east-1
    nodes: {{copy: s3.bucket}}
edges: [work -> copy: write]
"""
    (tmp_path / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    compiled = archkit.load(tmp_path / "blueprint.yaml", text=text)
    result = synthesize(compiled.sound(), Report(), lint=False)
    assert list(result.templates) == ["test-us-east-1", "test"], "in the order in which they deploy"
    near, far = result.stacks[1].template, result.stacks[0].template
    assert set(near["Parameters"]) <= set(far["Outputs"])
    assert result.deploy is not None
    wired = result.deploy["stacks"][1]["parameters"]
    assert wired["CopyName"] == {"stack": "test-us-east-1", "output": "CopyName"}


def test_a_region_of_several_codes_stamps_copies(tmp_path: Path) -> None:
    text = """name: test
region: eu-west-1
nodes:
  everywhere:
    kind: region
    code: [eu-west-1, us-east-1]
    nodes: {jobs: sqs.queue, news: sns.topic}
edges: [news -> jobs]
"""
    templates = synthesized(text, tmp_path)
    assert set(templates) == {"test", "test-us-east-1"}
    assert "NewsEuWest1JobsEuWest1Subscription" in templates["test"]["Resources"]
    assert "NewsUsEast1JobsUsEast1Subscription" in templates["test-us-east-1"]["Resources"]


def test_words_fans_and_more_actions(tmp_path: Path) -> None:
    text = f"""name: test
nodes:
  one: sqs.queue
  two: sqs.queue
  table: {{kind: dynamodb.table, key: id}}
{FN}edges:
  - work -> one, two
  - work -> table: {{does: [read, scan], actions: [dynamodb:ConditionCheckItem], env: ROWS}}
"""
    resources = one(text, tmp_path)
    statements = resources["WorkRolePolicy"]["Properties"]["PolicyDocument"]["Statement"]
    granted = next(s for s in statements if s["Resource"] == {"Fn::GetAtt": ["Table", "Arn"]})
    assert granted["Action"] == ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:ConditionCheckItem"]
    assert set(resources["Work"]["Properties"]["Environment"]["Variables"]) == {"ONE", "TWO", "ROWS"}


def test_an_address_that_would_be_a_cycle_is_left_out_with_a_note(tmp_path: Path) -> None:
    text = f"""name: test
nodes:
{FN}  more: {{kind: lambda.function, runtime: python3.13, code: handler.py}}
edges:
  - work -> more
  - more -> work
"""
    (tmp_path / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    report = Report()
    compiled = archkit.load(tmp_path / "blueprint.yaml", text=text)
    resources = synthesize(compiled.sound(), report, lint=False).stacks[0].template["Resources"]
    assert [found.code for found in report] == ["variable-left-out"]
    left = [id for id in ("Work", "More") if "Environment" in resources[id]["Properties"]]
    assert len(left) == 1


def test_rights_beyond_the_quota_spill_into_managed_policies(tmp_path: Path) -> None:
    tables = "".join(f"  table-number-{n}: {{kind: dynamodb.table, key: id}}\n" for n in range(60))
    edges = "".join(f"  - work -> table-number-{n}: [read, write, scan, batch]\n" for n in range(60))
    resources = one(f"name: test\nnodes:\n{FN}{tables}edges:\n{edges}", tmp_path)
    spilled = {id: r for id, r in resources.items() if r["Type"] == "AWS::IAM::ManagedPolicy"}
    assert spilled and "WorkRolePolicy" in resources
    counted = [len(resources[id]["Properties"]["PolicyDocument"]["Statement"]) for id in ["WorkRolePolicy", *spilled]]
    assert sum(counted) == 61, "a statement for each table, and one for the logs"


def test_copies_of_a_region_refer_to_one_another(tmp_path: Path) -> None:
    text = """name: test
region: eu-west-1
nodes:
  places:
    kind: region
    code: [eu-west-1, us-east-1]
    nodes:
      cmk: kms.key
      jobs: {kind: sqs.queue, key: cmk}
      work: {kind: lambda.function, runtime: python3.13, code: handler.py, environment: {KEY: "${cmk.arn}"}}
      flow: {kind: stepfunctions.state_machine, states: {Do: {do: work}}}
edges:
  - work -> jobs
"""
    for name, template in synthesized(text, tmp_path).items():
        there = "UsEast1" if name == "test-us-east-1" else "EuWest1"
        made = template["Resources"]
        assert made[f"Jobs{there}"]["Properties"]["KmsMasterKeyId"] == {"Fn::GetAtt": [f"Cmk{there}", "Arn"]}
        assert made[f"Work{there}"]["Properties"]["Environment"]["Variables"] == {
            "KEY": {"Fn::GetAtt": [f"Cmk{there}", "Arn"]},
            "JOBS": {"Fn::GetAtt": [f"Jobs{there}", "QueueUrl"]},  # one name for the same code in every Region
        }
        assert f"Flow{there}" in made


def test_the_key_of_a_strict_blueprint_is_one_that_encrypts(tmp_path: Path) -> None:
    text = """name: test
security: strict
nodes:
  seal: {kind: kms.key, spec: RSA_2048, use: sign}
  encryption-key: sqs.queue
  one: {kind: account, id: "111111111111", nodes: {jobs: sqs.queue}}
  two: {kind: account, id: "222222222222", nodes: {bills: sqs.queue}}
"""
    keys = {name: properties["KmsMasterKeyId"]["Fn::GetAtt"][0]
            for template in synthesized(text, tmp_path).values()
            for name, resource in template["Resources"].items()
            if "KmsMasterKeyId" in (properties := resource.get("Properties", {})) and "Dead" not in name}  # fmt: skip
    assert keys == {"EncryptionKey": "StrictEncryptionKey", "Jobs": "EncryptionKey111111111111",
                    "Bills": "EncryptionKey222222222222"}  # fmt: skip


def test_rights_on_a_key_of_another_region_are_for_use_there(tmp_path: Path) -> None:
    text = """name: test
region: eu-west-1
nodes:
  work: {kind: lambda.function, runtime: python3.13, code: handler.py}
  us: {kind: region, code: us-east-1, nodes: {cmk: kms.key, files: {kind: s3.bucket, key: cmk}}}
edges:
  - work -> files: read
"""
    policy = synthesized(text, tmp_path)["test"]["Resources"]["WorkRolePolicy"]["Properties"]["PolicyDocument"]
    (use,) = [s for s in policy["Statement"] if s["Action"] == "kms:Decrypt"]
    assert use["Condition"] == {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}


def test_a_logical_id_keeps_all_of_a_node_through_a_rename(tmp_path: Path) -> None:
    kept = "{files: {kind: s3.bucket, logical_id: OldFiles}, new: {kind: sqs.queue, logical_id: Old}}"
    before = one("name: test\nnodes: {old_files: s3.bucket, old: sqs.queue}\n", tmp_path)
    after = one(f"name: test\nnodes: {kept}\n", tmp_path)
    for resources in (before, after):
        for resource in resources.values():
            resource.pop("Metadata", None)
    assert after == before


def test_a_cloudformation_type_is_drawn_with_its_services_icon(tmp_path: Path) -> None:
    text = "name: test\nnodes:\n  bot: {kind: AWS::Lex::Bot, grants: [lex:RecognizeText]}\n"
    compiled = archkit.load(tmp_path / "blueprint.yaml", text=text)
    assert compiled.architecture is not None
    assert compiled.architecture["bot"].kind.icon == "aws/ml/lex"
    compiled.render("svg")
    assert "missing-icon" not in [found.code for found in compiled.report]
