"""The records by which two kinds are joined: what one end declares, and what the other offers to it.

A `Join` is active: its owner's kind lists it, and its annotated names are options of the edge. `Push` is the join of
whatever delivers events. `Poll` and `Listen` are offered by what is polled and by what is connected to.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from archkit.offers import Port, Refusal
from archkit.schema import Record

if TYPE_CHECKING:
    from archkit.architecture import Ends, Node
    from archkit.kind import Kind
    from archkit.scope import Link, Principal

__all__ = ["Join", "Listen", "Poll", "Push", "Style"]

Style = Literal["request", "event", "data", "guard"]


class Join(Record):
    """One way in which its owner joins another node; the annotated names are options of the edge.

    `word` is the word that asks for it, `usual` whether it is meant where an edge says nothing, `arrow` how the edge
    is drawn from the owner's side, `identity` the options that tell two edges of one pair apart, `home` the Region
    that AWS demands the other end to be in, `replaces` the helper of the owner that is not made where this join is
    written, `marker` the option that asks for this join where no word is said, `dials` the end that opens a network
    connection to the other, and `bridges` says that the networks at both ends reach one another by it.
    """

    word: ClassVar[str] = ""
    usual: ClassVar[bool] = False
    arrow: ClassVar[Literal["out", "in", "either"]] = "out"
    style: ClassVar[Style] = "request"
    identity: ClassVar[tuple[str, ...]] = ()
    home: ClassVar[str | None] = None
    replaces: ClassVar[str | None] = None
    marker: ClassVar[str | None] = None
    dials: ClassVar[Literal["owner", "other"] | None] = None
    bridges: ClassVar[bool] = False

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        """Say whether nodes of these kinds can be joined in this way at all."""
        raise NotImplementedError

    @classmethod
    def usually(cls, owner: type[Kind], other: type[Kind]) -> bool:
        """Say whether an edge between these kinds that says nothing means this join."""
        return cls.usual

    @classmethod
    def partner(cls, owner: type[Kind], other: type[Kind]) -> type[Record] | None:
        """Return a second record of options that the edge takes, such as those of what is polled."""
        return None

    @classmethod
    def short_form(cls, text: str) -> Mapping[str, str] | None:
        """Read the short form of an edge into options, or return None where it is not this join's."""
        return None

    def homes(self, owner: Node, other: Node, nodes: Mapping[str, Node]) -> Mapping[str, str]:
        """Return the Regions that AWS demands because of this join, by node id."""
        return {other.id: self.home} if self.home else {}

    def refuse(self, ends: Ends) -> Refusal | None:
        """Say why these two nodes cannot be joined with these options; None where they can."""
        return None

    def services(self, other: Node) -> tuple[str, ...]:
        """Return the endpoint services that the owner calls because of it."""
        return ()

    def apply(self, link: Link) -> None:
        """Write what the join becomes: resources, amendments of either end, rights."""
        raise NotImplementedError

    def text(self) -> str | None:
        """Return what the edge is labelled with in the picture when its author gave no label."""
        return None


class Poll(Record):
    """Offered by what is polled: the options of the mapping, and which grant the poller needs."""

    grant: ClassVar[str] = "receive"
    arn: ClassVar[str] = "${arn}"
    usual: ClassVar[bool] = True
    identity: ClassVar[tuple[str, ...]] = ("filter",)

    def prepare(self, link: Link) -> None:
        """Switch on at the source what polling needs, such as a stream."""

    def services(self, target: Node) -> tuple[str, ...]:
        """Return the endpoint services that are called from the subnets of what is polled, to poll for a target."""
        return ()

    def mapping(self, link: Link) -> dict[str, Any]:
        """Return the properties of an AWS::Lambda::EventSourceMapping that say how to poll."""
        raise NotImplementedError

    def pipe(self, link: Link, role: Principal) -> dict[str, Any]:
        """Return the SourceParameters of an AWS::Pipes::Pipe that runs under a role."""
        raise NotImplementedError


class Listen(Record):
    """Offered by what is connected to over the network of a VPC: options of the connection, and what comes with it.

    The ports are the kind's (`Kind.ports`), so that they can follow its properties. `usual` says whether an edge
    without words means a connection; where rights say more (`read`, `write`) it does not, and the way is opened with
    them.
    """

    usual: ClassVar[bool] = True

    def refuse(self, ends: Ends) -> Refusal | None:
        """Say why these two nodes cannot be connected with these options; None where they can."""
        return None

    def opened(self, kind: Kind) -> tuple[Port, ...]:
        """Return the ports that are opened: those of the target's kind, unless the edge says which."""
        return kind.ports()

    def services(self, target: Node) -> tuple[str, ...]:
        """Return the endpoint services that the source calls for it, such as that of the secret."""
        return ()

    def rights(self, target: Node) -> tuple[str, ...]:
        """Return what the source may do beside connecting, in a few words each."""
        return ()

    def give(self, link: Link) -> None:
        """Give the source what it needs beside the open port: credentials, rights, further variables."""


class Push(Join):
    """A source that delivers to whoever admits one of its protocols: by service principal, or by a role of its own.

    `service` is the principal that calls. Protocols in `doors` are entered as that service (a resource policy of the
    target), those in `roles` with the source's role.
    """

    word: ClassVar[str] = "trigger"
    usual: ClassVar[bool] = True
    style: ClassVar[Style] = "event"
    service: ClassVar[str] = ""
    doors: ClassVar[frozenset[str]] = frozenset()
    roles: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.admits is not None and other.admits.protocol in cls.doors | cls.roles
