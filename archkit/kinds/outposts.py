"""AWS Outposts: machines of AWS in a building of one's own."""

from __future__ import annotations

from archkit import network
from archkit.architecture import Architecture, Node
from archkit.kind import External, Frame, Kind, Record, Refusal, prop
from archkit.scope import Scope

__all__ = ["Site"]


class Address(Record):
    """Where the machines stand, and who opens the door."""

    contact: str = prop(doc="Name of who is there.")
    phone: str = prop(doc="Phone number of who is there.")
    street: str = prop(doc="Street and number.")
    city: str = prop(doc="City.")
    state: str = prop(doc="State or region.")
    postal_code: str = prop(doc="Postal code.")
    country: str = prop(doc="Two letters of the country.", pattern="[A-Z]{2}")

    def form(self) -> dict[str, str]:
        """Return the address as Outposts writes it."""
        return {"ContactName": self.contact, "ContactPhoneNumber": self.phone, "AddressLine1": self.street,
                "City": self.city, "StateOrRegion": self.state, "PostalCode": self.postal_code,
                "CountryCode": self.country}  # fmt: skip


class Site(Kind, icon="aws/compute/outposts", service="AWS Outposts", types=("AWS::Outposts::Site",)):
    """Building of your own with machines of AWS in it: a group of the servers that run there.

    Put it into a group of subnets; 'outpost' names the machines once they are delivered, and the subnet is theirs.
    """

    site_name: str | None = prop(None, "Name of the site (default: the blueprint's and its own).",
                                 pattern=r"\S(.{0,998}\S)?")  # fmt: skip
    site_address: Address | None = prop(None, "Where the machines stand.")
    notes: str | None = prop(None, "What who delivers should know.")
    outpost: str | None = prop(None, "ARN of the Outpost that the subnet around lies on.", shape=True,
                               pattern=r"arn:aws[a-z-]*:outposts:[a-z0-9-]+:\d{12}:outpost/op-[0-9a-f]+")  # fmt: skip
    zone: str | None = prop(None, "Zone that the Outpost belongs to, such as us-east-1a.", shape=True,
                            pattern="[a-z]+(-[a-z]+)+-[0-9][a-z]")  # fmt: skip

    frame = Frame("#ED7100", icon="aws/compute/outposts")
    attributes = {"id": "${}", "arn": "${.SiteArn}"}
    address = "${id}"
    external = External(("id",))

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        """https://docs.aws.amazon.com/outposts/latest/userguide/how-outposts-works.html: each belongs to one zone."""
        found = []
        if (self.outpost is None) != (self.zone is None):
            missing = "zone" if self.zone is None else "outpost"
            found.append(Refusal("an Outpost belongs to one zone, and both are said", f"{missing}: ...",
                                 "missing-property", "outpost" if missing == "zone" else "zone"))  # fmt: skip
        tier, vpc = network.tier_of(node, world), network.vpc_of(node, world)
        if self.outpost is not None and (tier is None or vpc is None):
            found.append(Refusal("an Outpost has a subnet of a VPC", "put it into a group of subnets", "needs-subnets",
                                 "outpost"))  # fmt: skip
        elif self.outpost is not None and vpc is not None and vpc.existing is None and vpc.kind.columns() != 1:
            found.append(Refusal(f"an Outpost belongs to one zone, and '{vpc.id}' has {vpc.kind.columns()}",
                                 f"zones: 1 on '{vpc.id}'", "needs-zones", "outpost"))  # fmt: skip
        return found

    def build(self, scope: Scope) -> None:
        name = self.site_name or f"{scope.architecture.name}-{scope.node.id}"
        scope.make(
            "AWS::Outposts::Site", Name=name, Notes=self.notes, Description=scope.node.note,
            OperatingAddress=self.site_address.form() if self.site_address else None,
        )  # fmt: skip
        tier = network.tier_of(scope.node, scope.architecture)
        subnets = scope.of(tier.id if tier else None)
        if self.outpost is not None and subnets is not None and not subnets.exists:
            subnets.build()
            subnet = subnets.get("A")
            assert subnet is not None
            subnet.set("OutpostArn", self.outpost)
            zone = {"Type": "AWS::EC2::AvailabilityZone::Name", "Default": self.zone,
                    "Description": f"Zone that the Outpost of {scope.node.id} belongs to."}  # fmt: skip
            subnet.set("AvailabilityZone", scope.parameter("Zone", zone))
