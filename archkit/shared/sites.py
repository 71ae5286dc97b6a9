"""Sites of one's own, and the lines that lead to them: the end of a VPN or of Direct Connect that is not AWS's."""

from __future__ import annotations

from typing import Any, ClassVar

from archkit.kind import Join, Kind
from archkit.scope import Link

__all__ = ["CIDR", "AtSite"]

CIDR = r"[0-9.]+/[0-9]+"
"""How a range of IPv4 addresses is spelled."""


class AtSite(Join):
    """The site at the other end of the line."""

    word: ClassVar[str] = "site"
    usual: ClassVar[bool] = True
    arrow: ClassVar[Any] = "either"
    bridges: ClassVar[bool] = True

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.actor and other.frame is not None

    def apply(self, link: Link) -> None:
        """Nothing: the line is ordered for a place, and what lies behind it is known by the site's ranges."""
