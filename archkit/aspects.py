"""Two aspects of a kind: how it is drawn, and where in a network it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from archkit.joins import Listen
from archkit.offers import Frame, Port
from archkit.schema import Record

if TYPE_CHECKING:
    from archkit.architecture import Architecture, Node
    from archkit.scope import Scope

__all__ = ["Look", "Spread", "Standing"]

Spread = Literal["one", "across", "each", "standby"]


class Look(Record):
    """How a kind is drawn.

    `icon` is a path in diagrams' icons, `frame` what it is drawn as where it is a group, `actor` who calls from
    outside, `guard` what is drawn small beside what it guards. `row` is a group that lies as a row across the zones of
    the group around it, `border` what stands on the frame of its group (a gateway), `envelope` the frame across all
    zones that holds the copies of a replicated node (an Auto Scaling group), `shown` a helper that is drawn even where
    no edge names it.
    """

    icon: ClassVar[str] = ""
    frame: ClassVar[Frame | None] = None
    actor: ClassVar[bool] = False
    guard: ClassVar[bool] = False
    row: ClassVar[bool] = False
    border: ClassVar[bool] = False
    envelope: ClassVar[Frame | None] = None
    shown: ClassVar[bool] = False

    def framed(self) -> Frame | None:
        """Return how it is drawn as a group; None for what is not a group."""
        return self.frame

    def columns(self) -> int:
        """Return how many Availability Zones a group is drawn as, in equal columns; 0 for none."""
        return 0

    def spread(self) -> Spread:
        """Return how it stands in the zones of the group around it: in `one`, once `across` all of them, in `each`
        (replicated), or in one with a `standby` in another."""
        return "one"

    def second(self) -> str:
        """Return what the one in another zone is called, where it stands as `standby`: a standby waits and is drawn
        pale, anything else, such as a reader, works."""
        return "standby"

    def further(self) -> int:
        """Return how many of those there are: one is drawn in each further zone, as far as zones go."""
        return 1

    def drawn(self) -> str:
        """Return its icon, which may follow its properties."""
        return type(self).icon

    def caption(self) -> str | None:
        """Return a second line under the node's name in the picture, such as an engine or a size."""
        return None


class Standing(Record):
    """Where in a network a kind stands, and by what it is reached there.

    `network` is the role of a group in it, `resides` where nodes stand: a Region's service in no VPC, `subnets`
    necessarily and `either` by choice in a group of subnets, `vpc` in the VPC itself (a gateway). `prefers` is the tier
    that suits it best, `reaches` says that connections go out from it, `listens` what connecting to it brings,
    `private_link` the VPC endpoint service that it answers at (default: the prefix of its actions), `serves` as what
    sort of target a load balancer hands requests to it, `classic_list` the property that lists Classic Load Balancers
    (`Instances`: theirs lists it), `mounts` the protocols by which it mounts shared file systems (nfs, lustre, smb),
    `aws_group` the security group (attribute template) that AWS makes for it.
    """

    network: ClassVar[Literal["vpc", "subnets"] | None] = None
    resides: ClassVar[Literal["region", "vpc", "subnets", "either"]] = "region"
    prefers: ClassVar[Literal["public", "private", "isolated"]] = "private"
    reaches: ClassVar[bool] = False
    listens: ClassVar[type[Listen] | None] = None
    private_link: ClassVar[str | None] = None
    serves: ClassVar[Literal["instance", "ip", "lambda", "alb"] | None] = None
    classic_list: ClassVar[str | None] = None
    mounts: ClassVar[frozenset[str]] = frozenset()
    aws_group: ClassVar[str | None] = None

    def ports(self) -> tuple[Port, ...]:
        """Return the ports that it listens on in a VPC."""
        return ()

    def carries(self) -> tuple[str, ...]:
        """Return the endpoint services that it brings into the VPC around it."""
        return ()

    def exposure(self) -> Literal["public", "private", "isolated"] | None:
        """Return which ways a group of subnets has: from and to the Internet, to it alone, or neither."""
        return None

    def public_address(self, node: Node, world: Architecture) -> bool:
        """Say whether it has an address on the Internet, at which it is reached and from which it goes out."""
        return False

    def subnet_ids(self, scope: Scope) -> list[Any]:
        """Return the ids of the subnets that a group of them holds, one for each zone."""
        return []

    def ranges(self, scope: Scope) -> list[Any]:
        """Return the address ranges that a group of subnets, or a VPC, holds."""
        return []
