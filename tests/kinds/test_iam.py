"""IAM: every option, what an edge to or from a role becomes, shared and existing roles, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.kinds.rows import FN, att, findings, lint_clean, resources, rows_of, said, statements
from tests.options import Option, holds

SERVICE = "AWS IAM"
role = rows_of(SERVICE, "who: {kind: iam.role")
user = rows_of(SERVICE, "who: {kind: iam.user")
P = "Resources.Who.Properties."
TRUST = P + "AssumeRolePolicyDocument.Statement."
OWN = "Resources.WhoPolicy.Properties.PolicyDocument.Statement.0."
EC2 = ", services: [ec2.amazonaws.com]"
POLICY = (
    '  rules: {kind: iam.policy, statements: [{actions: ["s3:GetObject"], resources: ["arn:aws:s3:::reports/*"]}]}\n'
)
POLICIES = "AWS-managed/customer-managed/inline policies"
CONDITIONS = "conditions (IP, MFA, region, tags)"
PARTNER = ', accounts: ["012345678901"], external_id: abc-123'


def rule(more: str = "") -> str:
    return f'{EC2}, statements: [{{actions: ["s3:GetObject"], resources: ["arn:aws:s3:::reports/*"]{more}}}]'


OPTIONS = [
    role("trust policy", EC2, TRUST + "0.Principal", {"Service": "ec2.amazonaws.com"}),
    role("trust policy", ', principals: ["arn:aws:iam::012345678901:user/ann"]', TRUST + "0.Principal.AWS",
         ["arn:aws:iam::012345678901:user/ann"]),
    role("trust policy", ", oidc: {provider: token.actions.githubusercontent.com, subjects: ['repo:a/b:*']}",
         TRUST + "0.Condition.StringLike", {"token.actions.githubusercontent.com:sub": ["repo:a/b:*"]}),
    role("trust policy", ", oidc: {provider: example.com/x, subjects: [me]}", TRUST + "0.Condition.StringEquals",
         {"example.com/x:aud": "sts.amazonaws.com", "example.com/x:sub": ["me"]}),
    role("trust policy", ', saml: "arn:aws:iam::012345678901:saml-provider/idp"', TRUST + "0.Action",
         "sts:AssumeRoleWithSAML"),
    role("cross-account role with external id", PARTNER, TRUST + "0.Condition.StringEquals",
         {"sts:ExternalId": "abc-123"}),
    role("cross-account role with external id", PARTNER + ", mfa: true", TRUST + "0.Condition.Bool",
         {"aws:MultiFactorAuthPresent": "true"}),
    role("cross-account role with external id", PARTNER, TRUST + "0.Principal.AWS",
         [{"Fn::Sub": "arn:${AWS::Partition}:iam::012345678901:root"}]),
    role(POLICIES, EC2 + ", managed: [AmazonSSMManagedInstanceCore]", P + "ManagedPolicyArns",
         [{"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/AmazonSSMManagedInstanceCore"}]),
    role(POLICIES, EC2 + ", policies: [rules]", P + "ManagedPolicyArns", [{"Ref": "Rules"}], POLICY),
    role(POLICIES, rule(), OWN + "Action", "s3:GetObject"),
    role(POLICIES, rule(", deny: true"), OWN + "Effect", "Deny"),
    role(CONDITIONS, rule(", ip: [10.0.0.0/8]"), OWN + "Condition", {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8"]}}),
    role(CONDITIONS, rule(", mfa: true"), OWN + "Condition", {"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
    role(CONDITIONS, rule(", regions: [eu-west-1]"), OWN + "Condition",
         {"StringEquals": {"aws:RequestedRegion": ["eu-west-1"]}}),
    role(CONDITIONS, rule(", tags: {team: shop}, caller_tags: {team: shop}"), OWN + "Condition.StringEquals",
         {"aws:ResourceTag/team": "shop", "aws:PrincipalTag/team": "shop"}),
    role(CONDITIONS, rule(", ip: [10.0.0.0/8], condition: {IpAddress: {'aws:VpcSourceIp': 10.0.0.0/8}}"),
         OWN + "Condition.IpAddress", {"aws:SourceIp": ["10.0.0.0/8"], "aws:VpcSourceIp": "10.0.0.0/8"}),
    role("permissions boundary", EC2 + ", boundary: rules", P + "PermissionsBoundary", {"Ref": "Rules"}, POLICY),
    user("permissions boundary", ", boundary: rules", P + "PermissionsBoundary", {"Ref": "Rules"}, POLICY),
    role("instance profile", EC2 + ", instance_profile: true", "Resources.WhoProfile.Properties.Roles",
         [{"Ref": "Who"}]),
    role("trust policy", EC2 + ", max_session: 7200, path: /shop/, role_name: worker", P + "MaxSessionDuration", 7200),
    rows_of(SERVICE, "who: {kind: iam.service_linked_role")(
        "service-linked role", ", of: autoscaling.amazonaws.com, suffix: shop", P + "AWSServiceName",
        "autoscaling.amazonaws.com"),
    user("group membership", ", groups: [team]", P + "Groups", [{"Ref": "Team"}], "  team: iam.group\n"),
    user("group membership", "", P + "Groups", [{"Ref": "Team"}], "  team: iam.group\nedges: [who -> team]\n"),
]  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS, ids=lambda row: f"{row.option[:30]}:{row.path.rsplit('.', 1)[-1]}")
def test_option_changes_the_template(option: Option, tmp_path: Path) -> None:
    assert holds(option, tmp_path)


def test_all_options_are_lint_clean(tmp_path: Path) -> None:
    lint_clean([row for row in OPTIONS if "service_linked" not in row.blueprint], tmp_path)


def test_a_role_acts_by_its_edges(tmp_path: Path) -> None:
    found = resources(
        "nodes:\n  cmk: kms.key\n  jobs: {kind: sqs.queue, key: cmk}\n"
        "  who: {kind: iam.role, services: [ec2.amazonaws.com]}\n"
        "edges: [who -> jobs]\n",
        tmp_path,
    )
    via = {"StringEquals": {"kms:ViaService": {"Fn::Sub": "sqs.${AWS::Region}.amazonaws.com"}}}
    assert statements(found, "WhoPolicy") == [
        {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": att("Jobs")},
        {"Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": att("Cmk"), "Condition": via},
    ]
    assert found["WhoPolicy"]["Properties"]["Roles"] == [{"Ref": "Who"}]


@pytest.mark.parametrize(("kind", "to"), [("iam.user", "Users"), ("iam.group", "Groups")])
def test_people_have_rights_of_their_own(kind: str, to: str, tmp_path: Path) -> None:
    found = resources(f"nodes:\n  who: {kind}\n  jobs: sqs.queue\nedges: [who -> jobs]\n", tmp_path)
    assert said(found, "WhoPolicy") == [("sqs:SendMessage", att("Jobs"))]
    assert found["WhoPolicy"]["Properties"][to] == [{"Ref": "Who"}]


def test_functions_share_a_role(tmp_path: Path) -> None:
    """Both functions' own rights land in it, its trust admits Lambda once, and no role is made besides."""
    function = "{kind: lambda.function, runtime: python3.13, code: handler.py, role: shared}"
    found = resources(
        f"nodes:\n  one: {function}\n  two: {function}\n  shared: iam.role\n  jobs: sqs.queue\n"
        "edges:\n  - one -> jobs\n  - jobs -> two\n",
        tmp_path,
    )
    assert [id for id, made in found.items() if made["Type"] == "AWS::IAM::Role"] == ["Shared"]
    trust = found["Shared"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert [one["Principal"] for one in trust] == [{"Service": "lambda.amazonaws.com"}]
    logs = [one["Resource"] for one in found["SharedPolicy"]["Properties"]["PolicyDocument"]["Statement"]][:2]
    assert logs == [att("OneLogs"), att("TwoLogs")]
    assert found["One"]["Properties"]["Role"] == found["Two"]["Properties"]["Role"] == att("Shared")
    assert found["JobsTwoMapping"]["DependsOn"] == ["SharedPolicy"]


def test_assuming_a_role(tmp_path: Path) -> None:
    """The right on one side, the trust on the other, of exactly these two."""
    found = resources(f"nodes:\n{FN}  target: iam.role\nedges: [work -> target]\n", tmp_path)
    assert said(found, "WorkRolePolicy") == [("sts:AssumeRole", att("Target"))]
    (trust,) = found["Target"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"AWS": att("WorkRole")}
    assert found["Work"]["Properties"]["Environment"]["Variables"] == {"TARGET": att("Target")}


def test_passing_a_role(tmp_path: Path) -> None:
    found = resources(
        f"nodes:\n{FN}  target: {{kind: iam.role, services: [ecs-tasks.amazonaws.com]}}\n"
        "edges:\n  - work -> target: pass\n",
        tmp_path,
    )
    (right,) = statements(found, "WorkRolePolicy")
    assert (right["Action"], right["Resource"]) == ("iam:PassRole", att("Target"))
    assert right["Condition"] == {"StringEquals": {"iam:PassedToService": ["ecs-tasks.amazonaws.com"]}}


def test_a_role_that_exists_is_used_and_never_changed(tmp_path: Path) -> None:
    arn = "arn:aws:iam::012345678901:role/theirs"
    found = resources(
        f'nodes:\n{FN[:-2]}, role: old}}\n  old: {{kind: iam.role, existing: "{arn}"}}\n'
        f'  far: {{kind: iam.role, existing: "{arn}"}}\n'
        f"  other: {{kind: lambda.function, runtime: python3.13, code: handler.py}}\n"
        "edges: [other -> far]\n",
        tmp_path,
    )
    assert found["Work"]["Properties"]["Role"] == arn
    assert "OldPolicy" not in found and "WorkRole" not in found
    assert said(found, "OtherRolePolicy") == [("sts:AssumeRole", arn)]


REFUSED: list[tuple[str, str, str]] = [
    ("who: iam.role", "nobody-trusted", "nobody can assume 'who'"),
    ("who: {kind: iam.role, services: [lambda]}", "bad-value", "does not fit"),
    ("who: {kind: iam.role, services: [ec2.amazonaws.com], external_id: abc}", "bad-value", "other accounts give"),
    ("who: {kind: iam.role, services: [lambda.amazonaws.com], instance_profile: true}", "bad-value", "instances"),
    ("who: {kind: iam.role, services: [ec2.amazonaws.com], max_session: 60}", "out-of-bounds", "3600 to 43200"),
    (
        "who: {kind: iam.policy, statements: [{actions: [x], resources: ['*'], sid: 'a b'}]}",
        "bad-value",
        "does not fit",
    ),
]


@pytest.mark.parametrize(("node", "code", "text"), REFUSED)
def test_what_is_refused(node: str, code: str, text: str, tmp_path: Path) -> None:
    found: Any = findings(f"nodes:\n  {node}\n", tmp_path)
    assert any(one == code and text in message for one, message in found), found
