"""Amazon Lightsail: a server of a fixed size at a fixed price."""

from __future__ import annotations

from typing import Any, Literal

from archkit.architecture import Architecture, Node
from archkit.kind import External, Kind, Record, Refusal, prop
from archkit.scope import Scope

__all__ = ["Instance"]

ANYWHERE, ANYWHERE6 = "0.0.0.0/0", "::/0"
CONSOLE = "lightsail-connect"
"""The addresses of Lightsail's own SSH client in the browser
(https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_PortInfo.html)."""
SSH = 22


class Opened(Record):
    """A port that is open. A bare number is open to everybody."""

    short = "port"

    port: int = prop(doc="Port, or the first of a range.", ge=0, le=65_535, shape=True)
    to: int | None = prop(None, "Last port of a range.", ge=0, le=65_535, shape=True)
    protocol: Literal["tcp", "udp", "all", "icmp"] = prop("tcp", "Protocol.")
    cidrs: list[str] = prop([], "Addresses that may connect (default: everybody).", pattern=r"[0-9a-f.:]+/[0-9]+")

    def form(self) -> dict[str, Any]:
        """Return the port as Lightsail writes it."""
        said = {"FromPort": self.port, "ToPort": self.port if self.to is None else self.to, "Protocol": self.protocol}
        four = [one for one in self.cidrs if ":" not in one] or ([] if self.cidrs else [ANYWHERE])
        six = [one for one in self.cidrs if ":" in one] or ([] if self.cidrs else [ANYWHERE6])
        return {**said, **({"Cidrs": four} if four else {}), **({"Ipv6Cidrs": six} if six else {})}


class Instance(Kind, icon="aws/compute/lightsail", service="Amazon Lightsail",
               types=("AWS::Lightsail::Instance", "AWS::Lightsail::StaticIp")):  # fmt: skip
    """Server of a fixed size at a fixed price, outside of every VPC, with nothing open but what is said."""

    blueprint: str = prop("amazon_linux_2023", "Image: a system or an application, such as wordpress "
                          "('aws lightsail get-blueprints' lists them).", pattern="[a-z0-9_]+")  # fmt: skip
    bundle: str = prop("micro_3_0", "Size, such as small_3_0 ('aws lightsail get-bundles' lists them).",
                       pattern="[a-z0-9_]+")  # fmt: skip
    open: list[Opened] = prop([Opened(port=443, to=None, protocol="tcp", cidrs=[])], "Ports that are open; a number "
                               "is open to everybody.", le=60)  # fmt: skip
    console: bool = prop(True, "Log in by SSH from Lightsail's console, and from nowhere else.", shape=True)
    user_data: str | None = prop(None, "Shell commands run at the first start.")
    static_ip: bool = prop(False, "An address that stays.", shape=True)
    snapshots: str | None = prop(None, "Time of a daily snapshot, UTC, such as '03:00'.",
                                 pattern="([01][0-9]|2[0-3]):00")  # fmt: skip
    zone: int = prop(1, "Which of the zones of the Region it stands in.", ge=1, le=6, shape=True)

    named = ("InstanceName", 255)
    attributes = {"name": "${}", "arn": "${.InstanceArn}", "public_ip": "${.PublicIpAddress}",
                  "private_ip": "${.PrivateIpAddress}"}  # fmt: skip
    address = "${public_ip}"
    external = External(("name", "public_ip"))

    def caption(self) -> str | None:
        return f"{self.blueprint}, {self.bundle}"

    def public_address(self, node: Node, world: Architecture) -> bool:
        return True

    def check(self, node: Node, world: Architecture) -> list[Refusal]:
        found = []
        for one in self.open:
            if one.to is not None and one.to < one.port:
                found.append(Refusal(f"no ports lie between {one.port} and {one.to}", f"to: {one.port}",
                                     "out-of-bounds", "open"))  # fmt: skip
            if one.port <= SSH <= (one.port if one.to is None else one.to) and not one.cidrs:
                found.append(Refusal("SSH would be open to everybody", "cidrs: [203.0.113.7/32], or 'console: true' "
                                     "for Lightsail's own client", "open-to-all", "open"))  # fmt: skip
        return found

    def build(self, scope: Scope) -> None:
        opened = [one.form() for one in self.open]
        if self.console:
            opened.append({"FromPort": SSH, "ToPort": SSH, "Protocol": "tcp", "CidrListAliases": [CONSOLE]})
        snapshot = {"AddOnType": "AutoSnapshot", "Status": "Enabled",
                    "AutoSnapshotAddOnRequest": {"SnapshotTimeOfDay": self.snapshots}}  # fmt: skip
        made = scope.make(
            "AWS::Lightsail::Instance", InstanceName=scope.physical(255), BlueprintId=self.blueprint,
            BundleId=self.bundle, AvailabilityZone={"Fn::Select": [self.zone - 1, {"Fn::GetAZs": ""}]},
            Networking={"Ports": opened}, UserData=self.user_data, AddOns=[snapshot] if self.snapshots else None,
        )  # fmt: skip
        if self.static_ip:
            scope.make("AWS::Lightsail::StaticIp", "Address", StaticIpName=scope.physical(240), AttachedTo=made.ref)
