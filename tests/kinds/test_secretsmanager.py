"""Secrets: every option, who may read, write and rotate them, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

import archkit
from tests.kinds.rows import FN, att, findings, lint_clean, resources, rows_of, said, statements
from tests.options import ANY, Option, holds

SERVICE = "AWS Secrets Manager"
P = "Resources.Login.Properties."
G = P + "GenerateSecretString."
secret = rows_of(SERVICE, "login: {kind: secretsmanager.secret")
ROTATE = "Resources.LoginWorkRotation.Properties."
ROTATED = ["DescribeSecret", "GetSecretValue", "PutSecretValue", "UpdateSecretVersionStage"]
PASSWORD, ROTATION = "generated password", "rotation by own Lambda"
KEY = "  cmk: kms.key\n"
READER = ", key: cmk, readers: ['012345678901']"
VARIABLE = "Resources.Work.Properties.Environment.Variables.PASSWORD"


def rotating(options: str = "") -> str:
    return f"{FN}edges:\n  - login -> work{': {' + options + '}' if options else ''}\n"


DATABASE = """  db:
    kind: AWS::RDS::DBInstance
    deletion: snapshot
    properties:
      Engine: postgres
      DBInstanceClass: db.t4g.micro
      AllocatedStorage: "20"
      StorageEncrypted: true
      MasterUsername: app
      MasterUserPassword: ${login.value.password}
