"""A note is any text; what of it a resource's description takes."""

from __future__ import annotations

from pathlib import Path

import pytest

import archkit
from tests.options import synthesized

LONG = "word " * 80
ROWS = [
    ("wafv2.web_acl", "it's (mostly) a note \u2013 100 %", "it s mostly a note 100"),
    ("{kind: iam.role, services: [ec2.amazonaws.com]}", "mail \u2013 \u00e4nderung", "mail \u00e4nderung"),
    ("{kind: secretsmanager.secret}", "it's (mostly) \u2013", "it's (mostly) \u2013"),
    ("{kind: lambda.function, runtime: python3.13, code: handler.py}", LONG.strip(), "word " * 50 + "\u2026"),
    ("wafv2.web_acl", "\u65e5\u672c\u8a9e", None),
]


@pytest.mark.parametrize(("kind", "note", "said"), ROWS)
def test_what_of_a_note_is_a_description(kind: str, note: str, said: str | None, tmp_path: Path) -> None:
    (tmp_path / "handler.py").write_text("def handler(event, context):\n    return {}\n")
    kind = kind[:-1] if kind.startswith("{") else f"{{kind: {kind}"
    text = f'nodes:\n  one: {kind}, note: "{note}"}}\n'
    assert synthesized(text, tmp_path)["test"]["Resources"]["One"]["Properties"].get("Description") == said
    archkit.load(tmp_path / "blueprint.yaml", text=f"name: test\n{text}").synth()
