"""`security: strict`: whatever can be encrypted by a customer-managed key is, with one key for each place."""

from __future__ import annotations

import dataclasses

from archkit import catalog
from archkit.architecture import Node, Place
from archkit.schema import NodeId

__all__ = ["STRICT_KEY", "with_keys"]

STRICT_KEY = "encryption-key"


def with_keys(nodes: dict[str, Node], home: Place) -> dict[str, Node]:
    """Return the nodes with a key for each that wants one: the author's of its place, or one that is made."""
    cls = catalog.find("kms.key")
    assert cls is not None
    own = [node for node in nodes.values() if node.kind.name == "kms.key" and not node.existing]
    made: dict[str, Node] = {}
    encrypted = dict(nodes)
    for node in nodes.values():
        if not _wants_key(node):
            continue
        key = next((key for key in own if key.place == node.place), None)
        if key is None:
            suffix = "" if node.place == home else f"-{node.place[1]}"
            key = Node(f"{STRICT_KEY}{suffix}", cls(), node.span, place=node.place, label="Encryption key")
            own.append(key)
            made[key.id] = key
        kind = dataclasses.replace(node.kind, **{node.kind.key_property: NodeId(key.id)})
        encrypted[node.id] = dataclasses.replace(node, kind=kind)
    return {**dict(reversed(made.items())), **encrypted}


def _wants_key(node: Node) -> bool:
    if node.existing or not node.kind.takes_key():
        return False
    return node.kind.encryption_key() is None and not node.kind.keyless()
