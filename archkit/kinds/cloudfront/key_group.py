"""Keys that signed URLs and cookies are checked with."""

from __future__ import annotations

import hashlib
from pathlib import Path

from archkit.architecture import Architecture, Node
from archkit.kind import External, Kind, Refusal, prop
from archkit.kinds.cloudfront.policies import named
from archkit.scope import Scope
from archkit.shared.code import code_path

__all__ = ["KeyGroup"]

BEGIN = "-----BEGIN PUBLIC KEY-----"
EXAMPLE = BEGIN + r"\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----\n"


class KeyGroup(Kind, icon="aws/security/identity-and-access-management-iam-long-term-security-credential",
               service="Amazon CloudFront", types=("AWS::CloudFront::KeyGroup", "AWS::CloudFront::PublicKey"),
               name="cloudfront.key_group"):  # fmt: skip
    """Key group: the public keys with which CloudFront checks signed URLs and signed cookies."""

    keys: list[str] = prop(doc="Public keys in PEM, or files with them beside the blueprint.", le=5, shape=True)
    comment: str | None = prop(None, "What the keys are for.", le=128)

    guard = True
    attributes = {"id": "${}"}
    external = External(("id",))
    taggable = False
    example = f'{{keys: ["{EXAMPLE}"]}}'

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        for key in self.keys:
            path = _file(world.path, key)
            if path is not None and not (path.is_file() and path.read_text("utf-8").startswith(BEGIN)):
                help = f"a file beside the blueprint, or the key itself, that begins with {BEGIN}"
                return [Refusal(f"'{key}' is no public key in PEM", help, "bad-value", "keys")]
        return []

    def build(self, scope: Scope) -> None:
        """A public key never changes: its id and name hold the hash of what it is."""
        from troposphere import cloudfront

        items = []
        for key in self.keys:
            path = _file(scope.architecture.path, key)
            text = path.read_text("utf-8") if path is not None else key
            mark = hashlib.sha256(text.strip().encode()).hexdigest()[:8]
            config = {"Name": named(scope, mark, 64), "CallerReference": mark, "EncodedKey": text.strip() + "\n"}
            items.append(scope.make(cloudfront.PublicKey, f"PublicKey{mark}", PublicKeyConfig=config).ref)
        group = {"Name": scope.physical(64), "Items": items, "Comment": self.comment or scope.node.note}
        scope.make(cloudfront.KeyGroup, KeyGroupConfig=group)


def _file(blueprint: str, key: str) -> Path | None:
    return None if key.lstrip().startswith("-----") else code_path(blueprint, key)
