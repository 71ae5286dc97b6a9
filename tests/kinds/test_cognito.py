"""Cognito: every option of user pools and identity pools, and all of them together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.kinds.rows import FN, att, lint_clean, rows_of
from tests.options import ANY, Option, holds

POOL, IDENTITY = "Amazon Cognito user pool", "Amazon Cognito identity pool"
users = rows_of(POOL, "users: {kind: cognito.user_pool")
identities = rows_of(IDENTITY, "ids: {kind: cognito.identity_pool")
U, C, I = "Resources.Users.Properties.", "Resources.UsersAppClient.Properties.", "Resources.Ids.Properties."  # noqa: E741
PAGES = ", domain: auto, clients: {app: 'https://example.com/in'}"
SECRET = "  held: secretsmanager.secret\n"
ON = "edges:\n  - "
BUCKET = "  files: s3.bucket\n"
PEOPLE = "  users: cognito.user_pool\n"
MFA, PASSWORD, VERIFY, DOMAIN = "MFA", "password policy", "verification", "hosted UI domain"
SOCIAL, TRIGGERS = "social and SAML identity providers", "Lambda triggers"
ROLES, GRANTS = "authenticated and guest role", "grants by edges from the pool"


def provider(name: str, given: str, path: str, expected: Any) -> Option:
    """Return a row about an identity provider."""
    where = f"Resources.Users{name.capitalize()}Provider.Properties.{path}"
    return users(SOCIAL, f"{PAGES}, providers: {{{name}: {{{given}}}}}", where, expected, SECRET)


def trigger(word: str, path: str, expected: Any = None, properties: str = "", options: str = "") -> Option:
    """Return a row about a function that the pool calls."""
    return users(TRIGGERS, properties, f"{U}LambdaConfig.{path}", expected or att("Work"),
                 f"{FN}  cmk: kms.key\n{ON}users -> work: {{does: {word}{options}}}\n")  # fmt: skip


OWN = {"LambdaArn": att("Work"), "LambdaVersion": "V1_0"}
OPTIONS = [
    users(MFA, "", U + "MfaConfiguration", "OPTIONAL"),
    users(MFA, "", U + "EnabledMfas", ["SOFTWARE_TOKEN_MFA"]),
    users(MFA, ", mfa: required", U + "MfaConfiguration", "ON"),
    users(MFA, ", mfa: 'off'", U + "MfaConfiguration", "OFF"),
    users(MFA, ", mfa_by: [totp, sms]", U + "EnabledMfas", ["SOFTWARE_TOKEN_MFA", "SMS_MFA"]),
    users(
        MFA,
        ", mfa_by: [sms]",
        U + "SmsConfiguration",
        {"SnsCallerArn": att("UsersSmsRole"), "ExternalId": {"Fn::Sub": "${AWS::StackName}-users"}},
    ),
    users(
        MFA,
        ", mfa_by: [email]",
        U + "EnabledMfas",
        ["EMAIL_OTP"],
        f"  mail: {{kind: ses.identity, identity: a@example.com}}\n{ON}users -> mail\n",
    ),
    users(PASSWORD, "", U + "Policies.PasswordPolicy.MinimumLength", 12),
    users(PASSWORD, ", password: 20", U + "Policies.PasswordPolicy.MinimumLength", 20),
    users(
        PASSWORD,
        ", password: {symbols: false, history: 5, temporary_days: 1}",
        U + "Policies.PasswordPolicy",
        {
            "MinimumLength": 12,
            "RequireLowercase": True,
            "RequireUppercase": True,
            "RequireNumbers": True,
            "RequireSymbols": False,
            "PasswordHistorySize": 5,
            "TemporaryPasswordValidityDays": 1,
        },
    ),
    users(
        "first factors",
        ", factors: [password, passkey], passkey_domain: example.com",
        U + "Policies.SignInPolicy.AllowedFirstAuthFactors",
        ["PASSWORD", "WEB_AUTHN"],
    ),
    users(VERIFY, "", U + "AutoVerifiedAttributes", ["email"]),
    users(VERIFY, ", verify: [email, phone]", U + "AutoVerifiedAttributes", ["email", "phone_number"]),
    users(
        VERIFY,
        f", verification: link{PAGES}",
        U + "VerificationMessageTemplate.DefaultEmailOption",
        "CONFIRM_WITH_LINK",
    ),
    users(
        VERIFY,
        ", verification: {subject: Hi, text: 'Code {####}', sms: 'Your {####}'}",
        U + "VerificationMessageTemplate",
        {
            "DefaultEmailOption": "CONFIRM_WITH_CODE",
            "EmailSubject": "Hi",
            "EmailMessage": "Code {####}",
            "SmsMessage": "Your {####}",
        },
    ),
    users(
        VERIFY,
        ", invitation: '{username}, {####}'",
        U + "AdminCreateUserConfig.InviteMessageTemplate.EmailMessage",
        "{username}, {####}",
    ),
    users(
        VERIFY,
        ", recovery: [email, phone]",
        U + "AccountRecoverySetting.RecoveryMechanisms",
        [{"Name": "verified_email", "Priority": 1}, {"Name": "verified_phone_number", "Priority": 2}],
    ),
    users("sign-in", ", sign_in: [email, phone]", U + "UsernameAttributes", ["email", "phone_number"]),
    users("sign-in", ", sign_in: [username, email]", U + "AliasAttributes", ["email"]),
    users("sign-in", ", sign_up: false", U + "AdminCreateUserConfig.AllowAdminCreateUserOnly", True),
    users(
        "attributes",
        ", fields: {given_name: {required: true}, age: {type: number, max: 150}}",
        U + "Schema",
        [
            {"Name": "given_name", "AttributeDataType": "String", "Mutable": True, "Required": True},
            {
                "Name": "age",
                "AttributeDataType": "Number",
                "Mutable": True,
                "NumberAttributeConstraints": {"MaxValue": "150"},
            },
        ],
    ),
    users(DOMAIN, PAGES, "Resources.UsersDomain.Properties.Domain", ANY),
    users(DOMAIN, PAGES.replace("auto", "shop-dev"), "Resources.UsersDomain.Properties.Domain", "shop-dev"),
    users(DOMAIN, PAGES, "Resources.UsersDomain.Properties.ManagedLoginVersion", 2),
    users(DOMAIN, PAGES, "Resources.UsersAppBranding.Properties.UseCognitoProvidedValues", True),
    users(DOMAIN, PAGES + ", pages: classic", "Resources.UsersDomain.Properties.ManagedLoginVersion", 1),
    users(
        DOMAIN,
        PAGES.replace("auto", "auth.example.com"),
        "Resources.UsersDomain.Properties.CustomDomainConfig.CertificateArn",
        ANY,
    ),
    users(
        DOMAIN,
        PAGES.replace("auto", "auth.example.com"),
        "Resources.*.Properties.AliasTarget.DNSName",
        att("UsersDomain", "CloudFrontDistribution"),
        "  dns: {kind: route53.zone, existing: {id: Z0123456789ABCDEFGHIJ, domain: example.com}}\n"
        f"{ON}dns -> users\n",
    ),
    users(DOMAIN, PAGES, C + "AllowedOAuthFlowsUserPoolClient", True),
    users("app clients", "", C + "ExplicitAuthFlows", ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]),
    users("app clients", "", C + "PreventUserExistenceErrors", "ENABLED"),
    users("app clients", PAGES, C + "CallbackURLs", ["https://example.com/in"]),
    users("app clients", PAGES, C + "AllowedOAuthFlows", ["code"]),
    users(
        "app clients",
        ", domain: auto, clients: {app: {callbacks: ['https://a.example'], flows: [implicit], scopes: "
        "[openid], logouts: ['https://a.example/out']}}",
        C + "LogoutURLs",
        ["https://a.example/out"],
    ),
    users(
        "app clients",
        ", clients: {app: {sign_in: [choice], secret: true, rotate: true, access_minutes: 5, id_minutes: "
        "5, refresh_days: 1, read: [email], write: [email]}}",
        C + "RefreshTokenRotation.Feature",
        "ENABLED",
    ),
    users(
        "app clients",
        ", domain: auto, scopes: {shop: {read: Read orders}}, clients: {app: {flows: "
        "[client_credentials], scopes: [shop/read]}}",
        C + "AllowedOAuthScopes",
        ["shop/read"],
    ),
    users(
        "app clients",
        ", domain: auto, scopes: {shop: {read: Read orders}}, clients: {app: {flows: "
        "[client_credentials], scopes: [shop/read]}}",
        "Resources.UsersAppClient.DependsOn",
        ["UsersShopApi"],
    ),
    users(
        "scopes",
        ", scopes: {shop: {read: Read orders}}",
        "Resources.UsersShopApi.Properties.Scopes",
        [{"ScopeName": "read", "ScopeDescription": "Read orders"}],
    ),
    users(
        "groups",
        ", groups: {admins: {description: All, precedence: 1}}",
        "Resources.UsersAdminsGroup.Properties",
        {"UserPoolId": {"Ref": "Users"}, "GroupName": "admins", "Description": "All", "Precedence": 1},
    ),
    users(
        "groups",
        ", groups: {admins: {role: boss}}",
        "Resources.UsersAdminsGroup.Properties.RoleArn",
        att("Boss"),
        "  ids: cognito.identity_pool\n  boss: {kind: cognito.role, pool: '${ids.id}'}\n",
    ),
    provider(
        "google",
        "client: a, secret: held",
        "ProviderDetails",
        {
            "client_id": "a",
            "authorize_scopes": "openid email profile",
            "client_secret": {"Fn::Sub": "{{resolve:secretsmanager:${Held}}}"},
        },
    ),
    provider(
        "google",
        "client: a, secret: held, secret_key: key",
        "ProviderDetails.client_secret",
        {"Fn::Sub": "{{resolve:secretsmanager:${Held}:SecretString:key}}"},
    ),
    provider(
        "facebook", "client: a, secret: held, details: {api_version: v19.0}", "ProviderDetails.api_version", "v19.0"
    ),
    provider("amazon", "client: a, secret: held", "ProviderType", "LoginWithAmazon"),
    provider("apple", "client: a, secret: held, team: t, key_id: k", "ProviderDetails.team_id", "t"),
    provider(
        "corp",
        "client: a, secret: held, issuer: 'https://id.example.com'",
        "ProviderDetails.oidc_issuer",
        "https://id.example.com",
    ),
    provider(
        "staff",
        "metadata: 'https://id.example.com/m.xml', identifiers: [example.com]",
        "ProviderDetails",
        {"MetadataURL": "https://id.example.com/m.xml", "IDPSignout": "true"},
    ),
    provider("staff", "metadata: <xml/>, sign_out: false, map: {email: mail}", "AttributeMapping", {"email": "mail"}),
    users(
        SOCIAL,
        f"{PAGES}, providers: {{staff: {{metadata: 'https://id.example.com/m.xml'}}}}",
        C + "SupportedIdentityProviders",
        ["COGNITO", {"Ref": "UsersStaffProvider"}],
    ),
    trigger("pre_sign_up", "PreSignUp"),
    trigger("post_confirmation", "PostConfirmation"),
    trigger("pre_authentication", "PreAuthentication"),
    trigger("post_authentication", "PostAuthentication"),
    trigger("custom_message", "CustomMessage"),
    trigger("define_challenge", "DefineAuthChallenge"),
    trigger("create_challenge", "CreateAuthChallenge"),
    trigger("verify_challenge", "VerifyAuthChallengeResponse"),
    trigger("migrate_user", "UserMigration"),
    trigger("pre_token", "PreTokenGenerationConfig", OWN),
    trigger("pre_token", "PreTokenGenerationConfig.LambdaVersion", "V2_0", "", ", version: '2'"),
    trigger("custom_email_sender", "CustomEmailSender", OWN, ", sender_key: cmk"),
    trigger("custom_sms_sender", "CustomSMSSender", OWN, ", sender_key: cmk"),
    trigger("custom_sms_sender", "KMSKeyID", att("Cmk"), ", sender_key: cmk"),
    users("advanced security", ", advanced_security: audit", U + "UserPoolAddOns.AdvancedSecurityMode", "AUDIT"),
    users("advanced security", ", advanced_security: enforced", U + "UserPoolTier", "PLUS"),
    users("tier", ", tier: lite", U + "UserPoolTier", "LITE"),
    users("deletion protection", "", U + "DeletionProtection", "ACTIVE"),
    users("deletion protection", ", deletion_protection: false", U + "DeletionProtection", "INACTIVE"),
    users(
        "mail by SES",
        "",
        U + "EmailConfiguration",
        {
            "EmailSendingAccount": "DEVELOPER",
            "From": "no-reply@example.com",
            "ReplyToEmailAddress": "a@example.com",
            "SourceArn": {"Fn::Sub": "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/${Mail}"},
        },
        f"  mail: {{kind: ses.identity, identity: example.com}}\n{ON}users -> mail: "
        "{sender: no-reply@example.com, reply_to: a@example.com}\n",
    ),
    users(
        "log",
        ", advanced_security: audit",
        "Resources.UsersLogDelivery.Properties.LogConfigurations.0.EventSource",
        "userAuthEvents",
        f"  lines: logs.group\n{ON}users -> lines: {{events: sign_ins}}\n",
    ),
    users(
        "WAF",
        "",
        "Resources.GuardUsersAssociation.Properties.ResourceArn",
        att("Users"),
        f"  guard: wafv2.web_acl\n{ON}guard -> users\n",
    ),
    identities(ROLES, "", I + "AllowUnauthenticatedIdentities", False),
    identities(ROLES, "", "Resources.IdsRoles.Properties.Roles", {"authenticated": att("IdsRole")}),
    identities(
        ROLES,
        ", guests: true",
        "Resources.IdsRoles.Properties.Roles",
        {"authenticated": att("IdsRole"), "unauthenticated": att("IdsGuests")},
    ),
    identities(
        ROLES,
        "",
        "Resources.IdsRole.Properties.AssumeRolePolicyDocument.Statement.0.Condition",
        {
            "StringEquals": {"cognito-identity.amazonaws.com:aud": {"Ref": "Ids"}},
            "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"},
        },
    ),
    identities(
        ROLES,
        ", guests: true",
        "Resources.IdsGuests.Properties.AssumeRolePolicyDocument.Statement.0.Condition",
        {
            "StringEquals": {"cognito-identity.amazonaws.com:aud": {"Ref": "Ids"}},
            "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "unauthenticated"},
        },
    ),
    identities(
        GRANTS,
        "",
        "Resources.IdsRolePolicy.Properties.PolicyDocument.Statement.0.Action",
        "s3:GetObject",
        f"{BUCKET}{ON}ids -> files: read\n",
    ),
    identities(
        GRANTS,
        ", guests: true",
        "Resources.IdsGuestsPolicy.Properties.PolicyDocument.Statement.0.Action",
        "s3:GetObject",
        f"{BUCKET}{ON}ids.guests -> files: read\n",
    ),
    identities(
        "user pools",
        "",
        I + "CognitoIdentityProviders",
        [
            {
                "ClientId": {"Ref": "UsersAppClient"},
                "ProviderName": att("Users", "ProviderName"),
                "ServerSideTokenCheck": True,
            }
        ],
        f"{PEOPLE}{ON}users -> ids\n",
    ),
    identities(
        "user pools", ", pools: [users]", I + "CognitoIdentityProviders.0.ClientId", {"Ref": "UsersAppClient"}, PEOPLE
    ),
    identities(
        "user pools",
        "",
        "Resources.IdsRoles.Properties.RoleMappings.Users",
        {
            "Type": "Token",
            "AmbiguousRoleResolution": "Deny",
            "IdentityProvider": {"Fn::Sub": "${Users.ProviderName}:${UsersAppClient}"},
        },
        f"{PEOPLE}{ON}users -> ids: {{roles: groups, otherwise: nothing}}\n",
    ),
    identities("others", ", developer: login.example, classic: true", I + "DeveloperProviderName", "login.example"),
    identities(
        "others", ", logins: {graph.facebook.com: '1'}", I + "SupportedLoginProviders", {"graph.facebook.com": "1"}
    ),
    identities("others", ", saml: ['arn:aws:iam::123456789012:saml-provider/x']", I + "SamlProviderARNs", ANY),
    identities(
        "others",
        ", oidc: [hub]",
        I + "OpenIdConnectProviderARNs",
        [att("Hub")],
        "  hub: {kind: iam.oidc_provider, url: 'https://id.example.com'}\n",
    ),
]


@pytest.mark.parametrize("row", OPTIONS, ids=lambda row: f"{row.option} {row.path}")
def test_an_option_changes_the_template(row: Option, tmp_path: Path) -> None:
    assert holds(row, tmp_path)


def test_all_options_are_lint_clean(tmp_path: Path) -> None:
    lint_clean([row for row in OPTIONS if "auth.example.com" not in row.blueprint], tmp_path)
