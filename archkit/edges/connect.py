"""A connection over the network of a VPC: `fleet -> db` is an open port, credentials or rights, and the address.

The port is opened from exactly the source's security group to exactly the target's, with a rule on either side
(https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html).
"""

from __future__ import annotations

from typing import Any, ClassVar

from archkit import network
from archkit.architecture import Ends
from archkit.kind import Join, Kind, Record, Refusal
from archkit.scope import Link

__all__ = ["Connect"]


class Connect(Join):
    """Connects to what listens in a VPC, with what comes along: credentials, rights, the address."""

    word: ClassVar[str] = "connect"
    style: ClassVar[Any] = "data"
    dials: ClassVar[Any] = "owner"

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return owner.reaches and other.listens is not None

    @classmethod
    def usually(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.listens is not None and other.listens.usual

    @classmethod
    def partner(cls, owner: type[Kind], other: type[Kind]) -> type[Record] | None:
        return other.listens

    def refuse(self, ends: Ends) -> Refusal | None:
        refusal: Refusal | None = ends.partner.refuse(ends)
        return refusal

    def apply(self, link: Link) -> None:
        network.open_way(link.owner, link.other, link.because, link.partner.opened(link.other.node.kind))
        link.partner.give(link)
        link.hand_over()
