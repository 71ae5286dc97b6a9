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
        for place in ((node.place[0], region) for region in (*node.kind.copies(), node.place[1])):
            found = next((key for key in own if key.place == place), None)
            if found is None:
                suffix = "" if place == home else f"-{place[1]}"
                found = Node(f"{STRICT_KEY}{suffix}", cls(), node.span, place=place, label="Encryption key")
                own.append(found)
                made[found.id] = found
            key = found.id  # its own Region's comes last
        kind = dataclasses.replace(node.kind, **{node.kind.key_property: NodeId(key)})
        encrypted[node.id] = dataclasses.replace(node, kind=kind)
    return {**dict(reversed(made.items())), **encrypted}


def _wants_key(node: Node) -> bool:
    if node.existing or not node.kind.takes_key():
        return False
    return node.kind.encryption_key() is None and not node.kind.keyless()
