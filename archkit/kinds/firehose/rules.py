"""What a Firehose stream cannot be asked for: its edges and its properties taken together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archkit.architecture import Architecture, Node
from archkit.kind import Refusal
from archkit.kinds.firehose.destinations import Deliver, Destination, OnFailure, Spare, Warehouse
from archkit.kinds.firehose.sources import Source

__all__ = ["refusals"]

CONVERTED_MB = 64
"""Format conversion and dynamic partitioning gather at least so much
(https://docs.aws.amazon.com/firehose/latest/dev/buffering-hints.html)."""


def refusals(node: Node, world: Architecture) -> list[Refusal]:
    """Return what is wrong with a stream; the first fault of its destinations hides the others."""
    joins = [effect.join for _, effect in world.effects() if effect.owner == node.id]
    return [*list(_ways(node, joins))[:1], *_sources(node, world), *_format(node.kind, joins)]


def _ways(node: Node, joins: list[Any]) -> Iterator[Refusal]:
    ends = [join for join in joins if isinstance(join, Destination)]
    spares = [join for join in joins if isinstance(join, Spare)]
    staged = any(isinstance(join, Warehouse) for join in ends)
    final = [join for join in ends if not (staged and isinstance(join, Deliver))]
    files = not final or isinstance(final[0], Deliver | Warehouse)
    if not final and spares:
        yield Refusal(f"'{node.id}' keeps records beside, and delivers nowhere", f"- {node.id} -> bucket", "no-target")
    if len(final) > 1:
        yield Refusal(
            f"'{node.id}' delivers to one place, not {len(final)}", "a bucket beside another destination takes what "
            "fails, 'does: on_failure', or everything, 'does: backup'", "too-many-targets",
        )  # fmt: skip
    if staged and spares and len(ends) == 1:
        yield Refusal(f"'{node.id}' loads the warehouse from files, and has no bucket for them",
                      f"- {node.id} -> bucket", "missing-edge")  # fmt: skip
    if len(spares) > 1:
        yield Refusal(f"'{node.id}' has one bucket beside its destination, not {len(spares)}", None, "too-many-targets")
    if files and any(isinstance(join, OnFailure) for join in spares):
        yield Refusal("what cannot be delivered lies in the bucket itself", "error_prefix: errors/ on the edge to it, "
                      "or 'does: backup' to keep what came in")  # fmt: skip


def _sources(node: Node, world: Architecture) -> Iterator[Refusal]:
    read = [
        edge.source for edge, effect in world.effects() if effect.owner == node.id and isinstance(effect.join, Source)
    ]
    if len(read) > 1:
        yield Refusal(f"'{node.id}' reads one stream, not {len(read)}", "give each a Firehose stream of its own",
                      "too-many-sources")  # fmt: skip
    written = [edge.source for edge in world.edges if edge.target == node.id and edge.effects]
    others = [source for source in written if source not in read]
    if read and others:
        yield Refusal(f"'{node.id}' takes records from '{read[0]}' alone, so '{others[0]}' cannot write to it",
                      f"- {others[0]} -> {read[0]}")  # fmt: skip


def _format(kind: Any, joins: list[Any]) -> Iterator[Refusal]:
    files = [join for join in joins if isinstance(join, Deliver)]
    if kind.convert is not None and kind.compression != "none":
        yield Refusal("a columnar format is compressed by itself", "say it there: convert: {compression: gzip}",
                      "bad-value", "compression")  # fmt: skip
    if kind.convert is not None and not files:
        yield Refusal("only files in a bucket are converted", None, "bad-value", "convert")
    large = kind.convert is not None or any(join.partition for join in files)
    if large and isinstance(kind.size, int) and kind.size < CONVERTED_MB:
        yield Refusal(f"conversion and folders by content gather at least {CONVERTED_MB} MB", f"size: {CONVERTED_MB}",
                      "out-of-bounds", "size")  # fmt: skip
