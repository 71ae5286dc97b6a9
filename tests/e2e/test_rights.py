"""What the role of a function may do by its edges, asked of IAM after a deployment: just that, and just there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from archkit import catalog
from archkit.kind import Kind
from tests.e2e.blueprints import Aws, compiled, role_of
from tests.e2e.cloud import Cloud, Stack
from tests.e2e.conftest import Deploy
from tests.e2e.rights import ADDRESSES, NEVER, RIGHTS, SEALED, TARGETS, Right, neighbour

FUNCTION = "{kind: lambda.function, runtime: python3.13, code: other.py}"
HANDLER = "def handler(event, context): ...\n"
KEY_ACTIONS = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:Sign", "kms:ScheduleKeyDeletion"]


def user(right: Right) -> str:
    """The function that has this right: the first words of all targets go to one, the second to another, and so on."""
    words = [row.word for row in RIGHTS if row.target == right.target]
    return f"user{words.index(right.word)}"


def blueprint() -> str:
    """All targets, the functions, and an edge for each right."""
    users = sorted({user(right) for right in RIGHTS})
    addresses = {target: ADDRESSES.get(target, f"${{{target}.arn}}") for target in TARGETS}
    return "\n".join(
        [
            "name: rights\nnodes:",
            *(f"  {target}: {node}" for target, node in TARGETS.items()),
            *(f"  {name}: {FUNCTION}" for name in users),
            "edges:\n  - api -> other: GET /",
            *(f"  - {user(right)} -> {right.target}: {right.word}" for right in RIGHTS),
            "outputs:",
            *(f'  {target.title()}: "{address}"' for target, address in addresses.items() if "${" in address),
        ]
    )


def sealed() -> str:
    """Targets with a key of their own, and a function for each edge to one."""
    nodes, edges = [], []
    for number, row in enumerate(SEALED):
        nodes += [f"  key{number}: kms.key", f"  made{number}: {row.target % f'key{number}'}"]
        nodes += [f"  user{number}: {FUNCTION}"]
        edges += [f"  - user{number} -> made{number}: {row.word}"]
    outputs = [f"  Key{number}: ${{key{number}.arn}}" for number in range(len(SEALED))]
    return "\n".join(["name: sealed\nnodes:", *nodes, "edges:", *edges, "outputs:", *outputs])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rights")
    (folder / "other.py").write_text(HANDLER)
    return folder


@pytest.fixture(scope="module")
def deployed(folder: Path, cloud: Cloud) -> Iterator[Stack]:
    stack = cloud.deploy(compiled(folder, blueprint()))
    yield stack
    cloud.delete(stack.name)


@pytest.mark.parametrize("target", TARGETS)
def test_an_edge_gives_its_actions_on_its_target_and_no_more(
    target: str, deployed: Stack, cloud: Cloud, aws: Aws
) -> None:
    arn = deployed.outputs.get(target.title()) or ADDRESSES[target]
    rows = [row for row in RIGHTS if row.target == target]
    asked = sorted(set().union(*(row.granted() for row in rows)) | never(rows[0].service))
    for row in rows:
        role = role_of(aws, deployed, user(row).title())
        assert cloud.allowed(role, asked, row.on(arn)) == row.granted(), row
        if "*" not in (arn, row.on(arn)):
            assert cloud.allowed(role, asked, row.on(neighbour(arn))) == set(), row


def test_every_word_of_each_kind_is_asked_for() -> None:
    kinds = {target: kind_of(node) for target, node in TARGETS.items() if ADDRESSES.get(target) != "*"}
    asked = {(kind, right.word) for target, kind in kinds.items() for right in RIGHTS if right.target == target}
    assert {(kind, word) for kind in kinds.values() for word in kind.grants} - asked == set()


def test_an_edge_gives_the_use_of_its_targets_key(folder: Path, cloud: Cloud, aws: Aws, deploy: Deploy) -> None:
    stack = deploy(compiled(folder, sealed()))
    for number, row in enumerate(SEALED):
        role, key = role_of(aws, stack, f"User{number}"), stack.outputs[f"Key{number}"]
        granted = {f"kms:{action}" for action in row.actions.split()}
        assert cloud.allowed(role, KEY_ACTIONS, key, via=row.service()) == granted, row
        assert cloud.allowed(role, KEY_ACTIONS, key, via="ebs.us-east-1.amazonaws.com") == set(), row
        assert cloud.allowed(role, KEY_ACTIONS, f"{key}-neighbour", via=row.service()) == set(), row


def never(service: str) -> set[str]:
    """Actions of a service that no edge gives."""
    return {f"{service}:{action}" for action in NEVER.get(service, ())}


def kind_of(node: str) -> type[Kind]:
    """The kind of a node."""
    kind = catalog.find(re.sub(r"^{kind: |[,}].*$", "", node))
    assert kind, node
    return kind
