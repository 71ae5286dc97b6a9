"""`security: strict`: whatever can be encrypted by a customer-managed key is, with one key for each place."""

from __future__ import annotations

import dataclasses
from collections.abc import Container

from archkit import catalog
from archkit.architecture import Node, Place
from archkit.schema import NodeId

__all__ = ["encrypts", "key_id", "with_keys"]

STRICT_KEY = "encryption-key"


def with_keys(nodes: dict[str, Node], home: Place) -> dict[str, Node]:
    """Return the nodes with a key for each that wants one: the author's of its place, or one that is made."""
    cls = catalog.find("kms.key")
    assert cls is not None
    own = [node for node in nodes.values() if encrypts(node)]
    made: dict[str, Node] = {}
    encrypted = dict(nodes)
    for node in nodes.values():
        if not _wants_key(node):
            continue
        for place in ((node.place[0], region) for region in (*node.kind.copies(), node.place[1])):
            found = next((key for key in own if key.place == place), None)
            if found is None:
                found = Node(
                    key_id(place, home, {**nodes, **made}), cls(), node.span, place=place, label="Encryption key"
                )
                own.append(found)
                made[found.id] = found
            key = found.id  # its own Region's comes last
        kind = dataclasses.replace(node.kind, **{node.kind.key_property: NodeId(key)})
        encrypted[node.id] = dataclasses.replace(node, kind=kind)
    return {**dict(reversed(made.items())), **encrypted}


def encrypts(node: Node) -> bool:
    """Say whether a node is a key of the blueprint that services can encrypt with."""
    return node.kind.name == "kms.key" and node.existing is None and not getattr(node.kind, "asymmetric", False)


def key_id(place: Place, home: Place, taken: Container[str]) -> str:
    """Return the id of the key that is made for a place; it comes from the place alone, unless an author took it."""
    account, region = (own if own != at else "" for own, at in zip(place, home, strict=True))
    id = "-".join([STRICT_KEY, *(part for part in (account, region) if part)])
    while id in taken:
        id = f"strict-{id}"
    return id


def _wants_key(node: Node) -> bool:
    if node.existing or not node.kind.takes_key():
        return False
    return node.kind.encryption_key() is None and not node.kind.keyless()
