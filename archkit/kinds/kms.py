"""AWS Key Management Service."""

from __future__ import annotations

from typing import Any, Literal

from archkit.architecture import Architecture, Node
from archkit.kind import External, Grant, Json, Kind, Refusal, prop
from archkit.scope import Scope, Statement
from archkit.values import Sub

FITTING = {"SYMMETRIC": ("encrypt",), "RSA": ("encrypt", "sign"), "ECC": ("sign",), "HMAC": ("mac",)}
"""What keys of a family are for: https://docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-choose-key-spec.html"""
USES = {"encrypt": "ENCRYPT_DECRYPT", "sign": "SIGN_VERIFY", "mac": "GENERATE_VERIFY_MAC"}


Spec = Literal["SYMMETRIC_DEFAULT", "RSA_2048", "RSA_3072", "RSA_4096", "ECC_NIST_P256", "ECC_NIST_P384",
               "ECC_NIST_P521", "ECC_SECG_P256K1", "HMAC_224", "HMAC_256", "HMAC_384", "HMAC_512"]  # fmt: skip
ADMINISTERED = ("kms:DescribeKey", "kms:EnableKeyRotation", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion",
                "kms:CancelKeyDeletion")  # fmt: skip
USED = ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey")


class Key(
    Kind, icon="aws/security/key-management-service", service="AWS KMS", types=("AWS::KMS::Key", "AWS::KMS::Alias")
):
    """Encryption key: what other nodes are encrypted with, or what signs."""

    spec: Spec = prop("SYMMETRIC_DEFAULT", "Key spec; all but the default sign, make codes, or encrypt outside AWS.")
    use: Literal["encrypt", "sign", "mac"] = prop("encrypt", "What the key is for.")
    rotation: bool = prop(True, "New key material every year (symmetric keys only).")
    rotation_days: int | None = prop(None, "Days between rotations, where a year is not right.", ge=90, le=2_560)
    multi_region: bool = prop(False, "Primary of a multi-Region key.")
    administrators: list[str] = prop([], "ARNs of principals that may administer the key, besides the account itself.")
    accounts: list[str] = prop([], "Ids of other accounts that may use the key.", pattern="[0-9]{12}", shape=True)
    statements: list[Json] = prop([], "Further statements of the key policy, as IAM documents them.")
    window: int = prop(30, "Days between deletion and the end of the key.", ge=7, le=30)
    alias_name: str | None = prop(None, "Alias after 'alias/' (default: stack and node).", pattern="[A-Za-z0-9/_-]+")

    guard = True
    durable = True
    attributes = {"arn": "${.Arn}", "id": "${}", "alias": "${+Alias}"}
    address = "${arn}"
    external = External(("arn",), {})
    grants = {
        "encrypt": Grant("kms:Encrypt", "kms:GenerateDataKey"),
        "decrypt": Grant("kms:Decrypt"),
        "sign": Grant("kms:Sign", "kms:GetPublicKey"),
        "verify": Grant("kms:Verify"),
        "mac": Grant("kms:GenerateMac"),
        "verify_mac": Grant("kms:VerifyMac"),
    }

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        return [found for rule in (self._spec, self._statements, self._users) if (found := rule(node, world))]

    @property
    def asymmetric(self) -> bool:
        """Whether it is any but the key that AWS services encrypt with."""
        return self.spec != "SYMMETRIC_DEFAULT"

    def _spec(self, node: Node, world: Architecture) -> Refusal | None:
        fitting = FITTING[self.spec.split("_")[0]]
        if self.use not in fitting:
            way = f"use: {fitting[0]}" if self.asymmetric else "spec: ECC_NIST_P256 (sign) or spec: HMAC_256 (mac)"
            return Refusal(f"a key of {self.spec} cannot {self.use}", way, "bad-value", "use")
        if self.asymmetric and self.rotation_days:
            return Refusal(f"a key of {self.spec} is not rotated", None, "bad-value", "rotation_days")
        return None

    def _statements(self, node: Node, world: Architecture) -> Refusal | None:
        if all(isinstance(one, dict) and {"Effect", "Principal", "Action"} <= set(one) for one in self.statements):
            return None
        wrong = "a statement of a key policy has Effect, Principal, Action and Resource"
        return Refusal(wrong, None, "bad-value", "statements")

    def _users(self, node: Node, world: Architecture) -> Refusal | None:
        users = [e.source for e in world.edges if e.badge and e.target == node.id
                 and world[e.source].kind.encryption_key() == node.id]  # fmt: skip
        if not self.asymmetric or not users:
            return None
        return Refusal(f"'{users[0]}' needs a symmetric key to be encrypted with", None, "wrong-kind", "spec")

    def build(self, scope: Scope) -> None:
        from troposphere import kms

        root = Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")
        scope.policy(Statement(("kms:*",), ("*",), scope.node.id, "Account", {"AWS": root}))
        if self.administrators:
            whom = {"AWS": list(self.administrators)}
            scope.policy(Statement(ADMINISTERED, ("*",), scope.node.id, "Administrators", whom))
        if self.accounts:
            roots = [Sub(f"arn:${{AWS::Partition}}:iam::{account}:root") for account in self.accounts]
            scope.policy(Statement(USED, ("*",), scope.node.id, "OtherAccounts", {"AWS": roots}))
        key = scope.make(
            # by name: troposphere's class knows no message codes
            "AWS::KMS::Key", Description=scope.node.note or f"{scope.node.title} of {scope.architecture.title}",
            KeyPolicy={}, EnableKeyRotation=None if self.asymmetric else self.rotation,
            RotationPeriodInDays=self.rotation_days if self.rotation else None,
            KeySpec=self.spec if self.asymmetric else None,
            KeyUsage=USES[self.use] if self.asymmetric else None, MultiRegion=self.multi_region or None,
            PendingWindowInDays=self.window,
        )  # fmt: skip
        # an alias is one of its account and Region, so the default tells two stacks of one blueprint apart
        name: Any = self.alias_name or Sub("${AWS::StackName}-" + scope.node.id.replace(".", "-"))
        alias = f"alias/{name}" if isinstance(name, str) else Sub("alias/${Name}", {"Name": name})
        scope.make(kms.Alias, "Alias", AliasName=alias, TargetKeyId=key.ref)

    def finish(self, scope: Scope) -> None:
        document = scope.policy_document()
        document["Statement"] += list(self.statements)
        scope.main.set("KeyPolicy", document)
