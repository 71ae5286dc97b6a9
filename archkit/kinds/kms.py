"""AWS Key Management Service."""

from __future__ import annotations

from typing import Literal

from archkit.architecture import Architecture, Node
from archkit.kind import External, Grant, Kind, Refusal, prop
from archkit.scope import Scope, Statement
from archkit.values import Sub

USES = {"encrypt": "ENCRYPT_DECRYPT", "sign": "SIGN_VERIFY", "mac": "GENERATE_VERIFY_MAC"}


class Key(
    Kind, icon="aws/security/key-management-service", service="AWS KMS", types=("AWS::KMS::Key", "AWS::KMS::Alias")
):
    """Encryption key: what other nodes are encrypted with, or what signs."""

    spec: Literal["SYMMETRIC_DEFAULT", "RSA_2048", "RSA_3072", "RSA_4096", "ECC_NIST_P256", "ECC_NIST_P384",
                  "ECC_NIST_P521", "HMAC_256"] = prop("SYMMETRIC_DEFAULT", "Key spec; all but the default are for signing, "
                  "message codes or encryption outside AWS.")  # fmt: skip
    use: Literal["encrypt", "sign", "mac"] = prop("encrypt", "What the key is for.")
    rotation: bool = prop(True, "New key material every year (symmetric keys only).")
    multi_region: bool = prop(False, "Primary of a multi-Region key.")
    administrators: list[str] = prop([], "ARNs of principals that may administer the key, besides the account itself.")
    window: int = prop(30, "Days between deletion and the end of the key.", ge=7, le=30)
    alias_name: str | None = prop(
        None, "Alias after 'alias/' (default: blueprint and node).", pattern="[A-Za-z0-9/_-]+"
    )

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
    }

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        asymmetric = self.spec != "SYMMETRIC_DEFAULT"
        if self.use != "encrypt" and not asymmetric:
            return [
                Refusal(
                    f"a symmetric key cannot {self.use}", "choose a 'spec' such as ECC_NIST_P256", "bad-value", "use"
                )
            ]
        if self.use == "encrypt" and self.spec.startswith(("ECC", "HMAC")):
            return [Refusal(f"{self.spec} cannot encrypt", "use: sign (ECC) or use: mac (HMAC)", "bad-value", "spec")]
        users = [e.source for e in world.edges if e.badge and e.target == node.id
                 and world[e.source].kind.encryption_key() == node.id]  # fmt: skip
        if asymmetric and users:
            return [Refusal(f"'{users[0]}' needs a symmetric key to be encrypted with", None, "wrong-kind", "spec")]
        return []

    def build(self, scope: Scope) -> None:
        from troposphere import kms

        root = Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")
        scope.policy(Statement(("kms:*",), ("*",), scope.node.id, "Account", {"AWS": root}))
        if self.administrators:
            actions = (
                "kms:DescribeKey",
                "kms:EnableKeyRotation",
                "kms:PutKeyPolicy",
                "kms:ScheduleKeyDeletion",
                "kms:CancelKeyDeletion",
            )
            scope.policy(
                Statement(actions, ("*",), scope.node.id, "Administrators", {"AWS": list(self.administrators)})
            )
        symmetric = self.spec == "SYMMETRIC_DEFAULT"
        key = scope.make(
            kms.Key, Description=scope.node.note or f"{scope.node.title} of {scope.architecture.title}",
            KeyPolicy={}, EnableKeyRotation=self.rotation if symmetric else None, KeySpec=None if symmetric else self.spec,
            KeyUsage=None if symmetric else USES[self.use], MultiRegion=self.multi_region or None,
            PendingWindowInDays=self.window,
        )  # fmt: skip
        name = self.alias_name or f"{scope.architecture.name}-{scope.node.id}"
        scope.make(kms.Alias, "Alias", AliasName=f"alias/{name}", TargetKeyId=key.ref)

    def finish(self, scope: Scope) -> None:
        scope.main.set("KeyPolicy", scope.policy_document())