"""
HOSTED = DATABASE + "edges:\n  - login -> db: {rotate: 30, engine: postgres, subnets: [subnet-1, subnet-2]}\n"

OPTIONS = [
    secret("attachment to database", ", username: app", "Resources.LoginDbAttachment.Properties",
           {"SecretId": {"Ref": "Login"}, "TargetId": {"Ref": "Db"}, "TargetType": "AWS::RDS::DBInstance"},
           DATABASE + "edges: [login -> db]\n"),
    secret("rotation for RDS/Redshift/DocumentDB", ", username: app",
           "Resources.LoginDbRotation.Properties.HostedRotationLambda.RotationType", "PostgreSQLSingleUser", HOSTED),
    secret("rotation for RDS/Redshift/DocumentDB", ", username: app", "Transform", ["AWS::SecretsManager-2024-09-16"],
           HOSTED),
    secret(PASSWORD, "", G + "PasswordLength", 32),
    secret(PASSWORD, ", password: 64", G + "PasswordLength", 64),
    secret(PASSWORD, ", password: {exclude: '@/'}", G + "ExcludeCharacters", "@/"),
    secret(PASSWORD, ", password: {punctuation: no}", G + "ExcludePunctuation", True),
    secret(PASSWORD, ", password: {numbers: no}", G + "ExcludeNumbers", True),
    secret(PASSWORD, ", password: {upper: no}", G + "ExcludeUppercase", True),
    secret(PASSWORD, ", password: {lower: no}", G + "ExcludeLowercase", True),
    secret(PASSWORD, ", password: {space: yes, each: no}", G + "IncludeSpace", True),
    secret(PASSWORD, ", username: admin, fields: {engine: postgres}", G + "SecretStringTemplate",
           '{"username":"admin","engine":"postgres"}'),
    secret(PASSWORD, ", username: admin, field: secret", G + "GenerateStringKey", "secret"),
    secret(PASSWORD, ', fields: {queue: "${jobs.arn}"}', G + "SecretStringTemplate",
           {"Fn::Sub": '{"queue":"${Jobs.Arn}"}'}, "  jobs: sqs.queue\n"),
    secret(PASSWORD, ", secret_name: shop/login", P + "Name", "shop/login"),
    secret(PASSWORD, ", replicas: [eu-west-1]", P + "ReplicaRegions", [{"Region": "eu-west-1"}]),
    secret(PASSWORD, ", key: cmk", P + "KmsKeyId", att("Cmk"), KEY),
    secret(ROTATION, "", ROTATE + "RotationRules", {"AutomaticallyAfterDays": 30}, rotating()),
    secret(ROTATION, "", ROTATE + "RotationRules", {"AutomaticallyAfterDays": 7}, rotating("days: 7")),
    secret(ROTATION, "", ROTATE + "RotationRules", {"ScheduleExpression": "rate(4 hours)", "Duration": "3h"},
           rotating('schedule: "rate(4 hours)", window: 3h')),
    secret(ROTATION, "", ROTATE + "RotateImmediatelyOnUpdate", False, rotating("now: false")),
    secret(ROTATION, "", "Resources.LoginWorkRotation.DependsOn",
           ["WorkLoginPermission", "WorkRolePolicy"], rotating()),
    secret("dynamic reference", "", VARIABLE, {"Fn::Sub": "{{resolve:secretsmanager:${Login}}}"},
           f'{FN[:-2]}, environment: {{PASSWORD: "${{login.value}}"}}}}\n'),
    secret("dynamic reference", ", username: admin", VARIABLE,
           {"Fn::Sub": "{{resolve:secretsmanager:${Login}:SecretString:password}}"},
           f'{FN[:-2]}, environment: {{PASSWORD: "${{login.value.password}}"}}}}\n'),
    secret("cross-account resource policy", READER, "Resources.LoginPolicy.Properties.BlockPublicPolicy", True, KEY),
    secret("cross-account resource policy", READER,
           "Resources.LoginPolicy.Properties.ResourcePolicy.Statement.0.Principal.AWS", ANY, KEY),
]  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS, ids=lambda row: f"{row.option[:30]}:{row.path.rsplit('.', 1)[-1]}")
def test_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    assert holds(option, tmp_path)


def test_all_options_are_lint_clean(tmp_path: Path) -> None:
    whole = ("secret_name", "DBInstance")  # what cannot stand twice in one blueprint
    lint_clean([row for row in OPTIONS if not any(word in row.blueprint for word in whole)], tmp_path)


@pytest.mark.parametrize("format", ["cloudformation", "sam"])
def test_a_hosted_rotation_is_lint_clean(format: str, tmp_path: Path) -> None:
    text = f"name: test\nnodes:\n  login: {{kind: secretsmanager.secret, username: app}}\n{HOSTED}"
    result = archkit.load(tmp_path / "blueprint.yaml", text=text).synth(format)  # type: ignore[arg-type]
    assert "AWS::SecretsManager-2024-09-16" in result.templates["test"]


VIA = {"StringEquals": {"kms:ViaService": {"Fn::Sub": "secretsmanager.${AWS::Region}.amazonaws.com"}}}


@pytest.mark.parametrize(("word", "actions", "keys"), [
    ("", "secretsmanager:GetSecretValue", "kms:Decrypt"),
    (": write", "secretsmanager:PutSecretValue", ["kms:Decrypt", "kms:GenerateDataKey"]),
    (": describe", "secretsmanager:DescribeSecret", None),
])  # fmt: skip
def test_function_to_secret(word: str, actions: object, keys: object, tmp_path: Path) -> None:
    found = resources(
        f"nodes:\n{FN}{KEY}  login: {{kind: secretsmanager.secret, key: cmk}}\nedges:\n  - work -> login{word}\n",
        tmp_path,
    )
    first, *rest = statements(found, "WorkRolePolicy")
    assert (first["Action"], first["Resource"]) == (actions, {"Ref": "Login"})
    assert [(one["Action"], one["Resource"], one["Condition"]) for one in rest] == (
        [(keys, att("Cmk"), VIA)] if keys else []
    )
    assert found["Work"]["Properties"]["Environment"]["Variables"] == {"LOGIN": {"Ref": "Login"}}


def test_rotation(tmp_path: Path) -> None:
    """The function may change just this secret; Secrets Manager may invoke it for just this secret."""
    found = resources(f"nodes:\n  login: secretsmanager.secret\n{rotating()}", tmp_path)
    assert said(found, "WorkRolePolicy") == [
        ([f"secretsmanager:{name}" for name in ROTATED], {"Ref": "Login"}),
        ("secretsmanager:GetRandomPassword", "*"),
    ]
    (permission,) = (made["Properties"] for made in found.values() if made["Type"] == "AWS::Lambda::Permission")
    assert permission == {
        "FunctionName": {"Ref": "Work"}, "Action": "lambda:InvokeFunction", "Principal": "secretsmanager.amazonaws.com",
        "SourceArn": {"Ref": "Login"}, "SourceAccount": {"Ref": "AWS::AccountId"},
    }  # fmt: skip


def test_another_account_needs_secret_and_key(tmp_path: Path) -> None:
    found = resources(f"nodes:\n{KEY}  login: {{kind: secretsmanager.secret{READER}}}\n", tmp_path)
    who = {"AWS": [{"Fn::Sub": "arn:${AWS::Partition}:iam::012345678901:root"}]}
    (secret,) = statements(found, "LoginPolicy")
    assert (secret["Principal"], secret["Action"]) == (who, "secretsmanager:GetSecretValue")
    (key,) = (one for one in statements(found, "Cmk") if one["Principal"] == who)
    assert (key["Action"], key["Condition"]) == ("kms:Decrypt", VIA)


def test_a_secret_that_exists_is_read(tmp_path: Path) -> None:
    arn = "arn:aws:secretsmanager:eu-west-1:012345678901:secret:old-AbCdEf"
    found = resources(
        f'nodes:\n{FN}  old: {{kind: secretsmanager.secret, existing: "{arn}"}}\nedges: [work -> old]\n', tmp_path
    )
    assert said(found, "WorkRolePolicy") == [("secretsmanager:GetSecretValue", arn)]
    assert found["Work"]["Properties"]["Environment"]["Variables"] == {"OLD": arn}


def test_strict_uses_a_key(tmp_path: Path) -> None:
    found = resources("security: strict\nnodes:\n  login: secretsmanager.secret\n", tmp_path)
    assert found["Login"]["Properties"]["KmsKeyId"] == att("EncryptionKey")


REFUSED: list[tuple[str, str, str]] = [
    (", password: {punctuation: no, numbers: no, upper: no, lower: no}", "bad-value", "characters of some sort"),
    (", readers: ['012345678901']", "needs-key", "AWS-managed key"),
    (", username: admin, field: username", "bad-value", "the password and another text"),
    (", password: 0", "out-of-bounds", "1 to 4096"),
]


@pytest.mark.parametrize(("properties", "code", "text"), REFUSED)
def test_what_is_refused(properties: str, code: str, text: str, tmp_path: Path) -> None:
    found = findings(f"nodes:\n  login: {{kind: secretsmanager.secret{properties}}}\n", tmp_path)
    assert any(one == code and text in message for one, message in found), found


def test_a_secret_is_no_output(tmp_path: Path) -> None:
    text = "nodes: {login: secretsmanager.secret}\noutputs: {Shown: '${login.value}'}\n"
    assert [code for code, _ in findings(text, tmp_path)] == ["secret-in-output"]
