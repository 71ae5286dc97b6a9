"""Cognito: the rights, triggers and tokens of edges, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import archkit
from archkit.diagnostics import Report
from archkit.synth import synthesize
from tests.kinds.rows import FN, att, findings, resources, said, statements
from tests.test_pairs import API, REST, At, Pair, Rights, hold, permitted
from tests.test_pairs import FN as FUNCTION

PAGES = ", domain: auto, clients: {app: 'https://example.com/in'}"
ON = "edges:\n  - "
PEOPLE = "  users: cognito.user_pool\n"
POOL = "users: cognito.user_pool"

PAIRS = {
    "cognito -> apigw": Pair([POOL, REST, FUNCTION], "users -> api: authorize\n  - api -> fn: GET /x", [
        At("Resources.ApiUsersAuthorizer.Properties.ProviderARNs", "Users.Arn"),
        At("Resources.*Method.Properties.AuthorizationType", "COGNITO_USER_POOLS")]),
    "apigw -> cognito": Pair([POOL, API, FUNCTION], "api -> users\n  - api -> fn: GET /x", [
        At("Resources.ApiUsersAuthorizer.Properties.JwtConfiguration.Issuer", "Users.ProviderURL"),
        At("Resources.*Route.Properties.AuthorizationType", "JWT")]),
    "cognito -> lambda": Pair([POOL, FUNCTION], "users -> fn: pre_sign_up", [
        permitted("cognito-idp.amazonaws.com", "Users.Arn"),
        At("Resources.Users.Properties.LambdaConfig.PreSignUp", "Fn")]),
    "lambda -> cognito": Pair([POOL, FUNCTION], "fn -> users", [
        Rights("Fn", "cognito-idp:ListUsers cognito-idp:AdminGetUser cognito-idp:ListUsersInGroup "
               "cognito-idp:AdminListGroupsForUser", "Users.Arn"),
        At("Resources.Fn.Properties.Environment.Variables.USERS", "Users")]),
    "cognito -> cloudwatch": Pair([POOL, "lines: logs.group"], "users -> lines", [
        At("Resources.LinesPolicy.Properties.PolicyDocument", "delivery.logs.amazonaws.com"),
        At("Resources.UsersLogDelivery.Properties.LogConfigurations.0.EventSource", "userNotification")]),
}  # fmt: skip


@pytest.mark.parametrize("name", PAIRS)
def test_pair(name: str, tmp_path: Path) -> None:
    hold(PAIRS[name], tmp_path)


def test_an_alarm_watches_sign_ins(tmp_path: Path) -> None:
    alarm = "  alarm: {kind: cloudwatch.alarm, metric: sign-in-throttles, above: 10}\n"
    found = resources(f"nodes:\n{PEOPLE}{alarm}{ON}users -> alarm\n", tmp_path)["Alarm"]["Properties"]
    assert found["Dimensions"] == [{"Name": "UserPool", "Value": {"Ref": "Users"}},
                                   {"Name": "UserPoolClient", "Value": {"Ref": "UsersAppClient"}}]  # fmt: skip


def test_the_certificate_of_a_domain_is_made_where_cognito_wants_it(tmp_path: Path) -> None:
    text = f"name: test\nregion: eu-west-1\nnodes:\n  users: {{kind: cognito.user_pool{PAGES}}}\n"
    text = text.replace("auto", "auth.example.com")
    result = synthesize(archkit.load(tmp_path / "b.yaml", text=text).sound(), Report(), lint=False)
    stacks = {stack.place[1]: set(stack.resources) for stack in result.stacks}
    assert "UsersCertificate" in stacks["us-east-1"] and "UsersDomain" in stacks["eu-west-1"]


def test_a_function_lets_in_the_pool_once(tmp_path: Path) -> None:
    found = resources(f"nodes:\n{PEOPLE}{FN}{ON}users -> work: [pre_sign_up, post_confirmation]\n", tmp_path)
    (permission,) = [r["Properties"] for r in found.values() if r["Type"] == "AWS::Lambda::Permission"]
    assert permission == {"FunctionName": {"Ref": "Work"}, "Action": "lambda:InvokeFunction",
                          "Principal": "cognito-idp.amazonaws.com", "SourceArn": att("Users")}  # fmt: skip


def test_rights_on_a_pool(tmp_path: Path) -> None:
    found = resources(f"nodes:\n{PEOPLE}{FN}{ON}work -> users: [read, sign_in]\n", tmp_path)
    ((actions, where),) = said(found, "WorkRolePolicy")
    assert actions == ["cognito-idp:ListUsers", "cognito-idp:AdminGetUser", "cognito-idp:ListUsersInGroup",
                       "cognito-idp:AdminListGroupsForUser", "cognito-idp:AdminInitiateAuth",
                       "cognito-idp:AdminRespondToAuthChallenge"]  # fmt: skip
    assert where == att("Users")
    assert found["Work"]["Properties"]["Environment"]["Variables"] == {"USERS": {"Ref": "Users"}}


@pytest.mark.parametrize("security", ["standard", "strict"])
def test_a_trigger_may_have_rights_on_its_pool(security: str, tmp_path: Path) -> None:
    """The variable would be a cycle and is left out; what the function waits for holds no right on the pool."""
    text = (
        f"security: {security}\nnodes:\n{PEOPLE}{FN}{ON}users -> work: post_confirmation\n  - work -> users: manage\n"
    )
    found = resources(text, tmp_path)
    assert "USERS" not in str(found["Work"]["Properties"].get("Environment"))
    holder = "WorkRolePolicyLater" if security == "strict" else "WorkRolePolicy"
    assert [one["Resource"] for one in statements(found, holder) if "cognito-idp:AdminCreateUser" in one["Action"]] == [
        att("Users")
    ]
    assert found["Work"].get("DependsOn", []) == (["WorkRolePolicy"] if security == "strict" else [])
    (tmp_path / "b.yaml").write_text(f"name: test\n{text}")
    notes = [found.code for found in archkit.load(tmp_path / "b.yaml").synth().report if found.severity == "note"]
    assert "variable-left-out" in notes


def test_a_sender_may_read_the_codes(tmp_path: Path) -> None:
    edge = "users -> work: custom_email_sender"
    text = f"nodes:\n  users: {{kind: cognito.user_pool, sender_key: cmk}}\n  cmk: kms.key\n{FN}{ON}{edge}\n"
    assert said(resources(text, tmp_path), "WorkRolePolicy") == [("kms:Decrypt", att("Cmk"))]


@pytest.mark.parametrize(
    ("api", "authorizer", "expected"),
    [
        ("http", "JwtConfiguration", {"Issuer": att("Users", "ProviderURL"), "Audience": [{"Ref": "UsersAppClient"}]}),
        ("rest", "ProviderARNs", [att("Users")]),
    ],
)
@pytest.mark.parametrize("edge", ["users -> api", "api -> users"])
def test_an_api_takes_tokens_of_the_pool(api: str, authorizer: str, expected: Any, edge: str, tmp_path: Path) -> None:
    text = f"nodes:\n{PEOPLE}{FN}  api: apigateway.{api}\n{ON}{edge}\n  - api -> work: GET /x\n"
    found = resources(text, tmp_path)
    assert found["ApiUsersAuthorizer"]["Properties"][authorizer] == expected
    (route,) = [r for r in found.values() if r["Type"] in ("AWS::ApiGatewayV2::Route", "AWS::ApiGateway::Method")]
    assert route["Properties"]["AuthorizationType"] == ("JWT" if api == "http" else "COGNITO_USER_POOLS")


def test_tokens_of_a_pool_that_exists(tmp_path: Path) -> None:
    pool = "{kind: cognito.user_pool, existing: {id: eu-west-1_AbCdEfGhI, client: abc}}"
    text = f"nodes:\n  users: {pool}\n{FN}  api: apigateway.http\n{ON}users -> api\n  - api -> work: GET /x\n"
    found = resources(text, tmp_path)["ApiUsersAuthorizer"]["Properties"]["JwtConfiguration"]
    issuer = "https://cognito-idp.${AWS::Region}.${AWS::URLSuffix}/eu-west-1_AbCdEfGhI"
    assert found == {"Issuer": {"Fn::Sub": issuer}, "Audience": ["abc"]}


def test_people_who_signed_in_may_call_an_api(tmp_path: Path) -> None:
    text = (
        f"nodes:\n  ids: cognito.identity_pool\n{FN}  api: apigateway.rest\n{ON}ids -> api\n  - api -> work: GET /x\n"
    )
    found = resources(text, tmp_path)
    assert said(found, "IdsRolePolicy")[0][0] == "execute-api:Invoke"


def test_a_log_group_lets_the_pool_in(tmp_path: Path) -> None:
    found = resources(f"nodes:\n{PEOPLE}  lines: logs.group\n{ON}users -> lines\n", tmp_path)
    document = str(found["LinesPolicy"]["Properties"]["PolicyDocument"])
    assert all(word in document for word in ("delivery.logs.amazonaws.com", "logs:PutLogEvents", "aws:SourceAccount"))
    assert found["UsersLogDelivery"]["DependsOn"] == ["LinesPolicy"]


def refused(properties: str, code: str, message: str, more: str = "") -> Any:
    return pytest.param(
        f"nodes:\n  users: {{kind: cognito.user_pool{properties}}}\n{FN}{more}", code, message, id=message
    )


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        refused(", domain: auto", "missing-property", "nobody would come back from the sign-in pages"),
        refused(PAGES.replace("auto", "aws-shop"), "bad-value", "AWS takes no prefix with 'aws' in it"),
        refused(PAGES.replace("auto", "Shop"), "bad-value", "'Shop' is no prefix of a domain"),
        refused(
            PAGES + ", certificate: cert",
            "bad-value",
            "a certificate is for a domain of your own",
            "  cert: {kind: acm.certificate, domain: example.com}\n",
        ),
        refused(", clients: {app: 'https://a.example'}", "missing-property", "the pool has no domain for it"),
        refused(", domain: auto, clients: {app: 'http://a.example'}", "bad-value", "people cannot return to"),
        refused(", clients: {}", "bad-value", "without an app client nobody can sign in"),
        refused(", domain: auto, clients: {app: {flows: [code, client_credentials]}}", "bad-value", "stands alone"),
        refused(", domain: auto, clients: {app: {flows: [client_credentials]}}", "bad-value", "no scopes of people"),
        refused(
            ", domain: auto, clients: {app: {flows: [client_credentials], scopes: [a/b]}}",
            "bad-value",
            "asks for 'a/b', which no API of the pool has",
        ),
        refused(
            PAGES.replace("'https://example.com/in'", "{callbacks: ['https://a.example'], providers: [gogle]}"),
            "bad-value",
            "names a provider 'gogle'",
        ),
        refused(", providers: {staff: {metadata: x}}", "missing-property", "the pool has none"),
        refused(
            PAGES + ", providers: {staff: {}}", "missing-property", "nothing says what sort of provider 'staff' is"
        ),
        refused(PAGES + ", providers: {google: {client: a}}", "missing-property", "'google' needs 'secret'"),
        refused(PAGES + ", providers: {google: {client: a, secret: users}}", "wrong-kind", "'secret' of"),
        refused(", advanced_security: audit, tier: lite", "bad-value", "threat protection needs the tier plus"),
        refused(", tier: lite, factors: [password, passkey]", "bad-value", "the tier lite has no 'factors'"),
        refused(", mfa_by: []", "bad-value", "a second factor is asked for, and none is named"),
        refused(", mfa_by: [email]", "missing-property", "is sent from an identity of your own"),
        refused(", factors: [passkey]", "bad-value", "a password is always among the first factors"),
        refused(", recovery: [admin, email]", "bad-value", "where an administrator recovers passwords"),
        refused(", verification: link", "missing-property", "a link needs a page to lead to"),
        refused(", verification: {text: Hello you}", "bad-value", "the message says nothing to verify with"),
        refused(", fields: {age: {required: true}}", "bad-value", "only standard ones can be required"),
        refused("", "say-what", "say which", f"{ON}users -> work\n"),
        refused(
            "",
            "called-twice",
            "calls 'work' at this point already",
            f"  also: {{kind: lambda.function, runtime: python3.13, code: handler.py}}\n"
            f"{ON}users -> work: pre_sign_up\n"
            "  - users -> also: pre_sign_up\n",
        ),
        refused(
            "", "missing-property", "Cognito hands codes over encrypted", f"{ON}users -> work: custom_sms_sender\n"
        ),
        refused(
            "",
            "missing-property",
            "'example.com' is a domain",
            f"  mail: {{kind: ses.identity, identity: example.com}}\n{ON}users -> mail\n",
        ),
        refused(
            "",
            "missing-property",
            "sign-ins are seen by threat protection only",
            f"  lines: logs.group\n{ON}users -> lines: {{events: sign_ins}}\n",
        ),
        refused(
            "",
            "no-key",
            "Cognito writes to no log group that is encrypted with a key",
            f"  cmk: kms.key\n  lines: {{kind: logs.group, key: cmk}}\n{ON}users -> lines\n",
        ),
        refused(
            "",
            "bad-value",
            "'users' has no client 'web'",
            f"  ids: cognito.identity_pool\n{ON}users -> ids: {{client: web}}\n",
        ),
        refused(
            "", "bad-value", "the classic flow", "  ids: {kind: cognito.identity_pool, guests: true, classic: true}\n"
        ),
        refused("", "missing-property", "nobody can assume 'boss'", "  boss: cognito.role\n"),
    ],
)
def test_what_cannot_be_is_refused(text: str, code: str, message: str, tmp_path: Path) -> None:
    found = findings(text, tmp_path)
    assert [known for known, _ in found] == [code], found
    assert message in found[0][1]
