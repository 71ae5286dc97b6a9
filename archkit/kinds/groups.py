"""Groups: what nodes stand in. Colours are those of AWS's architecture icons (https://aws.amazon.com/architecture/icons/)."""

from __future__ import annotations

from typing import Any

from archkit import network
from archkit.architecture import Architecture, Ends, Node
from archkit.kind import Frame, Kind, Listen, Port, Refusal, prop
from archkit.scope import Scope


class Remote(Listen):
    """A connection to something that AWS does not run."""

    port: int | None = prop(None, "Port that is connected to.", ge=1, le=65_535, shape=True)
    protocol: str = prop("tcp", "Protocol.", pattern="tcp|udp", shape=True)

    def refuse(self, ends: Ends) -> Refusal | None:
        if self.port is None:
            return Refusal(f"'{ends.target.id}' listens on a port that the edge says", "port: 1521", "missing-property")
        if not getattr(ends.target.kind, "cidrs", None):
            return Refusal(
                f"the addresses of '{ends.target.id}' are not known",
                "cidrs: [192.168.0.0/16] there",
                "missing-property",
            )
        return None

    def opened(self, kind: Kind) -> tuple[Port, ...]:
        return (Port(self.port or 0, protocol=self.protocol),)


class Cloud(Kind, name="cloud", service="AWS Cloud"):
    """AWS itself: what is inside is in the cloud, what is outside is not."""

    frame = Frame("#242F3E", icon="aws/general/cloud")


class Account(Kind, name="account", service="AWS account"):
    """An AWS account; its nodes go into stacks of their own."""

    id: str | None = prop(None, "The account's id, 12 digits.", shape=True)

    frame = Frame("#E7157B", icon="glyph/account")


class Region(Kind, name="region", service="Region"):
    """An AWS Region; its nodes go into a stack of their own. Several codes stamp a copy for each."""

    code: str = prop(doc="Code of the Region, such as eu-west-1, or a list of codes.", shape=True)

    frame = Frame("#00A4A6", dashed=True, icon="glyph/region")
    example = "{code: us-east-1}"

    def caption(self) -> str | None:
        return self.code


class Zone(Kind, name="availability_zone", service="Availability Zone"):
    """An Availability Zone, drawn by hand around what stands in no VPC: a VPC draws its own from `zones:`."""

    code: str | None = prop(None, "Name of the zone, such as eu-west-1a.", pattern="[a-z0-9-]+", shape=True)

    frame = Frame("#00A4A6", dashed=True, title="center")

    def caption(self) -> str | None:
        return self.code

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        vpc = network.vpc_of(node, world)
        inner = [one.id for one in world.children(node.id) if one.kind.network]
        if vpc is None and not inner:
            return []
        text = (
            f"'{vpc.id}' draws its zones itself"
            if vpc
            else f"a zone holds no network, and a VPC spans zones: '{inner[0]}'"
        )
        return [Refusal(text, "zones: 2 on the VPC, with its tiers right in it", "wrong-place")]


class Group(Kind, name="group", service="generic group"):
    """A frame of your own: a team, a layer, a bounded context."""

    frame = Frame("#7D8998", dashed=True, title="center")


class DataCenter(Kind, name="data_center", service="corporate data centre"):
    """A corporate data centre, outside AWS."""

    cidrs: list[str] = prop([], "Its address ranges, which security groups and routes name.",
                                    pattern=r"[0-9.]+/[0-9]+", shape=True)  # fmt: skip

    reaches = True
    listens = Remote
    serves = "ip"

    def ranges(self, scope: Scope) -> list[Any]:
        return list(self.cidrs)

    frame = Frame("#7D8998", icon="glyph/data-center")
    actor = True
