"""Transit Gateway: a hub that joins many networks of one Region, and those beyond a VPN.

https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from archkit.architecture import Ends
from archkit.kind import External, Join, Kind, Metric, NodeId, Refusal, prop
from archkit.kinds.ec2.peering import overlapping
from archkit.kinds.ec2.tables import add_routes, named, tiers_in
from archkit.network import spelled
from archkit.scope import Link, Resource, Scope

__all__ = ["TransitGateway", "table_of"]

EXISTS = "tgw-rtb-"
"""What the ids of route tables begin with."""


class Attach(Join):
    """The network is attached to the hub: it reaches the others that are, and they reach it."""

    word: ClassVar[str] = "attach"
    usual: ClassVar[bool] = True
    arrow: ClassVar[Any] = "either"
    bridges: ClassVar[bool] = True

    subnets: NodeId | None = prop(
        None, "Group of subnets where the attachment stands (default: the first not public).", to="ec2.subnets"
    )
    table: str | None = prop(None, "Table of the hub, by name or id, that says where packets go (default: the hub's).",
                             pattern="[a-z][a-z0-9-]*", shape=True)  # fmt: skip
    announce: list[str] = prop([], "Route tables of the hub that learn the way here (default: its own).", shape=True)
    routes: list[str] = prop([], "Ranges that lead to the hub (default: those of all that is attached).",
                             pattern=r"[0-9.]+/[0-9]+")  # fmt: skip
    static: list[str] = prop([], "Ranges beyond its own that the hub sends here, such as 0.0.0.0/0 where NAT is.",
                             pattern=r"[0-9.]+/[0-9]+")  # fmt: skip
    appliance: bool = prop(False, "Keep both directions of a connection in one zone, for firewalls.")

    @classmethod
    def fits(cls, owner: type[Kind], other: type[Kind]) -> bool:
        return other.network == "vpc"

    def refuse(self, ends: Ends) -> Refusal | None:
        hub, vpc, world = ends.owner, ends.other, ends.architecture
        if vpc.existing is not None:
            return Refusal(f"'{vpc.id}' exists already and gets no routes", "attach it where it is owned, and write "
                           "'does: flow' here", "cannot-change")  # fmt: skip
        if hub.place != vpc.place:
            return Refusal(
                "a transit gateway joins networks of its own Region", "one in each Region, peered", "other-region"
            )
        for edge, effect in world.effects("attach"):
            other = world[edge.target if edge.source == hub.id else edge.source]
            if effect.owner == hub.id and other.id != vpc.id:
                clash = overlapping(vpc, other)
                if clash is not None:
                    return clash
        if not [child for child in world.children(vpc.id) if child.kind.network == "subnets"]:
            return Refusal(f"'{vpc.id}' has no subnets in which the attachment could stand", None, "needs-subnets")
        if self.static and not (self.announce or self.table):
            return Refusal("static ways stand in a route table of the hub that has a name", "announce: [shared]",
                           "missing-property", "static")  # fmt: skip
        unknown = [name for name in (self.table, *self.announce) if name and not name.startswith(EXISTS)]
        if hub.existing is not None and unknown:
            return Refusal(f"'{hub.id}' exists already, and its route tables are known by their ids",
                           f"{EXISTS}0123456789abcdef0 instead of '{unknown[0]}'", "cannot-change")  # fmt: skip
        return None

    def apply(self, link: Link) -> None:
        from troposphere import ec2

        hub, vpc = link.owner, link.other
        tiers = tiers_in(vpc)
        chosen = link.option(self.subnets) or next(
            (tier for tier in tiers if tier.kind.exposure() != "public"), tiers[0]
        )
        made = link.make(
            ec2.TransitGatewayAttachment, "Attachment", TransitGatewayId=hub.attribute("id"), VpcId=vpc.attribute("id"),
            SubnetIds=chosen.kind.subnet_ids(chosen),
            Options={"ApplianceModeSupport": "enable"} if self.appliance else None,
        )  # fmt: skip
        for tier in tiers:
            add_routes(tier, hub.id, self.routes or beyond(hub, vpc), link.because, [made],
                       TransitGatewayId=hub.attribute("id"))  # fmt: skip
        attach_tables(link, made, self.table, self.announce)
        for name in self.announce or ([self.table] if self.table else []):
            for number, whole in enumerate(self.static):
                link.make(ec2.TransitGatewayRoute, f"{_camel(name)}Way{spelled(whole, number)}",
                          DestinationCidrBlock=whole, TransitGatewayAttachmentId=made.ref,
                          TransitGatewayRouteTableId=table_of(hub, name))  # fmt: skip


def beyond(hub: Scope, vpc: Scope | None = None) -> list[Any]:
    """Return the ranges that a hub leads to, those of one network left out."""
    found: list[Any] = []
    for other in _joined(hub):
        if vpc is None or other.node.id != vpc.node.id:
            found += [whole for whole in other.kind.ranges(other) if whole not in found]
    return found


def _joined(hub: Scope) -> Iterator[Scope]:
    """Yield what a hub joins: the networks attached to it, and what lies behind a VPN or a Direct Connect gateway."""
    world = hub.architecture
    for edge in world.edges:
        if any(effect.join is not None and effect.join.bridges for effect in edge.effects) and hub.node.id in (
            edge.source, edge.target):  # fmt: skip
            other = hub.of(edge.target if edge.source == hub.node.id else edge.source)
            if other is not None:
                yield other


def attach_tables(link: Link, attachment: Resource, table: str | None, announce: list[str]) -> None:
    """Associate an attachment with a route table of the hub, and make its way known in others."""
    from troposphere import ec2

    hub = link.owner if link.owner.node.kind.name == "ec2.transit_gateway" else link.other
    if table is not None:
        link.make(ec2.TransitGatewayRouteTableAssociation, "Association", TransitGatewayAttachmentId=attachment.ref,
                  TransitGatewayRouteTableId=table_of(hub, table))  # fmt: skip
    for name in announce or ([table] if table is not None else []):
        link.make(ec2.TransitGatewayRouteTablePropagation, f"PropagationTo{_camel(name)}",
                  TransitGatewayAttachmentId=attachment.ref,
                  TransitGatewayRouteTableId=table_of(hub, name))  # fmt: skip


def table_of(hub: Scope, name: str) -> Any:
    """Return the id of a route table of a hub: one that exists already, or one that is made on first use."""
    from troposphere import ec2

    if name.startswith(EXISTS):
        return name
    helper = f"Table{_camel(name)}"
    made = hub.get(helper) or hub.make(ec2.TransitGatewayRouteTable, helper, TransitGatewayId=hub.main.ref,
                                       Tags=named(hub, f"-{name}"))  # fmt: skip
    return made.ref


def _camel(text: str) -> str:
    return "".join(word.capitalize() for word in re.split("[^A-Za-z0-9]+", text))


class TransitGateway(Kind, icon="aws/network/transit-gateway", service="AWS Transit Gateway",
                     types=("AWS::EC2::TransitGateway", "AWS::EC2::TransitGatewayRouteTable",
                            "AWS::EC2::TransitGatewayAttachment", "AWS::EC2::TransitGatewayRoute",
                            "AWS::EC2::TransitGatewayRouteTableAssociation",
                            "AWS::EC2::TransitGatewayRouteTablePropagation")):  # fmt: skip
    """Transit gateway: a hub to which VPCs, VPNs and Direct Connect gateways are attached, each by an edge."""

    asn: int = prop(64_512, "Autonomous system number of the AWS side.", ge=1, le=4_294_967_294)
    default_table: bool = prop(
        True, "One route table for all that is attached; without it each edge names its 'table'.", shape=True
    )
    accept_shared: bool = prop(False, "Accept attachments of other accounts by itself.")
    ecmp: bool = prop(True, "Spread packets over VPN connections of equal routes.")

    joins = (Attach,)
    attributes = {"id": "${}", "arn": "${.TransitGatewayArn}"}
    external = External(("id",))
    metrics = {
        "bytes-in": Metric("AWS/TransitGateway", "BytesIn", {"TransitGateway": "${id}"}),
        "dropped": Metric("AWS/TransitGateway", "PacketDropCountNoRoute", {"TransitGateway": "${id}"}),
    }

    def build(self, scope: Scope) -> None:
        from troposphere import ec2

        word = "enable" if self.default_table else "disable"
        scope.make(
            ec2.TransitGateway, AmazonSideAsn=self.asn, Description=f"{scope.architecture.name}: {scope.node.title}",
            AutoAcceptSharedAttachments="enable" if self.accept_shared else "disable",
            DefaultRouteTableAssociation=word, DefaultRouteTablePropagation=word, DnsSupport="enable",
            VpnEcmpSupport="enable" if self.ecmp else "disable", Tags=named(scope),
        )  # fmt: skip
