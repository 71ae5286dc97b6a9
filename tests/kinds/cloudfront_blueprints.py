"""What the tests of CloudFront share: blueprints with a distribution before a bucket, and files beside them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.options import synthesized

__all__ = ["ANY_ONE", "ASSETS", "FUNCTION", "KEYS", "ONLY", "PEM", "REWRITE", "ZONE", "beside", "resources", "site",
           "statements"]  # fmt: skip

ASSETS = "  assets: s3.bucket\n"
FUNCTION = "  work: {kind: lambda.function, runtime: python3.13, code: handler.py}\n"
ONLY = {"Fn::Sub": "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Cdn}"}
ANY_ONE = {"Fn::Sub": "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/*"}
PEM = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----\n"
REWRITE = "function handler(event) {\n  return event.request;\n}\n"


KEYS = "  keys: {kind: cloudfront.key_group, keys: [pub.pem]}\n"
ZONE = "{kind: route53.zone, existing: {id: Z0123456789ABCDEFGHIJ, domain: example.com}}"


def site(properties: str = "", nodes: str = "", edges: str = "", edge: str = "") -> str:
    """A distribution before a bucket; `edge` are options of their edge, the rest is more of each."""
    return (f"region: us-east-1\nnodes:\n  cdn: {{kind: cloudfront.distribution{properties}}}\n{ASSETS}{nodes}"
            f"edges:\n  - cdn -> assets{': ' + edge if edge else ''}\n{edges}")  # fmt: skip


def beside(folder: Path) -> Path:
    """Write the files that the blueprints name, and return their folder."""
    (folder / "pub.pem").write_text(PEM)
    (folder / "rewrite.js").write_text(REWRITE)
    (folder / "handler.py").write_text("def handler(event, context):\n    return event\n")
    return folder


def resources(text: str, folder: Path) -> dict[str, Any]:
    (template,) = synthesized(text, folder).values()
    found: dict[str, Any] = template["Resources"]
    return found


def statements(resource: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = resource["Properties"].get("PolicyDocument", resource["Properties"].get("KeyPolicy"))[
        "Statement"
    ]
    return found
