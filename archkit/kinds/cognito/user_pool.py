"""User pools (AWS::Cognito::UserPool): who may sign in, and how."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from archkit.architecture import Architecture, Node
from archkit.kind import Alias, External, Grant, Helper, Kind, Metric, NodeId, Operation, Refusal, prop
from archkit.kinds.cognito.clients import Client, make_clients, make_one
from archkit.kinds.cognito.pool_rules import problems
from archkit.kinds.cognito.providers import Provider, make_providers
from archkit.kinds.cognito.settings import FACTORS, MFA, Field, Group, Message, Password, Verification, camel
from archkit.kinds.cognito.triggers import TRIGGERS, LogTo, Mail
from archkit.scope import Resource, Scope
from archkit.values import Ref, Sub

__all__ = ["UserPool"]

ATTRIBUTE = {"email": "email", "phone": "phone_number", "preferred_username": "preferred_username"}
RECOVERY = {"email": "verified_email", "phone": "verified_phone_number", "admin": "admin_only"}
METRICS = {"sign-ups": "SignUpSuccesses", "sign-ins": "SignInSuccesses", "token-refreshes": "TokenRefreshSuccesses",
           "sign-up-throttles": "SignUpThrottles", "sign-in-throttles": "SignInThrottles"}  # fmt: skip
READ = ("cognito-idp:ListUsers", "cognito-idp:AdminGetUser", "cognito-idp:ListUsersInGroup",
        "cognito-idp:AdminListGroupsForUser")  # fmt: skip
MANAGE = ("AdminCreateUser", "AdminUpdateUserAttributes", "AdminDeleteUser", "AdminEnableUser", "AdminDisableUser",
          "AdminConfirmSignUp", "AdminResetUserPassword", "AdminSetUserPassword", "AdminAddUserToGroup",
          "AdminRemoveUserFromGroup", "AdminUserGlobalSignOut")  # fmt: skip
SIGN_IN = ("cognito-idp:AdminInitiateAuth", "cognito-idp:AdminRespondToAuthChallenge")
POOL = {"UserPoolId": "${id}"}


class UserPool(Kind, icon="aws/security/cognito", service="Amazon Cognito user pool",
               types=("AWS::Cognito::UserPool", "AWS::Cognito::UserPoolClient", "AWS::Cognito::UserPoolDomain",
                      "AWS::Cognito::UserPoolIdentityProvider", "AWS::Cognito::UserPoolGroup",
                      "AWS::Cognito::UserPoolResourceServer", "AWS::Cognito::ManagedLoginBranding",
                      "AWS::Cognito::LogDeliveryConfiguration", "AWS::IAM::Role")):  # fmt: skip
    """User pool: people sign up and in, and apps get tokens that say who they are.

    An edge to an API lets in only people with a token; one to a function names the point at which the pool calls it:
    `users -> welcome: post_confirmation`.
    """

    sign_in: list[Literal["email", "phone", "username", "preferred_username"]] = prop(
        ["email"], "By what people sign in; it cannot be changed later.", ge=1, shape=True
    )
    sign_up: bool = prop(True, "Whether people may sign up by themselves; else somebody invites them.")
    clients: dict[str, Client] = prop(
        {"app": Client()},  # type: ignore[call-arg]
        "App clients by name; the first one's id is the attribute 'client'.", ge=1, shape=True,
    )  # fmt: skip
    password: Password = prop(Password(), "What a password must be like.")  # type: ignore[call-arg]
    mfa: Literal["off", "optional", "required"] = prop("optional", "Whether people need a second factor.")
    mfa_by: list[Literal["totp", "sms", "email"]] = prop(["totp"], "Second factors: an app's codes, SMS or mail.")
    factors: list[Literal["password", "email_otp", "sms_otp", "passkey"]] = prop(
        [], "What a sign-in may begin with (default: a password)."
    )
    passkey_domain: str | None = prop(None, "Domain that passkeys are for (default: that of the sign-in pages).")
    verify: list[Literal["email", "phone"]] | None = prop(
        None, "What is verified at sign-up (default: what people sign in by, else email)."
    )
    verification: Verification = prop(Verification(), "How it is verified.")  # type: ignore[call-arg]
    invitation: Message | None = prop(None, "Message to those who are invited.")
    recovery: list[Literal["email", "phone", "admin"]] = prop(["email"], "How a lost password is recovered.", le=2)
    fields: dict[str, Field] = prop({}, "Attributes of users by name.", le=50)
    groups: dict[str, Group] = prop({}, "Groups by name.")
    domain: str | None = prop(
        None, "Domain of the sign-in pages: auto, a prefix of your own, or a domain such as auth.example.com.",
        shape=True,
    )  # fmt: skip
    certificate: NodeId | None = prop(
        None, "Certificate for a domain of your own (default: one made for it).", slot="certificate",
        to="acm.certificate",
    )  # fmt: skip
    pages: Literal["managed", "classic"] = prop("managed", "Managed login, or the classic hosted pages.")
    providers: dict[str, Provider] = prop({}, "Others who sign people in, by name.")
    scopes: dict[str, dict[str, str]] = prop({}, "Scopes of APIs: by the API's identifier, each with what it allows.")
    advanced_security: Literal["off", "audit", "enforced"] = prop(
        "off", "Threat protection: watch for stolen credentials, or act on them; it needs the tier plus."
    )
    tier: Literal["lite", "essentials", "plus"] | None = prop(None, "Feature plan (default: essentials, or plus).")
    deletion_protection: bool = prop(True, "Refuse deletion.")
    sender_key: NodeId | None = prop(
        None, "Key that encrypts codes for a function that sends messages.", slot="key", to="kms.key"
    )

    durable = True
    attributes = {
        "arn": "${.Arn}", "id": "${}", "issuer": "${.ProviderURL}", "provider": "${.ProviderName}",
        "client": "${_client}", "domain": "${_domain}", "login_url": "${_login}",
    }  # fmt: skip
    address = "${id}"
    alias = Alias("${+Domain.CloudFrontDistribution}", "Z2FDTNDATAQYW2")
    external = External(("id",), {
        "arn": "arn:${AWS::Partition}:cognito-idp:${AWS::Region}:${AWS::AccountId}:userpool/${id}",
        "issuer": "https://cognito-idp.${AWS::Region}.${AWS::URLSuffix}/${id}",
        "provider": "cognito-idp.${AWS::Region}.${AWS::URLSuffix}/${id}",
    })  # fmt: skip
    grants = {
        "read": Grant(*READ, usual=True),
        "manage": Grant(*(f"cognito-idp:{action}" for action in MANAGE)),
        "sign_in": Grant(*SIGN_IN),
    }
    operations = {name: Operation("cognito-idp", name, POOL) for name in
                  ("AdminGetUser", "ListUsers", "AdminCreateUser", "AdminAddUserToGroup", "AdminUpdateUserAttributes",
                   "AdminDisableUser", "AdminDeleteUser")}  # fmt: skip
    joins = (*TRIGGERS, Mail, LogTo)
    metrics = {name: Metric("AWS/Cognito", metric, {"UserPool": "${id}", "UserPoolClient": "${client}"})
               for name, metric in METRICS.items()}  # fmt: skip
    waf = "${arn}"
    strict = {"mfa": "required", "advanced_security": "enforced"}
    example = "{domain: auto, clients: {web: 'https://example.com/signed-in'}, groups: {admins: Those who may all}}"

    def attribute(self, name: str) -> str | None:
        names = list(self.clients)
        mine = {
            "_client": f"${{+{camel(names[0])}Client}}" if names else "",
            "_domain": "${+Domain}" if self.own_domain() else "${+Domain}.auth.${AWS::Region}.amazoncognito.com",
            "_login": "https://${_domain}",
            **{f"client_{one.replace('-', '_')}": f"${{+{camel(one)}Client}}" for one in names},
        }
        if name in ("domain", "login_url") and not self.domain:
            return None
        return mine[name] if name in mine else super().attribute(name)

    def own_domain(self) -> bool:
        """Whether the sign-in pages stand at a domain of the author's, and not at a prefix of AWS's."""
        return self.domain is not None and "." in str(self.domain)

    def helpers(self) -> Mapping[str, Helper]:
        if not self.own_domain() or self.certificate is not None:
            return {}
        return {"certificate": Helper("acm.certificate", {"domain": self.domain}, home="us-east-1")}

    def caption(self) -> str | None:
        return self.domain if self.own_domain() else None

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        return problems(self, node, world)

    def texts(self) -> bool:
        """Whether it sends text messages."""
        return "sms" in self.mfa_by or "sms_otp" in self.factors or "phone" in (*self.sign_in, *self.verified())

    def verified(self) -> list[str]:
        """Return what is verified at sign-up."""
        said = self.verify if self.verify is not None else [one for one in self.sign_in if one in ("email", "phone")]
        return list(said) if said or self.verify is not None else ["email"]

    def build(self, scope: Scope) -> None:
        names = [ATTRIBUTE[one] for one in self.sign_in if one in ATTRIBUTE]
        named = "username" in self.sign_in or "preferred_username" in self.sign_in
        verified = [ATTRIBUTE[one] for one in self.verified()]
        protected = (
            {"AdvancedSecurityMode": self.advanced_security.upper()} if self.advanced_security != "off" else None
        )
        invite = self.invitation
        texts, after = self._texts(scope)
        scope.make(
            # by name: troposphere knows neither tiers nor first factors
            "AWS::Cognito::UserPool",
            after=after,
            UserPoolTier=(self.tier or ("plus" if protected else "essentials")).upper(),
            UserPoolName=Sub("${AWS::StackName}-" + scope.node.id),
            UsernameAttributes=None if named else names,
            AliasAttributes=names or None if named else None,
            UsernameConfiguration={"CaseSensitive": False},
            AutoVerifiedAttributes=verified or None,
            UserAttributeUpdateSettings={"AttributesRequireVerificationBeforeUpdate": verified} if verified else None,
            VerificationMessageTemplate=self.verification.written(),
            AdminCreateUserConfig={
                "AllowAdminCreateUserOnly": not self.sign_up,
                "InviteMessageTemplate": {
                    "EmailMessage": invite.text,
                    "EmailSubject": invite.subject,
                    "SMSMessage": invite.sms,
                }
                if invite
                else None,
            },
            Policies={
                "PasswordPolicy": self.password.written(),
                "SignInPolicy": {"AllowedFirstAuthFactors": [FACTORS[one] for one in self.factors]}
                if self.factors
                else None,
            },
            MfaConfiguration={"off": "OFF", "optional": "OPTIONAL", "required": "ON"}[self.mfa],
            EnabledMfas=[MFA[one] for one in self.mfa_by] if self.mfa != "off" else None,
            SmsConfiguration=texts,
            WebAuthnRelyingPartyID=self.passkey_domain,
            AccountRecoverySetting={
                "RecoveryMechanisms": [
                    {"Name": RECOVERY[way], "Priority": number} for number, way in enumerate(self.recovery, 1)
                ]
            },
            Schema=[field.written(name) for name, field in self.fields.items()] or None,
            UserPoolAddOns=protected,
            DeletionProtection="ACTIVE" if self.deletion_protection else "INACTIVE",
            LambdaConfig={"KMSKeyID": scope.arn(self.sender_key)} if self.sender_key else None,
        )
        self._inside(scope)

    def _texts(self, scope: Scope) -> tuple[dict[str, Any] | None, list[Any]]:
        """Return how text messages are sent: with a role that only this pool's account can make Cognito use
        (https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-settings-sms.html)."""
        if not self.texts():
            return None, []
        sender, outside = scope.principal("cognito-idp.amazonaws.com", "Sms"), Sub("${AWS::StackName}-" + scope.node.id)
        sender.allow("sns:Publish", on="*", sid="PhoneNumbersHaveNoArn")
        role = sender.role()
        role.properties["AssumeRolePolicyDocument"]["Statement"][0]["Condition"] = {
            "StringEquals": {"sts:ExternalId": outside, "aws:SourceAccount": Ref("AWS::AccountId")}
        }
        return {"SnsCallerArn": role.att("Arn"), "ExternalId": outside}, list(sender.after_rights())

    def _inside(self, scope: Scope) -> None:
        """Make what belongs to the pool: providers, scopes, clients, groups and the sign-in pages."""
        pool = scope.main.ref
        servers = [
            scope.make(
                "AWS::Cognito::UserPoolResourceServer",
                f"{camel(name)}Api",
                UserPoolId=pool,
                Identifier=name,
                Name=name,
                Scopes=[{"ScopeName": one, "ScopeDescription": text} for one, text in given.items()],
            )
            for name, given in self.scopes.items()
        ]
        make_clients(scope, make_providers(scope), servers)
        for name, group in self.groups.items():
            scope.make(
                "AWS::Cognito::UserPoolGroup",
                f"{camel(name)}Group",
                UserPoolId=pool,
                GroupName=name,
                Description=group.description,
                Precedence=group.precedence,
                RoleArn=scope.arn(group.role),
            )
        if self.domain:
            self._pages(scope, pool)

    @property
    def managed(self) -> bool:
        """Whether its sign-in pages are the newer ones, which each client has a style for."""
        return self.pages == "managed" and self.tier != "lite"

    def client_of(self, scope: Scope, name: str, returns: str, scopes: list[str], because: str) -> Resource:
        """Return the client of what signs people in by itself, such as a load balancer, made on first use."""
        scope.build()
        made = make_one(scope, name, returns, scopes, because)
        if self.managed and scope.get(f"{name}Branding") is None:
            scope.make("AWS::Cognito::ManagedLoginBranding", f"{name}Branding", after=[f"{scope.id}Domain"],
                       because=because, UserPoolId=scope.main.ref, ClientId=made.ref,
                       UseCognitoProvidedValues=True)  # fmt: skip
        return made

    def _pages(self, scope: Scope, pool: Any) -> None:
        certificate = scope.arn(self.certificate or f"{scope.node.id}.certificate") if self.own_domain() else None
        domain: Resource = scope.make(
            "AWS::Cognito::UserPoolDomain", "Domain", UserPoolId=pool, ManagedLoginVersion=2 if self.managed else 1,
            Domain=scope.physical(63) if self.domain == "auto" else self.domain,
            CustomDomainConfig={"CertificateArn": certificate} if certificate else None,
        )  # fmt: skip
        for name, client in self.clients.items():
            if self.managed and client.callbacks:
                scope.make("AWS::Cognito::ManagedLoginBranding", f"{camel(name)}Branding", after=[domain],
                           UserPoolId=pool, ClientId=Ref(f"{scope.id}{camel(name)}Client"),
                           UseCognitoProvidedValues=True)  # fmt: skip
